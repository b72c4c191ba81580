"""A topology file, read: the options that it means, or everything that is wrong with it, each with its line."""

from dataclasses import fields

import pytest

from azext_vnet2vnet.network.diagnostic import Kind, Severity
from azext_vnet2vnet.network.tunnel import IpsecPolicy
from azext_vnet2vnet.options.end_options import EndOptions
from azext_vnet2vnet.options.tunnel_options import TunnelOptions
from azext_vnet2vnet.topology_file.reader import read_topology_file

BACKBONE = """\
name: backbone
defaults: {subscription: Subscription 1, resourceGroup: TestRG1, sku: VpnGw2AZ, tags: {env: prod}}
x-strong: &strong
  {ikeEncryption: AES256, ikeIntegrity: SHA384, dhGroup: None, ipsecEncryption: GCMAES256, ipsecIntegrity: GCMAES256,
   pfsGroup: PFS24, saLifetime: 27000, saMaxSize: 102400000}
x-place: &place
  location: eastus
vnets:
  hub:
    <<: *place
    vnet: TestVNet1
    addressPrefixes: [10.11.0.0/16, "fd00::/48"]
    subnets: {FrontEnd: 10.11.0.0/24, BackEnd: 10.12.0.0/24}
    gatewaySubnet: 10.12.255.0/27
    gateway: VNet1GW
    publicIps: [VNet1GWIP]
    asn: 65010
    sku: VpnGw3AZ
    generation: Generation2
    activeActive: no
    tags: {role: hub}
  TestVNet4:
  日本: {subscription: s5, vnet: /subscriptions/s5/resourceGroups/TestRG5/providers/Microsoft.Network/virtualNetworks/V}
connect:
  - pair: [hub, TestVNet4]
    names: [there, back]
    key: "@key.txt"
    bgp: true
    policy: *strong
    dpdTimeout: 45
    mode: InitiatorOnly
    policyBasedSelectors: true
    trafficSelectors: [{local: [10.11.0.0/16, 10.12.0.0/16], remote: [10.41.0.0/16]}]
  - {hub: 日本, spokes: [hub, TestVNet4], mode: ResponderOnly}
  - mesh: [日本, TestVNet4, hub]
    dpdTimeout: 30
"""


def messages(text):
    options, diagnostics = read_topology_file(text, 'network.yaml')
    assert (options is None) == bool(diagnostics)
    assert all((found.kind, found.severity) == (Kind.ARGUMENT, Severity.ERROR) for found in diagnostics)
    return [(found.code, found.message, found.recommendation) for found in diagnostics]


def topology(**parts):
    """A small good file, but for the parts that are given, each of them its lines."""
    good = {
        'name': 'name: backbone',
        'vnets': 'vnets:\n  hub: {resourceGroup: G}\n  west: {resourceGroup: G}',
        'connect': 'connect:\n  - pair: [hub, west]',
    }
    return '\n'.join(filter(None, {**good, **parts}.values())) + '\n'


def test_an_end_has_its_own_settings_over_the_defaults():
    options, _ = read_topology_file(BACKBONE, 'network.yaml')
    assert options.name == 'backbone'
    assert list(options.vnets) == ['hub', 'TestVNet4', '日本']
    hub, west, japan = options.vnets.values()
    assert hub == EndOptions(
        'TestVNet1',
        'TestRG1',
        'Subscription 1',
        'eastus',
        ('10.11.0.0/16', 'fd00::/48'),
        ('FrontEnd=10.11.0.0/24', 'BackEnd=10.12.0.0/24'),
        '10.12.255.0/27',
        'VNet1GW',
        ('VNet1GWIP',),
        65010,
        'VpnGw3AZ',
        'Generation2',
        False,
        tags={'role': 'hub'},
        source=hub.source,
    )
    assert type(hub.asn) is int and hub.active_active is False
    assert west == EndOptions(
        'TestVNet4', 'TestRG1', 'Subscription 1', sku='VpnGw2AZ', tags={'env': 'prod'}, source=west.source
    )
    # Its ID says the group: that of the defaults would contradict it. A subscription of its own is its own affair.
    assert (japan.resource_group, japan.subscription, japan.sku) == (None, 's5', 'VpnGw2AZ')


