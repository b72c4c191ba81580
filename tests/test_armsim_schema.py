"""The local Azure reads a request body as strictly as Azure does."""

import copy
import json
from pathlib import Path

import pytest

from tests.armsim.schema import check_body
from tests.armsim.wire import ArmError

NETWORK = 'Microsoft.Network/'
GATEWAYS = NETWORK + 'virtualNetworkGateways'
CONNECTIONS = NETWORK + 'connections'
RG = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/TestRG1/providers/Microsoft.Network/'
TABLE = json.loads((Path(__file__).parent / 'armsim' / 'request_bodies.json').read_text(encoding='utf-8'))

GATEWAY = {
    'location': 'eastus',
    'tags': {'purpose': 'test'},
    'properties': {
        'gatewayType': 'Vpn',
        'vpnType': 'RouteBased',
        'enableBgp': False,
        'activeActive': False,
        'vpnGatewayGeneration': 'Generation2',
        'sku': {'name': 'VpnGw2AZ', 'tier': 'VpnGw2AZ'},
        'bgpSettings': {'asn': 65010, 'peerWeight': 0},
        'vpnClientConfiguration': {
            'vpnClientProtocols': ['OpenVPN', 'IkeV2'],
            'vpnClientAddressPool': {'addressPrefixes': ['172.16.0.0/24']},
        },
        'ipConfigurations': [
            {
                'name': 'default',
                'properties': {
                    'privateIPAllocationMethod': 'Dynamic',
                    'subnet': {'id': RG + 'virtualNetworks/TestVNet1/subnets/GatewaySubnet'},
                    'publicIPAddress': {'id': RG + 'publicIPAddresses/VNet1GWIP'},
                },
            }
        ],
    },
}
CONNECTION = {
    'location': 'eastus',
    'properties': {
        'connectionType': 'Vnet2Vnet',
        'sharedKey': 'abc',
        'enableBgp': False,
        'routingWeight': 10,
        'virtualNetworkGateway1': {'id': RG + 'virtualNetworkGateways/VNet1GW'},
        'virtualNetworkGateway2': {'id': RG + 'virtualNetworkGateways/VNet4GW'},
        'ipsecPolicies': [
            {
                'saLifeTimeSeconds': 27000,
                'saDataSizeKilobytes': 102400000,
                'ipsecEncryption': 'AES256',
                'ipsecIntegrity': 'SHA256',
                'ikeEncryption': 'AES256',
                'ikeIntegrity': 'SHA384',
                'dhGroup': 'DHGroup24',
                'pfsGroup': 'PFS24',
            }
        ],
    },
}
VNET = {
    'location': 'eastus',
    'properties': {
        'addressSpace': {'addressPrefixes': ['10.11.0.0/16', '10.12.0.0/16']},
        'subnets': [{'name': 'GatewaySubnet', 'properties': {'addressPrefix': '10.12.255.0/27'}}],
    },
}
PUBLIC_IP = {
    'location': 'eastus',
    'sku': {'name': 'Standard'},
    'zones': ['1', '2', '3'],
    'properties': {'publicIPAllocationMethod': 'Static', 'publicIPAddressVersion': 'IPv4', 'idleTimeoutInMinutes': 4},
}
BODIES = [
    (GATEWAYS, GATEWAY),
    (CONNECTIONS, CONNECTION),
    (NETWORK + 'virtualNetworks', VNET),
    (NETWORK + 'virtualNetworks/subnets', VNET['properties']['subnets'][0]),
    (NETWORK + 'publicIPAddresses', PUBLIC_IP),
    (NETWORK + 'connections/sharedkey', {'value': 'abc'}),
    (
        NETWORK + 'networkSecurityGroups',
        {
            'location': 'eastus',
            'properties': {
                'securityRules': [
                    {
                        'name': 'in',
                        'properties': {
                            'protocol': '*',
                            'access': 'Deny',
                            'priority': 100,
                            'direction': 'Inbound',
                            'sourcePortRange': '*',
                            'destinationPortRange': '22',
                            'sourceAddressPrefix': '*',
                            'destinationAddressPrefix': '*',
                        },
                    }
                ]
            },
        },
    ),
    (
        NETWORK + 'networkSecurityGroups/securityRules',
        {'properties': {'protocol': 'Tcp', 'access': 'Allow', 'priority': 101, 'direction': 'Outbound'}},
    ),
    (NETWORK + 'routeTables/routes', {'properties': {'addressPrefix': '0.0.0.0/0', 'nextHopType': 'None'}}),
    (
        NETWORK + 'routeTables',
        {
            'location': 'eastus',
            'properties': {
                'routes': [{'name': 'out', 'properties': {'addressPrefix': '0.0.0.0/0', 'nextHopType': 'Internet'}}]
            },
        },
    ),
    (
        NETWORK + 'localNetworkGateways',
        {
            'location': 'eastus',
            'properties': {
                'gatewayIpAddress': '192.0.2.4',
                'localNetworkAddressSpace': {'addressPrefixes': ['192.168.0.0/16']},
            },
        },
    ),
    (
        NETWORK + 'virtualNetworks/virtualNetworkPeerings',
        {'properties': {'remoteVirtualNetwork': {'id': RG + 'virtualNetworks/TestVNet4'}, 'useRemoteGateways': True}},
    ),
    ('Microsoft.Resources/resourceGroups', {'location': 'eastus', 'tags': {'a': 'b'}}),
]


