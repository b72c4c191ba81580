"""Every reason why a pair is not healthy, each from one change to a pair which by itself has none."""

import re
from dataclasses import replace

import pytest

from azext_vnet2vnet.checks.health import is_healthy, reasons_of, status_of
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.diagnostic import Severity
from azext_vnet2vnet.network.observed import ObservedRouteTable, Peering
from azext_vnet2vnet.network.pair import (
    BgpPeer,
    Cause,
    ObservedEnd,
    ObservedPair,
    Obstacle,
    Reports,
    SecurityAssociation,
    UnavailableReport,
)
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import IpsecPolicy, TrafficSelector, Tunnel
from tests.unit import samples

PLAIN = Tunnel(False, (), 0, 'Default', False, ())
POLICY = IpsecPolicy('AES256', 'SHA256', 'DHGroup14', 'GCMAES256', 'GCMAES256', 'PFS14', 27000, 102400000)
ANY = TrafficSelector(('0.0.0.0/0',), ('0.0.0.0/0',))
SELECTOR = TrafficSelector(('10.11.0.0/16',), ('10.41.0.0/16',))
TABLE, GROUP = (
    samples.vnet_id(1).sibling(f'{resource_id.NETWORK}/{kind}', 'x')
    for kind in ('routeTables', 'networkSecurityGroups')
)
SPOKE = samples.half(1, 5, 'eastus', tunnel=PLAIN)


def end(number, far, **gateway):
    gateway = samples.gateway(number, 'eastus', bgp_addresses=(f'10.{number}2.255.30',), **gateway)
    return ObservedEnd(
        gateway.id,
        'tenant-a',
        gateway=gateway,
        vnet_id=samples.vnet_id(number),
        vnet=samples.vnet(number, 'eastus'),
        key=SharedKey('Secret.1'),
        half=samples.half(number, far, 'eastus', protocol='IKEv2', tunnel=PLAIN),
    )


PAIR = ObservedPair(end(1, 4), end(4, 1))


def changed(pair=PAIR, both=None, **changes):
    """The pair with changes of end 1, and of both ends."""
    return ObservedPair(*(replace(one, **(both or {}), **(changes if one is pair.end1 else {})) for one in pair.ends))


def half1(pair=PAIR, **changes):
    return changed(pair, half=replace(pair.end1.half, **changes))


def reporting(pair=PAIR, **reports):
    return changed(pair, reports=Reports(**reports))


def tunnel1(pair=PAIR, **changes):
    return half1(pair, tunnel=replace(PLAIN, **changes))


def gateway1(pair=PAIR, **changes):
    return changed(pair, gateway=replace(pair.end1.gateway, **changes))


def both_tunnels(pair=PAIR, **changes):
    return ObservedPair(*(replace(one, half=replace(one.half, tunnel=replace(PLAIN, **changes))) for one in pair.ends))


def subnet1(pair=PAIR, **changes):
    *others, subnet = pair.end1.vnet.subnets
    return changed(pair, vnet=replace(pair.end1.vnet, subnets=(*others, replace(subnet, **changes))))


def without_gateway(pair=PAIR, **changes):
    return changed(pair, **{'gateway': None, 'vnet': None, 'vnet_id': None, 'half': None, 'key': None, **changes})


def associations(*pairs):
    return tuple(SecurityAssociation(local, remote, 'AES256', 'SHA1', 'DHGroup2', 60) for local, remote in pairs)


def peers(pair, *states):
    """The pair with these states of the far gateway's addresses, as end 1 reports them."""
    return reporting(pair, peers=tuple(BgpPeer(address, 65020, state, '', 0) for address, state in states))


BGP = both_tunnels(
    ObservedPair(end(1, 4, enable_bgp=True, asn=65010), end(4, 1, enable_bgp=True, asn=65020)), enable_bgp=True
)
FAR, OWN = '10.42.255.30', '10.12.255.30'
FOUR = ObservedPair(
    *(
        replace(one, gateway=replace(one.gateway, addresses=(f'{one.gateway.id.name}.1', 'b'), active_active=True))
        for one in PAIR.ends
    )
)

