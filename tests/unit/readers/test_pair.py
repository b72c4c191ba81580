"""A pair found from either half, and what it says of what cannot be read."""

import pytest

from azext_vnet2vnet.arm.failures import RequestFailed
from azext_vnet2vnet.checks.health import reasons_of
from azext_vnet2vnet.network.diagnostic import Kind, Refused, Severity
from azext_vnet2vnet.network.pair import Cause, Obstacle
from azext_vnet2vnet.readers.pair import find_pair, find_pair_if_any, tenants_of
from tests.armsim import DEFAULTS
from tests.commands.azure import grant
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    ACCOUNTS,
    BACK,
    GW1,
    GW2,
    QUICK,
    THERE,
    VNET1,
    VNET2,
    account,
    connected,
    join,
    join_across,
    record,
    refusal,
    remove,
    resource,
)


def find(azure, half=THERE, accounts=ACCOUNTS):
    return azure.run(find_pair(azure.arm(), accounts, half))


def broken(azure, pattern, status=500, code='InternalServerError'):
    azure.fail(f'GET {pattern}', 'status', every=True, status=status, code=code)
    return azure


def test_a_pair_is_found_from_either_half_which_is_then_the_first():
    azure = connected(LocalAzure(QUICK))
    there, back = find(azure, THERE), find(azure, BACK)
    assert [half.id for half in there.halves] == [THERE, BACK] and [half.id for half in back.halves] == [BACK, THERE]
    assert [(end.gateway.id, end.vnet.id) for end in there.ends] == [(GW1, VNET1), (GW2, VNET2)]


def test_a_pair_is_found_in_six_reads_and_a_list():
    azure = connected(LocalAzure(QUICK))
    find(azure)
    assert sorted(azure.sent) == [
        'GET connections/back 200',
        'GET connections/there 200',
        'GET gw2/connections 200',
        'GET virtualNetworkGateways/gw1 200',
        'GET virtualNetworkGateways/gw2 200',
        'GET virtualNetworks/vnet1 200',
        'GET virtualNetworks/vnet2 200',
    ]


def test_a_connection_that_does_not_exist_is_refused_as_not_found():
    azure = LocalAzure()
    with pytest.raises(Refused) as caught:
        find(azure)
    [diagnostic] = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.kind) == ('connection-missing', Kind.NOT_FOUND)
    assert diagnostic.recommendation == 'See what exists with az vnet2vnet list --resource-group rg'


def test_no_pair_is_found_where_it_may_be_gone():
    azure = LocalAzure()
    assert azure.run(find_pair_if_any(azure.arm(), ACCOUNTS, THERE)) is None


def test_a_connection_to_no_vnet_is_refused_either_way():
    azure = connected(LocalAzure(QUICK))
    record(azure, 'connections', 'there')['gateway2'] = None
    assert refusal(azure, find_pair(azure.arm(), ACCOUNTS, THERE)) == ['not-vnet2vnet']
    assert refusal(azure, find_pair_if_any(azure.arm(), ACCOUNTS, THERE)) == ['not-vnet2vnet']


def test_another_connection_of_the_far_gateway_is_not_the_half():
    azure = connected(LocalAzure(QUICK))
    azure.make_site(3)
    join(azure, 2, 3)
    assert find(azure).end2.half.id == BACK


def test_a_half_that_does_not_exist_is_none():
    azure = connected(LocalAzure(QUICK))
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    pair = find(azure)
    assert (pair.end2.half, pair.end2.obstacle, pair.end2.gateway.id) == (None, None, GW2)


def test_a_pair_across_tenants_is_read_with_a_token_of_each():
    azure = LocalAzure(QUICK)
    far = join_across(azure)
    pair = find(azure)
    assert pair.end2.half.id == far and [end.tenant for end in pair.ends] == [DEFAULTS.tenant_a, DEFAULTS.tenant_b]


def test_a_far_subscription_that_the_login_does_not_have_is_not_asked():
    azure = LocalAzure(QUICK)
    join_across(azure)
    pair = find(azure, accounts=[account(DEFAULTS.subscription_1)])
    assert (pair.end2.obstacle, pair.end2.tenant) == (Obstacle(Cause.LOGIN), '')
    assert not any(DEFAULTS.subscription_b in entry.get('path', '') for entry in azure.simulator.journal)


def test_a_login_that_ended_at_the_far_end_names_its_tenant():
    azure = LocalAzure(QUICK)
    join_across(azure)
    azure.fail(f'GET /subscriptions/{DEFAULTS.subscription_b}/*', 'expired-token', every=True)
    assert (find(azure).end2.obstacle, find(azure).end2.tenant) == (Obstacle(Cause.LOGIN), DEFAULTS.tenant_b)


