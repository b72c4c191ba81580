"""From a topology and what exists to the steps between, and what of it no pair names any more."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from azext_vnet2vnet.network.desired import Pair
from azext_vnet2vnet.network.observed import ObservedConnection
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.deletion_plan import delete_connection
from azext_vnet2vnet.planning.pair_plan import PairState, compare, plan_pairs
from azext_vnet2vnet.planning.plan import Plan
from azext_vnet2vnet.planning.site_plan import without_defaults


def compare_all(pairs: Sequence[Pair], observed: Sequence[ObservedPair]) -> tuple[PairState, ...]:
    """Desired pairs beside what was observed of each, in the same order; ends that pairs share stay one.

    They are without the defaults for things that exist.
    """
    both = list(zip(pairs, observed, strict=True))
    ends = {
        desired.vnet: without_defaults(desired, end)
        for pair, seen in both
        for desired, end in zip(pair.ends, seen.ends, strict=True)
    }
    return tuple(
        compare(replace(pair, end1=ends[pair.end1.vnet], end2=ends[pair.end2.vnet]), seen) for pair, seen in both
    )


def plan_topology(states: Sequence[PairState], pruned: Sequence[ObservedConnection]) -> Plan:
    """The plan that makes the pairs what they should be, and deletes what is `pruned`."""
    plan = plan_pairs(states)
    return replace(plan, steps=tuple(map(delete_connection, pruned)) + plan.steps)


def unnamed_connections(states: Sequence[PairState], others: Iterable[ObservedEnd]) -> tuple[ObservedConnection, ...]:
    """The connections between the gateways of these pairs, and of `others`, that are no half of a pair."""
    ends = [*(end.observed for state in states for end in state.ends), *others]
    gateways = {end.gateway.id for end in ends if end.gateway}
    halves = {end.half.id for end in ends if end.half}
    found: dict[ResourceId, ObservedConnection] = {
        connection.id: connection
        for end in ends
        for connection in end.connections
        if connection.far_gateway in gateways and connection.id not in halves
    }
    return tuple(found[connection] for connection in sorted(found))
