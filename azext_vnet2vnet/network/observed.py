"""The resources that exist, as Azure describes them, in the terms that decisions are made in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from azext_vnet2vnet.network.resource_id import GATEWAY_SUBNET, GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.network.tunnel import Tunnel

CONNECTED = 'Connected'
SUCCEEDED = 'Succeeded'
FAILED = 'Failed'
CANCELED = 'Canceled'
DELETING = 'Deleting'
AT_REST = (SUCCEEDED, FAILED, CANCELED)  # The states in which Azure is not at work.


@dataclass(frozen=True)
class ObservedSubnet:
    """A subnet; `users` are the ids of the IP configurations in it that are resources of a group."""

    name: str
    prefixes: tuple[str, ...]
    users: tuple[ResourceId, ...] = ()
    security_group: ResourceId | None = None
    route_table: ResourceId | None = None
    delegations: tuple[str, ...] = ()

    @property
    def prefix(self) -> str | None:
        """The prefix that a gateway lives in: the first IPv4 one, else the first."""
        return min(self.prefixes, key=lambda prefix: ':' in prefix, default=None)


@dataclass(frozen=True)
class Peering:
    """A peering of a VNet; `is_transit_used` is False where the far VNet is known to use no gateway through it."""

    name: str
    far_vnet: ResourceId | None
    uses_remote_gateways: bool = False
    allows_gateway_transit: bool = False
    is_transit_used: bool = True


@dataclass(frozen=True)
class ObservedVnet:
    """A VNet with its subnets."""

    id: ResourceId
    location: str
    state: str
    address_prefixes: tuple[str, ...]
    subnets: tuple[ObservedSubnet, ...] = ()
    peerings: tuple[Peering, ...] = ()
    dns_servers: tuple[str, ...] = ()

    @property
    def gateway_subnet(self) -> ObservedSubnet | None:
        """Its GatewaySubnet, None where it has none."""
        return next((subnet for subnet in self.subnets if subnet.name.lower() == GATEWAY_SUBNET.lower()), None)

    def gateways(self) -> tuple[ResourceId, ...]:
        """The gateways that live in its GatewaySubnet.

        Azure lists network interfaces of its own there too, in a subscription that is not the VNet's
        (recorded 2026): only gateways of the VNet's subscription count.
        """
        users = self.gateway_subnet.users if self.gateway_subnet else ()
        return tuple(
            sorted(
                {
                    user.parent
                    for user in users
                    if user.parent.is_a(GATEWAY_TYPE) and user.subscription.lower() == self.id.subscription.lower()
                }
            )
        )


@dataclass(frozen=True)
class ObservedGateway:
    """A virtual network gateway of any kind; `serves_points` where it has point-to-site settings.

    `lost_members` are the paths of what a write of the gateway would lose.
    """

    id: ResourceId
    location: str
    state: str
    gateway_type: str
    vpn_type: str
    sku: str
    generation: str
    active_active: bool
    enable_bgp: bool
    asn: int
    vnet: ResourceId | None
    public_ip_ids: tuple[ResourceId, ...] = ()
    addresses: tuple[str, ...] = ()
    bgp_addresses: tuple[str, ...] = ()
    serves_points: bool = False
    lost_members: tuple[str, ...] = ()
    is_high_bandwidth: bool = False

    @property
    def public_ip_names(self) -> frozenset[str]:
        """The names of its public IPs, in lower case."""
        return frozenset(public_ip.name.lower() for public_ip in self.public_ip_ids)


@dataclass(frozen=True)
class ObservedPublicIp:
    """A public IP."""

    id: ResourceId
    location: str
    state: str
    sku: str
    allocation: str
    zones: tuple[str, ...] = ()
    user: ResourceId | None = None


@dataclass(frozen=True)
class ObservedConnection:
    """One connection; `status` is empty where Azure did not say (lists, answers to writes).

    `weight` is its routing weight; `more` are the names of properties that are set and that nothing here carries to
    another connection, `lost_members` the paths of what a write of it would lose.
    """

    id: ResourceId
    location: str
    state: str
    gateway: ResourceId | None
    far_gateway: ResourceId | None
    type: str
    status: str = ''
    ingress_bytes: int = 0
    egress_bytes: int = 0
    tunnel: Tunnel = Tunnel()
    far_network: ResourceId | None = None
    protocol: str = ''
    tags: Mapping[str, str] = field(default_factory=dict)
    weight: int = 0
    more: tuple[str, ...] = ()
    lost_members: tuple[str, ...] = ()

    @property
    def far(self) -> ResourceId | None:
        """What it leads to: a gateway of Azure or a local network gateway."""
        return self.far_gateway or self.far_network


@dataclass(frozen=True)
class Neighbour:
    """Another network that a gateway is connected to, with its address space; `is_site` if it is none of Azure."""

    connection: ResourceId
    prefixes: tuple[str, ...]
    is_site: bool = False


@dataclass(frozen=True)
class Region:
    """A location that a subscription can use, with the zones that public IPs may name there."""

    name: str
    zones: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObservedRouteTable:
    """What matters of the route table of a GatewaySubnet: a route for 0.0.0.0/0, and gateway routes kept out."""

    has_default_route: bool = False
    is_propagation_off: bool = False
