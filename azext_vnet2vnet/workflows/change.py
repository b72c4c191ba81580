"""Change, re-key, reset or delete a pair that exists: check both sides, plan, run, look at the result."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from azext_vnet2vnet.arm import from_json
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks.change import (
    check_deletion,
    check_kept_keys,
    check_keys,
    check_seen,
    check_update,
    check_whole,
)
from azext_vnet2vnet.cli.errors import AGAIN, run_error
from azext_vnet2vnet.cli.output import pair_shape
from azext_vnet2vnet.engine.engine import Engine, Outcome, Report
from azext_vnet2vnet.network.desired import Tags
from azext_vnet2vnet.network.diagnostic import Diagnostic, Refused, errors
from azext_vnet2vnet.network.observed import ObservedGateway
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.change_plan import (
    commands_by_id,
    plan_deletion,
    plan_reset,
    plan_rotation,
    plan_update,
    resumption_of_deletion,
    wanted_pair,
)
from azext_vnet2vnet.planning.plan import Action, Plan
from azext_vnet2vnet.readers.diagnostics import with_connections, with_keys
from azext_vnet2vnet.workflows.connected import are_connected, await_connected, look_again
from azext_vnet2vnet.workflows.preview import Preview, check_plan


@dataclass(frozen=True)
class LifePreview(Preview):
    """A plan for a pair that exists."""

    pair: ObservedPair
    key: SharedKey | None = None


class ResetPreview(LifePreview):
    """A plan of which all is begun at once, and that would be done a second time by the same command."""

    @property
    def parting(self) -> str:
        """What waits for it."""
        return f'az vnet2vnet wait --ids {self.pair.end1.half.id} waits until the pair is connected again'


@dataclass(frozen=True)
class DeletionPreview(LifePreview):
    """A plan that deletes what the pair is found by."""

    @property
    def resumption(self) -> tuple[str, str]:
        """The same, as long as there is a connection."""
        return resumption_of_deletion(self.plan, self.pair.end1.half.id, AGAIN)

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


async def preview_update(
    arm: Arm, accounts: Sequence[Account], pair: ObservedPair, asked: Tunnel, tags: Tags | None
) -> LifePreview:
    """What makes both halves as asked, and alike; Refused with every finding that stops it."""
    _refuse(check_whole(pair))
    pair = await with_keys(arm, pair)
    wanted, observed = wanted_pair(pair, asked)
    plan = plan_update(wanted, observed, tags)
    preview = await _check(arm, pair, plan, check_update(wanted, observed, plan, accounts) + check_keys(pair))
    _refuse(check_kept_keys(pair, plan))  # Where the right is missing, that has been said.
    return replace(preview, key=wanted.key)


async def preview_rotation(arm: Arm, pair: ObservedPair, key: SharedKey | None) -> LifePreview:
    """What gives both halves the key, or a new one; Refused with every finding that stops it."""
    _refuse(check_whole(pair))
    pair = await with_keys(arm, pair)
    return replace(await _check(arm, pair, plan_rotation(pair, key), check_keys(pair)), key=key)


async def preview_reset(arm: Arm, pair: ObservedPair, gateways: Collection[int]) -> LifePreview:
    """What resets both connections, or some gateways; Refused with every finding that stops it."""
    _refuse(check_whole(pair))
    if gateways:
        pair = await with_connections(arm, pair)
    preview = await _check(arm, pair, plan_reset(pair, gateways))
    return ResetPreview(preview.plan, preview.findings, pair)


async def preview_deletion(arm: Arm, pair: ObservedPair, with_gateways: bool) -> LifePreview:
    """What deletes both connections, and the gateways if asked; Refused with every finding that stops it."""
    _refuse(check_seen(pair))
    if with_gateways:
        pair = await with_connections(arm, pair)
    preview = await _check(arm, pair, plan_deletion(pair, with_gateways), check_deletion(pair, with_gateways))
    return DeletionPreview(preview.plan, preview.findings, pair)


async def run_change(arm: Arm, preview: LifePreview, report: Report) -> dict:
    """Run the plan and return the pair as it is then."""
    outcome = await _run(arm, preview, report, preview.key)
    pair, _ = await _look_again(arm, preview, outcome, report)
    return pair_shape(pair, outcome.changes(preview.plan))


async def run_rotation(arm: Arm, preview: LifePreview, report: Report) -> dict:
    """Run the plan and return the pair with the seconds from the first write until both halves report Connected.

    That is the most that this run left the tunnel down: the status lags the tunnel (recorded).
    """
    was_connected = are_connected(preview.pair.halves)
    began = arm.clock.now()
    outcome = await _run(arm, preview, report, preview.key or SharedKey.generate())
    pair, is_connected = await _look_again(arm, preview, outcome, report)
    seconds = round(arm.clock.now() - began) if outcome.written or not was_connected else 0
    return {
        **pair_shape(pair, outcome.changes(preview.plan)),
        'secondsWithoutTunnel': seconds if is_connected else None,
    }


async def run_deletion(arm: Arm, preview: LifePreview, report: Report) -> dict:
    """Run the plan and return what was deleted."""
    outcome = await _run(arm, preview, report, None)
    return {'name': preview.pair.halves[0].id.name, 'changes': outcome.changes(preview.plan)}


def _refuse(findings: tuple[Diagnostic, ...]) -> None:
    if errors(findings):
        raise Refused(errors(findings))


async def _check(arm: Arm, pair: ObservedPair, plan: Plan, findings: tuple[Diagnostic, ...] = ()) -> LifePreview:
    known = {end.gateway_id.subscription.lower() for end in pair.ends if end.tenant}
    groups = {place.group_id for end in pair.ends for place in (end.gateway_id, end.half and end.half.id) if place}
    groups |= {step.id.group_id for step in plan.steps}
    return LifePreview(plan, await check_plan(arm, plan, findings, groups, known), pair)


async def _run(arm: Arm, preview: LifePreview, report: Report, key: SharedKey | None) -> Outcome:
    outcome = await Engine(arm, preview.plan, report, [key], SharedKey.generate).run()
    if outcome.failures:
        again, otherwise = replace(preview, plan=preview.plan.without(outcome.written)).resumption
        error = run_error(outcome.failures, outcome.untried, again)
        if any(step.action is Action.UPDATE and step.id in outcome.written for step in preview.plan.steps):
            error.set_recommendation('Until then the two halves may differ, and the tunnel may be down.')
        if otherwise:
            error.set_recommendation(f'{otherwise}.')
        raise error
    return outcome


async def _look_again(arm: Arm, preview: LifePreview, outcome: Outcome, report: Report) -> tuple[ObservedPair, bool]:
    """The pair after the run, and whether it is Connected; that is waited for unless the run only set tags.

    What a half said when its own write was done may be from before the other one's, so it is asked anew.
    """
    halves = preview.pair.halves
    if preview.plan.steps:
        halves = await asyncio.gather(*(look_again(arm, half) for half in halves))
    if not preview.plan.sets_tags_only:
        halves = await await_connected(arm, halves, report)
    is_connected = are_connected(halves)
    found = iter(halves)
    pair = preview.pair.changed(
        lambda end: {'half': next(found), 'gateway': _gateway(end, outcome), 'key': None, 'key_unreadable': False}
    )
    return pair if is_connected else await with_keys(arm, pair), is_connected


def _gateway(end: ObservedEnd, outcome: Outcome) -> ObservedGateway | None:
    body = outcome.bodies.get(end.gateway_id)
    return from_json.gateway_from_arm(body) if body else end.gateway
