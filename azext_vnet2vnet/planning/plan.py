"""From what is wanted and what is there to the steps between: deterministic, sorted, printable."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from azext_vnet2vnet.network.desired import (
    Connection,
    End,
    Gateway,
    GatewayChange,
    GatewaySubnet,
    Group,
    KeySetting,
    Pair,
    PublicIp,
    Resource,
    Tagging,
    Vnet,
)
from azext_vnet2vnet.network.observed import CONNECTED, FAILED, SUCCEEDED, Observed, ObservedConnection, Site
from azext_vnet2vnet.network.resource_id import ResourceId, shared_key_of
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.site_plan import Layout, gateway_change, half_id, lay_out

# The options of a tunnel in words.
_WORDS = {
    'enable_bgp': 'BGP',
    'policies': 'IPsec policy',
    'dpd_timeout': 'DPD time-out',
    'mode': 'connection mode',
    'policy_based': 'policy-based selectors',
    'selectors': 'traffic selectors',
}


class Action(str, Enum):
    """What a step does; `wait` is for a resource that exists and that Azure is still working on."""

    CREATE = 'create'
    UPDATE = 'update'
    RESET = 'reset'
    DELETE = 'delete'
    WAIT = 'wait'


@dataclass(frozen=True)
class Step:
    """One resource and one action, the ids of the steps it waits for, and the gateway it needs to itself.

    `far_lock` is another gateway that Azure may want to have at rest meanwhile. It also waits until Azure has accepted
    the steps that it `follows`. `disturbance` says what it does to what exists.
    """

    id: ResourceId
    action: Action
    needs: tuple[ResourceId, ...] = ()
    resource: Resource | None = None
    lock: ResourceId | None = None
    disturbance: str | None = None
    follows: tuple[ResourceId, ...] = ()
    far_lock: ResourceId | None = None

    def change(self) -> dict:
        """The step as the user reads it in JSON."""
        return {'action': self.action.value, 'id': str(self.id)}


@dataclass(frozen=True)
class Link:
    """The halves of one pair that a run leaves behind; None for a half that somebody else writes.

    `key_holder` is the existing half whose key the other half gets; None where the key is given, generated, or where
    no half is to be created. `vnets` are those that the pair joins; empty in plans that create nothing.
    """

    halves: tuple[ResourceId | None, ResourceId | None]
    key_holder: ResourceId | None = None
    vnets: tuple[ResourceId, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The steps of a run and the pairs that it is about."""

    steps: tuple[Step, ...]
    links: tuple[Link, ...]

    @property
    def writes(self) -> tuple[Step, ...]:
        """The steps that write something."""
        return tuple(step for step in self.steps if step.action is not Action.WAIT)

    @property
    def sets_tags_only(self) -> bool:
        """Whether tags are all that it writes."""
        return bool(self.writes) and all(isinstance(step.resource, Tagging) for step in self.writes)

    def without(self, done: Collection[ResourceId]) -> 'Plan':
        """What is left of the plan when the steps of these ids are done."""
        return replace(self, steps=tuple(step for step in self.steps if step.id not in done))

    def disturbances(self) -> list[str]:
        """What the plan does to what exists and may be in use, one sentence each."""
        return [step.disturbance for step in self.steps if step.disturbance]

    def changes(self) -> list[dict]:
        """The plan as the user reads it in JSON, with what each step but a deletion does to what exists."""
        return [
            {
                **step.change(),
                **({'disturbance': step.disturbance} if step.disturbance and step.action is not Action.DELETE else {}),
            }
            for step in self.steps
        ]


NOTHING = Plan((), (None, None))


def plan_pair(pair: Pair, observed: Observed) -> Plan:
    """The plan that makes the pair what it should be; it has no steps where everything is there.

    It may be run only where `check_pair` finds no error; before that it tells what would be written.
    """
    return plan_pairs([pair], [observed])


def plan_pairs(pairs: Sequence[Pair], observed: Sequence[Observed]) -> Plan:
    """The same for pairs that may share ends: what an end needs is done once, whichever pairs it is in."""
    steps: dict[ResourceId, Step] = {}
    layouts: dict[ResourceId, Layout] = {}
    for pair, seen in zip(pairs, observed):
        for end, site in zip(pair.ends, seen.sites):
            if end.vnet in layouts:
                continue
            layouts[end.vnet] = lay_out(end, site)
            for step in () if end.is_foreign else _site_steps(end, site, layouts[end.vnet]):
                steps.setdefault(step.id, step)
    for pair, seen in zip(pairs, observed):
        steps |= {step.id: step for step in _connection_steps(pair, seen, [layouts[end.vnet] for end in pair.ends])}
    # A need that no step provides is there already.
    kept = [
        replace(step, needs=tuple(sorted(need for need in set(step.needs) if need in steps))) for step in steps.values()
    ]
    return Plan(tuple(kept), tuple(map(_link, pairs, observed)))


def _link(pair: Pair, observed: Observed) -> Link:
    half1, half2 = (
        None if end.is_foreign else half_id(pair, end, site) for end, site in zip(pair.ends, observed.sites)
    )
    return Link((half1, half2), _key_holder(pair, observed), tuple(end.vnet for end in pair.ends))


