"""`rotate-key`: both halves at once, and how long the tunnel was down at most."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.readers.pair import find_pair
from azext_vnet2vnet.workflows.rotate_key import preview_rotation, run_rotation
from azext_vnet2vnet.workflows.run import RunFailed
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    ACCOUNTS,
    BACK,
    QUICK,
    THERE,
    connected,
    key_of,
    moments,
    record,
    refusal,
    writes,
)

NEW = SharedKey('New.Key.1')


def preview(azure, key=None):
    arm = azure.arm()

    async def scenario():
        return await preview_rotation(arm, await find_pair(arm, ACCOUNTS, THERE), key)

    return scenario()


def rotate(azure, key=None):
    before = azure.run(preview(azure, key))
    return azure.run(run_rotation(azure.arm(), before, Report()))


def keys(azure):
    return [key_of(azure, name) for name in ('there', 'back')]


def test_both_halves_get_one_new_key():
    azure = connected(LocalAzure(QUICK))
    rotated = rotate(azure)
    there, back = keys(azure)
    assert there == back != 'Sim.Key.1' and len(there) == 64
    assert [half.status for half in rotated.pair.halves] == ['Connected'] * 2


def test_a_given_key_is_set():
    azure = connected(LocalAzure(QUICK))
    rotate(azure, NEW)
    assert keys(azure) == ['New.Key.1'] * 2


def test_both_keys_are_set_at_once():
    azure = connected(LocalAzure(QUICK))
    rotate(azure)
    assert moments(azure, 'PUT', '/sharedkey')[1] - moments(azure, 'PUT', '/sharedkey')[0] < 1


def test_the_seconds_are_those_from_the_first_write_until_both_halves_are_connected():
    azure = connected(LocalAzure(QUICK))
    rotated = rotate(azure)
    seconds = moments(azure, 'GET', 'connections/')[-1] - moments(azure, 'PUT', '/sharedkey')[0]
    assert rotated.seconds_without_tunnel == pytest.approx(seconds, abs=1) and seconds > 20


def test_a_half_that_has_the_given_key_is_left_alone():
    azure = connected(LocalAzure(QUICK))
    record(azure, 'connections', 'there')['key'] = 'New.Key.1'
    rotated = rotate(azure, NEW)
    assert writes(azure) == ['PUT back/sharedkey'] and len(rotated.done) == 1 and keys(azure) == ['New.Key.1'] * 2


def test_where_both_halves_have_the_given_key_the_tunnel_stays_up():
    azure = connected(LocalAzure(QUICK))
    rotated = rotate(azure, SharedKey('Sim.Key.1'))
    assert (writes(azure), rotated.done, rotated.seconds_without_tunnel) == ([], (), 0)


def test_where_somebody_else_has_set_the_given_key_since_the_tunnel_stays_up():
    azure = connected(LocalAzure(QUICK))
    before = azure.run(preview(azure, NEW))
    for name in ('there', 'back'):
        record(azure, 'connections', name)['key'] = 'New.Key.1'
    azure.fail('GET *', 'slow', every=True, seconds=2)
    rotated = azure.run(run_rotation(azure.arm(), before, Report()))
    assert len(before.plan.steps) == 2 and writes(azure) == [] and rotated.seconds_without_tunnel == 0


def test_the_seconds_are_unknown_where_the_pair_does_not_connect():
    azure = connected(LocalAzure(QUICK))
    azure.simulator.fabric.settings = replace(QUICK, status_connected_after=10**6)
    rotated = rotate(azure, NEW)
    assert rotated.seconds_without_tunnel is None and [end.key for end in rotated.pair.ends] == [NEW, NEW]


def test_a_pair_that_lacks_a_half_is_refused():
    azure = connected(LocalAzure(QUICK))
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    assert refusal(azure, preview(azure)) == ['half-missing'] and key_of(azure, 'there') == 'Sim.Key.1'


def test_a_key_that_may_not_be_read_is_named_with_the_half():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET */back/sharedkey', 'status', every=True, status=403)
    [diagnostic] = azure.run(preview(azure)).diagnostics
    assert diagnostic.code == 'key-unreadable' and str(BACK) in diagnostic.message


def test_a_missing_right_is_refused_before_any_write():
    azure = connected(LocalAzure(QUICK))
    for entry in azure.simulator.world.role_assignments:
        entry['notActions'] = ['Microsoft.Network/connections/sharedkey/write']
    assert refusal(azure, preview(azure)) == ['right-missing'] * 2 and writes(azure) == []


def test_one_half_that_fails_is_reported_with_the_doubt_about_the_tunnel():
    azure = connected(LocalAzure(QUICK))
    azure.fail('PUT */back/sharedkey', 'status', every=True, status=400, code='BadRequest', message='not New.Key.1')
    with pytest.raises(RunFailed) as caught:
        rotate(azure, NEW)
    [failure] = caught.value.failures.values()
    assert failure.text == 'not *****'
    assert caught.value.notes == ('Until then the two halves may differ, and the tunnel may be down',)


def test_a_key_with_hyphens_is_taken_with_a_warning_until_it_is_there():
    azure = connected(LocalAzure(QUICK))
    key = SharedKey('4-v3ry-53cr37-1p53c-5h4r3d-k3y')
    assert [found.code for found in azure.run(preview(azure, key)).diagnostics] == ['key-hyphen']
    rotate(azure, key)
    assert keys(azure) == [key.reveal()] * 2
    again = azure.run(preview(azure, key))
    assert (again.diagnostics, again.plan.steps) == ((), ())
