"""What is planned for a pair that exists: both halves changed, made alike, tagged, given a key."""

from dataclasses import replace
from itertools import product

import pytest

from azext_vnet2vnet.checks.change import check_update, check_whole
from azext_vnet2vnet.checks.connection import check_kept_keys, check_readable_keys
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.desired import GatewayChange, KeySetting, Tagging
from azext_vnet2vnet.network.observed import FAILED
from azext_vnet2vnet.network.pair import Cause, ObservedEnd, ObservedPair, Obstacle
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.network.tunnel import PROTECTING, IpsecPolicy, TrafficSelector, Tunnel
from azext_vnet2vnet.planning.disturbance import describe_difference, disturbance_of
from azext_vnet2vnet.planning.plan import Action
from azext_vnet2vnet.planning.update_plan import desired_change, plan_rotation, plan_update
from tests.unit import samples

KEY, OTHER = SharedKey('one'), SharedKey('other')
# As Azure describes a tunnel of which nothing was chosen.
PLAIN = Tunnel(False, (), 0, 'Default', False, ())
POLICY = IpsecPolicy('AES256', 'SHA256', 'DHGroup14', 'GCMAES256', 'GCMAES256', 'PFS14', 27000, 102400000)
SPELT = 'AES256/SHA256/DHGroup14/GCMAES256/GCMAES256/PFS14/27000/102400000'
SELECTORS = (
    TrafficSelector(('10.11.0.0/16',), ('10.41.0.0/16',)),
    TrafficSelector(('10.12.0.0/16',), ('10.42.0.0/16',)),
)
GATEWAY1, GATEWAY4 = samples.gateway(1, 'eastus'), samples.gateway(4, 'westus')
HALF1, HALF4 = samples.half(1, 4, 'eastus', tunnel=PLAIN), samples.half(4, 1, 'westus', tunnel=PLAIN)


def pair(half1=None, half4=None, **changes):
    """The how-to's pair as it was read, with other fields of the halves; `changes` are those of end 2."""
    end1 = ObservedEnd(
        GATEWAY1.id,
        'a',
        gateway=GATEWAY1,
        vnet_id=GATEWAY1.vnet,
        vnet=samples.vnet(1, 'eastus'),
        half=replace(HALF1, **half1 or {}),
        key=KEY,
    )
    end2 = ObservedEnd(
        GATEWAY4.id,
        'b',
        gateway=GATEWAY4,
        vnet_id=GATEWAY4.vnet,
        vnet=samples.vnet(4, 'westus'),
        half=replace(HALF4, **half4 or {}),
        key=KEY,
    )
    return ObservedPair(end1, replace(end2, **changes))


def update(there, asked=Tunnel(), tags=None):
    return plan_update(desired_change(there, asked), tags)


def check(there, asked=Tunnel(), tags=None, accounts=()):
    """The findings about an update."""
    state = desired_change(there, asked)
    return check_update(state, plan_update(state, tags), accounts)


def short(plan):
    """Action, type and name of each step."""
    return [(step.action.value, step.id.type.rsplit('/', 1)[-1], step.id.name) for step in plan.steps]


def test_halves_that_are_alike_want_nothing():
    assert update(pair()).steps == () == update(pair(), PLAIN).steps
    assert update(pair(half1={'tags': {'a': 'b'}}), tags=None).steps == ()


def test_what_is_asked_for_goes_to_both_halves_and_is_mirrored():
    asked = Tunnel(policies=(POLICY,), dpd_timeout=45, mode='InitiatorOnly', selectors=SELECTORS[:1])
    one, other = update(pair(), asked).steps
    assert (one.id, one.action, one.resource.tunnel, one.lock) == (HALF1.id, Action.UPDATE, asked, GATEWAY1.id)
    assert (other.id, other.resource.tunnel, other.lock) == (HALF4.id, asked.mirrored(), GATEWAY4.id)
    assert (
        (one.resource.tenant, one.resource.far_tenant)
        == ('a', 'b')
        == (other.resource.far_tenant, other.resource.tenant)
    )
    assert disturbance_of(one) == (
        f'Connection {HALF1.id} is changed (IPsec policy added: none -> {SPELT}, DPD time-out 0 -> 45, connection mode '
        'Default -> InitiatorOnly, traffic selectors added: none -> 10.11.0.0/16 to 10.41.0.0/16), which drops its '
        'tunnel for a moment'
    )


def test_only_the_half_that_is_otherwise_is_written():
    there = pair(half4={'tunnel': replace(PLAIN, dpd_timeout=45)})
    assert short(update(there, Tunnel(dpd_timeout=45))) == [('update', 'connections', 'TestVNet1ToTestVNet4')]