def _site_steps(end: End, site: Site, layout: Layout):
    group = end.vnet.group_id
    location = layout.location or ''
    if not site.group_exists:
        yield Step(group, Action.CREATE, (), Group(group, location, end.tags))
    new_subnet = GatewaySubnet(end.vnet, layout.gateway_subnet or '')
    if site.vnet is None:
        subnets = (*end.subnets, new_subnet.as_subnet())
        yield Step(
            end.vnet, Action.CREATE, (group,), Vnet(end.vnet, location, layout.address_prefixes, subnets, end.tags)
        )
    else:
        if site.vnet.state != SUCCEEDED:
            yield Step(end.vnet, Action.WAIT)
        if site.vnet.gateway_subnet is None:
            yield Step(new_subnet.id, Action.CREATE, (end.vnet,), new_subnet, lock=end.vnet)
    yield from _public_ip_steps(end, site, layout)
    yield from _gateway_steps(end, layout)


def _public_ip_steps(end: End, site: Site, layout: Layout):
    present = {public_ip.id: public_ip for public_ip in site.public_ips}
    for public_ip in layout.public_ips:
        if public_ip not in present:
            yield Step(
                public_ip,
                Action.CREATE,
                (end.vnet.group_id,),
                PublicIp(public_ip, layout.location or '', layout.zones, end.tags),
            )
        elif present[public_ip].state != SUCCEEDED:
            yield Step(public_ip, Action.WAIT)


def _gateway_steps(end: End, layout: Layout):
    present = layout.existing_gateway
    if present is None:
        sku = layout.sku.name if layout.sku else str(end.sku)
        gateway = Gateway(
            layout.gateway,
            layout.location or '',
            end.vnet,
            layout.public_ips,
            sku,
            layout.generation,
            layout.enable_bgp,
            layout.asn if layout.enable_bgp else None,
            end.tags,
        )
        needs = (end.vnet, GatewaySubnet(end.vnet, '').id, *layout.public_ips)
        yield Step(layout.gateway, Action.CREATE, needs, gateway, lock=layout.gateway)
        return
    change = gateway_change(end, layout)
    if change:
        yield Step(layout.gateway, Action.UPDATE, layout.public_ips, change, layout.gateway, _disturbance(change))
    elif present.state != SUCCEEDED:
        yield Step(layout.gateway, Action.WAIT)


def _connection_steps(pair: Pair, observed: Observed, layouts):
    gateways = tuple(layout.gateway for layout in layouts)
    holder = _key_holder(pair, observed)
    for end, site, layout in zip(pair.ends, observed.sites, layouts):
        if end.is_foreign:
            continue
        far = pair.far(end)
        half = half_id(pair, end, site)
        wanted = Connection(
            half,
            layout.location or '',
            layout.gateway,
            gateways[1] if end is pair.end1 else gateways[0],
            end.tenant,
            far.tenant,
            pair.tunnel_from(end),
            end.tags,
        )
        locks = {'lock': wanted.gateway, 'far_lock': wanted.far_gateway}
        if site.half is None:
            needs = gateways if holder is None else (*gateways, holder)
            yield Step(half, Action.CREATE, needs, _like(observed, wanted), **locks)
            continue
        differences = wanted.tunnel.differences(site.half.tunnel)
        if site.half.state == FAILED or differences:
            # A half that Azure failed to make is written again; nothing of it was ever in use.
            what = ', '.join(_WORDS[name] for name in differences)
            disturbance = f'Connection {site.half.id} is changed ({what}), which drops its tunnel for a moment'
            yield Step(
                half,
                Action.UPDATE,
                gateways,
                replace(wanted, tags=None),
                disturbance=disturbance if differences else None,
                **locks,
            )
        elif site.half.state != SUCCEEDED:
            yield Step(half, Action.WAIT)
        if pair.key is not None and site.key != pair.key and not _is_left_alone(site):
            disturbance = f'The key of {half} is changed, which drops its tunnel until both halves have it'
            yield Step(
                shared_key_of(half),
                Action.UPDATE,
                (half, *gateways),
                KeySetting(half),
                disturbance=disturbance if site.half.status == CONNECTED else None,
                **locks,
            )


def _like(observed: Observed, wanted: Connection) -> Connection:
    """A missing half, which is made like the one that is there, but for what is asked."""
    there = next((site.half.tunnel.mirrored().without_defaults() for site in observed.sites if site.half), Tunnel())
    return replace(wanted, tunnel=there.overlaid(wanted.tunnel))


def _is_left_alone(site: Site) -> bool:
    """A tunnel that is up, with a key that nobody may compare, is not taken down."""
    return site.key_unreadable and site.half.status == CONNECTED


def _disturbance(change: GatewayChange) -> str:
    what = [
        f'BGP is set up with ASN {change.asn}'
        if change.asn is not None
        else 'BGP is switched on'
        if change.enable_bgp
        else '',
        'a second address makes it active-active' if change.more_public_ips else '',
    ]
    return (
        f'Gateway {change.id} is changed ({", ".join(filter(None, what))}), which can drop all its tunnels for '
        'some minutes'
    )


def _key_holder(pair: Pair, observed: Observed) -> ResourceId | None:
    halves: list[ObservedConnection] = [site.half for site in observed.sites if site.half]
    return halves[0].id if len(halves) == 1 and pair.key is None else None