def changed(body: dict, path: str, value) -> dict:
    """A copy of `body` with `value` at `path` (dotted, list indices as numbers); `...` takes the member out."""
    copied = copy.deepcopy(body)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split('.')]
    place = copied
    for part in parents:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return copied


def refusal(resource_type: str, body) -> ArmError:
    with pytest.raises(ArmError) as caught:
        check_body(resource_type, body)
    assert caught.value.status == 400
    return caught.value


@pytest.mark.parametrize('resource_type, body', BODIES, ids=[kind for kind, _ in BODIES])
def test_a_correct_body_passes(resource_type, body):
    check_body(resource_type, body)
    check_body(resource_type.upper(), body)


def test_every_body_of_the_table_has_an_example_here():
    assert {kind for kind, _ in BODIES} == set(TABLE['bodies'])


def test_every_definition_is_reached_and_every_rule_leads_somewhere():
    reached = set()

    def follow(rule):
        name = rule.strip('[]{}!')
        if name in reached:
            return
        reached.add(name)
        for inner in TABLE['definitions'].get(name, {}).values():
            follow(inner)

    for entry in TABLE['bodies'].values():
        follow(entry['definition'])
    scalars = {'string', 'boolean', 'integer', 'number', 'object', 'array'}
    assert reached - scalars == set(TABLE['definitions']) | set(TABLE['enums'])


@pytest.mark.parametrize(
    'resource_type, body, path',
    [
        (GATEWAYS, changed(GATEWAY, 'properties.skew', {}), 'properties.skew'),
        (GATEWAYS, changed(GATEWAY, 'properties.sku.size', 'x'), 'properties.sku.size'),
        # Answers have these, and no published type.
        (GATEWAYS, changed(GATEWAY, 'properties.isMigrateToCSES', False), 'properties.isMigrateToCSES'),
        (GATEWAYS, changed(GATEWAY, 'properties.zones', 'Regional'), 'properties.zones'),
        (
            CONNECTIONS,
            changed(CONNECTION, 'properties.packetCaptureDiagnosticState', 'None'),
            'properties.packetCaptureDiagnosticState',
        ),
        (
            GATEWAYS,
            changed(GATEWAY, 'properties.ipConfigurations.0.properties.publicIpAddress', {}),
            'properties.ipConfigurations[0].properties.publicIpAddress',
        ),
        (
            CONNECTIONS,
            changed(CONNECTION, 'properties.virtualNetworkGateway1.gateway', 'x'),
            'properties.virtualNetworkGateway1.gateway',
        ),
        (
            NETWORK + 'virtualNetworks',
            changed(VNET, 'properties.subnets.0.addressPrefix', '10.0.0.0/24'),
            'properties.subnets[0].addressPrefix',
        ),
        (NETWORK + 'publicIPAddresses', changed(PUBLIC_IP, 'properties.sku', {'name': 'Basic'}), 'properties.sku'),
    ],
)
def test_an_unknown_member_is_named(resource_type, body, path):
    error = refusal(resource_type, body)
    assert (error.code, error.message) == ('InvalidRequestFormat', 'Cannot parse the request.')
    [detail] = error.details
    assert detail['code'] == 'InvalidJson'
    assert f"member '{path.rsplit('.', maxsplit=1)[-1]}'" in detail['message'] and f"Path '{path}'" in detail['message']


