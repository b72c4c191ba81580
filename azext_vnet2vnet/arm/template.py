"""One deployment of Azure Resource Manager that makes the gateways and connections of a plan while nobody watches.

The template nests one deployment per resource group: those with gateways first, then those with connections. It refers
to what exists by id, and holds no key: each pair's comes as a secure parameter, evaluated in the inner scope only, as
an outer one would be kept in the clear in the deployment history (documented).
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from azext_vnet2vnet.arm.to_json import to_arm
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

DEPLOYMENT_VERSION = '2024-11-01'  # What azure-cli 2.91 sends.
PREFIX = 'vnet2vnet'

_SCHEMAS = 'https://schema.management.azure.com/schemas/2019-04-01'
_QUICK = (GROUP_TYPE, VNET_TYPE, SUBNET_TYPE, PUBLIC_IP_TYPE)

# Documented: a deployment's name has at most 64 letters, digits and _ . - ( ).
_READABLE = 41
_READABLE_VNET = 20
_DIGEST = 12
_STRANGE = re.compile(r'[^A-Za-z0-9_.-]+')

# Documented limits of a template; a nested one has limits of its own, but is a resource of the outer one, too.
MOST_RESOURCES = 800
MOST_PARAMETERS = 256
LARGEST_TEMPLATE = 4 * 1024 * 1024
LARGEST_RESOURCE = 1024 * 1024

Made = TypeVar('Made', Gateway, Connection)


@dataclass(frozen=True)
class KeyParameter:
    """A parameter of the template, and which of the plan's links has the key that it carries."""

    name: str
    pair: PlannedPair


@dataclass(frozen=True)
class Deployment:
    """A deployment in the group `home`: its template, and the keys that it still wants."""

    name: str
    home: ResourceId
    template: dict
    parameters: tuple[KeyParameter, ...]

    @property
    def id(self) -> ResourceId:
        """The id of the deployment."""
        return self.home.sibling(DEPLOYMENT_TYPE, self.name)


def handed_over(plan: Plan) -> tuple[Step, ...]:
    """The steps that a deployment does: gateways and connections to be created."""
    return tuple(
        step for step in plan.steps if step.action is Action.CREATE and isinstance(step.resource, (Gateway, Connection))
    )


def quick_steps(plan: Plan) -> tuple[Step, ...]:
    """The steps, of seconds each, that a run does itself before: a deployment's groups have to exist (documented)."""
    return tuple(
        step for step in plan.steps if step.action in (Action.CREATE, Action.WAIT) and any(map(step.id.is_a, _QUICK))
    )


def left_over(plan: Plan) -> tuple[Step, ...]:
    """The steps that write something else, which a deployment is not used for.

    Waiting for gateways and connections is none of them: a deployment's connection waits for a busy gateway itself
    (recorded, 35 minutes).
    """
    others = {step.id for step in handed_over(plan) + quick_steps(plan)}
    return tuple(step for step in plan.writes if step.id not in others)


def tenants_of(plan: Plan) -> frozenset[str]:
    """The tenants of both ends of the connections to be created, as far as they are known."""
    connections = (step.resource for step in handed_over(plan) if isinstance(step.resource, Connection))
    return frozenset(
        tenant for connection in connections for tenant in (connection.tenant, connection.far_tenant) if tenant
    )


def is_one_tenant(plan: Plan) -> bool:
    """Whether a deployment can do it: it does not write across tenants."""
    return len(tenants_of(plan)) <= 1


