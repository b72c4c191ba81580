"""Scripted faults, the journal and deployments of the local Azure, and its server as a client sees it."""
import json
import socket
import ssl
import time
import urllib.request

import pytest

from tests.armsim import DEFAULTS, Settings
from tests.armsim.client import Client, connection, gateway, group_path, make_site, network_path, public_ip
from tests.armsim.server import serve

GATEWAY, FAR = (network_path('virtualNetworkGateways', f'gw{number}') for number in (1, 2))
SUBNET = network_path('virtualNetworks', 'vnet1') + '/subnets/GatewaySubnet'
IP = network_path('publicIPAddresses', 'ip1')
CONNECTION = network_path('connections', 'c')
DEPLOYMENT = group_path() + '/providers/Microsoft.Resources/deployments/d'
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


@pytest.mark.parametrize('do, error, done', [
    ('reset-before', ConnectionResetError, False), ('reset-after', ConnectionResetError, True),
    ('hold-before', TimeoutError, False), ('hold-after', TimeoutError, True)])
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
    assert client.finish(answer).body == {'status': 'Failed', 'error': {
        'code': 'InternalServerError', 'message': 'Too bad.', 'details': []}}
    assert client.get(IP).body['properties']['provisioningState'] == 'Failed'
    assert client.make(IP, public_ip())['properties']['provisioningState'] == 'Succeeded'


def test_html_and_expired_tokens(client):
    fault(client, 'html-404', 'GET *')
    answer = client.get(IP)
    assert answer.status == 404 and answer.headers['Content-Type'] == 'text/html' and '<html' in answer.body
    fault(client, 'expired-token', 'GET *')
    assert client.get(IP).body['error']['code'] == 'ExpiredAuthenticationToken'


@pytest.mark.parametrize('wrong', [{'do': 'status'}, {'match': 'PUT *', 'do': 'dance'},
                                   {'match': 'PUT *', 'do': 'slow', 'n': 1}])
def test_a_fault_that_is_none_is_refused(client, wrong):
    with pytest.raises(ValueError, match='not a fault'):
        client.simulator.faults = [wrong]


def test_the_journal_tells_all_but_secrets(client):
    make_site(client, 1)
    make_site(client, 2)
    client.make(CONNECTION, connection(GATEWAY, FAR, sharedKey=KEY))
    client.put(CONNECTION + '/sharedkey', {'value': KEY + 'x'})
    client.send('PUT', DEPLOYMENT, deployment())
    text = json.dumps(client.simulator.journal)
    assert KEY not in text and DEFAULTS.secret not in text and 'Bearer' not in text and '.simulated' not in text
    entry = next(entry for entry in client.simulator.journal
                 if entry.get('path') == GATEWAY and entry['method'] == 'PUT')
    assert (entry['status'], entry['principal'], entry['apiVersion']) == (201, DEFAULTS.app_id, '2025-01-01')
    assert entry['end'] == entry['time'] + 6 and entry['body']['properties']['sku']['name'] == 'VpnGw2AZ'
    ended = [mark for mark in client.simulator.journal
             if 'mark' in mark and mark['operation'] == entry['operation']]
    assert [(mark['status'], mark['time'] - entry['time']) for mark in ended] == [('Succeeded', 1580)]


def deployment(**changes):
    """A deployment like the one that az makes for a connection."""
    resource = {'type': 'Microsoft.Network/connections', 'name': 'c', 'location': 'eastus', 'apiVersion': '2025-01-01',
                'dependsOn': [], **connection(GATEWAY, FAR, sharedKey="[parameters('sharedKey')]")}
    return {'properties': {'mode': 'incremental', 'parameters': {'sharedKey': {'value': KEY}}, 'template': {
        '$schema': 'https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#',
        'contentVersion': '1.0.0.0', 'parameters': {'sharedKey': {'type': 'securestring'}}, 'variables': {},
        'resources': [{**resource, **changes}],
        'outputs': {'resource': {'type': 'object', 'value': "[reference('c')]"}}}}}


def test_a_deployment_makes_a_connection(client):
    make_site(client, 1)
    make_site(client, 2)
    answer = client.send('PUT', DEPLOYMENT, deployment())
    assert answer.status == 201 and answer.body['properties']['provisioningState'] == 'Accepted'
    assert client.finish(answer).body == {'status': 'Succeeded'}
    properties = client.get(DEPLOYMENT).body['properties']
    assert properties['parameters'] == {'sharedKey': {'type': 'SecureString'}}
    assert properties['outputs']['resource']['value']['provisioningState'] == 'Succeeded'
    assert properties['outputResources'] == [{'id': CONNECTION}] and KEY not in json.dumps(properties)
    assert client.get(CONNECTION + '/sharedkey').body == {'value': KEY}


def test_a_deployment_waits_for_a_busy_gateway(client):
    make_site(client, 2)
    make_site(client, 1, with_gateway=False)
    client.put(GATEWAY, gateway(SUBNET, [IP]))
    answer = client.send('PUT', DEPLOYMENT, deployment())
    client.clock.advance(1500)
    assert client.get(DEPLOYMENT).body['properties']['provisioningState'] == 'Running'
    client.clock.advance(200)
    assert client.send('GET', answer.headers['Azure-AsyncOperation']).body == {'status': 'Succeeded'}


def test_a_failed_deployment_wraps_the_error(client):
    make_site(client, 1)
    error = client.finish(client.send('PUT', DEPLOYMENT, deployment())).body['error']
    assert error['code'] == 'DeploymentFailed' and error['details'][0]['code'] == 'Conflict'
    inner = json.loads(error['details'][0]['message'])
    assert inner['error']['details'][0]['code'] == 'InternalServerError'
    bad = deployment(properties={**connection(GATEWAY, FAR)['properties'], 'colour': 'red'})
    error = client.finish(client.send('PUT', DEPLOYMENT + '2', bad)).body['error']
    assert error['details'][0]['code'] == 'BadRequest' and 'colour' in error['details'][0]['message']


@pytest.mark.parametrize('changes, code', [
    ({'name': "[concat('a', 'b')]"}, 'NotSimulated'), ({'name': "[parameters('none')]"}, 'InvalidTemplate'),
    ({'dependsOn': ['nothing']}, 'InvalidTemplate'), ({'copy': {}}, 'NotSimulated')])
def test_a_template_is_read_strictly(client, changes, code):
    assert client.send('PUT', DEPLOYMENT, deployment(**changes)).body['error']['code'] == code


def test_validate_and_operations(client):
    make_site(client, 1)
    make_site(client, 2)
    checked = client.send('POST', DEPLOYMENT + '/validate', deployment()).body['properties']
    assert checked['validatedResources'] == [{'id': CONNECTION}] and client.get(CONNECTION).status == 404
    client.finish(client.send('PUT', DEPLOYMENT, deployment()))
    rows = client.get(DEPLOYMENT + '/operations').body['value']
    assert [row['properties']['targetResource']['id'] for row in rows] == [CONNECTION]


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
    over_https(server, '/_sim/faults', json.dumps([
        {'match': 'GET /metadata/*', 'do': 'reset-after', 'nth': 1},
        {'match': 'GET /metadata/*', 'do': 'hold-after', 'nth': 1}]).encode())
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
