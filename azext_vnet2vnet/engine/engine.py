"""Run a plan: every step as soon as what it depends on is done and the gateway that it locks is free."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from azext_vnet2vnet.arm.failures import LoginEnded, OperationFailed, RequestFailed, TimedOut
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.engine.gateway_locks import Collided, GatewayLocks
from azext_vnet2vnet.engine.pair_agreement import PairAgreement
from azext_vnet2vnet.engine.pair_keys import PairKeys
from azext_vnet2vnet.engine.step_writer import StepWriter
from azext_vnet2vnet.network.desired import Connection, Gateway, KeySetting
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.plan import Action, Plan, PlannedPair, Step

Tasks = Mapping[ResourceId, 'asyncio.Task[bool]']


class Report:
    """Who is informed of how a run goes; this one reports nothing."""

    def started(self, step: Step) -> None:
        """A step sends its first request, or begins to wait."""

    def finished(self, step: Step, seconds: float) -> None:
        """A step is done, after so many seconds of the clock."""

    def failed(self, step: Step, reason: str = '') -> None:
        """A step is given up, for a reason in Azure's words; empty where there are none."""

    def left(self, step: Step) -> None:
        """The run timed out; Azure goes on with the step."""

    def waiting(self, text: str) -> None:
        """The run waits for something that is no step."""

    def over(self, text: str) -> None:
        """That wait is over."""


class UnfailingReport(Report):
    """Hands everything on to another report; one that raises is not told any more, and the run goes on."""

    def __init__(self, report: Report):
        self._report = report

    def _tell(self, tell: Callable[[Report], None]) -> None:
        try:
            tell(self._report)
        except Exception:  # pylint: disable=broad-except  # Whatever it is, telling does not decide what is done.
            self._report = Report()

    def started(self, step: Step) -> None:
        """Hand it on."""
        self._tell(lambda report: report.started(step))

    def finished(self, step: Step, seconds: float) -> None:
        """Hand it on."""
        self._tell(lambda report: report.finished(step, seconds))

    def failed(self, step: Step, reason: str = '') -> None:
        """Hand it on."""
        self._tell(lambda report: report.failed(step, reason))

    def left(self, step: Step) -> None:
        """Hand it on."""
        self._tell(lambda report: report.left(step))

    def waiting(self, text: str) -> None:
        """Hand it on."""
        self._tell(lambda report: report.waiting(text))

    def over(self, text: str) -> None:
        """Hand it on."""
        self._tell(lambda report: report.over(text))


@dataclass
class Outcome:
    """What a run left: the final bodies of the resources that were touched, the ids of the steps that wrote something,
    the errors of those that failed, and how many were skipped because a step that they depend on failed. `in_vain` are
    gateways that were not begun, because nothing that needs them can be made.
    """

    bodies: dict[ResourceId, dict[str, Any]] = field(default_factory=dict)
    written: set[ResourceId] = field(default_factory=set)
    failures: dict[ResourceId, Exception] = field(default_factory=dict)
    skipped: int = 0
    in_vain: set[ResourceId] = field(default_factory=set)

    def done(self, plan: Plan) -> tuple[Step, ...]:
        """The steps of the plan that wrote something."""
        return tuple(step for step in plan.writes if step.id in self.written)


