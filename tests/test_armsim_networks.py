"""What surrounds gateways in the local Azure: what hangs on subnets, peerings, usages."""

import pytest

from tests.armsim import DEFAULTS, Settings
from tests.armsim.client import Client, gateway, group_path, make_site, network_path, public_ip

VNET, FAR = (network_path('virtualNetworks', f'vnet{number}') for number in (1, 2))
SUBNET = VNET + '/subnets/GatewaySubnet'
GATEWAY, IP = network_path('virtualNetworkGateways', 'gw1'), network_path('publicIPAddresses', 'ip1')
GROUP, TABLE = network_path('networkSecurityGroups', 'nsg'), network_path('routeTables', 'rt')
RULE = {
    'protocol': '*',
    'access': 'Deny',
    'priority': 100,
    'direction': 'Inbound',
    'sourcePortRange': '*',
    'destinationPortRange': '22',
    'sourceAddressPrefix': '*',
    'destinationAddressPrefix': '*',
}
BODIES = {
    GROUP: {'location': 'eastus', 'properties': {'securityRules': [{'name': 'in', 'properties': RULE}]}},
    TABLE: {
        'location': 'eastus',
        'tags': {'a': 'b'},
        'properties': {
            'routes': [{'name': 'out', 'properties': {'addressPrefix': '10.9.0.0/16', 'nextHopType': 'VnetLocal'}}]
        },
    },
}


@pytest.fixture(name='client')
def fixture_client():
    """Two sites without gateways, a security group and a route table."""
    client = Client()
    for number in (1, 2):
        make_site(client, number, with_gateway=False)
    for url, body in BODIES.items():
        client.make(url, body)
    return client


def code(answer):
    """The code of an error."""
    return answer.body['error']['code']


@pytest.mark.parametrize('url, parts', [(GROUP, 'securityRules'), (TABLE, 'routes')])
def test_security_groups_and_route_tables(client, url, parts):
    body = client.get(url).body
    [part], [given] = body['properties'][parts], BODIES[url]['properties'][parts]
    assert part['properties'].items() >= given['properties'].items() and part['id'] == f'{url}/{parts}/{given["name"]}'
    assert client.put(url, body).status == 200
    listed = client.get(url.rpartition('/')[0]).body['value']
    assert [one['id'] for one in listed] == [url] and body.get('tags') == BODIES[url].get('tags')
    assert client.make(url + '2', {'location': 'eastus'})['properties'][parts] == []  # as az sends it


@pytest.mark.parametrize('url, parts', [(GROUP, 'securityRules'), (TABLE, 'routes')])
def test_one_rule_or_route(client, url, parts):
    part, given = f'{url}/{parts}/more', {'properties': BODIES[url]['properties'][parts][0]['properties']}
    answer = client.put(part, given)
    assert answer.status == 201 and answer.body['id'] == part
    again = client.put(part, given)
    assert again.headers['x-ms-request-id'] == answer.headers['x-ms-request-id']
    assert code(client.put(f'{url}/{parts}/other', given)) == 'AnotherOperationInProgress'
    client.finish(answer)
    assert client.get(part).body['properties']['provisioningState'] == 'Succeeded'
    assert client.put(part, given).status == 200
    client.clock.advance(10)
    assert len(client.get(url).body['properties'][parts]) == len(client.get(f'{url}/{parts}').body['value']) == 2
    client.finish(client.send('DELETE', part))
    assert client.get(part).status == 404 and client.send('DELETE', part).status == 204
    assert len(client.get(url).body['properties'][parts]) == 1


@pytest.mark.parametrize(
    'key, url, expected',
    [
        ('networkSecurityGroup', GROUP, 'InUseNetworkSecurityGroupCannotBeDeleted'),
        ('routeTable', TABLE, 'InUseRouteTableCannotBeDeleted'),
    ],
)
def test_what_hangs_on_a_subnet(client, key, url, expected):
    made = client.make(SUBNET, {'properties': {'addressPrefix': '10.1.255.0/27', key: client.get(url).body}})
    assert made['properties'][key] == {'id': url}
    assert client.get(url).body['properties']['subnets'] == [{'id': SUBNET}]
    assert code(client.send('DELETE', url)) == expected
    client.make(SUBNET, {'properties': {'addressPrefix': '10.1.255.0/27'}})
    client.finish(client.send('DELETE', url))
    missing = client.put(SUBNET, {'properties': {'addressPrefix': '10.1.255.0/27', key: {'id': url}}})
    assert code(missing) == 'InvalidResourceReference'


@pytest.mark.parametrize(
    'extra, expected',
    [
        ({'networkSecurityGroup': {'id': GROUP}}, None),
        ({'routeTable': {'id': TABLE}}, None),
        ({'delegations': [{'name': 'd', 'properties': {'serviceName': 'Microsoft.Sql/managedInstances'}}]}, None),
    ],
)
def test_a_gateway_in_such_a_subnet(client, extra, expected):
    made = client.make(SUBNET, {'properties': {'addressPrefix': '10.1.255.0/27', **extra}})
    for delegation in made['properties']['delegations']:
        assert delegation['id'] == SUBNET + '/delegations/d'
        assert delegation['properties']['serviceName'] == 'Microsoft.Sql/managedInstances'
    answer = client.put(GATEWAY, gateway(SUBNET, [IP]))
    assert answer.status == 201 if expected is None else code(answer) == expected


def test_a_seeded_resource_of_another_type_can_be_read(client):
    nat = network_path('natGateways', 'nat')
    client.simulator.world.resources[nat.lower()] = {
        'id': nat,
        'name': 'nat',
        'type': 'Microsoft.Network/natGateways',
        'location': 'eastus',
        'state': 'Succeeded',
        'properties': {'idleTimeoutInMinutes': 4},
    }
    assert client.get(nat).body['properties'] == {'provisioningState': 'Succeeded', 'idleTimeoutInMinutes': 4}


