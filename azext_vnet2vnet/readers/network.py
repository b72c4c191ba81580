"""Read a network of pairs whole: with the VNets, their gateways, and what the halves agree on."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from azext_vnet2vnet.arm import from_json
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import VNET_TYPE, ResourceId
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.readers.listing import Listing
from azext_vnet2vnet.readers.pair import read_gateway_end, tenants_of
from azext_vnet2vnet.readers.resources import Value, read_each, read_optional, read_resource

Scope = ResourceId | str | None


async def read_network(arm: Arm, accounts: Sequence[Account], scope: Scope) -> list[ObservedPair]:
    """The pairs with a half in the scope: a group, a subscription, the whole login, or all that a VNet leads to.

    Refused where a VNet is named that does not exist, or has no VPN gateway.
    """
    listing = Listing(arm, accounts)
    if isinstance(scope, ResourceId) and scope.is_a(VNET_TYPE):
        pairs = await listing.of_halves(await _reach(arm, accounts, scope))
    else:
        pairs = await listing.of_scope(scope)
    return await _with_details(arm, pairs)


async def _reach(arm: Arm, accounts: Sequence[Account], vnet: ResourceId) -> set[ResourceId]:
    """The ids of the connections that lead on from a VNet, over as many gateways as there are."""
    tenants = tenants_of(accounts)
    found = await read_resource(arm, vnet, from_json.vnet_from_arm)
    if found is None:
        advice = 'Look for it with az network vnet list --output table'
        raise Refused((rules.VNET_MISSING.found(f'VNet {vnet} does not exist', advice),))
    gateways = found.gateways()
    if not gateways:
        message = f'VNet {vnet} has no gateway, so nothing can be reached from it'
        raise Refused((rules.GATEWAY_MISSING.found(message, 'Name a VNet that has one'),))
    halves: set[ResourceId] = set()
    seen: set[ResourceId] = set()
    ahead = set(gateways)
    while ahead:
        seen |= ahead
        ends = await asyncio.gather(*(read_gateway_end(arm, tenants, gateway) for gateway in sorted(ahead)))
        leading = [connection for end in ends for connection in end.connections if connection.far_gateway]
        halves |= {connection.id for connection in leading}
        reached = {gateway for one in leading for gateway in (one.gateway, one.far_gateway) if gateway}
        ahead = reached - seen
    return halves


async def _with_details(arm: Arm, pairs: Sequence[ObservedPair]) -> list[ObservedPair]:
    """The pairs with each gateway and VNet that can be read, each read once."""
    gateways = await _read_all(
        arm,
        {end.gateway_id for pair in pairs for end in pair.ends if not end.obstacle and not end.gateway_missing},
        from_json.gateway_from_arm,
    )
    ids = {gateway.vnet for gateway in gateways.values() if gateway.vnet}
    vnets = await _read_all(arm, ids, from_json.vnet_from_arm)

    def detailed(end: ObservedEnd) -> ObservedEnd:
        gateway = gateways.get(end.gateway_id, end.gateway)
        vnet_id = gateway.vnet if gateway else None
        return replace(end, gateway=gateway, vnet_id=vnet_id, vnet=vnets.get(vnet_id) if vnet_id else None)

    return [ObservedPair(detailed(pair.end1), detailed(pair.end2)) for pair in pairs]


async def _read_all(
    arm: Arm, targets: Iterable[ResourceId], translate: Callable[[Mapping[str, Any]], Value]
) -> dict[ResourceId, Value]:
    async def read(target: ResourceId) -> Value | None:
        return (await read_optional(arm, target, translate))[0]

    found = await read_each(sorted(targets), read)
    return {target: value for target, value in found.items() if value is not None}
