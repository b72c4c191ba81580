"""A network of pairs as it is drawn: regions that contain VNets, links between those, and how a link's health shows."""

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
    """The health of a link; `UNKNOWN` if Azure is working on it or reports no status, or only one end is visible."""

    HEALTHY = 'healthy'
    WARNING = 'warning'
    UNHEALTHY = 'unhealthy'
    UNKNOWN = 'unknown'


@dataclass(frozen=True)
class LineStyle:
    """A colour visible on white and on black, and the lengths of dashes and gaps; no dashes for a solid line."""

    colour: str
    dashes: tuple[int, ...] = ()


LINE_STYLES = {
    Health.HEALTHY: LineStyle('#1a8a4a'),
    Health.WARNING: LineStyle('#b86e00', (14, 5, 3, 5)),
    Health.UNHEALTHY: LineStyle('#d1242f', (7, 5)),
    Health.UNKNOWN: LineStyle('#6e7781', (2, 5)),
}


@dataclass(frozen=True)
class DrawnVnet:
    """A VNet and its gateway; what was not read is empty.

    `name` is that of the gateway in brackets if the VNet is unknown. `note` says why the gateway is unknown. `asn` is
    also None if nothing in the picture uses BGP.
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
        """SKU and generation of the gateway, or why they are unknown."""
        return self.note or ' · '.join(filter(None, (self.sku, self.generation)))

    @property
    def details(self) -> str:
        """ASN and active-active mode of the gateway."""
        parts = (f'ASN {self.asn}' if self.asn else '', 'active-active' if self.active_active else '')
        return ' · '.join(filter(None, parts))


@dataclass(frozen=True)
class DrawnRegion:
    """The VNets of one region and one subscription; `name` is empty if the region is unknown."""

    name: str
    subscription_id: str
    subscription: str
    vnets: tuple[DrawnVnet, ...]

    @property
    def title(self) -> str:
        """The name of the region, or that it is unknown."""
        return self.name or UNKNOWN_REGION


@dataclass(frozen=True)
class DrawnLink:
    """A pair; `connections` are the names of the halves, each at its gateway, and None if no half is visible."""

    gateways: tuple[ResourceId, ResourceId]
    connections: tuple[str | None, str | None]
    status: str
    health: Health
    codes: tuple[str, ...] = ()
    bgp: bool = False

    @property
    def state(self) -> str:
        """The status, and BGP if both halves use it."""
        return f'{self.status} · BGP' if self.bgp else self.status


@dataclass(frozen=True)
class Picture:
    """Regions and links, in an order that does not depend on the order of the pairs."""

    regions: tuple[DrawnRegion, ...]
    links: tuple[DrawnLink, ...]

    @property
    def vnets(self) -> tuple[DrawnVnet, ...]:
        """The VNets of all regions."""
        return tuple(vnet for region in self.regions for vnet in region.vnets)

    def count(self, health: Health) -> int:
        """The number of links with this health."""
        return sum(link.health is health for link in self.links)


def picture_of(pairs: Sequence[ObservedPair], names: Mapping[str, str]) -> Picture:
    """The picture of pairs, each drawn once; `names` are the names of subscriptions by ID in lower case."""
    ends = _ends_of(pairs)
    uses_bgp = any(half.tunnel.enable_bgp for pair in pairs for half in pair.halves) or any(
        end.gateway.enable_bgp for end in ends.values() if end.gateway
    )
    vnets_of = defaultdict(list)
    for end in ends.values():
        vnets_of[_region_of(end), end.gateway_id.subscription.lower()].append(_vnet_of(end, uses_bgp))
    regions = (
        DrawnRegion(name, subscription, names.get(subscription, subscription), tuple(sorted(vnets, key=_vnet_order)))
        for (name, subscription), vnets in vnets_of.items()
    )
    links = {link.gateways: link for link in map(_link_of, reversed(pairs))}
    return Picture(tuple(sorted(regions, key=_region_order)), tuple(links[gateways] for gateways in sorted(links)))


def _ends_of(pairs: Sequence[ObservedPair]) -> dict[ResourceId, ObservedEnd]:
    """For each gateway, the end of which most is known in any pair."""
    ends: dict[ResourceId, ObservedEnd] = {}
    for end in (end for pair in pairs for end in pair.ends):
        known = ends.get(end.gateway_id)
        if known is None or _knowledge(end) > _knowledge(known):
            ends[end.gateway_id] = end
    return ends


def _knowledge(end: ObservedEnd) -> tuple[bool, bool, bool, bool, str]:
    # The ID last, so that IDs that differ in case do not make the picture depend on the order of the pairs.
    return bool(end.vnet), bool(end.gateway), bool(end.half), end.gateway_missing, str(end.gateway_id)


def _region_of(end: ObservedEnd) -> str:
    """The normalised name of the region, such as `westus`; empty if nothing of the end was read."""
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


def _link_of(pair: ObservedPair) -> DrawnLink:
    end1, end2 = sorted(pair.ends, key=lambda end: end.gateway_id)
    reasons = reasons_of(pair)
    status = status_of(pair)
    fatal = {reason.code for reason in errors(reasons)}
    codes = sorted({reason.code for reason in reasons}, key=lambda code: (code not in fatal, code))
    return DrawnLink(
        (end1.gateway_id, end2.gateway_id),
        (end1.half.id.name if end1.half else None, end2.half.id.name if end2.half else None),
        status,
        _health_of(pair, status, reasons),
        tuple(codes),
        bool(pair.halves) and all(half.tunnel.enable_bgp for half in pair.halves),
    )


def _health_of(pair: ObservedPair, status: str, reasons: Sequence[Diagnostic]) -> Health:
    """What `verify` reports; by decision, unknown if the only problem is that the state cannot be known yet or here."""
    if is_healthy(pair, reasons):
        if status == FAR_END_UNREADABLE:
            return Health.UNKNOWN
        return Health.WARNING if reasons else Health.HEALTHY
    undecided = {'connection-updating', 'gateway-updating'}
    if status in ('Unknown', 'Updating'):
        undecided.add('not-connected')
    return Health.UNKNOWN if {reason.code for reason in errors(reasons)} <= undecided else Health.UNHEALTHY


def _vnet_order(vnet: DrawnVnet) -> tuple[str, ResourceId]:
    return vnet.name.lower(), vnet.gateway_id


def _region_order(region: DrawnRegion) -> tuple[bool, str, str, str]:
    return not region.name, region.name, region.subscription.lower(), region.subscription_id
