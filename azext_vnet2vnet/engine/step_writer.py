"""How one step is written to Azure and followed to its end."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from knack.log import get_logger

from azext_vnet2vnet.arm.failures import (
    CreationFailed,
    KeysDiffer,
    KeyUnreadable,
    NameTaken,
    OperationFailed,
    RequestFailed,
    WouldLose,
)
from azext_vnet2vnet.arm.from_json import check_body, connection_from_arm
from azext_vnet2vnet.arm.requests import Answer
from azext_vnet2vnet.arm.sender import FIRST_BACKOFF, OnBusy
from azext_vnet2vnet.arm.to_json import change, to_arm, with_key
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.arm.writable_members import lost_members, writable_part
from azext_vnet2vnet.engine.gateway_locks import GatewayLocks
from azext_vnet2vnet.engine.long_running import at_rest, finish, join, remove, settle
from azext_vnet2vnet.engine.pair_agreement import plan_changed
from azext_vnet2vnet.engine.pair_keys import PairKeys
from azext_vnet2vnet.engine.poll_schedule import PollSchedule
from azext_vnet2vnet.network.desired import (
    Connection,
    GatewaySubnet,
    Group,
    KeySetting,
    PublicIp,
    Resource,
    Tagging,
    Vnet,
)
from azext_vnet2vnet.network.observed import AT_REST, FAILED
from azext_vnet2vnet.network.resource_id import GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.plan import Action, Step

Json = dict[str, Any]
logger = get_logger(__name__)

_TRIES = 3  # Of what Azure begins to make or to delete, and fails at.
_AFTER_FAILURE = 30.0


class StepWriter:
    """Writes the steps of one run; it learns from those that are over how long the next ones take."""

    def __init__(
        self,
        arm: Arm,
        keys: PairKeys,
        locks: GatewayLocks,
        accept: Callable[[Step, bool], None],
        written: set[ResourceId],
    ):
        """`accept` is called when Azure has taken a deletion; ids are added to `written` once their write is sent."""
        self._arm = arm
        self._keys = keys
        self._locks = locks
        self._accept = accept
        self._written = written
        self._schedule = PollSchedule()

    async def write(self, step: Step) -> Json | None:
        """Carry out a step to its end; the final body of its resource, None where that is gone.

        Raises Failure, and Collided where another write of this run was in the way.
        """
        if step.action is Action.DELETE:
            await self._delete(step)
            return None
        if step.action is Action.RESET:
            return await self._reset(step)
        if step.action is Action.WAIT or step.resource is None:
            return await join(self._arm, step.id)
        return await self._write_resource(step, step.resource)

    async def _write_resource(self, step: Step, resource: Resource) -> Json:
        if isinstance(resource, KeySetting):
            return await self._retry_failed(lambda: self._set_key(step, resource))
        if isinstance(resource, Tagging):
            return await self._see_through(step, await self._arm.tag(step.id, resource.tags))
        if step.action is Action.CREATE:
            return await self._create(step, resource)
        return await self._retry_failed(lambda: self._update(step, resource))

    async def _create(self, step: Step, resource: Resource) -> Json:
        """Create a resource; one that Azure fails at is written again.

        One that came up since the plan was made is left as it is. That is asked once, before the first request: what
        Azure has after a lost answer may be of this run.
        """
        if isinstance(resource, Connection):
            present = await self._adopt_connection(resource)
            if present:
                return present
        else:
            await check_absent(self._arm, step.id)

        async def put() -> Json:
            key = await self._keys.of(step.id).choose(step.id) if isinstance(resource, Connection) else None
            body = to_arm(resource, key)
            answer = await self._arm.put(step.id, body, aux_tenant(resource), self._on_busy(step))
            return await self._see_through(step, answer)

        try:
            return await self._retry_failed(put)
        except OperationFailed as failure:
            raise CreationFailed(failure.target, failure.code, failure.text) from None

    async def _retry_failed(self, work: Callable[[], Awaitable[Json]]) -> Json:
        """Run `work`; on OperationFailed wait 30 s and retry, 3 tries in all."""
        for _ in range(_TRIES - 1):
            try:
                return await work()
            except OperationFailed:
                await self._arm.pause(_AFTER_FAILURE)
        return await work()

    async def _adopt_connection(self, connection: Connection) -> Json | None:
        """The half that somebody else, another run perhaps, created while the gateways were on their way."""
        answer = await self._arm.get(connection.id)
        if answer.is_missing:
            return None
        present = connection_from_arm(answer.body)
        if (present.gateway, present.far_gateway) != (connection.gateway, connection.far_gateway):
            raise NameTaken(connection.id)
        body = await settle(self._arm, connection.id)
        await self._keys.of(connection.id).adopt(connection.id)
        return body

    async def _update(self, step: Step, resource: Resource) -> Json:
        """Change a resource that exists, from what it is now: the plan may be as old as a gateway takes."""
        while True:
            present = await at_rest(self._arm, step.id)
            kept = writable_part(step.id.type, present)
            body = change(resource, kept)
            if body == kept and present['properties']['provisioningState'] != FAILED:
                return present
            lost = lost_members(step.id.type, present)
            if lost:  # It came up after the plan was checked.
                raise WouldLose(step.id, lost)
            if isinstance(resource, Connection):
                body = with_key(body, await self._present_key(step.id))
            answer = await self._arm.put_if_free(step.id, body, aux_tenant(resource), self._on_busy(step))
            if answer:
                return await self._see_through(step, answer)

    async def _present_key(self, connection: ResourceId) -> SharedKey:
        """The key that the write of an existing connection carries: its own; where that is unreadable, a given one.

        The write does not change the key (reported 2021 to 2026); whether one without it would keep it is not known.
        """
        key = await self._keys.read(connection) or self._keys.of(connection).value
        if key is None:
            raise KeyUnreadable(connection)
        return key

    async def _set_key(self, step: Step, setting: KeySetting) -> Json:
        """Set the key through the sub-resource: a PUT of the connection does not change it (reported 2021 to 2026).

        It is read back and compared when the connection is settled: the operation may be done earlier (reported 2021
        to 2023).
        """
        connection = setting.connection
        key = await self._keys.of(connection).choose()
        if step.id in self._written or await self._keys.read(connection) != key:
            answer = await self._arm.put(step.id, to_arm(setting, key), on_busy=self._on_busy(step))
            self._written.add(step.id)
            await finish(self._arm, step.id, answer, self._schedule, witness=connection)
        body = await settle(self._arm, connection)
        if await self._keys.read(connection) not in (None, key):
            raise KeysDiffer(connection)
        return body

    async def _reset(self, step: Step) -> Json:
        """Reset a resource; what Azure broke or did not answer is sent again unless Azure is seen at work on it.

        One that was accepted and is over by then is not seen: it is done twice, and that is told.
        """
        action = 'reset' if step.id.is_a(GATEWAY_TYPE) else 'reset_connection'
        for tries_left in reversed(range(_TRIES)):
            try:
                return await self._see_through(step, await self._arm.begin(step.id, action, self._on_busy(step)))
            except RequestFailed as failure:
                if not failure.may_pass or not tries_left:
                    raise
            if (await self._arm.watch(step.id)).body['properties'].get('provisioningState') not in AT_REST:
                break
            logger.warning('No answer came to the reset of %s; it is sent again, and may be done twice', step.id)
            await self._arm.pause(FIRST_BACKOFF)
        self._written.add(step.id)
        return await settle(self._arm, step.id)

    async def _delete(self, step: Step) -> None:
        async def work() -> Json:
            await remove(
                self._arm, step.id, step.needs, self._schedule, partial(self._accept, step, True), self._on_busy(step)
            )
            return {}

        await self._retry_failed(work)
        self._written.add(step.id)

    async def _see_through(self, step: Step, answer: Answer) -> Json:
        """Follow a write to its end; what the step leaves behind, as Azure describes it."""
        resource = step.resource
        self._written.add(step.id)
        seen = await finish(self._arm, step.id, answer, self._schedule)
        if isinstance(resource, (Group, Vnet, PublicIp)):
            try:
                check_body(step.id, answer.body)
            except ValueError:
                return await settle(self._arm, step.id)
            body: Json = answer.body
            return body  # What is not quite settled yet makes the writes that refer to it wait.
        if isinstance(resource, GatewaySubnet):
            return await settle(self._arm, resource.vnet)
        return seen or await settle(self._arm, step.id)

    def _on_busy(self, step: Step) -> OnBusy:
        return lambda answer: self._locks.collide(step) if answer.is_beside_another else None


async def check_absent(arm: Arm, target: ResourceId) -> None:
    """Refused, with plan-changed, where a resource that is to be created exists by now: a PUT would overwrite it.

    Azure's network API documents no If-None-Match, so that a moment between the GET and the PUT remains.
    """
    if not (await arm.get(target)).is_missing:
        raise plan_changed(f'{target} was created by somebody else after this run made its plan, and was left as it is')


def aux_tenant(resource: Resource | None) -> str | None:
    """The tenant that a write also requires a token of: the far gateway's, where that is another one."""
    return resource.aux_tenant if isinstance(resource, Connection) else None
