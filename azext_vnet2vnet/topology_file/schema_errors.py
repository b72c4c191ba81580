"""An error of jsonschema -> what is wrong with a topology file, in plain words, and what to write instead."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.skus import available_skus
from azext_vnet2vnet.topology_file.errors import Flaw, Path, quoted_part
from azext_vnet2vnet.topology_file.suggestions import nearest_key, nearest_name
from azext_vnet2vnet.topology_file.yaml_reader import Document
from azext_vnet2vnet.topology_file.yaml_writer import flow, scalar

_TYPES = {
    'string': 'a text',
    'integer': 'a whole number',
    'boolean': 'true or false',
    'array': 'a list',
    'object': 'a mapping, which has a name before each colon',
}
# Where a flaw is below the place of the error, what it is, and what to write instead.
_Words = Iterator[tuple[Path, str, str]]


def forms_of(entry: object, forms: Sequence[Mapping]) -> list[Mapping]:
    """The forms that an entry of `connect` has one of the first keys of."""
    return [form for form in forms if isinstance(entry, dict) and not entry.keys().isdisjoint(form['required'])]


def form_flaws(error, document: Document, schema: Mapping) -> Iterator[Flaw]:
    """What an error of the schema's validator means; several where it stands for several keys."""
    path = tuple(error.absolute_path)
    if error.schema.get('writeOnly'):
        yield Flaw(
            path,
            'is not of the form @FILE; it is not repeated here, as a key itself is not for this file',
            'Put the key into a file beside this one, and write the name of that: key: "@key.txt"',
            document.line(path),
            rules.FILE_KEY_LITERAL,
        )
        return
    rule = rules.FILE_VNET_TWICE if error.validator == 'uniqueItems' else rules.FILE_SCHEMA
    for below, what, recommendation in _words(error, path, document, schema):
        at = (*path, *below)
        yield Flaw(at, what, recommendation, document.line(at), rule)


def _words(error, path: Path, document: Document, schema: Mapping) -> _Words:
    value, wanted = error.instance, error.validator_value
    example = f'Write for example {_example(error.schema, path, schema)}'
    if 'propertyNames' in list(error.absolute_schema_path)[-2:]:
        yield (), f"has the name '{quoted_part(value)}'", f'Put a {error.schema["title"]} before the colon'
    elif error.validator == 'type':
        yield _misfit(value, wanted if isinstance(wanted, str) else wanted[0], document.readings.get(path), example)
    elif error.validator == 'enum':
        # A slip of the fingers is not to end at a SKU that no new gateway may have.
        meant = nearest_name(value, available_skus() if path[-1] == 'sku' else wanted)
        yield (
            (),
            f"is '{quoted_part(value)}', which is none of {', '.join(wanted)}",
            f'Did you mean {meant}?' if meant else example,
        )
    elif error.validator in ('minimum', 'maximum'):
        limit = 'least' if error.validator == 'minimum' else 'most'
        yield (), f'is {quoted_part(value)}, and {wanted} is the {limit}', example
    elif error.validator in ('minItems', 'maxItems'):
        yield (), _count(len(value), error.schema), example
    elif error.validator == 'uniqueItems':
        yield from _twice(value, path)
    elif error.validator == 'minLength':
        yield (), 'is empty', 'Give it a value, or leave it away; an empty one often comes from a template'
    elif error.validator == 'pattern':
        yield (), f"is '{quoted_part(value)}', which is no {error.schema['title']}", example
    elif error.validator == 'required':
        yield from _missing(error, schema)
    elif error.validator == 'additionalProperties':
        yield from _unknown(error, path, schema)
    else:
        yield _entry(value, wanted)


def _example(part: Mapping, path: Path, schema: Mapping) -> str:
    """How a value may be written, with its key where it has one."""
    names = [name for name in path if isinstance(name, str)]
    definition = part if 'examples' in part else _definition(names[-1], schema) if names else schema
    value = next((definition[word][0] for word in ('examples', 'enum') if word in definition), None)
    value = definition.get('default', True if value is None else value)
    return f'{quoted_part(scalar(path[-1]))}: {flow(value)}' if path and isinstance(path[-1], str) else flow(value)


