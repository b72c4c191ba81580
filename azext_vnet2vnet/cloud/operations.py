"""Long-running operations of Azure: followed to their end, with the resource itself as the last word."""
from azext_vnet2vnet.cloud.arm import Arm
from azext_vnet2vnet.cloud.failures import OperationFailed, RequestFailed
from azext_vnet2vnet.cloud.wire import Answer
from azext_vnet2vnet.domain.ids import ResourceId
from azext_vnet2vnet.domain.observed import FAILED, SUCCEEDED

_NO_WORD = 30.0  # Seconds between questions where Azure does not say: what azure-core does.
_SETTLING = 5.0
_FOREIGN = 20.0
_CANCELED = 'Canceled'
_DOUBTFUL = 6  # Polls of an update after which the resource is asked too.


async def finish(arm: Arm, target: ResourceId, answer: Answer, witness: ResourceId | None = None) -> None:
    """Follow the operation that a write started until Azure says how it ended; OperationFailed where it failed.

    An operation that answers 404 is over: a write that changes nothing may name one that never was (reported 2017 to
    2024). One of an update may stay InProgress though the resource says Succeeded (reported 2026): after some polls
    the resource, or `witness` where the target has no state of its own, is asked as well.
    """
    url = answer.headers.get('azure-asyncoperation')
    is_update = answer.status == 200
    polls = 0
    while url:
        told = arm.told(answer)
        await arm.pause(_NO_WORD if told is None else told)
        answer = await arm.poll(target, url)
        polls += 1
        body = answer.body if isinstance(answer.body, dict) else {}
        status = body.get('status')
        if answer.status == 404 or status == SUCCEEDED:
            return
        if status in (FAILED, _CANCELED):
            raise OperationFailed(target, *answer.error)
        if is_update and polls >= _DOUBTFUL and await _state(arm, witness or target) == SUCCEEDED:
            return


async def settle(arm: Arm, target: ResourceId, pause: float = _SETTLING) -> dict:
    """Wait until the resource itself says Succeeded, and return it; OperationFailed where it says Failed.

    A finished operation may leave its resource Updating for a time (recorded 2023).
    """
    body = await at_rest(arm, target, pause)
    if body['properties']['provisioningState'] != SUCCEEDED:
        raise OperationFailed(target, '', '')
    return body


async def at_rest(arm: Arm, target: ResourceId, pause: float = _FOREIGN) -> dict:
    """Wait until Azure is not at work on the resource, however that ended, and return it.

    What a resource says while it is being made is not what it will be: a gateway has ASN 0 then (recorded).
    """
    while True:
        answer = await arm.get(target)
        if answer.is_missing:
            raise RequestFailed('GET', str(target), answer.status, *answer.error)
        if answer.body['properties'].get('provisioningState') in (SUCCEEDED, FAILED, _CANCELED):
            return answer.body
        await arm.pause(pause)


async def join(arm: Arm, target: ResourceId) -> dict:
    """Wait for what somebody else, or an earlier run, started on the resource, and return it."""
    return await settle(arm, target, _FOREIGN)


async def _state(arm: Arm, target: ResourceId) -> str | None:
    answer = await arm.get(target)
    return None if answer.is_missing else answer.body['properties'].get('provisioningState')
