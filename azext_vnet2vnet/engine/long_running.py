"""Long-running operations of Azure, followed to their end; the state of the resource itself decides."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from azext_vnet2vnet.arm import from_json
from azext_vnet2vnet.arm.failures import NotDeleted, OperationFailed, RequestFailed
from azext_vnet2vnet.arm.requests import Answer
from azext_vnet2vnet.arm.sender import OnBusy
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.engine.poll_schedule import PollSchedule, WriteKind
from azext_vnet2vnet.network.observed import AT_REST, CANCELED, FAILED, SUCCEEDED
from azext_vnet2vnet.network.resource_id import PUBLIC_IP_TYPE, ResourceId
from azext_vnet2vnet.readers.resources import read_connections

_SETTLE_INTERVAL = 5.0  # After an operation of this run has ended.
_JOIN_INTERVAL = 20.0  # While an operation of somebody else runs.
_IN_USE_INTERVAL = 15.0
_IN_USE_TIMEOUT = 1800.0  # Decision: how long a deleted user can be reported as one is not known.
_UPDATING = 'Updating'
_POLLS_OF_UPDATE = 6  # After which the resource is read as well.


async def finish(
    arm: Arm, target: ResourceId, answer: Answer, schedule: PollSchedule, witness: ResourceId | None = None
) -> dict[str, Any] | None:
    """Poll the operation that a write started, by its first `answer`, until it ends; OperationFailed where it failed.

    Azure asks to poll less and less often, at last every 100 s (recorded). A resource whose state is Updating is
    therefore read in between, and returned if it has succeeded; otherwise the result is None.

    An operation that answers 404 has ended: a write that changes nothing may name one that never was (reported 2017 to
    2024). One of an update may stay InProgress though the resource says Succeeded (reported 2026): after some polls
    the resource is read as well, or `witness` where the target has no state of its own. An action may have a Location
    alone (specification; of a connection's reset nothing else is known).
    """
    url = answer.headers.get('azure-asyncoperation')
    if not url:
        await arm.collect(target, answer)
    is_update = answer.status == 200
    is_polled = arm.polls_resources and _is_updating(answer.body)
    resource = _ResourcePoll(arm, target, (target.type, answer.status), schedule) if is_polled else None
    polls = 0
    while url:
        interval = arm.poll_interval(answer)
        body = await (resource.wait(interval) if resource else arm.pause(interval))
        if body and _state_of(body) == SUCCEEDED:
            return body
        answer = await arm.poll(target, url)
        polls += 1
        status = answer.body.get('status') if isinstance(answer.body, dict) else None
        if answer.status == 404 or status == SUCCEEDED:
            return None
        if status in (FAILED, CANCELED):
            raise OperationFailed(target, *answer.error)
        if is_update and polls >= _POLLS_OF_UPDATE and await _state(arm, witness or target) == SUCCEEDED:
            return None
    return None


def _is_updating(body: Any) -> bool:
    properties = body.get('properties') if isinstance(body, dict) else None
    return isinstance(properties, dict) and properties.get('provisioningState') == _UPDATING


class _ResourcePoll:
    """Polls a resource that an operation works on."""

    def __init__(self, arm: Arm, target: ResourceId, kind: WriteKind, schedule: PollSchedule):
        self._arm = arm
        self._target = target
        self._kind = kind
        self._schedule = schedule
        self._started = arm.clock.now()

    async def wait(self, seconds: float) -> dict[str, Any] | None:
        """Wait for `seconds`, or until the resource is at rest, and return it then; no reads while few are left."""
        due = self._arm.clock.now() + seconds
        while True:
            now = self._arm.clock.now()
            interval = self._schedule.interval(self._kind, now - self._started)
            if now + interval >= due:
                await self._arm.pause(due - now)
                return None
            await self._arm.pause(interval)
            if self._arm.is_low_on_reads(self._target.subscription):
                continue
            try:
                answer = await self._arm.get(self._target)
            except RequestFailed as failure:
                if not failure.may_pass:
                    raise
                continue  # The poll of the operation is what the run relies on.
            if not answer.is_missing and _state_of(answer.body) in AT_REST:
                self._schedule.learn(self._kind, self._arm.clock.now() - self._started)
                body: dict[str, Any] = answer.body
                return body


async def settle(arm: Arm, target: ResourceId, interval: float = _SETTLE_INTERVAL) -> dict[str, Any]:
    """Wait until the resource itself says Succeeded, and return it; OperationFailed where it says Failed.

    A finished operation may leave its resource Updating for a time (recorded 2023).
    """
    body = await at_rest(arm, target, interval, arm.watch)
    if _state_of(body) != SUCCEEDED:
        raise OperationFailed(target, '', '')
    return body


async def at_rest(
    arm: Arm,
    target: ResourceId,
    interval: float = _JOIN_INTERVAL,
    read: Callable[[ResourceId], Awaitable[Answer]] | None = None,
) -> dict[str, Any]:
    """Wait until no operation works on the resource, whether the last one succeeded or not, and return it.

    Until then some of its properties are not final: a gateway that is being created has ASN 0 (recorded).
    RequestFailed where the resource does not exist. `read` is arm.get, or arm.watch for what this run waits for.
    """
    read = read or arm.get
    while True:
        answer = await read(target)
        if answer.is_missing:
            raise RequestFailed('GET', str(target), answer.status, *answer.error)
        if _state_of(answer.body) in AT_REST:
            body: dict[str, Any] = answer.body
            return body
        await arm.pause(interval)


async def join(arm: Arm, target: ResourceId) -> dict[str, Any]:
    """Wait for the operation that somebody else, or an earlier run, started on the resource, and return it."""
    return await settle(arm, target, _JOIN_INTERVAL)


async def remove(
    arm: Arm,
    target: ResourceId,
    users: Collection[ResourceId],
    schedule: PollSchedule,
    accepted: Callable[[], None],
    on_busy: OnBusy,
) -> None:
    """Delete a resource and wait until it is gone; OperationFailed where Azure fails, NotDeleted where it never does.

    `accepted` is called when Azure has accepted the request, or the resource was gone before.

    `users` have been deleted: what they used may be reported as in use for a while after that (reported), which is
    waited for; RequestFailed where anybody else uses it. A finished deletion may not have deleted (reported 2017): then
    the request is sent again.
    """
    give_up = arm.clock.now() + _IN_USE_TIMEOUT
    while True:
        answer = await arm.delete(target, on_busy)
        is_late = arm.clock.now() > give_up
        if answer.is_in_use:
            if is_late or await _has_other_users(arm, target, users):
                raise RequestFailed('DELETE', str(target), answer.status, *answer.error)
        else:
            accepted()
            if answer.is_missing or answer.status == 204:
                return
            await finish(arm, target, answer, schedule)
            if await _is_gone(arm, target):
                return
            if is_late:
                raise NotDeleted(target)
        await arm.pause(_IN_USE_INTERVAL)


async def _has_other_users(arm: Arm, target: ResourceId, users: Collection[ResourceId]) -> bool:
    """Whether anything but `users` is seen to use a gateway or a public IP.

    Azure notes things of its own as users, in other subscriptions (recorded 2026 for a subnet): they do not count.
    """
    if target.is_a(PUBLIC_IP_TYPE):
        answer = await arm.get(target)
        user = None if answer.is_missing else from_json.public_ip_from_arm(answer.body).user
        found = {user.parent} if user and user.subscription.lower() == target.subscription.lower() else set()
    else:
        found = {connection.id for connection in await read_connections(arm, target)}
    return not found <= set(users)


async def _is_gone(arm: Arm, target: ResourceId) -> bool:
    """Whether the resource is gone, once no operation works on it; 404 has two forms, and both count (recorded)."""
    while True:
        state = await _state(arm, target)
        if state is None or state in AT_REST:
            return state is None
        await arm.pause(_SETTLE_INTERVAL)


async def _state(arm: Arm, target: ResourceId) -> str | None:
    """The state of a resource; None where it does not exist."""
    answer = await arm.watch(target)
    return None if answer.is_missing else _state_of(answer.body)


def _state_of(body: Mapping[str, Any]) -> str:
    """The state in the body of a resource; one that has none is at rest."""
    return str((body.get('properties') or {}).get('provisioningState') or SUCCEEDED)
