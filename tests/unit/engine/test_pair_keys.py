"""The keys of pairs: where they come from, how they change, and that no error has one in its text."""

import traceback
from dataclasses import replace

import pytest

from azext_vnet2vnet.arm.failures import (
    CreationFailed,
    KeysDiffer,
    KeyUnreadable,
    OperationFailed,
    RequestFailed,
    TimedOut,
)
from azext_vnet2vnet.engine.pair_keys import PairKeys
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.plan import Action, Plan, PlannedPair
from azext_vnet2vnet.planning.update_plan import plan_rotation
from tests.armsim import client as seeds
from tests.armsim.settings import Settings
from tests.unit.engine.runs import Keys, half, observe, plan_halves, plan_of, record, run, sent, sites, write
from tests.unit.local_azure import LocalAzure

NEW = 'New.Key'
UNREADABLE = [{'status': 403, 'code': 'AuthorizationFailed'}, {'status': 500, 'code': 'InternalServerError'}]


def create(azure, connection, key):
    """What somebody else does: create a connection with a key."""
    azure.client.make(
        str(connection.id), seeds.connection(str(connection.gateway), str(connection.far_gateway), sharedKey=key)
    )
    azure.simulator.journal.clear()


def keys_of(azure, *connections):
    return [record(azure, one)['key'] for one in connections]


def rotation(azure, there, key=NEW):
    return plan_rotation(observe(azure, there), SharedKey(key))


class TestChoice:
    @pytest.mark.parametrize('lags', [False, True], ids=['at once', 'one after the other'])
    def test_both_halves_get_one_generated_key(self, lags):
        azure = LocalAzure(Settings(far_gateway_locked=lags))
        near, far = sites(azure)
        made = run(azure, plan_halves(near, far))
        assert made.outcome.failures == {} and made.generated == 1
        assert keys_of(azure, half(near, far).id, half(far, near, 'back').id) == ['Generated.Key.1'] * 2

    def test_each_pair_has_a_key_of_its_own(self):
        azure = LocalAzure()
        near, far = sites(azure)
        third = azure.make_site(3)
        first, second = plan_halves(near, far), plan_of(write(half(near, third, 'other')))
        made = run(azure, Plan(first.steps + second.steps, first.pairs + second.pairs))
        assert made.outcome.failures == {} and made.generated == 2
        found = keys_of(azure, *(step.id for step in made.plan.steps))
        assert found[0] == found[1] != found[2]

    def test_a_given_key_is_written_to_both_halves(self):
        azure = LocalAzure()
        near, far = sites(azure)
        made = run(azure, plan_halves(near, far, key='Given.Key'))
        assert made.outcome.failures == {} and made.generated == 0
        assert keys_of(azure, half(near, far).id, half(far, near, 'back').id) == ['Given.Key'] * 2
        assert not [entry for entry in sent(azure, 'PUT') if 'sharedkey' in entry.lower()]

    def test_a_missing_half_gets_the_key_of_the_one_that_exists(self):
        azure = LocalAzure()
        near, far = sites(azure)
        there, back = half(near, far), half(far, near, 'back')
        create(azure, there, 'Own.Key')
        made = run(azure, plan_of(write(back), key_holder=there.id))
        assert made.outcome.failures == {} and made.generated == 0
        assert keys_of(azure, back.id) == ['Own.Key']

    def test_a_half_that_was_created_since_the_plan_gives_its_key(self):
        azure = LocalAzure(Settings(durations={'connection-create': 30}))
        near, far = sites(azure)
        plan = plan_halves(near, far)
        back = half(far, near, 'back').id
        azure.client.put(str(back), seeds.connection(str(far), str(near), sharedKey='Theirs'))
        azure.simulator.journal.clear()
        made = run(azure, replace(plan, steps=plan.steps[:1]))
        assert made.outcome.failures == {} and made.generated == 0
        assert keys_of(azure, plan.steps[0].id) == ['Theirs']
        assert azure.times('PUT') == [0] and 'GET connections/back 200' in azure.sent[:2]
        assert made.report.seconds['there'] >= 40 + 30, 'the key is read when Azure is not at work on the half any more'

    @pytest.mark.parametrize('refusal', UNREADABLE)
    @pytest.mark.parametrize('is_known', [True, False])
    def test_a_half_whose_key_cannot_be_read_has_no_other_half_created(self, refusal, is_known):
        azure = LocalAzure()
        near, far = sites(azure)
        there, back = half(near, far), half(far, near, 'back')
        create(azure, there, 'Own.Key')
        azure.fail('GET */there/sharedkey', 'status', every=True, **refusal)
        plan = plan_of(write(back), key_holder=there.id if is_known else None)
        pair = PlannedPair((there.id, back.id), key_holder=there.id if is_known else None)
        made = run(azure, replace(plan, pairs=(pair,)))
        assert isinstance(made.failure, KeyUnreadable) and made.failure.connection == there.id
        assert made.generated == 0 and sent(azure, 'PUT') == []

    def test_another_key_than_the_given_one_on_an_adopted_half_is_a_failure(self):
        azure = LocalAzure()
        near, far = sites(azure)
        there, back = half(near, far), half(far, near, 'back')
        create(azure, there, 'Theirs')
        made = run(azure, plan_of(write(there), write(back, Action.CREATE, there.id), key='Given.Key'))
        assert isinstance(made.failure, KeysDiffer) and made.failure.connection == there.id and made.done == ['back']
        assert keys_of(azure, there.id, back.id) == ['Theirs', 'Given.Key']

    def test_another_key_than_the_given_one_on_the_only_half_is_a_failure(self):
        azure = LocalAzure()
        there = half(*sites(azure))
        create(azure, there, 'Theirs')
        made = run(azure, plan_of(write(there), key='Given.Key'))
        assert isinstance(made.failure, KeysDiffer) and sent(azure, 'PUT') == []

    def test_the_given_key_on_the_only_half_is_as_asked(self):
        azure = LocalAzure()
        there = half(*sites(azure))
        create(azure, there, 'Given.Key')
        assert run(azure, plan_of(write(there), key='Given.Key')).outcome.failures == {}

    def test_a_failed_choice_can_be_made_again(self):
        azure = LocalAzure()
        near, far = sites(azure)
        there, back = half(near, far).id, half(far, near, 'back').id
        create(azure, half(near, far), 'Own.Key')
        azure.fail('GET */there/sharedkey', 'status', status=403, code='AuthorizationFailed')
        keys = PairKeys(azure.arm(), (PlannedPair((there, back), key_holder=there),), Keys().generate)

        async def scenario():
            with pytest.raises(KeyUnreadable):
                await keys.of(back).choose(back)
            return await keys.of(there).choose()

        assert azure.run(scenario()) == SharedKey('Own.Key') == keys.of(back).value


