"""`az vnet2vnet list`: one row a pair, wherever its halves are and whoever made them."""

import pytest

from tests.armsim import DEFAULTS
from tests.armsim.world import READER
from tests.commands.azure import live, refused, requests, writes
from tests.howto import VNET1, VNET4, VNET5, VNET5B

HEADER = ['Name', 'VNet 1', 'VNet 2', 'Status', 'Healthy', 'Reason']
ALL = 'vnet2vnet list --all-subscriptions'


def rows(result):
    """The cells of a table, header first."""
    lines = result.stdout.splitlines()
    places = [
        start for start, char in enumerate(lines[1]) if char == '-' and (start == 0 or lines[1][start - 1] == ' ')
    ]
    return [
        [line[start:end].strip() for start, end in zip(places, [*places[1:], None])]
        for line in (lines[0], *lines[2:])
        if line.strip()
    ]


def restrict(served, *scopes):
    """Let the login read these scopes and nothing else."""
    with served.lock:
        served.simulator.fabric.world.role_assignments[:] = [
            {'principalId': principal, 'scope': scope, **READER}
            for scope in scopes
            for principal in (DEFAULTS.app_object_a, DEFAULTS.app_object_b)
        ]


def test_nothing_is_an_empty_list(az, simulator):
    simulator.reset()
    assert az.run('vnet2vnet list').json == []
    assert az.run(ALL).json == []


def test_without_a_login_there_is_no_list(az, simulator):
    az.run('account clear')
    for command in (ALL, 'vnet2vnet export --format mermaid --all-subscriptions'):
        refused(az, simulator, command, "Please run 'az login' to setup account.")


def test_a_pair_of_one_subscription_is_one_row(az, simulator, join):
    join(VNET1, VNET4)
    found = az.run('vnet2vnet list -o table')
    assert rows(found) == [HEADER, ['TestVNet1ToTestVNet4', 'TestVNet1', 'TestVNet4', 'Connected', 'True', '']]
    sent = requests(simulator)
    assert len(sent) == len({(one.method, one.path) for one in sent}) == 5 and writes(simulator) == []


def test_a_list_has_the_short_shape(az, join):
    join(VNET1, VNET4)
    [pair] = az.run('vnet2vnet list').json
    assert set(pair) == {'name', 'status', 'healthy', 'reasons', 'end1', 'end2'}
    end = pair['end1']
    assert end['vnet'].keys() - {'resourceGroup'} == {'id'} == end['gateway'].keys() - {'resourceGroup'}
    assert end['location'] == 'eastus' and end['connection']['ingressBytes'] > 0


@pytest.mark.parametrize('far', [VNET5, VNET5B])
def test_a_pair_across_subscriptions_and_tenants_is_one_row(az, simulator, join, far):
    join(VNET1, far)
    [pair] = az.run(ALL).json
    assert {end['subscriptionId'] for end in (pair['end1'], pair['end2'])} == {
        DEFAULTS.subscription_1,
        DEFAULTS.subscription_5 if far is VNET5 else DEFAULTS.subscription_b,
    }
    with simulator.lock:
        asked = [entry for entry in simulator.simulator.journal if 'ResourceGraph' in entry.get('path', '')]
    assert len(asked) == 2, 'one query for each tenant'
    assert len(requests(simulator)) == 2, 'gateways come with the query, and each half is read once'
    for scope in ('-g TestRG1', '', f'-g TestRG5 --subscription "{far.subscription}"'):
        [again] = az.run(f'vnet2vnet list {scope}').json
        assert again['status'] == 'Connected' and again['healthy']


@pytest.mark.azure(resource_graph_page=1, resources_page=1)
def test_every_page_is_read(az, join):
    join(VNET1, VNET4)
    assert [len(az.run(command).json) for command in (ALL, 'vnet2vnet list')] == [1, 1]


@pytest.mark.azure(resource_graph_refused=True)
def test_without_resource_graph_each_subscription_is_asked(az, simulator, join):
    join(VNET1, VNET5B)
    assert [pair['status'] for pair in az.run(ALL).json] == ['Connected']
    lists = [one.path for one in requests(simulator) if one.path.endswith('/resources')]
    assert len(lists) == len(set(lists)) == 4


