"""Virtual network gateways: their bodies, and the way of each kind of request. Their rules are in gateway_rules."""
from tests.armsim.access import require_linked
from tests.armsim.fabric import Call, Fabric
from tests.armsim.ids import parent
from tests.armsim.network import gateway_rules as rules
from tests.armsim.network import resources
from tests.armsim.network.resources import CONNECTION, GATEWAY, envelope, network_of, properties_of
from tests.armsim.network.vnets import prefixes_of
from tests.armsim.operations import busy, in_progress, lro_headers, not_provisioned
from tests.armsim.wire import ArmError, Response

DEFAULT_ASN = 65515


def _configuration_ids(record: dict) -> list[str]:
    return [f'{record["id"]}/ipConfigurations/{entry["name"]}' for entry in record['properties']['ipConfigurations']]


def _ip_configurations(record: dict) -> list[dict]:
    return [{'name': entry['name'], 'id': identifier, 'etag': record['etag'],
             'type': f'{GATEWAY}/ipConfigurations', 'properties': {
                 'provisioningState': record['state'],
                 'privateIPAllocationMethod': entry['properties'].get('privateIPAllocationMethod', 'Dynamic'),
                 **{key: entry['properties'][key] for key in ('publicIPAddress', 'subnet')
                    if entry['properties'].get(key)}}}
            for entry, identifier in zip(record['properties']['ipConfigurations'], _configuration_ids(record))]


def _vpn_client(stored: dict, version: str, answer_to_put: bool) -> dict | None:
    """What a PUT's answer says even where no point-to-site was asked; a GET then leaves it out (recorded)."""
    given = stored.get('vpnClientConfiguration') or {}
    if not given.get('vpnClientAddressPool') and not answer_to_put:
        return None
    body = {key: given[key] for key in ('vpnClientAddressPool',) if given.get(key)}
    body['vpnClientProtocols'] = given.get('vpnClientProtocols') or ['OpenVPN', 'IkeV2']
    for key in ('vpnAuthenticationTypes', 'vpnClientRootCertificates', 'vpnClientRevokedCertificates',
                'vngClientConnectionConfigurations', 'radiusServers', 'vpnClientIpsecPolicies'):
        body[key] = given.get(key) or []
    for key in ('radiusServerAddress', 'aadTenant', 'aadAudience', 'aadIssuer'):
        if given.get(key):
            body[key] = given[key]
    if version >= '2026-01-01':
        body['enableFipsCompliance'] = False
    return body


def _bgp(fabric: Fabric, record: dict) -> dict:
    """bgpSettings: peers and tunnel addresses are there after the first success, without BGP too (recorded)."""
    given = record['properties'].get('bgpSettings') or {}
    custom = {(entry.get('ipconfigurationId') or '').lower(): entry.get('customBgpIpAddresses') or []
              for entry in given.get('bgpPeeringAddresses') or []}
    ready = record['succeeded_once']
    peers = peer_addresses(fabric, record) if ready else []
    settings: dict = {'asn': given.get('asn') or (DEFAULT_ASN if ready else 0)}
    asked = ','.join(peers) if ready else given.get('bgpPeeringAddress')
    if asked:
        settings['bgpPeeringAddress'] = asked
    settings['peerWeight'] = given.get('peerWeight') or 0
    settings['bgpPeeringAddresses'] = []
    for index, identifier in enumerate(_configuration_ids(record)):
        entry = {'ipconfigurationId': identifier, 'defaultBgpIpAddresses': peers[index:index + 1],
                 'customBgpIpAddresses': custom.get(identifier.lower(), [])}
        if ready:
            entry['tunnelIpAddresses'] = public_addresses(fabric, record)[index:index + 1]
        settings['bgpPeeringAddresses'].append(entry)
    return settings


def peer_addresses(fabric: Fabric, record: dict) -> list[str]:
    """The BGP addresses: the last usable one of GatewaySubnet, or the first two with active-active (recorded)."""
    subnet = fabric.find(rules.subnet_of(record['properties']))
    network = network_of(prefixes_of(subnet)[0])
    if record['properties'].get('activeActive'):
        return [str(network[4]), str(network[5])]
    return [str(network[-2])]


def public_addresses(fabric: Fabric, record: dict) -> list[str]:
    """The public addresses of a gateway, in the order of its ipConfigurations."""
    found = [fabric.find(identifier) for identifier in rules.public_ips_of(record['properties'])]
    return [one['address'] for one in found if one]


