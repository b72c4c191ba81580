"""`az vnet2vnet delete`: both connections, the gateways and their public IPs if asked, in the right order."""

import signal

import pytest

from tests.armsim import DEFAULTS
from tests.commands.advice import type_by_id
from tests.commands.azure import live, records, requests, resources, writes
from tests.commands.terminal import CTRL_C, answer
from tests.howto import VNET1, VNET4, VNET5, VNET5B

KINDS = ('connections', 'virtualNetworkGateways', 'publicIPAddresses')
NEAR = '-g TestRG1 -n TestVNet1ToTestVNet5'


def resource_ids(far, subscription):
    """All that `delete --gateways` deletes of TestVNet1 and another network, in the order of the plan."""
    near = DEFAULTS.subscription_1
    return [
        far.id(subscription, 'connections', f'{far.vnet}ToTestVNet1'),
        VNET1.id(near, 'connections', f'TestVNet1To{far.vnet}'),
        VNET1.id(near, 'virtualNetworkGateways', 'VNet1GW'),
        VNET1.id(near, 'publicIPAddresses', 'VNet1GWIP'),
        far.id(subscription, 'virtualNetworkGateways', far.gateway),
        far.id(subscription, 'publicIPAddresses', far.public_ip),
    ]


def left(simulator):
    """The names of what is left of connections, gateways and public IPs."""
    return [name for kind in KINDS for name in sorted(resources(simulator, kind))]


def changes(result):
    assert {change['action'] for change in result.json['changes']} <= {'delete'}
    return [change['id'] for change in result.json['changes']]


@pytest.mark.parametrize(
    'far, subscription',
    [(VNET4, DEFAULTS.subscription_1), (VNET5, DEFAULTS.subscription_5), (VNET5B, DEFAULTS.subscription_b)],
)
def test_both_connections_are_deleted_from_either_half(az, simulator, join, far, subscription):
    join(VNET1, far)
    halves = resource_ids(far, subscription)[:2]
    before = records(simulator, 'virtualNetworkGateways')
    result = az.run(['vnet2vnet', 'delete', '--ids', halves[0], '--yes'])
    assert (result.json['name'], changes(result)) == (f'{far.vnet}ToTestVNet1', halves[::-1])
    assert writes(simulator) == [('connections', f'TestVNet1To{far.vnet}'), ('connections', f'{far.vnet}ToTestVNet1')]
    assert resources(simulator, 'connections') == {} and records(simulator, 'virtualNetworkGateways') == before
    assert 'Deleting connection TestVNet1To' in result.stderr and 'Deleted connection TestVNet1To' in result.stderr
    assert 'gateway' not in result.stderr
    assert az.run('vnet2vnet list --all-subscriptions').json == []
    assert 'does not exist.' in az.run(['vnet2vnet', 'show', '--ids', halves[0]], expect=3).stderr
    again = az.run(['vnet2vnet', 'delete', '--ids', halves[0], '--yes'])
    assert (changes(again), len(writes(simulator))) == ([], 2)
    assert f'WARNING: Connection {halves[0]} does not exist, and nothing was written.' in again.stderr


def test_the_gateways_too(az, simulator, join):
    join(VNET1, VNET5B)
    stays = [records(simulator, kind) for kind in ('virtualNetworks', 'subnets', 'resourceGroups')]
    expected = resource_ids(VNET5B, DEFAULTS.subscription_b)
    preview = az.run(f'vnet2vnet delete {NEAR} --gateways --what-if')
    assert (changes(preview), preview.json['findings'], writes(simulator)) == (expected, [], [])
    result = az.run(f'vnet2vnet delete {NEAR} --gateways --yes')
    assert changes(result) == expected
    assert left(simulator) == []
    assert stays == [records(simulator, kind) for kind in ('virtualNetworks', 'subnets', 'resourceGroups')]
    check_order(simulator, expected)
    assert az.run('vnet2vnet list --all-subscriptions').json == []
    again = az.run(f'vnet2vnet delete {NEAR} --gateways --yes', expect=3)
    assert f'{expected[1]} does not exist, and nothing was written: without it the gateways cannot' in again.stderr
    assert (
        f'az network vnet-gateway list --subscription {DEFAULTS.subscription_1} --resource-group TestRG1 --output table'
    ) in again.stderr and again.stdout == ''


