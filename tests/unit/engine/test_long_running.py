"""How operations of Azure are followed to their end, by virtual time."""

import asyncio

import pytest

from azext_vnet2vnet.arm.failures import NotDeleted, OperationFailed, RequestFailed, TimedOut
from azext_vnet2vnet.engine.long_running import at_rest, finish, join, remove, settle
from azext_vnet2vnet.engine.poll_schedule import PollSchedule
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.resource_id import ResourceId
from tests.armsim.client import connection, network_path, vnet
from tests.armsim.settings import Settings
from tests.unit.local_azure import LocalAzure, ScriptedAzure, failure, reply

HALF = ResourceId('s', 'g', resource_id.CONNECTION_TYPE, ('half',))
OPERATION = {'Azure_AsyncOperation': 'https://localhost/operations/1', 'Retry_After': '10'}
RUNNING = {'status': 'InProgress'}
KEY = {'value': 'K1'}


def resource(state, **more):
    return {'id': str(HALF), 'location': 'eastus', 'properties': {'provisioningState': state, **more}}


def follow(azure, **options):
    """Write to HALF and follow the operation."""
    arm = azure.arm(polls_resources=options.pop('polls_resources', True))

    async def scenario():
        answer = await arm.put(HALF, {'properties': {}})
        return await finish(arm, HALF, answer, PollSchedule(), **options)

    return azure.run(scenario())


def paths(azure):
    return [request.path.split('/')[-1] for request in azure.requests]


def test_a_creation_is_over_as_soon_as_the_resource_says_so():
    azure = LocalAzure(Settings(durations={'connection-create': 65}))
    near, far = azure.make_site(1), azure.make_site(2)
    half = near.sibling(resource_id.CONNECTION_TYPE, 'half')
    arm = azure.arm()

    async def scenario():
        answer = await arm.put(half, connection(str(near), str(far), sharedKey='K1'))
        return await finish(arm, half, answer, PollSchedule())

    body = azure.run(scenario())
    assert (body['name'], body['properties']['provisioningState']) == ('half', 'Succeeded')
    assert azure.time.now() < 80, 'the polls alone come at 10, 20, 40, 60 and 100 s'


def test_without_polls_of_the_resource_the_operation_is_polled_as_azure_asks():
    azure = LocalAzure(Settings(durations={'connection-create': 65}))
    near, far = azure.make_site(1), azure.make_site(2)
    half = near.sibling(resource_id.CONNECTION_TYPE, 'half')
    arm = azure.arm(polls_resources=False)

    async def scenario():
        answer = await arm.put(half, connection(str(near), str(far), sharedKey='K1'))
        return await finish(arm, half, answer, PollSchedule())

    assert azure.run(scenario()) is None
    assert azure.sent == ['PUT connections/half 201', *['GET operations 200'] * 5]
    assert azure.times('GET') == pytest.approx([0, 10, 30, 50, 90])


def test_what_one_write_took_is_known_to_the_next():
    azure = LocalAzure(Settings(durations={'connection-create': 200}))
    near, far = azure.make_site(1), azure.make_site(2)
    arm, schedule = azure.arm(), PollSchedule()

    async def create(gateway, other):
        half = gateway.sibling(resource_id.CONNECTION_TYPE, f'of-{gateway.name}')
        answer = await arm.put(half, connection(str(gateway), str(other), sharedKey='K1'))
        assert await finish(arm, half, answer, schedule)

    azure.run(create(near, far))
    first = len(azure.sent)
    azure.run(create(far, near))
    assert len(azure.sent) - first < first


@pytest.mark.parametrize('polls', [True, False])
def test_a_write_that_ends_at_once_has_nothing_to_follow(polls):
    azure = ScriptedAzure(reply(200, resource('Succeeded')))
    assert follow(azure, polls_resources=polls) is None
    assert azure.time.now() == 0


