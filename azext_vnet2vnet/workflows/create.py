"""`create`: observe, check, plan, run, and wait until both halves report Connected."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from azext_vnet2vnet.arm import from_json
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks.health import status_of
from azext_vnet2vnet.checks.pair import check_pair
from azext_vnet2vnet.engine.engine import Outcome, Report
from azext_vnet2vnet.network.desired import Pair
from azext_vnet2vnet.network.observed import CONNECTED
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.pair_plan import EndState, PairState, compare, plan_pairs
from azext_vnet2vnet.planning.plan import Step
from azext_vnet2vnet.readers.resources import read_key
from azext_vnet2vnet.readers.rights import bare_subscriptions, existing_groups
from azext_vnet2vnet.readers.site import observe_pair, read_far_gateway
from azext_vnet2vnet.workflows.connected import await_connected, await_own_half
from azext_vnet2vnet.workflows.deployments import join_running
from azext_vnet2vnet.workflows.preview import NamedPreview, Preview, check_plan, check_unchanged
from azext_vnet2vnet.workflows.run import run_plan

Value = TypeVar('Value')


@dataclass(frozen=True)
class PairPreview(NamedPreview):
    """A plan for a pair that is asked for."""

    state: PairState


@dataclass(frozen=True)
class CreatedPair:
    """A pair as it is after `create`, and the steps that were done."""

    state: PairState
    done: tuple[Step, ...]
    far_half_exists: bool | None = None  # Where another administrator writes one end; None where that is not visible.


async def preview_create(arm: Arm, pair: Pair) -> PairPreview:
    """What creating the pair would do; Refused with every diagnostic that stops it."""
    state = compare(pair, await observe_pair(arm, pair))
    plan = plan_pairs([state])
    known = {end.vnet.subscription.lower() for end in pair.ends if end.tenant}
    groups, bare = existing_groups([state]), bare_subscriptions([state])
    diagnostics = await check_plan(arm, plan, check_pair(state), groups, known, bare)
    status = status_of(state.observed) if state.observed.halves else 'Unknown'
    return PairPreview(plan, diagnostics, pair.connection_name(pair.end1), status, state)


async def run_create(arm: Arm, preview: PairPreview, report: Report) -> CreatedPair:
    """Run the plan; RunFailed with all that failed of it."""
    if await join_running(arm, preview.plan, report):
        preview = check_unchanged(preview, await preview_create(arm, preview.state.desired))
    [observed], done = await make_pairs(arm, preview, [preview.state], report)
    state = compare(preview.state.desired, observed)
    if len(state.own_ends) == 2:
        return CreatedPair(state, done)
    return await _await_other_administrator(arm, CreatedPair(state, done), report)


async def _await_other_administrator(arm: Arm, created: CreatedPair, report: Report) -> CreatedPair:
    """The own half, Connected or after some minutes, unless it is sure that the far one does not exist yet."""
    [near] = created.state.own_ends
    far = await read_far_gateway(arm, created.state.far(near).desired)
    back = (far.gateway_id, near.layout.gateway)
    exists = None if far.obstacle else any((one.gateway, one.far_gateway) == back for one in far.connections)
    half = near.observed.half
    if exists is not False and half:
        half = await await_own_half(arm, half, report)
    ends = (replace(end, half=half) if end.half else end for end in created.state.observed.ends)
    state = compare(created.state.desired, ObservedPair(*ends))
    return replace(created, state=state, far_half_exists=exists)


async def make_pairs(
    arm: Arm, preview: Preview, states: Iterable[PairState], report: Report
) -> tuple[list[ObservedPair], tuple[Step, ...]]:
    """Run the plan of a preview of these pairs; what exists of each one then, and the steps that were done."""
    outcome = await run_plan(arm, preview, report)
    after = [_after_run(state, outcome) for state in states]
    return await _await_tunnels(arm, after, report), outcome.done(preview.plan)


def _after_run(state: PairState, outcome: Outcome) -> ObservedPair:
    """What exists of a pair after the run, from the bodies that the run read last."""

    def read(target: ResourceId, translate: Callable[[Mapping], Value], before: Value | None) -> Value | None:
        body = outcome.bodies.get(target)
        return translate(body) if body else before

    def after(end: EndState) -> ObservedEnd:
        gateway_id, before = end.layout.gateway, end.observed
        return replace(
            before,
            gateway_id=gateway_id,
            gateway=read(gateway_id, from_json.gateway_from_arm, before.gateway),
            vnet=read(end.desired.vnet, from_json.vnet_from_arm, before.vnet),
            half=read(state.half_id(end), from_json.connection_from_arm, before.half),
            connections=(),  # Those from before the run are out of date.
            key=None,
            key_unreadable=False,
        )

    return ObservedPair(after(state.end1), after(state.end2))


async def _await_tunnels(arm: Arm, pairs: list[ObservedPair], report: Report) -> list[ObservedPair]:
    """Pairs with their halves Connected, or, after some minutes, with their keys too, which may tell why not."""
    whole = [half for pair in pairs if len(pair.halves) == 2 for half in pair.halves]
    seen = {half.id: half for half in await await_connected(arm, whole, report)}

    def latest(end: ObservedEnd) -> ObservedEnd:
        return replace(end, half=seen.get(end.half.id, end.half)) if end.half else end

    return list(
        await asyncio.gather(*(_with_doubtful_keys(arm, ObservedPair(*map(latest, pair.ends))) for pair in pairs))
    )


async def _with_doubtful_keys(arm: Arm, pair: ObservedPair) -> ObservedPair:
    if len(pair.halves) < 2 or all(half.status == CONNECTED for half in pair.halves):
        return pair
    keys = await asyncio.gather(*(read_key(arm, half.id) for half in pair.halves))
    return ObservedPair(*(replace(end, key=key) for end, key in zip(pair.ends, keys, strict=True)))
