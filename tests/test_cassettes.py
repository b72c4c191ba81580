"""`az vnet2vnet create` against recorded answers, with the real az code in a process without a network.

The cassettes in tests/cassettes were recorded against the simulated Azure of tests/armsim, not against Azure.
To record them anew:

    VNET2VNET_RECORD=simulator python -m pytest tests/test_cassettes.py
    VNET2VNET_RECORD=azure VNET2VNET_SUBSCRIPTION1=ID VNET2VNET_SUBSCRIPTION2=ID \\
        python -m pytest tests/test_cassettes.py

The second one takes your own az login, about 80 minutes and money: it makes the how-to's groups TestRG1, TestRG4 and
TestRG5, which must not be there before and are yours to delete afterwards. The second subscription is one of another
tenant. Ids of subscriptions and tenants are replaced by made-up ones in what is recorded.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.armsim import DEFAULTS, Settings
from tests.armsim.server import serve
from tests.azcli import CLOUD, LIMIT_SECONDS, AzureCli
from tests.howto import VNET1, VNET4, VNET5B, Network, create
from tests.replay import ORIGIN, ROOT, SCRUBBED, SECRETS

FOLDER = Path(__file__).parent / 'cassettes'
MODE = os.environ.get('VNET2VNET_RECORD', '')
CASES = {'same_subscription': (VNET1, VNET4), 'two_tenants': (VNET1, VNET5B)}

# A replay has nothing to wait for, but 300 of these seconds must be enough to read the status of both halves.
SPEED = 200
# What is looked at in between depends on the time that the answers take.
SETTINGS = {'AZURE_VNET2VNET_SPEED': str(SPEED), 'AZURE_VNET2VNET_LOOKS': 'no'}
# Fewer polls than of a real gateway make a smaller cassette.
SIMULATED = Settings(speed=SPEED, durations={'gateway-create': 230})

LOGIN = [
    ['cloud', 'register', '-n', CLOUD, '--endpoint-resource-manager', '{origin}'],
    ['cloud', 'set', '-n', CLOUD],
    *(
        ['login', '--service-principal', '-u', DEFAULTS.app_id, '-p', DEFAULTS.secret, '--tenant', tenant]
        for tenant in (DEFAULTS.tenant_b, DEFAULTS.tenant_a)
    ),
    ['account', 'set', '-s', DEFAULTS.subscription_1],
]


def run_script(az, steps, record=False, replace=None):
    """Run steps of (cassette, arguments) in a process of its own; the finished process."""
    script = {
        'steps': [{'cassette': str(FOLDER / f'{cassette}.yaml'), 'args': args} for cassette, args in steps],
        'record': record,
        'replace': replace or {},
    }
    ended = subprocess.run(
        [sys.executable, '-m', 'tests.replay'],
        input=json.dumps(script),
        cwd=ROOT,
        text=True,
        env=az.variables(),
        capture_output=True,
        timeout=LIMIT_SECONDS * 8,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    return ended


def login_steps(origin):
    """The steps that log in to both tenants of an Azure at origin."""
    return [('login', [arg.format(origin=origin) for arg in args]) for args in LOGIN]


def record_simulated(az, case, command):
    """Record the case, and the login, against the simulated Azure."""
    with serve(SIMULATED) as served:
        az.ca_file = served.ca_file
        for name in ('login', case):
            (FOLDER / f'{name}.yaml').unlink(missing_ok=True)
        run_script(az, [*login_steps(served.origin), (case, command)], True, {served.origin: ORIGIN})


def record_azure(installed_extension, case, ends):
    """Record the case against Azure, with the caller's own login."""
    ids = [
        os.environ['VNET2VNET_SUBSCRIPTION1'],
        os.environ['VNET2VNET_SUBSCRIPTION1' if case == 'same_subscription' else 'VNET2VNET_SUBSCRIPTION2'],
    ]
    own = CallersCli(installed_extension)
    made_up = {
        'Subscription 1': (DEFAULTS.subscription_1, DEFAULTS.tenant_a),
        'Subscription B': (DEFAULTS.subscription_b, DEFAULTS.tenant_b),
    }
    replace = {'https://management.azure.com': ORIGIN}
    real = []
    for network, subscription in zip(ends, ids):
        account = subprocess.run(
            [sys.executable, '-m', 'azure.cli', 'account', 'show', '-s', subscription],
            capture_output=True,
            text=True,
            check=True,
            env=own.variables(),
        )
        tenant = json.loads(account.stdout)['tenantId']
        replace |= dict(zip((subscription, tenant), made_up[network.subscription]))
        real.append(Network(network.number, network.group, network.location, subscription))
    (FOLDER / f'{case}.yaml').unlink(missing_ok=True)
    run_script(own, [(case, create(*real))], True, replace)


