"""What a command would do, before it does it."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.quota import check_quota
from azext_vnet2vnet.checks.rights import check_rights
from azext_vnet2vnet.cli.errors import AGAIN
from azext_vnet2vnet.cli.output import what_if_shape
from azext_vnet2vnet.network.diagnostic import Diagnostic, Refused, errors
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.plan import Plan
from azext_vnet2vnet.readers.rights import read_rights, read_usages


@dataclass(frozen=True)
class Preview:
    """A plan before it runs, with the findings that do not stop it."""

    plan: Plan
    findings: tuple[Diagnostic, ...]

    @property
    def resumption(self) -> tuple[str, str]:
        """What to do where the run ends before its time, and what where that cannot help, empty if it always can."""
        return AGAIN, ''

    @property
    def parting(self) -> str:
        """The same for a run that the user broke off."""
        return '. '.join(filter(None, self.resumption))

    @property
    def warning(self) -> str:
        """What a user has to know before the run, should it be cut off without a word; empty where nothing."""
        return ''

    def shape(self) -> dict:
        """The preview as `--what-if` prints it."""
        return what_if_shape(self.plan, self.findings)


Previewed = TypeVar('Previewed', bound=Preview)


def unless_more(before: Previewed, now: Previewed) -> Previewed:
    """The preview that was made anew; Refused where it disturbs what the one that was agreed to did not."""
    more = [one for one in now.plan.disturbances() if one not in before.plan.disturbances()]
    if more:
        raise Refused(
            (
                rules.PLAN_CHANGED.found(
                    'What is there has changed, and this would be done now: ' + '. '.join(more),
                    'Run the same command again, which asks for that',
                ),
            )
        )
    return now


async def check_plan(
    arm: Arm,
    plan: Plan,
    findings: Iterable[Diagnostic],
    groups: Collection[ResourceId],
    subscriptions: Collection[str],
    bare: Collection[str] = (),
) -> tuple[Diagnostic, ...]:
    """The findings, and what the login may not do of the plan; Refused with all of those that stop it.

    `groups` are the groups that exist, `subscriptions` those that the login has, `bare` those of them that no resource
    shows to be registered.
    """
    found = tuple(findings)
    if plan.writes:
        rights, usages = await asyncio.gather(
            read_rights(arm, plan, groups, subscriptions, bare), read_usages(arm, plan)
        )
        found += check_rights(plan, tuple(groups), rights) + check_quota(plan, usages)
    if errors(found):
        raise Refused(errors(found))
    return found
