"""Do routes lead through the VPN, and only there? Overlapping ranges, ASNs, BGP sessions, transit."""

from collections.abc import Collection, Iterator, Sequence

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.address_space import contains, overlaps
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.diagnostic import Diagnostic, Severity
from azext_vnet2vnet.network.observed import CONNECTED, ObservedGateway
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.pair_plan import PairState

_PRIVATE_ASNS = {65010, 65020}
_MOVE = 'Give one of the VNets another address space; a VPN cannot route between equal addresses'


def check_ranges(
    one: str,
    ours: Sequence[str],
    other: str,
    theirs: Sequence[str],
    advice: str = _MOVE,
    note: str = '',
    severity: Severity | None = None,
) -> Iterator[Diagnostic]:
    """Do two address spaces, which are named in words, share addresses? `note` says what leads to both.

    Documented: the VPN carries IPv4 only, but for a preview. Decision: equal IPv6 ranges are a warning.
    """
    shared = overlaps(ours, theirs)
    if shared:
        pairs = ', '.join(f'{mine} and {yours}' for mine, yours in shared)
        if all(':' in mine for mine, _ in shared):
            severity = Severity.WARNING
        yield rules.RANGES_OVERLAP.found(
            f'The address spaces of {one} and {other} overlap: {pairs}{note}', advice, severity=severity
        )


def check_asns(asn1: int, asn2: int, advice: str) -> Iterator[Diagnostic]:
    """Do the gateways of a pair with BGP have two ASNs?"""
    if asn1 == asn2:
        yield rules.ASN_EQUAL.found(f'Both gateways have ASN {asn1}; BGP between two gateways requires two', advice)


def check_desired_routes(state: PairState) -> Iterator[Diagnostic]:
    """The ranges and ASNs that both ends of a pair would have."""
    end1, end2 = state.ends
    yield from check_ranges(
        f'VNet {end1.desired.vnet}',
        end1.layout.address_prefixes,
        f'VNet {end2.desired.vnet}',
        end2.layout.address_prefixes,
    )
    enabled = state.desired.tunnel.enable_bgp
    if enabled is None:  # Recorded 2017: Azure takes such halves where BGP is off at the gateways: nothing speaks BGP.
        enabled = any(half.tunnel.enable_bgp for half in state.observed.halves) and any(
            end.layout.enable_bgp for end in state.ends
        )
    if enabled and len(state.own_ends) == 2:
        options = ' and '.join(end.desired.option('asn') for end in state.ends)
        advice = f'Give {options} two different numbers, such as 65010 and 65040'
        yield from check_asns(end1.layout.asn, end2.layout.asn, advice)


def check_neighbours(state: PairState, pruned: Collection[ResourceId] = ()) -> Iterator[Diagnostic]:
    """Does an end's address space overlap what the far gateway leads to already, but for what is `pruned`?

    Decision: a wider range of a site is a warning, as routes follow the longest prefix, and as the documentation has
    such ranges advertised by BGP.
    """
    for end in state.ends:
        far = state.far(end)
        for neighbour in end.observed.surroundings.neighbours:
            if neighbour.connection not in pruned:
                space = far.layout.address_prefixes
                is_wider = neighbour.is_site and all(
                    theirs != mine and contains([theirs], mine) for mine, theirs in overlaps(space, neighbour.prefixes)
                )
                yield from check_ranges(
                    f'VNet {far.desired.vnet}',
                    space,
                    f'what connection {neighbour.connection} leads to',
                    neighbour.prefixes,
                    'Give the VNet another address space, or delete that connection',
                    severity=Severity.WARNING if is_wider else None,
                )


def check_networks(pair: ObservedPair) -> Iterator[Diagnostic]:
    """The ranges of a pair that exists."""
    vnet1, vnet2 = (end.vnet for end in pair.ends)
    if vnet1 and vnet2:
        yield from check_ranges(
            f'VNet {vnet1.id}',
            vnet1.address_prefixes,
            f'VNet {vnet2.id}',
            vnet2.address_prefixes,
            'Move one of the VNets to another address space, as a VPN cannot route between equal addresses: az '
            f'network vnet update --ids {quoted(vnet2.id)} --address-prefixes PREFIX',
        )


def check_bgp(pair: ObservedPair) -> Iterator[Diagnostic]:
    """Can the gateways of a pair that exists exchange routes, and do they?"""
    half1 = pair.end1.half
    if half1 is None or not _speaks_bgp(pair):
        return
    gateways = [end.gateway for end in pair.ends if end.gateway]
    is_equal = len(gateways) == 2 and gateways[0].asn == gateways[1].asn
    if is_equal:
        free = min(_PRIVATE_ASNS - {gateways[0].asn})
        yield from check_asns(
            gateways[0].asn,
            gateways[1].asn,
            f'Run az network vnet-gateway update --ids {quoted(gateways[1].id)} --asn {free}, '
            'or another number of yours',
        )
    off = [gateway for gateway in gateways if not gateway.enable_bgp]
    for gateway in off:
        yield rules.BGP_GATEWAY_OFF.found(
            f'BGP is on at both halves, but off at gateway {gateway.id}: no routes are exchanged',
            f'Run az vnet2vnet update --ids {quoted(half1.id)} --enable-bgp',
        )
    if not off and not is_equal and all(half.status == CONNECTED for half in pair.halves):
        for end in pair.ends:
            far = pair.far(end).gateway
            yield from _check_peers(end, far) if far else ()


def _check_peers(end: ObservedEnd, far: ObservedGateway) -> Iterator[Diagnostic]:
    """Azure lists a gateway's own addresses among its peers, too (documented): only those of the far one count."""
    if end.reports.peers is None or end.half is None:
        return
    states = [peer.state for peer in end.reports.peers if peer.address in far.bgp_addresses]
    if states and all(state == CONNECTED for state in states):
        return
    shown = f' ({", ".join(states)})' if states else ''
    yield rules.BGP_PEER_DOWN.found(
        f'Gateway {end.gateway_id} has no BGP session with {far.id}{shown}',
        'A session comes up within a minute of the tunnel; if it does not, compare what both gateways have set up, '
        f'with az network vnet-gateway show --query "[].bgpSettings" '
        f'--ids {quoted(end.gateway_id)} {quoted(far.id)}, and run '
        f'az vnet2vnet reset --ids {quoted(end.half.id)}',
        severity=Severity.WARNING if CONNECTED in states else Severity.ERROR,
    )


def check_transit(pair: ObservedPair) -> Iterator[Diagnostic]:
    """Documented: a gateway passes on, from one connection to another, only between those that speak BGP."""
    speaks = all(half.tunnel.enable_bgp for half in pair.halves)
    for end in pair.ends:
        others = [
            other
            for other in end.connections
            if other.gateway == end.gateway_id
            and other.far != pair.far(end).gateway_id
            and not (speaks and other.tunnel.enable_bgp)
        ]
        if others:
            names = ', '.join(sorted(other.id.name for other in others))
            yield rules.NOT_TRANSITIVE.found(
                f'Gateway {end.gateway_id} also has {names}; without BGP at all of them, '
                'the other end of this pair reaches nothing behind those',
                'If it should, switch BGP on at all of them, with an ASN of its own for each gateway, or join those '
                'networks directly with az vnet2vnet create',
            )


def _speaks_bgp(pair: ObservedPair) -> bool:
    return len(pair.halves) == 2 and all(half.tunnel.enable_bgp for half in pair.halves)
