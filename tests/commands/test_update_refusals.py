"""What `az vnet2vnet update` and `rotate-key` refuse before the first write, at either end of the pair."""

import pytest

from tests.armsim import DEFAULTS
from tests.commands.azure import grant, keys, live, refused, requests, resources, writes
from tests.howto import POLICY, VNET1, VNET4, VNET5, VNET5B

THERE, BACK = 'TestVNet1ToTestVNet5', 'TestVNet5ToTestVNet1'
PAIR = ['-g', 'TestRG1', '-n', THERE, '--yes']
UPDATE = ['vnet2vnet', 'update', *PAIR, '--dpd-timeout', '45']
ROTATE = ['vnet2vnet', 'rotate-key', *PAIR]
READ_KEY = 'Microsoft.Network/connections/sharedKey/action'
HALF1 = VNET1.id(DEFAULTS.subscription_1, 'connections', THERE)
HALF2 = VNET5.id(DEFAULTS.subscription_5, 'connections', BACK)
GROUP5 = f'/subscriptions/{DEFAULTS.subscription_5}/resourceGroups/TestRG5'


@pytest.mark.parametrize('command', [['update'], ['rotate-key']])
def test_one_pair_at_a_time_and_only_pairs(az, simulator, command):
    twice = az.run(['vnet2vnet', *command, '--ids', HALF1, HALF2, '--yes'], expect=1)
    assert (
        'ERROR: This command takes one pair, but --ids names 2.\nGive one ID, and run the command once for each pair.\n'
    ) in twice.stderr
    gateway = VNET1.id(DEFAULTS.subscription_1, 'virtualNetworkGateways', 'VNet1GW')
    other = az.run(['vnet2vnet', *command, '--ids', gateway, '--yes'], expect=1)
    assert f"ERROR: '{gateway}' is not the ID of a connection.\nGive the ID of one half of a pair" in other.stderr
    assert requests(simulator) == []


@pytest.mark.parametrize(
    'options, texts',
    [
        (['--dpd-timeout', '5'], ['--dpd-timeout 5 is not between 9 and 3600 seconds.', '--dpd-timeout 45']),
        (['--clear-policy', *POLICY], ['--clear-policy contradicts an IPsec policy.', 'Give one of the two.']),
        (
            ['--clear-selectors', '--traffic-selector', 'local=10.11.0.0/16', 'remote=10.51.0.0/16'],
            ['--clear-selectors contradicts --traffic-selector.'],
        ),
        (['--traffic-selector', 'local=10.11.0.0/16'], ['--traffic-selector requires both local= and remote=.']),
        (POLICY[:4], ['An IPsec policy requires all eight of its options', '--sa-lifetime, --sa-max-size.']),
        (['--timeout', '0'], ['--timeout 0 is not a positive number of seconds.']),
    ],
)
def test_options_that_mean_nothing(az, simulator, options, texts):
    refused(az, simulator, ['vnet2vnet', 'update', *PAIR, *options], *texts)
    assert requests(simulator) == []


def test_a_key_that_azure_would_refuse(az, simulator):
    for key, text in (('two words', 'has a character that Azure refuses'), ('@nowhere', 'that file cannot be read')):
        refused(az, simulator, [*ROTATE, '--shared-key', key], text, '--shared-key "@')
    assert requests(simulator) == []


def test_policy_based_selectors_without_a_policy_are_a_warning(az, simulator, join):
    join(VNET1, VNET5, *POLICY, '--policy-based-selectors')
    result = az.run([*UPDATE, '--clear-policy', '--yes'])
    assert 'WARNING: --policy-based-selectors without an IPsec policy' in result.stderr
    assert result.json['changes']


def test_a_basic_gateway_takes_neither_policy_nor_bgp(az, simulator, join):
    join(VNET1, VNET5)
    with live(simulator, 'virtualNetworkGateways', 'VNet5GW') as gateway:
        gateway['properties'].update({'sku': {'name': 'Basic', 'tier': 'Basic'}, 'bgpSettings': {'asn': 65050}})
    refused(
        az,
        simulator,
        [*UPDATE, *POLICY, '--enable-bgp'],
        '2 findings, and nothing was written',
        'VNet5GW is of SKU Basic, which takes no IPsec policy',
        'VNet5GW is of SKU Basic, which cannot do',
    )


