"""The members of gateways and connections that a PUT of the api-version in use takes; the one list of them.

Source: the published types of api-version 2025-01-01 (github.com/Azure/bicep-types-az, commit 1f896de of 2026-08-20,
MIT), generated from the published API. Only these two types are written back from what was read.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from azext_vnet2vnet.arm.api_versions import api_version_of
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, GATEWAY_TYPE

# A member's own members; None where its value is sent as a whole.
Shape = Mapping[str, Any]


def _shape(whole: str, **parts: Shape) -> Shape:
    return {**dict.fromkeys(whole.split()), **parts}


_REFERENCE = _shape('id')
_SPACE = _shape('addressPrefixes', ipamPoolPrefixAllocations=_shape('numberOfIpAddresses', pool=_REFERENCE))
_POLICY = _shape(
    'dhGroup ikeEncryption ikeIntegrity ipsecEncryption ipsecIntegrity pfsGroup saDataSizeKilobytes saLifeTimeSeconds'
)
_MAPPING = _shape('addressSpace portRange')


def _part(properties: Shape) -> Shape:
    return _shape('id name', properties=properties)


_VPN_CLIENT = _shape(
    'aadAudience aadIssuer aadTenant radiusServerAddress radiusServerSecret vpnAuthenticationTypes vpnClientProtocols',
    radiusServers=_shape('radiusServerAddress radiusServerScore radiusServerSecret'),
    vngClientConnectionConfigurations=_part(
        _shape('', virtualNetworkGatewayPolicyGroups=_REFERENCE, vpnClientAddressPool=_SPACE)
    ),
    vpnClientAddressPool=_SPACE,
    vpnClientIpsecPolicies=_POLICY,
    vpnClientRevokedCertificates=_part(_shape('thumbprint')),
    vpnClientRootCertificates=_part(_shape('publicCertData')),
)
_GATEWAY = _shape(
    'activeActive adminState allowRemoteVnetTraffic allowVirtualWanTraffic disableIPSecReplayProtection enableBgp '
    'enableBgpRouteTranslationForNat enableDnsForwarding enableHighBandwidthVpnGateway enablePrivateIpAddress '
    'gatewayType resiliencyModel vNetExtendedLocationResourceId vpnGatewayGeneration vpnType',
    autoScaleConfiguration=_shape('', bounds=_shape('max min')),
    bgpSettings=_shape(
        'asn bgpPeeringAddress peerWeight', bgpPeeringAddresses=_shape('customBgpIpAddresses ipconfigurationId')
    ),
    customRoutes=_SPACE,
    gatewayDefaultSite=_REFERENCE,
    ipConfigurations=_part(_shape('privateIPAllocationMethod', publicIPAddress=_REFERENCE, subnet=_REFERENCE)),
    natRules=_part(_shape('ipConfigurationId mode type', externalMappings=_MAPPING, internalMappings=_MAPPING)),
    sku=_shape('name tier'),
    virtualNetworkGatewayMigrationStatus=_shape('errorMessage phase state'),
    virtualNetworkGatewayPolicyGroups=_part(
        _shape('isDefault priority', policyMembers=_shape('attributeType attributeValue name'))
    ),
    vpnClientConfiguration=_VPN_CLIENT,
)
_CONNECTION = _shape(
    'authenticationType authorizationKey connectionMode connectionProtocol connectionType dpdTimeoutSeconds enableBgp '
    'enablePrivateLinkFastPath expressRouteGatewayBypass routingWeight sharedKey useLocalAzureIpAddress '
    'usePolicyBasedTrafficSelectors',
    certificateAuthentication=_shape(
        'inboundAuthCertificateChain inboundAuthCertificateSubjectName outboundAuthCertificate'
    ),
    egressNatRules=_REFERENCE,
    gatewayCustomBgpIpAddresses=_shape('customBgpIpAddress ipConfigurationId'),
    ingressNatRules=_REFERENCE,
    ipsecPolicies=_POLICY,
    localNetworkGateway2=_shape('id properties'),
    peer=_REFERENCE,
    trafficSelectorPolicies=_shape('localAddressRanges remoteAddressRanges'),
    tunnelProperties=_shape('bgpPeeringAddress tunnelIpAddress'),
    virtualNetworkGateway1=_shape('id properties'),
    virtualNetworkGateway2=_shape('id properties'),
)
WRITABLE: Mapping[tuple[str, str], Shape] = {
    (GATEWAY_TYPE.lower(), '2025-01-01'): _shape(
        'location tags',
        extendedLocation=_shape('name type'),
        identity=_shape('type', userAssignedIdentities={'*': {}}),
        properties=_GATEWAY,
    ),
    (CONNECTION_TYPE.lower(), '2025-01-01'): _shape('location tags', properties=_CONNECTION),
}

# Published as read-only, wherever they stand.
_READ_ONLY = _shape(
    'allocatedAddressPrefixes apiVersion capacity clientId connectionStatus defaultBgpIpAddresses etag id name '
    'egressBytesTransferred inboundDnsForwardingEndpoint ingressBytesTransferred principalId privateIPAddress '
    'provisioningState resourceGuid tenantId tunnelConnectionStatus tunnelIpAddresses type '
    'vngClientConnectionConfigurations'
)
# Answers have these, and no published type (recorded 2022 to 2026): Azure only prints them.
_PRINTED = _shape(
    'completedMigrations isMigrateToCSES isMigratedLegacySKU packetCaptureDiagnosticState publicIpAddresses '
    'remoteVirtualNetworkPeerings vpnClientConnectionHealth zones'
)
RADIUS_SECRET = 'radiusServerSecret'
# Values that say that nothing is set.
UNSET: tuple[object, ...] = (None, False, 0, '', 'None', [], {})


def writable_part(type_: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of an answer as a PUT takes it: nothing but writable members."""
    kept: dict[str, Any] = _kept(_shape_of(type_), body)
    return kept


