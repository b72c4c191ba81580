"""`delete`: both connections of a pair, and its gateways and their public IPs if asked."""

from collections.abc import Collection
from dataclasses import dataclass

from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks.change import check_deletion, check_seen
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.diagnostic import refuse
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.deletion_plan import commands_by_id, plan_deletion, resumption_of_deletion
from azext_vnet2vnet.planning.plan import Step
from azext_vnet2vnet.readers.diagnostics import with_connections, with_transit
from azext_vnet2vnet.workflows.existing import ChangePreview, check_change
from azext_vnet2vnet.workflows.preview import AGAIN
from azext_vnet2vnet.workflows.run import run_plan


class DeletionPreview(ChangePreview):
    """A plan that deletes what the pair is found by."""

    def ways_on(self, done: Collection[ResourceId] = ()) -> tuple[str, ...]:
        """The same command, as long as the connection exists that it names."""
        again, otherwise = resumption_of_deletion(self.plan.without(done), self.pair.halves[0].id, AGAIN)
        return (again, otherwise) if otherwise else (again,)

    @property
    def warning(self) -> str:
        """For a run that ends without a word, by kill -9 or with its terminal."""
        commands = commands_by_id(self.plan)
        return (
            'Once both connections are gone, they do not lead to the gateways any more. Should this run be cut off '
            f'then, run {commands}.'
            if commands
            else ''
        )


@dataclass(frozen=True)
class DeletedPair:
    """The name of a pair that was deleted, and the steps that were done."""

    name: str
    done: tuple[Step, ...]


async def preview_deletion(arm: Arm, pair: ObservedPair, with_gateways: bool) -> DeletionPreview:
    """What deletes both connections, and the gateways if asked; Refused with every diagnostic that stops it."""
    refuse(check_seen(pair))
    if with_gateways:
        pair = await with_transit(arm, await with_connections(arm, pair))
    plan = plan_deletion(pair, with_gateways)
    diagnostics = await check_change(arm, pair, plan, check_deletion(pair, with_gateways))
    return DeletionPreview(plan, diagnostics, pair)


async def run_deletion(arm: Arm, preview: DeletionPreview, report: Report) -> DeletedPair:
    """Run the plan; RunFailed with all that failed of it."""
    outcome = await run_plan(arm, preview, report)
    return DeletedPair(preview.pair.halves[0].id.name, outcome.done(preview.plan))
