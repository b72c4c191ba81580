"""The topology file of pairs that exist: what a person would write, and what is read back from it."""

import random
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azext_vnet2vnet.network import resource_id, tunnel
from azext_vnet2vnet.network.observed import SUCCEEDED, ObservedConnection, ObservedGateway, ObservedVnet
from azext_vnet2vnet.network.pair import Cause, ObservedEnd, ObservedPair, Obstacle
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import IpsecPolicy, TrafficSelector, Tunnel
from azext_vnet2vnet.options.tunnel_options import read_tunnel
from azext_vnet2vnet.topology_file.reader import read_topology_file
from azext_vnet2vnet.topology_file.writer import write_topology_file

POLICY = IpsecPolicy('AES256', 'SHA384', 'DHGroup24', 'GCMAES256', 'GCMAES256', 'PFS24', 27000, 102400000)
PLAIN = Tunnel(False, (), 0, 'Default', False, ())
FULL = Tunnel(
    True, (POLICY,), 45, 'InitiatorOnly', True, (TrafficSelector(('10.1.0.0/16', '10.2.0.0/16'), ('fd00::/48',)),)
)
HEADER = """\
# yaml-language-server: $schema=./topology.schema.json
# az vnet2vnet export --format schema --file topology.schema.json puts that schema beside this file.
name: backbone
"""
NAMES = {'s1': 'Subscription 1', 's5': 'Subscription 5', 's6': 'Twice', 's7': 'twice'}


def vnet(name, group='G', subscription='s1'):
    return ResourceId(subscription, group, resource_id.VNET_TYPE, (name,))


def pair(one, other, near=PLAIN, far=None):
    """Two VNets, each an id or a name, joined by two halves; the far one mirrors the near one unless it is given."""
    one, other = (end if isinstance(end, ResourceId) else vnet(end) for end in (one, other))
    return ObservedPair(end(one, other, near), end(other, one, far or near.mirrored()))


def end(near, far, seen):
    gateways = [one.sibling(resource_id.GATEWAY_TYPE, f'{one.name}-gw') for one in (near, far)]
    half = ObservedConnection(
        near.sibling(resource_id.CONNECTION_TYPE, f'{near.name}To{far.name}'),
        'eastus',
        SUCCEEDED,
        *gateways,
        'Vnet2Vnet',
        'Connected',
        tunnel=seen,
    )
    gateway = ObservedGateway(
        gateways[0], 'eastus', SUCCEEDED, 'Vpn', 'RouteBased', 'VpnGw2AZ', 'Generation2', False, True, 65515, near
    )
    return ObservedEnd(
        gateways[0],
        gateway=gateway,
        vnet_id=near,
        half=half,
        key=SharedKey('Geheim1x'),
        vnet=ObservedVnet(near, 'eastus', SUCCEEDED, ('10.0.0.0/16',)),
    )


def write(*pairs):
    return write_topology_file('backbone', pairs, NAMES)


def entries(*pairs):
    """The lines of `connect`."""
    return write(*pairs).partition('\nconnect:')[2].strip().splitlines()


def read(text):
    options, diagnostics = read_topology_file(text, 'backbone.yaml')
    assert diagnostics == ()
    return options


def test_a_file_as_a_person_would_write_it():
    strong = Tunnel(True, (POLICY,), 45, 'Default', False, ())
    japan = vnet('Japan', 'Far East', 's5')
    assert (
        write(
            *(pair(*ends, strong) for ends in combinations(['Hub', 'West', 'East'], 2)),
            pair('Hub', japan, FULL),
            pair('VNet10', 'West'),
            pair('West', 'VNet9'),
        )
        == HEADER
        + """\
vnets:
  East: {subscription: Subscription 1, resourceGroup: G, vnet: East}  # eastus, VpnGw2AZ, 10.0.0.0/16
  Hub: {subscription: Subscription 1, resourceGroup: G, vnet: Hub}  # eastus, VpnGw2AZ, 10.0.0.0/16
  Japan: {subscription: Subscription 5, resourceGroup: Far East, vnet: Japan}  # eastus, VpnGw2AZ, 10.0.0.0/16
  VNet9: {subscription: Subscription 1, resourceGroup: G, vnet: VNet9}  # eastus, VpnGw2AZ, 10.0.0.0/16
  VNet10: {subscription: Subscription 1, resourceGroup: G, vnet: VNet10}  # eastus, VpnGw2AZ, 10.0.0.0/16
  West: {subscription: Subscription 1, resourceGroup: G, vnet: West}  # eastus, VpnGw2AZ, 10.0.0.0/16
connect:
  - mesh: [East, Hub, West]
    bgp: true
    policy: {ikeEncryption: AES256, ikeIntegrity: SHA384, dhGroup: DHGroup24, ipsecEncryption: GCMAES256,
             ipsecIntegrity: GCMAES256, pfsGroup: PFS24, saLifetime: 27000, saMaxSize: 102400000}
    dpdTimeout: 45
  - {hub: West, spokes: [VNet9, VNet10], bgp: false}
  - pair: [Hub, Japan]
    bgp: true
    policy: {ikeEncryption: AES256, ikeIntegrity: SHA384, dhGroup: DHGroup24, ipsecEncryption: GCMAES256,
             ipsecIntegrity: GCMAES256, pfsGroup: PFS24, saLifetime: 27000, saMaxSize: 102400000}
    dpdTimeout: 45
    mode: InitiatorOnly
    policyBasedSelectors: true
    trafficSelectors: [{local: [10.1.0.0/16, 10.2.0.0/16], remote: ["fd00::/48"]}]
"""
    )


