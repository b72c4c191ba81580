"""Connections: their bodies, and the way of each kind of request, shared keys included."""
import base64

from tests.armsim.access import allowed, require, require_linked
from tests.armsim.fabric import Call, Fabric, digest, not_simulated
from tests.armsim.network import resources, tunnels
from tests.armsim.network.connection_rules import check, check_key, normalise
from tests.armsim.network.gateways import connections_lock
from tests.armsim.network.resources import CONNECTION, GATEWAY, envelope, properties_of
from tests.armsim.operations import in_progress, is_old, lro_headers, not_provisioned
from tests.armsim.wire import ArmError, Response

GATEWAY_ACTIONS = ('Microsoft.Network/virtualNetworkGateways/read', 'Microsoft.Network/virtualNetworkGateways/write')
KEY_GONE_FROM = '2024-10-01'  # documented


def connection_body(fabric: Fabric, record: dict, version: str, single_get: bool = False, listed: bool = False) -> dict:
    """A connection as it is answered; key order recorded 2022 and 2023, the additions of 2025 too.

    connectionStatus stands only in a GET of one connection that is not Updating, and a list has no key (recorded).
    """
    stored = record['properties']
    text, seconds = tunnels.status(fabric, record)
    properties: dict = {'provisioningState': record['state'], 'resourceGuid': record['guid']}
    recent = version >= '2017-10-01'
    if recent:
        properties['packetCaptureDiagnosticState'] = 'None'
    if stored.get('authorizationKey'):
        properties['authorizationKey'] = stored['authorizationKey']
    properties['virtualNetworkGateway1'] = {'id': record['gateway1']}
    if record['gateway2']:
        properties['virtualNetworkGateway2'] = {'id': record['gateway2']}
    for key in ('ingressNatRules', 'egressNatRules'):
        if stored.get(key):
            properties[key] = stored[key]
    properties['connectionType'] = stored['connectionType']
    properties['connectionProtocol'] = stored.get('connectionProtocol') or 'IKEv2'
    properties['routingWeight'] = stored.get('routingWeight') or 0
    if not listed and _shows_key(fabric, version):
        blob = fabric.settings.encrypted_key_while_updating and record['state'] == 'Updating'
        properties['sharedKey'] = _encrypted(record) if blob else record['key']
    properties['enableBgp'] = stored.get('enableBgp') or False
    properties['useLocalAzureIpAddress'] = stored.get('useLocalAzureIpAddress') or False
    if recent:
        properties['usePolicyBasedTrafficSelectors'] = stored.get('usePolicyBasedTrafficSelectors') or False
        properties['ipsecPolicies'] = stored.get('ipsecPolicies') or []
    properties['trafficSelectorPolicies'] = stored.get('trafficSelectorPolicies') or []
    if single_get and record['state'] != 'Updating':
        properties['connectionStatus'] = text
    carried = int(seconds * tunnels.BYTES_PER_SECOND)
    properties.update(ingressBytesTransferred=carried, egressBytesTransferred=carried)
    if recent:
        properties['expressRouteGatewayBypass'] = stored.get('expressRouteGatewayBypass') or False
    if version >= '2023-02-01':
        properties['enablePrivateLinkFastPath'] = stored.get('enablePrivateLinkFastPath') or False
    properties['dpdTimeoutSeconds'] = stored.get('dpdTimeoutSeconds') or 0
    properties['connectionMode'] = stored.get('connectionMode') or 'Default'
    if recent:
        properties['gatewayCustomBgpIpAddresses'] = stored.get('gatewayCustomBgpIpAddresses') or []
    if version >= '2025-01-01':
        for key in ('authenticationType', 'certificateAuthentication'):
            if stored.get(key):
                properties[key] = stored[key]
        properties['tunnelProperties'] = stored.get('tunnelProperties') or []
        properties['routingConfiguration'] = stored.get('routingConfiguration') or {}
    return envelope(record, properties, 'type', 'location', 'tags', 'properties')


def _shows_key(fabric: Fabric, version: str) -> bool:
    chosen = fabric.settings.key_in_connection_bodies
    return version < KEY_GONE_FROM if chosen is None else chosen


def _encrypted(record: dict) -> str:
    """A stand-in for the hex PKCS#7 blob that bodies carried while Updating (recorded 2016 and 2017)."""
    return '3082019006092A864886F70D010703' + b''.join(digest(record['key'], part) for part in range(6)).hex().upper()