class CallersCli:
    """The caller's own az, with the extension of the checkout."""

    def __init__(self, extension_dir):
        self._extension_dir = extension_dir

    def variables(self):
        """The environment variables of the child process."""
        return os.environ | {'AZURE_EXTENSION_DIR': str(self._extension_dir), 'AZURE_VNET2VNET_LOOKS': 'no'}


@pytest.fixture(name='fresh_az')
def fixture_fresh_az(tmp_path, installed_extension):
    """An az without a login."""
    return AzureCli(tmp_path / 'az', installed_extension, environment=SETTINGS)


@pytest.mark.parametrize('case', CASES)
def test_create(fresh_az, tmp_path, installed_extension, case):
    """Recorded against the simulated Azure; the same requests, bodies included, lead to the same result."""
    ends = CASES[case]
    command = create(*ends)
    if MODE == 'simulator':
        record_simulated(AzureCli(tmp_path / 'other', installed_extension, None, fresh_az.environment), case, command)
    elif MODE == 'azure':
        record_azure(installed_extension, case, ends)
    result = json.loads(run_script(fresh_az, [*login_steps(ORIGIN), (case, command)]).stdout)
    assert (result['status'], result['healthy'], result['reasons']) == ('Connected', True, [])
    assert len(result['changes']) == 10 and {change['action'] for change in result['changes']} == {'create'}
    for number, network in enumerate(ends, start=1):
        end = result[f'end{number}']
        assert end['vnet']['id'] == network.id(end['subscriptionId'], 'virtualNetworks', network.vnet)
        assert end['gateway']['id'] == network.id(end['subscriptionId'], 'virtualNetworkGateways', network.gateway)
        assert end['connection']['connectionStatus'] == 'Connected'
    assert result['end2']['subscriptionId'] == (
        DEFAULTS.subscription_1 if case == 'same_subscription' else DEFAULTS.subscription_b
    )


def secrets_in(value):
    """Every text in a body that should not be in a cassette."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str) and name.lower() in SECRETS and inner != SCRUBBED:
                yield inner
            yield from secrets_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from secrets_in(inner)


@pytest.mark.parametrize('name', ['login', *CASES])
def test_no_secret_was_recorded(name):
    """No key, token or secret of whatever the cassette was recorded against is in it."""
    text = (FOLDER / f'{name}.yaml').read_text('utf-8')
    assert not re.search(rf'bearer |eyJ|client_secret=|[a-z0-9]{{64}}|{DEFAULTS.secret}', text, re.IGNORECASE)
    for interaction in yaml.safe_load(text)['interactions']:
        request, response = interaction['request'], interaction['response']
        for body in (request['body'], response['body']['string']):
            if body and body.startswith('{'):
                assert list(secrets_in(json.loads(body))) == []
        if request['uri'].partition('?')[0].endswith('/sharedkey'):
            assert json.loads(response['body']['string'])['value'] == SCRUBBED
        assert set(response['headers']) <= {'Content-Type', 'Azure-AsyncOperation', 'Location', 'Retry-After'}
