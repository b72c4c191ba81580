"""When a request to Azure is sent again, when not, and how long that takes; by virtual time."""

import asyncio
import logging
import socket
import ssl
from functools import partial

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NameResolutionError, ProxyError

from azext_vnet2vnet.arm.failures import LoginEnded, RequestFailed, TimedOut
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.resource_id import ResourceId
from tests.armsim import DEFAULTS
from tests.armsim.client import connection, gateway, network_path
from tests.armsim.settings import Settings
from tests.unit.local_azure import LocalAzure, ScriptedAzure, failure, reply

HALF = ResourceId('s', 'g', resource_id.CONNECTION_TYPE, ('half',))
GATEWAY = ResourceId('s', 'g', resource_id.GATEWAY_TYPE, ('gw',))
BODY = {'id': str(HALF), 'location': 'eastus', 'properties': {}}
GROUP_BODY = {'id': '/subscriptions/t/resourceGroups/g', 'location': 'eastus'}
OTHER_OPERATION = ('AnotherOperationInProgress', 'Another operation on this or dependent resource is in progress.')
RETRIED_IN = 'Operation Put (1) is updating resource. The call can be retried in 12 seconds.'
LIMIT = "Number of requests exceeded the limit. Please try again after '6' seconds."


def wrapped(code, message):
    """A 429 as the network provider writes it for another operation (recorded)."""
    inner = {'code': code, 'message': message}
    return {'error': {'code': 'RetryableError', 'message': 'A retryable error occurred.', 'details': [inner]}}


def certificate_error():
    cause = ssl.SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed')
    cause.reason, cause.verify_message = 'CERTIFICATE_VERIFY_FAILED', 'self-signed certificate'
    return requests.exceptions.SSLError(MaxRetryError(None, '/subscriptions/s?t=1&s=signature', cause))


def resolution_error(errno, text):
    cause = socket.gaierror(errno, text)
    wrapper = NameResolutionError('localhost', None, cause)
    wrapper.__cause__ = cause
    return requests.ConnectionError(MaxRetryError(None, '/subscriptions/s?t=1&s=signature', wrapper))


UNKNOWN_HOST = resolution_error(socket.EAI_NONAME, 'Name or service not known')
OFFLINE = resolution_error(socket.EAI_AGAIN, 'Temporary failure in name resolution')


@pytest.mark.parametrize(
    'refusal, seconds',
    [
        (failure(429, 'RetryableError', retry_after='7'), 7),
        (reply(429, wrapped('RetryableErrorDueToAnotherOperation', RETRIED_IN), retry_after='17'), 17),
        (reply(429, wrapped('RetryableErrorDueToAnotherOperation', RETRIED_IN)), 12),
        (reply(429, wrapped('ReferencedResourceNotProvisioned', 'Cannot proceed.')), 5),
        (failure(429, 'ResourceRequestsThrottled', LIMIT), 6),
        (failure(429, 'TooManyRequests', retry_after='0'), 5),
        (failure(429, 'TooManyRequests', retry_after='0.01'), 1),
        (failure(429, 'TooManyRequests', retry_after='soon'), 5),
        (reply(429, 'no JSON', Content_Type='text/html'), 5),
        (failure(409, *OTHER_OPERATION, retry_after='3'), 3),
        (failure(409, *OTHER_OPERATION), 5),
    ],
)
def test_a_put_that_is_refused_for_now_is_sent_again_after_the_time_that_azure_says(refusal, seconds):
    azure = ScriptedAzure(refusal, reply(201, BODY))
    answer = azure.run(azure.arm().put(HALF, BODY))
    assert (answer.status, answer.body) == (201, BODY)
    assert azure.moments == pytest.approx([0, seconds])
    assert [request.body for request in azure.requests] == [BODY, BODY]


def test_without_a_time_the_pauses_double_up_to_a_minute_with_jitter_and_the_tries_do_not_end():
    azure = ScriptedAzure(*[failure(409, *OTHER_OPERATION)] * 7, reply(200, BODY))
    azure.run(azure.arm(jitter=0.5).put(HALF, BODY))
    pauses = [later - earlier for earlier, later in zip(azure.moments, azure.moments[1:])]
    assert pauses == pytest.approx([6.25, 12.5, 25, 50, 75, 75, 75])


