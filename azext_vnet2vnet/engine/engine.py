"""Run a plan: every step as soon as what it waits for is done and the gateway it needs is free."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from azext_vnet2vnet.arm.failures import CreationFailed, KeysDiffer, KeyUnreadable, NameTaken, OperationFailed, TimedOut
from azext_vnet2vnet.arm.from_json import connection_from_arm
from azext_vnet2vnet.arm.requests import Answer
from azext_vnet2vnet.arm.to_json import change, to_arm, with_key
from azext_vnet2vnet.arm.transport import Arm, OnBusy
from azext_vnet2vnet.engine.gateway_locks import Collided, GatewayLocks
from azext_vnet2vnet.engine.long_running import at_rest, finish, join, remove, settle
from azext_vnet2vnet.engine.pair_keys import Keys
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
from azext_vnet2vnet.network.observed import FAILED
from azext_vnet2vnet.network.resource_id import GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.plan import Action, Plan, Step

_TRIES = 3  # of what Azure begins to make or to delete, and fails at.
_AFTER_FAILURE = 30.0


class Report(Protocol):
    """Who is told how a run goes."""

    def started(self, step: Step) -> None:
        """A step sends its first request, or begins to wait."""

    def finished(self, step: Step, seconds: float) -> None:
        """A step is done."""

    def failed(self, step: Step) -> None:
        """A step is given up."""

    def left(self, step: Step) -> None:
        """The time is over; Azure goes on with the step."""

    def waiting(self, text: str) -> None:
        """The run waits for something that is no step."""

    def over(self, text: str) -> None:
        """That wait is over."""


@dataclass
class Outcome:
    """What a run left: the final bodies of the resources that were touched, the steps that wrote something, the errors
    of those that failed, and how many were not tried because one that they wait for failed.
    """

    bodies: dict[ResourceId, dict] = field(default_factory=dict)
    written: set[ResourceId] = field(default_factory=set)
    failures: dict[ResourceId, Exception] = field(default_factory=dict)
    untried: int = 0

    def changes(self, plan: Plan) -> list[dict]:
        """What the run did of its plan, as the user reads it in JSON."""
        return [step.change() for step in plan.writes if step.id in self.written]


class Engine:
    """Runs one plan, once."""

    def __init__(
        self, arm: Arm, plan: Plan, report: Report, given: Sequence[SharedKey | None], generate: Callable[[], SharedKey]
    ):
        """`given` are the keys that the user gave for the pairs of the plan, in their order."""
        self._arm = arm
        self._plan = plan
        self._report = report
        self._keys = Keys(arm, plan.links, given, generate)
        self._locks = GatewayLocks()
        self._schedule = PollSchedule()
        self._accepted = {step.id: asyncio.get_running_loop().create_future() for step in plan.steps}
        self._outcome = Outcome()

    async def run(self) -> Outcome:
        """Run the steps; a failed one stops those that wait for it and no others."""
        tasks: dict[ResourceId, asyncio.Task] = {}
        for step in self._plan.steps:
            tasks[step.id] = asyncio.ensure_future(self._take(step, tasks))
        done = await asyncio.gather(*tasks.values())
        self._outcome.untried = done.count(False) - len(self._outcome.failures)
        return self._outcome

    async def _take(self, step: Step, tasks: Mapping[ResourceId, asyncio.Task]) -> bool:
        """Whether the step was done."""
        is_done = await self._try(step, tasks)
        self._accept(step, is_done)
        return is_done

    async def _try(self, step: Step, tasks: Mapping[ResourceId, asyncio.Task]) -> bool:
        needs = [tasks[need] for need in step.needs] + [self._accepted[other] for other in step.follows]
        if not all(await asyncio.gather(*needs)):
            return False
        started = None
        while True:
            async with self._locks.held(step):
                if started is None:
                    self._report.started(step)
                    started = self._arm.clock.now()
                try:
                    body = await self._do(step)
                except Collided:
                    continue
                except Exception as error:  # pylint: disable=broad-except  # Told at the end, all of them together.
                    self._keys.mask_error(error)
                    self._outcome.failures[step.id] = error
                    is_begun = (
                        step.action is Action.WAIT or step.id in self._outcome.written or self._accepted[step.id].done()
                    )
                    tell = self._report.left if isinstance(error, TimedOut) and is_begun else self._report.failed
                    tell(step)
                    return False
            break
        if body is not None:
            self._outcome.bodies[ResourceId.parse(body['id'])] = body
        self._report.finished(step, self._arm.clock.now() - started)
        return True

    async def _do(self, step: Step) -> dict | None:
        by_resource = {KeySetting: self._set_key, Tagging: self._tag}
        by_action = {
            Action.WAIT: self._join,
            Action.CREATE: self._create,
            Action.UPDATE: self._update,
            Action.RESET: self._reset,
            Action.DELETE: self._delete,
        }
        return await by_resource.get(type(step.resource), by_action[step.action])(step)

    async def _join(self, step: Step) -> dict:
        return await join(self._arm, step.id)

    async def _create(self, step: Step) -> dict | None:
        """Create a resource; one that Azure fails at is written again."""
        if isinstance(step.resource, Connection):
            present = await self._join_connection(step.resource)
            if present:
                return present

        async def write() -> dict | None:
            is_half = isinstance(step.resource, Connection)
            key = await self._keys.of(step.id).choose(step.id) if is_half else None
            return await self._put(step, to_arm(step.resource, key))

        try:
            return await self._insist(write)
        except OperationFailed as failure:
            raise CreationFailed(failure.target, failure.code, failure.text) from None

    async def _insist(self, work: Callable[[], Awaitable[dict | None]]) -> dict | None:
        """Do a work again that Azure began and failed at."""
        for _ in range(_TRIES - 1):
            try:
                return await work()
            except OperationFailed:
                await self._arm.pause(_AFTER_FAILURE)
        return await work()

    async def _join_connection(self, connection: Connection) -> dict | None:
        """The half that somebody else, another run perhaps, made while the gateways were on their way."""
        answer = await self._arm.get(connection.id)
        if answer.is_missing:
            return None
        present = connection_from_arm(answer.body)
        if (present.gateway, present.far_gateway) != (connection.gateway, connection.far_gateway):
            raise NameTaken(connection.id)
        body = await settle(self._arm, connection.id)
        await self._keys.of(connection.id).adopt(connection.id)
        return body

    async def _update(self, step: Step) -> dict:
        return await self._insist(lambda: self._change(step))

    async def _change(self, step: Step) -> dict:
        """Change a resource that exists, from what is there now: the plan may be as old as a gateway takes."""
        while True:
            present = await at_rest(self._arm, step.id)
            body = change(step.resource, present)
            if body == present and present['properties']['provisioningState'] != FAILED:
                return present
            if isinstance(step.resource, Connection):
                body = with_key(body, await self._present_key(step.id))
            answer = await self._arm.put_if_free(step.id, body, aux_tenant(step.resource), self._on_busy(step))
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

    async def _put(self, step: Step, body: dict) -> dict | None:
        """Write a body and see it through."""
        return await self._see_through(
            step, await self._arm.put(step.id, body, aux_tenant(step.resource), self._on_busy(step))
        )

    async def _see_through(self, step: Step, answer: Answer) -> dict | None:
        """Follow a write to its end; what the step leaves behind, as Azure describes it."""
        resource = step.resource
        self._outcome.written.add(step.id)
        seen = await finish(self._arm, step.id, answer, self._schedule)
        if isinstance(resource, (Group, Vnet, PublicIp)):
            return answer.body  # What is not quite settled yet makes the writes that refer to it wait.
        if isinstance(resource, GatewaySubnet):
            return await settle(self._arm, resource.vnet)
        return seen or await settle(self._arm, step.id)

    async def _delete(self, step: Step) -> None:
        await self._insist(
            lambda: remove(
                self._arm, step.id, step.needs, self._schedule, lambda: self._accept(step, True), self._on_busy(step)
            )
        )
        self._outcome.written.add(step.id)

    def _accept(self, step: Step, is_accepted: bool) -> None:
        if not self._accepted[step.id].done():
            self._accepted[step.id].set_result(is_accepted)

    async def _reset(self, step: Step) -> dict:
        action = 'reset' if step.id.is_a(GATEWAY_TYPE) else 'reset_connection'
        return await self._see_through(step, await self._arm.begin(step.id, action, self._on_busy(step)))

    async def _tag(self, step: Step) -> dict:
        return await self._see_through(step, await self._arm.tag(step.id, step.resource.tags))

    async def _set_key(self, step: Step) -> dict:
        return await self._insist(lambda: self._put_key(step))

    async def _put_key(self, step: Step) -> dict:
        """Set the key through the sub-resource: a PUT of the connection does not change it (reported 2021 to 2026).

        It is read back and compared when the connection is settled: the operation may be done earlier (reported 2021
        to 2023).
        """
        connection = step.resource.connection
        key = await self._keys.of(connection).choose()
        if step.id in self._outcome.written or await self._keys.read(connection) != key:
            answer = await self._arm.put(step.id, to_arm(step.resource, key), on_busy=self._on_busy(step))
            self._outcome.written.add(step.id)
            await finish(self._arm, step.id, answer, self._schedule, witness=connection)
        body = await settle(self._arm, connection)
        if await self._keys.read(connection) not in (None, key):
            raise KeysDiffer(connection)
        return body

    def _on_busy(self, step: Step) -> OnBusy:
        return lambda answer: self._locks.collide(step) if answer.is_beside_another else None


def aux_tenant(resource: Resource) -> str | None:
    """The tenant that a write also needs a token of: the far gateway's, where that is another one."""
    if isinstance(resource, Connection) and resource.far_tenant not in ('', resource.tenant):
        return resource.far_tenant
    return None
