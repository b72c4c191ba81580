"""Connections as they are answered."""

from tests.armsim.fabric import Fabric, digest
from tests.armsim.network import tunnels
from tests.armsim.network.resources import envelope

KEY_GONE_FROM = '2024-10-01'  # documented


def connection_body(fabric: Fabric, record: dict, version: str, single_get: bool = False, listed: bool = False) -> dict:
    """A connection as it is answered; key order recorded 2022 and 2023, the additions of 2025 too.

    connectionStatus stands only in a GET of one connection that is not Updating, and a list has no key (recorded).
    tunnelConnectionStatus was never recorded. Decision: it stands beside connectionStatus once that is Connected.
    """
    stored = record['properties']
    text, seconds = tunnels.status(fabric, record)
    properties: dict = {'provisioningState': record['state'], 'resourceGuid': record['guid']}
    recent = version >= '2017-10-01'
    if recent:
        properties['packetCaptureDiagnosticState'] = 'None'
    if stored.get('authorizationKey'):
        properties['authorizationKey'] = stored['authorizationKey']
    properties['virtualNetworkGateway1'] = {'id': record['gateway1']}
    if record['gateway2']:
        properties['virtualNetworkGateway2'] = {'id': record['gateway2']}
    for key in ('ingressNatRules', 'egressNatRules'):
        if stored.get(key):
            properties[key] = stored[key]
    properties['connectionType'] = stored['connectionType']
    properties['connectionProtocol'] = stored.get('connectionProtocol') or 'IKEv2'
    properties['routingWeight'] = stored.get('routingWeight') or 0
    if not listed and _shows_key(fabric, version):
        blob = fabric.settings.encrypted_key_while_updating and record['state'] == 'Updating'
        properties['sharedKey'] = _encrypted(record) if blob else record['key']
    properties['enableBgp'] = stored.get('enableBgp') or False
    properties['useLocalAzureIpAddress'] = stored.get('useLocalAzureIpAddress') or False
    if recent:
        properties['usePolicyBasedTrafficSelectors'] = stored.get('usePolicyBasedTrafficSelectors') or False
        properties['ipsecPolicies'] = stored.get('ipsecPolicies') or []
    properties['trafficSelectorPolicies'] = stored.get('trafficSelectorPolicies') or []
    if single_get and record['state'] != 'Updating':
        properties['connectionStatus'] = text
        if text == 'Connected':
            properties['tunnelConnectionStatus'] = tunnels.statuses_of_tunnels(fabric, record, seconds)
    ingress, egress = tunnels.carried(record, seconds)
    properties.update(ingressBytesTransferred=ingress, egressBytesTransferred=egress)
    if recent:
        properties['expressRouteGatewayBypass'] = stored.get('expressRouteGatewayBypass') or False
    if version >= '2023-02-01':
        properties['enablePrivateLinkFastPath'] = stored.get('enablePrivateLinkFastPath') or False
    properties['dpdTimeoutSeconds'] = stored.get('dpdTimeoutSeconds') or 0
    properties['connectionMode'] = stored.get('connectionMode') or 'Default'
    if recent:
        properties['gatewayCustomBgpIpAddresses'] = stored.get('gatewayCustomBgpIpAddresses') or []
    if version >= '2025-01-01':
        for key in ('authenticationType', 'certificateAuthentication'):
            if stored.get(key):
                properties[key] = stored[key]
        properties['tunnelProperties'] = stored.get('tunnelProperties') or []
        properties['routingConfiguration'] = stored.get('routingConfiguration') or {}
    if stored.get('enableFipsCompliance') is not None:
        properties['enableFipsCompliance'] = stored['enableFipsCompliance']
    return envelope(record, properties, 'type', 'location', 'tags', 'properties')


def _shows_key(fabric: Fabric, version: str) -> bool:
    chosen = fabric.settings.key_in_connection_bodies
    return version < KEY_GONE_FROM if chosen is None else chosen


def _encrypted(record: dict) -> str:
    """A stand-in for the hex PKCS#7 blob that bodies carried while Updating (recorded 2016 and 2017)."""
    return '3082019006092A864886F70D010703' + b''.join(digest(record['key'], part) for part in range(6)).hex().upper()


def single_body(fabric: Fabric, record: dict, version: str) -> dict:
    """A connection as a GET of it alone has it."""
    return connection_body(fabric, record, version, single_get=True)


def listed_body(fabric: Fabric, record: dict, version: str) -> dict:
    """A connection as a list has it."""
    return connection_body(fabric, record, version, listed=True)
