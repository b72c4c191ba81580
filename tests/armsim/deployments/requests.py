"""The requests that make, show, stop and delete deployments, at a resource group or at a subscription."""

import re
from datetime import datetime, timezone

from tests.armsim.accounts import known_location, normal_location
from tests.armsim.clock import ticks
from tests.armsim.deployments import answers, jobs, run
from tests.armsim.deployments.check import check_plan
from tests.armsim.deployments.plan import Plan, check_location, make_plan
from tests.armsim.deployments.scope import DEPLOYMENT_TYPE, Place, id_of
from tests.armsim.fabric import Call, Fabric, digest, not_simulated
from tests.armsim.groups import require_alive, require_group
from tests.armsim.ids import is_under
from tests.armsim.operations import exact_seconds, same_url, sign, whole_seconds
from tests.armsim.wire import ArmError, Response

WEEK = 7 * 86400  # how long a deployment may take (reported)
POLL = 30  # what az waits between two polls where no header says otherwise
FILTER = re.compile(r"provisioningState eq '(\w+)'")


def place_of(fabric: Fabric, call: Call) -> Place:
    """The scope of a deployment's URL. Raises ArmError 404 for a missing group."""
    if not call.target.group:
        return Place(call.target.subscription)
    return Place(call.target.subscription, require_group(fabric, call.target.subscription, call.target.group)['name'])


def name_of(call: Call) -> str:
    """The name of the deployment in a URL."""
    return call.target.names[2 if call.target.group else 1]


def read_plan(fabric: Fabric, call: Call) -> Plan:
    """The plan of a request's body, checked as Azure checks it before it begins."""
    place, body = place_of(fabric, call), call.body or {}
    unknown = set(body) - {'properties', 'location', 'tags'}
    if unknown:
        raise not_simulated(f'{", ".join(sorted(unknown))} of a deployment')
    check_location(place, name_of(call), body.get('location'))
    if body.get('location') is not None:
        known_location(fabric, body['location'], DEPLOYMENT_TYPE)  # Decision: refused as for a resource.
    return make_plan(fabric, place, name_of(call), body.get('properties'))


def _record(fabric: Fabric, call: Call, plan: Plan) -> dict:
    # The number falls as time goes by (recorded); two of one moment differ in its last digits.
    number = 2**63 - 1 - ticks(fabric.now) - int.from_bytes(digest(fabric.guid())[:2], 'big')
    location = (call.body or {}).get('location')
    return {
        'id': id_of(plan.place, DEPLOYMENT_TYPE, plan.name),
        'name': plan.name,
        'state': 'Accepted',
        'location': normal_location(location) if location else None,
        'tags': (call.body or {}).get('tags'),
        'start': fabric.now,
        'changed': fabric.now,
        'number': f'{number:020d}',
        'correlation': fabric.guid(),
        'error': None,
        'results': None,
        'parent': None,
        'wake': 0.0,
        'version': call.version,
        'origin': call.request.origin,
        'path': call.request.path,
        **run.work_of(plan),
        'caller': [[one.object_id, one.name, one.tenant] for one in (call.caller, *call.caller.auxiliary)],
    }


def put_deployment(fabric: Fabric, call: Call) -> Response:
    """PUT: 201 or 200 Accepted, with the URL of its status (recorded)."""
    plan = read_plan(fabric, call)
    if plan.place.group:
        require_alive(require_group(fabric, plan.place.subscription, plan.place.group))
    record = _record(fabric, call, plan)
    known = fabric.world.deployments.get(record['id'].lower())
    if known and answers.is_active(known):
        raise ArmError(
            409,
            'DeploymentActive',  # reported
            f"Unable to edit or replace deployment '{known['name']}': previous deployment from "
            f"'{_american(known['start'])}' is still active (expiration time is "
            f"'{_american(known['start'] + WEEK)}'). Please see https://aka.ms/arm-deploy for usage "
            'details.',
        )
    if known and known['location'] != record['location']:
        raise ArmError(
            409,
            'InvalidDeploymentLocation',  # reported
            f"Invalid deployment location '{record['location']}'. The deployment '{known['name']}' already "
            f"exists in location '{known['location']}'.",
        )
    check_plan(fabric, plan, call.caller)
    _make_room(fabric, plan.place)
    run.begin(fabric, record)
    return Response(
        200 if known else 201,
        answers.body(fabric, record, call.version),
        {'Azure-AsyncOperation': _status_url(fabric, record), **_pace(fabric, whole_seconds)},
    )


def _american(moment: float) -> str:
    then = datetime.fromtimestamp(moment, timezone.utc)
    return f'{then.month}/{then.day}/{then.year} {then.hour % 12 or 12}:{then:%M:%S %p}'


def _status_url(fabric: Fabric, record: dict) -> str:
    # The path is that of the request (recorded); signed since 2025 (recorded), as those of the network provider.
    return (
        f'{record["origin"]}{record["path"]}/operationStatuses/{record["number"]}?api-version={record["version"]}'
        f'{sign(fabric, record["number"], "operationStatuses", record["start"])}'
    )


def _pace(fabric: Fabric, written) -> dict[str, str]:
    """Azure names no time to wait (recorded), az waits 30 s: where time is scaled, a header scales that too."""
    return {} if fabric.settings.speed == 1 else {'Retry-After': written(fabric, POLL)}


