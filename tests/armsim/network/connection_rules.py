"""What Azure refuses about a connection."""
from tests.armsim.fabric import Call, Fabric
from tests.armsim.ids import parent
from tests.armsim.network.gateway_rules import refuse, subnet_of
from tests.armsim.network.resources import CONNECTION, network_of

KINDS = {name.lower(): name for name in ('IPsec', 'Vnet2Vnet', 'ExpressRoute', 'VPNClient')}
LONGEST_KEY = 128  # specification of the reset
MOST_TUNNELS = {'Basic': 10, 'VpnGw4': 100, 'VpnGw5': 100, 'VpnGw4AZ': 100, 'VpnGw5AZ': 100}  # documented
OTHERS_TUNNELS = 30
STORED = (
    'authorizationKey', 'ingressNatRules', 'egressNatRules', 'connectionProtocol', 'routingWeight', 'enableBgp',
    'useLocalAzureIpAddress', 'usePolicyBasedTrafficSelectors', 'ipsecPolicies', 'trafficSelectorPolicies',
    'expressRouteGatewayBypass', 'enablePrivateLinkFastPath', 'dpdTimeoutSeconds', 'connectionMode',
    'gatewayCustomBgpIpAddresses', 'authenticationType', 'certificateAuthentication', 'tunnelProperties',
    'routingConfiguration')


def normalise(given: dict) -> tuple[dict, str, str, str | None]:
    """The properties to store, both gateways' ids and the key; connectionType in Azure's own case (recorded)."""
    stored = {key: given[key] for key in STORED if given.get(key) is not None}
    kind = given.get('connectionType') or ''
    stored['connectionType'] = KINDS.get(kind.lower(), kind)
    return (stored, (given.get('virtualNetworkGateway1') or {}).get('id') or '',
            (given.get('virtualNetworkGateway2') or {}).get('id') or '', given.get('sharedKey'))


def check_key(key: str, resource_id: str) -> None:
    """Raise ArmError 400 for a key that Azure does not take.

    Documented: printable ASCII but space, hyphen and tilde. Decision: code and text.
    """
    if not 1 <= len(key) <= LONGEST_KEY or any(not '!' <= char <= '}' or char == '-' for char in key):
        raise refuse('InvalidSharedKey', f'The shared key of connection {resource_id} is not valid. It must be 1 to '
                     f'{LONGEST_KEY} printable ASCII characters, except space, hyphen (-) or tilde (~).')


def check(fabric: Fabric, call: Call, existing: dict | None, stored: dict, near: dict, far: dict | None,
          gateway2: str) -> None:
    """Raise ArmError 400 for a connection that Azure does not take; a missing far gateway is none of them.

    Decision throughout: the rules are documented, codes and texts were never seen unless said otherwise.
    """
    if existing:
        before = (existing['gateway1'].lower(), existing['gateway2'].lower())
        if before != (near['id'].lower(), gateway2.lower()):
            raise refuse('VirtualNetworkGatewayConnectionPeerCannotBeChanged',
                         f'The gateways of connection {call.id} cannot be changed.')
        if existing['properties']['connectionType'] != stored['connectionType']:
            raise refuse('VirtualNetworkGatewayConnectionTypeCannotBeChanged',
                         f'The type of connection {call.id} cannot be changed.')
        old, new = (one.get('connectionProtocol') or 'IKEv2' for one in (existing['properties'], stored))
        if old != new:
            raise refuse('ConnectionProtocolCannotBeChanged', f'The protocol of connection {call.id} cannot be '
                                                              'changed.')
    for gateway in filter(None, (near, far)):
        properties = gateway['properties']
        if properties['gatewayType'] != 'Vpn':
            raise refuse('InvalidGatewayTypeForConnection', f'Gateway {gateway["id"]} is not a VPN gateway.')
        if properties['vpnType'] == 'PolicyBased':
            raise refuse('PolicyBasedGatewayNotSupportedForVnet2Vnet',
                         f'Gateway {gateway["id"]} is policy-based; VNet-to-VNet connections need route-based '
                         'gateways.')
    if stored.get('ipsecPolicies') and near['properties']['sku']['name'] == 'Basic':
        raise refuse('IpsecPolicyNotSupportedForBasicSku', f'Gateway {near["id"]}: Basic Sku takes no custom IPsec '
                                                           'policies.')
    if stored.get('enableBgp') and near['properties']['sku']['name'] == 'Basic':
        raise refuse('BgpNotSupportedForBasicSku', f'Gateway {near["id"]}: BGP is not supported by Basic Sku.')
    if stored.get('usePolicyBasedTrafficSelectors') and not stored.get('ipsecPolicies'):
        raise refuse('PolicyBasedTrafficSelectorsNeedIpsecPolicy',
                     f'Connection {call.id}: usePolicyBasedTrafficSelectors needs an IPsec policy.')
    _check_addresses(fabric, call, near, far)
    if existing is None:
        _check_tunnels(fabric, call, near, gateway2)


def _check_addresses(fabric: Fabric, call: Call, near: dict, far: dict | None) -> None:
    if far is None:
        return
    vnets = [fabric.find(parent(subnet_of(gateway['properties']))) for gateway in (near, far)]
    spaces = [[network_of(prefix) for prefix in vnet['properties']['addressSpace']['addressPrefixes']]
              for vnet in vnets]
    for one in spaces[0]:
        for other in spaces[1]:
            if one.version == other.version and one.overlaps(other):  # the code is reported
                raise refuse('ConnectionOverlappingAddressSpaces',
                             f'Connection {call.id}: address spaces {one} of {vnets[0]["id"]} and {other} of '
                             f'{vnets[1]["id"]} overlap.')


def _check_tunnels(fabric: Fabric, call: Call, near: dict, gateway2: str) -> None:
    mine = [record for record in fabric.world.resources.values()
            if record['type'] == CONNECTION and record['gateway1'].lower() == near['id'].lower()]
    if any((record['gateway2'] or '').lower() == gateway2.lower() for record in mine):
        raise refuse('VirtualNetworkGatewayConnectionAlreadyExists',
                     f'Connection {call.id}: the two gateways are connected already.')
    most = MOST_TUNNELS.get(near['properties']['sku']['name'], OTHERS_TUNNELS)
    if len(mine) >= most:
        raise refuse('ConnectionCountLimitReached', f'Gateway {near["id"]} takes no more than {most} connections.')
