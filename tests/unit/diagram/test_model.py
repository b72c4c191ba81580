"""What a picture says of a network: its regions, VNets and links, and their health."""

from dataclasses import replace
from random import Random

import pytest

from azext_vnet2vnet.diagram.model import GONE, UNSEEN, Health, picture_of
from azext_vnet2vnet.network.observed import FAILED
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from tests.unit import networks
from tests.unit.networks import NAMES, end, gone, half, pair, unreadable, with_gateway, without_half

EAST, WEST = end('east', 'eastus'), end('west', 'westus', 's2')


def link_of(one):
    return picture_of([one], NAMES).links[0]


def test_vnets_stand_in_their_region_and_subscription():
    picture = picture_of(networks.hub_and_spokes(), NAMES)
    assert [(one.name, one.subscription, [vnet.name for vnet in one.vnets]) for one in picture.regions] == [
        ('eastus', 'Contoso Production', ['crm', 'shop']),
        ('eastus', 'Contoso Test', ['lab']),
        ('japaneast', 'Contoso Test', ['tokyo-a', 'tokyo-b']),
        ('westeurope', 'Contoso Production', ['data', 'hub', 'web']),
    ]
    hub = picture.regions[3].vnets[1]
    assert (hub.gateway_id.name, hub.sku, hub.generation, hub.asn, hub.active_active, hub.note) == (
        'hub-gw',
        'VpnGw2AZ',
        'Generation2',
        65010,
        True,
        '',
    )
    assert hub.address_prefixes == networks.end('hub', '').vnet.address_prefixes
    assert len(picture.links) == 7 and picture.count(Health.HEALTHY) == 5 and picture.count(Health.UNHEALTHY) == 2


def test_a_subscription_without_a_name_is_shown_by_its_id_and_regions_are_spelled_one_way():
    spaced, plain = end('a', 'West Europe', 'S9'), end('b', 'westeurope', 's9')
    (region,) = picture_of([pair(spaced, plain)], NAMES).regions
    assert (region.name, region.subscription, len(region.vnets)) == ('westeurope', 's9', 2)


def test_the_picture_does_not_depend_on_the_order_of_pairs_and_ends():
    pairs = [*networks.hub_and_spokes(), pair(EAST, unreadable('partner')), pair(EAST, gone('old'))]
    expected = picture_of(pairs, NAMES)
    for seed in range(5):
        shuffled = [ObservedPair(*one.ends[::-1]) for one in pairs]
        Random(seed).shuffle(shuffled)
        assert picture_of(shuffled, NAMES) == expected


def test_each_vnet_and_each_pair_is_drawn_once_and_with_all_that_is_known():
    other = end('north', 'northeurope')
    listed = replace(EAST, vnet=None)
    shouted = replace(EAST, gateway_id=ResourceId.parse(str(EAST.gateway_id).upper()))
    pairs = [pair(listed, WEST), pair(EAST, other), pair(shouted, WEST), ObservedPair(*pair(listed, WEST).ends[::-1])]
    for ordered in (pairs, pairs[::-1]):
        picture = picture_of(ordered, NAMES)
        assert [vnet.name for vnet in picture.vnets] == ['east', 'north', 'west'] and len(picture.links) == 2
        assert picture.vnets[0].address_prefixes == EAST.vnet.address_prefixes
    assert picture_of([pair(listed, WEST)], NAMES).vnets[0].address_prefixes == ()


def test_asns_are_shown_where_bgp_is_used_anywhere():
    north = end('north', 'northeurope')
    assert {vnet.asn for vnet in picture_of([pair(EAST, WEST)], NAMES).vnets} == {None}
    pairs = [pair(EAST, WEST), pair(EAST, north, tunnel=networks.BGP)]
    picture = picture_of(pairs, NAMES)
    assert {vnet.asn for vnet in picture.vnets} == {65515}
    assert [link.bgp for link in picture.links] == [True, False]
    assert [link.state for link in picture.links] == ['Connected · BGP', 'Connected']
    assert picture_of([pair(EAST, with_gateway(WEST, enable_bgp=True))], NAMES).vnets[0].asn == 65515