def test_a_pair_that_native_az_made_is_a_pair(az, join_natively):
    join_natively('Native.Key.1', 'Native.Key.1')
    [pair] = az.run('vnet2vnet list -g TestRG4').json
    assert (pair['name'], pair['end2']['connection']['name']) == ('back', 'there')


def test_halves_say_what_is_wrong_with_them(az, simulator, join):
    join(VNET1, VNET4)
    with live(simulator, 'connections', 'TestVNet1ToTestVNet4') as half:
        half['properties']['enableBgp'] = True
    [_, row] = rows(az.run('vnet2vnet list -o table'))
    assert row[3:] == ['Connected', 'False', 'bgp-one-sided']
    az.run('network vpn-connection delete -g TestRG4 -n TestVNet4ToTestVNet1')
    [_, row] = rows(az.run('vnet2vnet list -o table'))
    assert row == ['TestVNet1ToTestVNet4', 'TestVNet1', 'TestVNet4', 'Half', 'False', 'half-missing, not-connected']


def test_a_far_end_without_a_right_is_shown_as_such(az, simulator, join):
    join(VNET1, VNET5)
    restrict(simulator, f'/subscriptions/{DEFAULTS.subscription_1}')
    for command in (ALL, 'vnet2vnet list', 'vnet2vnet list -g TestRG1'):
        found = az.run(f'{command} -o table')
        assert rows(found)[1:] == [
            ['TestVNet1ToTestVNet5', 'TestVNet1', '(VNet5GW)', 'FarEndUnreadable', 'True', 'far-end-unreadable']
        ]


def test_a_far_end_without_a_login_is_shown_as_such(az, simulator, join):
    join(VNET1, VNET5B)
    az.run(f'account set -s {DEFAULTS.subscription_1}')
    az.run('logout --username ' + DEFAULTS.app_id)
    az.login(DEFAULTS.app_id, DEFAULTS.secret, [DEFAULTS.tenant_a])
    [pair] = az.run(ALL).json
    assert pair['status'] == 'FarEndUnreadable'
    assert pair['reasons'][0]['recommendation'] == 'Run az login --tenant TENANT for the tenant that it is in'


def test_unhealthy_pairs_are_found_by_a_query(az, simulator, join):
    join(VNET1, VNET4)
    query = ['--query', '[?!healthy].name', '-o', 'tsv']
    assert az.run(['vnet2vnet', 'list', *query]).stdout == ''
    with live(simulator, 'connections', 'TestVNet1ToTestVNet4') as half:
        half['state'] = 'Failed'
    assert az.run(['vnet2vnet', 'list', *query]).stdout.split() == ['TestVNet1ToTestVNet4']


def test_an_unknown_group_and_a_subscription_that_may_not_be_read(az, simulator, join):
    result = az.run('vnet2vnet list -g Nope', expect=3)
    assert "Resource group 'Nope' could not be found" in result.stderr and 'az group list' in result.stderr
    join(VNET1, VNET4)
    restrict(simulator, f'/subscriptions/{DEFAULTS.subscription_5}')
    assert 'AuthorizationFailed' in az.run('vnet2vnet list', expect=1).stderr
    assert az.run(ALL).json == []


def test_a_half_that_azure_does_not_answer_for_is_named_and_the_list_goes_on(az, simulator, join):
    join(VNET1, VNET4)
    simulator.simulator.faults = [
        {'match': 'GET */connections/TestVNet4ToTestVNet1', 'do': 'reset-before', 'every': True}
    ]
    listed = az.run(ALL)
    half = VNET4.id(DEFAULTS.subscription_1, 'connections', 'TestVNet4ToTestVNet1')
    assert f'WARNING: Connection {half} cannot be read (' in listed.stderr and 'and is left out.' in listed.stderr
    [pair] = listed.json
    assert (pair['name'], pair['status'], pair['healthy']) == ('TestVNet1ToTestVNet4', 'FarEndUnreadable', False)
    [reason] = pair['reasons']
    assert reason['code'] == 'far-end-unreadable' and 'the read failed (' in reason['message']
