"""An error of jsonschema -> what is wrong with a topology file, in plain words, and what to write instead."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.skus import available_skus
from azext_vnet2vnet.topology_file.errors import FileProblem, Path, excerpt
from azext_vnet2vnet.topology_file.suggestions import nearest_key, nearest_name
from azext_vnet2vnet.topology_file.yaml_reader import Document
from azext_vnet2vnet.topology_file.yaml_writer import flow, scalar

if TYPE_CHECKING:
    from jsonschema import ValidationError

Schema = Mapping[str, Any]
# What is wrong, and what to write instead.
_Words = tuple[str, str]
_TYPES = {
    'string': 'text',
    'integer': 'a whole number',
    'boolean': 'true or false',
    'array': 'a list',
    'object': 'a mapping, which has a name before each colon',
}


def alternatives_of(entry: object, alternatives: Sequence[Schema]) -> list[Schema]:
    """The alternatives for an entry of `connect` of which it has at least one required key."""
    return [one for one in alternatives if isinstance(entry, dict) and not entry.keys().isdisjoint(one['required'])]


def problems_of(error: 'ValidationError', document: Document, schema: Schema) -> Iterator[FileProblem]:
    """The problems that an error of the validator stands for: several if it concerns several keys."""
    path = tuple(error.absolute_path)
    if error.schema.get('writeOnly'):
        yield FileProblem(
            path,
            'is not of the form @FILE; its value is not shown, as it may be a key, which must not be in this file',
            'Put the key into a separate file beside this one, and give its name: key: "@key.txt"',
            document.line(path),
            rules.FILE_KEY_LITERAL,
        )
    elif error.validator == 'additionalProperties':
        for key, (what, recommendation) in _unknown_keys(error, path, schema):
            at = (*path, key)
            yield FileProblem(at, what, recommendation, document.line(at), rules.FILE_SCHEMA)
    else:
        rule = rules.FILE_VNET_TWICE if error.validator == 'uniqueItems' else rules.FILE_SCHEMA
        for what, recommendation in _words(error, path, document, schema):
            yield FileProblem(path, what, recommendation, document.line(path), rule)


def _words(error: 'ValidationError', path: Path, document: Document, schema: Schema) -> Iterator[_Words]:
    value, expected = error.instance, error.validator_value
    example = f'Write for example {_example(error.schema, path, schema)}'
    if 'propertyNames' in list(error.absolute_schema_path)[-2:]:
        yield f"has the name '{excerpt(value)}'", f'Write a {error.schema["title"]} before the colon'
    elif error.validator == 'type':
        type_ = expected if isinstance(expected, str) else expected[0]
        yield _wrong_type(value, type_, document.readings.get(path), example)
    elif error.validator == 'enum':
        # A typing error must not lead to a SKU that Azure refuses for new gateways.
        meant = nearest_name(value, available_skus() if path[-1] == 'sku' else expected)
        what = f"is '{excerpt(value)}', which is not one of {', '.join(expected)}"
        yield what, f'Did you mean {meant}?' if meant else example
    elif error.validator in ('minimum', 'maximum'):
        yield f'is {excerpt(value)}; the {error.validator} is {expected}', example
    elif error.validator in ('minItems', 'maxItems'):
        yield _wrong_length(len(value), error.schema), example
    elif error.validator == 'uniqueItems':
        yield from _duplicates(value, path)
    elif error.validator == 'minLength':
        yield 'is empty', 'Give it a value, or omit it; an empty value often comes from a template'
    elif error.validator == 'pattern':
        yield f"is '{excerpt(value)}', which is not a valid {error.schema['title']}", example
    elif error.validator == 'required':
        yield _missing(error, schema)
    else:
        yield _wrong_entry(value, expected)


def _example(part: Schema, path: Path, schema: Schema) -> str:
    """How a value may be written, with its key if it has one."""
    names = [name for name in path if isinstance(name, str)]
    definition = part if 'examples' in part else _definition(names[-1], schema) if names else schema
    value = next((definition[word][0] for word in ('examples', 'enum') if word in definition), None)
    value = definition.get('default', True if value is None else value)
    return f'{excerpt(scalar(path[-1]))}: {flow(value)}' if path and isinstance(path[-1], str) else flow(value)


def _definition(key: str, schema: Schema) -> Schema:
    """What the schema says of a key, which is the same wherever the key is used."""
    parts = [schema, schema['properties']['defaults'], *schema['$defs'].values()]
    found: Schema = next((part['properties'][key] for part in parts if key in part.get('properties', {})), {})
    name = found.get('$ref', '').rpartition('/')[2]
    return {**schema['$defs'].get(name, {}), **found}


def _wrong_type(value: object, type_: str, reading: tuple[str, str] | None, example: str) -> _Words:
    """A value of another type than `type_`: how YAML read it, and how to write what was meant."""
    must = f'but must be {_TYPES[type_]}'
    if value is None:
        return f'has no value, {must}', example
    if isinstance(value, (dict, list)):
        return f'is {"a mapping" if isinstance(value, dict) else "a list"}, {must}', example
    if reading is None:
        text = excerpt(value)
        if type_ == 'array':
            return f"is the text '{text}', {must}", f'Put it in brackets: [{text}]'
        is_quoted = type_ == 'integer' and text.isascii() and text.isdigit() or text.lower() in ('true', 'false')
        return f"is the text '{text}', {must}", 'Write it without quotes' if is_quoted else example
    text = excerpt(reading[0])
    what = f'is {text}, which YAML reads as {reading[1]}, {must}'
    return what, f'Put it in quotes: "{text}"' if type_ == 'string' else example


def _wrong_length(number: int, part: Schema) -> str:
    least, most = part.get('minItems', 0), part.get('maxItems')
    if not number:
        return 'is empty'
    right = f'{least}' if least == most else f'{least} or more' if most is None else f'{least} to {most}'
    return f'has {number} {"entry" if number == 1 else "entries"}, but must have {right}'


def _duplicates(names: Sequence[object], path: Path) -> Iterator[_Words]:
    counts = Counter(name for name in names if isinstance(name, str))
    for name in (name for name, count in counts.items() if count > 1):
        if path[-1] == 'pair':
            yield f"joins '{excerpt(name)}' with itself", 'Name two different VNets'
        else:
            yield f"has '{excerpt(name)}' more than once", 'Name each VNet once'


def _missing(error: 'ValidationError', schema: Schema) -> _Words:
    """All missing keys, though the validator reports an error for each of them."""
    missing = [key for key in error.validator_value if key not in error.instance]
    names = f'{", ".join(missing[:-1])} and {missing[-1]}' if missing[1:] else missing[0]
    hints = ', '.join(_example({}, (key,), schema) for key in missing)
    return f'lacks {names}', f'Add for example {hints}'


def _unknown_keys(error: 'ValidationError', path: Path, schema: Schema) -> Iterator[tuple[str, _Words]]:
    known = error.schema['properties']
    for key in error.instance:
        if key in known or not path and key.startswith('x-'):
            continue
        meant = nearest_key(key, known)
        if path[:1] == ('connect',) and len(path) == 2 and key in schema['$defs']['pair']['properties']:
            kind = 'mesh' if 'mesh' in known else 'hub'
            advice = f'Give the two VNets a separate entry pair: [..] with this key; it overrides the {kind}'
            yield key, (f'is not allowed in a {kind}', advice)
        elif ':' in key:
            yield key, ('is unknown', 'Put a space after the colon')
        else:
            yield key, ('is unknown', f'Did you mean {meant}?' if meant else f'Known keys: {", ".join(known)}')


def _wrong_entry(value: object, alternatives: Sequence[Schema]) -> _Words:
    """An entry of `connect` that is none of the alternatives, or several at once."""
    example = 'Write for example pair: [hub, west], or hub: hub and spokes: [west, japan], or mesh: [hub, west, japan]'
    if not isinstance(value, dict):
        return 'is not a mapping', example
    matching = alternatives_of(value, alternatives)
    if matching:
        names = [' and '.join(key for key in one['required'] if key in value) for one in matching]
        return f'has {" and ".join(names)}, which cannot be combined', 'Make a separate entry for each'
    required = [key for one in alternatives for key in one['required']]
    for key in value:
        meant = None if ':' in key else nearest_key(key, required)
        if meant:
            return 'has neither pair, nor hub and spokes, nor mesh', f'Did you mean {meant} instead of {excerpt(key)}?'
    return 'has neither pair, nor hub and spokes, nor mesh', example
