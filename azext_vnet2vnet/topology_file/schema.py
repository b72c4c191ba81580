"""The JSON Schema of a topology file, and everything in a file that violates it."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azext_vnet2vnet.topology_file.errors import FileProblem
from azext_vnet2vnet.topology_file.schema_errors import alternatives_of, problems_of
from azext_vnet2vnet.topology_file.yaml_reader import Document

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

MOST_PROBLEMS = 200


def schema_text() -> str:
    """The JSON Schema of a topology file, for editors."""
    return Path(__file__).with_name('topology.schema.json').read_text(encoding='utf-8')


@cache
def load_schema() -> Mapping[str, Any]:
    """The JSON Schema of a topology file, parsed."""
    import json

    schema: Mapping[str, Any] = json.loads(schema_text())
    return schema


def is_valid(value: object) -> bool:
    """Whether a value satisfies the schema."""
    return bool(_validator().is_valid(value))


def check_schema(document: Document) -> list[FileProblem]:
    """At most MOST_PROBLEMS + 1 violations of the schema; a wrong type hides other violations of the same value."""
    errors = list(islice(_validator().iter_errors(document.value), MOST_PROBLEMS + 1))
    mistyped = {tuple(error.absolute_path) for error in errors if error.validator == 'type'}
    found = (
        problem
        for error in errors
        if error.validator == 'type' or tuple(error.absolute_path) not in mistyped
        for problem in problems_of(error, document, load_schema())
    )
    return list(dict.fromkeys(islice(found, MOST_PROBLEMS + 1)))


@cache
def _validator() -> 'Validator':
    """A validator of the schema that checks an entry of `connect` against the one alternative whose keys it has.

    It accepts the same values as any other validator, reports errors in the order of the file, and takes time linear
    in the length of the file.
    """
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def any_of(
        validator: 'Validator', alternatives: list[Any], instance: Any, _schema: object
    ) -> Iterator[ValidationError]:
        matching = alternatives_of(instance, alternatives)
        if len(matching) == 1:
            yield from validator.descend(instance, matching[0])
        else:
            yield ValidationError('')

    def additional_properties(
        validator: 'Validator', allowed: Any, instance: Any, schema: Mapping[str, Any]
    ) -> Iterator[ValidationError]:
        known, patterns = schema.get('properties', {}), '|'.join(schema.get('patternProperties', ()))
        others = (
            [key for key in instance if key not in known and not (patterns and re.search(patterns, key))]
            if isinstance(instance, dict)
            else []
        )
        if allowed is not False:
            for key in others:
                yield from validator.descend(instance[key], allowed, path=key)
        elif others:
            yield ValidationError('')

    def unique_items(
        _validator: 'Validator', _unique: object, instance: Any, _schema: object
    ) -> Iterator[ValidationError]:
        # The schema allows only texts in such a list.
        texts = [text for text in instance if isinstance(text, str)] if isinstance(instance, list) else []
        if len(set(texts)) < len(texts):
            yield ValidationError('')

    return extend(
        Draft202012Validator,
        {'anyOf': any_of, 'additionalProperties': additional_properties, 'uniqueItems': unique_items},
    )(load_schema())
