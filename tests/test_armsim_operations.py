"""How the local Azure does what takes time: operations, polls, collisions, keys, going on from a stored state."""

import json
import re

import pytest

from tests.armsim import DEFAULTS, ManualClock, Settings, Simulator
from tests.armsim.client import (
    ZONES,
    Client,
    connection,
    gateway,
    group_path,
    make_pair,
    make_site,
    network_path,
    public_ip,
    tunnel_status,
    vnet,
)

GATEWAY, FAR = (network_path('virtualNetworkGateways', f'gw{number}') for number in (1, 2))
THERE = network_path('connections', 'there')
SUBNET = network_path('virtualNetworks', 'vnet1') + '/subnets/GatewaySubnet'
IP = network_path('publicIPAddresses', 'ip1')
USUAL = gateway(SUBNET, [IP])
KEY = {'sharedKey': 'Sim.Key.1'}


def started(client, **options):
    """A client whose gateway 1 has just been PUT; with the answer."""
    make_site(client, 1, with_gateway=False)
    return client.put(GATEWAY, {**USUAL, **options})


def test_put_answers_201_updating_and_names_its_operation():
    answer = started(Client())
    headers = answer.headers
    assert answer.status == 201 and answer.body['properties']['provisioningState'] == 'Updating'
    assert f'/operations/{headers["x-ms-request-id"]}?' in headers['Azure-AsyncOperation']
    assert headers['Retry-After'] == '10' and 'Location' not in headers and 'ETag' not in headers
    assert headers['azure-asyncnotification'] == 'Enabled'


def test_retry_after_climbs_the_ladder():
    client = Client(Settings(durations={'gateway-create-VpnGw2AZ': 900}))
    answer = started(client)
    url, seen = answer.headers['Azure-AsyncOperation'], [answer.headers['Retry-After']]
    while True:
        client.clock.advance(float(seen[-1]))
        poll = client.send('GET', url)
        if poll.body['status'] == 'Succeeded':
            break
        assert poll.body == {'status': 'InProgress'}
        seen.append(poll.headers['Retry-After'])
    assert (
        seen == ['10', '10', '20', '20', '40', '40', '80', '160', '100', '100', '100', '100', '100', '100'][: len(seen)]
    )
    assert len(seen) > 11 and 'Retry-After' not in poll.headers


@pytest.mark.parametrize('speed, first, later', [(1, '10', '10'), (60, '1', '0.167'), (600, '1', '0.017')])
def test_retry_after_is_scaled(speed, first, later):
    """First answers carry whole seconds, at least one; polls may carry a fraction."""
    answer = started(client := Client(Settings(speed=speed)))
    assert answer.headers['Retry-After'] == first
    assert client.send('GET', answer.headers['Azure-AsyncOperation']).headers['Retry-After'] == later


def test_poll_url_is_signed_and_must_come_back_unchanged():
    client = Client()
    url = started(client).headers['Azure-AsyncOperation']
    assert re.search(r'&t=\d{18}&c=[\w-]{2000,}&s=[\w-]{342}&h=[\w-]{43}$', url)
    assert client.send('GET', url).status == 200
    for changed in (url[:-1], url.replace('2025-01-01', '2025-07-01'), url.partition('&t=')[0]):
        assert client.send('GET', changed).body['error']['code'] == 'InvalidOperationUrl'


def test_poll_url_may_say_another_version():
    client = Client(Settings(poll_url_version='2025-07-01'))
    url = started(client).headers['Azure-AsyncOperation']
    assert '?api-version=2025-07-01&' in url and client.send('GET', url).status == 200


def test_operation_takes_its_time_whoever_looks():
    client = Client()
    started(client)
    client.clock.advance(1579)
    assert client.get(GATEWAY).body['properties']['provisioningState'] == 'Updating'
    client.clock.advance(2)
    body = client.get(GATEWAY).body['properties']
    assert body['provisioningState'] == 'Succeeded' and body['bgpSettings']['asn'] == 65515


