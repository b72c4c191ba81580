"""What all types of Microsoft.Network have in common: the way of each method, references, envelopes."""
import hashlib
import ipaddress
import json
from functools import lru_cache
from typing import Any, Callable, Iterable

from tests.armsim.accounts import check_registered, known_location
from tests.armsim.fabric import Call, Fabric
from tests.armsim.groups import require_group
from tests.armsim.ids import name_of, resource_type
from tests.armsim.operations import busy, in_progress, is_old, lro_headers
from tests.armsim.schema import check_body
from tests.armsim.wire import ArmError, Response

NETWORK = 'Microsoft.Network/'
VNET = NETWORK + 'virtualNetworks'
SUBNET = NETWORK + 'virtualNetworks/subnets'
PUBLIC_IP = NETWORK + 'publicIPAddresses'
GATEWAY = NETWORK + 'virtualNetworkGateways'
CONNECTION = NETWORK + 'connections'
Body = Callable[[Fabric, dict, str], dict]


def fingerprint(body: Any) -> str:
    """What tells a re-sent body from another one."""
    return hashlib.blake2b(json.dumps(body, sort_keys=True).encode(), digest_size=16).hexdigest()


def begin_put(fabric: Fabric, call: Call, kind: str) -> tuple[dict | None, str]:
    """Check what every PUT is checked for; the existing record, if any, and the normalised location."""
    if not isinstance(call.body, dict):
        raise ArmError(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.')
    check_registered(fabric, call, 'Microsoft.Network')
    group = require_group(fabric, call.target.subscription, call.target.group)
    if group['state'] == 'Deleting':
        raise ArmError(409, 'ResourceGroupBeingDeleted',
                       f"The resource group '{group['name']}' is in deprovisioning state and cannot perform this "
                       'operation.')
    check_body(kind, call.body)
    existing = fabric.find(call.id)
    if kind == SUBNET:
        return existing, ''
    location = known_location(fabric, call.body.get('location'), kind)
    if existing and existing['location'] != location:
        raise ArmError(409, 'InvalidResourceLocation',
                       f"The resource '{existing['name']}' already exists in location '{existing['location']}' in "
                       f"resource group '{group['name']}'. A resource with the same name cannot be created in location "
                       f"'{location}'. Please select a new resource name.")
    return existing, location


def joined(fabric: Fabric, call: Call, body: Body) -> Response | None:
    """The answer to a PUT that was sent before and still runs: the same operation again (recorded for gateways, 2023).

    None where nothing runs on the resource. Raises ArmError for another body: 429 for gateways (recorded), 409 for the
    other types (field).
    """
    operation = fabric.holder(call.id)
    if operation is None:
        return None
    if operation['method'] == 'PUT' and operation.get('body') == fingerprint(call.body):
        record = fabric.find(operation['resource'])
        call.operation = operation
        return answer_put(fabric, call, record, operation, body)
    raise refusal(fabric, call, operation)


def refusal(fabric: Fabric, call: Call, operation: dict) -> ArmError:
    """The error for a write that meets a running operation on the same resource."""
    if operation['resource'].lower() == call.id.lower() and operation['kind'].startswith('gateway-'):
        return busy(fabric, operation)
    # Recorded for a shared key operation: the bare id in place of the URL.
    return in_progress(fabric, operation, call.request.origin, bare=operation['kind'].startswith('sharedkey-'))


def new_record(fabric: Fabric, call: Call, kind: str, location: str) -> dict:
    """A record of a resource that does not exist yet; not yet part of the world."""
    return {'id': call.id, 'name': call.name, 'type': kind, 'location': location, 'tags': None, 'etag': fabric.etag(),
            'guid': fabric.guid(), 'state': 'Updating', 'properties': {}, 'changed': fabric.now,
            'succeeded_once': False}


def update_record(fabric: Fabric, record: dict, call: Call) -> None:
    """What every accepted write does to a record, and its entry into the world."""
    record['state'] = 'Updating'
    record['etag'] = fabric.etag()
    record['tags'] = call.body.get('tags') or record['tags'] if 'tags' not in call.body else call.body['tags']
    fabric.world.resources[record['id'].lower()] = record


def answer_put(fabric: Fabric, call: Call, record: dict, operation: dict, body: Body) -> Response:
    """201 for a create, 200 for an update, with the operation's headers."""
    return Response(operation['status_code'], body(fabric, record, call.version),
                    lro_headers(fabric, operation, call.request.origin), is_old(call))


def settle_put(fabric: Fabric, operation: dict) -> dict | None:
    """The common end of a write: the record is Succeeded or Failed and has a new etag."""
    record = fabric.find(operation['resource'])
    if record is None:
        return None
    record['state'] = 'Failed' if operation['error'] else 'Succeeded'
    record['succeeded_once'] = record['succeeded_once'] or not operation['error']
    record['etag'] = fabric.etag()
    return record


def not_found(fabric: Fabric, call: Call, resource_id: str) -> ArmError:
    """404 in one of its two forms: the provider's own soon after a delete (recorded 2017), else Resource Manager's."""
    gone = fabric.world.gone.get(resource_id.lower())
    if gone is not None and fabric.now - gone < fabric.settings.provider_not_found_for:
        return ArmError(404, 'NotFound', f'Resource {resource_id} not found.', [])
    kind = resource_type(resource_id)
    return ArmError(404, 'ResourceNotFound',
                    f"The Resource '{kind}/{name_of(resource_id)}' under resource group '{call.target.group}' was not "
                    'found. For more details please go to https://aka.ms/ARMResourceNotFoundFix')


def require(fabric: Fabric, call: Call, resource_id: str | None = None) -> dict:
    """The record of a resource. Raises ArmError 404."""
    record = fabric.find(resource_id or call.id)
    if record is None:
        require_group(fabric, call.target.subscription, call.target.group)
        raise not_found(fabric, call, resource_id or call.id)
    return record


def get(fabric: Fabric, call: Call, body: Body, etag_header: bool = False) -> Response:
    """GET of one resource; the ETag header is there for some types only (recorded)."""
    record = require(fabric, call)
    headers = {'ETag': record['etag']} if etag_header else {}
    return Response(200, body(fabric, record, call.version), headers, is_old(call))


def get_seeded(fabric: Fabric, call: Call) -> Response:
    """GET of a resource of a type that is not simulated, e.g. a route table that a test put into the state."""
    record = require(fabric, call)
    properties = {'provisioningState': record['state'], **record['properties']}
    return Response(200, {**{key: record[key] for key in ('name', 'id', 'type', 'location')}, 'properties': properties})


def list_in_group(fabric: Fabric, call: Call, kind: str, body: Body) -> Response:
    """GET of all resources of a type in a group or, where there is such a list, in a subscription."""
    prefix = f'/subscriptions/{call.target.subscription}/'
    if call.target.group:
        prefix = require_group(fabric, call.target.subscription, call.target.group)['id'].lower() + '/'
    value = [body(fabric, record, call.version) for key, record in fabric.world.resources.items()
             if record['type'] == kind and key.startswith(prefix)]
    return Response(200, {'value': value}, {}, is_old(call))


def begin_delete(fabric: Fabric, call: Call, kind: str, name: str, locks: Iterable[str] = ()) -> Response:
    """Start a DELETE: 202 with both URLs (recorded). A second one joins the first (decision)."""
    record = require(fabric, call)
    operation = fabric.holder(call.id)
    if operation is None:
        operation = fabric.start(kind, call, record['id'], name=name, location=record['location'],
                                 duration=fabric.settings.duration(kind), locks=(record['id'], *locks))
        record['state'] = 'Deleting'
    elif operation['kind'] != kind:
        raise refusal(fabric, call, operation)
    call.operation = operation
    return Response(202, headers=lro_headers(fabric, operation, call.request.origin))


def is_missing(fabric: Fabric, call: Call) -> bool:
    """Whether a DELETE has nothing to delete, which is a 204 (specification); a missing group is a 404."""
    require_group(fabric, call.target.subscription, call.target.group)
    return fabric.find(call.id) is None


def patch_tags(fabric: Fabric, call: Call, body: Body) -> Response:
    """PATCH: the tags change at once. Decision: as an operation that is short or none; here none."""
    record = require(fabric, call)
    unknown = set(call.body or {}) - {'tags'}
    if unknown:
        raise ArmError(400, 'InvalidRequestFormat', 'Cannot parse the request.', [
            {'code': 'InvalidJson', 'message': f"Could not find member '{sorted(unknown)[0]}' on object of type "
                                               "'TagsObject'."}])
    operation = fabric.holder(call.id)
    if operation:
        raise refusal(fabric, call, operation)
    record['tags'] = (call.body or {}).get('tags')
    record['etag'] = fabric.etag()
    return Response(200, body(fabric, record, call.version), {}, is_old(call))


def reference(fabric: Fabric, call: Call, referred: Any, kind: str, path: str) -> dict:
    """The record that a body refers to by id.

    Raises ArmError 400: LinkedInvalidPropertyId for what is no id (recorded), InvalidRequestFormat for an id of another
    type (reported), InvalidResourceReference where there is nothing (field).
    """
    check_reference(referred, kind, path)
    record = fabric.find(referred)
    if record is None or record['state'] == 'Deleting':
        raise missing_reference(call, referred)
    return record


def check_reference(referred: Any, kind: str, path: str) -> None:
    """Raise ArmError 400 for what is no resource id, or one of another type."""
    if not isinstance(referred, str) or not referred.lower().startswith('/subscriptions/'):
        raise ArmError(400, 'LinkedInvalidPropertyId',
                       f"Property id '{referred or ''}' at path '{path}' is invalid. Expect fully qualified resource "
                       "Id that start with '/subscriptions/{subscriptionId}' or "
                       "'/providers/{resourceProviderNamespace}/'.")
    if resource_type(referred).lower() != kind.lower():
        raise ArmError(400, 'InvalidRequestFormat', 'Cannot parse the request.', [{
            'code': 'InvalidJsonReferenceWrongType',
            'message': f'Reference Id {referred} is referencing resource of a wrong type. The Id is expected to '
                       f'reference resources of type {kind.removeprefix(NETWORK)}. Path {path}.'}])


def missing_reference(call: Call, referred: str) -> ArmError:
    """400 for a reference to nothing."""
    return ArmError(400, 'InvalidResourceReference',
                    f'Resource {referred} referenced by resource {call.id} was not found. Please make sure that the '
                    'referenced resource exists, and that both resources are in the same region.',
                    [{'code': 'NotFound', 'message': f'Resource {referred} not found.'}])


def properties_of(body: Any) -> dict:
    """The `properties` of a body or a part of one, {} where there are none."""
    return (body or {}).get('properties') or {}


@lru_cache(maxsize=4096)
def network_of(prefix: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """A CIDR prefix, None if it is not one."""
    try:
        return ipaddress.ip_network(prefix) if '/' in prefix else None
    except ValueError:
        return None


def parse_prefix(prefix: Any, resource_id: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """A CIDR prefix. Raises ArmError 400 InvalidAddressPrefixFormat (recorded)."""
    network = network_of(prefix) if isinstance(prefix, str) else None
    if network is None:
        raise ArmError(400, 'InvalidAddressPrefixFormat',
                       f'Address prefix {prefix} of resource {resource_id} is not formatted correctly. It should '
                       'follow CIDR notation, for example 10.0.0.0/24.', [])
    return network


def envelope(record: dict, properties: dict, *first: str) -> dict:
    """Name, id and etag, then the given top-level parts of the record in their order, where they are set."""
    body = {'name': record['name'], 'id': record['id'], 'etag': record['etag']}
    for key in first:
        if key == 'properties':
            body[key] = properties
        elif record.get(key) is not None:
            body[key] = record[key]
    return body
