"""What Azure refuses about a gateway: SKUs, generations, public IPs, subnets, BGP, and changes that cannot be made."""

from tests.armsim.fabric import Call, Fabric
from tests.armsim.ids import parent
from tests.armsim.network.gateway_bodies import peer_addresses, public_ips_of, subnet_of
from tests.armsim.network.peerings import uses_remote_gateways
from tests.armsim.network.prefixes import network_of
from tests.armsim.network.references import check_reference, missing_reference, reference
from tests.armsim.network.resources import GATEWAY, PUBLIC_IP, SUBNET, id_of, properties_of, refuse
from tests.armsim.network.subnets import GATEWAY_SUBNET, prefixes_of, subnet_id

NON_AZ = {f'VpnGw{size}' for size in range(1, 6)}
LEGACY = {'Standard', 'HighPerformance'}
EXPRESS_ROUTE = {'Standard', 'HighPerformance', 'UltraPerformance', 'ErGw1AZ', 'ErGw2AZ', 'ErGw3AZ', 'ErGwScale'}
COEXISTENCE_PREFIX = 27  # documented
POINT_TO_SITE_ADDRESSES = 3
# documented
ONLY_GENERATION_1 = LEGACY | {'Basic', 'VpnGw1', 'VpnGw1AZ'}
ONLY_GENERATION_2 = {'VpnGw4', 'VpnGw5', 'VpnGw4AZ', 'VpnGw5AZ'}
RESERVED_ASNS = (
    {8074, 8075, 12076, 23456, 65517, 65518, 65519, 65520, 4294967295}
    | set(range(64496, 64512))
    | set(range(65535, 65552))
)


def check(fabric: Fabric, call: Call, existing: dict | None, location: str, stored: dict) -> None:
    """Raise ArmError for a gateway that Azure does not take."""
    _check_sku(fabric, call, existing, stored)
    _check_subnet(fabric, call, location, stored)
    _check_public_ips(fabric, call, location, stored)
    _check_bgp(fabric, call, existing, stored)
    _check_radius(stored)
    if existing:
        _check_change(call, existing['properties'], stored)
    else:
        _check_vnet(fabric, call, stored)


def _check_sku(fabric: Fabric, call: Call, existing: dict | None, stored: dict) -> None:
    name, generation = stored['sku']['name'], stored['vpnGatewayGeneration']
    express_route = stored['gatewayType'] == 'ExpressRoute'
    if express_route and name not in EXPRESS_ROUTE or not express_route and name in EXPRESS_ROUTE - LEGACY:
        kind = (
            'System.Collections.Generic.List`1[Microsoft.WindowsAzure.Networking.Nrp.Frontend.Contract.Csm.Public.'
            'VirtualNetworkGatewaySkuName]'
        )
        raise refuse(
            'InvalidGatewaySkuSpecifiedForGatewayDeploymentType',
            f'Virtual network gateway Sku specified is not valid for gateway {call.id} with DeploymentType '
            f'VMScaleSet. The allowed Skus are {kind},{kind}.',
        )
    if express_route:
        return
    new = existing is None or existing['properties']['sku']['name'] != name
    if new and name in NON_AZ and not fabric.settings.retired_skus_allowed:
        raise refuse(
            'NonAzSkusNotAllowedForVPNGateway',
            'VpnGw1-5 non-AZ SKUs are no longer supported for VPN gateways. Only VpnGw1-5AZ SKUs can be '
            'created going forward.',
        )
    if new and name in LEGACY and not fabric.settings.retired_skus_allowed:
        # Documented: blocked since 2023-12-01. Decision: code and text.
        raise refuse(
            'LegacySkusNotAllowedForVPNGateway',
            f'Virtual network gateway Sku {name} is no longer supported. Gateway {call.id} cannot be created.',
        )
    if name in (ONLY_GENERATION_1 if generation == 'Generation2' else ONLY_GENERATION_2):
        raise refuse(
            'VirtualNetworkGatewaySkuCannotBeCreatedForSpecifiedVmGeneration',
            f'The Virtual Network Gateway Sku {name} cannot be used when VirtualNetworkVpnGatewayGeneration '
            f'is set to {generation}.',
        )
    if stored['vpnType'] == 'PolicyBased' and name != 'Basic':
        # Documented: policy-based on Basic only. Decision: code and text.
        raise refuse('PolicyBasedVpnNotSupportedForSku', f'Policy-based VPN is not supported by gateway Sku {name}.')


