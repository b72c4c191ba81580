"""What is sent is taken by a strict Azure, and what Azure then describes is what was meant."""

import json
from dataclasses import replace

import pytest

from azext_vnet2vnet.arm import api_versions, from_json, reports_from_json, resource_graph
from azext_vnet2vnet.arm.to_json import change, to_arm, with_key
from azext_vnet2vnet.arm.writable_members import writable_part
from azext_vnet2vnet.checks.quota import Usage
from azext_vnet2vnet.checks.rights import Lock, Permission
from azext_vnet2vnet.engine.long_running import finish, settle
from azext_vnet2vnet.engine.poll_schedule import PollSchedule
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.desired import (
    Connection,
    Gateway,
    GatewayChange,
    GatewaySubnet,
    Group,
    KeySetting,
    PublicIp,
    Subnet,
    Tagging,
    Vnet,
)
from azext_vnet2vnet.network.observed import ObservedConnection, ObservedPublicIp, ObservedRouteTable, Peering, Region
from azext_vnet2vnet.network.pair import BgpPeer, SecurityAssociation
from azext_vnet2vnet.network.resource_id import ResourceId, shared_key_of
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import IpsecPolicy, TrafficSelector, Tunnel
from tests.armsim import DEFAULTS
from tests.unit.local_azure import LocalAzure

GROUP = ResourceId(DEFAULTS.subscription_1, 'rg')
VNET = GROUP.sibling(resource_id.VNET_TYPE, 'vnet')
IPS = tuple(GROUP.sibling(resource_id.PUBLIC_IP_TYPE, name) for name in ('first', 'second'))
GATEWAY, FAR = (GROUP.sibling(resource_id.GATEWAY_TYPE, name) for name in ('gw', 'gw2'))
HALF = GROUP.sibling(resource_id.CONNECTION_TYPE, 'half')
ZONES = ('1', '2', '3')
POLICY = IpsecPolicy('AES256', 'SHA384', 'DHGroup24', 'AES256', 'SHA256', 'PFS24', 27000, 102400000)
TUNNEL = Tunnel(
    enable_bgp=True,
    policies=(POLICY,),
    dpd_timeout=45,
    mode='InitiatorOnly',
    policy_based=True,
    selectors=(TrafficSelector(('10.1.0.0/16',), ('10.2.0.0/16', '10.3.0.0/16')),),
)
LESS = {'dpd_timeout': 60, 'policies': (), 'policy_based': False, 'selectors': ()}
CONNECTION = Connection(HALF, 'eastus', GATEWAY, FAR, 'tenant', 'tenant', TUNNEL, {'team': 'net'})


async def write(arm, target, body):
    """Write a body and return what Azure describes when that is done."""
    await finish(arm, target, await arm.put(target, body), PollSchedule())
    return await settle(arm, target) if target.names else (await arm.get(target)).body


@pytest.fixture(name='azure')
def fixture_azure():
    """An Azure with a gateway `gw2` for the far end."""
    azure = LocalAzure()
    azure.make_site(2)
    return azure


def make(azure, *resources):
    """Create resources from their values; what Azure describes of the last one."""
    arm = azure.arm(timeout=20000)

    async def scenario():
        for resource in resources:
            body = await write(arm, resource.id, to_arm(resource))
        return body

    return azure.run(scenario())


SITE = (
    Group(GROUP, 'eastus', {'team': 'net'}),
    Vnet(VNET, 'eastus', ('10.1.0.0/16',), (Subnet('web', '10.1.0.0/24'),), {'team': 'net'}),
    GatewaySubnet(VNET, '10.1.255.0/27'),
    PublicIp(IPS[0], 'eastus', ZONES, {'team': 'net'}),
    PublicIp(IPS[1], 'eastus', ZONES),
)
MADE_GATEWAY = Gateway(GATEWAY, 'eastus', VNET, IPS, 'VpnGw2AZ', 'Generation2', True, 65010, {'team': 'net'})


def test_a_vnet_its_gateway_subnet_and_a_public_ip(azure):
    body = make(azure, *SITE)
    assert from_json.public_ip_from_arm(body) == ObservedPublicIp(
        IPS[1], 'eastus', 'Succeeded', 'Standard', 'Static', ZONES
    )
    arm = azure.arm()
    group, vnet, address = (azure.run(arm.get(target)).body for target in (GROUP, VNET, IPS[0]))
    assert group['tags'] == vnet['tags'] == address['tags'] == {'team': 'net'}
    seen = from_json.vnet_from_arm(vnet)
    assert (seen.id, seen.location, seen.state, seen.address_prefixes) == (
        VNET,
        'eastus',
        'Succeeded',
        ('10.1.0.0/16',),
    )
    assert [(subnet.name, subnet.prefix) for subnet in seen.subnets] == [
        ('web', '10.1.0.0/24'),
        ('GatewaySubnet', '10.1.255.0/27'),
    ]
    assert seen.gateways() == () and seen.peerings == ()


