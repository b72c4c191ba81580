"""Read what tells why a pair is not healthy: keys, routes, and what the gateways themselves report."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from azext_vnet2vnet.arm import from_json
from azext_vnet2vnet.arm.failures import LoginEnded, RequestFailed, TimedOut
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.network.observed import FAILED, SUCCEEDED
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair, Silence
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.readers.pair import read_connections
from azext_vnet2vnet.readers.site import read_key, read_route_table

_PATIENCE = 120.0  # Real seconds for what a gateway reports: a busy one answers when it is done, much later.


@dataclass(frozen=True)
class _Question:
    """Something that a gateway can be asked, and the right that Azure wants for it."""

    what: str
    request: str
    action: str
    translate: Callable[[Any], tuple]


_ASSOCIATIONS = _Question(
    'IKE security associations', 'get_ike_sas', f'{CONNECTION_TYPE}/getikesas/action', from_json.associations_from_arm
)
_PEERS = _Question(
    'BGP peers', 'get_bgp_peer_status', f'{GATEWAY_TYPE}/getbgppeerstatus/action', from_json.bgp_peers_from_arm
)


async def examine(arm: Arm, pair: ObservedPair) -> ObservedPair:
    """The pair with all that `verify` judges by; what this login may not read is left out."""
    found = iter(await asyncio.gather(*(_examine(arm, end) for end in pair.ends)))
    return pair.changed(lambda end: next(found))


async def with_keys(arm: Arm, pair: ObservedPair) -> ObservedPair:
    """The pair with the keys of the halves that are there and at rest."""
    found = iter(await asyncio.gather(*(_read_key(arm, end) for end in pair.ends)))
    return pair.changed(lambda end: next(found))


async def with_connections(arm: Arm, pair: ObservedPair) -> ObservedPair:
    """The pair with the connections of both gateways."""
    found = iter(await asyncio.gather(*(_read_connections(arm, end) for end in pair.ends)))
    return pair.changed(lambda end: {'connections': next(found)})


async def _examine(arm: Arm, end: ObservedEnd) -> dict:
    routes, key, connections, associations, peers = await asyncio.gather(
        _read_routes(arm, end),
        _read_key(arm, end),
        _read_connections_if_allowed(arm, end),
        _ask(arm, _ASSOCIATIONS, end.half and end.half.id, _is_at_rest(end)),
        _ask(arm, _PEERS, end.gateway_id, _is_at_rest(end) and end.gateway.enable_bgp and end.half.tunnel.enable_bgp),
    )
    told = {'associations': associations, 'peers': peers}
    silences = tuple(answer for answer in told.values() if isinstance(answer, Silence))
    return {
        **routes,
        **key,
        'connections': connections,
        'silences': silences,
        **{name: None if answer in silences else answer for name, answer in told.items()},
    }


def _is_at_rest(end: ObservedEnd) -> bool:
    return bool(end.half and end.gateway) and end.half.state == end.gateway.state == SUCCEEDED


async def _read_routes(arm: Arm, end: ObservedEnd) -> dict:
    body = await read_route_table(arm, end.vnet) if end.vnet else None
    return (
        {'default_routes': from_json.has_default_route(body), 'propagation_off': from_json.has_propagation_off(body)}
        if body
        else {}
    )


async def _read_key(arm: Arm, end: ObservedEnd) -> dict:
    if not end.half or end.half.state not in (SUCCEEDED, FAILED):
        return {}
    key = await read_key(arm, end.half.id)
    return {'key': key, 'key_unreadable': key is None}


async def _read_connections(arm: Arm, end: ObservedEnd):
    if end.connections or end.gateway is None:
        return end.connections
    return await read_connections(arm, end.gateway_id)


async def _read_connections_if_allowed(arm: Arm, end: ObservedEnd):
    try:
        return await _read_connections(arm, end)
    except RequestFailed as failure:
        if failure.status != 403:
            raise
        return ()


async def _ask(arm: Arm, question: _Question, target: ResourceId | None, is_possible: bool) -> tuple | Silence | None:
    """What a gateway reports, or that it may not be asked or has no answer in time; None where it cannot be asked."""
    if not is_possible:
        return None
    silence = Silence(target, question.what)

    async def ask() -> Any:
        return await arm.collect(target, await arm.begin(target, question.request))

    try:
        body = await asyncio.wait_for(ask(), _PATIENCE)
        return silence if body is None else question.translate(body)
    except RequestFailed as failure:
        return Silence(target, question.what, question.action) if failure.status == 403 else silence
    except (LoginEnded, TimedOut, asyncio.TimeoutError, ValueError):
        return silence
