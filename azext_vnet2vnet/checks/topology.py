"""Findings about many pairs against what was observed: of each end, of each pair, and of the whole."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.gateway import check_sku, check_unused_options
from azext_vnet2vnet.checks.pair import check_link, check_names, check_neighbours, check_site, check_tunnels, claims_of
from azext_vnet2vnet.network.address_space import overlaps
from azext_vnet2vnet.network.desired import Pair, Topology
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.observed import Observed, Site
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.site_plan import Layout, lay_out


def check_topology(
    topology: Topology, observed: Sequence[Observed], pruned: Collection[ResourceId]
) -> tuple[Diagnostic, ...]:
    """Everything that would fail, or that the user should know, before the first write.

    `pruned` are the connections that will be deleted.
    """
    sites = {
        end.vnet: (end, site)
        for pair, seen in zip(topology.pairs, observed)
        for end, site in zip(pair.ends, seen.sites)
    }
    layouts = {vnet: lay_out(end, site) for vnet, (end, site) in sites.items()}
    findings: list[Diagnostic] = []
    for name, end in topology.ends.items():
        if end.vnet not in sites:
            findings.append(
                rules.VNET_UNJOINED.found(
                    f"No entry joins VNet '{name}' to another", 'Name it under connect, or take it out of the file'
                )
            )
    for end, site in sites.values():
        findings += check_site(end, site, layouts[end.vnet])
        findings += check_unused_options(end, site.vpn_gateway) if site.vpn_gateway else check_sku(end)
    for pair, seen in zip(topology.pairs, observed):
        findings += check_link(pair, seen)
        findings += [
            found
            for end, site in zip(pair.ends, seen.sites)
            for found in check_neighbours(site, layouts[pair.far(end).vnet], pruned)
        ]
    findings += check_names(claim for pair, seen in zip(topology.pairs, observed) for claim in claims_of(pair, seen))
    findings += _check_tunnels(topology.pairs, observed, layouts, pruned)
    findings += _check_ranges(topology.pairs, layouts)
    findings += _check_asns(topology.pairs, layouts)
    return tuple(dict.fromkeys(findings))


def _check_tunnels(
    pairs: Sequence[Pair],
    observed: Sequence[Observed],
    layouts: Mapping[ResourceId, Layout],
    pruned: Collection[ResourceId],
) -> Iterator[Diagnostic]:
    """All connections of a gateway count, those to other networks too."""
    more: Counter[ResourceId] = Counter()
    sites: dict[ResourceId, Site] = {}
    for pair, seen in zip(pairs, observed):
        for end, site in zip(pair.ends, seen.sites):
            sites[end.vnet] = site
            more[end.vnet] += site.half is None
    for vnet, site in sites.items():
        present = sum(connection.id not in pruned for connection in site.connections)
        yield from check_tunnels(layouts[vnet], present, more[vnet])


def _check_ranges(pairs: Sequence[Pair], layouts: Mapping[ResourceId, Layout]) -> Iterator[Diagnostic]:
    """VNets that share a gateway's routes, or that BGP joins over several gateways; pairs are checked by themselves.

    Documented: a gateway takes no two networks with overlapping ranges, and BGP passes routes on.
    """
    joined = {frozenset((pair.end1.vnet, pair.end2.vnet)) for pair in pairs}
    done: set[frozenset[ResourceId]] = set()
    for why, vnets in (*_neighbourhoods(pairs), *_bgp_networks(pairs)):
        for one, other in combinations(sorted(vnets), 2):
            both = frozenset((one, other))
            if both in joined or both in done:
                continue
            done.add(both)
            shared = overlaps(layouts[one].address_prefixes, layouts[other].address_prefixes)
            if shared:
                text = ', '.join(f'{mine} and {theirs}' for mine, theirs in shared)
                yield rules.RANGES_OVERLAP.found(
                    f'The address spaces of {one} and {other} overlap: {text}; {why} leads to both',
                    'Give one of the VNets another address space; a VPN cannot route between equal addresses',
                )


def _check_asns(pairs: Sequence[Pair], layouts: Mapping[ResourceId, Layout]) -> Iterator[Diagnostic]:
    """BGP drops a route that has passed its own ASN; those of two joined gateways are checked by themselves."""
    joined = {frozenset((pair.end1.vnet, pair.end2.vnet)) for pair in pairs if pair.tunnel.enable_bgp}
    for _, vnets in _bgp_networks(pairs):
        for one, other in combinations(sorted(vnets), 2):
            if layouts[one].asn == layouts[other].asn and frozenset((one, other)) not in joined:
                yield rules.ASN_REPEATED.found(
                    f'The gateways of {one} and {other} have the same ASN '
                    f'{layouts[one].asn}: neither learns a route from the other over others',
                    'Give each VNet of a BGP network an asn of its own',
                )


def _neighbourhoods(pairs: Sequence[Pair]) -> Iterator[tuple[str, set[ResourceId]]]:
    """The VNets that each VNet's gateway leads to."""
    far: dict[ResourceId, set[ResourceId]] = {}
    for pair in pairs:
        for end in pair.ends:
            far.setdefault(end.vnet, set()).add(pair.far(end).vnet)
    for vnet, others in far.items():
        yield f'the gateway of {vnet}', others


def _bgp_networks(pairs: Sequence[Pair]) -> Iterator[tuple[str, set[ResourceId]]]:
    """The VNets that learn each other's routes by BGP."""
    networks: list[set[ResourceId]] = []
    for pair in pairs:
        if pair.tunnel.enable_bgp:
            both = {pair.end1.vnet, pair.end2.vnet}
            touched = [network for network in networks if network & both]
            networks = [network for network in networks if network not in touched] + [both.union(*touched)]
    for network in networks:
        yield 'BGP', network
