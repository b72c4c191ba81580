"""Findings about what is asked of a pair that exists: all of them, before anything is written."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.connection_health import check_far_end
from azext_vnet2vnet.checks.gateway import check_basic, check_state
from azext_vnet2vnet.checks.login import check_tenants
from azext_vnet2vnet.checks.pair import check_policy, check_selectors
from azext_vnet2vnet.network.desired import Connection, Pair
from azext_vnet2vnet.network.diagnostic import Diagnostic, Severity
from azext_vnet2vnet.network.observed import Observed
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.planning.change_plan import other_connections
from azext_vnet2vnet.planning.plan import Plan
from azext_vnet2vnet.planning.site_plan import lay_out

_KEY_ACTION = 'Ask for the action Microsoft.Network/connections/sharedKey/action'


def check_seen(pair: ObservedPair) -> tuple[Diagnostic, ...]:
    """Can both ends be seen? A pair is deleted as one thing, and half of it only by the command that does no more."""
    halves = ' '.join(str(half.id) for half in pair.halves)
    alone = f'to delete this half alone, run az network vpn-connection delete --ids {halves}'
    return tuple(
        replace(found, recommendation=f'{found.recommendation}; {alone}')
        for found in _as_findings(pair, any(end.obstacle for end in pair.ends))
    )


def check_whole(pair: ObservedPair) -> tuple[Diagnostic, ...]:
    """Can both ends be seen, with a half and a gateway at each?"""
    unseen = tuple(
        rules.GATEWAY_UNREADABLE.found(
            f'Gateway {end.gateway_id} cannot be read', 'Ask for the role Reader on its group'
        )
        for end in pair.ends
        if end.half and not (end.gateway and end.vnet_id)
    )
    return _as_findings(pair, True) + unseen


def _as_findings(pair: ObservedPair, applies: bool) -> tuple[Diagnostic, ...]:
    return tuple(replace(reason, severity=Severity.ERROR) for reason in check_far_end(pair)) if applies else ()


def check_update(pair: Pair, observed: Observed, plan: Plan, accounts: Sequence[Account]) -> tuple[Diagnostic, ...]:
    """Will Azure take what the plan asks of both halves and their gateways?"""
    layouts = [lay_out(end, site) for end, site in zip(pair.ends, observed.sites)]
    findings = [
        found
        for end, layout in zip(pair.ends, layouts)
        for found in (*check_policy(pair, layout), *check_basic(end, layout))
    ]
    findings += check_selectors(pair, observed, layouts)
    if pair.tunnel.enable_bgp and layouts[0].asn == layouts[1].asn:
        findings.append(
            rules.ASN_EQUAL.found(
                f'Both gateways have ASN {layouts[0].asn}; BGP between two gateways wants two',
                f'Run {_create(pair)} --enable-bgp --asn1 65010 --asn2 65020, with numbers of yours',
            )
        )
    if any(isinstance(step.resource, Connection) for step in plan.steps):
        findings += check_tenants(*pair.ends, accounts)
    used = {step.id for step in plan.steps}
    for gateway in (site.vpn_gateway for site in observed.sites):
        if gateway.id in used:
            findings += check_state(
                gateway, f'run az vnet2vnet delete --ids {observed.site1.half.id}, then {_create(pair)}'
            )
    return tuple(findings)


def _create(pair: Pair) -> str:
    return 'az vnet2vnet create' + ''.join(f' --vnet{pair.number(end)} {end.vnet}' for end in pair.ends)


def check_keys(pair: ObservedPair) -> tuple[Diagnostic, ...]:
    """Can the keys of both halves be compared?"""
    return tuple(
        rules.KEY_UNREADABLE.found(
            f'The key of {end.half.id} cannot be read, and so not compared', _KEY_ACTION, severity=Severity.WARNING
        )
        for end in pair.ends
        if end.key_unreadable
    )


def check_kept_keys(pair: ObservedPair, plan: Plan) -> tuple[Diagnostic, ...]:
    """Can the key of each half that is written be kept? The write carries it."""
    written = {step.id for step in plan.steps if isinstance(step.resource, Connection)}
    return tuple(
        rules.KEY_UNREADABLE.found(
            f'The key of {end.half.id} cannot be read, and whoever changes a connection has to send its key',
            _KEY_ACTION,
        )
        for end in pair.ends
        if end.key_unreadable and end.half.id in written
    )


def check_gone(half: ResourceId, with_gateways: bool) -> tuple[Diagnostic, ...]:
    """What is to be said of the deletion of a pair whose connection of this id does not exist, or not any more."""
    message = f'Connection {half} does not exist, and nothing was written'
    other = 'If the other half of its pair is still there, az vnet2vnet list --all-subscriptions shows it as Half'
    if not with_gateways:
        return (rules.CONNECTION_GONE.found(message, other),)
    return (
        rules.GATEWAYS_UNKNOWN.found(
            f'{message}: without it the gateways cannot be found',
            f'{other}: run az vnet2vnet delete --gateways with that one. If both are gone, see what is left '
            f'with az network vnet-gateway list --subscription {half.subscription} --resource-group '
            f'{half.group} --output table, and the same in the group of the other end; then run az network '
            'vnet-gateway delete --ids ID for each gateway, and az network public-ip delete --ids ID for its '
            'public IPs',
        ),
    )


def check_deletion(pair: ObservedPair, with_gateways: bool) -> tuple[Diagnostic, ...]:
    """Does anything but the pair still need the gateways?"""
    ends = pair.ends if with_gateways else ()
    return tuple(found for end in ends if not end.gateway_missing for found in _check_gateway(pair, end))


def _check_gateway(pair: ObservedPair, end: ObservedEnd) -> Iterator[Diagnostic]:
    if end.gateway is None:
        yield rules.GATEWAY_UNREADABLE.found(
            f'Gateway {end.gateway_id} cannot be read', 'Leave --gateways away, or ask for the role Reader on its group'
        )
        return
    keep = 'or leave --gateways away'
    others = {str(other.id): other for other in sorted(other_connections(end, pair), key=lambda other: other.id)}
    if others:
        commands = (
            f'az {"vnet2vnet" if other.far_gateway else "network vpn-connection"} delete --ids {name}'
            for name, other in others.items()
        )
        yield rules.GATEWAY_IN_USE.found(
            f'Gateway {end.gateway_id} also has {", ".join(others)}',
            f'Delete those first ({", ".join(commands)}), {keep}',
        )
    if end.gateway.serves_points:
        yield rules.GATEWAY_SERVES_POINTS.found(
            f'Gateway {end.gateway_id} has point-to-site settings: clients dial in to it',
            'Take them away first with az network vnet-gateway update --remove '
            f'vpnClientConfiguration --ids {end.gateway_id}, {keep}',
        )
    for peering in end.vnet.peerings if end.vnet else ():
        if peering.allows_gateway_transit:
            yield rules.GATEWAY_TRANSIT.found(
                f"VNet {end.vnet.id} lends its gateway to {peering.far_vnet} through peering '{peering.name}'",
                'Switch that off first: az network vnet peering update --set '
                f'allowGatewayTransit=false --ids {end.vnet.id}/virtualNetworkPeerings/{peering.name}, '
                f'{keep}',
            )
    if end.vnet is None:
        yield rules.PEERINGS_UNKNOWN.found(
            f'The VNet of gateway {end.gateway_id} cannot be read: whether a peering uses the gateway is not checked',
            'Nothing is to be done unless the deletion is refused',
        )