def check_order(simulator, ids):
    """Nothing was deleted before what uses it was gone, and neither end waited for the other one's gateway."""
    far_half, half, gateway, public_ip, far_gateway, far_public_ip = map(str.lower, ids)
    with simulator.lock:
        journal = list(simulator.simulator.journal)
    deleted = {entry['path'].lower(): at for at, entry in enumerate(journal) if entry.get('method') == 'DELETE'}
    gone = {entry['resource'].lower(): at for at, entry in enumerate(journal) if 'mark' in entry}
    assert sorted(deleted) == sorted(gone) == sorted(map(str.lower, ids))
    assert deleted[far_half] < deleted[half] < min(gone[half], gone[far_half])
    assert max(gone[half], gone[far_half]) < min(deleted[gateway], deleted[far_gateway])
    assert max(deleted[gateway], deleted[far_gateway]) < min(gone[gateway], gone[far_gateway])
    assert gone[gateway] < deleted[public_ip] and gone[far_gateway] < deleted[far_public_ip]


def test_one_group_active_active_and_connections_of_native_az(az, simulator, wait_for):
    simulator.reset()
    az.run(
        'vnet2vnet create -g All --vnet1 A --vnet2 B --location1 eastus --location2 eastus --active-active '
        '--address-prefixes1 10.1.0.0/16 --address-prefixes2 10.2.0.0/16'
    )
    az.run('vnet2vnet delete -g All -n AToB --yes')
    gateways = {name: record['id'] for name, record in resources(simulator, 'virtualNetworkGateways').items()}
    native = [
        az.start(
            [
                'network',
                'vpn-connection',
                'create',
                '-g',
                'All',
                '-n',
                name,
                '-l',
                'eastus',
                '--shared-key',
                'Native.Key.1',
                '--vnet-gateway1',
                gateways[near],
                '--vnet-gateway2',
                gateways[far],
            ]
        )
        for name, near, far in (('x', 'A-gw', 'B-gw'), ('y', 'B-gw', 'A-gw'))
    ]
    wait_for(lambda: [one['state'] for one in records(simulator, 'connections')] == ['Succeeded'] * 2)
    for running in native:
        running.kill()  # It would look again after 30 real seconds.
    assert len(left(simulator)) == 8
    result = az.run('vnet2vnet delete -g all -n Y --gateways --yes -o table')
    assert left(simulator) == []
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0] == ['Action', 'Name', 'Id'] and [line[:2] for line in lines[2:]] == [
        ['delete', name] for name in ('x', 'y', 'B-gw', 'B-gw-ip', 'B-gw-ip2', 'A-gw', 'A-gw-ip', 'A-gw-ip2')
    ]


def test_what_is_gone_already_is_left_out(az, simulator, join):
    join(VNET1, VNET4)
    az.run('network vpn-connection delete -g TestRG4 -n TestVNet4ToTestVNet1')
    with simulator.lock:
        state = simulator.simulator.state()
    expected = resource_ids(VNET4, DEFAULTS.subscription_1)
    assert changes(az.run('vnet2vnet delete -g TestRG1 -n TestVNet1ToTestVNet4 --gateways --yes')) == expected[1:]
    assert left(simulator) == []
    simulator.reset(state)
    with live(simulator, 'virtualNetworkGateways', 'VNet4GW') as gateway:
        simulator.simulator.fabric.remove(gateway['id'])
    assert changes(az.run('vnet2vnet delete -g TestRG1 -n TestVNet1ToTestVNet4 --gateways --yes')) == expected[1:4]
    assert left(simulator) == ['VNet4GWIP']


def test_a_half_that_is_left_over(az, simulator, join):
    join(VNET1, VNET4)
    az.run('network vpn-connection delete -g TestRG1 -n TestVNet1ToTestVNet4')
    gone = az.run('vnet2vnet delete -g TestRG1 -n TestVNet1ToTestVNet4 --yes')
    assert 'other half of its pair still exists, az vnet2vnet list --all-subscriptions shows it as' in gone.stderr
    [pair] = az.run('vnet2vnet list --all-subscriptions').json
    assert (pair['name'], pair['status']) == ('TestVNet4ToTestVNet1', 'Half')
    result = az.run(['vnet2vnet', 'delete', '--ids', pair['end1']['connection']['id'], '--yes'])
    assert changes(result) == [pair['end1']['connection']['id']] and resources(simulator, 'connections') == {}