def test_a_far_gateway_that_may_not_be_read_is_an_obstacle():
    azure = broken(connected(LocalAzure(QUICK)), '*/virtualNetworkGateways/gw2', 403, 'AuthorizationFailed')
    assert find(azure).end2.obstacle == Obstacle(Cause.RIGHT)


def test_a_far_half_that_may_not_be_read_is_an_obstacle():
    azure = broken(connected(LocalAzure(QUICK)), '*/connections/back', 403, 'AuthorizationFailed')
    end = find(azure).end2
    assert (end.obstacle, end.half, end.gateway.id) == (Obstacle(Cause.RIGHT), None, GW2)


@pytest.mark.parametrize('pattern', ['*/virtualNetworkGateways/gw2', '*/connections/back', '*/connections/there'])
def test_a_half_or_far_gateway_that_azure_fails_at_stops_the_command(pattern):
    azure = broken(connected(LocalAzure(QUICK)), pattern)
    with pytest.raises(RequestFailed) as caught:
        find(azure)
    assert caught.value.code == 'InternalServerError'


@pytest.mark.parametrize(
    'pattern, code', [('*/virtualNetworkGateways/gw1', 'gateway-unreadable'), ('*/vnet1', 'vnet-unreadable')]
)
def test_what_azure_fails_at_of_the_near_end_is_an_error_with_its_code(pattern, code):
    azure = broken(connected(LocalAzure(QUICK)), pattern, 500, 'Overloaded')
    pair = find(azure)
    obstacle = pair.end1.gateway_obstacle or pair.end1.vnet_obstacle
    [reason] = [one for one in reasons_of(pair) if one.code.endswith('-unreadable')]
    assert obstacle == Obstacle(Cause.FAILURE, 'Overloaded')
    assert (reason.code, reason.severity) == (code, Severity.ERROR) and 'cannot be read (Overloaded)' in reason.message


@pytest.mark.parametrize(
    'pattern, code', [('*/virtualNetworkGateways/gw1', 'gateway-unreadable'), ('*/vnet1', 'vnet-unreadable')]
)
def test_what_may_not_be_read_of_the_near_end_is_a_warning_that_asks_for_a_role(pattern, code):
    azure = broken(connected(LocalAzure(QUICK)), pattern, 403, 'AuthorizationFailed')
    [reason] = [one for one in reasons_of(find(azure)) if one.code.endswith('-unreadable')]
    assert (reason.code, reason.severity) == (code, Severity.WARNING)
    assert reason.recommendation == 'Ask for the role Reader on its group' and 'Azure answers' not in reason.message


def test_a_far_vnet_that_azure_fails_at_is_an_error_with_its_code():
    azure = broken(connected(LocalAzure(QUICK)), '*/vnet2', 500, 'Overloaded')
    [reason] = [one for one in reasons_of(find(azure)) if one.code == 'vnet-unreadable']
    assert reason.severity is Severity.ERROR and 'cannot be read (Overloaded)' in reason.message


def test_a_gateway_that_does_not_exist_any_more_is_missing():
    azure = connected(LocalAzure(QUICK))
    remove(azure, BACK)
    remove(azure, GW2)
    end = find(azure).end2
    assert (end.gateway_missing, end.replacement, end.vnet) == (True, None, None)


def test_what_replaces_a_missing_gateway_is_named_with_its_vnet():
    azure = connected(LocalAzure(QUICK))
    azure.make_site(3)
    record(azure, 'connections', 'back')['gateway1'] = str(resource('virtualNetworkGateways', 'gw3'))
    remove(azure, GW2)
    end = find(azure).end2
    assert (end.replacement.name, end.vnet.id.name, end.half) == ('gw3', 'vnet3', None)


def test_a_gateway_with_a_pair_of_its_own_replaces_nothing():
    azure = connected(LocalAzure(QUICK))
    azure.make_site(3)
    join(azure, 1, 3)
    remove(azure, BACK)
    remove(azure, GW2)
    assert find(azure).end2.replacement is None


def test_rights_at_one_group_alone_show_the_far_end_as_unreadable():
    azure = LocalAzure(QUICK)
    join_across(azure)
    grant(azure, (f'/subscriptions/{DEFAULTS.subscription_1}', ['*'], []))
    assert find(azure).end2.obstacle == Obstacle(Cause.RIGHT)


def test_subscriptions_of_another_cloud_are_none_of_the_login():
    accounts = [account(DEFAULTS.subscription_1), account(DEFAULTS.subscription_b.upper(), other_cloud='AzureChina')]
    assert tenants_of(accounts) == {DEFAULTS.subscription_1: DEFAULTS.tenant_a}
