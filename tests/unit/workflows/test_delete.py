"""`delete`: a pair as one thing, and what leads on where a run of it is cut off."""

import pytest

from azext_vnet2vnet.arm.failures import OperationFailed
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.readers.pair import find_pair
from azext_vnet2vnet.workflows.delete import preview_deletion, run_deletion
from azext_vnet2vnet.workflows.run import RunFailed
from tests.armsim import DEFAULTS
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    ACCOUNTS,
    BACK,
    GW1,
    GW2,
    QUICK,
    THERE,
    account,
    connected,
    join,
    join_across,
    names,
    refusal,
    remove,
    resource,
    writes,
)

IP1, IP2 = (resource('publicIPAddresses', name) for name in ('ip1', 'ip2'))
BY_IDS = f'az network vnet-gateway delete --ids {GW1} {GW2}, then az network public-ip delete --ids {IP1} {IP2}'


def preview(azure, gateways=False, half=THERE, accounts=ACCOUNTS):
    arm = azure.arm()

    async def scenario():
        return await preview_deletion(arm, await find_pair(arm, accounts, half), gateways)

    return scenario()


def delete(azure, gateways=False, half=THERE):
    before = azure.run(preview(azure, gateways, half))
    return azure.run(run_deletion(azure.arm(), before, Report()))


def test_both_connections_are_deleted_the_named_one_last():
    azure = connected(LocalAzure(QUICK))
    deleted = delete(azure)
    assert writes(azure) == ['DELETE connections/back', 'DELETE connections/there']
    assert (deleted.name, [step.id for step in deleted.done]) == ('there', [BACK, THERE])
    assert names(azure, 'connections') == [] and names(azure, 'virtualNetworkGateways') == ['gw1', 'gw2']


def test_gateways_and_their_public_ips_are_deleted_after_the_connections():
    azure = connected(LocalAzure(QUICK))
    deleted = delete(azure, gateways=True)
    assert [step.id for step in deleted.done] == [BACK, THERE, GW1, IP1, GW2, IP2]
    assert names(azure, 'publicIPAddresses') == names(azure, 'virtualNetworkGateways') == []
    assert names(azure, 'virtualNetworks') == ['vnet1', 'vnet2']


def test_the_only_half_that_exists_is_deleted():
    azure = connected(LocalAzure(QUICK))
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    assert [step.id for step in delete(azure).done] == [THERE]


def test_the_gateway_that_exists_is_deleted_where_the_other_one_is_gone():
    azure = connected(LocalAzure(QUICK))
    remove(azure, BACK)
    remove(azure, GW2)
    assert [step.id for step in delete(azure, gateways=True).done] == [THERE, GW1, IP1]


def test_a_pair_of_which_one_end_cannot_be_seen_is_not_deleted():
    azure = LocalAzure(QUICK)
    join_across(azure)
    seen = [account(DEFAULTS.subscription_1)]
    assert refusal(azure, preview(azure, accounts=seen)) == ['far-end-unreadable'] and writes(azure) == []


def test_what_deletes_the_half_that_can_be_seen_is_said():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET */virtualNetworkGateways/gw2', 'status', every=True, status=403)
    with pytest.raises(Refused) as caught:
        azure.run(preview(azure))
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.recommendation.endswith(
        f'to delete this half alone, run az network vpn-connection delete --ids {THERE}'
    )


def test_gateways_that_others_use_are_refused():
    azure = connected(LocalAzure(QUICK))
    azure.make_site(3)
    join(azure, 1, 3)
    assert refusal(azure, preview(azure, gateways=True)) == ['gateway-in-use'] and writes(azure) == []


def test_gateways_that_others_use_do_not_keep_the_connections():
    azure = connected(LocalAzure(QUICK))
    azure.make_site(3)
    join(azure, 1, 3)
    assert len(delete(azure).done) == 2


def test_a_near_gateway_that_cannot_be_read_is_refused_with_gateways_alone():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET */virtualNetworkGateways/gw1', 'status', every=True, status=403)
    assert refusal(azure, preview(azure, gateways=True)) == ['gateway-unreadable']
    assert azure.run(preview(azure)).diagnostics == ()


def test_a_vnet_that_cannot_be_read_is_a_warning():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET */virtualNetworks/vnet2', 'status', every=True, status=403)
    assert [one.code for one in azure.run(preview(azure, gateways=True)).diagnostics] == ['peerings-unknown']


