"""`update`: both halves as asked, and alike."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.arm.failures import RequestFailed
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.diagnostic import Severity
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.readers.pair import find_pair
from azext_vnet2vnet.workflows.run import RunFailed
from azext_vnet2vnet.workflows.update import preview_update, run_update
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    ACCOUNTS,
    BACK,
    QUICK,
    THERE,
    Events,
    connected,
    join,
    moments,
    record,
    refusal,
    writes,
)

DPD = Tunnel(dpd_timeout=45)


def preview(azure, asked=Tunnel(), tags=None, half=THERE):
    arm = azure.arm()

    async def scenario():
        return await preview_update(arm, ACCOUNTS, await find_pair(arm, ACCOUNTS, half), asked, tags)

    return scenario()


def update(azure, asked=Tunnel(), tags=None, report=None, half=THERE):
    before = azure.run(preview(azure, asked, tags, half))
    return azure.run(run_update(azure.arm(), before, report or Report()))


def dpd(azure):
    return [record(azure, 'connections', name)['properties'].get('dpdTimeoutSeconds') for name in ('there', 'back')]


def test_both_halves_are_changed_and_wait_until_they_are_connected():
    azure = connected(LocalAzure(QUICK))
    changed = update(azure, DPD)
    assert dpd(azure) == [45, 45] and {step.id for step in changed.done} == {THERE, BACK}
    assert [(half.status, half.tunnel.dpd_timeout) for half in changed.pair.halves] == [('Connected', 45)] * 2


def test_halves_that_differ_are_made_like_the_first_one():
    azure = connected(LocalAzure(QUICK))
    record(azure, 'connections', 'there')['properties']['dpdTimeoutSeconds'] = 30
    assert [step.id for step in update(azure).done] == [BACK] and dpd(azure) == [30, 30]


def test_the_named_half_is_the_first_one():
    azure = connected(LocalAzure(QUICK))
    record(azure, 'connections', 'back')['properties']['dpdTimeoutSeconds'] = 60
    assert [step.id for step in update(azure, half=BACK).done] == [THERE] and dpd(azure) == [60, 60]


def test_keys_that_differ_become_that_of_the_first_half():
    azure = LocalAzure(QUICK)
    azure.make_pair(back={'sharedKey': 'Other.Key.1'})
    changed = update(azure)
    assert [half.status for half in changed.pair.halves] == ['Connected'] * 2
    assert record(azure, 'connections', 'back')['key'] == 'Sim.Key.1'


def test_a_pair_that_is_as_asked_is_left_alone():
    azure = connected(LocalAzure(QUICK))
    changed = update(azure)
    assert changed.done == () and writes(azure) == []


def test_tags_alone_are_not_waited_for():
    azure = LocalAzure(QUICK)
    azure.make_pair()
    events = Events()
    changed = update(azure, tags={'owner': 'net'}, report=events)
    assert [dict(half.tags) for half in changed.pair.halves] == [{'owner': 'net'}] * 2
    assert writes(azure) == ['PATCH connections/there', 'PATCH connections/back']
    assert not any('waiting' in text for text in events.seen)
    assert moments(azure, 'GET', 'connections/there')[-1] - moments(azure, 'PATCH', 'there')[0] < 60


def test_bgp_is_switched_on_at_both_gateways_too():
    azure = LocalAzure(QUICK)
    for number in (1, 2):
        azure.make_site(number, bgpSettings={'asn': 65000 + number})
    join(azure, 1, 2)
    changed = update(azure, Tunnel(enable_bgp=True), half=THERE.sibling(THERE.type, '1to2'))
    assert [(end.gateway.enable_bgp, end.half.tunnel.enable_bgp) for end in changed.pair.ends] == [(True, True)] * 2


def test_a_pair_that_lacks_a_half_is_refused():
    azure = connected(LocalAzure(QUICK))
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    assert refusal(azure, preview(azure, DPD)) == ['half-missing']


def test_a_far_end_that_cannot_be_seen_is_refused():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET */virtualNetworkGateways/gw2', 'status', every=True, status=403)
    assert refusal(azure, preview(azure, DPD)) == ['far-end-unreadable']


def test_a_near_gateway_that_azure_fails_at_is_refused():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET */virtualNetworkGateways/gw1', 'status', every=True, status=500)
    assert refusal(azure, preview(azure, DPD)) == ['gateway-unreadable']


def test_equal_asns_are_refused_before_any_write():
    azure = connected(LocalAzure(QUICK))
    assert refusal(azure, preview(azure, Tunnel(enable_bgp=True))) == ['asn-equal'] and writes(azure) == []


def test_a_missing_right_is_refused_before_any_write():
    azure = connected(LocalAzure(QUICK))
    for entry in azure.simulator.world.role_assignments:
        entry['notActions'] = ['Microsoft.Network/connections/write']
    assert refusal(azure, preview(azure, DPD)) == ['right-missing'] * 2 and writes(azure) == []


def test_a_key_that_cannot_be_kept_is_refused():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET */back/sharedkey', 'status', every=True, status=500)
    assert refusal(azure, preview(azure, DPD)) == ['key-unreadable'] and writes(azure) == []


def test_a_key_that_may_not_be_read_is_a_warning_where_tags_alone_are_set():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET */back/sharedkey', 'status', every=True, status=403)
    before = azure.run(preview(azure, tags={'owner': 'net'}))
    assert [(one.code, one.severity) for one in before.diagnostics] == [('key-unreadable', Severity.WARNING)]


def test_a_run_that_changed_one_half_says_that_they_may_differ():
    azure = connected(LocalAzure(QUICK))
    azure.fail('PUT */connections/back', 'status', every=True, status=400, code='BadRequest', message='No.')
    with pytest.raises(RunFailed) as caught:
        update(azure, DPD)
    [(target, failure)] = caught.value.failures.items()
    assert target == BACK and isinstance(failure, RequestFailed) and failure.code == 'BadRequest'
    assert caught.value.notes == ('Until then the two halves may differ, and the tunnel may be down',)
    assert caught.value.again == 'run the same command again: it goes on where this run ended'


def test_a_run_that_changed_nothing_leaves_no_doubt():
    azure = connected(LocalAzure(QUICK))
    azure.fail('PUT */connections/*', 'status', every=True, status=400, code='BadRequest')
    with pytest.raises(RunFailed) as caught:
        update(azure, DPD)
    assert len(caught.value.failures) == 2 and caught.value.notes == ()


def test_keys_are_read_where_the_pair_does_not_connect_again():
    azure = connected(LocalAzure(QUICK))
    azure.simulator.fabric.settings = replace(QUICK, status_connected_after=10**6)
    changed = update(azure, DPD)
    assert [end.key for end in changed.pair.ends] == [SharedKey('Sim.Key.1')] * 2


def test_keys_that_were_read_for_the_plan_are_not_in_the_result():
    azure = connected(LocalAzure(QUICK))
    assert [(end.key, end.key_unreadable) for end in update(azure, DPD).pair.ends] == [(None, False)] * 2
