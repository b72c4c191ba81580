"""`az vnet2vnet reset`: both connections or the gateways, until the pair is connected again."""

import signal

import pytest

from tests.armsim import DEFAULTS
from tests.commands.azure import live, requests, resources, writes
from tests.commands.terminal import answer
from tests.commands.test_delete_refusals import grant, lock, refused
from tests.howto import VNET1, VNET4, VNET5, VNET5B

NEAR = 'vnet2vnet reset -g TestRG1 -n TestVNet1ToTestVNet5'
HALF = VNET1.id(DEFAULTS.subscription_1, 'connections', 'TestVNet1ToTestVNet5')
GATEWAY = VNET1.id(DEFAULTS.subscription_1, 'virtualNetworkGateways', 'VNet1GW')
FAR_GROUP = f'/subscriptions/{DEFAULTS.subscription_5}/resourceGroups/TestRG5'
FAILS = {'do': 'fail-operation', 'code': 'InternalServerError', 'message': 'An error occurred.'}


def check_reset(result, *expected):
    """The pair is connected again, and these resources were reset."""
    pair = result.json
    assert (pair['status'], pair['healthy'], pair['reasons']) == ('Connected', True, [])
    assert [(change['action'], change['id']) for change in pair['changes']] == [('reset', one) for one in expected]


@pytest.mark.parametrize('far, subscription', [(VNET5, DEFAULTS.subscription_5), (VNET5B, DEFAULTS.subscription_b)])
def test_both_connections_from_either_half(az, simulator, join, far, subscription):
    join(VNET1, far)
    far_half = far.id(subscription, 'connections', 'TestVNet5ToTestVNet1')
    result = az.run(['vnet2vnet', 'reset', '--ids', far_half, '--yes'])
    check_reset(result, far_half, HALF)
    assert sorted(writes(simulator)) == [
        ('TestVNet1ToTestVNet5', 'resetconnection'),
        ('TestVNet5ToTestVNet1', 'resetconnection'),
    ]
    assert [line for line in result.stderr.splitlines() if line.startswith('Resetting')] == [
        'Resetting connection TestVNet5ToTestVNet1',
        'Resetting connection TestVNet1ToTestVNet5',
    ]
    assert 'Reset connection TestVNet1ToTestVNet5 after ' in result.stderr


@pytest.mark.azure(connection_reset_location_only=True, far_gateway_locked=True)
def test_an_operation_with_a_location_alone_is_followed(az, simulator, join):
    join(VNET1, VNET5)
    assert az.run(f'{NEAR} --yes').json['status'] == 'Connected'
    polled = {one.path.split('/')[-2] for one in requests(simulator) if '/operation' in one.path}
    assert polled == {'operationResults'}


def test_gateways(az, simulator, join):
    join(VNET1, VNET5)
    far_gateway = f'{FAR_GROUP}/providers/Microsoft.Network/virtualNetworkGateways/VNet5GW'
    with live(simulator, 'virtualNetworkGateways', 'VNet5GW') as gateway:
        gateway['state'] = 'Failed'
    check_reset(az.run(f'{NEAR} --gateway2 --yes'), far_gateway)
    assert writes(simulator) == [('VNet5GW', 'reset')]
    result = az.run(f'{NEAR} --gateway1 --gateway2 --yes -o table')
    assert sorted(writes(simulator)[1:]) == [('VNet1GW', 'reset'), ('VNet5GW', 'reset')]
    assert result.stdout.splitlines()[2].split() == [
        'TestVNet1ToTestVNet5',
        'TestVNet1',
        'eastus',
        'TestVNet5',
        'japaneast',
        'Connected',
        'True',
    ]


def test_the_question_and_the_preview(az, simulator, join):
    join(VNET1, VNET5)
    with live(simulator, 'connections', 'TestVNet1ToTestVNet5') as half:
        other = {
            **half,
            'id': half['id'].replace('To', 'Also'),
            'name': 'TestVNet1AlsoTestVNet5',
            'gateway2': half['gateway2'].replace('VNet5GW', 'Other'),
        }
        simulator.simulator.fabric.world.resources[other['id'].lower()] = other
        simulator.simulator.fabric.index(other)
    what = 'is reset, which drops its tunnel for a moment'
    asked = az.run(NEAR, expect=1)
    assert f'ERROR: Connection {HALF} {what}. Connection ' in asked.stderr
    assert f'TestVNet5ToTestVNet1 {what}.' in asked.stderr
    assert 'there is no terminal to ask at.\nAdd --yes to go on without a question.' in asked.stderr
    told = (
        f'Gateway {GATEWAY} is reset, which takes about a quarter of an hour and can drop all its tunnels '
        'meanwhile, those of TestVNet1AlsoTestVNet5 too'
    )
    preview = az.run(f'{NEAR} --gateway1 --what-if').json
    [change] = preview['changes']
    assert (change['action'], change['id'], change['disturbance'], preview['findings']) == ('reset', GATEWAY, told, [])
    exit_code, screen = answer(az, f'{NEAR} --gateway1'.split(), 'n\n')
    assert exit_code == 1 and f'{told}.\nGo on? (y/N): n' in screen and 'nothing was written' in screen
    assert writes(simulator) == []


