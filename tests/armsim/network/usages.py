"""How much of each quota a subscription uses in a region."""

from tests.armsim.fabric import Call, Fabric
from tests.armsim.network.resources import NETWORK, in_region
from tests.armsim.operations import is_old
from tests.armsim.wire import Response

# Type, its name in the list, and the documented default of the quota; public IPs have theirs in the settings.
QUOTAS = (
    ('VirtualNetworks', 'Virtual Networks', 1000),
    ('NetworkSecurityGroups', 'Network Security Groups', 5000),
    ('PublicIPAddresses', 'Public IP Addresses', None),
    ('RouteTables', 'Route Tables', 200),
)


def list_usages(fabric: Fabric, call: Call) -> Response:
    """GET .../locations/{location}/usages (form documented); the types that are simulated. Gateways have no row."""
    location = call.target.names[1].lower()
    kinds = [record['type'].lower() for record in in_region(fabric, call.target.subscription, location)]
    value = []
    for name, shown, limit in QUOTAS:
        kind = (NETWORK + name).lower()
        value.append(
            {
                'currentValue': kinds.count(kind),
                'limit': fabric.settings.public_ip_quota if limit is None else limit,
                'id': f'/subscriptions/{call.target.subscription}/providers/Microsoft.Network/locations/{location}/'
                f'usages/{name}',
                'name': {'localizedValue': shown, 'value': name},
                'unit': 'Count',
            }
        )
    return Response(200, {'value': value}, {}, is_old(call))
