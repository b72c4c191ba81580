"""Templates of Resource Manager, read strictly: only what this simulator can carry out."""
import hashlib
import json
import re
from typing import Any

from tests.armsim.fabric import not_simulated
from tests.armsim.wire import ArmError

WRITTEN = ('location', 'tags', 'properties', 'sku', 'zones')  # what goes from a template's resource into the PUT
KNOWN = {'$schema', 'contentVersion', 'parameters', 'variables', 'resources', 'outputs', 'metadata'}
PARAMETERS = re.compile(r"^\[parameters\('([^']+)'\)\]$")


def _invalid(message: str) -> ArmError:
    return ArmError(400, 'InvalidTemplate', f"Deployment template validation failed: '{message}'.")


def evaluate(value: Any, parameters: dict[str, Any]) -> Any:
    """A template's value with its `[parameters('x')]` filled in. Raises ArmError 400 for any other expression."""
    if isinstance(value, dict):
        return {key: evaluate(entry, parameters) for key, entry in value.items()}
    if isinstance(value, list):
        return [evaluate(entry, parameters) for entry in value]
    if isinstance(value, str) and value.startswith('[') and value.endswith(']'):
        if value.startswith('[['):
            return value[1:]
        found = PARAMETERS.match(value)
        if not found:
            raise not_simulated(f'the template expression {value}')
        name = next((name for name in parameters if name.lower() == found.group(1).lower()), None)
        if name is None:
            raise _invalid(f"The template parameter '{found.group(1)}' is not found.")
        return parameters[name]
    return value


def _parameters(properties: dict) -> tuple[dict[str, Any], dict[str, dict]]:
    """The values of a template's parameters, and how a deployment shows them: a secure one without its value."""
    declared = properties['template'].get('parameters') or {}
    given = properties.get('parameters') or {}
    unknown = set(given) - set(declared)
    if unknown:
        raise _invalid(f"The template parameters '{', '.join(sorted(unknown))}' in the parameters file are not valid; "
                       'they are not present in the original template and can therefore not be provided at '
                       'deployment time')
    values, shown = {}, {}
    for name, declaration in declared.items():
        if name in given:
            values[name] = given[name].get('value')
        elif 'defaultValue' in declaration:
            values[name] = declaration['defaultValue']
        else:
            raise _invalid(f"The value for the template parameter '{name}' at line '1' and column '1' is not provided")
        kind = declaration['type']
        if kind.lower().startswith('secure'):
            shown[name] = {'type': 'SecureString' if kind.lower() == 'securestring' else 'SecureObject'}
        else:
            shown[name] = {'type': kind[0].upper() + kind[1:], 'value': values[name]}
    return values, shown


def read_deployment(body: Any, group_id: str) -> dict:
    """What a deployment's body asks for: its resources get their ids, bodies and what they depend on."""
    properties = (body or {}).get('properties') or {}
    template = properties.get('template')
    if not isinstance(template, dict):
        raise ArmError(400, 'InvalidRequestContent', 'The request content was invalid: the template is required.')
    if (properties.get('mode') or '').lower() != 'incremental':
        raise not_simulated(f'the deployment mode {properties.get("mode")}')
    unknown = set(template) - KNOWN
    if unknown or template.get('variables'):
        raise not_simulated(f'{sorted(unknown) or ["variables"]} in templates')
    values, shown = _parameters(properties)
    steps = [_step(evaluate(resource, values), group_id) for resource in template.get('resources') or []]
    for step in steps:
        for wanted in step['after']:
            if not any(is_named(other, wanted) for other in steps):
                raise _invalid(f"The resource '{wanted}' is not defined in the template")
    content = hashlib.blake2b(json.dumps(template, sort_keys=True).encode(), digest_size=8).digest()
    return {'steps': steps, 'shown': shown, 'outputs': template.get('outputs') or {},
            'hash': str(int.from_bytes(content, 'big'))}


def _step(resource: dict, group_id: str) -> dict:
    kind, name = resource['type'], resource['name']
    unknown = set(resource) - {*WRITTEN, 'type', 'name', 'apiVersion', 'dependsOn', 'comments', 'metadata'}
    if unknown:
        raise not_simulated(f"{sorted(unknown)} in a template's resource")
    namespace, *kinds = kind.split('/')
    path = '/'.join(part for pair in zip(kinds, name.split('/')) for part in pair)
    body = {key: resource[key] for key in WRITTEN if resource.get(key) is not None}
    return {'id': f'{group_id}/providers/{namespace}/{path}', 'type': kind, 'name': name,
            'version': resource['apiVersion'], 'body': body, 'after': resource.get('dependsOn') or [],
            'state': 'waiting', 'operation': None, 'due': 0.0, 'location': resource.get('location')}


def is_named(step: dict, wanted: str) -> bool:
    """Whether a template's resource is the one that `wanted` names, by id, by name, or by type and name."""
    wanted = wanted.lower()
    return wanted in (step['id'].lower(), step['name'].lower(), f'{step["type"]}/{step["name"]}'.lower())
