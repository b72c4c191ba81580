"""`az vnet2vnet show`: both ends of a pair, from either half."""

import pytest

from tests.armsim import DEFAULTS
from tests.commands.azure import live, requests, writes
from tests.howto import VNET1, VNET4, VNET5, VNET5B

THERE = 'TestVNet1ToTestVNet4'


def connection_id(network, far, subscription=DEFAULTS.subscription_1):
    return network.id(subscription, 'connections', f'{network.vnet}To{far.vnet}')


@pytest.mark.parametrize(
    'far, subscription',
    [(VNET4, DEFAULTS.subscription_1), (VNET5, DEFAULTS.subscription_5), (VNET5B, DEFAULTS.subscription_b)],
)
def test_both_ends_are_found_from_either_half(az, simulator, join, far, subscription):
    join(VNET1, far)
    pair = az.run(['vnet2vnet', 'show', '-g', 'TestRG1', '-n', f'TestVNet1To{far.vnet}']).json
    assert len(requests(simulator)) == 7 and writes(simulator) == []
    assert (pair['name'], pair['status'], pair['healthy'], pair['reasons']) == (
        f'TestVNet1To{far.vnet}',
        'Connected',
        True,
        [],
    )
    for end, network in ((pair['end1'], VNET1), (pair['end2'], far)):
        assert end['vnet']['addressPrefixes'] == list(network.prefixes)
        assert end['vnet']['gatewaySubnet'] == network.gateway_subnet
        assert (end['gateway']['sku'], end['gateway']['asn'], len(end['gateway']['publicIps'])) == (
            'VpnGw2AZ',
            65515,
            1,
        )
        assert end['location'] == network.location and end['resourceGroup'] == network.group
    turned = az.run(['vnet2vnet', 'show', '--ids', connection_id(far, VNET1, subscription)]).json
    assert (turned['end1']['vnet'], turned['end2']['vnet']) == (pair['end2']['vnet'], pair['end1']['vnet'])
    assert 'changes' not in turned


def test_tables_and_several_ids(az, join):
    join(VNET1, VNET4)
    ids = [connection_id(VNET1, VNET4), connection_id(VNET4, VNET1)]
    lines = az.run(['vnet2vnet', 'show', '--ids', *ids, '-o', 'table']).stdout.splitlines()
    assert lines[0].split('  ')[0] == 'Name' and 'Location 1' in lines[0]
    assert sorted(line.split() for line in lines[2:]) == [
        [THERE, 'TestVNet1', 'eastus', 'TestVNet4', 'westus', 'Connected', 'True'],
        ['TestVNet4ToTestVNet1', 'TestVNet4', 'westus', 'TestVNet1', 'eastus', 'Connected', 'True'],
    ]


def test_a_missing_half_and_a_missing_gateway(az, simulator, join):
    join(VNET1, VNET4)
    az.run('network vpn-connection delete -g TestRG4 -n TestVNet4ToTestVNet1')
    pair = az.run(f'vnet2vnet show -g TestRG1 -n {THERE}').json
    assert pair['status'] == 'Half' and pair['end2']['connection'] is None
    assert pair['end2']['gateway']['sku'] == 'VpnGw2AZ'
    missing = pair['reasons'][0]
    assert missing['code'] == 'half-missing'
    assert missing['recommendation'].startswith('Run az vnet2vnet create --vnet1 /subscriptions/')
    with live(simulator, 'virtualNetworkGateways', 'VNet4GW') as gateway:
        simulator.simulator.fabric.remove(gateway['id'])
    result = az.run(f'vnet2vnet show -g TestRG1 -n {THERE} -o table')
    assert result.stdout.splitlines()[2].split()[:5] == [THERE, 'TestVNet1', 'eastus', '(gone)', 'Half']


def test_a_far_end_that_may_not_be_read(az, simulator, join):
    join(VNET1, VNET5)
    with simulator.lock:
        for entry in simulator.simulator.fabric.world.role_assignments:
            entry['scope'] = f'/subscriptions/{DEFAULTS.subscription_1}'
    pair = az.run('vnet2vnet show -g TestRG1 -n TestVNet1ToTestVNet5').json
    assert (pair['status'], pair['healthy']) == ('FarEndUnreadable', True)
    assert pair['end2']['gateway'].keys() - {'resourceGroup'} == {'id'}
    assert pair['end2']['connection'] is None and pair['end2']['vnet']['id'] is None
    [reason] = pair['reasons']
    assert (reason['code'], reason['severity'], reason['recommendation']) == (
        'far-end-unreadable',
        'warning',
        'Ask for the role Reader on its group',
    )
    table = az.run('vnet2vnet show -g TestRG1 -n TestVNet1ToTestVNet5 -o table').stdout
    assert '(VNet5GW)' in table and 'far-end-unreadable' in table


def test_what_is_no_pair(az, simulator, join):
    join(VNET1, VNET4)
    missing = az.run('vnet2vnet show -g TestRG1 -n Nope', expect=3)
    assert 'connections/Nope does not exist.' in missing.stderr
    assert 'az vnet2vnet list --resource-group TestRG1' in missing.stderr
    gateway = VNET1.id(DEFAULTS.subscription_1, 'virtualNetworkGateways', 'VNet1GW')
    wrong = az.run(['vnet2vnet', 'show', '--ids', gateway], expect=1)
    assert f"'{gateway}' is not the ID of a connection." in wrong.stderr
    with live(simulator, 'connections', THERE) as half:
        half['gateway2'] = None
        half['properties']['connectionType'] = 'IPsec'
    other = az.run(f'vnet2vnet show -g TestRG1 -n {THERE}', expect=1)
    assert 'is of type IPsec, which joins no two VNets' in other.stderr
    strange = az.run('vnet2vnet show -g TestRG1 -n x --subscription Nowhere', expect=1)
    assert "this login has no subscription 'Nowhere'" in strange.stderr


def test_a_subscription_may_be_named(az, join):
    join(VNET1, VNET5)
    command = ['vnet2vnet', 'show', '-g', 'TestRG5', '-n', 'TestVNet5ToTestVNet1', '--subscription', 'subscription 5']
    assert az.run(command).json['status'] == 'Connected'


def test_a_read_that_breaks_is_tried_again(az, simulator, join):
    join(VNET1, VNET4)
    simulator.simulator.faults = [
        {'match': 'GET */connections/*', 'do': 'reset-before'},
        {'match': 'GET */virtualNetworkGateways/*', 'do': 'status', 'status': 503},
    ]
    assert az.run(f'vnet2vnet show -g TestRG1 -n {THERE}').json['status'] == 'Connected'