def test_an_active_active_gateway_with_bgp(azure):
    seen = from_json.gateway_from_arm(make(azure, *SITE, MADE_GATEWAY))
    assert (seen.id, seen.gateway_type, seen.vpn_type, seen.sku) == (GATEWAY, 'Vpn', 'RouteBased', 'VpnGw2AZ')
    assert (seen.generation, seen.active_active, seen.enable_bgp, seen.asn) == ('Generation2', True, True, 65010)
    assert (seen.vnet, seen.public_ip_ids) == (VNET, IPS)
    assert len(seen.addresses) == 2 and seen.bgp_addresses == ('10.1.255.4', '10.1.255.5')
    vnet = from_json.vnet_from_arm(azure.run(azure.arm().get(VNET)).body)
    assert vnet.gateways() == (GATEWAY,)
    address = from_json.public_ip_from_arm(azure.run(azure.arm().get(IPS[0])).body)
    assert address.user.parent == GATEWAY


def test_a_gateway_gets_bgp_an_asn_and_a_second_public_ip_and_keeps_the_rest(azure):
    before = make(azure, *SITE, replace(MADE_GATEWAY, public_ips=IPS[:1], enable_bgp=False, asn=None))
    asked = GatewayChange(GATEWAY, enable_bgp=True, asn=65010, more_public_ips=IPS)
    body = change(asked, writable_part(GATEWAY.type, before))
    after = azure.run(write(azure.arm(), GATEWAY, body))
    seen = from_json.gateway_from_arm(after)
    assert (seen.active_active, seen.enable_bgp, seen.asn, seen.public_ip_ids) == (True, True, 65010, IPS)
    assert after['tags'] == before['tags'] and seen.sku == 'VpnGw2AZ'
    kept = writable_part(GATEWAY.type, after)
    assert change(asked, kept) == kept == change(GatewayChange(GATEWAY), kept)
    names = [one['name'] for one in body['properties']['ipConfigurations']]
    assert names == ['vnetGatewayConfig0', 'vnetGatewayConfig1']


def test_a_new_ip_configuration_takes_no_name_that_is_taken():
    def configuration(name, ip):
        return {'name': name, 'properties': {'subnet': {'id': 's'}, 'publicIPAddress': {'id': str(ip)}}}

    before = {'properties': {'ipConfigurations': [configuration('vnetGatewayConfig1', IPS[0])]}}
    body = change(GatewayChange(GATEWAY, more_public_ips=IPS[1:]), before)
    assert [one['name'] for one in body['properties']['ipConfigurations']] == [
        'vnetGatewayConfig1',
        'vnetGatewayConfig2',
    ]


def test_a_connection_with_everything_and_its_change(azure):
    make(azure, *SITE, MADE_GATEWAY)
    arm = azure.arm()
    body = azure.run(write(arm, HALF, to_arm(CONNECTION, SharedKey('Key.1'))))
    seen = from_json.connection_from_arm(body)
    assert replace(seen, status='') == ObservedConnection(
        HALF, 'eastus', 'Succeeded', GATEWAY, FAR, 'Vnet2Vnet', '', 0, 0, TUNNEL, None, 'IKEv2', {'team': 'net'}
    )
    assert change(replace(CONNECTION, tags=None), body) == body
    asked = replace(CONNECTION, tunnel=Tunnel(**LESS), tags={'a': 'b'})
    after = azure.run(write(arm, HALF, with_key(change(asked, writable_part(HALF.type, body)), SharedKey('Key.1'))))
    changed = from_json.connection_from_arm(after)
    assert changed.tunnel == replace(TUNNEL, **LESS) and changed.tags == {'a': 'b'}


def test_a_key_is_set_and_read(azure):
    make(azure, *SITE, MADE_GATEWAY)
    arm, key = azure.arm(), shared_key_of(HALF)

    async def scenario():
        await write(arm, HALF, to_arm(CONNECTION, SharedKey('Key.1')))
        answer = await arm.put(key, to_arm(KeySetting(HALF), SharedKey('Key.2')))
        await finish(arm, key, answer, PollSchedule(), witness=HALF)
        return (await arm.get(key)).body

    assert from_json.key_from_arm(azure.run(scenario())) == SharedKey('Key.2')


@pytest.mark.parametrize('body', [{'value': []}, {'value': None}, {'value': ''}, {}, None, []])
def test_a_key_that_may_not_be_read(body):
    assert from_json.key_from_arm(body) is None


@pytest.mark.parametrize('translate', [to_arm, lambda resource: change(resource, {})])
def test_what_has_no_body_is_an_error(translate):
    with pytest.raises(TypeError, match='Tagging'):
        translate(Tagging(HALF, {}))


