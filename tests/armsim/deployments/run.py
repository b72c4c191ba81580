"""The engine: it writes what a plan names as soon as what each waits for is there, and tells how that went."""

from dataclasses import replace
from typing import Any

from tests.armsim.deployments.bodies import body_of, is_nested
from tests.armsim.deployments.failures import deployment_error, fail, refuse
from tests.armsim.deployments.plan import Plan, empty_scope, find
from tests.armsim.deployments.scope import Place, Scope, evaluate
from tests.armsim.deployments.template import TYPES, is_secure
from tests.armsim.fabric import Caller, Fabric
from tests.armsim.wire import ArmError, Request, Response

RETRY = 20.0  # Decision: how long a deployment waits after a 429 or 409 of a resource.
STEP = 1.0
ACTIVE = ('Accepted', 'Running')
# What a deployment needs while it runs and may not keep: the values of secure parameters are in it.
WORK = ('values', 'secrets', 'variables', 'outputs')


def work_of(plan: Plan) -> dict[str, Any]:
    """What of a plan a deployment keeps while it runs, as JSON data."""
    template = plan.template
    return {
        'place': [plan.place.subscription, plan.place.group],
        'hash': template.hash,
        'shown': template.shown,
        'steps': plan.steps,
        'values': template.values,
        'secrets': template.secrets,
        'variables': template.variables,
        'outputs': template.outputs,
    }


def _scope(fabric: Fabric, deployment: dict) -> Scope:
    bare = empty_scope(fabric, Place(*deployment['place']), deployment['name'])
    return replace(
        bare, parameters={**deployment['values'], **deployment['secrets']}, variables=deployment['variables']
    )


def caller_of(deployment: dict) -> Caller:
    """Who asked for a deployment; its requests are made in that name."""
    first, *auxiliary = (Caller(*one) for one in deployment['caller'])
    return replace(first, auxiliary=tuple(auxiliary))


def begin(fabric: Fabric, deployment: dict) -> None:
    """Let a deployment that was accepted start."""
    fabric.world.deployments[deployment['id'].lower()] = deployment
    fabric.schedule(fabric.now + STEP, 'deployment', deployment['id'].lower())


def go_on(fabric: Fabric, key: str) -> None:
    """The effect of a deployment's event: look after what runs, start what can be started, and end."""
    deployment = fabric.world.deployments.get(key)
    if deployment is None or deployment['state'] not in ACTIVE:
        return
    deployment['state'] = 'Running'
    steps = deployment['steps']
    for step in steps:
        if step['state'] == 'running':
            _look_after(fabric, step)
    done = {step['id'] for step in steps if step['state'] == 'done'}
    for step in steps:
        if step['state'] == 'waiting' and step['due'] <= fabric.now and done.issuperset(step['after']):
            _start(fabric, deployment, step)
    deployment['changed'] = fabric.now
    done = {step['id'] for step in steps if step['state'] == 'done'}
    waiting = [step for step in steps if step['state'] == 'waiting' and done.issuperset(step['after'])]
    if waiting:
        wake = max(min(step['due'] for step in waiting), fabric.now + STEP)
        if not fabric.now < deployment['wake'] <= wake:
            deployment['wake'] = wake
            fabric.schedule(wake, 'deployment', key)
    elif not any(step['state'] == 'running' for step in steps):
        _end(fabric, deployment)


def _send(
    fabric: Fabric, deployment: dict, step: dict, method: str, body: Any = None, version: str = ''
) -> tuple[Response, dict | None]:
    request = Request(
        method, step['id'], {'api-version': version or step['version']}, {}, body, origin=deployment['origin']
    )
    return fabric.send(request, caller_of(deployment))


def _start(fabric: Fabric, deployment: dict, step: dict) -> None:
    try:
        body = body_of(step, _scope(fabric, deployment))
    except ArmError as error:  # the group was deleted meanwhile
        step['begun'] = step['ended'] = fabric.now
        refuse(step, error.response())
        return
    response, operation = _send(fabric, deployment, step, 'PUT', body)
    step['begun'] = fabric.now if step['begun'] is None else step['begun']
    step['ended'] = fabric.now
    if _is_busy(fabric, response):
        step['due'] = fabric.now + RETRY
    elif response.status >= 400:
        refuse(step, response)
    elif is_nested(step):
        step['state'] = 'running'
        fabric.world.deployments[step['id'].lower()]['parent'] = deployment['id'].lower()
    elif operation:
        step.update(state='running', operation=operation['id'])
        operation.setdefault('waiters', []).append(deployment['id'].lower())
    else:
        step.update(state='done', status='Created' if response.status == 201 else 'OK')


