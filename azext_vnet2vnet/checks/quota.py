"""Does a subscription's quota of a region allow the public IPs that a plan creates?"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.desired import PublicIp
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.planning.plan import Plan

Place = tuple[str, str]  # A subscription and a region.


@dataclass(frozen=True)
class Usage:
    """How much of a quota is used."""

    current: int
    limit: int


def public_ips_of(plan: Plan) -> Counter[Place]:
    """How many public IPs the plan creates in each place."""
    return Counter(
        (step.id.subscription, step.resource.location) for step in plan.steps if isinstance(step.resource, PublicIp)
    )


def check_quota(plan: Plan, usages: Mapping[Place, Usage]) -> tuple[Diagnostic, ...]:
    """Is there room for the public IPs of the plan, wherever the quota is known?"""
    return tuple(
        rules.PUBLIC_IP_QUOTA.found(
            f'Subscription {subscription} has {usage.current} of {usage.limit} public IPs in '
            f'{location}, and {count} more would be created',
            'Free public IPs of this region, or ask for a larger quota: az network list-usages '
            f'--location {quoted(location)} --subscription {quoted(subscription)}',
        )
        for (subscription, location), count in sorted(public_ips_of(plan).items())
        if (usage := usages.get((subscription, location))) and usage.current + count > usage.limit
    )
