"""Find a pair that exists, from either of its halves, across subscriptions and tenants."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from azext_vnet2vnet.arm import from_json
from azext_vnet2vnet.arm.failures import LoginEnded, RequestFailed
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.diagnostic import Kind, Refused
from azext_vnet2vnet.network.observed import ObservedConnection
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair, Obstacle
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.readers.site import read_connection, read_if_allowed


async def find_pair(arm: Arm, accounts: Sequence[Account], half_id: ResourceId) -> ObservedPair:
    """The pair that a connection is a half of; Refused where there is no such connection, or it leads elsewhere.

    What cannot be read of the far end is left out, and said by its `obstacle`.
    """
    half = await read_connection(arm, half_id)
    if half is None:
        raise Refused(
            (
                rules.CONNECTION_MISSING.found(
                    f'Connection {half_id} does not exist',
                    f'See what there is with az vnet2vnet list --resource-group {half_id.group}',
                ),
            )
        )
    if half.gateway is None or half.far_gateway is None:
        raise Refused(
            (
                rules.NOT_VNET2VNET.found(
                    f'Connection {half_id} is of type {half.type}, which joins no two VNets',
                    f'Use az network vpn-connection show --ids {half_id} and its siblings',
                ),
            )
        )
    tenants = tenants_of(accounts)
    near, far = await asyncio.gather(_read_near(arm, tenants, half), read_gateway_end(arm, tenants, half.far_gateway))
    far, near_vnet, far_vnet = await asyncio.gather(
        with_half(arm, far, half), _read_vnet(arm, near), _read_vnet(arm, far)
    )
    if far.replacement:
        far_vnet = await _read_vnet(arm, far, far.replacement)
    return ObservedPair(replace(near, **near_vnet), replace(far, **far_vnet))


async def find_pair_if_any(arm: Arm, accounts: Sequence[Account], half_id: ResourceId) -> ObservedPair | None:
    """The same; None where there is no such connection."""
    try:
        return await find_pair(arm, accounts, half_id)
    except Refused as refused:
        if refused.diagnostics[0].kind is not Kind.NOT_FOUND:
            raise
        return None


def tenants_of(accounts: Sequence[Account]) -> Mapping[str, str]:
    """The tenant of each subscription of the login in the cloud that az uses, by id in lower case."""
    return {account.id.lower(): account.tenant for account in accounts if account.other_cloud is None}


async def read_gateway_end(arm: Arm, tenants: Mapping[str, str], gateway: ResourceId) -> ObservedEnd:
    """The end of a gateway with all its connections, without saying which one is the half."""
    bare = ObservedEnd(gateway, tenants.get(gateway.subscription.lower(), ''))
    if not bare.tenant:
        return replace(bare, obstacle=Obstacle.LOGIN)
    try:
        answer, listed = await asyncio.gather(arm.get(gateway), read_connections(arm, gateway))
    except LoginEnded:
        return replace(bare, obstacle=Obstacle.LOGIN)
    except RequestFailed as failure:
        if failure.status != 403:
            raise
        return replace(bare, obstacle=Obstacle.RIGHT)
    if answer.is_missing:
        return replace(bare, gateway_missing=True)
    return replace(bare, gateway=from_json.gateway_from_arm(answer.body), connections=listed)


async def with_half(arm: Arm, end: ObservedEnd, far: ObservedConnection) -> ObservedEnd:
    """The end with its half of the pair whose other half is `far`; without one where it is not there."""
    if end.gateway_missing:
        return replace(end, replacement=await _find_replacement(arm, end.gateway_id, far))
    back = sorted(one.id for one in end.connections if (one.gateway, one.far_gateway) == (end.gateway_id, far.gateway))
    try:
        return replace(end, half=await read_connection(arm, back[0])) if back else end
    except RequestFailed as failure:
        if failure.status != 403:
            raise
        return replace(end, obstacle=Obstacle.RIGHT)


async def _read_near(arm: Arm, tenants: Mapping[str, str], half: ObservedConnection) -> ObservedEnd:
    body = await read_if_allowed(arm, half.gateway)
    return ObservedEnd(
        half.gateway,
        tenants.get(half.id.subscription.lower(), ''),
        half=half,
        gateway=from_json.gateway_from_arm(body) if body else None,
    )


async def read_connections(arm: Arm, place: ResourceId) -> tuple[ObservedConnection, ...]:
    """The connections of a gateway or group, without status; none where that is not there."""
    try:
        return tuple(map(from_json.connection_from_arm, await arm.list_connections(place)))
    except RequestFailed as failure:
        if failure.status != 404:
            raise
        return ()


async def _find_replacement(arm: Arm, gateway: ResourceId, half: ObservedConnection) -> ResourceId | None:
    """Another gateway of the group that leads to where the missing one led, and that nothing leads back to."""
    near, there = await asyncio.gather(read_connections(arm, half.gateway), read_connections(arm, gateway.group_id))
    served = {connection.far_gateway for connection in near}
    return min(
        (
            connection.gateway
            for connection in there
            if connection.far_gateway == half.gateway and connection.gateway not in served
        ),
        default=None,
    )


async def _read_vnet(arm: Arm, end: ObservedEnd, replacement: ResourceId | None = None) -> dict:
    gateway = end.gateway
    if replacement:
        body = await read_if_allowed(arm, replacement)
        gateway = from_json.gateway_from_arm(body) if body else None
    vnet_id = gateway.vnet if gateway else None
    body = await read_if_allowed(arm, vnet_id)
    return {
        'vnet_id': vnet_id,
        'vnet': from_json.vnet_from_arm(body) if body else None,
        'vnet_unreadable': vnet_id is not None and body is None,
    }
