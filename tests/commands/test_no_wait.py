"""`--no-wait`: the quick part is done, Azure's own engine does the rest, and `wait` follows it."""

import json
import shlex

import pytest
import yaml

from tests.armsim import DEFAULTS
from tests.commands.azure import keys, let_pass, requests, resources, writes
from tests.commands.test_apply import STAR, VNETS
from tests.howto import VNET1, VNET4, VNET5, VNET5B, create

NO_WAIT = create(VNET1, VNET4, '--no-wait')
SECRET = 'Handed.Over.Key.1'
LONG = 10**5  # Azure seconds: minutes of the test's own time.


def deployments(simulator):
    """The names of the deployments that somebody sent."""
    return [name for kind, name in writes(simulator) if kind == 'deployments']


def follow(az, result, within='1000000', **settings):
    """Type what --no-wait said to follow its work."""
    return az.run([*shlex.split(result['next'])[1:], '--interval', '60', '--timeout', within], **settings)


@pytest.mark.parametrize('far', [VNET4, VNET5])
def test_a_pair_is_handed_over_and_followed(az, simulator, far):
    command = create(VNET1, far, '--no-wait')
    begun = az.run(command)
    result = begun.json
    assert result['status'] == 'Updating' and result['deployment']['provisioningState'] == 'Running'
    assert {kind for kind, _ in writes(simulator)} == {
        'resourceGroups',
        'virtualNetworks',
        'publicIPAddresses',
        'deployments',
    }
    assert [change['id'].split('/')[-2] for change in result['changes']].count('virtualNetworkGateways') == 2
    assert f'Azure goes on with it. Follow it with: {result["next"]}' in begun.stderr
    assert follow(az, result).stdout == ''
    pair = az.run(['vnet2vnet', 'show', '-g', 'TestRG1', '-n', f'TestVNet1To{far.vnet}']).json
    assert pair['status'] == 'Connected' and len(set(keys(simulator).values())) == 1
    key = next(iter(keys(simulator).values()))
    shown = az.run(['rest', '--url', f'{result["deployment"]["id"]}?api-version=2024-11-01'])
    assert shown.json['properties']['provisioningState'] == 'Succeeded' and key not in shown.stdout
    assert az.run(create(VNET1, far)).json['changes'] == []
    again = az.run(command).json
    assert again['changes'] == [] and again['deployment'] is None and len(deployments(simulator)) == 1


@pytest.mark.azure(durations={'gateway-create': LONG})
def test_the_same_command_joins_what_is_running(az, simulator, wait_for):
    first = az.run(NO_WAIT).json
    second = az.run(NO_WAIT).json
    assert second['deployment'] == first['deployment'] and second['changes'] == []
    assert len(deployments(simulator)) == 1
    late = follow(az, first, expect=1, within='300')
    assert f'(--timeout); {first["deployment"]["id"]} still runs.' in late.stderr
    running = az.start(create(VNET1, VNET4, '--timeout', '100000000'))
    wait_for(lambda: 'Azure carries out deployment vnet2vnet-' in running.err.read_text('utf-8'), running)
    let_pass(simulator, LONG)
    assert running.wait().json['status'] == 'Connected'
    assert len(deployments(simulator)) == 1
    assert [kind for kind, _ in writes(simulator)].count('connections') == 0, 'the deployment made them'


def test_a_given_key_is_handed_over(az, simulator, tmp_path):
    (tmp_path / 'key').write_text(SECRET)
    result = az.run([*NO_WAIT, '--shared-key', f'@{tmp_path}/key']).json
    follow(az, result)
    assert set(keys(simulator).values()) == {SECRET}