def _check_subnet(fabric: Fabric, call: Call, location: str, stored: dict) -> None:
    identifier = subnet_of(stored)
    check_reference(identifier, SUBNET, 'properties.ipConfigurations[0].properties.subnet')
    vnet = fabric.find(parent(identifier))
    if vnet is None or vnet['location'] != location:
        raise missing_reference(call, identifier)
    subnet = fabric.find(identifier)
    if subnet is None or subnet['name'].lower() != GATEWAY_SUBNET.lower():
        # Field: the service refers to GatewaySubnet whatever the subnet is called.
        raise missing_reference(call, subnet_id(vnet, GATEWAY_SUBNET))
    if network_of(prefixes_of(subnet)[0]).prefixlen > 29:
        raise refuse('GatewaySubnetTooSmall', f'Subnet {identifier} is too small for a gateway.')  # Decision
    # Decision: a delegation is let through; that Azure refuses it was never seen.
    # Decision: a network security group is let through; the documentation only warns of it.
    table = fabric.find(id_of(subnet['properties'].get('routeTable')))
    if table and any(
        properties_of(route).get('addressPrefix') == '0.0.0.0/0' for route in properties_of(table).get('routes') or []
    ):
        # The code is from the field; Decision: the text.
        raise refuse(
            'VirtualNetworkGatewaySubnetRouteTableCannotHaveDefaultRoute',
            f'Route table {table["id"]} on the subnet of gateway {call.id} cannot have a default route.',
        )


def _check_public_ips(fabric: Fabric, call: Call, location: str, stored: dict) -> None:
    sku = stored['sku']['name']
    wanted = 2 if stored.get('activeActive') else 1
    found = public_ips_of(stored)
    if stored.get('activeActive') and sku == 'Basic':  # Decision: code and text
        raise refuse('ActiveActiveNotSupportedForBasicSku', f'Gateway {call.id}: Basic Sku has no active-active mode.')
    different = {one.lower() for one in found}
    if len(stored['ipConfigurations']) < wanted or len(found) < wanted or len(different) < len(found):
        # Documented: two ipConfigurations and two public IPs. Decision: code and text.
        raise refuse(
            'InvalidNumberOfIpConfigurations',
            f'Gateway {call.id} needs {wanted} ipConfigurations, each with a public IP address of its own.',
        )
    client = stored.get('vpnClientConfiguration') or {}
    if stored.get('activeActive') and client.get('vpnClientAddressPool') and len(found) != POINT_TO_SITE_ADDRESSES:
        # The code is reported (azurerm 10425 and 14044, bicep-registry-modules 4681). Decision: the text.
        raise refuse(
            'ActiveActiveP2SGatewayMustHaveExactlyThreeIpConfigurations',
            f'Active-active gateway {call.id} with point-to-site clients must have exactly three IP configurations.',
        )
    if len(found) > 1 and not stored.get('activeActive') and not client.get('vpnClientAddressPool'):
        raise refuse(
            'InvalidNumberOfIpConfigurations', f'Gateway {call.id} is not active-active and needs one ipConfiguration.'
        )  # Decision
    for identifier in found:
        record = reference(
            fabric, call, identifier, PUBLIC_IP, 'properties.ipConfigurations[0].properties.publicIPAddress', location
        )
        others = [user for user in fabric.users(identifier) if not user.lower().startswith(call.id.lower() + '/')]
        if others:  # the code is from the field, and that the owner is named
            raise refuse('PublicIPAddressInUse', f'Public IP address {identifier} is in use by {others[0]}.')
        _check_public_ip(fabric, record, sku, location)


def _check_public_ip(fabric: Fabric, record: dict, sku: str, location: str) -> None:
    if sku == 'Basic' or sku in LEGACY:
        return
    if record['sku']['name'] == 'Basic' and not fabric.settings.retired_skus_allowed:
        # Reported text; Decision: the code.
        raise refuse('BasicSkuPublicIpNotAllowedOnVpnGateway', 'Public IP with basic SKU is not allowed on VPN Gateway')
    if sku.endswith('AZ') and not record['zones'] and fabric.settings.location_zones[location]:
        raise refuse(
            'VmssVpnGatewayPublicIpsMustHaveZonesConfigured',
            'Standard Public IPs associated with VPN Gateways with AZ VPN skus must have zones configured.',
        )
    if sku in NON_AZ and record['zones']:
        # Reported text; Decision: the code.
        raise refuse(
            'VmssVpnGatewayPublicIpsCannotHaveZonesConfigured',
            'Standard Public IPs associated with VPN gateways with non-AZ VPN skus cannot have zones configured',
        )


