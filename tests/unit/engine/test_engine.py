"""Runs of whole plans: order, locks, failures, deadline, cancellation, and what is reported."""

import asyncio
from dataclasses import replace

import pytest

from azext_vnet2vnet.arm.failures import OperationFailed, RequestFailed, TimedOut
from azext_vnet2vnet.engine.engine import Engine, Report
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.deletion_plan import plan_deletion
from azext_vnet2vnet.planning.pair_plan import compare, plan_pairs
from azext_vnet2vnet.planning.plan import Action, Plan, PlannedPair, Step
from tests.armsim import DEFAULTS
from tests.armsim.settings import Settings
from tests.unit import samples
from tests.unit.deployments import NOTHING
from tests.unit.engine.runs import (
    Keys,
    exists,
    half,
    observe,
    plan_halves,
    plan_of,
    public_ip,
    record,
    run,
    sent,
    sites,
    write,
)
from tests.unit.local_azure import LocalAzure


def mesh(gateways):
    """The plan that joins each gateway to each."""
    pairs, steps = [], []
    for number, near in enumerate(gateways):
        for far in gateways[number + 1 :]:
            halves = half(near, far, f'{near.name}-{far.name}'), half(far, near, f'{far.name}-{near.name}')
            steps += map(write, halves)
            pairs.append(PlannedPair(tuple(one.id for one in halves)))
    return Plan(tuple(steps), tuple(pairs))


def new_pair():
    """The how-to's pair, of which nothing exists, in subscriptions of the simulator."""
    ends = (
        samples.end(number, position, location, vnet=replace(samples.vnet_id(number), subscription=subscription))
        for number, position, location, subscription in (
            (1, 1, 'eastus', DEFAULTS.subscription_1),
            (4, 2, 'westus', DEFAULTS.subscription_2),
        )
    )
    return samples.pair(end1=next(ends), end2=next(ends))


def test_a_pair_is_created_from_nothing():
    azure = LocalAzure()
    plan = plan_pairs([compare(new_pair(), NOTHING)])
    made = run(azure, plan)
    assert (made.outcome.failures, made.outcome.skipped) == ({}, 0)
    assert made.outcome.written == {step.id for step in plan.steps} == set(made.outcome.bodies)
    assert made.outcome.done(plan) == plan.steps and len(plan.steps) == 10
    halves = [record(azure, step.id) for step in plan.steps if step.id.is_a(resource_id.CONNECTION_TYPE)]
    assert [(one['state'], one['key']) for one in halves] == [('Succeeded', 'Generated.Key.1')] * 2
    assert made.generated == 1
    gateways = [step.id.name for step in plan.steps if step.id.is_a(resource_id.GATEWAY_TYPE)]
    assert all(1580 < made.report.seconds[name] < 1700 for name in gateways)
    assert azure.time.now() < 1800, 'both gateways are created side by side'


def test_what_is_reported_comes_in_the_order_of_the_run():
    azure = LocalAzure()
    near, _ = sites(azure)
    first, second = public_ip(near, 'first'), public_ip(near, 'second')
    made = run(azure, plan_of(write(second, Action.CREATE, first.id), write(first)))
    assert made.report.events == ['started first', 'finished first', 'started second', 'finished second']
    assert made.done == ['second', 'first'], 'in the order of the plan'
    assert made.outcome.bodies[first.id]['name'] == 'first'


def test_a_report_that_reports_nothing_takes_every_call():
    report, step = Report(), Step(ResourceId('s', 'g'), Action.WAIT)
    report.started(step), report.finished(step, 1.0), report.failed(step), report.left(step)
    report.waiting('for it'), report.over('it')


def test_a_failed_step_skips_its_dependents_and_no_others():
    azure = LocalAzure()
    near, far = sites(azure)
    azure.fail('PUT */publicIPAddresses/first', 'status', status=400, code='Refused', message='No.')
    first, second, third = (public_ip(near, name) for name in ('first', 'second', 'third'))
    other = half(near, far)
    plan = plan_of(
        write(first), write(second, Action.CREATE, first.id), write(third, Action.CREATE, second.id), write(other)
    )
    made = run(azure, plan)
    assert isinstance(made.failure, RequestFailed) and made.failure.code == 'Refused'
    assert set(made.outcome.failures) == {first.id}
    assert made.outcome.skipped == 2
    assert made.done == ['there'] and exists(azure, other.id)
    assert not exists(azure, second.id) and not exists(azure, third.id)
    assert made.report.events == ['started first', 'started there', 'failed first', 'finished there']


