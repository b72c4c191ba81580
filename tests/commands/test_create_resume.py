"""`az vnet2vnet create` killed anywhere and started again ends in the same state."""

import pytest

from tests.armsim import DEFAULTS
from tests.commands.azure import keys, resources, writes
from tests.howto import VNET1, VNET5, create

COMMAND = create(VNET1, VNET5)
KINDS = ('resourceGroups', 'virtualNetworks', 'publicIPAddresses', 'virtualNetworkGateways', 'connections')

# The request that the first run is killed at: before Azure executed it, or after, with the answer still under way.
MOMENTS = [
    ('hold-before', 'PUT */resourcegroups/*', 1),
    ('hold-after', 'PUT */virtualNetworks/*', 1),
    ('hold-before', 'PUT */publicIPAddresses/*', 2),
    ('hold-after', 'PUT */publicIPAddresses/*', 2),
    ('hold-before', 'PUT */virtualNetworkGateways/*', 1),
    ('hold-after', 'PUT */virtualNetworkGateways/*', 2),
    ('hold-after', 'GET */operations/*', 6),
    ('hold-before', 'PUT */connections/*', 1),
    ('hold-after', 'PUT */connections/*', 1),
    ('hold-before', 'PUT */connections/*', 2),
    ('hold-after', 'PUT */connections/*', 2),
]


def check_whole(simulator):
    """Both ends are there once, and the halves hold one key."""
    assert {kind: len(resources(simulator, kind)) for kind in KINDS} == dict.fromkeys(KINDS, 2)
    assert set(resources(simulator, 'connections')) == {'TestVNet1ToTestVNet5', 'TestVNet5ToTestVNet1'}
    assert len(set(keys(simulator).values())) == 1


@pytest.mark.parametrize('fault, match, nth', MOMENTS)
def test_killed_and_run_again(az, simulator, wait_for, fault, match, nth):
    simulator.simulator.faults = [{'match': match, 'nth': nth, 'do': fault}]
    running = az.start(COMMAND)
    wait_for(lambda: any(entry.get('held') for entry in simulator.simulator.journal), running)
    running.kill()
    simulator.simulator.faults = []
    result = az.run(COMMAND)
    assert result.json['status'] == 'Connected' and result.json['healthy']
    check_whole(simulator)
    before = len(writes(simulator))
    assert az.run(COMMAND).json['changes'] == []
    assert writes(simulator)[before:] == []


@pytest.mark.parametrize('kind', ['virtualNetworks', 'virtualNetworkGateways', 'connections'])
def test_a_lost_answer_is_sent_again_within_the_run(az, simulator, kind):
    simulator.simulator.faults = [{'match': f'PUT */{kind}/*', 'nth': 1, 'do': 'reset-after'}]
    assert az.run(COMMAND).json['status'] == 'Connected'
    check_whole(simulator)


def test_busy_and_broken_answers_are_waited_out(az, simulator):
    simulator.simulator.faults = [
        {
            'match': 'PUT */virtualNetworkGateways/*',
            'nth': 1,
            'do': 'status',
            'status': 429,
            'code': 'SubscriptionRequestsThrottled',
            'message': "Please try again after '1' seconds.",
        },
        {
            'match': 'GET */virtualNetworks/*',
            'nth': 1,
            'do': 'status',
            'status': 503,
            'code': 'ServerTimeout',
            'message': 'The request timed out.',
        },
        {
            'match': 'PUT */connections/*',
            'nth': 1,
            'do': 'status',
            'status': 409,
            'code': 'AnotherOperationInProgress',
            'message': 'Another operation on this or dependent resource is in progress.',
        },
    ]
    assert az.run(COMMAND).json['status'] == 'Connected'
    check_whole(simulator)


@pytest.mark.parametrize('kind', ['virtualNetworkGateways', 'connections'])
def test_what_azure_fails_at_once_is_written_again(az, simulator, kind):
    simulator.simulator.faults = [
        {
            'match': f'PUT */{kind}/*',
            'nth': 1,
            'do': 'fail-operation',
            'code': 'InternalServerError',
            'message': 'An error occurred.',
        }
    ]
    assert az.run(COMMAND).json['status'] == 'Connected'
    check_whole(simulator)
    assert [kind_ for kind_, _ in writes(simulator)].count(kind) == 3


def test_a_failed_gateway_is_told_and_the_other_end_is_finished(az, simulator):
    simulator.simulator.faults = [
        {
            'match': 'PUT */TestRG1/*/virtualNetworkGateways/*',
            'every': True,
            'do': 'fail-operation',
            'code': 'InternalServerError',
            'message': 'An error occurred.',
        }
    ]
    result = az.run(
        [*COMMAND, '--timeout', '1000000'], expect=1
    )  # Azure's time also passes while this machine is busy.
    gateway = VNET1.id(DEFAULTS.subscription_1, 'virtualNetworkGateways', 'VNet1GW')
    assert f'Azure began to work on {gateway} and failed: InternalServerError: An error occurred.' in result.stderr
    assert 'run the same command again' in result.stderr and 'Traceback' not in result.stderr
    states = {name: record['state'] for name, record in resources(simulator, 'virtualNetworkGateways').items()}
    assert states == {'VNet1GW': 'Failed', 'VNet5GW': 'Succeeded'}
    assert resources(simulator, 'connections') == {}
    refused = az.run(COMMAND, expect=1)
    assert f'Gateway {gateway} is in state Failed.' in refused.stderr


def test_a_failed_connection_is_written_again_by_the_same_command(az, simulator):
    simulator.simulator.faults = [
        {
            'match': 'PUT */connections/*',
            'every': True,
            'do': 'fail-operation',
            'code': 'InternalServerError',
            'message': 'An error occurred.',
        }
    ]
    assert 'TestVNet' in az.run(COMMAND, expect=1).stderr
    simulator.simulator.faults = []
    assert az.run(COMMAND).json['status'] == 'Connected'
    check_whole(simulator)


def test_a_refused_write_names_the_resource_and_the_reason(az, simulator):
    simulator.simulator.faults = [
        {
            'match': 'PUT */publicIPAddresses/*',
            'every': True,
            'do': 'status',
            'status': 403,
            'code': 'RequestDisallowedByPolicy',
            'message': 'Resource was disallowed.',
        }
    ]
    result = az.run(COMMAND, expect=1)
    for network, subscription in ((VNET1, DEFAULTS.subscription_1), (VNET5, DEFAULTS.subscription_5)):
        assert network.id(subscription, 'publicIPAddresses', network.public_ip) in result.stderr
    assert 'RequestDisallowedByPolicy: Resource was disallowed.' in result.stderr
    assert 'A policy of the organisation forbids this' in result.stderr
    assert resources(simulator, 'virtualNetworkGateways') == {}
