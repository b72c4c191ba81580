"""Scripted faults and the journal of the local Azure, and its server as a client sees it."""

import json
import socket
import ssl
import time
import urllib.request

import pytest

from tests.armsim import DEFAULTS, Settings
from tests.armsim.client import Client, connection, group_path, make_site, network_path, public_ip
from tests.armsim.deployment_client import deployment, deployment_path, nested, resource, template
from tests.armsim.server import serve

GATEWAY, FAR = (network_path('virtualNetworkGateways', f'gw{number}') for number in (1, 2))
IP = network_path('publicIPAddresses', 'ip1')
CONNECTION = network_path('connections', 'c')
KEY = 'Very.Secret.1'


@pytest.fixture(name='client')
def fixture_client():
    """A client with a group."""
    client = Client()
    client.make(group_path(), {'location': 'eastus'})
    return client


def fault(client, do, match='PUT */publicIPAddresses/*', **options):
    """Script one fault."""
    client.simulator.faults = [{'match': match, 'do': do, **options}]


def test_the_nth_request_gets_the_status(client):
    fault(client, 'status', nth=2, status=503, code='ServerTimeout', message='no', headers={'Retry-After': '7'})
    answers = [client.put(IP, public_ip()), client.put(IP, public_ip()), client.put(IP, public_ip())]
    assert [answer.status for answer in answers] == [201, 503, 201]
    assert answers[1].body['error']['code'] == 'ServerTimeout' and answers[1].headers['Retry-After'] == '7'


def test_a_policy_denies(client):
    fault(client, 'policy', message='No public IPs', every=True)
    answer = client.put(IP, public_ip())
    error = answer.body['error']
    assert (answer.status, error['code'], error['target']) == (403, 'RequestDisallowedByPolicy', 'ip1')
    assert error['message'].startswith("Resource 'ip1' was disallowed by policy. Policy identifiers: '[{")
    [added] = error['additionalInfo']
    assert added['type'] == 'PolicyViolation' and added['info']['policyDefinitionDisplayName'] == 'No public IPs'
    assert client.get(IP).status == 404


def test_every_request_gets_the_status(client):
    fault(client, 'status', every=True, status=429)
    assert {client.put(IP, public_ip()).status for _ in range(3)} == {429}


def test_a_delete_that_deletes_nothing(client):
    client.make(IP, public_ip())
    fault(client, 'empty-delete', match='DELETE *')
    assert client.finish(client.send('DELETE', IP)).body == {'status': 'Succeeded'}
    assert client.get(IP).body['properties']['provisioningState'] == 'Succeeded'
    client.finish(client.send('DELETE', IP))
    assert client.get(IP).status == 404


@pytest.mark.parametrize(
    'do, error, done',
    [
        ('reset-before', ConnectionResetError, False),
        ('reset-after', ConnectionResetError, True),
        ('hold-before', TimeoutError, False),
        ('hold-after', TimeoutError, True),
    ],
)
def test_lost_requests_and_lost_answers(client, do, error, done):
    fault(client, do)
    with pytest.raises(error):
        client.put(IP, public_ip())
    assert (client.get(IP).status == 200) is done
    entry = next(entry for entry in client.simulator.journal if entry.get('fault'))
    assert entry['fault'] == do and entry['held'] is do.startswith('hold') and entry['status'] is None


def test_an_operation_fails(client):
    fault(client, 'fail-operation', code='InternalServerError', message='Too bad.')
    answer = client.put(IP, public_ip())
    assert answer.status == 201
    assert client.finish(answer).body == {
        'status': 'Failed',
        'error': {'code': 'InternalServerError', 'message': 'Too bad.', 'details': []},
    }
    assert client.get(IP).body['properties']['provisioningState'] == 'Failed'
    assert client.make(IP, public_ip())['properties']['provisioningState'] == 'Succeeded'


def test_an_operation_never_ends_though_its_work_is_done(client):
    fault(client, 'endless-operation')
    url = client.put(IP, public_ip()).headers['Azure-AsyncOperation']
    client.clock.advance(100000)
    assert client.send('GET', url).body == {'status': 'InProgress'}
    assert client.get(IP).body['properties']['provisioningState'] == 'Succeeded'


def test_html_and_expired_tokens(client):
    fault(client, 'html-404', 'GET *')
    answer = client.get(IP)
    assert answer.status == 404 and answer.headers['Content-Type'] == 'text/html' and '<html' in answer.body
    fault(client, 'expired-token', 'GET *')
    assert client.get(IP).body['error']['code'] == 'ExpiredAuthenticationToken'