def test_the_question(az, simulator, join):
    join(VNET1, VNET5)
    command = f'vnet2vnet delete {NEAR} --gateways'
    asked = az.run(command, expect=1)
    expected = resource_ids(VNET5, DEFAULTS.subscription_5)
    assert all(f'{identifier} is deleted.' in asked.stderr for identifier in expected)
    assert (
        'This requires a confirmation, and there is no terminal to ask at.\nAdd --yes to go on without a question.'
        in asked.stderr
    )
    nouns = ['Connection', 'Connection', 'Gateway', 'Public IP', 'Gateway', 'Public IP']
    question = [f'{noun} {identifier} is deleted.' for noun, identifier in zip(nouns, expected)] + ['Go on? (y/N): ']
    for text, code, end in (
        ('n\n', 1, 'ERROR: Operation cancelled; nothing was written.'),
        (CTRL_C, 130, 'Interrupted before anything was written.'),
    ):
        exit_code, screen = answer(az, command.split(), text)
        assert '\n'.join(question) in screen and exit_code == code and screen.strip().endswith(end), screen
    assert writes(simulator) == []
    exit_code, screen = answer(az, command.split(), 'y\n')
    assert exit_code == 0 and left(simulator) == [] and 'public IP VNet5GWIP' in screen, screen


def test_ctrl_c_says_what_to_type(az, simulator, join, wait_for):
    join(VNET1, VNET5)
    running = az.start(f'vnet2vnet delete {NEAR} --gateways --yes')
    wait_for(lambda: ('virtualNetworkGateways', 'VNet5GW') in writes(simulator), running)
    running.process.send_signal(signal.SIGINT)
    stopped = running.wait(expect=130)
    last = stopped.stderr.splitlines()[-1]
    far_half, *_ = resource_ids(VNET5, DEFAULTS.subscription_5)
    assert last.startswith(
        'Interrupted. Operations already started continue in Azure; run the same command again: it goes on '
        'where this run ended. Where that finds no connection any more, run az vnet2vnet delete '
        f'--ids {far_half} --gateways; where that finds none either, run az network vnet-gateway'
    )
    assert 'Traceback' not in stopped.stderr and stopped.stdout == ''
    for command in (f'vnet2vnet delete {NEAR} --gateways', f'vnet2vnet delete --ids {far_half} --gateways'):
        assert 'does not exist' in az.run(command, expect=3).stderr
    type_by_id(az, last)
    assert left(simulator) == []


def test_when_the_time_is_over(az, simulator, join):
    join(VNET1, VNET4)
    simulator.simulator.faults = [{'match': 'GET */operations/*', 'every': True, 'do': 'hold-before'}]
    late = az.run('vnet2vnet delete -g TestRG1 -n TestVNet1ToTestVNet4 --gateways --timeout 10000 --yes', expect=1)
    assert '(--timeout). Operations already started continue in Azure; nothing was rolled back' in late.stderr
    assert 'Still going on in Azure: connection TestVNet4ToTestVNet1' in late.stderr
    assert left(simulator) == ['VNet1GW', 'VNet4GW', 'VNet1GWIP', 'VNet4GWIP']
    simulator.simulator.faults = []
    type_by_id(az, late.stderr)
    assert left(simulator) == []


def test_several_ids_and_ids_of_other_things(az, simulator, join):
    join(VNET1, VNET4)
    ids = resource_ids(VNET4, DEFAULTS.subscription_1)
    for command in ('delete', 'reset'):
        two = az.run(['vnet2vnet', command, '--yes', '--ids', *ids[:2]], expect=1)
        assert 'ERROR: This command takes one pair, but --ids names 2.' in two.stderr
        for wrong in (ids[2], f'{ids[1]}/sharedkey/default'):
            other = az.run(['vnet2vnet', command, '--yes', '--ids', wrong], expect=1)
            assert f"ERROR: '{wrong}' is not the ID of a connection." in other.stderr
        empty = az.run(['vnet2vnet', command, '--yes', '-g', '', '-n', 'TestVNet1ToTestVNet4'], expect=1)
        assert 'ERROR: --resource-group is empty.' in empty.stderr
    assert requests(simulator) == []