class Engine:
    """Runs one plan, once."""

    def __init__(self, arm: Arm, plan: Plan, report: Report, generate: Callable[[], SharedKey]):
        """`generate` makes the key of a pair for which none is given, and of which no half exists."""
        self._arm = arm
        self._plan = plan
        self._report = UnfailingReport(report)
        self._keys = PairKeys(arm, plan.pairs, generate)
        self._locks = GatewayLocks()
        self._accepted = {step.id: asyncio.get_running_loop().create_future() for step in plan.steps}
        self._outcome = Outcome()
        self._writer = StepWriter(arm, self._keys, self._locks, self._accept, self._outcome.written)

    async def run(self) -> Outcome:
        """Run the steps; a failed one stops those that depend on it and no others."""
        tasks: dict[ResourceId, asyncio.Task[bool]] = {}
        for step in self._plan.steps:
            tasks[step.id] = asyncio.ensure_future(self._run_step(step, tasks))
        done = await asyncio.gather(*tasks.values())
        self._outcome.skipped = done.count(False) - len(self._outcome.failures) - len(self._outcome.in_vain)
        if not any(isinstance(error, (TimedOut, LoginEnded)) for error in self._outcome.failures.values()):
            is_done = dict(zip(tasks, done, strict=True))
            await asyncio.gather(*(self._compare_halves(pair, is_done) for pair in self._plan.pairs))
        return self._outcome

    async def _compare_halves(self, pair: PlannedPair, is_done: Mapping[ResourceId, bool]) -> None:
        """Compare what the run left of a pair, if it wrote to it; a pair that failed is only given one key."""
        own = [step for step in self._plan.steps if _half_of(step) in pair.written_halves]
        done = [step for step in own if is_done[step.id]]
        asked = {step.id: step.resource for step in done if isinstance(step.resource, Connection)}
        if not done:
            return
        gives_key = any(step.action is Action.CREATE or isinstance(step.resource, KeySetting) for step in done)
        try:
            await PairAgreement(self._arm, self._keys).check(pair, asked, gives_key)
        except Exception as error:  # pylint: disable=broad-except  # As for a step.
            self._keys.redact(error)
            if done == own:
                self._outcome.failures[own[0].id] = error

    async def _run_step(self, step: Step, tasks: Tasks) -> bool:
        """Whether the step was done."""
        needs = [tasks[need] for need in step.needs] + [self._accepted[other] for other in step.follows]
        is_done = all(await asyncio.gather(*needs)) and not self._is_in_vain(step) and await self._write(step)
        self._accept(step, is_done)
        return is_done

    def _is_in_vain(self, step: Step) -> bool:
        """Whether a new gateway, which takes half an hour and is billed, is of no use any more to anything planned."""
        users = {other.id for other in self._plan.steps if step.id in other.needs}
        if not self._outcome.failures or not users or not isinstance(step.resource, Gateway):
            return False
        possible = self._plan.without_dependents({*self._outcome.failures, *self._outcome.in_vain})
        if any(other.id in users for other in possible.steps):
            return False
        self._outcome.in_vain.add(step.id)
        return True

    async def _write(self, step: Step) -> bool:
        started: float | None = None
        while True:
            async with self._locks.held(step):
                if started is None:
                    self._report.started(step)
                    started = self._arm.clock.now()
                try:
                    body = await self._writer.write(step)
                except Collided:
                    continue
                except Exception as error:  # pylint: disable=broad-except  # Reported at the end, all of them together.
                    self._fail(step, error)
                    return False
            break
        if body is not None:
            self._outcome.bodies[ResourceId.parse(body['id'])] = body
        self._report.finished(step, self._arm.clock.now() - started)
        return True

    def _fail(self, step: Step, error: Exception) -> None:
        self._keys.redact(error)
        self._outcome.failures[step.id] = error
        is_begun = step.action is Action.WAIT or step.id in self._outcome.written or self._accepted[step.id].done()
        if isinstance(error, TimedOut) and is_begun:
            self._report.left(step)
        else:
            self._report.failed(step, reason_of(error))

    def _accept(self, step: Step, is_accepted: bool) -> None:
        """Let the steps that follow this one go on, or not."""
        if not self._accepted[step.id].done():
            self._accepted[step.id].set_result(is_accepted)


def _half_of(step: Step) -> ResourceId | None:
    """The connection of which a step writes the settings or the key; None where it does neither."""
    if isinstance(step.resource, KeySetting):
        return step.resource.connection
    return step.id if isinstance(step.resource, Connection) else None


def reason_of(error: Exception) -> str:
    """Why a step failed, in one line; empty for what nobody expected, whose text may quote a body."""
    if isinstance(error, Refused):
        return '; '.join(one.message for one in error.diagnostics)
    if isinstance(error, RequestFailed):
        parts = [error.word, error.text if error.status else '']
    elif isinstance(error, OperationFailed):
        parts = [error.code, error.text]
    else:
        return ''
    return ': '.join(' '.join(part.split()) for part in parts if part)
