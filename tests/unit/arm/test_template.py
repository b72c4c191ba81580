"""The template that Azure makes by itself: whole, in an order that Azure accepts, with the bodies that a run sends."""

import json
import re
from dataclasses import replace

import pytest

from azext_vnet2vnet.arm.template import KeyParameter, handed_over, is_one_tenant
from azext_vnet2vnet.arm.to_json import to_arm
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import IpsecPolicy, TrafficSelector, Tunnel
from azext_vnet2vnet.planning.pair_plan import compare, plan_pairs
from tests.unit import samples
from tests.unit.deployments import (
    FULL,
    NOTHING,
    PLACE1,
    deployment,
    hub,
    inner,
    mesh,
    names,
    nested_id,
    pair_at,
    reference,
    sent,
)

SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
POLICY = IpsecPolicy('AES256', 'SHA256', 'DHGroup14', 'GCMAES256', 'GCMAES256', 'PFS14', 27000, 102400000)
TUNNEL = Tunnel(True, (POLICY,), 45, 'InitiatorOnly', True, (TrafficSelector(('10.11.0.0/16',), ('10.41.0.0/16',)),))


def plan_of(pairs, observed):
    return plan_pairs([compare(pair, seen) for pair, seen in zip(pairs, observed, strict=True)])


def path(place, kind, name):
    return f'/subscriptions/{place[0]}/resourceGroups/{place[1]}/providers/Microsoft.Network/{kind}/{name}'


def template(parameters, resources):
    return {'$schema': SCHEMA, 'contentVersion': '1.0.0.0', 'parameters': parameters, 'resources': resources}


def nested(place, name, needs, keys, *resources):
    """A nested deployment, which depends on those at the places and with the names of `needs`."""
    depending = (
        {
            'dependsOn': [
                f"[resourceId('{one[0]}', '{one[1]}', 'Microsoft.Resources/deployments', '{other}')]"
                for one, other in needs
            ]
        }
        if needs
        else {}
    )
    return {
        'type': 'Microsoft.Resources/deployments',
        'apiVersion': '2024-11-01',
        'name': name,
        'subscriptionId': place[0],
        'resourceGroup': place[1],
        **depending,
        'properties': {
            'mode': 'Incremental',
            'expressionEvaluationOptions': {'scope': 'inner'},
            'parameters': {key: {'value': f"[parameters('{key}')]"} for key in keys},
            'template': template({key: {'type': 'securestring'} for key in keys}, list(resources)),
        },
    }


def gateway(place, number, location):
    return {
        'type': 'Microsoft.Network/virtualNetworkGateways',
        'apiVersion': '2025-01-01',
        'name': f'VNet{number}GW',
        'location': location,
        'properties': {
            'gatewayType': 'Vpn',
            'vpnType': 'RouteBased',
            'vpnGatewayGeneration': 'Generation2',
            'sku': {'name': 'VpnGw2AZ', 'tier': 'VpnGw2AZ'},
            'activeActive': False,
            'enableBgp': False,
            'ipConfigurations': [
                {
                    'name': 'vnetGatewayConfig0',
                    'properties': {
                        'privateIPAllocationMethod': 'Dynamic',
                        'subnet': {'id': path(place, 'virtualNetworks', f'TestVNet{number}/subnets/GatewaySubnet')},
                        'publicIPAddress': {'id': path(place, 'publicIPAddresses', f'VNet{number}GWIP')},
                    },
                }
            ],
        },
    }


def connection(number, far, location, gateways, key='key1'):
    return {
        'type': 'Microsoft.Network/connections',
        'apiVersion': '2025-01-01',
        'name': f'TestVNet{number}ToTestVNet{far}',
        'location': location,
        'properties': {
            'connectionType': 'Vnet2Vnet',
            'virtualNetworkGateway1': {'id': gateways[0], 'properties': {}},
            'virtualNetworkGateway2': {'id': gateways[1], 'properties': {}},
            'sharedKey': f"[parameters('{key}')]",
        },
    }


def declared(*halves):
    description = f'The shared key of {" and ".join(halves)}'
    return {'type': 'securestring', 'minLength': 1, 'metadata': {'description': description}}


def check_sent(plan, made=None):
    """Every handed-over resource is sent with the body that a run sends, and no other is."""
    made = made or deployment(plan)
    keys = {parameter.name: SharedKey(f'of_{parameter.name}') for parameter in made.parameters}
    of_half = {half: keys[parameter.name] for parameter in made.parameters for half in parameter.pair.halves}
    assert sent(made, keys) == {step.id: to_arm(step.resource, of_half.get(step.id)) for step in handed_over(plan)}
    return made


