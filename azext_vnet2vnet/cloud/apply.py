"""`apply`: the pairs of a topology by the same plan and engine as one pair."""
from dataclasses import dataclass

from azext_vnet2vnet.cloud.arm import Arm
from azext_vnet2vnet.cloud.create import after_run, await_tunnels
from azext_vnet2vnet.cloud.deployments import join_running
from azext_vnet2vnet.cloud.engine import Engine, Report
from azext_vnet2vnet.cloud.errors import run_error
from azext_vnet2vnet.cloud.observe import observe_pairs
from azext_vnet2vnet.cloud.preview import Preview, check_plan
from azext_vnet2vnet.cloud.rights import bare_subscriptions, existing_groups
from azext_vnet2vnet.domain.observed import Observed
from azext_vnet2vnet.domain.observed_pair import ObservedPair, observed_end
from azext_vnet2vnet.domain.secret import SharedKey
from azext_vnet2vnet.domain.topology import Topology
from azext_vnet2vnet.domain.topology_checks import check_topology
from azext_vnet2vnet.domain.topology_plan import plan_topology, strangers_of
from azext_vnet2vnet.formats.shapes import network_shape


@dataclass(frozen=True)
class TopologyPreview(Preview):
    """A plan for a topology."""
    topology: Topology
    observed: tuple[Observed, ...]
    prune: bool


async def preview_topology(arm: Arm, topology: Topology, prune: bool) -> TopologyPreview:
    """What applying the topology would do; Refused with every finding that stops it."""
    observed = await observe_pairs(arm, topology.pairs)
    pruned = {connection.id for connection in strangers_of(topology.pairs, observed)} if prune else set()
    plan = plan_topology(topology.pairs, observed, prune)
    known = {end.vnet.subscription.lower() for end in topology.ends.values()}
    findings = await check_plan(arm, plan, check_topology(topology, observed, pruned),
                                existing_groups(topology.pairs, observed), known,
                                bare_subscriptions(topology.pairs, observed))
    return TopologyPreview(plan, findings, topology, observed, prune)


async def run_topology(arm: Arm, preview: TopologyPreview, report: Report) -> dict:
    """Run the plan and return the network as it is then."""
    if await join_running(arm, preview.plan, report, preview.topology.name):
        preview = await preview_topology(arm, preview.topology, preview.prune)
    plan, pairs = preview.plan, preview.topology.pairs
    keys = [pair.key for pair in pairs]
    outcome = await Engine(arm, plan, report, keys, SharedKey.generate).run()
    if outcome.failures:
        raise run_error(outcome.failures, outcome.untried)
    after = [after_run(pair, seen, link, outcome) for pair, seen, link in zip(pairs, preview.observed, plan.links)]
    seen = await await_tunnels(arm, after, report)
    found = [ObservedPair(*map(observed_end, pair.ends, sites.sites)) for pair, sites in zip(pairs, seen)]
    changes = [step.change() for step in plan.writes if step.id in outcome.written]
    return network_shape(preview.topology.name, found, changes)
