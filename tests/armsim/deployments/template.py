"""A template and its parameters, read strictly: only what this simulator can carry out."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.armsim.deployments.scope import Scope, evaluate, invalid
from tests.armsim.fabric import not_simulated
from tests.armsim.wire import ArmError

KNOWN = {'$schema', 'contentVersion', 'parameters', 'variables', 'resources', 'outputs', 'metadata'}
PROPERTIES = {'template', 'parameters', 'mode'}
SCHEMA = re.compile(r'https?: ?//schema\.management\.azure\.com/schemas/[\d-]+/\w*deploymentTemplate\.json#?', re.I)
LIMITS = {'resources': 800, 'parameters': 256, 'variables': 256, 'outputs': 64}  # documented
# What a parameter's value is held to: the types that it goes with, how, and Azure's complaint (reported).
_TEXTS = ('string', 'securestring', 'array')
BOUNDS = {
    'minLength': (_TEXTS, lambda value, bound: len(value) >= bound, 'Length of the value should be greater than'),
    'maxLength': (_TEXTS, lambda value, bound: len(value) <= bound, 'Length of the value should be less than'),
    'minValue': (('int',), lambda value, bound: value >= bound, 'The value should be greater than'),
    'maxValue': (('int',), lambda value, bound: value <= bound, 'The value should be less than'),
}
# The type of a parameter, as a deployment shows it and as Azure's complaint names it, with its JSON types.
TYPES: Mapping[str, tuple[str, str, tuple[type, ...]]] = {
    'string': ('String', 'String', (str,)),
    'securestring': ('SecureString', 'String', (str,)),
    'int': ('Int', 'Integer', (int,)),
    'bool': ('Bool', 'Boolean', (bool,)),
    'array': ('Array', 'Array', (list,)),
    'object': ('Object', 'Object', (dict,)),
    'secureobject': ('SecureObject', 'Object', (dict,)),
}


@dataclass(frozen=True)
class Template:
    """A template with the values of its parameters, the secure ones apart; `shown` is what a deployment tells of them.

    `hash` depends on nothing but the template.
    """

    resources: list
    outputs: dict | None
    variables: dict
    values: dict[str, Any]
    secrets: dict[str, Any]
    shown: dict[str, dict] | None
    hash: str


def is_secure(kind: str) -> bool:
    """Whether a parameter or an output of this type keeps its value to itself."""
    return kind.lower().startswith('secure')


def _member(properties: Mapping[str, Any], name: str, kind: type) -> Any:
    value = properties.get(name)
    if value is not None and not isinstance(value, kind):
        raise ArmError(
            400,
            'InvalidRequestContent',
            f"The request content was invalid and could not be deserialized: 'Error converting {name}'.",
        )
    return value


def read_template(properties: Any, scope: Scope) -> Template:
    """What the properties of a deployment's body ask for. `scope` has the place; its parameters are not used."""
    if not isinstance(properties, dict):
        raise ArmError(400, 'InvalidRequestContent', 'The request content was invalid: the properties are required.')
    unknown = {name for name in properties if properties[name] is not None} - PROPERTIES
    if unknown:
        raise not_simulated(f'{", ".join(sorted(unknown))} in the properties of a deployment')
    mode = _member(properties, 'mode', str) or ''
    if mode.lower() != 'incremental':
        raise not_simulated(f'the deployment mode {mode or "(none)"}')
    template = _member(properties, 'template', dict)
    if template is None:
        raise ArmError(400, 'InvalidRequestContent', 'The request content was invalid: the template is required.')
    _check(template)
    declared = template.get('parameters') or {}
    values = _values(declared, _member(properties, 'parameters', dict) or {}, scope)
    secure = {name for name, declaration in declared.items() if is_secure(declaration['type'])}
    shown = {
        name[0].lower() + name[1:]: {  # recorded 2023
            'type': TYPES[declaration['type'].lower()][0],
            **({} if name in secure else {'value': values[name]}),
        }
        for name, declaration in declared.items()
    }
    content = hashlib.blake2b(json.dumps(template, sort_keys=True).encode(), digest_size=8).digest()
    return Template(
        template.get('resources') or [],
        template.get('outputs'),
        template.get('variables') or {},
        {name: value for name, value in values.items() if name not in secure},
        {name: value for name, value in values.items() if name in secure},
        shown if 'parameters' in template else None,
        str(int.from_bytes(content, 'big')),
    )


