"""Read what is there at both ends of a pair: as few requests as decide the plan, side by side."""
import asyncio
from dataclasses import replace

from azext_vnet2vnet.cloud.arm import Answer, Arm, RequestFailed
from azext_vnet2vnet.domain.health import CONNECTED
from azext_vnet2vnet.domain.ids import CONNECTION_TYPE, PUBLIC_IP_TYPE, ResourceId, shared_key_of
from azext_vnet2vnet.domain.layout import public_ip_names
from azext_vnet2vnet.domain.model import End, Pair
from azext_vnet2vnet.domain.observed import (
    SUCCEEDED, Observed, ObservedConnection, ObservedGateway, ObservedPublicIp, ObservedVnet, Site)
from azext_vnet2vnet.domain.secret import SharedKey
from azext_vnet2vnet.formats import payloads


async def observe_pair(arm: Arm, pair: Pair) -> Observed:
    """What is there of the pair: both sites first, then the connections between their gateways, then their keys."""
    sites = await asyncio.gather(*(_observe_site(arm, end) for end in pair.ends))
    gateways = [site.vpn_gateway for site in sites]
    halves = await asyncio.gather(*(_find_half(arm, near, far) for near, far in zip(gateways, reversed(gateways))))
    sites = [replace(site, half=half) for site, half in zip(sites, halves)]
    namesakes = await asyncio.gather(*(_find_namesake(arm, pair, end, site) for end, site in zip(pair.ends, sites)))
    keys = await _read_keys(arm, pair, halves)
    return Observed(*(replace(site, namesake=namesake, key=key)
                      for site, namesake, key in zip(sites, namesakes, keys)))


async def read_key(arm: Arm, connection: ResourceId) -> SharedKey | None:
    """The key of a connection; None where this login may not read it."""
    try:
        answer = await arm.get(shared_key_of(connection))
    except RequestFailed as failure:
        if failure.answer is not None and failure.answer.status == 403:
            return None
        raise
    return payloads.key_from_arm(answer.body)


async def _observe_site(arm: Arm, end: End) -> Site:
    answer = await arm.get(end.vnet)
    if answer.status == 404:
        return await _observe_bare_site(arm, end, answer)
    vnet = payloads.vnet_from_arm(answer.body)
    gateways = await _read_gateways(arm, end, vnet)
    site = Site(vnet=vnet, gateways=gateways)
    return site if site.vpn_gateway else await _observe_for_gateway(arm, end, site)


async def _observe_bare_site(arm: Arm, end: End, answer: Answer) -> Site:
    """A site whose VNet is still to be made; Azure's 404 tells whether its group is there (recorded)."""
    if answer.error[0] == 'SubscriptionNotFound':
        raise RequestFailed('GET', str(end.vnet), answer)
    if answer.error[0] == 'ResourceGroupNotFound':
        return Site(group_exists=False, regions=await _read_regions(arm, end))
    group, gateway = await asyncio.gather(arm.get(end.vnet.group_id), _read_gateway(arm, end.gateway))
    if group.status == 404:
        return Site(group_exists=False, regions=await _read_regions(arm, end))
    site = Site(group_location=group.body['location'], gateways=(gateway,) if gateway else ())
    return await _observe_for_gateway(arm, end, site)


async def _observe_for_gateway(arm: Arm, end: End, site: Site) -> Site:
    """What matters where a gateway is to be made in a group that exists: its public IPs, the zones of the region."""
    regions, public_ips = await asyncio.gather(
        _read_regions(arm, end),
        asyncio.gather(*(_read_public_ip(arm, end.gateway.sibling(PUBLIC_IP_TYPE, name))
                         for name in public_ip_names(end))))
    return replace(site, regions=regions, public_ips=tuple(filter(None, public_ips)))


async def _read_regions(arm: Arm, end: End):
    return payloads.regions_from_arm(await arm.locations(end.vnet.subscription))


async def _read_gateways(arm: Arm, end: End, vnet: ObservedVnet) -> tuple[ObservedGateway, ...]:
    """The gateways in the VNet's GatewaySubnet, and the one that has the name of a new one.

    A gateway that an interrupted run has just begun may not be listed in the subnet yet (decision: Azure's word on
    when it appears there was not found).
    """
    wanted = vnet.gateways()
    if vnet.gateway_subnet and not wanted:
        wanted = (end.gateway,)
    found = await asyncio.gather(*(_read_gateway(arm, gateway) for gateway in wanted))
    return tuple(filter(None, found))


async def _read_gateway(arm: Arm, gateway: ResourceId) -> ObservedGateway | None:
    answer = await arm.get(gateway)
    return payloads.gateway_from_arm(answer.body) if answer.status == 200 else None


async def _read_public_ip(arm: Arm, public_ip: ResourceId) -> ObservedPublicIp | None:
    answer = await arm.get(public_ip)
    return payloads.public_ip_from_arm(answer.body) if answer.status == 200 else None


async def read_connection(arm: Arm, connection: ResourceId) -> ObservedConnection | None:
    """A connection with its status; None where there is none."""
    answer = await arm.get(connection)
    return payloads.connection_from_arm(answer.body) if answer.status == 200 else None


async def _find_half(arm: Arm, near: ObservedGateway | None, far: ObservedGateway | None) -> ObservedConnection | None:
    """The connection from one gateway to the other, whatever its name; the first by id where there are several."""
    if not near or not far:
        return None
    listed = map(payloads.connection_from_arm, await arm.list_connections(near.id))
    # Whether the list of a gateway shows connections that start at the far one is not known: both ends are compared.
    halves = sorted((half.id for half in listed if half.gateway == near.id and half.far_gateway == far.id))
    return await read_connection(arm, halves[0]) if halves else None


async def _find_namesake(arm: Arm, pair: Pair, end: End, site: Site) -> ObservedConnection | None:
    """The connection that has the name which this half would get, where the half is still to be made."""
    if site.half or not site.group_exists:
        return None
    group = site.vpn_gateway.id if site.vpn_gateway else end.gateway
    return await read_connection(arm, group.sibling(CONNECTION_TYPE, pair.connection_name(end)))


async def _read_keys(arm: Arm, pair: Pair, halves) -> list[SharedKey | None]:
    """The keys of halves that exist and are settled, where they matter: one was given, or the pair is not connected."""
    if pair.key is None and (None in halves or all(half.status == CONNECTED for half in halves)):
        return [None, None]

    async def read(half):
        return await read_key(arm, half.id) if half and half.state == SUCCEEDED else None
    return await asyncio.gather(*map(read, halves))