def gateway_body(fabric: Fabric, record: dict, version: str, answer_to_put: bool = False) -> dict:
    """A gateway as it is answered; key order and the additions by api-version are recorded (2022, 2024, 2025, 2026)."""
    stored = record['properties']
    properties = {'provisioningState': record['state'], 'resourceGuid': record['guid'],
                  'packetCaptureDiagnosticState': 'None',
                  'enablePrivateIpAddress': stored.get('enablePrivateIpAddress', False), 'isMigrateToCSES': False}
    if version >= '2026-01-01':
        properties.update(isMigratedLegacySKU=False, blockUpgradeOfMigratedLegacyGateways=False)
    if version >= '2024-05-01' and record['succeeded_once'] and not answer_to_put:
        properties['virtualNetworkGatewayMigrationStatus'] = {
            'state': 'None', 'phase': 'None', **({} if version >= '2025-01-01' else {'completedMigrations': []}),
            'errorMessage': ''}
    properties['ipConfigurations'] = _ip_configurations(record)
    properties['natRules'] = _nat_rules(record)
    for key, default in (('virtualNetworkGatewayPolicyGroups', []), ('enableBgpRouteTranslationForNat', False),
                         ('disableIPSecReplayProtection', False)):
        properties[key] = stored[key] if stored.get(key) is not None else default
    properties['sku'] = {**stored['sku'], 'capacity': 2}
    properties['gatewayType'] = stored['gatewayType']
    properties['vpnType'] = stored['vpnType']
    properties['enableBgp'] = stored.get('enableBgp') or False
    if version >= '2024-05-01':
        properties['enableHighBandwidthVpnGateway'] = stored.get('enableHighBandwidthVpnGateway') or False
    properties['activeActive'] = stored.get('activeActive') or False
    client = _vpn_client(stored, version, answer_to_put)
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
    for key in ('gatewayDefaultSite', 'enableDnsForwarding', 'vNetExtendedLocationResourceId', 'autoScaleConfiguration',
                'adminState', 'resiliencyModel'):
        if stored.get(key) is not None:
            properties[key] = stored[key]
    if version >= '2024-05-01':
        properties['allowRemoteVnetTraffic'] = stored.get('allowRemoteVnetTraffic') or False
        properties['allowVirtualWanTraffic'] = stored.get('allowVirtualWanTraffic') or False
    if version >= '2026-01-01':
        properties['vpnStack'] = 'IPv4Only'
    return envelope(record, properties, 'type', 'location', 'tags', 'properties')


def _nat_rules(record: dict) -> list[dict]:
    value = []
    for rule in record['properties'].get('natRules') or []:
        given = properties_of(rule)
        value.append({'name': rule['name'], 'id': f'{record["id"]}/natRules/{rule["name"]}', 'etag': record['etag'],
                      'properties': {'provisioningState': record['state'], 'type': given.get('type', 'Static'),
                                     'mode': given.get('mode'), 'internalMappings': given.get('internalMappings') or [],
                                     'externalMappings': given.get('externalMappings') or []},
                      'type': f'{GATEWAY}/natRules'})
    return value


def _put_body(fabric: Fabric, record: dict, version: str) -> dict:
    return gateway_body(fabric, record, version, answer_to_put=True)


def put_gateway(fabric: Fabric, call: Call) -> Response:
    """PUT of a gateway; slow to answer (recorded), and longer to finish."""
    existing, location = resources.begin_put(fabric, call, GATEWAY)
    call.delay = fabric.settings.duration('gateway-put-answer')
    stored = rules.normalise(properties_of(call.body), existing)
    _check_links(fabric, call, stored)
    running = fabric.holder(call.id)
    if running and fabric.now - running['start'] < call.delay:
        # Recorded 2023: the same PUT again gave first 429, later the answer of the first one. Decision: 429 is for as
        # long as the first one is not answered yet.
        raise busy(fabric, running)
    again = resources.joined(fabric, call, _put_body)
    if again:
        return again
    blocker = fabric.holder(connections_lock(call.id))
    if blocker:  # Decision: which of the two refusals a gateway gives while its connection is written is not known.
        raise in_progress(fabric, blocker, call.request.origin)
    rules.check(fabric, call, existing, location, stored)
    for resource_id in (parent(rules.subnet_of(stored)), *rules.public_ips_of(stored)):
        referred = fabric.find(resource_id)
        if referred['state'] == 'Updating':
            raise not_provisioned(fabric, referred['id'], call.id, fabric.holder(referred['id']), referred['state'])
    record = existing or resources.new_record(fabric, call, GATEWAY, location)
    if existing:
        _detach(fabric, record)
    created = existing is None or not existing['succeeded_once']
    record['properties'] = stored
    record['zone_text'] = _zone_text(fabric, stored)
    for identifier, public_ip in zip(_configuration_ids(record), rules.public_ips_of(stored)):
        fabric.attach(rules.subnet_of(stored), identifier)
        fabric.attach(public_ip, identifier)
    resources.update_record(fabric, record, call)
    duration = (fabric.settings.duration('gateway-create', stored['sku']['name']) if created
                else fabric.settings.duration('gateway-update'))
    operation = fabric.start('gateway-create' if created else 'gateway-update', call, record['id'],
                             name='PutVirtualNetworkGatewayOperation', location=location, duration=duration,
                             locks=(record['id'],), status_code=200 if existing else 201,
                             body=resources.fingerprint(call.body))
    return resources.answer_put(fabric, call, record, operation, _put_body)


