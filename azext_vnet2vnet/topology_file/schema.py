"""The form of a topology file: its JSON Schema, and everything that does not fit it."""

import re
from collections.abc import Mapping
from functools import cache
from itertools import islice
from pathlib import Path

from azext_vnet2vnet.topology_file.errors import Flaw
from azext_vnet2vnet.topology_file.schema_errors import form_flaws, forms_of
from azext_vnet2vnet.topology_file.yaml_reader import Document

MOST_FLAWS = 200


def schema_text() -> str:
    """The JSON Schema of a topology file, for editors."""
    return Path(__file__).with_name('topology.schema.json').read_text(encoding='utf-8')


@cache
def load_schema() -> Mapping:
    """The JSON Schema of a topology file."""
    import json

    return json.loads(schema_text())


def is_legal(value: object) -> bool:
    """Whether a value has the form of a topology."""
    return _validator().is_valid(value)


def check_form(document: Document) -> list[Flaw]:
    """What does not fit the schema, up to one more than somebody reads.

    Of what is wrong at one place, what kind of value it is comes before all else.
    """
    errors = list(islice(_validator().iter_errors(document.value), MOST_FLAWS + 1))
    misfits = {tuple(error.absolute_path) for error in errors if error.validator == 'type'}
    found = (
        flaw
        for error in errors
        if error.validator == 'type' or tuple(error.absolute_path) not in misfits
        for flaw in form_flaws(error, document, load_schema())
    )
    return list(dict.fromkeys(islice(found, MOST_FLAWS + 1)))


@cache
def _validator():
    """A validator of the schema: an entry of `connect` is to fit the one form that it has a first key of.

    It finds the same values legal as any other, in the order of the file, and in a time that grows with its length.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend

    def fit_one(validator, forms, instance, _schema):
        fitting = forms_of(instance, forms)
        if len(fitting) == 1:
            yield from validator.descend(instance, fitting[0])
        else:
            yield ValidationError('')

    def fit_others(validator, wanted, instance, schema):
        known, patterns = schema.get('properties', {}), '|'.join(schema.get('patternProperties', ()))
        others = (
            [key for key in instance if key not in known and not (patterns and re.search(patterns, key))]
            if isinstance(instance, dict)
            else []
        )
        if wanted is not False:
            for key in others:
                yield from validator.descend(instance[key], wanted, path=key)
        elif others:
            yield ValidationError('')

    def be_unique(_validator, _unique, instance, _schema):
        # Only texts can be in such a list.
        texts = [text for text in instance if isinstance(text, str)] if isinstance(instance, list) else []
        if len(set(texts)) < len(texts):
            yield ValidationError('')

    return extend(
        Draft202012Validator, {'anyOf': fit_one, 'additionalProperties': fit_others, 'uniqueItems': be_unique}
    )(load_schema())