def test_an_end_knows_its_own_keys_and_their_lines():
    hub, west, _ = read_topology_file(BACKBONE, 'network.yaml')[0].vnets.values()
    assert hub.name('sku') == 'sku of vnets.hub (line 18)'
    assert hub.name('vpn-gateway-generation') == 'generation of vnets.hub (line 19)'
    assert hub.name('location') == 'location of vnets.hub (line 7)'  # where it was merged from
    assert hub.name('subscription') == 'subscription of vnets.hub (line 9)'
    assert hub.source.given('asn', '65010') == 'asn: 65010 in vnets.hub (line 17)'
    own = {
        'location',
        'vnet',
        'address-prefixes',
        'subnets',
        'gateway-subnet',
        'vnet-gateway',
        'public-ips',
        'asn',
        'sku',
        'vpn-gateway-generation',
        'active-active',
        'tags',
    }
    settings = [one.name.replace('_', '-') for one in fields(EndOptions) if one.name not in ('is_far', 'source')]
    assert {setting for setting in settings if not hub.source.is_default(setting)} == own
    assert [setting for setting in settings if not west.source.is_default(setting)] == []
    assert west.name('sku') == 'sku of vnets.TestVNet4 (line 22)'


def test_links_are_those_of_pairs_hubs_and_meshes_in_their_order():
    links = read_topology_file(BACKBONE, 'network.yaml')[0].links
    assert [(link.ends, link.is_single, link.source.path) for link in links] == [
        (('hub', 'TestVNet4'), True, 'connect entry 1'),
        (('日本', 'hub'), False, 'connect entry 2'),
        (('日本', 'TestVNet4'), False, 'connect entry 2'),
        (('日本', 'TestVNet4'), False, 'connect entry 3'),
        (('日本', 'hub'), False, 'connect entry 3'),
        (('TestVNet4', 'hub'), False, 'connect entry 3'),
    ]
    pair, hub, *_, mesh = links
    assert (pair.names, pair.shared_key) == (('there', 'back'), '@key.txt')
    assert 'key.txt' not in repr(pair)
    assert pair.tunnel == TunnelOptions(
        True,
        'AES256',
        'SHA384',
        'None',
        'GCMAES256',
        'GCMAES256',
        'PFS24',
        27000,
        102400000,
        45,
        'InitiatorOnly',
        True,
        (('local=10.11.0.0/16,10.12.0.0/16', 'remote=10.41.0.0/16'),),
    )
    assert (hub.names, hub.shared_key, hub.tunnel) == (
        (None, None),
        None,
        TunnelOptions(connection_mode='ResponderOnly'),
    )
    assert mesh.tunnel == TunnelOptions(dpd_timeout=30)


def test_a_link_knows_the_lines_of_its_settings():
    pair, hub, *_, mesh = read_topology_file(BACKBONE, 'network.yaml')[0].links
    for one in fields(IpsecPolicy):
        assert pair.source.name(one.name.replace('_', '-')).endswith(' of connect entry 1 (line 29)')
    assert pair.source.name('dh-group') == 'policy.dhGroup of connect entry 1 (line 29)'
    assert pair.source.name('shared-key') == 'key of connect entry 1 (line 27)'
    assert pair.source.name('peer-name') == 'names of connect entry 1 (line 26)'
    assert pair.source.name('traffic-selector') == 'trafficSelectors of connect entry 1 (line 33)'
    assert hub.source.name('enable-bgp') == 'bgp of connect entry 2 (line 34)' and hub.source.is_default('enable-bgp')
    assert mesh.source.name('dpd-timeout') == 'dpdTimeout of connect entry 3 (line 36)'


@pytest.mark.parametrize(
    'change',
    [
        lambda text: '\ufeff' + text,
        lambda text: text.replace('\n', '\r\n'),
        lambda text: f'---\n{text}...\n',
        lambda text: f'# Kommentar\n\n{text}',
        lambda text: text.rstrip(),
    ],
)
def test_a_byte_order_mark_line_ends_and_comments_change_nothing(change):
    plain, changed = (read_topology_file(text, 'network.yaml')[0] for text in (BACKBONE, change(BACKBONE)))
    assert [(end.vnet, end.asn) for end in changed.vnets.values()] == [
        (end.vnet, end.asn) for end in plain.vnets.values()
    ]
    shift = change(BACKBONE).replace('\r\n', '\n').splitlines().index('  hub:') + 1
    assert changed.vnets['hub'].name('subscription') == f'subscription of vnets.hub (line {shift})'
    assert [link.ends for link in changed.links] == [link.ends for link in plain.links]