def put_connection(fabric: Fabric, call: Call) -> Response:
    """PUT of a connection. A key in the body counts for a new connection only (reported)."""
    existing, location = resources.begin_put(fabric, call, CONNECTION)
    call.delay = fabric.settings.duration('connection-put-answer')
    stored, gateway1, gateway2, key = normalise(properties_of(call.body))
    if stored['connectionType'] != 'Vnet2Vnet':
        raise not_simulated(f'connections of type {stored["connectionType"]}')
    for referred, path in ((gateway1, 'virtualNetworkGateway1'), (gateway2, 'virtualNetworkGateway2')):
        resources.check_reference(referred, GATEWAY, f'properties.{path}')
    require_linked(fabric, call, 'Microsoft.Network/connections/write',
                   ((gateway1, GATEWAY_ACTIONS), (gateway2, GATEWAY_ACTIONS)))
    again = resources.joined(fabric, call, connection_body)
    if again:
        return again
    near = fabric.find(gateway1)
    if near is None or near['location'] != location:
        raise resources.missing_reference(call, gateway1)
    far = fabric.find(gateway2)
    _check_free(fabric, call, [near, far] if far else [near])
    if key and existing is None:
        check_key(key, call.id)
    check(fabric, call, existing, stored, near, far, gateway2)
    if existing and fabric.settings.operation_404_on_unchanged_put and _unchanged(call, existing, stored):
        return _unchanged_answer(fabric, call, existing)
    record = existing or {**resources.new_record(fabric, call, CONNECTION, location), 'gateway1': gateway1,
                          'gateway2': gateway2, 'key': key or _generate_key(fabric)}
    record['properties'] = stored
    resources.update_record(fabric, record, call)
    fabric.index(record)
    kind = 'connection-update' if existing else 'connection-create'
    operation = fabric.start(kind, call, record['id'], name='PutVirtualNetworkGatewayConnectionOperation',
                             location=location, duration=fabric.settings.duration(kind), locks=_locks(fabric, record),
                             status_code=200 if existing else 201, body=resources.fingerprint(call.body))
    return resources.answer_put(fabric, call, record, operation, connection_body)


def _unchanged(call: Call, record: dict, stored: dict) -> bool:
    return record['properties'] == stored and (call.body.get('tags') or None) == (record['tags'] or None)


def _unchanged_answer(fabric: Fabric, call: Call, record: dict) -> Response:
    """A 200 whose operation URL will answer 404 (reported)."""
    operation = fabric.start('connection-update', call, record['id'], name='', location=record['location'],
                             duration=0.0, status_code=200, hidden=True)
    return resources.answer_put(fabric, call, record, operation, connection_body)


def _locks(fabric: Fabric, record: dict) -> tuple[str, ...]:
    """What a write to a connection holds: itself and its gateway (reported); the far one by choice (2017: not)."""
    locks = [record['id'], connections_lock(record['gateway1'])]
    if fabric.settings.far_gateway_locked and record['gateway2']:
        locks.append(connections_lock(record['gateway2']))
    return tuple(locks)


def _check_free(fabric: Fabric, call: Call, gateways: list[dict]) -> None:
    """Raise ArmError 429 for a gateway that is not settled (recorded form), 409 beside another write (reported)."""
    for gateway in gateways:
        if gateway['state'] in ('Updating', 'Deleting'):
            raise not_provisioned(fabric, gateway['id'], call.id, fabric.holder(gateway['id']), gateway['state'])
    for gateway in gateways[:2 if fabric.settings.far_gateway_locked else 1]:
        running = fabric.holder(connections_lock(gateway['id']))
        if running:
            raise in_progress(fabric, running, call.request.origin)


def _generate_key(fabric: Fabric, length: int = 128) -> str:
    data = b''.join(digest(fabric.guid(), part) for part in range(4))
    return base64.b64encode(data, altchars=b'Ab').decode()[:length]


def finish_put(fabric: Fabric, operation: dict) -> None:
    """The effect of a PUT; a far gateway that does not exist makes a new connection fail (reported)."""
    record = fabric.find(operation['resource'])
    if record and not operation.get('hidden'):
        if fabric.find(record['gateway2']) is None and operation['kind'] == 'connection-create':
            operation['error'] = operation['error'] or {'code': 'InternalServerError', 'message': 'An error occurred.'}
        record['changed'] = fabric.now  # recorded 2022: after an update the status says Unknown again
        resources.settle_put(fabric, operation)


def get_connection(fabric: Fabric, call: Call) -> Response:
    """GET of a connection."""
    record = resources.require(fabric, call)
    return Response(200, connection_body(fabric, record, call.version, single_get=True), {}, is_old(call))


def _listed(fabric: Fabric, record: dict, version: str) -> dict:
    return connection_body(fabric, record, version, listed=True)


def list_connections(fabric: Fabric, call: Call) -> Response:
    """GET of a group's connections; there is no list for a subscription."""
    return resources.list_in_group(fabric, call, CONNECTION, _listed)


def list_of_gateway(fabric: Fabric, call: Call) -> Response:
    """GET of a gateway's connections. Recorded for gateway 1; whether gateway 2 shows them is a setting."""
    gateway = resources.require(fabric, call)['id'].lower()
    ends = ('gateway1', 'gateway2') if fabric.settings.far_gateway_lists_connections else ('gateway1',)
    value = [_listed(fabric, record, call.version) for record in fabric.world.resources.values()
             if record['type'] == CONNECTION and gateway in [(record[end] or '').lower() for end in ends]]
    return Response(200, {'value': value}, {}, is_old(call))


