"""From the desired state of pairs and what exists of them to the steps between."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from azext_vnet2vnet.network.desired import Connection, End, KeySetting, Pair
from azext_vnet2vnet.network.observed import CONNECTED, FAILED, SUCCEEDED
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, ResourceId, shared_key_of
from azext_vnet2vnet.network.tunnel import IpsecPolicy, Tunnel
from azext_vnet2vnet.planning.plan import Action, Difference, Plan, PlannedPair, Step
from azext_vnet2vnet.planning.site_plan import SiteLayout, lay_out, site_steps


@dataclass(frozen=True)
class EndState:
    """One end of a pair: as it is desired, as it was observed, and how its site is laid out."""

    desired: End
    observed: ObservedEnd
    layout: SiteLayout


@dataclass(frozen=True)
class PairState:
    """A pair as it is desired, with what was observed of it."""

    desired: Pair
    end1: EndState
    end2: EndState

    @property
    def ends(self) -> tuple[EndState, EndState]:
        """Both ends, the first one first."""
        return self.end1, self.end2

    @property
    def own_ends(self) -> tuple[EndState, ...]:
        """The ends that this login writes."""
        return tuple(end for end in self.ends if not end.desired.is_foreign)

    @property
    def observed(self) -> ObservedPair:
        """What was observed of it."""
        return ObservedPair(self.end1.observed, self.end2.observed)

    def far(self, end: EndState) -> EndState:
        """The other end."""
        return self.end2 if end is self.end1 else self.end1

    def half_id(self, end: EndState) -> ResourceId:
        """The id of the half that starts at `end`: of the one that exists, else of the one to be created."""
        if end.observed.half:
            return end.observed.half.id
        return end.layout.gateway.sibling(CONNECTION_TYPE, self.desired.connection_name(end.desired))

    @property
    def key_holder(self) -> ResourceId | None:
        """The existing half whose key the other one gets; None where a key is given or no half is to be created."""
        halves = self.observed.halves
        return halves[0].id if len(halves) == 1 and self.desired.key is None else None

    def planned(self) -> PlannedPair:
        """The pair as a plan names it."""
        half1, half2 = (None if end.desired.is_foreign else self.half_id(end) for end in self.ends)
        vnets = tuple(end.desired.vnet for end in self.ends)
        return PlannedPair((half1, half2), self.desired.key, self.key_holder, vnets)


def compare(pair: Pair, observed: ObservedPair) -> PairState:
    """A desired pair beside what was observed of it; the ends are in the same order."""
    return PairState(
        pair,
        EndState(pair.end1, observed.end1, lay_out(pair.end1, observed.end1)),
        EndState(pair.end2, observed.end2, lay_out(pair.end2, observed.end2)),
    )


def plan_pairs(states: Sequence[PairState]) -> Plan:
    """The plan that makes pairs what they should be, which may share ends; it has no steps where they are.

    What an end needs is done once, whichever pairs it is in. The plan may be run only where the checks find no error;
    before that it says what would be written.
    """
    steps: dict[ResourceId, Step] = {}
    seen: set[ResourceId] = set()
    for end in (end for state in states for end in state.own_ends):
        if end.desired.vnet not in seen:
            seen.add(end.desired.vnet)
            for step in site_steps(end.desired, end.observed, end.layout):
                steps.setdefault(step.id, step)
    for state in states:
        steps |= {step.id: step for step in connection_steps(state)}
    return Plan(with_known_needs(steps.values()), tuple(state.planned() for state in states))


def with_known_needs(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps without the needs that none of them provides: those exist already."""
    kept = tuple(steps)
    ids = {step.id for step in kept}
    return tuple(replace(step, needs=tuple(sorted(set(step.needs) & ids))) for step in kept)


def connection_steps(state: PairState) -> Iterator[Step]:
    """What makes both halves as they should be, once both gateways are."""
    gateways = tuple(end.layout.gateway for end in state.ends)
    for end in state.own_ends:
        far, half = state.far(end), end.observed.half
        target = state.half_id(end)
        desired = Connection(
            target,
            end.layout.location or '',
            end.layout.gateway,
            far.layout.gateway,
            end.desired.tenant,
            far.desired.tenant,
            state.desired.tunnel_from(end.desired),
            end.desired.tags,
        )
        if half is None:
            needs = gateways if state.key_holder is None else (*gateways, state.key_holder)
            yield _step(Action.CREATE, _like_other_half(state, desired), needs)
            continue
        differences = tunnel_differences(half.tunnel, desired.tunnel)
        if half.state == FAILED or differences:
            # A half that Azure failed to make is written again; nothing of it was ever in use.
            step = _step(Action.UPDATE, replace(desired, tags=None), gateways)
            yield replace(step, differences=differences, disturbs=bool(differences))
        elif half.state != SUCCEEDED:
            yield Step(target, Action.WAIT)
        if state.desired.key is not None and end.observed.key != state.desired.key and not _keeps_key(end.observed):
            yield replace(
                _step(Action.UPDATE, desired, (target, *gateways)),
                id=shared_key_of(target),
                resource=KeySetting(target),
                disturbs=half.status == CONNECTED,
            )


def _step(action: Action, half: Connection, needs: tuple[ResourceId, ...]) -> Step:
    return Step(half.id, action, needs, half, lock=half.gateway, far_lock=half.far_gateway)


def tunnel_differences(before: Tunnel, asked: Tunnel) -> tuple[Difference, ...]:
    """What is asked of a half and is different there, field by field."""
    return tuple(
        Difference(_FIELDS[name], _plain(getattr(before, name)), _plain(getattr(asked, name)))
        for name in asked.differences(before)
    )


_FIELDS = {
    'enable_bgp': 'bgp',
    'policies': 'policy',
    'dpd_timeout': 'dpdTimeout',
    'mode': 'mode',
    'policy_based': 'policyBasedSelectors',
    'selectors': 'trafficSelectors',
}


def _plain(value: object) -> object:
    """The value as plain JSON: a policy as one object or None, as there is one at most."""
    if not isinstance(value, tuple):
        return value
    entries = [{_camel(one.name): _plain_item(getattr(item, one.name)) for one in fields(item)} for item in value]
    is_policy = bool(value) and isinstance(value[0], IpsecPolicy)
    return entries[0] if is_policy else entries or None


def _plain_item(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _camel(name: str) -> str:
    first, *rest = name.split('_')
    return first + ''.join(word.capitalize() for word in rest)


def _like_other_half(state: PairState, desired: Connection) -> Connection:
    """A missing half is made like the one that exists, but for what is asked."""
    for half in state.observed.halves:
        tunnel = half.tunnel.mirrored().without_defaults().overlaid(desired.tunnel)
        return replace(desired, tunnel=tunnel, protocol=half.protocol, weight=half.weight)
    return desired


def _keeps_key(end: ObservedEnd) -> bool:
    """A tunnel that is up, with a key that nobody may compare, is not taken down."""
    return end.key_unreadable and end.half is not None and end.half.status == CONNECTED
