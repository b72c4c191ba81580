"""What can be read and written of Azure Resource Manager."""

import pytest

from azext_vnet2vnet.arm.failures import RequestFailed
from azext_vnet2vnet.arm.requests import Answer
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.resource_id import ResourceId
from tests.armsim import DEFAULTS
from tests.armsim.client import group_path, network_path, public_ip
from tests.armsim.settings import Settings
from tests.unit.local_azure import LocalAzure, ScriptedAzure, failure, reply

HALF = ResourceId('s', 'g', resource_id.CONNECTION_TYPE, ('half',))
GATEWAY = ResourceId('s', 'g', resource_id.GATEWAY_TYPE, ('gw',))
BODY = {'location': 'eastus', 'properties': {}}


def test_a_missing_resource_is_an_answer_and_so_is_a_refusal_of_a_plain_read():
    azure = LocalAzure()
    site = azure.make_site(1)
    arm = azure.arm()
    assert azure.run(arm.get(site.sibling(resource_id.VNET_TYPE, 'none'))).is_missing
    assert azure.run(arm.get(ResourceId(site.subscription, 'none'))).is_missing
    assert azure.run(arm.get(site.group_id)).body['location'] == 'eastus'
    assert azure.run(arm.read('s', '/subscriptions/s/locations', '2022-12-01')).error[0] == 'SubscriptionNotFound'


def test_lists_have_all_pages():
    azure = LocalAzure(Settings(resources_page=2))
    azure.client.make(group_path(), {'location': 'eastus'})
    for number in range(5):
        azure.client.make(network_path('publicIPAddresses', f'ip{number}'), public_ip())
    azure.simulator.journal.clear()
    found = azure.run(azure.arm().list_resources(DEFAULTS.subscription_1, resource_id.PUBLIC_IP_TYPE))
    assert sorted(entry['name'] for entry in found) == [f'ip{number}' for number in range(5)]
    assert [entry['status'] for entry in azure.simulator.journal if entry['method'] == 'GET'] == [200] * 3


@pytest.mark.parametrize(
    'place, path', [(HALF.group_id, '/connections'), (GATEWAY, '/virtualNetworkGateways/gw/connections')]
)
def test_connections_of_a_group_and_of_a_gateway_have_all_pages_too(place, path):
    pages = [
        reply(
            200,
            {
                'value': [{**BODY, 'id': f'{HALF}1', 'properties': {'connectionType': 'Vnet2Vnet'}}],
                'nextLink': 'https://localhost/next',
            },
        ),
        reply(200, {'value': [{**BODY, 'id': f'{HALF}2', 'properties': {'connectionType': 'IPsec'}}]}),
    ]
    azure = ScriptedAzure(*pages)
    found = azure.run(azure.arm().list_connections(place))
    assert [(one['id'], one['properties']['connectionType']) for one in found] == [
        (f'{HALF}1', 'Vnet2Vnet'),
        (f'{HALF}2', 'IPsec'),
    ]
    assert azure.requests[0].path.endswith(path) and azure.requests[1].path == '/next'


def test_operations_of_a_deployment():
    azure = ScriptedAzure(reply(200, {'value': [{'operationId': '1'}]}))
    deployment = HALF.sibling(resource_id.DEPLOYMENT_TYPE, 'all')
    assert azure.run(azure.arm().list_operations(deployment)) == [{'operationId': '1'}]
    assert azure.requests[0].target == f'{deployment}/operations?api-version=2024-11-01'


def test_a_query_is_sent_to_resource_graph():
    azure = ScriptedAzure(reply(200, {'data': []}))
    assert azure.run(azure.arm().query('s', {'query': 'resources'})).body == {'data': []}
    [request] = azure.requests
    assert (request.method, request.body) == ('POST', {'query': 'resources'})
    assert request.target == '/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01'


@pytest.mark.parametrize(
    'answer, status',
    [
        (reply(202, Location='https://localhost/results/1'), 202),
        (reply(204), 204),
        (failure(404, 'ResourceNotFound'), 404),
        (failure(400, 'VirtualNetworkGatewayCannotBeDeleted'), 400),
    ],
)
def test_answers_to_a_deletion(answer, status):
    azure = ScriptedAzure(answer)
    found = azure.run(azure.arm().delete(GATEWAY))
    assert found.status == status
    assert (found.is_missing, found.is_in_use) == (status == 404, status == 400)


def test_tags_alone_are_replaced():
    azure = ScriptedAzure(reply(200, BODY))
    azure.run(azure.arm().tag(HALF, {'a': 'b'}))
    assert [(request.method, request.body) for request in azure.requests] == [('PATCH', {'tags': {'a': 'b'}})]


def test_an_action_that_fails_is_named_with_its_resource():
    azure = ScriptedAzure(failure(400, 'Bad'))
    with pytest.raises(RequestFailed) as caught:
        azure.run(azure.arm().begin(HALF, 'reset_connection'))
    assert (caught.value.method, caught.value.target) == ('POST', f'reset of {HALF}')
    assert azure.requests[0].path == f'{HALF}/resetconnection'


@pytest.mark.parametrize(
    'last, result', [(reply(200, {'value': [1]}), {'value': [1]}), (failure(404, 'NotFound'), None)]
)
def test_a_result_is_collected_from_the_newest_location(last, result):
    azure = ScriptedAzure(
        reply(202, Location='https://localhost/results/1?s=a', Retry_After='10'),
        reply(202, Location='https://localhost/results/1?s=b'),
        reply(202, Retry_After='20'),
        last,
    )
    arm = azure.arm()

    async def scenario():
        return await arm.collect(GATEWAY, await arm.begin(GATEWAY, 'get_bgp_peer_status'))

    assert azure.run(scenario()) == result
    assert [request.target for request in azure.requests[1:]] == [f'/results/1?s={letter}' for letter in 'abb']
    assert azure.moments == pytest.approx([0, 10, 40, 60])


def test_an_answer_at_once_is_the_result():
    azure = ScriptedAzure()
    assert azure.run(azure.arm().collect(GATEWAY, Answer(200, {}, {'value': []}))) == {'value': []}
