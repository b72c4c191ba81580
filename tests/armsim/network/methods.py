"""The way of each HTTP method, the same for all types of Microsoft.Network."""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

from tests.armsim.accounts import check_registered, known_location
from tests.armsim.fabric import Call, Fabric
from tests.armsim.groups import require_alive, require_group
from tests.armsim.ids import parent
from tests.armsim.network.resources import refusal, require, require_idle
from tests.armsim.operations import is_old, lro_headers
from tests.armsim.schema import check_body
from tests.armsim.wire import ArmError, Response

Body = Callable[[Fabric, dict, str], dict]
Handler = Callable[[Fabric, Call], Response]


def fingerprint(body: Any) -> str:
    """What tells a re-sent body from another one."""
    return hashlib.blake2b(json.dumps(body, sort_keys=True).encode(), digest_size=16).hexdigest()


def begin_put(fabric: Fabric, call: Call, kind: str) -> tuple[dict | None, str]:
    """Check what every PUT is checked for; the existing record, if any, and the normalised location."""
    check_registered(fabric, call, 'Microsoft.Network')
    group = require_group(fabric, call.target.subscription, call.target.group)
    require_alive(group)
    check_body(kind, call.body)
    existing = fabric.find(call.id)
    if kind.count('/') > 1:  # a part of another resource has no location of its own
        return existing, ''
    location = known_location(fabric, call.body.get('location'), kind)
    if existing and existing['location'] != location:
        raise ArmError(
            409,
            'InvalidResourceLocation',
            f"The resource '{existing['name']}' already exists in location '{existing['location']}' in "
            f"resource group '{group['name']}'. A resource with the same name cannot be created in location "
            f"'{location}'. Please select a new resource name.",
        )
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
        call.operation = operation
        return _answer_put(fabric, call, fabric.find(operation['resource']), operation, body)
    raise refusal(fabric, call, operation)


def accept_put(
    fabric: Fabric,
    call: Call,
    record: dict,
    body: Body,
    kind: str,
    name: str,
    *,
    created: bool,
    variant: str = '',
    locks: Iterable[str] = (),
) -> Response:
    """Start the operation of a PUT and answer: 201 for a create, 200 for an update, with its headers.

    `kind` is the operation's, `name` what Azure calls it; `locks` are held besides the resource's own.
    """
    operation = fabric.start(
        kind,
        call,
        record['id'],
        name=name,
        location=record['location'],
        duration=fabric.settings.duration(kind, variant),
        locks=(record['id'], *locks),
        status_code=201 if created else 200,
        body=fingerprint(call.body),
    )
    return _answer_put(fabric, call, record, operation, body)


def _answer_put(fabric: Fabric, call: Call, record: dict, operation: dict, body: Body) -> Response:
    return Response(
        operation['status_code'],
        body(fabric, record, call.version),
        lro_headers(fabric, operation, call.request.origin),
        is_old(call),
    )


def unchanged_put(fabric: Fabric, call: Call, existing: dict | None, stored: dict, body: Body) -> Response | None:
    """Where the settings want it and a PUT changes nothing: a 200 whose operation URL will answer 404 (reported)."""
    if not (
        existing
        and fabric.settings.operation_404_on_unchanged_put
        and existing['properties'] == stored
        and (call.body.get('tags') or None) == (existing['tags'] or None)
    ):
        return None
    operation = fabric.start(
        'unchanged',
        call,
        existing['id'],
        name='',
        location=existing['location'],
        duration=0.0,
        status_code=200,
        hidden=True,
    )
    return _answer_put(fabric, call, existing, operation, body)


def begin_delete(fabric: Fabric, call: Call, kind: str, name: str, locks: Iterable[str] = ()) -> Response:
    """Start a DELETE: 202 with both URLs (recorded). A second one joins the first (decision)."""
    record = require(fabric, call)
    operation = fabric.holder(call.id)
    if operation is None:
        operation = fabric.start(
            kind,
            call,
            record['id'],
            name=name,
            location=record['location'],
            duration=fabric.settings.duration(kind),
            locks=(record['id'], *locks),
        )
        record['state'] = 'Deleting'
    elif operation['kind'] != kind:
        raise refusal(fabric, call, operation)
    call.operation = operation
    return Response(202, headers=lro_headers(fabric, operation, call.request.origin))


