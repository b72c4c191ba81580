"""Read what is there at both ends of a pair: as few requests as decide the plan, side by side."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from azext_vnet2vnet.arm import api_versions, from_json
from azext_vnet2vnet.arm.failures import LoginEnded, RequestFailed
from azext_vnet2vnet.arm.requests import Answer
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.network.desired import End, Pair
from azext_vnet2vnet.network.observed import (
    CONNECTED,
    SUCCEEDED,
    Neighbour,
    Observed,
    ObservedConnection,
    ObservedGateway,
    ObservedPublicIp,
    ObservedVnet,
    Region,
    Site,
)
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, PUBLIC_IP_TYPE, ResourceId, shared_key_of
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.site_plan import new_public_ips


async def observe_pair(arm: Arm, pair: Pair) -> Observed:
    """What is there of the pair: both sites first, then the connections of their gateways, then the keys."""
    return (await observe_pairs(arm, [pair]))[0]


async def observe_pairs(arm: Arm, pairs: Sequence[Pair]) -> tuple[Observed, ...]:
    """The same for pairs that may share ends: each end is read once."""
    sites = await observe_sites(arm, [end for pair in pairs for end in pair.ends])
    groups = _GroupLists(arm)
    seen = await asyncio.gather(*(_observe_link(arm, groups, pair, sites) for pair in pairs))
    lacking = {end.vnet for pair, link in zip(pairs, seen) for end, site in zip(pair.ends, link.sites) if not site.half}
    neighbours = dict(
        zip(lacking, await asyncio.gather(*(_read_neighbours(arm, _strangers(vnet, pairs, sites)) for vnet in lacking)))
    )
    return tuple(
        Observed(*(replace(site, neighbours=neighbours.get(end.vnet, ())) for end, site in zip(pair.ends, link.sites)))
        for pair, link in zip(pairs, seen)
    )


async def observe_sites(arm: Arm, ends: Iterable[End]) -> dict[ResourceId, Site]:
    """What is there of each end, by its VNet, without what is between them."""
    by_vnet = {end.vnet: end for end in ends}
    found = await asyncio.gather(*(_observe_site(arm, end) for end in by_vnet.values()))
    return dict(zip(by_vnet, found))


async def read_key(arm: Arm, connection: ResourceId) -> SharedKey | None:
    """The key of a connection; None where this login may not read it.

    A login that may read the connection and not its key can get a 500 that stays (reported 2026).
    """
    try:
        answer = await arm.get(shared_key_of(connection))
    except RequestFailed as failure:
        if failure.status in (403, 500):
            return None
        raise
    return from_json.key_from_arm(answer.body)


async def read_connection(arm: Arm, connection: ResourceId) -> ObservedConnection | None:
    """A connection with its status; None where there is none."""
    answer = await arm.get(connection)
    return None if answer.is_missing else from_json.connection_from_arm(answer.body)


async def read_if_allowed(arm: Arm, target: ResourceId | None) -> dict | None:
    """A resource that helps to judge, but that the pair does not stand on; None where it cannot be read."""
    if target is None:
        return None
    try:
        answer = await arm.get(target)
    except (RequestFailed, LoginEnded):
        return None
    return None if answer.is_missing else answer.body


async def read_route_table(arm: Arm, vnet: ObservedVnet) -> dict | None:
    """The route table of the GatewaySubnet; None where it has none, or where it cannot be read."""
    return await read_if_allowed(arm, vnet.gateway_subnet.route_table if vnet.gateway_subnet else None)


async def _observe_site(arm: Arm, end: End) -> Site:
    if end.is_foreign:
        return Site()
    answer = await arm.get(end.vnet)
    if answer.is_missing:
        return await _observe_bare_site(arm, end, answer)
    vnet = from_json.vnet_from_arm(answer.body)
    gateways, routes = await asyncio.gather(_read_gateways(arm, end, vnet), read_route_table(arm, vnet))
    site = Site(vnet=vnet, gateways=gateways, default_routes=bool(routes) and from_json.has_default_route(routes))
    site, connections = await asyncio.gather(_observe_for_gateway(arm, end, site), _list_own(arm, site.vpn_gateway))
    return replace(site, connections=connections)


async def _observe_bare_site(arm: Arm, end: End, answer: Answer) -> Site:
    """A site whose VNet is still to be made; Azure's 404 tells whether its group is there (recorded)."""
    if answer.error[0] == 'SubscriptionNotFound':
        raise RequestFailed('GET', str(end.vnet), answer.status, *answer.error)
    if answer.error[0] == 'ResourceGroupNotFound':
        return Site(group_exists=False, regions=await _read_regions(arm, end))
    group, gateway = await asyncio.gather(arm.get(end.vnet.group_id), _read_gateway(arm, end.gateway))
    if group.is_missing:
        return Site(group_exists=False, regions=await _read_regions(arm, end))
    site = Site(group_location=group.body['location'], gateways=(gateway,) if gateway else ())
    return await _observe_for_gateway(arm, end, site)