def test_a_connection_that_has_more_than_ours():
    properties = {
        'connectionType': 'IPsec',
        'connectionProtocol': 'IKEv1',
        'ingressNatRules': [{}],
        'egressNatRules': [],
        'authenticationType': 'PSK',
        'packetCaptureDiagnosticState': 'None',
    }
    local = {'localNetworkGateway2': {'id': str(GROUP.sibling(resource_id.LOCAL_GATEWAY_TYPE, 'site'))}}
    seen = from_json.connection_from_arm({'id': str(HALF), 'location': 'x', 'properties': {**properties, **local}})
    assert seen.more == ('ingressNatRules',) and seen.protocol == 'IKEv1' and seen.far.name == 'site'


def test_a_vnet_with_all_that_matters():
    route_table = GROUP.sibling(resource_id.ROUTE_TABLE_TYPE, 'routes')
    subnet = {
        'name': 'GatewaySubnet',
        'properties': {
            'addressPrefixes': ['fd00::/64', '10.1.255.0/27'],
            'ipConfigurations': [{'id': f'{GATEWAY}/ipConfigurations/a'}, {'id': '/not/of/a/group'}],
            'routeTable': {'id': str(route_table)},
            'networkSecurityGroup': {'id': f'{GROUP}/providers/Microsoft.Network/networkSecurityGroups/nsg'},
            'delegations': [
                {'name': 'one', 'properties': {'serviceName': 'Microsoft.X'}},
                {'name': 'two', 'properties': {}},
            ],
        },
    }
    peering = {
        'name': 'hub',
        'properties': {
            'remoteVirtualNetwork': {'id': str(VNET)},
            'useRemoteGateways': True,
            'allowGatewayTransit': None,
        },
    }
    properties = {'addressSpace': {}, 'subnets': [subnet], 'virtualNetworkPeerings': [peering]}
    seen = from_json.vnet_from_arm({'id': str(VNET), 'location': 'x', 'properties': properties})
    assert seen.address_prefixes == () and seen.peerings == (Peering('hub', VNET, True, False),)
    found = seen.gateway_subnet
    assert (found.prefix, found.route_table, found.security_group.name) == ('10.1.255.0/27', route_table, 'nsg')
    assert (found.delegations, [user.parent for user in found.users]) == (('Microsoft.X', 'two'), [GATEWAY])


@pytest.mark.parametrize(
    'properties, expected',
    [
        ({}, ObservedRouteTable()),
        ({'routes': [{'properties': {'addressPrefix': '10.0.0.0/8'}}]}, ObservedRouteTable()),
        ({'routes': [{'properties': {'addressPrefix': '0.0.0.0/0'}}]}, ObservedRouteTable(has_default_route=True)),
        ({'disableBgpRoutePropagation': True}, ObservedRouteTable(is_propagation_off=True)),
    ],
)
def test_a_route_table(properties, expected):
    assert from_json.route_table_from_arm({'properties': properties}) == expected


def test_the_address_space_behind_a_local_network_gateway():
    space = {'localNetworkAddressSpace': {'addressPrefixes': ['10.9.0.0/16']}}
    assert from_json.local_prefixes_from_arm({'properties': space}) == ('10.9.0.0/16',)
    assert from_json.local_prefixes_from_arm({'properties': {}}) == ()


def test_a_bgp_address_that_was_chosen():
    peerings = [{'customBgpIpAddresses': ['169.254.21.1'], 'tunnelIpAddresses': ['20.0.0.1']}]
    bgp = {'asn': 0, 'bgpPeeringAddress': '10.1.255.30', 'bgpPeeringAddresses': peerings}
    clients = {'vpnClientAddressPool': {'addressPrefixes': ['172.16.0.0/24']}}
    properties = {'bgpSettings': bgp, 'vpnClientConfiguration': clients}
    seen = from_json.gateway_from_arm({'id': str(GATEWAY), 'location': 'x', 'properties': properties})
    assert (seen.asn, seen.vnet, seen.addresses) == (65515, None, ('20.0.0.1',))
    assert seen.bgp_addresses == ('10.1.255.30', '169.254.21.1') and seen.serves_points


@pytest.mark.parametrize('wrap', [lambda content: content, json.dumps])
def test_security_associations_even_as_json_in_a_string(wrap):
    one = {'LocalEndpoint': 'a', 'RemoteEndpoint': 'b', 'Encryption': 'AES256', 'Integrity': 'SHA1', 'DhGroup': 'DH2'}
    body = wrap({'IkeSAs': [{**one, 'ElapsedTimeInseconds': 17}, {}]})
    assert reports_from_json.associations_from_arm(body) == (
        SecurityAssociation('a', 'b', 'AES256', 'SHA1', 'DH2', 17),
        SecurityAssociation('', '', '', '', '', 0),
    )
    assert reports_from_json.associations_from_arm(None) == ()


