"""Read a network of pairs whole: with the VNets, their gateways, and what the halves agree on."""

import asyncio
from collections.abc import Sequence

from azext_vnet2vnet.arm import from_json
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import VNET_TYPE, ResourceId
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.readers.listing import Listing
from azext_vnet2vnet.readers.pair import read_gateway_end, tenants_of
from azext_vnet2vnet.readers.site import read_if_allowed

Scope = ResourceId | str | None


async def read_network(arm: Arm, accounts: Sequence[Account], scope: Scope) -> list[ObservedPair]:
    """The pairs with a half in the scope: a group, a subscription, the whole login, or all that a VNet leads to.

    Refused where a VNet is named that is not there, or has no VPN gateway.
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
    answer = await arm.get(vnet)
    if answer.is_missing:
        raise Refused(
            (
                rules.VNET_MISSING.found(
                    f'VNet {vnet} does not exist', 'Look for it with az network vnet list --output table'
                ),
            )
        )
    gateways = from_json.vnet_from_arm(answer.body).gateways()
    if not gateways:
        raise Refused(
            (
                rules.GATEWAY_MISSING.found(
                    f'VNet {vnet} has no gateway, so nothing can be reached from it', 'Name a VNet that has one'
                ),
            )
        )
    halves: set[ResourceId] = set()
    seen: set[ResourceId] = set()
    ahead = set(gateways)
    while ahead:
        seen |= ahead
        ends = await asyncio.gather(*(read_gateway_end(arm, tenants, gateway) for gateway in sorted(ahead)))
        found = [connection for end in ends for connection in end.connections if connection.far_gateway]
        halves |= {connection.id for connection in found}
        ahead = {gateway for connection in found for gateway in (connection.gateway, connection.far_gateway)} - seen
    return halves


async def _with_details(arm: Arm, pairs: Sequence[ObservedPair]) -> list[ObservedPair]:
    """The pairs with each gateway and VNet that can be read, each read once."""
    gateways = await _read_all(
        arm,
        {end.gateway_id for pair in pairs for end in pair.ends if not end.obstacle and not end.gateway_missing},
        from_json.gateway_from_arm,
    )
    vnets = await _read_all(arm, {gateway.vnet for gateway in gateways.values()}, from_json.vnet_from_arm)

    def details(end: ObservedEnd) -> dict:
        gateway = gateways.get(end.gateway_id, end.gateway)
        vnet_id = gateway.vnet if gateway else None
        return {'gateway': gateway, 'vnet_id': vnet_id, 'vnet': vnets.get(vnet_id)}

    return [pair.changed(details) for pair in pairs]


async def _read_all(arm: Arm, targets: set, translate) -> dict:
    wanted = sorted(filter(None, targets))
    bodies = await asyncio.gather(*(read_if_allowed(arm, target) for target in wanted))
    return {target: translate(body) for target, body in zip(wanted, bodies) if body}