@pytest.mark.parametrize('resource_type, body', BODIES, ids=[kind for kind, _ in BODIES])
def test_an_unknown_outermost_member_is_refused_by_resource_manager(resource_type, body):
    error = refusal(resource_type, {**body, 'note': 'x'})
    assert error.code == 'InvalidRequestContent' and error.details is None
    assert "'note'" in error.message


@pytest.mark.parametrize(
    'resource_type, body, path',
    [
        (GATEWAYS, changed(GATEWAY, 'properties.activeActive', 'false'), 'properties.activeActive'),
        (GATEWAYS, changed(GATEWAY, 'properties.bgpSettings.asn', '65010'), 'properties.bgpSettings.asn'),
        (GATEWAYS, changed(GATEWAY, 'properties.bgpSettings.asn', True), 'properties.bgpSettings.asn'),
        (GATEWAYS, changed(GATEWAY, 'properties.ipConfigurations', {}), 'properties.ipConfigurations'),
        (GATEWAYS, changed(GATEWAY, 'properties.sku', 'VpnGw1AZ'), 'properties.sku'),
        (GATEWAYS, changed(GATEWAY, 'tags.purpose', 1), 'tags.purpose'),
        (
            CONNECTIONS,
            changed(CONNECTION, 'properties.virtualNetworkGateway2', RG + 'virtualNetworkGateways/g'),
            'properties.virtualNetworkGateway2',
        ),
        (CONNECTIONS, changed(CONNECTION, 'properties.routingWeight', 1.5), 'properties.routingWeight'),
        (
            NETWORK + 'virtualNetworks',
            changed(VNET, 'properties.addressSpace.addressPrefixes', '10.0.0.0/8'),
            'properties.addressSpace.addressPrefixes',
        ),
        (
            NETWORK + 'virtualNetworks',
            changed(VNET, 'properties.addressSpace.addressPrefixes.1', None),
            'properties.addressSpace.addressPrefixes[1]',
        ),
    ],
)
def test_a_wrong_json_type_is_named(resource_type, body, path):
    error = refusal(resource_type, body)
    assert f"Path '{path}'" in error.details[0]['message']
    assert 'Error converting value' in error.details[0]['message']


@pytest.mark.parametrize(
    'resource_type, body, path, value',
    [
        (GATEWAYS, GATEWAY, 'properties.sku.name', 'VpnGw9'),
        (GATEWAYS, GATEWAY, 'properties.vpnGatewayGeneration', 'Generation3'),
        (GATEWAYS, GATEWAY, 'properties.vpnClientConfiguration.vpnClientProtocols.1', 'PPTP'),
        (CONNECTIONS, CONNECTION, 'properties.connectionType', 'Vnet-to-Vnet'),
        (CONNECTIONS, CONNECTION, 'properties.ipsecPolicies.0.dhGroup', 'DHGroup99'),
        (NETWORK + 'publicIPAddresses', PUBLIC_IP, 'properties.publicIPAllocationMethod', 'playground'),
    ],
)
def test_a_value_outside_the_enum_is_repeated_and_any_case_is_accepted(resource_type, body, path, value):
    error = refusal(resource_type, changed(body, path, value))
    assert f'"{value}"' in error.details[0]['message']
    right = body
    for part in path.split('.'):
        right = right[int(part) if part.isdigit() else part]
    check_body(resource_type, changed(body, path, right.upper()))
    check_body(resource_type, changed(body, path, right.lower()))


@pytest.mark.parametrize(
    'resource_type, body, path',
    [
        (CONNECTIONS, CONNECTION, 'properties.virtualNetworkGateway1'),
        (CONNECTIONS, CONNECTION, 'properties.connectionType'),
        *[
            (CONNECTIONS, CONNECTION, 'properties.ipsecPolicies.0.' + name)
            for name in CONNECTION['properties']['ipsecPolicies'][0]
        ],
    ],
)
@pytest.mark.parametrize('value', [..., None], ids=['absent', 'null'])
def test_a_missing_required_member_is_named(resource_type, body, path, value):
    error = refusal(resource_type, changed(body, path, value))
    assert f"'{path.rsplit('.', maxsplit=1)[-1]}'" in error.details[0]['message']


