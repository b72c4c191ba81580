"""Resource groups."""

import base64
import json
import re
from urllib.parse import urlencode

from tests.armsim.access import allowed
from tests.armsim.accounts import normal_location
from tests.armsim.fabric import Call, Fabric, not_simulated
from tests.armsim.ids import is_under
from tests.armsim.operations import exact_seconds, sign, whole_seconds
from tests.armsim.schema import check_body
from tests.armsim.wire import ArmError, Response

DELETE_POLL = 15  # recorded


def group_id(subscription: str, name: str) -> str:
    """The canonical id of a group."""
    return f'/subscriptions/{subscription}/resourceGroups/{name}'


def require_group(fabric: Fabric, subscription: str, name: str) -> dict:
    """The group's record. Raises ArmError 404 (recorded)."""
    group = fabric.world.groups.get(group_id(subscription, name).lower())
    if group is None:
        raise ArmError(404, 'ResourceGroupNotFound', f"Resource group '{name}' could not be found.")
    return group


def require_alive(group: dict) -> None:
    """Raise ArmError 409 for a write to a group that is being deleted."""
    if group['state'] == 'Deleting':
        raise ArmError(
            409,
            'ResourceGroupBeingDeleted',
            f"The resource group '{group['name']}' is in deprovisioning state and cannot perform this operation.",
        )


def _body(group: dict) -> dict:
    body = {
        'id': group['id'],
        'name': group['name'],
        'type': 'Microsoft.Resources/resourceGroups',
        'location': group['location'],
    }
    for key in ('managedBy', 'tags'):
        if group.get(key) is not None:
            body[key] = group[key]
    return {**body, 'properties': {'provisioningState': group['state']}}


def put_group(fabric: Fabric, call: Call) -> Response:
    """PUT: 201 or 200, done at once (recorded)."""
    check_body('Microsoft.Resources/resourceGroups', call.body)
    body = call.body
    location = normal_location(body['location'])
    key = group_id(call.target.subscription, call.name)
    group = fabric.world.groups.get(key.lower())
    if group is None and location not in fabric.settings.location_zones:
        raise ArmError(
            400,
            'LocationNotAvailableForResourceGroup',
            f"The provided location '{body['location']}' is not available for resource group. List of "
            f"available regions is '{','.join(fabric.settings.location_zones)}'.",
        )
    if group is not None:
        require_alive(group)
    if group is not None and location != group['location']:
        raise ArmError(
            409,
            'InvalidResourceGroupLocation',
            f"Invalid resource group location '{location}'. The Resource group already exists in location "
            f"'{group['location']}'.",
        )
    status = 200 if group else 201
    group = group or {'id': key, 'name': call.name, 'location': location, 'state': 'Succeeded'}
    group.update(tags=body.get('tags'), managedBy=body.get('managedBy'))
    fabric.world.groups[key.lower()] = group
    return Response(status, _body(group))


def patch_group(fabric: Fabric, call: Call) -> Response:
    """PATCH of tags."""
    group = require_group(fabric, call.target.subscription, call.name)
    if 'tags' in (call.body or {}):
        group['tags'] = call.body['tags']
    return Response(200, _body(group))


def get_group(fabric: Fabric, call: Call) -> Response:
    """GET."""
    return Response(200, _body(require_group(fabric, call.target.subscription, call.name)))


def head_group(fabric: Fabric, call: Call) -> Response:
    """HEAD: 204 or 404, without a body."""
    try:
        require_group(fabric, call.target.subscription, call.name)
    except ArmError as error:
        return Response(404, headers=error.response().headers)
    return Response(204)


def list_groups(fabric: Fabric, call: Call) -> Response:
    """GET of all groups of a subscription."""
    prefix = f'/subscriptions/{call.target.subscription}/'
    return Response(
        200, {'value': [_body(group) for key, group in fabric.world.groups.items() if key.startswith(prefix)]}
    )


