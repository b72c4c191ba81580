"""Run a plan: every step as soon as what it waits for is done and the gateway it needs is free."""
import asyncio
from dataclasses import dataclass, field
from typing import Callable, Mapping, Protocol

from azext_vnet2vnet.cloud.arm import Arm, RequestFailed
from azext_vnet2vnet.cloud.observe import read_key
from azext_vnet2vnet.cloud.operations import OperationFailed, finish, join, settle
from azext_vnet2vnet.domain.ids import ResourceId
from azext_vnet2vnet.domain.model import Connection, GatewaySubnet, Group, KeySetting, PublicIp, Resource
from azext_vnet2vnet.domain.observed import FAILED
from azext_vnet2vnet.domain.plan import Action, Plan, Step
from azext_vnet2vnet.domain.secret import SharedKey
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

    def waiting(self, text: str) -> None:
        """The run waits for something that is no step."""

    def over(self, text: str) -> None:
        """That wait is over."""


@dataclass
class Outcome:
    """What a run left: the final bodies of the resources that were touched, and the errors of the steps that failed.

    A step that was not tried, because one that it waits for failed, is in neither.
    """
    bodies: dict[ResourceId, dict] = field(default_factory=dict)
    failures: dict[ResourceId, Exception] = field(default_factory=dict)


class KeyUnreadable(Exception):
    """The key of the half that exists cannot be read, so the other half cannot be given the same."""

    def __init__(self, connection: ResourceId):
        super().__init__(str(connection))
        self.connection = connection


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
        self._locks: dict[ResourceId, asyncio.Lock] = {}
        self._outcome = Outcome()

    async def run(self) -> Outcome:
        """Run the steps; a failed one stops those that wait for it and no others."""
        tasks: dict[ResourceId, asyncio.Task] = {}
        for step in self._plan.steps:
            self._locks.setdefault(step.lock, asyncio.Lock())
        for step in self._plan.steps:
            tasks[step.id] = asyncio.ensure_future(self._take(step, tasks))
        await asyncio.gather(*tasks.values())
        return self._outcome

    async def _take(self, step: Step, tasks: Mapping[ResourceId, asyncio.Task]) -> bool:
        """Whether the step was done."""
        await asyncio.sleep(0)  # Until every task of the run is known.
        if not all(await asyncio.gather(*(tasks[need] for need in step.needs))):
            return False
        async with self._locks[step.lock] if step.lock else _Free():
            self._report.started(step)
            started = self._arm.clock.now()
            try:
                body = await self._do(step)
            except Exception as error:  # pylint: disable=broad-except  # Told at the end, all of them together.
                self._outcome.failures[step.id] = error
                self._report.failed(step)
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
        return await self._write(step)

    async def _write(self, step: Step) -> dict | None:
        """Write a resource; one that this run makes and that Azure fails at is written again."""
        for left in reversed(range(_WRITES)):
            try:
                return await self._write_once(step)
            except OperationFailed:
                if step.action is not Action.CREATE or not left:
                    raise
                await self._arm.pause(_AFTER_FAILURE)

    async def _write_once(self, step: Step) -> dict | None:
        resource = step.resource
        if step.action is Action.UPDATE:
            body = await self._changed_body(step)
            if body is None:
                return await settle(self._arm, step.id)
        else:
            body = to_arm(resource, await self._choose_key() if isinstance(resource, Connection) else None)
        answer = await self._arm.put(step.id, body, _aux_tenant(resource))
        await finish(self._arm, step.id, answer)
        if isinstance(resource, (Group, PublicIp)):
            return None  # A group is there at once; an IP that is not settled makes the gateway's write wait.
        return await settle(self._arm, resource.vnet if isinstance(resource, GatewaySubnet) else step.id)

    async def _changed_body(self, step: Step) -> dict | None:
        """The body of an update, from what is there now; None where that is as it should be.

        The plan may be as old as a gateway takes.
        """
        answer = await self._arm.get(step.id)
        if answer.status == 404:
            raise RequestFailed('GET', str(step.id), answer)
        changed = change(step.resource, answer.body)
        if changed == answer.body and answer.body['properties'].get('provisioningState') != FAILED:
            return None
        if not isinstance(step.resource, Connection):
            return changed
        key = await read_key(self._arm, step.id)
        if key is None:
            # Whether a PUT without it would keep the key is not known: none is sent.
            raise KeyUnreadable(step.id)
        return with_key(changed, key)

    async def _set_key(self, step: Step) -> None:
        """Set the key through the sub-resource: a PUT of the connection does not change it (reported 2021 to 2026)."""
        connection = step.resource.connection
        if await read_key(self._arm, connection) == self._key:
            return
        answer = await self._arm.put(step.id, to_arm(step.resource, self._key))
        await finish(self._arm, step.id, answer)
        # The operation may be done while the connection still says Updating (reported 2021 to 2023).
        await settle(self._arm, connection)

    async def _choose_key(self) -> SharedKey:
        """The key of the pair: given, that of the half which exists, or a new one."""
        async with self._choosing:
            if self._key is None and self._plan.key_holder:
                self._key = await read_key(self._arm, self._plan.key_holder)
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


class _Free:
    """Stands in for the lock of a step that takes none."""

    async def __aenter__(self):
        return None

    async def __aexit__(self, *_):
        return None
