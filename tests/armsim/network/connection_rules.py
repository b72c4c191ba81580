"""What Azure refuses about a connection."""

from tests.armsim.fabric import Call, Fabric
from tests.armsim.ids import parent
from tests.armsim.network.gateway_bodies import asn_of, subnet_of
from tests.armsim.network.prefixes import overlapping, parse_prefix, space_of
from tests.armsim.network.resources import id_of, refuse

KINDS = {name.lower(): name for name in ('IPsec', 'Vnet2Vnet', 'ExpressRoute', 'VPNClient')}
LONGEST_KEY = 128  # specification of the reset
# about-gateway-skus.md (2025-06): 100 in one table, for VpnGw1 to 3 also 30 in another. Decision: what nobody denies.
MOST_TUNNELS = {'Basic': 10, 'Standard': 10, 'HighPerformance': 30}
OTHERS_TUNNELS = 100
GCM = 'GCMAES'
LEAST = {'saLifeTimeSeconds': 300, 'saDataSizeKilobytes': 1024}  # documented
# recorded: azure-powershell, TestVirtualNetworkGatewayConnectionWithZeroSaData
NO_SIZE_LIMIT = ('saDataSizeKilobytes', 0)
DPD_SECONDS = (9, 3600)  # documented; 0 is the default
STORED = (
    'authorizationKey',
    'ingressNatRules',
    'egressNatRules',
    'connectionProtocol',
    'routingWeight',
    'enableBgp',
    'useLocalAzureIpAddress',
    'usePolicyBasedTrafficSelectors',
    'ipsecPolicies',
    'trafficSelectorPolicies',
    'expressRouteGatewayBypass',
    'enablePrivateLinkFastPath',
    'dpdTimeoutSeconds',
    'connectionMode',
    'gatewayCustomBgpIpAddresses',
    'enableFipsCompliance',
    'peer',
    'authenticationType',
    'certificateAuthentication',
    'tunnelProperties',
    'routingConfiguration',
)


def normalise(given: dict) -> tuple[dict, str, str, str | None]:
    """The properties to store, both gateways' ids and the key; connectionType in Azure's own case (recorded)."""
    stored = {key: given[key] for key in STORED if given.get(key) is not None}
    kind = given.get('connectionType') or ''
    stored['connectionType'] = KINDS.get(kind.lower(), kind)
    gateways = (id_of(given.get(f'virtualNetworkGateway{number}')) for number in (1, 2))
    return stored, *gateways, given.get('sharedKey')


def check_key(key: str, resource_id: str) -> None:
    """Raise ArmError 400 for a key that Azure does not take.

    Documented: printable ASCII but space, hyphen and tilde; the hyphen is contradicted by the live acceptance tests of
    hashicorp/terraform-provider-azurerm (virtual_network_gateway_connection_resource_test.go, api-version 2025-01-01),
    which write 4-v3ry-53cr37-1p53c-5h4r3d-k3y and read it back. Decision: code and text.
    """
    if not 1 <= len(key) <= LONGEST_KEY or any(not '!' <= char <= '}' for char in key):
        raise refuse(
            'InvalidSharedKey',
            f'The shared key of connection {resource_id} is not valid. It must be 1 to '
            f'{LONGEST_KEY} printable ASCII characters, except space or tilde (~).',
        )


def check(
    fabric: Fabric, call: Call, existing: dict | None, stored: dict, near: dict, far: dict | None, gateway2: str
) -> None:
    """Raise ArmError 400 for a connection that Azure does not take; a missing far gateway is none of them.

    Decision throughout: the rules are documented, codes and texts were never seen unless said otherwise.
    """
    if existing:
        _check_change(call, existing, stored, near, gateway2)
    for gateway in filter(None, (near, far)):
        properties = gateway['properties']
        if properties['gatewayType'] != 'Vpn':
            raise refuse('InvalidGatewayTypeForConnection', f'Gateway {gateway["id"]} is not a VPN gateway.')
        if properties['vpnType'] == 'PolicyBased':
            raise refuse(
                'PolicyBasedGatewayNotSupportedForVnet2Vnet',
                f'Gateway {gateway["id"]} is policy-based; VNet-to-VNet connections need route-based gateways.',
            )
    _check_policies(call, stored, near)
    _check_bgp(call, stored, near, far)
    seconds = stored.get('dpdTimeoutSeconds') or 0
    if seconds and not DPD_SECONDS[0] <= seconds <= DPD_SECONDS[1]:
        raise refuse(
            'InvalidDpdTimeout',
            f'Connection {call.id}: dpdTimeoutSeconds must lie between {DPD_SECONDS[0]} and {DPD_SECONDS[1]}.',
        )
    if existing is None:
        _check_tunnels(fabric, call, near, gateway2)
    if far:
        _check_addresses(fabric, call, near, far)


