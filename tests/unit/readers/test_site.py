"""What is read of each end of desired pairs: no more than decides the plan."""

import pytest

from azext_vnet2vnet.arm.failures import RequestFailed
from azext_vnet2vnet.readers.site import observe_pair, observe_pairs, observe_sites
from tests.armsim.client import ZONES, group_path, public_ip
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import GW1, GW2, QUICK, add_route_table, connected, end, pair, resource


def observe(azure, desired=None):
    return azure.run(observe_pair(azure.arm(), desired or pair()))


def observe_site(azure, desired):
    return azure.run(observe_sites(azure.arm(), [desired]))[desired.vnet]


def test_where_nothing_exists_only_the_regions_are_known():
    site = observe_site(LocalAzure(), end(1))
    assert (site.surroundings.group_exists, site.vnet, site.gateway, site.gateway_id) == (False, None, None, GW1)
    assert site.surroundings.regions['eastus'].zones == tuple(ZONES)


def test_the_connections_of_a_group_that_does_not_exist_are_not_listed():
    azure = LocalAzure()
    assert observe(azure).halves == () and not any('connections' in entry for entry in azure.sent)


def test_a_group_without_the_vnet_has_a_location():
    azure = LocalAzure()
    azure.client.make(group_path(), {'location': 'westus2'})
    site = observe_site(azure, end(1))
    assert (site.surroundings.group_exists, site.surroundings.group_location, site.vnet) == (True, 'westus2', None)


def test_a_group_that_is_gone_between_two_reads_does_not_exist():
    azure = LocalAzure()
    azure.client.make(group_path(), {'location': 'westus2'})
    azure.fail('GET */resourceGroups/rg', 'status', status=404, code='ResourceGroupNotFound')
    site = observe_site(azure, end(1))
    assert not site.surroundings.group_exists and 'eastus' in site.surroundings.regions


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
    assert (site.public_ips, site.surroundings.regions) == ((), {})
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
    assert observe_site(azure, end(1)).surroundings.regions == {}


def test_of_another_administrators_end_only_the_gateway_is_read():
    azure = LocalAzure()
    site = observe_site(azure, end(2, far_gateway=GW2))
    assert (site.gateway_id, site.vnet, site.gateway_missing) == (GW2, None, True)
    assert sorted(azure.sent) == ['GET gw2/connections 404', 'GET virtualNetworkGateways/gw2 404']


def test_another_administrators_end_outside_of_the_login_is_not_read():
    azure = LocalAzure()
    site = observe_site(azure, end(2, far_gateway=GW2, tenant=''))
    assert (site.gateway_id, site.gateway_missing, azure.sent) == (GW2, False, [])


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
