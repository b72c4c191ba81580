"""Findings about a pair against what was observed: all of them, before anything is written.

`check_pair` is called only with options that `read_pair` found no flaw in, so that prefixes and ids are well formed.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.gateway import check_gateway, check_public_ips, check_sku, check_unused_options
from azext_vnet2vnet.checks.vnet import check_gateway_subnet, check_peered, check_peerings, check_vnet
from azext_vnet2vnet.network.address_space import contains, overlaps
from azext_vnet2vnet.network.desired import End, Pair
from azext_vnet2vnet.network.diagnostic import Diagnostic, Kind, Severity
from azext_vnet2vnet.network.observed import Observed, Site
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.site_plan import Layout, half_id, lay_out


def check_pair(pair: Pair, observed: Observed) -> tuple[Diagnostic, ...]:
    """Everything that would fail, or that the user should know, before the first write."""
    findings: list[Diagnostic] = []
    for end, site in zip(pair.ends, observed.sites):
        findings += () if end.is_foreign else check_site(end, site, lay_out(end, site))
    findings += _check_gateway_options(pair, observed)
    findings += check_link(pair, observed)
    findings += check_names(claims_of(pair, observed))
    findings += _check_neighbours(pair, observed)
    return tuple(dict.fromkeys(findings))


def check_site(end: End, site: Site, layout: Layout) -> Iterator[Diagnostic]:
    """What an end alone would fail at, whatever it is joined to."""
    yield from check_vnet(end, site, layout)
    yield from check_gateway_subnet(end, site, layout)
    yield from check_peerings(end, site, layout)
    yield from check_gateway(end, site, layout)
    yield from check_public_ips(end, site, layout)


def check_link(pair: Pair, observed: Observed) -> Iterator[Diagnostic]:
    """What the connections between two ends would fail at."""
    layouts = [lay_out(end, site) for end, site in zip(pair.ends, observed.sites)]
    if not pair.end1.is_foreign:
        yield from check_peered(observed.site1, pair.end2)
    for end, site, layout in zip(pair.ends, observed.sites, layouts):
        yield from () if end.is_foreign else _check_connection(pair, end, site, layout)
    yield from _check_ranges(layouts)
    yield from _check_bgp(pair, observed, layouts)
    yield from check_selectors(pair, observed, layouts)
    yield from _check_keys(pair, observed)


def _check_gateway_options(pair: Pair, observed: Observed) -> Iterator[Diagnostic]:
    """Options of both gateways are for those that are created, and are told to be of no use where none is."""
    ends = [(end, site.vpn_gateway) for end, site in zip(pair.ends, observed.sites) if not end.is_foreign]
    is_created = any(gateway is None for _, gateway in ends)
    for end, gateway in ends:
        if end.sku or is_created:
            yield from check_sku(end)
        if not is_created:
            yield from check_unused_options(end, gateway)


@dataclass(frozen=True)
class Claim:
    """A name that somebody takes: the kind of the resource, who takes it, the setting of the name, and the id."""

    noun: str
    claimant: tuple[ResourceId, ...]
    setting: str
    id: ResourceId


def claims_of(pair: Pair, observed: Observed) -> Iterator[Claim]:
    """The names that both ends and both halves take."""
    if any(end.is_foreign for end in pair.ends):
        return
    for end, site in zip(pair.ends, observed.sites):
        layout = lay_out(end, site)
        yield Claim('gateway', (end.vnet,), end.option('vnet-gateway'), layout.gateway)
        yield Claim('connection', (end.vnet, pair.far(end).vnet), pair.name_option(end), half_id(pair, end, site))
        for public_ip in layout.public_ips:
            yield Claim('public IP', (end.vnet,), end.option('public-ips'), public_ip)


def check_names(claims: Iterable[Claim]) -> Iterator[Diagnostic]:
    """Two ends, or two connections, in one group cannot share a name."""
    taken: dict[tuple[str, ResourceId], dict[tuple[ResourceId, ...], str]] = {}
    for claim in claims:
        taken.setdefault((claim.noun, claim.id), {})[claim.claimant] = claim.setting
    for (noun, target), settings in taken.items():
        if len(settings) > 1:
            yield rules.NAME_TWICE.found(
                f'Both ends would have the same {noun}, {target}',
                f'Give two different names with {" and ".join(dict.fromkeys(settings.values()))}',
            )


def _check_connection(pair: Pair, end: End, site: Site, layout: Layout) -> Iterator[Diagnostic]:
    typed = pair.name if end is pair.end1 else pair.peer_name
    option = pair.name_option(end)
    if site.half and typed and typed.lower() != site.half.id.name.lower():
        yield rules.CONNECTION_NAME_DIFFERS.found(
            f'The two gateways are joined by connection {site.half.id} already, '
            f"which is not named '{typed}', and a connection cannot be renamed",
            f'Leave {option} away to take it over',
        )
    if site.namesake:
        yield rules.CONNECTION_NAME_TAKEN.found(
            f'Connection {site.namesake.id} exists and joins other gateways',
            f'Give another name with {option}; what a connection joins cannot be changed',
        )
    yield from check_policy(pair, layout)


def check_tunnels(layout: Layout, present: int, more: int) -> Iterator[Diagnostic]:
    """Does the gateway's SKU allow the connections that it has, and those that come?"""
    if more and layout.sku and present + more > layout.sku.tunnels:
        yield rules.TUNNEL_LIMIT.found(
            f'Gateway {layout.gateway} has {present} connections, and SKU {layout.sku.name} '
            f'allows {layout.sku.tunnels}: there is no room for {more} more',
            'Delete some, or give the gateway a larger SKU with az network vnet-gateway update --sku',
        )