@pytest.mark.parametrize('active, peers', [(False, ['10.1.255.30']), (True, ['10.1.255.4', '10.1.255.5'])])
def test_peer_addresses(active, peers):
    client = Client()
    make_site(client, 1, with_gateway=False)
    second = network_path('publicIPAddresses', 'second')
    client.make(second, public_ip(zones=ZONES))
    body = client.make(GATEWAY, gateway(SUBNET, [IP, second] if active else [IP], activeActive=active))
    settings = body['properties']['bgpSettings']
    assert settings['bgpPeeringAddress'] == ','.join(peers)
    assert [entry['defaultBgpIpAddresses'] for entry in settings['bgpPeeringAddresses']] == [[peer] for peer in peers]
    address = client.get(IP).body['properties']['ipAddress']
    assert settings['bgpPeeringAddresses'][0]['tunnelIpAddresses'] == [address]


def test_what_the_gateway_uses_names_it():
    client = Client()
    started(client)
    user = {'id': f'{GATEWAY}/ipConfigurations/config0'}
    assert client.get(IP).body['properties']['ipConfiguration'] == user
    assert client.get(SUBNET).body['properties']['ipConfigurations'] == [user]


def test_a_lost_put_joins_its_operation():
    """First 429 while the answer is still out (recorded), then the same operation."""
    client = Client()
    first = started(client)
    again = client.put(GATEWAY, USUAL)
    assert (again.status, again.body['error']['details'][0]['code']) == (429, 'RetryableErrorDueToAnotherOperation')
    client.clock.advance(float(again.headers['Retry-After']))
    again = client.put(GATEWAY, USUAL)
    assert again.status == 201 and again.headers['x-ms-request-id'] == first.headers['x-ms-request-id']


WRITES = {
    'another PUT': ('PUT', {**USUAL, 'tags': {'a': 'b'}}),
    'DELETE': ('DELETE', None),
    'PATCH': ('PATCH', {'tags': {}}),
}


@pytest.mark.parametrize('name', WRITES)
def test_a_busy_gateway_answers_429(name):
    client = Client()
    first = started(client)
    client.clock.advance(30)
    answer = client.send(WRITES[name][0], GATEWAY, WRITES[name][1])
    detail = answer.body['error']['details'][0]
    assert (answer.status, detail['code']) == (429, 'RetryableErrorDueToAnotherOperation')
    assert f'PutVirtualNetworkGatewayOperation ({first.headers["x-ms-request-id"]})' in detail['message']
    assert detail['message'].endswith('The call can be retried in 12 seconds.')
    assert answer.headers['Retry-After'] == '12'


def test_a_connection_waits_for_its_gateways():
    client = Client()
    make_site(client, 2)
    started(client)
    for body in (connection(GATEWAY, FAR), connection(FAR, GATEWAY)):
        answer = client.put(THERE, body)
        assert (answer.status, answer.body['error']['details'][0]['code']) == (429, 'ReferencedResourceNotProvisioned')


def test_deleting_during_a_key_change_names_the_bare_operation():
    client = make_pair(Client())
    change = client.put(THERE + '/sharedkey', {'value': 'Another1'})
    answer = client.send('DELETE', THERE)
    assert answer.status == 409 and answer.body['error']['message'].endswith(
        f'uri: {change.headers["x-ms-request-id"]}.'
    )


def test_the_key_changes_only_through_its_own_resource():
    client = make_pair(Client())
    client.make(THERE, connection(GATEWAY, FAR, sharedKey='Ignored1'))
    assert client.get(THERE + '/sharedkey').body == {'value': KEY['sharedKey']}
    change = client.put(THERE + '/sharedkey', {'value': 'Another1'})
    assert change.status == 200 and not isinstance(change.body, dict) and 'Location' not in change.headers
    assert client.get(THERE + '/sharedkey').body is None
    assert client.finish(change).body == {'status': 'Succeeded'}
    assert client.get(THERE + '/sharedkey').body == {'value': 'Another1'}
    client.clock.advance(3600)
    assert tunnel_status(client) == 'NotConnected'


def test_a_write_of_the_connection_may_set_the_key_too():
    client = make_pair(Client(settings=Settings(connection_put_sets_key=True)))
    client.make(THERE, connection(GATEWAY, FAR, sharedKey='Another1'))
    assert client.get(THERE + '/sharedkey').body == {'value': 'Another1'}
    client.make(THERE, connection(GATEWAY, FAR))
    assert client.get(THERE + '/sharedkey').body == {'value': 'Another1'}


