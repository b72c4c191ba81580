"""`apply`: the pairs of a topology by the same plan and engine as one pair."""

from collections.abc import Iterable
from dataclasses import dataclass

from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks.health import status_of
from azext_vnet2vnet.checks.topology import check_topology
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.desired import Topology
from azext_vnet2vnet.network.observed import CONNECTED
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.planning.pair_plan import PairState
from azext_vnet2vnet.planning.plan import Step
from azext_vnet2vnet.planning.topology_plan import compare_all, plan_topology, unnamed_connections
from azext_vnet2vnet.readers.rights import bare_subscriptions, existing_groups
from azext_vnet2vnet.readers.site import observe_pairs, observe_sites
from azext_vnet2vnet.workflows.create import make_pairs
from azext_vnet2vnet.workflows.deployments import join_running
from azext_vnet2vnet.workflows.preview import NamedPreview, check_plan, check_unchanged


@dataclass(frozen=True)
class TopologyPreview(NamedPreview):
    """A plan for a topology; `states` are those of its pairs."""

    topology: Topology
    states: tuple[PairState, ...]
    prune: bool


@dataclass(frozen=True)
class AppliedTopology:
    """The pairs of a topology as they are after `apply`, and the steps that were done."""

    name: str
    pairs: tuple[ObservedPair, ...]
    done: tuple[Step, ...]


async def preview_apply(arm: Arm, topology: Topology, prune: bool) -> TopologyPreview:
    """What applying the topology would do; Refused with every diagnostic that stops it."""
    states = compare_all(topology.pairs, await observe_pairs(arm, topology.pairs))
    joined = {end.desired.vnet for state in states for end in state.ends}
    others = [end for end in topology.ends.values() if end.vnet not in joined] if prune else []
    pruned = unnamed_connections(states, (await observe_sites(arm, others)).values()) if prune else ()
    plan = plan_topology(states, pruned)
    known = {end.vnet.subscription.lower() for end in topology.ends.values()}
    groups = {*existing_groups(states), *(connection.id.group_id for connection in pruned)}
    found = check_topology(topology, states, {one.id for one in pruned})
    diagnostics = await check_plan(arm, plan, found, groups, known, bare_subscriptions(states))
    status = _status_of(state.observed for state in states)
    return TopologyPreview(plan, diagnostics, topology.name, status, topology, states, prune)


async def run_apply(arm: Arm, preview: TopologyPreview, report: Report) -> AppliedTopology:
    """Run the plan; RunFailed with all that failed of it."""
    if await join_running(arm, preview.plan, report, preview.name):
        preview = check_unchanged(preview, await preview_apply(arm, preview.topology, preview.prune))
    pairs, done = await make_pairs(arm, preview, preview.states, report)
    return AppliedTopology(preview.name, tuple(pairs), done)


def _status_of(pairs: Iterable[ObservedPair]) -> str:
    """The status that the pairs share; that of the first one that is not Connected."""
    statuses = [status_of(pair) for pair in pairs if pair.halves]
    return next((status for status in statuses if status != CONNECTED), CONNECTED)