def test_no_pairs_are_an_empty_topology():
    assert write() == HEADER + 'vnets: {}\nconnect: []\n'
    assert read(write()).links == ()


def test_vnets_of_one_name_are_told_apart_by_group_then_subscription():
    options = read(
        write(
            pair(vnet('V', 'A'), vnet('v', 'B')),
            pair(vnet('V', 'A', 's5'), 'Other'),
            pair(vnet('V', 'C', 's6'), vnet('W', 'C', 's9')),
        )
    )
    assert {name: (found.subscription, found.resource_group, found.vnet) for name, found in options.vnets.items()} == {
        'B/v': ('Subscription 1', 'B', 'v'),
        'C/V': ('s6', 'C', 'V'),
        'Other': ('Subscription 1', 'G', 'Other'),
        'Subscription 1/A/V': ('Subscription 1', 'A', 'V'),
        'Subscription 5/A/V': ('Subscription 5', 'A', 'V'),
        'W': ('s9', 'C', 'W'),
    }


def test_ids_that_differ_in_case_only_are_one_vnet():
    options = read(write(pair('Hub', 'West'), pair(vnet('HUB', 'g', 'S1'), 'East')))
    assert list(options.vnets) in (['East', 'Hub', 'West'], ['East', 'HUB', 'West'])
    assert [link.ends[0].lower() for link in options.links] == ['hub', 'hub']


@pytest.mark.parametrize(
    'pairs, written',
    [
        # The largest mesh first, though smaller ones are in it; then hubs; what is left are pairs.
        ([pair(*ends) for ends in combinations('ABCDE', 2)], ['- {mesh: [A, B, C, D, E], bgp: false}']),
        (
            [pair(*ends) for ends in ('AB', 'BC', 'AC', 'CD', 'DE', 'CE')],
            ['- {mesh: [A, B, C], bgp: false}', '- {mesh: [C, D, E], bgp: false}'],
        ),
        (
            [pair(*ends) for ends in ('AB', 'AC', 'AD', 'DE')],
            ['- {hub: A, spokes: [B, C, D], bgp: false}', '- {pair: [D, E], bgp: false}'],
        ),
        ([pair(*ends) for ends in ('AB', 'CD')], ['- {pair: [A, B], bgp: false}', '- {pair: [C, D], bgp: false}']),
        (
            [pair('A', 'B'), pair('B', 'C'), pair('C', 'A', replace(PLAIN, dpd_timeout=9))],
            ['- {hub: B, spokes: [A, C], bgp: false}', '- {pair: [A, C], bgp: false, dpdTimeout: 9}'],
        ),
        # A mode is no matter of a mesh, and of a hub only where it is the same at all spokes.
        (
            [pair(*ends, replace(PLAIN, mode='InitiatorOnly')) for ends in ('AB', 'BC', 'AC')],
            [
                '- {hub: A, spokes: [B, C], bgp: false, mode: InitiatorOnly}',
                '- {pair: [B, C], bgp: false, mode: InitiatorOnly}',
            ],
        ),
        (
            [pair(*ends, replace(PLAIN, mode='ResponderOnly')) for ends in ('BA', 'CA')],
            ['- {hub: A, spokes: [B, C], bgp: false, mode: InitiatorOnly}'],
        ),
        # Selectors are those of a pair.
        (
            [
                pair(*ends, replace(PLAIN, selectors=(TrafficSelector(('10.1.0.0/16',), ('10.2.0.0/16',)),)))
                for ends in ('BA', 'CA')
            ],
            [
                line
                for spoke in 'BC'
                for line in (
                    f'- pair: [A, {spoke}]',
                    'bgp: false',
                    'policyBasedSelectors: false',
                    'trafficSelectors: [{local: [10.2.0.0/16], remote: [10.1.0.0/16]}]',
                )
            ],
        ),
    ],
)
def test_pairs_are_joined_as_a_person_would(pairs, written):
    assert [line.strip() for line in entries(*pairs)] == written


