"""`apply`: the pairs of a topology by the same plan and engine as one pair."""

from dataclasses import dataclass, replace

from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks.health import status_of
from azext_vnet2vnet.checks.topology import check_topology
from azext_vnet2vnet.cli.output import network_shape
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.desired import Topology
from azext_vnet2vnet.network.observed import CONNECTED, Observed
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.topology_plan import plan_topology, strangers_of, wanted_pairs
from azext_vnet2vnet.readers.rights import bare_subscriptions, existing_groups
from azext_vnet2vnet.readers.site import observe_pairs, observe_sites
from azext_vnet2vnet.workflows.create import found_pairs, make_pairs
from azext_vnet2vnet.workflows.deployments import join_running
from azext_vnet2vnet.workflows.preview import Preview, check_plan, unless_more


@dataclass(frozen=True)
class TopologyPreview(Preview):
    """A plan for a topology."""

    topology: Topology
    observed: tuple[Observed, ...]
    prune: bool

    @property
    def name(self) -> str:
        """What the user calls the whole."""
        return self.topology.name

    @property
    def keys(self) -> list[SharedKey | None]:
        """The keys that were given, by the plan's links."""
        return [pair.key for pair in self.topology.pairs]

    @property
    def status(self) -> str:
        """The status that its pairs share; that of the first one that is not Connected."""
        statuses = [status_of(pair) for pair in found_pairs(self.topology.pairs, self.observed) if pair.halves]
        return next((status for status in statuses if status != CONNECTED), CONNECTED)


async def preview_topology(arm: Arm, topology: Topology, prune: bool) -> TopologyPreview:
    """What applying the topology would do; Refused with every finding that stops it."""
    observed = await observe_pairs(arm, topology.pairs)
    topology = replace(topology, pairs=wanted_pairs(topology.pairs, observed))
    joined = {end.vnet for pair in topology.pairs for end in pair.ends}
    others = [end for end in topology.ends.values() if end.vnet not in joined] if prune else []
    pruned = strangers_of(observed, (await observe_sites(arm, others)).values()) if prune else ()
    plan = plan_topology(topology.pairs, observed, pruned)
    known = {end.vnet.subscription.lower() for end in topology.ends.values()}
    groups = {*existing_groups(topology.pairs, observed), *(connection.id.group_id for connection in pruned)}
    findings = await check_plan(
        arm,
        plan,
        check_topology(topology, observed, {one.id for one in pruned}),
        groups,
        known,
        bare_subscriptions(topology.pairs, observed),
    )
    return TopologyPreview(plan, findings, topology, observed, prune)


async def run_topology(arm: Arm, preview: TopologyPreview, report: Report) -> dict:
    """Run the plan and return the network as it is then."""
    if await join_running(arm, preview.plan, report, preview.topology.name):
        preview = unless_more(preview, await preview_topology(arm, preview.topology, preview.prune))
    pairs = preview.topology.pairs
    seen, changes = await make_pairs(arm, preview, pairs, preview.observed, report, SharedKey.generate)
    return network_shape(preview.topology.name, found_pairs(pairs, seen), changes)
