"""The language of templates: gateways, connections and nested deployments as Azure Resource Manager reads them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from azext_vnet2vnet.arm import api_versions
from azext_vnet2vnet.arm.api_versions import api_version_of
from azext_vnet2vnet.arm.to_json import to_arm
from azext_vnet2vnet.network.desired import Connection, Gateway
from azext_vnet2vnet.network.resource_id import DEPLOYMENT_TYPE, ResourceId

SCHEMAS = 'https://schema.management.azure.com/schemas/2019-04-01'


def template(parameters: Mapping[str, Any], resources: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A template with these declarations of parameters."""
    return {
        '$schema': f'{SCHEMAS}/deploymentTemplate.json#',
        'contentVersion': '1.0.0.0',
        'parameters': dict(parameters),
        'resources': list(resources),
    }


def nested_deployment(
    target: ResourceId, needs: Iterable[ResourceId], keys: Iterable[str], resources: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """A deployment within the deployment, in a group that may be of another subscription.

    `keys` are the parameters that it takes over. They are evaluated in its own scope only: those of an outer scope
    would be kept in plain text in the deployment history (documented).
    """
    keys = tuple(keys)
    return {
        'type': DEPLOYMENT_TYPE,
        'apiVersion': api_versions.DEPLOYMENTS,
        'name': target.name,
        'subscriptionId': target.subscription,
        'resourceGroup': target.group,
        **_depends_on(needs),
        'properties': {
            'mode': 'Incremental',
            'expressionEvaluationOptions': {'scope': 'inner'},
            'parameters': {key: {'value': _parameter(key)} for key in keys},
            'template': template({key: {'type': 'securestring'} for key in keys}, resources),
        },
    }


def key_declaration(halves: Iterable[ResourceId]) -> dict[str, Any]:
    """The parameter for the key of these halves; it is required, as Azure makes a key for one without (reported).

    Documented: `minLength` holds for secure strings.
    """
    description = f'The shared key of {" and ".join(map(str, halves))}'
    return {'type': 'securestring', 'minLength': 1, 'metadata': {'description': description}}


def gateway_resource(gateway: Gateway) -> dict[str, Any]:
    """A gateway; those of one group are created side by side."""
    return _resource(gateway.id, (), _escaped(to_arm(gateway)))


def connection_resources(connections: Iterable[Connection], keys: Mapping[ResourceId, str]) -> Iterator[dict[str, Any]]:
    """Connections of one group, those of the same gateway one after another; `keys` names the parameter of each.

    A gateway takes one write of a connection at a time. A deployment retries after a 429, but a 409 is reported to fail
    it, so nothing is left to chance there. Decision: that Azure may lock the far gateway too is left to its retry, as a
    chain across all groups would make a mesh as slow as one gateway.
    """
    last: dict[ResourceId, ResourceId] = {}
    for connection in connections:
        needs = [last[connection.gateway]] if connection.gateway in last else []
        last[connection.gateway] = connection.id
        body = _escaped(to_arm(connection))
        body['properties']['sharedKey'] = _parameter(keys[connection.id])
        yield _resource(connection.id, needs, body)


def _resource(target: ResourceId, needs: Iterable[ResourceId], body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        'type': target.type,
        'apiVersion': api_version_of(target.type),
        'name': target.name,
        **_depends_on(needs),
        **body,
    }


def _depends_on(needs: Iterable[ResourceId]) -> dict[str, Any]:
    """By id with subscription and group, which names a resource in any group (documented)."""
    references = [_reference(need) for need in needs]
    return {'dependsOn': references} if references else {}


def _reference(target: ResourceId) -> str:
    parts: Sequence[str] = (target.subscription, target.group, target.type, *target.names)
    quoted = ', '.join("'" + part.replace("'", "''") + "'" for part in parts)
    return f'[resourceId({quoted})]'


def _parameter(name: str) -> str:
    return f"[parameters('{name}')]"


def _escaped(value: Any) -> Any:
    """The value with its strings, and the names in it, escaped so that none is evaluated as an expression.

    A string that begins and ends with brackets would be one, and is escaped by one more; one that only begins with a
    bracket is literal (documented).
    """
    if isinstance(value, Mapping):
        return {_escaped(name): _escaped(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_escaped(one) for one in value]
    is_expression = isinstance(value, str) and value.startswith('[') and value.endswith(']')
    return f'[{value}' if is_expression else value
