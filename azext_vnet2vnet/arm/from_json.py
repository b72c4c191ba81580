"""The bodies of resources that are read, to values. Shapes: published JSON schema, and recorded answers."""

from collections.abc import Mapping
from typing import Any

from azext_vnet2vnet.arm.to_json import POLICY_FIELDS
from azext_vnet2vnet.network.observed import (
    ObservedConnection,
    ObservedGateway,
    ObservedPublicIp,
    ObservedRouteTable,
    ObservedSubnet,
    ObservedVnet,
    Peering,
)
from azext_vnet2vnet.network.resource_id import GATEWAY_SUBNET, VNET_TYPE, ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.skus import DEFAULT_ASN
from azext_vnet2vnet.network.tunnel import IpsecPolicy, TrafficSelector, Tunnel


def vnet_from_arm(body: Mapping[str, Any]) -> ObservedVnet:
    """A virtual network as Azure describes it."""
    properties = body['properties']
    return ObservedVnet(
        ResourceId.parse(body['id']),
        body['location'],
        properties.get('provisioningState', ''),
        tuple(properties['addressSpace'].get('addressPrefixes') or ()),
        tuple(map(_subnet_from_arm, properties.get('subnets') or ())),
        tuple(map(_peering_from_arm, properties.get('virtualNetworkPeerings') or ())),
        tuple((properties.get('dhcpOptions') or {}).get('dnsServers') or ()),
    )


def _peering_from_arm(body: Mapping[str, Any]) -> Peering:
    properties = body['properties']
    return Peering(
        body['name'],
        id_of(properties.get('remoteVirtualNetwork')),
        bool(properties.get('useRemoteGateways')),
        bool(properties.get('allowGatewayTransit')),
    )


def _subnet_from_arm(body: Mapping[str, Any]) -> ObservedSubnet:
    """A subnet as Azure describes it, with one prefix or a list of them."""
    properties = body['properties']
    one = properties.get('addressPrefix')
    return ObservedSubnet(
        body['name'],
        tuple(properties.get('addressPrefixes') or ((one,) if one else ())),
        tuple(filter(None, map(id_of, properties.get('ipConfigurations') or ()))),
        id_of(properties.get('networkSecurityGroup')),
        id_of(properties.get('routeTable')),
        tuple(
            delegation['properties'].get('serviceName', delegation['name'])
            for delegation in properties.get('delegations') or ()
        ),
    )


def route_table_from_arm(body: Mapping[str, Any]) -> ObservedRouteTable:
    """A route table as Azure describes it."""
    properties = body['properties']
    routes = properties.get('routes') or ()
    return ObservedRouteTable(
        any(route['properties'].get('addressPrefix') == '0.0.0.0/0' for route in routes),
        bool(properties.get('disableBgpRoutePropagation')),
    )


def public_ip_from_arm(body: Mapping[str, Any]) -> ObservedPublicIp:
    """A public IP as Azure describes it."""
    properties = body['properties']
    return ObservedPublicIp(
        ResourceId.parse(body['id']),
        body['location'],
        properties.get('provisioningState', ''),
        (body.get('sku') or {}).get('name', ''),
        properties.get('publicIPAllocationMethod', ''),
        tuple(body.get('zones') or ()),
        id_of(properties.get('ipConfiguration') or properties.get('natGateway')),
    )


def gateway_from_arm(body: Mapping[str, Any]) -> ObservedGateway:
    """A virtual network gateway as Azure describes it.

    Its addresses stand in `tunnelIpAddresses`, once it is created (recorded 2023 to 2026).
    """
    properties = body['properties']
    configurations = [configuration['properties'] for configuration in properties.get('ipConfigurations') or ()]
    subnets = filter(None, (id_of(configuration.get('subnet')) for configuration in configurations))
    bgp = properties.get('bgpSettings') or {}
    points = properties.get('vpnClientConfiguration') or {}
    return ObservedGateway(
        id=ResourceId.parse(body['id']),
        location=body['location'],
        state=properties.get('provisioningState', ''),
        gateway_type=properties.get('gatewayType', ''),
        vpn_type=properties.get('vpnType', ''),
        sku=(properties.get('sku') or {}).get('name', ''),
        generation=properties.get('vpnGatewayGeneration', ''),
        active_active=bool(properties.get('activeActive')),
        enable_bgp=bool(properties.get('enableBgp')),
        asn=bgp.get('asn') or DEFAULT_ASN,  # 0 while it is being created (recorded).
        vnet=next(
            (
                subnet.parent
                for subnet in subnets
                if subnet.parent.is_a(VNET_TYPE) and subnet.name.lower() == GATEWAY_SUBNET.lower()
            ),
            None,
        ),
        public_ip_ids=tuple(
            filter(None, (id_of(configuration.get('publicIPAddress')) for configuration in configurations))
        ),
        addresses=tuple(
            address
            for peering in bgp.get('bgpPeeringAddresses') or ()
            for address in peering.get('tunnelIpAddresses') or ()
        ),
        bgp_addresses=_bgp_addresses(bgp),
        is_high_bandwidth=bool(properties.get('enableHighBandwidthVpnGateway')),
        serves_points=bool((points.get('vpnClientAddressPool') or {}).get('addressPrefixes')),
    )