def list_resources(fabric: Fabric, call: Call) -> Response:
    """GET of what is in a group or subscription, in the short form, a page at a time."""
    scope = call.id
    wanted = _type_filter(call.request.query.get('$filter', ''))
    if call.target.group:
        require_group(fabric, call.target.subscription, call.target.group)
    value = []
    for key, record in fabric.world.resources.items():
        if (
            is_under(scope, key)
            and record['type'].count('/') == 1
            and wanted in ('', record['type'].lower())
            and allowed(fabric, call.caller.object_id, f'{record["type"]}/read', record['id'])
        ):
            short = {'id': record['id'], 'name': record['name'], 'type': record['type'], 'location': record['location']}
            value.append({**short, **({'tags': record['tags']} if record.get('tags') else {})})
    start = int(call.request.query.get('$skiptoken', 0))
    end = start + fabric.settings.resources_page
    more = {'nextLink': _page_url(call, end)} if end < len(value) else {}
    return Response(200, {'value': value[start:end], **more})


def _type_filter(text: str) -> str:
    """The type, in lower case, that a filter lets through; '' for no filter. The only filter known here."""
    match = re.fullmatch(r"resourceType eq '([\w./]+)'", text)
    if text and not match:
        raise not_simulated(f'the filter {text}')
    return match[1].lower() if match else ''


def _page_url(call: Call, start: int) -> str:
    # Decision: the form of the link, but for its being a whole URL that goes back as it is.
    query = {**call.request.query, '$skiptoken': str(start)}
    return f'{call.request.origin}{call.request.path}?{urlencode(query)}'


def delete_group(fabric: Fabric, call: Call) -> Response:
    """DELETE: 202 with a Location that is polled with 202 until a 200 (recorded)."""
    group = require_group(fabric, call.target.subscription, call.name)
    group['state'] = 'Deleting'
    inside = [record for key, record in fabric.world.resources.items() if is_under(group['id'], key)]
    duration = fabric.settings.duration('group-delete')
    if any(record['type'] == 'Microsoft.Network/virtualNetworkGateways' for record in inside):
        duration += fabric.settings.duration('gateway-delete')
    job = json.dumps(
        {
            'jobId': f'RESOURCEGROUPDELETIONJOB-{group["name"].upper().replace("_", ":5F")}-{fabric.guid()}',
            'jobLocation': group['location'],
        }
    )
    name = base64.urlsafe_b64encode(job.encode()).decode().rstrip('=')
    fabric.world.group_jobs[name] = {'group': group['id'].lower(), 'done': False}
    fabric.schedule(fabric.now + duration, 'group-delete', name)
    return Response(
        202, headers={'Location': _job_url(fabric, call, name), 'Retry-After': whole_seconds(fabric, DELETE_POLL)}
    )


def _job_url(fabric: Fabric, call: Call, name: str) -> str:
    # Signed anew at each answer (recorded 2025).
    return (
        f'{call.request.origin}/subscriptions/{call.target.subscription}/operationresults/{name}?api-version='
        f'{call.version}{sign(fabric, name, "group", fabric.now)}'
    )


def finish_delete(fabric: Fabric, name: str) -> None:
    """The effect of a group's deletion: everything in it is gone."""
    job = fabric.world.group_jobs[name]
    job['done'] = True
    prefix = job['group']
    for table in (fabric.world.resources, fabric.world.locks, fabric.world.deployments):
        for key in [key for key in table if is_under(prefix, key)]:
            parent = table.pop(key).get('parent')
            if parent:  # a deployment that waits for this one
                fabric.schedule(fabric.now, 'deployment', parent)
    for target, users in list(fabric.world.attachments.items()):
        left = [user for user in users if not is_under(prefix, user['id'])]
        if left and not is_under(prefix, target):
            fabric.world.attachments[target] = left
        else:
            del fabric.world.attachments[target]
    fabric.world.groups.pop(prefix, None)


def poll_delete(fabric: Fabric, call: Call) -> Response:
    """GET of the deletion's Location: 202 until done, then 200 without a body or a Location (recorded)."""
    job = fabric.world.group_jobs.get(call.name)
    if job is None:
        raise ArmError(404, 'NotFound', f"The operation result '{call.name}' was not found.")
    if job['done']:
        return Response(200)
    return Response(
        202, headers={'Location': _job_url(fabric, call, call.name), 'Retry-After': exact_seconds(fabric, DELETE_POLL)}
    )