def test_the_order_of_the_pairs_and_of_their_ends_is_no_matter():
    pairs = [pair(*ends, seen) for ends, seen in zip(combinations('ABCDEFG', 2), [PLAIN, PLAIN, FULL] * 7, strict=True)]
    pairs += [pair('A', 'X', FULL, PLAIN), pair('X', 'B', replace(PLAIN, dpd_timeout=5))]
    written = write(*pairs)
    turned = [ObservedPair(one.end2, one.end1) for one in pairs]
    random.Random(1).shuffle(turned)
    assert write(*turned) == written
    assert len(read(written).links) == len(pairs)


def test_pairs_that_cannot_be_said_are_left_out_with_the_reason():
    good, half, unseen, gone, unread = (pair(*ends) for ends in ('AB', 'AC', 'AD', 'AE', 'AF'))
    half = replace(half, end2=replace(half.end2, half=None))
    unseen = replace(unseen, end2=replace(unseen.end2, half=None, obstacle=Obstacle(Cause.LOGIN)))
    gone = replace(gone, end2=replace(gone.end2, half=None, gateway_missing=True))
    unread = replace(unread, end2=replace(unread.end2, vnet_id=None))
    path = '/subscriptions/s1/resourceGroups/G/providers/Microsoft.Network'
    halves = f'{path}/connections/A'
    written = write(good, half, unseen, gone, unread, pair('A', 'A'))
    assert written.partition('# Not in this file:\n')[2].splitlines() == [
        f'# - {halves}ToA leads from VNet {path}/virtualNetworks/A to itself',
        f'# - A half of the pair does not exist beside {halves}ToC',
        f'# - Gateway {path}/virtualNetworkGateways/E-gw, which {halves}ToE leads to, does not exist any more',
        f'# - The VNet of gateway {path}/virtualNetworkGateways/F-gw cannot be read',
        f'# - The other half beside {halves}ToD cannot be seen: this login has no subscription s1',
    ]
    assert list(read(written).vnets) == ['A', 'B']


@pytest.mark.parametrize(
    'near, far, left_out',
    [
        (replace(PLAIN, enable_bgp=True), PLAIN, 'bgp of {}, which differ in it'),
        (replace(PLAIN, policies=(POLICY,)), PLAIN, 'policy of {}, which differ in it'),
        (PLAIN, replace(PLAIN, dpd_timeout=45), 'dpdTimeout of {}, which differ in it'),
        (replace(PLAIN, mode='InitiatorOnly'), PLAIN, 'mode of {}, which differ in it'),
        (replace(PLAIN, policy_based=True), PLAIN, 'policyBasedSelectors of {}, which differ in it'),
        (replace(PLAIN, selectors=FULL.selectors), PLAIN, 'trafficSelectors of {}, which differ in it'),
        (replace(PLAIN, dpd_timeout=5), None, 'dpdTimeout of {}, which no file can say'),
        (
            replace(PLAIN, policies=(replace(POLICY, dh_group='DHGroup99'),)),
            None,
            'policy of {}, which no file can say',
        ),
        (replace(PLAIN, policies=(replace(POLICY, pfs_group=None),)), None, 'policy of {}, which no file can say'),
        (replace(PLAIN, policies=(POLICY, POLICY)), None, 'policy of {}, which no file can say'),
    ],
)
def test_settings_that_the_halves_do_not_share_or_no_file_can_say_are_left_out(near, far, left_out):
    written = write(pair('A', 'B', near, far))
    path = '/subscriptions/s1/resourceGroups/G/providers/Microsoft.Network/connections'
    assert written.endswith(f'# Not in this file:\n# - {left_out.format(f"{path}/AToB and {path}/BToA")}\n')
    expected = '- pair: [A, B]' if near.enable_bgp else '- {pair: [A, B], bgp: false}'
    assert [line.strip() for line in written.splitlines() if 'pair:' in line] == [expected]