def _bgp_addresses(bgp: Mapping[str, Any]) -> tuple[str, ...]:
    """The BGP addresses of a gateway: its own, comma-joined (recorded), and custom ones."""
    own = (bgp.get('bgpPeeringAddress') or '').split(',')
    chosen = [
        address
        for peering in bgp.get('bgpPeeringAddresses') or ()
        for address in peering.get('customBgpIpAddresses') or ()
    ]
    return tuple(filter(None, (*own, *chosen)))


def connection_from_arm(body: Mapping[str, Any]) -> ObservedConnection:
    """A connection as Azure describes it; lists and answers to writes have no status (recorded)."""
    properties = body['properties']
    return ObservedConnection(
        ResourceId.parse(body['id']),
        body['location'],
        properties.get('provisioningState', ''),
        id_of(properties.get('virtualNetworkGateway1')),
        id_of(properties.get('virtualNetworkGateway2')),
        properties.get('connectionType', ''),
        properties.get('connectionStatus', ''),
        properties.get('ingressBytesTransferred') or 0,
        properties.get('egressBytesTransferred') or 0,
        _tunnel_from_arm(properties),
        id_of(properties.get('localNetworkGateway2')),
        properties.get('connectionProtocol') or '',
        body.get('tags') or {},
        _more(properties),
    )


def _more(properties: Mapping[str, Any]) -> tuple[str, ...]:
    """The properties beyond those of a new connection that no option of ours sets (schema 2025-07-01)."""
    names = [
        name
        for name in (
            'ingressNatRules',
            'egressNatRules',
            'gatewayCustomBgpIpAddresses',
            'tunnelProperties',
            'useLocalAzureIpAddress',
            'certificateAuthentication',
        )
        if properties.get(name)
    ]
    return tuple(names) + (('connectionProtocol',) if properties.get('connectionProtocol') == 'IKEv1' else ())


def _tunnel_from_arm(properties: Mapping[str, Any]) -> Tunnel:
    policies = tuple(
        IpsecPolicy(**{ours: policy.get(theirs) for ours, theirs in POLICY_FIELDS.items()})
        for policy in properties.get('ipsecPolicies') or ()
    )
    selectors = tuple(
        TrafficSelector(tuple(one.get('localAddressRanges') or ()), tuple(one.get('remoteAddressRanges') or ()))
        for one in properties.get('trafficSelectorPolicies') or ()
    )
    return Tunnel(
        bool(properties.get('enableBgp')),
        policies,
        properties.get('dpdTimeoutSeconds') or 0,
        properties.get('connectionMode') or 'Default',
        bool(properties.get('usePolicyBasedTrafficSelectors')),
        selectors,
    )


def local_prefixes_from_arm(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The address space behind a local network gateway, as Azure describes it."""
    return tuple((body['properties'].get('localNetworkAddressSpace') or {}).get('addressPrefixes') or ())


def key_from_arm(body: object) -> SharedKey | None:
    """The key in the answer of a key read; None where the caller may not read it.

    Azure then says 200 with an empty array in place of the key (reported 2025), or null while it is being set
    (recorded 2017).
    """
    value = body.get('value') if isinstance(body, Mapping) else None
    return SharedKey.existing(value) if value and isinstance(value, str) else None


def id_of(reference: Mapping[str, Any] | None) -> ResourceId | None:
    """The id in a reference; None where there is none, or it is not that of a resource in a group."""
    try:
        return ResourceId.parse((reference or {}).get('id') or '')
    except ValueError:
        return None
