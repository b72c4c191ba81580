"""What stands in the way of a change to a pair that exists: of an update, a new key, a reset, a deletion."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.connection import check_lost_halves, check_policy, check_selectors
from azext_vnet2vnet.checks.connection_health import check_far_end, check_reading, create_command
from azext_vnet2vnet.checks.gateway import check_basic, check_gateway_change, check_state
from azext_vnet2vnet.checks.rights import check_tenants
from azext_vnet2vnet.checks.routing import check_asns
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.desired import Connection
from azext_vnet2vnet.network.diagnostic import Diagnostic, Severity
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.planning.pair_plan import EndState, PairState
from azext_vnet2vnet.planning.plan import Plan


def check_seen(pair: ObservedPair) -> tuple[Diagnostic, ...]:
    """Can both ends be seen? A pair is deleted as one thing, and half of it only by the command that does no more."""
    if not any(end.obstacle for end in pair.ends):
        return ()
    halves = ' '.join(quoted(half.id) for half in pair.halves)
    alone = f'to delete this half alone, run az network vpn-connection delete --ids {halves}'
    return tuple(
        replace(found, recommendation=f'{found.recommendation}; {alone}', severity=Severity.ERROR)
        for found in check_far_end(pair)
    )


def check_whole(pair: ObservedPair) -> tuple[Diagnostic, ...]:
    """Can both ends be seen, with a half and a gateway at each?"""
    unread = (found for end in pair.ends if not end.gateway for found in check_reading(end))
    return tuple(replace(found, severity=Severity.ERROR) for found in (*check_far_end(pair), *unread))


def check_update(state: PairState, plan: Plan, accounts: Sequence[Account]) -> tuple[Diagnostic, ...]:
    """Will Azure take what the plan asks of both halves and their gateways?"""
    pair = state.observed
    found = [one for end in state.ends for one in _check_end(state, end)]
    found += check_selectors(state)
    if state.desired.tunnel.enable_bgp:
        advice = f'Run {create_command(pair)} --enable-bgp --asn1 65010 --asn2 65020, with numbers of yours'
        found += check_asns(state.end1.layout.asn, state.end2.layout.asn, advice)
    if any(isinstance(step.resource, Connection) for step in plan.steps):
        found += check_tenants(*state.desired.ends, accounts)
    found += check_lost_halves(pair, plan.steps)
    written = {step.id for step in plan.steps}
    for gateway in (end.gateway for end in pair.ends if end.gateway and end.gateway.id in written):
        instead = f'run az vnet2vnet delete --ids {quoted(pair.halves[0].id)}, then {create_command(pair)}'
        found += check_state(gateway, instead)
    return tuple(found)


def _check_end(state: PairState, end: EndState) -> Iterator[Diagnostic]:
    yield from check_policy(state, end.layout)
    yield from check_basic(end)
    yield from check_gateway_change(end)


_OF_WHAT_EXISTS = {
    rule.code
    for rule in (
        rules.VNET_FAILED,
        rules.GATEWAY_FAILED,
        rules.GATEWAY_HIGH_BANDWIDTH,
        rules.RANGES_OVERLAP,
        rules.ASN_EQUAL,
        rules.BASIC_CANNOT,
        rules.POLICY_ON_BASIC,
    )
}


def tolerate(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics of a plan that writes nothing: what is wrong with what exists is a warning then."""
    return tuple(replace(one, severity=Severity.WARNING) if one.code in _OF_WHAT_EXISTS else one for one in diagnostics)


def check_reset(pair: ObservedPair, gateways: Collection[int]) -> Iterator[Diagnostic]:
    """Does the reset of the gateways of the ends with these numbers restart the whole of them?"""
    for number, end in enumerate(pair.ends, start=1):
        if number in gateways and end.gateway and end.gateway.active_active:
            reset = f'az network vnet-gateway reset --ids {quoted(end.gateway_id)} --gateway-vip'
            commands = ', or '.join(f'{reset} {address}' for address in end.gateway.addresses or ('ADDRESS',))
            yield rules.RESET_ONE_INSTANCE.found(
                f'Gateway {end.gateway_id} is active-active: this restarts its primary instance only',
                f'If the other one is to restart too, run the command with its public address afterwards: {commands}',
            )


def check_gone(half: ResourceId, with_gateways: bool) -> tuple[Diagnostic, ...]:
    """What is to be said of the deletion of a pair whose connection of this id does not exist, or not any more."""
    message = f'Connection {half} does not exist, and nothing was written'
    other = 'If the other half of its pair still exists, az vnet2vnet list --all-subscriptions shows it as Half'
    if not with_gateways:
        return (rules.CONNECTION_GONE.found(message, other),)
    return (
        rules.GATEWAYS_UNKNOWN.found(
            f'{message}: without it the gateways cannot be found',
            f'{other}: run az vnet2vnet delete --gateways with that one. If both are gone, see what is left '
            f'with az network vnet-gateway list --subscription {quoted(half.subscription)} --resource-group '
            f'{quoted(half.group)} --output table, and the same in the group of the other end; then run az network '
            'vnet-gateway delete --ids ID for each gateway, and az network public-ip delete --ids ID for its '
            'public IPs',
        ),
    )


def check_deletion(pair: ObservedPair, with_gateways: bool) -> tuple[Diagnostic, ...]:
    """Does anything but the pair still need the gateways?"""
    ends = [end for end in pair.ends if with_gateways and not end.gateway_missing]
    return tuple(found for end in ends for found in _check_gateway(pair, end))


def _check_gateway(pair: ObservedPair, end: ObservedEnd) -> Iterator[Diagnostic]:
    keep = 'or omit --gateways'
    if end.gateway is None:
        for found in check_reading(end):
            yield replace(found, recommendation=f'{found.recommendation}, {keep}', severity=Severity.ERROR)
        return
    others = sorted(pair.other_connections(end), key=lambda other: other.id)
    if others:
        commands = ', '.join(
            f'az {"vnet2vnet" if other.far_gateway else "network vpn-connection"} delete --ids {quoted(other.id)}'
            for other in others
        )
        names = ', '.join(str(other.id) for other in others)
        yield rules.GATEWAY_IN_USE.found(
            f'Gateway {end.gateway_id} also has {names}', f'Delete those first ({commands}), {keep}'
        )
    if end.gateway.serves_points:
        yield rules.GATEWAY_SERVES_POINTS.found(
            f'Gateway {end.gateway_id} has point-to-site settings: clients dial in to it',
            'Remove them first with az network vnet-gateway update --remove '
            f'vpnClientConfiguration --ids {quoted(end.gateway_id)}, {keep}',
        )
    for peering in end.vnet.peerings if end.vnet else ():
        if end.vnet and peering.allows_gateway_transit and peering.is_transit_used:
            yield rules.GATEWAY_TRANSIT.found(
                f"VNet {end.vnet.id} lends its gateway to {peering.far_vnet} through peering '{peering.name}'",
                'Switch that off first: az network vnet peering update --set '
                f'allowGatewayTransit=false --ids {quoted(f"{end.vnet.id}/virtualNetworkPeerings/{peering.name}")}, '
                f'{keep}',
            )
    if end.vnet is None:
        yield rules.PEERINGS_UNKNOWN.found(
            f'The VNet of gateway {end.gateway_id} cannot be read: whether a peering uses the gateway is not checked',
            'Nothing is to be done unless the deletion is refused',
        )