def check_policy(pair: Pair, layout: Layout) -> Iterator[Diagnostic]:
    """Does the gateway take an IPsec policy?"""
    if pair.tunnel.policies and layout.sku and layout.sku.is_basic:
        yield rules.POLICY_ON_BASIC.found(
            f'Gateway {layout.gateway} is of SKU Basic, which takes no IPsec policy',
            'Leave the options of the IPsec policy away, or use another SKU',
        )


def _check_ranges(layouts) -> Iterator[Diagnostic]:
    shared = overlaps(layouts[0].address_prefixes, layouts[1].address_prefixes)
    if shared:
        pairs = ', '.join(f'{one} and {other}' for one, other in shared)
        yield rules.RANGES_OVERLAP.found(
            f'The address spaces of the two VNets overlap: {pairs}',
            'Give one of the VNets another address space; a VPN cannot route between equal addresses',
        )


def _check_neighbours(pair: Pair, observed: Observed) -> Iterator[Diagnostic]:
    """Is there room at both gateways, and in what they route to?"""
    for end, site in zip(pair.ends, observed.sites):
        far = pair.far(end)
        far_layout = lay_out(far, observed.sites[pair.number(far) - 1])
        yield from check_tunnels(lay_out(end, site), len(site.connections), 0 if site.half or end.is_foreign else 1)
        yield from check_neighbours(site, far_layout)


def check_neighbours(site: Site, far: Layout, pruned: Collection[ResourceId] = ()) -> Iterator[Diagnostic]:
    """Does the far end's address space overlap what the gateway leads to already, but for what is `pruned`?"""
    for neighbour in (one for one in site.neighbours if one.connection not in pruned):
        for one, other in overlaps(far.address_prefixes, neighbour.prefixes):
            yield rules.RANGES_OVERLAP.found(
                f'The address space {one} overlaps {other}, which connection {neighbour.connection} leads to',
                'Give the VNet another address space, or delete that connection',
                kind=Kind.STATE,
            )


def _check_bgp(pair: Pair, observed: Observed, layouts) -> Iterator[Diagnostic]:
    enabled = pair.tunnel.enable_bgp
    if enabled is None:
        enabled = any(site.half and site.half.tunnel.enable_bgp for site in observed.sites)
    if not enabled or any(end.is_foreign for end in pair.ends):
        return
    one, other = layouts
    if one.asn == other.asn:
        yield rules.ASN_EQUAL.found(
            f'Both gateways have ASN {one.asn}; BGP between two gateways wants two',
            f'Give {" and ".join(end.option("asn") for end in pair.ends)} two different numbers, such as '
            '65010 and 65040',
            kind=Kind.ARGUMENT,
        )


def check_selectors(pair: Pair, observed: Observed, layouts) -> Iterator[Diagnostic]:
    """Selectors outside of the VNets are legal, for networks behind them, but more often a slip."""
    halves = [
        (site.half.tunnel if site.half else Tunnel()).overlaid(pair.tunnel_from(end))
        for end, site in zip(pair.ends, observed.sites)
        if not end.is_foreign
    ]
    if any(half.policy_based and not half.policies for half in halves):
        # Documented: policy-based selectors go with a custom IPsec policy only.
        option = pair.option('policy-based-selectors')
        yield rules.SELECTORS_NEED_POLICY.found(
            f'{option} wants an IPsec policy on the connections',
            f'Give the whole of one too, such as {pair.source.given("ike-encryption", "AES256")}, or '
            + pair.source.given('policy-based-selectors', 'false'),
        )
    option = pair.option('traffic-selector')
    for selector in pair.tunnel.selectors or ():
        for side, prefixes, layout in (('local', selector.local, layouts[0]), ('remote', selector.remote, layouts[1])):
            for prefix in prefixes:
                if layout.address_prefixes and not contains(layout.address_prefixes, prefix):
                    yield rules.SELECTOR_OUTSIDE.found(
                        f'{option}: {side} {prefix} is not inside the address '
                        f'space {", ".join(layout.address_prefixes)} of that end',
                        'Check that local is end 1 and remote is end 2',
                    )


def _check_keys(pair: Pair, observed: Observed) -> Iterator[Diagnostic]:
    site1, site2 = observed.sites
    for site in observed.sites if pair.key else ():
        if site.key_unreadable:
            yield rules.KEY_UNREADABLE.found(
                f'The key of {site.half.id} cannot be read, and so not compared with the given one',
                'Ask for the action Microsoft.Network/connections/sharedKey/action',
                severity=Severity.WARNING,
            )
    if pair.key is None and site1.key and site2.key and site1.key != site2.key:
        yield rules.KEY_MISMATCH.found(
            f'The keys of {site1.half.id} and {site2.half.id} differ, so no tunnel can come up',
            f'Run az vnet2vnet rotate-key --ids {site1.half.id}, or the same command with '
            + pair.source.given('shared-key', '@FILE'),
        )
