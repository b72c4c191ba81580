"""Group deployments of Resource Manager: templates whose resources are written by requests of their own."""
import json
import re
from typing import Any

from tests.armsim.clock import iso
from tests.armsim.fabric import Call, Caller, Fabric
from tests.armsim.groups import require_group
from tests.armsim.operations import whole_seconds
from tests.armsim.templates import evaluate, is_named, read_deployment
from tests.armsim.wire import ArmError, Request, Response

RETRY = 20.0  # Decision: how long a deployment waits after a 429 or 409 of a resource.
STEP = 1.0
STATUS_NAMES = {400: 'BadRequest', 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict'}
REFERENCE = re.compile(r"^\[reference\('([^']+)'\)\]$")
FAILED_TEXT = ('At least one resource deployment operation failed. Please list deployment operations for details. '
               'Please see https://aka.ms/DeployOperations for usage details.')


def _plan(fabric: Fabric, call: Call) -> dict:
    group = require_group(fabric, call.target.subscription, call.target.group)
    return read_deployment(call.body, group['id'])


def _body(deployment: dict) -> dict:
    properties = {'templateHash': deployment['hash'], 'parameters': deployment['shown'], 'mode': 'Incremental',
                  'provisioningState': deployment['state'], 'timestamp': iso(deployment['changed']),
                  'duration': f'PT{deployment["changed"] - deployment["start"]:.7f}S',
                  'correlationId': deployment['correlation'], 'providers': _providers(deployment['steps']),
                  'dependencies': [_dependency(step, deployment['steps'])
                                   for step in deployment['steps'] if step['after']]}
    if deployment['state'] == 'Succeeded':
        if deployment['results'] is not None:
            properties['outputs'] = deployment['results']
        properties['outputResources'] = [{'id': step['id']} for step in deployment['steps']]
    if deployment['error']:
        properties['error'] = deployment['error']
    return {'id': deployment['id'], 'name': deployment['name'], 'type': 'Microsoft.Resources/deployments',
            'properties': properties}


def _providers(steps: list[dict]) -> list[dict]:
    found: dict[str, dict[str, list]] = {}
    for step in steps:
        namespace, _, kind = step['type'].partition('/')
        locations = found.setdefault(namespace, {}).setdefault(kind, [])
        if step['location'] not in locations:
            locations.append(step['location'])
    return [{'namespace': namespace, 'resourceTypes': [{'resourceType': kind, 'locations': locations}
                                                       for kind, locations in kinds.items()]}
            for namespace, kinds in found.items()]


def _short(step: dict) -> dict:
    return {'id': step['id'], 'resourceType': step['type'], 'resourceName': step['name']}


def _dependency(step: dict, steps: list[dict]) -> dict:
    return {'dependsOn': [_short(other) for wanted in step['after'] for other in steps if is_named(other, wanted)],
            **_short(step)}


def put_deployment(fabric: Fabric, call: Call) -> Response:
    """PUT: 201 or 200 Accepted, with the URL of its status (recorded)."""
    plan = _plan(fabric, call)
    known = fabric.world.deployments.get(call.id.lower())
    if known and known['state'] in ('Accepted', 'Running'):
        raise ArmError(409, 'DeploymentActive',
                       f"Unable to edit or replace deployment '{call.name}': previous deployment from "
                       f"'{iso(known['start'])}' is still active (expiration time is "
                       f"'{iso(known['start'] + 604800)}'). Please see https://aka.ms/arm-deploy for usage details.")
    number = f'0858{int.from_bytes(fabric.guid().encode()[:7], "big") % 10 ** 16:016d}'
    deployment = {
        'id': call.id, 'name': call.name, 'state': 'Accepted', 'start': fabric.now, 'changed': fabric.now,
        'number': number, 'correlation': fabric.guid(), 'error': None, 'results': None, **plan,
        'origin': call.request.origin,
        'caller': [[one.object_id, one.name, one.tenant] for one in (call.caller, *call.caller.auxiliary)]}
    fabric.world.deployments[call.id.lower()] = deployment
    fabric.schedule(fabric.now + STEP, 'deployment', call.id.lower())
    url = f'{call.request.origin}{call.id}/operationStatuses/{number}?api-version={call.version}'
    return Response(200 if known else 201, _body(deployment),
                    {'Azure-AsyncOperation': url, 'Retry-After': whole_seconds(fabric, 5)})


def go_on(fabric: Fabric, key: str) -> None:
    """The effect of a deployment's event: start what can be started, look after what runs, and end.

    429 and 409 of a resource are tried again, as Resource Manager does (recorded: a connection waited for 35 minutes).
    """
    deployment = fabric.world.deployments.get(key)
    if deployment is None or deployment['state'] not in ('Accepted', 'Running'):
        return
    deployment['state'] = 'Running'
    steps = deployment['steps']
    for step in steps:
        if step['state'] == 'running':
            _look_after(fabric, step)
    for step in steps:
        if step['state'] == 'waiting' and step['due'] <= fabric.now and _is_free(step, steps):
            _start(fabric, deployment, step)
    deployment['changed'] = fabric.now
    if any(step['state'] == 'running' or step['state'] == 'waiting' and _is_free(step, steps) for step in steps):
        running = [fabric.world.operations[step['operation']]['due'] for step in steps if step['state'] == 'running']
        waiting = [step['due'] for step in steps if step['state'] == 'waiting' and _is_free(step, steps)]
        fabric.schedule(max(min([*running, *waiting]), fabric.now + STEP), 'deployment', key)
    else:
        _end(fabric, deployment)


def _is_free(step: dict, steps: list[dict]) -> bool:
    return all(other['state'] == 'done' for wanted in step['after'] for other in steps if is_named(other, wanted))


def _send(fabric: Fabric, deployment: dict, step: dict, method: str) -> tuple[Response, dict | None]:
    callers = [Caller(*one) for one in deployment['caller']]
    caller = Caller(callers[0].object_id, callers[0].name, callers[0].tenant, tuple(callers[1:]))
    body = step['body'] if method == 'PUT' else None
    request = Request(method, step['id'], {'api-version': step['version']}, {}, body, origin=deployment['origin'])
    return fabric.send(request, caller)


def _nested(body: Any) -> str:
    """JSON within a string, as an error's details carry it (recorded)."""
    return json.dumps(body, indent=2).replace('\n', '\r\n')


def _start(fabric: Fabric, deployment: dict, step: dict) -> None:
    response, operation = _send(fabric, deployment, step, 'PUT')
    if response.status in (429, 409) and 'ScopeLocked' not in json.dumps(response.body):
        step['due'] = fabric.now + RETRY
    elif response.status >= 400:
        step['state'] = 'failed'
        step['error'] = {'code': STATUS_NAMES.get(response.status, 'InternalServerError'),
                         'message': _nested(response.body)}
        if response.headers.get('x-ms-failure-cause') == 'gateway':
            step['error'] = response.body['error']  # Decision: Resource Manager's own errors come unwrapped.
    else:
        step['state'] = 'running' if operation else 'done'
        step['operation'] = operation['id'] if operation else None


def _look_after(fabric: Fabric, step: dict) -> None:
    operation = fabric.world.operations[step['operation']]
    if not operation['settled']:
        return
    if operation['error']:  # the wrapping is reported
        step['state'] = 'failed'
        inner = {'status': 'Failed', 'error': {
            'code': 'ResourceDeploymentFailure',
            'message': "The resource operation completed with terminal provisioning state 'Failed'.",
            'details': [{**operation['error'], 'details': []}]}}
        step['error'] = {'code': 'Conflict', 'message': _nested(inner)}
    else:
        step['state'] = 'done'


def _end(fabric: Fabric, deployment: dict) -> None:
    errors = [step['error'] for step in deployment['steps'] if step['state'] == 'failed']
    deployment['changed'] = fabric.now
    for step in deployment['steps']:
        step['body'] = None
    if errors:
        deployment['state'] = 'Failed'
        deployment['error'] = {'code': 'DeploymentFailed', 'message': FAILED_TEXT, 'details': errors}
        return
    deployment['state'] = 'Succeeded'
    if deployment['outputs']:
        deployment['results'] = {name: _output(fabric, deployment, output)
                                 for name, output in deployment['outputs'].items()}


def _output(fabric: Fabric, deployment: dict, output: dict) -> dict:
    kind = output['type'][0].upper() + output['type'][1:]
    found = REFERENCE.match(output['value']) if isinstance(output['value'], str) else None
    if not found:
        return {'type': kind, 'value': evaluate(output['value'], {})}
    step = next(step for step in deployment['steps'] if is_named(step, found.group(1)))
    response, _ = _send(fabric, deployment, step, 'GET')
    return {'type': kind, 'value': response.body['properties']}


def _require(fabric: Fabric, call: Call) -> dict:
    require_group(fabric, call.target.subscription, call.target.group)
    deployment = fabric.world.deployments.get(call.id.lower())
    if deployment is None:
        raise ArmError(404, 'DeploymentNotFound', f"Deployment '{call.id.rsplit('/', 1)[-1]}' could not be found.")
    return deployment


def get_deployment(fabric: Fabric, call: Call) -> Response:
    """GET of a deployment."""
    return Response(200, _body(_require(fabric, call)))


def list_deployments(fabric: Fabric, call: Call) -> Response:
    """GET of a group's deployments."""
    prefix = require_group(fabric, call.target.subscription, call.target.group)['id'].lower() + '/'
    return Response(200, {'value': [_body(deployment) for key, deployment in fabric.world.deployments.items()
                                    if key.startswith(prefix)]})


def get_status(fabric: Fabric, call: Call) -> Response:
    """GET of a deployment's status: HTTP 200 for failures too (recorded)."""
    deployment = _require(fabric, call)
    if deployment['number'] != call.name:
        raise ArmError(404, 'DeploymentOperationNotFound', f"Deployment operation '{call.name}' could not be found.")
    if deployment['state'] in ('Accepted', 'Running'):
        return Response(200, {'status': deployment['state']})
    body = {'status': deployment['state']}
    return Response(200, {**body, 'error': deployment['error']} if deployment['error'] else body)


def list_operations(fabric: Fabric, call: Call) -> Response:
    """GET of a deployment's operations, a row per resource that was begun."""
    deployment = _require(fabric, call)
    value = []
    for index, step in enumerate(deployment['steps']):
        if step['state'] == 'waiting':
            continue
        state = {'running': 'Running', 'done': 'Succeeded', 'failed': 'Failed'}[step['state']]
        properties = {'provisioningOperation': 'Create', 'provisioningState': state,
                      'timestamp': iso(deployment['changed']), 'duration': 'PT1S',
                      'trackingId': deployment['correlation'],
                      'statusCode': {'Succeeded': 'OK', 'Running': 'Created', 'Failed': 'Conflict'}[state],
                      'targetResource': _short(step)}
        if step['state'] == 'failed':
            properties['statusMessage'] = {'status': 'Failed', 'error': step['error']}
        number = f'{index:016X}'
        value.append({'id': f'{deployment["id"]}/operations/{number}', 'operationId': number, 'properties': properties})
    return Response(200, {'value': value})


def validate_deployment(fabric: Fabric, call: Call) -> Response:
    """POST validate: what a deployment would write, without asking the resource providers (recorded)."""
    plan = _plan(fabric, call)
    deployment = {'id': call.id, 'name': call.id.rsplit('/', 1)[-1], 'state': 'Succeeded', 'start': fabric.now,
                  'changed': fabric.now, 'correlation': fabric.guid(), 'error': None, 'results': None, **plan}
    body = _body(deployment)
    body['properties'].pop('outputResources')
    body['properties']['validatedResources'] = [{'id': step['id']} for step in plan['steps']]
    return Response(200, body)
