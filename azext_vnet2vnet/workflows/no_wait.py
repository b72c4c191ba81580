"""`--no-wait`: do the quick part, hand the rest to Azure's own engine, and say how to follow it."""

import asyncio
import shlex
from collections.abc import Callable, Sequence
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
from azext_vnet2vnet.cli.errors import run_error
from azext_vnet2vnet.engine.engine import Engine, Report, aux_tenant
from azext_vnet2vnet.engine.pair_keys import Keys
from azext_vnet2vnet.network.desired import Connection
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.network.resource_id import DEPLOYMENT_TYPE, GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.plan import Action, Plan, Step
from azext_vnet2vnet.workflows.deployments import is_running, submit
from azext_vnet2vnet.workflows.preview import Preview, check_plan


@dataclass(frozen=True)
class Handover(Preview):
    """A plan that is handed over: to a deployment, or, where that cannot do it, one write after another.

    `name` and `status` are those of what `keys` were given for. `is_running` where the deployment is under way already.
    """

    name: str
    status: str
    keys: Sequence[SharedKey | None]
    topology: str | None = None
    deployment: Deployment | None = None
    is_running: bool = False


async def preview_handover(arm: Arm, preview, topology: str | None) -> Handover:
    """What is handed over of the preview of a pair, or of many in a file of the name `topology`.

    Refused where it changes what exists, or where a deployment cannot do it.
    """
    plan = preview.plan
    changes = left_over(plan)
    if changes:
        steps = '1 step changes or deletes' if len(changes) == 1 else f'{len(changes)} steps change or delete'
        raise Refused(
            (
                rules.NO_WAIT_CHANGES.found(
                    f'{steps} what exists, such as {changes[0].action.value} of '
                    f'{changes[0].id}, and is not handed over',
                    'Leave --no-wait away',
                ),
            )
        )
    handover = Handover(
        plan, preview.findings, preview.name, 'Updating' if plan.steps else preview.status, preview.keys, topology
    )
    if not handed_over(plan) or not is_one_tenant(plan):
        return handover
    deployment = checked_deployment(plan, topology)
    if await is_running(arm, deployment, plan):
        return replace(handover, deployment=deployment, is_running=True)
    await _check_rights(arm, deployment, {step.id for step in plan.steps if step.action is Action.CREATE})
    return replace(handover, deployment=deployment)


def checked_deployment(plan: Plan, topology: str | None) -> Deployment:
    """The deployment that does what is handed over of a plan; Refused where there is none, or Azure takes none."""
    if not handed_over(plan):
        raise Refused(
            (
                rules.TEMPLATE_EMPTY.found(
                    'There is nothing to be deployed',
                    'Name another scope with -g, '
                    '--vnet or --all-subscriptions, or a topology file with something that does not exist',
                ),
            )
        )
    if not is_one_tenant(plan):
        raise Refused(
            (
                rules.TEMPLATE_TENANTS.found(
                    'The pairs are in several tenants, and a deployment does not write across tenants',
                    'Run az vnet2vnet apply instead, or name the pairs of one tenant',
                ),
            )
        )
    deployment = deployment_of(plan, topology)
    if check_size(deployment):
        raise Refused(check_size(deployment))
    return deployment


async def _check_rights(arm: Arm, deployment: Deployment, created: set[ResourceId]) -> None:
    """May the login make the deployment, and those that it nests? Refused where not."""
    nested = (
        ResourceId(one['subscriptionId'], one['resourceGroup'], DEPLOYMENT_TYPE, (one['name'],))
        for one in deployment.template['resources']
    )
    targets = [deployment.id, *nested]
    plan = Plan(tuple(Step(target, Action.CREATE) for target in targets), ())
    groups = {target.group_id for target in targets} - created
    await check_plan(arm, plan, (), groups, {target.subscription.lower() for target in targets})


