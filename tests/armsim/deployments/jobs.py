"""What runs at subscriptions/{id}/operationresults/{name}: what-ifs and deletions, beside the deletions of groups."""

import base64
import json
from typing import Any

from tests.armsim.fabric import Call, Fabric
from tests.armsim.groups import poll_delete
from tests.armsim.operations import exact_seconds, sign, whole_seconds
from tests.armsim.wire import Response

POLL = 5  # Decision: nothing is known of a Retry-After here.


def start(fabric: Fabric, call: Call, kind: str, seconds: float, result: Any = None) -> Response:
    """The 202 of a job that takes so long; its result is answered with 200 then, or 204 where there is none."""
    job = json.dumps({'jobId': f'{kind}-{fabric.guid().upper()}', 'jobLocation': 'westus'})  # recorded
    name = base64.urlsafe_b64encode(job.encode()).decode().rstrip('=')
    fabric.world.deployment_jobs[name] = {'due': fabric.now + seconds, 'result': result}
    return Response(202, headers={'Location': _url(fabric, call, name), 'Retry-After': whole_seconds(fabric, POLL)})


def _url(fabric: Fabric, call: Call, name: str) -> str:
    return (
        f'{call.request.origin}/subscriptions/{call.target.subscription}/operationresults/{name}?api-version='
        f'{call.version}{sign(fabric, name, "job", fabric.now)}'
    )


def poll(fabric: Fabric, call: Call) -> Response:
    """GET of a job: 202 until it is due (documented)."""
    job = fabric.world.deployment_jobs.get(call.name)
    if job is None:
        return poll_delete(fabric, call)
    if fabric.now < job['due']:
        return Response(
            202, headers={'Location': _url(fabric, call, call.name), 'Retry-After': exact_seconds(fabric, POLL)}
        )
    return Response(204) if job['result'] is None else Response(200, job['result'])
