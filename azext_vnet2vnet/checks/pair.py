"""Everything that would fail for a pair that is asked for, or that the user should know, before the first write."""

from collections.abc import Iterator

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.connection import (
    check_connection,
    check_keys,
    check_lost_halves,
    check_names,
    check_new_key,
    check_readable_keys,
    check_selectors,
    check_tunnel_limit,
    claims_of,
)
from azext_vnet2vnet.checks.gateway import check_gateway, check_public_ips, check_sku, check_unused_options
from azext_vnet2vnet.checks.gateway_subnet import check_gateway_subnet
from azext_vnet2vnet.checks.routing import check_desired_routes, check_neighbours
from azext_vnet2vnet.checks.vnet import check_peered, check_vnet
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.skus import find_sku
from azext_vnet2vnet.planning.pair_plan import EndState, PairState, connection_steps


def check_pair(state: PairState) -> tuple[Diagnostic, ...]:
    """All diagnostics at once; the options are well formed, so that prefixes and ids are."""
    found = [one for end in state.own_ends for one in check_site(end)]
    found += [one for end in state.ends if end.desired.is_foreign for one in _check_far_gateway(end)]
    found += _check_gateway_options(state)
    found += check_link(state)
    found += check_names(claims_of(state))
    for end in state.own_ends:
        present = len(end.observed.connections)
        found += check_tunnel_limit(end.layout, present, 0 if end.observed.half else 1)
    found += check_neighbours(state)
    return tuple(dict.fromkeys(found))


def check_site(end: EndState) -> Iterator[Diagnostic]:
    """What an end alone would fail at, whatever it is joined to."""
    yield from check_vnet(end)
    yield from check_gateway_subnet(end)
    yield from check_gateway(end)
    yield from check_public_ips(end)


def check_link(state: PairState) -> Iterator[Diagnostic]:
    """What the connections between two ends would fail at."""
    yield from check_peered(state.end1.observed.vnet, state.end2.desired.vnet)
    for end in state.own_ends:
        yield from check_connection(state, end)
    yield from check_desired_routes(state)
    yield from check_selectors(state)
    yield from check_lost_halves(state.observed, connection_steps(state))
    yield from check_new_key(state.desired.key, state.observed, state.desired.source)
    if state.desired.key:
        yield from check_readable_keys(state.observed)
    else:
        given = state.desired.source.given('shared-key', '@FILE')
        yield from check_keys(state.observed, f', or the same command with {given}')


def _check_far_gateway(end: EndState) -> Iterator[Diagnostic]:
    """Does the gateway that another administrator writes exist, in the VNet that is named?"""
    desired, gateway = end.desired, end.observed.gateway
    option = desired.option('vnet-gateway')
    if end.observed.gateway_missing:
        yield rules.FAR_GATEWAY_MISSING.found(
            f'{option}: gateway {desired.gateway} does not exist in subscription {desired.gateway.subscription}, and '
            'Azure connects to gateways that exist only',
            f'Ask the other administrator to create it, or for the right ID (az network vnet-gateway list '
            f'--resource-group {quoted(desired.gateway.group)}), then run the same command again; or, where this login '
            'may write there too, omit --only-end and give the name of the gateway',
        )
    elif gateway and gateway.vnet and gateway.vnet != desired.vnet:
        yield rules.FAR_GATEWAY_VNET.found(
            f'{option}: gateway {gateway.id} is the gateway of {gateway.vnet}, not of {desired.vnet}',
            f'Give {desired.option("vnet")} {gateway.vnet}, or the gateway of the other VNet',
        )


def _check_gateway_options(state: PairState) -> Iterator[Diagnostic]:
    """Options of both gateways are for those that are created, and of no use where none is."""
    is_created = any(end.observed.gateway is None for end in state.own_ends)
    for end in state.own_ends:
        if is_created or (end.desired.sku and not find_sku(end.desired.sku)):
            yield from check_sku(end.desired)
        if not is_created and end.observed.gateway:
            yield from check_unused_options(end.desired, end.observed.gateway)
