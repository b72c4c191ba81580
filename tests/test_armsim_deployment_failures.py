"""What fails in deployments of the local Azure, before they begin and while they run, and how it is told."""

import json

import pytest

from tests.armsim import DEFAULTS, Settings
from tests.armsim.client import Client, group_path, make_site, network_path, public_ip, vnet
from tests.armsim.deployment_client import (
    AN_IP,
    BAD,
    KEYED,
    OTHER_GROUP,
    SITE,
    deployment,
    deployment_path,
    nested,
    properties_of,
    resource,
    rows_of,
    run,
    start,
    template,
    with_groups,
)

D = deployment_path()
IP = network_path('publicIPAddresses', 'ip')
THERE = {'resourceGroup': 'other', 'subscriptionId': DEFAULTS.subscription_2}


@pytest.fixture(name='client')
def fixture_client():
    """A client with a group, and another one in another subscription."""
    return with_groups(Client())


WAITING = resource('publicIPAddresses', 'never', public_ip(), 'bad')


def test_a_refused_resource(client):
    last = run(client, template(BAD, WAITING, AN_IP))
    error = last['error']
    assert (
        (last['status'], error['code']) == ('Failed', 'DeploymentFailed')
        and error['message'].endswith('Please see https://aka.ms/DeployOperations for usage details.')
        and 'target' not in error
    )
    [detail] = error['details']
    assert detail['code'] == 'BadRequest' and detail['message'].startswith('{\r\n  "error": {\r\n    "code": "Inv')
    inner = json.loads(detail['message'])['error']['details'][0]
    assert "Could not find member 'colour' on object of type 'PublicIPAddressProperties'" in inner['message']
    assert properties_of(client)['error'] == error and 'outputResources' not in properties_of(client)
    assert rows_of(client) == [('bad', 'Failed', 'BadRequest'), ('ip', 'Succeeded', 'OK')]  # the others go on
    row = client.get(D + '/operations').body['value'][0]['properties']
    assert row['statusMessage'] == json.loads(detail['message'])


def test_a_resource_whose_operation_fails(client):
    client.simulator.faults = [
        {'match': 'PUT */publicIPAddresses/*', 'do': 'fail-operation', 'code': 'Full', 'message': 'No room.'}
    ]
    answer = client.send(
        'PUT',
        D,
        deployment(template(nested('outer', template(nested('inner', template(AN_IP)))))),
        version='2025-04-01',
    )
    error = client.finish(answer).body['error']
    assert (error['target'], error['code']) == (D, 'DeploymentFailed') and error['message'].endswith(
        'Please see https://aka.ms/arm-deployment-operations for usage details.'
    )
    texts = []
    for _ in range(3):  # wrapped once more in each deployment
        [detail] = error['details']
        assert detail['code'] == 'Conflict'
        texts.append(json.loads(detail['message']))
        assert (texts[-1]['status'], texts[-1]['error']['code']) == ('Failed', 'ResourceDeploymentFailure')
        assert (
            texts[-1]['error']['message']
            == "The resource operation completed with terminal provisioning state 'Failed'."
        )
        [error] = texts[-1]['error']['details']
    assert error == {'code': 'Full', 'message': 'No room.', 'details': []}
    assert rows_of(client) == [('outer', 'Failed', 'Conflict')]


def test_errors_that_are_not_wrapped():
    client = with_groups(Client(Settings(deployment_errors_unwrapped=True)))
    error = run(client, template(nested('n', template(BAD)), AN_IP))['error']
    [detail] = error['details']
    assert detail['code'] == 'ResourceDeploymentFailure' and detail['target'] == deployment_path('n')
    assert detail['message'].startswith('The resource write operation failed to complete successfully, because it')
    [refusal] = detail['details'][0]['details']
    assert refusal['code'] == 'InvalidRequestFormat' and 'colour' in refusal['details'][0]['message']


def test_locks_hold_while_it_runs(client):
    lock = f'{group_path()}/providers/Microsoft.Authorization/locks/l'
    start(
        client,
        template(
            resource('virtualNetworks', 'v', vnet()),
            resource('publicIPAddresses', 'ip', public_ip(), network_path('virtualNetworks', 'v')),
        ),
    )
    client.clock.advance(2)
    client.make(lock, {'properties': {'level': 'ReadOnly'}})
    client.clock.advance(60)
    [detail] = properties_of(client)['error']['details']
    assert detail['code'] == 'ScopeLocked' and IP in detail['message']  # Resource Manager's own: not wrapped
    assert client.send('PUT', D, deployment(template(AN_IP))).body['error']['code'] == 'ScopeLocked'


