"""Read what is there at both ends of a pair: as few requests as decide the plan, side by side."""
import asyncio
from dataclasses import dataclass, replace

from azext_vnet2vnet.cloud.arm import Arm
from azext_vnet2vnet.cloud.failures import RequestFailed
from azext_vnet2vnet.cloud.wire import Answer
from azext_vnet2vnet.domain.health import CONNECTED
from azext_vnet2vnet.domain.ids import CONNECTION_TYPE, PUBLIC_IP_TYPE, ResourceId, shared_key_of
from azext_vnet2vnet.domain.layout import new_public_ips
from azext_vnet2vnet.domain.model import End, Pair
from azext_vnet2vnet.domain.observed import (
    SUCCEEDED, Neighbour, Observed, ObservedConnection, ObservedGateway, ObservedPublicIp, ObservedVnet, Region, Site)
from azext_vnet2vnet.domain.secret import SharedKey
from azext_vnet2vnet.formats import answers

_LOCATIONS_VERSION = '2022-12-01'


@dataclass(frozen=True)
class _Link:
    """What was found of one half: itself, the gateway's other connections, and how many there are."""
    half: ObservedConnection | None = None
    neighbours: tuple[Neighbour, ...] = ()
    connections: int = 0


async def observe_pair(arm: Arm, pair: Pair) -> Observed:
    """What is there of the pair: both sites first, then the connections of their gateways, then the keys."""
    sites = await asyncio.gather(*(_observe_site(arm, pair, end) for end in pair.ends))
    links = await asyncio.gather(*(_observe_link(arm, pair, end, sites) for end in pair.ends))
    sites = [replace(site, half=link.half, neighbours=link.neighbours, connections=link.connections)
             for site, link in zip(sites, links)]
    sites = await asyncio.gather(*(_look_for_namesake(arm, pair, end, sites) for end in pair.ends))
    return Observed(*await _with_keys(arm, pair, sites))


async def read_key(arm: Arm, connection: ResourceId) -> SharedKey | None:
    """The key of a connection; None where this login may not read it."""
    try:
        answer = await arm.get(shared_key_of(connection))
    except RequestFailed as failure:
        if failure.status == 403:
            return None
        raise
    return answers.key_from_arm(answer.body)


async def read_connection(arm: Arm, connection: ResourceId) -> ObservedConnection | None:
    """A connection with its status; None where there is none."""
    answer = await arm.get(connection)
    return None if answer.is_missing else answers.connection_from_arm(answer.body)


async def _observe_site(arm: Arm, pair: Pair, end: End) -> Site:
    if end.is_foreign:
        return Site()
    answer = await arm.get(end.vnet)
    if answer.is_missing:
        return await _observe_bare_site(arm, pair, end, answer)
    vnet = answers.vnet_from_arm(answer.body)
    gateways, default_routes = await asyncio.gather(_read_gateways(arm, end, vnet), _read_default_route(arm, vnet))
    site = Site(vnet=vnet, gateways=gateways, default_routes=default_routes)
    return await _observe_for_gateway(arm, pair, end, site)


async def _observe_bare_site(arm: Arm, pair: Pair, end: End, answer: Answer) -> Site:
    """A site whose VNet is still to be made; Azure's 404 tells whether its group is there (recorded)."""
    if answer.error[0] == 'SubscriptionNotFound':
        raise RequestFailed('GET', str(end.vnet), answer.status, *answer.error)
    if answer.error[0] == 'ResourceGroupNotFound':
        return Site(group_exists=False, regions=await _read_regions(arm, end))
    group, gateway = await asyncio.gather(arm.get(end.vnet.group_id), _read_gateway(arm, end.gateway))
    if group.is_missing:
        return Site(group_exists=False, regions=await _read_regions(arm, end))
    site = Site(group_location=group.body['location'], gateways=(gateway,) if gateway else ())
    return await _observe_for_gateway(arm, pair, end, site)


async def _observe_for_gateway(arm: Arm, pair: Pair, end: End, site: Site) -> Site:
    """What matters where a gateway gets a public IP: the IPs of those names, and the zones of the region."""
    gateway = site.vpn_gateway.id if site.vpn_gateway else end.gateway
    names = new_public_ips(pair, end, site.vpn_gateway)
    if not names:
        return site
    regions, public_ips = await asyncio.gather(
        _read_regions(arm, end),
        asyncio.gather(*(_read_public_ip(arm, gateway.sibling(PUBLIC_IP_TYPE, name)) for name in names)))
    return replace(site, regions=regions, public_ips=tuple(filter(None, public_ips)))


async def _read_regions(arm: Arm, end: End) -> dict[str, Region]:
    """The locations of the subscription; none where this login has no right beyond its groups."""
    subscription = end.vnet.subscription
    answer = await arm.read(subscription, f'/subscriptions/{subscription}/locations', _LOCATIONS_VERSION)
    return answers.regions_from_arm(answer.body) if answer.status == 200 else {}