@pytest.mark.azure(durations={'gateway-create': LONG})
def test_between_tenants_the_gateways_are_started_and_the_same_command_finishes(az, simulator):
    command = create(VNET1, VNET5B, '--no-wait')
    result = az.run(command)
    assert result.json['deployment'] is None
    assert result.json['next'].startswith('az network vnet-gateway wait --created --ids /subscriptions/')
    assert 'then the same command again' in result.stderr
    assert {state['state'] for state in resources(simulator, 'virtualNetworkGateways').values()} == {'Updating'}
    let_pass(simulator, LONG)
    az.run([*shlex.split(result.json['next'])[1:], '--interval', '1'])
    second = az.run(command).json
    assert [change['id'].split('/')[-2] for change in second['changes']] == ['connections', 'connections']
    follow(az, second)
    assert len(set(keys(simulator).values())) == 1


def test_what_a_deployment_fails_at_is_told_and_the_same_command_does_the_rest(az, simulator):
    simulator.simulator.faults = [
        {
            'match': 'PUT */connections/TestVNet4ToTestVNet1',
            'do': 'fail-operation',
            'code': 'InternalServerError',
            'message': 'An error occurred.',
        }
    ]
    result = az.run(NO_WAIT).json
    failed = follow(az, result, expect=1)
    assert 'connections/TestVNet4ToTestVNet1 and failed: InternalServerError: An error occurred.' in failed.stderr
    assert 'run the az vnet2vnet create or apply that handed it over again: it does the rest.' in failed.stderr
    simulator.simulator.faults = []
    assert az.run(create(VNET1, VNET4)).json['status'] == 'Connected'


@pytest.mark.azure(public_ip_quota=1)
def test_nothing_is_handed_over_that_would_fail(az, simulator):
    near = create(VNET1, VNET4, '--location2', 'eastus', '--no-wait')
    assert 'public IPs in eastus, and 2 more would be created' in az.run(near, expect=1).stderr
    assert writes(simulator) == []


def test_changes_are_not_handed_over(az, simulator, join):
    join(VNET1, VNET4)
    refused = az.run([*NO_WAIT, '--dpd-timeout', '45', '--yes'], expect=1)
    assert '2 steps change or delete what exists' in refused.stderr and 'Omit --no-wait' in refused.stderr
    assert writes(simulator) == []


@pytest.mark.azure(durations={'gateway-create': LONG})
def test_what_was_not_agreed_to_is_not_done_after_a_deployment(az, simulator, wait_for):
    az.run(NO_WAIT)
    running = az.start(create(VNET1, VNET4, '--timeout', '100000000', '--dpd-timeout', '45'))
    wait_for(lambda: 'Azure carries out deployment' in running.err.read_text('utf-8'), running)
    let_pass(simulator, LONG)
    stopped = running.wait(expect=1)
    assert 'What exists has changed, and this would be done now: Connection /subscriptions/' in stopped.stderr
    assert 'connections' not in [kind for kind, _ in writes(simulator)]


def test_one_end_that_fails_is_told_and_the_other_handed_over(az, simulator):
    simulator.simulator.faults = [
        {
            'match': 'PUT */publicIPAddresses/VNet4GWIP',
            'every': True,
            'do': 'status',
            'status': 400,
            'code': 'PublicIPCountLimitReached',
            'message': 'No more.',
        }
    ]
    failed = az.run(NO_WAIT, expect=1)
    assert 'VNet4GWIP could not be written: PublicIPCountLimitReached: No more.' in failed.stderr
    assert '3 dependent steps were skipped.' in failed.stderr
    assert len(deployments(simulator)) == 1, 'the gateway of the other end'


def test_the_right_to_deploy_is_checked_first(az, simulator):
    az.run('group create -n TestRG1 -l eastus')
    az.run('group create -n TestRG4 -l westus')
    with simulator.lock:
        for entry in simulator.simulator.fabric.world.role_assignments:
            entry['notActions'] = ['Microsoft.Resources/deployments/*']
    before = len(writes(simulator))
    refused = az.run(NO_WAIT, expect=1)
    assert 'The login may not do Microsoft.Resources/deployments/write on ' in refused.stderr
    assert len(writes(simulator)) == before


def test_what_another_administrator_makes_is_not_handed_over(az, simulator):
    refused = az.run([*NO_WAIT, '--only-end', '1'], expect=1)
    assert '--only-end cannot be combined with --no-wait.' in refused.stderr and requests(simulator) == []


