"""What update, rotate-key, reset and delete share: a pair that exists is checked, changed, and read again."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from azext_vnet2vnet.arm import from_json
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.engine.engine import Outcome, Report
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.plan import Action, Plan, Step
from azext_vnet2vnet.readers.diagnostics import with_keys
from azext_vnet2vnet.workflows.connected import are_connected, await_connected, read_again
from azext_vnet2vnet.workflows.preview import Preview, check_plan


@dataclass(frozen=True)
class ChangePreview(Preview):
    """A plan for a pair that exists."""

    pair: ObservedPair

    def doubts(self, done: Collection[ResourceId]) -> tuple[str, ...]:
        """Halves may differ once one of them is changed."""
        is_changed = any(step.action is Action.UPDATE and step.id in done for step in self.plan.steps)
        return ('Until then the two halves may differ, and the tunnel may be down',) if is_changed else ()


@dataclass(frozen=True)
class ChangedPair:
    """A pair as it is after a change, and the steps that were done."""

    pair: ObservedPair
    done: tuple[Step, ...]


async def check_change(
    arm: Arm, pair: ObservedPair, plan: Plan, diagnostics: Iterable[Diagnostic] = ()
) -> tuple[Diagnostic, ...]:
    """The diagnostics of a change, with those of the login's rights at both ends; Refused with all that stop it."""
    known = {end.gateway_id.subscription.lower() for end in pair.ends if end.tenant}
    places = {*(end.gateway_id for end in pair.ends), *(half.id for half in pair.halves)}
    groups = {one.group_id for one in (*places, *(step.id for step in plan.steps))}
    return await check_plan(arm, plan, diagnostics, groups, known)


async def read_changed(arm: Arm, preview: ChangePreview, outcome: Outcome, report: Report) -> ObservedPair:
    """The pair after the run, once it is Connected or the time for that is over; tags alone are not waited for.

    What a half said when its own write was done may be from before the other one's, so it is asked anew.
    """
    halves = preview.pair.halves
    if preview.plan.steps:
        halves = tuple(await asyncio.gather(*(read_again(arm, half) for half in halves)))
    if not preview.plan.sets_tags_only:
        halves = await await_connected(arm, halves, report)
    by_id = {half.id: half for half in halves}

    def changed(end: ObservedEnd) -> ObservedEnd:
        body = outcome.bodies.get(end.gateway_id)
        gateway = from_json.gateway_from_arm(body) if body else end.gateway
        half = by_id[end.half.id] if end.half else None
        return replace(end, half=half, gateway=gateway, key=None, key_unreadable=False)

    pair = ObservedPair(changed(preview.pair.end1), changed(preview.pair.end2))
    return pair if are_connected(halves) else await with_keys(arm, pair)
