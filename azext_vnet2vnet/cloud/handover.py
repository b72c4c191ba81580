"""`--no-wait`: do the quick part, hand the rest to Azure's own engine, and say how to follow it."""
import asyncio
from dataclasses import dataclass, replace
from typing import Callable, Sequence

from azext_vnet2vnet.cloud.arm import Arm
from azext_vnet2vnet.cloud.deployments import is_running, state_of, submit
from azext_vnet2vnet.cloud.engine import Engine, Report, aux_tenant
from azext_vnet2vnet.cloud.errors import run_error
from azext_vnet2vnet.cloud.keys import Keys
from azext_vnet2vnet.cloud.preview import Preview, check_plan
from azext_vnet2vnet.cloud.wire import API_VERSIONS
from azext_vnet2vnet.domain.finding import Finding, Kind, Refused
from azext_vnet2vnet.domain.ids import DEPLOYMENT_TYPE, GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.domain.model import Connection
from azext_vnet2vnet.domain.plan import Action, Plan, Step
from azext_vnet2vnet.domain.secret import SharedKey
from azext_vnet2vnet.formats.arm_template import (
    Deployment, deployment_of, flaws_of, handed_over, is_one_tenant, left_over, quick_steps)
from azext_vnet2vnet.formats.payloads import to_arm


@dataclass(frozen=True)
class Handover(Preview):
    """A plan that is handed over: to a deployment, or, where that cannot do it, one write after another.

    `keys` are those that were given for the plan's links. `is_running` where the deployment is under way already.
    """
    name: str
    keys: tuple[SharedKey | None, ...]
    deployment: Deployment | None = None
    is_running: bool = False

    @property
    def target(self) -> ResourceId | None:
        """The id of the deployment."""
        return self.deployment and self.deployment.home.sibling(DEPLOYMENT_TYPE, self.deployment.name)


async def preview_handover(arm: Arm, preview: Preview, name: str, keys: Sequence[SharedKey | None],
                           topology: str | None) -> Handover:
    """What is handed over of a plan; Refused where it changes what exists, or where a deployment cannot do it.

    `name` is what the user calls the whole, `topology` the name of a file with many pairs.
    """
    plan = preview.plan
    changes = left_over(plan)
    if changes:
        raise Refused((Finding('no-wait-changes', f'{len(changes)} steps change or delete what exists, such as '
                               f'{changes[0].action.value} of {changes[0].id}, and are not handed over',
                               'Leave --no-wait away', Kind.STATE),))
    handover = Handover(plan, preview.findings, name, tuple(keys))
    if not handed_over(plan) or not is_one_tenant(plan):
        return handover
    deployment = checked_deployment(plan, topology)
    handover = replace(handover, deployment=deployment)
    created = {step.id for step in plan.steps if step.action is Action.CREATE}
    if deployment.home not in created and is_running(await state_of(arm, handover.target)):
        return replace(handover, is_running=True)
    await _check_rights(arm, deployment, created)
    return handover


def checked_deployment(plan: Plan, topology: str | None) -> Deployment:
    """The deployment that does what is handed over of a plan; Refused where there is none, or Azure takes none."""
    if not handed_over(plan):
        raise Refused((Finding('template-empty', 'There is nothing to be deployed', 'Name another scope with -g, '
                               '--vnet or --all-subscriptions, or a topology file with something that does not exist',
                               Kind.STATE),))
    if not is_one_tenant(plan):
        raise Refused((Finding('template-tenants', 'The pairs are in several tenants, and a deployment does not write '
                               'across tenants', 'Run az vnet2vnet apply instead, or name the pairs of one tenant',
                               Kind.STATE),))
    deployment = deployment_of(plan, API_VERSIONS, topology)
    if flaws_of(deployment):
        raise Refused(flaws_of(deployment))
    return deployment


async def _check_rights(arm: Arm, deployment: Deployment, created: set[ResourceId]) -> None:
    """May the login make the deployment, and those that it nests? Refused where not."""
    nested = (ResourceId(one['subscriptionId'], one['resourceGroup'], DEPLOYMENT_TYPE, (one['name'],))
              for one in deployment.template['resources'])
    targets = [deployment.home.sibling(DEPLOYMENT_TYPE, deployment.name), *nested]
    plan = Plan(tuple(Step(target, Action.CREATE) for target in targets), ())
    groups = {target.group_id for target in targets} - created
    await check_plan(arm, plan, (), groups, {target.subscription.lower() for target in targets})


async def run_handover(arm: Arm, handover: Handover, report: Report,
                       generate: Callable[[], SharedKey] = SharedKey.generate) -> dict:
    """Do the quick steps, hand over the rest, and return what was begun and how to follow it."""
    plan = handover.plan
    quick = replace(plan, steps=quick_steps(plan))
    outcome = await Engine(arm, quick, report, handover.keys, generate).run()
    if outcome.failures:
        raise run_error(outcome.failures, outcome.untried)
    keys = Keys(arm, plan.links, handover.keys, generate)
    begun: Sequence[Step] = ()
    if handover.deployment and not handover.is_running:
        chosen = {parameter.name: await keys.of_link(parameter.link).choose()
                  for parameter in handover.deployment.parameters}
        await submit(arm, handover.deployment, chosen)
        begun = handed_over(plan)
    elif not handover.deployment:
        begun = await _begin(arm, plan, keys)
    changes = [step.change() for step in (*quick.writes, *begun) if step in begun or step.id in outcome.written]
    return _shape(handover, changes)


async def _begin(arm: Arm, plan: Plan, keys: Keys) -> list[Step]:
    """Start what can be started now: gateways at once, connections where both of their gateways are there."""
    ahead = {step.id for step in plan.steps} - {step.id for step in quick_steps(plan)}
    steps = [step for step in handed_over(plan) if not ahead & set(step.needs)]

    async def start(step: Step) -> None:
        key = await keys.of(step.id).choose() if isinstance(step.resource, Connection) else None
        await arm.put(step.id, to_arm(step.resource, key), aux_tenant(step.resource))
    await asyncio.gather(*map(start, steps))
    return steps


def _shape(handover: Handover, changes: list[dict]) -> dict:
    """What `--no-wait` returns; `next` is what to type to follow the work."""
    target = handover.target
    return {'name': handover.name, 'status': 'Updating' if handover.plan.steps else 'Unknown',
            'deployment': {'id': str(target), 'name': target.name, 'provisioningState': 'Running'} if target else None,
            'next': _next(handover), 'changes': changes}


def _next(handover: Handover) -> str | None:
    halves = [half for link in handover.plan.links for half in link.halves if half]
    pair = f' --ids {halves[0]}' if len(handover.plan.links) == 1 else ''
    if handover.target:
        return f'az vnet2vnet wait{pair} --deployment {handover.target}'
    gateways = [str(step.id) for step in handover.plan.steps if step.id.is_a(GATEWAY_TYPE)]
    if gateways:
        return f"az network vnet-gateway wait --created --ids {' '.join(gateways)}"
    return f'az vnet2vnet wait{pair}' if pair else None
