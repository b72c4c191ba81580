"""Azure Resource Graph: one query over a tenant's resources (envelope and headers recorded 2023)."""

from collections.abc import Iterator
from typing import Any

from tests.armsim import kusto
from tests.armsim.access import allowed
from tests.armsim.fabric import Call, Fabric
from tests.armsim.network.connection_bodies import listed_body
from tests.armsim.network.gateway_bodies import gateway_body
from tests.armsim.network.resources import CONNECTION, GATEWAY
from tests.armsim.wire import ArmError, Response

QUOTA = 15  # queries in five seconds, per user (recorded headers; documented)
MOST_ROWS = 1000  # documented
USUAL_ROWS = 100  # documented
BODIES = {CONNECTION: listed_body, GATEWAY: gateway_body}


def query(fabric: Fabric, call: Call) -> Response:
    """POST of a query: the rows that the caller may read, a page at a time.

    Decision: a caller who may read nothing in any of the named subscriptions gets a 403, as with other reads.
    """
    body = call.body or {}
    unknown = set(body) - {'query', 'subscriptions', 'options'} or set(body.get('options') or {}) - {
        '$top',
        '$skipToken',
    }
    if unknown or not isinstance(body.get('query'), str):
        raise ArmError(400, 'InvalidQuery', f'The body is not a query, or has {sorted(unknown)}.')
    asked = [name.lower() for name in body.get('subscriptions') or fabric.world.subscriptions]
    own = [name for name in asked if (fabric.world.subscriptions.get(name) or {}).get('tenantId') == call.caller.tenant]
    if (
        fabric.settings.resource_graph_refused
        or not own
        or not any(_may_read(fabric, call, f'/subscriptions/{name}') for name in own)
    ):
        raise ArmError(403, 'AccessDenied', 'Please make sure that the requested resources are accessible.')
    rows = kusto.run(body['query'], _rows(fabric, call, own))
    options = body.get('options') or {}
    top = min(int(options.get('$top', USUAL_ROWS)), MOST_ROWS, fabric.settings.resource_graph_page)
    start = int(options.get('$skipToken') or 0)
    page = rows[start : start + top]
    more = {'$skipToken': str(start + top)} if start + top < len(rows) else {}
    # Recorded: "false", a text. Decision: there is more to come by the token alone, nothing is cut off.
    return Response(
        200,
        {'totalRecords': len(rows), 'count': len(page), 'data': page, 'facets': [], 'resultTruncated': 'false', **more},
        {
            'x-ms-user-quota-remaining': str(QUOTA - 1),
            'x-ms-user-quota-resets-after': '00:00:05',
            'x-ms-ratelimit-remaining-tenant-resource-requests': str(QUOTA - 1),
            'x-ms-resource-graph-request-duration': '0:00:00:00.7576772',
        },
    )


def _may_read(fabric: Fabric, call: Call, scope: str) -> bool:
    """Whether the caller may read anything at the scope or below it."""
    object_id = call.caller.object_id
    return any(
        entry['principalId'] == object_id
        and (
            entry['scope'] == '/'
            or entry['scope'].lower().startswith(scope)
            or scope.startswith(entry['scope'].lower())
        )
        for entry in fabric.world.role_assignments
    )


def _rows(fabric: Fabric, call: Call, subscriptions: list[str]) -> Iterator[dict[str, Any]]:
    """A row for each readable resource; its members are recorded for another type.

    Decision: properties are those of a list, so that neither a key nor a status is among them; of types without a
    body here there are none.
    """
    version = fabric.settings.newest_network_version
    for record in fabric.world.resources.values():
        subscription = record['id'].split('/')[2].lower()
        if subscription not in subscriptions or not allowed(
            fabric, call.caller.object_id, f'{record["type"]}/read', record['id']
        ):
            continue
        body = BODIES[record['type']](fabric, record, version) if record['type'] in BODIES else {}
        yield {
            'id': record['id'],
            'name': record['name'],
            'type': record['type'].lower(),
            'tenantId': fabric.world.subscriptions[subscription]['tenantId'],
            'kind': '',
            'location': record['location'],
            'resourceGroup': record['id'].split('/')[4].lower(),
            'subscriptionId': subscription,
            'managedBy': '',
            'sku': None,
            'plan': None,
            'properties': body.get('properties', {}),
            'tags': record.get('tags'),
            'identity': None,
            'zones': record.get('zones'),
            'extendedLocation': None,
        }
