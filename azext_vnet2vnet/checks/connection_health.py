"""What is wrong with the halves of a pair that exists, as far as it was read."""

from collections.abc import Iterator
from typing import TypeGuard

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.diagnostic import Diagnostic, Severity
from azext_vnet2vnet.network.observed import CONNECTED, DELETING, FAILED, SUCCEEDED, ObservedConnection, ObservedGateway
from azext_vnet2vnet.network.pair import Cause, ObservedEnd, ObservedPair, Obstacle

_READER = 'Ask for the role Reader on its group'
_LATER = 'Run the same command again in some minutes'


def check_far_end(pair: ObservedPair) -> Iterator[Diagnostic]:
    """Can the other end be seen, and does its half exist?"""
    for end in pair.ends:
        far = pair.far(end)
        beside = f' beside {far.half.id}' if far.half else ''
        if end.obstacle:
            yield _unseen(end, end.obstacle, beside)
        elif end.gateway_missing:
            other = far.half.id if far.half else far.gateway_id
            instead = f'; {end.replacement} leads to {far.gateway_id} instead' if end.replacement else ''
            yield rules.GATEWAY_REPLACED.found(
                f'Gateway {end.gateway_id}, which {other} leads to, does not exist any more{instead}',
                f'Run az vnet2vnet delete --ids {quoted(other)}, then {create_command(pair)}',
            )
        elif end.half is None:
            yield rules.HALF_MISSING.found(f'A half of the pair does not exist{beside}', f'Run {create_command(pair)}')


def _unseen(end: ObservedEnd, obstacle: Obstacle, beside: str) -> Diagnostic:
    severity = Severity.WARNING
    if obstacle.cause is Cause.RIGHT:
        why = f'this login may not read it, or its gateway {end.gateway_id}'
        advice = _READER
    elif obstacle.cause is Cause.FAILURE:
        why, advice, severity = f'the read failed ({obstacle.reason})', _LATER, Severity.ERROR
    elif end.tenant:
        why, advice = f'its login to tenant {end.tenant} has ended', f'Run az login --tenant {end.tenant}'
    else:
        why = f'this login has no subscription {end.gateway_id.subscription}'
        advice = 'Run az login --tenant TENANT for the tenant that it is in'
    return rules.FAR_END_UNREADABLE.found(f'The other half{beside} cannot be seen: {why}', advice, severity=severity)


def check_reading(end: ObservedEnd) -> Iterator[Diagnostic]:
    """What of an end could not be read, and so not judged? Only 403 is a missing right; another failure is an error."""
    if end.gateway_obstacle:
        why, advice, severity = _reason_of(end.gateway_obstacle)
        yield rules.GATEWAY_UNREADABLE.found(f'Gateway {end.gateway_id} cannot be read{why}', advice, severity=severity)
    if end.vnet_obstacle:
        why, advice, severity = _reason_of(end.vnet_obstacle)
        yield rules.VNET_UNREADABLE.found(
            f'VNet {end.vnet_id} cannot be read{why}: neither its ranges nor its GatewaySubnet are judged',
            advice,
            severity=severity,
        )
    for report in end.reports.unavailable:
        yield rules.REPORT_MISSING.found(
            f'The {report.what} of {report.target} are not known: '
            + ('this login may not ask' if report.action else 'no answer came'),
            f'Ask for the action {report.action}' if report.action else 'Run az vnet2vnet verify again in some minutes',
        )


def _reason_of(obstacle: Obstacle) -> tuple[str, str, Severity]:
    if obstacle.cause is Cause.FAILURE:
        return f' ({obstacle.reason})', _LATER, Severity.ERROR
    return '', _READER, Severity.WARNING


def create_command(pair: ObservedPair) -> str:
    """The command that makes what is missing; VNET1 or VNET2 for the VNet of an end that nothing leads to."""
    vnets = (
        f' --vnet{number} {quoted(end.vnet_id or f"VNET{number}")}' for number, end in enumerate(pair.ends, start=1)
    )
    return 'az vnet2vnet create' + ''.join(vnets)


def check_halves(pair: ObservedPair) -> Iterator[Diagnostic]:
    """Are the halves at rest?"""
    for half in pair.halves:
        if half.state == FAILED:
            yield rules.CONNECTION_FAILED.found(
                f'Azure failed to make or change {half.id}',
                f'Run az vnet2vnet update --ids {quoted(half.id)}: it writes a failed half again',
            )
        elif half.state != SUCCEEDED:
            yield rules.CONNECTION_UPDATING.found(
                f'Azure is still working on {half.id} ({half.state})',
                'Run az vnet2vnet verify again when it is gone'
                if half.state == DELETING
                else f'Run az vnet2vnet wait --ids {quoted(half.id)}',
            )


