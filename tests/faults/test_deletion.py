"""`az vnet2vnet delete` killed at any request, or disturbed by Azure: the same command, or what was said, finishes."""

import re

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from tests.commands.advice import type_by_id
from tests.faults.test_resume import MOMENTS, MORE, PARTS
from tests.faults.test_schedules import FAULTS, SHARD, in_short
from tests.faults.whole import DELETE, SPEED, differences, end_state, is_held

PLACES = [
    ('* /subscriptions/*', 45),
    ('DELETE *', 6),
    ('DELETE */virtualNetworkGateways/*', 3),
    ('DELETE */connections/*', 3),
    ('DELETE */publicIPAddresses/*', 3),
    ('GET */operations/*', 25),
    ('GET */connections/*', 6),
]
BY_FAR_HALF = re.compile(r'run az (vnet2vnet delete --ids \S+ --gateways)[;.]')
EMPTY = {'do': 'empty-delete'}

pytestmark = pytest.mark.azure(speed=SPEED)


@st.composite
def faults(draw):
    """A fault at a request."""
    match, count = draw(st.sampled_from(PLACES))
    return {**draw(st.sampled_from([*FAULTS, EMPTY])), 'match': match, 'nth': draw(st.integers(1, count))}


def go_on(az, simulator, deletion, text):
    """Run the same command again; where it finds no connection, do what `text` says. Then everything is gone."""
    again = az.run(DELETE, expect=(0, 3))
    by_far_half = BY_FAR_HALF.search(text)
    if again.exit_code and by_far_half:
        again = az.run(f'{by_far_half[1]} --yes', expect=(0, 3))
    if again.exit_code:
        assert 'without it the gateways cannot be found' in again.stderr, again
        type_by_id(az, text)
    found = list(differences(deletion.state, end_state(simulator)))
    assert found == [], f'{text}\n{again}\n{found}'


def kill_and_go_on(az, simulator, wait_for, clean, deletion, moment, number):
    """Kill -9 az at its number-th request, and go on by what it said till then; it may have ended before that."""
    simulator.reset(clean.world)
    simulator.simulator.faults = [{'match': '* *', 'nth': number, 'do': moment}]
    running = az.start(DELETE)
    wait_for(lambda: is_held(simulator) or running.process.poll() is not None)
    first = running.kill()
    assert first.exit_code in (0, -9), first
    simulator.simulator.faults = []
    go_on(az, simulator, deletion, first.stderr)


@pytest.mark.parametrize(
    'moment, share', [('hold-before', 0.2), ('hold-after', 0.4), ('hold-after', 0.6), ('hold-before', 1)]
)
def test_killed_at_a_request(az, simulator, wait_for, clean, deletion, moment, share):
    """Some requests, from the first deletion to the last request of the run."""
    kill_and_go_on(az, simulator, wait_for, clean, deletion, moment, 1 + round(share * (deletion.requests - 1)))


@pytest.mark.faults
@pytest.mark.parametrize('part', range(PARTS))
@pytest.mark.parametrize('moment', MOMENTS)
def test_killed_at_every_request(az, simulator, wait_for, clean, deletion, moment, part):
    """Every request of the run, before and after Azure executed it; each part takes its share of them."""
    for number in range(1 + part, deletion.requests + MORE, PARTS):
        kill_and_go_on(az, simulator, wait_for, clean, deletion, moment, number)


def run_through(az, simulator, clean, deletion, schedule):
    """One schedule: the run gets through, or its error is whole, and what it says, without faults, gets through."""
    simulator.reset(clean.world)
    simulator.simulator.faults = schedule
    result = az.run(DELETE, expect=(0, 1))
    note(in_short(result))
    simulator.simulator.faults = []
    if result.exit_code == 0:
        assert list(differences(deletion.state, end_state(simulator))) == [], result
        return
    assert 'Traceback' not in result.stderr and result.stdout == '', result
    assert re.search(r'^ERROR: .*(/subscriptions/\S+|The login has ended)', result.stderr, re.MULTILINE), result
    go_on(az, simulator, deletion, result.stderr)


def run_shard(az, simulator, clean, deletion, shard):
    """Draw and run the schedules of a shard; the same ones each time. A failure is told with its schedule."""

    @seed(shard)
    @settings(
        max_examples=SHARD,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(faults(), min_size=1, max_size=5))
    def check(schedule):
        run_through(az, simulator, clean, deletion, schedule)

    check()  # pylint: disable=no-value-for-parameter


@pytest.mark.parametrize('shard', range(2))
def test_schedules(az, simulator, clean, deletion, shard):
    """Ten schedules."""
    run_shard(az, simulator, clean, deletion, shard)


@pytest.mark.faults
@pytest.mark.parametrize('shard', range(2, 14))
def test_more_schedules(az, simulator, clean, deletion, shard):
    """Sixty more."""
    run_shard(az, simulator, clean, deletion, shard)