def test_ranges_in_another_order_are_the_same_selectors():
    near = replace(PLAIN, selectors=(TrafficSelector(('10.1.0.0/16', '10.2.0.0/16'), ('10.3.0.0/16',)),))
    far = replace(PLAIN, selectors=(TrafficSelector(('10.3.0.0/16',), ('10.2.0.0/16', '10.1.0.0/16')),))
    assert read(write(pair('A', 'B', near, far))).links[0].tunnel.traffic_selector == (
        ('local=10.1.0.0/16,10.2.0.0/16', 'remote=10.3.0.0/16'),
    )


def test_comments_report_what_was_read_above_the_vnets_where_the_lines_are_long():
    known, bare = pair(vnet('A', 'G' * 50), 'B').ends
    known = replace(known, vnet=replace(known.vnet, address_prefixes=tuple(f'10.{n}.0.0/16' for n in range(5))))
    bare = replace(bare, vnet=None, gateway=None)
    assert write(ObservedPair(known, bare)).splitlines()[3:8] == [
        'vnets:',
        '  # eastus, VpnGw2AZ, 10.0.0.0/16, 10.1.0.0/16, 10.2.0.0/16, and 2 more',
        f'  A: {{subscription: Subscription 1, resourceGroup: {"G" * 50}, vnet: A}}',
        '  # eastus',
        '  B: {subscription: Subscription 1, resourceGroup: G, vnet: B}',
    ]


def test_the_lines_are_short_and_no_key_is_in_them():
    written = write(*(pair(f'VNet{number}', 'Hub', FULL) for number in range(40)), pair('A', 'B'))
    written += write(*(pair(f'VNet{number}', 'Hub') for number in range(40)))
    assert max(map(len, written.splitlines())) <= 120
    assert 'Geheim1x' not in written


NAME = st.from_regex(r'[^/\s]{1,8}', fullmatch=True) | st.sampled_from(
    ['no', '1', '1.0', '0123', '2024-01-01', '~', 'a:b', '#x', '-', '@k', '日本', 'Hub']
)
PREFIXES = st.lists(st.sampled_from(['10.1.0.0/16', '10.2.0.0/16', 'fd00::/48']), min_size=1, max_size=2).map(tuple)
TUNNELS = st.builds(
    Tunnel,
    st.booleans(),
    st.sampled_from([(), (POLICY,), (replace(POLICY, dh_group='None'),)]),
    st.sampled_from([0, 9, 3600]),
    st.sampled_from(tunnel.MODES),
    st.booleans(),
    st.lists(st.builds(TrafficSelector, PREFIXES, PREFIXES), max_size=2).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1), st.data())
def test_what_is_written_is_read_back(name, data):
    subscriptions = st.sampled_from(['s1', 's5', 's6'])
    vnets = data.draw(st.lists(st.builds(vnet, NAME, NAME, subscriptions), unique=True, min_size=2, max_size=5))
    tunnels = {
        ends: data.draw(TUNNELS)
        for ends in data.draw(st.lists(st.sampled_from(list(combinations(vnets, 2))), unique=True))
    }
    written = write_topology_file(name, [pair(*ends, seen) for ends, seen in tunnels.items()], NAMES)
    options = read(written)
    assert options.name == name
    places = {
        key: next(
            one
            for one in vnets
            if one
            == vnet(
                found.vnet,
                found.resource_group,
                {'Subscription 1': 's1', 'Subscription 5': 's5'}.get(found.subscription, found.subscription),
            )
        )
        for key, found in options.vnets.items()
    }
    back = {}
    for link in options.links:
        one, other = (places[key] for key in link.ends)
        diagnostics = []
        seen = read_tunnel(link.tunnel, diagnostics)
        assert diagnostics == []
        back[one, other], back[other, one] = seen, seen.mirrored()
    assert len(back) == 2 * len(tunnels)
    for ends, seen in tunnels.items():
        asked = back[ends]
        # Nothing that is asked would be a change, and everything that is not what Azure sets by itself is asked.
        assert asked.has_same_selectors(seen) and replace(asked, selectors=None).differences(seen) == ()
        assert replace(PLAIN.overlaid(asked), selectors=seen.selectors) == seen


def test_what_a_half_has_and_no_file_can_say_is_in_a_comment():
    there = pair('A', 'B')
    odd = replace(there.end1.half, more=('ingressNatRules',), protocol='IKEv1', weight=10)
    written = write(replace(there, end1=replace(there.end1, half=odd)))
    assert f'- ingressNatRules, connectionProtocol IKEv1, routingWeight 10 of {odd.id}, which no file' in written
