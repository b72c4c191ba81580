"""Deployments of Azure Resource Manager: submitted, followed to their end, and what they failed at."""

import asyncio
from collections.abc import Mapping

from azext_vnet2vnet.arm.failures import OperationFailed, RequestFailed
from azext_vnet2vnet.arm.reports_from_json import failed_operations, innermost_error
from azext_vnet2vnet.arm.template import Deployment, deployment_of, handed_over, is_one_tenant, with_keys
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.observed import AT_REST, CANCELED, SUCCEEDED
from azext_vnet2vnet.network.resource_id import DEPLOYMENT_TYPE, ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.plan import Plan

_POLL_INTERVAL = 30.0  # Seconds, as azure-cli has it.
_ACTIVE = 'DeploymentActive'


async def is_running(arm: Arm, deployment: Deployment, plan: Plan) -> bool:
    """Whether Azure is at work on the deployment; not where the plan still makes its group, or it may not be read."""
    if any(step.id == deployment.home for step in plan.steps):
        return False
    try:
        answer = await arm.get(deployment.id)
    except RequestFailed as failure:
        if failure.status != 403:
            raise
        return False
    return not answer.is_missing and answer.body['properties'].get('provisioningState') not in AT_REST


async def join_running(arm: Arm, plan: Plan, report: Report, topology: str | None = None) -> bool:
    """Wait for the deployment that an earlier --no-wait handed this plan to, if it runs; whether there was one.

    What it failed at is left to the plan that is made next: it sees what is there then.
    """
    if not handed_over(plan) or not is_one_tenant(plan):
        return False
    deployment = deployment_of(plan, topology)
    if not await is_running(arm, deployment, plan):
        return False
    report.waiting(f'Azure carries out deployment {deployment.name}; waiting for it')
    try:
        await follow(arm, deployment.id)
    except OperationFailed as failure:
        report.over(f'Deployment {deployment.name} failed at {failure.target.name}; going on without it')
    else:
        report.over(f'Deployment {deployment.name} is done')
    return True


async def submit(arm: Arm, deployment: Deployment, keys: Mapping[str, SharedKey]) -> None:
    """Start a deployment, or join the one of this name that somebody else started in the meantime."""
    try:
        await arm.put(deployment.id, with_keys(deployment, keys))
    except RequestFailed as failure:
        if failure.code != _ACTIVE:
            raise


async def follow(arm: Arm, deployment: ResourceId, interval: float = _POLL_INTERVAL) -> None:
    """Wait until a deployment is over; OperationFailed with what it failed at, RequestFailed where there is none."""
    while True:
        answer = await arm.get(deployment)
        if answer.is_missing:
            raise RequestFailed('GET', str(deployment), answer.status, *answer.error)
        state = answer.body['properties'].get('provisioningState')
        if state == SUCCEEDED:
            return
        if state in AT_REST:
            raise await _failure_of(arm, deployment, answer.body)
        await arm.pause(interval)


async def _failure_of(arm: Arm, deployment: ResourceId, body: Mapping) -> OperationFailed:
    """What a deployment failed at: the first resource that failed, in whatever nested deployment it is.

    The answer of the deployment itself wraps the reason once for each level (recorded); its operations name it.
    """
    if body['properties'].get('provisioningState') == CANCELED:
        return OperationFailed(deployment, CANCELED, 'somebody cancelled the deployment')
    for target, code, text in await _failed(arm, deployment):
        return OperationFailed(target, code, text)
    return OperationFailed(deployment, *innermost_error(body['properties'].get('error')))


async def _failed(arm: Arm, deployment: ResourceId) -> list[tuple[ResourceId, str, str]]:
    try:
        rows = failed_operations(await arm.list_operations(deployment))
    except RequestFailed:
        return []
    nested = [target for target, _, _ in rows if target.is_a(DEPLOYMENT_TYPE)]
    inner = await asyncio.gather(*(_failed(arm, target) for target in nested))
    return [row for row in rows if not row[0].is_a(DEPLOYMENT_TYPE)] + [row for found in inner for row in found]
