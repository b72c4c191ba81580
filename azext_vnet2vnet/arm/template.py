"""One deployment of Azure Resource Manager that creates the gateways and connections of a plan without a client.

The template nests one deployment per resource group: those with gateways first, then those with connections. It refers
to what exists by id, and holds no key: that of each pair is a secure parameter.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from azext_vnet2vnet.arm.template_writer import (
    SCHEMAS,
    connection_resources,
    gateway_resource,
    key_declaration,
    nested_deployment,
    template,
)
from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.desired import Connection, Gateway
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.resource_id import (
    DEPLOYMENT_TYPE,
    GROUP_TYPE,
    PUBLIC_IP_TYPE,
    SUBNET_TYPE,
    VNET_TYPE,
    ResourceId,
)
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.plan import Action, Plan, PlannedPair, Step

_PREFIX = 'vnet2vnet'
_QUICK = (GROUP_TYPE, VNET_TYPE, SUBNET_TYPE, PUBLIC_IP_TYPE)

# Documented: the name of a deployment has at most 64 letters, digits and _ . - ( ).
_READABLE = 41
_READABLE_VNET = 20
_DIGEST = 12
_FORBIDDEN = re.compile(r'[^A-Za-z0-9_.-]+')

# Documented limits of a template; a nested one has limits of its own, but is a resource of the outer one, too.
_MOST_RESOURCES = 800
_MOST_PARAMETERS = 256
_LARGEST_TEMPLATE = 4 * 1024 * 1024
_LARGEST_RESOURCE = 1024 * 1024

T = TypeVar('T', Gateway, Connection)


@dataclass(frozen=True)
class KeyParameter:
    """A parameter of the template, and the pair whose key it carries."""

    name: str
    pair: PlannedPair


@dataclass(frozen=True)
class Deployment:
    """A deployment in the group `home`: its template, and the parameters that need a key."""

    name: str
    home: ResourceId
    template: dict[str, Any]
    parameters: tuple[KeyParameter, ...]

    @property
    def id(self) -> ResourceId:
        """The id of the deployment."""
        return self.home.sibling(DEPLOYMENT_TYPE, self.name)


def handed_over(plan: Plan) -> tuple[Step, ...]:
    """The steps that a deployment carries out: gateways and connections to be created."""
    return tuple(
        step for step in plan.steps if step.action is Action.CREATE and isinstance(step.resource, (Gateway, Connection))
    )


def quick_steps(plan: Plan) -> tuple[Step, ...]:
    """The steps, of seconds each, that precede the deployment, whose groups have to exist (documented)."""
    return tuple(
        step for step in plan.steps if step.action in (Action.CREATE, Action.WAIT) and any(map(step.id.is_a, _QUICK))
    )


def left_over(plan: Plan) -> tuple[Step, ...]:
    """The steps that write anything else, for which no deployment is used.

    Waiting for gateways and connections is none of them: a connection in a deployment waits for a busy gateway itself
    (recorded, 35 minutes).
    """
    others = {step.id for step in handed_over(plan) + quick_steps(plan)}
    return tuple(step for step in plan.writes if step.id not in others)


def is_one_tenant(plan: Plan) -> bool:
    """Whether a deployment can create the connections of the plan: it does not write across tenants."""
    tenants = {tenant for one in _created(plan, Connection) for tenant in (one.tenant, one.far_tenant) if tenant}
    return len(tenants) <= 1


def deployment_of(plan: Plan, topology: str | None = None) -> Deployment:
    """The deployment that carries out what is `handed_over`; its name and home stay the same while parts are created.

    `topology` is the name of a file with many pairs.
    """
    name = _deployment_name(plan.pairs, topology)
    # Of all halves, those that exist too: the group has to be the same when the command is run again.
    home = min(half.group_id for pair in plan.pairs for half in pair.written_halves)
    gateways, connections = _by_group(_created(plan, Gateway)), _by_group(_created(plan, Connection))
    parameters = _key_parameters(plan.pairs, {one.id for group in connections.values() for one in group})
    keys = {half: parameter.name for parameter in parameters for half in parameter.pair.written_halves}
    makers = {gateway.id: _nested_id(name, 'gateways', group) for group, made in gateways.items() for gateway in made}
    nested = [
        nested_deployment(_nested_id(name, 'gateways', group), (), (), map(gateway_resource, made))
        for group, made in gateways.items()
    ]
    for group, made in connections.items():
        needs = {makers[end] for one in made for end in (one.gateway, one.far_gateway) if end in makers}
        used = {keys[one.id] for one in made}
        nested.append(
            nested_deployment(
                _nested_id(name, 'connections', group),
                sorted(needs),
                [parameter.name for parameter in parameters if parameter.name in used],
                connection_resources(made, keys),
            )
        )
    declarations = {parameter.name: key_declaration(parameter.pair.written_halves) for parameter in parameters}
    return Deployment(name, home, template(declarations, nested), parameters)


def with_keys(deployment: Deployment, keys: Mapping[str, SharedKey]) -> dict[str, Any]:
    """The body that starts the deployment, with a key for each parameter; only here is a key put in.

    Values of parameters are taken literally, whatever they begin with (documented).
    """
    return {
        'properties': {
            'mode': 'Incremental',
            'template': deployment.template,
            'parameters': {
                parameter.name: {'value': keys[parameter.name].reveal()} for parameter in deployment.parameters
            },
        }
    }


def parameters_file(deployment: Deployment) -> dict[str, Any]:
    """A file of parameters for the template, with empty keys to be filled in: Azure refuses it while one is empty."""
    return {
        '$schema': f'{SCHEMAS}/deploymentParameters.json#',
        'contentVersion': '1.0.0.0',
        'parameters': {parameter.name: {'value': ''} for parameter in deployment.parameters},
    }


def check_size(deployment: Deployment) -> tuple[Diagnostic, ...]:
    """The limits of Azure that the deployment exceeds."""
    nested = deployment.template['resources']
    groups = [one['properties']['template']['resources'] for one in nested]
    counts = (
        ('resource groups', len(nested), _MOST_RESOURCES),
        ('resources in one resource group', max(map(len, groups), default=0), _MOST_RESOURCES),
        ('shared keys', len(deployment.parameters), _MOST_PARAMETERS),
        ('bytes for one resource group', max(map(_size, nested), default=0), _LARGEST_RESOURCE),
        ('bytes', _size(deployment.template), _LARGEST_TEMPLATE),
    )
    return tuple(
        rules.DEPLOYMENT_TOO_LARGE.found(
            f'Deployment {deployment.name} would have {count} {what}; Azure takes {most} at most',
            'Divide the pairs among several topology files, or omit --no-wait: a run that waits creates any number',
        )
        for what, count, most in counts
        if count > most
    )


def _created(plan: Plan, class_: type[T]) -> list[T]:
    """The gateways, or the connections, that the deployment creates, in the order of their ids."""
    resources = (step.resource for step in handed_over(plan))
    return sorted((one for one in resources if isinstance(one, class_)), key=lambda one: one.id)


def _by_group(resources: Iterable[T]) -> dict[ResourceId, list[T]]:
    groups: dict[ResourceId, list[T]] = {}
    for resource in resources:
        groups.setdefault(resource.id.group_id, []).append(resource)
    return groups


def _key_parameters(pairs: Sequence[PlannedPair], created: Collection[ResourceId]) -> tuple[KeyParameter, ...]:
    """One for each pair with a half to be created, by the pair's number, which does not depend on what exists."""
    return tuple(
        KeyParameter(f'key{number}', pair)
        for number, pair in enumerate(pairs, start=1)
        if any(half in created for half in pair.written_halves)
    )


def _deployment_name(pairs: Sequence[PlannedPair], topology: str | None) -> str:
    """The same for the same VNets, whichever of two is named first, and whatever of their pair exists already."""
    joined = sorted(' '.join(sorted(str(vnet).lower() for vnet in pair.vnets)) for pair in pairs)
    vnets = sorted(vnet.name[:_READABLE_VNET] for pair in pairs for vnet in pair.vnets)
    return _name(topology or ('-'.join(vnets) if len(pairs) == 1 else 'network'), topology or '', *joined)


def _nested_id(deployment: str, kind: str, group: ResourceId) -> ResourceId:
    name = _name(f'{kind}-{group.name}', deployment, str(group).lower())
    return group.sibling(DEPLOYMENT_TYPE, name)


def _name(readable: str, *identity: str) -> str:
    digest = hashlib.sha256('\n'.join(identity).encode()).hexdigest()[:_DIGEST]
    return '-'.join(filter(None, (_PREFIX, _FORBIDDEN.sub('-', readable)[:_READABLE].strip('-'), digest)))


def _size(value: Mapping[str, Any]) -> int:
    return len(json.dumps(value))