def test_an_empty_topology_is_one():
    options, diagnostics = read_topology_file('name: none\nvnets: {}\nconnect: []\n', 'network.yaml')
    assert (options.vnets, options.links, diagnostics) == ({}, (), ())


@pytest.mark.parametrize(
    'spelling, value', [('true', True), ('yes', True), ('On', True), ('false', False), ('no', False), ('OFF', False)]
)
def test_what_yaml_takes_for_a_boolean_is_one_where_one_is_required(spelling, value):
    text = topology(connect=f'connect: [{{pair: [hub, west], bgp: {spelling}}}]')
    assert read_topology_file(text, 'network.yaml')[0].links[0].tunnel.enable_bgp is value


def test_names_are_texts_whatever_yaml_takes_them_for():
    text = 'name: n\nvnets: {no: , 1: , 2024-01-01: , ~: }\nconnect: [{mesh: ["no", "1", "2024-01-01", "~"]}]'
    options, diagnostics = read_topology_file(text, 'network.yaml')
    assert diagnostics == () and list(options.vnets) == ['no', '1', '2024-01-01', '~']
    assert [end.vnet for end in options.vnets.values()] == ['no', '1', '2024-01-01', '~']


def test_what_a_vnet_says_goes_before_what_it_merges():
    text = topology(
        vnets='x-a: &a {sku: VpnGw1AZ, asn: 1}\nx-b: &b {sku: VpnGw3AZ, location: eastus}\nvnets:\n'
        '  hub: {<<: [*a, *b], asn: 2}\n  west: {<<: *b, <<: *a}'
    )
    hub, west = read_topology_file(text, 'network.yaml')[0].vnets.values()
    assert (hub.sku, hub.asn, hub.location) == ('VpnGw1AZ', 2, 'eastus')
    assert (west.sku, west.asn, west.location) == ('VpnGw3AZ', 1, 'eastus')


def test_every_problem_is_reported_at_once_in_the_order_of_the_file():
    found = messages(
        topology(
            name='nam: backbone',
            vnets='vnets:\n  hub: {sku: Huge}\n  west: {asn: x, asn: 1}\n',
            connect='connect:\n  - {mesh: [hub, est], mode: Default, policy: {}}',
        )
    )
    assert [(code, message.partition(' ')[2]) for code, message, _ in found] == [
        ('file-schema', 'lacks name'),
        ('file-schema', 'line 1: nam is unknown'),
        (
            'file-schema',
            "line 3: vnets.hub.sku is 'Huge', which is not one of Basic, VpnGw1AZ, VpnGw2AZ, VpnGw3AZ, "
            'VpnGw4AZ, VpnGw5AZ, VpnGw1, VpnGw2, VpnGw3, VpnGw4, VpnGw5, Standard, HighPerformance',
        ),
        ('file-yaml', 'line 4: vnets.west.asn appears twice, first in line 4'),
        ('file-schema', "line 4: vnets.west.asn is the text 'x', but must be a whole number"),
        ('file-vnet-unknown', "line 7: connect entry 1, mesh entry 2 is 'est', which is not a VNet of this file"),
        ('file-schema', 'line 7: connect entry 1, mode is not allowed in a mesh'),
        (
            'file-schema',
            'line 7: connect entry 1, policy lacks ikeEncryption, ikeIntegrity, dhGroup, '
            'ipsecEncryption, ipsecIntegrity, pfsGroup, saLifetime and saMaxSize',
        ),
    ]


def test_of_too_many_problems_the_first_are_reported():
    found = messages(topology(vnets='vnets:\n' + ''.join(f'  v{number}: 5\n' for number in range(5000))))
    assert len(found) == 201
    assert found[-1][1:] == ('network.yaml has more problems', 'Fix these first')
    assert found[0][1] == (
        'network.yaml line 3: vnets.v0 is 5, which YAML reads as a number, but must be a mapping, '
        'which has a name before each colon'
    )