def _definition(key: str, schema: Mapping) -> Mapping:
    """What the schema says of a key, which means the same wherever it is."""
    parts = [schema, schema['properties']['defaults'], *schema['$defs'].values()]
    found = next((part['properties'][key] for part in parts if key in part.get('properties', {})), {})
    name = found.get('$ref', '').rpartition('/')[2]
    return {**schema['$defs'].get(name, {}), **found}


def _misfit(value: object, wanted: str, reading: tuple[str, str] | None, example: str) -> tuple[Path, str, str]:
    """A value of another kind than is wanted: whatever YAML made of it is told, and how to write what is meant."""
    should = f'and should be {_TYPES[wanted]}'
    if value is None:
        return (), f'has no value, {should}', example
    if isinstance(value, (dict, list)):
        return (), f'is {"a mapping" if isinstance(value, dict) else "a list"}, {should}', example
    if reading is None:
        text = quoted_part(value)
        if wanted == 'array':
            return (), f"is the text '{text}', {should}", f'Put it in brackets: [{text}]'
        bare = wanted == 'integer' and text.isascii() and text.isdigit() or text.lower() in ('true', 'false')
        return (), f"is the text '{text}', {should}", 'Write it without quotes' if bare else example
    text = quoted_part(reading[0])
    what = f'is {text}, which YAML reads as {reading[1]}, {should}'
    return (), what, f'Put it in quotes: "{text}"' if wanted == 'string' else example


def _count(number: int, part: Mapping) -> str:
    least, most = part.get('minItems', 0), part.get('maxItems')
    if not number:
        return 'is empty'
    right = f'{least}' if least == most else f'{least} or more' if most is None else f'{least} to {most}'
    return f'has {number} {"entry" if number == 1 else "entries"}, and should have {right}'


def _twice(names: Sequence, path: Path) -> _Words:
    counts = Counter(name for name in names if isinstance(name, str))
    for name in (name for name, count in counts.items() if count > 1):
        if path[-1] == 'pair':
            yield (), f"joins '{quoted_part(name)}' with itself", 'Name two different VNets'
        else:
            yield (), f"has '{quoted_part(name)}' more than once", 'Name each VNet once'


def _missing(error, schema: Mapping) -> _Words:
    """Of all keys that are missing, though there is an error for each of them."""
    missing = [key for key in error.validator_value if key not in error.instance]
    names = f'{", ".join(missing[:-1])} and {missing[-1]}' if missing[1:] else missing[0]
    hints = ', '.join(_example({}, (key,), schema) for key in missing)
    yield (), f'lacks {names}', f'Add for example {hints}'


def _unknown(error, path: Path, schema: Mapping) -> _Words:
    known = error.schema['properties']
    for key in error.instance:
        if key in known or not path and key.startswith('x-'):
            continue
        meant = nearest_key(key, known)
        if path[:1] == ('connect',) and len(path) == 2 and key in schema['$defs']['pair']['properties']:
            kind = 'mesh' if 'mesh' in known else 'hub'
            yield (
                (key,),
                f'is not for a {kind}',
                f'Give the two VNets an entry pair: [..] of their own with it, which goes before the {kind}',
            )
        elif ':' in key:
            yield (key,), 'is unknown', 'Put a space behind the colon'
        else:
            yield (key,), 'is unknown', f'Did you mean {meant}?' if meant else f'Known are {", ".join(known)}'


def _entry(value: object, forms: Sequence[Mapping]) -> tuple[Path, str, str]:
    """An entry of `connect` that is none of its forms, or several at once."""
    example = 'Write for example pair: [hub, west], or hub: hub and spokes: [west, japan], or mesh: [hub, west, japan]'
    if not isinstance(value, dict):
        return (), 'is no mapping', example
    fitting = [' and '.join(key for key in form['required'] if key in value) for form in forms_of(value, forms)]
    if fitting:
        return (), f'has {" and ".join(fitting)}, which do not go together', 'Make an entry of its own of each'
    firsts = [key for form in forms for key in form['required']]
    meant = next(
        (f'{found} for {quoted_part(key)}' for key in value if ':' not in key and (found := nearest_key(key, firsts))),
        None,
    )
    return (), 'has neither pair, nor hub and spokes, nor mesh', f'Did you mean {meant}?' if meant else example
