"""Virtual network gateways as they are stored and as they are answered."""

from tests.armsim.fabric import Fabric
from tests.armsim.network.prefixes import network_of
from tests.armsim.network.resources import GATEWAY, envelope, id_of, properties_of
from tests.armsim.network.subnets import prefixes_of

DEFAULT_ASN = 65515
STORED = (
    'ipConfigurations',
    'natRules',
    'virtualNetworkGatewayPolicyGroups',
    'enableBgpRouteTranslationForNat',
    'disableIPSecReplayProtection',
    'sku',
    'gatewayType',
    'vpnType',
    'enableBgp',
    'enableHighBandwidthVpnGateway',
    'activeActive',
    'vpnClientConfiguration',
    'bgpSettings',
    'customRoutes',
    'vpnGatewayGeneration',
    'gatewayDefaultSite',
    'enableDnsForwarding',
    'vNetExtendedLocationResourceId',
    'autoScaleConfiguration',
    'adminState',
    'resiliencyModel',
    'allowRemoteVnetTraffic',
    'allowVirtualWanTraffic',
    'enablePrivateIpAddress',
)


CLIENT_PARTS = ('vpnClientRootCertificates', 'vpnClientRevokedCertificates', 'vngClientConnectionConfigurations')


def subnet_of(stored: dict) -> str:
    """The id of the subnet in a gateway's properties, '' where there is none."""
    return next((id_of(properties_of(entry).get('subnet')) for entry in stored.get('ipConfigurations') or []), '')


def public_ips_of(stored: dict) -> list[str]:
    """The ids of the public IPs in a gateway's properties."""
    found = [id_of(properties_of(entry).get('publicIPAddress')) for entry in stored.get('ipConfigurations') or []]
    return [identifier for identifier in found if identifier]


def asn_of(stored: dict) -> int:
    """The ASN that a gateway with these properties has once it is ready."""
    return (stored.get('bgpSettings') or {}).get('asn') or DEFAULT_ASN


def normalise(given: dict, existing: dict | None) -> dict:
    """The properties to store; Generation1 is what an absent or a "None" generation becomes (recorded)."""
    stored = {key: given[key] for key in STORED if given.get(key) is not None}
    stored['ipConfigurations'] = [
        {'name': entry.get('name') or 'default', 'properties': properties_of(entry)}
        for entry in stored.get('ipConfigurations') or []
    ]
    client = stored.get('vpnClientConfiguration')
    if client:
        parts = {key: [_written(one) for one in client[key]] for key in CLIENT_PARTS if client.get(key)}
        stored['vpnClientConfiguration'] = {**client, **parts}
    stored.setdefault('gatewayType', 'Vpn')
    stored.setdefault('vpnType', 'RouteBased')
    sku = stored.get('sku') or {'name': 'Basic', 'tier': 'Basic'}
    name = sku.get('name') or sku.get('tier')
    stored['sku'] = {'name': name, 'tier': sku.get('tier') or name}
    generation = stored.get('vpnGatewayGeneration', 'None')
    if generation == 'None':
        generation = existing['properties']['vpnGatewayGeneration'] if existing else 'Generation1'
    stored['vpnGatewayGeneration'] = generation if stored['gatewayType'] == 'Vpn' else 'None'
    return stored


def _written(part: dict) -> dict:
    """A part of the point-to-site settings without what the published type has read-only."""
    given = {name: value for name, value in properties_of(part).items() if name != 'provisioningState'}
    return {'name': part.get('name'), 'properties': given}


def configuration_ids(record: dict) -> list[str]:
    """The ids of a gateway's ipConfigurations."""
    return [f'{record["id"]}/ipConfigurations/{entry["name"]}' for entry in record['properties']['ipConfigurations']]


