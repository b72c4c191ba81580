"""Answers that Azure does not give, or that something else gave in its place: no values come of them, and no tokens."""

import copy
import logging
from contextlib import suppress

import pytest

from azext_vnet2vnet.arm.failures import AnswerUnreadable, RequestFailed
from azext_vnet2vnet.arm.from_json import check_body
from azext_vnet2vnet.arm.requests import is_on_host
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.resource_id import ResourceId
from tests.unit.local_azure import LocalAzure, ScriptedAzure, failure, reply

GROUP = ResourceId('s', 'g')
HALF = GROUP.sibling(resource_id.CONNECTION_TYPE, 'half')
VNET = GROUP.sibling(resource_id.VNET_TYPE, 'vnet')
BODY = {'id': str(HALF), 'location': 'eastus', 'properties': {}}
ODD = (None, [], 'text', 5, True, {'a': {}})


@pytest.fixture(autouse=True)
def fixture_warnings(caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger('cli'), 'propagate', True)


@pytest.mark.parametrize(
    'answer',
    [
        reply(200),
        *(reply(200, body) for body in (None, [], 'text', 5, {}, {'id': None}, {**BODY, 'id': 'none'})),
        *(reply(200, {**BODY, 'properties': body}) for body in (None, [], 'text', {'provisioningState': []})),
        reply(200, {**BODY, 'id': f'{HALF}2'}),
        reply(200, {**BODY, 'location': ['eastus']}),
        reply(200, {**BODY, 'tags': {'a': 5}}),
        reply(200, {**BODY, 'properties': {'enableBgp': 'yes'}}),
        reply(200, {**BODY, 'properties': {'ingressBytesTransferred': float('inf')}}),
        reply(200, {**BODY, 'properties': {'virtualNetworkGateway1': 'gw'}}),
        reply(200, '<html>Sign in</html>', Content_Type='text/html'),
        reply(302, {}, Location='https://elsewhere/'),
    ],
)
def test_a_broken_answer_is_asked_for_again_like_a_5xx_and_is_then_one_failure(answer):
    azure = ScriptedAzure(answer, reply(200, BODY))
    assert azure.run(azure.arm().get(HALF)).body == BODY
    azure = ScriptedAzure(*[answer] * 4)
    with pytest.raises(AnswerUnreadable) as caught:
        azure.run(azure.arm().get(HALF))
    assert (caught.value.target, caught.value.status) == (str(HALF), None) and caught.value.word


@pytest.mark.parametrize('body', ['text', [], 5])
def test_a_write_whose_answer_is_broken_is_written_again(body):
    azure = ScriptedAzure(reply(201, body), reply(200, BODY))
    assert azure.run(azure.arm().put(HALF, BODY)).body == BODY


def test_a_write_may_be_accepted_without_a_body():
    azure = ScriptedAzure(reply(202))
    assert azure.run(azure.arm().put(HALF, BODY)).status == 202


def _odd_forms(value):
    """The value with one part of it replaced by something odd, for every part."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        for odd in (*ODD, *_odd_forms(part)):
            changed = copy.copy(value)
            changed[name] = odd
            yield changed


def test_whatever_part_of_a_resource_is_odd_it_is_read_or_it_is_unreadable():
    local = LocalAzure()
    halves = local.make_pair()
    gateway = halves[0].sibling(resource_id.GATEWAY_TYPE, 'gw1')
    vnet = halves[0].sibling(resource_id.VNET_TYPE, 'vnet1')
    public_ip = halves[0].sibling(resource_id.PUBLIC_IP_TYPE, 'ip1')
    for target in (halves[0], gateway, vnet, public_ip, halves[0].group_id):
        whole = local.run(local.arm().get(target)).body
        check_body(target, whole)
        for body in _odd_forms(whole):
            with suppress(ValueError):
                check_body(target, body)


def test_a_list_leaves_the_odd_entries_out_and_says_so(caplog):
    entries = [BODY, *ODD, {**BODY, 'id': f'{HALF}2', 'properties': None}]
    azure = ScriptedAzure(reply(200, {'value': entries}))
    assert azure.run(azure.arm().list_connections(GROUP)) == [BODY]
    warnings = [record.getMessage() for record in caplog.records]
    assert len(warnings) == 7 and warnings[-1].startswith(f'{HALF}2, in the list {GROUP}/providers/')
    assert all('cannot be read and is left out' in warning for warning in warnings)


@pytest.mark.parametrize('body', [None, [], {}, {'value': None}, {'value': {}}, {'value': [], 'nextLink': 5}])
def test_a_list_that_is_none_is_a_broken_answer(body):
    azure = ScriptedAzure(reply(200, body), reply(200, {'value': [BODY]}))
    assert azure.run(azure.arm().list_connections(GROUP)) == [BODY]


@pytest.mark.parametrize('status', [403, 404])
def test_a_list_that_is_refused_is_a_failure(status):
    azure = ScriptedAzure(failure(status, 'No'))
    with pytest.raises(RequestFailed) as caught:
        azure.run(azure.arm().list_connections(GROUP))
    assert (caught.value.status, caught.value.code) == (status, 'No')


def test_a_link_that_repeats_ends_the_list(caplog):
    page = reply(200, {'value': [BODY], 'nextLink': 'https://localhost/next?t=1'})
    azure = ScriptedAzure(page, page)
    assert azure.run(azure.arm().list_connections(GROUP)) == [BODY, BODY]
    assert 'does not end' in caplog.text


def test_a_page_on_another_host_is_not_asked_for():
    azure = ScriptedAzure(*[reply(200, {'value': [], 'nextLink': 'https://evil.example/next'})] * 4)
    with pytest.raises(AnswerUnreadable):
        azure.run(azure.arm().list_connections(GROUP))
    assert {request.origin for request in azure.requests} == {'https://localhost'} and azure.left == 0


def test_an_operation_on_another_host_is_not_polled():
    headers = {'Azure_AsyncOperation': 'https://evil.example/1', 'Location': 'https://localhost/results/1'}
    azure = ScriptedAzure(reply(201, BODY, **headers))
    assert set(azure.run(azure.arm().put(HALF, BODY)).headers) & {'azure-asyncoperation', 'location'} == {'location'}


@pytest.mark.parametrize(
    'link, is_ours',
    [
        ('https://ONE/next', True),
        ('/next', True),
        ('//two/next', False),
        ('http://one/next', False),
        ('https://one@two/next', False),
        ('https://one:444/next', False),
        ('https://[one/next', False),
    ],
)
def test_which_links_stay_at_home(link, is_ours):
    assert is_on_host(link, 'https://one/path') is is_ours


def test_the_list_of_a_gateway_is_read_whole_or_not_at_all():
    azure = ScriptedAzure(reply(200, {'value': [BODY, {**BODY, 'id': 5}]}), reply(200, {'value': [BODY]}))
    assert azure.run(azure.arm().list_connections(GROUP.sibling(resource_id.GATEWAY_TYPE, 'gw'))) == [BODY]


@pytest.mark.parametrize('body', [{}, {'value': 5}, {'value': [None]}, 'text', [1]])
def test_what_is_neither_a_key_nor_the_lack_of_one_is_asked_for_again(body):
    azure = ScriptedAzure(reply(200, body), reply(200, {'value': 'Key.1'}))
    assert azure.run(azure.arm().get(resource_id.shared_key_of(HALF))).body == {'value': 'Key.1'}
