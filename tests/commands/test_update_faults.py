"""`az vnet2vnet update` where Azure is busy, slow, broken, or says strange things: it gets through, or says why not."""

import pytest

from tests.armsim import DEFAULTS
from tests.commands.azure import keys, let_pass, live, requests, resources, writes
from tests.howto import POLICY, POLICY_BODY, VNET1, VNET4, VNET5B

THERE, BACK = 'TestVNet1ToTestVNet4', 'TestVNet4ToTestVNet1'
UPDATE = ['vnet2vnet', 'update', '-g', 'TestRG1', '-n', THERE, *POLICY, '--yes']
LONG = 100000  # Azure seconds: until the test lets them pass.
HALF1 = VNET1.id(DEFAULTS.subscription_1, 'connections', THERE)
PUT = 'PUT */connections/*'
BUSY = {
    'code': 'AnotherOperationInProgress',
    'message': 'Another operation on this or dependent resource is in progress.',
}
NOT_READY = {'code': 'RetryableError', 'message': 'A retryable error occurred.'}
BROKEN = {'code': 'InternalServerError', 'message': 'An error occurred.'}

FAULTS = {
    'busy': [{'match': PUT, 'nth': nth, 'do': 'status', 'status': 409, **BUSY} for nth in (1, 2, 3)],
    'a gateway that is not ready': [
        {'match': PUT, 'nth': 1, 'do': 'status', 'status': 429, **NOT_READY, 'headers': {'Retry-After': '1'}}
    ],
    'throttled reads': [{'match': 'GET *', 'nth': nth, 'do': 'status', 'status': 429} for nth in (1, 5, 9, 20)],
    '5xx': [
        *({'match': 'GET *', 'nth': nth, 'do': 'status', 'status': 503} for nth in (2, 7, 12)),
        *({'match': PUT, 'nth': nth, 'do': 'status', 'status': 500} for nth in (1, 2, 3)),
    ],
    'lost requests': [
        {'match': PUT, 'nth': 1, 'do': 'reset-before'},
        {'match': 'GET *', 'nth': 3, 'do': 'reset-before'},
    ],
    'lost answers': [{'match': PUT, 'nth': nth, 'do': 'reset-after'} for nth in (1, 2)],
    'a token that expires': [
        {'match': PUT, 'nth': 1, 'do': 'expired-token'},
        {'match': 'GET */connections/*', 'nth': 6, 'do': 'expired-token'},
    ],
    'a page of a front end': [{'match': 'GET */connections/*', 'nth': nth, 'do': 'html-404'} for nth in (1, 4)],
    'writes that fail once': [{'match': PUT, 'nth': nth, 'do': 'fail-operation', **BROKEN} for nth in (1, 2)],
    'operations without end': [{'match': PUT, 'every': True, 'do': 'endless-operation'}],
}


def check_updated(az, served, result):
    """Both halves have the policy and their old key, the pair is Connected, and the same command has nothing to do."""
    assert (result.json['status'], result.json['healthy']) == ('Connected', True)
    assert [half['properties']['ipsecPolicies'] for half in resources(served, 'connections').values()] == [
        [POLICY_BODY]
    ] * 2
    served.simulator.faults = []
    before = len(writes(served))
    assert az.run(UPDATE).json['changes'] == [] and writes(served)[before:] == []


@pytest.mark.parametrize('name', FAULTS)
def test_it_gets_through(az, simulator, join, name):
    join(VNET1, VNET4)
    kept = keys(simulator)
    simulator.simulator.faults = FAULTS[name]
    result = az.run(UPDATE)
    hit = [entry.fault for entry in requests(simulator) if entry.fault]
    assert len(hit) >= min(len(FAULTS[name]), 2)
    check_updated(az, simulator, result)
    assert keys(simulator) == kept


@pytest.mark.azure(operation_404_on_unchanged_put=True, durations={'connection-update': 0.0})
def test_an_operation_that_nobody_knows(az, simulator, join):
    """A lost answer is asked for again when the write is done: that changes nothing, and its operation answers 404."""
    join(VNET1, VNET4)
    simulator.simulator.faults = [{'match': PUT, 'nth': nth, 'do': 'reset-after'} for nth in (1, 2)]
    result = az.run(UPDATE)
    assert 404 in {entry.status for entry in requests(simulator) if '/operations/' in entry.path}
    check_updated(az, simulator, result)