def test_a_pair_that_does_not_come_back_is_told_so(az, simulator, join):
    join(VNET1, VNET5)
    with live(simulator, 'connections', 'TestVNet1ToTestVNet5') as half:
        half['key'] = 'Another.Key.1'
    result = az.run(f'{NEAR} --yes')
    assert (result.json['status'], result.json['healthy']) == ('NotConnected', False)
    assert 'key-mismatch' in [reason['code'] for reason in result.json['reasons']]
    assert 'after 5 minutes its halves do not both report Connected' in result.stderr
    assert f'az vnet2vnet verify --ids {HALF}' in result.stderr


def test_what_is_refused(az, simulator, join):
    join(VNET1, VNET5)
    action = 'Microsoft.Network/connections/resetConnection/action'
    grant(simulator, ('/', ['*'], [action]), (f'/subscriptions/{DEFAULTS.subscription_1}', ['*'], []))
    refused(
        az,
        simulator,
        NEAR,
        'may not do Microsoft.Network/connections/resetconnection/action on '
        f'{FAR_GROUP}/providers/Microsoft.Network/connections/TestVNet5ToTestVNet1.',
    )
    grant(simulator, ('/', ['*'], []))
    lock(simulator, FAR_GROUP, 'CanNotDelete')
    assert az.run(f'{NEAR} --yes').json['status'] == 'Connected'
    identifier = lock(simulator, FAR_GROUP, 'ReadOnly')
    refused(az, simulator, f'{NEAR} --gateway2', f'Lock {identifier} makes {FAR_GROUP} read-only.')
    grant(simulator, (f'/subscriptions/{DEFAULTS.subscription_1}', ['*'], []))
    refused(az, simulator, f'{NEAR} --gateway1', f'The other half beside {HALF} cannot be seen: this login may not ')
    grant(simulator, ('/', ['*'], []))
    simulator.simulator.world.locks.clear()
    az.run('network vpn-connection delete -g TestRG5 -n TestVNet5ToTestVNet1 --subscription "Subscription 5"')
    refused(az, simulator, NEAR, f'A half of the pair does not exist beside {HALF}.', 'Run az vnet2vnet create ')
    refused(az, simulator, 'vnet2vnet reset -g TestRG1 -n Nope', 'connections/Nope does not exist.', expect=3)


def test_what_passes_is_waited_out(az, simulator, join):
    join(VNET1, VNET4)
    command = 'vnet2vnet reset -g TestRG1 -n TestVNet1ToTestVNet4 --yes'
    az.run('network vnet-gateway update -g TestRG1 -n VNet1GW --tags a=b --no-wait')
    simulator.simulator.faults = [
        {'match': 'POST *', 'do': 'status', 'status': 429, 'code': 'SubscriptionRequestsThrottled', 'message': 'Wait.'},
        {'match': 'POST *', 'do': 'status', 'status': 409, 'code': 'AnotherOperationInProgress', 'message': 'Wait.'},
        {'match': 'POST *', 'do': 'reset-after'},
        {'match': 'POST *', 'do': 'expired-token'},
        {'match': 'GET */operations/*', 'do': 'status', 'status': 500},
    ]
    assert az.run(f'{command} --gateway1 --gateway2').json['status'] == 'Connected'
    assert [fault.seen > 0 for fault in simulator.simulator.faults] == [True] * 5
    states = {record['state'] for record in resources(simulator, 'virtualNetworkGateways').values()}
    assert states == {'Succeeded'}


def test_what_azure_fails_at_is_told(az, simulator, join):
    join(VNET1, VNET5)
    simulator.simulator.faults = [{'match': 'POST */VNet1GW/reset', **FAILS}]
    failed = az.run(f'{NEAR} --gateway1 --gateway2 --yes', expect=1)
    assert f'ERROR: Azure began to work on {GATEWAY} and failed: InternalServerError: An error ' in failed.stderr
    assert 'run the same command again' in failed.stderr and 'delete' not in failed.stderr and failed.stdout == ''
    assert 'Failed: gateway VNet1GW' in failed.stderr and 'Reset gateway VNet5GW after ' in failed.stderr
    check_reset(az.run(f'{NEAR} --gateway1 --yes'), GATEWAY)
    simulator.simulator.faults = [
        {
            'match': 'POST */TestVNet1ToTestVNet5/*',
            'do': 'status',
            'status': 403,
            'every': True,
            'code': 'AuthorizationFailed',
            'message': 'No.',
        }
    ]
    failed = az.run(f'{NEAR} --yes', expect=1)
    assert f'ERROR: reset of {HALF} could not be carried out: AuthorizationFailed: No.' in failed.stderr


def test_ctrl_c_and_the_time(az, simulator, join, wait_for):
    join(VNET1, VNET5)
    running = az.start(f'{NEAR} --gateway1 --yes')
    wait_for(lambda: writes(simulator), running)
    running.process.send_signal(signal.SIGINT)
    stopped = running.wait(expect=130)
    wait = f'az vnet2vnet wait --ids {HALF}'
    assert stopped.stdout == '' and stopped.stderr.splitlines()[-1] == (
        f'Interrupted. Operations already started continue in Azure; {wait} waits until the pair is connected again.'
    )
    az.run(wait.removeprefix('az '))
    assert writes(simulator) == [('VNet1GW', 'reset')]
    simulator.simulator.faults = [{'match': 'GET */operations/*', 'every': True, 'do': 'hold-before'}]
    late = az.run(f'{NEAR} --yes --timeout 10000', expect=1)
    assert '(--timeout). Operations already started continue in Azure; nothing was rolled back' in late.stderr
    assert 'Still going on in Azure: connection TestVNet1ToTestVNet5' in late.stderr
