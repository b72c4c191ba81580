"""`az vnet2vnet apply`: a network of VNets from one file."""

import pytest
import yaml

from tests.armsim import DEFAULTS
from tests.commands.azure import keys, live, requests, resources, writes

POLICY = {
    'ikeEncryption': 'AES256',
    'ikeIntegrity': 'SHA384',
    'dhGroup': 'DHGroup24',
    'ipsecEncryption': 'GCMAES256',
    'ipsecIntegrity': 'GCMAES256',
    'pfsGroup': 'PFS24',
    'saLifetime': 27000,
    'saMaxSize': 102400000,
}


def vnet(number, subscription='Subscription 1', location='eastus', **more):
    return {
        'subscription': subscription,
        'resourceGroup': f'TestRG{number}',
        'location': location,
        'vnet': f'TestVNet{number}',
        'addressPrefixes': [f'10.{number}1.0.0/16'],
        **more,
    }


VNETS = {
    'hub': vnet(1),
    'west': vnet(4, location='westus'),
    'japan': vnet(5, 'Subscription 5', 'japaneast'),
    'far': vnet(6, 'Subscription B', 'westeurope'),
}
STAR = [{'hub': 'hub', 'spokes': ['west', 'japan', 'far']}]
HALVES = {(one, other) for one, other in [(1, 4), (1, 5), (1, 6), (4, 1), (5, 1), (6, 1)]}


def text(connect, vnets=None, **more):
    """A topology file."""
    return yaml.safe_dump(
        {'name': 'backbone', 'vnets': VNETS if vnets is None else vnets, 'connect': connect, **more}, sort_keys=False
    )


@pytest.fixture
def apply(az):
    """Return a function that writes a topology file and applies it with more options."""

    def run(content, *more, **settings):
        (az.folder / 'network.yaml').write_text(content, encoding='utf-8')
        return az.run(['vnet2vnet', 'apply', '--file', 'network.yaml', *more], **settings)

    return run


@pytest.fixture
def star(simulator, apply, states):
    """The simulated Azure with the hub and its three spokes, as `apply` made it."""
    if 'star' not in states:
        apply(text(STAR))
        with simulator.lock:
            states['star'] = simulator.simulator.state()
    simulator.reset(states['star'])


def connections(simulator):
    """The numbers of the VNets that each connection starts at and leads to."""
    return {
        tuple(
            int(record[end].rpartition('/')[2].removeprefix('TestVNet').removesuffix('-gw'))
            for end in ('gateway1', 'gateway2')
        )
        for record in resources(simulator, 'connections').values()
    }


def test_a_hub_and_its_spokes_over_three_subscriptions_and_two_tenants(simulator, apply):
    made = apply(text(STAR)).json
    assert (made['name'], made['healthy'], len(made['pairs'])) == ('backbone', True, 3)
    assert {pair['status'] for pair in made['pairs']} == {'Connected'}
    assert connections(simulator) == HALVES
    assert len(set(keys(simulator).values())) == 3, 'each pair has a key of its own'
    assert len([kind for kind, _ in writes(simulator) if kind == 'virtualNetworkGateways']) == 4
    assert len(made['changes']) == len(writes(simulator)) == 4 * 4 + 6
    foreign = [
        entry
        for entry in requests(simulator)
        if entry.method == 'PUT' and '/connections/' in entry.path and 'TestVNet6' in entry.path
    ]
    assert len(foreign) == 2 and all(entry.auxiliary == 1 for entry in foreign)


def test_the_same_file_again_writes_nothing(simulator, apply, star):
    again = apply(text(STAR), '-o', 'table')
    assert writes(simulator) == []
    assert [line.split() for line in again.stdout.splitlines()[2:]] == [
        [f'TestVNet1ToTestVNet{number}', 'TestVNet1', f'TestVNet{number}', 'Connected', 'True'] for number in (4, 5, 6)
    ]
    assert apply(text(STAR)).json['changes'] == []


def test_a_changed_file_writes_the_difference_and_asks_first(simulator, apply, star):
    changed = text([*STAR, {'pair': ['japan', 'hub'], 'policy': POLICY, 'dpdTimeout': 45}, {'pair': ['west', 'japan']}])
    plan = apply(changed, '--what-if').json
    assert [change['action'] for change in plan['changes']] == ['update', 'update', 'create', 'create']
    assert 'which drops its tunnel for a moment' in plan['changes'][0]['disturbance']
    refused = apply(changed, expect=1)
    assert 'This requires a confirmation, and there is no terminal to ask at.' in refused.stderr
    assert writes(simulator) == []
    apply(changed, '--yes')
    assert sorted(name for _, name in writes(simulator)) == [
        'TestVNet1ToTestVNet5',
        'TestVNet4ToTestVNet5',
        'TestVNet5ToTestVNet1',
        'TestVNet5ToTestVNet4',
    ]
    for name in ('TestVNet1ToTestVNet5', 'TestVNet5ToTestVNet1'):
        properties = resources(simulator, 'connections')[name]['properties']
        assert properties['ipsecPolicies'][0]['dhGroup'] == 'DHGroup24' and properties['dpdTimeoutSeconds'] == 45
    assert apply(changed).json['changes'] == []


