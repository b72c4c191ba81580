"""Gateways of the local Azure: read, changed and written back; beside each other; of SKUs that are gone."""

import copy

import pytest

from tests.armsim import ManualClock, Settings, Simulator
from tests.armsim.client import ZONES, Client, connection, gateway, make_site, network_path, public_ip, vnet

GATEWAY = network_path('virtualNetworkGateways', 'gw1')
VNET = network_path('virtualNetworks', 'vnet1')
SUBNET = VNET + '/subnets/GatewaySubnet'
IP, SECOND, THIRD = (network_path('publicIPAddresses', name) for name in ('ip1', 'second', 'third'))
RICH = {
    'vpnClientConfiguration': {
        'vpnClientAddressPool': {'addressPrefixes': ['172.16.0.0/24']},
        'vpnClientProtocols': ['OpenVPN'],
        'vpnAuthenticationTypes': ['Certificate'],
        'aadTenant': 'https://login.example/t',
        'aadAudience': 'a',
        'aadIssuer': 'https://sts.example/t',
        'vpnClientRootCertificates': [{'name': 'root', 'properties': {'publicCertData': 'MIIC'}}],
    },
    'natRules': [
        {
            'name': 'nat',
            'properties': {
                'type': 'Static',
                'mode': 'EgressSnat',
                'internalMappings': [{'addressSpace': '10.1.0.0/24'}],
                'externalMappings': [{'addressSpace': '192.168.0.0/24'}],
                'ipConfigurationId': GATEWAY + '/ipConfigurations/c',
            },
        }
    ],
    'customRoutes': {'addressPrefixes': ['10.99.0.0/16']},
    'enableBgpRouteTranslationForNat': True,
    'disableIPSecReplayProtection': True,
    'enableDnsForwarding': True,
    'allowRemoteVnetTraffic': True,
}


@pytest.fixture(name='client')
def fixture_client():
    """A site whose gateway has much that no client knows all of."""
    client = Client()
    make_site(client, 1, with_gateway=False)
    client.make(SECOND, public_ip(zones=ZONES))
    body = gateway(SUBNET, [IP], **RICH)
    client.make(GATEWAY, {**body, 'tags': {'cost': '42'}, 'identity': {'type': 'SystemAssigned'}})
    return client


def settled(body):
    """A body without what changes at every write."""
    text = copy.deepcopy(body)

    def strip(part):
        if isinstance(part, dict):
            part.pop('etag', None)
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            strip(inner)

    strip(text)
    return text


def test_what_was_read_can_be_written_back(client):
    before = client.read(GATEWAY)
    answer = client.put(GATEWAY, before)
    assert answer.status == 200 and client.finish(answer).body['status'] == 'Succeeded'
    assert settled(client.read(GATEWAY)) == settled(before)
    for key in ('customRoutes', 'enableDnsForwarding', 'allowRemoteVnetTraffic'):
        assert before['properties'][key] == RICH[key]
    assert before['properties']['natRules'][0]['properties'].items() >= RICH['natRules'][0]['properties'].items()
    clients = copy.deepcopy(before['properties']['vpnClientConfiguration'])
    [root] = clients['vpnClientRootCertificates']
    assert root['properties'] == {'provisioningState': 'Succeeded', 'publicCertData': 'MIIC'}
    clients['vpnClientRootCertificates'] = RICH['vpnClientConfiguration']['vpnClientRootCertificates']
    assert clients.items() >= RICH['vpnClientConfiguration'].items()
    assert before['tags'] == {'cost': '42'} and before['identity'] == {'type': 'SystemAssigned'}


@pytest.mark.parametrize('key', ['natRules', 'customRoutes', 'vpnClientConfiguration'])
def test_what_a_put_leaves_out_is_gone(client, key):
    body = client.read(GATEWAY)
    del body['properties'][key]
    made = client.make(GATEWAY, body)
    assert not made['properties'].get(key)


def test_a_put_without_tags_takes_them_away(client):
    body = client.read(GATEWAY)
    del body['tags']
    assert 'tags' not in client.make(GATEWAY, body)


CHANGES = {
    'SKU within the generation': {'sku': {'name': 'VpnGw4AZ', 'tier': 'VpnGw4AZ'}},
    'ASN and BGP': {'enableBgp': True, 'bgpSettings': {'asn': 65010}},
    'BGP off': {'enableBgp': False},
}


