"""A network of pairs as it is to be drawn: places that hold VNets, and links between them. Nothing of how it looks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from azext_vnet2vnet.checks.health import FAR_END_UNREADABLE, is_healthy, reasons_of, status_of
from azext_vnet2vnet.network.diagnostic import Diagnostic, errors
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId

GONE = 'gateway does not exist'
UNSEEN = 'not visible to this login'
UNKNOWN_REGION = 'region not known'


class Health(str, Enum):
    """How a link is. `UNKNOWN`: Azure is at work on it or does not tell, or only one end can be seen."""

    HEALTHY = 'healthy'
    WARNING = 'warning'
    UNHEALTHY = 'unhealthy'
    UNKNOWN = 'unknown'


@dataclass(frozen=True)
class DrawnVnet:
    """A VNet and its gateway.

    `name` is the gateway's in brackets where the VNet is not known. `note` says why nothing is known of the gateway.
    `asn` is None where BGP is used nowhere in the picture, too. What was not read is empty.
    """

    gateway_id: ResourceId
    name: str
    address_prefixes: tuple[str, ...] = ()
    sku: str = ''
    generation: str = ''
    asn: int | None = None
    active_active: bool = False
    note: str = ''

    @property
    def prefixes(self) -> str:
        """The address space in one line."""
        return ', '.join(self.address_prefixes)

    @property
    def kind(self) -> str:
        """What gateway it is; where that is not known, why."""
        return self.note or ' · '.join(filter(None, (self.sku, self.generation)))

    @property
    def details(self) -> str:
        """What else there is to say of the gateway."""
        return ' · '.join(
            filter(None, (f'ASN {self.asn}' if self.asn else '', 'active-active' if self.active_active else ''))
        )


@dataclass(frozen=True)
class Place:
    """A region in a subscription, with the VNets there; `region` is empty where it is not known."""

    region: str
    subscription_id: str
    subscription: str
    vnets: tuple[DrawnVnet, ...]

    @property
    def title(self) -> str:
        """The region, in words where it is not known."""
        return self.region or UNKNOWN_REGION


@dataclass(frozen=True)
class Link:
    """A pair. `connections` are the names of its halves, each at its gateway; None where there is none to be seen."""

    gateways: tuple[ResourceId, ResourceId]
    connections: tuple[str | None, str | None]
    status: str
    health: Health
    codes: tuple[str, ...] = ()
    bgp: bool = False

    @property
    def state(self) -> str:
        """The status, and BGP where both halves have it."""
        return f'{self.status} · BGP' if self.bgp else self.status


@dataclass(frozen=True)
class Picture:
    """Places and links in an order that does not depend on the order of the pairs."""

    places: tuple[Place, ...]
    links: tuple[Link, ...]

    @property
    def vnets(self) -> tuple[DrawnVnet, ...]:
        """The VNets of all places."""
        return tuple(vnet for place in self.places for vnet in place.vnets)

    def count(self, health: Health) -> int:
        """How many links are so."""
        return sum(link.health is health for link in self.links)


def picture_of(pairs: Sequence[ObservedPair], names: Mapping[str, str]) -> Picture:
    """The picture of pairs, each drawn once; `names` are the subscriptions' names by their ids in lower case."""
    ends = _ends_of(pairs)
    uses_bgp = any(half.tunnel.enable_bgp for pair in pairs for half in pair.halves) or any(
        end.gateway.enable_bgp for end in ends.values() if end.gateway
    )
    held = defaultdict(list)
    for end in ends.values():
        held[(_region_of(end), end.gateway_id.subscription.lower())].append(_vnet_of(end, uses_bgp))
    places = (
        Place(region, subscription, names.get(subscription, subscription), tuple(sorted(vnets, key=_vnet_order)))
        for (region, subscription), vnets in held.items()
    )
    links = {link.gateways: link for link in map(_link_of, reversed(pairs))}
    return Picture(tuple(sorted(places, key=_place_order)), tuple(links[gateways] for gateways in sorted(links)))


def _ends_of(pairs: Sequence[ObservedPair]) -> dict[ResourceId, ObservedEnd]:
    """Of each gateway the end that tells most, whichever pairs it is in."""
    ends: dict[ResourceId, ObservedEnd] = {}
    for end in (end for pair in pairs for end in pair.ends):
        known = ends.get(end.gateway_id)
        if known is None or _knowledge(end) > _knowledge(known):
            ends[end.gateway_id] = end
    return ends


def _knowledge(end: ObservedEnd) -> tuple:
    # The id last, so that spellings that differ in case do not make the picture depend on the order of the pairs.
    return bool(end.vnet), bool(end.gateway), bool(end.half), end.gateway_missing, str(end.gateway_id)


def _region_of(end: ObservedEnd) -> str:
    """As Azure writes it today; older resources have it with capitals and blanks."""
    found = end.vnet or end.gateway or end.half
    return found.location.replace(' ', '').lower() if found else ''


def _vnet_of(end: ObservedEnd, uses_bgp: bool) -> DrawnVnet:
    gateway = end.gateway
    if gateway is None:
        return DrawnVnet(end.gateway_id, f'({end.gateway_id.name})', note=GONE if end.gateway_missing else UNSEEN)
    generation = '' if gateway.generation == 'None' else gateway.generation
    return DrawnVnet(
        gateway.id,
        end.vnet_id.name if end.vnet_id else f'({gateway.id.name})',
        end.vnet.address_prefixes if end.vnet else (),
        gateway.sku,
        generation,
        gateway.asn if uses_bgp else None,
        gateway.active_active,
    )


def _link_of(pair: ObservedPair) -> Link:
    end1, end2 = sorted(pair.ends, key=lambda end: end.gateway_id)
    reasons = reasons_of(pair)
    status = status_of(pair)
    fatal = {reason.code for reason in errors(reasons)}
    codes = sorted({reason.code for reason in reasons}, key=lambda code: (code not in fatal, code))
    connections = tuple(end.half.id.name if end.half else None for end in (end1, end2))
    bgp = bool(pair.halves) and all(half.tunnel.enable_bgp for half in pair.halves)
    return Link(
        (end1.gateway_id, end2.gateway_id), connections, status, _health_of(pair, status, reasons), tuple(codes), bgp
    )


def _health_of(pair: ObservedPair, status: str, reasons: Sequence[Diagnostic]) -> Health:
    """What `verify` says; unknown, a decision, where nothing is wrong but that nobody can tell yet, or from here."""
    if is_healthy(pair, reasons):
        if status == FAR_END_UNREADABLE:
            return Health.UNKNOWN
        return Health.WARNING if reasons else Health.HEALTHY
    open_codes = {'connection-updating', 'gateway-updating'}
    if status in ('Unknown', 'Updating'):
        open_codes.add('not-connected')
    return Health.UNKNOWN if {reason.code for reason in errors(reasons)} <= open_codes else Health.UNHEALTHY


def _vnet_order(vnet: DrawnVnet) -> tuple:
    return vnet.name.lower(), vnet.gateway_id


def _place_order(place: Place) -> tuple:
    return not place.region, place.region, place.subscription.lower(), place.subscription_id
