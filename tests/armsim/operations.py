"""Long-running operations on the wire: first answers, polls, results, and the errors of busy resources."""

import base64
from functools import lru_cache
from math import ceil

from tests.armsim.clock import ticks
from tests.armsim.fabric import Call, Fabric, digest
from tests.armsim.wire import ArmError, Request, Response

LADDER = (10, 10, 20, 20, 40, 40, 80, 160)  # recorded; from then on 100
LATER = 100
BUSY = 12  # what a busy resource tells to wait (recorded)


def retry_after(step: int) -> int:
    """The Retry-After of the step-th answer of one operation, in Azure seconds (recorded 2023 and 2025)."""
    return LADDER[step] if step < len(LADDER) else LATER


def whole_seconds(fabric: Fabric, seconds: float) -> str:
    """Azure seconds on the client's clock as a whole number from 1 on: SDKs parse first answers with int()."""
    return str(max(1, ceil(seconds / fabric.settings.speed - 1e-9)))


def exact_seconds(fabric: Fabric, seconds: float) -> str:
    """Azure seconds on the client's clock, with a fraction where need be, for polls and refusals."""
    return f'{max(seconds / fabric.settings.speed, 0.001):.3f}'.rstrip('0').rstrip('.')


@lru_cache(maxsize=1024)
def _text(length: int, *parts: object) -> str:
    data = b''
    while len(data) < length:
        data += digest(*parts, len(data))
    return base64.urlsafe_b64encode(data)[:length].decode()


def sign(fabric: Fabric, operation_id: str, place: str, moment: float) -> str:
    """The signature query that poll URLs carry since 2025, about 3 KB; '' where the settings leave it out."""
    if not fabric.settings.signed_urls:
        return ''
    seed = fabric.settings.seed
    return (
        f'&t={ticks(moment)}&c={_text(2600, seed, "certificate")}&s={_text(342, seed, operation_id, place)}'
        f'&h={_text(43, seed, place, operation_id)}'
    )


def _url(fabric: Fabric, operation: dict, origin: str, place: str) -> str:
    version = fabric.settings.poll_url_version or operation['version']
    return (
        f'{origin}/subscriptions/{operation["subscription"]}/providers/Microsoft.Network/locations/'
        f'{operation["location"]}/{place}/{operation["id"]}?api-version={version}'
        f'{sign(fabric, operation["id"], place, operation["start"])}'
    )


def lro_headers(fabric: Fabric, operation: dict, origin: str) -> dict[str, str]:
    """The headers of a first answer: no Location on PUT and PATCH, both on DELETE and POST (recorded)."""
    headers = {'Retry-After': whole_seconds(fabric, retry_after(0)), 'x-ms-request-id': operation['id']}
    if operation['kind'].startswith('query-') or (
        operation['kind'] == 'connection-reset' and fabric.settings.connection_reset_location_only
    ):
        # Recorded for queries: these have a Location only; the other header since 2023.
        return {
            'Location': _url(fabric, operation, origin, 'operationResults'),
            'azure-asyncnotification': 'Enabled',
            **headers,
        }
    headers = {
        'Azure-AsyncOperation': _url(fabric, operation, origin, 'operations'),
        'azure-asyncnotification': 'Enabled',
        'x-ms-operation-identifier': f'tenantId={operation["who"][0]},objectId={operation["who"][1]}'
        f'/{operation["location"]}/{fabric.guid()}',
        **headers,
    }
    if operation['method'] in ('DELETE', 'POST'):
        headers['Location'] = _url(fabric, operation, origin, 'operationResults')
    return headers


def _find(fabric: Fabric, call: Call, place: str) -> dict:
    operation = fabric.world.operations.get(call.name.lower())
    if (
        operation is None
        or operation['subscription'] != call.target.subscription
        or operation['location'] != call.target.names[1].lower()
        or operation.get('hidden')
    ):
        # Decision: the body of this 404 was never recorded; clients print its code as None.
        raise ArmError(404, None, f'Operation {call.name} not found.', [])
    expected = _url(fabric, operation, call.request.origin, place)
    if not same_url(call.request, expected):
        # Decision: what Azure says to a changed URL is not known; that it must come back unchanged is.
        raise ArmError(400, 'InvalidOperationUrl', f'The URL of operation {call.name} came back changed.')
    return operation


