"""Long-running operations of Azure: followed to their end, with the resource itself as the last word."""

from collections.abc import Callable, Collection
from typing import Any

from azext_vnet2vnet.arm import from_json
from azext_vnet2vnet.arm.failures import NotDeleted, OperationFailed, RequestFailed
from azext_vnet2vnet.arm.requests import Answer
from azext_vnet2vnet.arm.transport import NO_WORD, Arm
from azext_vnet2vnet.engine.poll_schedule import Kind, Looks
from azext_vnet2vnet.network.observed import AT_REST, CANCELED, FAILED, SUCCEEDED
from azext_vnet2vnet.network.resource_id import PUBLIC_IP_TYPE, ResourceId
from azext_vnet2vnet.readers.pair import read_connections

_SETTLING = 5.0
_FOREIGN = 20.0
_IN_USE = 15.0
_IN_USE_PATIENCE = 1800.0  # Decision: how long what is gone can stay in use is not known.
_UPDATING = 'Updating'
_DOUBTFUL = 6  # Polls of an update after which the resource is asked too.


async def finish(
    arm: Arm, target: ResourceId, answer: Answer, looks: Looks, witness: ResourceId | None = None
) -> dict | None:
    """Follow the operation that a write started until it is over; OperationFailed where it failed.

    Azure tells to ask for an operation more and more seldom, at last each 100 s (recorded). A resource that says itself
    that Azure is at work on it is therefore looked at in between, and returned if that showed the end.

    An operation that answers 404 is over: a write that changes nothing may name one that never was (reported 2017 to
    2024). One of an update may stay InProgress though the resource says Succeeded (reported 2026): after some polls
    the resource, or `witness` where the target has no state of its own, is asked as well. An action may have a Location
    alone (specification; of a connection's reset nothing else is known).
    """
    url = answer.headers.get('azure-asyncoperation')
    if not url:
        await arm.collect(target, answer)
    is_update = answer.status == 200
    is_watched = arm.looks and _is_updating(answer.body)
    watch = _Watch(arm, target, (target.type, answer.status), looks) if is_watched else None
    polls = 0
    while url:
        told = arm.told(answer)
        told = NO_WORD if told is None else told
        body = await (watch.look_for(told) if watch else arm.pause(told))
        if body and body['properties']['provisioningState'] == SUCCEEDED:
            return body
        answer = await arm.poll(target, url)
        polls += 1
        status = answer.body.get('status') if isinstance(answer.body, dict) else None
        if answer.status == 404 or status == SUCCEEDED:
            return None
        if status in (FAILED, CANCELED):
            raise OperationFailed(target, *answer.error)
        if is_update and polls >= _DOUBTFUL and await _state(arm, witness or target) == SUCCEEDED:
            return None
    return None


def _is_updating(body: Any) -> bool:
    properties = body.get('properties') if isinstance(body, dict) else None
    return isinstance(properties, dict) and properties.get('provisioningState') == _UPDATING


class _Watch:
    """A resource that says itself that Azure is at work on it, looked at from time to time."""

    def __init__(self, arm: Arm, target: ResourceId, kind: Kind, looks: Looks):
        self._arm = arm
        self._target = target
        self._kind = kind
        self._looks = looks
        self._begun = arm.clock.now()

    async def look_for(self, seconds: float) -> dict | None:
        """Wait so long, or until the resource is at rest: then its body. None is looked at while reads are scarce."""
        due = self._arm.clock.now() + seconds
        while True:
            now = self._arm.clock.now()
            pause = self._looks.pause(self._kind, now - self._begun)
            if now + pause >= due:
                await self._arm.pause(due - now)
                return None
            await self._arm.pause(pause)
            if self._arm.is_scarce(self._target.subscription):
                continue
            answer = await self._arm.get(self._target)
            if not answer.is_missing and answer.body['properties'].get('provisioningState') in AT_REST:
                self._looks.learn(self._kind, self._arm.clock.now() - self._begun)
                return answer.body


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
        if answer.body['properties'].get('provisioningState') in AT_REST:
            return answer.body
        await arm.pause(pause)


async def join(arm: Arm, target: ResourceId) -> dict:
    """Wait for what somebody else, or an earlier run, started on the resource, and return it."""
    return await settle(arm, target, _FOREIGN)


async def remove(
    arm: Arm,
    target: ResourceId,
    users: Collection[ResourceId],
    looks: Looks,
    accepted: Callable[[], None],
    on_busy: Callable[[], None],
) -> None:
    """Delete a resource and wait until it is gone; OperationFailed where Azure fails, NotDeleted where it lets it be.

    `accepted` is called when Azure has taken the request, or the resource was gone before.

    `users` have been deleted: what they used may seem to be in use for a while after that (reported), which is waited
    for; what anybody else uses is left alone. A finished deletion may not have deleted (reported 2017): then the
    request is sent again.
    """
    patience = arm.clock.now() + _IN_USE_PATIENCE
    while True:
        answer = await arm.delete(target, on_busy)
        is_late = arm.clock.now() > patience
        if answer.is_in_use:
            if is_late or await _has_other_users(arm, target, users):
                raise RequestFailed('DELETE', str(target), answer.status, *answer.error)
        else:
            accepted()
            if answer.is_missing or answer.status == 204:
                return
            await finish(arm, target, answer, looks)
            if await _is_gone(arm, target):
                return
            if is_late:
                raise NotDeleted(target)
        await arm.pause(_IN_USE)


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
    """Whether it is gone, once Azure is not at work on it any more; 404 has two forms, and both count (recorded)."""
    while True:
        state = await _state(arm, target)
        if state is None or state in AT_REST:
            return state is None
        await arm.pause(_SETTLING)


async def _state(arm: Arm, target: ResourceId) -> str | None:
    answer = await arm.get(target)
    return None if answer.is_missing else answer.body['properties'].get('provisioningState', SUCCEEDED)
