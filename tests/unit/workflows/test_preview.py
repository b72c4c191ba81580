"""Previews: what stops a plan, and what is said where a run of it ends early."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.desired import PublicIp
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.planning.plan import Action, Plan, Step
from azext_vnet2vnet.workflows.preview import AGAIN, Preview, check_plan, check_unchanged
from tests.armsim import DEFAULTS
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import BACK, GROUP, QUICK, THERE, refusal, resource

RESET = Step(THERE, Action.RESET, disturbs=True)
OTHER = Step(BACK, Action.RESET, disturbs=True)
ADDRESS = resource('publicIPAddresses', 'ip')
NEW = Step(ADDRESS, Action.CREATE, resource=PublicIp(ADDRESS, 'eastus'))
WARNING = rules.REPORT_MISSING.found('One.', 'None')
ERROR = rules.KEY_MISMATCH.found('Two.', 'Repair it')


def preview(*steps):
    return Preview(Plan(steps), ())


def check(azure, plan, diagnostics=()):
    return check_plan(azure.arm(), plan, diagnostics, (GROUP,), {DEFAULTS.subscription_1})


def test_a_run_that_ends_early_goes_on_by_the_same_command():
    assert preview(RESET).ways_on() == (AGAIN,) and preview(RESET).parting == AGAIN


def test_a_plan_says_nothing_before_it_runs_and_leaves_no_doubt():
    assert (preview(RESET).warning, preview(RESET).doubts({THERE})) == ('', ())


@pytest.mark.parametrize('now', [preview(), preview(RESET), preview(NEW), preview(RESET, NEW)])
def test_a_plan_that_disturbs_no_more_than_before_is_the_one_that_runs(now):
    assert check_unchanged(preview(RESET), now) is now


def test_a_plan_that_disturbs_more_is_refused_with_what_is_new():
    with pytest.raises(Refused) as caught:
        check_unchanged(preview(RESET), preview(RESET, OTHER))
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.code == 'plan-changed' and 'connections/back is reset' in diagnostic.message
    assert 'connections/there' not in diagnostic.message


def test_a_plan_without_writes_asks_for_no_rights():
    azure = LocalAzure()
    assert azure.run(check(azure, Plan((Step(THERE, Action.WAIT),)), [WARNING])) == (WARNING,)
    assert azure.sent == []


def test_errors_stop_a_plan_with_what_the_login_may_not_do():
    azure = LocalAzure(QUICK)
    for entry in azure.simulator.world.role_assignments:
        entry['notActions'] = ['Microsoft.Network/connections/*']
    assert refusal(azure, check(azure, Plan((RESET,)), [WARNING, ERROR])) == ['key-mismatch', 'right-missing']


def test_warnings_come_back_with_those_of_the_rights():
    azure = LocalAzure(QUICK)
    azure.fail('GET */locks', 'status', every=True, status=403)
    found = azure.run(check(azure, Plan((RESET,)), [WARNING]))
    assert [one.code for one in found] == ['report-missing', 'locks-unknown']


def test_a_quota_that_is_used_up_stops_a_plan():
    azure = LocalAzure(replace(QUICK, public_ip_quota=0))
    assert refusal(azure, check(azure, Plan((NEW,)))) == ['public-ip-quota']
