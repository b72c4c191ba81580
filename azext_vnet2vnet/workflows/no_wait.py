"""`--no-wait`: do the quick part, hand the rest to Azure's own engine, and name what follows it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from azext_vnet2vnet.arm.failures import Failure
from azext_vnet2vnet.arm.template import (
    Deployment,
    check_size,
    deployment_of,
    handed_over,
    is_one_tenant,
    left_over,
    quick_steps,
)
from azext_vnet2vnet.arm.to_json import to_arm
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.engine.engine import Engine, Report
from azext_vnet2vnet.engine.pair_keys import PairKeys
from azext_vnet2vnet.engine.step_writer import aux_tenant, check_absent
from azext_vnet2vnet.network.desired import Connection
from azext_vnet2vnet.network.diagnostic import Refused, refuse
from azext_vnet2vnet.network.resource_id import DEPLOYMENT_TYPE, GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.plan import Action, Plan, Step
from azext_vnet2vnet.workflows.deployments import is_running, submit
from azext_vnet2vnet.workflows.preview import NamedPreview, check_plan
from azext_vnet2vnet.workflows.run import RunFailed


@dataclass(frozen=True)
class HandOver(NamedPreview):
    """A plan that is handed over: to a deployment, or, where that cannot do it, one write after another.

    `name` and `status` are those of the pair or topology; `is_running` where the deployment is under way already.
    """

    topology: str | None = None
    deployment: Deployment | None = None
    is_running: bool = False


@dataclass(frozen=True)
class HandedOver:
    """What `--no-wait` began, and the command that follows it, in words; None where nothing goes on."""

    preview: HandOver
    done: tuple[Step, ...]
    next: tuple[str, ...] | None


async def preview_hand_over(arm: Arm, preview: NamedPreview, topology: str | None) -> HandOver:
    """What is handed over of the preview of a pair, or of many in a file of the name `topology`.

    Refused where it changes what exists, or where a deployment cannot do it.
    """
    plan = preview.plan
    changes = left_over(plan)
    if changes:
        steps = '1 step changes or deletes' if len(changes) == 1 else f'{len(changes)} steps change or delete'
        first = changes[0]
        message = f'{steps} what exists, such as {first.action.value} of {first.id}, and is not handed over'
        raise Refused((rules.NO_WAIT_CHANGES.found(message, 'Omit --no-wait'),))
    status = 'Updating' if plan.steps else preview.status
    hand_over = HandOver(plan, preview.diagnostics, preview.name, status, topology)
    if not handed_over(plan) or not is_one_tenant(plan):
        return hand_over
    deployment = checked_deployment(plan, topology)
    if await is_running(arm, deployment, plan):
        return replace(hand_over, deployment=deployment, is_running=True)
    await _check_rights(arm, deployment, {step.id for step in plan.steps if step.action is Action.CREATE})
    return replace(hand_over, deployment=deployment)


def checked_deployment(plan: Plan, topology: str | None, omissions: Sequence[str] = ()) -> Deployment:
    """The deployment that does what is handed over of a plan; Refused where there is none, or Azure takes none.

    `omissions` say what was left out of the plan, should that be all.
    """
    if not handed_over(plan):
        advice = (
            'Name another scope with -g, --vnet or --all-subscriptions, or a topology file with something that does '
            'not exist'
        )
        message = '. '.join(('There is nothing to be deployed', *omissions))
        raise Refused((rules.TEMPLATE_EMPTY.found(message, advice),))
    if not is_one_tenant(plan):
        message = 'The pairs are in several tenants, and a deployment does not write across tenants'
        advice = 'Run az vnet2vnet apply instead, or name the pairs of one tenant'
        raise Refused((rules.TEMPLATE_TENANTS.found(message, advice),))
    deployment = deployment_of(plan, topology)
    refuse(check_size(deployment))
    return deployment


async def _check_rights(arm: Arm, deployment: Deployment, created: set[ResourceId]) -> None:
    """May the login make the deployment, and those that it nests? Refused where not."""
    nested = (
        ResourceId(one['subscriptionId'], one['resourceGroup'], DEPLOYMENT_TYPE, (one['name'],))
        for one in deployment.template['resources']
    )
    targets = [deployment.id, *nested]
    plan = Plan(tuple(Step(target, Action.CREATE) for target in targets))
    groups = {target.group_id for target in targets} - created
    await check_plan(arm, plan, (), groups, {target.subscription.lower() for target in targets})


async def run_hand_over(arm: Arm, preview: HandOver, report: Report) -> HandedOver:
    """Do the quick steps, hand over the rest, and return what was begun and how to follow it.

    Where a quick step fails, what does not depend on it is handed over all the same, and then RunFailed is raised.
    """
    plan = preview.plan
    quick = replace(plan, steps=quick_steps(plan))
    outcome = await Engine(arm, quick, report, SharedKey.generate).run()
    keys = PairKeys(arm, plan.pairs, SharedKey.generate)
    ready = plan.without_dependents(outcome.failures)
    failures = dict(outcome.failures)
    if not preview.is_running:
        failures |= await _arrivals(arm, handed_over(ready))
        ready = plan.without_dependents(failures)
    stopped = set(failures)
    begun: Sequence[Step] = ()
    if preview.deployment and not preview.is_running:
        failures |= await _submit(arm, ready, keys, preview.topology)
        begun = handed_over(ready)
    elif not preview.deployment:
        begun, more = await _begin(arm, ready, keys)
        failures |= more
    if failures:
        for failure in failures.values():
            keys.redact(failure)
        raise RunFailed(failures, len(plan.steps) - len(ready.steps) - len(stopped))
    return HandedOver(preview, (*outcome.done(quick), *begun), _next(preview) if plan.steps else None)


async def _arrivals(arm: Arm, steps: Sequence[Step]) -> dict[ResourceId, Exception]:
    """What is to be handed over and came up since the plan was made; each with plan-changed."""

    async def look(step: Step) -> None:
        await check_absent(arm, step.id)

    found = await asyncio.gather(*map(look, steps), return_exceptions=True)
    return {step.id: one for step, one in zip(steps, found, strict=True) if isinstance(one, Exception)}


async def _submit(arm: Arm, plan: Plan, keys: PairKeys, topology: str | None) -> dict[ResourceId, Exception]:
    """Start the deployment; what it failed at."""
    if not handed_over(plan):
        return {}
    deployment = deployment_of(plan, topology)
    try:
        chosen = await asyncio.gather(*(keys.of(one.pair.written_halves[0]).choose() for one in deployment.parameters))
        names = (one.name for one in deployment.parameters)
        await submit(arm, deployment, dict(zip(names, chosen, strict=True)))
    except Failure as failure:
        return {deployment.id: failure}
    return {}


async def _begin(arm: Arm, plan: Plan, keys: PairKeys) -> tuple[list[Step], dict[ResourceId, Exception]]:
    """Start what can be started now: gateways at once, connections where both of their gateways exist.

    The steps that were begun, and the errors of the others.
    """
    ahead = {step.id for step in plan.steps} - {step.id for step in quick_steps(plan)}
    steps = [step for step in handed_over(plan) if not ahead & set(step.needs)]
    failures: dict[ResourceId, Exception] = {}

    async def start(step: Step) -> None:
        try:
            resource = step.resource
            assert resource  # Only what is created is handed over.
            key = await keys.of(step.id).choose() if isinstance(resource, Connection) else None
            await arm.put(step.id, to_arm(resource, key), aux_tenant(resource))
        except Exception as error:  # pylint: disable=broad-except  # Reported at the end, all of them together.
            failures[step.id] = error

    await asyncio.gather(*map(start, steps))
    return [step for step in steps if step.id not in failures], failures


def _next(preview: HandOver) -> tuple[str, ...]:
    pairs = preview.plan.pairs
    pair = ('--ids', str(pairs[0].written_halves[0])) if len(pairs) == 1 else ()
    if preview.deployment:
        return ('az', 'vnet2vnet', 'wait', *pair, '--deployment', str(preview.deployment.id))
    gateways = [str(step.id) for step in preview.plan.steps if step.id.is_a(GATEWAY_TYPE)]
    if gateways:
        return ('az', 'network', 'vnet-gateway', 'wait', '--created', '--ids', *gateways)
    return ('az', 'vnet2vnet', 'wait', *pair) if pair else ('az', 'vnet2vnet', 'list', '--all-subscriptions')
