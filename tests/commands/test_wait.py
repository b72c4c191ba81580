"""`az vnet2vnet wait`: ends when the pair is as it should be, and fails when it will not be."""

import pytest

from tests.commands.azure import live, requests
from tests.howto import VNET1, VNET4

PAIR = '-g TestRG1 -n TestVNet1ToTestVNet4'
KEY = 'TestVNet1ToTestVNet4'


def bend_key(simulator, key):
    """Give one half another key, or its own again; the other one's key."""
    with live(simulator, 'connections', 'TestVNet4ToTestVNet1') as far, live(simulator, 'connections', KEY) as half:
        half['key'] = key or far['key']
        half['changed'] = simulator.simulator.fabric.now
        return far['key']


def looks(simulator):
    """How often the pair was looked at."""
    return sum(one.path.endswith(KEY) for one in requests(simulator))


def test_a_connected_pair_is_not_waited_for(az, simulator, join):
    join(VNET1, VNET4)
    for condition in ('', '--connected', '--custom healthy', '--custom "status==\'Connected\'"'):
        result = az.run(f'vnet2vnet wait {PAIR} {condition}')
        assert result.stdout == ''
    assert looks(simulator) == 4


def test_a_pair_is_waited_for_until_it_is_connected(az, simulator, join, wait_for):
    join(VNET1, VNET4)
    bend_key(simulator, 'Another.Key.1')
    running = az.start(f'vnet2vnet wait {PAIR} --interval 60 --timeout 1000000')
    wait_for(lambda: looks(simulator) > 1, running)
    bend_key(simulator, None)
    assert running.wait().stdout == ''


def test_a_pair_is_waited_for_until_both_halves_are_gone(az, simulator, join, wait_for):
    join(VNET1, VNET4)
    running = az.start(f'vnet2vnet wait {PAIR} --deleted --interval 60 --timeout 1000000')
    wait_for(lambda: looks(simulator) > 1, running)
    az.run(f'network vpn-connection delete {PAIR}')
    assert running.process.poll() is None, 'the other half is still there'
    az.run('network vpn-connection delete -g TestRG4 -n TestVNet4ToTestVNet1')
    assert running.wait().stdout == ''
    az.run(f'vnet2vnet wait {PAIR} --deleted')


def test_a_condition_that_does_not_come_is_an_error(az, simulator, join):
    join(VNET1, VNET4)
    late = az.run(f'vnet2vnet wait {PAIR} --custom "end1.gateway.asn==`1`" --interval 300 --timeout 3000', expect=1)
    assert '(--timeout); the pair is Connected.' in late.stderr
    assert 'az vnet2vnet verify --ids' in late.stderr and looks(simulator) > 1
    late = az.run(f'vnet2vnet wait {PAIR} --deleted --interval 300 --timeout 3000', expect=1)
    assert 'still to be deleted: ' in late.stderr and 'TestVNet4ToTestVNet1' in late.stderr


def test_what_azure_failed_at_is_not_waited_for(az, simulator, join):
    join(VNET1, VNET4)
    with live(simulator, 'connections', KEY) as half:
        half['state'] = 'Failed'
    failed = az.run(f'vnet2vnet wait {PAIR}', expect=1)
    assert 'ERROR: Azure has failed at a half of the pair.' in failed.stderr
    assert looks(simulator) == 1


@pytest.mark.parametrize(
    'options, text',
    [
        ('--custom "status=="', "--custom 'status==' is not a JMESPath query"),
        ('--connected --deleted', '--connected and --deleted cannot be combined.'),
        ('--deleted --custom x', '--deleted and --custom cannot be combined.'),
        ('--interval 0', '--interval 0 is not a positive number of seconds.'),
        ('--timeout 0', '--timeout 0 is not a positive number of seconds.'),
    ],
)
def test_options_that_mean_nothing(az, simulator, options, text):
    assert text in az.run(f'vnet2vnet wait {PAIR} {options}', expect=1).stderr
    assert requests(simulator) == []


def test_a_pair_that_is_not_there_is_an_error(az, simulator, join):
    join(VNET1, VNET4)
    assert 'does not exist' in az.run('vnet2vnet wait -g TestRG1 -n Nope', expect=3).stderr
