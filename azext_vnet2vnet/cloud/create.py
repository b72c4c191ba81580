"""`create`: observe, check, plan, run, and wait until both halves report Connected."""
import asyncio
import random
from dataclasses import dataclass, replace
from typing import Callable

from knack.log import get_logger

from azext_vnet2vnet.cloud.arm import Arm
from azext_vnet2vnet.cloud.engine import Engine, Outcome, Report
from azext_vnet2vnet.cloud.errors import run_error
from azext_vnet2vnet.cloud.observe import observe_pair, read_connection, read_key
from azext_vnet2vnet.cloud.rights import existing_groups, read_rights
from azext_vnet2vnet.domain.checks import check_pair
from azext_vnet2vnet.domain.finding import Finding, Refused, errors
from azext_vnet2vnet.domain.health import CONNECTED
from azext_vnet2vnet.domain.model import End, Pair
from azext_vnet2vnet.domain.observed import Observed, ObservedConnection, Site
from azext_vnet2vnet.domain.plan import Plan, plan_pair
from azext_vnet2vnet.domain.rights import check_rights
from azext_vnet2vnet.domain.secret import SharedKey
from azext_vnet2vnet.formats import answers
from azext_vnet2vnet.formats.shapes import pair_shape, what_if_shape

logger = get_logger(__name__)

_PATIENCE = 300.0  # Seconds to wait for Connected once both halves are made.
_LOOK = 15.0  # Seconds between two looks at the status; Azure gives no hint.


@dataclass(frozen=True)
class Preview:
    """A plan before it runs, with the findings that do not stop it."""
    pair: Pair
    observed: Observed
    plan: Plan
    findings: tuple[Finding, ...]

    def shape(self) -> dict:
        """The preview as `--what-if` prints it."""
        return what_if_shape(self.plan, self.findings)


async def preview_pair(arm: Arm, pair: Pair) -> Preview:
    """What creating the pair would do; Refused with every finding that stops it."""
    observed = await observe_pair(arm, pair)
    plan = plan_pair(pair, observed)
    findings = check_pair(pair, observed)
    if plan.writes:
        rights = await read_rights(arm, pair, observed, plan)
        findings += check_rights(plan, existing_groups(pair, observed), rights)
    if errors(findings):
        raise Refused(errors(findings))
    return Preview(pair, observed, plan, findings)


async def run_preview(arm: Arm, preview: Preview, report: Report,
                      generate: Callable[[], SharedKey] = SharedKey.generate) -> dict:
    """Run the plan and return the pair in the shape that every command returns."""
    plan = preview.plan
    outcome = await Engine(arm, plan, report, preview.pair.key, generate).run()
    if outcome.failures:
        raise run_error(outcome.failures)
    observed = await _await_connected(arm, _after(preview, outcome), report)
    return pair_shape(preview.pair, observed, [step.change() for step in plan.writes if step.id in outcome.written])


def run(task):
    """Run an asynchronous task to its end."""
    return asyncio.run(task)


def jitter() -> float:
    """A random share between 0 and 1, so that many clients do not come back at once."""
    return random.random()


def _after(preview: Preview, outcome: Outcome) -> Observed:
    """What is there after the run, from the bodies that the run read last."""
    def read(target, translate, before):
        body = outcome.bodies.get(target)
        return translate(body) if body else before

    def after(end: End, site: Site, half) -> Site:
        before = site.vpn_gateway
        gateway = read(before.id if before else end.gateway, answers.gateway_from_arm, before)
        return replace(site, vnet=read(end.vnet, answers.vnet_from_arm, site.vnet),
                       gateways=(gateway,) if gateway else (),
                       half=read(half, answers.connection_from_arm, site.half), key=None)
    return Observed(*map(after, preview.pair.ends, preview.observed.sites, preview.plan.halves))


async def _await_connected(arm: Arm, observed: Observed, report: Report) -> Observed:
    """Look at both halves until they report Connected or the patience is over."""
    def is_connected() -> bool:
        return all(site.half.status == CONNECTED for site in observed.sites)
    if any(site.half is None for site in observed.sites) or is_connected():
        return observed
    report.waiting('Both connections are there; waiting for the tunnel')
    end = arm.clock.now() + _PATIENCE
    while not is_connected() and arm.clock.now() < end:
        await arm.pause(_LOOK)
        halves = await asyncio.gather(*(_look(arm, site) for site in observed.sites))
        observed = Observed(*(replace(site, half=half or site.half) for site, half in zip(observed.sites, halves)))
    if is_connected():
        report.over('Both halves report Connected')
        return observed
    report.over('The halves do not both report Connected')
    logger.warning('The pair is there, but after %d minutes its halves do not both report Connected: see status and '
                   'reasons of the result, and look again with the same command.', _PATIENCE / 60)
    return await _with_doubts(arm, observed)


async def _with_doubts(arm: Arm, observed: Observed) -> Observed:
    """With the keys of both halves, so that the reasons can tell whether they differ."""
    keys = await asyncio.gather(*(read_key(arm, site.half.id) for site in observed.sites))
    return Observed(*(replace(site, key=key) for site, key in zip(observed.sites, keys)))


async def _look(arm: Arm, site: Site) -> ObservedConnection | None:
    return site.half if site.half.status == CONNECTED else await read_connection(arm, site.half.id)