def _check_change(call: Call, existing: dict, stored: dict, near: dict, gateway2: str) -> None:
    before = existing['properties']
    if (existing['gateway1'].lower(), existing['gateway2'].lower()) != (near['id'].lower(), gateway2.lower()):
        raise refuse(
            'VirtualNetworkGatewayConnectionPeerCannotBeChanged',
            f'The gateways of connection {call.id} cannot be changed.',
        )
    if before['connectionType'] != stored['connectionType']:
        raise refuse(
            'VirtualNetworkGatewayConnectionTypeCannotBeChanged', f'The type of connection {call.id} cannot be changed.'
        )
    if (before.get('connectionProtocol') or 'IKEv2') != (stored.get('connectionProtocol') or 'IKEv2'):
        raise refuse('ConnectionProtocolCannotBeChanged', f'The protocol of connection {call.id} cannot be changed.')


def _check_policies(call: Call, stored: dict, near: dict) -> None:
    policies = stored.get('ipsecPolicies') or []
    if policies and near['properties']['sku']['name'] == 'Basic':
        raise refuse(
            'IpsecPolicyNotSupportedForBasicSku', f'Gateway {near["id"]}: Basic Sku takes no custom IPsec policies.'
        )
    if len(policies) > 1:  # documented: one combination per connection
        raise refuse('InvalidIpsecPolicies', f'Connection {call.id} takes no more than one IPsec policy.')
    for policy in policies:
        _check_policy(call, policy)
    # usePolicyBasedTrafficSelectors goes with the default policy, too (ipsec-ike-policy-howto.md, 2023-01, against a
    # page of 2020-09; New-AzIpsecTrafficSelectorPolicy, example 1).
    for selector in stored.get('trafficSelectorPolicies') or []:
        for prefix in (*selector['localAddressRanges'], *selector['remoteAddressRanges']):
            parse_prefix(prefix, call.id)


def _check_policy(call: Call, policy: dict) -> None:
    # Documented: both minimums, and that GCMAES for IPsec is chosen for encryption and integrity alike. Decision: for
    # IKE, where GCMAES encryption goes with a SHA integrity too, GCMAES integrity needs the same encryption.
    encryption, integrity = policy['ipsecEncryption'].upper(), policy['ipsecIntegrity'].upper()
    ike = (policy['ikeEncryption'].upper(), policy['ikeIntegrity'].upper())
    wrong = (
        (encryption.startswith(GCM) or integrity.startswith(GCM))
        and encryption != integrity
        or ike[1].startswith(GCM)
        and ike[0] != ike[1]
    )
    if wrong:
        raise refuse(
            'InvalidIpsecPolicyCombination',
            f'Connection {call.id}: GCMAES must be the same algorithm for encryption and integrity.',
        )
    for name, least in LEAST.items():
        if policy[name] < least and (name, policy[name]) != NO_SIZE_LIMIT:
            raise refuse('InvalidIpsecPolicyLifetime', f'Connection {call.id}: {name} must be at least {least}.')


def _check_bgp(call: Call, stored: dict, near: dict, far: dict | None) -> None:
    if not stored.get('enableBgp'):
        return
    properties = near['properties']
    if properties['sku']['name'] == 'Basic':
        raise refuse('BgpNotSupportedForBasicSku', f'Gateway {near["id"]}: BGP is not supported by Basic Sku.')
    # Recorded 2017: with BGP off on the gateway such a connection is taken; then nothing speaks BGP.
    speaking = far and properties.get('enableBgp') and far['properties'].get('enableBgp')
    if speaking and asn_of(properties) == asn_of(far['properties']):
        raise refuse(
            'BgpPeersHaveSameAsn',
            f'Connection {call.id}: gateways {near["id"]} and {far["id"]} have the same ASN {asn_of(properties)}.',
        )


def _check_addresses(fabric: Fabric, call: Call, near: dict, far: dict) -> None:
    """No overlap with the far VNet, and none between it and what gateway 1 is connected to (the code is reported)."""
    vnet = _vnet_of(fabric, far)
    others = {
        record['gateway2'].lower()
        for record in fabric.connections()
        if record['gateway1'].lower() == near['id'].lower() and record['gateway2']
    }
    for gateway in (near, *filter(None, map(fabric.find, others - {far['id'].lower()}))):
        other = _vnet_of(fabric, gateway)
        # Decision: without IPv6, as the VPN carries IPv4 only, but for a preview (ipv6-configuration.md, 2025-05).
        found = overlapping(*([one for one in space_of(each) if ':' not in str(one)] for each in (other, vnet)))
        if found:
            raise refuse(
                'ConnectionOverlappingAddressSpaces',
                f'Connection {call.id}: address spaces {found[0]} of '
                f'{other["id"]} and {found[1]} of {vnet["id"]} overlap.',
            )


def _vnet_of(fabric: Fabric, gateway: dict) -> dict:
    return fabric.find(parent(subnet_of(gateway['properties'])))


def _check_tunnels(fabric: Fabric, call: Call, near: dict, gateway2: str) -> None:
    mine = [record for record in fabric.connections() if record['gateway1'].lower() == near['id'].lower()]
    if any((record['gateway2'] or '').lower() == gateway2.lower() for record in mine):
        raise refuse(
            'VirtualNetworkGatewayConnectionAlreadyExists',
            f'Connection {call.id}: the two gateways are connected already.',
        )
    most = MOST_TUNNELS.get(near['properties']['sku']['name'], OTHERS_TUNNELS)
    if len(mine) >= most:
        raise refuse('ConnectionCountLimitReached', f'Gateway {near["id"]} takes no more than {most} connections.')
