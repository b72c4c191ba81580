"""`export`, then `apply` of what it wrote: nothing is refused and nothing is written, whatever exists."""

from random import Random

import pytest

from azext_vnet2vnet.network.diagnostic import errors
from azext_vnet2vnet.options.topology_options import read_topology
from azext_vnet2vnet.readers.network import read_network
from azext_vnet2vnet.topology_file.reader import read_topology_file
from azext_vnet2vnet.workflows.apply import preview_apply
from azext_vnet2vnet.workflows.export import WRITERS
from tests.armsim import DEFAULTS
from tests.armsim.client import IPSEC_POLICY
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import ACCOUNTS, GROUP, QUICK, join, let_pass, record, writes

NAMES = {account.id: account.name for account in ACCOUNTS}
MIRROR = {'Default': 'Default', 'InitiatorOnly': 'ResponderOnly', 'ResponderOnly': 'InitiatorOnly'}
SKUS = [
    ('Basic', 'Generation1'),
    ('VpnGw1', 'Generation1'),
    ('VpnGw1AZ', 'Generation1'),
    ('VpnGw2', 'Generation2'),
    ('VpnGw2AZ', 'Generation1'),
    ('VpnGw5AZ', 'Generation2'),
    ('Standard', 'Generation1'),
]


def applied(azure):
    """The preview of `apply` with the file that `export` writes of all that exists."""
    pairs = azure.run(read_network(azure.arm(), ACCOUNTS, GROUP))
    text = WRITERS['topology'](pairs, NAMES)
    options, diagnostics = read_topology_file(text, 'network.yaml')
    assert options, (text, diagnostics)
    topology, diagnostics = read_topology(options, DEFAULTS.subscription_1, ACCOUNTS, {})
    assert topology and not errors(diagnostics), (text, diagnostics)
    azure.simulator.journal.clear()
    return azure.run(preview_apply(azure.arm(), topology, prune=True)), text


def properties(random):
    """What both halves of a pair have, and what only one of them may have besides."""
    maybe = random.random
    selectors = [{'localAddressRanges': ['10.1.0.0/16'], 'remoteAddressRanges': ['10.9.0.0/16', 'fd00::/64']}]
    mirrored = [{'localAddressRanges': ['10.9.0.0/16', 'fd00::/64'], 'remoteAddressRanges': ['10.1.0.0/16']}]
    mode = random.choice(list(MIRROR))
    policy = {**IPSEC_POLICY, 'saDataSizeKilobytes': random.choice([0, 1024, 102400000])}
    policy['pfsGroup'] = random.choice(['None', 'PFS14', 'PFSMM', 'ECP384'])
    common = {
        'enableBgp': maybe() < 0.4,
        'usePolicyBasedTrafficSelectors': maybe() < 0.5,
        'ipsecPolicies': [policy] if maybe() < 0.5 else [],
        'dpdTimeoutSeconds': random.choice([0, 9, 45, 3600]),
        'routingWeight': random.choice([0, 10]),
        'connectionProtocol': random.choice(['IKEv1', 'IKEv2']),
    }
    has_selectors = maybe() < 0.5
    here = {**common, 'connectionMode': mode, 'trafficSelectorPolicies': selectors if has_selectors else []}
    there = {**common, 'connectionMode': MIRROR[mode], 'trafficSelectorPolicies': mirrored if has_selectors else []}
    if maybe() < 0.3:  # Halves that differ: the file says nothing of it.
        name = random.choice(list(here))
        there[name] = properties(random)[0][name]
    return here, there


def network(random):
    """Sites that are joined by some pairs, bent into what somebody else may have made, or Azure changed since."""
    azure = LocalAzure(QUICK)
    count = random.randint(2, 4)
    for number in range(1, count + 1):
        azure.make_site(number)
    for one in range(1, count):
        for other in range(one + 1, count + 1):
            if other == one + 1 or random.random() < 0.5:
                join(azure, one, other, key=random.choice(['Sim.Key.1', '8c3b0a1e-0f5d-4a6e-9b7c-2d1f00aa11bb']))
                for name, change in zip((f'{one}to{other}', f'{other}to{one}'), properties(random), strict=True):
                    record(azure, 'connections', name)['properties'].update(change)
    for number in range(1, count + 1):
        gateway, vnet = (record(azure, kind, f'{word}{number}') for kind, word in KINDS)
        sku, generation = random.choice(SKUS)
        gateway['properties'].update(
            sku={'name': sku, 'tier': sku},
            vpnGatewayGeneration=generation,
            enableBgp=random.random() < 0.5,
            enableHighBandwidthVpnGateway=random.random() < 0.1,
        )
        gateway['state'] = random.choice(['Succeeded', 'Succeeded', 'Failed'])
        if random.random() < 0.2:
            space = vnet['properties']['addressSpace']['addressPrefixes']
            space.append(random.choice(['fd00:1::/48', '10.200.0.0/16', '172.16.0.0/12']))
    let_pass(azure)
    return azure


KINDS = (('virtualNetworkGateways', 'gw'), ('virtualNetworks', 'vnet'))


@pytest.mark.parametrize('seed', range(30))
def test_what_exists_is_neither_refused_nor_written(seed):
    azure = network(Random(seed))
    preview, text = applied(azure)
    assert not preview.plan.writes, text
    assert writes(azure) == []
