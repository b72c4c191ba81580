"""Whatever is in a topology file, it is read or refused in words, and the check of its form is that of its schema."""

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from azext_vnet2vnet.topology_file.reader import read_topology_file
from azext_vnet2vnet.topology_file.schema import is_valid, load_schema
from tests.unit.topology_file.test_reader import BACKBONE

KEYS = ['name', 'vnets', 'connect', 'defaults', 'pair', 'hub', 'key', 'asn', 'tags']
FRAGMENTS = KEYS + [
    ': ',
    ':',
    '- ',
    '\n',
    '\n  ',
    '\n    ',
    '{',
    '}',
    '[',
    ']',
    ', ',
    '"',
    "'",
    '&a ',
    '*a',
    '<<: ',
    '!x ',
    '!!int ',
    '!!bool ',
    '!!timestamp ',
    '!!set ',
    '|',
    '>',
    '\t',
    '\r\n',
    '\ufeff',
    '#',
    '@',
    '%',
    '---\n',
    '...',
    '? ',
    '5',
    '0x1',
    '1:2',
    '.inf',
    '2024-01-01',
    'yes',
    '~',
    '=',
    '日本',
    '\u2028',
    '\x85',
]
# Anything that YAML can say, keys of a topology among it.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5) | st.integers(), inner, max_size=4)
    ),
    max_leaves=10,
)


def check_answer(text):
    options, diagnostics = read_topology_file(text, 'network.yaml')
    assert (options is None) == bool(diagnostics)
    for found in diagnostics:
        assert found.message.startswith('network.yaml ') and found.message.isprintable() and found.recommendation


def draw_place(data, file):
    """A mapping or list of the file, and a key or place in it."""
    at, value = file, file
    while value is file or isinstance(value, (dict, list)) and value and data.draw(st.booleans()):
        at = value
        key = data.draw(st.sampled_from(sorted(at, key=str) if isinstance(at, dict) else range(len(at))))
        value = at[key]
    return at, key


@settings(deadline=None)
@given(st.text())
def test_any_text_gives_diagnostics_or_options(text):
    check_answer(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS)).map(''.join))
def test_any_pieces_of_yaml_give_diagnostics_or_options(text):
    check_answer(text)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_value_in_a_good_file_gives_diagnostics_or_options(data):
    file = yaml.safe_load(BACKBONE)
    at, key = draw_place(data, file)
    at[key] = data.draw(VALUES)
    check_answer(yaml.safe_dump(file, allow_unicode=True))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_check_finds_the_same_files_good_as_any_validator(data):
    file = yaml.safe_load(BACKBONE)
    for _ in range(data.draw(st.integers(1, 3))):
        at, key = draw_place(data, file)
        if isinstance(at, dict) and data.draw(st.booleans()):
            at[data.draw(st.sampled_from(['pair', 'hub', 'spokes', 'mesh', 'mode', 'x-a', 'zz']))] = at.pop(key)
        else:
            near = st.sampled_from(['hub', 'Basic', '@k', 5, 65010, True, None, [], ['a', 'a'], {}])
            at[key] = data.draw(near | VALUES)
    file = as_json(file)
    assert is_valid(file) == Draft202012Validator(load_schema()).is_valid(file)


def as_json(value):
    """The value with the names of its mappings as texts, which those of JSON are."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list) else value
