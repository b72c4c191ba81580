"""What a deployment is going to write: a step per resource of its template, and the same for the nested ones."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from tests.armsim.accounts import normal_location
from tests.armsim.deployments.bodies import WRITTEN, body_of, is_nested
from tests.armsim.deployments.scope import DEPLOYMENT_TYPE, GROUP_TYPE, Place, Scope, evaluate, id_of, invalid
from tests.armsim.deployments.template import Template, read_template
from tests.armsim.fabric import Fabric, not_simulated
from tests.armsim.groups import group_id, require_group
from tests.armsim.wire import ArmError

ABOUT = {'type', 'name', 'apiVersion', 'dependsOn', 'condition', 'comments', 'metadata'}
NESTED = {'resourceGroup', 'subscriptionId', 'location', 'tags', 'properties'}
NAME = re.compile(r'[-\w.()]{1,64}')
Steps = list[dict]


@dataclass(frozen=True)
class Plan:
    """One deployment before it runs; `inner` are the plans of its nested deployments, by the id of their step."""

    place: Place
    name: str
    template: Template
    scope: Scope
    steps: Steps
    inner: Mapping[str, 'Plan'] = field(default_factory=dict)

    def everything(self) -> Iterator[tuple['Plan', dict]]:
        """Every step with the plan that it is of, those of the nested deployments after the own ones."""
        for step in self.steps:
            yield self, step
        for plan in self.inner.values():
            yield from plan.everything()


def empty_scope(fabric: Fabric, place: Place, name: str, planned: Mapping[str, dict] | None = None) -> Scope:
    """What the expressions of a deployment's template read, but for parameters and variables.

    `planned` are groups that are not there yet, by id in lower case. Raises ArmError 404 for a missing group.
    """
    entry = fabric.world.subscriptions[place.subscription]
    subscription = {
        'id': f'/subscriptions/{place.subscription}',
        'subscriptionId': place.subscription,
        'tenantId': entry['tenantId'],
        'displayName': entry['displayName'],
    }
    group = None
    if place.group:
        record = (planned or {}).get(place.id.lower()) or require_group(fabric, place.subscription, place.group)
        group = {
            'id': record['id'],
            'name': record['name'],
            'type': GROUP_TYPE,
            'location': record['location'],
            **({'tags': record['tags']} if record.get('tags') else {}),
            'properties': {'provisioningState': 'Succeeded'},
        }
    return Scope(place, name, subscription, group, {}, {})


def make_plan(
    fabric: Fabric, place: Place, name: str, properties: Any, planned: Mapping[str, dict] | None = None
) -> Plan:
    """The plan of a deployment, from the `properties` of its body. Raises ArmError for what cannot be deployed."""
    if not NAME.fullmatch(name):
        # Decision: the text; the characters and the length are documented.
        raise ArmError(400, 'InvalidDeploymentName', f"The deployment name '{name}' is not valid.")
    bare = empty_scope(fabric, place, name, planned)
    template = read_template(properties, bare)
    scope = replace(bare, parameters={**template.values, **template.secrets}, variables=template.variables)
    steps = _steps(fabric, template.resources, scope)
    known = {
        **(planned or {}),
        **{
            step['id'].lower(): {'id': step['id'], 'name': step['name'], 'location': step['location']}
            for step in steps
            if step['type'].lower() == GROUP_TYPE.lower()
        },
    }
    inner = {}
    for step in steps:
        body = body_of(step, scope)
        if is_nested(step):
            there = Place(*step['place'])
            check_location(there, step['name'], body.get('location'))
            inner[step['id']] = make_plan(fabric, there, step['name'], body['properties'], known)
    _check_outputs(template.outputs, scope)
    return Plan(place, name, template, scope, steps, inner)


def check_location(place: Place, name: str, location: Any) -> None:
    """Raise ArmError 400 (reported) for a deployment to a subscription without a location, or to a group with one."""
    what = 'must be specified' if location is None and not place.group else 'is not allowed'
    if (location is None) is not bool(place.group):
        raise ArmError(
            400,
            'InvalidDeployment',
            f"The 'location' property {what} for '{name}'. Please see "
            'https://aka.ms/deploy-to-subscription for usage details.',
        )


def _check_outputs(outputs: Mapping[str, dict] | None, scope: Scope) -> None:
    """Find what is wrong with the outputs before anything is written, as far as it does not depend on resources."""
    for output in (outputs or {}).values():
        if 'reference(' not in str(output['value']).lower():
            evaluate(output['value'], scope)


def _steps(fabric: Fabric, resources: list, scope: Scope) -> Steps:
    steps, absent = [], []
    for resource in resources:
        step = _step(fabric, resource, scope)
        condition = evaluate(resource.get('condition', True), scope)
        if not isinstance(condition, bool):
            raise invalid(
                f"The template resource '{step['name']}' is not valid: the condition is not a boolean. "
                'Please see https://aka.ms/arm-template/#resources for usage details.'
            )
        (steps if condition else absent).append(step)
    ids = [step['id'].lower() for step in (*steps, *absent)]
    for step in steps:
        if ids.count(step['id'].lower()) > 1:
            raise invalid(
                f"The resource '{step['id']}' at line '1' and column '1' is defined multiple times in a "
                'template. Please see https://aka.ms/arm-template/#resources for usage details.'
            )
    kept = {step['id'] for step in steps}
    for step in steps:
        wanted = [find(steps + absent, _string(text, scope)) for text in step['resource'].get('dependsOn') or []]
        # What a condition leaves out is waited for by nobody (documented).
        step['after'] = [other['id'] for other in wanted if other['id'] in kept]
    try:
        TopologicalSorter({step['id']: step['after'] for step in steps}).prepare()
    except CycleError as cycle:  # reported
        raise invalid(
            f"Circular dependency detected on resource: '{cycle.args[1][0]}'. Please see "
            'https://aka.ms/arm-syntax-resources for usage details.'
        ) from None
    return steps


def find(steps: Steps, wanted: str) -> dict:
    """The step that is named by id, by name, or by type and name. Raises ArmError 400 unless there is just one."""
    text = wanted.lower()
    found = [
        step
        for step in steps
        if text
        in (
            step['id'].lower(),
            step['name'].lower(),
            f'{step["type"]}/{step["name"]}'.lower(),
            step['id'].lower().rpartition('/providers/')[2],
        )
    ]
    if not found:  # reported
        raise invalid(
            f"The resource '{wanted}' is not defined in the template. Please see "
            'https://aka.ms/arm-template for usage details.'
        )
    if len(found) > 1:
        raise invalid(
            f"The template reference '{wanted}' is not valid: more than one resource has this name. Please "
            'see https://aka.ms/arm-template for usage details.'
        )
    return found[0]


def _string(text: Any, scope: Scope) -> str:
    value = evaluate(text, scope)
    if not isinstance(value, str):  # reported
        raise invalid(
            f"Evaluation result of language expression '{text}' is not of the expected type 'String'. Please "
            'see https://aka.ms/arm-functions for usage details.'
        )
    return value


def _step(fabric: Fabric, resource: Any, scope: Scope) -> dict:
    if not isinstance(resource, dict):
        raise invalid(
            'The template resources are not objects. Please see https://aka.ms/arm-template/#resources for '
            'usage details.'
        )
    for member in ('type', 'name', 'apiVersion'):
        if member not in resource:
            raise invalid(
                f"The template resource '{resource.get('name', '')}' at line '1' and column '1' is not "
                f'valid. The {member} property is required. Please see '
                'https://aka.ms/arm-template/#resources for usage details.'
            )
    kind, name, version = (_string(resource[member], scope) for member in ('type', 'name', 'apiVersion'))
    nested = kind.lower() == DEPLOYMENT_TYPE.lower()
    unknown = set(resource) - ABOUT - (NESTED if nested else set(WRITTEN))
    if unknown:
        raise not_simulated(f"{', '.join(sorted(unknown))} in a template's resource of type {kind}")
    if len(name.split('/')) != kind.count('/'):  # documented
        raise invalid(
            f"The template resource '{name}' for type '{kind}' at line '1' and column '1' has incorrect "
            'segment lengths. A nested resource type must have identical number of segments as its resource '
            'name. A root resource type must have segment length one greater than its resource name. Please '
            'see https://aka.ms/arm-template/#resources for usage details.'
        )
    place = _nested_place(fabric, resource, scope) if nested else scope.place
    if bool(place.group) is (kind.lower() == GROUP_TYPE.lower()) and not nested:
        # Decision: the text; what may stand in which template is documented.
        raise invalid(
            f"The template resource '{name}' of type '{kind}' cannot be deployed at the scope '{place.id}'. "
            'Please see https://aka.ms/arm-template/#resources for usage details.'
        )
    location = evaluate(resource.get('location'), scope)
    return {
        'id': id_of(place, kind, name),
        'place': [place.subscription, place.group],
        'type': kind,
        'name': name,
        'version': version,
        'location': normal_location(location) if location else None,
        'resource': dict(resource),
        'after': [],
        'state': 'waiting',
        'operation': None,
        'due': 0.0,
        'begun': None,
        'ended': None,
        'status': None,
        'message': None,
        'own': False,
        'tracking': fabric.guid(),
    }


def _nested_place(fabric: Fabric, resource: Mapping[str, Any], scope: Scope) -> Place:
    group = evaluate(resource.get('resourceGroup'), scope)
    subscription = evaluate(resource.get('subscriptionId'), scope)
    if subscription is None:
        subscription, group = scope.place.subscription, group or scope.place.group
    check_subscription(fabric, subscription, scope.subscription['tenantId'])
    record = fabric.world.groups.get(group_id(subscription.lower(), group or '').lower())
    return Place(subscription.lower(), record['name'] if record else group or '')


def check_subscription(fabric: Fabric, subscription: str, tenant: str) -> None:
    """Raise ArmError for a subscription that a deployment of this tenant cannot write to.

    Code and text are reported; decision: the status, and that auxiliary tokens change nothing.
    """
    entry = fabric.world.subscriptions.get(subscription.lower())
    if entry is None:
        raise ArmError(404, 'SubscriptionNotFound', f"The subscription '{subscription}' could not be found.")
    if entry['tenantId'] != tenant:
        raise ArmError(
            403,
            'CrossTenantDeploymentNotPermitted',
            f"The template deployment tries to deploy resources to subscription '{subscription}'. However, "
            f"the current tenant '{tenant}' is not authorized to deploy resources to that subscription. "
            'Please see https://aka.ms/arm-template/#resources for usage details.',
        )
