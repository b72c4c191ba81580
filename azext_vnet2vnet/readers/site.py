"""Read what exists of desired pairs: as few requests as decide the plan, side by side."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from azext_vnet2vnet.arm import from_json, reports_from_json
from azext_vnet2vnet.arm.api_versions import LOCATIONS
from azext_vnet2vnet.arm.failures import RequestFailed
from azext_vnet2vnet.arm.requests import Answer
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.network.desired import End, Pair
from azext_vnet2vnet.network.observed import (
    CONNECTED,
    SUCCEEDED,
    Neighbour,
    ObservedConnection,
    ObservedGateway,
    ObservedVnet,
    Region,
)
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair, Surroundings
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, PUBLIC_IP_TYPE, ResourceId
from azext_vnet2vnet.planning.site_plan import new_public_ips
from azext_vnet2vnet.readers.pair import read_gateway_end
from azext_vnet2vnet.readers.resources import (
    read_connection,
    read_each,
    read_key,
    read_optional,
    read_resource,
    read_route_table,
)

Ends = Mapping[ResourceId, ObservedEnd]


async def observe_pair(arm: Arm, pair: Pair) -> ObservedPair:
    """What exists of the pair: both sites first, then the connections of their gateways, then the keys."""
    return (await observe_pairs(arm, [pair]))[0]


async def observe_pairs(arm: Arm, pairs: Sequence[Pair]) -> tuple[ObservedPair, ...]:
    """The same for pairs that may share ends, in their order: each site is read once."""
    sites = await observe_sites(arm, [end for pair in pairs for end in pair.ends])
    groups = _GroupLists(arm)
    observed = await asyncio.gather(*(_observe_pair(arm, groups, pair, sites) for pair in pairs))
    lacking = {
        desired.vnet
        for pair, seen in zip(pairs, observed, strict=True)
        for desired, end in zip(pair.ends, seen.ends, strict=True)
        if not end.half
    }
    neighbours = await read_each(
        sorted(lacking), lambda vnet: _read_neighbours(arm, _other_connections(vnet, pairs, sites))
    )

    def complete(desired: End, end: ObservedEnd) -> ObservedEnd:
        surroundings = replace(end.surroundings, neighbours=neighbours.get(desired.vnet, ()))
        return replace(end, surroundings=surroundings)

    return tuple(
        ObservedPair(complete(pair.end1, seen.end1), complete(pair.end2, seen.end2))
        for pair, seen in zip(pairs, observed, strict=True)
    )


async def observe_sites(arm: Arm, ends: Iterable[End]) -> dict[ResourceId, ObservedEnd]:
    """What exists of each end, by its VNet, without its half."""

    by_vnet = {end.vnet: end for end in ends}
    return await read_each(by_vnet, lambda vnet: _observe_site(arm, by_vnet[vnet]))


async def _observe_site(arm: Arm, desired: End) -> ObservedEnd:
    end = ObservedEnd(desired.gateway, desired.tenant, vnet_id=desired.vnet)
    if desired.is_foreign:
        return replace(await read_far_gateway(arm, desired), vnet_id=desired.vnet)
    answer = await arm.get(desired.vnet)
    if answer.is_missing:
        return await _observe_bare_site(arm, desired, end, answer)
    vnet = from_json.vnet_from_arm(answer.body)
    gateways, route_table = await asyncio.gather(_read_gateways(arm, desired, vnet), read_route_table(arm, vnet))
    vpn = next((one for one in gateways if one.gateway_type.lower() == 'vpn' and one.vnet == vnet.id), None)
    end = replace(
        end,
        gateway_id=vpn.id if vpn else desired.gateway,
        gateway=vpn,
        other_gateways=tuple(one for one in gateways if one is not vpn),
        vnet_id=vnet.id,
        vnet=vnet,
        route_table=route_table,
    )
    end, connections = await asyncio.gather(_observe_for_gateway(arm, desired, end), _list_own(arm, vpn))
    return replace(end, connections=connections)


async def read_far_gateway(arm: Arm, desired: End) -> ObservedEnd:
    """The gateway of an end that another administrator writes, and its connections, as far as this login sees them."""
    return await read_gateway_end(arm, {desired.gateway.subscription.lower(): desired.tenant}, desired.gateway)


async def _observe_bare_site(arm: Arm, desired: End, end: ObservedEnd, answer: Answer) -> ObservedEnd:
    """A site whose VNet is still to be created; Azure's 404 says whether its group exists (recorded)."""
    if answer.error[0] == 'SubscriptionNotFound':
        raise RequestFailed('GET', str(desired.vnet), answer.status, *answer.error)
    if answer.error[0] == 'ResourceGroupNotFound':
        return await _without_group(arm, desired, end)
    group, gateway = await asyncio.gather(arm.get(desired.vnet.group_id), _read_gateway(arm, desired.gateway))
    if group.is_missing:
        return await _without_group(arm, desired, end)
    surroundings = Surroundings(group_location=group.body['location'])
    end = replace(end, surroundings=surroundings, other_gateways=(gateway,) if gateway else ())
    return await _observe_for_gateway(arm, desired, end)


