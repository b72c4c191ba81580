"""From a topology and what is there to the steps between, and what of it no pair names any more."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from azext_vnet2vnet.network.desired import Pair
from azext_vnet2vnet.network.observed import Observed, ObservedConnection, Site
from azext_vnet2vnet.planning.plan import Action, Plan, Step, plan_pairs
from azext_vnet2vnet.planning.site_plan import without_defaults


def wanted_pairs(pairs: Sequence[Pair], observed: Sequence[Observed]) -> tuple[Pair, ...]:
    """The pairs without the defaults for things that are there; ends that pairs share stay one."""
    ends = {
        end.vnet: without_defaults(end, site)
        for pair, seen in zip(pairs, observed)
        for end, site in zip(pair.ends, seen.sites)
    }
    return tuple(replace(pair, end1=ends[pair.end1.vnet], end2=ends[pair.end2.vnet]) for pair in pairs)


def plan_topology(pairs: Sequence[Pair], observed: Sequence[Observed], pruned: Sequence[ObservedConnection]) -> Plan:
    """The plan that makes the pairs what they should be, and deletes what is `pruned`."""
    plan = plan_pairs(pairs, observed)
    return replace(plan, steps=tuple(map(_deletion, pruned)) + plan.steps)


def strangers_of(observed: Sequence[Observed], others: Iterable[Site]) -> tuple[ObservedConnection, ...]:
    """The connections between the gateways of these pairs, and of `others`, that are no half of a pair."""
    sites = [*(site for seen in observed for site in seen.sites), *others]
    gateways = {site.vpn_gateway.id for site in sites if site.vpn_gateway}
    halves = {site.half.id for site in sites if site.half}
    found = {
        connection.id: connection
        for site in sites
        for connection in site.connections
        if connection.far_gateway in gateways and connection.id not in halves
    }
    return tuple(found[connection] for connection in sorted(found))


def _deletion(connection: ObservedConnection) -> Step:
    return Step(
        connection.id,
        Action.DELETE,
        lock=connection.gateway,
        far_lock=connection.far_gateway,
        disturbance=f'Connection {connection.id} is deleted',
    )
