"""Connections: the way of each kind of request. Their rules are in connection_rules, their keys in shared_keys."""

from tests.armsim.access import require_linked
from tests.armsim.fabric import Call, Fabric, not_simulated
from tests.armsim.network import methods, resources, tunnels
from tests.armsim.network.connection_bodies import connection_body, listed_body
from tests.armsim.network.connection_rules import check, check_key, normalise
from tests.armsim.network.gateways import connections_lock
from tests.armsim.network.references import check_reference, missing_reference, require_settled
from tests.armsim.network.resources import CONNECTION, GATEWAY, properties_of
from tests.armsim.network.shared_keys import generate_key
from tests.armsim.operations import busy, in_progress, is_old
from tests.armsim.wire import Response

GATEWAY_ACTIONS = (GATEWAY + '/read', GATEWAY + '/write')


def put_connection(fabric: Fabric, call: Call) -> Response:
    """PUT of a connection. A key in the body counts for a new connection only (reported), or as the settings say."""
    existing, location = methods.begin_put(fabric, call, CONNECTION)
    call.delay = fabric.settings.duration('connection-put-answer')
    stored, gateway1, gateway2, key = normalise(properties_of(call.body))
    if stored['connectionType'] != 'Vnet2Vnet':
        raise not_simulated(f'connections of type {stored["connectionType"]}')
    for referred, path in ((gateway1, 'virtualNetworkGateway1'), (gateway2, 'virtualNetworkGateway2')):
        check_reference(referred, GATEWAY, f'properties.{path}')
    require_linked(fabric, call, CONNECTION + '/write', ((gateway1, GATEWAY_ACTIONS), (gateway2, GATEWAY_ACTIONS)))
    again = methods.joined(fabric, call, connection_body)
    if again:
        return again
    near = fabric.find(gateway1)
    if near is None or near['location'] != location:
        raise missing_reference(call, gateway1)
    far = fabric.find(gateway2)
    require_settled(fabric, call, [near, far] if far else [near])
    _check_free(fabric, call, gateway1, gateway2)
    if key and existing is None:
        check_key(key, call.id)
    check(fabric, call, existing, stored, near, far, gateway2)
    unchanged = methods.unchanged_put(fabric, call, existing, stored, connection_body)
    if unchanged:
        return unchanged
    record = existing or {
        **resources.new_record(fabric, call, CONNECTION, location),
        'gateway1': gateway1,
        'gateway2': gateway2,
        'key': key or generate_key(fabric),
    }
    if key and fabric.settings.connection_put_sets_key:
        record['key'] = key
    record['properties'] = stored
    resources.update_record(fabric, record, call)
    fabric.index(record)
    return methods.accept_put(
        fabric,
        call,
        record,
        connection_body,
        'connection-update' if existing else 'connection-create',
        'PutVirtualNetworkGatewayConnectionOperation',
        created=existing is None,
        locks=_gateway_locks(fabric, gateway1, gateway2),
    )


def _gateway_locks(fabric: Fabric, gateway1: str, gateway2: str | None) -> list[str]:
    """What a write to a connection holds: its gateway (reported), by the settings the far one too (2017: not)."""
    held = [gateway1, gateway2] if fabric.settings.far_gateway_locked and gateway2 else [gateway1]
    return [connections_lock(gateway) for gateway in held]


def _check_free(fabric: Fabric, call: Call, gateway1: str, gateway2: str | None) -> None:
    """Raise ArmError where another write holds one of the gateways that this one would hold.

    409 is reported for one gateway; that some resource providers answer 429 is documented. The settings choose.
    """
    for lock in _gateway_locks(fabric, gateway1, gateway2):
        running = fabric.holder(lock)
        if running and fabric.settings.colliding_connections_answer_429:
            raise busy(fabric, running)
        if running:
            raise in_progress(fabric, running, call.request.origin)


def finish_put(fabric: Fabric, operation: dict) -> None:
    """The effect of a PUT; a far gateway that does not exist makes a new connection fail (reported)."""
    record = fabric.find(operation['resource'])
    if record:
        if fabric.find(record['gateway2']) is None and operation['kind'] == 'connection-create':
            operation['error'] = operation['error'] or {'code': 'InternalServerError', 'message': 'An error occurred.'}
        record['changed'] = fabric.now  # recorded 2022: after an update the status says Unknown again
        resources.settle_put(fabric, operation)


def list_of_gateway(fabric: Fabric, call: Call) -> Response:
    """GET of a gateway's connections. Recorded for gateway 1; whether gateway 2 shows them is a setting."""
    gateway = resources.require(fabric, call)['id'].lower()
    ends = ('gateway1', 'gateway2') if fabric.settings.far_gateway_lists_connections else ('gateway1',)
    value = [
        listed_body(fabric, record, call.version)
        for record in fabric.connections()
        if gateway in [(record[end] or '').lower() for end in ends]
    ]
    return Response(200, {'value': value}, {}, is_old(call))


def delete_connection(fabric: Fabric, call: Call) -> Response:
    """DELETE of a connection. Decision: it waits for its gateway, and for the far one only where that is locked too."""
    if resources.is_missing(fabric, call):
        return Response(204)
    record = fabric.find(call.id)
    ends = (record['gateway1'], record['gateway2'])
    if fabric.holder(record['id']) is None:
        waited = ends if fabric.settings.far_gateway_locked else ends[:1]
        require_settled(fabric, call, [gateway for gateway in map(fabric.find, filter(None, waited)) if gateway])
        _check_free(fabric, call, *ends)
    return methods.begin_delete(
        fabric,
        call,
        'connection-delete',
        'DeleteVirtualNetworkGatewayConnectionOperation',
        _gateway_locks(fabric, *ends),
    )


def finish_delete(fabric: Fabric, operation: dict) -> None:
    """The effect of a DELETE: the far half loses its partner, and the gateways can stay in use for a while."""
    record = resources.settle_delete(fabric, operation)
    if record:
        for gateway in filter(None, (record['gateway1'], record['gateway2'])):
            fabric.attach(gateway, record['id'])
            fabric.detach(gateway, record['id'], fabric.now + fabric.settings.released_after_connection_delete)
        far = tunnels.far_half(fabric, record)
        if far:
            far['changed'] = fabric.now
        fabric.unindex(record)


def reset_connection(fabric: Fabric, call: Call) -> Response:
    """POST resetconnection: 202 (specification); never recorded."""
    return methods.begin_action(fabric, call, 'connection-reset', 'ResetVirtualNetworkGatewayConnectionOperation')


def finish_reset(fabric: Fabric, operation: dict) -> None:
    """The effect of a reset: the tunnel has to come up anew."""
    record = resources.settle_put(fabric, operation)
    if record:
        record['changed'] = fabric.now