def _check(template: Mapping[str, Any]) -> None:
    for name in ('$schema', 'contentVersion', 'resources'):
        if name not in template:
            # Text reported; the line and position that Azure adds count in the raw text.
            raise ArmError(
                400,
                'InvalidTemplate',
                f"Deployment template parse failed: 'Required property '{name}' not found in JSON. Path ''.'.",
            )
    if not isinstance(template['$schema'], str) or not SCHEMA.fullmatch(template['$schema']):
        raise invalid(
            f"The template schema '{template['$schema']}' is not supported. Please see "
            'https://aka.ms/arm-template for usage details.'
        )
    unknown = set(template) - KNOWN
    if unknown:
        raise not_simulated(f'{", ".join(sorted(unknown))} in templates')
    if not isinstance(template['resources'], list):
        raise not_simulated('resources with symbolic names in templates')
    for name, most in LIMITS.items():
        if len(template.get(name) or ()) > most:  # Decision: the text.
            raise invalid(
                f"The number of template {name} limit exceeded. Limit: '{most}' and actual: "
                f"'{len(template[name])}'. Please see https://aka.ms/arm-template for usage details."
            )
    for name, declaration in (template.get('parameters') or {}).items():
        kind = declaration.get('type', '')
        if kind.lower() not in TYPES:
            raise invalid(
                f"The template parameter '{name}' has the type '{kind}', which is not valid. Please see "
                'https://aka.ms/arm-template/#parameters for usage details.'
            )
        unknown = (
            set(declaration)
            - {'type', 'defaultValue', 'allowedValues', 'metadata'}
            - {bound for bound, (kinds, _, _) in BOUNDS.items() if kind.lower() in kinds}
        )
        if unknown:
            raise not_simulated(f'{", ".join(sorted(unknown))} of the template parameter {name}')
    for name, output in (template.get('outputs') or {}).items():
        unknown = set(output) - {'type', 'value', 'metadata'}
        if unknown or output.get('type', '').lower() not in TYPES:
            raise not_simulated(f'{", ".join(sorted(unknown)) or "the type"} of the template output {name}')


def _values(declared: Mapping[str, dict], given: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    names = {name.lower(): name for name in declared}
    surplus = [name for name in given if name.lower() not in names]
    if surplus:  # reported
        raise invalid(
            f"The template parameters '{', '.join(surplus)}' in the parameters file are not valid; they are "
            'not present in the original template and can therefore not be provided at deployment time. The '
            f"only supported parameters for this template are '{', '.join(declared)}'. Please see "
            'https://aka.ms/arm-pass-parameter-values for usage details.'
        )
    provided = {names[name.lower()]: entry for name, entry in given.items()}
    values: dict[str, Any] = {}
    for name, declaration in declared.items():
        entry = provided.get(name)
        if entry is not None:
            if not isinstance(entry, dict) or set(entry) != {'value'}:
                raise not_simulated(f'anything but a value for the template parameter {name}')
            values[name] = entry['value']
        elif 'defaultValue' in declaration:
            values[name] = evaluate(declaration['defaultValue'], replace(scope, parameters=values))
        else:  # reported
            raise invalid(
                f"The value for the template parameter '{name}' at line '1' and column '1' is not provided. "
                'Please see https://aka.ms/arm-create-parameter-file for usage details.'
            )
        _check_value(name, declaration, values[name])
    return values


def _check_value(name: str, declaration: Mapping[str, Any], value: Any) -> None:
    _, expected, kinds = TYPES[declaration['type'].lower()]
    if type(value) not in kinds:  # reported; True is no int
        actual = next((entry[1] for entry in TYPES.values() if type(value) in entry[2]), 'Null')
        raise invalid(
            f"Template parameter JToken type is not valid. Expected '{expected}'. Actual '{actual}'. Please "
            'see https://aka.ms/arm-create-parameter-file for usage details.'
        )
    for bound, (_, holds, text) in BOUNDS.items():
        if bound in declaration and not holds(value, declaration[bound]):
            raise invalid(
                f"The provided value for the template parameter '{name}' at line '1' and column '1' is not "
                f"valid. {text} or equal to '{declaration[bound]}'. Please see "
                'https://aka.ms/arm-template/#parameters for usage details.'
            )
    allowed = declaration.get('allowedValues')
    if allowed is not None and value not in allowed:  # reported
        raise invalid(
            f"The provided value for the template parameter '{name}' at line '1' and column '1' is not "
            'valid. The parameter value is not part of the allowed value(s): '
            f"'{','.join(map(str, allowed))}'. Please see https://aka.ms/arm-parameter-allowed-values for "
            'usage details.'
        )