def begin_action(fabric: Fabric, call: Call, kind: str, name: str) -> Response:
    """Start a POST that changes a resource: 202 with both URLs (recorded)."""
    record = require(fabric, call)
    require_idle(fabric, call, record['id'])
    record['state'] = 'Updating'
    operation = fabric.start(
        kind,
        call,
        record['id'],
        name=name,
        location=record['location'],
        duration=fabric.settings.duration(kind),
        locks=(record['id'],),
    )
    return Response(202, headers=lro_headers(fabric, operation, call.request.origin))


def asker(kind: str) -> Handler:
    """The handler of a POST that only asks: 202 with `null` as the body and a Location only (recorded)."""

    def ask(fabric: Fabric, call: Call) -> Response:
        record = require(fabric, call)
        operation = fabric.start(
            f'query-{kind}',
            call,
            record['id'],
            name='Query',
            location=record['location'],
            duration=fabric.settings.duration('query'),
            peer=call.request.query.get('peer'),
        )
        return Response(202, None, lro_headers(fabric, operation, call.request.origin))

    return ask


def answerer(answer: Callable[[Fabric, dict, dict], Any]) -> Callable[[Fabric, dict], None]:
    """The effect of such a question: its answer is what holds at its end, not when it came (recorded 2017)."""

    def finish(fabric: Fabric, operation: dict) -> None:
        record = fabric.find(operation['resource'])
        operation['result'] = answer(fabric, record, operation) if record else None

    return finish


def reader(body: Body, etag_header: bool = False) -> Handler:
    """The handler of GET for one resource; the ETag header is there for some types only (recorded)."""

    def get(fabric: Fabric, call: Call) -> Response:
        record = require(fabric, call)
        headers = {'ETag': record['etag']} if etag_header and record.get('etag') else {}
        return Response(200, body(fabric, record, call.version), headers, is_old(call))

    return get


def lister(kind: str, body: Body) -> Handler:
    """The handler of GET for all resources of a type in a group or, where there is such a list, in a subscription."""

    def get_list(fabric: Fabric, call: Call) -> Response:
        prefix = f'/subscriptions/{call.target.subscription}/'
        if call.target.group:
            prefix = require_group(fabric, call.target.subscription, call.target.group)['id'].lower() + '/'
        value = [
            body(fabric, record, call.version)
            for key, record in fabric.world.resources.items()
            if record['type'] == kind and key.startswith(prefix)
        ]
        return Response(200, {'value': value}, {}, is_old(call))

    return get_list


def child_reader(body: Body) -> Handler:
    """The handler of GET for a part of a VNet, with the VNet's etag (recorded for subnets; decision for peerings).

    Where only the part is missing the network provider answers the 404 (recorded for subnets).
    """

    def get(fabric: Fabric, call: Call) -> Response:
        vnet = require(fabric, call, parent(call.id))
        record = fabric.find(call.id)
        if record is None:
            raise ArmError(404, 'NotFound', f'Resource {call.id} not found.', [])
        return Response(200, body(fabric, record, call.version), {'ETag': vnet['etag']}, is_old(call))

    return get


def child_lister(children_of: Callable[[Fabric, dict], list[dict]], body: Body) -> Handler:
    """The handler of GET for all parts of one kind of a VNet."""

    def get_list(fabric: Fabric, call: Call) -> Response:
        value = [body(fabric, record, call.version) for record in children_of(fabric, require(fabric, call))]
        return Response(200, {'value': value}, {}, is_old(call))

    return get_list


def patcher(body: Body) -> Handler:
    """The handler of PATCH: the tags change at once. Decision: as an operation that is short or none; here none."""

    def patch(fabric: Fabric, call: Call) -> Response:
        record = require(fabric, call)
        unknown = set(call.body or {}) - {'tags'}
        if unknown:
            raise ArmError(
                400,
                'InvalidRequestFormat',
                'Cannot parse the request.',
                [
                    {
                        'code': 'InvalidJson',
                        'message': f"Could not find member '{sorted(unknown)[0]}' on object of type 'TagsObject'.",
                    }
                ],
            )
        require_idle(fabric, call, call.id)
        record['tags'] = (call.body or {}).get('tags')
        record['etag'] = fabric.etag()
        return Response(200, body(fabric, record, call.version), {}, is_old(call))

    return patch


def get_seeded(fabric: Fabric, call: Call) -> Response:
    """GET of a resource of a type that is not simulated, which a test put into the state."""
    record = require(fabric, call)
    properties = {'provisioningState': record['state'], **record['properties']}
    return Response(200, {**{key: record[key] for key in ('name', 'id', 'type', 'location')}, 'properties': properties})
