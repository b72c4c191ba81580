"""What is done to a pair that exists: change both halves, give them a new key, reset, delete."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from azext_vnet2vnet.network.desired import Connection, End, KeySetting, Pair, Tagging, Tags
from azext_vnet2vnet.network.observed import SUCCEEDED, Observed, ObservedConnection, ObservedSubnet, ObservedVnet, Site
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import (
    CONNECTION_TYPE,
    GATEWAY_SUBNET,
    GATEWAY_TYPE,
    PUBLIC_IP_TYPE,
    ResourceId,
    shared_key_of,
)
from azext_vnet2vnet.network.setting_names import CommandLine
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.plan import Action, Link, Plan, Step, plan_pair


def wanted_pair(pair: ObservedPair, asked: Tunnel) -> tuple[Pair, Observed]:
    """The pair as a request that lays `asked`, seen from end 1, over both halves and makes them alike.

    Where the halves differ in what was not asked for, end 1 is right; so is its key.
    """
    half1, half2 = (end.half for end in pair.ends)
    tunnel = half1.tunnel.fields_to_write(half2.tunnel.mirrored()).overlaid(asked)
    keys = [end.key for end in pair.ends]
    key = keys[0] if None not in keys and keys[0] != keys[1] else None
    ends = (
        End(end.vnet_id, end.tenant, enable_bgp=tunnel.enable_bgp, source=CommandLine(number))
        for number, end in enumerate(pair.ends, start=1)
    )
    return (Pair(*ends, half1.id.name, half2.id.name, key, tunnel), Observed(*map(_site, pair.ends)))


def _site(end: ObservedEnd) -> Site:
    """The end with a VNet that wants nothing, whether or not it was read: its gateway is there, and is what counts."""
    unread = ObservedVnet(end.vnet_id, end.gateway.location, SUCCEEDED, (), (ObservedSubnet(GATEWAY_SUBNET, ()),))
    return Site(
        vnet=replace(end.vnet or unread, state=SUCCEEDED),
        gateways=(end.gateway,),
        half=end.half,
        key=end.key,
        key_unreadable=end.key_unreadable,
    )


def plan_update(pair: Pair, observed: Observed, tags: Tags | None) -> Plan:
    """What makes both halves of `wanted_pair` so, with these tags; tags alone wait for nothing and disturb nothing."""
    plan = plan_pair(pair, observed)
    steps = {step.id: step for step in plan.steps}
    for half in (site.half for site in observed.sites):
        if tags is None or dict(half.tags) == tags:
            continue
        step = steps.get(half.id)
        if step and isinstance(step.resource, Connection):
            steps[half.id] = replace(step, resource=replace(step.resource, tags=tags))
        else:
            steps[half.id] = Step(
                half.id, Action.UPDATE, (), Tagging(half.id, tags), half.gateway, far_lock=half.far_gateway
            )
    changed = replace(plan, steps=tuple(steps.values()))
    return replace(changed, steps=changed.writes) if changed.sets_tags_only else changed


def plan_rotation(pair: ObservedPair, key: SharedKey | None) -> Plan:
    """A new key for both halves at once; a half that has the given key already is left alone."""
    steps = (
        Step(
            shared_key_of(end.half.id),
            Action.UPDATE,
            (),
            KeySetting(end.half.id),
            end.gateway_id,
            f'The key of {end.half.id} is changed, which drops its tunnel until both halves have the new one',
            far_lock=end.half.far_gateway,
        )
        for end in pair.ends
        if key is None or end.key != key
    )
    return Plan(tuple(steps), _links(pair))


def plan_reset(pair: ObservedPair, gateways: Collection[int]) -> Plan:
    """Both connections reset, or the gateways of the ends with these numbers."""
    if not gateways:
        steps: Iterable[Step] = (
            Step(
                half.id,
                Action.RESET,
                lock=half.gateway,
                far_lock=half.far_gateway,
                disturbance=f'Connection {half.id} is reset, which drops its tunnel for a moment',
            )
            for half in pair.halves
        )
    else:
        steps = (
            Step(
                end.gateway_id,
                Action.RESET,
                lock=end.gateway_id,
                disturbance=f'Gateway {end.gateway_id} is reset, which takes about a quarter of an hour and can '
                f'drop all its tunnels meanwhile{_others(end, pair)}',
            )
            for number, end in enumerate(pair.ends, start=1)
            if number in gateways
        )
    return Plan(tuple(steps), _links(pair))


def _others(end: ObservedEnd, pair: ObservedPair) -> str:
    names = ', '.join(sorted(other.id.name for other in other_connections(end, pair)))
    return f', those of {names} too' if names else ''


def other_connections(end: ObservedEnd, pair: ObservedPair) -> list[ObservedConnection]:
    """The connections of an end's gateway that are no half of the pair."""
    return [connection for connection in end.connections if connection.id not in {half.id for half in pair.halves}]


def plan_deletion(pair: ObservedPair, with_gateways: bool) -> Plan:
    """Both connections, then the gateways, then their public IPs, without waiting for the other end's.

    The named half goes only when Azure has begun with the other one: a run that dies before that still finds the pair.
    """
    near, far = pair.ends
    steps = [
        Step(
            half.id,
            Action.DELETE,
            lock=half.gateway,
            far_lock=half.far_gateway,
            disturbance=f'Connection {half.id} is deleted',
            follows=(far.half.id,) if far.half and half is near.half else (),
        )
        for half in reversed(pair.halves)
    ]
    halves = tuple(step.id for step in steps)
    for gateway in (end.gateway for end in pair.ends if end.gateway and with_gateways):
        steps.append(
            Step(gateway.id, Action.DELETE, halves, lock=gateway.id, disturbance=f'Gateway {gateway.id} is deleted')
        )
        steps += [
            Step(public_ip, Action.DELETE, (gateway.id,), disturbance=f'Public IP {public_ip} is deleted')
            for public_ip in gateway.public_ip_ids
        ]
    return Plan(tuple(steps), _links(pair))


def commands_by_id(plan: Plan) -> str:
    """What a user types to have the gateways and public IPs of a deletion deleted; empty where it has none."""
    return ', then '.join(
        f'az network {noun} delete --ids {" ".join(map(str, ids))}'
        for noun, ids in (('vnet-gateway', _ids(plan, GATEWAY_TYPE)), ('public-ip', _ids(plan, PUBLIC_IP_TYPE)))
        if ids
    )


def resumption_of_deletion(plan: Plan, named: ResourceId, again: str) -> tuple[str, str]:
    """What a user does to go on with a deletion of which this is left, and what if that finds no connection.

    It is `again`, the same command, while the half that it names may be there; then the other half leads to the rest,
    and then nothing does.
    """
    rest = commands_by_id(plan)
    ways = [
        again if half == named else f'run az vnet2vnet delete --ids {half}{" --gateways" if rest else ""}'
        for half in reversed(_ids(plan, CONNECTION_TYPE))
    ] + [f'run {rest}'] * bool(rest)
    links = 'Where that finds no connection any more', 'where that finds none either'
    return ways[0], '; '.join(f'{link}, {way}' for link, way in zip(links, ways[1:]))


def _ids(plan: Plan, type_: str) -> list[ResourceId]:
    return [step.id for step in plan.steps if step.id.is_a(type_)]


def _links(pair: ObservedPair) -> tuple[Link]:
    half1, half2 = (end.half.id if end.half else None for end in pair.ends)
    return (Link((half1, half2)),)