def test_prune_deletes_what_the_file_does_not_name_between_its_own_vnets(simulator, apply, star):
    less = text(
        [{'hub': 'hub', 'spokes': ['west']}, {'pair': ['west', 'japan']}],
        {name: VNETS[name] for name in ('hub', 'west', 'japan')},
    )
    assert {change['action'] for change in apply(less, '--what-if').json['changes']} == {'create'}
    plan = apply(less, '--prune', '--what-if', '-o', 'table').stdout
    assert [line.split()[:2] for line in plan.splitlines()[2:4]] == [
        ['delete', 'TestVNet1ToTestVNet5'],
        ['delete', 'TestVNet5ToTestVNet1'],
    ]
    refused = apply(less, '--prune', expect=1)
    assert 'TestVNet1ToTestVNet5 is deleted.' in refused.stderr and writes(simulator) == []
    apply(less, '--prune', '--yes')
    assert connections(simulator) == HALVES - {(1, 5), (5, 1)} | {(4, 5), (5, 4)}


def test_prune_goes_for_vnets_that_no_entry_joins_any_more(simulator, apply, star):
    less = text([{'hub': 'hub', 'spokes': ['west']}], {name: VNETS[name] for name in ('hub', 'west', 'japan')})
    apply(less, '--prune', '--yes')
    assert connections(simulator) == {(1, 4), (4, 1), (1, 6), (6, 1)}, 'the file has no VNet far'
    apply(text([], {name: VNETS[name] for name in ('hub', 'west')}), '--prune', '--yes')
    assert connections(simulator) == {(1, 6), (6, 1)}


def test_a_site_that_fails_does_not_stop_the_others(simulator, apply):
    simulator.simulator.faults = [
        {
            'match': 'PUT */virtualNetworkGateways/TestVNet5-gw',
            'do': 'fail-operation',
            'every': True,
            'code': 'InternalServerError',
            'message': 'An error occurred.',
        }
    ]
    failed = apply(text(STAR), '--timeout', '1000000', expect=1)  # Azure's time also passes while this machine is busy.
    assert 'virtualNetworkGateways/TestVNet5-gw and failed: InternalServerError' in failed.stderr
    assert '2 dependent steps were skipped.' in failed.stderr
    assert connections(simulator) == {(1, 4), (4, 1), (1, 6), (6, 1)}
    simulator.simulator.faults = []
    stuck = apply(text(STAR), expect=1)
    assert 'TestVNet5-gw is in state Failed' in stuck.stderr


def test_a_key_from_a_file_beside_the_topology(az, simulator, tmp_path):
    file = tmp_path / 'network.yaml'
    file.write_text(text([{'pair': ['hub', 'west'], 'key': '@keys/west.txt', 'names': ['there', 'back']}]))
    command = ['vnet2vnet', 'apply', '--file', str(file)]
    unreadable = az.run(command, expect=1)
    assert 'key of connect entry 1 (line' in unreadable.stderr and 'cannot be read' in unreadable.stderr
    (tmp_path / 'keys').mkdir()
    (tmp_path / 'keys' / 'west.txt').write_text('Key.Of.The.West\n')
    az.run(command)
    assert set(keys(simulator).values()) == {'Key.Of.The.West'}
    assert set(resources(simulator, 'connections')) == {'there', 'back'}


def test_the_file_may_come_from_standard_input(az, simulator):
    plan = az.run('vnet2vnet apply --file - --what-if', stdin=text(STAR)).json
    assert len(plan['changes']) == 4 * 4 + 6 and writes(simulator) == []


def test_standard_input_is_utf_8_whatever_the_locale(az, simulator):
    vnets = {'hub': vnet(1, tags={'ort': 'Zürich'}), 'west': vnet(4, location='westus')}
    content = yaml.safe_dump(
        {'name': 'backbone', 'vnets': vnets, 'connect': [{'pair': ['hub', 'west']}]}, allow_unicode=True
    )
    narrow = {'PYTHONUTF8': '0', 'PYTHONIOENCODING': 'cp1252', 'LC_ALL': 'C', 'PYTHONCOERCECLOCALE': '0'}
    az.run('vnet2vnet apply --file -', stdin=content, env=narrow)
    with live(simulator, 'virtualNetworks', 'TestVNet1') as made:
        assert made['tags'] == {'ort': 'Zürich'}


BGP = [{'hub': 'hub', 'spokes': ['west', 'japan'], 'bgp': True}]


