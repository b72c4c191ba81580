"""The tokens that the local Azure gives to its machines: in Cloud Shell, and to a managed identity."""

import pytest
import requests

from tests.armsim import DEFAULTS
from tests.armsim.access import decode_token
from tests.armsim.client import ORIGIN, Client, group_path
from tests.armsim.identity import CLOUD_SHELL, INSTANCE_METADATA, LOGIN
from tests.armsim.server import serve
from tests.armsim.wire import Request

CONFIGURATION = '/common/v2.0/.well-known/openid-configuration'
RESOURCE = f'{ORIGIN}/'


def ask_cloud_shell(client, method='POST', path='/oauth2/token', metadata='true', **form):
    """The answer of Cloud Shell's endpoint."""
    return client.simulator.answer(
        Request(method, path, headers={'host': CLOUD_SHELL, 'metadata': metadata}, body={'resource': RESOURCE, **form})
    )


def ask_machine(client, method='GET', path='/metadata/identity/oauth2/token', metadata='true', **query):
    """The answer of the instance metadata service."""
    query = {'api-version': '2018-02-01', 'resource': RESOURCE, **query}
    return client.simulator.answer(Request(method, path, query, {'host': INSTANCE_METADATA, 'metadata': metadata}))


@pytest.mark.parametrize(
    'ask, object_id, claims',
    [
        (ask_cloud_shell, DEFAULTS.user_object_a, {'upn': DEFAULTS.user, 'unique_name': DEFAULTS.user}),
        (ask_machine, DEFAULTS.identity_object, {'appid': DEFAULTS.identity}),
    ],
)
def test_a_token_is_for_one_tenant(ask, object_id, claims):
    client = Client()
    answer = ask(client)
    assert answer.status == 200 and (answer.body['resource'], answer.body['expires_in']) == (RESOURCE, '4500')
    found = decode_token(answer.body['access_token'])
    assert found.items() >= {'tid': DEFAULTS.tenant_a, 'oid': object_id, **claims}.items()
    bearer = {'authorization': f'Bearer {answer.body["access_token"]}'}
    assert client.send('GET', group_path(), headers=bearer).body['error']['code'] == 'ResourceGroupNotFound'
    other = client.send('GET', group_path(subscription=DEFAULTS.subscription_b), headers=bearer)
    assert other.body['error']['code'] == 'InvalidAuthenticationTokenTenant'


@pytest.mark.parametrize(
    'asked, status, code, text',
    [
        (
            {'resource': 'https://vault.azure.net'},
            400,
            'AudienceNotSupported',
            f'Audience https://vault.azure.net is not a supported MSI token audience. Supported audiences: {RESOURCE},',
        ),
        ({'metadata': 'True'}, 400, 'MetadataHeaderMissing', "'Metadata: true'"),
        ({'tenant': DEFAULTS.tenant_b}, 501, 'NotSimulated', 'does not know tenant of Cloud Shell'),
        ({'method': 'GET'}, 501, 'NotSimulated', f'does not know GET http://{CLOUD_SHELL}/oauth2/token'),
        ({'path': '/metadata'}, 501, 'NotSimulated', f'does not know POST http://{CLOUD_SHELL}/metadata'),
    ],
)
def test_what_cloud_shell_refuses(asked, status, code, text):
    answer = ask_cloud_shell(Client(), **asked)
    assert (answer.status, answer.body['error']['code']) == (status, code)
    assert text in answer.body['error']['message']


@pytest.mark.parametrize(
    'asked, error, text',
    [
        (
            {'resource': 'https://vault.azure.net'},
            'invalid_resource',
            'AADSTS50001: The application named https://vault.azure.net was not found in the tenant named ',
        ),
        ({'metadata': ''}, 'bad_request_102', 'Required metadata header not specified'),
        ({'api-version': '2017-01-01'}, 'invalid_request', "'2017-01-01'"),
        ({'client_id': DEFAULTS.app_id}, 'invalid_request', 'Identity not found'),
    ],
)
def test_what_the_metadata_service_refuses(asked, error, text):
    answer = ask_machine(Client(), **asked)
    assert (answer.status, answer.body['error']) == (400, error) and text in answer.body['error_description']


def test_one_identity_need_not_be_named():
    client = Client()
    for answer in (ask_machine(client), ask_machine(client, client_id=DEFAULTS.identity)):
        assert (answer.status, answer.body['client_id']) == (200, DEFAULTS.identity)


@pytest.mark.parametrize(
    'asked, text',
    [
        ({'object_id': DEFAULTS.identity_object}, 'object_id of the instance metadata service'),
        ({'method': 'POST'}, f'POST http://{INSTANCE_METADATA}/metadata/identity/oauth2/token'),
        ({'path': '/metadata/instance'}, f'GET http://{INSTANCE_METADATA}/metadata/instance'),
    ],
)
def test_what_the_metadata_service_does_not_know(asked, text):
    answer = ask_machine(Client(), **asked)
    assert answer.status == 501 and text in answer.body['error']['message']


def test_the_public_login_host_tells_where_things_are_and_no_more():
    client = Client()

    def send(method, path):
        return client.simulator.answer(Request(method, path, headers={'host': LOGIN}))

    assert send('GET', CONFIGURATION).body['token_endpoint'] == f'https://{LOGIN}/common/oauth2/v2.0/token'
    for method, path in (('POST', '/common/oauth2/v2.0/token'), ('GET', CONFIGURATION.replace('common', 'x'))):
        assert f'{method} https://{LOGIN}{path}' in send(method, path).body['error']['message']


def test_the_proxy_leads_to_these_hosts_alone():
    with serve() as server, requests.Session() as session:
        session.trust_env, session.verify = False, server.ca_file
        session.proxies = {'http': server.proxy, 'https': server.proxy}
        found = session.get(
            f'http://{INSTANCE_METADATA}/metadata/identity/oauth2/token',
            params={'api-version': '2018-02-01', 'resource': server.origin},
            headers={'Metadata': 'true'},
            timeout=60,
        )
        assert found.status_code == 200
        assert session.get(f'https://{LOGIN}{CONFIGURATION}', timeout=60).status_code == 200
        other = session.get('http://other.example/x', timeout=60)
        assert other.status_code == 501
        assert other.json()['error']['message'] == 'The simulator does not know http://other.example/x.'
        with pytest.raises(requests.exceptions.ProxyError, match='501 The simulator does not know other.example:443'):
            session.get('https://other.example/x', timeout=60)
