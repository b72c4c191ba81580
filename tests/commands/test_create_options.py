"""Every option of `az vnet2vnet create` that shapes gateways and tunnels: what Azure holds afterwards, on both ends."""

import pytest

from tests.armsim import DEFAULTS
from tests.commands.azure import keys, live, resources, subnets, writes
from tests.howto import POLICY, POLICY_BODY, VNET1, VNET4, VNET5, Network, create

PAIR = ['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2)]


def halves(served):
    """The properties of both connections, the one at TestVNet1 first."""
    found = resources(served, 'connections')
    return [found[name]['properties'] for name in ('TestVNet1ToTestVNet4', 'TestVNet4ToTestVNet1')]


def gateways(served):
    """The properties of both gateways."""
    found = resources(served, 'virtualNetworkGateways')
    return [found[name]['properties'] for name in ('VNet1GW', 'VNet4GW')]


def asns(served):
    """Whether each gateway speaks BGP, and its ASN."""
    return [(one['enableBgp'], one['bgpSettings']['asn']) for one in gateways(served)]


def again_is_nothing(az, served, command):
    before = len(writes(served))
    assert az.run(command).json['changes'] == []
    assert writes(served)[before:] == []


def test_bgp_and_asns(az, simulator):
    command = create(VNET1, VNET4, '--enable-bgp', '--asn1', '65010', '--asn2', '65040')
    pair = az.run(command).json
    assert pair['status'] == 'Connected'
    assert [pair[end]['gateway']['asn'] for end in ('end1', 'end2')] == [65010, 65040]
    assert all(half['enableBgp'] for half in halves(simulator))
    assert asns(simulator) == [(True, 65010), (True, 65040)]
    again_is_nothing(az, simulator, command)


def test_active_active(az, simulator):
    one, four = VNET1, VNET4
    command = [
        'vnet2vnet',
        'create',
        '--active-active',
        *one.options(1)[:-1],
        'A1',
        'A2',
        *[word for word in four.options(2) if word not in ('--public-ips2', four.public_ip)],
    ]
    pair = az.run(command).json
    assert pair['status'] == 'Connected'
    assert [
        (pair[end]['gateway']['activeActive'], len(pair[end]['gateway']['publicIps'])) for end in ('end1', 'end2')
    ] == [(True, 2), (True, 2)]
    assert set(resources(simulator, 'publicIPAddresses')) == {'A1', 'A2', 'VNet4GW-ip', 'VNet4GW-ip2'}
    again_is_nothing(az, simulator, command)


def test_ipsec_policy_is_the_same_on_both_halves(az, simulator):
    command = create(VNET1, VNET4, *POLICY)
    assert az.run(command).json['status'] == 'Connected'
    assert [half['ipsecPolicies'] for half in halves(simulator)] == [[POLICY_BODY], [POLICY_BODY]]
    again_is_nothing(az, simulator, command)


def test_mode_and_selectors_are_mirrored(az, simulator):
    command = create(
        VNET1,
        VNET4,
        '--connection-mode',
        'initiatoronly',
        '--dpd-timeout',
        '45',
        '--policy-based-selectors',
        '--traffic-selector',
        'local=10.11.0.0/16,10.12.0.0/16',
        'remote=10.41.0.0/16',
        '--traffic-selector',
        'local=10.11.0.0/24',
        'remote=10.42.0.0/24',
        *POLICY,
    )
    assert az.run(command).json['status'] == 'Connected'
    one, other = halves(simulator)
    assert (one['connectionMode'], other['connectionMode']) == ('InitiatorOnly', 'ResponderOnly')
    assert one['dpdTimeoutSeconds'] == other['dpdTimeoutSeconds'] == 45
    assert one['usePolicyBasedTrafficSelectors'] is other['usePolicyBasedTrafficSelectors'] is True
    assert one['trafficSelectorPolicies'] == [
        {'localAddressRanges': ['10.11.0.0/16', '10.12.0.0/16'], 'remoteAddressRanges': ['10.41.0.0/16']},
        {'localAddressRanges': ['10.11.0.0/24'], 'remoteAddressRanges': ['10.42.0.0/24']},
    ]
    assert other['trafficSelectorPolicies'] == [
        {'localAddressRanges': ['10.41.0.0/16'], 'remoteAddressRanges': ['10.11.0.0/16', '10.12.0.0/16']},
        {'localAddressRanges': ['10.42.0.0/24'], 'remoteAddressRanges': ['10.11.0.0/24']},
    ]
    again_is_nothing(az, simulator, command)


def test_the_long_spelling_of_policy_based_selectors(az):
    plan = az.run(create(VNET1, VNET4, '--use-policy-based-traffic-selectors', 'true', *POLICY, '--what-if')).json
    assert len(plan['changes']) == 10


@pytest.fixture(name='pair')
def fixture_pair(az, simulator):
    """An az and a simulator with the how-to's pair, connected."""
    az.run(create(VNET1, VNET4, '--only-show-errors', '-o', 'none'))
    return az, simulator


def test_other_options_update_both_halves_and_ask(pair):
    az, simulator = pair
    before, kept = len(writes(simulator)), dict(keys(simulator))
    plan = az.run([*PAIR, *POLICY, '--dpd-timeout', '60', '--what-if']).json
    assert [(change['action'], change['id'].rsplit('/', 1)[-1]) for change in plan['changes']] == [
        ('update', 'TestVNet1ToTestVNet4'),
        ('update', 'TestVNet4ToTestVNet1'),
    ]
    asked = az.run([*PAIR, *POLICY, '--dpd-timeout', '60'], expect=1)
    assert 'drops its tunnel' in asked.stderr and '--yes' in asked.stderr
    assert writes(simulator)[before:] == []
    result = az.run([*PAIR, *POLICY, '--dpd-timeout', '60', '--yes']).json
    assert result['status'] == 'Connected'
    assert [change['id'] for change in result['changes']] == [change['id'] for change in plan['changes']]
    assert all('which drops its tunnel' in change['disturbance'] for change in plan['changes'])
    held = [(half['ipsecPolicies'], half['dpdTimeoutSeconds']) for half in halves(simulator)]
    assert held == [([POLICY_BODY], 60)] * 2
    assert keys(simulator) == kept
    again_is_nothing(az, simulator, [*PAIR, *POLICY, '--dpd-timeout', '60'])
    again_is_nothing(az, simulator, PAIR)


def test_a_half_that_differs_is_made_alike(pair):
    az, simulator = pair
    az.run(
        [
            'network',
            'vpn-connection',
            'ipsec-policy',
            'add',
            '-g',
            'TestRG1',
            '--connection-name',
            'TestVNet1ToTestVNet4',
            *POLICY,
            '-o',
            'none',
        ]
    )
    before = len(writes(simulator))
    assert az.run([*PAIR, *POLICY, '--yes']).json['status'] == 'Connected'
    assert writes(simulator)[before:] == [('connections', 'TestVNet4ToTestVNet1')]


def test_an_update_across_tenants_carries_both_tokens(az, simulator):
    five = Network(5, 'TestRG5', 'japaneast', 'Subscription B')
    az.run(create(VNET1, five, '-o', 'none'))
    assert (
        az.run(['vnet2vnet', 'create', *VNET1.place(1), *five.place(2), '--dpd-timeout', '30', '--yes']).json['status']
        == 'Connected'
    )


def test_bgp_on_an_existing_pair_changes_both_gateways_and_keeps_the_rest_of_them(pair):
    az, simulator = pair
    extras = {
        'vpnClientConfiguration': {
            'vpnClientAddressPool': {'addressPrefixes': ['172.16.0.0/24']},
            'vpnClientProtocols': ['OpenVPN'],
            'vpnAuthenticationTypes': ['Certificate'],
            'vpnClientRootCertificates': [{'name': 'root', 'properties': {'publicCertData': 'MIIBase64'}}],
            'vpnClientRevokedCertificates': [],
            'radiusServers': [],
            'vpnClientIpsecPolicies': [],
        },
        'natRules': [
            {
                'name': 'nat',
                'properties': {
                    'type': 'Static',
                    'mode': 'EgressSnat',
                    'internalMappings': [{'addressSpace': '10.11.9.0/24'}],
                    'externalMappings': [{'addressSpace': '192.168.9.0/24'}],
                },
            }
        ],
        'customRoutes': {'addressPrefixes': ['10.200.0.0/16']},
    }
    gateway = VNET1.id(DEFAULTS.subscription_1, 'virtualNetworkGateways', 'VNet1GW')
    version = '?api-version=2025-01-01'
    with live(simulator, 'virtualNetworkGateways', 'VNet1GW') as record:
        record['properties'].update(extras)
        record['tags'] = {'owner': 'somebody'}
    before = az.run(['rest', '-m', 'get', '-u', gateway + version]).json
    options = ['--enable-bgp', '--asn1', '65010', '--asn2', '65040']
    asked = az.run([*PAIR, *options], expect=1)
    assert f'Gateway {gateway} is changed (BGP off -> on, ASN 65515 -> 65010)' in asked.stderr
    result = az.run([*PAIR, *options, '--yes']).json
    assert result['status'] == 'Connected' and len(result['changes']) == 4
    after = az.run(['rest', '-m', 'get', '-u', gateway + version]).json
    assert after['tags'] == {'owner': 'somebody'}
    assert after['properties']['customRoutes'] == extras['customRoutes']
    assert after['properties']['natRules'][0]['properties']['externalMappings'] == [{'addressSpace': '192.168.9.0/24'}]
    kept = after['properties']['vpnClientConfiguration']
    assert kept['vpnClientAddressPool'] == extras['vpnClientConfiguration']['vpnClientAddressPool']
    assert kept['vpnClientRootCertificates'][0]['name'] == 'root'
    assert after['properties']['bgpSettings']['asn'] == 65010 and after['properties']['enableBgp'] is True
    untouched = set(before['properties']) - {
        'bgpSettings',
        'enableBgp',
        'vpnClientConfiguration',
        'ipConfigurations',
        'natRules',
    }
    assert {name: after['properties'][name] for name in untouched} == {
        name: before['properties'][name] for name in untouched
    }


def test_a_gateway_that_is_still_being_made_is_changed_from_what_it_becomes(az, simulator, wait_for):
    running = az.start(create(VNET1, VNET4))
    wait_for(lambda: len(resources(simulator, 'virtualNetworkGateways')) == 2, running)
    running.kill()
    pair = az.run([*PAIR, '--enable-bgp', '--asn1', '65010', '--yes']).json
    assert pair['status'] == 'Connected'
    assert [pair[end]['gateway']['asn'] for end in ('end1', 'end2')] == [65010, 65515]
    assert [len(pair[end]['gateway']['publicIps']) for end in ('end1', 'end2')] == [1, 1]
    assert asns(simulator) == [(True, 65010), (True, 65515)]


def test_equal_asns_are_refused_on_a_pair_that_speaks_bgp(az, simulator):
    az.run(create(VNET1, VNET4, '--enable-bgp', '--asn1', '65010', '--asn2', '65040', '-o', 'none'))
    before = len(writes(simulator))
    assert 'Both gateways have ASN 65040' in az.run([*PAIR, '--asn1', '65040', '--yes'], expect=1).stderr
    assert writes(simulator)[before:] == []


def test_active_active_gives_an_existing_gateway_a_second_address(pair):
    az, simulator = pair
    before = len(writes(simulator))
    result = az.run([*PAIR, '--active-active', '--yes']).json
    assert result['status'] == 'Connected'
    assert [len(result[end]['gateway']['publicIps']) for end in ('end1', 'end2')] == [2, 2]
    assert sorted(writes(simulator)[before:]) == [
        ('publicIPAddresses', 'VNet1GW-ip2'),
        ('publicIPAddresses', 'VNet4GW-ip2'),
        ('virtualNetworkGateways', 'VNet1GW'),
        ('virtualNetworkGateways', 'VNet4GW'),
    ]
    again_is_nothing(az, simulator, [*PAIR, '--active-active'])


def test_what_cannot_be_changed_is_refused_or_told(pair):
    az, simulator = pair
    before = len(writes(simulator))
    for options, text in (
        (['--address-prefixes1', '10.77.0.0/16'], 'exists without the address prefixes'),
        (['--vnet-gateway1', 'Other'], 'a VNet can have only one'),
        (['--name', 'Other'], 'a connection cannot be renamed'),
    ):
        assert text in az.run([*PAIR, *options], expect=1).stderr
    assert 'resize the gateway with az network vnet-gateway update' in az.run([*PAIR, '--sku', 'VpnGw3AZ']).stderr
    assert writes(simulator)[before:] == []


def test_each_end_has_its_own_place(az, simulator):
    four = Network(4, 'TestRG4', 'westus', 'Subscription 5')
    command = ['vnet2vnet', 'create', '--resource-group', 'TestRG4', *four.options(2), *VNET1.options(1)]
    assert az.run(command).json['status'] == 'Connected'
    assert subnets(simulator, 'TestVNet4')['GatewaySubnet'] == '10.42.255.0/27'
    assert {record['location'] for record in resources(simulator, 'virtualNetworkGateways').values()} == {
        'eastus',
        'westus',
    }


def only_end(end, key, *options):
    """The command of the administrator of one end of TestVNet1 and TestVNet5."""
    near, far = (VNET1, VNET5) if end == 1 else (VNET5, VNET1)
    subscription = DEFAULTS.subscription_5 if end == 1 else DEFAULTS.subscription_1
    return [
        'vnet2vnet',
        'create',
        '--only-end',
        str(end),
        *near.options(end),
        f'--vnet{3 - end}',
        far.vnet,
        f'--vnet-gateway{3 - end}',
        far.id(subscription, 'virtualNetworkGateways', far.gateway),
        '--shared-key',
        f'@{key}',
        *options,
    ]


def test_two_administrators_write_one_end_each(az, simulator, tmp_path):
    (tmp_path / 'key').write_text('agreed_on_0123456789', encoding='utf-8')
    for network in (VNET1, VNET5):
        for command in [*network.native_network(), *network.native_gateway(wait=False)]:
            az.run(command)
    first = az.run(only_end(1, tmp_path / 'key', '--connection-mode', 'ResponderOnly'))
    pair = first.json
    assert pair['status'] == 'Half' and [reason['code'] for reason in pair['reasons']] == ['half-missing']
    assert pair['end1']['connection']['provisioningState'] == 'Succeeded' and pair['end2']['connection'] is None
    assert set(resources(simulator, 'connections')) == {'TestVNet1ToTestVNet5'}
    command = pair['farEnd']['command']
    assert command in first.stderr and 'agreed_on' not in first.stderr
    far_gateway = VNET5.id(DEFAULTS.subscription_5, 'virtualNetworkGateways', 'VNet5GW')
    assert pair['farEnd']['rights'] == [
        f'Microsoft.Network/virtualNetworkGateways/{verb} on {far_gateway}' for verb in ('read', 'write')
    ]
    second = az.run(command.replace('az ', '', 1).replace('@FILE', f'@{tmp_path}/key'))
    assert set(resources(simulator, 'connections')) == {'TestVNet1ToTestVNet5', 'TestVNet5ToTestVNet1'}
    assert set(keys(simulator).values()) == {'agreed_on_0123456789'}
    far_half = resources(simulator, 'connections')['TestVNet5ToTestVNet1']['properties']
    assert far_half['connectionMode'] == 'InitiatorOnly'
    assert second.json['end2']['connection']['name'] == 'TestVNet5ToTestVNet1'
    assert 'The other administrator runs this' not in az.run(only_end(1, tmp_path / 'key')).stderr
    whole = az.run(['vnet2vnet', 'create', *VNET1.place(1), *VNET5.place(2)]).json
    assert whole['status'] == 'Connected' and whole['changes'] == []
    assert az.run(only_end(1, tmp_path / 'key')).json['status'] == 'Connected'


def test_the_other_administrators_command_has_what_this_half_has(az, simulator, tmp_path):
    (tmp_path / 'key').write_text('agreed_on_0123456789', encoding='utf-8')
    for network in (VNET1, VNET5):
        for command in [*network.native_network(), *network.native_gateway(wait=False)]:
            az.run(command)
    az.run(only_end(1, tmp_path / 'key', *POLICY, '--name', 'mine', '--connection-mode', 'ResponderOnly'))
    far_end = az.run(only_end(1, tmp_path / 'key')).json['farEnd']
    assert '--ike-encryption AES256' in far_end['command'] and '--connection-mode ResponderOnly' in far_end['command']
    assert ' --name ' not in far_end['command']
    pair = az.run(far_end['command'].replace('az ', '', 1).replace('@FILE', f'@{tmp_path}/key')).json
    far_half = resources(simulator, 'connections')['TestVNet5ToTestVNet1']['properties']
    assert far_half['ipsecPolicies'] == [POLICY_BODY] and far_half['connectionMode'] == 'InitiatorOnly'
    assert pair['end2']['connection']['provisioningState'] == 'Succeeded'


def test_a_far_gateway_in_a_subscription_that_is_not_of_this_login(az, simulator, tmp_path):
    (tmp_path / 'key').write_text('agreed_on_0123456789', encoding='utf-8')
    for command in [*VNET1.native_network(), *VNET1.native_gateway()]:
        az.run(command)
    unknown = VNET5.id('00000000-0000-0000-0000-00000000dead', 'virtualNetworkGateways', 'VNet5GW')
    plan = az.run(
        [
            'vnet2vnet',
            'create',
            '--only-end',
            '1',
            *VNET1.place(1),
            '--vnet2',
            'TestVNet5',
            '--vnet-gateway2',
            unknown,
            '--shared-key',
            f'@{tmp_path}/key',
            '--what-if',
        ]
    )
    assert 'whether it may read and write that gateway is not checked' in plan.stderr
    assert [change['action'] for change in plan.json['changes']] == ['create']
