"""What is read between the ends of desired pairs: halves, keys, and the networks of others."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.network.observed import Neighbour
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.readers.site import observe_pair, observe_pairs
from tests.armsim.network import connection_bodies
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    BACK,
    GW1,
    GW2,
    QUICK,
    THERE,
    VNET1,
    VNET2,
    connected,
    copy_connection,
    end,
    join,
    pair,
    record,
    remove,
    resource,
    seed,
)

KEY = SharedKey('Sim.Key.1')


def observe(azure, desired=None):
    return azure.run(observe_pair(azure.arm(), desired or pair()))


def test_halves_are_found_by_their_gateways_whatever_their_names():
    azure = connected(LocalAzure(QUICK))
    seen = observe(azure, pair(name='x', peer_name='y'))
    assert [(one.half.id, one.half.status, one.surroundings.namesake) for one in seen.ends] == [
        (THERE, 'Connected', None),
        (BACK, 'Connected', None),
    ]


def test_of_two_halves_the_named_one_counts():
    azure = connected(LocalAzure(QUICK))
    other = copy_connection(azure, 'there', 'another')
    assert observe(azure, pair(name='THERE')).end1.half.id == THERE
    assert observe(azure, pair(name='x')).end1.half.id == other, 'the first by its id'


def test_a_connection_of_the_name_that_leads_elsewhere_is_a_namesake():
    azure = connected(LocalAzure(QUICK))
    azure.make_site(3)
    seen = observe(azure, pair(end2=end(3), name='there', peer_name='z'))
    assert (seen.end1.half, seen.end1.surroundings.namesake.id, seen.end2.surroundings.namesake) == (None, THERE, None)


def test_a_half_that_its_gateway_does_not_list_yet_is_found_in_its_group():
    azure = connected(LocalAzure(QUICK))
    remove(azure, GW1)
    seen = observe(azure)
    assert (seen.end1.gateway, seen.end1.half.id, seen.end1.surroundings.namesake) == (None, THERE, None)


def test_the_list_of_a_group_is_read_once_for_both_ends():
    azure = LocalAzure(QUICK)
    for number in (1, 2):
        azure.make_site(number)
    observe(azure)
    assert azure.sent.count('GET Microsoft.Network/connections 200') == 1


def test_connections_that_start_at_the_far_gateway_are_not_its_own():
    azure = connected(LocalAzure(replace(QUICK, far_gateway_lists_connections=True)))
    assert [[one.id for one in each.connections] for each in observe(azure).ends] == [[THERE], [BACK]]


def test_keys_are_not_read_of_a_pair_that_is_connected():
    azure = connected(LocalAzure(QUICK))
    assert [one.key for one in observe(azure).ends] == [None, None]
    assert not any('sharedkey' in entry for entry in azure.sent)


def test_keys_are_read_of_a_pair_that_is_not_connected():
    azure = LocalAzure(QUICK)
    azure.make_pair()
    assert [one.key for one in observe(azure).ends] == [KEY, KEY]


def test_the_key_of_a_lone_half_is_not_read():
    azure = LocalAzure(QUICK)
    azure.make_pair()
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    seen = observe(azure)
    assert (seen.end1.half.id, seen.end1.key) == (THERE, None) and 'GET there/sharedkey 200' not in azure.sent


def test_keys_are_read_where_one_is_given():
    azure = connected(LocalAzure(QUICK))
    assert [one.key for one in observe(azure, pair(key=SharedKey('x'))).ends] == [KEY, KEY]


def test_a_key_that_may_not_be_read_is_said_to_be_unreadable():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET */there/sharedkey', 'status', every=True, status=403)
    seen = observe(azure, pair(key=SharedKey('x')))
    assert [(one.key, one.key_unreadable) for one in seen.ends] == [(None, True), (KEY, False)]


def test_the_key_of_a_half_that_azure_is_at_work_on_is_not_read():
    azure = connected(LocalAzure(QUICK))
    record(azure, 'connections', 'there')['state'] = 'Updating'
    seen = observe(azure, pair(key=SharedKey('x')))
    assert [(one.key, one.key_unreadable) for one in seen.ends] == [(None, False), (KEY, False)]


def with_a_neighbour():
    """A pair to create, and another one between its gateway and a third VNet."""
    azure = LocalAzure(QUICK)
    for number in (1, 2, 3):
        azure.make_site(number)
    join(azure, 1, 3)
    return azure


def test_the_address_space_behind_another_connection_is_read_where_a_half_is_to_be_created():
    azure = with_a_neighbour()
    seen = observe(azure)
    assert seen.end1.surroundings.neighbours == (Neighbour(THERE.sibling(THERE.type, '1to3'), ('10.3.0.0/16',)),)
    assert seen.end2.surroundings.neighbours == ()


def test_neighbours_are_not_read_where_both_halves_exist():
    azure = with_a_neighbour()
    join(azure, 1, 2)
    assert observe(azure).end1.surroundings.neighbours == () and 'GET virtualNetworks/vnet3 200' not in azure.sent


def test_an_end_of_the_same_topology_is_no_neighbour():
    azure = with_a_neighbour()
    seen, _ = azure.run(observe_pairs(azure.arm(), [pair(), pair(end2=end(3))]))
    assert seen.end1.surroundings.neighbours == ()


@pytest.mark.parametrize('gone', ['*/virtualNetworks/vnet3', '*/virtualNetworkGateways/gw3'])
def test_a_neighbour_that_cannot_be_read_is_left_out(gone):
    azure = with_a_neighbour()
    azure.fail(f'GET {gone}', 'status', every=True, status=403)
    assert observe(azure).end1.surroundings.neighbours == ()


def test_the_address_space_behind_a_local_network_gateway_is_read(monkeypatch):
    azure = with_a_neighbour()
    office = resource('localNetworkGateways', 'office')
    seed(azure, office, localNetworkAddressSpace={'addressPrefixes': ['192.168.0.0/24']})
    copy_connection(azure, '1to3', 'to-office', gateway2=None)
    envelope = connection_bodies.envelope

    def with_local_gateway(found, properties, *members):
        more = {} if found['gateway2'] else {'localNetworkGateway2': {'id': str(office)}}
        return envelope(found, {**properties, **more}, *members)

    monkeypatch.setattr(connection_bodies, 'envelope', with_local_gateway)
    assert [one.prefixes for one in observe(azure).end1.surroundings.neighbours] == [
        ('10.3.0.0/16',),
        ('192.168.0.0/24',),
    ]


def test_sites_of_a_pair_are_read_side_by_side():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET *', 'slow', every=True, seconds=5)
    observe(azure)
    assert azure.time.now() == pytest.approx(20), 'VNets, gateways, connections, halves'


def test_a_foreign_end_has_no_half_here():
    azure = connected(LocalAzure(QUICK))
    seen = observe(azure, pair(end2=end(2, far_gateway=GW2)))
    assert (seen.end1.half.id, seen.end2.half, seen.end2.gateway_id) == (THERE, None, GW2)
    assert VNET2.name not in ' '.join(azure.sent) and VNET1.name in ' '.join(azure.sent)