def lost_members(type_: str, body: Mapping[str, Any]) -> tuple[str, ...]:
    """The paths of what is set and would not be in a PUT of the body, such as `properties.bgpSettings.x`.

    These are members that the api-version does not have, and RADIUS secrets, which GET does not return
    (github.com/Azure/azure-rest-api-specs, pull request 37026). Decision: whoever would write such a resource back is
    refused by name. Whether Azure keeps what a PUT omits is not known, and what an api-version does not have can be
    refused (reported: InvalidRequestFormat).
    """
    return (*_unknown(_shape_of(type_), body, ''), *_secrets(body))


def _shape_of(type_: str) -> Shape:
    return WRITABLE[type_.lower(), api_version_of(type_)]


def _kept(shape: Shape, value: Any) -> Any:
    if isinstance(value, list):
        return [_kept(shape, one) for one in value]
    if not isinstance(value, Mapping):
        return value
    inner = {name: shape.get(name, shape.get('*')) for name in value if name in shape or '*' in shape}
    return {name: value[name] if part is None else _kept(part, value[name]) for name, part in inner.items()}


def _unknown(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _unknown(shape, one, f'{path}[{number}]')
    elif isinstance(value, Mapping):
        for name, one in value.items():
            inner = f'{path}.{name}' if path else name
            part = shape.get(name, shape.get('*'))
            if part is not None:
                yield from _unknown(part, one, inner)
            elif not any(name in known for known in (shape, _READ_ONLY, _PRINTED)) and one not in UNSET:
                yield inner


def _secrets(body: Mapping[str, Any]) -> Iterator[str]:
    path = 'properties.vpnClientConfiguration'
    clients = body['properties'].get('vpnClientConfiguration') or {}
    servers = [(path, clients)]
    servers += [(f'{path}.radiusServers[{n}]', one) for n, one in enumerate(clients.get('radiusServers') or ())]
    for where, server in servers:
        if server.get('radiusServerAddress') and not server.get(RADIUS_SECRET):
            yield f'{where}.{RADIUS_SECRET}'
