"""What a command would do, before it does it."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.change import tolerate
from azext_vnet2vnet.checks.quota import check_quota
from azext_vnet2vnet.checks.rights import check_accounts, check_rights
from azext_vnet2vnet.network.diagnostic import Diagnostic, Refused, refuse
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.disturbance import disturbance_of
from azext_vnet2vnet.planning.plan import Plan
from azext_vnet2vnet.readers.rights import find_strange_tenants, read_rights, read_usages

AGAIN = 'run the same command again: it goes on where this run ended'


@dataclass(frozen=True)
class Preview:
    """A plan before it runs, with the diagnostics that do not stop it."""

    plan: Plan
    diagnostics: tuple[Diagnostic, ...]

    # Every preview takes `done`; only some need it.
    # pylint: disable=unused-argument
    def ways_on(self, done: Collection[ResourceId] = ()) -> tuple[str, ...]:
        """What to do where the run ends early with these steps `done`, and what if that cannot help."""
        return (AGAIN,)

    def doubts(self, done: Collection[ResourceId]) -> tuple[str, ...]:
        """What may be wrong until the run is finished, with these steps `done`."""
        return ()

    @property
    def parting(self) -> str:
        """What to do where the user interrupts the run."""
        return '. '.join(self.ways_on())

    @property
    def warning(self) -> str:
        """What a user has to know before the run, should it be cut off without a word; empty where nothing."""
        return ''


@dataclass(frozen=True)
class NamedPreview(Preview):
    """A preview of what a user calls by a name, such as a pair or a topology, with the status that it has now."""

    name: str
    status: str


Previewed = TypeVar('Previewed', bound=Preview)


def check_unchanged(before: Preview, now: Previewed) -> Previewed:
    """The preview that was made anew; Refused where it disturbs what the one that was agreed to did not."""
    agreed = set(map(disturbance_of, before.plan.disturbing))
    more = [one for one in map(disturbance_of, now.plan.disturbing) if one and one not in agreed]
    if more:
        message = f'What exists has changed, and this would be done now: {". ".join(more)}'
        raise Refused((rules.PLAN_CHANGED.found(message, 'Run the same command again, which asks for that'),))
    return now


async def check_plan(
    arm: Arm,
    plan: Plan,
    diagnostics: Iterable[Diagnostic],
    groups: Collection[ResourceId],
    subscriptions: Collection[str],
    bare: Collection[str] = (),
) -> tuple[Diagnostic, ...]:
    """The diagnostics, and what the login may not do of the plan; Refused with all of those that stop it.

    `groups` are the groups that exist, `subscriptions` those that the login has, `bare` those of them that no resource
    shows to be registered.
    """
    found = tuple(diagnostics)
    if plan.writes:
        rights, usages, strange = await asyncio.gather(
            read_rights(arm, plan, groups, subscriptions, bare), read_usages(arm, plan), find_strange_tenants(arm, plan)
        )
        found += check_rights(plan, tuple(groups), rights) + check_accounts(strange) + check_quota(plan, usages)
    else:
        found = tolerate(found)
    refuse(found)
    return found