@pytest.mark.parametrize('name', CHANGES)
def test_an_update(client, name):
    before = client.read(GATEWAY)
    answer = client.put(GATEWAY, {**before, 'properties': {**before['properties'], **CHANGES[name]}})
    assert answer.status == 200 and answer.body['properties']['provisioningState'] == 'Updating'
    started = client.clock.now()
    client.clock.advance(149)
    assert client.get(GATEWAY).body['properties']['provisioningState'] == 'Updating'
    client.finish(answer)
    after = client.get(GATEWAY).body['properties']
    assert client.clock.now() - started < 400 and after['provisioningState'] == 'Succeeded'
    for key, value in CHANGES[name].items():
        assert after[key] == value if not isinstance(value, dict) else after[key].items() >= value.items()
    kept = set(before['properties']) - set(CHANGES[name]) - {'ipConfigurations', 'natRules', 'bgpSettings'}
    assert settled({key: after[key] for key in kept}) == settled({key: before['properties'][key] for key in kept})


def test_active_active_and_back(client):
    first = client.read(GATEWAY)
    del first['properties']['vpnClientConfiguration']
    body = copy.deepcopy(first)
    body['properties']['activeActive'] = True
    body['properties']['ipConfigurations'].append(
        {
            'name': 'config1',
            'properties': {
                'privateIPAllocationMethod': 'Dynamic',
                'subnet': {'id': SUBNET},
                'publicIPAddress': {'id': SECOND},
            },
        }
    )
    made = client.make(GATEWAY, body)
    assert made['properties']['bgpSettings']['bgpPeeringAddress'] == '10.1.255.4,10.1.255.5'
    assert client.get(SECOND).body['properties']['ipConfiguration']['id'] == GATEWAY + '/ipConfigurations/config1'
    client.make(GATEWAY, first)
    assert settled(client.read(GATEWAY)) == settled(first)
    assert 'ipConfiguration' not in client.get(SECOND).body['properties']


@pytest.mark.parametrize(
    'changes, code',
    [
        (
            {'sku': {'name': 'VpnGw1AZ', 'tier': 'VpnGw1AZ'}},
            'VirtualNetworkGatewaySkuCannotBeCreatedForSpecifiedVmGeneration',
        ),
        (
            {'sku': {'name': 'VpnGw1AZ', 'tier': 'VpnGw1AZ'}, 'vpnGatewayGeneration': 'Generation1'},
            'VirtualNetworkGatewayPropertyCannotBeChanged',
        ),
        (
            {'sku': {'name': 'Basic', 'tier': 'Basic'}, 'vpnGatewayGeneration': None},
            'VirtualNetworkGatewaySkuCannotBeCreatedForSpecifiedVmGeneration',
        ),
        ({'sku': {'name': 'VpnGw3', 'tier': 'VpnGw3'}}, 'NonAzSkusNotAllowedForVPNGateway'),
        ({'vpnType': 'PolicyBased'}, 'PolicyBasedVpnNotSupportedForSku'),
        ({'gatewayType': 'ExpressRoute'}, 'InvalidGatewaySkuSpecifiedForGatewayDeploymentType'),
    ],
)
def test_what_cannot_be_changed(client, changes, code):
    body = client.read(GATEWAY)
    before = client.simulator.world.resources[GATEWAY.lower()].copy()
    answer = client.put(GATEWAY, {**body, 'properties': {**body['properties'], **changes}})
    assert (answer.status, answer.body['error']['code']) == (400, code)
    assert client.simulator.world.resources[GATEWAY.lower()] == before


def test_basic_stays_basic():
    client = Client()
    make_site(client, 1, sku='Basic', generation='None')
    body = client.read(GATEWAY)
    body['properties']['sku'] = {'name': 'VpnGw1AZ', 'tier': 'VpnGw1AZ'}
    assert client.put(GATEWAY, body).body['error']['code'] == 'VirtualNetworkGatewaySkuCannotBeChanged'


def test_an_unchanged_put_can_lose_its_operation():
    client = Client(Settings(operation_404_on_unchanged_put=True))
    make_site(client, 1)
    body = client.read(GATEWAY)
    client.make(GATEWAY, {**body, 'tags': {'a': 'b'}})
    answer = client.put(GATEWAY, client.read(GATEWAY))
    assert answer.status == 200 and client.send('GET', answer.headers['Azure-AsyncOperation']).status == 404