def test_a_write_reports_another_operation_that_is_in_the_way_and_may_be_given_up():
    azure = ScriptedAzure(failure(429, 'TooManyRequests'), failure(409, *OTHER_OPERATION))

    def collide(answer):
        raise KeyError(answer.error[0])

    with pytest.raises(KeyError, match='AnotherOperationInProgress'):
        azure.run(azure.arm().put(HALF, BODY, on_busy=collide))
    assert azure.moments == pytest.approx([0, 5])


@pytest.mark.parametrize('status, code', [(409, 'ScopeLocked'), (400, 'InvalidRequest'), (403, 'AuthorizationFailed')])
def test_any_other_refusal_is_final(status, code):
    azure = ScriptedAzure(failure(status, code, 'Because.'))
    with pytest.raises(RequestFailed) as caught:
        azure.run(azure.arm().put(HALF, BODY))
    assert (caught.value.method, caught.value.target) == ('PUT', str(HALF))
    assert (caught.value.status, caught.value.code, caught.value.text) == (status, code, 'Because.')
    assert caught.value.word == code


@pytest.mark.parametrize('refusal, seconds', [(failure(409, *OTHER_OPERATION), 5), (failure(429, 'X', LIMIT), 6)])
def test_a_body_that_was_read_is_not_sent_again_when_another_operation_was_in_the_way(refusal, seconds):
    azure, seen = ScriptedAzure(refusal, reply(200, BODY)), []
    arm = azure.arm()
    assert azure.run(arm.put_if_free(HALF, BODY, on_busy=seen.append)) is None
    assert azure.time.now() == pytest.approx(seconds) and [answer.status for answer in seen] == [
        refusal.response.status
    ]
    assert azure.run(arm.put_if_free(HALF, BODY)).body == BODY


def test_a_connection_waits_as_long_as_its_gateway_is_being_created():
    azure = LocalAzure(Settings(durations={'gateway-create': 300, 'gateway-put-answer': 0}))
    near = azure.make_site(1)
    azure.make_site(2, with_gateway=False)
    subnet = network_path('virtualNetworks', 'vnet2') + '/subnets/GatewaySubnet'
    far = near.sibling(resource_id.GATEWAY_TYPE, 'gw2')
    arm = azure.arm()

    async def scenario():
        await arm.put(far, gateway(subnet, [network_path('publicIPAddresses', 'ip2')]))
        await arm.put(
            near.sibling(resource_id.CONNECTION_TYPE, 'half'), connection(str(near), str(far), sharedKey='K1')
        )

    azure.run(scenario())
    first, *refused, last = azure.sent
    assert (first, last) == ('PUT virtualNetworkGateways/gw2 201', 'PUT connections/half 201')
    assert len(refused) > 10 and set(refused) == {'PUT connections/half 429'}
    assert azure.times('PUT')[-1] == pytest.approx(300, abs=12)


def test_a_throttled_subscription_gets_no_request_of_the_kind_before_its_time_and_then_one_by_one():
    azure = ScriptedAzure(
        failure(429, 'SubscriptionRequestsThrottled', LIMIT), *map(partial(reply, 200), (BODY, GROUP_BODY, BODY, BODY))
    )
    arm = azure.arm()

    async def scenario():
        first = asyncio.ensure_future(arm.get(HALF))
        await asyncio.sleep(1)
        await asyncio.gather(first, arm.get(HALF), arm.put(GATEWAY, BODY), arm.get(ResourceId('t', 'g')))

    azure.run(scenario())
    assert [(request.method, request.path.split('/')[2]) for request in azure.requests] == [
        ('GET', 's'),
        ('PUT', 's'),
        ('GET', 't'),
        ('GET', 's'),
        ('GET', 's'),
    ]
    assert azure.moments == pytest.approx([0, 1, 1, 6, 6.04])


