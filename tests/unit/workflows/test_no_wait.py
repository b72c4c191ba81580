"""`--no-wait`: what is handed over to a deployment, or begun one by one, and what is refused."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.arm.failures import KeyUnreadable, RequestFailed
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.desired import Topology
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.network.resource_id import GATEWAY_TYPE, VNET_TYPE, ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.plan import Plan
from azext_vnet2vnet.workflows.apply import preview_apply, run_apply
from azext_vnet2vnet.workflows.create import preview_create, run_create
from azext_vnet2vnet.workflows.no_wait import checked_deployment, preview_hand_over, run_hand_over
from azext_vnet2vnet.workflows.run import RunFailed
from azext_vnet2vnet.workflows.wait import follow_deployment
from tests.armsim import DEFAULTS
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    BACK,
    GW1,
    GW2,
    QUICK,
    THERE,
    Events,
    connected,
    end,
    key_of,
    names,
    pair,
    record,
    refusal,
    writes,
)

THEIRS = ResourceId(DEFAULTS.subscription_b, 'rg', VNET_TYPE, ('vnet2',))
ACROSS = pair(end2=end(2, vnet=THEIRS, tenant=DEFAULTS.tenant_b))


def preview(azure, desired=None):
    arm = azure.arm()

    async def scenario():
        return await preview_hand_over(arm, await preview_create(arm, desired or pair()), None)

    return scenario()


def hand_over(azure, desired=None):
    before = azure.run(preview(azure, desired))
    return azure.run(run_hand_over(azure.arm(), before, Report()))


def follow(azure, handed):
    azure.run(follow_deployment(azure.arm(10**6), str(handed.preview.deployment.id), 30))


def deployments(azure):
    return [entry for entry in writes(azure) if entry.startswith('PUT deployments/')]


def test_networks_are_written_and_the_rest_is_handed_to_one_deployment():
    azure = LocalAzure(QUICK)
    handed = hand_over(azure)
    assert sorted(entry.split('/')[0] for entry in writes(azure)) == [
        'PUT deployments',
        *['PUT publicIPAddresses'] * 2,
        'PUT resourceGroups',
        *['PUT virtualNetworks'] * 2,
    ]
    assert (handed.preview.name, handed.preview.status, len(handed.done)) == ('there', 'Updating', 9)


def test_what_follows_a_deployment_waits_for_it_and_for_the_pair():
    handed = hand_over(LocalAzure(QUICK))
    deployment = str(handed.preview.deployment.id)
    assert handed.next == ('az', 'vnet2vnet', 'wait', '--ids', str(THERE), '--deployment', deployment)


def test_the_deployment_makes_the_pair_with_one_key():
    azure = LocalAzure(QUICK)
    follow(azure, hand_over(azure))
    assert names(azure, 'connections') == ['back', 'there']
    assert key_of(azure, 'there') == key_of(azure, 'back') and len(key_of(azure, 'back')) == 64


def test_a_given_key_is_handed_over():
    azure = LocalAzure(QUICK)
    follow(azure, hand_over(azure, pair(key=SharedKey('Given.Key.1'))))
    assert [key_of(azure, name) for name in ('there', 'back')] == ['Given.Key.1'] * 2


def test_the_key_of_a_half_that_exists_is_handed_over():
    azure = connected(LocalAzure(QUICK))
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    follow(azure, hand_over(azure))
    assert key_of(azure, 'back') == 'Sim.Key.1'


def test_the_same_command_joins_the_deployment_that_runs():
    azure = LocalAzure(QUICK)
    first, second = hand_over(azure), hand_over(azure)
    assert second.preview.is_running and second.preview.deployment.id == first.preview.deployment.id
    assert (second.done, second.next) == ((), first.next) and len(deployments(azure)) == 1


def test_a_deployment_that_somebody_else_starts_meanwhile_is_joined():
    azure = LocalAzure(QUICK)
    before = azure.run(preview(azure))
    azure.fail('PUT */deployments/*', 'status', every=True, status=409, code='DeploymentActive')
    assert azure.run(run_hand_over(azure.arm(), before, Report())).next


def test_a_pair_that_is_complete_hands_nothing_over():
    azure = connected(LocalAzure(QUICK))
    handed = hand_over(azure)
    assert (handed.next, handed.done, handed.preview.status) == (None, (), 'Connected')
    assert handed.preview.deployment is None and writes(azure) == []


def test_what_changes_what_exists_is_not_handed_over():
    azure = connected(LocalAzure(QUICK))
    assert refusal(azure, preview(azure, pair(tunnel=Tunnel(dpd_timeout=45)))) == ['no-wait-changes']
    assert writes(azure) == []


@pytest.mark.parametrize(
    'changed, words', [(['back'], '1 step changes or deletes'), (['back', 'there'], '2 steps change or delete')]
)
def test_the_steps_that_are_not_handed_over_are_counted(changed, words):
    azure = connected(LocalAzure(QUICK))
    for name in {'back', 'there'} - set(changed):
        record(azure, 'connections', name)['properties']['dpdTimeoutSeconds'] = 45
    with pytest.raises(Refused, match=words):
        azure.run(preview(azure, pair(tunnel=Tunnel(dpd_timeout=45))))


@pytest.mark.parametrize('missing', ['Microsoft.Resources/deployments/write', 'Microsoft.Resources/deployments/*'])
def test_the_right_to_deploy_is_required_before_any_write(missing):
    azure = LocalAzure(QUICK)
    azure.make_site(1)
    for entry in azure.simulator.world.role_assignments:
        entry['notActions'] = [missing]
    assert set(refusal(azure, preview(azure))) == {'right-missing'} and writes(azure) == []


def test_rights_in_a_group_that_is_still_to_be_created_are_those_in_its_subscription():
    azure = LocalAzure(QUICK)
    azure.run(preview(azure))
    scopes = {entry['path'] for entry in azure.simulator.journal if entry.get('path', '').endswith('/permissions')}
    assert scopes == {f'/subscriptions/{DEFAULTS.subscription_1}/providers/Microsoft.Authorization/permissions'}


def test_a_deployment_that_may_not_be_read_is_taken_not_to_run():
    azure = LocalAzure(QUICK)
    azure.make_site(1)
    azure.fail('GET */deployments/*', 'status', every=True, status=403)
    assert not azure.run(preview(azure)).is_running


def test_a_deployment_that_azure_fails_to_read_is_an_error():
    azure = LocalAzure(QUICK)
    azure.make_site(1)
    azure.fail('GET */deployments/*', 'status', every=True, status=500)
    with pytest.raises(RequestFailed):
        azure.run(preview(azure))


def test_a_deployment_in_a_group_that_is_still_to_be_created_is_not_asked_for():
    azure = LocalAzure(QUICK)
    azure.run(preview(azure))
    assert not any('deployments/' in entry for entry in azure.sent)


def test_a_network_that_cannot_be_written_blocks_what_depends_on_it_alone():
    azure = LocalAzure(QUICK)
    azure.fail('PUT */publicIPAddresses/ip2', 'status', every=True, status=400, code='NoMore')
    with pytest.raises(RunFailed) as caught:
        hand_over(azure)
    [(target, failure)] = caught.value.failures.items()
    assert (target.name, failure.code, caught.value.skipped) == ('ip2', 'NoMore', 3), 'gateway and both connections'
    assert len(deployments(azure)) == 1, 'the other gateway'


def test_nothing_is_deployed_where_nothing_is_left_to_deploy():
    azure = LocalAzure(QUICK)
    azure.fail('PUT */publicIPAddresses/*', 'status', every=True, status=400, code='NoMore')
    with pytest.raises(RunFailed) as caught:
        hand_over(azure)
    assert len(caught.value.failures) == 2 and deployments(azure) == []


def test_a_deployment_that_azure_refuses_is_a_failure_of_it_without_the_key():
    azure = LocalAzure(QUICK)
    azure.fail(
        'PUT */deployments/*', 'status', every=True, status=400, code='InvalidTemplate', message='not Given.Key.1'
    )
    with pytest.raises(RunFailed) as caught:
        hand_over(azure, pair(key=SharedKey('Given.Key.1')))
    [(target, failure)] = caught.value.failures.items()
    assert target.is_a('Microsoft.Resources/deployments') and failure.text == 'not *****'


def test_a_key_that_cannot_be_read_is_a_failure():
    azure = connected(LocalAzure(QUICK))
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    azure.fail('GET */sharedkey', 'status', every=True, status=500)
    with pytest.raises(RunFailed) as caught:
        hand_over(azure)
    assert [type(one) for one in caught.value.failures.values()] == [KeyUnreadable] and deployments(azure) == []


def test_across_tenants_the_gateways_are_begun_one_by_one():
    azure = LocalAzure(QUICK)
    handed = hand_over(azure, ACROSS)
    far = THEIRS.sibling(GATEWAY_TYPE, 'gw2')
    assert handed.preview.deployment is None and deployments(azure) == []
    assert handed.next == ('az', 'network', 'vnet-gateway', 'wait', '--created', '--ids', str(GW1), str(far))
    assert {step.id for step in handed.done if step.id.is_a(GATEWAY_TYPE)} == {GW1, far}
    assert names(azure, 'connections') == [] and azure.time.now() < 60


def test_across_tenants_the_connections_are_begun_once_both_gateways_exist():
    azure = LocalAzure(QUICK)
    hand_over(azure, ACROSS)
    azure.client.clock.advance(3600)
    handed = hand_over(azure, ACROSS)
    assert sorted(step.id.name for step in handed.done) == ['back', 'there']
    assert handed.next == ('az', 'vnet2vnet', 'wait', '--ids', str(THERE))
    assert key_of(azure, 'there') == key_of(azure, 'back')


def test_across_tenants_what_cannot_be_begun_is_a_failure_and_the_rest_is_begun():
    azure = LocalAzure(QUICK)
    azure.fail('PUT */virtualNetworkGateways/gw2', 'status', every=True, status=400, code='NoMore')
    with pytest.raises(RunFailed) as caught:
        hand_over(azure, ACROSS)
    assert [target.name for target in caught.value.failures] == ['gw2']
    assert names(azure, 'virtualNetworkGateways') == ['gw1']


def test_an_empty_plan_is_no_template():
    with pytest.raises(Refused, match='There is nothing to be deployed') as caught:
        checked_deployment(Plan(), None)
    assert [one.code for one in caught.value.diagnostics] == ['template-empty']


def test_pairs_across_tenants_are_no_template():
    azure = LocalAzure(QUICK)
    plan = azure.run(preview_create(azure.arm(), ACROSS)).plan
    with pytest.raises(Refused, match='several tenants') as caught:
        checked_deployment(plan, None)
    assert [one.code for one in caught.value.diagnostics] == ['template-tenants']


def topology():
    ends = [end(number) for number in (1, 2, 3)]
    pairs = tuple(pair(end1=ends[0], end2=far, name=None, peer_name=None) for far in ends[1:])
    return Topology('star', {'a': ends[0], 'b': ends[1], 'c': ends[2]}, pairs)


def hand_over_topology(azure, desired):
    before = azure.run(preview_apply(azure.arm(), desired, False))
    before = azure.run(preview_hand_over(azure.arm(), before, 'star'))
    return azure.run(run_hand_over(azure.arm(), before, Report()))


def test_a_topology_is_handed_over_as_one_deployment():
    azure = LocalAzure(QUICK)
    handed = hand_over_topology(azure, topology())
    assert handed.next == ('az', 'vnet2vnet', 'wait', '--deployment', str(handed.preview.deployment.id))
    follow(azure, handed)
    assert len(names(azure, 'connections')) == 4 and len(deployments(azure)) == 1


def test_pairs_of_a_topology_across_tenants_are_followed_by_a_list():
    azure = LocalAzure(QUICK)
    far = replace(end(3, vnet=replace(THEIRS, names=('vnet3',))), tenant=DEFAULTS.tenant_b)
    near = topology()
    pairs = (near.pairs[0], replace(near.pairs[1], end2=far))
    desired = replace(near, pairs=pairs, ends={**near.ends, 'c': far})
    hand_over_topology(azure, desired)
    azure.client.clock.advance(3600)
    assert hand_over_topology(azure, desired).next == ('az', 'vnet2vnet', 'list', '--all-subscriptions')


def test_apply_joins_the_deployment_of_its_file():
    azure, events = LocalAzure(QUICK), Events()
    name = hand_over_topology(azure, topology()).preview.deployment.name
    before = azure.run(preview_apply(azure.arm(), topology(), False))
    azure.simulator.journal.clear()
    applied = azure.run(run_apply(azure.arm(), before, events))
    assert events.seen[0] == f'Azure carries out deployment {name}; waiting for it' and writes(azure) == []
    assert [len(one.halves) for one in applied.pairs] == [2, 2] and applied.done == ()


def create(azure, desired, report):
    arm = azure.arm()

    async def scenario():
        return await run_create(arm, await preview_create(arm, desired), report)

    return azure.run(scenario())


def test_a_command_that_waits_joins_the_deployment_that_runs():
    azure, events = LocalAzure(QUICK), Events()
    name = hand_over(azure).preview.deployment.name
    created = create(azure, pair(), events)
    assert events.seen[:2] == [f'Azure carries out deployment {name}; waiting for it', f'Deployment {name} is done']
    assert created.done == () and [half.status for half in created.state.observed.halves] == ['Connected'] * 2


def test_what_a_deployment_failed_at_is_done_by_the_command_that_joined_it():
    azure, events = LocalAzure(QUICK), Events()
    name = hand_over(azure).preview.deployment.name
    azure.fail('PUT */connections/back', 'fail-operation', code='Boom')
    created = create(azure, pair(), events)
    assert events.seen[1] == f'Deployment {name} failed at back; going on without it'
    assert BACK in [step.id for step in created.done] and created.state.observed.end2.half.status == 'Connected'


def test_what_was_not_agreed_to_is_not_done_after_a_deployment():
    azure = LocalAzure(QUICK)
    hand_over(azure)
    desired = pair(tunnel=Tunnel(dpd_timeout=45))
    arm = azure.arm()
    before = azure.run(preview_create(arm, desired))
    azure.simulator.journal.clear()
    assert refusal(azure, run_create(arm, before, Report())) == ['plan-changed']
    assert writes(azure) == [] and GW2 in [step.id for step in before.plan.steps]