async def _without_group(arm: Arm, desired: End, end: ObservedEnd) -> ObservedEnd:
    return replace(end, surroundings=Surroundings(group_exists=False, regions=await _read_regions(arm, desired)))


async def _observe_for_gateway(arm: Arm, desired: End, end: ObservedEnd) -> ObservedEnd:
    """What matters where a gateway gets a public IP: the IPs of those names, and the zones of the region."""
    names = new_public_ips(desired, end.gateway)
    if not names:
        return end
    targets = [end.gateway_id.sibling(PUBLIC_IP_TYPE, name) for name in names]
    regions, public_ips = await asyncio.gather(
        _read_regions(arm, desired),
        read_each(targets, lambda target: read_resource(arm, target, from_json.public_ip_from_arm)),
    )
    surroundings = replace(end.surroundings, regions=regions)
    return replace(end, surroundings=surroundings, public_ips=tuple(filter(None, public_ips.values())))


async def _read_regions(arm: Arm, desired: End) -> dict[str, Region]:
    """The locations of the subscription; none where this login has no right beyond its groups."""
    subscription = desired.vnet.subscription
    path = f'/subscriptions/{subscription}/locations'
    found = await arm.read_list(subscription, path, LOCATIONS, reports_from_json.region_from_arm)
    return {} if isinstance(found, Answer) else {region.name: region for region in found}


async def _read_gateways(arm: Arm, desired: End, vnet: ObservedVnet) -> tuple[ObservedGateway, ...]:
    """The gateways in the VNet's GatewaySubnet, and else the one that has the name of a new one.

    That one may belong to another VNet; or an interrupted run has just begun it, and the subnet does not list it yet
    (decision: Azure's word on when it appears was not found).
    """
    found = [one for one in await asyncio.gather(*(_read_gateway(arm, one) for one in vnet.gateways())) if one]
    if not any(gateway.gateway_type.lower() == 'vpn' for gateway in found):
        named = await _read_gateway(arm, desired.gateway)
        found += [named] if named else []
    return tuple(found)


async def _read_gateway(arm: Arm, gateway: ResourceId) -> ObservedGateway | None:
    return await read_resource(arm, gateway, from_json.gateway_from_arm)


async def _list_own(arm: Arm, gateway: ObservedGateway | None) -> tuple[ObservedConnection, ...]:
    """The connections that start at a gateway, without status.

    Whether the list of a gateway shows connections that start at the far one is not known: those are left out.
    """
    if gateway is None:
        return ()
    listed = map(from_json.connection_from_arm, await arm.list_connections(gateway.id))
    return tuple(connection for connection in listed if connection.gateway == gateway.id)


