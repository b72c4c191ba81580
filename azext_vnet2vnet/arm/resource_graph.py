"""The query to Azure Resource Graph that finds connections and gateways, and its rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from azext_vnet2vnet.arm.from_json import gateway_from_arm
from azext_vnet2vnet.arm.json_values import needed_text_in, text_in
from azext_vnet2vnet.network.observed import ObservedGateway
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, GATEWAY_TYPE, ResourceId

# Only what a list shows: no property that may hold a secret.
_SHOWN = ('gatewayType', 'sku', 'enableBgp', 'bgpSettings', 'ipConfigurations')
_QUERY = ' | '.join(
    (
        'resources',
        f"where type =~ '{CONNECTION_TYPE.lower()}' and properties.connectionType =~ 'Vnet2Vnet' "
        f"or type =~ '{GATEWAY_TYPE.lower()}' and properties.gatewayType =~ 'Vpn'",
        'project id, type, location, ' + ', '.join(f'{name} = properties.{name}' for name in _SHOWN),
        'order by id asc',
    )
)
_PAGE = 1000  # The most that Azure gives at once (documented).


def query(subscriptions: Sequence[str], token: str = '') -> dict[str, Any]:
    """The body that asks for the connections and VPN gateways of subscriptions, from the page of `token` on."""
    return {
        'query': _QUERY,
        'subscriptions': list(subscriptions),
        'options': {'$top': _PAGE, **({'$skipToken': token} if token else {})},
    }


def connection_from_row(row: Mapping[str, Any]) -> ResourceId | None:
    """The id of a connection; None where the row is none, ValueError where it cannot be read."""
    if text_in(row, 'type').lower() != CONNECTION_TYPE.lower():
        return None
    return ResourceId.parse(needed_text_in(row, 'id'))


def gateway_from_row(row: Mapping[str, Any]) -> ObservedGateway | None:
    """A gateway without its state, which may be old here; None where the row is none, ValueError as above."""
    if text_in(row, 'type').lower() != GATEWAY_TYPE.lower():
        return None
    properties = {name: row[name] for name in _SHOWN if row.get(name) is not None}
    return gateway_from_arm({'id': row.get('id'), 'location': row.get('location'), 'properties': properties})