@pytest.mark.parametrize(
    'content, lines',
    [
        (
            text(BGP),
            [
                'Both gateways have ASN 65515; BGP between two gateways requires two.',
                'Give asn of vnets.hub (line 3) and asn of vnets.west (line',
            ],
        ),
        (
            text(STAR, {**VNETS, 'japan': {**VNETS['japan'], 'addressPrefixes': ['10.41.128.0/17']}}),
            ['overlap: ', '10.41.128.0/17', 'leads to both'],
        ),
        (text(STAR, {**VNETS, 'west': {**VNETS['west'], 'sku': 'VpnGw2'}}), ['sku: VpnGw2AZ in vnets.west (line 1']),
        (
            text(STAR, {**VNETS, 'west': {**VNETS['west'], 'subscription': 'Nowhere'}}),
            ['subscription of vnets.west (line', "this login has no subscription 'Nowhere'"],
        ),
        (
            text([{'pair': ['hub', 'west'], 'bgp': True}, {'pair': ['west', 'hub'], 'bgp': False}]),
            ['bgp of connect entry 2 (line', 'differs from bgp of connect entry 1 (line'],
        ),
        (text(STAR, {**VNETS, 'twin': VNETS['west']}), ["is already named 'west'"]),
        (text([{'pair': ['hub', 'west'], 'key': 'SomethingSecret'}]), ['line', '@FILE']),
        (
            text([{'pair': ['hub', 'wets']}]),
            ["pair entry 2 is 'wets', which is not a VNet of this file.", 'Did you mean west?\n'],
        ),
        ('vnets: [', ['line']),
        ('', ['network.yaml']),
    ],
)
def test_refused_before_any_write(simulator, apply, content, lines):
    refused = apply(content, '--yes', expect=1)
    for line in lines:
        assert line in refused.stderr, refused.stderr
    assert 'Traceback' not in refused.stderr and 'SomethingSecret' not in refused.stderr
    assert writes(simulator) == []


@pytest.mark.azure(public_ip_quota=1)
def test_the_quota_of_public_ips_is_checked_on_the_whole(simulator, apply):
    near = {**VNETS, 'west': vnet(4)}
    refused = apply(text(STAR, near), expect=1)
    assert 'has 0 of 1 public IPs in eastus, and 2 more would be created' in refused.stderr
    assert 'az network list-usages --location eastus' in refused.stderr and writes(simulator) == []


def test_the_tunnels_of_a_gateway_are_checked_on_the_whole(simulator, apply):
    many = {'hub': vnet(1, sku='Basic'), **{f'v{number}': vnet(number) for number in range(10, 21)}}
    refused = apply(text([{'hub': 'hub', 'spokes': [name for name in many if name != 'hub']}], many), expect=1)
    assert 'SKU Basic allows 10: there is no room for 11 more.' in refused.stderr
    assert writes(simulator) == []


@pytest.mark.parametrize(
    'name, text_',
    [
        ('nope.yaml', "File 'nope.yaml' cannot be read: No such file or directory."),
        ('.', "File '.' cannot be read: Is a directory."),
    ],
)
def test_a_file_that_cannot_be_read(az, simulator, name, text_):
    assert text_ in az.run(['vnet2vnet', 'apply', '--file', name], expect=1).stderr
    assert requests(simulator) == []


def test_a_vnet_that_nothing_joins_is_left_alone(simulator, apply):
    plan = apply(text([{'pair': ['hub', 'west']}]), '--what-if')
    assert "No entry joins VNet 'japan' to another" in plan.stderr
    assert not any('TestRG5' in change['id'] for change in plan.json['changes'])


@pytest.mark.azure(far_gateway_locked=True)
def test_a_mesh_where_azure_locks_both_gateways(simulator, apply):
    made = apply(text([{'mesh': list(VNETS)}])).json
    assert made['healthy'] and len(connections(simulator)) == 12
    refused = [entry for entry in requests(simulator) if entry.status == 409]
    assert len(refused) <= 6, 'once it is known, nothing is refused any more'


def test_an_interrupted_run_is_finished_by_the_same_command(az, simulator, apply, wait_for):
    (az.folder / 'network.yaml').write_text(text([{'mesh': list(VNETS)}]), encoding='utf-8')
    running = az.start('vnet2vnet apply --file network.yaml')
    wait_for(lambda: len(resources(simulator, 'connections')) > 2, running)
    running.kill()
    assert apply(text([{'mesh': list(VNETS)}])).json['healthy']
    assert len(connections(simulator)) == 12 and len(set(keys(simulator).values())) == 6


def test_existing_gateways_keep_what_the_defaults_say_otherwise(simulator, apply, star):
    with live(simulator, 'virtualNetworkGateways', 'TestVNet1-gw') as gateway:
        gateway['properties']['sku'] = {'name': 'VpnGw3AZ', 'tier': 'VpnGw3AZ'}
    same = apply(text(STAR, defaults={'sku': 'VpnGw1AZ', 'generation': 'Generation1', 'activeActive': True}))
    assert same.json['changes'] == [] and 'keeps it' not in same.stderr
    own = apply(text(STAR, {**VNETS, 'west': {**VNETS['west'], 'sku': 'VpnGw1AZ'}}))
    assert 'sku: VpnGw1AZ in vnets.west' in own.stderr and 'keeps it' in own.stderr and own.json['changes'] == []
    assert DEFAULTS.subscription_1 in own.stderr
