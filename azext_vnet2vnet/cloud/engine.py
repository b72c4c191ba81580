"""Run a plan: every step as soon as what it waits for is done and the gateway it needs is free."""
import asyncio
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Callable, Mapping, Protocol

from azext_vnet2vnet.cloud.arm import Arm
from azext_vnet2vnet.cloud.failures import KeysDiffer, KeyUnreadable, NameTaken, OperationFailed, TimedOut
from azext_vnet2vnet.cloud.observe import read_key
from azext_vnet2vnet.cloud.operations import at_rest, finish, join, settle
from azext_vnet2vnet.cloud.wire import Answer
from azext_vnet2vnet.domain.ids import ResourceId
from azext_vnet2vnet.domain.model import Connection, GatewaySubnet, Group, KeySetting, PublicIp, Resource, Vnet
from azext_vnet2vnet.domain.observed import FAILED
from azext_vnet2vnet.domain.plan import Action, Plan, Step
from azext_vnet2vnet.domain.secret import SharedKey
from azext_vnet2vnet.formats.answers import connection_from_arm
from azext_vnet2vnet.formats.payloads import change, to_arm, with_key

_WRITES = 3  # of a resource that Azure fails to make.
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
    """What a run left: the final bodies of the resources that were touched, the steps that wrote something, and the
    errors of those that failed.

    A step that was not tried, because one that it waits for failed, is in none of them.
    """
    bodies: dict[ResourceId, dict] = field(default_factory=dict)
    written: set[ResourceId] = field(default_factory=set)
    failures: dict[ResourceId, Exception] = field(default_factory=dict)