def test_rights_are_checked_before_anything_is_written(client):
    world = client.simulator.world
    reader = {
        'principalId': DEFAULTS.app_object_a,
        'actions': ['*/read', 'Microsoft.Resources/deployments/*'],
        'notActions': [],
    }
    world.role_assignments = [
        {'principalId': DEFAULTS.app_object_a, 'scope': group_path(), 'actions': ['*']},
        {**reader, 'scope': OTHER_GROUP},
    ]
    content = template(AN_IP, nested('n', template(AN_IP), **THERE))
    far = network_path('publicIPAddresses', 'ip', 'other', DEFAULTS.subscription_2)
    for method, url in (('PUT', D), ('POST', D + '/validate'), ('POST', D + '/whatIf')):
        answer = client.send(method, url, deployment(content))
        error = answer.body['error']
        assert (answer.status, error['code']) == (400, 'InvalidTemplateDeployment')
        assert error['message'] == (
            "The template deployment failed with error: 'Authorization failed for template resource 'ip' of type "
            f"'Microsoft.Network/publicIPAddresses'. The client '{DEFAULTS.app_id}' with object id "
            f"'{DEFAULTS.app_object_a}' does not have permission to perform action "
            f"'Microsoft.Network/publicIPAddresses/write' at scope '{far}'.'."
        )
    assert client.get(D).status == client.get(IP).status == 404
    world.role_assignments[0]['actions'] = ['*/read']
    assert client.send('PUT', D, deployment(content)).body['error']['code'] == 'AuthorizationFailed'


def test_policies_are_asked_before_anything_is_written(client):
    client.simulator.faults = [
        {'match': 'PUT */publicIPAddresses/*', 'do': 'policy', 'message': 'No IPs', 'every': True}
    ]
    error = client.send('PUT', D, deployment(template(nested('n', template(AN_IP))))).body['error']
    assert error['code'] == 'InvalidTemplateDeployment' and 'because of policy violation' in error['message']
    [detail] = error['details']
    assert (detail['code'], detail['target']) == ('RequestDisallowedByPolicy', 'ip')


def busy_pair():
    """A client with two gateways, the first of which is being updated."""
    client = Client()
    make_site(client, 2)
    near = make_site(client, 1)
    body = client.read(near)
    client.put(near, {**body, 'properties': {**body['properties'], 'enableBgp': True}})
    return client


def test_a_busy_gateway_is_waited_for():
    client = busy_pair()
    answer = start(client, KEYED, key='Very.Secret.1')
    client.clock.advance(100)
    assert rows_of(client) == [('c', 'Running', 'Created')]
    assert client.get(network_path('connections', 'c')).status == 404
    assert client.finish(answer).body == {'status': 'Succeeded'}
    client = busy_pair()
    start(client, KEYED, key='Very.Secret.1')
    client.clock.advance(100)
    assert client.send('POST', D + '/cancel').status == 204
    assert rows_of(client) == [('c', 'Canceled', 'Created')]


@pytest.mark.parametrize('retried', [True, False])
def test_a_conflict_is_waited_for_or_not(retried):
    """Two subnets of one VNet at once: 409 AnotherOperationInProgress."""
    client = with_groups(Client(Settings(deployments_retry_conflicts=retried)))
    subnets = [
        resource(
            'virtualNetworks/subnets', f'v/s{number}', {'properties': {'addressPrefix': f'10.1.{number}.0/24'}}, 'v'
        )
        for number in (1, 2)
    ]
    last = run(client, template(resource('virtualNetworks', 'v', vnet()), *subnets))
    assert last['status'] == ('Succeeded' if retried else 'Failed')
    if not retried:
        [detail] = last['error']['details']
        assert detail['code'] == 'Conflict'
        assert json.loads(detail['message'])['error']['code'] == 'AnotherOperationInProgress'


def test_a_cancelled_child_fails_its_parent(client):
    answer = start(client, template(nested('n', SITE, parameters={'vnet': 'v'})))
    client.clock.advance(60)
    assert client.send('POST', deployment_path('n') + '/cancel').status == 204
    [detail] = client.finish(answer).body['error']['details']
    assert json.loads(detail['message']) == {
        'status': 'Canceled',
        'error': {
            'code': 'ResourceDeploymentFailure',
            'message': "The resource operation completed with terminal provisioning state 'Canceled'.",
        },
    }


def test_a_group_that_goes_away_fails_its_deployments(client):
    answer = start(client, template(nested('n', SITE, parameters={'vnet': 'v'}, **THERE)))
    client.clock.advance(60)
    client.finish(client.send('DELETE', OTHER_GROUP))
    assert client.finish(answer).body['status'] == 'Failed'
