"""Every refusal and warning, each from one change to the how-to's pair, which by itself has none."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.checks.pair import check_pair
from azext_vnet2vnet.network.desired import Subnet
from azext_vnet2vnet.network.diagnostic import Severity
from azext_vnet2vnet.network.observed import FAILED, Neighbour, ObservedRouteTable, ObservedSubnet, Peering
from azext_vnet2vnet.network.pair import ObservedPair, Surroundings
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import IpsecPolicy, TrafficSelector, Tunnel
from azext_vnet2vnet.planning.pair_plan import compare
from tests.unit import samples

GUID = '8c3b0a1e-0f5d-4a6e-9b7c-2d1f00aa11bb'
NOTHING = ObservedPair(samples.nothing(), samples.nothing())
FULL = ObservedPair(samples.site(1, 4, 'eastus'), samples.site(4, 1, 'westus'))
NO_GATEWAY = ObservedPair(
    samples.site(
        1,
        4,
        'eastus',
        vnet=samples.vnet(1, 'eastus', with_gateway=False),
        gateway=None,
        half=None,
        surroundings=samples.SURROUNDINGS,
    ),
    replace(FULL.end2, half=None),
)


def end1(**changes):
    return samples.pair(end1=samples.end(1, 1, changes.pop('location', 'eastus'), **changes))


def end2(**changes):
    return samples.pair(end2=samples.end(4, 2, 'westus', **changes))


def changed1(observed, **changes):
    return replace(observed, end1=replace(observed.end1, **changes))


def vnet1(observed, **changes):
    return changed1(observed, vnet=replace(observed.end1.vnet, **changes))


def gateway1(**changes):
    return changed1(FULL, gateway=samples.gateway(1, 'eastus', **changes))


def gateway_subnet(observed, **changes):
    *others, subnet = observed.end1.vnet.subnets
    return vnet1(observed, subnets=(*others, replace(subnet, **changes)))


def ip1(**changes):
    return changed1(NO_GATEWAY, public_ips=(replace(samples.public_ip(1, 'eastus', samples.ZONES), **changes),))


@pytest.mark.parametrize(
    'pair, observed',
    [
        (samples.pair(), NOTHING),
        (samples.pair(), FULL),
        (samples.pair(), NO_GATEWAY),
        (samples.pair(), ip1()),
        (samples.wishing(samples.pair(), sku='VpnGw1AZ'), NOTHING),
        (samples.wishing(samples.pair(), sku='vpngw5az'), NOTHING),
        (samples.wishing(samples.pair(), sku='VpnGw2AZ', generation='Generation1'), NOTHING),
        (end1(gateway_subnet=None), NOTHING),
        (end1(gateway_name=None, public_ip_names=()), NOTHING),
    ],
)
def test_the_how_to_has_no_findings(pair, observed):
    assert check_pair(compare(pair, observed)) == ()


OTHER_IN_GROUP1 = replace(samples.vnet_id(1), names=('TestVNet4',))
NO_HALVES = ObservedPair(replace(FULL.end1, half=None), replace(FULL.end2, half=None))
POLICY = IpsecPolicy('AES256', 'SHA256', 'DHGroup14', 'GCMAES256', 'GCMAES256', 'PFS14', 27000, 102400000)
SMALL = [ObservedSubnet('GatewaySubnet', ('10.12.255.0/30',))]
TIGHT = [ObservedSubnet('GatewaySubnet', ('10.12.255.0/28',))]
FULL_SUBNETS = [ObservedSubnet('All', ('10.11.0.0/16',)), ObservedSubnet('More', ('10.12.0.0/16',))]

CASES = [
    ('sku-unknown', samples.wishing(samples.pair(), sku='VpnGw9'), NOTHING),
    ('sku-retired', samples.wishing(samples.pair(), sku='VpnGw2'), NOTHING),
    ('sku-retired', samples.wishing(samples.pair(), sku='HighPerformance'), NO_GATEWAY),
    (
        'radius-secret',
        end1(asn=65031),
        gateway1(lost_members=('properties.vpnClientConfiguration.radiusServerSecret',)),
    ),
    ('member-unknown', end1(asn=65031), gateway1(lost_members=('properties.bgpSettings.later',))),
    (
        'active-active-points',
        end1(active_active=True, public_ip_names=()),
        changed1(gateway1(serves_points=True), surroundings=samples.SURROUNDINGS),
    ),
    (
        'member-unknown',
        samples.pair(tunnel=Tunnel(dpd_timeout=45)),
        changed1(FULL, half=samples.half(1, 4, 'eastus', lost_members=('properties.later',))),
    ),
    ('generation-mismatch', samples.wishing(samples.pair(), sku='VpnGw1AZ', generation='Generation2'), NOTHING),
    ('generation-mismatch', samples.wishing(samples.pair(), sku='VpnGw5AZ', generation='Generation1'), NOTHING),
    ('vnet-missing', end1(address_prefixes=(), subnets=(), gateway_subnet=None), NOTHING),
    ('vnet-failed', samples.pair(), vnet1(FULL, state=FAILED)),
    ('location-unknown', end1(location=None), NOTHING),
    ('location-unknown', end1(location='atlantis'), NOTHING),
    ('location-differs', end1(location='westus'), FULL),
    ('vnet-differs', end1(address_prefixes=('10.99.0.0/16',)), FULL),
    ('vnet-differs', end1(subnets=(Subnet('Third', '10.11.9.0/24'),)), FULL),
    ('subnet-twice', end1(subnets=(Subnet('A', '10.11.0.0/24'), Subnet('a', '10.11.1.0/24'))), NOTHING),
    ('subnet-reserved', end1(subnets=(Subnet('gatewaysubnet', '10.11.0.0/24'),)), NOTHING),
    ('prefix-outside', end1(subnets=(Subnet('A', '10.99.0.0/24'),)), NOTHING),
    ('prefix-outside', end1(gateway_subnet='10.99.0.0/27'), NOTHING),
    ('subnets-overlap', end1(subnets=(Subnet('A', '10.11.0.0/24'), Subnet('B', '10.11.0.0/25'))), NOTHING),
    ('subnets-overlap', end1(gateway_subnet='10.12.0.0/27'), NOTHING),
    (
        'subnets-overlap',
        end1(gateway_subnet='10.12.0.0/27', subnets=()),
        vnet1(NO_GATEWAY, subnets=samples.vnet(1, '').subnets[:2]),
    ),
    ('gateway-subnet-differs', end1(gateway_subnet='10.12.254.0/27'), FULL),
    ('gateway-subnet-no-room', end1(gateway_subnet=None, subnets=()), vnet1(NO_GATEWAY, subnets=FULL_SUBNETS)),
    ('gateway-subnet-small', end1(gateway_subnet='10.12.255.0/30'), NOTHING),
    ('gateway-subnet-small', end1(gateway_subnet=None, subnets=()), vnet1(NO_GATEWAY, subnets=SMALL)),
    ('gateway-differs', end1(gateway_name='Another'), FULL),
    (
        'gateway-elsewhere',
        samples.pair(),
        changed1(NO_GATEWAY, other_gateways=(samples.gateway(1, 'eastus', vnet=samples.vnet_id(7)),)),
    ),
    (
        'gateway-elsewhere',
        samples.pair(),
        changed1(NO_GATEWAY, other_gateways=(samples.gateway(1, 'eastus', gateway_type='ExpressRoute'),)),
    ),
    ('gateway-subnet-nsg', samples.pair(), gateway_subnet(NO_GATEWAY, security_group=samples.vnet_id(7))),
    (
        'gateway-subnet-default-route',
        samples.pair(),
        changed1(gateway_subnet(NO_GATEWAY, route_table=samples.vnet_id(7)), route_table=ObservedRouteTable(True)),
    ),
    (
        'gateway-subnet-ipv6',
        end1(gateway_subnet='fd00:1::/64', address_prefixes=('10.11.0.0/16', 'fd00:1::/48'), subnets=()),
        NOTHING,
    ),
    (
        'gateway-subnet-small',
        end1(gateway_subnet=None, subnets=()),
        changed1(
            vnet1(NO_GATEWAY, subnets=TIGHT),
            other_gateways=(samples.gateway(9, 'eastus', gateway_type='ExpressRoute'),),
        ),
    ),
    ('prefixes-overlap', end1(address_prefixes=('10.11.0.0/16', '10.11.4.0/24', '10.12.0.0/16')), NOTHING),
    (
        'remote-gateway-used',
        samples.pair(),
        vnet1(NO_GATEWAY, peerings=(Peering('p', samples.vnet_id(7), uses_remote_gateways=True),)),
    ),
    ('active-active-stays', samples.wishing(samples.pair(), active_active=False), gateway1(active_active=True)),
    (
        'basic-cannot',
        samples.wishing(end1(public_ip_names=()), sku='Basic', active_active=True),
        replace(NO_GATEWAY, end2=replace(FULL.end2, gateway=samples.gateway(4, 'westus', active_active=True))),
    ),
    ('gateway-deleting', samples.pair(), gateway1(state='Deleting')),
    ('name-twice', replace(end2(vnet=OTHER_IN_GROUP1), name='c', peer_name='C'), NOTHING),
    ('name-twice', end2(vnet=OTHER_IN_GROUP1, gateway_name='vnet1gw'), NOTHING),
    ('name-twice', end2(vnet=OTHER_IN_GROUP1, public_ip_names=('VNET1GWIP',)), NOTHING),
    ('basic-cannot', end1(asn=65010), gateway1(sku='Basic')),
    ('policy-on-basic', samples.pair(tunnel=Tunnel(policies=(POLICY,))), gateway1(sku='Basic')),
    ('asn-range', end1(asn=0), FULL),
    ('asn-range', end1(asn=2**32), FULL),
    ('asn-reserved', end1(asn=65518), FULL),
    ('asn-reserved', end1(asn=12076), FULL),
    ('asn-reserved', end1(asn=4294967295), FULL),
    ('asn-equal', samples.pair(tunnel=Tunnel(enable_bgp=True)), FULL),
    (
        'asn-equal',
        end1(asn=65040),
        replace(
            FULL,
            end2=samples.site(
                4,
                1,
                'westus',
                gateway=samples.gateway(4, 'westus', asn=65040),
                half=samples.half(4, 1, 'westus', tunnel=Tunnel(enable_bgp=True)),
            ),
        ),
    ),
    ('sku-unknown', samples.wishing(samples.pair(), sku='VpnGw9'), FULL),
    ('gateway-high-bandwidth', samples.pair(), gateway1(is_high_bandwidth=True)),
    (
        'asn-equal',
        samples.pair(
            tunnel=Tunnel(enable_bgp=True),
            end1=samples.end(1, 1, 'eastus', asn=65040),
            end2=samples.end(4, 2, 'westus', asn=65040),
        ),
        NOTHING,
    ),
    ('public-ip-count', samples.wishing(end2(public_ip_names=()), active_active=True), NOTHING),
    (
        'public-ip-twice',
        samples.wishing(
            samples.pair(
                end1=samples.end(1, 1, 'eastus', public_ip_names=('a', 'A')),
                end2=samples.end(4, 2, 'westus', public_ip_names=()),
            ),
            active_active=True,
        ),
        NOTHING,
    ),
    ('tunnel-limit', samples.pair(), changed1(NO_HALVES, connections=(samples.half(1, 9, 'eastus'),) * 100)),
    (
        'ranges-overlap',
        samples.pair(),
        changed1(
            NO_HALVES,
            surroundings=Surroundings(neighbours=(Neighbour(samples.half(1, 5, 'eastus').id, ('10.41.9.0/24',)),)),
        ),
    ),
    ('gateway-policy-based', samples.pair(), gateway1(vpn_type='PolicyBased')),
    ('gateway-failed', samples.pair(), gateway1(state=FAILED)),
    ('public-ip-count', end1(public_ip_names=('a', 'b')), NOTHING),
    ('public-ip-unsuitable', samples.pair(), ip1(sku='Basic')),
    ('public-ip-unsuitable', samples.pair(), ip1(allocation='Dynamic')),
    ('public-ip-unsuitable', samples.pair(), ip1(location='westus')),
    ('public-ip-unsuitable', samples.pair(), ip1(zones=())),
    ('public-ip-unsuitable', samples.pair(), ip1(user=samples.vnet_id(7))),
    ('connection-name-differs', samples.pair(name='Mine'), FULL),
    ('connection-name-differs', samples.pair(peer_name='Mine'), FULL),
    (
        'connection-name-taken',
        samples.pair(),
        changed1(NO_GATEWAY, surroundings=replace(samples.SURROUNDINGS, namesake=samples.half(1, 5, 'eastus'))),
    ),
    ('ranges-overlap', end1(address_prefixes=('10.41.0.0/17',), subnets=(), gateway_subnet=None), NOTHING),
    (
        'key-mismatch',
        samples.pair(),
        replace(changed1(FULL, key=SharedKey('one')), end2=replace(FULL.end2, key=SharedKey('other'))),
    ),
]


def beside(prefix, **changes):
    """A gateway that leads to a network of that prefix already, and a far VNet with IPv6."""
    neighbour = Neighbour(samples.half(1, 5, 'eastus').id, (prefix,), **changes)
    end2 = NO_HALVES.end2
    space = (*end2.vnet.address_prefixes, 'fd00::/56')
    return replace(
        changed1(NO_HALVES, surroundings=Surroundings(neighbours=(neighbour,))),
        end2=replace(end2, vnet=replace(end2.vnet, address_prefixes=space)),
    )


BASIC = samples.wishing(samples.pair(), sku='Basic', generation='Generation1')


@pytest.mark.parametrize('code, pair, observed', CASES, ids=lambda value: value if isinstance(value, str) else '')
def test_refusals(code, pair, observed):
    findings = check_pair(compare(pair, observed))
    assert [finding.code for finding in findings if finding.severity is Severity.ERROR] == [code]
    (finding,) = findings
    assert finding.recommendation and not finding.message.endswith('.') and not finding.recommendation.endswith('.')
    assert '\n' not in finding.message + finding.recommendation


@pytest.mark.parametrize(
    'code, pair, observed',
    [
        ('gateway-subnet-tight', end1(gateway_subnet='10.12.255.0/28'), NOTHING),
        ('gateway-subnet-tight', end1(gateway_subnet=None, subnets=()), vnet1(NO_GATEWAY, subnets=TIGHT)),
        ('sku-blocks-changes', end1(asn=65031), gateway1(sku='VpnGw2')),
        ('sku-unused', samples.wishing(samples.pair(), sku='VpnGw1AZ'), FULL),
        ('gateway-subnet-nsg', samples.pair(), gateway_subnet(FULL, security_group=samples.vnet_id(7))),
        ('public-ips-unused', end1(public_ip_names=('Other',)), FULL),
        ('zones-unknown', samples.pair(), changed1(NO_GATEWAY, surroundings=Surroundings())),
        ('selectors-need-policy', samples.pair(tunnel=Tunnel(policy_based=True)), FULL),
        ('generation-differs', samples.wishing(samples.pair(), generation='Generation1'), FULL),
        ('sku-unused', samples.wishing(samples.pair(), sku='VpnGw1'), FULL),
        ('tunnel-limit', samples.pair(), changed1(NO_HALVES, connections=(samples.half(1, 9, 'eastus'),) * 30)),
        ('gateway-subnet-delegated', samples.pair(), gateway_subnet(NO_GATEWAY, delegations=('Microsoft.Web/x',))),
        ('public-ip-failed', samples.pair(), ip1(state=FAILED)),
        ('public-ip-unproven', BASIC, ip1(sku='Basic')),
        ('public-ip-unproven', BASIC, ip1(allocation='Dynamic')),
        ('ranges-overlap', samples.pair(), beside('10.0.0.0/8', is_site=True)),
        ('ranges-overlap', samples.pair(), beside('fd00::/48')),
        ('key-hyphen', samples.pair(key=SharedKey(GUID)), FULL),
        ('key-unreadable', samples.pair(key=SharedKey('one')), changed1(FULL, key_unreadable=True)),
        ('vnets-peered', samples.pair(), vnet1(FULL, peerings=(Peering('p', samples.vnet_id(4)),))),
        (
            'selector-outside',
            samples.pair(tunnel=Tunnel(selectors=(TrafficSelector(('10.11.0.0/16',), ('10.99.0.0/16',)),))),
            FULL,
        ),
    ],
)
def test_warnings(code, pair, observed):
    found = {(finding.code, finding.severity) for finding in check_pair(compare(pair, observed))}
    assert found == {(code, Severity.WARNING)}


def test_all_findings_come_at_once():
    pair = samples.wishing(samples.pair(end1=samples.end(1, 1, None, gateway_subnet='10.99.0.0/27')), sku='VpnGw1')
    assert {finding.code for finding in check_pair(compare(pair, NOTHING))} == {
        'location-unknown',
        'prefix-outside',
        'sku-retired',
    }


def test_sku_basic_takes_a_standard_public_ip_with_zones():
    assert check_pair(compare(BASIC, ip1())) == ()


def test_the_key_that_a_half_has_is_not_judged():
    there = changed1(FULL, key=SharedKey.existing(GUID))
    assert check_pair(compare(samples.pair(key=SharedKey(GUID)), there)) == ()


def test_equal_keys_and_a_given_key_are_no_mismatch():
    one = replace(changed1(FULL, key=SharedKey('one')), end2=replace(FULL.end2, key=SharedKey('one')))
    other = replace(one, end2=replace(one.end2, key=SharedKey('other')))
    assert (
        check_pair(compare(samples.pair(), one)) == () == check_pair(compare(samples.pair(key=SharedKey('one')), other))
    )