@pytest.mark.parametrize(
    'field, value',
    [
        ('enable_bgp', True),
        ('policies', (POLICY,)),
        ('dpd_timeout', 45),
        ('policy_based', True),
        ('selectors', SELECTORS),
    ],
)
def test_the_named_half_is_right(field, value):
    odd = {'tunnel': replace(PLAIN, **{field: value})}
    [step] = [step for step in update(pair(half1=odd)).steps if step.id.is_a(resource_id.CONNECTION_TYPE)]
    assert step.id == HALF4.id and getattr(step.resource.tunnel, field) == getattr(odd['tunnel'].mirrored(), field)
    [step] = [step for step in update(pair(half4=odd)).steps if step.id.is_a(resource_id.CONNECTION_TYPE)]
    if field in PROTECTING:  # Making halves alike removes no protection.
        assert step.id == HALF1.id
        assert getattr(step.resource.tunnel, field) == getattr(odd['tunnel'].mirrored(), field)
    else:
        assert step.id == HALF4.id and getattr(step.resource.tunnel, field) == getattr(PLAIN, field)


def test_a_removal_is_called_one_with_old_and_new_value():
    there = pair(*[{'tunnel': replace(PLAIN, policies=(POLICY,), selectors=SELECTORS[:1])}] * 2)
    one, _ = update(there, Tunnel(policies=(), selectors=())).steps
    assert disturbance_of(one) == (
        f'Connection {HALF1.id} is changed (IPsec policy removed: {SPELT} -> none, traffic selectors removed: '
        '10.11.0.0/16 to 10.41.0.0/16 -> none), which drops its tunnel for a moment'
    )
    [tagged] = update(pair(half1={'tags': {'a': 'b'}}), tags={}).steps
    assert describe_difference(tagged.differences[0]) == 'tags removed: a=b -> none'


def test_modes_are_left_alone_where_somebody_begins_and_somebody_answers():
    for mode1, mode4 in product(('Default', 'InitiatorOnly', 'ResponderOnly'), repeat=2):
        steps = update(pair({'tunnel': replace(PLAIN, mode=mode1)}, {'tunnel': replace(PLAIN, mode=mode4)})).steps
        assert bool(steps) is (mode1 == mode4 != 'Default')
        for step in steps:
            assert step.id == HALF4.id and step.resource.tunnel.mode not in ('Default', mode4)


def test_selectors_in_another_order_are_no_difference():
    turned = Tunnel(selectors=SELECTORS[::-1])
    there = pair(
        {'tunnel': replace(PLAIN, selectors=SELECTORS)},
        {'tunnel': replace(PLAIN, selectors=turned.mirrored().selectors)},
    )
    assert update(there).steps == () == update(there, turned).steps
    assert len(update(there, Tunnel(selectors=SELECTORS[:1])).steps) == 2


def test_the_other_half_gets_the_key_of_the_named_one():
    assert desired_change(pair(key=OTHER), Tunnel()).desired.key == KEY
    [step] = update(pair(key=OTHER)).steps
    assert (step.resource, step.lock) == (KeySetting(HALF4.id), GATEWAY4.id)
    both = update(pair(key=OTHER), Tunnel(dpd_timeout=45)).steps
    assert [type(step.resource).__name__ for step in both] == ['Connection', 'Connection', 'KeySetting']
    assert both[2].needs == (HALF4.id,)


def test_a_key_that_cannot_be_read_is_not_compared_but_has_to_be_kept():
    hidden = pair(key=None, key_unreadable=True)
    assert update(hidden).steps == ()
    assert [found.severity.value for found in check_readable_keys(hidden)] == ['warning']
    assert list(check_kept_keys(hidden, ())) == []
    [finding] = check_kept_keys(hidden, [step.id for step in update(hidden, Tunnel(dpd_timeout=45)).steps])
    assert (finding.code, finding.severity.value) == ('key-unreadable', 'error') and str(HALF4.id) in finding.message


def test_bgp_is_switched_on_at_gateways_where_it_is_off():
    speaking = replace(GATEWAY4, enable_bgp=True, asn=65040)
    plan = update(pair(gateway=speaking), Tunnel(enable_bgp=True))
    assert plan.steps[0].resource == GatewayChange(GATEWAY1.id, True)
    assert [(step.id, step.needs) for step in plan.steps[1:]] == [
        (half, (GATEWAY1.id,)) for half in (HALF1.id, HALF4.id)
    ]
    [finding] = check(pair(), Tunnel(enable_bgp=True))
    assert finding.code == 'asn-equal' and f'--vnet1 {GATEWAY1.vnet} --vnet2 {GATEWAY4.vnet}' in finding.recommendation
    assert update(pair(), Tunnel(enable_bgp=False)).steps == ()