def test_reset_gives_a_random_key():
    client = make_pair(Client())
    answer = client.send('POST', THERE + '/sharedkey/reset', {'keyLength': 64})
    assert answer.status == 202 and client.finish(answer).body == {'status': 'Succeeded', 'properties': {}}
    result = client.send('GET', answer.headers['Location'])
    assert (result.status, result.body) == (200, None)
    assert re.fullmatch('[A-Za-z0-9]{64}', client.get(THERE + '/sharedkey').body['value'])


@pytest.mark.parametrize(
    'version, shown', [('2023-09-01', True), ('2024-05-01', True), ('2024-10-01', False), ('2025-01-01', False)]
)
def test_newer_versions_do_not_show_the_key(version, shown):
    client = make_pair(Client())
    assert ('sharedKey' in client.get(THERE, version).body['properties']) is shown


def test_a_missing_far_gateway_fails_later():
    client = Client()
    make_site(client, 1)
    answer = client.put(THERE, connection(GATEWAY, FAR, **KEY))
    assert answer.status == 201
    last = client.finish(answer)
    assert last.status == 200 and last.body['error'] == {
        'code': 'InternalServerError',
        'message': 'An error occurred.',
        'details': [],
    }
    assert client.get(THERE).body['properties']['provisioningState'] == 'Failed'


def test_a_put_that_changes_nothing_can_lose_its_operation():
    client = make_pair(Client(Settings(operation_404_on_unchanged_put=True)))
    answer = client.put(THERE, connection(GATEWAY, FAR, **KEY))
    assert answer.status == 200
    assert client.send('GET', answer.headers['Azure-AsyncOperation']).status == 404
    assert client.get(THERE).body['properties']['provisioningState'] == 'Succeeded'


def test_a_finished_operation_is_not_a_settled_gateway():
    client = Client(Settings(settle_lag=300))
    assert client.finish(started(client)).body['status'] == 'Succeeded'
    assert client.get(GATEWAY).body['properties']['provisioningState'] == 'Updating'
    client.clock.advance(300)
    assert client.get(GATEWAY).body['properties']['provisioningState'] == 'Succeeded'


def test_delete_and_what_is_left():
    client = Client(Settings(released_after_gateway_delete=120))
    client.finish(started(client))
    answer = client.send('DELETE', GATEWAY)
    assert answer.status == 202 and 'Location' in answer.headers and 'Azure-AsyncOperation' in answer.headers
    assert client.get(GATEWAY).body['properties']['provisioningState'] == 'Deleting'
    assert client.finish(answer).body == {'status': 'Succeeded'}
    assert client.send('GET', answer.headers['Location']).status == 204
    assert client.get(GATEWAY).body['error']['code'] in ('NotFound', 'ResourceNotFound')
    assert client.send('DELETE', IP).body['error']['code'] == 'PublicIPAddressCannotBeDeleted'
    client.clock.advance(120)
    assert client.get(GATEWAY).body['error']['code'] == 'ResourceNotFound'
    assert client.send('DELETE', GATEWAY).status == 204
    assert client.finish(client.send('DELETE', IP)).body == {'status': 'Succeeded'}


def test_a_gateway_can_stay_in_use_after_its_connections():
    client = make_pair(Client(Settings(released_after_connection_delete=120)))
    for name in ('there', 'back'):
        client.finish(client.send('DELETE', network_path('connections', name)))
    for gateway_id in (GATEWAY, FAR):
        error = client.send('DELETE', gateway_id).body['error']
        assert error['code'] == 'VirtualNetworkGatewayCannotBeDeleted' and error['message'].endswith('/back.')
    client.clock.advance(120)
    assert [client.send('DELETE', gateway_id).status for gateway_id in (GATEWAY, FAR)] == [202, 202]


def test_the_first_404_after_a_delete_is_the_providers():
    client = Client()
    make_site(client, 1, with_gateway=False)
    client.send('DELETE', IP)
    client.clock.advance(11)
    assert client.get(IP).body['error'] == {'code': 'NotFound', 'message': f'Resource {IP} not found.', 'details': []}