@pytest.mark.parametrize('status', ['Failed', 'Canceled'])
def test_an_operation_that_fails_gives_its_reason(status):
    error = {'code': 'Because', 'message': 'It was so.'}
    azure = ScriptedAzure(
        reply(201, resource('Succeeded'), **OPERATION), reply(200, {'status': status, 'error': error})
    )
    with pytest.raises(OperationFailed) as caught:
        follow(azure)
    assert (caught.value.target, caught.value.code, caught.value.text) == (HALF, 'Because', 'It was so.')


@pytest.mark.parametrize('lost', [failure(404, 'NotFound'), reply(404, '<html>', Content_Type='text/html')])
def test_an_operation_that_azure_does_not_know_is_over(lost):
    azure = ScriptedAzure(reply(200, resource('Succeeded'), **OPERATION), lost)
    assert follow(azure) is None
    assert azure.moments == pytest.approx([0, 10])


def test_an_update_whose_operation_never_ends_is_over_when_its_resource_has_succeeded():
    azure = LocalAzure()
    half, _ = azure.make_pair()
    azure.fail('PUT */sharedkey', 'endless-operation')
    arm = azure.arm()

    async def scenario():
        key = resource_id.shared_key_of(half)
        answer = await arm.put(key, KEY)
        return await finish(arm, key, answer, PollSchedule(), witness=half)

    assert azure.run(scenario()) is None
    assert azure.sent == ['PUT there/sharedkey 200', *['GET operations 200'] * 6, 'GET connections/there 200']


def test_a_creation_whose_operation_never_ends_is_followed_until_the_deadline():
    azure = ScriptedAzure(reply(201, resource('Succeeded'), **OPERATION), *[reply(200, RUNNING)] * 240)
    with pytest.raises(TimedOut):
        follow(azure)
    assert set(paths(azure)) == {'half', '1'} and azure.time.now() == pytest.approx(7200)


def test_a_resource_that_failed_leaves_the_reason_to_the_operation():
    error = {'code': 'Because', 'message': 'It was so.'}
    azure = ScriptedAzure(
        reply(201, resource('Updating'), **{**OPERATION, 'Retry_After': '100'}),
        failure(404, 'ResourceNotFound'),
        reply(200, resource('Updating')),
        reply(200, resource('Failed')),
        reply(200, {'status': 'Failed', 'error': error}),
    )
    with pytest.raises(OperationFailed) as caught:
        follow(azure)
    assert caught.value.code == 'Because' and paths(azure) == ['half'] * 4 + ['1']


def test_resources_are_not_polled_while_azure_grants_few_reads():
    few = {'x-ms-ratelimit-remaining-subscription-reads': '5'}
    azure = ScriptedAzure(
        reply(201, resource('Updating'), **{**OPERATION, 'Retry_After': '40'}),
        reply(200, resource('Updating'), **few),
        reply(200, {'status': 'Succeeded'}),
    )
    assert follow(azure) is None
    assert paths(azure) == ['half', 'half', '1'] and azure.moments == pytest.approx([0, 10, 40])


def test_an_action_may_have_a_location_alone():
    azure = LocalAzure(Settings(connection_reset_location_only=True))
    half, _ = azure.make_pair()
    arm = azure.arm()

    async def scenario():
        await finish(arm, half, await arm.begin(half, 'reset_connection'), PollSchedule())

    azure.run(scenario())
    assert azure.sent[0] == 'POST there/resetconnection 202' and set(azure.sent[1:]) <= {
        'GET operationResults 202',
        'GET operationResults 200',
    }
    assert azure.sent[-1] == 'GET operationResults 200'


def test_a_resource_settles_after_its_operation():
    azure = ScriptedAzure(*[reply(200, resource('Updating'))] * 2, reply(200, resource('Succeeded', extra=1)))
    assert azure.run(settle(azure.arm(), HALF))['properties']['extra'] == 1
    assert azure.moments == pytest.approx([0, 5, 10])


def test_what_somebody_else_makes_is_waited_for_less_often():
    azure = ScriptedAzure(reply(200, resource('Updating')), reply(200, resource('Succeeded')))
    azure.run(join(azure.arm(), HALF))
    assert azure.moments == pytest.approx([0, 20])


