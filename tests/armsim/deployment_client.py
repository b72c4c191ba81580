"""Templates for tests in process, and what a Client does with their deployments."""

from collections.abc import Mapping
from typing import Any

from tests.armsim.client import ZONES, Client, connection, gateway, group_path, network_path, public_ip, vnet
from tests.armsim.wire import Response
from tests.armsim.world import DEFAULTS

OTHER_GROUP = group_path('other', DEFAULTS.subscription_2)


def with_groups(client: Client) -> Client:
    """A client with the usual group and one in another subscription."""
    client.make(group_path(), {'location': 'eastus'})
    client.make(OTHER_GROUP, {'location': 'westus2'})
    return client


def template(*resources: Mapping, **members: Any) -> dict:
    """A template of these resources; `members` are parameters, variables and outputs."""
    return {
        '$schema': 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
        'contentVersion': '1.0.0.0',
        **members,
        'resources': list(resources),
    }


def deployment(content: Mapping, location: str = '', **parameters: Any) -> dict:
    """The body of a deployment of a template, with the values of its parameters."""
    return {
        **({'location': location} if location else {}),
        'properties': {
            'mode': 'Incremental',
            'template': content,
            'parameters': {name: {'value': value} for name, value in parameters.items()},
        },
    }


def nested(name: str, content: Mapping, inner: bool = True, parameters: Mapping | None = None, **members: Any) -> dict:
    """A resource of a template that is a deployment; `members` are resourceGroup, subscriptionId and so on."""
    return {
        'type': 'Microsoft.Resources/deployments',
        'apiVersion': '2022-09-01',
        'name': name,
        **members,
        'properties': {
            'mode': 'Incremental',
            'template': content,
            'parameters': {key: {'value': value} for key, value in (parameters or {}).items()},
            'expressionEvaluationOptions': {'scope': 'inner' if inner else 'outer'},
        },
    }


def resource(kind: str, name: str, body: Mapping, *after: str, **members: Any) -> dict:
    """A resource of Microsoft.Network in a template, which depends on those in `after`."""
    return {
        'type': f'Microsoft.Network/{kind}',
        'apiVersion': '2024-05-01',
        'name': name,
        **body,
        'dependsOn': list(after),
        **members,
    }


def deployment_path(name: str = 'd', scope: str = '') -> str:
    """The id of a deployment, in the usual group unless a scope is said."""
    return f'{scope or group_path()}/providers/Microsoft.Resources/deployments/{name}'


AN_IP = resource('publicIPAddresses', 'ip', public_ip())
# What the network provider does not take.
BAD = resource('publicIPAddresses', 'bad', {**public_ip(), 'properties': {'colour': 'red'}})
# The VNet, the public IP and the gateway of one end.
SITE = template(
    resource(
        'virtualNetworks', "[parameters('vnet')]", vnet('10.9.0.0/16', subnets={'GatewaySubnet': '10.9.255.0/27'})
    ),
    resource('publicIPAddresses', 'ip', public_ip(zones=ZONES)),
    resource(
        'virtualNetworkGateways',
        'gw',
        gateway(
            "[resourceId('Microsoft.Network/virtualNetworks/subnets', parameters('vnet'), 'GatewaySubnet')]",
            ["[resourceId('Microsoft.Network/publicIPAddresses', 'ip')]"],
        ),
        "[parameters('vnet')]",
        'Microsoft.Network/publicIPAddresses/ip',
    ),
    parameters={'vnet': {'type': 'string'}},
    outputs={'asn': {'type': 'int', 'value': "[reference('gw').bgpSettings.asn]"}},
)
# A connection of two gateways that are there.
KEYED = template(
    resource(
        'connections',
        'c',
        connection(
            network_path('virtualNetworkGateways', 'gw1'),
            network_path('virtualNetworkGateways', 'gw2'),
            sharedKey="[parameters('key')]",
        ),
    ),
    parameters={'key': {'type': 'securestring'}},
)


def start(client: Client, content: Mapping, url: str = '', **more: Any) -> Response:
    """The answer to the PUT of a deployment that is accepted."""
    answer = client.send('PUT', url or deployment_path(), deployment(content, **more))
    assert answer.status in (200, 201), answer.body
    return answer


def run(client: Client, content: Mapping, url: str = '', **more: Any) -> dict:
    """The last status of a deployment."""
    return client.finish(start(client, content, url, **more)).body


def properties_of(client: Client, url: str = '') -> dict:
    """What GET says of a deployment."""
    return client.get(url or deployment_path()).body['properties']


def rows_of(client: Client, url: str = '') -> list[tuple[str | None, str, str]]:
    """The operations of a deployment in their order: name of the resource, state and status code."""
    return [
        (
            row['properties'].get('targetResource', {}).get('resourceName'),
            row['properties']['provisioningState'],
            row['properties']['statusCode'],
        )
        for row in client.get((url or deployment_path()) + '/operations').body['value']
    ]
