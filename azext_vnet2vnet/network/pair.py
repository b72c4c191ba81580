"""What exists of a pair, as far as it was read: whoever made it, and whether or not both of its halves are there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from azext_vnet2vnet.network.observed import (
    Neighbour,
    ObservedConnection,
    ObservedGateway,
    ObservedPublicIp,
    ObservedRouteTable,
    ObservedVnet,
    Region,
)
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey


class Cause(str, Enum):
    """Why something could not be read: no login to its tenant, no right (403 alone), or another failure of Azure."""

    LOGIN = 'login'
    RIGHT = 'right'
    FAILURE = 'failure'


@dataclass(frozen=True)
class Obstacle:
    """Why something could not be read; `reason` is Azure's code, or the HTTP status, where it failed."""

    cause: Cause
    reason: str = ''


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
class UnavailableReport:
    """A gateway report that was refused or timed out; `action` is the right that this login lacks, if that is why."""

    target: ResourceId
    what: str
    action: str = ''


@dataclass(frozen=True)
class Reports:
    """What a gateway reports of an end; None where it was not asked, or did not report (`unavailable`)."""

    associations: tuple[SecurityAssociation, ...] | None = None
    peers: tuple[BgpPeer, ...] | None = None
    unavailable: tuple[UnavailableReport, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What decides about that which an end still lacks; empty where nobody had to know.

    `neighbours` are the VNets that the gateway leads to besides, `namesake` is another connection with the name that
    the half would get.
    """

    group_exists: bool = True
    group_location: str | None = None
    regions: Mapping[str, Region] = field(default_factory=dict)
    neighbours: tuple[Neighbour, ...] = ()
    namesake: ObservedConnection | None = None


@dataclass(frozen=True)
class ObservedEnd:
    """One end of a pair: a VNet, its VPN gateway, and the half that starts there.

    `gateway_id` is the gateway that the halves name, or that the end would get; `gateway` is None where it does not
    exist, or was not read. `obstacle` says why the end, or its half, cannot be seen; `gateway_obstacle` and
    `vnet_obstacle` why those alone were not read. `replacement` is another gateway of the group that leads to the other
    end in place of a missing one; then `vnet` is that one's. `other_gateways` are further gateways of the VNet, or the
    one that has the name which a new gateway would get. `connections` are all those of the gateway, without status.

    `key` is the half's; None where nobody had to know, where Azure is still at work on it, or where nobody may
    (`key_unreadable`). `public_ips` are empty where nobody had to know.
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
    gateway_obstacle: Obstacle | None = None
    vnet_obstacle: Obstacle | None = None
    other_gateways: tuple[ObservedGateway, ...] = ()
    public_ips: tuple[ObservedPublicIp, ...] = ()
    route_table: ObservedRouteTable | None = None
    key: SharedKey | None = None
    key_unreadable: bool = False
    surroundings: Surroundings = Surroundings()
    reports: Reports = Reports()


@dataclass(frozen=True)
class ObservedPair:
    """Both ends; of a pair that was found from one half, end 1 is that half's."""

    end1: ObservedEnd
    end2: ObservedEnd

    @property
    def ends(self) -> tuple[ObservedEnd, ObservedEnd]:
        """Both ends, the first one first."""
        return self.end1, self.end2

    @property
    def halves(self) -> tuple[ObservedConnection, ...]:
        """The halves that exist."""
        return tuple(end.half for end in self.ends if end.half)

    def far(self, end: ObservedEnd) -> ObservedEnd:
        """The other end."""
        return self.end2 if end is self.end1 else self.end1

    def other_connections(self, end: ObservedEnd) -> tuple[ObservedConnection, ...]:
        """The connections of an end's gateway that are no half of the pair."""
        halves = {half.id for half in self.halves}
        return tuple(one for one in end.connections if one.id not in halves)