ERRORS = [
    ('half-missing', without_gateway(gateway=PAIR.end1.gateway)),
    ('gateway-replaced', without_gateway(gateway_missing=True)),
    ('gateway-replaced', without_gateway(gateway_missing=True, replacement=samples.gateway(7, '').id)),
    ('connection-failed', half1(state='Failed')),
    ('connection-updating', half1(state='Updating')),
    ('connection-updating', half1(state='Deleting')),
    ('key-mismatch', changed(key=SharedKey('Secret.2'))),
    ('policy-differs', tunnel1(policies=(POLICY,))),
    ('policy-differs', tunnel1(both_tunnels(policies=(POLICY,)), policies=(replace(POLICY, dh_group='ECP256'),))),
    ('protocol-differs', half1(protocol='IKEv1')),
    ('bgp-one-sided', tunnel1(enable_bgp=True)),
    ('mode-deadlock', both_tunnels(mode='ResponderOnly')),
    ('mode-deadlock', both_tunnels(mode='InitiatorOnly')),
    ('gateway-failed', gateway1(state='Failed')),
    ('gateway-high-bandwidth', gateway1(is_high_bandwidth=True)),
    ('gateway-updating', gateway1(state='Updating')),
    ('gateway-updating', gateway1(state='Deleting')),
    ('asn-equal', gateway1(BGP, asn=65020)),
    ('bgp-gateway-off', gateway1(BGP, enable_bgp=False)),
    ('bgp-peer-down', peers(BGP, (FAR, 'Connecting'))),
    ('bgp-peer-down', peers(BGP, ('10.12.255.31', 'Connected'))),
    ('bgp-peer-down', peers(BGP)),
    ('ranges-overlap', changed(vnet=replace(PAIR.end1.vnet, address_prefixes=('10.41.128.0/17',)))),
    ('gateway-subnet-nsg', subnet1(security_group=GROUP)),
    ('gateway-subnet-default-route', changed(subnet1(route_table=TABLE), route_table=ObservedRouteTable(True))),
    (
        'gateway-subnet-propagation-off',
        changed(subnet1(route_table=TABLE), route_table=ObservedRouteTable(False, True)),
    ),
    ('not-connected', half1(status='NotConnected')),
    ('not-connected', half1(status='')),
    ('bytes-one-way', half1(ingress_bytes=7)),
    ('bytes-one-way', half1(egress_bytes=7)),
]
WARNINGS = [
    ('far-end-unreadable', without_gateway(obstacle=Obstacle(Cause.RIGHT))),
    ('far-end-unreadable', without_gateway(obstacle=Obstacle(Cause.LOGIN))),
    ('far-end-unreadable', without_gateway(obstacle=Obstacle(Cause.LOGIN), tenant='')),
    ('key-unreadable', changed(key=None, key_unreadable=True)),
    ('gateway-unreadable', changed(gateway=None, vnet=None, vnet_id=None, gateway_obstacle=Obstacle(Cause.RIGHT))),
    ('vnet-unreadable', changed(vnet=None, vnet_obstacle=Obstacle(Cause.RIGHT))),
    ('report-missing', reporting(unavailable=(UnavailableReport(PAIR.end1.half.id, 'IKE security associations'),))),
    ('report-missing', reporting(unavailable=(UnavailableReport(PAIR.end1.gateway_id, 'BGP peers', 'a/b/action'),))),
    ('policy-differs', tunnel1(both_tunnels(policies=(POLICY,)), policies=(replace(POLICY, sa_lifetime=3600),))),
    ('dpd-differs', tunnel1(dpd_timeout=45)),
    ('dns-not-azure', changed(vnet=replace(PAIR.end1.vnet, dns_servers=('10.11.0.4',)))),
    (
        'ranges-overlap',
        ObservedPair(*(replace(one, vnet=replace(one.vnet, address_prefixes=('fd00::/48',))) for one in PAIR.ends)),
    ),
    ('selectors-differ', tunnel1(policy_based=True)),
    ('selectors-differ', both_tunnels(selectors=(SELECTOR,), policy_based=True)),
    ('selectors-unused', both_tunnels(selectors=(ANY,))),
    ('sku-retired', gateway1(sku='VpnGw2')),
    ('sku-retired', gateway1(sku='HighPerformance')),
    ('bgp-peer-down', peers(gateway1(BGP), (FAR, 'Connected'), (FAR, 'Connecting'))),
    ('vnets-peered', changed(vnet=replace(PAIR.end1.vnet, peerings=(Peering('p', samples.vnet_id(4)),)))),
    ('gateway-subnet-route-table', subnet1(route_table=TABLE)),
    ('tunnels-missing', reporting(associations=())),
    ('tunnels-missing', reporting(FOUR, associations=associations(('VNet1GW.1', 'VNet4GW.1'), ('b', 'b')))),
    ('not-transitive', changed(connections=(SPOKE, PAIR.end1.half))),
    ('not-transitive', changed(BGP, connections=(SPOKE,))),
]


@pytest.mark.parametrize(
    'severity, code, pair',
    [*((Severity.ERROR, *case) for case in ERRORS), *((Severity.WARNING, *case) for case in WARNINGS)],
    ids=lambda value: value if isinstance(value, str) else '',
)
def test_reasons(severity, code, pair):
    [reason] = reasons_of(pair)
    assert (reason.code, reason.severity) == (code, severity)
    assert is_healthy(pair, [reason]) is (severity is Severity.WARNING)
    for text in (reason.message, reason.recommendation):
        assert text and '\n' not in text and not text.endswith('.') and 'Secret' not in text
    assert re.search(r'\baz (vnet2vnet|network|login) |Ask for the (role|action) ', reason.recommendation)