def test_outermost_requirements():
    assert refusal(NETWORK + 'virtualNetworks', changed(VNET, 'location', ...)).code == 'LocationRequired'
    assert refusal('Microsoft.Resources/resourceGroups', {}).code == 'LocationRequired'
    assert refusal(NETWORK + 'virtualNetworks', changed(VNET, 'properties', ...)).code == 'InvalidRequestContent'
    assert "'value'" in refusal(NETWORK + 'connections/sharedkey', {}).message
    for body in (None, [], 'x'):
        assert refusal(NETWORK + 'virtualNetworks', body).code == 'InvalidRequestContent'


@pytest.mark.parametrize(
    'far_gateway',
    [
        {'id': RG + 'virtualNetworkGateways/VNet4GW'},
        {'id': RG + 'virtualNetworkGateways/VNet4GW', 'properties': {}},
        {'id': RG + 'virtualNetworkGateways/VNet4GW', 'properties': {'ipConfigurations': []}},
        {'id': RG + 'virtualNetworkGateways/VNet4GW', 'name': 'VNet4GW', 'etag': 'W/"x"', **GATEWAY},
    ],
    ids=['id', 'empty properties', 'empty ipConfigurations', 'whole body'],
)
def test_a_connection_refers_to_its_gateways_in_every_recorded_form(far_gateway):
    check_body(CONNECTIONS, changed(CONNECTION, 'properties.virtualNetworkGateway2', far_gateway))


def test_published_members_that_are_read_only_may_be_sent_back():
    check_body(
        GATEWAYS,
        {
            'name': 'VNet1GW',
            'id': RG + 'virtualNetworkGateways/VNet1GW',
            'etag': 'W/"x"',
            'type': NETWORK + 'virtualNetworkGateways',
            'location': 'eastus',
            'properties': {
                **GATEWAY['properties'],
                'provisioningState': 'Succeeded',
                'resourceGuid': 'x',
                'natRules': [],
                'sku': {'name': 'VpnGw2AZ', 'tier': 'VpnGw2AZ', 'capacity': 2},
                'bgpSettings': {
                    'asn': 65515,
                    'bgpPeeringAddress': '10.12.255.30',
                    'peerWeight': 0,
                    'bgpPeeringAddresses': [
                        {
                            'ipconfigurationId': 'x',
                            'defaultBgpIpAddresses': ['10.12.255.30'],
                            'customBgpIpAddresses': [],
                            'tunnelIpAddresses': ['192.0.2.4'],
                        }
                    ],
                },
            },
        },
    )
    check_body(
        CONNECTIONS,
        changed(
            CONNECTION,
            'properties',
            {
                **CONNECTION['properties'],
                'provisioningState': 'Succeeded',
                'resourceGuid': 'x',
                'connectionStatus': 'Unknown',
                'ingressBytesTransferred': 0,
                'egressBytesTransferred': 0,
                'tunnelConnectionStatus': [],
                'tunnelProperties': [],
                'routingConfiguration': {},
                'expressRouteGatewayBypass': None,
            },
        ),
    )
    check_body(
        NETWORK + 'virtualNetworks',
        changed(
            VNET,
            'properties.subnets.0.properties.ipConfigurations',
            [{'id': RG + 'virtualNetworkGateways/g/ipConfigurations/default'}],
        ),
    )


def test_null_counts_as_absent():
    check_body(CONNECTIONS, changed(CONNECTION, 'properties.expressRouteGatewayBypass', None))
    check_body(GATEWAYS, changed(GATEWAY, 'properties.bgpSettings', None))
    assert refusal(CONNECTIONS, changed(CONNECTION, 'properties.bypass', None)).code == 'InvalidRequestFormat'


def test_a_key_of_the_wrong_type_is_not_repeated_in_the_error():
    error = refusal(CONNECTIONS, changed(CONNECTION, 'properties.sharedKey', ['a-secret-key']))
    assert 'a-secret-key' not in json.dumps(error.details) + str(error)


def test_an_undefined_resource_type_is_an_error_of_the_caller():
    with pytest.raises(KeyError):
        check_body(NETWORK + 'loadBalancers', {})
