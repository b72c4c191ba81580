"""Tunnels of the local Azure: which halves connect, what disturbs them, what the two gateways tell each other."""

import json

import pytest

from tests.armsim import Settings
from tests.armsim.client import (
    IPSEC_POLICY,
    ZONES,
    Client,
    connection,
    gateway,
    make_pair,
    make_site,
    network_path,
    public_ip,
    tunnel_status,
)

GATEWAY, FAR, THIRD = (network_path('virtualNetworkGateways', f'gw{number}') for number in (1, 2, 3))
THERE, BACK, OTHER = (network_path('connections', name) for name in ('there', 'back', 'other'))
KEY = {'sharedKey': 'Sim.Key.1'}
OTHER_POLICY = {**IPSEC_POLICY, 'dhGroup': 'DHGroup14'}
SELECTOR = {'localAddressRanges': ['10.1.0.0/24'], 'remoteAddressRanges': ['10.2.0.0/24']}
MIRRORED = {'localAddressRanges': ['10.2.0.0/24'], 'remoteAddressRanges': ['10.1.0.0/24']}
SELECTING = {'ipsecPolicies': [IPSEC_POLICY], 'usePolicyBasedTrafficSelectors': True}
HALVES = {
    'no options': ({}, {}, True),
    'other keys': ({}, {'sharedKey': 'Sim.Key.2'}, False),
    'generated keys': ({'sharedKey': None}, {'sharedKey': None}, False),
    'one policy': ({'ipsecPolicies': [IPSEC_POLICY]}, {'ipsecPolicies': [IPSEC_POLICY]}, True),
    'a policy on one side': ({}, {'ipsecPolicies': [IPSEC_POLICY]}, False),
    'other policies': ({'ipsecPolicies': [IPSEC_POLICY]}, {'ipsecPolicies': [OTHER_POLICY]}, False),
    'other lifetimes': (
        {'ipsecPolicies': [IPSEC_POLICY]},
        {'ipsecPolicies': [{**IPSEC_POLICY, 'saLifeTimeSeconds': 3600}]},
        True,
    ),
    'other protocols': ({}, {'connectionProtocol': 'IKEv1'}, False),
    'other time-outs': ({'dpdTimeoutSeconds': 45}, {'dpdTimeoutSeconds': 9}, True),
    'nobody begins': ({'connectionMode': 'ResponderOnly'}, {'connectionMode': 'ResponderOnly'}, False),
    'nobody answers': ({'connectionMode': 'InitiatorOnly'}, {'connectionMode': 'InitiatorOnly'}, False),
    'one begins': ({'connectionMode': 'InitiatorOnly'}, {'connectionMode': 'ResponderOnly'}, True),
    'one only answers': ({'connectionMode': 'ResponderOnly'}, {}, True),
    'policy-based on one side': (SELECTING, {'ipsecPolicies': [IPSEC_POLICY]}, False),
    'mirrored selectors': (
        {**SELECTING, 'trafficSelectorPolicies': [SELECTOR]},
        {**SELECTING, 'trafficSelectorPolicies': [MIRRORED]},
        True,
    ),
    'selectors that are not mirrored': (
        {**SELECTING, 'trafficSelectorPolicies': [SELECTOR]},
        {**SELECTING, 'trafficSelectorPolicies': [SELECTOR]},
        False,
    ),
    'BGP on one side': ({'enableBgp': True}, {}, True),
}


@pytest.mark.parametrize('name', HALVES)
def test_halves_connect_where_they_fit(name):
    there, back, connects = HALVES[name]
    client = make_pair(Client(), {**KEY, **there}, {**KEY, **back})
    client.clock.advance(3600)
    expected = 'Connected' if connects else 'NotConnected'
    assert (tunnel_status(client), tunnel_status(client, 'back')) == (expected, expected)
    properties = client.get(THERE).body['properties']
    assert {key: properties[key] for key in there if key != 'sharedKey'} == {
        key: value for key, value in there.items() if key != 'sharedKey'
    }


def test_tunnel_comes_up_when_both_halves_fit():
    client = Client()
    make_site(client, 1)
    make_site(client, 2)
    client.put(THERE, connection(GATEWAY, FAR, **KEY))
    client.put(BACK, connection(FAR, GATEWAY, **KEY))
    assert tunnel_status(client) is None
    client.clock.advance(60)
    seen = [tunnel_status(client)]
    for _ in range(10):
        client.clock.advance(10)
        seen.append(tunnel_status(client))
    assert list(dict.fromkeys(seen)) == ['Unknown', 'Connecting', 'Connected']
    assert tunnel_status(client, 'back') == 'Connected'
    listed = client.get(network_path('connections', 'x').rpartition('/')[0]).body['value']
    assert all('connectionStatus' not in one['properties'] for one in listed)


