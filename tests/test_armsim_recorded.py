"""The local Azure answers as Azure was recorded to answer: status, headers, and bodies down to the order of members.

Not compared at all: of a subscription's list of locks two rows of other people's resources; of the Resource Graph the
properties of the one row, which is of a table and a type that the local Azure does not have; the counters and ages of
IKE associations and BGP sessions, which differ from run to run; gateway bodies of api-version 2015-06-15 (sku.capacity
0), a generation that is gone; errors of resource types and limits that the local Azure does not have.
"""

import pytest

from tests.armsim.schema import check_body, published_part
from tests.recordings import Player, scenarios
from tests.shapes import differences

SCENARIOS = scenarios()


@pytest.mark.parametrize('name', SCENARIOS)
def test_answers_are_as_recorded(name):
    scenario = SCENARIOS[name]
    player = Player(scenario)
    found = []
    for pair in scenario['pairs']:
        answer = player.perform(pair)
        found += [f'interaction {pair["interaction"]}: {line}' for line in player.compare(pair, answer)]
    assert not found, f'{scenario["source"]}\n' + '\n'.join(found)


@pytest.mark.parametrize(
    'observed, shape, expected',
    [
        ({'a': 1, 'b': 2}, {'b': 2, 'a': 1}, ": order ['a', 'b'], recorded ['b', 'a']"),
        ({'a': 1}, {'a': 1, 'b': 2}, '.b: missing'),
        ({'a': 1, 'b': 2}, {'a': 1}, '.b: not recorded (= 2)'),
        ({'a': True}, {'a': 1}, '.a: expected 1, got True'),
        ({'a': ['x']}, {'a': []}, ".a: expected 0 elements, got ['x']"),
        ({'a': 'x'}, {'a': 'etag'}, ".a: expected 'etag', got 'x'"),
        ({'a': 'in 12 s'}, {'a': '=in <guid> s'}, ".a: expected '=in <guid> s', got 'in 12 s'"),
        ({'a': {}}, {'a': '=x'}, ".a: expected '=x', got {}"),
        ([], {}, ': expected an object, got []'),
        ({'a': True}, {'a': 'integer'}, ".a: expected 'integer', got True"),
    ],
)
def test_a_difference_is_found(observed, shape, expected):
    assert list(differences(observed, shape)) == [expected]


def test_what_fits_has_no_difference():
    assert not list(
        differences(
            {'a': 'retry in 12 seconds.', 'b': [{'c': 'W/"01234567-89ab-cdef-0123-456789abcdef"'}], 'd': None},
            {'a': '=retry in <number> seconds.', 'b': [{'c': 'etag'}], 'd': None},
        )
    )


def test_the_published_part_of_what_azure_printed_may_be_sent_back():
    bodies = [
        (pair['request']['path'], sample(pair['answer']))
        for scenario in SCENARIOS.values()
        for pair in scenario['pairs']
        if pair['status'] in (200, 201)
        and not pair.get('part')
        and pair['request'].get('path', '').startswith('{net')
        and isinstance(pair['answer'], dict)
        and 'etag' in pair['answer']
    ]
    assert len(bodies) > 30
    for path, body in bodies:
        check_body(resource_type(path), published_part(resource_type(path), body))


def test_what_azure_accepted_is_accepted():
    bodies = [
        (pair['request']['path'], pair['request']['body'])
        for scenario in SCENARIOS.values()
        for pair in scenario['pairs']
        if pair['status'] in (200, 201)
        and 'body' in pair['request']
        and pair['request']['path'].startswith('{net')
        and pair['request']['method'] == 'PUT'
        and '/providers/' not in pair['request']['path']
    ]
    assert len(bodies) > 10
    for path, body in bodies:
        check_body(resource_type(path), body)


def resource_type(path):
    names = path.split('/')[1:]
    return 'Microsoft.Network/' + '/'.join(names[0::2])


def sample(shape):
    """A JSON value of a shape."""
    if isinstance(shape, dict):
        return {name: sample(inner) for name, inner in shape.items()}
    if isinstance(shape, list):
        return [sample(inner) for inner in shape]
    if isinstance(shape, str):
        return [] if shape == 'list' else shape.removeprefix('=')
    return shape
