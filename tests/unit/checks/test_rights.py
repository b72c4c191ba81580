"""What a login may do: patterns, exceptions, locks, and which scope decides."""

import pytest

from azext_vnet2vnet.checks.rights import Lock, Permission, Rights, check_rights, demands_of
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.diagnostic import Severity
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.plan import Action, Step
from tests.unit import samples

PLAN = samples.plan_pair(samples.pair(), ObservedPair(samples.nothing(), samples.nothing()))
OWNER = (Permission(('*',)),)


@pytest.mark.parametrize(
    'actions, not_actions, allowed',
    [
        (['*'], [], True),
        (['Microsoft.Network/*'], [], True),
        (['microsoft.network/CONNECTIONS/write'], [], True),
        (['*/write'], [], True),
        (['Microsoft.Network/connections/*'], ['*/write'], False),
        (['*/read'], [], False),
        (['Microsoft.Network/connections'], [], False),
        (['Microsoft.Network.connections/write'], [], False),
        ([], [], False),
    ],
)
def test_patterns(actions, not_actions, allowed):
    assert Permission(tuple(actions), tuple(not_actions)).allows('Microsoft.Network/connections/write') is allowed


def test_what_one_assignment_leaves_out_another_may_give():
    entries = (Permission(('*',), ('Microsoft.Network/*/write',)), Permission(('Microsoft.Network/connections/*',)))
    rights = Rights({'/subscriptions/s': entries})
    assert rights.allow('/Subscriptions/S', 'Microsoft.Network/connections/write') is True
    assert rights.allow('/subscriptions/s', 'Microsoft.Network/virtualNetworks/write') is False
    assert rights.allow('/subscriptions/t', 'Microsoft.Network/virtualNetworks/write') is None


@pytest.mark.parametrize(
    'scope, level, forbids',
    [
        ('/subscriptions/s1', 'ReadOnly', True),
        ('/subscriptions/s1/resourcegroups/TESTRG1', 'ReadOnly', True),
        (str(samples.vnet_id(1)), 'ReadOnly', True),
        (f'{samples.vnet_id(1)}0', 'ReadOnly', False),
        ('/subscriptions/s1/resourceGroups/TestRG', 'ReadOnly', False),
        ('/subscriptions/s1', 'CanNotDelete', False),
        (f'{samples.vnet_id(1)}/subnets/x', 'ReadOnly', False),
    ],
)
def test_locks(scope, level, forbids):
    assert Lock('id', scope, level).forbids(Step(samples.vnet_id(1), Action.UPDATE)) is forbids


@pytest.mark.parametrize('level', ['ReadOnly', 'CanNotDelete'])
def test_every_lock_forbids_to_delete(level):
    assert Lock('id', '/subscriptions/s1', level).forbids(Step(samples.vnet_id(1), Action.DELETE))
    assert not Lock('id', '/subscriptions/s4', level).forbids(Step(samples.vnet_id(1), Action.DELETE))


def test_an_owner_of_both_subscriptions_has_no_findings():
    assert check_rights(PLAN, (), Rights({'/subscriptions/s1': OWNER, '/subscriptions/s4': OWNER})) == ()


def test_a_plan_from_nothing_asks_for_all_that_azure_will_ask_for():
    asked = {demand.action for demand in demands_of(PLAN, ())}
    assert asked == {
        'Microsoft.Resources/subscriptions/resourceGroups/write',
        'Microsoft.Network/virtualNetworks/write',
        'Microsoft.Network/virtualNetworks/subnets/join/action',
        'Microsoft.Network/publicIPAddresses/write',
        'Microsoft.Network/publicIPAddresses/join/action',
        'Microsoft.Network/virtualNetworkGateways/write',
        'Microsoft.Network/virtualNetworkGateways/read',
        'Microsoft.Network/connections/write',
    }


def test_a_missing_right_names_action_and_scope_and_an_unknown_one_warns():
    findings = check_rights(PLAN, (), Rights({'/subscriptions/s1': (Permission(('*/read',)),)}))
    missing = [finding for finding in findings if finding.severity is Severity.ERROR]
    assert {finding.code for finding in missing} == {'right-missing'}
    assert any('Microsoft.Network/connections/write on /subscriptions/s1' in finding.message for finding in missing)
    assert [finding.code for finding in findings if finding.severity is Severity.WARNING] == ['rights-unknown']


def test_locks_and_registration_are_findings():
    rights = Rights(
        {'/subscriptions/s1': OWNER, '/subscriptions/s4': OWNER},
        (Lock('L1', '/subscriptions/s4', 'ReadOnly'), Lock('L2', '/subscriptions/s9', 'ReadOnly')),
        ('s1',),
    )
    assert [finding.code for finding in check_rights(PLAN, (), rights)] == ['locked', 'provider-unregistered']


def test_a_right_on_a_resource_that_exists_makes_up_for_its_group():
    observed = ObservedPair(samples.site(1, 4, 'eastus', half=None), samples.site(4, 1, 'westus', half=None))
    plan = samples.plan_pair(samples.pair(), observed)
    groups = tuple(ResourceId(f's{number}', f'TestRG{number}') for number in (1, 4))
    connections = (Permission((f'{resource_id.CONNECTION_TYPE}/*',)),)
    wide = {str(group).lower(): connections for group in groups}
    narrow = {str(samples.gateway(number, '').id).lower(): OWNER for number in (1, 4)}
    assert len(check_rights(plan, groups, Rights(wide))) > 0
    assert check_rights(plan, groups, Rights({**wide, **narrow})) == ()
