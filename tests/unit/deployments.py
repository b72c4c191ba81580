"""Deployments to look into: plans to make them of, and what Resource Manager makes of their templates."""

import re
from itertools import combinations

from azext_vnet2vnet.arm.template import Deployment, deployment_of, with_keys
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.pair_plan import compare, plan_pairs
from azext_vnet2vnet.planning.plan import Plan
from tests.unit import samples

PLACE1, PLACE4 = ('s1', 'TestRG1'), ('s4', 'TestRG4')
NOTHING = ObservedPair(samples.nothing(), samples.nothing())
FULL = ObservedPair(samples.site(1, 4, 'eastus'), samples.site(4, 1, 'westus'))

_REFERENCE = re.compile(r"\[resourceId\('([^']+)', '([^']+)', '([^']+)', '([^']+)'\)\]")
_PARAMETER = re.compile(r"\[parameters\('(\w+)'\)\]")


def deployment(plan: Plan, topology: str | None = None) -> Deployment:
    return deployment_of(plan, topology)


def pair_at(place1, place4, **changes):
    """The how-to's pair with its VNets in these subscriptions and groups."""
    ends = [
        samples.end(number, position, location, vnet=ResourceId(*place, resource_id.VNET_TYPE, (f'TestVNet{number}',)))
        for number, position, location, place in ((1, 1, 'eastus', place1), (4, 2, 'westus', place4))
    ]
    return samples.pair(end1=ends[0], end2=ends[1], **changes)


def hub(*spokes):
    """The plan that joins TestVNet1 to each of the spokes, from nothing."""
    pairs = [samples.pair(end2=samples.end(number, 2, 'westus')) for number in spokes]
    return plan_pairs([compare(pair, NOTHING) for pair in pairs])


def mesh(size, **end_changes):
    """The plan that joins each of many VNets of one group to each other one."""
    ends = [
        samples.end(
            number,
            1,
            'eastus',
            vnet=ResourceId('s1', 'TestRG1', resource_id.VNET_TYPE, (f'TestVNet{number}',)),
            **end_changes,
        )
        for number in range(1, size + 1)
    ]
    pairs = [samples.pair(end1=one, end2=other) for one, other in combinations(ends, 2)]
    return plan_pairs([compare(pair, NOTHING) for pair in pairs])


def names(resources):
    return [resource['name'] for resource in resources]


def inner(one):
    """The resources of a nested deployment."""
    return one['properties']['template']['resources']


def reference(text):
    """The resource that a `dependsOn` means."""
    subscription, group, kind, name = _REFERENCE.fullmatch(text).groups()
    return ResourceId(subscription, group, kind, (name,))


def nested_id(one):
    return ResourceId(one['subscriptionId'], one['resourceGroup'], one['type'], (one['name'],))


def resolved(value, values):
    """A part of a template as Resource Manager evaluates it, by its documentation."""
    if isinstance(value, dict):
        return {resolved(name, values): resolved(one, values) for name, one in value.items()}
    if isinstance(value, list):
        return [resolved(one, values) for one in value]
    if not isinstance(value, str) or not (value.startswith('[') and value.endswith(']')):
        return value
    return value[1:] if value.startswith('[[') else values[_PARAMETER.fullmatch(value)[1]]


def sent(made, keys):
    """The bodies that Resource Manager writes, by resource, with the keys followed from the request all the way in."""
    request = with_keys(made, keys)['properties']
    given = {name: parameter['value'] for name, parameter in request['parameters'].items()}
    bodies = {}
    for one in request['template']['resources']:
        values = {
            name: resolved(parameter['value'], given) for name, parameter in one['properties']['parameters'].items()
        }
        assert values.keys() == one['properties']['template']['parameters'].keys()
        for resource in inner(one):
            target = ResourceId(one['subscriptionId'], one['resourceGroup'], resource['type'], (resource['name'],))
            assert target not in bodies
            bodies[target] = resolved(
                {name: resource[name] for name in resource if name not in ('type', 'apiVersion', 'name', 'dependsOn')},
                values,
            )
    return bodies