def test_a_limit_on_one_action_holds_no_other_request_up():
    azure = ScriptedAzure(failure(429, 'ResourceRequestsThrottled', LIMIT), reply(200, BODY), reply(200, BODY))
    arm = azure.arm()

    async def scenario():
        first = asyncio.ensure_future(arm.get(HALF))
        await asyncio.sleep(1)
        await asyncio.gather(first, arm.get(HALF))

    azure.run(scenario())
    assert azure.moments == pytest.approx([0, 1, 6])


def test_many_reads_at_once_are_spread_before_azure_refuses_any():
    azure = LocalAzure(Settings(throttling=True, latency=0.05))
    site = azure.make_site(1)
    arm = azure.arm()

    async def scenario():
        assert not arm.is_low_on_reads(site.subscription)
        await asyncio.gather(*(arm.get(site) for _ in range(325)))
        assert arm.is_low_on_reads(site.subscription)

    azure.run(scenario())
    assert azure.sent == ['GET virtualNetworkGateways/gw1 200'] * 325
    assert azure.time.now() == pytest.approx((325 - 250) / 25, abs=1), 'a bucket of 250 that refills at 25 per second'


@pytest.mark.parametrize(
    'broken, status, text',
    [
        (failure(500, 'InternalServerError', 'Oh.'), 500, 'Oh.'),
        (reply(503, '<html>', Content_Type='text/html'), 503, ''),
        (reply(404, '<html>', Content_Type='text/html'), 404, ''),
        (reply(200, '<html>', Content_Type='text/html'), None, 'the answer could not be read'),
        (reply(200), None, 'the answer could not be read'),
        (requests.ConnectionError(OSError(113, 'No route to host')), None, 'No route to host'),
        (requests.exceptions.ChunkedEncodingError('IncompleteRead'), None, 'the answer could not be read'),
        (requests.exceptions.InvalidProxyURL('x'), None, 'ServiceResponseError'),
        (OFFLINE, None, 'unknown host: Temporary failure in name resolution'),
    ],
)
def test_a_request_that_azure_or_the_network_breaks_has_four_tries(broken, status, text):
    azure = ScriptedAzure(*[broken] * 4)
    with pytest.raises(RequestFailed) as caught:
        azure.run(azure.arm().get(HALF))
    assert (caught.value.status, caught.value.text) == (status, text)
    assert azure.moments == pytest.approx([0, 5, 15, 35])


@pytest.mark.parametrize(
    'error, text',
    [
        (certificate_error(), 'CERTIFICATE_VERIFY_FAILED: self-signed certificate'),
        (UNKNOWN_HOST, 'unknown host: Name or service not known'),
    ],
)
def test_a_failure_of_the_setup_has_one_try_and_keeps_its_reason_without_the_url(error, text):
    azure = ScriptedAzure(error)
    with pytest.raises(RequestFailed) as caught:
        azure.run(azure.arm().poll(HALF, 'https://localhost/operations/1?t=1&s=signature'))
    assert (caught.value.status, caught.value.text, caught.value.word) == (None, text, text)
    assert azure.moments == [0]


@pytest.mark.parametrize('error', [certificate_error(), UNKNOWN_HOST])
def test_the_same_failure_after_an_answer_is_one_of_the_network(error):
    azure = ScriptedAzure(reply(200, BODY), error, error, error, reply(200, BODY))
    arm = azure.arm()
    azure.run(arm.get(HALF))
    assert azure.run(arm.get(HALF)).body == BODY
    assert azure.moments == pytest.approx([0, 0, 5, 15, 35])


@pytest.mark.parametrize('jitter, moments', [(0.5, [0, 6.25, 18.75, 43.75]), (1.0, [0, 7.5, 22.5, 52.5])])
def test_the_backoff_has_jitter(jitter, moments):
    azure = ScriptedAzure(*[failure(500, 'InternalServerError')] * 4)
    with pytest.raises(RequestFailed):
        azure.run(azure.arm(jitter=jitter).get(HALF))
    assert azure.moments == pytest.approx(moments)


