"""What is read of desired pairs: no more than decides the plan."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.arm.failures import RequestFailed
from azext_vnet2vnet.network.observed import Neighbour
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.readers.site import observe_pair, observe_pairs, observe_sites
from tests.armsim.client import ZONES, group_path, public_ip
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
    add_route_table,
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


def observe_site(azure, desired):
    return azure.run(observe_sites(azure.arm(), [desired]))[desired.vnet]


def test_where_nothing_exists_only_the_regions_are_known():
    site = observe_site(LocalAzure(), end(1))
    assert (site.group_exists, site.vnet, site.gateway, site.gateway_id) == (False, None, None, GW1)
    assert site.regions['eastus'].zones == tuple(ZONES)


def test_the_connections_of_a_group_that_does_not_exist_are_not_listed():
    azure = LocalAzure()
    assert observe(azure).halves == () and not any('connections' in entry for entry in azure.sent)


def test_a_group_without_the_vnet_has_a_location():
    azure = LocalAzure()
    azure.client.make(group_path(), {'location': 'westus2'})
    site = observe_site(azure, end(1))
    assert (site.group_exists, site.group_location, site.vnet) == (True, 'westus2', None)


def test_a_group_that_is_gone_between_two_reads_does_not_exist():
    azure = LocalAzure()
    azure.client.make(group_path(), {'location': 'westus2'})
    azure.fail('GET */resourceGroups/rg', 'status', status=404, code='ResourceGroupNotFound')
    site = observe_site(azure, end(1))
    assert not site.group_exists and 'eastus' in site.regions


def test_a_subscription_that_does_not_exist_is_an_error():
    azure = LocalAzure()
    azure.fail('GET */virtualNetworks/*', 'status', every=True, status=404, code='SubscriptionNotFound')
    with pytest.raises(RequestFailed) as caught:
        observe_site(azure, end(1))
    assert caught.value.code == 'SubscriptionNotFound'


def test_another_vnets_gateway_that_has_the_name_is_no_gateway_of_the_site():
    azure = LocalAzure(QUICK)
    azure.make_site(1)
    azure.make_site(2, with_gateway=False)
    for desired in (end(2, gateway_name='gw1'), end(7, gateway_name='gw1')):
        site = observe_site(azure, desired)
        assert (site.gateway, [one.id for one in site.other_gateways]) == (None, [GW1])


def test_the_gateway_of_the_vnet_counts_whatever_its_name():
    azure = LocalAzure(QUICK)
    azure.make_site(1)
    site = observe_site(azure, end(1, gateway_name='elsewhere'))
    assert (site.gateway_id, site.gateway.id, site.other_gateways) == (GW1, GW1, ())


def test_public_ips_of_the_names_are_read_where_a_gateway_is_to_be_created():
    azure = LocalAzure()
    azure.make_site(1, with_gateway=False)
    site = observe_site(azure, end(1, public_ip_names=('ip1', 'ip9')))
    assert [(one.id.name, one.zones) for one in site.public_ips] == [('ip1', tuple(ZONES))]
    assert 'GET publicIPAddresses/ip9 404' in azure.sent


def test_public_ips_and_regions_are_not_read_where_a_gateway_exists():
    azure = LocalAzure(QUICK)
    azure.make_site(1)
    site = observe_site(azure, end(1))
    assert (site.public_ips, site.regions) == ((), {})
    assert sorted(azure.sent) == [
        'GET gw1/connections 200',
        'GET virtualNetworkGateways/gw1 200',
        'GET virtualNetworks/vnet1 200',
    ]


def test_a_second_public_ip_is_read_where_a_gateway_is_to_become_active_active():
    azure = LocalAzure(QUICK)
    azure.make_site(1)
    azure.client.make(str(resource('publicIPAddresses', 'ip1b')), public_ip(zones=ZONES))
    site = observe_site(azure, end(1, public_ip_names=('ip1', 'ip1b'), active_active=True))
    assert [one.id.name for one in site.public_ips] == ['ip1b']


def test_regions_that_may_not_be_read_are_unknown():
    azure = LocalAzure()
    azure.fail('GET */locations', 'status', every=True, status=403)
    assert observe_site(azure, end(1)).regions == {}


def test_another_administrators_end_is_not_read():
    azure = LocalAzure()
    site = observe_site(azure, end(2, far_gateway=GW2))
    assert (site.gateway_id, site.vnet, azure.sent) == (GW2, None, [])


def test_the_route_table_of_the_gateway_subnet_is_read():
    azure = LocalAzure(QUICK)
    azure.make_site(1)
    add_route_table(azure, 1)
    assert observe_site(azure, end(1)).route_table.is_propagation_off


def test_an_end_that_pairs_share_is_read_once():
    azure = connected(LocalAzure(QUICK))
    azure.make_site(3)
    both = azure.run(observe_pairs(azure.arm(), [pair(), pair(end2=end(3))]))
    assert [[one.vnet_id.name for one in each.ends] for each in both] == [['vnet1', 'vnet2'], ['vnet1', 'vnet3']]
    assert azure.sent.count('GET virtualNetworks/vnet1 200') == azure.sent.count('GET gw1/connections 200') == 1


def test_halves_are_found_by_their_gateways_whatever_their_names():
    azure = connected(LocalAzure(QUICK))
    seen = observe(azure, pair(name='x', peer_name='y'))
    assert [(one.half.id, one.half.status, one.namesake) for one in seen.ends] == [
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
    assert (seen.end1.half, seen.end1.namesake.id, seen.end2.namesake) == (None, THERE, None)


def test_a_half_that_its_gateway_does_not_list_yet_is_found_in_its_group():
    azure = connected(LocalAzure(QUICK))
    remove(azure, GW1)
    seen = observe(azure)
    assert (seen.end1.gateway, seen.end1.half.id, seen.end1.namesake) == (None, THERE, None)


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
    assert seen.end1.neighbours == (Neighbour(THERE.sibling(THERE.type, '1to3'), ('10.3.0.0/16',)),)
    assert seen.end2.neighbours == ()


def test_neighbours_are_not_read_where_both_halves_exist():
    azure = with_a_neighbour()
    join(azure, 1, 2)
    assert observe(azure).end1.neighbours == () and 'GET virtualNetworks/vnet3 200' not in azure.sent


def test_an_end_of_the_same_topology_is_no_neighbour():
    azure = with_a_neighbour()
    seen, _ = azure.run(observe_pairs(azure.arm(), [pair(), pair(end2=end(3))]))
    assert seen.end1.neighbours == ()


@pytest.mark.parametrize('gone', ['*/virtualNetworks/vnet3', '*/virtualNetworkGateways/gw3'])
def test_a_neighbour_that_cannot_be_read_is_left_out(gone):
    azure = with_a_neighbour()
    azure.fail(f'GET {gone}', 'status', every=True, status=403)
    assert observe(azure).end1.neighbours == ()


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
    assert [one.prefixes for one in observe(azure).end1.neighbours] == [('10.3.0.0/16',), ('192.168.0.0/24',)]


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
