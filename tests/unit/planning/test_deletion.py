"""What a deletion or a reset of a pair does, in which order, and what stands in its way."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.checks.change import check_deletion, check_gone, check_seen, check_whole
from azext_vnet2vnet.checks.rights import Lock, Permission, Rights, check_rights, demands_of
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.diagnostic import Severity
from azext_vnet2vnet.network.observed import Peering
from azext_vnet2vnet.network.pair import Cause, ObservedEnd, ObservedPair, Obstacle
from azext_vnet2vnet.planning.deletion_plan import commands_by_id, plan_deletion, resumption_of_deletion
from azext_vnet2vnet.planning.disturbance import disturbance_of
from azext_vnet2vnet.planning.plan import Action, Step
from azext_vnet2vnet.planning.update_plan import plan_reset
from tests.unit import samples

NEAR_HALF, FAR_HALF = samples.half(1, 4, 'eastus'), samples.half(4, 1, 'westus')
GATEWAY = samples.gateway(1, 'eastus')
SITE = samples.half(1, 9, 'eastus', far_gateway=None, id=NEAR_HALF.id.sibling(resource_id.CONNECTION_TYPE, 'site'))
AGAIN = 'run it again'


def end(number, far, location, **changes):
    sample = ObservedEnd(
        samples.gateway(number, location).id,
        'tenant-a',
        gateway=samples.gateway(number, location),
        vnet_id=samples.vnet_id(number),
        vnet=samples.vnet(number, location),
        half=samples.half(number, far, location),
        connections=(samples.half(number, far, location),),
    )
    return replace(sample, **changes)


def pair(near=None, far=None):
    """TestVNet1 and TestVNet4, joined; with changes of the ends."""
    return ObservedPair(end(1, 4, 'eastus', **(near or {})), end(4, 1, 'westus', **(far or {})))


def names(found):
    return [one.name for one in found]


def codes(findings):
    return [finding.code for finding in findings]


def test_the_far_half_is_deleted_first_and_the_named_one_follows():
    plan = plan_deletion(pair(), with_gateways=False)
    assert names(step.id for step in plan.steps) == ['TestVNet4ToTestVNet1', 'TestVNet1ToTestVNet4']
    far, near = plan.steps
    assert (far.follows, names(near.follows), far.needs, near.needs) == ((), ['TestVNet4ToTestVNet1'], (), ())
    assert names(step.lock for step in plan.steps) == ['VNet4GW', 'VNet1GW']


def test_gateways_wait_for_both_halves_and_public_ips_for_their_own_gateway():
    two = replace(
        GATEWAY,
        active_active=True,
        public_ip_ids=tuple(GATEWAY.id.sibling(resource_id.PUBLIC_IP_TYPE, name) for name in ('one', 'two')),
    )
    plan = plan_deletion(pair(near={'gateway': two}), with_gateways=True)
    needs = {step.id.name: names(step.needs) for step in plan.steps if not step.id.is_a(resource_id.CONNECTION_TYPE)}
    halves = ['TestVNet4ToTestVNet1', 'TestVNet1ToTestVNet4']
    assert needs == {
        'VNet1GW': halves,
        'VNet4GW': halves,
        'one': ['VNet1GW'],
        'two': ['VNet1GW'],
        'VNet4GWIP': ['VNet4GW'],
    }
    assert {step.action for step in plan.steps} == {Action.DELETE}
    assert plan.disturbing == plan.steps and len(plan.steps) == 7
    assert all(str(step.id) in disturbance_of(step) for step in plan.steps)


def test_what_is_gone_is_no_step():
    assert names(step.id for step in plan_deletion(pair(far={'half': None}), True).steps) == [
        'TestVNet1ToTestVNet4',
        'VNet1GW',
        'VNet1GWIP',
        'VNet4GW',
        'VNet4GWIP',
    ]
    gone = {'half': None, 'gateway': None, 'gateway_missing': True, 'vnet': None, 'vnet_id': None}
    assert names(step.id for step in plan_deletion(pair(far=gone), True).steps) == [
        'TestVNet1ToTestVNet4',
        'VNet1GW',
        'VNet1GWIP',
    ]


def test_how_to_go_on_depends_on_what_is_left():
    plan = plan_deletion(pair(), with_gateways=True)
    far, near, gateway, public_ip, far_gateway, far_public_ip = (step.id for step in plan.steps)
    everything = (
        f'az network vnet-gateway delete --ids {gateway} {far_gateway}, then az network public-ip delete '
        f'--ids {public_ip} {far_public_ip}'
    )
    assert commands_by_id(plan) == everything

    def resume(*done):
        return resumption_of_deletion(plan.without(done), near, AGAIN)

    by_far = f'run az vnet2vnet delete --ids {far} --gateways'
    gone = 'Where that finds no connection any more'
    assert resume() == (AGAIN, f'{gone}, {by_far}; where that finds none either, run {everything}')
    assert resume(far) == (AGAIN, f'{gone}, run {everything}')
    assert resume(near) == (by_far, f'{gone}, run {everything}')
    assert resume(near, far) == (f'run {everything}', '')
    last = f'run az network public-ip delete --ids {far_public_ip}'
    assert resume(near, far, gateway, far_gateway, public_ip) == (last, '')


def test_how_to_go_on_without_the_gateways():
    plan = plan_deletion(pair(), with_gateways=False)
    far, near = (step.id for step in plan.steps)
    assert commands_by_id(plan) == ''
    assert resumption_of_deletion(plan, near, AGAIN) == (
        AGAIN,
        f'Where that finds no connection any more, run az vnet2vnet delete --ids {far}',
    )
    assert resumption_of_deletion(plan.without([far]), near, AGAIN) == (AGAIN, '')


def test_a_pair_alone_may_lose_its_gateways():
    assert check_deletion(pair(), with_gateways=True) == ()


@pytest.mark.parametrize(
    'change, code, texts',
    [
        (
            {'connections': (NEAR_HALF, samples.half(1, 5, 'eastus'), SITE)},
            'gateway-in-use',
            (
                f'Gateway {GATEWAY.id} also has {SITE.id}, {samples.half(1, 5, "").id}',
                f'Delete those first (az network vpn-connection delete --ids {SITE.id}, az vnet2vnet delete --ids '
                f'{samples.half(1, 5, "").id}), or omit --gateways',
            ),
        ),
        (
            {'gateway': replace(GATEWAY, serves_points=True)},
            'gateway-serves-points',
            (f'Gateway {GATEWAY.id} has point-to-site settings', f'--remove vpnClientConfiguration --ids {GATEWAY.id}'),
        ),
        (
            {
                'vnet': replace(
                    samples.vnet(1, 'eastus'),
                    peerings=(
                        Peering('plain', samples.vnet_id(7)),
                        Peering('lend', samples.vnet_id(9), allows_gateway_transit=True),
                    ),
                )
            },
            'gateway-transit',
            (
                f"lends its gateway to {samples.vnet_id(9)} through peering 'lend'",
                f'--set allowGatewayTransit=false --ids {samples.vnet_id(1)}/virtualNetworkPeerings/lend',
            ),
        ),
        (
            {'gateway': None, 'gateway_obstacle': Obstacle(Cause.RIGHT)},
            'gateway-unreadable',
            (f'Gateway {GATEWAY.id} cannot be read', 'or omit --gateways'),
        ),
    ],
)
def test_what_still_needs_a_gateway(change, code, texts):
    [found] = check_deletion(pair(near=change), with_gateways=True)
    assert (found.code, found.severity) == (code, Severity.ERROR)
    assert [text for text in texts if text not in f'{found.message} {found.recommendation}'] == []
    assert check_deletion(pair(near=change), with_gateways=False) == ()


def test_the_far_half_in_the_list_of_the_near_gateway_is_no_other_connection():
    assert check_deletion(pair(near={'connections': (NEAR_HALF, FAR_HALF)}), with_gateways=True) == ()


def test_peerings_that_cannot_be_read_are_a_warning():
    [found] = check_deletion(pair(far={'vnet': None}), with_gateways=True)
    assert (found.code, found.severity) == ('peerings-unknown', Severity.WARNING)


@pytest.mark.parametrize('obstacle', list(map(Obstacle, Cause)))
def test_an_end_that_cannot_be_seen(obstacle):
    unseen = pair(far={'obstacle': obstacle, 'half': None, 'gateway': None, 'vnet': None, 'vnet_id': None})
    [found] = check_seen(unseen)
    assert found.code == 'far-end-unreadable' and found.severity is Severity.ERROR
    assert found.recommendation.endswith(
        f'; to delete this half alone, run az network vpn-connection delete --ids {NEAR_HALF.id}'
    )
    assert check_seen(pair(far={'half': None})) == () == check_seen(pair())


def test_a_connection_that_is_gone_is_a_warning_and_hides_the_gateways():
    [warning] = check_gone(NEAR_HALF.id, with_gateways=False)
    [error] = check_gone(NEAR_HALF.id, with_gateways=True)
    assert (warning.severity, error.severity) == (Severity.WARNING, Severity.ERROR)
    assert f'Connection {NEAR_HALF.id} does not exist' in warning.message and warning.message in error.message
    assert '--subscription s1 --resource-group TestRG1 --output table' in error.recommendation


@pytest.mark.parametrize(
    'scope, forbids',
    [
        ('/subscriptions/s1', True),
        (f'{GATEWAY.id}', True),
        (f'{GATEWAY.id}/natRules/x', True),
        (f'{GATEWAY.id}x', False),
        ('/subscriptions/s1/resourceGroups/TestRG', False),
        ('/subscriptions/s4', False),
    ],
)
def test_locks_at_above_and_in_what_is_deleted(scope, forbids):
    lock = Lock('id', scope.upper(), 'CanNotDelete')
    assert lock.forbids(Step(GATEWAY.id, Action.DELETE)) is forbids
    assert not lock.forbids(Step(GATEWAY.id, Action.RESET))


def test_a_read_only_lock_forbids_a_reset_of_what_it_holds():
    step = Step(GATEWAY.id, Action.RESET)
    assert Lock('id', '/subscriptions/s1', 'ReadOnly').forbids(step)
    assert not Lock('id', f'{GATEWAY.id}/natRules/x', 'ReadOnly').forbids(step)


def test_rights_of_both_sides():
    groups = tuple(end_.gateway_id.group_id for end_ in pair().ends)
    plan = plan_deletion(pair(), with_gateways=True)
    assert {demand.action.split('/', 1)[1] for demand in demands_of(plan, groups)} == {
        'connections/delete',
        'virtualNetworkGateways/delete',
        'publicIPAddresses/delete',
    }
    wide = {str(group).lower(): (Permission((action,)),) for group, action in zip(groups, ('*', '*/read'))}
    narrow = {
        str(step.id).lower(): (Permission(('*/delete',)),) * step.id.is_a(resource_id.PUBLIC_IP_TYPE)
        for step in plan.steps
    }
    rights = Rights({**wide, **narrow})
    assert [
        finding.message.split('/')[-1]
        for finding in check_rights(plan, groups, rights)
        if finding.severity is Severity.ERROR
    ] == ['TestVNet4ToTestVNet1', 'VNet4GW']


def test_both_connections_are_reset_or_the_gateways_that_are_asked_for():
    plan = plan_reset(pair(), ())
    assert [(step.action, step.id.name) for step in plan.steps] == [
        (Action.RESET, 'TestVNet1ToTestVNet4'),
        (Action.RESET, 'TestVNet4ToTestVNet1'),
    ]
    groups = tuple(end_.gateway_id.group_id for end_ in pair().ends)
    assert {demand.action for demand in demands_of(plan, groups)} == {
        'Microsoft.Network/connections/resetconnection/action'
    }
    assert names(step.id for step in plan_reset(pair(), (1, 2)).steps) == ['VNet1GW', 'VNet4GW']
    plan = plan_reset(pair(near={'connections': (NEAR_HALF, samples.half(1, 5, 'eastus'))}), (1,))
    assert list(map(disturbance_of, plan.steps)) == [
        f'Gateway {GATEWAY.id} is reset, which takes about a quarter of an hour and can drop all its tunnels '
        'meanwhile, those of TestVNet1ToTestVNet5 too'
    ]
    assert {demand.action for demand in demands_of(plan, groups)} == {
        'Microsoft.Network/virtualNetworkGateways/reset/action'
    }


def test_a_reset_wants_a_whole_pair():
    assert check_whole(pair()) == ()
    assert codes(check_whole(pair(far={'half': None}))) == ['half-missing']
    assert codes(check_whole(pair(near={'gateway': None, 'gateway_obstacle': Obstacle(Cause.RIGHT)}))) == [
        'gateway-unreadable'
    ]
