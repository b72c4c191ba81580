"""What is answered about deployments: the deployment itself, and a row per operation of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.armsim.clock import iso
from tests.armsim.deployments.bodies import is_nested
from tests.armsim.deployments.run import ACTIVE
from tests.armsim.fabric import Fabric, digest

TYPED = '2019-05-01'  # recorded: no type in 2018-05-01, but in 2019-07-01
STATES = {'waiting': 'Running', 'running': 'Running', 'done': 'Succeeded', 'failed': 'Failed', 'canceled': 'Canceled'}


def duration(seconds: float) -> str:
    """A duration as Azure prints it: PT6M30.2320509S (recorded)."""
    minutes, rest = divmod(max(seconds, 0.0), 60)
    hours, minutes = divmod(int(minutes), 60)
    text = f'{rest:.7f}'.rstrip('0').rstrip('.')
    parts = [f'{hours}H' if hours else '', f'{minutes}M' if minutes else '', f'{text}S' if text != '0' else '']
    return 'PT' + (''.join(parts) or '0S')


def body(fabric: Fabric, deployment: Mapping[str, Any], version: str) -> dict:
    """A deployment as GET and PUT answer with it in an api-version."""
    steps = deployment['steps']
    properties = {
        'templateHash': deployment['hash'],
        **({} if deployment['shown'] is None else {'parameters': deployment['shown']}),
        'mode': 'Incremental',
        'provisioningState': deployment['state'],
        'timestamp': iso(deployment['changed']),
        'duration': duration(deployment['changed'] - deployment['start']),
        'correlationId': deployment['correlation'],
        'providers': _providers(steps),
        'dependencies': [_dependency(step, steps) for step in steps if step['after']],
    }
    if deployment['results'] is not None:
        properties['outputs'] = deployment['results']
    if deployment['state'] == 'Succeeded':
        # Recorded: those of the nested deployments in place of these, all in the order of their ids.
        properties['outputResources'] = [{'id': one} for one in sorted(written(fabric, deployment))]
    if deployment['error']:
        properties['error'] = deployment['error']
    kind = {'type': 'Microsoft.Resources/deployments'} if version >= TYPED else {}
    kept = {key: deployment[key] for key in ('location', 'tags') if deployment[key]}
    return {'id': deployment['id'], 'name': deployment['name'], **kind, **kept, 'properties': properties}


def written(fabric: Fabric, deployment: Mapping[str, Any]) -> Iterator[str]:
    """The ids of what a deployment wrote, with its nested ones."""
    for step in deployment['steps']:
        child = fabric.world.deployments.get(step['id'].lower()) if is_nested(step) else None
        if child:
            yield from written(fabric, child)
        elif not is_nested(step) and step['state'] == 'done':
            yield step['id']


def _providers(steps: list[dict]) -> list[dict]:
    found: dict[str, dict[str, list]] = {}
    for step in steps:
        namespace, _, kind = step['type'].partition('/')
        locations = found.setdefault(namespace, {}).setdefault(kind, [])
        if step['location'] not in locations:
            locations.append(step['location'])
    return [
        {
            'namespace': namespace,
            'resourceTypes': [{'resourceType': kind, 'locations': locations} for kind, locations in kinds.items()],
        }
        for namespace, kinds in found.items()
    ]


def _short(step: Mapping[str, Any]) -> dict:
    return {'id': step['id'], 'resourceType': step['type'], 'resourceName': step['name']}


def _dependency(step: Mapping[str, Any], steps: list[dict]) -> dict:
    others = {other['id']: other for other in steps}
    return {'dependsOn': [_short(others[wanted]) for wanted in step['after']], **_short(step)}


def status(deployment: Mapping[str, Any]) -> dict:
    """What operationStatuses answers: the state, and the error of a failed deployment (recorded).

    Decision: a cancelled one has no error.
    """
    return {'status': deployment['state'], **({'error': deployment['error']} if deployment['error'] else {})}


def operations(deployment: Mapping[str, Any]) -> list[dict]:
    """A row per resource that was begun, in the order in which they ended, and one for the outputs (recorded)."""
    begun = sorted((step for step in deployment['steps'] if step['begun'] is not None), key=lambda step: step['ended'])
    rows = [_row(deployment, step) for step in begun]
    if deployment['state'] == 'Succeeded':
        rows.append(
            _operation(
                deployment,
                deployment['number'],
                {
                    'provisioningOperation': 'EvaluateDeploymentOutput',
                    'provisioningState': 'Succeeded',
                    'timestamp': iso(deployment['changed']),
                    'duration': 'PT0.6340636S',
                    'trackingId': deployment['correlation'],
                    'statusCode': 'OK',
                },
            )
        )
    return rows


def _row(deployment: Mapping[str, Any], step: Mapping[str, Any]) -> dict:
    properties = {
        'provisioningOperation': 'Create',
        'provisioningState': STATES[step['state']],
        'timestamp': iso(step['ended']),
        'duration': duration(step['ended'] - step['begun']),
        'trackingId': step['tracking'],
        'statusCode': step['status'] or 'Created',
    }
    if step['message']:
        # Decision: the whole answer, as an object; no failing row was recorded.
        properties['statusMessage'] = step['message']
    number = digest(deployment['correlation'], step['id']).hex()[:16].upper()
    return _operation(deployment, number, {**properties, 'targetResource': _short(step)})


def _operation(deployment: Mapping[str, Any], number: str, properties: dict) -> dict:
    return {'id': f'{deployment["id"]}/operations/{number}', 'operationId': number, 'properties': properties}


def is_active(deployment: Mapping[str, Any] | None) -> bool:
    """Whether a deployment is there and has not ended."""
    return deployment is not None and deployment['state'] in ACTIVE