class Engine:
    """Runs one plan, once."""

    def __init__(self, arm: Arm, plan: Plan, report: Report, key: SharedKey | None,
                 generate: Callable[[], SharedKey]):
        self._arm = arm
        self._plan = plan
        self._report = report
        self._key = key
        self._generate = generate
        self._choosing = asyncio.Lock()
        self._locks = {step.lock: asyncio.Lock() for step in plan.steps if step.lock}
        self._seen: list[SharedKey] = []
        self._outcome = Outcome()

    async def run(self) -> Outcome:
        """Run the steps; a failed one stops those that wait for it and no others."""
        tasks: dict[ResourceId, asyncio.Task] = {}
        for step in self._plan.steps:
            tasks[step.id] = asyncio.ensure_future(self._take(step, tasks))
        await asyncio.gather(*tasks.values())
        return self._outcome

    async def _take(self, step: Step, tasks: Mapping[ResourceId, asyncio.Task]) -> bool:
        """Whether the step was done."""
        if not all(await asyncio.gather(*(tasks[need] for need in step.needs))):
            return False
        async with self._locks[step.lock] if step.lock else nullcontext():
            self._report.started(step)
            started = self._arm.clock.now()
            try:
                body = await self._do(step)
            except Exception as error:  # pylint: disable=broad-except  # Told at the end, all of them together.
                self._mask(error)
                self._outcome.failures[step.id] = error
                tell = self._report.left if isinstance(error, TimedOut) else self._report.failed
                tell(step)
                return False
        if body is not None:
            self._outcome.bodies[ResourceId.parse(body['id'])] = body
        self._report.finished(step, self._arm.clock.now() - started)
        return True

    async def _do(self, step: Step) -> dict | None:
        if step.action is Action.WAIT:
            return await join(self._arm, step.id)
        if isinstance(step.resource, KeySetting):
            return await self._set_key(step)
        if step.action is Action.UPDATE:
            return await self._update(step)
        return await self._create(step)

    async def _create(self, step: Step) -> dict | None:
        """Create a resource; one that Azure fails at is written again."""
        if isinstance(step.resource, Connection):
            present = await self._join_connection(step.resource)
            if present:
                return present
        for left in reversed(range(_WRITES)):
            key = await self._choose_key() if isinstance(step.resource, Connection) else None
            try:
                return await self._put(step, to_arm(step.resource, key))
            except OperationFailed:
                if not left:
                    raise
                await self._arm.pause(_AFTER_FAILURE)

    async def _join_connection(self, connection: Connection) -> dict | None:
        """The half that somebody else, another run perhaps, made while the gateways were on their way."""
        answer = await self._arm.get(connection.id)
        if answer.is_missing:
            return None
        present = connection_from_arm(answer.body)
        if (present.gateway, present.far_gateway) != (connection.gateway, connection.far_gateway):
            raise NameTaken(connection.id)
        body = await settle(self._arm, connection.id)
        async with self._choosing:
            self._key = self._key or await self._read_key(connection.id)
        return body

    async def _update(self, step: Step) -> dict:
        """Change a resource that exists, from what is there now: the plan may be as old as a gateway takes."""
        while True:
            present = await at_rest(self._arm, step.id)
            body = change(step.resource, present)
            if body == present and present['properties']['provisioningState'] != FAILED:
                return present
            if isinstance(step.resource, Connection):
                body = with_key(body, await self._present_key(step.id))
            answer = await self._arm.put_if_free(step.id, body, _aux_tenant(step.resource))
            if answer:
                return await self._see_through(step, answer)

    async def _present_key(self, connection: ResourceId) -> SharedKey:
        """The key that the write of an existing connection carries: its own; where that is unreadable, a given one.

        The write does not change the key (reported 2021 to 2026); whether one without it would keep it is not known.
        """
        key = await self._read_key(connection) or self._key
        if key is None:
            raise KeyUnreadable(connection)
        return key

    async def _put(self, step: Step, body: dict) -> dict | None:
        """Write a body and see it through."""
        return await self._see_through(step, await self._arm.put(step.id, body, _aux_tenant(step.resource)))

    async def _see_through(self, step: Step, answer: Answer) -> dict | None:
        """Follow a write to its end; what the step leaves behind, as Azure describes it."""
        resource = step.resource
        self._outcome.written.add(step.id)
        await finish(self._arm, step.id, answer)
        if isinstance(resource, (Group, Vnet, PublicIp)):
            return answer.body  # What is not quite settled yet makes the writes that refer to it wait.
        return await settle(self._arm, resource.vnet if isinstance(resource, GatewaySubnet) else step.id)

    async def _set_key(self, step: Step) -> dict:
        """Set the key through the sub-resource: a PUT of the connection does not change it (reported 2021 to 2026).

        It is read back and compared when the connection is settled: the operation may be done earlier (reported 2021
        to 2023).
        """
        connection = step.resource.connection
        if await self._read_key(connection) != self._key:
            answer = await self._arm.put(step.id, to_arm(step.resource, self._key))
            self._outcome.written.add(step.id)
            await finish(self._arm, step.id, answer, witness=connection)
        body = await settle(self._arm, connection)
        if await self._read_key(connection) not in (None, self._key):
            raise KeysDiffer(connection)
        return body

    async def _read_key(self, connection: ResourceId) -> SharedKey | None:
        key = await read_key(self._arm, connection)
        self._seen += [key] if key else []
        return key

    def _mask(self, error: Exception) -> None:
        """Azure may quote a request in its error: no key may come out that way."""
        for key in filter(None, (self._key, *self._seen)):
            if hasattr(error, 'text'):
                error.text = key.masked(error.text)

    async def _choose_key(self) -> SharedKey:
        """The key of the pair: given, that of the half which exists, or a new one."""
        async with self._choosing:
            if self._key is None and self._plan.key_holder:
                self._key = await self._read_key(self._plan.key_holder)
                if self._key is None:
                    raise KeyUnreadable(self._plan.key_holder)
            if self._key is None:
                self._key = self._generate()
        return self._key


def _aux_tenant(resource: Resource) -> str | None:
    """The tenant that a write also needs a token of: the far gateway's, where that is another one."""
    if isinstance(resource, Connection) and resource.far_tenant not in ('', resource.tenant):
        return resource.far_tenant
    return None
