"""`export`: a network that exists as text, and deployments of what exists or is desired."""

import pytest

from azext_vnet2vnet.network.desired import Topology
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.readers.network import read_network
from azext_vnet2vnet.workflows.export import WRITERS, deploy_network, deploy_topology
from tests.armsim import DEFAULTS
from tests.unit.deployments import inner, names
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    ACCOUNTS,
    GROUP,
    QUICK,
    connected,
    end,
    join,
    join_across,
    pair,
    record,
    refusal,
    writes,
)

TENANTS = {account.id: account.tenant for account in ACCOUNTS}
NAMES = {account.id: account.name for account in ACCOUNTS}


def network(azure, scope=GROUP):
    return azure.run(read_network(azure.arm(), ACCOUNTS, scope))


@pytest.mark.parametrize(
    'name, texts',
    [
        ('topology', ('name: network', 'vnet: vnet1', 'pair: [')),
        ('mermaid', ('flowchart', 'vnet1', 'vnet2')),
        ('svg', ('<svg', 'vnet1', '</svg>')),
    ],
)
def test_a_network_that_exists_is_written_in_each_format(name, texts):
    text = WRITERS[name](network(connected(LocalAzure(QUICK))), NAMES)
    assert [one for one in texts if one not in text] == [] and 'Sim.Key.1' not in text


def test_the_connections_that_exist_become_a_template_that_has_keys_as_parameters():
    exported = deploy_network(network(connected(LocalAzure(QUICK))), TENANTS)
    [nested] = exported.deployment.template['resources']
    assert names(inner(nested)) == ['back', 'there'] and exported.omissions == ()
    assert [one.name for one in exported.deployment.parameters] == ['key1']


def test_a_pair_that_a_template_does_not_carry_whole_is_left_out_with_the_reason():
    azure = connected(LocalAzure(QUICK))
    azure.make_site(3)
    join(azure, 1, 3)
    record(azure, 'connections', '1to3')['properties']['useLocalAzureIpAddress'] = True
    exported = deploy_network(network(azure), TENANTS)
    [omission] = exported.omissions
    assert omission.endswith('/1to3 is left out: the template would not have its useLocalAzureIpAddress')
    assert [name for one in exported.deployment.template['resources'] for name in names(inner(one))] == [
        'back',
        'there',
    ]


def test_a_template_of_pairs_that_are_all_left_out_is_refused():
    azure = LocalAzure(QUICK)
    join_across(azure)
    pairs = network(azure, DEFAULTS.subscription_1)
    with pytest.raises(Refused, match='is left out: a deployment does not write across tenants') as caught:
        deploy_network(pairs, TENANTS)
    assert [one.code for one in caught.value.diagnostics] == ['template-empty']


def topology(**changes):
    ends = [end(1), end(2)]
    return Topology('net', {'a': ends[0], 'b': ends[1]}, (pair(end1=ends[0], end2=ends[1], **changes),))


def test_a_topology_becomes_the_deployment_of_its_gateways_and_connections():
    azure = LocalAzure(QUICK)
    exported = azure.run(deploy_topology(azure.arm(), topology()))
    made = [name for one in exported.deployment.template['resources'] for name in names(inner(one))]
    assert sorted(made) == ['back', 'gw1', 'gw2', 'there'] and writes(azure) == []
    assert sorted(step.id.name for step in exported.required) == ['ip1', 'ip2', 'rg', 'vnet1', 'vnet2']
    assert exported.left == ()


def test_a_network_that_azure_is_at_work_on_is_not_required_to_be_created():
    azure = LocalAzure(QUICK)
    azure.make_site(1, with_gateway=False)
    record(azure, 'virtualNetworks', 'vnet1')['state'] = 'Updating'
    exported = azure.run(deploy_topology(azure.arm(), topology()))
    assert sorted(step.id.name for step in exported.required) == ['ip2', 'vnet2']


def test_what_a_deployment_of_a_topology_leaves_undone_is_named():
    azure = connected(LocalAzure(QUICK))
    for name in ('there', 'back'):
        record(azure, 'connections', name)['properties']['dpdTimeoutSeconds'] = 30
    ends = [end(1), end(2), end(3)]
    pairs = (
        pair(end1=ends[0], end2=ends[1], tunnel=Tunnel(dpd_timeout=45)),
        pair(end1=ends[0], end2=ends[2], name='to3', peer_name='from3'),
    )
    desired = Topology('net', {'a': ends[0], 'b': ends[1], 'c': ends[2]}, pairs)
    exported = azure.run(deploy_topology(azure.arm(), desired))
    assert sorted(step.id.name for step in exported.left) == ['back', 'there']


def test_a_topology_that_exists_is_no_template():
    azure = connected(LocalAzure(QUICK))
    assert refusal(azure, deploy_topology(azure.arm(), topology())) == ['template-empty']
