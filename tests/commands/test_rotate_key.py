"""`az vnet2vnet rotate-key`: both halves get one new key at once, whatever happens on the way."""

import json
import shlex
import subprocess
import sys

import pytest

from tests.armsim import DEFAULTS
from tests.azcli import terminal
from tests.commands.azure import keys, let_pass, live, requests, resources, writes
from tests.howto import POLICY, VNET1, VNET4, VNET5B

THERE, BACK = 'TestVNet1ToTestVNet4', 'TestVNet4ToTestVNet1'
ROTATE = ['vnet2vnet', 'rotate-key', '-g', 'TestRG1', '-n', THERE]
HALF1 = VNET1.id(DEFAULTS.subscription_1, 'connections', THERE)
HALF2 = VNET4.id(DEFAULTS.subscription_1, 'connections', BACK)
SETTINGS = [('sharedkey', THERE), ('sharedkey', BACK)]
LONG = 100000  # Azure seconds: until the test lets them pass.
KEY = 'given_key_0123456789'
PUT = 'PUT */sharedkey'
BUSY = {
    'code': 'AnotherOperationInProgress',
    'message': 'Another operation on this or dependent resource is in progress.',
}
NOTHING = 'Nothing to do: everything exists as asked for.'


@pytest.fixture(name='given')
def fixture_given(tmp_path):
    """The options that give KEY from a file."""
    (tmp_path / 'key').write_text(KEY + '\n', encoding='utf-8')
    return ['--shared-key', f'@{tmp_path}/key']


def check_rotated(served, result, old, key=None):
    """The pair is Connected, and both halves have one key, the given or a new one."""
    assert (result.json['status'], result.json['healthy'], result.json['reasons']) == ('Connected', True, [])
    [held] = set(keys(served).values())
    assert held == key if key else held not in old.values() and len(held) == 64


@pytest.mark.parametrize('far, subscription', [(VNET4, 'Subscription 1'), (VNET5B, 'Subscription B')])
def test_both_halves_get_it_polled_to_the_end_and_read_back(az, simulator, join, far, subscription):
    join(VNET1, far)
    old = keys(simulator)
    there, back = f'TestVNet1To{far.vnet}', f'{far.vnet}ToTestVNet1'
    result = az.run(
        ['vnet2vnet', 'rotate-key', '-g', far.group, '-n', back, '--subscription', subscription, '--yes', '--debug']
    )
    check_rotated(simulator, result, old)
    assert result.json['name'] == back and len(result.json['changes']) == 2
    assert sorted(writes(simulator)) == [('sharedkey', there), ('sharedkey', back)]
    with simulator.lock:
        journal = [entry for entry in simulator.simulator.journal if 'mark' in entry or entry['status'] == 200]
    begun = [place for place, entry in enumerate(journal) if entry.get('method') == 'PUT']
    ended = [place for place, entry in enumerate(journal) if entry.get('kind') == 'sharedkey-set']
    polled = [place for place, entry in enumerate(journal) if '/operations/' in entry.get('path', '')]
    assert len(begun) == len(ended) == 2 and len(polled) >= 2
    for half in (there, back):
        read = [
            place
            for place, entry in enumerate(journal)
            if entry.get('method') == 'GET' and entry['path'].endswith(f'{half}/sharedkey')
        ]
        [its_end] = [place for place in ended if journal[place]['resource'].endswith(half)]
        assert max(read) > its_end
    seconds = result.json['secondsWithoutTunnel']
    assert isinstance(seconds, int) and seconds >= journal[max(ended)]['time'] - journal[min(begun)]['time']


def test_neither_half_waits_for_the_other_one(az, simulator, join, wait_for):
    join(VNET1, VNET4)
    simulator.simulator.faults = [{'match': PUT, 'do': 'hold-after'}]
    running = az.start([*ROTATE, '--yes'])
    wait_for(lambda: sorted(writes(simulator)) == SETTINGS, running)
    running.kill()


def test_a_given_key_and_again(az, simulator, join, given):
    join(VNET1, VNET4)
    first = az.run([*ROTATE, *given, '--yes', '--debug'])
    check_rotated(simulator, first, {}, KEY)
    again = az.run([*ROTATE, *given])
    assert NOTHING in again.stderr and (again.json['changes'], again.json['secondsWithoutTunnel']) == ([], 0)
    assert len(writes(simulator)) == 2
    piped = az.run([*ROTATE, '--shared-key', '@-', '--yes'], stdin='piped_key_0123456789\n')
    check_rotated(simulator, piped, {}, 'piped_key_0123456789')


def test_halves_with_different_keys(az, simulator, join, given):
    join(VNET1, VNET4)
    with live(simulator, 'connections', BACK) as half:
        half['key'], half['changed'] = KEY, simulator.simulator.fabric.now
    shown = az.run([*ROTATE, *given, '--what-if']).json
    assert [change['id'] for change in shown['changes']] == [f'{HALF1}/sharedkey'] and writes(simulator) == []
    check_rotated(simulator, az.run([*ROTATE, *given, '--yes']), {}, KEY)
    assert writes(simulator) == SETTINGS[:1]


