"""Networks of observed pairs, as values to draw."""

from dataclasses import replace
from itertools import combinations
from random import Random
from zlib import crc32

from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.observed import SUCCEEDED, ObservedConnection, ObservedGateway, ObservedVnet
from azext_vnet2vnet.network.pair import Cause, ObservedEnd, ObservedPair, Obstacle
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.tunnel import Tunnel

REGIONS = ('eastus', 'westus', 'northeurope', 'japaneast', 'uksouth')
NAMES = {'s1': 'Contoso Production', 's2': 'Contoso Test'}
PLAIN = Tunnel(enable_bgp=False, dpd_timeout=0, mode='Default')
BGP = replace(PLAIN, enable_bgp=True)


def _short(one: ObservedEnd) -> str:
    return one.gateway_id.name.removesuffix('-gw')


def end(name: str, location: str, subscription: str = 's1', **changes) -> ObservedEnd:
    """The end of a pair in the VNet of that name, with everything but its half."""
    vnet = ResourceId(subscription, 'net', resource_id.VNET_TYPE, (name,))
    gateway = vnet.sibling(resource_id.GATEWAY_TYPE, f'{name}-gw')
    high, low = divmod(crc32(name.encode()) % 62500, 250)
    return replace(
        ObservedEnd(
            gateway,
            vnet_id=vnet,
            vnet=ObservedVnet(vnet, location, SUCCEEDED, (f'10.{high}.{low}.0/24',)),
            gateway=ObservedGateway(
                gateway, location, SUCCEEDED, 'Vpn', 'RouteBased', 'VpnGw2AZ', 'Generation2', False, False, 65515, vnet
            ),
        ),
        **changes,
    )


def with_gateway(sample: ObservedEnd, **changes) -> ObservedEnd:
    """The end with another gateway."""
    return replace(sample, gateway=replace(sample.gateway, **changes))


def unreadable(name: str, subscription: str = 's2') -> ObservedEnd:
    """An end that the login cannot see."""
    return replace(end(name, '', subscription), vnet_id=None, vnet=None, gateway=None, obstacle=Obstacle(Cause.LOGIN))


def gone(name: str, subscription: str = 's1') -> ObservedEnd:
    """An end whose gateway does not exist any more."""
    return replace(end(name, '', subscription), vnet_id=None, vnet=None, gateway=None, gateway_missing=True)


def half(near: ObservedEnd, far: ObservedEnd, **changes) -> ObservedConnection:
    """The connection from one end to the other."""
    sample = ObservedConnection(
        near.gateway_id.sibling(resource_id.CONNECTION_TYPE, f'{_short(near)}-to-{_short(far)}'),
        near.gateway.location,
        SUCCEEDED,
        near.gateway_id,
        far.gateway_id,
        'Vnet2Vnet',
        'Connected',
        1,
        1,
        PLAIN,
    )
    return replace(sample, **changes)


def pair(one: ObservedEnd, other: ObservedEnd, **changes) -> ObservedPair:
    """Two ends with the halves that can be seen: both, unless an end is unreadable or gone."""
    return ObservedPair(
        replace(one, half=half(one, other, **changes) if one.gateway else None),
        replace(other, half=half(other, one, **changes) if other.gateway else None),
    )


def without_half(whole: ObservedPair) -> ObservedPair:
    """The pair without the half of its second end."""
    return replace(whole, end2=replace(whole.end2, half=None))


def mesh(ends: list[ObservedEnd], **changes) -> list[ObservedPair]:
    """Every end joined to every other one."""
    return [pair(one, other, **changes) for one, other in combinations(ends, 2)]


def hub_and_spokes() -> list[ObservedPair]:
    """Eight VNets in three regions and two subscriptions, with BGP; one pair is at fault, one lacks a half."""
    hub = with_gateway(end('hub', 'westeurope'), asn=65010, enable_bgp=True, active_active=True)
    spokes = [
        ('web', 'westeurope', 's1'),
        ('data', 'westeurope', 's1'),
        ('shop', 'eastus', 's1'),
        ('crm', 'eastus', 's1'),
        ('lab', 'eastus', 's2'),
        ('tokyo-a', 'japaneast', 's2'),
        ('tokyo-b', 'japaneast', 's2'),
    ]
    pairs = [
        pair(hub, with_gateway(end(*spoke), asn=65020 + number, enable_bgp=True), tunnel=BGP)
        for number, spoke in enumerate(spokes)
    ]
    pairs[4] = pair(hub, pairs[4].end2, tunnel=BGP, status='NotConnected')
    pairs[6] = without_half(pairs[6])
    return pairs


def large_mesh() -> list[ObservedPair]:
    """Thirty VNets in ten places, each joined to each."""
    regions = ('eastus', 'westus', 'northeurope', 'westeurope', 'japaneast')
    return mesh(
        [
            end(f'{region}-{letter}{subscription}', region, subscription)
            for region in regions
            for subscription in NAMES
            for letter in 'abc'
        ]
    )


def ends(count, regions=1, subscriptions=1):
    """So many ends, spread over regions and subscriptions."""
    return [
        end(f'vnet{number:02}', REGIONS[number % regions], f's{1 + number // regions % subscriptions}')
        for number in range(count)
    ]


def star(count, regions):
    """One VNet joined to all others."""
    hub, *spokes = ends(count, regions, 2)
    return [pair(hub, spoke) for spoke in spokes]


def troubled():
    """Whatever can be wrong, in one network."""
    one, two, three = ends(3, 3)
    return [
        pair(one, two, status='NotConnected'),
        pair(one, unreadable('partner')),
        pair(one, gone('old')),
        without_half(pair(one, three)),
        pair(with_gateway(two, sku='Standard'), three),
        pair(two, end('lab', 'westus'), state='Updating'),
    ]


def scattered(count, share, seed):
    """A network that was drawn by lot."""
    lot = Random(seed)
    return [pair(*two) for two in combinations(ends(count, 5, 2), 2) if lot.random() < share]


def hubs():
    """Two hubs with spokes of their own."""
    hub1, hub2, *spokes = ends(14, 4, 2)
    return [pair(hub1, hub2), *(pair(hub1 if number % 2 else hub2, spoke) for number, spoke in enumerate(spokes))]


NETWORKS = {
    'two in a place': [pair(*ends(2))],
    'two in two places': [pair(*ends(2, 2, 2), tunnel=BGP)],
    'hub and spokes': hub_and_spokes(),
    'large mesh': large_mesh(),
    'troubled': troubled(),
    'chain': [pair(*two) for two in zip(ends(9, 4), ends(9, 4)[1:])],
    'hubs': hubs(),
    'apart': [
        pair(end(f'a{number}', 'eastus', f's{number}'), end(f'b{number}', 'westus', f's{number}'))
        for number in range(7)
    ],
    'triangles apart': [
        one
        for number in range(4)
        for one in mesh([end(f'{letter}{number}', region, f's{number}') for letter, region in ('ae', 'bw', 'cw')])
    ],
    **{f'mesh of {count} in {regions}': mesh(ends(count, regions)) for count in (3, 4, 6, 12) for regions in (1, 2, 3)},
    **{f'star of {count} in {regions}': star(count, regions) for count in (5, 40) for regions in (1, 5)},
    **{f'scattered {seed}': scattered(14, 0.2, seed) for seed in range(6)},
}