def deployment_of(plan: Plan, api_versions: Mapping[str, str], topology: str | None = None) -> Deployment:
    """The deployment that does what is `handed_over`; its name and home stay the same while parts come to exist.

    `api_versions` are those of gateways and connections, by type; `topology` is the name of a file with many pairs.
    """
    name = _deployment_name(plan.pairs, topology)
    # Of all halves, those that exist too: the group has to be the same when the command is run again.
    home = min(half.group_id for pair in plan.pairs for half in pair.written_halves)
    resources = sorted((step.resource for step in handed_over(plan)), key=lambda resource: resource.id)
    gateways = _by_group(resource for resource in resources if isinstance(resource, Gateway))
    connections = _by_group(resource for resource in resources if isinstance(resource, Connection))
    parameters = _key_parameters(plan.pairs, {resource.id for resource in resources})
    keys = {half: parameter.name for parameter in parameters for half in parameter.pair.written_halves}
    write = _Writer(api_versions, keys)
    places = {gateway.id: _nested_id(name, 'gateways', group) for group, made in gateways.items() for gateway in made}
    nested = [
        _nested(_nested_id(name, 'gateways', group), (), (), map(write.gateway, made))
        for group, made in gateways.items()
    ]
    for group, made in connections.items():
        needs = {places[end] for one in made for end in (one.gateway, one.far_gateway) if end in places}
        wanted = {keys[one.id] for one in made}
        nested.append(
            _nested(
                _nested_id(name, 'connections', group),
                sorted(needs),
                [parameter.name for parameter in parameters if parameter.name in wanted],
                write.chained(made),
            )
        )
    declared = {parameter.name: _declaration(parameter.pair) for parameter in parameters}
    return Deployment(name, home, _template(declared, nested), parameters)


def with_keys(deployment: Deployment, keys: Mapping[str, SharedKey]) -> dict:
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


def parameters_file(deployment: Deployment) -> dict:
    """A file of parameters for the template, with empty keys to be filled in: Azure refuses it while one is empty."""
    return {
        '$schema': f'{_SCHEMAS}/deploymentParameters.json#',
        'contentVersion': '1.0.0.0',
        'parameters': {parameter.name: {'value': ''} for parameter in deployment.parameters},
    }


def flaws_of(deployment: Deployment) -> tuple[Diagnostic, ...]:
    """Why Azure would refuse the deployment: what is larger than it takes."""
    nested = deployment.template['resources']
    groups = [one['properties']['template']['resources'] for one in nested]
    counts = (
        ('resource groups', len(nested), MOST_RESOURCES),
        ('resources in one resource group', max(map(len, groups), default=0), MOST_RESOURCES),
        ('shared keys', len(deployment.parameters), MOST_PARAMETERS),
        ('bytes for one resource group', max(map(_size, nested), default=0), LARGEST_RESOURCE),
        ('bytes', _size(deployment.template), LARGEST_TEMPLATE),
    )
    return tuple(
        rules.DEPLOYMENT_TOO_LARGE.found(
            f'Deployment {deployment.name} would have {count} {what}; Azure takes {most} at most',
            'Divide the pairs among several topology files, or leave --no-wait away: a run that waits makes any number',
        )
        for what, count, most in counts
        if count > most
    )


class _Writer:
    """Writes the resources of nested templates; `keys` are the names of the parameters with the keys, by half."""

    def __init__(self, api_versions: Mapping[str, str], keys: Mapping[ResourceId, str]):
        self._api_versions = {kind.lower(): version for kind, version in api_versions.items()}
        self._keys = keys

    def gateway(self, gateway: Gateway) -> dict:
        """A gateway; those of one group are made side by side."""
        return self._resource(gateway.id, (), _literal(to_arm(gateway)))

    def chained(self, connections: Iterable[Connection]) -> Iterator[dict]:
        """Connections of one group, those of the same gateway one after another.

        A gateway takes one write of a connection at a time. A deployment tries again after a 429, but a 409 is
        reported to fail it, so nothing is left to chance there. Decision: that Azure may lock the far gateway too is
        left to its retry, as a chain across all groups would make a mesh as slow as one gateway.
        """
        before: dict[ResourceId, ResourceId] = {}
        for connection in connections:
            needs = [before[connection.gateway]] if connection.gateway in before else []
            before[connection.gateway] = connection.id
            body = _literal(to_arm(connection))
            body['properties']['sharedKey'] = _parameter(self._keys[connection.id])
            yield self._resource(connection.id, needs, body)

    def _resource(self, target: ResourceId, needs: Sequence[ResourceId], body: dict) -> dict:
        return {
            'type': target.type,
            'apiVersion': self._api_versions[target.type.lower()],
            'name': target.name,
            **_depending(needs),
            **body,
        }