def test_a_gateway_has_one_write_at_a_time():
    azure = LocalAzure()
    made = run(azure, mesh(sites(azure, 3)))
    assert made.outcome.failures == {} and len(made.done) == 6
    assert [entry for entry in sent(azure, 'PUT') if not entry.endswith('201')] == []
    assert azure.time.now() < 200, 'two rounds: each gateway is written to at the same time as the others'


@pytest.mark.parametrize('status, is_429', [(409, False), (429, True)])
def test_a_collision_with_another_write_of_the_run_widens_the_locks(status, is_429):
    azure = LocalAzure(Settings(far_gateway_locked=True, colliding_connections_answer_429=is_429))
    made = run(azure, mesh(sites(azure, 4)))
    assert made.outcome.failures == {} and len(made.done) == 12
    puts = sent(azure, 'PUT')
    refused = [number for number, entry in enumerate(puts) if entry.endswith(f' {status}')]
    assert 1 <= len(refused) <= 3 and max(refused) < 4, 'none after those that were sent at once'
    assert len(puts) == 12 + len(refused)
    assert len([event for event in made.report.events if event.startswith('started')]) == 12


def test_a_step_that_collided_waits_until_the_other_one_is_done():
    azure = LocalAzure(Settings(far_gateway_locked=True))
    made = run(azure, plan_halves(*sites(azure)))
    assert sent(azure, 'PUT') == ['PUT connections/there 201', 'PUT connections/back 409', 'PUT connections/back 201']
    assert azure.times('PUT')[1:] == pytest.approx([0, made.report.seconds['there']], abs=1)
    assert made.report.events == ['started there', 'started back', 'finished there', 'finished back']
    assert made.report.seconds['back'] > made.report.seconds['there'], 'from its first try on'


def test_an_update_that_collided_waits_too():
    azure = LocalAzure(Settings(far_gateway_locked=True))
    there, back = azure.make_pair()
    near, far = observe(azure, there).ends
    tunnel = replace(near.half.tunnel, dpd_timeout=30)
    steps = (
        write(half(one.gateway_id, other.gateway_id, name, tunnel=tunnel), Action.UPDATE)
        for one, other, name in ((near, far, 'there'), (far, near, 'back'))
    )
    made = run(azure, plan_of(*steps))
    assert made.outcome.failures == {} and made.done == ['there', 'back']
    assert sent(azure, 'PUT') == ['PUT connections/there 200', 'PUT connections/back 409', 'PUT connections/back 200']
    assert [record(azure, one)['properties']['dpdTimeoutSeconds'] for one in (there, back)] == [30, 30]


def test_a_write_of_somebody_else_is_no_collision():
    azure = LocalAzure()
    near, far = sites(azure)
    azure.fail('PUT */connections/there', 'status', status=409, code='AnotherOperationInProgress')
    made = run(azure, plan_of(write(half(near, far)), write(public_ip(near))))
    assert made.outcome.failures == {}
    puts = ['PUT connections/there 409', 'PUT publicIPAddresses/ip9 201', 'PUT connections/there 201']
    assert sent(azure, 'PUT') == puts
    assert azure.times('PUT') == pytest.approx([0, 0, 5]), 'tried again though the other write goes on'


def test_the_limit_of_a_subscription_holds_all_writes_back():
    azure = LocalAzure()
    near, far = sites(azure)
    azure.fail('PUT *', 'status', status=429, code='SubscriptionRequestsThrottled', headers={'Retry-After': '17'})
    azure.fail('GET */publicIPAddresses/ip9', 'slow', seconds=1)
    made = run(azure, plan_of(write(public_ip(near)), write(half(near, far))))
    assert made.outcome.failures == {} and made.done == ['ip9', 'there']
    moments = azure.times('PUT')
    assert moments[1:] == pytest.approx([17, 17], abs=1) and len(moments) == 3
    assert sent(azure, 'PUT')[0] == 'PUT connections/there 429'


def test_the_deadline_in_flight_fails_the_step_and_skips_its_dependents():
    azure = LocalAzure()
    near, far = sites(azure)
    azure.fail('PUT */connections/there', 'hold-before', every=True)
    there, after = half(near, far), public_ip(near)
    made = run(azure, plan_of(write(there), write(after, Action.CREATE, there.id)), timeout=60)
    assert isinstance(made.failure, TimedOut) and set(made.outcome.failures) == {there.id}
    assert (made.outcome.skipped, made.done) == (1, [])
    assert made.report.events == ['started there', 'failed there']
    assert azure.time.now() == pytest.approx(60)