def test_a_poll_is_sent_until_it_is_answered():
    azure = ScriptedAzure(*[failure(503, 'ServerBusy')] * 9, reply(200, {'status': 'Succeeded'}))
    url = 'https://localhost/operations/1?api-version=2025-01-01&t=638773666329797429&s=a%2Fb%3D'
    assert azure.run(azure.arm().poll(HALF, url)).body == {'status': 'Succeeded'}
    assert azure.left == 0 and {request.origin + request.target for request in azure.requests} == {url}


@pytest.mark.parametrize('fault', ['reset-before', 'reset-after', 'hold-after'])
def test_a_put_whose_answer_is_lost_is_sent_again_and_joins_the_operation(fault):
    azure = LocalAzure(Settings(durations={'connection-create': 600}))
    near, far = azure.make_site(1), azure.make_site(2)
    half = near.sibling(resource_id.CONNECTION_TYPE, 'half')
    azure.fail('PUT */connections/half', fault)
    arm = azure.arm()
    answer = azure.run(arm.put(half, connection(str(near), str(far), sharedKey='K1')))
    assert answer.status in (200, 201) and azure.sent[0] == 'PUT connections/half -'
    operations = {entry['operation'] for entry in azure.simulator.journal if entry.get('operation')}
    assert len(operations) == 1 and operations.pop() in answer.headers['azure-asyncoperation']


def test_the_deadline_ends_a_request_in_flight():
    azure = LocalAzure()
    site = azure.make_site(1)
    azure.fail('GET *', 'slow', seconds=50)

    async def scenario():
        with pytest.raises(TimedOut):
            await azure.arm(timeout=10).get(site)
        assert azure.time.now() == pytest.approx(10)
        await asyncio.sleep(60)

    azure.run(scenario())


def test_the_deadline_ends_a_pause_that_would_outlast_it_and_nothing_is_sent_after_it():
    azure = ScriptedAzure(failure(429, 'TooManyRequests', retry_after='100'))
    arm = azure.arm(timeout=30)
    for _ in range(2):
        with pytest.raises(TimedOut):
            azure.run(arm.get(HALF))
        assert azure.time.now() == pytest.approx(30)
    with pytest.raises(TimedOut, match='30 s') as caught:
        azure.run(arm.pause(1))
    assert caught.value.seconds == 30 and len(azure.requests) == 1


def test_the_time_at_a_question_is_added_to_the_deadline():
    azure = ScriptedAzure()
    arm = azure.arm(timeout=30)
    arm.extend_deadline(10)
    azure.run(arm.pause(40))
    with pytest.raises(TimedOut, match='30 s'):
        azure.run(arm.pause(1))


def test_the_time_at_a_question_does_not_count_and_the_failure_says_how_long_the_run_had():
    azure = ScriptedAzure()

    async def scenario():
        arm = azure.arm(timeout=30)
        await asyncio.sleep(1000)  # The user answers.
        arm.extend_deadline(1000)
        await arm.pause(29)
        with pytest.raises(TimedOut) as late:
            await arm.pause(2)
        assert late.value.seconds == pytest.approx(30) and azure.time.now() == pytest.approx(1030)

    azure.run(scenario())


def test_a_refused_token_is_renewed_once():
    azure = LocalAzure()
    site = azure.make_site(1)
    azure.fail('GET *', 'expired-token')
    assert azure.run(azure.arm().get(site)).status == 200
    assert azure.sent == ['GET virtualNetworkGateways/gw1 401', 'GET virtualNetworkGateways/gw1 200']
    assert azure.forgotten == [(site.subscription, None)] and azure.time.now() == 0


def test_a_token_that_is_refused_again_is_a_login_that_has_ended_in_the_tenants_of_the_request():
    azure = LocalAzure()
    site = azure.make_site(1)
    azure.fail('PUT *', 'expired-token', every=True)
    with pytest.raises(LoginEnded, match=f'{DEFAULTS.tenant_a}, {DEFAULTS.tenant_b}') as caught:
        azure.run(azure.arm().put(site, BODY, DEFAULTS.tenant_b))
    assert caught.value.tenants == (DEFAULTS.tenant_a, DEFAULTS.tenant_b)
    assert caught.value.text == 'The access token expiry UTC time is earlier than current UTC time.'
    assert [entry['auxiliary'] for entry in azure.simulator.journal if entry['method'] == 'PUT'] == [1, 1]


