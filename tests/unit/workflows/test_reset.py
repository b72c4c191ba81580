"""`reset`: both connections, or gateways, of a pair."""

import pytest

from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.readers.pair import find_pair
from azext_vnet2vnet.workflows.reset import preview_reset
from azext_vnet2vnet.workflows.run import RunFailed
from azext_vnet2vnet.workflows.update import run_update
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    ACCOUNTS,
    BACK,
    GW1,
    GW2,
    QUICK,
    THERE,
    connected,
    join,
    record,
    refusal,
    writes,
)


def preview(azure, gateways=()):
    arm = azure.arm()

    async def scenario():
        return await preview_reset(arm, await find_pair(arm, ACCOUNTS, THERE), gateways)

    return scenario()


def reset(azure, gateways=()):
    before = azure.run(preview(azure, gateways))
    return azure.run(run_update(azure.arm(), before, Report()))


def test_both_connections_are_reset_and_connect_again():
    azure = connected(LocalAzure(QUICK))
    changed = reset(azure)
    assert sorted(writes(azure)) == ['POST back/resetconnection', 'POST there/resetconnection']
    assert {step.id for step in changed.done} == {THERE, BACK}
    assert [half.status for half in changed.pair.halves] == ['Connected'] * 2


@pytest.mark.parametrize('numbers, gateways', [([1], [GW1]), ([2], [GW2]), ([1, 2], [GW1, GW2])])
def test_gateways_are_reset_by_the_numbers_of_their_ends(numbers, gateways):
    azure = connected(LocalAzure(QUICK))
    changed = reset(azure, numbers)
    assert [step.id for step in changed.done] == gateways
    assert sorted(writes(azure)) == [f'POST {gateway.name}/reset' for gateway in gateways]


def test_a_reset_gateway_names_the_other_connections_that_drop():
    azure = connected(LocalAzure(QUICK))
    azure.make_site(3)
    join(azure, 1, 3)
    [step] = azure.run(preview(azure, [1])).plan.steps
    assert [one.name for one in step.affected] == ['1to3']


def test_who_interrupts_a_reset_learns_what_waits_for_it():
    azure = connected(LocalAzure(QUICK))
    assert azure.run(preview(azure)).parting == (
        f'az vnet2vnet wait --ids {THERE} waits until the pair is connected again'
    )


def test_a_pair_that_lacks_a_half_is_refused():
    azure = connected(LocalAzure(QUICK))
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    assert refusal(azure, preview(azure)) == ['half-missing']


def test_one_reset_that_fails_leaves_the_other_one_done():
    azure = connected(LocalAzure(QUICK))
    azure.fail('POST */back/resetconnection', 'status', every=True, status=400, code='BadRequest')
    with pytest.raises(RunFailed) as caught:
        reset(azure)
    assert list(caught.value.failures) == [BACK] and caught.value.notes == ()


def test_that_one_instance_of_an_active_active_gateway_restarts_is_said():
    azure = connected(LocalAzure(QUICK))
    record(azure, 'virtualNetworkGateways', 'gw1')['properties']['activeActive'] = True
    found = {number: azure.run(preview(azure, [number])).diagnostics for number in (1, 2)}
    assert ([one.code for one in found[1]], found[2]) == (['reset-one-instance'], ())
    assert f'--ids {GW1} --gateway-vip ' in found[1][0].recommendation
