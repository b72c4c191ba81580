"""The harness itself: the real az talks to the simulated Azure, tests do not see each other, and a leak is found."""

import pytest

from tests.armsim import DEFAULTS
from tests.armsim.client import Client, group_path
from tests.azcli import terminal
from tests.commands.azure import records
from tests.leaks import KeyWatch, find

KEY = 'PlantedKey0123456789'
CREATE = [
    'vnet2vnet',
    'create',
    '--vnet1',
    'A',
    '--vnet2',
    'B',
    '-g',
    'G',
    '--location1',
    'eastus',
    '--location2',
    'eastus',
    '--address-prefixes1',
    '10.1.0.0/16',
    '--address-prefixes2',
    '10.2.0.0/16',
]


def groups(served):
    """The ids of all groups."""
    return [record['id'] for record in records(served, 'resourceGroups')]


def test_az_is_logged_in_to_both_tenants(az):
    accounts = az.run('account list').json
    assert {account['name']: account['tenantId'] for account in accounts} == {
        'Subscription 1': DEFAULTS.tenant_a,
        'Subscription 2': DEFAULTS.tenant_a,
        'Subscription 5': DEFAULTS.tenant_a,
        'Subscription B': DEFAULTS.tenant_b,
    }
    assert [account['name'] for account in accounts if account['isDefault']] == ['Subscription 1']


@pytest.mark.parametrize('turn', [1, 2])
def test_a_test_starts_with_an_empty_azure_and_its_own_settings(az, simulator, turn):
    assert groups(simulator) == []
    assert az.run('account show').json['name'] == 'Subscription 1'
    az.run(['account', 'set', '-s', 'Subscription 5'])
    az.run(['group', 'create', '-n', f'G{turn}', '-l', 'eastus'])
    assert groups(simulator) == [group_path(f'G{turn}', DEFAULTS.subscription_5)]


def test_an_unexpected_exit_code_shows_the_command_and_its_error(az):
    with pytest.raises(AssertionError, match='(?s)expected exit code 0.*az group show -n nope.*exit code 3.*nope'):
        az.run('group show -n nope')


def test_a_started_az_can_be_killed(az):
    running = az.start('group list')
    assert running.kill().exit_code == -9


def test_az_reads_what_is_put_into_it(az):
    assert az.run(['account', 'list', '--query', '@-'], stdin='[?isDefault].name').json == ['Subscription 1']


def test_az_may_ask_at_a_terminal(az, simulator):
    with simulator.lock:
        assert Client(simulator=simulator.simulator).put(group_path('G'), {'location': 'eastus'}).status == 201
    with terminal('n\n') as stdin:
        az.run('group delete -n G', stdin=stdin, expect=1)
    assert groups(simulator) == [group_path('G')]
    with terminal('y\n') as stdin:
        az.run('group delete -n G', stdin=stdin)
    assert groups(simulator) == []


def test_the_watch_knows_every_key_and_finds_it_in_output_and_files(az, simulator):
    watch = KeyWatch(simulator)
    az.run([*CREATE, '--shared-key', '@-'], stdin=KEY)
    assert watch.find_leaks(az) == []
    assert KEY in watch.keys
    planted = az.copy(az.folder.parent / 'planted')
    (planted.folder / 'config' / 'note').write_text(f'the key is {KEY}.')
    planted.run(['account', 'list', '--query', f"[?name=='{KEY}'] || '{KEY}'"])
    leaks = find(planted, watch.keys)
    assert sorted(name for name, _ in leaks) == ['0.out', 'note']
    (planted.folder / 'config' / 'note').unlink()
    (planted.folder / '0.out').unlink()


def test_the_watch_leaves_out_only_the_command_line_that_az_logs(az):
    az.run(['account', 'list', '--debug', '--query', f"[?name=='{KEY}']"])
    logged = [result.stderr for result in az.results if KEY in result.stderr]
    assert len(logged) == 1 and find(az, [KEY]) == []