def test_it_asks_first(az, simulator, join):
    join(VNET1, VNET4)
    old = keys(simulator)
    sentences = [
        f'The key of {half} is changed, which drops its tunnel until both halves have it.' for half in (HALF1, HALF2)
    ]
    nowhere = az.run(ROTATE, expect=1)
    assert (
        f'ERROR: {" ".join(sentences)} This requires a confirmation, and there is no terminal to ask at.\n'
        'Add --yes to go on without a question.\n'
    ) in nowhere.stderr
    for answer in ('n\n', '\x04'):
        with terminal(answer) as stdin:
            no = az.run(ROTATE, stdin=stdin, expect=1)
        assert '\n'.join([*sentences, 'Go on? (y/N): ']) in no.stderr and no.stdout == ''
        assert no.stderr.endswith('ERROR: Operation cancelled; nothing was written.\n')
    assert writes(simulator) == []
    with terminal('y\n') as stdin:
        check_rotated(simulator, az.run(ROTATE, stdin=stdin), old)


def test_tables_and_lines(az, join):
    join(VNET1, VNET4)
    plan = az.run([*ROTATE, '--what-if', '-o', 'table']).stdout.splitlines()
    assert plan[2].split(maxsplit=3) == [
        'update',
        THERE,
        f'{HALF1}/sharedkey',
        f'The key of {THERE} is changed, which drops its tunnel until both halves have it',
    ]
    result = az.run([*ROTATE, '--yes', '-o', 'table'])
    head, _, row = result.stdout.splitlines()
    assert head.endswith('Reason    Seconds without tunnel') and row.split()[-2] == 'True'
    assert int(row.split()[-1]) > 0
    assert f'Updating key of connection {THERE}\nUpdating key of connection {BACK}\n' in result.stderr
    assert f'Updated key of connection {THERE} after ' in result.stderr


def set_modes(served, mode):
    """Give both halves a connection mode, as seen from each of them; with ResponderOnly nobody begins."""
    for name in (THERE, BACK):
        with live(served, 'connections', name) as half:
            half['properties']['connectionMode'] = mode


@pytest.mark.azure(speed=60, durations={'gateway-create': 60})
def test_it_waits_for_the_tunnel(az, simulator, join, wait_for):
    join(VNET1, VNET4)
    old = keys(simulator)
    set_modes(simulator, 'ResponderOnly')
    running = az.start([*ROTATE, '--yes'])
    wait_for(lambda: 'waiting for the tunnel' in running.err.read_text('utf-8'), running)
    set_modes(simulator, 'Default')
    result = running.wait()
    check_rotated(simulator, result, old)
    assert result.json['secondsWithoutTunnel'] > 0
    lines = result.stderr.splitlines()
    assert lines[-2:] == ['Both connections exist; waiting for the tunnel', 'Both halves report Connected']


def test_a_tunnel_that_does_not_come_up(az, simulator, join):
    join(VNET1, VNET4)
    set_modes(simulator, 'ResponderOnly')
    result = az.run([*ROTATE, '--yes'])
    assert (result.json['status'], result.json['secondsWithoutTunnel']) == ('NotConnected', None)
    assert 'after 5 minutes its halves do not both report Connected: see status and reasons' in result.stderr
    assert 'mode-deadlock' in [reason['code'] for reason in result.json['reasons']]


# The request that the first run is killed at: before Azure executed it, or after, with the answer still under way.
MOMENTS = [
    ('hold-before', PUT, 1),
    ('hold-after', PUT, 1),
    ('hold-before', PUT, 2),
    ('hold-after', PUT, 2),
    ('hold-before', 'GET */operations/*', 1),
    ('hold-before', 'GET */sharedkey', 6),
]


@pytest.mark.parametrize('is_given', [True, False])
@pytest.mark.parametrize('fault, match, nth', MOMENTS)
def test_killed_and_run_again(az, simulator, join, wait_for, given, fault, match, nth, is_given):
    join(VNET1, VNET4)
    old = keys(simulator)
    command = [*ROTATE, '--yes', *(given if is_given else [])]
    simulator.simulator.faults = [{'match': match, 'nth': nth, 'do': fault}]
    running = az.start(command)
    wait_for(lambda: any(entry.held for entry in requests(simulator)), running)
    running.kill()
    simulator.simulator.faults = []
    check_rotated(simulator, az.run(command), old, KEY if is_given else None)


FAULTS = {
    'busy': [
        {'match': PUT, 'nth': nth, 'do': 'status', 'status': status, **BUSY}
        for nth, status in ((1, 409), (2, 429), (3, 409))
    ],
    '5xx': [{'match': PUT, 'nth': nth, 'do': 'status', 'status': 500} for nth in (1, 2, 3)],
    'lost requests and answers': [
        {'match': PUT, 'nth': nth, 'do': do}
        for nth, do in ((1, 'reset-before'), (2, 'reset-after'), (3, 'reset-after'))
    ],
    'a token that expires': [
        {'match': PUT, 'nth': 1, 'do': 'expired-token'},
        {'match': 'GET */sharedkey', 'nth': 5, 'do': 'expired-token'},
    ],
    'writes that fail once': [{'match': PUT, 'nth': nth, 'do': 'fail-operation'} for nth in (1, 2)],
    'operations without end': [{'match': PUT, 'every': True, 'do': 'endless-operation'}],
}


