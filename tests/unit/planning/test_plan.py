"""The plan: what is missing and nothing else, in an order that Azure accepts, the same each time."""

from dataclasses import replace

from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.desired import KeySetting
from azext_vnet2vnet.network.observed import FAILED
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import TrafficSelector, Tunnel
from azext_vnet2vnet.planning.plan import Action
from tests.unit import samples

KEY, OTHER = SharedKey('one'), SharedKey('other')
FULL = ObservedPair(samples.site(1, 4, 'eastus'), samples.site(4, 1, 'westus'))


def steps_of(pair, observed):
    """Action, type and name of each step."""
    steps = samples.plan_pair(pair, observed).steps
    return [(step.action.value, step.id.type.rsplit('/', 1)[-1], step.id.name) for step in steps]


def test_from_nothing_ten_writes():
    plan = samples.plan_pair(samples.pair(), ObservedPair(samples.nothing(), samples.nothing()))
    assert [(step.action.value, step.id.type.rsplit('/', 1)[-1], step.id.name) for step in plan.steps] == [
        ('create', 'resourceGroups', 'TestRG1'),
        ('create', 'virtualNetworks', 'TestVNet1'),
        ('create', 'publicIPAddresses', 'VNet1GWIP'),
        ('create', 'virtualNetworkGateways', 'VNet1GW'),
        ('create', 'resourceGroups', 'TestRG4'),
        ('create', 'virtualNetworks', 'TestVNet4'),
        ('create', 'publicIPAddresses', 'VNet4GWIP'),
        ('create', 'virtualNetworkGateways', 'VNet4GW'),
        ('create', 'connections', 'TestVNet1ToTestVNet4'),
        ('create', 'connections', 'TestVNet4ToTestVNet1'),
    ]
    assert len(plan.writes) == 10


def test_every_step_waits_for_what_it_refers_to_and_only_for_steps_of_the_plan():
    plan = samples.plan_pair(samples.pair(), ObservedPair(samples.nothing(), samples.nothing()))
    seen = set()
    for step in plan.steps:
        assert set(step.needs) <= seen
        seen.add(step.id)
    needs = {step.id.name: {need.name for need in step.needs} for step in plan.steps}
    assert needs['TestVNet1'] == {'TestRG1'} and needs['VNet1GWIP'] == {'TestRG1'}
    assert needs['VNet1GW'] == {'TestVNet1', 'VNet1GWIP'}
    assert needs['TestVNet1ToTestVNet4'] == {'VNet1GW', 'VNet4GW'} == needs['TestVNet4ToTestVNet1']


def test_the_two_halves_do_not_take_the_same_lock():
    plan = samples.plan_pair(samples.pair(), ObservedPair(samples.nothing(), samples.nothing()))
    locks = [step.lock for step in plan.steps if step.id.is_a(resource_id.CONNECTION_TYPE)]
    assert [lock.name for lock in locks] == ['VNet1GW', 'VNet4GW']


def test_one_group_for_both_ends_is_made_once():
    end2 = samples.end(4, 2, 'westus', vnet=replace(samples.vnet_id(4), subscription='s1', group='testrg1'))
    plan = steps_of(samples.pair(end2=end2), ObservedPair(samples.nothing(), samples.nothing()))
    assert [name for _, kind, name in plan if kind == 'resourceGroups'] == ['TestRG1']
    assert len(plan) == 9


def test_everything_there_means_no_step():
    assert steps_of(samples.pair(), FULL) == []


def test_only_the_gateway_subnet_is_missing_from_a_vnet():
    bare = replace(samples.vnet(1, 'eastus'), subnets=samples.vnet(1, 'eastus').subnets[:2])
    observed = ObservedPair(
        samples.site(1, 4, 'eastus', vnet=bare, gateway=None, half=None, surroundings=samples.SURROUNDINGS),
        replace(FULL.end2, half=None),
    )
    assert steps_of(samples.pair(), observed) == [
        ('create', 'subnets', 'GatewaySubnet'),
        ('create', 'publicIPAddresses', 'VNet1GWIP'),
        ('create', 'virtualNetworkGateways', 'VNet1GW'),
        ('create', 'connections', 'TestVNet1ToTestVNet4'),
        ('create', 'connections', 'TestVNet4ToTestVNet1'),
    ]


def test_an_updating_gateway_is_waited_for():
    observed = ObservedPair(
        samples.site(1, 4, 'eastus', gateway=samples.gateway(1, 'eastus', state='Updating'), half=None),
        replace(FULL.end2, half=None),
    )
    assert steps_of(samples.pair(), observed)[0] == ('wait', 'virtualNetworkGateways', 'VNet1GW')
    plan = samples.plan_pair(samples.pair(), observed)
    assert all(step.needs == (samples.gateway(1, '').id,) for step in plan.steps[1:])
    assert len(plan.writes) == 2


