"""What can be wrong with the halves of a pair that exists, as far as it was read. Each check yields what it finds."""

from collections.abc import Iterator

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.diagnostic import Diagnostic, Severity
from azext_vnet2vnet.network.observed import CONNECTED, FAILED, SUCCEEDED, ObservedConnection
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair, Obstacle

Reasons = Iterator[Diagnostic]
DELETING = 'Deleting'


def check_far_end(pair: ObservedPair) -> Reasons:
    """Can the other end be seen, and is its half there?"""
    for end in pair.ends:
        far = pair.far(end)
        there = f' beside {far.half.id}' if far.half else ''
        if end.obstacle:
            yield _unreadable(end, there)
        elif end.gateway_missing:
            instead = f'; {end.replacement} leads to {far.gateway_id} instead' if end.replacement else ''
            yield rules.GATEWAY_REPLACED.found(
                f'Gateway {end.gateway_id}, which {far.half.id} leads to, does not exist any more{instead}',
                f'Run az vnet2vnet delete --ids {far.half.id}, then {_create(pair)}',
            )
        elif end.half is None:
            yield rules.HALF_MISSING.found(f'A half of the pair does not exist{there}', f'Run {_create(pair)}')


def _unreadable(end: ObservedEnd, there: str) -> Diagnostic:
    subscription = end.gateway_id.subscription
    if end.obstacle is Obstacle.RIGHT:
        why = f'this login may not read it, or its gateway {end.gateway_id}'
        advice = 'Ask for the role Reader on its group'
    elif end.tenant:
        why, advice = f'its login to tenant {end.tenant} has ended', f'Run az login --tenant {end.tenant}'
    else:
        why = f'this login has no subscription {subscription}'
        advice = 'Run az login --tenant TENANT for the tenant that it is in'
    return rules.FAR_END_UNREADABLE.found(f'The other half{there} cannot be seen: {why}', advice)


def _create(pair: ObservedPair) -> str:
    """The command that makes what is missing; VNET1 or VNET2 for the VNet of an end that nothing leads to."""
    vnets = (f' --vnet{number} {end.vnet_id or f"VNET{number}"}' for number, end in enumerate(pair.ends, start=1))
    return 'az vnet2vnet create' + ''.join(vnets)


def check_halves(pair: ObservedPair) -> Reasons:
    """Are the halves at rest?"""
    for half in pair.halves:
        if half.state == FAILED:
            yield rules.CONNECTION_FAILED.found(
                f'Azure failed to make or change {half.id}',
                f'Run az vnet2vnet update --ids {half.id}: it writes a failed half again',
            )
        elif half.state != SUCCEEDED:
            yield rules.CONNECTION_UPDATING.found(
                f'Azure is still working on {half.id} ({half.state})',
                'Run az vnet2vnet verify again when it is gone'
                if half.state == DELETING
                else f'Run az vnet2vnet wait --ids {half.id}',
            )


def check_keys(pair: ObservedPair) -> Reasons:
    """Is it one key?"""
    for end in pair.ends:
        if end.key_unreadable:
            yield rules.KEY_UNREADABLE.found(
                f'The key of {end.half.id} cannot be read, and so not compared',
                'Ask for the action Microsoft.Network/connections/sharedKey/action',
                severity=Severity.WARNING,
            )
    if pair.end1.key and pair.end2.key and pair.end1.key != pair.end2.key:
        yield rules.KEY_MISMATCH.found(
            f'The keys of {pair.end1.half.id} and {pair.end2.half.id} differ',
            f'Run az vnet2vnet rotate-key --ids {pair.end1.half.id}',
        )


def check_tunnels(pair: ObservedPair) -> Reasons:
    """Do the halves agree? Which of their fields have to is documented but for the modes, a decision."""
    if len(pair.halves) < 2:
        return
    half1, half2 = pair.halves
    one, other = half1.tunnel, half2.tunnel.mirrored()
    alike = f'Run az vnet2vnet update --ids {half1.id}: it makes the other half like this one'
    both = f'{half1.id} and {half2.id}'
    if one.policies != other.policies:
        is_fatal = one.algorithms() != other.algorithms()
        yield rules.POLICY_DIFFERS.found(
            f'The IPsec policies of {both} differ' + ('' if is_fatal else ' in their lifetimes: the shorter one holds'),
            alike,
            severity=Severity.ERROR if is_fatal else Severity.WARNING,
        )
    if half1.protocol != half2.protocol:
        yield rules.PROTOCOL_DIFFERS.found(
            f'{half1.id} speaks {half1.protocol} and {half2.id} {half2.protocol}, and a '
            'connection cannot change its protocol',
            f'Run az vnet2vnet delete --ids {half1.id}, then {_create(pair)} with the options that the pair had',
        )
    if one.enable_bgp != other.enable_bgp:
        on, off = (half1, half2) if one.enable_bgp else (half2, half1)
        yield rules.BGP_ONE_SIDED.found(
            f'BGP is on at {on.id} and off at {off.id}',
            f'Run az vnet2vnet update --ids {half1.id} --enable-bgp true, or false',
        )
    if one.policy_based != other.policy_based or not one.has_same_selectors(other):
        yield rules.SELECTORS_DIFFER.found(f'The traffic selectors of {both} do not mirror each other', alike)
    if one.is_deadlocked_with(half2.tunnel):
        what = 'begins' if one.mode == 'ResponderOnly' else 'answers'
        yield rules.MODE_DEADLOCK.found(
            f'Both {both} are {one.mode}: nobody {what}',
            f'Run az vnet2vnet update --ids {half1.id} --connection-mode Default',
        )
    if one.dpd_timeout != other.dpd_timeout:
        yield rules.DPD_DIFFERS.found(
            f'The DPD time-outs of {both} differ: {one.dpd_timeout} and {other.dpd_timeout} '
            'seconds (0: what Azure sets)',
            alike,
        )


def check_status(pair: ObservedPair) -> Reasons:
    """Is the tunnel up, and all of it?"""
    down = [end for end in pair.ends if end.half and end.half.state == SUCCEEDED and end.half.status != CONNECTED]
    if down:
        reports = ' and '.join(f'{end.half.id} reports {end.half.status or "Unknown"}' for end in down)
        follows = (
            '. The IKE security associations are up: the status follows in some minutes'
            if any(end.associations for end in down)
            else ''
        )
        half = down[0].half.id
        yield rules.NOT_CONNECTED.found(
            f'{reports}{follows}',
            'A new tunnel takes some minutes: run az vnet2vnet wait '
            f'--ids {half}; if that is in vain and no other reason is told, az vnet2vnet reset --ids {half}',
        )
    for end in pair.ends:
        far = pair.far(end).gateway
        if _is_up(end.half) and end.associations is not None and end.gateway and far:
            up = len({(one.local, one.remote) for one in end.associations})
            tunnels = len(end.gateway.addresses) * len(far.addresses)
            if up < tunnels:
                yield rules.TUNNELS_MISSING.found(
                    f'{end.half.id} reports Connected, but its gateway has {up} of {tunnels} tunnels up',
                    'Run az vnet2vnet verify again in some minutes; if it stays so, '
                    f'az vnet2vnet reset --ids {end.half.id}',
                )


def check_bytes(pair: ObservedPair) -> Reasons:
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
            'Look for what holds the answers back at a machine that should give them '
            f'{where}: az network nic show-effective-route-table --ids NIC, az network nic '
            'list-effective-nsg --ids NIC, and its own firewall',
        )


def _is_up(half: ObservedConnection | None) -> bool:
    return half is not None and half.status == CONNECTED