@pytest.mark.parametrize('target', [BACK, GW2, IP1])
def test_a_lock_refuses_before_any_write(target):
    azure = connected(LocalAzure(QUICK))
    azure.client.make(
        f'{target}/providers/Microsoft.Authorization/locks/keep', {'properties': {'level': 'CanNotDelete'}}
    )
    azure.simulator.journal.clear()
    assert refusal(azure, preview(azure, gateways=True)) == ['locked'] and writes(azure) == []


def test_a_run_that_may_be_cut_off_says_what_leads_to_the_gateways():
    azure = connected(LocalAzure(QUICK))
    assert azure.run(preview(azure, gateways=True)).warning == (
        'Once both connections are gone, they do not lead to the gateways any more. Should this run be cut off then, '
        f'run {BY_IDS}.'
    )
    assert azure.run(preview(azure)).warning == ''


AGAIN = 'run the same command again: it goes on where this run ended'


@pytest.mark.parametrize(
    'done, ways',
    [
        (
            (),
            (
                AGAIN,
                f'Where that finds no connection any more, run az vnet2vnet delete --ids {BACK} --gateways; '
                f'where that finds none either, run {BY_IDS}',
            ),
        ),
        ((BACK,), (AGAIN, f'Where that finds no connection any more, run {BY_IDS}')),
        (
            (THERE,),
            (
                f'run az vnet2vnet delete --ids {BACK} --gateways',
                f'Where that finds no connection any more, run {BY_IDS}',
            ),
        ),
        ((BACK, THERE), (f'run {BY_IDS}',)),
        ((BACK, THERE, GW1, GW2, IP1), (f'run az network public-ip delete --ids {IP2}',)),
    ],
)
def test_what_leads_on_is_what_still_exists(done, ways):
    azure = connected(LocalAzure(QUICK))
    assert azure.run(preview(azure, gateways=True)).ways_on(done) == ways


def test_who_interrupts_a_deletion_learns_all_ways_on():
    azure = connected(LocalAzure(QUICK))
    assert azure.run(preview(azure)).parting == (
        f'{AGAIN}. Where that finds no connection any more, run az vnet2vnet delete --ids {BACK}'
    )


def test_a_half_that_azure_fails_at_keeps_the_gateways_and_the_same_command_goes_on():
    azure = connected(LocalAzure(QUICK))
    azure.fail('DELETE */connections/back', 'fail-operation', every=True, code='Boom')
    with pytest.raises(RunFailed) as caught:
        delete(azure, gateways=True)
    [(target, failure)] = caught.value.failures.items()
    assert target == BACK and isinstance(failure, OperationFailed) and failure.code == 'Boom'
    assert caught.value.skipped == 4 and names(azure, 'virtualNetworkGateways') == ['gw1', 'gw2']
    assert caught.value.again == f'run az vnet2vnet delete --ids {BACK} --gateways', 'the named half is gone'
    assert caught.value.notes == (f'Where that finds no connection any more, run {BY_IDS}',)


def test_a_gateway_that_azure_fails_at_is_reported_with_what_deletes_the_rest():
    azure = connected(LocalAzure(QUICK))
    azure.fail('DELETE */virtualNetworkGateways/gw2', 'fail-operation', every=True)
    with pytest.raises(RunFailed) as caught:
        delete(azure, gateways=True)
    assert (list(caught.value.failures), caught.value.skipped, caught.value.notes) == ([GW2], 1, ())
    assert caught.value.again == (
        f'run az network vnet-gateway delete --ids {GW2}, then az network public-ip delete --ids {IP2}'
    )
    assert names(azure, 'publicIPAddresses') == ['ip2']


@pytest.mark.parametrize('uses', [False, True])
def test_a_peering_keeps_a_gateway_only_where_the_other_vnet_uses_it(uses):
    azure = connected(LocalAzure(QUICK))
    spoke, hub = (resource('virtualNetworks', name) for name in ('spoke', 'vnet1'))
    body = {'location': 'eastus', 'properties': {'addressSpace': {'addressPrefixes': ['10.99.0.0/16']}}}
    azure.client.make(str(spoke), body)
    for near, far, flags in ((hub, spoke, {'allowGatewayTransit': True}), (spoke, hub, {'useRemoteGateways': uses})):
        properties = {'remoteVirtualNetwork': {'id': str(far)}, 'allowVirtualNetworkAccess': True, **flags}
        azure.client.make(f'{near}/virtualNetworkPeerings/p', {'properties': properties})
    if uses:
        assert refusal(azure, preview(azure, gateways=True)) == ['gateway-transit']
    else:
        assert azure.run(preview(azure, gateways=True)).diagnostics == ()
