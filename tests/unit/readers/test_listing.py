"""Lists of pairs: each once, and none that hides the others."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.arm.failures import RequestFailed
from azext_vnet2vnet.checks.health import status_of
from azext_vnet2vnet.network.pair import Cause, Obstacle
from azext_vnet2vnet.readers.listing import Listing, list_pairs
from tests.armsim import DEFAULTS
from tests.commands.azure import grant
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    ACCOUNTS,
    BACK,
    GROUP,
    GW2,
    QUICK,
    account,
    connected,
    join,
    join_across,
    let_pass,
    record,
    remove,
)

EVERYWHERE = [GROUP, DEFAULTS.subscription_1, None]
BROKEN = [
    {'do': 'status', 'status': 500, 'code': 'InternalServerError'},
    {'do': 'status', 'status': 403, 'code': 'AuthorizationFailed'},
    {'do': 'reset-before'},
]


def two_pairs(settings=QUICK):
    """`back` and `there`, and `1to3` and `3to1`, all Connected."""
    azure = connected(LocalAzure(settings))
    azure.make_site(3)
    join(azure, 1, 3)
    let_pass(azure)
    return azure


def listed(azure, scope=GROUP, accounts=ACCOUNTS):
    return azure.run(list_pairs(azure.arm(), accounts, scope))


def halves(pairs):
    return [[half.id.name for half in pair.halves] for pair in pairs]


@pytest.mark.parametrize('scope', EVERYWHERE)
def test_each_pair_is_listed_once_and_sorted_by_its_first_half(scope):
    pairs = listed(two_pairs(), scope)
    assert halves(pairs) == [['1to3', '3to1'], ['back', 'there']]
    assert {status_of(pair) for pair in pairs} == {'Connected'}
    assert [end.vnet_id.name for end in pairs[0].ends] == ['vnet1', 'vnet3']


@pytest.mark.parametrize('scope', EVERYWHERE)
def test_a_gateway_that_pairs_share_is_read_once_at_most(scope):
    azure = two_pairs()
    listed(azure, scope)
    reads = [entry for entry in azure.sent if entry.startswith('GET ')]
    assert len(reads) == len(set(reads)) >= 4


def test_gateways_come_with_resource_graph():
    azure = two_pairs()
    listed(azure, None)
    assert not any('virtualNetworkGateways' in entry for entry in azure.sent)


@pytest.mark.parametrize('scope', EVERYWHERE)
def test_connections_to_no_vnet_are_left_out(scope):
    azure = two_pairs()
    record(azure, 'connections', '1to3')['gateway2'] = None
    record(azure, 'connections', '3to1')['gateway2'] = None
    assert halves(listed(azure, scope)) == [['back', 'there']]


def test_a_connection_that_a_group_lists_to_no_vnet_is_not_read():
    azure = two_pairs()
    record(azure, 'connections', '1to3')['gateway2'] = None
    listed(azure)
    assert 'GET connections/1to3 200' not in azure.sent and 'GET connections/3to1 200' in azure.sent


def test_a_half_that_is_named_twice_is_read_once():
    azure = two_pairs()
    azure.run(Listing(azure.arm(), ACCOUNTS).of_halves([BACK, BACK]))
    assert azure.sent.count('GET connections/back 200') == 1


def test_a_group_that_does_not_exist_is_an_error():
    with pytest.raises(RequestFailed) as caught:
        listed(LocalAzure())
    assert caught.value.code == 'ResourceGroupNotFound'


@pytest.mark.parametrize('scope', EVERYWHERE)
def test_a_half_without_another_one_is_listed(scope):
    azure = two_pairs()
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    pairs = listed(azure, scope)
    assert halves(pairs) == [['1to3', '3to1'], ['there']] and status_of(pairs[1]) == 'Half'


@pytest.mark.parametrize('scope', EVERYWHERE)
@pytest.mark.parametrize('fault', BROKEN)
def test_a_half_that_cannot_be_read_is_left_out_and_the_list_goes_on(scope, fault, caplog):
    azure = two_pairs()
    azure.fail('GET */connections/back', every=True, **fault)
    pairs = listed(azure, scope)
    assert halves(pairs) == [['1to3', '3to1'], ['there']]
    cause = Cause.RIGHT if fault.get('status') == 403 else Cause.FAILURE
    assert pairs[1].end2.obstacle.cause is cause and status_of(pairs[1]) == 'FarEndUnreadable'
    assert f'Connection {BACK} cannot be read (' in caplog.text


def test_both_halves_that_cannot_be_read_leave_the_others(caplog):
    azure = two_pairs()
    for name in ('back', 'there'):
        azure.fail(f'GET */connections/{name}', 'status', every=True, status=500)
    assert halves(listed(azure)) == [['1to3', '3to1']] and caplog.text.count('and is left out') == 2


def lone_half():
    """Two pairs, of which one lost the half at gw2."""
    azure = two_pairs()
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    return azure


@pytest.mark.parametrize('fault', BROKEN)
def test_a_far_end_that_cannot_be_read_is_an_obstacle_and_the_list_goes_on(fault):
    azure = lone_half()
    azure.fail('GET */virtualNetworkGateways/gw2', every=True, **fault)
    pairs = listed(azure)
    assert halves(pairs) == [['1to3', '3to1'], ['there']]
    obstacle = pairs[1].end2.obstacle
    assert obstacle.cause is (Cause.RIGHT if fault.get('status') == 403 else Cause.FAILURE)
    assert pairs[1].end2.tenant == DEFAULTS.tenant_a
    assert obstacle.reason == {500: 'InternalServerError', 403: ''}.get(fault.get('status'), obstacle.reason)


def test_a_far_end_that_two_lone_halves_lead_to_is_read_once():
    azure = two_pairs()
    for name in ('there', '1to3'):
        azure.client.finish(azure.client.send('DELETE', str(BACK.sibling(BACK.type, name))))
    azure.simulator.journal.clear()
    assert halves(listed(azure)) == [['3to1'], ['back']]
    assert azure.sent.count('GET gw1/connections 200') == azure.sent.count('GET virtualNetworkGateways/gw1 200') == 1


@pytest.mark.parametrize('fault', BROKEN)
def test_a_gateway_that_cannot_be_read_is_an_obstacle_of_its_own(fault):
    azure = two_pairs()
    azure.fail('GET */virtualNetworkGateways/gw2', every=True, **fault)
    far = listed(azure)[1].end1
    assert (far.gateway, far.obstacle, far.half.id, far.vnet_id) == (None, None, BACK, None)
    assert far.gateway_obstacle.cause is (Cause.RIGHT if fault.get('status') == 403 else Cause.FAILURE)


def test_a_gateway_that_does_not_exist_any_more_is_missing():
    azure = lone_half()
    remove(azure, GW2)
    far = listed(azure)[1].end2
    assert (far.gateway_missing, far.gateway_obstacle) == (True, None)


def test_a_far_subscription_that_the_login_does_not_have_is_an_obstacle():
    azure = LocalAzure(QUICK)
    join_across(azure)
    [pair] = listed(azure, None, [account(DEFAULTS.subscription_1)])
    assert pair.end2.obstacle == Obstacle(Cause.LOGIN)


def test_a_pair_across_tenants_is_one_pair_of_the_login():
    azure = LocalAzure(QUICK)
    far = join_across(azure)
    [pair] = listed(azure, None)
    assert {half.id.subscription for half in pair.halves} == {DEFAULTS.subscription_1, far.subscription}
    assert azure.sent.count('POST Microsoft.ResourceGraph/resources 200') == 2, 'one query for each tenant'


def test_every_page_of_resource_graph_and_of_a_subscription_is_read():
    azure = two_pairs(replace(QUICK, resource_graph_page=2, resources_page=1))
    assert [len(listed(azure, scope)) for scope in (None, DEFAULTS.subscription_1)] == [2, 2]
    assert azure.sent.count('POST Microsoft.ResourceGraph/resources 200') > 2


def test_without_resource_graph_each_subscription_is_asked():
    azure = LocalAzure(replace(QUICK, resource_graph_refused=True))
    join_across(azure)
    assert len(listed(azure, None)) == 1
    lists = [entry['path'] for entry in azure.simulator.journal if entry.get('path', '').endswith('/resources')]
    assert sum('ResourceGraph' not in path for path in lists) == len(ACCOUNTS)


def test_without_resource_graph_a_subscription_that_cannot_be_read_is_left_out(caplog):
    azure = LocalAzure(replace(QUICK, resource_graph_refused=True))
    connected(azure)
    grant(azure, (f'/subscriptions/{DEFAULTS.subscription_1}', ['*'], []))
    assert halves(listed(azure, None)) == [['back', 'there']]
    assert f'Subscription {DEFAULTS.subscription_2} cannot be read (AuthorizationFailed)' in caplog.text


def test_a_tenant_whose_login_has_ended_is_left_out(caplog):
    azure = two_pairs()
    token = azure.token
    azure.token = lambda tenant: token(tenant) if tenant == DEFAULTS.tenant_a else 'expired'
    assert len(listed(azure, None)) == 2
    assert f'The login to tenant {DEFAULTS.tenant_b} has ended' in caplog.text


def test_a_tenant_whose_login_ends_while_its_subscriptions_are_asked_is_left_out(caplog):
    azure = two_pairs(replace(QUICK, resource_graph_refused=True))
    token = azure.token
    first = iter([token(DEFAULTS.tenant_b)])
    azure.token = lambda tenant: token(tenant) if tenant == DEFAULTS.tenant_a else next(first, 'expired')
    assert len(listed(azure, None)) == 2
    assert f'The login to tenant {DEFAULTS.tenant_b} has ended' in caplog.text


def test_a_tenant_without_subscriptions_is_not_asked():
    azure = two_pairs()
    alone = account(DEFAULTS.tenant_b, tenant=DEFAULTS.tenant_b)
    assert len(listed(azure, None, [account(DEFAULTS.subscription_1), alone])) == 2
    assert [entry for entry in azure.sent if entry.startswith('POST')] == ['POST Microsoft.ResourceGraph/resources 200']
