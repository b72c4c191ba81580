"""What both halves agree on: mirrored, compared, and laid over what is there."""

from azext_vnet2vnet.arm.from_json import connection_from_arm
from azext_vnet2vnet.arm.to_json import change, to_arm, with_key
from azext_vnet2vnet.network.desired import Connection, GatewayChange
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import IpsecPolicy, TrafficSelector, Tunnel
from tests.unit import samples

POLICY = IpsecPolicy('AES256', 'SHA256', 'DHGroup14', 'GCMAES256', 'GCMAES256', 'PFS14', 27000, 102400000)
TUNNEL = Tunnel(True, (POLICY,), 45, 'InitiatorOnly', True, (TrafficSelector(('10.11.0.0/16',), ('10.41.0.0/16',)),))
HALF = samples.half(1, 4, 'eastus')


def connection(tunnel):
    return Connection(HALF.id, 'eastus', HALF.gateway, HALF.far_gateway, 'a', 'a', tunnel)


def answer(tunnel):
    """What Azure would answer for a connection with that tunnel."""
    body = to_arm(connection(tunnel))
    return {
        **body,
        'id': str(HALF.id),
        'etag': 'W/1',
        'properties': {
            **body['properties'],
            'provisioningState': 'Succeeded',
            'routingWeight': 10,
            'somethingNew': {'kept': 1},
        },
    }


def test_mirrored_twice_is_the_same():
    assert TUNNEL.mirrored().mirrored() == TUNNEL != TUNNEL.mirrored()
    assert TUNNEL.mirrored().mode == 'ResponderOnly'
    assert TUNNEL.mirrored().selectors == (TrafficSelector(('10.41.0.0/16',), ('10.11.0.0/16',)),)
    assert Tunnel(mode='Default').mirrored() == Tunnel(mode='Default') and Tunnel().mirrored() == Tunnel()


def test_what_is_written_is_read_back():
    assert connection_from_arm(answer(TUNNEL)).tunnel == TUNNEL


def test_only_what_was_asked_for_is_compared():
    present = connection_from_arm(answer(TUNNEL)).tunnel
    assert Tunnel().differences(present) == () == TUNNEL.differences(present)
    assert Tunnel(dpd_timeout=30, enable_bgp=False).differences(present) == ('enable_bgp', 'dpd_timeout')


def test_modes_are_written_only_where_no_tunnel_could_form():
    near, far = Tunnel(mode='InitiatorOnly', dpd_timeout=45), Tunnel(mode='Default', dpd_timeout=30)
    assert near.fields_to_write(far.mirrored()) == Tunnel(dpd_timeout=45)
    assert near.is_deadlocked_with(near) and near.fields_to_write(near.mirrored()) == Tunnel(mode='InitiatorOnly')
    assert not near.is_deadlocked_with(far) and not far.is_deadlocked_with(far)


def test_a_change_lays_what_was_asked_for_over_what_is_there():
    body = answer(TUNNEL)
    changed = change(connection(Tunnel(dpd_timeout=30)), body)
    assert changed == {**body, 'properties': {**body['properties'], 'dpdTimeoutSeconds': 30}}
    assert change(connection(Tunnel()), body) == body


def test_a_key_is_put_in_at_the_last_moment():
    body = with_key(answer(TUNNEL), SharedKey('secret_0123'))
    assert body['properties']['sharedKey'] == 'secret_0123'
    assert body['properties']['virtualNetworkGateway1'] == {'id': str(HALF.gateway), 'properties': {}}
    assert 'sharedKey' not in to_arm(connection(TUNNEL))['properties']


def test_a_change_of_a_gateway_keeps_what_it_does_not_name():
    configuration = {
        'name': 'vnetGatewayConfig1',
        'id': 'x',
        'properties': {'subnet': {'id': 'the-subnet'}, 'publicIPAddress': {'id': '/the/first'}},
    }
    body = {
        'id': 'g',
        'tags': {'a': 'b'},
        'properties': {
            'enableBgp': False,
            'activeActive': False,
            'ipConfigurations': [configuration],
            'natRules': [{'name': 'n'}],
            'bgpSettings': {'asn': 65515, 'peerWeight': 3},
            'vpnClientConfiguration': {'kept': True},
            'unknown': [1],
        },
    }
    gateway = samples.gateway(1, 'eastus')
    changed = change(GatewayChange(gateway.id, True, 65010, (gateway.public_ip_ids[0],)), body)
    properties = changed['properties']
    assert changed['tags'] == {'a': 'b'} and properties['natRules'] == [{'name': 'n'}] and properties['unknown'] == [1]
    assert properties['bgpSettings'] == {'asn': 65010, 'peerWeight': 3} and properties['enableBgp'] is True
    assert properties['ipConfigurations'][0] == configuration and properties['activeActive'] is True
    added = properties['ipConfigurations'][1]
    assert added['name'] == 'vnetGatewayConfig2' and added['properties']['subnet'] == {'id': 'the-subnet'}
    assert added['properties']['publicIPAddress'] == {'id': str(gateway.public_ip_ids[0])}