def test_one_half_alone_does_not_connect():
    client = make_pair(Client())
    client.clock.advance(3600)
    assert tunnel_status(client) == 'Connected'
    client.finish(client.send('DELETE', BACK))
    client.clock.advance(3600)
    assert client.get(BACK).status == 404 and tunnel_status(client) == 'NotConnected'


@pytest.mark.parametrize('location_only', [False, True])
def test_connection_reset_drops_the_tunnel_for_a_while(location_only):
    client = make_pair(Client(Settings(connection_reset_location_only=location_only)))
    client.clock.advance(3600)
    answer = client.send('POST', THERE + '/resetconnection')
    assert ('Azure-AsyncOperation' not in answer.headers) is location_only and 'Location' in answer.headers
    assert client.get(THERE).body['properties']['provisioningState'] == 'Updating'
    assert client.finish(answer).status == 200 and tunnel_status(client) == 'Unknown'
    client.clock.advance(3600)
    assert tunnel_status(client) == 'Connected'


def test_gateway_reset_drops_the_tunnel_for_a_while():
    client = make_pair(Client())
    client.clock.advance(3600)
    answer = client.send('POST', GATEWAY + '/reset')
    assert client.finish(answer).body == {'status': 'Succeeded', 'properties': {}}
    assert tunnel_status(client) != 'Connected'
    client.clock.advance(3600)
    assert tunnel_status(client) == 'Connected'


def test_bgp_peers_and_routes():
    client = Client()
    for number in (1, 2):
        make_site(client, number, enableBgp=True, bgpSettings={'asn': 65000 + number})
    client.make(THERE, connection(GATEWAY, FAR, enableBgp=True, **KEY))
    client.make(BACK, connection(FAR, GATEWAY, enableBgp=True, **KEY))
    client.clock.advance(3600)

    def ask(action):
        answer = client.send('POST', f'{GATEWAY}/{action}')
        assert answer.status == 202 and answer.body is None and 'Azure-AsyncOperation' not in answer.headers
        return client.finish(answer).body

    peers = ask('getBgpPeerStatus')['value']
    assert [(peer['neighbor'], peer['asn'], peer['state']) for peer in peers] == [('10.2.255.30', 65002, 'Connected')]
    assert ('10.2.0.0/16', '65002') in [
        (route['network'], route['asPath']) for route in ask('getLearnedRoutes')['value']
    ]
    assert ask('getAdvertisedRoutes?peer=10.2.255.30')['value'][0]['network'] == '10.1.0.0/16'
    assert ask('getAdvertisedRoutes?peer=20.0.0.1') == {'value': []}


def test_ike_associations_are_json_in_a_string():
    client = make_pair(Client())
    client.clock.advance(3600)
    found = json.loads(client.finish(client.send('POST', THERE + '/getikesas')).body)['IkeSAs']
    assert len(found) == 1 and found[0]['InitiatorCookie'] > 2**32


def test_the_tunnel_is_up_before_its_status_says_so():
    client = make_pair(Client(Settings(status_unknown_for=600)))
    [association] = json.loads(client.finish(client.send('POST', THERE + '/getikesas')).body)['IkeSAs']
    assert tunnel_status(client) == 'Unknown' and association['ElapsedTimeInseconds'] > 0
    client.finish(client.send('DELETE', BACK))
    client.clock.advance(60)
    assert json.loads(client.finish(client.send('POST', THERE + '/getikesas')).body) == {'IkeSAs': []}


def make_sites(client, count=3):
    """That many sites with gateways."""
    for number in range(1, count + 1):
        make_site(client, number)


@pytest.mark.parametrize('locked', [False, True])
@pytest.mark.parametrize(
    'method, name, ends',
    [('PUT', BACK, (FAR, GATEWAY)), ('PUT', OTHER, (FAR, THIRD)), ('DELETE', network_path('connections', 'third'), ())],
)
def test_the_far_gateway_is_locked_where_the_settings_say_so(locked, method, name, ends):
    client = Client(Settings(far_gateway_locked=locked))
    make_sites(client)
    client.make(network_path('connections', 'third'), connection(FAR, THIRD, **KEY))
    if ends == (FAR, THIRD):
        client.finish(client.send('DELETE', network_path('connections', 'third')))
    first = client.put(THERE, connection(GATEWAY, FAR, **KEY))
    answer = client.send(method, name, connection(*ends, **KEY) if ends else None)
    if not locked:
        assert answer.status in (201, 202)
        return
    assert (answer.status, answer.body['error']['code']) == (409, 'AnotherOperationInProgress')
    assert first.headers['x-ms-request-id'] in answer.body['error']['message']
    client.finish(first)
    assert client.send(method, name, connection(*ends, **KEY) if ends else None).status in (201, 202)