@pytest.mark.parametrize(
    'place4, digest, digest1, digest4',
    [
        (('s4', 'TestRG4'), '9f21e67a999a', 'bdf87fb027ef', '0f526d732b08'),
        (('s1', 'TestRG4'), '5f8da7a47318', 'b9eef6c34e34', 'd1d3942a339f'),
    ],
    ids=['two subscriptions', 'two groups'],
)
def test_a_pair_in_two_groups(place4, digest, digest1, digest4):
    plan = samples.plan_pair(pair_at(PLACE1, place4), NOTHING)
    made = check_sent(plan)
    ends = path(PLACE1, 'virtualNetworkGateways', 'VNet1GW'), path(place4, 'virtualNetworkGateways', 'VNet4GW')
    makers = [(PLACE1, f'vnet2vnet-gateways-TestRG1-{digest1}'), (place4, f'vnet2vnet-gateways-TestRG4-{digest4}')]
    assert (made.name, str(made.home)) == (
        f'vnet2vnet-TestVNet1-TestVNet4-{digest}',
        '/subscriptions/s1/resourceGroups/TestRG1',
    )
    assert [parameter.name for parameter in made.parameters] == ['key1']
    assert made.template == template(
        {
            'key1': declared(
                path(PLACE1, 'connections', 'TestVNet1ToTestVNet4'), path(place4, 'connections', 'TestVNet4ToTestVNet1')
            )
        },
        [
            nested(*makers[0], [], [], gateway(PLACE1, 1, 'eastus')),
            nested(*makers[1], [], [], gateway(place4, 4, 'westus')),
            nested(
                PLACE1, f'vnet2vnet-connections-TestRG1-{digest1}', makers, ['key1'], connection(1, 4, 'eastus', ends)
            ),
            nested(
                place4,
                f'vnet2vnet-connections-TestRG4-{digest4}',
                makers,
                ['key1'],
                connection(4, 1, 'westus', ends[::-1]),
            ),
        ],
    )


def test_a_pair_in_one_group():
    plan = samples.plan_pair(pair_at(PLACE1, ('s1', 'testrg1')), NOTHING)
    made = check_sent(plan)
    ends = [
        path(place, 'virtualNetworkGateways', name)
        for place, name in ((PLACE1, 'VNet1GW'), (('s1', 'testrg1'), 'VNet4GW'))
    ]
    gateways, connections = 'vnet2vnet-gateways-TestRG1-83c35e7c71da', 'vnet2vnet-connections-TestRG1-83c35e7c71da'
    assert made.template == template(
        {
            'key1': declared(
                path(PLACE1, 'connections', 'TestVNet1ToTestVNet4'),
                path(('s1', 'testrg1'), 'connections', 'TestVNet4ToTestVNet1'),
            )
        },
        [
            nested(PLACE1, gateways, [], [], gateway(PLACE1, 1, 'eastus'), gateway(('s1', 'testrg1'), 4, 'westus')),
            nested(
                PLACE1,
                connections,
                [(PLACE1, gateways)],
                ['key1'],
                connection(1, 4, 'eastus', ends),
                connection(4, 1, 'westus', ends[::-1]),
            ),
        ],
    )


def test_a_hub_makes_its_gateway_once_and_its_connections_one_after_another():
    plan = hub(4, 5, 6)
    made = check_sent(plan, deployment(plan, 'backbone'))
    assert re.fullmatch('vnet2vnet-backbone-[0-9a-f]{12}', made.name)
    assert (
        [parameter.name for parameter in made.parameters]
        == list(made.template['parameters'])
        == ['key1', 'key2', 'key3']
    )
    gateways, connections = made.template['resources'][:4], made.template['resources'][4:]
    assert [names(inner(one)) for one in gateways] == [['VNet1GW'], ['VNet4GW'], ['VNet5GW'], ['VNet6GW']]
    assert not any('dependsOn' in resource for one in gateways for resource in (one, *inner(one)))
    of_hub, *of_spokes = connections
    assert names(inner(of_hub)) == ['TestVNet1ToTestVNet4', 'TestVNet1ToTestVNet5', 'TestVNet1ToTestVNet6']
    assert [[reference(text).name for text in one.get('dependsOn', [])] for one in inner(of_hub)] == [
        [],
        ['TestVNet1ToTestVNet4'],
        ['TestVNet1ToTestVNet5'],
    ]
    assert list(map(reference, of_hub['dependsOn'])) == list(map(nested_id, gateways))
    for number, one in enumerate(of_spokes, start=1):
        assert list(map(reference, one['dependsOn'])) == [nested_id(gateways[0]), nested_id(gateways[number])]
        assert list(one['properties']['parameters']) == [f'key{number}']


def test_in_one_group_each_gateway_has_a_chain_of_its_own():
    made = deployment(mesh(3))
    chains = {
        one['name']: [reference(text) for text in one.get('dependsOn', [])]
        for one in inner(made.template['resources'][1])
    }
    assert {name: [need.name for need in needs] for name, needs in chains.items()} == {
        'TestVNet1ToTestVNet2': [],
        'TestVNet1ToTestVNet3': ['TestVNet1ToTestVNet2'],
        'TestVNet2ToTestVNet1': [],
        'TestVNet2ToTestVNet3': ['TestVNet2ToTestVNet1'],
        'TestVNet3ToTestVNet1': [],
        'TestVNet3ToTestVNet2': ['TestVNet3ToTestVNet1'],
    }


