"""`apply`: many pairs by one plan, and what no pair names any more."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.arm.failures import OperationFailed
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.desired import Pair, Topology
from azext_vnet2vnet.planning.plan import Action
from azext_vnet2vnet.workflows.apply import preview_apply, run_apply
from azext_vnet2vnet.workflows.run import RunFailed
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    GW2,
    GW3,
    QUICK,
    Events,
    end,
    hide,
    join,
    key_of,
    let_pass,
    names,
    refusal,
    writes,
)


def topology(*joined, ends=(1, 2, 3)):
    """The VNets of these numbers, and pairs of these numbers."""
    found = {number: end(number) for number in ends}
    pairs = tuple(Pair(found[one], found[other], f'{one}to{other}', f'{other}to{one}') for one, other in joined)
    return Topology('network', {f'v{number}': one for number, one in found.items()}, pairs)


def mesh():
    """Three sites, all joined and Connected."""
    azure = LocalAzure(QUICK)
    for number in (1, 2, 3):
        azure.make_site(number)
    for one, other in ((1, 2), (1, 3), (2, 3)):
        join(azure, one, other)
    let_pass(azure)
    return azure


def preview(azure, desired, prune=False):
    return azure.run(preview_apply(azure.arm(), desired, prune))


def apply(azure, desired, prune=False, report=None):
    arm = azure.arm()

    async def scenario():
        return await run_apply(arm, await preview_apply(arm, desired, prune), report or Report())

    return azure.run(scenario())


STAR = topology((1, 2), (1, 3))


def test_three_vnets_are_joined_from_nothing():
    azure, events = LocalAzure(QUICK), Events()
    applied = apply(azure, STAR, report=events)
    assert [[half.status for half in pair.halves] for pair in applied.pairs] == [['Connected', 'Connected']] * 2
    assert (applied.name, len(applied.done)) == ('network', 1 + 3 * 3 + 4)
    assert key_of(azure, '1to2') == key_of(azure, '2to1') != key_of(azure, '1to3') == key_of(azure, '3to1')
    assert events.seen[-2:] == ['All 4 connections exist; waiting for the tunnels', 'All 4 halves report Connected']


def test_a_gateway_that_appears_between_plan_and_step_is_left_as_it_is():
    azure = LocalAzure(QUICK)
    azure.make_site(2)
    appear = hide(azure, GW2)
    before = preview(azure, STAR)
    appear()
    with pytest.raises(RunFailed) as caught:
        azure.run(run_apply(azure.arm(), before, Report()))
    [(target, failure)] = caught.value.failures.items()
    assert target == GW2 and [one.code for one in failure.diagnostics] == ['plan-changed']
    assert names(azure, 'connections') == ['1to3', '3to1'], 'the pair without it is created'


def test_a_vnet_that_two_pairs_share_is_created_once():
    azure = LocalAzure(QUICK)
    apply(azure, STAR)
    assert writes(azure).count('PUT virtualNetworkGateways/gw1') == 1


def test_a_network_that_is_as_desired_is_left_alone():
    azure = mesh()
    before = preview(azure, STAR)
    assert (before.plan.steps, before.status, before.name) == ((), 'Connected', 'network')
    assert apply(azure, STAR).done == () and writes(azure) == []


def test_what_no_pair_names_is_deleted_with_prune():
    azure = mesh()
    applied = apply(azure, STAR, prune=True)
    assert [(step.action, step.id.name) for step in applied.done] == [(Action.DELETE, '2to3'), (Action.DELETE, '3to2')]
    assert names(azure, 'connections') == ['1to2', '1to3', '2to1', '3to1']


def test_what_no_pair_names_stays_without_prune():
    azure = mesh()
    apply(azure, STAR)
    assert '2to3' in names(azure, 'connections')


def test_prune_also_reads_vnets_that_no_pair_joins():
    azure = mesh()
    plan = preview(azure, topology((1, 2)), prune=True).plan
    assert {step.id.name for step in plan.steps} == {'1to3', '3to1', '2to3', '3to2'}
    assert [azure.sent.count(f'GET virtualNetworks/vnet{number} 200') for number in (1, 2, 3)] == [1, 1, 1]


def test_connections_to_vnets_that_the_file_does_not_name_are_not_pruned():
    assert preview(mesh(), topology((1, 2), ends=(1, 2)), prune=True).plan.steps == ()


def test_the_status_is_that_of_the_first_pair_that_is_not_connected():
    azure = mesh()
    join(azure, 2, 3, key='Other.Key.1')
    azure.client.finish(azure.client.send('DELETE', str(end(3).vnet.sibling('Microsoft.Network/connections', '3to1'))))
    assert preview(azure, STAR).status == 'Half'


def test_a_topology_is_refused_with_all_diagnostics_of_all_pairs_before_any_write():
    azure = LocalAzure()
    far = replace(end(2), address_prefixes=('10.1.0.0/16',), gateway_subnet=None)
    first, third = replace(end(1), sku='Nonsense'), end(3)
    desired = Topology('n', {'a': first, 'b': far, 'c': third}, (Pair(first, far), Pair(far, third)))
    assert set(refusal(azure, preview_apply(azure.arm(), desired, False))) >= {'ranges-overlap', 'sku-unknown'}
    assert writes(azure) == []


def test_one_gateway_that_fails_leaves_the_other_pairs_complete():
    azure = LocalAzure(QUICK)
    azure.fail('PUT */virtualNetworkGateways/gw3', 'fail-operation', every=True)
    with pytest.raises(RunFailed) as caught:
        apply(azure, STAR)
    assert list(caught.value.failures) == [GW3] and isinstance(caught.value.failures[GW3], OperationFailed)
    assert caught.value.skipped == 2 and names(azure, 'connections') == ['1to2', '2to1']
