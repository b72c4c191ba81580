"""A pair that exists, as far as it was read: whoever made it, and whether or not both of its halves are there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from azext_vnet2vnet.network.desired import End
from azext_vnet2vnet.network.observed import ObservedConnection, ObservedGateway, ObservedVnet, Site
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey


class Obstacle(str, Enum):
    """Why this login cannot see an end."""

    LOGIN = 'login'
    RIGHT = 'right'


@dataclass(frozen=True)
class SecurityAssociation:
    """One IKE security association that a gateway reports, with the seconds since it came up."""

    local: str
    remote: str
    encryption: str
    integrity: str
    dh_group: str
    seconds: int


@dataclass(frozen=True)
class BgpPeer:
    """One BGP neighbour that a gateway reports."""

    address: str
    asn: int
    state: str
    duration: str
    routes: int


@dataclass(frozen=True)
class Silence:
    """What a gateway was asked for and did not tell; `action` is the right that this login lacks, if that is why."""

    target: ResourceId
    what: str
    action: str = ''


@dataclass(frozen=True)
class ObservedEnd:
    """One end of a pair.

    `gateway_id` is the gateway that the halves name; `gateway` is None where it is not there, or was not read because
    of `obstacle`. `replacement` is another gateway of its group that leads to the other end instead; then `vnet` is
    that one's. `connections` are all those of the gateway. `vnet` and `key` are None where nobody had to know, or where
    nobody may (`vnet_unreadable`, `key_unreadable`). `default_routes` and `propagation_off` tell of the route table of
    the GatewaySubnet. `associations` and `peers` are None where the gateway was not asked, or did not tell
    (`silences`).
    """

    gateway_id: ResourceId
    tenant: str = ''
    obstacle: Obstacle | None = None
    gateway: ObservedGateway | None = None
    vnet_id: ResourceId | None = None
    vnet: ObservedVnet | None = None
    half: ObservedConnection | None = None
    connections: tuple[ObservedConnection, ...] = ()
    replacement: ResourceId | None = None
    gateway_missing: bool = False
    key: SharedKey | None = None
    key_unreadable: bool = False
    vnet_unreadable: bool = False
    default_routes: bool = False
    propagation_off: bool = False
    associations: tuple[SecurityAssociation, ...] | None = None
    peers: tuple[BgpPeer, ...] | None = None
    silences: tuple[Silence, ...] = ()


@dataclass(frozen=True)
class ObservedPair:
    """Both ends; end 1 is the one whose half was named."""

    end1: ObservedEnd
    end2: ObservedEnd

    @property
    def ends(self) -> tuple[ObservedEnd, ObservedEnd]:
        """Both ends, the first one first."""
        return self.end1, self.end2

    @property
    def halves(self) -> tuple[ObservedConnection, ...]:
        """The halves that are there."""
        return tuple(end.half for end in self.ends if end.half)

    def far(self, end: ObservedEnd) -> ObservedEnd:
        """The other end."""
        return self.end2 if end is self.end1 else self.end1

    def changed(self, change: Callable[[ObservedEnd], dict]) -> 'ObservedPair':
        """The pair with the fields that `change` gives for each end."""
        return ObservedPair(*(replace(end, **change(end)) for end in self.ends))


def observed_end(end: End, site: Site) -> ObservedEnd:
    """The end that was asked for, as it was observed."""
    gateway = site.vpn_gateway
    return ObservedEnd(
        gateway.id if gateway else end.gateway,
        end.tenant,
        gateway=gateway,
        vnet_id=site.vnet.id if site.vnet else end.vnet,
        vnet=site.vnet,
        half=site.half,
        key=site.key,
    )
