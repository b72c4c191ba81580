"""What is done to a pair that exists: change both halves, give them a new key, reset connections or gateways."""

from collections.abc import Collection
from dataclasses import replace

from azext_vnet2vnet.network.desired import Connection, End, KeySetting, Pair, Tagging, Tags
from azext_vnet2vnet.network.observed import ObservedConnection
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId, shared_key_of
from azext_vnet2vnet.network.setting_names import CommandLine
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.pair_plan import PairState, compare, connection_steps, with_known_needs
from azext_vnet2vnet.planning.plan import Action, Difference, Plan, PlannedPair, Step
from azext_vnet2vnet.planning.site_plan import gateway_steps


def desired_change(pair: ObservedPair, asked: Tunnel) -> PairState:
    """The pair with `asked`, seen from end 1, laid over both halves, and both made alike.

    Both halves and gateways exist. Where the halves differ in what was not asked for, end 1 is right, but for
    protection that only the other half has; so is its key.
    """
    half1, half2 = pair.halves
    tunnel = half1.tunnel.fields_to_write(half2.tunnel.mirrored()).overlaid(asked)
    key1, key2 = pair.end1.key, pair.end2.key
    key = key1 if key1 and key2 and key1 != key2 else None
    end1, end2 = (_desired_end(end, number, tunnel) for number, end in enumerate(pair.ends, start=1))
    return compare(Pair(end1, end2, half1.id.name, half2.id.name, key, tunnel), pair)


def _desired_end(end: ObservedEnd, number: int, tunnel: Tunnel) -> End:
    vnet = end.vnet_id or end.gateway_id
    return End(vnet, end.tenant, enable_bgp=tunnel.enable_bgp, source=CommandLine(number))


def plan_update(state: PairState, tags: Tags | None) -> Plan:
    """What makes both halves and gateways as desired, with these tags; tags alone wait for nothing."""
    steps = {step.id: step for end in state.ends for step in gateway_steps(end.desired, end.layout)}
    steps |= {step.id: step for step in connection_steps(state)}
    for half in state.observed.halves if tags is not None else ():
        step = _tagged(steps.get(half.id), half, tags or {})
        steps |= {half.id: step} if step else {}
    plan = Plan(with_known_needs(steps.values()), (state.planned(),))
    return replace(plan, steps=plan.writes) if plan.sets_tags_only else plan


def _tagged(step: Step | None, half: ObservedConnection, tags: Tags) -> Step | None:
    """The step of a half that also sets its tags, or a step for the tags alone; None where it has them."""
    if dict(half.tags) == dict(tags):
        return None
    difference = Difference('tags', dict(half.tags), dict(tags))
    if step and isinstance(step.resource, Connection):
        resource = replace(step.resource, tags=tags)
        return replace(step, resource=resource, differences=(*step.differences, difference))
    return Step(
        half.id,
        Action.UPDATE,
        resource=Tagging(half.id, tags),
        lock=half.gateway,
        far_lock=half.far_gateway,
        differences=(difference,),
    )


def plan_rotation(pair: ObservedPair, key: SharedKey | None) -> Plan:
    """A new key for both halves at once; a half that has the given key already is left alone."""
    steps = (
        Step(
            shared_key_of(half.id),
            Action.UPDATE,
            resource=KeySetting(half.id),
            lock=half.gateway,
            far_lock=half.far_gateway,
            disturbs=True,
        )
        for end in pair.ends
        if (half := end.half) and (key is None or end.key != key)
    )
    return Plan(tuple(steps), (planned(pair, key),))


def plan_reset(pair: ObservedPair, gateways: Collection[int]) -> Plan:
    """Both connections reset, or the gateways of the ends with these numbers."""
    if not gateways:
        steps = [
            Step(half.id, Action.RESET, lock=half.gateway, far_lock=half.far_gateway, disturbs=True)
            for half in pair.halves
        ]
    else:
        steps = [
            Step(end.gateway_id, Action.RESET, lock=end.gateway_id, disturbs=True, affected=_others(pair, end))
            for number, end in enumerate(pair.ends, start=1)
            if number in gateways
        ]
    return Plan(tuple(steps), (planned(pair),))


def planned(pair: ObservedPair, key: SharedKey | None = None) -> PlannedPair:
    """A pair that exists, as a plan names it."""
    half1, half2 = (end.half.id if end.half else None for end in pair.ends)
    return PlannedPair((half1, half2), key)


def _others(pair: ObservedPair, end: ObservedEnd) -> tuple[ResourceId, ...]:
    return tuple(other.id for other in pair.other_connections(end))
