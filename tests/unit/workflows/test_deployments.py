"""Deployments that are followed to their end, and what they failed at."""

import pytest

from azext_vnet2vnet.arm.failures import OperationFailed, RequestFailed
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.readers.network import read_network
from azext_vnet2vnet.workflows.deployments import follow, submit
from azext_vnet2vnet.workflows.export import deploy_network
from tests.armsim.client import group_path
from tests.armsim.deployment_client import AN_IP, BAD, deployment_path, nested, start, template
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import ACCOUNTS, GROUP, QUICK, connected

TARGET = ResourceId.parse(deployment_path())


def deploying(*resources):
    """Azure at work on a deployment of these resources."""
    azure = LocalAzure(QUICK)
    azure.client.make(group_path(), {'location': 'eastus'})
    start(azure.client, template(*resources))
    azure.simulator.journal.clear()
    return azure


def failure_of(azure):
    with pytest.raises(OperationFailed) as caught:
        azure.run(follow(azure.arm(), TARGET))
    return caught.value


def test_a_deployment_is_polled_every_thirty_seconds():
    azure = deploying(AN_IP)
    azure.run(follow(azure.arm(), TARGET))
    assert azure.sent == ['GET deployments/d 200'] * 2 and azure.time.now() == pytest.approx(30)


def test_the_resource_that_failed_is_named_with_its_own_reason():
    failure = failure_of(deploying(AN_IP, BAD))
    assert (failure.target.name, failure.target.type) == ('bad', 'Microsoft.Network/publicIPAddresses')


def test_the_resource_that_failed_is_found_in_a_nested_deployment():
    assert failure_of(deploying(nested('inner', template(BAD)))).target.name == 'bad'


def test_the_deployment_is_named_where_its_operations_may_not_be_read():
    azure = deploying(BAD)
    azure.fail('GET */operations', 'status', every=True, status=403)
    failure = failure_of(azure)
    assert failure.target == TARGET and failure.code not in ('', 'DeploymentFailed')


def test_a_deployment_that_somebody_cancelled_is_said_to_be_cancelled():
    azure = deploying(AN_IP)
    azure.client.send('POST', f'{TARGET}/cancel')
    failure = failure_of(azure)
    assert (failure.target, failure.code, failure.text) == (TARGET, 'Canceled', 'somebody cancelled the deployment')


def deployment():
    azure = connected(LocalAzure(QUICK))
    pairs = azure.run(read_network(azure.arm(), ACCOUNTS, GROUP))
    return azure, deploy_network(pairs, {account.id: account.tenant for account in ACCOUNTS}).deployment


def test_a_deployment_that_runs_already_is_joined():
    azure, made = deployment()
    azure.fail('PUT */deployments/*', 'status', every=True, status=409, code='DeploymentActive')
    azure.run(submit(azure.arm(), made, {'key1': SharedKey('Sim.Key.1')}))
    assert [entry for entry in azure.sent if entry.startswith('PUT')] == [f'PUT deployments/{made.name} 409']


def test_a_deployment_that_azure_refuses_is_an_error():
    azure, made = deployment()
    azure.fail('PUT */deployments/*', 'status', every=True, status=400, code='InvalidTemplate')
    with pytest.raises(RequestFailed) as caught:
        azure.run(submit(azure.arm(), made, {'key1': SharedKey('Sim.Key.1')}))
    assert caught.value.code == 'InvalidTemplate'
