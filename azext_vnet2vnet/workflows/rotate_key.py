"""`rotate-key`: a new shared key for both halves at once."""

from dataclasses import dataclass, replace

from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks.change import check_whole
from azext_vnet2vnet.checks.connection import check_new_key, check_readable_keys
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.diagnostic import refuse
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.update_plan import plan_rotation
from azext_vnet2vnet.readers.diagnostics import with_keys
from azext_vnet2vnet.workflows.connected import are_connected
from azext_vnet2vnet.workflows.existing import ChangedPair, ChangePreview, check_change, read_changed
from azext_vnet2vnet.workflows.run import run_plan


@dataclass(frozen=True)
class RotatedKey(ChangedPair):
    """A pair with a new key; `seconds_without_tunnel` is None where its halves do not report Connected."""

    seconds_without_tunnel: int | None


async def preview_rotation(arm: Arm, pair: ObservedPair, key: SharedKey | None) -> ChangePreview:
    """What gives both halves the key, or a new one; Refused with every diagnostic that stops it."""
    refuse(check_whole(pair))
    pair = await with_keys(arm, pair)
    plan = plan_rotation(pair, key)
    found = (*check_new_key(key, pair), *check_readable_keys(pair))
    return ChangePreview(plan, await check_change(arm, pair, plan, found), pair)


async def run_rotation(arm: Arm, preview: ChangePreview, report: Report) -> RotatedKey:
    """Run the plan; the seconds are those from the first write until both halves report Connected.

    That is the most that this run left the tunnel down: the status lags the tunnel (recorded).
    """
    [planned] = preview.plan.pairs
    # No half gives its key to the other one here: where none was given, both get a new one.
    keyed = replace(planned, key=planned.key or SharedKey.generate())
    preview = replace(preview, plan=replace(preview.plan, pairs=(keyed,)))
    was_connected = are_connected(preview.pair.halves)
    began = arm.clock.now()
    outcome = await run_plan(arm, preview, report)
    pair = await read_changed(arm, preview, outcome, report)
    seconds = round(arm.clock.now() - began) if outcome.written or not was_connected else 0
    is_connected = are_connected(pair.halves)
    return RotatedKey(pair, outcome.done(preview.plan), seconds if is_connected else None)
