"""Group deployments of Resource Manager: templates whose resources are written by requests of their own."""
import hashlib
import json
import re
from typing import Any

from tests.armsim.clock import iso
from tests.armsim.fabric import Call, Caller, Fabric, not_simulated
from tests.armsim.groups import require_group
from tests.armsim.operations import whole_seconds
from tests.armsim.wire import ArmError, Request, Response

RETRY = 20.0  # Decision: how long a deployment waits after a 429 or 409 of a resource.
STEP = 1.0
WRITTEN = ('location', 'tags', 'properties', 'sku', 'zones')  # what goes from a template's resource into the PUT
PARAMETERS = re.compile(r"^\[parameters\('([^']+)'\)\]$")
STATUS_NAMES = {400: 'BadRequest', 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict'}
REFERENCE = re.compile(r"^\[reference\('([^']+)'\)\]$")
FAILED_TEXT = ('At least one resource deployment operation failed. Please list deployment operations for details. '
               'Please see https://aka.ms/DeployOperations for usage details.')


def _invalid(message: str) -> ArmError:
    return ArmError(400, 'InvalidTemplate', f"Deployment template validation failed: '{message}'.")


def evaluate(value: Any, parameters: dict[str, Any]) -> Any:
    """A template's value with its `[parameters('x')]` filled in. Raises ArmError 400 for any other expression."""
    if isinstance(value, dict):
        return {key: evaluate(entry, parameters) for key, entry in value.items()}
    if isinstance(value, list):
        return [evaluate(entry, parameters) for entry in value]
    if isinstance(value, str) and value.startswith('[') and value.endswith(']'):
        if value.startswith('[['):
            return value[1:]
        found = PARAMETERS.match(value)
        if not found:
            raise not_simulated(f'the template expression {value}')
        name = next((name for name in parameters if name.lower() == found.group(1).lower()), None)
        if name is None:
            raise _invalid(f"The template parameter '{found.group(1)}' is not found.")
        return parameters[name]
    return value


def _parameters(properties: dict) -> tuple[dict[str, Any], dict[str, dict]]:
    """The values of a template's parameters, and how a deployment shows them: a secure one without its value."""
    declared = properties['template'].get('parameters') or {}
    given = properties.get('parameters') or {}
    unknown = set(given) - set(declared)
    if unknown:
        raise _invalid(f"The template parameters '{', '.join(sorted(unknown))}' in the parameters file are not valid; "
                       'they are not present in the original template and can therefore not be provided at deployment '
                       'time')
    values, shown = {}, {}
    for name, declaration in declared.items():
        if name in given:
            values[name] = given[name].get('value')
        elif 'defaultValue' in declaration:
            values[name] = declaration['defaultValue']
        else:
            raise _invalid(f"The value for the template parameter '{name}' at line '1' and column '1' is not provided")
        kind = declaration['type']
        if kind.lower().startswith('secure'):
            shown[name] = {'type': 'SecureString' if kind.lower() == 'securestring' else 'SecureObject'}
        else:
            shown[name] = {'type': kind[0].upper() + kind[1:], 'value': values[name]}
    return values, shown


def _plan(fabric: Fabric, call: Call) -> dict:
    """Read a deployment's body; the resources get their ids, bodies and what they depend on."""
    properties = (call.body or {}).get('properties') or {}
    template = properties.get('template')
    if not isinstance(template, dict):
        raise ArmError(400, 'InvalidRequestContent', 'The request content was invalid: the template is required.')
    if (properties.get('mode') or '').lower() != 'incremental':
        raise not_simulated(f'the deployment mode {properties.get("mode")}')
    unknown = set(template) - {'$schema', 'contentVersion', 'parameters', 'variables', 'resources', 'outputs',
                               'metadata'}
    if unknown or template.get('variables'):
        raise not_simulated(f'{sorted(unknown) or ["variables"]} in templates')
    group = require_group(fabric, call.target.subscription, call.target.group)
    values, shown = _parameters(properties)
    steps = [_step(evaluate(resource, values), group['id']) for resource in template.get('resources') or []]
    for step in steps:
        for wanted in step['after']:
            if not any(_is_named(other, wanted) for other in steps):
                raise _invalid(f"The resource '{wanted}' is not defined in the template")
    content = hashlib.blake2b(json.dumps(template, sort_keys=True).encode(), digest_size=8).digest()
    return {'steps': steps, 'shown': shown, 'outputs': template.get('outputs') or {},
            'hash': str(int.from_bytes(content, 'big'))}


def _step(resource: dict, group_id: str) -> dict:
    kind, name = resource['type'], resource['name']
    unknown = set(resource) - {*WRITTEN, 'type', 'name', 'apiVersion', 'dependsOn', 'comments', 'metadata'}
    if unknown:
        raise not_simulated(f"{sorted(unknown)} in a template's resource")
    namespace, *kinds = kind.split('/')
    path = '/'.join(part for pair in zip(kinds, name.split('/')) for part in pair)
    body = {key: resource[key] for key in WRITTEN if resource.get(key) is not None}
    return {'id': f'{group_id}/providers/{namespace}/{path}', 'type': kind, 'name': name,
            'version': resource['apiVersion'], 'body': body, 'after': resource.get('dependsOn') or [],
            'state': 'waiting', 'operation': None, 'due': 0.0, 'location': resource.get('location')}


def _is_named(step: dict, wanted: str) -> bool:
    wanted = wanted.lower()
    return wanted in (step['id'].lower(), step['name'].lower(), f'{step["type"]}/{step["name"]}'.lower())


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
    return {'dependsOn': [_short(other) for wanted in step['after'] for other in steps if _is_named(other, wanted)],
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
    url = (f'{call.request.origin}{call.id}/operationStatuses/{number}?api-version={call.version}')
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
    return all(other['state'] == 'done' for wanted in step['after'] for other in steps if _is_named(other, wanted))


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
    step = next(step for step in deployment['steps'] if _is_named(step, found.group(1)))
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