def _nested(target: ResourceId, needs: Sequence[ResourceId], keys: Sequence[str], resources: Iterable[dict]) -> dict:
    """A deployment within the deployment, in a group that may be of another subscription."""
    return {
        'type': DEPLOYMENT_TYPE,
        'apiVersion': DEPLOYMENT_VERSION,
        'name': target.name,
        'subscriptionId': target.subscription,
        'resourceGroup': target.group,
        **_depending(needs),
        'properties': {
            'mode': 'Incremental',
            'expressionEvaluationOptions': {'scope': 'inner'},
            'parameters': {key: {'value': _parameter(key)} for key in keys},
            'template': _template({key: {'type': 'securestring'} for key in keys}, list(resources)),
        },
    }


def _template(parameters: dict, resources: list[dict]) -> dict:
    return {
        '$schema': f'{_SCHEMAS}/deploymentTemplate.json#',
        'contentVersion': '1.0.0.0',
        'parameters': parameters,
        'resources': resources,
    }


def _declaration(link: PlannedPair) -> dict:
    """A key's parameter; a new connection without a key would get one that Azure makes (reported), so it is required.

    Documented: `minLength` holds for secure strings.
    """
    halves = ' and '.join(str(half) for half in link.halves if half)
    return {'type': 'securestring', 'minLength': 1, 'metadata': {'description': f'The shared key of {halves}'}}


def _depending(needs: Sequence[ResourceId]) -> dict:
    """By id with subscription and group, which names a resource in whatever group it is (documented)."""
    return {'dependsOn': [_reference(need) for need in needs]} if needs else {}


def _reference(target: ResourceId) -> str:
    parts = (target.subscription, target.group, target.type, *target.names)
    quoted = ', '.join("'" + part.replace("'", "''") + "'" for part in parts)
    return f'[resourceId({quoted})]'


def _parameter(name: str) -> str:
    return f"[parameters('{name}')]"


def _literal(value: Any) -> Any:
    """The value with its texts, and the names in it, as they are to come out.

    What begins and ends with brackets would be an expression, and is escaped by one more; what only begins with one is
    taken as it is, brackets and all (documented).
    """
    if isinstance(value, Mapping):
        return {_literal(name): _literal(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_literal(one) for one in value]
    is_expression = isinstance(value, str) and value.startswith('[') and value.endswith(']')
    return f'[{value}' if is_expression else value


def _by_group(resources: Iterable[Made]) -> dict[ResourceId, list[Made]]:
    groups: dict[ResourceId, list[Made]] = {}
    for resource in resources:
        groups.setdefault(resource.id.group_id, []).append(resource)
    return groups


def _key_parameters(pairs: Sequence[PlannedPair], made: Collection[ResourceId]) -> tuple[KeyParameter, ...]:
    """One for each pair with a half to be created, by the pair's number, which does not depend on what exists."""
    return tuple(
        KeyParameter(f'key{number}', pair)
        for number, pair in enumerate(pairs, start=1)
        if any(half in made for half in pair.written_halves)
    )


def _deployment_name(pairs: Sequence[PlannedPair], topology: str | None) -> str:
    """The same for the same VNets, whichever of two is named first, and whatever of their pair exists already."""
    joined = sorted(' '.join(sorted(str(vnet).lower() for vnet in pair.vnets)) for pair in pairs)
    vnets = sorted(vnet.name[:_READABLE_VNET] for pair in pairs for vnet in pair.vnets)
    return _named(topology or ('-'.join(vnets) if len(pairs) == 1 else 'network'), topology or '', *joined)


def _nested_id(deployment: str, kind: str, group: ResourceId) -> ResourceId:
    name = _named(f'{kind}-{group.name}', deployment, str(group).lower())
    return group.sibling(DEPLOYMENT_TYPE, name)


def _named(readable: str, *identity: str) -> str:
    digest = hashlib.sha256('\n'.join(identity).encode()).hexdigest()[:_DIGEST]
    return '-'.join(filter(None, (PREFIX, _STRANGE.sub('-', readable)[:_READABLE].strip('-'), digest)))


def _size(value: dict) -> int:
    return len(json.dumps(value))
