"""The SDK's clients on az's own login: what they carry, share, hide from the log, and say of a broken connection.

Of az there is its profile, with credentials that give made-up tokens; the requests go to this process.
"""

import logging
import re
import socket
import ssl
import threading
from types import SimpleNamespace

import pytest
import trustme
from azure.cli.core import _profile
from azure.cli.core._profile import Profile
from requests.adapters import HTTPAdapter

from azext_vnet2vnet.arm import client
from azext_vnet2vnet.arm.client import Clients
from azext_vnet2vnet.arm.login import default_subscription, read_accounts
from azext_vnet2vnet.arm.requests import NoAnswer, attempt, getting, plain, putting
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.resource_id import ResourceId, shared_key_of
from azext_vnet2vnet.network.subscriptions import Account
from tests.unit.local_azure import InMemoryAdapter, reply

ORIGIN = 'https://localhost'
HALF = ResourceId('sub-1', 'g', resource_id.CONNECTION_TYPE, ('half',))
VNET = HALF.sibling(resource_id.VNET_TYPE, 'Secret.Key')
BODY = {'id': str(HALF), 'location': 'eastus', 'properties': {}}


def account(number, tenant, **more):
    return {
        'id': f'sub-{number}',
        'name': f'Subscription {number}',
        'tenantId': tenant,
        'isDefault': number == 1,
        'environmentName': 'AzureCloud',
        'user': {'name': 'app', 'type': 'servicePrincipal'},
        **more,
    }


@pytest.fixture(name='az')
def fixture_az(monkeypatch):
    """What az gives to a command, logged in to two subscriptions in two tenants."""
    known = {'subscriptions': [account(1, 'tenant-a'), account(2, 'tenant-b')]}
    monkeypatch.setattr(_profile, 'ACCOUNT', known)
    made = []

    def credential(_profile, own, tenant_id=None):
        tenant = tenant_id or own['tenantId']
        made.append(tenant)
        token = {'access_token': f'token-{tenant}', 'expires_in': 3600}
        return SimpleNamespace(acquire_token=lambda *_, **__: token)

    monkeypatch.setattr(Profile, '_create_credential', credential)
    endpoints = SimpleNamespace(
        resource_manager=ORIGIN, active_directory=ORIGIN, active_directory_resource_id='https://management'
    )
    return SimpleNamespace(
        cloud=SimpleNamespace(name='AzureCloud', endpoints=endpoints),
        data={'headers': {}, 'command': 'vnet2vnet show', 'completer_active': False},
        subscriptions=known['subscriptions'],
        credentials=made,
    )


class Served:
    """Clients whose requests are answered here, always alike."""

    def __init__(self, monkeypatch, az, answer):
        self.requests = []
        self._answer = answer
        session = client._session

        def local_session(connections):
            made = session(connections)
            made.mount('https://', InMemoryAdapter(self._take))
            return made

        monkeypatch.setattr(client, '_session', local_session)
        self.clients = Clients(az, 4)

    def _take(self, request):
        self.requests.append(request)
        return self._answer

    def send(self, send, subscription='sub-1', aux_tenant=None):
        return attempt(self.clients, subscription, aux_tenant, send)


def test_requests_carry_the_token_of_the_tenant_and_that_of_an_auxiliary_one(monkeypatch, az):
    served = Served(monkeypatch, az, reply(200, {'value': []}))
    read = plain('GET', '/subscriptions/x/locations', '2022-12-01')
    for subscription, aux_tenant in (('sub-1', None), ('sub-2', None), ('sub-1', 'tenant-b'), ('sub-1', 'tenant-b')):
        assert served.send(read, subscription, aux_tenant).status == 200
    sent = [
        (request.headers['authorization'], request.headers.get('x-ms-authorization-auxiliary'))
        for request in served.requests
    ]
    own, other = 'Bearer token-tenant-a', 'Bearer token-tenant-b'
    assert sent == [(own, None), (other, None), (own, other), (own, other)]
    assert az.credentials == ['tenant-a', 'tenant-b', 'tenant-a', 'tenant-b'], 'each client is made once'
    assert served.clients.tenants('sub-1') == ('tenant-a',)
    assert served.clients.tenants('sub-1', 'tenant-b') == ('tenant-a', 'tenant-b')


def test_a_client_that_was_forgotten_is_made_anew(monkeypatch, az):
    served = Served(monkeypatch, az, reply(200, {}))
    first = served.clients.network('sub-1')
    assert served.clients.network('sub-1') is first
    served.clients.forget('sub-1')
    served.clients.forget('sub-2')
    assert served.clients.network('sub-1') is not first