def _ip_configurations(record: dict) -> list[dict]:
    return [
        {
            'name': entry['name'],
            'id': identifier,
            'etag': record['etag'],
            'type': f'{GATEWAY}/ipConfigurations',
            'properties': {
                'provisioningState': record['state'],
                'privateIPAllocationMethod': entry['properties'].get('privateIPAllocationMethod', 'Dynamic'),
                **{
                    key: entry['properties'][key]
                    for key in ('publicIPAddress', 'subnet')
                    if entry['properties'].get(key)
                },
            },
        }
        for entry, identifier in zip(record['properties']['ipConfigurations'], configuration_ids(record))
    ]


def _client_part(record: dict, kind: str, given: dict) -> dict:
    """A part of the point-to-site settings, with what the published type has read-only."""
    return {
        'name': given['name'],
        'id': f'{record["id"]}/{kind}/{given["name"]}',
        'etag': record['etag'],
        'properties': {'provisioningState': record['state'], **properties_of(given)},
    }


def _vpn_client(record: dict, version: str, answer_to_put: bool) -> dict | None:
    """What a PUT's answer says even where no point-to-site was asked; a GET then leaves it out (recorded)."""
    given = record['properties'].get('vpnClientConfiguration') or {}
    if not given.get('vpnClientAddressPool') and not answer_to_put:
        return None
    body = {key: given[key] for key in ('vpnClientAddressPool',) if given.get(key)}
    body['vpnClientProtocols'] = given.get('vpnClientProtocols') or ['OpenVPN', 'IkeV2']
    body['vpnAuthenticationTypes'] = given.get('vpnAuthenticationTypes') or []
    for key in CLIENT_PARTS:
        body[key] = [_client_part(record, key, one) for one in given.get(key) or []]
    # Documented (azure-rest-api-specs 37026): no secret is returned.
    body['radiusServers'] = [
        {name: value for name, value in server.items() if name != 'radiusServerSecret'}
        for server in given.get('radiusServers') or []
    ]
    body['vpnClientIpsecPolicies'] = given.get('vpnClientIpsecPolicies') or []
    for key in ('radiusServerAddress', 'aadTenant', 'aadAudience', 'aadIssuer'):
        if given.get(key):
            body[key] = given[key]
    if version >= '2026-01-01':
        body['enableFipsCompliance'] = False
    return body


def _bgp(fabric: Fabric, record: dict) -> dict:
    """bgpSettings: peers and tunnel addresses are there after the first success, without BGP too (recorded)."""
    given = record['properties'].get('bgpSettings') or {}
    custom = {
        (entry.get('ipconfigurationId') or '').lower(): entry.get('customBgpIpAddresses') or []
        for entry in given.get('bgpPeeringAddresses') or []
    }
    ready = record['succeeded_once']
    peers = peer_addresses(fabric, record) if ready else []
    settings: dict = {'asn': given.get('asn') or (DEFAULT_ASN if ready else 0)}
    asked = ','.join(peers) if ready else given.get('bgpPeeringAddress')
    if asked:
        settings['bgpPeeringAddress'] = asked
    settings['peerWeight'] = given.get('peerWeight') or 0
    settings['bgpPeeringAddresses'] = []
    for index, identifier in enumerate(configuration_ids(record)):
        entry = {
            'ipconfigurationId': identifier,
            'defaultBgpIpAddresses': peers[index : index + 1],
            'customBgpIpAddresses': custom.get(identifier.lower(), []),
        }
        if ready:
            entry['tunnelIpAddresses'] = public_addresses(fabric, record)[index : index + 1]
        settings['bgpPeeringAddresses'].append(entry)
    return settings


def peer_addresses(fabric: Fabric, record: dict) -> list[str]:
    """The BGP addresses: the last usable one of GatewaySubnet, or the first two with active-active (recorded)."""
    subnet = fabric.find(subnet_of(record['properties']))
    network = network_of(prefixes_of(subnet)[0])
    if record['properties'].get('activeActive'):
        return [str(network[4]), str(network[5])]
    return [str(network[-2])]


def public_addresses(fabric: Fabric, record: dict) -> list[str]:
    """The public addresses of a gateway, in the order of its ipConfigurations."""
    found = [fabric.find(identifier) for identifier in public_ips_of(record['properties'])]
    return [one['address'] for one in found if one]