def check_agreement(pair: ObservedPair) -> Iterator[Diagnostic]:
    """Do the halves agree? Which of their fields have to is documented but for the modes, a decision."""
    if len(pair.halves) < 2:
        return
    half1, half2 = pair.halves
    one, other = half1.tunnel, half2.tunnel.mirrored()
    alike = f'Run az vnet2vnet update --ids {quoted(half1.id)}: it makes the other half like this one'
    gives = 'it gives the other half what only this one has'
    both = f'{half1.id} and {half2.id}'
    if one.policies != other.policies:
        is_fatal = one.algorithms() != other.algorithms()
        yield rules.POLICY_DIFFERS.found(
            f'The IPsec policies of {both} differ' + ('' if is_fatal else ' in their lifetimes: the shorter one holds'),
            alike
            if one.policies and other.policies
            else f'Run az vnet2vnet update --ids {quoted((half1 if one.policies else half2).id)}: {gives}',
            severity=Severity.ERROR if is_fatal else Severity.WARNING,
        )
    if half1.protocol != half2.protocol:
        yield rules.PROTOCOL_DIFFERS.found(
            f'{half1.id} speaks {half1.protocol} and {half2.id} {half2.protocol}, and a '
            'connection cannot change its protocol',
            f'Run az vnet2vnet delete --ids {quoted(half1.id)}, then {create_command(pair)} '
            'with the options that the pair had',
        )
    if one.enable_bgp != other.enable_bgp:
        on, off = (half1, half2) if one.enable_bgp else (half2, half1)
        yield rules.BGP_ONE_SIDED.found(
            f'BGP is on at {on.id} and off at {off.id}',
            f'Run az vnet2vnet update --ids {quoted(half1.id)} --enable-bgp true, or false',
        )
    idle = [str(half.id) for half in pair.halves if half.tunnel.selectors and not half.tunnel.policy_based]
    if one.policy_based != other.policy_based or not one.has_same_selectors(other):
        lacks = not one.selectors and other.selectors or not one.policy_based and other.policy_based
        yield rules.SELECTORS_DIFFER.found(
            f'The traffic selectors of {both} do not mirror each other',
            f'Run az vnet2vnet update --ids {quoted(half2.id)}: {gives}' if lacks else alike,
        )
    elif idle:
        yield rules.SELECTORS_UNUSED.found(
            f'The traffic selectors of {" and ".join(idle)} have no effect without policy-based ones',
            f'Run az vnet2vnet update --ids {quoted(half1.id)} --policy-based-selectors true, or --clear-selectors',
        )
    if one.is_deadlocked_with(half2.tunnel):
        what = 'begins' if one.mode == 'ResponderOnly' else 'answers'
        yield rules.MODE_DEADLOCK.found(
            f'Both {both} are {one.mode}: nobody {what}',
            f'Run az vnet2vnet update --ids {quoted(half1.id)} --connection-mode Default',
        )
    if one.dpd_timeout != other.dpd_timeout:
        yield rules.DPD_DIFFERS.found(
            f'The DPD time-outs of {both} differ: {one.dpd_timeout} and {other.dpd_timeout} '
            'seconds (0: what Azure sets)',
            alike,
        )


def check_status(pair: ObservedPair) -> Iterator[Diagnostic]:
    """Is the tunnel up, and all of it?"""
    down = [
        (half, end.reports.associations)
        for end in pair.ends
        if (half := end.half) and half.state == SUCCEEDED and half.status != CONNECTED
    ]
    if down:
        reports = ' and '.join(f'{half.id} reports {half.status or "Unknown"}' for half, _ in down)
        are_up = any(associations for _, associations in down)
        follows = '. The IKE security associations are up: the status follows in some minutes' if are_up else ''
        first = down[0][0].id
        yield rules.NOT_CONNECTED.found(
            f'{reports}{follows}',
            'A new tunnel takes some minutes: run az vnet2vnet wait '
            f'--ids {quoted(first)}; if that is in vain and no other reason is given, '
            f'az vnet2vnet reset --ids {quoted(first)}',
        )
    for end in pair.ends:
        far = pair.far(end).gateway
        associations = end.reports.associations
        if _is_up(end.half) and associations is not None and end.gateway and far:
            up = len({(one.local, one.remote) for one in associations})
            tunnels = _instances(end.gateway) * _instances(far)
            if up < tunnels:
                yield rules.TUNNELS_MISSING.found(
                    f'{end.half.id} reports Connected, but its gateway has {up} of {tunnels} tunnels up',
                    'Run az vnet2vnet verify again in some minutes; if it stays so, '
                    f'az vnet2vnet reset --ids {quoted(end.half.id)}',
                )


def _instances(gateway: ObservedGateway) -> int:
    """Documented: two at most; a third address is for point-to-site clients, and private ones are of the same two."""
    return min(len(gateway.addresses), 2 if gateway.active_active else 1)


def check_bytes(pair: ObservedPair) -> Iterator[Diagnostic]:
    """Do both ends send?"""
    for end in pair.ends:
        half, far = end.half, pair.far(end).half
        if _is_up(far) and far.egress_bytes and not far.ingress_bytes:
            text = f'{far.id} has sent {far.egress_bytes} bytes and received none'
        elif _is_up(half) and half.ingress_bytes and not half.egress_bytes:
            text = f'{half.id} has received {half.ingress_bytes} bytes and sent none'
        else:
            continue
        where = f'in VNet {end.vnet_id}' if end.vnet_id else f'behind gateway {end.gateway_id}'
        yield rules.BYTES_ONE_WAY.found(
            text,
            'Search for what stops the answers at a machine that should send them '
            f'{where}: az network nic show-effective-route-table --ids NIC, az network nic '
            'list-effective-nsg --ids NIC, and its own firewall',
        )


def _is_up(half: ObservedConnection | None) -> TypeGuard[ObservedConnection]:
    return half is not None and half.status == CONNECTED
