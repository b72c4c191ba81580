"""The steps from what exists to what is desired: deterministic, sorted, and each with the difference that it makes."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import Enum

from azext_vnet2vnet.network.desired import Resource, Tagging
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey


class Action(str, Enum):
    """What a step does; `wait` is for a resource that exists and that Azure is still working on."""

    CREATE = 'create'
    UPDATE = 'update'
    RESET = 'reset'
    DELETE = 'delete'
    WAIT = 'wait'


@dataclass(frozen=True)
class Difference:
    """A field that a step changes, named as in a topology file, with its values as plain JSON; None is 'not set'."""

    field: str
    before: object
    after: object


@dataclass(frozen=True)
class Step:
    """One resource and one action, the ids of the steps that it waits for, and the gateway that it locks exclusively.

    `far_lock` is another gateway that Azure may require to be at rest meanwhile. The step also waits until Azure has
    accepted the steps that it `follows`. `differences` are those of an update. `disturbs` tells whether it touches what
    may carry traffic, `affected` are other connections whose tunnels may drop with it.
    """

    id: ResourceId
    action: Action
    needs: tuple[ResourceId, ...] = ()
    resource: Resource | None = None
    lock: ResourceId | None = None
    far_lock: ResourceId | None = None
    follows: tuple[ResourceId, ...] = ()
    differences: tuple[Difference, ...] = ()
    disturbs: bool = False
    affected: tuple[ResourceId, ...] = ()


@dataclass(frozen=True)
class PlannedPair:
    """The halves of one pair that a run leaves behind, with their key; None for a half that somebody else writes.

    `key` is None where none was given; then `key_holder`, if there is one, is the existing half whose key the other one
    gets. `vnets` are those that the pair joins; empty in plans that create nothing.
    """

    halves: tuple[ResourceId | None, ResourceId | None]
    key: SharedKey | None = field(default=None, repr=False, compare=False)
    key_holder: ResourceId | None = None
    vnets: tuple[ResourceId, ...] = ()

    @property
    def written_halves(self) -> tuple[ResourceId, ...]:
        """The halves that this login writes."""
        return tuple(half for half in self.halves if half)


@dataclass(frozen=True)
class Plan:
    """The steps of a run and the pairs that it is about."""

    steps: tuple[Step, ...] = ()
    pairs: tuple[PlannedPair, ...] = ()

    @property
    def writes(self) -> tuple[Step, ...]:
        """The steps that write something."""
        return tuple(step for step in self.steps if step.action is not Action.WAIT)

    @property
    def disturbing(self) -> tuple[Step, ...]:
        """The steps that touch what exists and may carry traffic."""
        return tuple(step for step in self.steps if step.disturbs)

    @property
    def sets_tags_only(self) -> bool:
        """Whether tags are all that it writes."""
        return bool(self.writes) and all(isinstance(step.resource, Tagging) for step in self.writes)

    def without(self, ids: Collection[ResourceId]) -> 'Plan':
        """The plan without the steps of these ids."""
        return replace(self, steps=tuple(step for step in self.steps if step.id not in ids))

    def without_dependents(self, ids: Collection[ResourceId]) -> 'Plan':
        """The plan without the steps of these ids and those that depend, over others perhaps, on one of them."""
        blocked = set(ids)
        while more := {step.id for step in self.without(blocked).steps if not blocked.isdisjoint(step.needs)}:
            blocked |= more
        return self.without(blocked)
