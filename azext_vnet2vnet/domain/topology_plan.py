"""From a topology and what is there to the steps between, and what of it no pair names any more."""
from dataclasses import replace
from typing import Sequence

from azext_vnet2vnet.domain.model import Pair
from azext_vnet2vnet.domain.observed import Observed, ObservedConnection
from azext_vnet2vnet.domain.plan import Action, Plan, Step, plan_pairs


def plan_topology(pairs: Sequence[Pair], observed: Sequence[Observed], prune: bool) -> Plan:
    """The plan that makes the pairs what they should be; with `prune`, no others are left between their VNets."""
    plan = plan_pairs(pairs, observed)
    return replace(plan, steps=_deletions(strangers_of(pairs, observed)) + plan.steps) if prune else plan


def strangers_of(pairs: Sequence[Pair], observed: Sequence[Observed]) -> tuple[ObservedConnection, ...]:
    """The connections between gateways of these VNets that are no half of a pair."""
    sites = {end.vnet: site for pair, seen in zip(pairs, observed) for end, site in zip(pair.ends, seen.sites)}
    gateways = {site.vpn_gateway.id for site in sites.values() if site.vpn_gateway}
    halves = {site.half.id for seen in observed for site in seen.sites if site.half}
    found = (connection for site in sites.values() for connection in site.connections
             if connection.far_gateway in gateways and connection.id not in halves)
    return tuple(sorted(found, key=lambda connection: connection.id))


def _deletions(connections: Sequence[ObservedConnection]) -> tuple[Step, ...]:
    return tuple(Step(connection.id, Action.DELETE, lock=connection.gateway, far_lock=connection.far_gateway,
                      disturbance=f'Connection {connection.id} is deleted') for connection in connections)
