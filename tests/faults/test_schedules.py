"""Whatever goes wrong during a command that writes: it gets through, or says what failed, and the next run finishes."""

import re

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from tests.faults.whole import CHANGES, SPEED, check_whole

SHARD = 5  # schedules per test, so that several processes share the work

BUSY = ('AnotherOperationInProgress', 'Another operation on this or dependent resource is in progress.')
THROTTLED = ('SubscriptionRequestsThrottled', 'Number of requests for subscription exceeded the limit.')
TIMED_OUT = ('ServerTimeout', 'The request timed out.')
FAILED = ('InternalServerError', 'An error occurred.')


def refuse(status, code, message, **headers):
    """A fault: Azure does not look at the request and answers with an error."""
    return {'do': 'status', 'status': status, 'code': code, 'message': message, 'headers': headers}


FAULTS = [
    refuse(429, *THROTTLED),
    refuse(429, *THROTTLED, **{'Retry-After': '1'}),
    refuse(409, *BUSY),
    refuse(500, *FAILED),
    refuse(503, *TIMED_OUT),
    {'do': 'reset-before'},
    {'do': 'reset-after'},
    {'do': 'slow', 'seconds': SPEED / 2},
    {'do': 'expired-token'},
    {'do': 'fail-operation', 'code': FAILED[0], 'message': FAILED[1]},
]

# Any request, and those of which a run sends few: (match, how many).
PLACES = [
    ('* /subscriptions/*', 45),
    ('PUT *', 10),
    ('PUT */virtualNetworkGateways/*', 3),
    ('PUT */connections/*', 3),
    ('PUT */virtualNetworks/*', 3),
    ('PUT */publicIPAddresses/*', 3),
    ('GET */operations/*', 25),
    ('GET */connections/*', 6),
]


@st.composite
def faults(draw):
    """A fault at a request."""
    match, count = draw(st.sampled_from(PLACES))
    return {**draw(st.sampled_from(FAULTS)), 'match': match, 'nth': draw(st.integers(1, count))}


SCHEDULES = st.lists(faults(), min_size=1, max_size=5)
AGAIN = 'run the same command again'
ADVICE = {
    'virtualNetworkGateways': ['vnet-gateway', 'delete'],
    'virtualNetworks': ['vnet', 'update'],
    'publicIPAddresses': ['public-ip', 'delete'],
}
FAILED_RESOURCE = re.compile(r'(/subscriptions/\S+)(?: and failed: it)? is in state Failed')


def check_error(result):
    """The run ended with an error that names a resource, or the login's tenant, and what to do about it."""
    assert result.exit_code == 1, result
    assert 'Traceback' not in result.stderr and result.stdout == '', result
    assert re.search(
        r'^ERROR: .*(/subscriptions/\S+|The login has ended.*\n.*--tenant \S+)', result.stderr, re.MULTILINE
    ), result
    assert AGAIN in result.stderr or FAILED_RESOURCE.search(result.stderr), result


def follow_advice(az, refused):
    """Repair or delete what a refusal says is Failed, with native az."""
    check_error(refused)
    found = sorted(set(FAILED_RESOURCE.findall(refused.stderr)))
    assert found, refused
    for resource_id in found:
        az.run(['network', *ADVICE[resource_id.split('/')[-2]], '--ids', resource_id])


def in_short(result):
    """What az said, without the lines that tell each minute that it goes on."""
    return '\n'.join(line for line in result.stderr.splitlines() if not line.startswith('Still '))


def run_through(az, simulator, clean, schedule):
    """One schedule: the run gets through, or its error is whole and the next runs, without faults, get through."""
    simulator.reset(clean.before)
    simulator.simulator.faults = schedule
    result = az.run(clean.command, expect=None)
    note(in_short(result))
    simulator.simulator.faults = []
    if result.exit_code:
        check_error(result)
        result = az.run(clean.command, expect=None)
        note(in_short(result))
        if result.exit_code:
            follow_advice(az, result)
            result = az.run(clean.command)
    check_whole(result, simulator, clean.state)


def run_shard(az, simulator, clean, shard):
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
    @given(SCHEDULES)
    def check(schedule):
        run_through(az, simulator, clean, schedule)

    check()  # pylint: disable=no-value-for-parameter


@pytest.mark.azure(speed=SPEED)
@pytest.mark.parametrize('shard', range(4))
def test_schedules(az, simulator, clean, shard):
    """Twenty schedules."""
    run_shard(az, simulator, clean, shard)


@pytest.mark.faults
@pytest.mark.azure(speed=SPEED)
@pytest.mark.parametrize('shard', range(4, 44))
def test_more_schedules(az, simulator, clean, shard):
    """Two hundred more."""
    run_shard(az, simulator, clean, shard)


@pytest.mark.azure(speed=SPEED)
@pytest.mark.parametrize('name', CHANGES)
def test_schedules_of_changes(az, simulator, change, name):
    """Five schedules for each command that changes a pair."""
    run_shard(az, simulator, change(name), 0)


@pytest.mark.faults
@pytest.mark.azure(speed=SPEED)
@pytest.mark.parametrize('name', CHANGES)
@pytest.mark.parametrize('shard', range(1, 9))
def test_more_schedules_of_changes(az, simulator, change, name, shard):
    """Forty more."""
    run_shard(az, simulator, change(name), shard)
