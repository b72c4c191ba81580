"""What the local Azure says of a deployment beforehand: validate and what-if."""

import json

import pytest

from tests.armsim import DEFAULTS
from tests.armsim.client import Client, connection, make_site, network_path, public_ip, vnet
from tests.armsim.deployment_client import (
    AN_IP,
    BAD,
    KEYED,
    OTHER_GROUP,
    deployment,
    deployment_path,
    nested,
    resource,
    template,
    with_groups,
)

D = deployment_path()
GATEWAY, FAR = (network_path('virtualNetworkGateways', f'gw{number}') for number in (1, 2))
CONNECTION = network_path('connections', 'c')
IP = network_path('publicIPAddresses', 'ip')
KEY = 'Very.Secret.1'
THERE = {'resourceGroup': 'other', 'subscriptionId': DEFAULTS.subscription_2}


@pytest.fixture(name='client')
def fixture_client():
    """A client with a group, and another one in another subscription."""
    return with_groups(Client())


def test_validate(client):
    content = template(
        AN_IP,
        nested('n', template(resource('publicIPAddresses', 'far', public_ip())), **THERE),
        parameters=KEYED['parameters'],
    )
    answer = client.send('POST', D + '/validate', deployment(content, key=KEY))
    body = answer.body['properties']
    assert answer.status == 200 and (body['provisioningState'], body['duration']) == ('Succeeded', 'PT0S')
    far = network_path('publicIPAddresses', 'far', 'other', DEFAULTS.subscription_2)
    assert [one['id'] for one in body['validatedResources']] == [IP, deployment_path('n', OTHER_GROUP), far]
    assert client.get(D).status == client.get(IP).status == 404 and KEY not in json.dumps(answer.body)
    answer = client.send('POST', D + '/validate', deployment(template(nested('n', template(BAD)))))
    error = answer.body['error']
    assert (answer.status, error['code']) == (400, 'InvalidTemplateDeployment')
    assert error['message'].startswith(
        "The template deployment 'd' is not valid according to the validation procedure. The tracking id is '"
    )
    assert [detail['code'] for detail in error['details']] == ['InvalidRequestFormat']


def what_if(client, content, version='', **more):
    """The changes that a deployment would make, by the last name in their id."""
    body = deployment(content, **more)
    answer = client.send('POST', D + '/whatIf', body, version=version)
    assert answer.status == 202 and client.send('GET', answer.headers['Location']).status == 202
    last = client.finish(answer)
    assert last.status == 200 and last.body['status'] == 'Succeeded'
    assert client.get(D).status == 404
    return {change['resourceId'].rsplit('/', 1)[1]: change for change in last.body['properties']['changes']}


def test_what_if():
    client = with_groups(Client())
    for number in (1, 2):
        make_site(client, number)
    client.make(IP, {**public_ip(), 'tags': {'a': 'b'}})
    same = resource('publicIPAddresses', 'ip', {**public_ip('East US'), 'tags': {'a': 'b'}})
    more = resource(
        'virtualNetworks',
        'vnet1',
        {**vnet('10.1.0.0/16', subnets={'GatewaySubnet': '10.1.254.0/27'}), 'tags': {'c': 'd'}},
    )
    more['properties']['addressSpace']['addressPrefixes'].append('10.3.0.0/16')
    content = template(
        same, more, nested('n', KEYED, parameters={'key': "[parameters('key')]"}), parameters=KEYED['parameters']
    )
    found = what_if(client, content, key=KEY)
    assert {name: change['changeType'] for name, change in found.items()} == {
        'ip': 'NoChange',
        'vnet1': 'Modify',
        'c': 'Create',
        'ip1': 'Ignore',
        'gw1': 'Ignore',
        'vnet2': 'Ignore',
        'ip2': 'Ignore',
        'gw2': 'Ignore',
    }
    assert found['c']['after']['properties']['sharedKey'] == '*******' and 'before' not in found['c']
    assert list(found['c']['after']) == ['apiVersion', 'id', 'location', 'name', 'properties', 'type']
    assert 'provisioningState' not in found['ip']['before']['properties'] and 'delta' not in found['ip']
    delta = {one['path']: one for one in found['vnet1']['delta']}
    assert delta['tags'] == {'path': 'tags', 'propertyChangeType': 'Create', 'after': {'c': 'd'}}
    assert delta['properties.addressSpace.addressPrefixes']['children'] == [
        {'path': '1', 'propertyChangeType': 'Create', 'after': '10.3.0.0/16'}
    ]
    [subnet] = delta['properties.subnets']['children']
    assert subnet == {
        'path': '0',
        'propertyChangeType': 'Modify',
        'children': [
            {
                'path': 'properties.addressPrefix',
                'propertyChangeType': 'Modify',
                'before': '10.1.255.0/27',
                'after': '10.1.254.0/27',
            }
        ],
    }
    assert found['vnet1']['after']['properties']['addressSpace']['addressPrefixes'] == ['10.1.0.0/16', '10.3.0.0/16']
    assert KEY not in json.dumps([found, client.simulator.state()])
    # Once there, the connection is a change for ever: what is secure cannot be compared (reported).
    client.make(CONNECTION, connection(GATEWAY, FAR, sharedKey=KEY))
    assert [one['path'] for one in what_if(client, content, key=KEY)['c']['delta']] == ['properties.sharedKey']


def test_what_if_in_short(client):
    client.make(IP, public_ip())
    body = deployment(template(AN_IP, resource('publicIPAddresses', 'ip2', public_ip())))
    body['properties']['whatIfSettings'] = {'resultFormat': 'ResourceIdOnly'}
    last = client.finish(client.send('POST', D + '/whatIf', body, version='2025-04-01')).body['properties']
    assert last['changes'] == [
        {'resourceId': IP, 'changeType': 'Deploy'},
        {'resourceId': IP + '2', 'changeType': 'Create'},
    ]
    assert list(last) == ['correlationId', 'changes']
    body['properties']['whatIfSettings'] = {'resultFormat': 'Long'}
    assert client.send('POST', D + '/whatIf', body).status == 501