def test_bgp_peers():
    one = {'neighbor': '10.2.255.30', 'asn': 65020, 'state': 'Connected', 'connectedDuration': '1', 'routesReceived': 2}
    body = {'value': [one, {'neighbor': '10.2.255.31'}]}
    assert reports_from_json.bgp_peers_from_arm(body) == (
        BgpPeer('10.2.255.30', 65020, 'Connected', '1', 2),
        BgpPeer('10.2.255.31', 0, '', '', 0),
    )
    assert reports_from_json.bgp_peers_from_arm({'value': None}) == ()


def test_what_a_login_reads_of_its_subscription():
    azure = LocalAzure()
    azure.make_site(1)
    arm, subscription = azure.arm(), f'/subscriptions/{DEFAULTS.subscription_1}'
    lock = f'{GROUP}/providers/Microsoft.Authorization/locks/keep'
    azure.client.send('PUT', lock, {'properties': {'level': 'CanNotDelete'}})

    def read(path, version):
        answer = azure.run(arm.read(DEFAULTS.subscription_1, subscription + path, version))
        assert answer.status == 200
        return answer.body

    regions = [reports_from_json.region_from_arm(one) for one in read('/locations', api_versions.LOCATIONS)['value']]
    assert {Region('eastus', ZONES), Region('westus')} < set(regions)
    usages = read('/providers/Microsoft.Network/locations/eastus/usages', api_versions.USAGES)
    found = map(reports_from_json.usage_from_arm, usages['value'])
    assert reports_from_json.public_ip_usage(found) == Usage(1, 1000)
    permissions = read('/resourceGroups/rg/providers/Microsoft.Authorization/permissions', api_versions.PERMISSIONS)
    assert [reports_from_json.permission_from_arm(one) for one in permissions['value']] == [Permission(('*',))]
    locks = read('/providers/Microsoft.Authorization/locks', api_versions.LOCKS)
    assert [reports_from_json.lock_from_arm(one) for one in locks['value']] == [Lock(lock, str(GROUP), 'CanNotDelete')]


def test_answers_with_less_in_them():
    usages = map(reports_from_json.usage_from_arm, [{'name': {'value': 'Other'}}, {}])
    assert reports_from_json.public_ip_usage(usages) is None
    assert reports_from_json.permission_from_arm({'actions': None}) == Permission(())


@pytest.mark.parametrize(
    'error, expected',
    [
        (None, ('', '')),
        ('plain text', ('', 'plain text')),
        ('[1]', ('', '[1]')),
        ({'code': 'A', 'message': 'a'}, ('A', 'a')),
        ({'error': {'code': 'A', 'message': 'a'}}, ('A', 'a')),
        ({'code': 'A', 'message': 'a', 'details': [{}, {'code': 'B', 'message': 'b'}]}, ('B', 'b')),
        ({'code': 'A', 'details': [{'message': json.dumps({'error': {'code': 'C', 'message': 'c'}})}]}, ('C', 'c')),
        ({'code': 'A', 'details': [{'message': 'b'}]}, ('A', 'b')),
        (json.dumps({'status': 'Failed', 'error': {'code': 'D', 'message': 'd'}}), ('D', 'd')),
    ],
)
def test_the_innermost_error(error, expected):
    assert reports_from_json.innermost_error(error) == expected


def test_what_a_deployment_failed_at():
    def row(state, target):
        error = {'error': {'code': 'A', 'message': 'a'}}
        return {'properties': {'provisioningState': state, 'targetResource': target, 'statusMessage': error}}

    rows = [
        row('Failed', {'id': str(HALF)}),
        row('Succeeded', {'id': str(HALF)}),
        row('Failed', None),
        row('Failed', {}),
    ]
    assert reports_from_json.failed_operations(rows) == [(HALF, 'A', 'a')]


def test_rows_of_resource_graph():
    azure = LocalAzure()
    azure.make_pair()
    body = resource_graph.query([DEFAULTS.subscription_1])
    assert 'sharedKey' not in body['query'] and '$skipToken' not in body['options']
    assert resource_graph.query(['s'], 'next')['options']['$skipToken'] == 'next'
    rows = azure.run(azure.arm().query(DEFAULTS.subscription_1, body)).body['data']
    assert sorted(half.name for half in map(resource_graph.connection_from_row, rows) if half) == ['back', 'there']
    gateways = [gateway for gateway in map(resource_graph.gateway_from_row, rows) if gateway]
    assert sorted((gateway.id.name, gateway.sku, gateway.vnet.name) for gateway in gateways) == [
        ('gw1', 'VpnGw2AZ', 'vnet1'),
        ('gw2', 'VpnGw2AZ', 'vnet2'),
    ]
