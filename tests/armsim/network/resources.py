"""The types of Microsoft.Network and what their records have in common."""

from typing import Any

from tests.armsim.fabric import Call, Fabric
from tests.armsim.groups import require_group
from tests.armsim.ids import name_of, resource_type
from tests.armsim.operations import busy, in_progress
from tests.armsim.wire import ArmError

NETWORK = 'Microsoft.Network/'
VNET = NETWORK + 'virtualNetworks'
SUBNET = VNET + '/subnets'
PEERING = VNET + '/virtualNetworkPeerings'
PUBLIC_IP = NETWORK + 'publicIPAddresses'
GATEWAY = NETWORK + 'virtualNetworkGateways'
CONNECTION = NETWORK + 'connections'
SECURITY_GROUP = NETWORK + 'networkSecurityGroups'
ROUTE_TABLE = NETWORK + 'routeTables'


def refuse(code: str, message: str) -> ArmError:
    """A 400 of the network provider."""
    return ArmError(400, code, message, [])


def properties_of(body: Any) -> dict:
    """The `properties` of a body or a part of one, {} where there are none."""
    return (body or {}).get('properties') or {}


def id_of(part: Any) -> str:
    """The `id` of a part of a body, '' where there is none."""
    return (part or {}).get('id') or ''


def envelope(record: dict, properties: dict, *first: str) -> dict:
    """Name, id and etag, then the given top-level parts of the record in their order, where they are set."""
    body = {'name': record['name'], 'id': record['id'], 'etag': record.get('etag')}
    for key in first:
        if key == 'properties':
            body[key] = properties
        elif record.get(key) is not None:
            body[key] = record[key]
    return body


def refusal(fabric: Fabric, call: Call, operation: dict) -> ArmError:
    """The error for a write that meets a running operation on the same resource."""
    if operation['resource'].lower() == call.id.lower() and operation['kind'].startswith('gateway-'):
        return busy(fabric, operation)
    # Recorded for a shared key operation: the bare id in place of the URL.
    return in_progress(fabric, operation, call.request.origin, bare=operation['kind'].startswith('sharedkey-'))


def require_idle(fabric: Fabric, call: Call, resource_id: str) -> None:
    """Raise ArmError 429 or 409 where an operation runs on a resource."""
    operation = fabric.holder(resource_id)
    if operation:
        raise refusal(fabric, call, operation)


def in_region(fabric: Fabric, subscription: str, location: str) -> list[dict]:
    """The records of a subscription's resources in one region."""
    prefix = f'/subscriptions/{subscription}/'
    return [
        record
        for key, record in fabric.world.resources.items()
        if key.startswith(prefix) and record['location'] == location
    ]


def new_record(fabric: Fabric, call: Call, kind: str, location: str) -> dict:
    """A record of a resource that does not exist yet; not yet part of the world."""
    return {
        'id': call.id,
        'name': call.name,
        'type': kind,
        'location': location,
        'tags': None,
        'etag': fabric.etag(),
        'guid': fabric.guid(),
        'state': 'Updating',
        'properties': {},
        'changed': fabric.now,
        'succeeded_once': False,
    }


def update_record(fabric: Fabric, record: dict, call: Call) -> None:
    """What every accepted write does to a record, and its entry into the world.

    Decision: a PUT is the whole resource, so that what it leaves out at the top level is gone too.
    """
    record['state'] = 'Updating'
    record['etag'] = fabric.etag()
    for key in ('tags', 'identity', 'extendedLocation'):
        record[key] = call.body.get(key)
    fabric.world.resources[record['id'].lower()] = record


def settle_put(fabric: Fabric, operation: dict) -> dict | None:
    """The effect of a PUT: the record is Succeeded or Failed and has a new etag; None where it is gone meanwhile."""
    record = fabric.find(operation['resource'])
    if record is None:
        return None
    record['state'] = 'Failed' if operation['error'] else 'Succeeded'
    record['succeeded_once'] = record['succeeded_once'] or not operation['error']
    record['etag'] = fabric.etag()
    return record


def settle_delete(fabric: Fabric, operation: dict) -> dict | None:
    """The effect of a DELETE: the record is gone, and is returned; None where it stays, as Failed, or as it was."""
    record = fabric.find(operation['resource'])
    if record is None:
        return None
    if operation['error'] or operation.get('empty'):
        record['state'] = 'Failed' if operation['error'] else 'Succeeded'
        return None
    fabric.remove(record['id'])
    return record


def not_found(fabric: Fabric, call: Call, resource_id: str) -> ArmError:
    """404 in one of its two forms: the provider's own soon after a delete (recorded 2017), else Resource Manager's."""
    gone = fabric.world.gone.get(resource_id.lower())
    if gone is not None and fabric.now - gone < fabric.settings.provider_not_found_for:
        return ArmError(404, 'NotFound', f'Resource {resource_id} not found.', [])
    kind = resource_type(resource_id)
    return ArmError(
        404,
        'ResourceNotFound',
        f"The Resource '{kind}/{name_of(resource_id)}' under resource group '{call.target.group}' was not "
        'found. For more details please go to https://aka.ms/ARMResourceNotFoundFix',
    )


def require(fabric: Fabric, call: Call, resource_id: str | None = None) -> dict:
    """The record of a resource. Raises ArmError 404."""
    record = fabric.find(resource_id or call.id)
    if record is None:
        require_group(fabric, call.target.subscription, call.target.group)
        raise not_found(fabric, call, resource_id or call.id)
    return record


def is_missing(fabric: Fabric, call: Call) -> bool:
    """Whether a DELETE has nothing to delete, which is a 204 (specification); a missing group is a 404."""
    require_group(fabric, call.target.subscription, call.target.group)
    return fabric.find(call.id) is None
