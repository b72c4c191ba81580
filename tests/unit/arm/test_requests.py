"""What an answer says, and which answers are none."""

import pytest

from azext_vnet2vnet.arm.requests import UNREADABLE, Answer, attempt, getting, plain, putting
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.resource_id import ResourceId
from tests.unit.local_azure import ScriptedAzure, reply

GROUP = ResourceId('s', 'g')
DATE = 'Wed, 21 Oct 2026 07:27:20 GMT'
UNFIT = ('', '0', '0.0', '-1', '-0', 'inf', '-inf', 'nan', '1e999', 'soon', '5, 10', 'Wed, 99 Oct 2026 07:28:00 GMT')
HALF = GROUP.sibling(resource_id.CONNECTION_TYPE, 'half')


def refusal(status=429, headers=None, **error):
    return Answer(status, headers or {}, {'error': error})


@pytest.mark.parametrize(
    'body, expected',
    [
        (None, ('', '')),
        ('text', ('', '')),
        ({'error': 'text'}, ('', '')),
        ({'error': {}}, ('', '')),
        ({'error': {'code': None, 'message': None}}, ('', '')),
        ({'error': {'code': 'A', 'message': 'a', 'details': [{'code': 'B', 'message': 'b'}]}}, ('A', 'a B: b')),
        (
            {
                'error': {
                    'code': 'A',
                    'message': 'a',
                    'details': 5,
                    'innererror': {'code': 'B', 'details': [{'code': 'C'}]},
                }
            },
            ('A', 'a B C'),
        ),
        (
            {'error': {'code': 'A', 'message': 'why: B: b', 'details': [{'code': 'B', 'message': 'b'}]}},
            ('A', 'why: B: b'),
        ),
        ({'error': {'code': 'RetryableError', 'details': [None, {'code': 'B', 'message': 'b'}]}}, ('B', 'b')),
        ({'error': {'code': 'RetryableError', 'message': 'a', 'details': []}}, ('RetryableError', 'a')),
    ],
)
def test_code_and_message(body, expected):
    assert Answer(400, {}, body).error == expected


@pytest.mark.parametrize(
    'answer, seconds',
    [
        (refusal(headers={'retry-after': '0.167'}, message='retried in 12 seconds'), 0.167),
        (refusal(message='The call can be retried in 12 seconds.'), 12),
        (refusal(message="Please try again after '324' seconds."), 324),
        (refusal(message='Later.'), None),
        *((refusal(headers={'retry-after': text}, message='Later.'), None) for text in UNFIT),
        (refusal(headers={'retry-after': '0'}, message='The call can be retried in 12 seconds.'), 12),
        (refusal(headers={'retry-after': '86400'}), 600),
        (refusal(headers={'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT', 'date': DATE}), 40),
        (refusal(headers={'retry-after': 'Wed, 21 Oct 2026 07:27:00 GMT', 'date': DATE}), None),
        (refusal(headers={'retry-after': 'Wed, 21 Oct 2126 07:27:00 GMT'}), 600),
        (refusal(headers={'retry-after': 'Wed, 21 Oct 2126 07:27:00', 'date': DATE}), None),
        (Answer(200), None),
    ],
)
def test_the_time_to_wait(answer, seconds):
    assert answer.retry_after == seconds


@pytest.mark.parametrize(
    'status, code, is_missing, is_in_use',
    [
        (404, 'ResourceNotFound', True, False),
        (404, 'SubscriptionNotFound', True, False),
        (404, 'InvalidResourceType', False, False),
        (404, '', False, False),
        (400, 'ResourceNotFound', False, False),
        (400, 'PublicIPAddressCannotBeDeleted', False, True),
        (409, 'VirtualNetworkGatewayCannotBeDeleted', False, True),
    ],
)
def test_what_a_refusal_means(status, code, is_missing, is_in_use):
    answer = refusal(status, code=code)
    assert (answer.is_missing, answer.is_in_use) == (is_missing, is_in_use)


def test_no_answer_shows_its_body():
    assert 'Secret.Key' not in repr(Answer(200, {}, {'value': 'Secret.Key'}))


@pytest.mark.parametrize('send', [getting(HALF), putting(HALF, {}), plain('GET', '/subscriptions/s/locations', '1')])
@pytest.mark.parametrize('body', ['<html>Secret.Key</html>', '{"value": "Secret.Key'])
def test_a_body_that_is_no_json_is_no_answer_and_not_quoted(send, body):
    azure = ScriptedAzure(reply(200, body, Content_Type='text/html'))
    assert attempt(azure, 's', None, send) == UNREADABLE


@pytest.mark.parametrize(
    'target, path',
    [
        (GROUP, '/subscriptions/s/resourceGroups/g?api-version=2024-11-01'),
        (HALF.sibling(resource_id.DEPLOYMENT_TYPE, 'all'), '{}?api-version=2024-11-01'),
        (resource_id.shared_key_of(HALF), '{}?api-version=2023-09-01'),
        (resource_id.gateway_subnet_of(GROUP.sibling(resource_id.VNET_TYPE, 'vnet')), '{}?api-version=2024-07-01'),
    ],
)
def test_each_type_is_requested_by_its_id_and_api_version(target, path):
    body = {'id': str(target), 'name': target.name, 'location': 'eastus', 'value': None, 'properties': {}}
    azure = ScriptedAzure(reply(200, body), reply(200, body))
    for send in (getting(target), putting(target, {'properties': {}})):
        assert attempt(azure, 's', None, send).status == 200
    read, written = azure.requests
    assert (read.method, read.body, written.method, written.body) == ('GET', None, 'PUT', {'properties': {}})
    assert read.target == written.target == path.format(target)


def test_a_type_that_nothing_here_uses_is_an_error():
    with pytest.raises(KeyError):
        getting(GROUP.sibling('Microsoft.Network/loadBalancers', 'one'))
