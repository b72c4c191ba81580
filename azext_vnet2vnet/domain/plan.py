"""From what is wanted and what is there to the steps between: deterministic, sorted, printable."""
from dataclasses import dataclass
from enum import Enum

from azext_vnet2vnet.domain.ids import ResourceId, shared_key_of
from azext_vnet2vnet.domain.layout import Layout, lay_out
from azext_vnet2vnet.domain.model import (
    Connection, End, Gateway, GatewaySubnet, Group, KeySetting, Pair, PublicIp, Resource, Vnet)
from azext_vnet2vnet.domain.observed import FAILED, SUCCEEDED, Observed, ObservedConnection, Site


class Action(str, Enum):
    """What a step does; `wait` is for a resource that exists and that Azure is still working on."""
    CREATE = 'create'
    UPDATE = 'update'
    WAIT = 'wait'


@dataclass(frozen=True)
class Step:
    """One resource and one action, the ids of the steps it waits for, and the gateway it needs to itself."""
    id: ResourceId
    action: Action
    needs: tuple[ResourceId, ...] = ()
    resource: Resource | None = None
    lock: ResourceId | None = None

    def change(self) -> dict:
        """The step as the user reads it in JSON."""
        return {'action': self.action.value, 'id': str(self.id)}


@dataclass(frozen=True)
class Plan:
    """The steps of a run and the two connections it leaves behind.

    `key_holder` is the existing half whose key the other half gets; None where the key is given, generated, or where
    no half is to be created.
    """
    steps: tuple[Step, ...]
    halves: tuple[ResourceId, ResourceId]
    key_holder: ResourceId | None = None

    @property
    def writes(self) -> tuple[Step, ...]:
        """The steps that write something."""
        return tuple(step for step in self.steps if step.action is not Action.WAIT)

    def disturbances(self) -> list[str]:
        """What the plan does to the traffic of what exists, one sentence each."""
        return [f'The key of {step.resource.connection} is changed, which drops its tunnel until both halves have it'
                for step in self.steps if isinstance(step.resource, KeySetting)]

    def changes(self) -> list[dict]:
        """The plan as the user reads it in JSON."""
        return [step.change() for step in self.steps]


def plan_pair(pair: Pair, observed: Observed) -> Plan:
    """The plan that makes the pair what it should be; it has no steps where everything is there.

    To be called only when `check_pair` found no error.
    """
    layouts = [lay_out(pair, end, site) for end, site in zip(pair.ends, observed.sites)]
    steps: dict[ResourceId, Step] = {}
    for end, site, layout in zip(pair.ends, observed.sites, layouts):
        for step in _site_steps(pair, end, site, layout):
            steps.setdefault(step.id, step)
    for step in _connection_steps(pair, observed, layouts):
        steps[step.id] = step
    # A need that no step provides is there already.
    kept = [Step(step.id, step.action, tuple(sorted(need for need in set(step.needs) if need in steps)),
                 step.resource, step.lock) for step in steps.values()]
    return Plan(tuple(kept), (layouts[0].connection, layouts[1].connection), _key_holder(pair, observed))


def _site_steps(pair: Pair, end: End, site: Site, layout: Layout):
    group = end.vnet.group_id
    if not site.group_exists:
        yield Step(group, Action.CREATE, (), Group(group, layout.location, pair.tags))
    new_subnet = GatewaySubnet(end.vnet, layout.gateway_subnet)
    if site.vnet is None:
        subnets = (*end.subnets, new_subnet.as_subnet())
        yield Step(end.vnet, Action.CREATE, (group,),
                   Vnet(end.vnet, layout.location, layout.address_prefixes, subnets, pair.tags))
    else:
        if site.vnet.state != SUCCEEDED:
            yield Step(end.vnet, Action.WAIT)
        if site.vnet.gateway_subnet is None:
            yield Step(new_subnet.id, Action.CREATE, (end.vnet,), new_subnet, lock=end.vnet)
    if layout.existing_gateway is None:
        yield from _gateway_steps(pair, end, site, layout)
    elif layout.existing_gateway.state != SUCCEEDED:
        yield Step(layout.gateway, Action.WAIT)


def _gateway_steps(pair: Pair, end: End, site: Site, layout: Layout):
    group = end.vnet.group_id
    present = {public_ip.id: public_ip for public_ip in site.public_ips}
    for public_ip in layout.public_ips:
        if public_ip not in present:
            yield Step(public_ip, Action.CREATE, (group,),
                       PublicIp(public_ip, layout.location, layout.zones, pair.tags))
        elif present[public_ip].state != SUCCEEDED:
            yield Step(public_ip, Action.WAIT)
    gateway = Gateway(layout.gateway, layout.location, end.vnet, layout.public_ips, layout.sku.name,
                      layout.generation, pair.tags)
    needs = (end.vnet, GatewaySubnet(end.vnet, '').id, *layout.public_ips)
    yield Step(layout.gateway, Action.CREATE, needs, gateway, lock=layout.gateway)


def _connection_steps(pair: Pair, observed: Observed, layouts):
    gateways = tuple(layout.gateway for layout in layouts)
    holder = _key_holder(pair, observed)
    for end, site, layout in zip(pair.ends, observed.sites, layouts):
        far = pair.far(end)
        far_gateway = gateways[1] if end is pair.end1 else gateways[0]
        if site.half is None or site.half.state == FAILED:
            # A half that Azure failed to make is written again; nothing of it was ever in use.
            action = Action.CREATE if site.half is None else Action.UPDATE
            needs = gateways if holder in (None, layout.connection) else (*gateways, holder)
            yield Step(layout.connection, action, needs,
                       Connection(layout.connection, layout.location, layout.gateway, far_gateway,
                                  end.tenant, far.tenant, pair.tags), lock=layout.gateway)
        elif site.half.state != SUCCEEDED:
            yield Step(layout.connection, Action.WAIT)
        if site.half is not None and pair.key is not None and site.key != pair.key:
            setting = shared_key_of(layout.connection)
            yield Step(setting, Action.UPDATE, (layout.connection, *gateways), KeySetting(layout.connection),
                       lock=layout.gateway)


def _key_holder(pair: Pair, observed: Observed) -> ResourceId | None:
    halves: list[ObservedConnection] = [site.half for site in observed.sites if site.half]
    usable = [half for half in halves if half.state != FAILED] or halves
    return usable[0].id if usable and pair.key is None else None
