"""Read what tells why a pair is not healthy: keys, routes, and what the gateways themselves report."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from azext_vnet2vnet.arm import from_json, reports_from_json
from azext_vnet2vnet.arm.failures import LoginEnded, RequestFailed, TimedOut
from azext_vnet2vnet.arm.from_json import vnet_from_arm
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.network.observed import (
    FAILED,
    SUCCEEDED,
    ObservedConnection,
    ObservedPublicIp,
    ObservedRouteTable,
    Peering,
)
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair, Reports, UnavailableReport
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.network.skus import find_sku
from azext_vnet2vnet.readers.resources import read_connections, read_each, read_key, read_optional, read_route_table

_LIMIT_SECONDS = 120.0  # Real seconds for what a gateway reports: a busy one answers when it is done, much later.


Item = TypeVar('Item')


@dataclass(frozen=True)
class _Question(Generic[Item]):
    """Something that a gateway can be asked, and the right that Azure requires for it."""

    what: str
    request: str
    action: str
    translate: Callable[[Any], tuple[Item, ...]]


_ASSOCIATIONS = _Question(
    'IKE security associations',
    'get_ike_sas',
    f'{CONNECTION_TYPE}/getikesas/action',
    reports_from_json.associations_from_arm,
)
_PEERS = _Question(
    'BGP peers', 'get_bgp_peer_status', f'{GATEWAY_TYPE}/getbgppeerstatus/action', reports_from_json.bgp_peers_from_arm
)


async def examine(arm: Arm, pair: ObservedPair) -> ObservedPair:
    """The pair with all that `verify` judges by; what this login may not read is left out."""
    return ObservedPair(*await asyncio.gather(_examine(arm, pair.end1), _examine(arm, pair.end2)))


async def with_keys(arm: Arm, pair: ObservedPair) -> ObservedPair:
    """The pair with the keys of the halves that exist and are at rest."""
    return ObservedPair(*await asyncio.gather(_with_key(arm, pair.end1), _with_key(arm, pair.end2)))


async def with_connections(arm: Arm, pair: ObservedPair) -> ObservedPair:
    """The pair with the connections of both gateways."""
    connections = await asyncio.gather(*(_read_connections(arm, end) for end in pair.ends))
    return ObservedPair(*(replace(end, connections=own) for end, own in zip(pair.ends, connections, strict=True)))


async def with_transit(arm: Arm, pair: ObservedPair) -> ObservedPair:
    """The pair with what the VNets that its peerings lend a gateway to say of its use."""
    return ObservedPair(*await asyncio.gather(*(_with_transit(arm, end) for end in pair.ends)))


async def _with_transit(arm: Arm, end: ObservedEnd) -> ObservedEnd:
    vnet = end.vnet
    if vnet is None:
        return end

    async def read(peering: Peering) -> Peering:
        if not peering.allows_gateway_transit:
            return peering
        far, _ = await read_optional(arm, peering.far_vnet, vnet_from_arm)
        uses = far is None or any(one.uses_remote_gateways and one.far_vnet == vnet.id for one in far.peerings)
        return replace(peering, is_transit_used=uses)

    return replace(end, vnet=replace(vnet, peerings=tuple(await asyncio.gather(*map(read, vnet.peerings)))))


async def _examine(arm: Arm, end: ObservedEnd) -> ObservedEnd:
    half, gateway = end.half, end.gateway
    asked = half if half and gateway and half.state == gateway.state == SUCCEEDED else None
    speaks_bgp = asked and asked.tunnel.enable_bgp and gateway and gateway.enable_bgp
    table, addresses, keyed, connections, associations, peers = await asyncio.gather(
        _read_route_table(arm, end),
        _read_public_ips(arm, end),
        _with_key(arm, end),
        _read_connections_if_allowed(arm, end),
        _ask(arm, _ASSOCIATIONS, asked.id if asked else None),
        _ask(arm, _PEERS, end.gateway_id if speaks_bgp else None),
    )
    unavailable = tuple(report for report in (associations, peers) if isinstance(report, UnavailableReport))
    return replace(
        keyed,
        route_table=table,
        public_ips=addresses,
        connections=connections,
        reports=Reports(
            None if isinstance(associations, UnavailableReport) else associations,
            None if isinstance(peers, UnavailableReport) else peers,
            unavailable,
        ),
    )


async def _read_route_table(arm: Arm, end: ObservedEnd) -> ObservedRouteTable | None:
    return await read_route_table(arm, end.vnet) if end.vnet else None


async def _read_public_ips(arm: Arm, end: ObservedEnd) -> tuple[ObservedPublicIp, ...]:
    """Those of a gateway whose SKU is retired: how it moves on depends on them; none where they cannot be read."""
    sku = find_sku(end.gateway.sku) if end.gateway else None
    if end.gateway is None or sku is None or sku.refused_since is None:
        return ()

    async def read(target: ResourceId) -> ObservedPublicIp | None:
        return (await read_optional(arm, target, from_json.public_ip_from_arm))[0]

    found = await read_each(end.gateway.public_ip_ids, read)
    return tuple(filter(None, found.values()))


async def _with_key(arm: Arm, end: ObservedEnd) -> ObservedEnd:
    if not end.half or end.half.state not in (SUCCEEDED, FAILED):
        return end
    key = await read_key(arm, end.half.id)
    return replace(end, key=key, key_unreadable=key is None)


async def _read_connections(arm: Arm, end: ObservedEnd) -> tuple[ObservedConnection, ...]:
    if end.connections or end.gateway is None:
        return end.connections
    return await read_connections(arm, end.gateway_id)


async def _read_connections_if_allowed(arm: Arm, end: ObservedEnd) -> tuple[ObservedConnection, ...]:
    try:
        return await _read_connections(arm, end)
    except RequestFailed as failure:
        if failure.status != 403:
            raise
        return ()


async def _ask(
    arm: Arm, question: _Question[Item], target: ResourceId | None
) -> tuple[Item, ...] | UnavailableReport | None:
    """What a gateway reports, or that it may not be asked or has no answer in time; None where there is no target."""
    if target is None:
        return None
    silent = UnavailableReport(target, question.what)

    async def ask() -> Any:
        return await arm.collect(target, await arm.begin(target, question.request))

    try:
        body = await asyncio.wait_for(ask(), _LIMIT_SECONDS)
        return silent if body is None else question.translate(body)
    except RequestFailed as failure:
        return replace(silent, action=question.action) if failure.status == 403 else silent
    except (LoginEnded, TimedOut, asyncio.TimeoutError, ValueError):
        return silent
