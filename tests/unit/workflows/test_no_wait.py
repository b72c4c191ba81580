"""`--no-wait`: what is handed over to a deployment, or begun one by one."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.resource_id import GATEWAY_TYPE
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.workflows.no_wait import run_hand_over
from azext_vnet2vnet.workflows.run import RunFailed
from tests.armsim import DEFAULTS
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import BACK, GW1, QUICK, THERE, connected, end, hide, key_of, names, pair, writes
from tests.unit.workflows.hand_overs import (
    ACROSS,
    THEIRS,
    deployments,
    follow,
    hand_over,
    hand_over_topology,
    preview,
    topology,
)


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


def test_a_deployment_that_somebody_else_has_started_is_joined():
    azure = LocalAzure(QUICK)
    before = azure.run(preview(azure))
    azure.fail('PUT */deployments/*', 'status', every=True, status=409, code='DeploymentActive')
    assert azure.run(run_hand_over(azure.arm(), before, Report())).next


def test_a_pair_that_is_complete_hands_nothing_over():
    azure = connected(LocalAzure(QUICK))
    handed = hand_over(azure)
    assert (handed.next, handed.done, handed.preview.status) == (None, (), 'Connected')
    assert handed.preview.deployment is None and writes(azure) == []


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


@pytest.mark.parametrize('number', [1, 2])
def test_a_gateway_that_appears_before_it_is_handed_over_is_left_as_it_is(number):
    azure = LocalAzure(QUICK)
    azure.make_site(1)
    appear = hide(azure, GW1)
    before = azure.run(preview(azure, ACROSS if number == 2 else None))
    appear()
    with pytest.raises(RunFailed) as caught:
        azure.run(run_hand_over(azure.arm(), before, Report()))
    [(target, failure)] = caught.value.failures.items()
    assert target == GW1 and [one.code for one in failure.diagnostics] == ['plan-changed']
    assert caught.value.skipped == 2 and 'PUT virtualNetworkGateways/gw1' not in writes(azure)