def test_a_resource_that_failed_is_at_rest_and_not_settled():
    azure = ScriptedAzure(*[reply(200, resource('Failed'))] * 2)
    arm = azure.arm()
    assert azure.run(at_rest(arm, HALF))['properties']['provisioningState'] == 'Failed'
    with pytest.raises(OperationFailed) as caught:
        azure.run(settle(arm, HALF))
    assert (caught.value.target, caught.value.code) == (HALF, '')


def test_a_resource_without_a_state_is_at_rest():
    azure = ScriptedAzure(reply(200, {'id': str(HALF), 'location': 'eastus', 'properties': {}}))
    assert azure.run(settle(azure.arm(), HALF)) == {'id': str(HALF), 'location': 'eastus', 'properties': {}}


def test_a_resource_that_is_gone_is_not_waited_for():
    azure = ScriptedAzure(failure(404, 'ResourceNotFound', 'Not there.'))
    with pytest.raises(RequestFailed) as caught:
        azure.run(at_rest(azure.arm(), HALF))
    assert (caught.value.status, caught.value.code, caught.value.text) == (404, 'ResourceNotFound', 'Not there.')


class Removal:
    """A deletion, and what it reported."""

    def __init__(self, azure, target, users=()):
        self.accepted = 0
        self.busy = []
        self._azure = azure
        self._task = remove(azure.arm(), target, users, PollSchedule(), self._accept, self.busy.append)

    def _accept(self):
        self.accepted += 1

    def run(self):
        self._azure.run(self._task)
        return self


def test_a_deletion_is_followed_until_the_resource_is_gone():
    azure = LocalAzure(Settings(durations={'connection-delete': 35}))
    half, _ = azure.make_pair()
    assert Removal(azure, half).run().accepted == 1
    assert azure.sent[0] == 'DELETE connections/there 202' and azure.sent[-1] == 'GET connections/there 404'


@pytest.mark.parametrize('answer', [reply(204), failure(404, 'ResourceNotFound'), failure(404, 'NotFound')])
def test_what_is_gone_already_is_accepted_at_once(answer):
    azure = ScriptedAzure(answer)
    assert Removal(azure, HALF).run().accepted == 1
    assert len(azure.requests) == 1


def test_a_resource_that_is_still_being_deleted_is_waited_for():
    azure = ScriptedAzure(
        reply(202, **OPERATION),
        reply(200, {'status': 'Succeeded'}),
        reply(200, resource('Deleting')),
        failure(404, 'NotFound'),
    )
    Removal(azure, HALF).run()
    assert azure.moments == pytest.approx([0, 10, 10, 15])


def test_a_deletion_that_deleted_nothing_is_sent_again():
    azure = LocalAzure(Settings(durations={'connection-delete': 20}))
    half, _ = azure.make_pair()
    azure.fail('DELETE *', 'empty-delete')
    assert Removal(azure, half).run().accepted == 2
    assert [line for line in azure.sent if line.startswith('DELETE')] == ['DELETE connections/there 202'] * 2


def test_a_deletion_that_never_deletes_is_given_up():
    azure = LocalAzure(Settings(durations={'connection-delete': 20}))
    half, _ = azure.make_pair()
    azure.fail('DELETE *', 'empty-delete', every=True)
    with pytest.raises(NotDeleted) as caught:
        Removal(azure, half).run()
    assert caught.value.target == half and 1800 < azure.time.now() < 1900


def test_a_deletion_that_fails_gives_its_reason():
    azure = LocalAzure()
    half, _ = azure.make_pair()
    azure.fail('DELETE *', 'fail-operation', code='Because')
    with pytest.raises(OperationFailed) as caught:
        Removal(azure, half).run()
    assert caught.value.code == 'Because'


def test_a_gateway_is_released_some_time_after_its_connections_are_deleted():
    azure = LocalAzure(Settings(released_after_connection_delete=300))
    half, back = azure.make_pair()
    near = half.sibling(resource_id.GATEWAY_TYPE, 'gw1')
    for one in (half, back):
        Removal(azure, one).run()
    azure.simulator.journal.clear()
    Removal(azure, near, [half, back]).run()
    refused = [line for line in azure.sent if line.startswith('DELETE') and not line.endswith('202')]
    assert len(refused) > 3 and azure.times('DELETE')[1] == pytest.approx(15)


