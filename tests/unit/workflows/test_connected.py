"""The wait for Connected that ends every run which writes connections."""

import pytest

from azext_vnet2vnet.arm.failures import RequestFailed
from azext_vnet2vnet.readers.resources import read_connection, read_each
from azext_vnet2vnet.workflows.connected import are_connected, await_connected, read_again
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import BACK, QUICK, THERE, Events, connected, join, moments, record, refusal, remove


def read(azure, *targets):
    arm = azure.arm()
    return list(azure.run(read_each(targets or (THERE, BACK), lambda half: read_connection(arm, half))).values())


def test_halves_that_are_connected_are_not_waited_for():
    azure, events = connected(LocalAzure(QUICK)), Events()
    halves = read(azure)
    azure.simulator.journal.clear()
    assert azure.run(await_connected(azure.arm(), halves, events)) == tuple(halves)
    assert (events.seen, azure.sent) == ([], [])


def test_halves_are_polled_every_fifteen_seconds_until_all_are_connected():
    azure, events = LocalAzure(QUICK), Events()
    azure.make_pair()
    halves = azure.run(await_connected(azure.arm(), read(azure), events))
    assert are_connected(halves)
    polled = moments(azure, 'GET', 'connections/back')
    assert [later - polled[0] for later in polled] == pytest.approx([0, 15, 30, 45])
    assert events.seen == ['Both connections exist; waiting for the tunnel', 'Both halves report Connected']


def test_a_half_that_is_connected_is_not_polled_again():
    azure = connected(LocalAzure(QUICK))
    azure.make_site(3)
    join(azure, 1, 3)
    halves = read(azure, THERE, BACK, *(THERE.sibling(THERE.type, name) for name in ('1to3', '3to1')))
    azure.simulator.journal.clear()
    azure.run(await_connected(azure.arm(), halves, Events()))
    assert not {'GET connections/there 200', 'GET connections/back 200'} & set(azure.sent)


def test_many_halves_that_stay_unconnected_are_counted(caplog):
    azure, events = LocalAzure(QUICK), Events()
    azure.make_pair()
    azure.make_site(3)
    join(azure, 1, 3)
    record(azure, 'connections', '3to1')['key'] = 'Other.Key.1'
    halves = read(azure, THERE, BACK, *(THERE.sibling(THERE.type, name) for name in ('1to3', '3to1')))
    seen = azure.run(await_connected(azure.arm(), halves, events))
    assert [half.status for half in seen] == ['Connected', 'Connected', 'NotConnected', 'NotConnected']
    assert events.seen[-1] == 'Stopped waiting: 2 of 4 halves do not report Connected'
    assert 'All pairs are complete, but after 5 minutes 2 of 4 halves' in caplog.text
    assert azure.time.now() == pytest.approx(300)


def test_a_half_that_is_gone_is_told():
    azure = connected(LocalAzure(QUICK))
    [half] = read(azure, THERE)
    remove(azure, THERE)
    assert refusal(azure, read_again(azure.arm(), half)) == ['plan-changed']


def test_a_half_that_was_connected_early_is_read_once_more():
    azure = LocalAzure(QUICK)
    azure.make_pair()
    halves = read(azure)
    azure.fail('GET */connections/back', 'slow', seconds=20, nth=3)
    azure.simulator.journal.clear()
    assert are_connected(azure.run(await_connected(azure.arm(), halves, Events())))


@pytest.mark.parametrize('status', [500, 403])
def test_a_read_that_azure_breaks_is_skipped(status):
    azure = LocalAzure(QUICK)
    azure.make_pair()
    halves = read(azure)
    for _ in range(4):
        azure.fail('GET */connections/back', 'status', status=status, code='Broken')
    if status == 500:
        assert are_connected(azure.run(await_connected(azure.arm(), halves, Events())))
    else:
        with pytest.raises(RequestFailed):
            azure.run(await_connected(azure.arm(), halves, Events()))
