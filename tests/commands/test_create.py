"""`az vnet2vnet create` for the how-to's cases, typed as a user types it, against a simulated Azure."""

import json
import signal

import pytest

from tests.armsim import DEFAULTS
from tests.commands.azure import keys, let_pass, records, requests, resources, subnets, writes
from tests.howto import VNET1, VNET4, VNET5, Network, create

KINDS = ('resourceGroups', 'virtualNetworks', 'publicIPAddresses', 'virtualNetworkGateways', 'connections')


def check_connected(result, simulator, *ends):
    """The result is a connected pair of these ends, and Azure has both halves with one key."""
    pair = result.json
    assert (pair['status'], pair['healthy'], pair['reasons']) == ('Connected', True, [])
    for number, network in enumerate(ends, start=1):
        end = pair[f'end{number}']
        assert end['vnet']['id'] == network.id(end['subscriptionId'], 'virtualNetworks', network.vnet)
        assert end['location'] == network.location
        assert end['vnet']['addressPrefixes'] == list(network.prefixes)
        assert end['vnet']['gatewaySubnet'] == network.gateway_subnet
        assert end['gateway']['id'].endswith(f'/virtualNetworkGateways/{network.gateway}')
        assert end['gateway']['sku'] == 'VpnGw2AZ' and end['gateway']['generation'] == 'Generation2'
        assert len(end['gateway']['publicIps']) == 1 and end['gateway']['asn'] == 65515
        assert end['connection']['provisioningState'] == 'Succeeded'
        assert end['connection']['connectionStatus'] == 'Connected'
    held = {keys(simulator)[pair[f'end{number}']['connection']['id'].lower()] for number in (1, 2)}
    assert len(held) == 1 and all(held)


def without_counters(pair):
    """The pair without what changes by itself."""
    counters = dict.fromkeys(('ingressBytes', 'egressBytes'))
    ends = {end: {**pair[end], 'connection': {**pair[end]['connection'], **counters}} for end in ('end1', 'end2')}
    return {**pair, **ends, 'changes': None}


def check_nothing_to_do(az, simulator, command):
    """The same command again writes nothing, asks little, and says the same."""
    before = len(requests(simulator))
    again = az.run(command).json
    assert again['status'] == 'Connected' and again['changes'] == []
    asked = requests(simulator)[before:]
    assert [entry for entry in asked if entry.method != 'GET'] == []
    assert len(asked) <= 12
    return again


def test_a_two_vnets_in_two_groups_of_one_subscription(az, simulator):
    command = create(VNET1, VNET4)
    result = az.run(command)
    check_connected(result, simulator, VNET1, VNET4)
    assert sorted(kind for kind, _ in writes(simulator)) == sorted(KINDS * 2)
    assert [change['action'] for change in result.json['changes']] == ['create'] * 10
    assert subnets(simulator, 'TestVNet1') == {
        'FrontEnd': '10.11.0.0/24',
        'BackEnd': '10.12.0.0/24',
        'GatewaySubnet': '10.12.255.0/27',
    }
    assert resources(simulator, 'publicIPAddresses')['VNet1GWIP']['zones'] == ['1', '2', '3']
    assert not resources(simulator, 'publicIPAddresses')['VNet4GWIP']['zones']  # westus has no zones
    again = check_nothing_to_do(az, simulator, command)
    assert without_counters(again) == without_counters(result.json)


def test_b_both_vnets_in_one_group(az, simulator):
    one, four = VNET1, Network(4, 'TestRG1', 'westus')
    result = az.run(create(one, four))
    check_connected(result, simulator, one, four)
    assert len(writes(simulator)) == 9
    check_nothing_to_do(
        az, simulator, ['vnet2vnet', 'create', '-g', 'TestRG1', '--vnet1', 'TestVNet1', '--vnet2', 'TestVNet4']
    )


def test_c_two_subscriptions_of_one_tenant(az, simulator):
    result = az.run(create(VNET1, VNET5))
    check_connected(result, simulator, VNET1, VNET5)
    assert result.json['end1']['subscriptionId'] == DEFAULTS.subscription_1
    assert result.json['end2']['subscriptionId'] == DEFAULTS.subscription_5
    assert not any(entry.auxiliary for entry in requests(simulator))


