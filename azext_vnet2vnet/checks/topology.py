"""What is wrong with many pairs: with each end, with each pair, and with the whole."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.connection import check_names, check_tunnel_limit, claims_of
from azext_vnet2vnet.checks.gateway import check_sku, check_unused_options
from azext_vnet2vnet.checks.pair import check_link, check_site
from azext_vnet2vnet.checks.routing import check_neighbours, check_ranges
from azext_vnet2vnet.network.desired import Topology
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.pair_plan import EndState, PairState

Ends = Mapping[ResourceId, EndState]


def check_topology(
    topology: Topology, states: Sequence[PairState], pruned: Collection[ResourceId]
) -> tuple[Diagnostic, ...]:
    """Everything that would fail, or that the user should know, before the first write.

    `states` are those of the topology's pairs; `pruned` are the connections that will be deleted.
    """
    ends = {end.desired.vnet: end for state in states for end in state.ends}
    found = [
        rules.VNET_UNJOINED.found(
            f"No entry joins VNet '{name}' to another", 'Name it under connect, or remove it from the file'
        )
        for name, end in topology.ends.items()
        if end.vnet not in ends
    ]
    for end in ends.values():
        found += check_site(end)
        gateway = end.observed.gateway
        found += check_unused_options(end.desired, gateway) if gateway else check_sku(end.desired)
    for state in states:
        found += check_link(state)
        found += check_neighbours(state, pruned)
    found += check_names(claim for state in states for claim in claims_of(state))
    found += _check_tunnel_limits(states, ends, pruned)
    found += _check_shared_ranges(states, ends)
    found += _check_repeated_asns(states, ends)
    return tuple(dict.fromkeys(found))


def _check_tunnel_limits(
    states: Sequence[PairState], ends: Ends, pruned: Collection[ResourceId]
) -> Iterator[Diagnostic]:
    """All connections of a gateway count, those to other networks too."""
    more = Counter(end.desired.vnet for state in states for end in state.ends if end.observed.half is None)
    for vnet, end in ends.items():
        present = sum(connection.id not in pruned for connection in end.observed.connections)
        yield from check_tunnel_limit(end.layout, present, more[vnet])


def _check_shared_ranges(states: Sequence[PairState], ends: Ends) -> Iterator[Diagnostic]:
    """VNets that share a gateway's routes, or that BGP joins over several gateways; pairs are checked by themselves.

    Documented: a gateway takes no two networks with overlapping ranges, and BGP passes routes on.
    """
    done = set(map(_vnets_of, states))
    for source, vnets in _networks(states):
        for one, other in combinations(sorted(vnets), 2):
            both = frozenset((one, other))
            if both not in done:
                done.add(both)
                ranges = ends[one].layout.address_prefixes, ends[other].layout.address_prefixes
                note = f'; {source} leads to both'
                yield from check_ranges(f'VNet {one}', ranges[0], f'VNet {other}', ranges[1], note=note)


def _check_repeated_asns(states: Sequence[PairState], ends: Ends) -> Iterator[Diagnostic]:
    """BGP drops a route that has passed its own ASN; those of two joined gateways are checked by themselves."""
    joined = {_vnets_of(state) for state in states if state.desired.tunnel.enable_bgp}
    for vnets in _bgp_networks(states):
        for one, other in combinations(sorted(vnets), 2):
            asn = ends[one].layout.asn
            if asn == ends[other].layout.asn and frozenset((one, other)) not in joined:
                yield rules.ASN_REPEATED.found(
                    f'The gateways of {one} and {other} have the same ASN {asn}: neither learns a route from the other '
                    'over others',
                    'Give each VNet of a BGP network an asn of its own',
                )


def _vnets_of(state: PairState) -> frozenset[ResourceId]:
    return frozenset(end.desired.vnet for end in state.ends)


def _networks(states: Sequence[PairState]) -> Iterator[tuple[str, set[ResourceId]]]:
    """The VNets that learn each other's routes, with what leads to them: each VNet's gateway, and BGP."""
    far: dict[ResourceId, set[ResourceId]] = {}
    for state in states:
        for end in state.ends:
            far.setdefault(end.desired.vnet, set()).add(state.far(end).desired.vnet)
    yield from ((f'the gateway of {vnet}', others) for vnet, others in far.items())
    yield from (('BGP', network) for network in _bgp_networks(states))


def _bgp_networks(states: Sequence[PairState]) -> list[set[ResourceId]]:
    """The VNets that learn each other's routes by BGP."""
    networks: list[set[ResourceId]] = []
    for both in (set(_vnets_of(state)) for state in states if state.desired.tunnel.enable_bgp):
        touched = [network for network in networks if network & both]
        networks = [network for network in networks if network not in touched] + [both.union(*touched)]
    return networks
