"""What is read of the login's rights: no more than the plan requires."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.checks.quota import Usage
from azext_vnet2vnet.checks.rights import Lock, Permission
from azext_vnet2vnet.network.desired import PublicIp
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.pair_plan import compare
from azext_vnet2vnet.planning.plan import Action, Plan, Step
from azext_vnet2vnet.readers.rights import bare_subscriptions, existing_groups, read_rights, read_usages
from azext_vnet2vnet.readers.site import observe_pair
from tests.armsim import DEFAULTS
from tests.armsim.client import group_path
from tests.commands.azure import grant
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import GROUP, GW1, GW2, QUICK, THERE, VNET1, connected, end, pair, remove, resource

KNOWN = (DEFAULTS.subscription_1,)
RESET = Plan((Step(THERE, Action.RESET),))
IP = resource('publicIPAddresses', 'new')
NEW_IP = Plan((Step(IP, Action.CREATE, resource=PublicIp(IP, 'eastus')),))
READ = 'Microsoft.Authorization/*/read'
ACTION = 'Microsoft.Network/connections/resetconnection/action'


def rights(azure, plan=RESET, groups=(GROUP,), known=KNOWN, bare=()):
    return azure.run(read_rights(azure.arm(), plan, groups, known, bare))


def granted(*assignments):
    azure = LocalAzure(QUICK)
    azure.client.make(group_path(), {'location': 'eastus'})
    azure.simulator.journal.clear()
    grant(azure, *assignments)
    return azure


def scopes(azure):
    """The scopes whose permissions were asked for."""
    return [
        entry['path'].partition('/providers/Microsoft.Authorization/permissions')[0]
        for entry in azure.simulator.journal
        if entry.get('path', '').endswith('/permissions')
    ]


def test_where_the_group_allows_it_the_resource_is_not_asked():
    azure = granted((str(GROUP), [READ, ACTION], []))
    found = rights(azure)
    assert found.allow(str(GROUP), ACTION) is True and scopes(azure) == [str(GROUP)]


def test_where_the_group_does_not_allow_it_the_resource_is_asked():
    azure = granted((str(GROUP), [READ], []), (str(THERE), [ACTION], []))
    found = rights(azure)
    assert (found.allow(str(GROUP), ACTION), found.allow(str(THERE), ACTION)) == (False, True)
    assert scopes(azure) == [str(GROUP), str(THERE)]


def test_what_an_assignment_leaves_out_is_read_too():
    azure = granted((str(GROUP), ['*'], [ACTION]))
    assert rights(azure).permissions[str(GROUP).lower()] == (Permission(('*',), (ACTION,)),)


def test_a_group_that_does_not_exist_has_the_permissions_of_its_subscription():
    azure = LocalAzure()
    rights(azure, groups=())
    assert scopes(azure) == [f'/subscriptions/{DEFAULTS.subscription_1}']


def test_permissions_that_may_not_be_read_are_unknown():
    azure = granted((str(GROUP), ['Microsoft.Network/*'], []))
    assert rights(azure).allow(str(GROUP), ACTION) is None
    assert scopes(azure) == [str(GROUP)], 'the resource would be no wiser'


def test_a_subscription_that_the_login_does_not_have_is_not_asked():
    azure = granted((str(GROUP), ['*'], []))
    assert rights(azure, known=()).permissions == {} and scopes(azure) == []


@pytest.mark.parametrize('scope', [str(GROUP), f'/subscriptions/{DEFAULTS.subscription_1}'])
def test_locks_are_read_on_whatever_scope_they_are(scope):
    azure = granted(('/', ['*'], []))
    lock = f'{scope}/providers/Microsoft.Authorization/locks/keep'
    azure.client.make(lock, {'properties': {'level': 'ReadOnly'}})
    assert rights(azure).locks == (Lock(lock, scope, 'ReadOnly'),)


def test_locks_that_may_not_be_read_are_said_to_be_unknown():
    azure = granted((str(GROUP), ['*'], []))
    found = rights(azure)
    assert (found.locks, found.locks_unknown) == ((), (DEFAULTS.subscription_1,))


@pytest.mark.parametrize('registered, unregistered', [([], (DEFAULTS.subscription_1,)), (['Microsoft.Network'], ())])
def test_registration_is_asked_where_no_vnet_shows_it(registered, unregistered):
    azure = LocalAzure()
    azure.simulator.world.subscriptions[DEFAULTS.subscription_1]['registered'] = registered
    assert rights(azure, bare=KNOWN).unregistered == unregistered


def test_registration_is_not_asked_where_a_vnet_shows_it():
    azure = LocalAzure()
    rights(azure)
    assert not any('Microsoft.Network ' in entry for entry in azure.sent)


def test_a_registration_that_may_not_be_read_is_taken_for_one():
    azure = granted((str(GROUP), ['*'], []))
    azure.simulator.world.subscriptions[DEFAULTS.subscription_1]['registered'] = []
    assert rights(azure, bare=KNOWN).unregistered == ()


def usages(azure, plan=NEW_IP):
    return azure.run(read_usages(azure.arm(), plan))


def test_usage_is_read_where_public_ips_are_created():
    azure = LocalAzure(replace(QUICK, public_ip_quota=7))
    azure.make_site(1, with_gateway=False)
    assert usages(azure) == {(DEFAULTS.subscription_1, 'eastus'): Usage(1, 7)}


def test_usage_is_not_read_where_no_public_ip_is_created():
    azure = LocalAzure()
    assert usages(azure, RESET) == {} and azure.sent == []


def test_a_usage_that_may_not_be_read_is_left_out():
    azure = granted((str(GROUP), ['*'], []))
    assert usages(azure) == {}


def state(azure, desired=None):
    desired = desired or pair()
    return compare(desired, azure.run(observe_pair(azure.arm(), desired)))


def test_groups_that_exist_are_those_of_vnets_gateways_and_halves():
    azure = connected(LocalAzure(QUICK))
    assert existing_groups([state(azure)]) == (GROUP,)


def test_groups_of_gateways_and_halves_count_beside_those_of_vnets():
    found = state(connected(LocalAzure(QUICK)))
    seen = found.end1.observed
    gateway, half = (
        replace(one, id=replace(one.id, group=name)) for one, name in ((seen.gateway, 'g'), (seen.half, 'h'))
    )
    moved = replace(found, end1=replace(found.end1, observed=replace(seen, gateway=gateway, half=half)))
    assert [one.name for one in existing_groups([moved])] == ['g', 'h', 'rg']


def test_no_group_exists_where_nothing_does():
    assert existing_groups([state(LocalAzure())]) == ()


def test_the_group_of_another_administrators_gateway_exists():
    far = ResourceId(DEFAULTS.subscription_2, 'theirs', GW2.type, ('gw',))
    found = state(LocalAzure(), pair(end2=end(2, far_gateway=far)))
    assert far.group_id in existing_groups([found])


def test_a_subscription_is_bare_where_an_end_has_no_vnet():
    azure = connected(LocalAzure(QUICK))
    assert bare_subscriptions([state(azure)]) == ()
    remove(azure, GW1)
    assert bare_subscriptions([state(azure, pair(end1=end(8)))]) == (DEFAULTS.subscription_1,)


def test_the_subscription_of_another_administrator_is_not_asked_whether_it_is_bare():
    vnet = ResourceId(DEFAULTS.subscription_2, 'theirs', VNET1.type, ('vnet',))
    found = state(LocalAzure(), pair(end2=end(2, vnet=vnet, far_gateway=GW2)))
    assert bare_subscriptions([found]) == (DEFAULTS.subscription_1,)