def _make_room(fabric: Fabric, place: Place) -> None:
    """Delete the oldest deployment of a scope that is full (documented), which a lock prevents."""
    there = [record for record in fabric.world.deployments.values() if Place(*record['place']) == place]
    ended = [record for record in there if not answers.is_active(record)]
    if len(there) < fabric.settings.deployment_history:
        return
    if not ended or any(is_under(lock.rpartition('/providers/')[0], place.id) for lock in fabric.world.locks):
        # Decision: the text; the code and what leads to it are documented.
        raise ArmError(
            409,
            'DeploymentQuotaExceeded',
            f"Creating the deployment would exceed the quota of '{fabric.settings.deployment_history}'. "
            'Please delete some deployments before creating a new one.',
        )
    del fabric.world.deployments[min(ended, key=lambda record: record['changed'])['id'].lower()]


def require_deployment(fabric: Fabric, call: Call) -> dict:
    """The deployment of a URL. Raises ArmError 404."""
    key = id_of(place_of(fabric, call), DEPLOYMENT_TYPE, name_of(call)).lower()
    record = fabric.world.deployments.get(key)
    if record is None:
        raise ArmError(404, 'DeploymentNotFound', f"Deployment '{name_of(call)}' could not be found.")
    return record


def get_deployment(fabric: Fabric, call: Call) -> Response:
    """GET of a deployment."""
    return Response(200, answers.body(fabric, require_deployment(fabric, call), call.version))


def head_deployment(fabric: Fabric, call: Call) -> Response:
    """HEAD: 204 or 404, without a body (documented)."""
    try:
        require_deployment(fabric, call)
    except ArmError as error:
        return Response(404, headers=error.response().headers)
    return Response(204)


def list_deployments(fabric: Fabric, call: Call) -> Response:
    """GET of the deployments of a group or a subscription, the newest first (recorded)."""
    place, asked = place_of(fabric, call), call.request.query.get('$filter', '')
    found = FILTER.fullmatch(asked)
    if asked and not found:
        raise not_simulated(f'the filter {asked}')
    records = [
        record
        for record in fabric.world.deployments.values()
        if Place(*record['place']) == place and (not found or record['state'].lower() == found[1].lower())
    ]
    return Response(
        200,
        {
            'value': [
                answers.body(fabric, record, call.version)
                for record in sorted(records, key=lambda record: -record['changed'])
            ]
        },
    )


def get_status(fabric: Fabric, call: Call) -> Response:
    """GET of a deployment's status: HTTP 200 for failures too (recorded)."""
    record = require_deployment(fabric, call)
    if record['number'] != call.name:
        # Decision: the text.
        raise ArmError(404, 'DeploymentOperationNotFound', f"Deployment operation '{call.name}' could not be found.")
    if not same_url(call.request, _status_url(fabric, record)):
        # Decision: as for the operations of the network provider.
        raise ArmError(400, 'InvalidOperationUrl', f'The URL of operation {call.name} came back changed.')
    return Response(200, answers.status(record), _pace(fabric, exact_seconds) if answers.is_active(record) else {})


def list_operations(fabric: Fabric, call: Call) -> Response:
    """GET of a deployment's operations."""
    return Response(200, {'value': answers.operations(require_deployment(fabric, call))})


def get_operation(fabric: Fabric, call: Call) -> Response:
    """GET of one operation of a deployment."""
    for row in answers.operations(require_deployment(fabric, call)):
        if row['operationId'].lower() == call.name.lower():
            return Response(200, row)
    raise ArmError(404, 'DeploymentOperationNotFound', f"Deployment operation '{call.name}' could not be found.")


def validate_deployment(fabric: Fabric, call: Call) -> Response:
    """POST validate: what a deployment would write (recorded), asking the providers about the bodies (documented)."""
    plan = read_plan(fabric, call)
    check_plan(fabric, plan, call.caller, bodies=True)
    record = {**_record(fabric, call, plan), 'state': 'Succeeded'}
    body = answers.body(fabric, record, call.version)
    del body['properties']['outputResources']
    body['properties']['validatedResources'] = [{'id': step['id']} for _, step in plan.everything()]
    return Response(200, body)


def cancel_deployment(fabric: Fabric, call: Call) -> Response:
    """POST cancel: 204 for one that is accepted or running (documented)."""
    record = require_deployment(fabric, call)
    if not answers.is_active(record):
        # The code is from the field; decision: status and text.
        raise ArmError(
            409,
            'DeploymentCannotBeCancelled',
            f"The deployment '{record['name']}' cannot be cancelled because it is in the provisioning state "
            f"'{record['state']}'.",
        )
    run.cancel(fabric, record)
    return Response(204)


def delete_deployment(fabric: Fabric, call: Call) -> Response:
    """DELETE: 204 where there is none, else 202; what it wrote stays (documented)."""
    key = id_of(place_of(fabric, call), DEPLOYMENT_TYPE, name_of(call)).lower()
    record = fabric.world.deployments.get(key)
    if record is None:
        return Response(204)
    if answers.is_active(record):
        # Documented: one that is running cannot be deleted; decision: the error.
        raise ArmError(
            409,
            'DeploymentActive',
            f"Unable to delete deployment '{record['name']}': it is still active. "
            'Please see https://aka.ms/arm-deploy for usage details.',
        )
    del fabric.world.deployments[key]
    # Decision: it is gone at once; documented: a Location that is polled until it says 204.
    return jobs.start(fabric, call, 'DeploymentDeletionJob', 1)