def test_d_two_tenants(az, simulator):
    five = Network(5, 'TestRG5', 'japaneast', 'Subscription B')
    command = create(VNET1, five)
    check_connected(az.run(command), simulator, VNET1, five)
    with_tokens = {(entry.method, entry.path.rsplit('/', 2)[-2]) for entry in requests(simulator) if entry.auxiliary}
    assert ('PUT', 'connections') in with_tokens
    assert {method for method, _ in with_tokens} == {'PUT'}
    check_nothing_to_do(az, simulator, command)


def test_e_a_third_vnet_joined_to_a_gateway_that_serves_another(az, simulator):
    az.run(create(VNET1, VNET4))
    before = len(writes(simulator))
    result = az.run(['vnet2vnet', 'create', *VNET1.place(1), *VNET5.options(2)])
    check_connected(result, simulator, VNET1, VNET5)
    assert sorted(kind for kind, _ in writes(simulator)[before:]) == sorted((*KINDS, 'connections'))
    assert len(resources(simulator, 'connections')) == 4
    check_nothing_to_do(az, simulator, create(VNET1, VNET4))


def native(az, commands):
    for command in commands:
        az.run(command)


def test_f_vnets_that_native_az_made(az, simulator):
    native(az, [*VNET1.native_network()[:-1], *VNET4.native_network()])
    before = len(writes(simulator))
    result = az.run(
        [
            'vnet2vnet',
            'create',
            *VNET1.place(1),
            '--gateway-subnet1',
            VNET1.gateway_subnet,
            '--vnet-gateway1',
            'VNet1GW',
            *VNET4.place(2),
            '--vnet-gateway2',
            'VNet4GW',
        ]
    )
    check_connected(result, simulator, VNET1, VNET4)
    assert sorted(kind for kind, _ in writes(simulator)[before:]) == sorted(('subnets', *KINDS[2:], *KINDS[2:]))
    assert set(resources(simulator, 'publicIPAddresses')) == {'VNet1GW-ip', 'VNet4GW-ip'}