def _nat_rules(record: dict) -> list[dict]:
    value = []
    for rule in record['properties'].get('natRules') or []:
        given = properties_of(rule)
        value.append(
            {
                'name': rule['name'],
                'id': f'{record["id"]}/natRules/{rule["name"]}',
                'etag': record['etag'],
                'properties': {
                    'provisioningState': record['state'],
                    'type': given.get('type', 'Static'),
                    'mode': given.get('mode'),
                    'internalMappings': given.get('internalMappings') or [],
                    'externalMappings': given.get('externalMappings') or [],
                    **{key: given[key] for key in ('ipConfigurationId',) if given.get(key)},
                },
                'type': f'{GATEWAY}/natRules',
            }
        )
    return value


def gateway_body(fabric: Fabric, record: dict, version: str, answer_to_put: bool = False) -> dict:
    """A gateway as it is answered; key order and the additions by api-version are recorded (2022, 2024, 2025, 2026)."""
    stored = record['properties']
    properties = {
        'provisioningState': record['state'],
        'resourceGuid': record['guid'],
        'packetCaptureDiagnosticState': 'None',
        'enablePrivateIpAddress': stored.get('enablePrivateIpAddress', False),
        'isMigrateToCSES': False,
    }
    if version >= '2026-01-01':
        properties.update(isMigratedLegacySKU=False, blockUpgradeOfMigratedLegacyGateways=False)
    if version >= '2024-05-01' and record['succeeded_once'] and not answer_to_put:
        properties['virtualNetworkGatewayMigrationStatus'] = {
            'state': 'None',
            'phase': 'None',
            **({} if version >= '2025-01-01' else {'completedMigrations': []}),
            'errorMessage': '',
        }
    properties['ipConfigurations'] = _ip_configurations(record)
    properties['natRules'] = _nat_rules(record)
    for key, default in (
        ('virtualNetworkGatewayPolicyGroups', []),
        ('enableBgpRouteTranslationForNat', False),
        ('disableIPSecReplayProtection', False),
    ):
        properties[key] = stored[key] if stored.get(key) is not None else default
    properties['sku'] = {**stored['sku'], 'capacity': 2}
    properties['gatewayType'] = stored['gatewayType']
    properties['vpnType'] = stored['vpnType']
    properties['enableBgp'] = stored.get('enableBgp') or False
    if version >= '2024-05-01':
        properties['enableHighBandwidthVpnGateway'] = stored.get('enableHighBandwidthVpnGateway') or False
    properties['activeActive'] = stored.get('activeActive') or False
    client = _vpn_client(record, version, answer_to_put)
    if client is not None:
        properties['vpnClientConfiguration'] = client
    properties['bgpSettings'] = _bgp(fabric, record)
    if stored.get('customRoutes'):
        properties['customRoutes'] = stored['customRoutes']
    if version >= '2025-01-01':
        properties['zones'] = record['zone_text']
    if version >= '2026-01-01' and record['succeeded_once']:
        properties['publicIpAddresses'] = public_addresses(fabric, record)
    properties['vpnGatewayGeneration'] = stored['vpnGatewayGeneration']
    for key in (
        'gatewayDefaultSite',
        'enableDnsForwarding',
        'vNetExtendedLocationResourceId',
        'autoScaleConfiguration',
        'adminState',
        'resiliencyModel',
    ):
        if stored.get(key) is not None:
            properties[key] = stored[key]
    if version >= '2024-05-01':
        properties['allowRemoteVnetTraffic'] = stored.get('allowRemoteVnetTraffic') or False
        properties['allowVirtualWanTraffic'] = stored.get('allowVirtualWanTraffic') or False
    if version >= '2026-01-01':
        properties['vpnStack'] = 'IPv4Only'
    return envelope(record, properties, 'type', 'location', 'extendedLocation', 'identity', 'tags', 'properties')


def put_body(fabric: Fabric, record: dict, version: str) -> dict:
    """A gateway as the answer to a PUT has it."""
    return gateway_body(fabric, record, version, answer_to_put=True)