@pytest.mark.parametrize('name', FAULTS)
def test_it_gets_through(az, simulator, join, given, name):
    join(VNET1, VNET4)
    simulator.simulator.faults = FAULTS[name]
    result = az.run([*ROTATE, *given, '--yes'])
    assert len([entry for entry in requests(simulator) if entry.fault]) >= 2
    check_rotated(simulator, result, {}, KEY)


@pytest.mark.azure(durations={'connection-update': LONG})
def test_a_half_that_is_being_changed_is_waited_for(az, simulator, join, wait_for):
    join(VNET1, VNET4)
    old = keys(simulator)
    running = az.start(['vnet2vnet', 'update', *ROTATE[2:], *POLICY, '--yes'])
    wait_for(lambda: [entry.status for entry in requests(simulator) if entry.method == 'PUT'] == [200, 200], running)
    running.kill()
    again = az.start([*ROTATE, '--yes'])
    wait_for(lambda: 409 in {entry.status for entry in requests(simulator) if entry.path.endswith('sharedkey')}, again)
    let_pass(simulator, LONG)
    check_rotated(simulator, again.wait(), old)


@pytest.mark.parametrize('is_given', [True, False])
def test_a_half_that_azure_fails_at_is_finished_by_the_next_run(az, simulator, join, given, is_given):
    join(VNET1, VNET4)
    old = keys(simulator)
    command = [*ROTATE, '--yes', *(given if is_given else [])]
    simulator.simulator.faults = [
        {
            'match': f'PUT */{BACK}/sharedkey',
            'every': True,
            'do': 'fail-operation',
            'code': 'Broken',
            'message': 'An error occurred.',
        }
    ]
    failed = az.run(command, expect=1)
    assert f'ERROR: Azure began to work on {HALF2}/sharedkey and failed: Broken: An error occurred.' in failed.stderr
    assert 'then run the same command again' in failed.stderr
    assert 'Until then the two halves may differ, and the tunnel may be down.' in failed.stderr
    assert resources(simulator, 'connections')[BACK]['state'] == 'Failed' and len(set(keys(simulator).values())) == 2
    simulator.simulator.faults = []
    check_rotated(simulator, az.run(command), old, KEY if is_given else None)


def test_somebody_else_sets_another_key_meanwhile(az, simulator, join, wait_for, given):
    join(VNET1, VNET4)
    simulator.simulator.faults = [
        {'match': f'GET */{BACK}/sharedkey', 'nth': 3, 'do': 'status', 'status': 429, 'headers': {'Retry-After': '4'}}
    ]
    running = az.start([*ROTATE, *given, '--yes'])
    wait_for(lambda: any(entry.fault for entry in requests(simulator)), running)
    with live(simulator, 'connections', BACK) as half:
        half['key'] = 'Another.Key.1'
    failed = running.wait(expect=1)
    assert (
        f'ERROR: The key of {HALF2} is not the one that was set: somebody else set another one in the meantime.\n'
        'When nobody else works on this pair, run the same command again, or give both halves a new key with '
        f'az vnet2vnet rotate-key --ids {HALF2}.\n'
    ) in failed.stderr
    check_rotated(simulator, az.run([*ROTATE, *given, '--yes']), {}, KEY)


@pytest.mark.azure(durations={'sharedkey-set': LONG})
def test_the_time_is_over(az, simulator, join, given):
    join(VNET1, VNET4)
    late = az.run([*ROTATE, *given, '--yes', '--timeout', '6000'], expect=1)
    assert f'Still going on in Azure: key of connection {THERE}' in late.stderr
    assert '(--timeout). Operations already started continue in Azure; nothing was rolled back' in late.stderr
    let_pass(simulator, LONG)
    check_rotated(simulator, az.run([*ROTATE, *given]), {}, KEY)
    assert len(writes(simulator)) == 2


@pytest.mark.parametrize('where', ['2> >(head -2 >/dev/null)', '2>&-'])
def test_a_reader_of_stderr_that_leaves_changes_nothing(az, simulator, join, where):
    join(VNET1, VNET4)
    old = keys(simulator)
    command = shlex.join([sys.executable, '-m', 'azure.cli', *ROTATE, '--yes'])
    ended = subprocess.run(
        ['bash', '-c', f'{command} {where}'], env=az.variables(), cwd=az.folder, stdout=subprocess.PIPE, check=False
    )
    result = ended.stdout[ended.stdout.index(b'{') :]  # Without a stderr, knack prints its own warnings on stdout.
    assert (ended.returncode, json.loads(result)['status']) == (0, 'Connected')
    [held] = set(keys(simulator).values())
    assert held not in old.values()