def _zone_text(fabric: Fabric, stored: dict) -> str:
    zones = [fabric.find(identifier).get('zones') for identifier in rules.public_ips_of(stored)]
    # "Regional" is recorded; what a zone-redundant gateway says was never seen. Decision: its zones.
    return ', '.join(zones[0]) if zones and zones[0] else 'Regional'


def _check_links(fabric: Fabric, call: Call, stored: dict) -> None:
    """The rights on the subnet and the public IPs (documented)."""
    subnet = rules.subnet_of(stored)
    linked = [(subnet, ('Microsoft.Network/virtualNetworks/subnets/join/action',))] if subnet else []
    linked += [(identifier, ('Microsoft.Network/publicIPAddresses/join/action',))
               for identifier in rules.public_ips_of(stored)]
    for identifier, _ in linked:
        kind = resources.SUBNET if identifier == subnet else resources.PUBLIC_IP
        resources.check_reference(identifier, kind, 'properties.ipConfigurations')
    require_linked(fabric, call, 'Microsoft.Network/virtualNetworkGateways/write', linked)


def connections_lock(gateway_id: str) -> str:
    """The lock that a write to a connection takes on its gateway."""
    return f'{gateway_id}#connections'


def finish_put(fabric: Fabric, operation: dict) -> None:
    """The effect of a PUT."""
    resources.settle_put(fabric, operation)


def finish_delete(fabric: Fabric, operation: dict) -> None:
    """The effect of a DELETE; what it used can stay in use for a while (reported)."""
    record = fabric.find(operation['resource'])
    if operation['error']:
        record['state'] = 'Failed'
        return
    _detach(fabric, record, fabric.now + fabric.settings.released_after_gateway_delete)
    fabric.remove(record['id'])


def _detach(fabric: Fabric, record: dict, until: float | None = None) -> None:
    for identifier, public_ip in zip(_configuration_ids(record), rules.public_ips_of(record['properties'])):
        fabric.detach(rules.subnet_of(record['properties']), identifier, until)
        fabric.detach(public_ip, identifier, until)


def get_gateway(fabric: Fabric, call: Call) -> Response:
    """GET of a gateway; no ETag header (recorded)."""
    return resources.get(fabric, call, gateway_body)


def list_gateways(fabric: Fabric, call: Call) -> Response:
    """GET of a group's gateways; there is no list for a subscription."""
    return resources.list_in_group(fabric, call, GATEWAY, gateway_body)


def patch_gateway(fabric: Fabric, call: Call) -> Response:
    """PATCH of the tags."""
    return resources.patch_tags(fabric, call, gateway_body)


def delete_gateway(fabric: Fabric, call: Call) -> Response:
    """DELETE; refused while a connection names the gateway as its first or second one."""
    if resources.is_missing(fabric, call):
        return Response(204)
    users = [record['id'] for record in fabric.world.resources.values() if record['type'] == CONNECTION
             and call.id.lower() in (record['gateway1'].lower(), (record['gateway2'] or '').lower())]
    if users:  # the code is from the field; Decision: status, text, and that the far side counts too
        raise ArmError(400, 'VirtualNetworkGatewayCannotBeDeleted',
                       f'Virtual network gateway {fabric.find(call.id)["id"]} cannot be deleted because it is still '
                       f'used by connection(s) {", ".join(users)}.', [])
    return resources.begin_delete(fabric, call, 'gateway-delete', 'DeleteVirtualNetworkGatewayOperation')


def reset_gateway(fabric: Fabric, call: Call) -> Response:
    """POST reset: 202 with both URLs, `null` as the result (recorded)."""
    record = resources.require(fabric, call)
    running = fabric.holder(record['id'])
    if running:
        raise resources.refusal(fabric, call, running)
    record['state'] = 'Updating'
    operation = fabric.start('gateway-reset', call, record['id'], name='ResetVirtualNetworkGatewayOperation',
                             location=record['location'], duration=fabric.settings.duration('gateway-reset'),
                             locks=(record['id'],))
    return Response(202, headers=lro_headers(fabric, operation, call.request.origin))


def finish_reset(fabric: Fabric, operation: dict) -> None:
    """The effect of a reset: the tunnels have to come up anew."""
    record = resources.settle_put(fabric, operation)
    if record:
        record['changed'] = fabric.now