def test_at_the_deadline_the_steps_whose_operations_go_on_are_left():
    azure = LocalAzure()
    there, back = azure.make_pair()
    near, far, other = (azure.make_site(number) for number in (3, 4, 5))
    azure.client.put(str(back), {**azure.client.read(str(back)), 'tags': {'a': 'b'}})
    new = half(near, far, 'new')
    plan = Plan(
        (
            write(new),
            Step(there, Action.DELETE),
            Step(back, Action.WAIT),
            write(half(near, other, 'queued')),
            write(public_ip(near), Action.CREATE, new.id),
        ),
        (PlannedPair((new.id, None)),),
    )
    made = run(azure, plan, timeout=30)
    assert {type(failure) for failure in made.outcome.failures.values()} == {TimedOut}
    assert {one.name for one in made.outcome.failures} == {'new', 'there', 'back', 'queued'}
    assert made.outcome.skipped == 1
    assert sorted(made.report.events[-5:]) == ['failed queued', 'left back', 'left new', 'left there', 'started queued']
    assert made.done == ['new'], 'a deletion is done when the resource is gone'
    azure.time.advance(600)
    assert record(azure, new.id)['state'] == 'Succeeded' and not exists(azure, there), 'Azure goes on'


@pytest.mark.parametrize('seconds', [0, 0.5, 5, 30], ids=['before it starts', 'in flight', 'before a poll', 'later'])
def test_a_cancelled_run_leaves_nothing_running(seconds):
    azure = LocalAzure()
    near, far, third = sites(azure, 3)
    waiting = half(near, third, 'waiting'), half(near, far, 'waiting-too')
    halves = half(near, far), half(far, near, 'back'), *waiting
    steps = [*map(write, halves), write(public_ip(near), Action.CREATE, halves[0].id)]
    steps += [Step(near.sibling(resource_id.PUBLIC_IP_TYPE, 'after'), Action.DELETE, follows=(halves[1].id,))]
    pairs = [PlannedPair((halves[0].id, halves[1].id)), *(PlannedPair((one.id, None)) for one in waiting)]

    async def scenario():
        engine = Engine(azure.arm(), Plan(tuple(steps), tuple(pairs)), Report(), Keys().generate)
        task = asyncio.ensure_future(engine.run())
        await asyncio.sleep(seconds)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.01)  # The steps unwind, none of them waits for its answer.
        assert asyncio.all_tasks() == {asyncio.current_task()}
        before = list(azure.sent)
        await asyncio.sleep(600)
        assert azure.sent == before

    azure.run(scenario())  # It fails where a callback raised, such as an InvalidStateError.
    assert [entry for entry in sent(azure, 'PUT', 'DELETE') if 'there' not in entry and 'back' not in entry] == []


def test_what_follows_a_step_waits_until_that_is_accepted_and_not_until_it_is_done():
    azure = LocalAzure()
    there, _ = azure.make_pair()
    made = run(azure, plan_deletion(observe(azure, there), with_gateways=False))
    assert made.outcome.failures == {}
    assert sent(azure, 'DELETE') == ['DELETE connections/back 202', 'DELETE connections/there 202']
    assert azure.times('DELETE') == pytest.approx([0, 0])


def test_what_follows_a_failed_step_is_skipped():
    azure = LocalAzure()
    there, _ = azure.make_pair()
    azure.fail('DELETE */connections/back', 'status', status=403, code='AuthorizationFailed')
    made = run(azure, plan_deletion(observe(azure, there), with_gateways=False))
    assert made.failure.code == 'AuthorizationFailed' and made.outcome.skipped == 1
    assert sent(azure, 'DELETE') == ['DELETE connections/back 403'] and exists(azure, there)


def test_a_resource_that_somebody_else_works_on_is_waited_for():
    azure = LocalAzure(Settings(durations={'connection-update': 50}))
    _, back = azure.make_pair()
    azure.client.put(str(back), {**azure.client.read(str(back)), 'tags': {'a': 'b'}})
    made = run(azure, plan_of(Step(back, Action.WAIT)))
    assert made.report.events == ['started back', 'finished back'] and 50 <= azure.time.now() <= 70
    assert made.done == [] and made.outcome.bodies[back]['properties']['provisioningState'] == 'Succeeded'


def test_what_was_waited_for_and_failed_is_a_failure():
    azure = LocalAzure()
    there, _ = azure.make_pair()
    record(azure, there)['state'] = 'Failed'
    made = run(azure, plan_of(Step(there, Action.WAIT)))
    assert isinstance(made.failure, OperationFailed) and made.report.events == ['started there', 'failed there']


def test_a_report_that_raises_does_not_stop_a_run():
    class Broken(Report):
        def started(self, step):
            raise BrokenPipeError(32, 'Broken pipe')

    azure = LocalAzure()
    near, far = sites(azure)
    plan = plan_halves(near, far)

    async def scenario():
        return await Engine(azure.arm(), plan, Broken(), SharedKey.generate).run()

    outcome = azure.run(scenario())
    assert outcome.failures == {} and len(outcome.written) == 2
