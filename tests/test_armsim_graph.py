"""Azure Resource Graph, and the lists of all resources, of the local Azure."""

import pytest

from tests.armsim import DEFAULTS, Settings
from tests.armsim.client import Client, group_path, make_pair
from tests.armsim.world import READER

GRAPH = '/providers/Microsoft.ResourceGraph/resources'
VERSION = '2021-03-01'
CONNECTIONS = "resources | where type =~ 'Microsoft.Network/connections'"
HERE = {'subscriptions': [DEFAULTS.subscription_1]}


def ask(client, query, **more):
    return client.send('POST', GRAPH, {'query': query, **more}, VERSION)


def names(answer):
    assert answer.status == 200, answer
    return [row['name'] for row in answer.body['data']]


def test_the_envelope_is_the_recorded_one():
    answer = ask(make_pair(Client()), f'{CONNECTIONS} | order by name asc', **HERE)
    assert list(answer.body) == ['totalRecords', 'count', 'data', 'facets', 'resultTruncated']
    assert (answer.body['totalRecords'], answer.body['count'], answer.body['resultTruncated']) == (2, 2, 'false')
    assert list(answer.body['data'][0]) == [
        'id',
        'name',
        'type',
        'tenantId',
        'kind',
        'location',
        'resourceGroup',
        'subscriptionId',
        'managedBy',
        'sku',
        'plan',
        'properties',
        'tags',
        'identity',
        'zones',
        'extendedLocation',
    ]
    assert answer.headers['x-ms-user-quota-resets-after'] == '00:00:05'
    properties = answer.body['data'][0]['properties']
    assert properties['connectionType'] == 'Vnet2Vnet'
    assert 'sharedKey' not in properties and 'connectionStatus' not in properties


@pytest.mark.parametrize(
    'stages, expected',
    [
        ("where type =~ 'microsoft.network/CONNECTIONS' and name == 'there'", ['there']),
        (
            "where name == 'there' or type == 'microsoft.network/virtualnetworkgateways' and name != 'gw2'",
            ['there', 'gw1'],
        ),
        ("where name in~ ('THERE', 'gw2')", ['there', 'gw2']),
        ("where properties.virtualNetworkGateway1.id == 'nothing'", []),
        ("where name =~ 'there' | project name, far = properties.virtualNetworkGateway2.id", ['there']),
    ],
)
def test_conditions(stages, expected):
    assert sorted(names(ask(make_pair(Client()), f'resources | {stages}', **HERE))) == sorted(expected)


@pytest.mark.parametrize(
    'query',
    [
        'resourcechanges',
        'resources | summarize count()',
        "resources | where name contains 'x'",
        "resources | where name == 'x' name",
        'resources | where name == 3',
        'resources | order by name, id',
        'resources | project strcat(name)',
    ],
)
def test_what_is_not_known_of_the_language_is_an_error(query):
    answer = ask(Client(), query, **HERE)
    assert (answer.status, answer.body['error']['code']) == (501, 'NotSimulated')


def test_pages_follow_each_other():
    client = make_pair(Client(Settings(resource_graph_page=1)))
    first = ask(client, f'{CONNECTIONS} | order by name asc', **HERE)
    second = ask(
        client,
        f'{CONNECTIONS} | order by name asc',
        **HERE,
        options={'$top': 5, '$skipToken': first.body['$skipToken']},
    )
    assert names(first) + names(second) == ['back', 'there']
    assert '$skipToken' not in second.body


def test_only_what_the_caller_may_read_is_found():
    client = make_pair(Client())
    world = client.simulator.fabric.world
    world.role_assignments[:] = [{'principalId': DEFAULTS.app_object_a, 'scope': group_path('other'), **READER}]
    assert names(ask(client, CONNECTIONS, **HERE)) == []
    world.role_assignments.clear()
    assert ask(client, CONNECTIONS, **HERE).status == 403


def test_a_token_finds_its_own_tenant_only():
    client = make_pair(Client())
    other = Client(simulator=client.simulator, tenant=DEFAULTS.tenant_b)
    assert ask(other, CONNECTIONS, **HERE).status == 403
    assert names(ask(other, CONNECTIONS)) == []
    assert ask(make_pair(Client(Settings(resource_graph_refused=True))), CONNECTIONS, **HERE).status == 403


def test_the_list_of_all_resources_by_type_and_page():
    client = make_pair(Client(Settings(resources_page=1)))
    url = f"/subscriptions/{DEFAULTS.subscription_1}/resources?$filter=resourceType eq 'microsoft.network/connections'"
    first = client.get(url, '2024-11-01')
    second = client.get(first.body['nextLink'])
    assert [entry['name'] for answer in (first, second) for entry in answer.body['value']] == ['there', 'back']
    assert set(first.body['value'][0]) == {'id', 'name', 'type', 'location'} and 'nextLink' not in second.body
    assert client.get(url.partition('$')[0] + "$filter=name eq 'x'", '2024-11-01').status == 501