def _check_bgp(fabric: Fabric, call: Call, existing: dict | None, stored: dict) -> None:
    given = stored.get('bgpSettings') or {}
    if stored['sku']['name'] == 'Basic' and stored.get('enableBgp'):
        raise refuse('BgpNotSupportedForBasicSku', f'Gateway {call.id}: BGP is not supported by Basic Sku.')  # Decision
    if given.get('asn') in RESERVED_ASNS:
        raise refuse('ReservedAsn', f'Gateway {call.id}: ASN {given["asn"]} is reserved.')  # Decision; documented list
    asked = given.get('bgpPeeringAddress')
    own = ','.join(peer_addresses(fabric, {'properties': stored}))
    if existing and existing['succeeded_once'] and asked and _same_mode(existing, stored) and asked != own:
        # The code is reported. Decision: the text.
        raise refuse(
            'BgpPeeringAddressCannotBeModified', f'The BGP peering address of gateway {call.id} cannot be changed.'
        )


def _check_radius(stored: dict) -> None:
    client = stored.get('vpnClientConfiguration') or {}
    for server in (client, *(client.get('radiusServers') or [])):
        if server.get('radiusServerAddress') and not server.get('radiusServerSecret'):
            # The code is reported for a wrong secret (azure-powershell 11605). Decision: none is a wrong one.
            raise refuse('VpnClientConfigurationRadiusServerSecretIsInvalid', 'The Radius server secret is invalid.')


def _same_mode(existing: dict, stored: dict) -> bool:
    return bool(existing['properties'].get('activeActive')) == bool(stored.get('activeActive'))


def _check_change(call: Call, before: dict, stored: dict) -> None:
    # Documented: none of these can change after the creation. Decision: codes and texts.
    for key in ('gatewayType', 'vpnType', 'vpnGatewayGeneration'):
        if before[key] != stored[key]:
            raise refuse(
                'VirtualNetworkGatewayPropertyCannotBeChanged',
                f'Property {key} of gateway {call.id} cannot be changed from {before[key]} to {stored[key]}.',
            )
    if subnet_of(before).lower() != subnet_of(stored).lower():
        raise refuse(
            'VirtualNetworkGatewayPropertyCannotBeChanged', f'The subnet of gateway {call.id} cannot be changed.'
        )
    old, new = before['sku']['name'], stored['sku']['name']
    # Documented: never to or from Basic, and the old SKUs only among themselves. Decision: not from AZ back to non-AZ.
    if old != new and (
        'Basic' in (old, new) or (old in LEGACY) != (new in LEGACY) or old.endswith('AZ') and not new.endswith('AZ')
    ):
        raise refuse(
            'VirtualNetworkGatewaySkuCannotBeChanged',
            f'The Sku of gateway {call.id} cannot be changed from {old} to {new}.',
        )


def _check_vnet(fabric: Fabric, call: Call, stored: dict) -> None:
    subnet = subnet_of(stored)
    vnet = parent(subnet)
    if uses_remote_gateways(fabric, vnet):  # documented; Decision: code and text
        raise refuse(
            'VirtualNetworkUsesRemoteGateways',
            f'Gateway {call.id} cannot be created: virtual network {vnet} uses remote gateways.',
        )
    for record in fabric.world.resources.values():
        if record['type'] != GATEWAY or subnet_of(record['properties']).lower() != subnet.lower():
            continue
        if record['properties']['gatewayType'] == stored['gatewayType']:
            # Documented: one of each type. Decision: code and text.
            raise refuse(
                'VirtualNetworkAlreadyHasGateway',
                f'Virtual network {vnet} already has the virtual network gateway {record["id"]} of type '
                f'{stored["gatewayType"]}.',
            )
        if network_of(prefixes_of(fabric.find(subnet))[0]).prefixlen > COEXISTENCE_PREFIX:
            # Documented: a VPN gateway beside an ExpressRoute gateway needs /27. Decision: code and text.
            raise refuse('GatewaySubnetTooSmall', f'Subnet {subnet} is too small for two gateways.')
