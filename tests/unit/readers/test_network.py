"""Networks read whole, in a scope or from a VNet on."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.readers.network import read_network
from tests.armsim import DEFAULTS
from tests.armsim.client import group_path, network_path, vnet
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    ACCOUNTS,
    BACK,
    GROUP,
    GW1,
    GW2,
    GW3,
    QUICK,
    THERE,
    VNET1,
    VNET3,
    connected,
    join,
    join_across,
    refusal,
    remove,
)


def chain():
    """vnet1, vnet2 and vnet3 in a row, and vnet4 with vnet5 apart."""
    azure = connected(LocalAzure(QUICK))
    for number in (3, 4, 5):
        azure.make_site(number)
    join(azure, 2, 3)
    join(azure, 4, 5)
    return azure


def read(azure, scope):
    return azure.run(read_network(azure.arm(), ACCOUNTS, scope))


def vnets(pairs):
    return [[end.vnet.id.name for end in pair.ends] for pair in pairs]


@pytest.mark.parametrize('start', [VNET1, VNET3])
def test_all_that_a_vnet_leads_to_is_read_over_many_gateways(start):
    assert vnets(read(chain(), start)) == [['vnet2', 'vnet3'], ['vnet2', 'vnet1']]


@pytest.mark.parametrize('scope', [GROUP, DEFAULTS.subscription_1, None])
def test_a_scope_has_all_its_pairs_with_their_vnets(scope):
    assert vnets(read(chain(), scope)) == [['vnet2', 'vnet3'], ['vnet4', 'vnet5'], ['vnet2', 'vnet1']]


def test_a_vnet_that_pairs_share_is_read_once():
    azure = chain()
    read(azure, GROUP)
    assert azure.sent.count('GET virtualNetworks/vnet2 200') == 1


def test_a_vnet_that_does_not_exist_is_refused():
    azure = LocalAzure()
    assert refusal(azure, read_network(azure.arm(), ACCOUNTS, VNET1)) == ['vnet-missing']


@pytest.mark.parametrize('subnets', [{}, {'GatewaySubnet': '10.1.255.0/27'}])
def test_a_vnet_without_a_gateway_is_refused(subnets):
    azure = LocalAzure()
    azure.client.make(group_path(), {'location': 'eastus'})
    azure.client.make(network_path('virtualNetworks', 'vnet1'), vnet(subnets=subnets))
    assert refusal(azure, read_network(azure.arm(), ACCOUNTS, VNET1)) == ['gateway-missing']


def test_what_may_not_be_read_is_left_out_of_the_details():
    azure = chain()
    for name in ('virtualNetworks/vnet3', 'virtualNetworkGateways/gw1'):
        azure.fail(f'GET */{name}', 'status', every=True, status=403)
    pairs = read(azure, GROUP)
    assert [[end.vnet is None for end in pair.ends] for pair in pairs] == [[False, True], [False, False], [False, True]]
    assert (pairs[0].end2.gateway.id, pairs[2].end2.gateway) == (GW3, None)


def test_a_gateway_that_resource_graph_knows_is_kept_where_it_cannot_be_read():
    azure = chain()
    azure.fail('GET */virtualNetworkGateways/gw1', 'status', every=True, status=500)
    assert read(azure, None)[2].end2.gateway.id == GW1


def test_a_gateway_that_shows_what_leads_to_it_leads_on_to_where_that_starts():
    azure = chain()
    azure.simulator.fabric.settings = replace(QUICK, far_gateway_lists_connections=True)
    azure.client.finish(azure.client.send('DELETE', str(THERE)))
    assert vnets(read(azure, VNET1)) == [['vnet2', 'vnet3'], ['vnet2', 'vnet1']]


def test_a_gateway_that_does_not_exist_any_more_is_not_read_again():
    azure = connected(LocalAzure(QUICK))
    remove(azure, BACK)
    remove(azure, GW2)
    [pair] = read(azure, GROUP)
    assert pair.end2.gateway_missing and pair.end2.vnet is None
    assert azure.sent.count('GET virtualNetworkGateways/gw2 404') == 1


def test_a_network_goes_on_in_another_tenant():
    azure = LocalAzure(QUICK)
    join_across(azure)
    assert vnets(read(azure, VNET1)) == [['vnet1', 'vnet2']]