def test_what_if_hands_nothing_over(az, simulator):
    plan = az.run([*NO_WAIT, '--what-if']).json
    assert len(plan['changes']) == 10 and writes(simulator) == []


def test_a_topology_is_handed_over(az, simulator):
    near = {
        name: {**vnet, 'subscription': 'Subscription 1' if name == 'far' else vnet['subscription']}
        for name, vnet in VNETS.items()
    }
    (az.folder / 'network.yaml').write_text(yaml.safe_dump({'name': 'star', 'vnets': near, 'connect': STAR}))
    result = az.run('vnet2vnet apply --file network.yaml --no-wait').json
    assert (result['name'], result['status']) == ('star', 'Updating')
    assert result['next'] == f'az vnet2vnet wait --deployment {result["deployment"]["id"]}'
    follow(az, result)
    whole = az.run('vnet2vnet apply --file network.yaml').json
    assert whole['healthy'] and whole['changes'] == [] and len(set(keys(simulator).values())) == 3


@pytest.mark.parametrize(
    'options, text',
    [
        ('', 'Neither a pair nor a deployment is named.'),
        ('-n x', '--resource-group and --name name a pair together; one is missing.'),
        (
            f'--deleted --deployment {VNET1.id(DEFAULTS.subscription_1, "deployments", "x")}',
            '--connected, --deleted and --custom require a pair, and none is named.',
        ),
        ('--deployment nonsense', "--deployment 'nonsense' is not the ID of a deployment."),
        (f'--deployment {VNET1.id(DEFAULTS.subscription_1, "connections", "x")}', 'is not the ID of a deployment.'),
    ],
)
def test_what_cannot_be_waited_for(az, simulator, options, text):
    assert text in az.run(f'vnet2vnet wait {options}', expect=1).stderr
    assert requests(simulator) == []


def test_a_deployment_that_is_not_there(az, simulator):
    az.run('group create -n TestRG1 -l eastus')
    target = VNET1.id(DEFAULTS.subscription_1, 'deployments', 'x').replace('Microsoft.Network', 'Microsoft.Resources')
    missing = az.run(['vnet2vnet', 'wait', '--deployment', target], expect=3)
    assert f'{target} could not be read' in missing.stderr


def test_native_az_takes_the_exported_template(az, simulator, join, tmp_path):
    join(VNET1, VNET5)
    exported = az.run(['vnet2vnet', 'export', '--format', 'arm', '--file', f'{tmp_path}/main.json'])
    for name in ('TestVNet1ToTestVNet5 -g TestRG1', 'TestVNet5ToTestVNet1 -g TestRG5 --subscription "Subscription 5"'):
        az.run(f'network vpn-connection delete -n {name}')
    deploy = exported.stderr.partition('then run az ')[2].strip()
    empty = az.run(shlex.split(deploy), expect=1)
    assert 'key1' in empty.stderr and resources(simulator, 'connections') == {}
    parameters = tmp_path / 'main.parameters.json'
    filled = json.loads(parameters.read_text())
    filled['parameters']['key1']['value'] = SECRET
    parameters.write_text(json.dumps(filled))
    places = shlex.split(deploy.replace('group create', 'group {}'))
    verb = places.index('{}')
    valid = az.run([*places[:verb], 'validate', *places[verb + 1 :]]).json
    assert valid['properties']['provisioningState'] == 'Succeeded'
    foreseen = az.run([*places[:verb], 'what-if', *places[verb + 1 :], '--no-pretty-print']).json['changes']
    assert sorted(
        change['resourceId'].rpartition('/')[2]
        for change in foreseen
        if change['changeType'] == 'Create' and '/connections/' in change['resourceId']
    ) == ['TestVNet1ToTestVNet5', 'TestVNet5ToTestVNet1']
    az.run(shlex.split(deploy))
    az.run('vnet2vnet wait -g TestRG1 -n TestVNet1ToTestVNet5 --interval 60 --timeout 1000000')
    assert set(keys(simulator).values()) == {SECRET}
    parameters.unlink()
