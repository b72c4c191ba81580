"""`export`: the network that exists as text, or a deployment that makes what a plan lacks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from azext_vnet2vnet.arm.template import Deployment, left_over, quick_steps
from azext_vnet2vnet.arm.template_export import plan_of_existing, reason_to_omit
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.diagram.mermaid import mermaid
from azext_vnet2vnet.diagram.model import picture_of
from azext_vnet2vnet.diagram.svg import svg
from azext_vnet2vnet.network.desired import Topology
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.planning.plan import Step
from azext_vnet2vnet.topology_file.writer import write_topology_file
from azext_vnet2vnet.workflows.apply import preview_apply
from azext_vnet2vnet.workflows.no_wait import checked_deployment

Names = Mapping[str, str]  # Of subscriptions, by id in lower case.
WRITERS: Mapping[str, Callable[[Sequence[ObservedPair], Names], str]] = {
    'topology': lambda pairs, names: write_topology_file('network', pairs, names),
    'mermaid': lambda pairs, names: mermaid(picture_of(pairs, names)),
    'svg': lambda pairs, names: svg(picture_of(pairs, names)),
}


@dataclass(frozen=True)
class TopologyDeployment:
    """The deployment of a topology, with the steps that it requires to be done and those that it leaves undone."""

    deployment: Deployment
    required: tuple[Step, ...]
    left: tuple[Step, ...]
    diagnostics: tuple[Diagnostic, ...]


async def deploy_topology(arm: Arm, topology: Topology) -> TopologyDeployment:
    """What `apply --no-wait` would hand over of a topology; Refused with every diagnostic that stops it."""
    preview = await preview_apply(arm, topology, prune=False)
    plan = preview.plan
    required = tuple(step for step in quick_steps(plan) if step in plan.writes)
    deployment = checked_deployment(plan, topology.name)
    return TopologyDeployment(deployment, required, left_over(plan), preview.diagnostics)


@dataclass(frozen=True)
class NetworkDeployment:
    """The deployment of connections that exist, and for each pair left out a sentence without its full stop."""

    deployment: Deployment
    omissions: tuple[str, ...]


def deploy_network(pairs: Sequence[ObservedPair], tenants: Mapping[str, str]) -> NetworkDeployment:
    """The deployment that makes the connections of pairs as they are; Refused where no pair is left.

    `tenants` are those of subscriptions, by id in lower case.
    """
    reasons = [(pair, reason_to_omit(pair, tenants)) for pair in pairs]
    whole = [pair for pair, reason in reasons if not reason]
    omissions = tuple(f'{pair.halves[0].id} is left out: {reason}' for pair, reason in reasons if reason)
    return NetworkDeployment(checked_deployment(plan_of_existing(whole, tenants), 'network', omissions), omissions)