def same_url(request: Request, expected: str) -> bool:
    """Whether a request is for the very URL that an answer named."""
    if request.target:
        return request.origin + request.target == expected
    query = dict(pair.split('=', 1) for pair in expected.partition('?')[2].split('&'))
    return dict(request.query) == query


def get_operation(fabric: Fabric, call: Call) -> Response:
    """GET of an operation's status."""
    operation = _find(fabric, call, 'operations')
    if operation['status'] == 'InProgress' or operation.get('endless'):
        operation['polls'] += 1
        return Response(
            200,
            {'status': 'InProgress'},
            {'Retry-After': exact_seconds(fabric, retry_after(operation['polls']))},
            is_old(call),
        )
    if operation['error']:
        return Response(200, {'status': 'Failed', 'error': {**operation['error'], 'details': []}}, {}, is_old(call))
    body: dict = {'status': 'Succeeded'}
    if operation['method'] == 'POST':
        body['properties'] = {}
    return Response(200, body, {}, is_old(call))


def get_operation_result(fabric: Fabric, call: Call) -> Response:
    """GET of an operation's result: 204 after a DELETE, 200 with the result after a POST, 202 while it runs."""
    operation = _find(fabric, call, 'operationResults')
    headers = lro_headers(fabric, operation, call.request.origin)
    headers.pop('Retry-After')
    if operation['status'] == 'InProgress':
        operation['polls'] += 1
        return Response(202, headers={**headers, 'Retry-After': exact_seconds(fabric, retry_after(operation['polls']))})
    if operation['error']:
        # Decision: not recorded.
        raise ArmError(400, operation['error']['code'], operation['error']['message'], [])
    if operation['method'] == 'DELETE':
        return Response(204, headers=headers)
    return Response(200, operation['result'], headers, is_old(call))


def is_old(call: Call) -> bool:
    """Whether the network provider writes bodies with line breaks: recorded so up to early 2023, compact afterwards.

    Decision: the api-version of the request stands for the date.
    """
    return call.version < '2023-01-01'


def busy(fabric: Fabric, operation: dict) -> ArmError:
    """429 for a write to a resource that another operation is updating (recorded 2023)."""
    seconds = whole_seconds(fabric, BUSY)
    return ArmError(
        429,
        'RetryableError',
        'A retryable error occurred.',
        [
            {
                'code': 'RetryableErrorDueToAnotherOperation',
                'message': f'Operation {operation["name"]} ({operation["id"]}) is updating resource '
                f'{operation["resource"]}. The call can be retried in {seconds} seconds.',
            }
        ],
        {'Retry-After': exact_seconds(fabric, BUSY), 'Connection': 'close'},
    )


def not_provisioned(fabric: Fabric, resource_id: str, user: str, operation: dict | None, state: str) -> ArmError:
    """429 for a write that refers to a resource which is not in Succeeded state (recorded)."""
    name = operation['name'] if operation else 'unknown'
    return ArmError(
        429,
        'RetryableError',
        'A retryable error occurred.',
        [
            {
                'code': 'ReferencedResourceNotProvisioned',
                'message': f'Cannot proceed with operation because resource {resource_id} used by resource {user} is '
                f'not in Succeeded state. Resource is in {state} state and the last operation that updated/is updating '
                f'the resource is {name}.',
            }
        ],
        {'Retry-After': exact_seconds(fabric, 10)},
    )


def in_progress(fabric: Fabric, operation: dict, origin: str, bare: bool = False) -> ArmError:
    """409 for a write beside another one on the same or a dependent resource, with its URL or its `bare` id."""
    where = operation['id'] if bare else _url(fabric, operation, origin, 'operations')
    return ArmError(
        409,
        'AnotherOperationInProgress',
        'Another operation on this or dependent resource is in progress. To retrieve status of the '
        f'operation use uri: {where}.',
        [],
        {'Connection': 'close'},
    )