def test_tags_alone_disturb_nothing_and_wait_for_nothing():
    there = pair({'tags': {'a': 'b'}}, gateway=replace(GATEWAY4, state='Updating'))
    assert short(update(there)) == [('wait', 'virtualNetworkGateways', 'VNet4GW')]
    plan = update(there, tags={'a': 'b'})
    assert [step.resource for step in plan.steps] == [Tagging(HALF4.id, {'a': 'b'})]
    assert plan.disturbing == () and plan.sets_tags_only
    assert not update(there, Tunnel(dpd_timeout=45), {'a': 'b'}).sets_tags_only


def test_tags_go_along_with_what_is_written_anyway():
    plan = update(pair(), Tunnel(dpd_timeout=45), {'c': ''})
    assert [step.resource.tags for step in plan.steps] == [{'c': ''}, {'c': ''}]
    assert [step.resource.tags for step in update(pair(), Tunnel(dpd_timeout=45)).steps] == [None, None]
    assert update(pair({'tags': {'a': 'b'}}), tags={}).steps[0].resource == Tagging(HALF1.id, {})


def test_a_failed_half_is_written_again_without_a_question():
    plan = update(pair(half4={'state': FAILED, 'tags': {'a': 'b'}}), tags={'a': 'b'})
    assert short(plan) == [
        ('update', 'connections', 'TestVNet4ToTestVNet1'),
        ('update', 'connections', 'TestVNet1ToTestVNet4'),
    ]
    assert plan.disturbing == ()


@pytest.mark.parametrize('state, vnet_is_read', [*product(['Succeeded', 'Updating', FAILED], [True, False])])
def test_whatever_is_there_each_resource_has_one_step_and_only_halves_and_gateways_are_written(state, vnet_is_read):
    for tags, key, asked in product((None, {'a': 'b'}), (KEY, OTHER, None), (Tunnel(), Tunnel(dpd_timeout=45))):
        there = pair(half4={'state': state}, key=key, **({} if vnet_is_read else {'vnet': None}))
        steps = update(there, asked, tags).steps
        assert len({step.id for step in steps}) == len(steps)
        assert {step.id.type.rsplit('/', 1)[-1] for step in steps} <= {'connections', 'sharedkey'}
        seen = {step.id for step in steps}
        assert all(need in seen for step in steps for need in step.needs)


def test_a_gateway_that_failed_stops_all_but_tags():
    for state, code in ((FAILED, 'gateway-failed'), ('Deleting', 'gateway-deleting')):
        there = pair(gateway=replace(GATEWAY4, state=state))
        assert [found.code for found in check(there)] == [code]
        assert check(there, tags={'a': 'b'}) == ()


def test_a_login_that_gets_no_token_of_the_other_tenant_writes_no_half():
    accounts = (Account('s1', 'One', 'a', single_tenant=True), Account('s4', 'Four', 'b'))
    [finding] = check(pair(), Tunnel(dpd_timeout=45), accounts=accounts)
    assert finding.code == 'login-single-tenant' and "'One'" in finding.message
    assert check(pair(), tags={'a': 'b'}, accounts=accounts) == ()
    assert check(pair(tenant='a'), Tunnel(dpd_timeout=45), accounts=accounts) == ()


def test_both_ends_have_to_be_seen():
    assert check_whole(pair()) == ()
    for changes, code in (
        ({'obstacle': Obstacle(Cause.LOGIN), 'half': None, 'gateway': None}, 'far-end-unreadable'),
        ({'half': None}, 'half-missing'),
        ({'gateway': None, 'gateway_obstacle': Obstacle(Cause.RIGHT)}, 'gateway-unreadable'),
        ({'half': None, 'gateway': None, 'gateway_missing': True}, 'gateway-replaced'),
    ):
        assert [(found.code, found.severity.value) for found in check_whole(pair(**changes))] == [(code, 'error')]


def test_a_new_key_goes_to_both_halves_and_a_given_one_where_it_is_not():
    steps = plan_rotation(pair(), None).steps
    assert [(step.id, step.resource, step.lock, step.needs) for step in steps] == [
        (resource_id.shared_key_of(half.id), KeySetting(half.id), half.gateway, ()) for half in (HALF1, HALF4)
    ]
    assert all('drops its tunnel until both halves have it' in disturbance_of(step) for step in steps)
    assert [step.resource for step in plan_rotation(pair(key=OTHER), KEY).steps] == [KeySetting(HALF4.id)]
    assert len(plan_rotation(pair(key=None), OTHER).steps) == 2 and plan_rotation(pair(), KEY).steps == ()