async def run_handover(
    arm: Arm, handover: Handover, report: Report, generate: Callable[[], SharedKey] = SharedKey.generate
) -> dict:
    """Do the quick steps, hand over the rest, and return what was begun and how to follow it.

    Where a quick step fails, what does not wait for it is handed over all the same, and then the error is raised.
    """
    plan = handover.plan
    quick = replace(plan, steps=quick_steps(plan))
    outcome = await Engine(arm, quick, report, handover.keys, generate).run()
    keys = Keys(arm, plan.links, handover.keys, generate)
    ready = _without(plan, set(outcome.failures))
    failures = dict(outcome.failures)
    begun: list[Step] = []
    if handover.deployment and not handover.is_running:
        failures |= await _submit(arm, ready, keys, handover.topology)
        begun += handed_over(ready)
    elif not handover.deployment:
        begun, more = await _begin(arm, ready, keys)
        failures |= more
    if failures:
        for failure in failures.values():
            keys.mask_error(failure)
        raise run_error(failures, len(plan.steps) - len(ready.steps) - len(outcome.failures))
    return _shape(handover, outcome.changes(quick) + [step.change() for step in begun])


def _without(plan: Plan, failed: set[ResourceId]) -> Plan:
    """The steps that do not wait, over others perhaps, for one that failed."""
    while blocked := {step.id for step in plan.without(failed).steps if failed & set(step.needs)}:
        failed |= blocked
    return plan.without(failed)


async def _submit(arm: Arm, plan: Plan, keys: Keys, topology: str | None) -> dict[ResourceId, Exception]:
    """Start the deployment; what it failed at."""
    if not handed_over(plan):
        return {}
    deployment = deployment_of(plan, topology)
    try:
        chosen = await asyncio.gather(*(keys.of_link(one.link).choose() for one in deployment.parameters))
        await submit(arm, deployment, dict(zip((one.name for one in deployment.parameters), chosen)))
    except Failure as failure:
        return {deployment.id: failure}
    return {}


async def _begin(arm: Arm, plan: Plan, keys: Keys) -> tuple[list[Step], dict[ResourceId, Exception]]:
    """Start what can be started now: gateways at once, connections where both of their gateways are there.

    The steps that were begun, and the errors of the others.
    """
    ahead = {step.id for step in plan.steps} - {step.id for step in quick_steps(plan)}
    steps = [step for step in handed_over(plan) if not ahead & set(step.needs)]

    async def start(step: Step) -> None:
        key = await keys.of(step.id).choose() if isinstance(step.resource, Connection) else None
        await arm.put(step.id, to_arm(step.resource, key), aux_tenant(step.resource))

    ends = await asyncio.gather(*map(start, steps), return_exceptions=True)
    failures = {step.id: end for step, end in zip(steps, ends) if isinstance(end, Exception)}
    return [step for step in steps if step.id not in failures], failures


def _shape(handover: Handover, changes: list[dict]) -> dict:
    """What `--no-wait` returns; `next` is what to type to follow the work, None where nothing goes on."""
    one = handover.deployment
    goes_on = bool(handover.plan.steps)
    return {
        'name': handover.name,
        'status': handover.status,
        'deployment': {'id': str(one.id), 'name': one.name, 'provisioningState': 'Running'} if one else None,
        'next': shlex.join(_next(handover)) if goes_on else None,
        'changes': changes,
    }


def _next(handover: Handover) -> list[str]:
    halves = [str(half) for link in handover.plan.links for half in link.halves if half]
    pair = ['--ids', halves[0]] if len(handover.plan.links) == 1 else []
    if handover.deployment:
        return ['az', 'vnet2vnet', 'wait', *pair, '--deployment', str(handover.deployment.id)]
    gateways = [str(step.id) for step in handover.plan.steps if step.id.is_a(GATEWAY_TYPE)]
    if gateways:
        return ['az', 'network', 'vnet-gateway', 'wait', '--created', '--ids', *gateways]
    return ['az', 'vnet2vnet', 'wait', *pair] if pair else ['az', 'vnet2vnet', 'list', '--all-subscriptions']