def test_f_gateways_that_native_az_made(az, simulator):
    for network in (VNET1, VNET4):
        native(az, [*network.native_network(), *network.native_gateway(wait=False)])
    before = len(writes(simulator))
    result = az.run(['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2)])
    check_connected(result, simulator, VNET1, VNET4)
    assert [kind for kind, _ in writes(simulator)[before:]] == ['connections', 'connections']


def test_f_one_connection_that_native_az_made(az, simulator):
    for network in (VNET1, VNET4):
        native(az, [*network.native_network(), *network.native_gateway(wait=False)])
    for network in (VNET1, VNET4):
        az.run(
            [
                'network',
                'vnet-gateway',
                'wait',
                '--created',
                '-g',
                network.group,
                '-n',
                network.gateway,
                '--interval',
                '1',
            ]
        )
    (az.folder / 'key').write_text('the_native_key_0123', encoding='utf-8')
    az.run(
        VNET4.native_connection(
            'Existing4to1', DEFAULTS.subscription_1, VNET1, DEFAULTS.subscription_1, f'@{az.folder}/key'
        )
    )
    (az.folder / 'key').unlink()
    before = len(writes(simulator))
    command = ['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2)]
    result = az.run(command)
    check_connected(result, simulator, VNET1, VNET4)
    assert result.json['end2']['connection']['name'] == 'Existing4to1'
    assert writes(simulator)[before:] == [('connections', 'TestVNet1ToTestVNet4')]
    assert set(keys(simulator).values()) == {'the_native_key_0123'}
    check_nothing_to_do(az, simulator, command)


def test_turned_round_it_is_the_same_pair(az, simulator):
    az.run(create(VNET1, VNET4))
    again = check_nothing_to_do(az, simulator, create(VNET4, VNET1))
    assert again['name'] == 'TestVNet4ToTestVNet1'
    assert again['end1']['vnet']['id'].endswith('TestVNet4')


def test_what_if_prints_the_plan_that_runs(az, simulator):
    plan = az.run(create(VNET1, VNET5, '--what-if')).json
    assert plan['findings'] == [] and writes(simulator) == []
    result = az.run(create(VNET1, VNET5)).json
    assert plan['changes'] == result['changes']
    nothing = az.run(create(VNET1, VNET5, '--what-if'))
    assert nothing.json == {'changes': [], 'findings': []}
    assert 'Nothing to do: everything exists as asked for.' in nothing.stderr


def test_table_output(az):
    lines = az.run(create(VNET1, VNET5, '-o', 'table')).stdout.splitlines()
    assert [word.strip() for word in lines[0].split('  ') if word.strip()] == [
        'Name',
        'VNet 1',
        'Location 1',
        'VNet 2',
        'Location 2',
        'Status',
        'Healthy',
        'Reason',
    ]
    assert lines[2].split() == [
        'TestVNet1ToTestVNet5',
        'TestVNet1',
        'eastus',
        'TestVNet5',
        'japaneast',
        'Connected',
        'True',
    ]
    plan = az.run(create(VNET1, VNET4, '--what-if', '-o', 'table')).stdout.splitlines()
    assert plan[0].split() == ['Action', 'Name', 'Id'] and plan[2].split()[:2] == ['create', 'TestRG4']


def test_progress_goes_to_stderr_and_only_the_result_to_stdout(az):
    result = az.run(create(VNET1, VNET4))
    json.loads(result.stdout)
    assert 'Creating gateway VNet1GW (VpnGw2AZ, eastus)' in result.stderr
    assert 'Still creating gateway' in result.stderr
    assert 'Created connection TestVNet1ToTestVNet4' in result.stderr
    quiet = az.run(create(VNET1, VNET5, '--only-show-errors'))
    assert quiet.stderr == '' and quiet.json['status'] == 'Connected'


def test_names_tags_and_sku(az, simulator):
    command = create(VNET1, VNET4, '-n', 'one', '--peer-name', 'two', '--tags', 'cost=42', 'plain', '--sku', 'vpngw1az')
    pair = az.run(command).json
    assert [pair[end]['connection']['name'] for end in ('end1', 'end2')] == ['one', 'two']
    assert pair['end1']['gateway']['sku'] == 'VpnGw1AZ' and pair['end1']['gateway']['generation'] == 'Generation1'
    tagged = [record for kind in KINDS for record in records(simulator, kind)]
    assert len(tagged) == 10 and all(record['tags'] == {'cost': '42', 'plain': ''} for record in tagged)
    check_nothing_to_do(az, simulator, command)


def test_defaults_alone(az, simulator):
    az.run(['group', 'create', '-n', 'Group', '-l', 'westeurope'])
    pair = az.run(
        [
            'vnet2vnet',
            'create',
            '-g',
            'Group',
            '--vnet1',
            'A',
            '--address-prefixes1',
            '10.1.0.0/16',
            '--vnet2',
            'B',
            '--address-prefixes2',
            '10.2.0.0/16',
        ]
    ).json
    assert pair['status'] == 'Connected'
    assert pair['end1']['vnet']['gatewaySubnet'] == '10.1.255.224/27'
    assert pair['end1']['location'] == 'westeurope'
    assert set(resources(simulator, 'virtualNetworkGateways')) == {'A-gw', 'B-gw'}
    assert set(resources(simulator, 'publicIPAddresses')) == {'A-gw-ip', 'B-gw-ip'}
    assert set(resources(simulator, 'connections')) == {'AToB', 'BToA'}


def test_full_ids(az, simulator):
    az.run(create(VNET1, VNET5))
    ids = [
        VNET1.id(DEFAULTS.subscription_1, 'virtualNetworks', 'TestVNet1'),
        VNET5.id(DEFAULTS.subscription_5, 'virtualNetworks', 'TESTVNET5'),
    ]
    check_nothing_to_do(az, simulator, ['vnet2vnet', 'create', '--vnet1', ids[0], '--vnet2', ids[1]])


@pytest.mark.parametrize(
    'text, held', [('from_a_file_0123', 'from_a_file_0123'), ('with_one_newline_0123\n', 'with_one_newline_0123')]
)
@pytest.mark.parametrize('way', ['file', 'stdin'])
def test_a_key_of_ones_own(az, simulator, tmp_path, way, text, held):
    (tmp_path / 'key.txt').write_text(text, encoding='utf-8')
    option = f'@{tmp_path}/key.txt' if way == 'file' else '@-'
    az.run(create(VNET1, VNET4, '--shared-key', option), stdin=text if way == 'stdin' else None)
    assert set(keys(simulator).values()) == {held}


def test_a_generated_key_is_64_letters_and_digits(az, simulator):
    az.run(create(VNET1, VNET4))
    (key,) = set(keys(simulator).values())
    assert len(key) == 64 and key.isalnum()


def test_debug_shows_no_key(az, simulator):
    """The fixture looks for the keys in all that was written; here only that --debug did log."""
    result = az.run(create(VNET1, VNET4, '--debug'))
    assert 'connections/TestVNet1ToTestVNet4 (not logged in full)' in result.stderr
    assert 'Request headers' in result.stderr
    assert keys(simulator)


def test_halves_that_differ_are_found_and_made_equal(az, simulator, tmp_path):
    az.run(create(VNET1, VNET4))
    (tmp_path / 'other').write_text('another_key_0123', encoding='utf-8')
    az.run(
        [
            'network',
            'vpn-connection',
            'shared-key',
            'update',
            '-g',
            'TestRG4',
            '--connection-name',
            'TestVNet4ToTestVNet1',
            '--value',
            f'@{tmp_path}/other',
            '-o',
            'none',
        ]
    )
    refused = az.run(['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2)], expect=1)
    assert 'The keys of ' in refused.stderr and ' differ' in refused.stderr
    command = ['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2), '--shared-key', f'@{tmp_path}/other']
    before = len(writes(simulator))
    healed = az.run(command).json  # Nothing to ask: there is no tunnel to drop.
    assert (healed['status'], healed['healthy'], healed['reasons']) == ('Connected', True, [])
    assert writes(simulator)[before:] == [('sharedkey', 'TestVNet1ToTestVNet4')]
    assert set(keys(simulator).values()) == {'another_key_0123'}


def test_another_key_for_a_pair_that_is_connected_asks_first(az, simulator, tmp_path):
    az.run(create(VNET1, VNET4))
    (tmp_path / 'other').write_text('another_key_0123', encoding='utf-8')
    command = ['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2), '--shared-key', f'@{tmp_path}/other']
    before = len(writes(simulator))
    asked = az.run(command, expect=1)
    assert 'which drops its tunnel' in asked.stderr and '--yes' in asked.stderr
    assert writes(simulator)[before:] == []
    assert az.run([*command, '--yes']).json['status'] == 'Connected'
    assert set(keys(simulator).values()) == {'another_key_0123'}
    assert az.run(command).json['changes'] == []


def test_a_device_code_login_in_two_tenants(az, simulator):
    az.run(['logout', '--username', DEFAULTS.app_id])
    az.run(['login', '--use-device-code'])
    five = Network(5, 'TestRG5', 'japaneast', 'Subscription B')
    check_connected(az.run(create(VNET1, five)), simulator, VNET1, five)


@pytest.mark.azure(durations={'gateway-create': 10**5})
def test_ctrl_c_stops_at_once_and_the_same_command_goes_on(az, simulator, wait_for):
    running = az.start(create(VNET1, VNET4))
    wait_for(lambda: len(resources(simulator, 'virtualNetworkGateways')) == 2)
    running.process.send_signal(signal.SIGINT)
    stopped = running.wait(expect=130)
    assert (
        'Interrupted. Operations already started continue in Azure' in stopped.stderr
        and 'Traceback' not in stopped.stderr
    )
    before = len(writes(simulator))
    let_pass(simulator, 10**5)
    check_connected(az.run(create(VNET1, VNET4)), simulator, VNET1, VNET4)
    assert [kind for kind, _ in writes(simulator)[before:]] == ['connections', 'connections']


def test_time_out_says_that_azure_goes_on(az, simulator):
    result = az.run(create(VNET1, VNET4, '--timeout', '300'), expect=1)
    assert 'Operations already started continue in Azure' in result.stderr and '--timeout' in result.stderr
    check_connected(az.run(create(VNET1, VNET4)), simulator, VNET1, VNET4)
