"""A command that writes, killed at any request and started again, ends as if it had never been killed."""

import pytest

from tests.commands.azure import keys
from tests.faults.whole import CHANGES, HALF1, KEY, SPEED, check_whole, is_held

MOMENTS = ('hold-before', 'hold-after')  # Before Azure executed the request, and after: the answer is lost.
PARTS = 16
# How many polls a run sends depends a little on the machine: requests that a slower one sends are met as well.
MORE = 6

pytestmark = pytest.mark.azure(speed=SPEED)


def kill_and_run_again(az, simulator, wait_for, clean, moment, number):
    """Kill -9 az at its number-th request, run the same command again, and compare; it may have ended before that."""
    simulator.reset(clean.before)
    old = keys(simulator)
    simulator.simulator.faults = [{'match': '* *', 'nth': number, 'do': moment}]
    running = az.start(clean.command)
    wait_for(lambda: is_held(simulator) or running.process.poll() is not None)
    first = running.kill()
    assert first.exit_code in (0, -9), first
    simulator.simulator.faults = []
    again = az.run(clean.command, expect=None)
    assert again.exit_code == 0, f'after kill -9 at request {number}, {moment}:\n{first}\n{again}'
    check_whole(again, simulator, clean.state)
    check_key(simulator, clean.command, old)


def check_key(simulator, command, old):
    """The key is that of the named half, the given one, or a new one, as the command wants it."""
    key = next(iter(keys(simulator).values()))
    if command[1] == 'update':
        assert key == old[HALF1]
    elif '--shared-key' in command:
        assert key == KEY
    else:
        assert key not in old.values()


@pytest.mark.parametrize(
    'moment, share', [('hold-after', 0), ('hold-before', 0.4), ('hold-after', 0.7), ('hold-before', 1)]
)
def test_killed_at_a_request(az, simulator, wait_for, clean, moment, share):
    """Some requests, from the first to the last one of the run."""
    kill_and_run_again(az, simulator, wait_for, clean, moment, 1 + round(share * (clean.requests - 1)))


@pytest.mark.faults
@pytest.mark.parametrize('part', range(PARTS))
@pytest.mark.parametrize('moment', MOMENTS)
def test_killed_at_every_request(az, simulator, wait_for, clean, moment, part):
    """Every request of the run, before and after Azure executed it; each part takes its share of them."""
    for number in range(1 + part, clean.requests + MORE, PARTS):
        kill_and_run_again(az, simulator, wait_for, clean, moment, number)


@pytest.mark.parametrize('name', CHANGES)
@pytest.mark.parametrize('moment, share', [('hold-after', 0.5), ('hold-before', 0.65), ('hold-after', 0.8)])
def test_a_change_killed_at_a_request(az, simulator, wait_for, change, name, moment, share):
    """Some requests of the commands that change a pair."""
    clean = change(name)
    kill_and_run_again(az, simulator, wait_for, clean, moment, 1 + round(share * (clean.requests - 1)))


@pytest.mark.faults
@pytest.mark.parametrize('part', range(4))
@pytest.mark.parametrize('name', CHANGES)
@pytest.mark.parametrize('moment', MOMENTS)
def test_a_change_killed_at_every_request(az, simulator, wait_for, change, name, moment, part):
    """Every request of the commands that change a pair."""
    clean = change(name)
    for number in range(1 + part, clean.requests + MORE, 4):
        kill_and_run_again(az, simulator, wait_for, clean, moment, number)
