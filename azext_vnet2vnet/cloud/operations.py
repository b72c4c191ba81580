"""Long-running operations of Azure: followed to their end, with the resource itself as the last word."""
from azext_vnet2vnet.cloud.arm import Answer, Arm, RequestFailed
from azext_vnet2vnet.domain.ids import ResourceId
from azext_vnet2vnet.domain.observed import FAILED, SUCCEEDED

_NO_WORD = 30.0  # Seconds between questions where Azure does not say: what azure-core does.
_SETTLING = 5.0
_FOREIGN = 20.0


class OperationFailed(Exception):
    """Azure accepted a write and then failed at it."""

    def __init__(self, target: ResourceId, code: str, text: str):
        super().__init__(f'{target}: {code}')
        self.target = target
        self.code = code
        self.text = text


async def finish(arm: Arm, target: ResourceId, answer: Answer) -> None:
    """Follow the operation that a write started until Azure says how it ended; OperationFailed where it failed.

    An operation that answers 404 is over: a write that changes nothing may name one that never was (reported
    2017 to 2024), and then the resource itself decides.
    """
    url = answer.headers.get('azure-asyncoperation')
    while url:
        told = answer.retry_after
        await arm.pause(_NO_WORD if told is None else arm.clock.told(told))
        answer = await arm.poll(target, url)
        body = answer.body if isinstance(answer.body, dict) else {}
        status = body.get('status')
        if answer.status == 404 or status == SUCCEEDED:
            return
        if status in (FAILED, 'Canceled'):
            raise OperationFailed(target, *answer.error)


async def settle(arm: Arm, target: ResourceId, pause: float = _SETTLING) -> dict:
    """Wait until the resource itself says Succeeded, and return it; OperationFailed where it says Failed.

    A finished operation may leave its resource Updating for a time (recorded 2023).
    """
    while True:
        answer = await arm.get(target)
        if answer.status == 404:
            raise RequestFailed('GET', str(target), answer)
        state = answer.body['properties'].get('provisioningState')
        if state == SUCCEEDED:
            return answer.body
        if state == FAILED:
            raise OperationFailed(target, '', f'{target} is in state Failed')
        await arm.pause(pause)


async def join(arm: Arm, target: ResourceId) -> dict:
    """Wait for what somebody else, or an earlier run, started on the resource, and return it."""
    return await settle(arm, target, _FOREIGN)
