"""`create`: observe, check, plan, run, and wait until both halves report Connected."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from azext_vnet2vnet.arm import from_json
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks.health import status_of
from azext_vnet2vnet.checks.pair import check_pair
from azext_vnet2vnet.cli.errors import run_error
from azext_vnet2vnet.cli.output_created import created_shape
from azext_vnet2vnet.engine.engine import Engine, Outcome, Report
from azext_vnet2vnet.network.desired import End, Pair
from azext_vnet2vnet.network.observed import CONNECTED, Observed, Site
from azext_vnet2vnet.network.pair import ObservedPair, observed_end
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.plan import Link, plan_pair
from azext_vnet2vnet.readers.rights import bare_subscriptions, existing_groups
from azext_vnet2vnet.readers.site import observe_pair, read_key
from azext_vnet2vnet.workflows.connected import await_connected
from azext_vnet2vnet.workflows.deployments import join_running
from azext_vnet2vnet.workflows.preview import Preview, check_plan, unless_more


@dataclass(frozen=True)
class PairPreview(Preview):
    """A plan for a pair that is asked for."""

    pair: Pair
    observed: Observed

    @property
    def name(self) -> str:
        """What the user calls the whole."""
        return self.pair.connection_name(self.pair.end1)

    @property
    def keys(self) -> list[SharedKey | None]:
        """The keys that were given, by the plan's links."""
        return [self.pair.key]

    @property
    def status(self) -> str:
        """The status of the pair; Unknown where no half of it is there."""
        [pair] = found_pairs([self.pair], [self.observed])
        return status_of(pair) if pair.halves else 'Unknown'


async def preview_pair(arm: Arm, pair: Pair) -> PairPreview:
    """What creating the pair would do; Refused with every finding that stops it."""
    observed = await observe_pair(arm, pair)
    plan = plan_pair(pair, observed)
    known = {end.vnet.subscription.lower() for end in pair.ends if end.tenant}
    findings = await check_plan(
        arm,
        plan,
        check_pair(pair, observed),
        existing_groups([pair], [observed]),
        known,
        bare_subscriptions([pair], [observed]),
    )
    return PairPreview(plan, findings, pair, observed)


async def run_preview(
    arm: Arm, preview: PairPreview, report: Report, generate: Callable[[], SharedKey] = SharedKey.generate
) -> dict:
    """Run the plan and return the pair in the shape that every command returns."""
    if await join_running(arm, preview.plan, report):
        preview = unless_more(preview, await preview_pair(arm, preview.pair))
    [observed], changes = await make_pairs(arm, preview, [preview.pair], [preview.observed], report, generate)
    return created_shape(preview.pair, observed, changes)


async def make_pairs(
    arm: Arm,
    preview,
    pairs: Sequence[Pair],
    observed: Sequence[Observed],
    report: Report,
    generate: Callable[[], SharedKey],
) -> tuple[list[Observed], list[dict]]:
    """Run the plan of a preview of pairs, with its keys; what is there of them then, and what the run did.

    Raises one azclierror for all that failed.
    """
    plan = preview.plan
    outcome = await Engine(arm, plan, report, preview.keys, generate).run()
    if outcome.failures:
        raise run_error(outcome.failures, outcome.untried)
    after = [_after_run(pair, seen, link, outcome) for pair, seen, link in zip(pairs, observed, plan.links)]
    return await _await_tunnels(arm, after, report), outcome.changes(plan)


def found_pairs(pairs: Sequence[Pair], observed: Sequence[Observed]) -> list[ObservedPair]:
    """The pairs that were asked for, as they were observed."""
    return [ObservedPair(*map(observed_end, pair.ends, seen.sites)) for pair, seen in zip(pairs, observed)]


def _after_run(pair: Pair, observed: Observed, link: Link, outcome: Outcome) -> Observed:
    """What is there of a pair after the run, from the bodies that the run read last."""

    def read(target, translate, before):
        body = outcome.bodies.get(target)
        return translate(body) if body else before

    def after(end: End, site: Site, half) -> Site:
        before = site.vpn_gateway
        gateway = read(before.id if before else end.gateway, from_json.gateway_from_arm, before)
        return replace(
            site,
            vnet=read(end.vnet, from_json.vnet_from_arm, site.vnet),
            gateways=(gateway,) if gateway else (),
            half=read(half, from_json.connection_from_arm, site.half),
            key=None,
        )

    return Observed(*map(after, pair.ends, observed.sites, link.halves))


async def _await_tunnels(arm: Arm, pairs: Sequence[Observed], report: Report) -> list[Observed]:
    """Pairs with their halves Connected, or, after some minutes, with their keys too, which may tell why not."""
    whole = [pair for pair in pairs if all(site.half for site in pair.sites)]
    halves = iter(await await_connected(arm, [site.half for pair in whole for site in pair.sites], report))
    seen = {id(pair): Observed(*(replace(site, half=next(halves)) for site in pair.sites)) for pair in whole}
    return list(await asyncio.gather(*(_with_doubts(arm, seen.get(id(pair), pair)) for pair in pairs)))


async def _with_doubts(arm: Arm, pair: Observed) -> Observed:
    halves = [site.half for site in pair.sites]
    if not all(halves) or all(half.status == CONNECTED for half in halves):
        return pair
    keys = await asyncio.gather(*(read_key(arm, half.id) for half in halves))
    return Observed(*(replace(site, key=key) for site, key in zip(pair.sites, keys)))
