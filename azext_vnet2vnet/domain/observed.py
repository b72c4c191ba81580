"""What is there: the resources of both ends as Azure described them, in the terms that decisions are made in."""
from dataclasses import dataclass, field
from typing import Mapping

from azext_vnet2vnet.domain.ids import GATEWAY_SUBNET, GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.domain.secret import SharedKey

SUCCEEDED = 'Succeeded'
FAILED = 'Failed'


@dataclass(frozen=True)
class ObservedSubnet:
    """A subnet; `users` are the ids of the IP configurations in it that are resources of a group."""
    name: str
    prefixes: tuple[str, ...]
    users: tuple[ResourceId, ...] = ()


@dataclass(frozen=True)
class ObservedVnet:
    """A VNet with its subnets."""
    id: ResourceId
    location: str
    state: str
    address_prefixes: tuple[str, ...]
    subnets: tuple[ObservedSubnet, ...] = ()

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
        return tuple(sorted({user.parent for user in users
                             if user.parent.is_a(GATEWAY_TYPE)
                             and user.subscription.lower() == self.id.subscription.lower()}))


@dataclass(frozen=True)
class ObservedGateway:
    """A virtual network gateway of any kind."""
    id: ResourceId
    location: str
    state: str
    gateway_type: str
    vpn_type: str
    sku: str
    generation: str
    active_active: bool
    asn: int
    vnet: ResourceId | None
    public_ip_ids: tuple[ResourceId, ...] = ()
    addresses: tuple[str, ...] = ()


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
    """One connection; `status` is empty where Azure did not say (lists, answers to writes)."""
    id: ResourceId
    location: str
    state: str
    gateway: ResourceId | None
    far_gateway: ResourceId | None
    type: str
    status: str = ''
    ingress_bytes: int = 0
    egress_bytes: int = 0


@dataclass(frozen=True)
class Region:
    """A location that a subscription can use, with the zones that public IPs may name there."""
    name: str
    zones: tuple[str, ...] = ()


@dataclass(frozen=True)
class Site:
    """All that was read of one end.

    `gateway` is the one of the VNet, or the one that has the name a new gateway would get; `namesake` is a
    connection that has the name the half would get but is not the half; `key` is the half's, None where nobody had to
    know or nobody may; `regions` is empty where nobody had to know.
    """
    group_exists: bool = True
    group_location: str | None = None
    vnet: ObservedVnet | None = None
    gateways: tuple[ObservedGateway, ...] = ()
    public_ips: tuple[ObservedPublicIp, ...] = ()
    half: ObservedConnection | None = None
    key: SharedKey | None = None
    namesake: ObservedConnection | None = None
    regions: Mapping[str, Region] = field(default_factory=dict)

    @property
    def vpn_gateway(self) -> ObservedGateway | None:
        """The VPN gateway of the VNet, None where it has none."""
        if self.vnet is None:
            return None
        return next((gateway for gateway in self.gateways
                     if gateway.gateway_type.lower() == 'vpn' and gateway.vnet == self.vnet.id), None)


@dataclass(frozen=True)
class Observed:
    """What is there at both ends."""
    site1: Site
    site2: Site

    @property
    def sites(self) -> tuple[Site, Site]:
        """Both sites, the first one first."""
        return self.site1, self.site2