def test_an_end_that_is_not_there_or_not_visible_says_so():
    picture = picture_of([pair(EAST, gone('old')), pair(EAST, unreadable('partner')), pair(EAST, WEST)], NAMES)
    assert [
        (region.title, region.subscription, [(vnet.name, vnet.note, vnet.sku) for vnet in region.vnets])
        for region in picture.regions
    ] == [
        ('eastus', 'Contoso Production', [('east', '', 'VpnGw2AZ')]),
        ('westus', 'Contoso Test', [('west', '', 'VpnGw2AZ')]),
        ('region not known', 'Contoso Production', [('(old-gw)', GONE, '')]),
        ('region not known', 'Contoso Test', [('(partner-gw)', UNSEEN, '')]),
    ]
    links = {link.gateways[1].name: link for link in picture.links}
    assert links['old-gw'].connections == ('east-to-old', None) and links['partner-gw'].status == 'FarEndUnreadable'
    assert links['west-gw'].connections == ('east-to-west', 'west-to-east')


def test_an_end_whose_gateway_could_not_be_read_stands_where_its_connection_does():
    near = replace(EAST, gateway=None, vnet=None, vnet_id=None, half=half(EAST, WEST))
    picture = picture_of([ObservedPair(near, pair(EAST, WEST).end2)], NAMES)
    assert (picture.regions[0].name, picture.vnets[0].name, picture.vnets[0].note) == ('eastus', '(east-gw)', UNSEEN)
    orphan = replace(EAST, vnet=None, vnet_id=None)
    assert [(vnet.name, vnet.note, vnet.sku) for vnet in picture_of([pair(orphan, WEST)], NAMES).regions[0].vnets] == [
        ('(east-gw)', '', 'VpnGw2AZ')
    ]


def with_keys(whole, one, other):
    return ObservedPair(replace(whole.end1, key=SharedKey(one)), replace(whole.end2, key=SharedKey(other)))


@pytest.mark.parametrize(
    'health, codes, whole',
    [
        (Health.HEALTHY, (), pair(EAST, WEST)),
        (Health.WARNING, ('sku-retired',), pair(with_gateway(EAST, sku='VpnGw1'), WEST)),
        (Health.UNHEALTHY, ('not-connected',), pair(EAST, WEST, status='NotConnected')),
        (Health.UNHEALTHY, ('not-connected',), pair(EAST, WEST, status='Connecting')),
        (Health.UNHEALTHY, ('connection-failed',), pair(EAST, WEST, state=FAILED)),
        (Health.UNHEALTHY, ('half-missing',), without_half(pair(EAST, WEST))),
        (Health.UNHEALTHY, ('gateway-replaced',), pair(EAST, gone('old'))),
        (
            Health.UNHEALTHY,
            ('not-connected', 'sku-retired'),
            pair(with_gateway(EAST, sku='Standard'), WEST, status='NotConnected'),
        ),
        (Health.UNKNOWN, ('far-end-unreadable',), pair(EAST, unreadable('partner'))),
        (
            Health.UNHEALTHY,
            ('not-connected', 'far-end-unreadable'),
            pair(EAST, unreadable('partner'), status='NotConnected'),
        ),
        (Health.UNKNOWN, ('not-connected',), pair(EAST, WEST, status='')),
        (
            Health.UNHEALTHY,
            ('key-mismatch', 'not-connected'),
            with_keys(pair(EAST, WEST, status='Unknown'), 'one', 'other'),
        ),
        (Health.UNKNOWN, ('connection-updating',), pair(EAST, WEST, state='Updating', status='NotConnected')),
        (Health.UNKNOWN, ('gateway-updating',), pair(with_gateway(EAST, state='Updating'), WEST)),
    ],
    ids=lambda value: value.value if isinstance(value, Health) else '-'.join(value) if isinstance(value, tuple) else '',
)
def test_health_is_what_verify_says_and_unknown_where_nobody_can_tell(health, codes, whole):
    link = link_of(whole)
    assert (link.health, link.codes) == (health, codes)


def test_no_pairs_make_an_empty_picture():
    picture = picture_of([], NAMES)
    assert (picture.regions, picture.links, picture.vnets) == ((), (), ())
