"""What `verify` judges by: keys, routes, connections, and what gateways report."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.arm.failures import RequestFailed
from azext_vnet2vnet.network.pair import UnavailableReport
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.readers.diagnostics import examine, with_connections, with_keys
from azext_vnet2vnet.readers.pair import find_pair
from tests.armsim import Settings
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    ACCOUNTS,
    BACK,
    GW1,
    GW2,
    QUICK,
    THERE,
    add_route_table,
    connected,
    join,
    record,
)

KEY = SharedKey('Sim.Key.1')
IKE = '*/connections/there/getikesas'
BGP = '*/virtualNetworkGateways/gw1/getbgppeerstatus'


def with_bgp(settings=QUICK):
    """A connected pair of gateways that speak BGP."""
    azure = LocalAzure(settings)
    for number in (1, 2):
        azure.make_site(number, enableBgp=True, bgpSettings={'asn': 65000 + number})
    join(azure, 1, 2, enableBgp=True)
    return azure


def found(azure, half=THERE):
    return azure.run(find_pair(azure.arm(), ACCOUNTS, half))


def examined(azure, half=THERE, timeout=7200):
    pair = found(azure, half)
    return azure.run(examine(azure.arm(timeout), pair))


def test_a_connected_pair_is_examined_with_keys_and_security_associations():
    pair = examined(connected(LocalAzure(QUICK)))
    assert [end.key for end in pair.ends] == [KEY, KEY]
    [near], [far] = (end.reports.associations for end in pair.ends)
    assert (near.local, near.remote) == (far.remote, far.local)
    assert [(end.reports.peers, end.reports.unavailable, end.key_unreadable) for end in pair.ends] == [
        (None, (), False)
    ] * 2


def test_bgp_peers_are_read_where_the_half_and_the_gateway_speak_bgp():
    azure = with_bgp()
    azure.client.clock.advance(600)
    pair = examined(azure, THERE.sibling(THERE.type, '1to2'))
    assert [[(peer.asn, peer.state) for peer in end.reports.peers] for end in pair.ends] == [
        [(65002, 'Connected')],
        [(65001, 'Connected')],
    ]


def test_a_gateway_that_speaks_no_bgp_is_not_asked_for_peers():
    azure = connected(LocalAzure(QUICK))
    examined(azure)
    assert not any('getBgpPeerStatus' in entry for entry in azure.sent)


def test_a_half_that_speaks_no_bgp_has_no_peers_to_ask_for():
    azure = with_bgp()
    half = THERE.sibling(THERE.type, '1to2')
    record(azure, 'connections', '1to2')['properties']['enableBgp'] = False
    assert [end.reports.peers is None for end in examined(azure, half).ends] == [True, False]


def test_a_gateway_that_azure_is_at_work_on_is_not_asked():
    azure = connected(LocalAzure(QUICK))
    record(azure, 'virtualNetworkGateways', 'gw1')['state'] = 'Updating'
    assert [end.reports.associations is None for end in examined(azure).ends] == [True, False]


def test_a_half_that_azure_is_at_work_on_is_not_asked():
    azure = connected(LocalAzure(QUICK))
    record(azure, 'connections', 'there')['state'] = 'Updating'
    pair = examined(azure)
    assert (pair.end1.key, pair.end1.key_unreadable, pair.end1.reports.associations) == (None, False, None)
    assert pair.end2.reports.associations and pair.end2.key == KEY


def test_the_key_of_a_failed_half_is_read_but_its_gateway_is_not_asked():
    azure = connected(LocalAzure(QUICK))
    record(azure, 'connections', 'there')['state'] = 'Failed'
    pair = examined(azure)
    assert (pair.end1.key, pair.end1.reports.associations) == (KEY, None)


def test_a_report_that_is_refused_names_the_right():
    azure = connected(LocalAzure(QUICK))
    azure.fail(f'POST {IKE}', 'status', every=True, status=403, code='AuthorizationFailed')
    pair = examined(azure)
    assert pair.end1.reports.associations is None and pair.end1.reports.unavailable == (
        UnavailableReport(THERE, 'IKE security associations', 'Microsoft.Network/connections/getikesas/action'),
    )
    assert pair.end2.reports.associations and pair.end2.reports.unavailable == ()


@pytest.mark.parametrize('fault', [{'do': 'status', 'status': 500}, {'do': 'expired-token'}, {'do': 'reset-before'}])
def test_a_report_that_fails_names_no_right(fault):
    azure = connected(LocalAzure(QUICK))
    azure.fail(f'POST {IKE}', every=True, **fault)
    assert examined(azure).end1.reports.unavailable == (UnavailableReport(THERE, 'IKE security associations'),)


def test_a_report_that_takes_too_long_is_not_waited_for():
    azure = connected(LocalAzure(Settings(durations={'query': 500})))
    before = azure.time.now()
    pair = examined(azure)
    assert [end.reports.unavailable[0].action for end in pair.ends] == ['', '']
    assert azure.time.now() - before == pytest.approx(120)


def test_a_report_that_outlasts_the_deadline_is_not_waited_for():
    azure = connected(LocalAzure(Settings(durations={'query': 100})))
    assert len(examined(azure, timeout=15).end1.reports.unavailable) == 1


def test_a_report_that_azure_lost_is_unavailable():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET */operationResults/*', 'status', every=True, status=404, code='NotFound')
    assert [end.reports.associations for end in examined(azure).ends] == [None, None]


def test_peers_that_are_refused_stand_beside_the_associations():
    azure = with_bgp()
    azure.fail(f'POST {BGP}', 'status', every=True, status=403, code='AuthorizationFailed')
    pair = examined(azure, THERE.sibling(THERE.type, '1to2'))
    assert pair.end1.reports.associations is not None and pair.end1.reports.unavailable == (
        UnavailableReport(GW1, 'BGP peers', 'Microsoft.Network/virtualNetworkGateways/getbgppeerstatus/action'),
    )


def test_a_key_that_may_not_be_read_is_said_to_be_unreadable():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET */there/sharedkey', 'status', every=True, status=403)
    pair = examined(azure)
    assert [(end.key, end.key_unreadable) for end in pair.ends] == [(None, True), (KEY, False)]


def test_the_route_table_of_the_gateway_subnet_is_read():
    azure = connected(LocalAzure(QUICK))
    add_route_table(azure, 2)
    pair = examined(azure)
    assert (pair.end1.route_table, pair.end2.route_table.has_default_route) == (None, True)


def test_connections_that_may_not_be_listed_are_left_out():
    azure = connected(LocalAzure(QUICK))
    pair = found(azure)
    azure.fail('GET */gw1/connections', 'status', every=True, status=403)
    assert azure.run(examine(azure.arm(), pair)).end1.connections == ()


def test_a_list_of_connections_that_azure_fails_at_is_an_error():
    azure = connected(LocalAzure(QUICK))
    pair = found(azure)
    azure.fail('GET */gw1/connections', 'status', every=True, status=500)
    with pytest.raises(RequestFailed):
        azure.run(examine(azure.arm(), pair))


def test_keys_alone_are_read_where_halves_exist():
    azure = connected(LocalAzure(QUICK))
    pair = found(azure)
    lone = replace(pair, end2=replace(pair.end2, half=None))
    assert [end.key for end in azure.run(with_keys(azure.arm(), lone)).ends] == [KEY, None]


def test_the_connections_of_both_gateways_are_read_unless_they_are_known():
    azure = connected(LocalAzure(QUICK))
    pair = found(azure)
    azure.simulator.journal.clear()
    both = azure.run(with_connections(azure.arm(), pair))
    assert [[one.id for one in end.connections] for end in both.ends] == [[THERE], [BACK]]
    assert azure.sent == [f'GET {GW1.name}/connections 200'], f'those of {GW2.name} came with the pair'


def test_the_public_ip_of_a_gateway_of_a_retired_sku_is_read():
    azure = connected(LocalAzure(QUICK))
    record(azure, 'virtualNetworkGateways', 'gw1')['properties']['sku'] = {'name': 'VpnGw2', 'tier': 'VpnGw2'}
    record(azure, 'publicIPAddresses', 'ip1')['sku']['name'] = 'Basic'
    near, far = examined(azure).ends
    assert [public_ip.sku for public_ip in near.public_ips] == ['Basic'] and far.public_ips == ()


def test_a_public_ip_that_may_not_be_read_is_left_out():
    azure = connected(LocalAzure(QUICK))
    record(azure, 'virtualNetworkGateways', 'gw1')['properties']['sku'] = {'name': 'VpnGw2', 'tier': 'VpnGw2'}
    azure.fail('GET */publicIPAddresses/ip1', 'status', every=True, status=403, code='AuthorizationFailed')
    assert examined(azure).end1.public_ips == ()