def patch_connection(fabric: Fabric, call: Call) -> Response:
    """PATCH of the tags."""
    return resources.patch_tags(fabric, call, connection_body)


def delete_connection(fabric: Fabric, call: Call) -> Response:
    """DELETE of a connection."""
    if resources.is_missing(fabric, call):
        return Response(204)
    record = fabric.find(call.id)
    if fabric.holder(record['id']) is None:
        _check_free(fabric, call, [gateway for gateway in (fabric.find(record['gateway1']),) if gateway])
    return resources.begin_delete(fabric, call, 'connection-delete', 'DeleteVirtualNetworkGatewayConnectionOperation',
                                  _locks(fabric, record))


def finish_delete(fabric: Fabric, operation: dict) -> None:
    """The effect of a DELETE: the far half loses its partner."""
    record = fabric.find(operation['resource'])
    if operation['error']:
        record['state'] = 'Failed'
        return
    far = tunnels.far_half(fabric, record)
    if far:
        far['changed'] = fabric.now
    fabric.unindex(record)
    fabric.remove(record['id'])


def get_key(fabric: Fabric, call: Call) -> Response:
    """GET sharedkey; needs a right of its own, without which there is a 403 or an empty array (reported)."""
    record = resources.require(fabric, call)
    action = 'Microsoft.Network/connections/sharedKey/action'
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
    body = call.body if isinstance(call.body, dict) else {}
    unknown = set(body) - {'value', 'id', 'properties', 'name'}
    if unknown or not isinstance(body.get('value'), str):
        what = sorted(unknown)[0] if unknown else 'value'
        raise ArmError(400, 'InvalidRequestFormat', 'Cannot parse the request.', [
            {'code': 'InvalidJson', 'message': f"'{what}' is not a member, or not a valid one, of "
                                               "'ConnectionSharedKey'."}])
    check_key(body['value'], record['id'])
    running = fabric.holder(record['id'])
    if running and (running['kind'] != 'sharedkey-set' or running['body'] != resources.fingerprint(body)):
        raise resources.refusal(fabric, call, running)
    operation = running or _start_key(fabric, call, record, 'sharedkey-set', body['value'])
    call.operation = operation
    return Response(200, headers=lro_headers(fabric, operation, call.request.origin))


def _start_key(fabric: Fabric, call: Call, record: dict, kind: str, key: str) -> dict:
    record['state'] = 'Updating'
    return fabric.start(kind, call, record['id'], name='SetVirtualNetworkGatewayConnectionSharedKeyOperation',
                        location=record['location'], duration=fabric.settings.duration(kind), locks=(record['id'],),
                        body=resources.fingerprint(call.body), key=key)


def reset_key(fabric: Fabric, call: Call) -> Response:
    """POST sharedkey/reset: a random key of keyLength letters and digits (recorded)."""
    record = resources.require(fabric, call)
    length = (call.body or {}).get('keyLength')
    if not isinstance(length, int) or isinstance(length, bool) or not 1 <= length <= 128:
        raise ArmError(400, 'InvalidRequestFormat', 'Cannot parse the request.', [
            {'code': 'InvalidJson', 'message': 'keyLength must be a whole number from 1 to 128.'}])
    running = fabric.holder(record['id'])
    if running:
        raise resources.refusal(fabric, call, running)
    operation = _start_key(fabric, call, record, 'sharedkey-reset', _generate_key(fabric, length))
    return Response(202, headers=lro_headers(fabric, operation, call.request.origin))


def finish_key(fabric: Fabric, operation: dict) -> None:
    """The effect of a new key."""
    record = resources.settle_put(fabric, operation)
    if record and not operation['error']:
        if record['key'] != operation['key']:
            record['changed'] = fabric.now
        record['key'] = operation['key']
    operation['key'] = None


def reset_connection(fabric: Fabric, call: Call) -> Response:
    """POST resetconnection: 202 (specification); never recorded."""
    record = resources.require(fabric, call)
    running = fabric.holder(record['id'])
    if running:
        raise resources.refusal(fabric, call, running)
    record['state'] = 'Updating'
    operation = fabric.start('connection-reset', call, record['id'], location=record['location'],
                             name='ResetVirtualNetworkGatewayConnectionOperation', locks=(record['id'],),
                             duration=fabric.settings.duration('connection-reset'))
    return Response(202, headers=lro_headers(fabric, operation, call.request.origin))


def finish_reset(fabric: Fabric, operation: dict) -> None:
    """The effect of a reset: the tunnel has to come up anew."""
    record = resources.settle_put(fabric, operation)
    if record:
        record['changed'] = fabric.now