def test_a_public_ip_that_an_earlier_run_left_is_used():
    observed = ObservedPair(
        samples.site(
            1,
            4,
            'eastus',
            vnet=samples.vnet(1, 'eastus', with_gateway=False),
            gateway=None,
            public_ips=(samples.public_ip(1, 'eastus', samples.ZONES),),
            half=None,
        ),
        replace(FULL.end2, half=None),
    )
    assert ('create', 'publicIPAddresses', 'VNet1GWIP') not in steps_of(samples.pair(), observed)


def test_zones_of_a_new_public_ip_are_those_of_the_region():
    plan = samples.plan_pair(samples.pair(), ObservedPair(samples.nothing(), samples.nothing()))
    zones = {step.id.name: step.resource.zones for step in plan.steps if step.id.is_a(resource_id.PUBLIC_IP_TYPE)}
    assert zones == {'VNet1GWIP': ('1', '2', '3'), 'VNet4GWIP': ()}


def test_a_missing_half_gets_the_key_of_the_other_one():
    observed = ObservedPair(FULL.end1, replace(FULL.end2, half=None))
    plan = samples.plan_pair(samples.pair(), observed)
    assert [step.id.name for step in plan.steps] == ['TestVNet4ToTestVNet1']
    assert plan.pairs[0].key_holder == FULL.end1.half.id


def test_a_missing_half_is_made_like_the_other_one_but_for_what_is_asked():
    selector = TrafficSelector(('10.11.0.0/16',), ('10.41.0.0/16',))
    there = Tunnel(False, (), 45, 'InitiatorOnly', False, (selector,))
    observed = ObservedPair(
        replace(FULL.end1, half=replace(FULL.end1.half, tunnel=there)), replace(FULL.end2, half=None)
    )
    [step] = samples.plan_pair(samples.pair(), observed).steps
    assert step.resource.tunnel == Tunnel(
        dpd_timeout=45, mode='ResponderOnly', selectors=(TrafficSelector(('10.41.0.0/16',), ('10.11.0.0/16',)),)
    )
    changed, made = samples.plan_pair(samples.pair(tunnel=Tunnel(dpd_timeout=30)), observed).steps
    assert (changed.action, made.action) == (Action.UPDATE, Action.CREATE)
    assert (made.resource.tunnel.dpd_timeout, made.resource.tunnel.mode) == (30, 'ResponderOnly')
    plain = replace(FULL.end1.half, tunnel=Tunnel(False, (), 0, 'Default', False, ()))
    bare = replace(observed, end1=replace(FULL.end1, half=plain))
    assert samples.plan_pair(samples.pair(), bare).steps[0].resource.tunnel == Tunnel()


def test_a_missing_half_waits_for_the_other_one_while_that_is_updating():
    observed = ObservedPair(
        replace(FULL.end1, half=replace(FULL.end1.half, state='Updating')), replace(FULL.end2, half=None)
    )
    waiting, making = samples.plan_pair(samples.pair(), observed).steps
    assert (waiting.action, making.needs) == (Action.WAIT, (FULL.end1.half.id,))


def test_a_failed_half_is_written_again():
    observed = ObservedPair(replace(FULL.end1, half=replace(FULL.end1.half, state=FAILED)), FULL.end2)
    plan = samples.plan_pair(samples.pair(), observed)
    assert [(step.action, step.id) for step in plan.steps] == [(Action.UPDATE, FULL.end1.half.id)]
    assert plan.pairs[0].key_holder is None and plan.disturbing == ()


def test_a_given_key_is_set_where_it_differs_or_cannot_be_read():
    observed = ObservedPair(replace(FULL.end1, key=KEY), replace(FULL.end2, key=None))
    plan = samples.plan_pair(samples.pair(key=KEY), observed)
    assert [step.resource for step in plan.steps] == [KeySetting(FULL.end2.half.id)]
    assert len(plan.disturbing) == 1
    assert samples.plan_pair(samples.pair(key=OTHER), observed).pairs[0].key_holder is None


def test_a_plan_names_the_vnets_of_its_pairs_whatever_is_there_already():
    for observed in (FULL, ObservedPair(samples.nothing(), samples.nothing())):
        assert samples.plan_pair(samples.pair(), observed).pairs[0].vnets == (samples.vnet_id(1), samples.vnet_id(4))


def test_the_same_input_gives_the_same_plan():
    observed = ObservedPair(samples.nothing(), samples.nothing())
    assert samples.plan_pair(samples.pair(), observed) == samples.plan_pair(samples.pair(), observed)


def test_foreign_interfaces_in_the_gateway_subnet_are_no_gateways():
    foreign = resource_id.ResourceId(
        'microsoft',
        'armrg-1',
        'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces/ipConfigurations',
        ('vpngw', '0', 'custnic', 'ipconfig'),
    )
    other = replace(samples.gateway(1, '').id, subscription='microsoft').child('ipConfigurations', 'x')
    vnet = samples.vnet(1, 'eastus')
    subnet = replace(vnet.gateway_subnet, users=(*vnet.gateway_subnet.users, foreign, other))
    assert replace(vnet, subnets=(subnet,)).gateways() == (samples.gateway(1, '').id,)