@pytest.mark.azure(
    encrypted_key_while_updating=True,
    key_in_connection_bodies=True,
    connection_put_sets_key=True,
    durations={'connection-update': LONG},
)
def test_the_key_that_a_write_carries_is_the_present_one(az, simulator, join, wait_for):
    """While Azure works on a connection its body has something else in place of the key."""
    join(VNET1, VNET4)
    kept = keys(simulator)
    start_and_kill(az, simulator, wait_for)
    again = az.start([*UPDATE, '--dpd-timeout', '60'])
    wait_for(lambda: f'Updating connection {BACK}' in again.err.read_text('utf-8'), again)
    let_pass(simulator, LONG)
    wait_for(lambda: len(writes(simulator)) == 4, again)
    let_pass(simulator, LONG)
    check_updated(az, simulator, again.wait())
    assert len(writes(simulator)) == 4 and keys(simulator) == kept


@pytest.mark.azure(far_gateway_locked=True, durations={'connection-update': LONG})
def test_halves_that_lock_each_other(az, simulator, join, wait_for):
    halves_in_turn(az, simulator, join, wait_for, 409)


@pytest.mark.azure(
    far_gateway_locked=True, colliding_connections_answer_429=True, durations={'connection-update': LONG}
)
def test_halves_that_lock_each_other_and_say_so_as_429(az, simulator, join, wait_for):
    halves_in_turn(az, simulator, join, wait_for, 429)


def halves_in_turn(az, simulator, join, wait_for, refusal):
    """The half that comes second is refused until the first one is written, and written then."""
    join(VNET1, VNET4)
    running = az.start(UPDATE)
    wait_for(lambda: set(put_statuses(simulator)) == {200, refusal}, running)
    let_pass(simulator, LONG)
    wait_for(lambda: put_statuses(simulator).count(200) == 2, running)
    let_pass(simulator, LONG)
    check_updated(az, simulator, running.wait())


def put_statuses(served):
    """What Azure answered to each PUT."""
    return [entry.status for entry in requests(served) if entry.method == 'PUT']


@pytest.mark.azure(durations={'gateway-update': LONG})
def test_a_gateway_that_is_being_changed_is_waited_for(az, simulator, join, wait_for):
    join(VNET1, VNET4)
    other = az.start('network vnet-gateway update -g TestRG4 -n VNet4GW --tags a=b')
    wait_for(lambda: resources(simulator, 'virtualNetworkGateways')['VNet4GW']['state'] == 'Updating', other)
    running = az.start(UPDATE)
    wait_for(lambda: 'Waiting for gateway VNet4GW' in running.err.read_text('utf-8'), running)
    assert writes(simulator) == [('virtualNetworkGateways', 'VNet4GW')]
    let_pass(simulator, LONG)
    result = running.wait()
    assert 'Ready: gateway VNet4GW' in result.stderr
    check_updated(az, simulator, result)
    other.wait()


def start_and_kill(az, simulator, wait_for):
    """An update that is killed when Azure has begun with both halves."""
    running = az.start(UPDATE)
    wait_for(lambda: put_statuses(simulator) == [200, 200], running)
    running.kill()


@pytest.mark.azure(durations={'connection-update': LONG})
def test_a_half_that_is_being_changed_is_waited_for_and_tagged(az, simulator, join, wait_for):
    join(VNET1, VNET4)
    start_and_kill(az, simulator, wait_for)
    again = az.start([*UPDATE, '--tags', 'a=b'])
    wait_for(lambda: {entry.status for entry in requests(simulator) if entry.method == 'PATCH'} == {409}, again)
    let_pass(simulator, LONG)
    pair = again.wait().json
    assert [pair[end]['connection']['provisioningState'] for end in ('end1', 'end2')] == ['Succeeded'] * 2
    check_updated(az, simulator, az.run(UPDATE))
    assert [one['tags'] for one in resources(simulator, 'connections').values()] == [{'a': 'b'}] * 2