def test_a_gateway_that_has_other_connections_is_left_alone():
    azure = LocalAzure()
    half, back = azure.make_pair()
    near = half.sibling(resource_id.GATEWAY_TYPE, 'gw1')
    with pytest.raises(RequestFailed) as caught:
        Removal(azure, near, [back]).run()
    assert caught.value.code == 'VirtualNetworkGatewayCannotBeDeleted' and azure.time.now() == 0
    assert caught.value.method == 'DELETE' and 'gw1' in caught.value.text


def test_a_public_ip_that_somebody_else_uses_is_left_alone():
    azure = LocalAzure()
    near = azure.make_site(1)
    address = near.sibling(resource_id.PUBLIC_IP_TYPE, 'ip1')
    with pytest.raises(RequestFailed) as caught:
        Removal(azure, address).run()
    assert caught.value.code == 'PublicIPAddressCannotBeDeleted' and azure.time.now() == 0


def public_ip(user):
    users = {'ipConfiguration': {'id': f'{user}/ipConfigurations/one'}} if user else {}
    return {
        'id': str(HALF.sibling(resource_id.PUBLIC_IP_TYPE, 'ip')),
        'location': 'eastus',
        'properties': {'provisioningState': 'Succeeded', **users},
    }


@pytest.mark.parametrize(
    'seen',
    [
        reply(200, public_ip(HALF.sibling(resource_id.GATEWAY_TYPE, 'gw'))),
        reply(200, public_ip(ResourceId('of-azure', 'g', resource_id.GATEWAY_TYPE, ('gw',)))),
        reply(200, public_ip(None)),
        failure(404, 'ResourceNotFound'),
    ],
    ids=['the deleted gateway', 'something of Azure', 'nobody', 'gone'],
)
def test_a_public_ip_that_only_seems_to_be_in_use_is_deleted_later(seen):
    azure = ScriptedAzure(failure(400, 'PublicIPAddressCannotBeDeleted'), seen, reply(204))
    target = HALF.sibling(resource_id.PUBLIC_IP_TYPE, 'ip')
    assert Removal(azure, target, [HALF.sibling(resource_id.GATEWAY_TYPE, 'gw')]).run().accepted == 1
    assert azure.moments == pytest.approx([0, 0, 15])


def test_what_seems_to_be_in_use_for_ever_is_given_up():
    refusal = failure(400, 'PublicIPAddressCannotBeDeleted', 'In use.')
    azure = ScriptedAzure(*[refusal, reply(200, public_ip(None))] * 200)
    with pytest.raises(RequestFailed) as caught:
        Removal(azure, HALF.sibling(resource_id.PUBLIC_IP_TYPE, 'ip')).run()
    assert caught.value.text == 'In use.' and 1800 < azure.time.now() < 1830


def test_a_deletion_reports_another_operation_that_is_in_the_way():
    other = failure(409, 'AnotherOperationInProgress')
    azure = ScriptedAzure(other, reply(204))
    assert [answer.status for answer in Removal(azure, HALF).run().busy] == [409]


def test_a_group_has_no_operation_and_a_vnet_a_short_one():
    azure = LocalAzure()
    arm = azure.arm()
    group = ResourceId.parse(network_path('x', 'y')).group_id
    assert azure.run(arm.put(group, {'location': 'eastus'})).status == 201
    target = group.sibling(resource_id.VNET_TYPE, 'vnet1')

    async def scenario():
        await finish(arm, target, await arm.put(target, vnet()), PollSchedule())
        return await settle(arm, target)

    assert azure.run(scenario())['name'] == 'vnet1'


def test_following_can_be_cancelled():
    azure = LocalAzure()
    half, _ = azure.make_pair()
    arm = azure.arm()

    async def scenario():
        answer = await arm.delete(half)
        task = asyncio.ensure_future(finish(arm, half, answer, PollSchedule()))
        await asyncio.sleep(15)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    azure.run(scenario())
    assert azure.time.now() == pytest.approx(15)