async def _read_gateways(arm: Arm, end: End, vnet: ObservedVnet) -> tuple[ObservedGateway, ...]:
    """The gateways in the VNet's GatewaySubnet, and else the one that has the name of a new one.

    That one may belong to another VNet; or an interrupted run has just begun it, and the subnet does not list it yet
    (decision: Azure's word on when it appears there was not found).
    """
    found = await asyncio.gather(*(_read_gateway(arm, gateway) for gateway in vnet.gateways()))
    found = [gateway for gateway in found if gateway]
    if not any(gateway.gateway_type.lower() == 'vpn' for gateway in found):
        found.append(await _read_gateway(arm, end.gateway))
    return tuple(filter(None, found))


async def _read_gateway(arm: Arm, gateway: ResourceId) -> ObservedGateway | None:
    answer = await arm.get(gateway)
    return None if answer.is_missing else answers.gateway_from_arm(answer.body)


async def _read_public_ip(arm: Arm, public_ip: ResourceId) -> ObservedPublicIp | None:
    answer = await arm.get(public_ip)
    return None if answer.is_missing else answers.public_ip_from_arm(answer.body)


async def _read_default_route(arm: Arm, vnet: ObservedVnet) -> bool:
    table = vnet.gateway_subnet.route_table if vnet.gateway_subnet else None
    body = await _read_far(arm, table)
    return bool(body) and answers.has_default_route(body)


async def _observe_link(arm: Arm, pair: Pair, end: End, sites) -> _Link:
    """The connection from this end's gateway to the far one, whatever its name.

    Where there are several, the one that is named, else the first by id. Whether the list of a gateway shows
    connections that start at the far one is not known: both ends are compared.
    """
    far = pair.far(end)
    near_gateway = sites[end.number - 1].vpn_gateway
    if near_gateway is None:
        return _Link()
    listed = list(map(answers.connection_from_arm, await arm.list_connections(near_gateway.id)))
    own = [connection for connection in listed if connection.gateway == near_gateway.id]
    far_id = _gateway_id(far, sites)
    name = pair.connection_name(end).lower()
    halves = sorted((connection.id for connection in own if connection.far_gateway == far_id),
                    key=lambda half: (half.name.lower() != name, half))
    if halves:
        return _Link(await read_connection(arm, halves[0]), connections=len(own))
    return _Link(None, await _read_neighbours(arm, own), len(own))


def _gateway_id(end: End, sites) -> ResourceId:
    gateway = sites[end.number - 1].vpn_gateway
    return gateway.id if gateway else end.gateway


async def _read_neighbours(arm: Arm, connections) -> tuple[Neighbour, ...]:
    """The address spaces behind a gateway's other connections; those that cannot be read are left out."""
    spaces = await asyncio.gather(*(_read_space(arm, connection) for connection in connections))
    return tuple(Neighbour(connection.id, space) for connection, space in zip(connections, spaces) if space)


async def _read_space(arm: Arm, connection: ObservedConnection) -> tuple[str, ...]:
    body = await _read_far(arm, connection.far)
    if not body or connection.far_network:
        return answers.local_prefixes_from_arm(body) if body else ()
    vnet = await _read_far(arm, answers.gateway_from_arm(body).vnet)
    return answers.vnet_from_arm(vnet).address_prefixes if vnet else ()


async def _read_far(arm: Arm, target: ResourceId | None) -> dict | None:
    """A resource that helps to judge, but that the pair does not stand on; None where it cannot be read."""
    if target is None:
        return None
    try:
        answer = await arm.get(target)
    except RequestFailed:
        return None
    return None if answer.is_missing else answer.body


async def _look_for_namesake(arm: Arm, pair: Pair, end: End, sites) -> Site:
    """The site with the connection that has the name of its missing half: another one, or the half itself after all."""
    site = sites[end.number - 1]
    if site.half or not site.group_exists or end.is_foreign:
        return site
    near_id, far_id = (_gateway_id(one, sites) for one in (end, pair.far(end)))
    found = await read_connection(arm, near_id.sibling(CONNECTION_TYPE, pair.connection_name(end)))
    if found and (found.gateway, found.far_gateway) == (near_id, far_id):
        return replace(site, half=found)
    return replace(site, namesake=found)


async def _with_keys(arm: Arm, pair: Pair, sites) -> list[Site]:
    """The sites with the keys of halves that exist and are settled, where they matter.

    They do where one was given, or where both halves are there and not connected.
    """
    halves = [site.half for site in sites]
    if pair.key is None and (None in halves or all(half.status == CONNECTED for half in halves)):
        return sites

    async def with_key(site: Site) -> Site:
        if not site.half or site.half.state != SUCCEEDED:
            return site
        key = await read_key(arm, site.half.id)
        return replace(site, key=key, key_unreadable=key is None)
    return await asyncio.gather(*map(with_key, sites))
