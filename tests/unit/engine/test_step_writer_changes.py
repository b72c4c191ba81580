"""How steps are written that change or delete what exists: updates, tags, resets, deletions."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.arm.failures import KeyUnreadable, OperationFailed, RequestFailed, WouldLose
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.desired import GatewayChange, Tagging
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.deletion_plan import plan_deletion
from azext_vnet2vnet.planning.plan import Action, Step
from azext_vnet2vnet.planning.update_plan import desired_change, plan_reset, plan_update
from tests.armsim import DEFAULTS
from tests.armsim import client as seeds
from tests.armsim.settings import Settings
from tests.unit.engine.runs import (
    REFUSALS,
    bodies,
    exists,
    half,
    observe,
    operations,
    plan_of,
    public_ip,
    record,
    run,
    sent,
    write,
)
from tests.unit.local_azure import LocalAzure

DPD = Tunnel(dpd_timeout=30)


def update(azure, there, tunnel=DPD, tags=None):
    """The plan that changes the pair as it exists now."""
    return plan_update(desired_change(observe(azure, there), tunnel), tags)


def update_one(azure, there, tunnel=DPD):
    """The plan that changes one half."""
    near = observe(azure, there).end1
    return plan_of(write(half(near.gateway_id, near.half.far_gateway, 'there', tunnel=tunnel), Action.UPDATE))


def properties(azure, *resources):
    return [record(azure, one)['properties'] for one in resources]


class TestUpdate:
    @pytest.mark.parametrize('refusal, seconds', REFUSALS)
    def test_the_body_is_made_anew_when_azure_was_busy(self, refusal, seconds):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        azure.fail('PUT */connections/there', 'status', **refusal)
        plan = update_one(azure, there)
        made = run(azure, plan, meanwhile={3: lambda: record(azure, there)['properties'].update(routingWeight=20)})
        assert made.outcome.failures == {} and made.done == ['there']
        assert azure.times('PUT') == pytest.approx([0, seconds])
        assert [body['properties']['routingWeight'] for body in bodies(azure)] == [0, 20]
        (after,) = properties(azure, there)
        assert (after['dpdTimeoutSeconds'], after['routingWeight']) == (30, 20)
        assert azure.sent.count('GET connections/there 200') >= 2

    def test_the_limit_of_a_subscription_is_waited_for_too(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        azure.fail('PUT *', 'status', status=429, code='SubscriptionRequestsThrottled', headers={'Retry-After': '17'})
        made = run(azure, update_one(azure, there))
        assert made.outcome.failures == {} and azure.times('PUT') == pytest.approx([0, 17])

    def test_only_the_asked_fields_change_and_the_whole_body_is_written_with_the_present_key(self):
        azure = LocalAzure(Settings(connection_put_sets_key=True))
        more = {
            'sharedKey': 'Own.Key',
            'routingWeight': 7,
            'dpdTimeoutSeconds': 45,
            'ipsecPolicies': [seeds.IPSEC_POLICY],
        }
        there, _ = azure.make_pair(there=more)
        made = run(azure, update_one(azure, there))
        assert made.outcome.failures == {}
        (after,) = properties(azure, there)
        assert (after['dpdTimeoutSeconds'], after['routingWeight']) == (30, 7)
        assert after['ipsecPolicies'] == [seeds.IPSEC_POLICY]
        assert record(azure, there)['key'] == 'Own.Key' and bodies(azure)[0]['properties']['sharedKey']
        assert made.outcome.bodies[there]['properties']['dpdTimeoutSeconds'] == 30

    def test_what_was_changed_since_the_plan_was_made_stays(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        plan = update_one(azure, there)
        record(azure, there)['properties'].update(routingWeight=9)
        assert run(azure, plan).done == ['there']
        assert properties(azure, there)[0]['routingWeight'] == 9

    def test_nothing_is_written_where_nothing_differs_any_more(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        plan = update_one(azure, there)
        record(azure, there)['properties'].update(dpdTimeoutSeconds=30)
        made = run(azure, plan)
        assert set(azure.sent) == {'GET connections/there 200'}
        assert (made.outcome.failures, made.done, set(made.outcome.bodies)) == ({}, [], {there})
        assert made.report.events == ['started there', 'finished there']

    def test_a_half_that_failed_is_written_though_nothing_differs(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        record(azure, there)['state'] = 'Failed'
        made = run(azure, update(azure, there, Tunnel()))
        assert made.outcome.failures == {} and made.done == ['there']
        assert record(azure, there)['state'] == 'Succeeded'

    def test_a_half_that_azure_works_on_is_read_when_that_is_over(self):
        azure = LocalAzure(Settings(durations={'connection-update': 50}))
        there, _ = azure.make_pair()
        plan = update_one(azure, there)
        body = azure.client.read(str(there))
        body['properties']['routingWeight'] = 5
        azure.client.put(str(there), body)
        azure.simulator.journal.clear()
        assert run(azure, plan).done == ['there']
        puts = [entry['time'] for entry in azure.simulator.journal if entry.get('method') == 'PUT']
        assert len(puts) == 1 and bodies(azure)[0]['properties']['routingWeight'] == 5

    def test_an_update_that_fails_is_written_again_and_is_no_failed_creation(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        plan = update_one(azure, there)
        azure.fail('PUT */connections/there', 'fail-operation', every=True, code='Internal')
        made = run(azure, plan)
        assert type(made.failure) is OperationFailed and made.failure.code == 'Internal'
        assert len(azure.times('PUT')) == 3

    def test_an_update_whose_operation_goes_on_for_ever_ends_with_its_resource(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        plan = update_one(azure, there)
        azure.fail('PUT */connections/there', 'endless-operation')
        made = run(azure, plan)
        assert made.outcome.failures == {} and azure.time.now() < 90

    def test_a_connection_that_is_gone_is_a_failure(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        plan = update_one(azure, there)
        azure.client.finish(azure.client.send('DELETE', str(there)))
        made = run(azure, plan)
        assert isinstance(made.failure, RequestFailed) and made.failure.status == 404

    def test_a_gateway_keeps_what_was_not_asked(self):
        azure = LocalAzure()
        gateway = azure.make_site(1, bgpSettings={'asn': 65001, 'peerWeight': 5})
        azure.client.make(seeds.network_path('publicIPAddresses', 'ip9'), seeds.public_ip(zones=seeds.ZONES))
        azure.simulator.journal.clear()
        change = GatewayChange(gateway, True, 65010, (public_ip(gateway).id,))
        made = run(azure, plan_of(write(change, Action.UPDATE, lock=gateway)))
        assert made.outcome.failures == {} and made.done == ['gw1']
        (after,) = properties(azure, gateway)
        assert (after['enableBgp'], after['activeActive'], after['bgpSettings']['asn']) == (True, True, 65010)
        assert after['bgpSettings']['peerWeight'] == 5 and len(after['ipConfigurations']) == 2

    def test_what_a_write_would_lose_stops_it(self):
        azure = LocalAzure()
        gateway = azure.make_site(1)
        record(azure, gateway)['properties']['vpnClientConfiguration'] = {
            'vpnClientAddressPool': {'addressPrefixes': ['172.16.0.0/24']},
            'radiusServerAddress': '10.1.0.9',
        }
        made = run(azure, plan_of(write(GatewayChange(gateway, True, 65010), Action.UPDATE, lock=gateway)))
        assert isinstance(made.failure, WouldLose) and made.failure.target == gateway
        assert made.failure.members == ('properties.vpnClientConfiguration.radiusServerSecret',)
        assert sent(azure, 'PUT') == []

    def test_an_unreadable_key_stops_the_update_unless_one_is_given(self):
        azure = LocalAzure(Settings(connection_put_sets_key=True))
        there, _ = azure.make_pair()
        plan = update_one(azure, there)
        azure.fail('GET */sharedkey', 'status', every=True, status=403, code='AuthorizationFailed')
        made = run(azure, plan)
        assert isinstance(made.failure, KeyUnreadable) and made.failure.connection == there
        assert sent(azure, 'PUT') == []
        made = run(azure, plan_of(*plan.steps, key='Given.Key'))
        assert made.outcome.failures == {} and record(azure, there)['key'] == 'Given.Key'


class TestTags:
    def test_tags_alone_are_patched(self):
        azure = LocalAzure()
        there, back = azure.make_pair()
        plan = update(azure, there, Tunnel(), {'cost': 'x'})
        assert {type(step.resource) for step in plan.steps} == {Tagging}
        made = run(azure, plan)
        assert made.outcome.failures == {} and set(made.done) == {'there', 'back'}
        assert sent(azure, 'PUT', 'PATCH') == ['PATCH connections/there 200', 'PATCH connections/back 200']
        assert [record(azure, one)['tags'] for one in (there, back)] == [{'cost': 'x'}] * 2
        assert made.outcome.bodies[there]['tags'] == {'cost': 'x'}

    def test_tags_beside_other_changes_are_part_of_their_write(self):
        azure = LocalAzure()
        there, back = azure.make_pair()
        made = run(azure, update(azure, there, DPD, {'cost': 'x'}))
        assert made.outcome.failures == {} and sent(azure, 'PATCH') == []
        assert [record(azure, one)['tags'] for one in (there, back)] == [{'cost': 'x'}] * 2


class TestReset:
    @pytest.mark.parametrize('is_location_only', [False, True])
    def test_connections_are_reset(self, is_location_only):
        azure = LocalAzure(Settings(connection_reset_location_only=is_location_only))
        there, back = azure.make_pair()
        made = run(azure, plan_reset(observe(azure, there), ()))
        assert made.outcome.failures == {} and made.done == ['there', 'back']
        assert sent(azure, 'POST') == ['POST there/resetconnection 202', 'POST back/resetconnection 202']
        assert {operation['status'] for operation in operations(azure, 'connection-reset')} == {'Succeeded'}
        assert set(made.outcome.bodies) == {there, back} and 20 <= azure.time.now() < 60

    def test_a_gateway_is_reset(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        made = run(azure, plan_reset(observe(azure, there), (2,)))
        assert made.outcome.failures == {} and made.done == ['gw2']
        assert sent(azure, 'POST') == ['POST gw2/reset 202'] and azure.time.now() > 860

    @pytest.mark.parametrize('number, seconds', [(1, 5), (2, 20)], ids=['of somebody else', 'of this run'])
    def test_a_write_that_is_in_the_way_of_a_reset_is_waited_for(self, number, seconds):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        plan = plan_reset(observe(azure, there), ())
        azure.fail('POST */there/resetconnection', 'status', status=409, code='AnotherOperationInProgress')
        made = run(azure, replace(plan, steps=plan.steps[:number]))
        assert made.outcome.failures == {}
        assert azure.times('POST') == pytest.approx([*[0] * number, seconds])


class TestDelete:
    @pytest.mark.parametrize('late', [0, 100])
    def test_connections_go_before_their_gateways_and_these_before_their_public_ips(self, late):
        azure = LocalAzure(Settings(released_after_connection_delete=late, released_after_gateway_delete=late))
        there, _ = azure.make_pair()
        plan = plan_deletion(observe(azure, there), with_gateways=True)
        made = run(azure, plan)
        assert made.outcome.failures == {} and made.outcome.bodies == {} and len(made.done) == 6
        assert not any(exists(azure, step.id) for step in plan.steps)
        deletions = sent(azure, 'DELETE')
        accepted = [entry for entry in deletions if entry.endswith('202')]
        assert [entry.split('/')[0] for entry in accepted] == [
            *['DELETE connections'] * 2,
            *['DELETE virtualNetworkGateways'] * 2,
            *['DELETE publicIPAddresses'] * 2,
        ]
        assert {entry.split()[-1] for entry in deletions} == ({'202', '400'} if late else {'202'})

    def test_a_gateway_that_others_use_is_left_alone(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        third = azure.make_site(3)
        plan = plan_deletion(observe(azure, there), with_gateways=True)
        near = there.sibling(resource_id.GATEWAY_TYPE, 'gw1')
        azure.client.make(str(half(near, third, 'other').id), seeds.connection(str(near), str(third)))
        made = run(azure, plan)
        assert isinstance(made.failure, RequestFailed) and made.failure.code == 'VirtualNetworkGatewayCannotBeDeleted'
        assert set(made.outcome.failures) == {near} and made.outcome.skipped == 1
        assert exists(azure, near) and exists(azure, public_ip(near, 'ip1').id)
        assert not exists(azure, near.sibling(resource_id.GATEWAY_TYPE, 'gw2'))
        assert len([entry for entry in sent(azure, 'DELETE') if 'gw1' in entry]) == 1

    def test_what_is_gone_already_is_deleted(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        plan = plan_deletion(observe(azure, there), with_gateways=False)
        for step in plan.steps:
            azure.client.finish(azure.client.send('DELETE', str(step.id)))
        azure.simulator.journal.clear()
        made = run(azure, plan)
        assert made.outcome.failures == {} and azure.time.now() == 0
        assert azure.sent == ['DELETE connections/back 204', 'DELETE connections/there 204']

    def test_what_is_in_a_group_that_is_gone_is_deleted(self):
        azure = LocalAzure()
        address = public_ip(ResourceId(DEFAULTS.subscription_1, 'none', resource_id.GATEWAY_TYPE, ('gw',)))
        made = run(azure, plan_of(Step(address.id, Action.DELETE)))
        assert made.outcome.failures == {} and azure.sent == ['DELETE publicIPAddresses/ip9 404']

    def test_a_deletion_that_fails_is_sent_three_times(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        azure.fail('DELETE */there', 'fail-operation', every=True, code='Internal')
        made = run(azure, plan_of(Step(there, Action.DELETE)))
        assert type(made.failure) is OperationFailed and len(azure.times('DELETE')) == 3
        assert made.done == [] and exists(azure, there)

    def test_a_deletion_that_deletes_nothing_is_sent_again(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        azure.fail('DELETE */there', 'empty-delete')
        made = run(azure, plan_of(Step(there, Action.DELETE)))
        assert made.done == ['there'] and not exists(azure, there) and len(azure.times('DELETE')) == 2

    def test_a_deletion_that_collides_with_another_write_of_the_run_waits_for_it(self):
        azure = LocalAzure(Settings(far_gateway_locked=True))
        there, _ = azure.make_pair()
        made = run(azure, plan_deletion(observe(azure, there), with_gateways=False))
        assert made.outcome.failures == {}
        assert [entry.split()[-1] for entry in sent(azure, 'DELETE')] == ['202', '409', '202']


@pytest.mark.parametrize('do, sent_times', [('reset-after', 1), ('reset-before', 2)])
def test_a_reset_without_an_answer_is_sent_again_where_azure_is_not_at_work_on_it(do, sent_times, caplog):
    azure = LocalAzure()
    there, _ = azure.make_pair()
    near = observe(azure, there).end1.gateway_id
    azure.fail('POST *', do)
    made = run(azure, plan_of(Step(near, Action.RESET, lock=near)))
    assert made.outcome.failures == {} and made.done == [near.name]
    assert len(azure.times('POST')) == sent_times and len(operations(azure, 'gateway-reset')) == 1
    assert ('may be done twice' in caplog.text) == (sent_times == 2)