@pytest.mark.parametrize('too_many', [False, True])
def test_writes_at_one_gateway_collide(too_many):
    client = Client(Settings(colliding_connections_answer_429=too_many))
    make_sites(client)
    first = client.put(THERE, connection(GATEWAY, FAR, **KEY))
    answer = client.put(OTHER, connection(GATEWAY, THIRD, **KEY))
    text = answer.body['error']['details'][0]['message'] if too_many else answer.body['error']['message']
    assert (answer.status, answer.body['error']['code']) == (
        (429, 'RetryableError') if too_many else (409, 'AnotherOperationInProgress')
    )
    assert first.headers['x-ms-request-id'] in text and ('12 seconds' in text) is too_many
    client.finish(first)
    assert client.put(OTHER, connection(GATEWAY, THIRD, **KEY)).status == 201


@pytest.mark.parametrize('locked, near, far', [(False, 429, 202), (True, 429, 429)])
def test_a_deletion_waits_for_a_busy_gateway(locked, near, far):
    client = make_pair(Client(Settings(far_gateway_locked=locked)))
    running = client.put(GATEWAY, {**client.read(GATEWAY), 'tags': {'a': 'b'}})
    assert [client.send('DELETE', url).status for url in (THERE, BACK)] == [near, far]
    refused = client.send('DELETE', THERE).body['error']['details'][0]
    assert refused['code'] == 'ReferencedResourceNotProvisioned' and GATEWAY in refused['message']
    client.finish(running)
    assert client.send('DELETE', THERE).status == 202


def test_a_gateway_update_drops_the_tunnel_for_a_while():
    client = make_pair(Client())
    client.clock.advance(3600)
    assert tunnel_status(client) == 'Connected'
    answer = client.put(GATEWAY, {**client.read(GATEWAY), 'tags': {'a': 'b'}})
    seen = [tunnel_status(client, 'back')]
    client.finish(answer)
    for _ in range(10):
        seen.append(tunnel_status(client, 'back'))
        client.clock.advance(15)
    assert list(dict.fromkeys(seen)) == ['Unknown', 'Connecting', 'Connected']


@pytest.mark.parametrize('doubled, count', [((), 1), ((1,), 2), ((1, 2), 4)])
def test_each_pair_of_addresses_is_a_tunnel(doubled, count):
    client = Client()
    for number in (1, 2):
        make_site(client, number, with_gateway=False)
        addresses = [network_path('publicIPAddresses', f'ip{number}')]
        if number in doubled:
            addresses.append(network_path('publicIPAddresses', f'second{number}'))
            client.make(addresses[1], public_ip(zones=ZONES))
        subnet = network_path('virtualNetworks', f'vnet{number}') + '/subnets/GatewaySubnet'
        client.make(
            network_path('virtualNetworkGateways', f'gw{number}'),
            gateway(subnet, addresses, activeActive=number in doubled),
        )
    for url, ends in ((THERE, (GATEWAY, FAR)), (BACK, (FAR, GATEWAY))):
        client.make(url, connection(*ends, **KEY))
    assert 'tunnelConnectionStatus' not in client.get(THERE).body['properties']
    client.clock.advance(3600)
    properties = client.get(THERE).body['properties']
    tunnels = properties['tunnelConnectionStatus']
    assert len({tunnel['tunnel'] for tunnel in tunnels}) == len(tunnels) == count
    assert {tunnel['connectionStatus'] for tunnel in tunnels} == {'Connected'}
    carried = sum(tunnel['ingressBytesTransferred'] for tunnel in tunnels)
    assert 0 <= properties['ingressBytesTransferred'] - carried < count


@pytest.mark.parametrize(
    'flags, asns', [((True, False), (65001, 65002)), ((False, False), (65001, 65002)), ((True, True), (65001, 65001))]
)
def test_no_bgp_without_both_flags_and_two_asns(flags, asns):
    """The tunnel is up all the same; ASNs become equal only by a later change of a gateway."""
    client = Client()
    for number in (1, 2):
        make_site(client, number, enableBgp=True, bgpSettings={'asn': 65000 + number})
    for url, ends, flag in ((THERE, (GATEWAY, FAR), flags[0]), (BACK, (FAR, GATEWAY), flags[1])):
        client.make(url, connection(*ends, enableBgp=flag, **KEY))
    if asns[0] == asns[1]:
        body = client.read(FAR)
        body['properties']['bgpSettings']['asn'] = asns[1]
        client.make(FAR, body)
    client.clock.advance(3600)
    assert tunnel_status(client) == 'Connected'
    peers = client.finish(client.send('POST', GATEWAY + '/getBgpPeerStatus')).body['value']
    assert [peer['state'] for peer in peers] == ['Connecting'] * flags[0]
    routes = client.finish(client.send('POST', GATEWAY + '/getLearnedRoutes')).body['value']
    assert {route['origin'] for route in routes} == {'Network'}