@pytest.mark.parametrize(
    'plan', [hub(4, 5, 6), mesh(5), samples.plan_pair(samples.pair(), NOTHING)], ids=['hub', 'mesh', 'pair']
)
def test_every_need_is_something_earlier_in_the_same_template(plan):
    made = deployment(plan)
    seen = []
    for one in made.template['resources']:
        assert {reference(text) for text in one.get('dependsOn', [])} <= set(seen)
        seen.append(nested_id(one))
        within = []
        for resource in inner(one):
            assert {reference(text) for text in resource.get('dependsOn', [])} <= set(within)
            within.append(
                ResourceId(one['subscriptionId'], one['resourceGroup'], resource['type'], (resource['name'],))
            )
    assert len(set(seen)) == len(seen)


def test_what_exists_is_referred_to_and_not_written():
    site1 = replace(FULL.end1, half=None)
    plan = samples.plan_pair(samples.pair(), ObservedPair(site1, samples.nothing()))
    made = check_sent(plan)
    assert [names(inner(one)) for one in made.template['resources']] == [
        ['VNet4GW'],
        ['TestVNet1ToTestVNet4'],
        ['TestVNet4ToTestVNet1'],
    ]
    for one in made.template['resources'][1:]:
        assert list(map(reference, one['dependsOn'])) == [nested_id(made.template['resources'][0])]


def test_a_missing_half_alone_gets_a_parameter_for_the_key_of_the_other_one():
    plan = samples.plan_pair(samples.pair(), ObservedPair(replace(FULL.end1, half=None), FULL.end2))
    made = check_sent(plan)
    assert made.parameters[0].pair.key_holder == FULL.end2.half.id
    assert [names(inner(one)) for one in made.template['resources']] == [['TestVNet1ToTestVNet4']]
    assert 'dependsOn' not in made.template['resources'][0]


def test_of_many_pairs_only_those_that_lack_a_half_have_a_parameter_and_it_has_the_number_of_the_pair():
    pairs = [samples.pair(), samples.pair(end2=samples.end(5, 2, 'westus'))]
    plan = plan_of(pairs, [FULL, ObservedPair(replace(FULL.end1, half=None), samples.nothing())])
    assert check_sent(plan).parameters == (KeyParameter('key2', plan.pairs[1]),)
    assert deployment(plan_of(pairs, [FULL, NOTHING])).name == deployment(plan).name


def test_a_given_key_and_the_end_of_another_administrator():
    foreign = samples.end(4, 2, 'westus', tenant='', far_gateway=samples.gateway(4, '').id)
    plan = samples.plan_pair(samples.pair(end2=foreign, key=SharedKey('Sesame')), NOTHING)
    made = check_sent(plan)
    assert [names(inner(one)) for one in made.template['resources']] == [['VNet1GW'], ['TestVNet1ToTestVNet4']]
    assert made.home == samples.vnet_id(1).group_id
    assert made.template['parameters']['key1']['metadata']['description'].count('/connections/') == 1
    assert is_one_tenant(plan)
    assert 'Sesame' not in json.dumps(made.template)


def test_bgp_policy_selectors_and_tags_come_out_as_a_run_sends_them():
    tags = {
        'plain': 'text',
        'expression': "[parameters('key1')]",
        'escaped': '[[x]',
        'begins': '[x] y',
        'ends': 'x]',
        '[a name]': '[]',
    }
    pair = samples.wishing(
        samples.pair(tunnel=TUNNEL), enable_bgp=True, active_active=True, tags=tags, public_ip_names=()
    )
    pair = replace(pair, end1=replace(pair.end1, asn=65010), end2=replace(pair.end2, asn=65020))
    made = check_sent(samples.plan_pair(pair, NOTHING))
    gateway1, connection1 = (inner(one)[0] for one in made.template['resources'][::2])
    assert gateway1['properties']['bgpSettings'] == {'asn': 65010} and gateway1['properties']['activeActive'] is True
    assert (
        gateway1['tags']
        == connection1['tags']
        == {
            'plain': 'text',
            'expression': "[[parameters('key1')]",
            'escaped': '[[[x]',
            'begins': '[x] y',
            'ends': 'x]',
            '[[a name]': '[[]',
        }
    )
    assert connection1['properties']['ipsecPolicies'][0]['saDataSizeKilobytes'] == 102400000
    assert connection1['properties']['trafficSelectorPolicies'] == [
        {'localAddressRanges': ['10.11.0.0/16'], 'remoteAddressRanges': ['10.41.0.0/16']}
    ]
