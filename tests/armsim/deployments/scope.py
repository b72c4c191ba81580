"""What a template's expressions mean: the functions, and the place, parameters and variables they read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.armsim.deployments.expressions import Access, Call, Literal, Node, SyntaxFault, is_expression, parse, plain
from tests.armsim.fabric import not_simulated
from tests.armsim.wire import ArmError

GROUP_TYPE = 'Microsoft.Resources/resourceGroups'
DEPLOYMENT_TYPE = 'Microsoft.Resources/deployments'
HOLE = re.compile(r'\{\{|\}\}|\{(\d+)\}')


def invalid(message: str) -> ArmError:
    """The 400 for a template that is not valid (code, text and additionalInfo reported)."""
    return _invalid(f"Deployment template validation failed: '{message}'.")


def _misevaluated(message: str) -> ArmError:
    return _invalid(
        f"Deployment template language expression evaluation failed: '{message} Please see "
        "https://aka.ms/arm-functions for usage details.'."
    )


def _invalid(message: str) -> ArmError:
    # Azure counts lines in the raw text; 0 is what it says itself where it knows none (reported).
    return ArmError(
        400,
        'InvalidTemplate',
        message,
        extra={
            'additionalInfo': [{'type': 'TemplateViolation', 'info': {'lineNumber': 0, 'linePosition': 0, 'path': ''}}]
        },
    )


@dataclass(frozen=True)
class Place:
    """Where a deployment writes: a resource group, or a subscription where `group` is ''."""

    subscription: str
    group: str = ''

    @property
    def id(self) -> str:
        """The id of the group or the subscription."""
        return f'/subscriptions/{self.subscription}' + (f'/resourceGroups/{self.group}' if self.group else '')


def id_of(place: Place, kind: str, name: str) -> str:
    """The id of a resource with as many names in `name` as `kind` has parts."""
    if kind.lower() == GROUP_TYPE.lower():
        return Place(place.subscription, name).id
    namespace, *kinds = kind.split('/')
    path = '/'.join(part for pair in zip(kinds, name.split('/')) for part in pair)
    return f'{place.id}/providers/{namespace}/{path}'


class Partial(dict):
    """An object of which Azure has more members than this simulator."""


@dataclass(frozen=True)
class Scope:
    """What the expressions of one template read.

    `group` and `subscription` are what resourceGroup() and subscription() answer; `reference` gets a resource by name
    or id and its api-version, or is None where resources are not there yet.
    """

    place: Place
    deployment: str
    subscription: Mapping[str, Any]
    group: Mapping[str, Any] | None
    parameters: Mapping[str, Any]
    variables: Mapping[str, Any]
    reference: Callable[[str, str], Any] | None = None


class _Unknown(Exception):
    """What the simulator does not know in an expression."""


def evaluate(value: Any, scope: Scope) -> Any:
    """A template's value with its expressions evaluated.

    Raises ArmError: 400 where Azure would, 501 for what this simulator does not know.
    """
    if isinstance(value, dict):
        for key in value:
            if is_expression(key):
                raise not_simulated(f'an expression as the name of a member, {key}')
        return {key: evaluate(entry, scope) for key, entry in value.items()}
    if isinstance(value, list):
        return [evaluate(entry, scope) for entry in value]
    if not isinstance(value, str):
        return value
    if not is_expression(value):
        return plain(value)
    try:
        return _value(parse(value), scope)
    except SyntaxFault as fault:
        raise _misevaluated(f"Unable to parse language expression '{value[1:-1]}': {fault}.") from None
    except _Unknown as unknown:
        raise not_simulated(f'{unknown} in the template expression {value}') from None


def _value(node: Node, scope: Scope) -> Any:
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Access):
        return _accessed(_value(node.of, scope), _value(node.key, scope))
    assert isinstance(node, Call)
    function = FUNCTIONS.get(node.name.lower())
    if function is None:
        raise _Unknown(f'the function {node.name}()')
    return function(scope, [_value(argument, scope) for argument in node.arguments])


def _accessed(value: Any, key: Any) -> Any:
    if isinstance(value, dict) and isinstance(key, str):
        found = _named(value, key)
        if found is not None:
            return value[found]
        if isinstance(value, Partial):
            raise _Unknown(f'the property {key}')
        raise _misevaluated(
            f"The language expression property '{key}' doesn't exist, available properties are '{', '.join(value)}'."
        )
    if isinstance(value, list) and isinstance(key, int):
        if 0 <= key < len(value):
            return value[key]
        raise _misevaluated(f"The language expression property array index '{key}' is out of bounds.")
    raise _misevaluated(f"The language expression property '{key}' can't be evaluated.")


def _named(values: Mapping[str, Any], name: str) -> str | None:
    return next((known for known in values if known.lower() == name.lower()), None)


def _one_name(function: str, arguments: list) -> str:
    if len(arguments) != 1 or not isinstance(arguments[0], str):
        raise _misevaluated(f"The template function '{function}' must have only one parameter, a string.")
    return arguments[0]


def _parameters(scope: Scope, arguments: list) -> Any:
    name = _one_name('parameters', arguments)
    found = _named(scope.parameters, name)
    if found is None:
        raise invalid(
            f"The template parameter '{name}' is not found. Please see "
            'https://aka.ms/arm-template/#parameters for usage details.'
        )
    return scope.parameters[found]


def _variables(scope: Scope, arguments: list) -> Any:
    name = _one_name('variables', arguments)
    found = _named(scope.variables, name)
    if found is None:
        raise invalid(
            f"The template variable '{name}' is not found. Please see "
            'https://aka.ms/arm-template/#variables for usage details.'
        )
    # Without itself: a variable that leads back to itself is not found, rather than never ending.
    others = {other: value for other, value in scope.variables.items() if other != found}
    return evaluate(scope.variables[found], replace(scope, variables=others))


def _concat(_: Scope, arguments: list) -> Any:
    if arguments and all(isinstance(argument, list) for argument in arguments):
        return [entry for argument in arguments for entry in argument]
    return ''.join(_text('concat', argument) for argument in arguments)


def _text(function: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value)  # Decision: as .NET writes it.
    if isinstance(value, (str, int)):
        return str(value)
    raise _misevaluated(f"The provided parameters for the template function '{function}' are not valid.")


def _format(_: Scope, arguments: list) -> str:
    if not arguments or not isinstance(arguments[0], str):
        raise _misevaluated("The template function 'format' must have a string as its first parameter.")
    if re.search(r'[{}]', HOLE.sub('', arguments[0])):
        raise _Unknown('the format ' + arguments[0])

    def fill(hole: re.Match) -> str:
        if hole[1] is None:
            return hole[0][0]
        if int(hole[1]) + 1 >= len(arguments):
            raise _misevaluated('Unable to format the string: an index is greater than the number of arguments.')
        return _text('format', arguments[int(hole[1]) + 1])

    return HOLE.sub(fill, arguments[0])


def _identifier(function: str, place: Place, kind: str, names: list) -> str:
    if not names or not all(isinstance(name, str) for name in names) or len(names) != kind.count('/'):
        raise _misevaluated(
            f"The template function '{function}' is not valid: the type '{kind}' requires "
            f"'{kind.count('/')}' resource name argument(s)."
        )
    return id_of(place, kind, '/'.join(names))


def _split(function: str, arguments: list, most: int) -> tuple[list[str], str, list]:
    """What stands before the type, the type, and the names."""
    at = next((place for place, one in enumerate(arguments) if isinstance(one, str) and '/' in one), None)
    if at is None or at > most or not all(isinstance(argument, str) for argument in arguments[:at]):
        raise _misevaluated(f"The template function '{function}' is not valid: fully qualified resource type expected.")
    return arguments[:at], arguments[at], arguments[at + 1 :]


def _resource_id(scope: Scope, arguments: list) -> str:
    before, kind, names = _split('resourceId', arguments, 2)
    place = scope.place
    if len(before) == 2:
        place = Place(before[0].lower(), before[1])
    elif before:
        place = Place(place.subscription, before[0]) if place.group else Place(before[0].lower())
    return _identifier('resourceId', place, kind, names)


def _subscription_resource_id(scope: Scope, arguments: list) -> str:
    before, kind, names = _split('subscriptionResourceId', arguments, 1)
    place = Place(before[0].lower() if before else scope.place.subscription)
    return _identifier('subscriptionResourceId', place, kind, names)


def _resource_group(scope: Scope, _: list) -> Any:
    if scope.group is None:
        raise _misevaluated("The template function 'RESOURCEGROUP' is not expected at this location.")
    return Partial(scope.group)


def _reference(scope: Scope, arguments: list) -> Any:
    if scope.reference is None or not 1 <= len(arguments) <= 2:
        raise _Unknown('reference() outside of outputs' if scope.reference is None else 'reference() of this form')
    return scope.reference(arguments[0], arguments[1] if len(arguments) == 2 else '')


FUNCTIONS: Mapping[str, Callable[[Scope, list], Any]] = {
    'parameters': _parameters,
    'variables': _variables,
    'concat': _concat,
    'format': _format,
    'resourceid': _resource_id,
    'subscriptionresourceid': _subscription_resource_id,
    'resourcegroup': _resource_group,
    'subscription': lambda scope, _: Partial(scope.subscription),
    'deployment': lambda scope, _: Partial(name=scope.deployment),
    'reference': _reference,
}
