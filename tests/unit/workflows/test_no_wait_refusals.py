"""`--no-wait`: what is refused before any write, and what fails after it."""

import pytest

from azext_vnet2vnet.arm.failures import KeyUnreadable, RequestFailed
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.plan import Plan
from azext_vnet2vnet.workflows.create import preview_create
from azext_vnet2vnet.workflows.no_wait import checked_deployment
from azext_vnet2vnet.workflows.run import RunFailed
from tests.armsim import DEFAULTS
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import BACK, QUICK, connected, pair, record, refusal, writes
from tests.unit.workflows.hand_overs import ACROSS, deployments, hand_over, preview


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