def test_a_subnet_locks_its_vnet():
    client = Client()
    make_site(client, 1, with_gateway=False)
    network = network_path('virtualNetworks', 'vnet1')
    assert client.put(network + '/subnets/A', {'properties': {'addressPrefix': '10.1.1.0/24'}}).status == 201
    answer = client.put(network + '/subnets/B', {'properties': {'addressPrefix': '10.1.2.0/24'}})
    assert (answer.status, answer.body['error']['code']) == (409, 'AnotherOperationInProgress')
    assert '/operations/' in answer.body['error']['message']
    busy = client.put(GATEWAY, USUAL)
    assert (busy.status, busy.body['error']['details'][0]['code']) == (429, 'ReferencedResourceNotProvisioned')


def test_omitted_subnets_stay():
    client = Client()
    make_site(client, 1, with_gateway=False)
    body = vnet('10.1.0.0/16')
    del body['properties']['subnets']
    made = client.make(network_path('virtualNetworks', 'vnet1'), body)
    assert [subnet['name'] for subnet in made['properties']['subnets']] == ['GatewaySubnet']


def test_groups_go_with_all_that_is_in_them():
    client = Client()
    client.finish(started(client))
    answer = client.send('DELETE', group_path())
    assert answer.status == 202 and answer.headers['Retry-After'] == '15'
    assert client.finish(answer).status == 200
    assert client.get(group_path()).body['error']['code'] == 'ResourceGroupNotFound'
    assert not client.simulator.world.resources and not client.simulator.world.attachments


def test_another_simulator_goes_on_from_the_state():
    client = make_pair(Client())
    change = client.put(THERE + '/sharedkey', {'value': 'Another1'})
    state = json.loads(json.dumps(client.simulator.state()))
    after = Simulator(Settings(), ManualClock())
    after.reset(state)
    heir = Client(simulator=after)
    assert heir.clock.now() == client.clock.now()
    assert heir.finish(change).body == {'status': 'Succeeded'}
    assert heir.get(THERE + '/sharedkey').body == {'value': 'Another1'}
    assert client.get(THERE + '/sharedkey').body is None


def test_a_state_with_unknown_parts_is_refused():
    with pytest.raises(ValueError, match='colour'):
        Simulator(Settings(), ManualClock()).reset({'colour': 'red'})


def test_settings_from_text():
    settings = Settings().with_overrides(['speed=60', 'duration.gateway-update=5', 'poll_url_version=2025-07-01'])
    assert (settings.speed, settings.duration('gateway-update'), settings.poll_url_version) == (60, 5.0, '2025-07-01')
    assert [settings.duration('gateway-create', sku) for sku in ('VpnGw2AZ', 'Basic')] == [1580, 240]
    for wrong in ('colour=red', 'speed', 'duration.tea=3'):
        with pytest.raises(ValueError):
            Settings().with_overrides([wrong])


def test_the_default_world():
    client = Client()
    names = {one['displayName'] for one in client.get('/subscriptions', '2022-12-01').body['value']}
    assert names == {'Subscription 1', 'Subscription 2', 'Subscription 5'}
    other = Client(simulator=client.simulator, tenant=DEFAULTS.tenant_b)
    assert [one['displayName'] for one in other.get('/subscriptions', '2022-12-01').body['value']] == ['Subscription B']
    regions = client.get(f'/subscriptions/{DEFAULTS.subscription_1}/locations', '2022-12-01').body['value']
    assert {region['name'] for region in regions if 'availabilityZoneMappings' not in region} == {'westus'}
    provider = client.get(f'/subscriptions/{DEFAULTS.subscription_1}/providers/Microsoft.Network', '2022-09-01').body
    kinds = {kind['resourceType']: kind for kind in provider['resourceTypes']}
    assert provider['registrationState'] == 'Registered' and 'zoneMappings' in kinds['publicIPAddresses']
    assert 'zoneMappings' not in kinds['virtualNetworkGateways'] and 'zoneMappings' not in kinds['connections']
