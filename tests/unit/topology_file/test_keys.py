"""A shared key is never in a topology file; one that is there all the same is refused, and not repeated."""

import pytest

from tests.unit.topology_file.test_reader import messages, topology

LITERAL = (
    'file-key-literal',
    'network.yaml line 7: connect entry 1, key is not of the form @FILE; its value is not shown, as it may be a key, '
    'which must not be in this file',
    'Put the key into a separate file beside this one, and give its name: key: "@key.txt"',
)


@pytest.mark.parametrize(
    'key',
    [
        'Geheim1x',
        '"Geheim1x"',
        '[Geheim1x]',
        '{Geheim1x: a}',
        '|-\n      Geheim1x',
        '12345',
        '0177',
        'yes',
        '2024-01-01',
        '"@"',
        '"@-"',
        '""',
        '',
    ],
)
def test_a_key_that_is_written_out_is_refused_and_not_repeated(key):
    assert messages(topology(connect=f'connect:\n  - pair: [hub, west]\n    key: {key}')) == [LITERAL]


@pytest.mark.parametrize(
    'line',
    [
        'key:Geheim1x',
        'key: !Geheim1x a',
        'key: !!Geheim1x a',
        'key: !x Geheim1x',
        'key: *Geheim1x',
        'key: @Geheim1x',
        'key: %Geheim1x',
        'key: |Geheim1x',
        'key: "Geheim1x',
        'key: "\\Geheim1x"',
        'key: "a" Geheim1x',
        'key: [Geheim1x',
        'key: Geheim1x: Geheim1x',
        'key: {Geheim1x: 1, Geheim1x: 2}',
        'key: {[Geheim1x]: 1}',
        'key: {<<: Geheim1x}',
        'key: {Geheim1x: !x a}',
        'key: Geheim1x\x07',
        'key: a\n    key: Geheim1x',
        'key:\n      - !x Geheim1x',
        'key: &Geheim1x a\n    bgp: &Geheim1x b',
        '!Geheim1x!x a: b',
        'sharedKey: Geheim1x',
        'psk: Geheim1x',
    ],
)
def test_no_error_repeats_a_key(line):
    found = messages(topology(connect=f'connect:\n  - pair: [hub, west]\n    {line}'))
    assert found and 'Geheim1x' not in str(found)


@pytest.mark.parametrize(
    'entry, message, recommendation',
    [
        ('{pair: [hub, west], key:Geheim1x}', ', key:... is unknown', 'Put a space after the colon'),
        ('{pair: [hub, west], sharedKey:Geheim1x}', ', sharedKey:... is unknown', 'Put a space after the colon'),
        (
            '{key:Geheim1x, key:Geheim1x, pair: [hub, west]}',
            ', key:... appears twice, first in line 6',
            'Remove one of the two, or give it another name',
        ),
        (
            '{pair:Geheim1x}',
            ' has neither pair, nor hub and spokes, nor mesh',
            'Write for example pair: [hub, west], or hub: hub and spokes: [west, japan], or mesh: [hub, west, japan]',
        ),
        (
            '{mesh: [hub, west], key: Geheim1x}',
            ', key is not allowed in a mesh',
            'Give the two VNets a separate entry pair: [..] with this key; it overrides the mesh',
        ),
    ],
)
def test_a_key_on_one_line_with_its_pair_is_not_repeated_either(entry, message, recommendation):
    found = messages(topology(connect=f'connect:\n  - {entry}'))
    assert found[0][1:] == (f'network.yaml line 6: connect entry 1{message}', recommendation)
    assert 'Geheim1x' not in str(found)
