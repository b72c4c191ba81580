"""What a pair is made of, as asked for and as it is to be written: plain values, nothing read from Azure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from azext_vnet2vnet.network.resource_id import GATEWAY_SUBNET, GATEWAY_TYPE, ResourceId, gateway_subnet_of
from azext_vnet2vnet.network.setting_names import CommandLine, Source
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import Tunnel

Tags = Mapping[str, str]


@dataclass(frozen=True)
class Subnet:
    """A subnet of a VNet that is to be created."""

    name: str
    prefix: str


@dataclass(frozen=True)
class End:
    """One VNet that takes part in pairs, as the user asked for it; None or empty means that it was not said.

    `sku`, `generation`, `active_active` and `enable_bgp` are wishes for its gateway, whatever pair they come from.
    `source` is how the user gave all this.
    """

    vnet: ResourceId
    tenant: str
    location: str | None = None
    address_prefixes: tuple[str, ...] = ()
    subnets: tuple[Subnet, ...] = ()
    gateway_subnet: str | None = None
    gateway_name: str | None = None
    public_ip_names: tuple[str, ...] = ()
    asn: int | None = None
    far_gateway: ResourceId | None = None
    sku: str | None = None
    generation: str | None = None
    active_active: bool | None = None
    enable_bgp: bool | None = None
    tags: Tags | None = field(default=None, hash=False)
    source: Source = CommandLine()

    @property
    def is_foreign(self) -> bool:
        """Whether another administrator writes this end: then its gateway is known by its id alone."""
        return self.far_gateway is not None

    @property
    def gateway(self) -> ResourceId:
        """The gateway that this end gets unless its VNet has one already."""
        return self.far_gateway or self.vnet.sibling(GATEWAY_TYPE, self.gateway_name or f'{self.vnet.name}-gw')

    def option(self, name: str) -> str:
        """A setting of this end, as the user knows it."""
        return self.source.name(name)


@dataclass(frozen=True)
class Pair:
    """Two ends to be joined, and what holds for both; `source` is how the user gave that."""

    end1: End
    end2: End
    name: str | None = None
    peer_name: str | None = None
    key: SharedKey | None = None
    tunnel: Tunnel = Tunnel()
    source: Source = CommandLine()

    @property
    def ends(self) -> tuple[End, End]:
        """Both ends, the first one first."""
        return self.end1, self.end2

    def far(self, end: End) -> End:
        """The other end."""
        return self.end2 if end is self.end1 else self.end1

    def number(self, end: End) -> int:
        """1 or 2: which end it is."""
        return 1 if end is self.end1 else 2

    def option(self, name: str) -> str:
        """A setting of the pair, as the user knows it."""
        return self.source.name(name)

    def name_option(self, end: End) -> str:
        """The setting for the name of the half that starts at `end`."""
        return self.option('name' if end is self.end1 else 'peer-name')

    def tunnel_from(self, end: End) -> Tunnel:
        """What is asked of the half that starts at `end`; the options are typed as end 1 sees it."""
        return self.tunnel if end is self.end1 else self.tunnel.mirrored()

    def connection_name(self, end: End) -> str:
        """The name of the half that starts at `end`: the typed one, else `VNetToFarVNet`."""
        typed = self.name if end is self.end1 else self.peer_name
        return typed or f'{end.vnet.name}To{self.far(end).vnet.name}'


@dataclass(frozen=True)
class Topology:
    """VNets by their names, and the pairs between them, each once, in the order of the file."""

    name: str
    ends: Mapping[str, End]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Group:
    """A resource group to be written."""

    id: ResourceId
    location: str
    tags: Tags | None = None


@dataclass(frozen=True)
class Vnet:
    """A virtual network to be written, with all its subnets at once."""

    id: ResourceId
    location: str
    address_prefixes: tuple[str, ...]
    subnets: tuple[Subnet, ...]
    tags: Tags | None = None


@dataclass(frozen=True)
class GatewaySubnet:
    """The GatewaySubnet that an existing VNet still lacks."""

    vnet: ResourceId
    prefix: str

    @property
    def id(self) -> ResourceId:
        """The id of the subnet."""
        return gateway_subnet_of(self.vnet)

    def as_subnet(self) -> Subnet:
        """The same as a part of a new VNet."""
        return Subnet(GATEWAY_SUBNET, self.prefix)


@dataclass(frozen=True)
class PublicIp:
    """A Standard, static public IP to be written; `zones` is empty where the region has none."""

    id: ResourceId
    location: str
    zones: tuple[str, ...] = ()
    tags: Tags | None = None


@dataclass(frozen=True)
class Gateway:
    """A route-based VPN gateway to be written."""

    id: ResourceId
    location: str
    vnet: ResourceId
    public_ips: tuple[ResourceId, ...]
    sku: str
    generation: str
    enable_bgp: bool = False
    asn: int | None = None
    tags: Tags | None = None


@dataclass(frozen=True)
class GatewayChange:
    """What is to be changed of a gateway that exists: None or empty keeps."""

    id: ResourceId
    enable_bgp: bool | None = None
    asn: int | None = None
    more_public_ips: tuple[ResourceId, ...] = ()


@dataclass(frozen=True)
class Connection:
    """One half of a pair to be written; its key is put in at the last moment and is no part of it.

    `protocol` and `weight`, the routing weight, are for a new one; empty and 0 mean Azure's defaults.
    """

    id: ResourceId
    location: str
    gateway: ResourceId
    far_gateway: ResourceId
    tenant: str
    far_tenant: str
    tunnel: Tunnel = Tunnel()
    tags: Tags | None = None
    protocol: str = ''
    weight: int = 0

    @property
    def aux_tenant(self) -> str | None:
        """The other tenant that a write of it needs a token of; None within one tenant."""
        return self.far_tenant if self.far_tenant not in ('', self.tenant) else None


@dataclass(frozen=True)
class KeySetting:
    """The key of a connection that exists, to be made the key of the pair."""

    connection: ResourceId


@dataclass(frozen=True)
class Tagging:
    """The tags of a connection that exists, to be replaced."""

    connection: ResourceId
    tags: Tags


Resource = Group | Vnet | GatewaySubnet | PublicIp | Gateway | GatewayChange | Connection | KeySetting | Tagging