@pytest.mark.parametrize(
    'pair',
    [
        PAIR,
        BGP,
        reporting(associations=associations(('20.0.0.1', '20.0.0.1'))),
        reporting(peers=()),
        peers(BGP, (FAR, 'Connected'), (OWN, 'Unknown')),
        both_tunnels(policies=(POLICY,)),
        tunnel1(mode='InitiatorOnly'),
        half1(ingress_bytes=7, egress_bytes=9),
        changed(BGP, connections=(replace(SPOKE, tunnel=replace(PLAIN, enable_bgp=True)),)),
        changed(vnet=replace(PAIR.end1.vnet, peerings=(Peering('p', samples.vnet_id(7)),))),
    ],
)
def test_what_is_sound_has_no_reason(pair):
    assert reasons_of(pair) == () and is_healthy(pair, ()) and status_of(pair) == 'Connected'


@pytest.mark.parametrize(
    'expected, pair',
    [
        ('Failed', half1(half1(status='NotConnected'), state='Failed')),
        ('FarEndUnreadable', without_gateway(obstacle=Obstacle(Cause.RIGHT))),
        ('Half', without_gateway(gateway=PAIR.end1.gateway)),
        ('Updating', half1(state='Updating')),
        ('NotConnected', half1(status='NotConnected')),
        ('Connecting', half1(status='Connecting')),
        ('Unknown', half1(status='Unknown')),
        ('Unknown', half1(status='')),
        ('Unknown', half1(status='SomethingNew')),
    ],
)
def test_the_status_is_that_of_the_worse_half(expected, pair):
    assert status_of(pair) == expected


def test_a_pair_is_as_healthy_as_what_can_be_seen_of_it():
    unseen = without_gateway(obstacle=Obstacle(Cause.RIGHT))
    assert is_healthy(unseen, reasons_of(unseen))
    down = replace(unseen, end2=replace(unseen.end2, half=replace(unseen.end2.half, status='NotConnected')))
    assert not is_healthy(down, ()) and status_of(down) == 'FarEndUnreadable'


def test_every_reason_comes_at_once_errors_first():
    pair = tunnel1(
        gateway1(subnet1(changed(key=SharedKey('Secret.2')), security_group=GROUP), sku='VpnGw1'),
        dpd_timeout=45,
        enable_bgp=True,
    )
    assert [reason.code for reason in reasons_of(pair)] == [
        'key-mismatch',
        'bgp-one-sided',
        'gateway-subnet-nsg',
        'sku-retired',
        'dpd-differs',
    ]


def test_what_a_cause_explains_is_not_told_again():
    silent = peers(gateway1(BGP, asn=65020), (FAR, 'Connecting'))
    assert [reason.code for reason in reasons_of(silent)] == ['asn-equal']
    down = half1(peers(BGP, (FAR, 'Connecting')), tunnel=BGP.end1.half.tunnel, status='NotConnected')
    assert [reason.code for reason in reasons_of(down)] == ['not-connected']
    sent = changed(PAIR, half=replace(PAIR.end1.half, egress_bytes=7))
    sent = ObservedPair(sent.end1, replace(sent.end2, half=replace(sent.end2.half, ingress_bytes=7)))
    [reason] = reasons_of(sent)
    assert 'TestVNet1ToTestVNet4 has sent 7 bytes and received none' in reason.message
    assert f'in VNet {samples.vnet_id(4)}' in reason.recommendation


def test_one_reason_tells_of_both_halves():
    down = ObservedPair(*(replace(one, half=replace(one.half, status='Connecting')) for one in PAIR.ends))
    down = replace(down, end2=replace(down.end2, reports=Reports(associations(('a', 'b')))))
    [reason] = reasons_of(down)
    assert reason.message == (
        f'{PAIR.end1.half.id} reports Connecting and {PAIR.end2.half.id} reports Connecting. The '
        'IKE security associations are up: the status follows in some minutes'
    )


@pytest.mark.parametrize(
    'code, protected', [('policy-differs', {'policies': (POLICY,)}), ('selectors-differ', {'policy_based': True})]
)
def test_protection_that_one_half_has_is_given_to_the_other_one(code, protected):
    near = tunnel1(**protected)
    for seen in (near, ObservedPair(near.end2, near.end1)):
        [advice] = [reason.recommendation for reason in reasons_of(seen) if reason.code == code]
        assert f'update --ids {PAIR.end1.half.id}:' in advice


@pytest.mark.parametrize(
    'sku, address, advice',
    [
        ('VpnGw2', 'Standard', 'az network vnet-gateway update --sku VpnGw2AZ --ids'),
        ('VpnGw2', 'Basic', 'az network vnet-gateway migration prepare'),
        ('HighPerformance', 'Standard', 'az network vnet-gateway migration prepare'),
    ],
)
def test_how_a_gateway_moves_on_depends_on_its_public_ip(sku, address, advice):
    seen = changed(gateway1(sku=sku), public_ips=(replace(samples.public_ip(1, 'eastus'), sku=address),))
    [found] = [reason for reason in reasons_of(seen) if reason.code == 'sku-retired']
    assert advice in found.recommendation and 'retired by Azure as of 2026' in found.message
    assert ('SKU Basic' in found.message) is (address == 'Basic')
