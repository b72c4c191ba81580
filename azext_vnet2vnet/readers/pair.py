"""Find a pair that exists, from either of its halves, across subscriptions and tenants."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from azext_vnet2vnet.arm import from_json
from azext_vnet2vnet.arm.failures import LoginEnded, RequestFailed
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.diagnostic import Kind, Refused
from azext_vnet2vnet.network.observed import ObservedConnection
from azext_vnet2vnet.network.pair import Cause, ObservedEnd, ObservedPair, Obstacle
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.readers.resources import obstacle_of, read_connection, read_connections, read_optional


async def find_pair(arm: Arm, accounts: Sequence[Account], half_id: ResourceId) -> ObservedPair:
    """The pair that a connection is a half of; Refused where there is no such connection, or it leads elsewhere.

    What cannot be read of the far end is left out, and named by its `obstacle`.
    """
    half = await read_connection(arm, half_id)
    if half is None:
        missing = rules.CONNECTION_MISSING.found(
            f'Connection {half_id} does not exist',
            f'See what exists with az vnet2vnet list --resource-group {quoted(half_id.group)}',
        )
        raise Refused((missing,))
    if half.gateway is None or half.far_gateway is None:
        other = rules.NOT_VNET2VNET.found(
            f'Connection {half_id} is of type {half.type}, which joins no two VNets',
            f'Use az network vpn-connection show --ids {quoted(half_id)} and its siblings',
        )
        raise Refused((other,))
    tenants = tenants_of(accounts)
    near, far = await asyncio.gather(
        _read_near_end(arm, tenants, half, half.gateway), _read_far_end(arm, tenants, half, half.far_gateway)
    )
    return ObservedPair(near, far)


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
        return replace(bare, obstacle=Obstacle(Cause.LOGIN))
    try:
        answer, listed = await asyncio.gather(arm.get(gateway), read_connections(arm, gateway))
    except LoginEnded:
        return replace(bare, obstacle=Obstacle(Cause.LOGIN))
    except RequestFailed as failure:
        if failure.status != 403:
            raise
        return replace(bare, obstacle=obstacle_of(failure))
    if answer.is_missing:
        return replace(bare, gateway_missing=True)
    return replace(bare, gateway=from_json.gateway_from_arm(answer.body), connections=listed)


async def with_half(arm: Arm, end: ObservedEnd, far: ObservedConnection) -> ObservedEnd:
    """The end with its half of the pair whose other half is `far`; without one where it does not exist."""
    if end.gateway_missing and far.gateway:
        return replace(end, replacement=await _find_replacement(arm, end.gateway_id, far.gateway))
    back = sorted(one.id for one in end.connections if (one.gateway, one.far_gateway) == (end.gateway_id, far.gateway))
    try:
        return replace(end, half=await read_connection(arm, back[0])) if back else end
    except RequestFailed as failure:
        if failure.status != 403:
            raise
        return replace(end, obstacle=obstacle_of(failure))


async def _read_near_end(
    arm: Arm, tenants: Mapping[str, str], half: ObservedConnection, gateway_id: ResourceId
) -> ObservedEnd:
    gateway, obstacle = await read_optional(arm, gateway_id, from_json.gateway_from_arm)
    tenant = tenants.get(half.id.subscription.lower(), '')
    return await _with_vnet(arm, ObservedEnd(gateway_id, tenant, gateway=gateway, half=half, gateway_obstacle=obstacle))


async def _read_far_end(
    arm: Arm, tenants: Mapping[str, str], half: ObservedConnection, gateway_id: ResourceId
) -> ObservedEnd:
    end = await read_gateway_end(arm, tenants, gateway_id)
    if end.gateway_missing:  # Only what replaces it leads to a VNet.
        return await _with_vnet(arm, await with_half(arm, end, half))
    whole, seen = await asyncio.gather(with_half(arm, end, half), _with_vnet(arm, end))
    return replace(whole, vnet_id=seen.vnet_id, vnet=seen.vnet, vnet_obstacle=seen.vnet_obstacle)


async def _find_replacement(arm: Arm, missing: ResourceId, far: ResourceId) -> ResourceId | None:
    """A gateway in the group of the missing one with a connection to `far` but no reverse connection."""
    near, others = await asyncio.gather(read_connections(arm, far), read_connections(arm, missing.group_id))
    served = {connection.far_gateway for connection in near}
    return min(
        (
            connection.gateway
            for connection in others
            if connection.gateway and connection.far_gateway == far and connection.gateway not in served
        ),
        default=None,
    )


async def _with_vnet(arm: Arm, end: ObservedEnd) -> ObservedEnd:
    """The end with the VNet of its gateway, or of the gateway that replaces it."""
    gateway = end.gateway
    if end.replacement:
        gateway, _ = await read_optional(arm, end.replacement, from_json.gateway_from_arm)
    vnet_id = gateway.vnet if gateway else None
    vnet, obstacle = await read_optional(arm, vnet_id, from_json.vnet_from_arm)
    return replace(end, vnet_id=vnet_id, vnet=vnet, vnet_obstacle=obstacle)
