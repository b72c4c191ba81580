"""The api-version of each request that is no call of the network client."""

LOCATIONS = '2022-12-01'
PERMISSIONS = '2022-04-01'
LOCKS = '2016-09-01'
PROVIDERS = '2024-11-01'
USAGES = '2025-01-01'
