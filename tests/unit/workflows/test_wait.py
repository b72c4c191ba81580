"""`wait`: until a pair is as it should be, or the time is over."""

import pytest

from azext_vnet2vnet.arm.failures import ConditionUnmet, HandedOverFailed, RequestFailed
from azext_vnet2vnet.readers.pair import find_pair
from azext_vnet2vnet.workflows.wait import follow_deployment, is_connected, wait_for, wait_until_deleted
from tests.armsim.client import group_path, network_path
from tests.armsim.deployment_client import BAD, deployment_path, resource, start, template
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import ACCOUNTS, BACK, QUICK, THERE, connected, record, refusal


def wait(azure, condition=is_connected, timeout=7200, interval=30):
    azure.run(wait_for(azure.arm(timeout), ACCOUNTS, THERE, condition, interval))


def test_a_pair_that_is_connected_is_not_waited_for():
    azure = connected(LocalAzure(QUICK))
    wait(azure)
    assert azure.time.now() == 0


def test_a_pair_is_read_every_interval_until_it_is_connected():
    azure = LocalAzure(QUICK)
    azure.make_pair()
    wait(azure, interval=20)
    assert azure.sent.count('GET connections/there 200') == 4 and azure.time.now() == pytest.approx(60)


def test_a_pair_that_is_not_connected_in_time_is_said_to_be_as_it_is():
    azure = LocalAzure(QUICK)
    azure.make_pair(back={'sharedKey': 'Other.Key.1'})
    with pytest.raises(ConditionUnmet) as caught:
        wait(azure, timeout=100)
    assert caught.value.text == 'Timed out after 100 s (--timeout); the pair is NotConnected'
    assert caught.value.connection == THERE and azure.time.now() == pytest.approx(100)


def test_a_half_that_azure_failed_at_is_not_waited_for():
    azure = connected(LocalAzure(QUICK))
    record(azure, 'connections', 'back')['state'] = 'Failed'
    with pytest.raises(ConditionUnmet) as caught:
        wait(azure, lambda pair: False)
    assert caught.value.text == 'Azure has failed at a half of the pair' and azure.time.now() == 0


def test_a_pair_that_does_not_exist_is_refused():
    azure = LocalAzure()
    assert refusal(azure, wait_for(azure.arm(), ACCOUNTS, THERE, is_connected, 30)) == ['connection-missing']


def test_a_condition_of_ones_own_is_waited_for():
    azure = LocalAzure(QUICK)
    azure.make_pair()
    wait(azure, lambda pair: azure.time.now() > 100)
    assert azure.time.now() == pytest.approx(120)


def test_a_missing_half_is_not_connected():
    azure = connected(LocalAzure(QUICK))
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    assert not is_connected(azure.run(find_pair(azure.arm(), ACCOUNTS, THERE)))


def test_a_half_that_cannot_be_seen_is_not_waited_for():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET */virtualNetworkGateways/gw2', 'status', every=True, status=403)
    wait(azure)
    assert azure.time.now() == 0


def wait_deleted(azure, half=THERE, timeout=7200):
    azure.run(wait_until_deleted(azure.arm(timeout), ACCOUNTS, half, 10))


def test_a_pair_that_does_not_exist_is_deleted():
    azure = LocalAzure()
    wait_deleted(azure)
    assert azure.sent == ['GET connections/there 404']


def test_both_halves_are_waited_for_whichever_goes_first():
    azure = connected(LocalAzure(QUICK))
    for half in (THERE, BACK):
        azure.client.send('DELETE', str(half))
    wait_deleted(azure)
    assert azure.time.now() >= 30 and azure.sent[-2:] == ['GET connections/there 404', 'GET connections/back 404']


def test_a_half_that_is_left_is_named_when_the_time_is_over():
    azure = connected(LocalAzure(QUICK))
    azure.client.send('DELETE', str(THERE))
    with pytest.raises(ConditionUnmet) as caught:
        wait_deleted(azure, timeout=100)
    assert caught.value.text == f'Timed out after 100 s (--timeout); still to be deleted: {BACK}'


def with_deployment(*resources, **options):
    azure = LocalAzure(QUICK)
    azure.client.make(group_path(), {'location': 'eastus'})
    start(azure.client, template(*resources), **options)
    azure.simulator.journal.clear()
    return azure


VNET = resource(
    'virtualNetworks',
    'vnet1',
    {'location': 'eastus', 'properties': {'addressSpace': {'addressPrefixes': ['10.1.0.0/16']}}},
)


def follow(azure, timeout=7200):
    azure.run(follow_deployment(azure.arm(timeout), deployment_path(), 10))


def test_a_deployment_is_followed_to_its_end():
    azure = with_deployment(VNET)
    follow(azure)
    assert set(azure.sent) == {'GET deployments/d 200'} and azure.time.now() % 10 == pytest.approx(0)
    assert azure.client.get(network_path('virtualNetworks', 'vnet1')).status == 200


def test_a_deployment_that_failed_names_the_resource_that_it_failed_at():
    azure = with_deployment(VNET, BAD)
    with pytest.raises(HandedOverFailed) as caught:
        follow(azure)
    assert caught.value.target.name == 'bad' and caught.value.code != 'DeploymentFailed'


def test_a_deployment_that_still_runs_when_the_time_is_over_is_said_to_run():
    azure = with_deployment(VNET)
    with pytest.raises(ConditionUnmet) as caught:
        follow(azure, timeout=1)
    assert caught.value.text == f'Timed out after 1 s (--timeout); {deployment_path()} still runs'


def test_a_deployment_that_does_not_exist_is_an_error():
    azure = LocalAzure()
    azure.client.make(group_path(), {'location': 'eastus'})
    with pytest.raises(RequestFailed) as caught:
        follow(azure)
    assert (caught.value.status, caught.value.code) == (404, 'DeploymentNotFound')