@pytest.mark.parametrize(
    'command, action',
    [
        (UPDATE, 'Microsoft.Network/connections/write'),
        (UPDATE, 'Microsoft.Network/virtualNetworkGateways/write'),
        ([*ROTATE], 'Microsoft.Network/connections/sharedkey/write'),
        (['vnet2vnet', 'update', *PAIR, '--tags', 'a=b'], 'Microsoft.Network/connections/write'),
    ],
)
def test_a_right_that_is_missing_at_the_far_end(az, simulator, join, command, action):
    join(VNET1, VNET5)
    grant(simulator, (f'/subscriptions/{DEFAULTS.subscription_1}', ['*'], []), (GROUP5, ['*'], [action]))
    refused(
        az,
        simulator,
        command,
        f'The login may not do {action} on {GROUP5}/providers/Microsoft.Network/',
        'Network Contributor',
    )


@pytest.mark.parametrize('command', [UPDATE, ROTATE])
@pytest.mark.parametrize(
    'scope, subscription',
    [('--resource-group TestRG1', 'Subscription 1'), ('--resource-group TestRG5', 'Subscription 5')],
)
def test_a_read_only_lock_at_either_end(az, simulator, join, command, scope, subscription):
    join(VNET1, VNET5)
    az.run(['lock', 'create', '-n', 'keep', '--lock-type', 'ReadOnly', *scope.split(), '--subscription', subscription])
    refused(
        az,
        simulator,
        command,
        '/providers/Microsoft.Authorization/locks/keep makes ',
        ' read-only.',
        'az lock delete --ids',
    )


def test_a_far_end_that_cannot_be_read(az, simulator, join):
    join(VNET1, VNET5)
    grant(simulator, (f'/subscriptions/{DEFAULTS.subscription_1}', ['*'], []))
    for command in (UPDATE, ROTATE, ['vnet2vnet', 'update', *PAIR, '--tags', 'a=b']):
        refused(
            az,
            simulator,
            command,
            f'ERROR: The other half beside {HALF1} cannot be seen: this login may not read ',
            '/virtualNetworkGateways/VNet5GW.',
            'Ask for the role Reader on its group.',
        )


def test_a_far_end_in_a_tenant_of_no_login(az, simulator, join):
    join(VNET1, VNET5B)
    az.run(['logout', '--username', DEFAULTS.app_id])
    az.login(DEFAULTS.app_id, DEFAULTS.secret, [DEFAULTS.tenant_a])
    for command in (UPDATE, ROTATE):
        refused(
            az,
            simulator,
            [*command, '--subscription', 'Subscription 1'],
            f'cannot be seen: this login has no subscription {DEFAULTS.subscription_b}.',
            'Run az login --tenant TENANT for the tenant that it is in.',
        )


def test_what_is_not_there(az, simulator, join):
    join(VNET1, VNET5)
    refused(
        az,
        simulator,
        ['vnet2vnet', 'update', '-g', 'TestRG1', '-n', 'Nope'],
        'connections/Nope does not exist.',
        'az vnet2vnet list --resource-group TestRG1',
        expect=3,
    )
    with live(simulator, 'connections', BACK) as half:
        simulator.simulator.fabric.unindex(half)
        simulator.simulator.fabric.remove(half['id'])
    for command in (UPDATE, ROTATE):
        refused(
            az,
            simulator,
            command,
            f'A half of the pair does not exist beside {HALF1}.',
            'Run az vnet2vnet create --vnet1 /subscriptions/',
        )
    with live(simulator, 'virtualNetworkGateways', 'VNet5GW') as gateway:
        simulator.simulator.fabric.remove(gateway['id'])
    refused(
        az,
        simulator,
        UPDATE,
        f'VNet5GW, which {HALF1} leads to, does not exist any more.',
        f'Run az vnet2vnet delete --ids {HALF1}',
    )


