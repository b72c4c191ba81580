"""The bodies that a deployment sends: of resources, and of the deployments nested in it."""

from collections.abc import Mapping
from typing import Any

from tests.armsim.deployments.expressions import escaped
from tests.armsim.deployments.scope import DEPLOYMENT_TYPE, Scope, evaluate
from tests.armsim.fabric import not_simulated

WRITTEN = ('location', 'tags', 'properties', 'sku', 'zones')  # what goes from a template's resource into the PUT


def is_nested(step: Mapping[str, Any]) -> bool:
    """Whether a step is a deployment itself."""
    return step['type'].lower() == DEPLOYMENT_TYPE.lower()


def body_of(step: Mapping[str, Any], scope: Scope) -> dict:
    """The body of the PUT that writes a step's resource; for a nested deployment the body of that deployment."""
    resource = step['resource']
    if not is_nested(step):
        return {key: evaluate(resource[key], scope) for key in WRITTEN if resource.get(key) is not None}
    body = _nested_resource(resource, scope)
    kept = {key: body[key] for key in ('location', 'tags') if body.get(key) is not None}
    properties = {key: value for key, value in body['properties'].items() if key != 'expressionEvaluationOptions'}
    return {**kept, 'properties': properties}


def _nested_resource(resource: Mapping[str, Any], scope: Scope) -> dict:
    """A nested deployment as its parent hands it on: evaluated, but for the template of one in inner scope."""
    properties = resource.get('properties') or {}
    template = properties.get('template')
    rest = evaluate(
        {**resource, 'properties': {key: value for key, value in properties.items() if key != 'template'}}, scope
    )
    options = rest['properties'].get('expressionEvaluationOptions') or {}
    asked = options.get('scope') or 'Outer'  # documented: the default
    if not isinstance(template, dict) or set(options) - {'scope'} or asked.lower() not in ('inner', 'outer'):
        raise not_simulated(
            f'a nested deployment {resource.get("name")} without a template of its own, or with other '
            'options than the scope inner or outer'
        )
    if asked.lower() == 'outer':
        template = _outer(template, scope)
    return {**rest, 'properties': {**rest['properties'], 'template': template}}


def _outer(template: Mapping[str, Any], scope: Scope) -> dict:
    """A template whose expressions its parent has evaluated; what they gave is not evaluated again."""
    rest = _escaped(evaluate({key: value for key, value in template.items() if key != 'resources'}, scope))
    resources = []
    for resource in template.get('resources') or []:
        if str(resource.get('type', '')).lower() != DEPLOYMENT_TYPE.lower():
            resources.append(_escaped(evaluate(resource, scope)))
            continue
        inner = _nested_resource(resource, scope)
        kept = inner['properties'].pop('template')
        inner = _escaped(inner)
        resources.append({**inner, 'properties': {**inner['properties'], 'template': kept}})
    return {**rest, 'resources': resources}


def _escaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _escaped(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_escaped(entry) for entry in value]
    return escaped(value) if isinstance(value, str) else value
