"""Wait until a pair is as it should be."""

from collections.abc import Callable, Sequence

from azext_vnet2vnet.arm.failures import ConditionUnmet, HandedOverFailed, OperationFailed, TimedOut
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks.health import status_of
from azext_vnet2vnet.network.observed import CONNECTED, FAILED
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.readers.pair import find_pair, find_pair_if_any
from azext_vnet2vnet.workflows.deployments import follow

Condition = Callable[[ObservedPair], bool]


def is_connected(pair: ObservedPair) -> bool:
    """Whether every half that can be seen reports Connected, and none is missing."""
    return all(half.status == CONNECTED for half in pair.halves) and all(end.half or end.obstacle for end in pair.ends)


async def wait_for(
    arm: Arm, accounts: Sequence[Account], half: ResourceId, condition: Condition, interval: float
) -> None:
    """Read the pair every `interval` seconds until the condition holds.

    ConditionUnmet when the time is over, or when Azure has failed at a half: that does not repair itself. Refused when
    the pair does not exist.
    """
    pair = await find_pair(arm, accounts, half)
    while not condition(pair):
        if status_of(pair) == FAILED:
            raise ConditionUnmet('Azure has failed at a half of the pair', half)
        try:
            await arm.pause(interval)
            pair = await find_pair(arm, accounts, half)
        except TimedOut as timed_out:
            raise ConditionUnmet(
                f'Timed out after {timed_out.seconds:.0f} s (--timeout); the pair is {status_of(pair)}', half
            ) from None


async def follow_deployment(arm: Arm, deployment: str, interval: float) -> None:
    """Wait until a deployment is over; ConditionUnmet when the time is, HandedOverFailed with what it failed at."""
    target = ResourceId.parse(deployment)
    try:
        await follow(arm, target, interval)
    except OperationFailed as failure:
        raise HandedOverFailed(failure.target, failure.code, failure.text) from None
    except TimedOut as timed_out:
        raise ConditionUnmet(
            f'Timed out after {timed_out.seconds:.0f} s (--timeout); {target} still runs', target
        ) from None


async def wait_until_deleted(arm: Arm, accounts: Sequence[Account], half: ResourceId, interval: float) -> None:
    """Read the pair every `interval` seconds until no half that can be seen is left; ConditionUnmet on time-out."""
    halves = [half]
    try:
        while pair := await _find_any(arm, accounts, halves):
            halves = [one.id for one in pair.halves]
            await arm.pause(interval)
    except TimedOut as timed_out:
        left = ', '.join(map(str, halves))
        raise ConditionUnmet(
            f'Timed out after {timed_out.seconds:.0f} s (--timeout); still to be deleted: {left}', half
        ) from None


async def _find_any(arm: Arm, accounts: Sequence[Account], halves: Sequence[ResourceId]) -> ObservedPair | None:
    """The pair of the first of these halves that is there."""
    for half in halves:
        pair = await find_pair_if_any(arm, accounts, half)
        if pair:
            return pair
    return None
