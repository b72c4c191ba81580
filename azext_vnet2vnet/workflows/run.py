"""Run a plan; what failed of it becomes one failure, which says how to go on."""

from collections.abc import Mapping

from azext_vnet2vnet.arm.failures import Failure
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.engine.engine import Engine, Outcome, Report
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.workflows.preview import AGAIN, Preview


class RunFailed(Failure):
    """Steps of a run failed: `failures` by resource, and how many more were `skipped` because they depend on those.

    `again` says how to go on, `notes` what else the user has to know, each in a sentence without its full stop.
    """

    def __init__(
        self,
        failures: Mapping[ResourceId, Exception],
        skipped: int = 0,
        again: str = AGAIN,
        notes: tuple[str, ...] = (),
    ):
        super().__init__(', '.join(map(str, failures)))
        self.failures = failures
        self.skipped = skipped
        self.again = again
        self.notes = notes


async def run_plan(arm: Arm, preview: Preview, report: Report) -> Outcome:
    """Run the plan of a preview; RunFailed with all that failed."""
    outcome = await Engine(arm, preview.plan, report, SharedKey.generate).run()
    if outcome.failures:
        again, *notes = preview.ways_on(outcome.written)
        notes += [f'Not begun, as nothing that needs it can be made yet: {one}' for one in sorted(outcome.in_vain)]
        raise RunFailed(outcome.failures, outcome.skipped, again, (*preview.doubts(outcome.written), *notes))
    return outcome
