"""Single resources of the network, read: with one policy for a read that is refused or fails."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

from azext_vnet2vnet.arm import from_json
from azext_vnet2vnet.arm.failures import LoginEnded, RequestFailed
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.network.observed import ObservedConnection, ObservedRouteTable, ObservedVnet
from azext_vnet2vnet.network.pair import Cause, Obstacle
from azext_vnet2vnet.network.resource_id import ResourceId, shared_key_of
from azext_vnet2vnet.network.shared_key import SharedKey

Key = TypeVar('Key')
Value = TypeVar('Value')


async def read_each(keys: Iterable[Key], read: Callable[[Key], Awaitable[Value]]) -> dict[Key, Value]:
    """What `read` finds for each key, read side by side."""

    async def read_one(key: Key) -> tuple[Key, Value]:
        return key, await read(key)

    return dict(await asyncio.gather(*map(read_one, keys)))


async def read_resource(arm: Arm, target: ResourceId, translate: Callable[[Mapping[str, Any]], Value]) -> Value | None:
    """A resource that the command cannot do without; None where it does not exist."""
    answer = await arm.get(target)
    return None if answer.is_missing else translate(answer.body)


async def read_optional(
    arm: Arm, target: ResourceId | None, translate: Callable[[Mapping[str, Any]], Value]
) -> tuple[Value | None, Obstacle | None]:
    """A resource that helps to judge, but that the pair does not stand on, or why it could not be read."""
    if target is None:
        return None, None
    try:
        answer = await arm.get(target)
    except LoginEnded:
        return None, Obstacle(Cause.LOGIN)
    except RequestFailed as failure:
        return None, obstacle_of(failure)
    if answer.is_missing:
        return None, Obstacle(Cause.FAILURE, answer.error[0])
    return translate(answer.body), None


def obstacle_of(failure: RequestFailed) -> Obstacle:
    """Why a read failed: a missing right where Azure said 403, and else what it said."""
    return Obstacle(Cause.RIGHT) if failure.status == 403 else Obstacle(Cause.FAILURE, failure.word)


async def read_connection(arm: Arm, connection: ResourceId) -> ObservedConnection | None:
    """A connection with its status; None where there is none."""
    return await read_resource(arm, connection, from_json.connection_from_arm)


async def read_connections(arm: Arm, place: ResourceId) -> tuple[ObservedConnection, ...]:
    """The connections of a gateway or group, without status; none where that does not exist."""
    try:
        return tuple(map(from_json.connection_from_arm, await arm.list_connections(place)))
    except RequestFailed as failure:
        if failure.status != 404:
            raise
        return ()


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


async def read_route_table(arm: Arm, vnet: ObservedVnet) -> ObservedRouteTable | None:
    """The route table of the GatewaySubnet; None where it has none, or where it cannot be read."""
    table = vnet.gateway_subnet.route_table if vnet.gateway_subnet else None
    return (await read_optional(arm, table, from_json.route_table_from_arm))[0]