async def _observe_pair(arm: Arm, groups: '_GroupLists', pair: Pair, sites: Ends) -> ObservedPair:
    """Both ends with their halves, or what has the names of those, and with their keys where these matter."""

    async def observe(desired: End) -> ObservedEnd:
        end, far = sites[desired.vnet], sites[pair.far(desired).vnet].gateway_id
        name = pair.connection_name(desired)
        return end if desired.is_foreign else await _with_half(arm, groups, end, name, far)

    return await _with_keys(arm, pair, ObservedPair(*await asyncio.gather(*map(observe, pair.ends))))


async def _with_half(arm: Arm, groups: '_GroupLists', end: ObservedEnd, name: str, far: ResourceId) -> ObservedEnd:
    """The end with the connection that leads to the far gateway, whatever its name, else with what has its name.

    Where there are several, the one that is named, else the first by id.
    """
    halves = sorted(
        (connection.id for connection in end.connections if connection.far_gateway == far),
        key=lambda half: (half.name.lower() != name.lower(), half),
    )
    if halves:
        return replace(end, half=await read_connection(arm, halves[0]))
    named = end.gateway_id.sibling(CONNECTION_TYPE, name)
    namesake = (await groups.connections(named.group_id)).get(named) if end.surroundings.group_exists else None
    if namesake and (namesake.gateway, namesake.far_gateway) == (end.gateway_id, far):
        return replace(end, half=await read_connection(arm, named))
    return replace(end, surroundings=replace(end.surroundings, namesake=namesake))


class _GroupLists:
    """The connections of groups, each list read once."""

    def __init__(self, arm: Arm):
        self._arm = arm
        self._lists: dict[ResourceId, asyncio.Task[list[dict]]] = {}

    async def connections(self, group: ResourceId) -> Mapping[ResourceId, ObservedConnection]:
        """The connections of a group by id, without status."""
        if group not in self._lists:
            self._lists[group] = asyncio.ensure_future(self._arm.list_connections(group))
        found = map(from_json.connection_from_arm, await self._lists[group])
        return {connection.id: connection for connection in found}


def _other_connections(vnet: ResourceId, pairs: Sequence[Pair], sites: Ends) -> list[ObservedConnection]:
    """The connections of an end's gateway that lead to none of the other ends."""
    ours = {sites[pair.far(end).vnet].gateway_id for pair in pairs for end in pair.ends if end.vnet == vnet}
    return [connection for connection in sites[vnet].connections if connection.far_gateway not in ours]


async def _read_neighbours(arm: Arm, connections: Iterable[ObservedConnection]) -> tuple[Neighbour, ...]:
    """The address spaces behind a gateway's other connections, but those that cannot be read."""

    async def read(connection: ObservedConnection) -> Neighbour:
        return Neighbour(connection.id, await _read_space(arm, connection), bool(connection.far_network))

    found = await asyncio.gather(*map(read, connections))
    return tuple(neighbour for neighbour in found if neighbour.prefixes)


async def _read_space(arm: Arm, connection: ObservedConnection) -> tuple[str, ...]:
    if connection.far_network:
        space, _ = await read_optional(arm, connection.far_network, from_json.local_prefixes_from_arm)
        return space or ()
    gateway, _ = await read_optional(arm, connection.far_gateway, from_json.gateway_from_arm)
    vnet, _ = await read_optional(arm, gateway.vnet if gateway else None, from_json.vnet_from_arm)
    return vnet.address_prefixes if vnet else ()


async def _with_keys(arm: Arm, pair: Pair, observed: ObservedPair) -> ObservedPair:
    """The pair with the keys of halves that exist and are settled, where they matter.

    They do where one was given, or where both halves exist and are not connected.
    """
    halves = observed.halves
    if pair.key is None and (len(halves) < 2 or all(half.status == CONNECTED for half in halves)):
        return observed

    async def with_key(end: ObservedEnd) -> ObservedEnd:
        if not end.half or end.half.state != SUCCEEDED:
            return end
        key = await read_key(arm, end.half.id)
        return replace(end, key=key, key_unreadable=key is None)

    return ObservedPair(*await asyncio.gather(*map(with_key, observed.ends)))