def test_all_clients_share_as_many_connections_as_there_are_threads(az):
    clients = Clients(az, 7)
    transports = [clients.network(subscription)._client._pipeline._transport for subscription in ('sub-1', 'sub-2')]
    assert transports[0] is not transports[1] and transports[0].session is transports[1].session
    adapter = transports[0].session.get_adapter(ORIGIN)
    assert isinstance(adapter, HTTPAdapter) and adapter._pool_maxsize == 7 and adapter.max_retries.total == 0


@pytest.mark.parametrize('status', [429, 500, 503])
def test_the_sdk_does_not_retry(monkeypatch, az, status):
    served = Served(monkeypatch, az, reply(status, {'error': {'code': 'X'}}, retry_after='10'))
    assert served.send(getting(HALF)).status == status
    assert len(served.requests) == 1


@pytest.mark.parametrize(
    'send, answer, is_logged',
    [
        (putting(shared_key_of(HALF), {'value': 'Secret.Key'}), {'value': 'Secret.Key'}, False),
        (getting(HALF), {**BODY, 'properties': {'sharedKey': 'Secret.Key'}}, False),
        (plain('GET', 'https://localhost/operations/1?s=Secret.Key', None), {}, False),
        (getting(VNET), {**BODY, 'id': str(VNET)}, True),
    ],
)
def test_the_log_of_az_has_no_body_that_may_carry_a_key(monkeypatch, az, caplog, send, answer, is_logged):
    served = Served(monkeypatch, az, reply(200, answer))
    for name in ('cli', 'azext_vnet2vnet', 'azure'):
        monkeypatch.setattr(logging.getLogger(name), 'propagate', True)
    with caplog.at_level(logging.DEBUG):
        assert served.send(send).status == 200
    assert ('Secret.Key' in caplog.text) is is_logged
    assert ('(not logged in full)' in caplog.text) is not is_logged
    assert '200' in caplog.text


def test_a_certificate_that_does_not_verify_is_the_reason_in_one_line(az):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert('localhost').configure_cert(context)
    with socket.create_server(('127.0.0.1', 0)) as server:

        def refuse():
            connection, _ = server.accept()
            with pytest.raises(OSError), connection:
                context.wrap_socket(connection, server_side=True)

        thread = threading.Thread(target=refuse)
        thread.start()
        az.cloud.endpoints.resource_manager = f'https://localhost:{server.getsockname()[1]}'
        found = attempt(Clients(az, 1), 'sub-1', None, getting(HALF))
        thread.join()
    assert found.is_permanent and re.fullmatch(r'CERTIFICATE_VERIFY_FAILED: [\w -]+', found.text)


def test_a_port_where_nobody_listens_is_a_reason_that_may_go_away(az):
    with socket.create_server(('127.0.0.1', 0)) as server:
        az.cloud.endpoints.resource_manager = f'https://localhost:{server.getsockname()[1]}'
    assert attempt(Clients(az, 1), 'sub-1', None, getting(HALF)) == NoAnswer('Connection refused')


def test_the_accounts_of_a_login(az):
    az.subscriptions += [
        account(3, 'tenant-a', user={'name': 'systemAssignedIdentity'}),
        account(4, 'tenant-a', user={'name': 'alice', 'cloudShellID': True}),
        account(5, 'tenant-c', environmentName='AzureChinaCloud', user=None),
    ]
    assert read_accounts(az) == (
        Account('sub-1', 'Subscription 1', 'tenant-a'),
        Account('sub-2', 'Subscription 2', 'tenant-b'),
        Account('sub-3', 'Subscription 3', 'tenant-a', single_tenant=True),
        Account('sub-4', 'Subscription 4', 'tenant-a', single_tenant=True),
        Account('sub-5', 'Subscription 5', 'tenant-c', other_cloud='AzureChinaCloud'),
    )


def test_the_default_subscription_is_the_current_one_unless_one_was_typed(az):
    assert default_subscription(az) == 'sub-1'
    az.data['subscription_id'] = 'Subscription 2'
    assert default_subscription(az) == 'Subscription 2'


def test_no_other_host_gets_a_token(monkeypatch, az):
    served = Served(monkeypatch, az, reply(200, {}))
    for url in ('https://localhost.evil.example/next', 'http://localhost/next', 'https://localhost:444/next'):
        found = served.send(plain('GET', url, None))
        assert found.is_unreadable and found.text.startswith('Azure names another host, localhost')
    assert served.send(plain('GET', 'https://LOCALHOST/next', None)).status == 200
    assert len(served.requests) == 1


@pytest.mark.parametrize('status', [301, 307, 308])
def test_a_redirect_is_not_followed(monkeypatch, az, status):
    served = Served(monkeypatch, az, reply(status, {}, Location='https://localhost/elsewhere'))
    for send in (putting(HALF, {'properties': {'sharedKey': 'Secret.Key'}}), plain('GET', '/subscriptions', '1')):
        assert served.send(send).text == 'the answer is a redirect, which is not followed'
    assert len(served.requests) == 2