async def _observe_for_gateway(arm: Arm, end: End, site: Site) -> Site:
    """What matters where a gateway gets a public IP: the IPs of those names, and the zones of the region."""
    gateway = site.vpn_gateway.id if site.vpn_gateway else end.gateway
    names = new_public_ips(end, site.vpn_gateway)
    if not names:
        return site
    regions, public_ips = await asyncio.gather(
        _read_regions(arm, end),
        asyncio.gather(*(_read_public_ip(arm, gateway.sibling(PUBLIC_IP_TYPE, name)) for name in names)),
    )
    return replace(site, regions=regions, public_ips=tuple(filter(None, public_ips)))


async def _read_regions(arm: Arm, end: End) -> dict[str, Region]:
    """The locations of the subscription; none where this login has no right beyond its groups."""
    subscription = end.vnet.subscription
    answer = await arm.read(subscription, f'/subscriptions/{subscription}/locations', api_versions.LOCATIONS)
    return from_json.regions_from_arm(answer.body) if answer.status == 200 else {}


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
    return None if answer.is_missing else from_json.gateway_from_arm(answer.body)


async def _read_public_ip(arm: Arm, public_ip: ResourceId) -> ObservedPublicIp | None:
    answer = await arm.get(public_ip)
    return None if answer.is_missing else from_json.public_ip_from_arm(answer.body)


async def _list_own(arm: Arm, gateway: ObservedGateway | None) -> tuple[ObservedConnection, ...]:
    """The connections that start at a gateway, without status.

    Whether the list of a gateway shows connections that start at the far one is not known: those are left out.
    """
    listed = map(from_json.connection_from_arm, await arm.list_connections(gateway.id)) if gateway else ()
    return tuple(connection for connection in listed if connection.gateway == gateway.id)


async def _observe_link(arm: Arm, groups: '_GroupLists', pair: Pair, sites: Mapping[ResourceId, Site]) -> Observed:
    """Both sites with their halves, or what has the names of those, and with their keys where these matter."""
    gateways = [_gateway_id(end, sites) for end in pair.ends]
    found = await asyncio.gather(
        *(
            _observe_half(arm, groups, sites[end.vnet], pair.connection_name(end), ways)
            for end, ways in zip(pair.ends, (gateways, gateways[::-1]))
            if not end.is_foreign
        )
    )
    near = iter(found)
    return Observed(
        *await _with_keys(arm, pair, [sites[end.vnet] if end.is_foreign else next(near) for end in pair.ends])
    )


async def _observe_half(arm: Arm, groups: '_GroupLists', site: Site, name: str, way: Sequence[ResourceId]) -> Site:
    """The site with the connection that leads the way, whatever its name, else with what has its name.

    Where there are several, the one that is named, else the first by id.
    """
    near, far = way
    halves = sorted(
        (connection.id for connection in site.connections if connection.far_gateway == far),
        key=lambda half: (half.name.lower() != name.lower(), half),
    )
    if halves:
        return replace(site, half=await read_connection(arm, halves[0]))
    wanted = near.sibling(CONNECTION_TYPE, name)
    namesake = (await groups.connections(near.group_id)).get(wanted) if site.group_exists else None
    if namesake and (namesake.gateway, namesake.far_gateway) == (near, far):
        return replace(site, half=await read_connection(arm, wanted))
    return replace(site, namesake=namesake)


class _GroupLists:
    """The connections of groups, each list read once."""

    def __init__(self, arm: Arm):
        self._arm = arm
        self._lists: dict[ResourceId, asyncio.Future] = {}

    async def connections(self, group: ResourceId) -> Mapping[ResourceId, ObservedConnection]:
        """The connections of a group by id, without status."""
        if group not in self._lists:
            self._lists[group] = asyncio.ensure_future(self._arm.list_connections(group))
        found = map(from_json.connection_from_arm, await self._lists[group])
        return {connection.id: connection for connection in found}


def _gateway_id(end: End, sites: Mapping[ResourceId, Site]) -> ResourceId:
    gateway = sites[end.vnet].vpn_gateway
    return gateway.id if gateway else end.gateway


def _strangers(vnet: ResourceId, pairs: Sequence[Pair], sites: Mapping[ResourceId, Site]) -> list[ObservedConnection]:
    """The connections of an end's gateway that lead to none of the other ends."""
    ours = {_gateway_id(pair.far(end), sites) for pair in pairs for end in pair.ends if end.vnet == vnet}
    return [connection for connection in sites[vnet].connections if connection.far_gateway not in ours]


async def _read_neighbours(arm: Arm, connections) -> tuple[Neighbour, ...]:
    """The address spaces behind a gateway's other connections; those that cannot be read are left out."""
    spaces = await asyncio.gather(*(_read_space(arm, connection) for connection in connections))
    return tuple(Neighbour(connection.id, space) for connection, space in zip(connections, spaces) if space)


async def _read_space(arm: Arm, connection: ObservedConnection) -> tuple[str, ...]:
    body = await read_if_allowed(arm, connection.far)
    if not body or connection.far_network:
        return from_json.local_prefixes_from_arm(body) if body else ()
    vnet = await read_if_allowed(arm, from_json.gateway_from_arm(body).vnet)
    return from_json.vnet_from_arm(vnet).address_prefixes if vnet else ()


async def _with_keys(arm: Arm, pair: Pair, sites: Sequence[Site]) -> Sequence[Site]:
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
