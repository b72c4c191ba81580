"""Which types and api-versions are served: those that az 2.91 and the recorded requests send."""

from tests.armsim.ids import Target
from tests.armsim.settings import Settings
from tests.armsim.wire import ArmError

NETWORK_TYPES = (
    'virtualNetworks',
    'virtualNetworks/subnets',
    'virtualNetworks/virtualNetworkPeerings',
    'publicIPAddresses',
    'networkSecurityGroups',
    'routeTables',
    'virtualNetworkGateways',
    'connections',
    'locations/operations',
    'locations/operationResults',
    'locations/usages',
)
# Types of Azure that are not simulated, and are said to be so rather than not to exist.
UNSIMULATED_TYPES = (
    'natGateways',
    'localNetworkGateways',
    'networkInterfaces',
    'loadBalancers',
    'bastionHosts',
    'virtualWans',
    'vpnGateways',
    'expressRouteCircuits',
    'applicationGateways',
    'privateEndpoints',
    'azureFirewalls',
    'networkWatchers',
    'publicIPPrefixes',
    'virtualHubs',
)
NETWORK_VERSIONS = (
    '2015-06-15',
    '2016-09-01',
    '2017-06-01',
    '2017-10-01',
    '2018-11-01',
    '2019-02-01',
    '2020-08-01',
    '2021-02-01',
    '2021-08-01',
    '2022-01-01',
    '2022-05-01',
    '2022-07-01',
    '2022-09-01',
    '2022-11-01',
    '2023-02-01',
    '2023-04-01',
    '2023-05-01',
    '2023-06-01',
    '2023-09-01',
    '2023-11-01',
    '2024-01-01',
    '2024-03-01',
    '2024-05-01',
    '2024-07-01',
    '2024-10-01',
    '2025-01-01',
    '2025-03-01',
    '2025-05-01',
    '2025-07-01',
    '2025-09-01',
    '2026-01-01',
    '2026-03-01',
)
VERSIONS = {
    'metadata': ('2022-09-01', '2020-01-01', '2019-05-01', '2023-11-01', '2015-01-01'),
    'subscriptions': ('2016-06-01', '2019-06-01', '2019-11-01', '2020-01-01', '2021-01-01', '2022-12-01'),
    'resources': (
        '2017-05-10',
        '2018-02-01',
        '2018-05-01',
        '2019-05-01',
        '2019-07-01',
        '2019-10-01',
        '2020-06-01',
        '2020-10-01',
        '2021-04-01',
        '2022-09-01',
        '2023-07-01',
        '2024-03-01',
        '2024-07-01',
        '2024-11-01',
        '2025-03-01',
        '2025-04-01',
    ),
    'permissions': (
        '2014-07-01-preview',
        '2015-07-01',
        '2018-01-01-preview',
        '2018-07-01',
        '2022-04-01',
        '2022-05-01-preview',
    ),
    'locks': ('2015-01-01', '2016-09-01', '2017-04-01', '2020-05-01'),
    'graph': ('2021-03-01', '2022-10-01', '2024-04-01'),
}


def network_versions(settings: Settings) -> list[str]:
    """The api-versions of Microsoft.Network that the regions serve."""
    return [version for version in NETWORK_VERSIONS if version <= settings.newest_network_version]


def check_type(target: Target, version: str) -> None:
    """Raise ArmError 404 InvalidResourceType (recorded) for a type that Microsoft.Network does not have."""
    parts = target.shape.split('/')
    if 'microsoft.network' not in parts or parts.index('microsoft.network') + 1 == len(parts):
        return
    asked = target.path.strip('/').split('/')[parts.index('microsoft.network') + 1]
    if asked.lower() not in {name.lower() for name in (*NETWORK_TYPES, *UNSIMULATED_TYPES, 'locations')}:
        raise ArmError(
            404,
            'InvalidResourceType',
            f"The resource type '{asked}' could not be found in the namespace 'Microsoft.Network' for api "
            f"version '{version}'. The supported api-versions are '{','.join(NETWORK_VERSIONS)}'.",
        )