@pytest.mark.parametrize(
    'sku, generation', [('VpnGw2', 'Generation1'), ('HighPerformance', 'None'), ('Standard', 'None')]
)
def test_retired_skus_live_on_where_they_are(sku, generation):
    old = Client(Settings(retired_skus_allowed=True))
    make_site(old, 1, with_gateway=False)
    old.make(SECOND, public_ip())
    old.make(GATEWAY, gateway(SUBNET, [SECOND], sku=sku, generation=generation))
    today = Simulator(Settings(), ManualClock())
    today.reset(old.simulator.state())
    client = Client(simulator=today)
    body = client.read(GATEWAY)
    made = client.make(GATEWAY, {**body, 'tags': {'a': 'b'}})
    assert made['properties']['sku']['name'] == sku and made['tags'] == {'a': 'b'}
    body['properties']['sku'] = {'name': 'VpnGw1AZ', 'tier': 'VpnGw1AZ'}
    expected = (
        'VmssVpnGatewayPublicIpsMustHaveZonesConfigured'
        if sku.startswith('VpnGw')
        else 'VirtualNetworkGatewaySkuCannotBeChanged'
    )
    if not sku.startswith('VpnGw'):
        body['properties']['ipConfigurations'][0]['properties']['publicIPAddress'] = {'id': IP}
    assert client.put(GATEWAY, body).body['error']['code'] == expected


EXPRESS = network_path('virtualNetworkGateways', 'express')


def express(addresses):
    """The body of an ExpressRoute gateway in the same GatewaySubnet."""
    return gateway(SUBNET, addresses, sku='ErGw1AZ', generation='None', gatewayType='ExpressRoute')


def test_an_express_route_gateway_beside_a_vpn_gateway(client):
    made = client.make(EXPRESS, express([SECOND]))
    assert made['properties']['vpnGatewayGeneration'] == 'None' and made['properties']['sku']['name'] == 'ErGw1AZ'
    users = client.get(SUBNET).body['properties']['ipConfigurations']
    assert [user['id'].split('/')[-3] for user in users] == ['gw1', 'express']
    far = make_site(client, 2)
    answer = client.put(network_path('connections', 'c'), connection(EXPRESS, far))
    assert answer.body['error']['code'] == 'InvalidGatewayTypeForConnection'


def test_two_gateways_need_room():
    client = Client()
    make_site(client, 1, with_gateway=False)
    client.make(VNET, vnet(subnets={'GatewaySubnet': '10.1.255.0/28'}))
    client.make(SECOND, public_ip(zones=ZONES))
    client.make(GATEWAY, gateway(SUBNET, [IP]))
    assert client.put(EXPRESS, express([SECOND])).body['error']['code'] == 'GatewaySubnetTooSmall'


RADIUS = {
    'vpnClientAddressPool': {'addressPrefixes': ['172.16.0.0/24']},
    'vpnAuthenticationTypes': ['Radius'],
    'radiusServerAddress': '10.1.0.9',
    'radiusServerSecret': 'Radius.Secret.1',
}


def test_a_radius_secret_is_not_returned_and_a_write_without_it_is_refused():
    client = Client()
    make_site(client, 1, vpnClientConfiguration=RADIUS)
    body = client.read(GATEWAY)
    assert 'Radius.Secret.1' not in str(body)
    assert client.put(GATEWAY, body).body['error']['code'] == 'VpnClientConfigurationRadiusServerSecretIsInvalid'
    body['properties']['vpnClientConfiguration']['radiusServerSecret'] = 'Radius.Secret.1'
    assert client.make(GATEWAY, body)


def test_an_active_active_gateway_with_point_to_site_clients_takes_three_addresses(client):
    body = client.read(GATEWAY)
    client.make(THIRD, public_ip(zones=ZONES))

    def configurations(*addresses):
        return gateway(SUBNET, list(addresses))['properties']['ipConfigurations']

    body['properties'] |= {'activeActive': True, 'ipConfigurations': configurations(IP, SECOND)}
    answer = client.put(GATEWAY, body)
    assert answer.body['error']['code'] == 'ActiveActiveP2SGatewayMustHaveExactlyThreeIpConfigurations'
    body['properties']['ipConfigurations'] = configurations(IP, SECOND, THIRD)
    assert client.make(GATEWAY, body)['properties']['activeActive']
