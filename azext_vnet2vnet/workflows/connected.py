"""Wait until the halves of pairs report Connected."""

import asyncio
from collections.abc import Collection, Sequence

from knack.log import get_logger

from azext_vnet2vnet.arm.failures import RequestFailed
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.engine.pair_agreement import plan_changed
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.observed import CONNECTED, ObservedConnection
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.readers.resources import read_connection

logger = get_logger(__name__)

_LIMIT = 300.0  # Seconds to wait for Connected once all halves are made.
_ONE_SIDED_LIMIT = 180.0  # The same for one half, where another administrator writes the other one (decision).
_POLL_INTERVAL = 15.0  # Seconds between two reads of the status; Azure gives no hint.


async def await_connected(
    arm: Arm, halves: Sequence[ObservedConnection], report: Report
) -> tuple[ObservedConnection, ...]:
    """The halves of one or more pairs as they were seen last: Connected, unless the time for that is over."""
    halves = tuple(halves)
    if are_connected(halves):
        return halves
    one_pair = len(halves) < 3
    what = 'Both' if one_pair else f'All {len(halves)}'
    report.waiting(f'{what} connections exist; waiting for the tunnel{"" if one_pair else "s"}')
    halves = await _poll_until_connected(arm, halves, _LIMIT)
    late = [half for half in halves if half.status != CONNECTED]
    if not late:
        report.over(f'{what} halves report Connected')
        return halves
    shortfall = (
        'its halves do not both report Connected'
        if one_pair
        else f'{len(late)} of {len(halves)} halves do not report Connected'
    )
    report.over(f'Stopped waiting: {shortfall}')
    logger.warning(
        '%s complete, but after %d minutes %s: see status and reasons of the result, and look for more with '
        'az vnet2vnet verify --ids %s',
        'The pair is' if one_pair else 'All pairs are',
        _LIMIT / 60,
        shortfall,
        quoted(late[0].id),
    )
    return halves


async def await_own_half(arm: Arm, half: ObservedConnection, report: Report) -> ObservedConnection:
    """The half of this administrator as it was seen last, after some 3 minutes unless it is Connected before."""
    if half.status == CONNECTED:
        return half
    report.waiting(f'{half.id.name} exists; waiting some minutes for the tunnel')
    [half] = await _poll_until_connected(arm, (half,), _ONE_SIDED_LIMIT)
    is_up = half.status == CONNECTED
    report.over(
        f'{half.id.name} reports Connected' if is_up else f'Stopped waiting: {half.id.name} is not Connected yet'
    )
    return half


async def _poll_until_connected(
    arm: Arm, halves: tuple[ObservedConnection, ...], seconds: float
) -> tuple[ObservedConnection, ...]:
    end = arm.clock.now() + seconds
    early: set[ResourceId] = set()  # Connected before the others: they may have changed since.
    waited = {half.id for half in halves if half.status != CONNECTED}
    while not are_connected(halves) and arm.clock.now() < end:
        early |= waited & {half.id for half in halves if half.status == CONNECTED}
        await arm.pause(_POLL_INTERVAL)
        halves = await _poll(arm, halves, {half.id for half in halves if half.status != CONNECTED})
        if are_connected(halves):
            halves = await _poll(arm, halves, early)
    return halves


def are_connected(halves: Sequence[ObservedConnection]) -> bool:
    """Whether all of them report Connected."""
    return all(half.status == CONNECTED for half in halves)


async def read_again(arm: Arm, half: ObservedConnection) -> ObservedConnection:
    """The half as it is now; Refused, with plan-changed, where it is gone."""
    present = await read_connection(arm, half.id)
    if present is None:
        raise plan_changed(f'{half.id} is gone: somebody else deleted it in the meantime')
    return present


async def _poll(
    arm: Arm, halves: Sequence[ObservedConnection], due: Collection[ResourceId]
) -> tuple[ObservedConnection, ...]:
    async def latest(half: ObservedConnection) -> ObservedConnection:
        try:
            return await read_again(arm, half) if half.id in due else half
        except RequestFailed as failure:
            if not failure.may_pass:
                raise
            return half  # It is asked again.

    return tuple(await asyncio.gather(*map(latest, halves)))