@pytest.mark.azure(durations={'connection-update': LONG})
def test_a_half_that_is_being_changed_is_told_as_it_is_then(az, simulator, join, wait_for):
    join(VNET1, VNET4)
    start_and_kill(az, simulator, wait_for)
    again = az.start(UPDATE)
    wait_for(lambda: f'Waiting for connection {BACK}' in again.err.read_text('utf-8'), again)
    let_pass(simulator, LONG)
    result = again.wait()
    assert len(writes(simulator)) == 2
    assert (result.json['status'], result.json['changes']) == ('Connected', [])


def test_a_half_that_azure_fails_at_is_written_again(az, simulator, join):
    join(VNET1, VNET4)
    simulator.simulator.faults = [
        {'match': f'PUT */connections/{BACK}', 'every': True, 'do': 'fail-operation', **BROKEN}
    ]
    failed = az.run(UPDATE, expect=1)
    half2 = VNET4.id(DEFAULTS.subscription_1, 'connections', BACK)
    assert f'ERROR: Azure began to work on {half2} and failed: InternalServerError: An error occurred.' in failed.stderr
    assert 'run the same command again: it goes on where this run ended.' in failed.stderr
    assert 'Until then the two halves may differ, and the tunnel may be down.' in failed.stderr
    assert f'Updated connection {THERE}' in failed.stderr and f'Failed: connection {BACK}' in failed.stderr
    simulator.simulator.faults = []
    with live(simulator, 'connections', BACK) as half:
        half['key'] = 'Another.Key.1'
    before = len(writes(simulator))
    check_updated(az, simulator, az.run(UPDATE))
    assert writes(simulator)[before:] == [('connections', BACK), ('sharedkey', BACK)]


def test_a_permanent_500_names_the_half(az, simulator, join):
    join(VNET1, VNET4)
    simulator.simulator.faults = [
        {'match': f'PUT */connections/{THERE}', 'every': True, 'do': 'status', 'status': 500, **BROKEN}
    ]
    failed = az.run(UPDATE, expect=1)
    assert f'ERROR: {HALF1} could not be written: InternalServerError: An error occurred.' in failed.stderr
    assert 'A 5xx that stays is how Azure answers' in failed.stderr
    simulator.simulator.faults = []
    check_updated(az, simulator, az.run(UPDATE))


@pytest.mark.azure(durations={'connection-update': LONG})
def test_the_time_is_over(az, simulator, join):
    join(VNET1, VNET4)
    late = az.run([*UPDATE, '--timeout', '6000'], expect=1)
    assert f'Still going on in Azure: connection {THERE}' in late.stderr
    assert (
        '(--timeout). Operations already started continue in Azure; nothing was rolled back.\n'
        'To go on, run the same command again: it goes on where this run ended. --timeout SECONDS gives a run more '
        'time.\n'
    ) in late.stderr
    let_pass(simulator, LONG)
    check_updated(az, simulator, az.run(UPDATE))
    assert len(writes(simulator)) == 2


def test_a_run_that_is_killed_between_the_halves_of_two_tenants(az, simulator, join, wait_for):
    join(VNET1, VNET5B)
    command = ['vnet2vnet', 'update', '-g', 'TestRG1', '-n', 'TestVNet1ToTestVNet5', *POLICY, '--yes']
    simulator.simulator.faults = [
        {'match': 'PUT */TestRG5/*/connections/*', 'every': True, 'do': 'status', 'status': 409, **BUSY}
    ]
    running = az.start(command)
    wait_for(lambda: set(put_statuses(simulator)) == {200, 409}, running)
    running.kill()
    simulator.simulator.faults = []
    before = len(writes(simulator))
    assert az.run(command).json['status'] == 'Connected'
    assert writes(simulator)[before:] == [('connections', 'TestVNet5ToTestVNet1')]
    assert [entry.auxiliary for entry in requests(simulator) if entry.method == 'PUT'][-1] == 1