def test_a_gateway_that_failed(az, simulator, join):
    join(VNET1, VNET5)
    with live(simulator, 'virtualNetworkGateways', 'VNet5GW') as gateway:
        gateway['state'] = 'Failed'
    refused(
        az,
        simulator,
        UPDATE,
        'virtualNetworkGateways/VNet5GW is in state Failed.',
        'Run az network vnet-gateway reset',
        f'run az vnet2vnet delete --ids {HALF1}, then az vnet2vnet create --vnet1 ',
    )
    assert len(az.run(['vnet2vnet', 'update', *PAIR, '--tags', 'a=b']).json['changes']) == 2


@pytest.mark.azure(shared_key_reads_as_empty_array=True)
def test_an_empty_array_in_place_of_the_key(az, simulator, join):
    unreadable_keys(az, simulator, join)


def test_a_key_that_may_not_be_read(az, simulator, join):
    unreadable_keys(az, simulator, join)


def unreadable_keys(az, simulator, join):
    """Tags and a new key go without reading the old one, other updates do not; keys are not said to be alike."""
    join(VNET1, VNET5)
    old = keys(simulator)
    grant(simulator, ('/', ['*'], [READ_KEY]))
    refused(
        az,
        simulator,
        UPDATE,
        '2 findings, and nothing was written',
        f'The login may not do {READ_KEY} on {HALF1}',
        f'The login may not do {READ_KEY} on {HALF2}',
    )
    tagged = az.run(['vnet2vnet', 'update', *PAIR, '--tags', 'a=b'])
    for half in (HALF1, HALF2):
        assert f'WARNING: The key of {half} cannot be read, and so not compared. Ask for the action {READ_KEY}.' in (
            tagged.stderr
        )
    assert {one['tags']['a'] for one in resources(simulator, 'connections').values()} == {'b'}
    rotated = az.run(ROTATE)
    assert rotated.json['status'] == 'Connected' and 'cannot be read, and so not compared' in rotated.stderr
    assert len(set(keys(simulator).values())) == 1 and set(keys(simulator).values()).isdisjoint(old.values())


def test_an_unreadable_key_is_met_before_the_other_half_is_written(az, simulator, join):
    """Rights that cannot be read do not tell it: the key itself does."""
    join(VNET1, VNET5)
    hidden = ['Microsoft.Authorization/permissions/read']
    grant(simulator, (f'/subscriptions/{DEFAULTS.subscription_1}', ['*'], hidden), (GROUP5, ['*'], [*hidden, READ_KEY]))
    refused(
        az,
        simulator,
        UPDATE,
        f'ERROR: The key of {HALF2} cannot be read, and whoever changes a connection has to '
        f'send its key.\nAsk for the action {READ_KEY}.',
    )


def test_vnets_need_not_be_readable(az, simulator, join):
    join(VNET1, VNET4)
    grant(simulator, ('/', ['*'], ['Microsoft.Network/virtualNetworks/read']))
    pair = az.run(
        ['vnet2vnet', 'update', '-g', 'TestRG1', '-n', 'TestVNet1ToTestVNet4', '--dpd-timeout', '45', '--yes']
    ).json
    assert pair['status'] == 'Connected' and pair['end1']['vnet']['addressPrefixes'] == []
    assert [kind for kind, _ in writes(simulator)] == ['connections', 'connections']


def test_selectors_outside_of_the_vnets_are_a_warning(az, simulator, join):
    join(VNET1, VNET5)
    result = az.run([*UPDATE, '--traffic-selector', 'local=10.51.0.0/16', 'remote=10.11.0.0/16', '--what-if'])
    assert (
        'WARNING: --traffic-selector: local 10.51.0.0/16 is not inside the address space 10.11.0.0/16, '
        '10.12.0.0/16 of that end. Check that local is end 1 and remote is end 2.'
    ) in result.stderr
    assert {finding['code'] for finding in result.json['findings']} == {'selector-outside'}
