"""The strictness of the local Azure: which members, JSON types and values a request body may have.

`request_bodies.json` beside this file holds the definitions (documented, api-version 2025-07-01, read-only members
included; what answers have and no published type has is an unknown member). A member's rule is `string`, `boolean`,
`integer`, `number`, `object` and `array` (any content: Azure does not look at what it only prints), the name of a
definition or of an enum, `[rule]` for an array, `{rule}` for a map; a `!` at the end says required.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .wire import ArmError

Check = Callable[[Any, str], None]

_SCALARS: Mapping[str, tuple[type, ...]] = {
    'string': (str,),
    'boolean': (bool,),
    'integer': (int,),
    'number': (int, float),
    'object': (dict,),
    'array': (list,),
}
_TABLE = json.loads(Path(__file__).with_name('request_bodies.json').read_text(encoding='utf-8'))


class _Refusal(Exception):
    """A body that Azure does not read; the message is Azure's, `path` the JSON path within the body."""

    def __init__(self, message: str, path: str):
        super().__init__(f"{message} Path '{path}'.")
        self.path = path


def check_body(resource_type: str, body: Any) -> None:
    """Raise ArmError where Azure would not read `body` as a PUT of `resource_type`; else return None.

    `resource_type` is the full type without names, in any case; `body` is parsed JSON. Read-only members that are
    published pass, and null counts as absent (native az sends both). KeyError for a type that has no definition.
    """
    definition, required = _BODIES[resource_type.lower()]
    try:
        _DEFINITIONS[definition](body, '')
    except _Refusal as refusal:
        raise _arm_error(resource_type, refusal) from None
    for name in required:
        if body.get(name) is None:
            if name == 'location':
                # Code and text are from field reports of other providers' resources.
                raise ArmError(400, 'LocationRequired', 'The location property is required for this definition.')
            raise _arm_error(resource_type, _Refusal(f"Required property '{name}' not found in JSON.", name))


def published_part(resource_type: str, body: Any) -> Any:
    """What a client of the published types sends back of a body that it has read: without members that they lack."""
    return _published(_BODIES[resource_type.lower()][0], body)


def _published(rule: str, value: Any) -> Any:
    rule = rule.rstrip('!')
    members = _TABLE['definitions'].get(rule)
    if members is not None and isinstance(value, dict):
        return {name: _published(members[name], one) for name, one in value.items() if name in members}
    if rule.startswith('[') and isinstance(value, list):
        return [_published(rule[1:-1], one) for one in value]
    return value


def _arm_error(resource_type: str, refusal: _Refusal) -> ArmError:
    """The network provider's InvalidRequestFormat, or Resource Manager's InvalidRequestContent for its own part.

    Code, nested code and both texts are from field reports; the line and position that Azure adds to the path are left
    out, because they count in the raw text. Decision: Resource Manager reads resource groups and the outermost members.
    """
    outermost = '.' not in refusal.path and '[' not in refusal.path
    if resource_type.lower() == 'microsoft.resources/resourcegroups' or outermost:
        return ArmError(
            400, 'InvalidRequestContent', f"The request content was invalid and could not be deserialized: '{refusal}'."
        )
    return ArmError(
        400, 'InvalidRequestFormat', 'Cannot parse the request.', [{'code': 'InvalidJson', 'message': str(refusal)}]
    )


def _conversion_refused(value: Any, kind: str, path: str) -> _Refusal:
    # The value may be a key: only enum members, which are no secrets, are repeated as Azure does.
    shown = json.dumps(value) if kind in _TABLE['enums'] else f'of JSON type {_json_type(value)}'
    return _Refusal(f"Error converting value {shown} to type '{kind}'.", path)


def _json_type(value: Any) -> str:
    if value is None:
        return 'null'
    return next(name for name, kinds in _SCALARS.items() if type(value) in kinds)


def _scalar(kind: str) -> Check:
    kinds = _SCALARS[kind]

    def check(value: Any, path: str) -> None:
        if type(value) not in kinds:
            raise _conversion_refused(value, kind, path)

    return check


def _enum(name: str, values: list[str]) -> Check:
    known = {value.lower() for value in values}

    def check(value: Any, path: str) -> None:
        if not isinstance(value, str) or value.lower() not in known:
            raise _conversion_refused(value, name, path)

    return check


def _array(item: Check) -> Check:
    def check(value: Any, path: str) -> None:
        if not isinstance(value, list):
            raise _conversion_refused(value, 'array', path)
        for index, element in enumerate(value):
            item(element, f'{path}[{index}]')

    return check


def _map(item: Check) -> Check:
    def check(value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise _conversion_refused(value, 'object', path)
        for name, element in value.items():
            item(element, f'{path}.{name}')

    return check


def _definition(name: str, rules: Mapping[str, str]) -> Check:
    members = {member: _rule(rule.rstrip('!')) for member, rule in rules.items()}
    required = [member for member, rule in rules.items() if rule.endswith('!')]
    shown = name.removesuffix('Format')

    def check(value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise _conversion_refused(value, shown, path)
        prefix = path + '.' if path else ''
        for member, content in value.items():
            # Decision: names are compared with case, though Azure may not, so that no misspelt member is ever ignored.
            inner = members.get(member)
            if inner is None:
                raise _Refusal(f"Could not find member '{member}' on object of type '{shown}'.", prefix + member)
            if content is not None:
                inner(content, prefix + member)
        for member in required:
            if value.get(member) is None:
                # Decision: the text is that of the JSON library whose texts Azure shows elsewhere.
                raise _Refusal(f"Required property '{member}' not found in JSON.", prefix + member)

    return check


def _rule(rule: str) -> Check:
    if rule.startswith('['):
        return _array(_rule(rule[1:-1]))
    if rule.startswith('{'):
        return _map(_rule(rule[1:-1]))
    if rule in _SCALARS:
        return _scalar(rule)
    if rule in _TABLE['enums']:
        return _enum(rule, _TABLE['enums'][rule])
    if rule not in _TABLE['definitions']:
        raise KeyError(f'request_bodies.json uses {rule}, which it does not define')
    # Definitions refer to each other in circles, so one is looked up when it is used.
    return lambda value, path: _DEFINITIONS[rule](value, path)


_DEFINITIONS = {name: _definition(name, rules) for name, rules in _TABLE['definitions'].items()}
_BODIES = {kind.lower(): (entry['definition'], entry['required']) for kind, entry in _TABLE['bodies'].items()}