def test_a_claims_challenge_that_az_cannot_meet_is_told_at_once():
    challenge = 'Bearer error="insufficient_claims", claims="eyJhIjp7fX0="'
    azure = ScriptedAzure(*[reply(401, {'error': {'code': 'X', 'message': 'MFA.'}}, www_authenticate=challenge)] * 2)
    with pytest.raises(LoginEnded) as caught:
        azure.run(azure.arm().get(HALF))
    assert caught.value.claims == 'eyJhIjp7fX0=' and caught.value.is_too_weak and azure.forgotten == []


def test_a_login_that_gets_no_token_has_ended():
    azure = LocalAzure()
    site = azure.make_site(1)
    azure.simulator.world.principals[0]['failures'] = {DEFAULTS.tenant_a: 'sign-in-frequency'}
    with pytest.raises(LoginEnded) as caught:
        azure.run(azure.arm().get(site))
    assert caught.value.tenants == (DEFAULTS.tenant_a,) and caught.value.text.startswith('AADSTS70043')
    assert azure.sent == []


@pytest.mark.parametrize('seconds', [1, 12])
def test_a_request_can_be_cancelled_in_flight_and_while_it_waits(seconds):
    azure = ScriptedAzure(reply(503, {}, delay=10), reply(200, BODY))
    arm = azure.arm()

    async def scenario():
        task = asyncio.ensure_future(arm.get(HALF))
        await asyncio.sleep(seconds)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(60)

    azure.run(scenario())
    assert len(azure.requests) == 1


def test_a_throttled_subscription_paces_all_after_an_update_too():
    azure = ScriptedAzure(failure(429, 'SubscriptionRequestsThrottled', LIMIT), reply(200, BODY))
    arm = azure.arm()

    async def scenario():
        first = asyncio.ensure_future(arm.put_if_free(HALF, BODY))
        await asyncio.sleep(1)
        await asyncio.gather(first, arm.put(GATEWAY, BODY))

    azure.run(scenario())
    assert azure.moments == pytest.approx([0, 6])


def proxy_error(cause):
    return requests.exceptions.ProxyError(MaxRetryError(None, '/x?s=signature', ProxyError('Unable to connect', cause)))


@pytest.mark.parametrize(
    'cause, tries, text',
    [
        (
            OSError('Tunnel connection failed: 407 Proxy Authentication Required'),
            1,
            'the proxy: Tunnel connection failed: 407 Proxy Authentication Required',
        ),
        (
            OSError('Tunnel connection failed: 502 Bad Gateway'),
            4,
            'the proxy: Tunnel connection failed: 502 Bad Gateway',
        ),
        (UNKNOWN_HOST.args[0].reason, 1, 'the proxy: unknown host: Name or service not known'),
        (ConnectionRefusedError(111, 'Connection refused'), 4, 'the proxy: Connection refused'),
    ],
)
def test_a_proxy_that_is_in_the_way_is_named_with_its_reason(cause, tries, text):
    azure = ScriptedAzure(*[proxy_error(cause)] * tries)
    with pytest.raises(RequestFailed) as caught:
        azure.run(azure.arm().get(HALF))
    assert (caught.value.text, azure.left) == (text, 0)


def test_a_long_wait_for_the_limits_of_a_subscription_is_said_once(caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger('cli'), 'propagate', True)
    azure = ScriptedAzure(*[failure(429, 'SubscriptionRequestsThrottled', retry_after='20')] * 4, reply(200, BODY))
    azure.run(azure.arm().get(HALF))
    assert [record.getMessage().split(' and ')[0] for record in caplog.records if record.levelname == 'WARNING'] == [
        'Azure limits the requests to subscription s (429)'
    ]