@pytest.mark.parametrize(
    'wrong', [{'do': 'status'}, {'match': 'PUT *', 'do': 'dance'}, {'match': 'PUT *', 'do': 'slow', 'n': 1}]
)
def test_a_fault_that_is_none_is_refused(client, wrong):
    with pytest.raises(ValueError, match='not a fault'):
        client.simulator.faults = [wrong]


def test_the_journal_tells_all_but_secrets(client):
    make_site(client, 1)
    make_site(client, 2)
    client.make(CONNECTION, connection(GATEWAY, FAR, sharedKey=KEY))
    client.put(CONNECTION + '/sharedkey', {'value': KEY + 'x'})
    keyed = connection(GATEWAY, FAR, sharedKey="[parameters('sharedKey')]")
    client.send(
        'PUT',
        deployment_path(),
        deployment(
            template(
                resource('connections', 'c2', keyed),
                nested(
                    'n',
                    template(
                        resource('connections', 'c3', connection(GATEWAY, FAR, sharedKey=KEY)),
                        parameters={'key': {'type': 'securestring', 'defaultValue': KEY}},
                    ),
                ),
                parameters={'sharedKey': {'type': 'securestring'}},
            ),
            sharedKey=KEY,
        ),
    )
    text = json.dumps(client.simulator.journal)
    assert KEY not in text and DEFAULTS.secret not in text and 'Bearer' not in text and '.simulated' not in text
    entry = next(
        entry for entry in client.simulator.journal if entry.get('path') == GATEWAY and entry['method'] == 'PUT'
    )
    assert (entry['status'], entry['principal'], entry['apiVersion']) == (201, DEFAULTS.app_id, '2025-01-01')
    assert entry['end'] == entry['time'] + 6 and entry['body']['properties']['sku']['name'] == 'VpnGw2AZ'
    ended = [mark for mark in client.simulator.journal if 'mark' in mark and mark['operation'] == entry['operation']]
    assert [(mark['status'], mark['time'] - entry['time']) for mark in ended] == [('Succeeded', 1580)]


@pytest.fixture(name='server', scope='module')
def fixture_server():
    """A simulator on the network, fast."""
    with serve(Settings(speed=1000)) as server:
        yield server


def over_https(server, path, data=None):
    """Status and JSON of a request over HTTPS, verified against the server's CA."""
    context = ssl.create_default_context(cafile=server.ca_file)
    with urllib.request.urlopen(urllib.request.Request(server.origin + path, data), context=context) as answer:
        return answer.status, json.loads(answer.read())


def test_server_speaks_https(server):
    status, body = over_https(server, '/metadata/endpoints?api-version=2022-09-01')
    assert status == 200 and body['authentication']['loginEndpoint'] == server.origin + '/'
    assert over_https(server, '/_sim/state')[1]['tenants'].keys() == {DEFAULTS.tenant_a, DEFAULTS.tenant_b}
    assert over_https(server, '/_sim/journal')[1][-1]['path'] == '/metadata/endpoints'
    over_https(server, '/_sim/reset', b'')
    assert over_https(server, '/_sim/journal')[1] == []


def connect(server):
    """A TLS connection that has sent one GET of the metadata."""
    plain = socket.create_connection(('localhost', int(server.origin.rpartition(':')[2])))
    secure = ssl.create_default_context(cafile=server.ca_file).wrap_socket(plain, server_hostname='localhost')
    secure.sendall(b'GET /metadata/endpoints?api-version=2022-09-01 HTTP/1.1\r\nHost: localhost\r\n\r\n')
    return secure


def test_server_resets_and_holds(server):
    over_https(
        server,
        '/_sim/faults',
        json.dumps(
            [
                {'match': 'GET /metadata/*', 'do': 'reset-after', 'nth': 1},
                {'match': 'GET /metadata/*', 'do': 'hold-after', 'nth': 1},
            ]
        ).encode(),
    )
    with connect(server) as lost:
        try:
            assert lost.recv(100) == b''
        except OSError as error:
            assert isinstance(error, (ConnectionResetError, ssl.SSLError))
    with connect(server) as held:
        deadline = time.monotonic() + 30
        while not (entries := [one for one in over_https(server, '/_sim/journal')[1] if one.get('held')]):
            assert time.monotonic() < deadline
        assert entries[0]['status'] is None
        held.settimeout(0.2)
        with pytest.raises(TimeoutError):
            held.recv(100)
    with connect(server) as third:
        third.settimeout(30)
        assert third.recv(100).startswith(b'HTTP/1.1 200')