def test_a_seeded_route_table_can_be_read(client):
    table = network_path('routeTables', 'seeded')
    client.simulator.world.resources[table.lower()] = {
        'id': table,
        'name': 'seeded',
        'type': 'Microsoft.Network/routeTables',
        'location': 'eastus',
        'state': 'Succeeded',
        'properties': {'routes': [{'name': 'all', 'properties': {'addressPrefix': '0.0.0.0/0'}}]},
    }
    assert client.get(table).body['properties']['routes'][0]['properties']['addressPrefix'] == '0.0.0.0/0'


THERE, BACK = VNET + '/virtualNetworkPeerings/there', FAR + '/virtualNetworkPeerings/back'


def peering(remote, **flags):
    """The body of a peering."""
    return {'properties': {'remoteVirtualNetwork': {'id': remote}, **flags}}


def state(client, url):
    """The peeringState."""
    return client.get(url).body['properties']['peeringState']


def test_a_peering_connects_when_both_sides_are_there(client):
    client.make(THERE, peering(FAR))
    assert state(client, THERE) == 'Initiated'
    client.make(BACK, peering(VNET, allowGatewayTransit=True))
    assert (state(client, THERE), state(client, BACK)) == ('Connected', 'Connected')
    [listed] = client.get(VNET).body['properties']['virtualNetworkPeerings']
    assert listed['id'] == THERE and listed['properties']['remoteAddressSpace'] == {'addressPrefixes': ['10.2.0.0/16']}
    assert client.get(FAR + '/virtualNetworkPeerings').body['value'][0]['properties']['allowGatewayTransit'] is True
    client.finish(client.send('DELETE', BACK))
    assert state(client, THERE) == 'Disconnected' and client.get(BACK).status == 404


def test_a_vnet_that_is_written_back_keeps_its_peerings(client):
    body = client.get(VNET).body
    body['properties']['virtualNetworkPeerings'] = [{'name': 'there', **peering(FAR)}]
    client.make(VNET, body)
    before = client.get(VNET).body
    assert client.make(VNET, before)['properties']['virtualNetworkPeerings'][0]['id'] == THERE
    del before['properties']['virtualNetworkPeerings']
    assert len(client.make(VNET, before)['properties']['virtualNetworkPeerings']) == 1
    before['properties']['virtualNetworkPeerings'] = []
    assert client.make(VNET, before)['properties']['virtualNetworkPeerings'] == []
    assert client.get(THERE).status == 404


def test_remote_gateways(client):
    client.make(BACK, peering(VNET, useRemoteGateways=False))
    use = peering(VNET, useRemoteGateways=True)
    assert code(client.put(BACK, use)) == 'RemoteVnetHasNoGateways'
    client.make(GATEWAY, gateway(SUBNET, [IP]))
    client.make(THERE, peering(FAR))
    assert code(client.put(BACK, use)) == 'RemotePeeringDoesNotAllowGatewayTransit'
    client.make(THERE, peering(FAR, allowGatewayTransit=True))
    made = client.make(BACK, use)
    assert made['properties']['useRemoteGateways'] is True
    assert made['properties']['remoteGateways'] == [{'id': GATEWAY}]
    answer = client.put(
        network_path('virtualNetworkGateways', 'gw2'),
        gateway(FAR + '/subnets/GatewaySubnet', [network_path('publicIPAddresses', 'ip2')]),
    )
    assert code(answer) == 'VirtualNetworkUsesRemoteGateways'


def test_remote_gateways_beside_ones_own(client):
    client.make(GATEWAY, gateway(SUBNET, [IP]))
    answer = client.put(THERE, peering(FAR, useRemoteGateways=True))
    assert code(answer) == 'PeeringCannotUseRemoteGatewaysBesideOwn'


@pytest.mark.parametrize(
    'url, body, expected',
    [
        (THERE, peering(network_path('virtualNetworks', 'none')), 'InvalidResourceReference'),
        (THERE, peering(VNET), 'VnetAddressSpacesOverlap'),
        (THERE, peering(IP), 'InvalidRequestFormat'),
        (network_path('virtualNetworks', 'none') + '/virtualNetworkPeerings/p', peering(FAR), 'ParentResourceNotFound'),
    ],
)
def test_a_peering_is_refused(client, url, body, expected):
    assert code(client.put(url, body)) == expected and client.get(url).status == 404


USAGES = f'/subscriptions/{DEFAULTS.subscription_1}/providers/Microsoft.Network/locations/eastus/usages'


def test_the_quota_of_public_ips():
    client = Client(Settings(public_ip_quota=2))
    make_site(client, 1, with_gateway=False)
    usage = {one['name']['value']: (one['currentValue'], one['limit']) for one in client.get(USAGES).body['value']}
    assert usage['PublicIPAddresses'] == (1, 2) and usage['VirtualNetworks'] == (1, 1000)
    client.make(network_path('publicIPAddresses', 'two'), public_ip())
    answer = client.put(network_path('publicIPAddresses', 'three'), public_ip())
    assert code(answer) == 'PublicIPCountLimitReached'
    assert answer.body['error']['message'].startswith('Cannot create more than 2 public IP addresses for this')
    assert client.put(IP, client.get(IP).body).status == 200
    elsewhere = group_path('rg2', DEFAULTS.subscription_2)
    client.make(elsewhere, {'location': 'eastus'})
    assert client.put(elsewhere + '/providers/Microsoft.Network/publicIPAddresses/one', public_ip()).status == 201
    assert client.put(network_path('publicIPAddresses', 'west'), public_ip('westus2')).status == 201
