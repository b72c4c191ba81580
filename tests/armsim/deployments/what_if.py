"""POST whatIf: what a deployment would change, resource by resource and member by member."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.armsim.deployments import jobs
from tests.armsim.deployments.bodies import body_of, is_nested
from tests.armsim.deployments.check import check_plan
from tests.armsim.deployments.plan import Plan
from tests.armsim.deployments.requests import read_plan
from tests.armsim.fabric import Call, Fabric, not_simulated
from tests.armsim.ids import is_under
from tests.armsim.wire import ArmError, Request, Response

SECONDS = 15  # recorded: 16 s
MASK = '*******'  # Decision: what stands for a secure value; Azure cannot compare it either (reported).
READ_ONLY = {'provisioningState', 'etag', 'resourceGuid', 'type'}
FORMATS = ('FullResourcePayloads', 'ResourceIdOnly')
WITH_CORRELATION = '2024-11-01'  # reported
Delta = list[dict]


def what_if(fabric: Fabric, call: Call) -> Response:
    """POST whatIf: 202 with a Location that answers with the changes when they are known (recorded)."""
    body = call.body or {}
    properties = dict(body.get('properties') or {})
    settings = properties.pop('whatIfSettings', None) or {}
    shape = settings.get('resultFormat') or FORMATS[0]
    if set(settings) - {'resultFormat'} or shape not in FORMATS:
        raise not_simulated(f'the what-if settings {settings}')
    asked = replace(call.request, body={**body, 'properties': properties})
    plan = read_plan(fabric, replace(call, request=asked))
    check_plan(fabric, plan, call.caller)
    changes = [change if shape == FORMATS[0] else _short(change) for change in _changes(fabric, call, plan)]
    correlation = {'correlationId': fabric.guid()} if call.version >= WITH_CORRELATION else {}
    return jobs.start(
        fabric,
        call,
        'DeploymentWhatIfJob',
        SECONDS,
        {'status': 'Succeeded', 'properties': {**correlation, 'changes': changes}},
    )


def _short(change: Mapping[str, Any]) -> dict:
    """Without payloads: whatever exists is said to be deployed (reported)."""
    kind = 'Deploy' if change['changeType'] in ('Modify', 'NoChange') else change['changeType']
    return {'resourceId': change['resourceId'], 'changeType': kind}


def _changes(fabric: Fabric, call: Call, plan: Plan) -> Iterator[dict]:
    """Nested deployments are expanded: there are their resources in place of them (reported).

    What is there and not in the template is ignored. Decision: so it is in each group that something is written to.
    """
    named, places = set(), []
    for owner, step in plan.everything():
        if owner.place.group and owner.place.id not in places:
            places.append(owner.place.id)
        if not is_nested(step):
            named.add(step['id'].lower())
            yield _change(fabric, call, owner, step)
    for record in fabric.world.resources.values():
        if (
            record['type'].count('/') == 1
            and record['id'].lower() not in named
            and any(is_under(place, record['id']) for place in places)
        ):
            yield {
                'resourceId': record['id'],
                'changeType': 'Ignore',
                'before': _payload(
                    record['id'], record['type'], '', {'location': record['location'], 'tags': record.get('tags')}
                ),
            }


def _masked(plan: Plan) -> Plan:
    secrets = {name: _mask(value) for name, value in plan.template.secrets.items()}
    return replace(plan, scope=replace(plan.scope, parameters={**plan.template.values, **secrets}))


def _mask(value: Any) -> Any:
    return {name: _mask(entry) for name, entry in value.items()} if isinstance(value, dict) else MASK


def _change(fabric: Fabric, call: Call, owner: Plan, step: dict) -> dict:
    wanted = body_of(step, _masked(owner).scope)
    answer, _ = fabric.send(
        Request('GET', step['id'], {'api-version': step['version']}, origin=call.request.origin), call.caller
    )
    after = _payload(step['id'], step['type'], step['version'], wanted)
    if answer.status == 404:
        return {'resourceId': step['id'], 'changeType': 'Create', 'after': after}
    if answer.status != 200:
        error = answer.body['error']
        raise ArmError(answer.status, error['code'], error['message'])
    before = _payload(answer.body['id'], step['type'], step['version'], _writable(answer.body))
    delta = _delta(before, after, '')
    # Decision: what the template does not name stays as it is, and is no change.
    return {
        'resourceId': before['id'],
        'changeType': 'Modify' if delta else 'NoChange',
        'before': before,
        'after': _laid_over(before, after),
        **({'delta': delta} if delta else {}),
    }


def _payload(resource_id: str, kind: str, version: str, body: Mapping[str, Any]) -> dict:
    """A resource as a what-if shows it: its members in the order of their names (recorded)."""
    members = {
        **{key: value for key, value in body.items() if value is not None},
        'id': resource_id,
        'type': kind,
        'name': resource_id.rpartition('/')[2],
        **({'apiVersion': version} if version else {}),
    }
    return dict(sorted(members.items()))


def _writable(body: Any) -> Any:
    if isinstance(body, dict):
        return {key: _writable(value) for key, value in body.items() if key not in READ_ONLY}
    return [_writable(entry) for entry in body] if isinstance(body, list) else body


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, str) and isinstance(after, str):
        # Decision: ids and locations have no case, and no what-if was seen to say so.
        return before == after or before.lower().replace(' ', '') == after.lower().replace(' ', '')
    return type(before) is type(after) and before == after


def _delta(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Delta:
    """The members of `after` that differ, each with its path from the resource on (recorded)."""
    found: Delta = []
    for key, wanted in after.items():
        name, present = f'{path}{key}', before.get(key)
        if wanted is None or _same(present, wanted):
            continue
        if isinstance(wanted, dict) and isinstance(present, dict):
            found += _delta(present, wanted, name + '.')
        elif isinstance(wanted, list) and isinstance(present, list):
            children = _elements(present, wanted)
            if children:
                found.append({'path': name, 'propertyChangeType': 'Array', 'children': children})
        elif key not in before:
            found.append({'path': name, 'propertyChangeType': 'Create', 'after': wanted})
        else:
            found.append({'path': name, 'propertyChangeType': 'Modify', 'before': present, 'after': wanted})
    return found


def _elements(before: list, after: list) -> Delta:
    found: Delta = []
    for index in range(max(len(before), len(after))):
        entry: dict[str, Any] = {'path': str(index)}
        if index >= len(after):
            found.append({**entry, 'propertyChangeType': 'Delete', 'before': before[index]})
        elif index >= len(before):
            found.append({**entry, 'propertyChangeType': 'Create', 'after': after[index]})
        elif isinstance(before[index], dict) and isinstance(after[index], dict):
            children = _delta(before[index], after[index], '')
            if children:
                found.append({**entry, 'propertyChangeType': 'Modify', 'children': children})
        elif not _same(before[index], after[index]):
            found.append({**entry, 'propertyChangeType': 'Modify', 'before': before[index], 'after': after[index]})
    return found


def _laid_over(before: Any, after: Any) -> Any:
    if isinstance(before, dict) and isinstance(after, dict):
        return dict(
            sorted(
                {
                    **before,
                    **{key: _laid_over(before.get(key), value) for key, value in after.items() if value is not None},
                }.items()
            )
        )
    return before if after is None or _same(before, after) else after
