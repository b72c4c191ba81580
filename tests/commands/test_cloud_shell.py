"""Logins that get tokens of one tenant: Cloud Shell's, and a managed identity's on a virtual machine."""

import re
import shlex

import pytest

from tests.armsim import DEFAULTS
from tests.armsim.identity import CLOUD_SHELL_VARIABLES
from tests.commands.azure import keys, refused, requests, resources, writes
from tests.howto import VNET1, VNET5, VNET5B, create

A, B = DEFAULTS.tenant_a, DEFAULTS.tenant_b
ACROSS = create(VNET1, VNET5B)
PAIR = '--subscription "Subscription 1" -g TestRG1 -n TestVNet1ToTestVNet5'
# What a user types in Cloud Shell, which opens no browser: the code is typed in the user's own.
LOGIN = 'login --use-device-code -o none'
WHY = (
    f'The two VNets are in two tenants ({A} and {B}), and the login to subscription ',
    'is one of Cloud Shell or a managed identity, which gets tokens for its own tenant only',
    f'Run `az login --tenant {A}` and `az login --tenant {B}` as a user or service principal',
)


@pytest.fixture(name='start')
def fixture_start(az, simulator, tmp_path):
    """Return a function that makes an az on a machine in Azure, logged in there and nowhere else, with that login."""

    def started(login='login --identity', **variables):
        there = az.copy(tmp_path / f'machine{len(az.copies)}')
        there.environment |= simulator.proxy_variables() | variables
        (there.config_dir / 'azureProfile.json').unlink()
        return there, there.run(login).json

    return started


@pytest.fixture(name='shell')
def fixture_shell(start):
    """An az in Cloud Shell as it is when the shell has come up."""
    return start(**CLOUD_SHELL_VARIABLES)[0]


@pytest.mark.parametrize(
    'variables, login, user',
    [
        (CLOUD_SHELL_VARIABLES, 'login --identity', {'name': DEFAULTS.user, 'type': 'user', 'cloudShellID': True}),
        (
            {},
            'login --identity',
            {'name': 'systemAssignedIdentity', 'type': 'servicePrincipal', 'assignedIdentityInfo': 'MSI'},
        ),
        (
            {},
            f'login --identity --client-id {DEFAULTS.identity}',
            {
                'name': 'userAssignedIdentity',
                'type': 'servicePrincipal',
                'assignedIdentityInfo': f'MSIClient-{DEFAULTS.identity}',
            },
        ),
    ],
)
def test_a_pair_of_two_tenants_is_refused_at_once(start, simulator, variables, login, user):
    there, accounts = start(login, **variables)
    assert {account['name']: (account['tenantId'], account['user']) for account in accounts} == dict.fromkeys(
        ('Subscription 1', 'Subscription 2', 'Subscription 5'), (A, user)
    )
    there.login(DEFAULTS.app_id, DEFAULTS.secret, [B])
    refused(there, simulator, [*ACROSS, '--no-wait'], *WHY, "'Subscription 1'")
    assert requests(simulator) == []


def test_what_is_to_be_typed_joins_two_tenants_from_cloud_shell(shell, simulator):
    unknown = shell.run(ACROSS, expect=1)
    assert "--subscription2: this login has no subscription 'Subscription B'." in unknown.stderr
    assert f'`az login --tenant {A}` and `az login --tenant TENANT`' in unknown.stderr
    shell.run(f'{LOGIN} --tenant {B}')
    logins = re.findall('`az (login[^`]*)`', shell.run(ACROSS, expect=1).stderr)
    assert logins == [f'login --tenant {A}', f'login --tenant {B}'] and requests(simulator) == []
    for login in logins:
        shell.run([*shlex.split(LOGIN), *shlex.split(login)[1:]])
    assert shell.run(ACROSS).json['status'] == 'Connected'


def test_two_subscriptions_of_one_tenant(shell, simulator):
    plan = shell.run(create(VNET1, VNET5, '--no-wait', '--what-if')).json
    assert len(plan['changes']) == 10 and not writes(simulator)
    assert shell.run(create(VNET1, VNET5)).json['status'] == 'Connected'
    [row] = shell.run('vnet2vnet list --all-subscriptions').json
    shown = shell.run(f'vnet2vnet show {PAIR}').json
    assert row['name'] == shown['name'] and row['healthy'] and shown['healthy']
    sent = requests(simulator)
    assert {one.principal for one in sent} == {DEFAULTS.user} and {one.auxiliary for one in sent} == {0}


def test_a_machine_with_an_identity_joins_two_subscriptions(start, simulator):
    there, _ = start()
    assert there.run(create(VNET1, VNET5)).json['status'] == 'Connected'
    assert {one.principal for one in requests(simulator)} == {DEFAULTS.identity}


def test_a_pair_of_two_tenants_is_seen_and_not_changed(shell, simulator, join):
    join(VNET1, VNET5B)
    [row] = shell.run('vnet2vnet list --all-subscriptions').json
    assert row['status'] == 'FarEndUnreadable'
    update = f'vnet2vnet update {PAIR} --dpd-timeout 45 --yes'
    refused(shell, simulator, update, 'cannot be seen: this login has no subscription', 'az login --tenant TENANT')
    shell.run(f'{LOGIN} --tenant {B}')
    assert shell.run('vnet2vnet list --all-subscriptions').json[0]['status'] == 'Connected'
    refused(shell, simulator, update, *WHY, "'Subscription 1'")
    assert {
        half['properties'].get('dpdTimeoutSeconds', 0) for half in resources(simulator, 'connections').values()
    } == {0}
    shell.run(f'vnet2vnet rotate-key {PAIR} --yes')
    assert len(set(keys(simulator).values())) == 1, 'a key is set at each half by itself'


def test_another_session_goes_on_with_what_was_handed_over(shell, start, simulator):
    begun = shell.run(create(VNET1, VNET5, '--no-wait')).json
    assert begun['deployment']['provisioningState'] == 'Running'
    later, _ = start(**CLOUD_SHELL_VARIABLES)
    later.run([*shlex.split(begun['next'])[1:], '--interval', '60', '--timeout', '1000000'])
    assert later.run(f'vnet2vnet verify {PAIR}').json['healthy']
    assert {one.principal for one in requests(simulator)} == {DEFAULTS.user}
