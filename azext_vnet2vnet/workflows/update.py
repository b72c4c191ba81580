"""`update`: both halves of a pair as asked, and alike."""

from collections.abc import Sequence

from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks.change import check_update, check_whole
from azext_vnet2vnet.checks.connection import check_kept_keys, check_readable_keys
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.desired import Connection, Tags
from azext_vnet2vnet.network.diagnostic import refuse
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.update_plan import desired_change, plan_update
from azext_vnet2vnet.readers.diagnostics import with_keys
from azext_vnet2vnet.workflows.existing import ChangedPair, ChangePreview, check_change, read_changed
from azext_vnet2vnet.workflows.run import run_plan


async def preview_update(
    arm: Arm, accounts: Sequence[Account], pair: ObservedPair, asked: Tunnel, tags: Tags | None
) -> ChangePreview:
    """What makes both halves as asked, and alike; Refused with every diagnostic that stops it."""
    refuse(check_whole(pair))
    pair = await with_keys(arm, pair)
    state = desired_change(pair, asked)
    plan = plan_update(state, tags)
    found = (*check_update(state, plan, accounts), *check_readable_keys(pair))
    diagnostics = await check_change(arm, pair, plan, found)
    # Where the right is missing, that has been said.
    refuse(check_kept_keys(pair, (step.id for step in plan.steps if isinstance(step.resource, Connection))))
    return ChangePreview(plan, diagnostics, pair)


async def run_update(arm: Arm, preview: ChangePreview, report: Report) -> ChangedPair:
    """Run the plan of an update or a reset; RunFailed with all that failed of it."""
    outcome = await run_plan(arm, preview, report)
    return ChangedPair(await read_changed(arm, preview, outcome, report), outcome.done(preview.plan))