class TestRotation:
    def test_both_halves_get_the_key_and_it_is_read_back(self):
        azure = LocalAzure()
        there, back = azure.make_pair()
        made = run(azure, rotation(azure, there))
        assert made.outcome.failures == {} and made.done == ['there', 'back'] and made.generated == 0
        assert sent(azure, 'PUT') == ['PUT there/sharedkey 200', 'PUT back/sharedkey 200']
        assert keys_of(azure, there, back) == [NEW] * 2
        assert azure.sent[-1].startswith('GET ') and azure.sent[-1].endswith('/sharedkey 200')
        assert set(made.outcome.bodies) == {there, back}

    def test_a_half_that_has_the_key_already_is_not_written(self):
        azure = LocalAzure()
        there, back = azure.make_pair()
        plan = rotation(azure, there)
        record(azure, back)['key'] = NEW
        made = run(azure, plan)
        assert made.outcome.failures == {} and made.done == ['there']
        assert sent(azure, 'PUT') == ['PUT there/sharedkey 200']

    def test_a_key_that_somebody_else_overwrote_is_a_failure_of_that_half(self):
        azure = LocalAzure()
        there, back = azure.make_pair()
        made = run(azure, rotation(azure, there), meanwhile={30: lambda: record(azure, back).update(key='Theirs')})
        assert isinstance(made.failure, KeysDiffer) and made.failure.connection == back
        assert made.done == ['there', 'back'], 'both were written'
        assert set(made.outcome.bodies) == {there} and keys_of(azure, there, back) == ['Theirs'] * 2, 'one key'

    @pytest.mark.parametrize('refusal', UNREADABLE)
    def test_a_key_that_cannot_be_read_is_written_and_not_compared(self, refusal):
        azure = LocalAzure()
        there, back = azure.make_pair()
        plan = rotation(azure, there)
        azure.fail('GET */sharedkey', 'status', every=True, **refusal)
        made = run(azure, plan)
        assert made.outcome.failures == {} and keys_of(azure, there, back) == [NEW] * 2

    def test_a_failed_operation_is_written_again(self):
        azure = LocalAzure()
        there, back = azure.make_pair()
        plan = rotation(azure, there)
        azure.fail('PUT */there/sharedkey', 'fail-operation')
        made = run(azure, plan)
        assert made.outcome.failures == {} and keys_of(azure, there, back) == [NEW] * 2
        assert sent(azure, 'PUT').count('PUT there/sharedkey 200') == 2

    def test_it_is_written_again_though_the_failed_operation_set_the_key(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        plan = rotation(azure, there)
        azure.fail('PUT */there/sharedkey', 'fail-operation')
        made = run(azure, plan, meanwhile={30: lambda: record(azure, there).update(key=NEW)})
        assert made.outcome.failures == {} and record(azure, there)['state'] == 'Succeeded'
        assert sent(azure, 'PUT').count('PUT there/sharedkey 200') == 2

    def test_an_operation_that_goes_on_for_ever_ends_with_its_connection(self):
        azure = LocalAzure()
        there, back = azure.make_pair()
        plan = rotation(azure, there)
        azure.fail('PUT */there/sharedkey', 'endless-operation')
        made = run(azure, plan)
        assert made.outcome.failures == {} and keys_of(azure, there, back) == [NEW] * 2

    def test_an_operation_that_is_over_before_its_connection_is_settled(self):
        azure = LocalAzure()
        there, back = azure.make_pair()
        plan = rotation(azure, there)
        azure.fail('GET */operations/*', 'status', every=True, status=404, code='NotFound')
        made = run(azure, plan, meanwhile={24: lambda: record(azure, back).update(key='Theirs')})
        assert set(made.outcome.failures) == {plan.steps[1].id} and isinstance(made.failure, KeysDiffer)
        assert made.outcome.bodies[there]['properties']['provisioningState'] == 'Succeeded'
        assert made.report.seconds['there'] == pytest.approx(25)

    @pytest.mark.parametrize('number, is_late', [(1, False), (2, True)], ids=['of somebody else', 'of this run'])
    def test_a_write_that_is_in_the_way_is_waited_for(self, number, is_late):
        azure = LocalAzure()
        there, back = azure.make_pair()
        plan = rotation(azure, there)
        record(azure, back)['key'] = 'Sim.Key' if is_late else NEW
        azure.fail('PUT */there/sharedkey', 'status', status=409, code='AnotherOperationInProgress')
        made = run(azure, replace(plan, steps=plan.steps[:number]))
        assert made.outcome.failures == {} and record(azure, there)['key'] == NEW
        assert azure.times('PUT')[:number] == [0] * number
        assert azure.times('PUT')[-1] == pytest.approx(made.report.seconds['back'] if is_late else 5)

    def test_without_a_given_key_the_half_that_exists_keeps_its_own(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        made = run(azure, plan_rotation(observe(azure, there), None))
        assert made.generated == 0 and made.done == [] and sent(azure, 'PUT') == []


class TestErrors:
    """Azure may quote what it was sent."""

    def assert_hidden(self, failure, *keys):
        shown = ''.join([failure.text, str(failure), repr(failure), *traceback.format_exception(failure)])
        assert not [key for key in keys if key in shown]
        assert '*****' in failure.text

    def test_a_refused_creation(self):
        azure = LocalAzure()
        near, far = sites(azure)
        azure.fail('PUT *', 'status', every=True, status=400, code='Bad', message='Key Generated.Key.1 is bad.')
        made = run(azure, plan_of(write(half(near, far))))
        assert isinstance(made.failure, RequestFailed)
        self.assert_hidden(made.failure, 'Generated.Key.1')
        assert made.failure.text == 'Key ***** is bad.'

    def test_a_failed_creation(self):
        azure = LocalAzure()
        near, far = sites(azure)
        azure.fail('PUT *', 'fail-operation', every=True, code='Bad', message='Generated.Key.1, Generated.Key.1')
        made = run(azure, plan_of(write(half(near, far))))
        assert isinstance(made.failure, CreationFailed)
        self.assert_hidden(made.failure, 'Generated.Key.1')

    def test_a_refused_update_with_the_key_that_was_read(self):
        azure = LocalAzure()
        there, _ = azure.make_pair(there={'sharedKey': 'Own.Key'})
        near = observe(azure, there).end1
        changed = half(near.gateway_id, near.half.far_gateway, tunnel=Tunnel(dpd_timeout=30))
        azure.fail('PUT *', 'status', every=True, status=400, code='Bad', message='Own.Key and Given.Key')
        made = run(azure, plan_of(write(changed, Action.UPDATE), key='Given.Key'))
        assert made.failure.text == '***** and *****'

    def test_a_failed_rotation_with_both_keys(self):
        azure = LocalAzure()
        there, _ = azure.make_pair()
        plan = rotation(azure, there)
        azure.fail('PUT */there/sharedkey', 'fail-operation', every=True, code='Bad', message=f'Sim.Key.1 {NEW}')
        made = run(azure, plan)
        assert isinstance(made.failure, OperationFailed)
        self.assert_hidden(made.failure, 'Sim.Key.1', NEW)

    def test_the_key_of_another_pair(self):
        azure = LocalAzure()
        near, far = sites(azure)
        azure.fail('PUT */there', 'status', every=True, status=400, code='Bad', message='Other.Key')
        plan = plan_of(write(half(near, far)))
        other = PlannedPair((half(far, near, 'back').id, None), SharedKey('Other.Key'))
        made = run(azure, replace(plan, pairs=(*plan.pairs, other)))
        self.assert_hidden(made.failure, 'Other.Key')

    def test_an_error_without_a_text(self):
        azure = LocalAzure()
        near, far = sites(azure)
        keys = PairKeys(azure.arm(), plan_halves(near, far, key='Given.Key').pairs, Keys().generate)
        error = TimedOut(60)
        keys.redact(error)
        assert str(error) == '60 s' and not hasattr(error, 'text')
