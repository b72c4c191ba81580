"""Azure Resource Graph, and the lists of all resources, of the local Azure."""

import pytest

from azext_vnet2vnet.arm import resource_graph
from tests.armsim import DEFAULTS, Settings
from tests.armsim.client import Client, group_path, make_pair, network_path
from tests.armsim.world import READER

GRAPH = '/providers/Microsoft.ResourceGraph/resources'
VERSION = '2021-03-01'
CONNECTIONS = "resources | where type =~ 'Microsoft.Network/connections'"
# What the extension has of the properties.
SHOWN = ('gatewayType', 'sku', 'enableBgp', 'bgpSettings', 'ipConfigurations')
HERE = {'subscriptions': [DEFAULTS.subscription_1]}


def ask(client, query, **more):
    return client.send('POST', GRAPH, {'query': query, **more}, VERSION)


def names(answer):
    assert answer.status == 200, answer
    return [row['name'] for row in answer.body['data']]


def test_the_envelope_is_the_recorded_one():
    """Members and their order are compared with the recording; here is what no recording has."""
    answer = ask(make_pair(Client()), CONNECTIONS, **HERE)
    assert (answer.body['totalRecords'], answer.body['count'], answer.body['resultTruncated']) == (2, 2, 'false')
    assert answer.headers['x-ms-user-quota-resets-after'] == '00:00:05'
    properties = answer.body['data'][0]['properties']
    assert properties['connectionType'] == 'Vnet2Vnet'
    assert 'sharedKey' not in properties and 'connectionStatus' not in properties


def test_the_query_of_the_extension_finds_connections_and_gateways():
    client = make_pair(Client(), enableBgp=True)
    answer = client.send('POST', GRAPH, resource_graph.query(HERE['subscriptions']), VERSION)
    rows = answer.body['data']
    ids = [network_path('connections', name) for name in ('back', 'there')]
    gateways = [network_path('virtualNetworkGateways', name) for name in ('gw1', 'gw2')]
    assert [row['id'] for row in rows] == ids + gateways
    assert {tuple(row) for row in rows} == {('id', 'type', 'location', *SHOWN)}
    assert [str(resource_graph.connection_from_row(row)) for row in rows[:2]] == ids
    found = [resource_graph.gateway_from_row(row) for row in rows[2:]]
    assert [(one.sku, one.enable_bgp, one.asn) for one in found] == [('VpnGw2AZ', True, 65515)] * 2


@pytest.mark.parametrize(
    'condition, expected',
    [
        ("type =~ 'microsoft.network/CONNECTIONS' and name =~ 'THERE'", ['there']),
        ("name =~ 'there' or type =~ 'microsoft.network/virtualnetworkgateways' and name =~ 'gw1'", ['gw1', 'there']),
        ("type =~ 'microsoft.network/connections' and properties.virtualNetworkGateway1.id =~ 'nothing'", []),
        ("name.first =~ 'there'", []),
    ],
)
def test_conditions(condition, expected):
    assert sorted(names(ask(make_pair(Client()), f'resources | where {condition}', **HERE))) == expected


def test_columns():
    answer = ask(
        make_pair(Client()), f'{CONNECTIONS} | project id, far = properties.virtualNetworkGateway2.id, kind', **HERE
    )
    far = {'there': 'gw2', 'back': 'gw1'}
    assert {row['id']: row for row in answer.body['data']} == {
        network_path('connections', name): {
            'id': network_path('connections', name),
            'far': network_path('virtualNetworkGateways', gateway),
            'kind': '',
        }
        for name, gateway in far.items()
    }


@pytest.mark.parametrize(
    'query, named',
    [
        ('resourcechanges', "the table 'resourcechanges'"),
        ('resources | summarize count()', "'summarize'"),
        ("resources | where name == 'x'", 'the condition "name == \'x\'"'),
        ("resources | where name in~ ('x')", 'the condition "name in~ (\'x\')"'),
        ("resources | where name =~ 'x' name", 'the condition "name =~ \'x\' name"'),
        ("resources | where (name =~ 'x')", 'the condition'),
        ('resources | where name =~ 3', "the condition 'name =~ 3'"),
        ('resources | order by name asc', "order 'by name asc'"),
        ('resources | order by id', "order 'by id'"),
        ('resources | project name | order by id asc', "order 'by id asc'"),
        ('resources | project strcat(name)', "the column 'strcat(name)'"),
    ],
)
def test_what_is_not_known_of_the_language_is_an_error(query, named):
    answer = ask(make_pair(Client()), query, **HERE)
    assert (answer.status, answer.body['error']['code']) == (501, 'NotSimulated')
    assert named in answer.body['error']['message']


def test_pages_follow_each_other():
    client = make_pair(Client(Settings(resource_graph_page=1)))
    first = ask(client, f'{CONNECTIONS} | order by id asc', **HERE)
    second = ask(
        client, f'{CONNECTIONS} | order by id asc', **HERE, options={'$top': 5, '$skipToken': first.body['$skipToken']}
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
