"""How a deployment tells what went wrong: errors within strings within errors."""

import json
from collections.abc import Mapping
from typing import Any

from tests.armsim.fabric import Fabric
from tests.armsim.wire import Response

STATUS_NAMES = {
    400: 'BadRequest',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    409: 'Conflict',
    429: 'TooManyRequests',
    500: 'InternalServerError',
    501: 'NotImplemented',
    503: 'ServiceUnavailable',
}
OPERATION_FAILED = "The resource operation completed with terminal provisioning state '{}'."
# Reported from 2023 on, where errors are not wrapped into strings.
WRITE_FAILED = (
    "The resource write operation failed to complete successfully, because it reached terminal provisioning state '{}'."
)
DEPLOYMENT_FAILED = (
    'At least one resource deployment operation failed. Please list deployment operations for '
    'details. Please see {} for usage details.'
)
RETARGETED = '2024-01-01'  # Decision: the api-version stands for the date; recorded so in 2024, not in 2021.


def refuse(step: dict, response: Response) -> None:
    """Note that the write of a step's resource was refused.

    Resource Manager's own errors come unwrapped (recorded 2024).
    """
    step.update(
        state='failed',
        status=STATUS_NAMES.get(response.status, str(response.status)),
        message=response.body,
        own=response.headers.get('x-ms-failure-cause') == 'gateway',
    )


def fail(step: dict, error: Mapping[str, Any], state: str = 'Failed') -> None:
    """Note that the operation of a step's resource, or its nested deployment, ended in `state` with `error`."""
    inner = {'code': 'ResourceDeploymentFailure', 'message': OPERATION_FAILED.format(state)}
    if error:
        inner['details'] = [dict(error)]
    step.update(state='failed', status='Conflict', message={'status': state, 'error': inner})


def deployment_error(fabric: Fabric, deployment: Mapping[str, Any]) -> dict:
    """The error of a deployment with the errors of its steps in it; wrapped as recorded, or as the settings say."""
    details = [_detail(fabric, step) for step in deployment['steps'] if step['state'] == 'failed']
    recent = deployment['version'] >= RETARGETED
    address = 'https://aka.ms/arm-deployment-operations' if recent else 'https://aka.ms/DeployOperations'
    return {
        'code': 'DeploymentFailed',
        **({'target': deployment['id']} if recent else {}),
        'message': DEPLOYMENT_FAILED.format(address),
        'details': details,
    }


def _detail(fabric: Fabric, step: Mapping[str, Any]) -> dict:
    message = step['message']
    if step['own']:
        return message['error']
    if not fabric.settings.deployment_errors_unwrapped:
        return {'code': step['status'], 'message': _as_string(message)}
    error = {key: value for key, value in message['error'].items() if key != 'message'}
    state = message.get('status')
    text = WRITE_FAILED.format(state) if state else message['error']['message']
    return {'code': error.pop('code'), **({'target': step['id']} if state else {}), 'message': text, **error}


def _as_string(body: Any) -> str:
    """JSON within a string, with the line breaks that the recorded ones have."""
    return json.dumps(body, indent=2).replace('\n', '\r\n')
