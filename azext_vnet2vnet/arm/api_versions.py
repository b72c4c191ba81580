"""The api-version of every request: one that all regions serve, unlike the default of the SDK, which can be newer.

Source, unless a line says otherwise: azure-cli 2.91 sends it for the same type (tests/unit/arm/test_api_versions.py).
"""

from collections.abc import Mapping

from azext_vnet2vnet.network import resource_id

DEPLOYMENTS = '2024-11-01'  # Decision: azure-cli sends 2025-04-01, of which nothing is needed.
GROUPS = '2024-11-01'
LOCATIONS = '2022-12-01'  # GET /subscriptions/{id}/locations
LOCKS = '2016-09-01'
PERMISSIONS = '2022-04-01'  # Documented; azure-cli does not read them.
PROVIDERS = '2024-11-01'
RESOURCES = '2024-11-01'  # GET /subscriptions/{id}/resources
RESOURCE_GRAPH = '2021-03-01'  # Recorded; azure-cli does not query it.
USAGES = '2023-09-01'  # GET .../Microsoft.Network/locations/{name}/usages

BY_TYPE: Mapping[str, str] = {
    type_.lower(): version
    for type_, version in {
        resource_id.GROUP_TYPE: GROUPS,
        resource_id.DEPLOYMENT_TYPE: DEPLOYMENTS,
        resource_id.VNET_TYPE: '2025-07-01',
        resource_id.SUBNET_TYPE: '2024-07-01',
        resource_id.PUBLIC_IP_TYPE: '2025-09-01',
        resource_id.GATEWAY_TYPE: '2025-01-01',
        resource_id.CONNECTION_TYPE: '2025-01-01',
        resource_id.SHARED_KEY_TYPE: '2023-09-01',
        resource_id.LOCAL_GATEWAY_TYPE: '2021-08-01',
        resource_id.ROUTE_TABLE_TYPE: '2025-07-01',
    }.items()
}


def api_version_of(type_: str) -> str:
    """The api-version for a type of resource, in any case; KeyError for a type that nothing here reads or writes."""
    return BY_TYPE[type_.lower()]
