"""Virtual network gateways: the way of each kind of request. Their rules are in gateway_rules."""

from tests.armsim.access import require_linked
from tests.armsim.fabric import Call, Fabric
from tests.armsim.ids import parent
from tests.armsim.network import gateway_rules, methods, resources
from tests.armsim.network.gateway_bodies import configuration_ids, normalise, public_ips_of, put_body, subnet_of
from tests.armsim.network.references import check_reference, require_settled
from tests.armsim.network.resources import CONNECTION, GATEWAY, PUBLIC_IP, SUBNET, properties_of
from tests.armsim.operations import busy, in_progress
from tests.armsim.wire import Response


def put_gateway(fabric: Fabric, call: Call) -> Response:
    """PUT of a gateway; slow to answer (recorded), and longer to finish."""
    existing, location = methods.begin_put(fabric, call, GATEWAY)
    call.delay = fabric.settings.duration('gateway-put-answer')
    stored = normalise(properties_of(call.body), existing)
    _check_links(fabric, call, stored)
    running = fabric.holder(call.id)
    if running and fabric.now - running['start'] < call.delay:
        # Recorded 2023: the same PUT again gave first 429, later the answer of the first one. Decision: 429 is for as
        # long as the first one is not answered yet.
        raise busy(fabric, running)
    again = methods.joined(fabric, call, put_body)
    if again:
        return again
    blocker = fabric.holder(connections_lock(call.id))
    if blocker:  # Decision: which of the two refusals a gateway gives while its connection is written is not known.
        raise in_progress(fabric, blocker, call.request.origin)
    gateway_rules.check(fabric, call, existing, location, stored)
    used = (parent(subnet_of(stored)), *public_ips_of(stored))
    require_settled(fabric, call, [fabric.find(identifier) for identifier in used])
    unchanged = methods.unchanged_put(fabric, call, existing, stored, put_body)
    if unchanged:
        return unchanged
    record = existing or resources.new_record(fabric, call, GATEWAY, location)
    if existing:
        _detach(fabric, record)
    record['properties'] = stored
    record['zone_text'] = _zone_text(fabric, stored)
    for identifier, public_ip in zip(configuration_ids(record), public_ips_of(stored)):
        fabric.attach(subnet_of(stored), identifier)
        fabric.attach(public_ip, identifier)
    resources.update_record(fabric, record, call)
    # A gateway that never came to be takes as long as a new one.
    kind, sku = ('gateway-update', '') if record['succeeded_once'] else ('gateway-create', stored['sku']['name'])
    return methods.accept_put(
        fabric, call, record, put_body, kind, 'PutVirtualNetworkGatewayOperation', created=existing is None, variant=sku
    )


def _zone_text(fabric: Fabric, stored: dict) -> str:
    zones = [fabric.find(identifier).get('zones') for identifier in public_ips_of(stored)]
    # "Regional" is recorded; what a zone-redundant gateway says was never seen. Decision: its zones.
    return ', '.join(zones[0]) if zones and zones[0] else 'Regional'


def _check_links(fabric: Fabric, call: Call, stored: dict) -> None:
    """The rights on the subnet and the public IPs (documented)."""
    linked = [(subnet_of(stored), SUBNET)] if subnet_of(stored) else []
    linked += [(identifier, PUBLIC_IP) for identifier in public_ips_of(stored)]
    for identifier, kind in linked:
        check_reference(identifier, kind, 'properties.ipConfigurations')
    require_linked(
        fabric, call, GATEWAY + '/write', [(identifier, (kind + '/join/action',)) for identifier, kind in linked]
    )


def connections_lock(gateway_id: str) -> str:
    """The lock that a write to a connection takes on its gateway."""
    return f'{gateway_id}#connections'


def finish_write(fabric: Fabric, operation: dict) -> None:
    """The effect of a PUT or a reset: the tunnels have to come up anew (decision for the PUT)."""
    record = resources.settle_put(fabric, operation)
    if record:
        record['changed'] = fabric.now


def finish_delete(fabric: Fabric, operation: dict) -> None:
    """The effect of a DELETE; what it used can stay in use for a while (reported)."""
    record = resources.settle_delete(fabric, operation)
    if record:
        _detach(fabric, record, fabric.now + fabric.settings.released_after_gateway_delete)


def _detach(fabric: Fabric, record: dict, until: float | None = None) -> None:
    for identifier, public_ip in zip(configuration_ids(record), public_ips_of(record['properties'])):
        fabric.detach(subnet_of(record['properties']), identifier, until)
        fabric.detach(public_ip, identifier, until)


def delete_gateway(fabric: Fabric, call: Call) -> Response:
    """DELETE; refused while a connection names the gateway as its first or second one."""
    if resources.is_missing(fabric, call):
        return Response(204)
    users = [
        record['id']
        for record in fabric.world.resources.values()
        if record['type'] == CONNECTION
        and call.id.lower() in (record['gateway1'].lower(), (record['gateway2'] or '').lower())
    ]
    users += [user for user in fabric.users(call.id) if user not in users]
    if users:  # the code is from the field; Decision: status, text, and that the far side counts too
        raise resources.refuse(
            'VirtualNetworkGatewayCannotBeDeleted',
            f'Virtual network gateway {call.id} cannot be deleted because it is still used by '
            f'connection(s) {", ".join(users)}.',
        )
    return methods.begin_delete(fabric, call, 'gateway-delete', 'DeleteVirtualNetworkGatewayOperation')


def reset_gateway(fabric: Fabric, call: Call) -> Response:
    """POST reset: 202 with both URLs, `null` as the result (recorded)."""
    return methods.begin_action(fabric, call, 'gateway-reset', 'ResetVirtualNetworkGatewayOperation')
