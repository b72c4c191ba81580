"""What docs/topology.md says of the topology file is what is read."""

import re
from pathlib import Path

import pytest

from azext_vnet2vnet.topology_file.reader import read_topology_file
from azext_vnet2vnet.topology_file.schema import load_schema
from tests.unit.topology_file.test_reader import messages, topology

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / 'docs' / 'topology.md').read_text(encoding='utf-8')
EXAMPLES = re.findall(r'^```yaml\n(.*?)^```$', PAGE, re.MULTILINE | re.DOTALL)
PARTS = load_schema()['$defs']


def rows(heading):
    """The rows of the table under a heading, each a list of its columns."""
    section = PAGE.partition(f'# {heading}\n')[2].partition('\n#')[0]
    return [
        [column.strip() for column in line.strip('|').split('|')]
        for line in section.splitlines()
        if line.startswith('| ')
    ]


@pytest.mark.parametrize('example', EXAMPLES)
def test_every_example_is_a_topology(example):
    options, diagnostics = read_topology_file(example, 'topology.yaml')
    assert diagnostics == () and options.vnets and options.links


def test_the_page_has_an_example_of_every_key():
    used = set(re.findall(r'([A-Za-z]+):', ''.join(EXAMPLES)))
    keys = {
        key
        for part in (load_schema(), load_schema()['properties']['defaults'], *PARTS.values())
        for key in part.get('properties', {})
    }
    assert keys - used == {'generation', 'activeActive', 'tags'} and len(EXAMPLES) == 3


@pytest.mark.parametrize(
    'heading, keys',
    [
        ('Keys', [*load_schema()['properties'], 'x-...']),
        ('A VNet', PARTS['vnet']['properties']),
        ('An entry of `connect`', set(PARTS['pair']['properties']) - {'pair'}),
    ],
)
def test_every_key_has_a_row_and_every_row_a_key(heading, keys):
    named = [re.findall('`([^`]+)`', row[0]) for row in rows(heading)]
    assert {row[0] for row in named if len(row) == 1 and ':' not in row[0]} == set(keys)


def test_keys_are_in_the_entries_that_the_page_says():
    kinds = {row[0].strip('`'): row[2] for row in rows('An entry of `connect`') if len(row) == 4 and '`' in row[0]}
    assert {
        key: ['pair', 'hub', 'mesh'] if where == 'all' else re.findall('`([a-z]+)`', where)
        for key, where in kinds.items()
    } == {key: [kind for kind in ('pair', 'hub', 'mesh') if key in PARTS[kind]['properties']] for key in kinds}


def test_yaml_reads_the_texts_as_the_page_says():
    for written, read, _ in rows('What YAML makes of some texts')[1:]:
        for text, reading in zip(re.findall('`([^`]+)`', written), read.split(', ')):
            found = messages(topology(name=f'name: {text}'))
            assert len(found) == 1
            assert (
                reading == 'an error'
                or f'name is {text}, which YAML reads as {reading}, but must be text' in found[0][1]
            )
            assert messages(topology(name=f'name: "{text}"')) == []


def test_the_first_example_names_its_schema():
    assert '# yaml-language-server: $schema=./topology.schema.json\n' in EXAMPLES[0]
