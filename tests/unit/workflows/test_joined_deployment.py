"""Commands that find the deployment of an earlier `--no-wait` at work."""

from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.workflows.apply import preview_apply, run_apply
from azext_vnet2vnet.workflows.create import preview_create, run_create
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import BACK, GW2, QUICK, Events, pair, refusal, writes
from tests.unit.workflows.hand_overs import hand_over, hand_over_topology, topology


def test_apply_joins_the_deployment_of_its_file():
    azure, events = LocalAzure(QUICK), Events()
    name = hand_over_topology(azure, topology()).preview.deployment.name
    before = azure.run(preview_apply(azure.arm(), topology(), False))
    azure.simulator.journal.clear()
    applied = azure.run(run_apply(azure.arm(), before, events))
    assert events.seen[0] == f'Azure carries out deployment {name}; waiting for it' and writes(azure) == []
    assert [len(one.halves) for one in applied.pairs] == [2, 2] and applied.done == ()


def create(azure, desired, report):
    arm = azure.arm()

    async def scenario():
        return await run_create(arm, await preview_create(arm, desired), report)

    return azure.run(scenario())


def test_a_command_that_waits_joins_the_deployment_that_runs():
    azure, events = LocalAzure(QUICK), Events()
    name = hand_over(azure).preview.deployment.name
    created = create(azure, pair(), events)
    assert events.seen[:2] == [f'Azure carries out deployment {name}; waiting for it', f'Deployment {name} is done']
    assert created.done == () and [half.status for half in created.state.observed.halves] == ['Connected'] * 2


def test_what_a_deployment_failed_at_is_done_by_the_command_that_joined_it():
    azure, events = LocalAzure(QUICK), Events()
    name = hand_over(azure).preview.deployment.name
    azure.fail('PUT */connections/back', 'fail-operation', code='Boom')
    created = create(azure, pair(), events)
    assert events.seen[1] == f'Deployment {name} failed at back; going on without it'
    assert BACK in [step.id for step in created.done] and created.state.observed.end2.half.status == 'Connected'


def test_what_was_not_agreed_to_is_not_done_after_a_deployment():
    azure = LocalAzure(QUICK)
    hand_over(azure)
    desired = pair(tunnel=Tunnel(dpd_timeout=45))
    arm = azure.arm()
    before = azure.run(preview_create(arm, desired))
    azure.simulator.journal.clear()
    assert refusal(azure, run_create(arm, before, Report())) == ['plan-changed']
    assert writes(azure) == [] and GW2 in [step.id for step in before.plan.steps]
