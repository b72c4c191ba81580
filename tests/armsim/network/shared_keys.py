"""The key of a connection, which changes only through its own resource."""

import base64

from tests.armsim.access import allowed, require
from tests.armsim.fabric import Call, Fabric, digest
from tests.armsim.network import resources
from tests.armsim.network.connection_rules import LONGEST_KEY, check_key
from tests.armsim.network.methods import fingerprint
from tests.armsim.network.resources import CONNECTION
from tests.armsim.operations import is_old, lro_headers
from tests.armsim.schema import check_body
from tests.armsim.wire import ArmError, Response


def generate_key(fabric: Fabric, length: int = LONGEST_KEY) -> str:
    """A random key of letters and digits."""
    data = b''.join(digest(fabric.guid(), part) for part in range(4))
    return base64.b64encode(data, altchars=b'Ab').decode()[:length]


def get_key(fabric: Fabric, call: Call) -> Response:
    """GET sharedkey; needs a right of its own, without which there is a 403 or an empty array (reported)."""
    record = resources.require(fabric, call)
    action = CONNECTION + '/sharedKey/action'
    if not allowed(fabric, call.caller.object_id, action, record['id']):
        if not fabric.settings.shared_key_reads_as_empty_array:
            require(fabric, call.caller, action, record['id'])
        return Response(200, {'value': []}, {}, is_old(call))
    running = fabric.holder(record['id'])
    if running and running['kind'].startswith('sharedkey-'):
        return Response(200, None, {}, is_old(call))  # recorded 2017, in the second of the PUT
    return Response(200, {'value': record['key']}, {}, is_old(call))


def put_key(fabric: Fabric, call: Call) -> Response:
    """PUT sharedkey: 200 without a body and an operation (recorded); the new key counts when that is done."""
    record = resources.require(fabric, call)
    check_body(CONNECTION + '/sharedkey', call.body)
    check_key(call.body['value'], record['id'])
    running = fabric.holder(record['id'])
    if running and (running['kind'] != 'sharedkey-set' or running['body'] != fingerprint(call.body)):
        raise resources.refusal(fabric, call, running)
    call.operation = running or _start(fabric, call, record, 'sharedkey-set', call.body['value'])
    return Response(200, headers=lro_headers(fabric, call.operation, call.request.origin))


def reset_key(fabric: Fabric, call: Call) -> Response:
    """POST sharedkey/reset: a random key of keyLength letters and digits (recorded)."""
    record = resources.require(fabric, call)
    length = (call.body or {}).get('keyLength')
    if not isinstance(length, int) or isinstance(length, bool) or not 1 <= length <= LONGEST_KEY:
        raise ArmError(
            400,
            'InvalidRequestFormat',
            'Cannot parse the request.',
            [{'code': 'InvalidJson', 'message': f'keyLength must be a whole number from 1 to {LONGEST_KEY}.'}],
        )
    resources.require_idle(fabric, call, record['id'])
    operation = _start(fabric, call, record, 'sharedkey-reset', generate_key(fabric, length))
    return Response(202, headers=lro_headers(fabric, operation, call.request.origin))


def _start(fabric: Fabric, call: Call, record: dict, kind: str, key: str) -> dict:
    record['state'] = 'Updating'
    return fabric.start(
        kind,
        call,
        record['id'],
        name='SetVirtualNetworkGatewayConnectionSharedKeyOperation',
        location=record['location'],
        duration=fabric.settings.duration(kind),
        locks=(record['id'],),
        body=fingerprint(call.body),
        key=key,
    )


def finish_key(fabric: Fabric, operation: dict) -> None:
    """The effect of a new key."""
    record = resources.settle_put(fabric, operation)
    if record and not operation['error']:
        if record['key'] != operation['key']:
            record['changed'] = fabric.now
        record['key'] = operation['key']
    operation['key'] = None