def _is_busy(fabric: Fabric, response: Response) -> bool:
    """Whether a write is to be tried again: after a 429 (recorded: a connection waited so for 35 minutes), and after a
    409 for an operation in progress (the settings say otherwise where the reported failures are wanted)."""
    if response.status == 429:
        return True
    return (
        response.status == 409
        and fabric.settings.deployments_retry_conflicts
        and response.body['error']['code'] == 'AnotherOperationInProgress'
    )


def _look_after(fabric: Fabric, step: dict) -> None:
    if is_nested(step):
        child = fabric.world.deployments.get(step['id'].lower())
        if child and child['state'] in ACTIVE:
            return
        error = (child or {}).get('error') or {}
        state = child['state'] if child else 'Failed'
    else:
        operation = fabric.world.operations[step['operation']]
        if not operation['settled']:
            return
        error = {**operation['error'], 'details': []} if operation['error'] else {}
        state = 'Failed' if error else 'Succeeded'
    step['ended'] = fabric.now
    if state == 'Succeeded':
        step.update(state='done', status='OK')
    else:
        fail(step, error, state)


def _end(fabric: Fabric, deployment: dict) -> None:
    deployment['state'] = 'Succeeded'
    if any(step['state'] == 'failed' for step in deployment['steps']):
        deployment['state'] = 'Failed'
        deployment['error'] = deployment_error(fabric, deployment)
    elif deployment['outputs'] is not None:
        try:
            deployment['results'] = _results(fabric, deployment)
        except ArmError as error:
            # Code and text reported; decision: what is in details.
            deployment['state'] = 'Failed'
            deployment['error'] = {
                'code': 'DeploymentOutputEvaluationFailed',
                'message': 'Unable to evaluate template outputs: '
                f"'{','.join(deployment['outputs'])}'. Please see error details and deployment operations. "
                'Please see https://aka.ms/arm-common-errors for usage details.',
                'details': [{'code': error.code, 'message': error.message}],
            }
    _close(fabric, deployment)


def _close(fabric: Fabric, deployment: dict) -> None:
    """Forget what only a running deployment may know, and tell the deployment that waits for this one."""
    deployment['changed'] = fabric.now
    for name in WORK:
        deployment[name] = None
    for step in deployment['steps']:
        step['resource'] = None
    if deployment['parent']:
        fabric.schedule(fabric.now, 'deployment', deployment['parent'])


def cancel(fabric: Fabric, deployment: dict) -> None:
    """Stop a deployment: nothing more is begun, and what the providers are writing goes on (documented).

    Decision: at once, and nested deployments with it.
    """
    deployment['state'] = 'Canceled'
    for step in deployment['steps']:
        child = fabric.world.deployments.get(step['id'].lower()) if is_nested(step) else None
        if step['state'] == 'running' and child and child['state'] in ACTIVE:
            cancel(fabric, child)
        if step['state'] in ('running', 'waiting'):
            step.update(state='canceled', ended=fabric.now)
    _close(fabric, deployment)


def _results(fabric: Fabric, deployment: dict) -> dict[str, dict]:
    def reference(name: str, version: str) -> Any:
        step = {'id': name, 'version': version} if name.startswith('/') and version else find(deployment['steps'], name)
        response, _ = _send(fabric, deployment, step, 'GET', version=version)
        if response.status >= 400:
            error = response.body['error']
            raise ArmError(response.status, error['code'], error['message'])
        return response.body.get('properties') or {}

    scope = replace(_scope(fabric, deployment), reference=reference)
    results = {}
    for name, output in deployment['outputs'].items():
        kind = TYPES[output['type'].lower()][0]
        # Decision: a secure output has its type alone, as a secure parameter has (recorded). A secure value in an
        # output of another type is printed as it is (documented): Azure does not look where it came from.
        results[name] = {'type': kind} if is_secure(kind) else {'type': kind, 'value': evaluate(output['value'], scope)}
    return results
