"""The bodies of resources that are read, to values. Shapes: published JSON schema, and recorded answers.

Every function raises ValueError where a part that it reads has another type, or what identifies a thing is missing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from azext_vnet2vnet.arm.json_values import (
    as_object,
    needed_text_in,
    number_in,
    object_in,
    objects_in,
    text_in,
    texts_in,
    truth_in,
)
from azext_vnet2vnet.arm.to_json import CONNECTION_FIELDS, POLICY_FIELDS
from azext_vnet2vnet.arm.writable_members import UNSET, lost_members, writable_part
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.address_space import parse_prefix
from azext_vnet2vnet.network.observed import (
    ObservedConnection,
    ObservedGateway,
    ObservedPublicIp,
    ObservedRouteTable,
    ObservedSubnet,
    ObservedVnet,
    Peering,
)
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, GATEWAY_SUBNET, GATEWAY_TYPE, VNET_TYPE, ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.skus import DEFAULT_ASN
from azext_vnet2vnet.network.tunnel import IpsecPolicy, TrafficSelector, Tunnel

_READ_POLICY: Mapping[str, Callable[[Mapping[str, Any], str], Any]] = {
    'sa_lifetime': number_in,
    'sa_max_size': number_in,
}


def vnet_from_arm(body: Mapping[str, Any]) -> ObservedVnet:
    """A virtual network as Azure describes it."""
    properties = properties_of(body)
    return ObservedVnet(
        ResourceId.parse(needed_text_in(body, 'id')),
        needed_text_in(body, 'location'),
        text_in(properties, 'provisioningState'),
        _prefixes_in(object_in(properties, 'addressSpace')),
        tuple(map(_subnet_from_arm, objects_in(properties, 'subnets'))),
        tuple(map(_peering_from_arm, objects_in(properties, 'virtualNetworkPeerings'))),
        texts_in(object_in(properties, 'dhcpOptions'), 'dnsServers'),
    )


def _peering_from_arm(body: Mapping[str, Any]) -> Peering:
    properties = properties_of(body)
    return Peering(
        needed_text_in(body, 'name'),
        id_of(properties.get('remoteVirtualNetwork')),
        truth_in(properties, 'useRemoteGateways'),
        truth_in(properties, 'allowGatewayTransit'),
    )


def _subnet_from_arm(body: Mapping[str, Any]) -> ObservedSubnet:
    """A subnet as Azure describes it, with one prefix or a list of them."""
    properties = properties_of(body)
    one = text_in(properties, 'addressPrefix')
    return ObservedSubnet(
        needed_text_in(body, 'name'),
        _prefixes_in(properties) or _checked((one,) if one else ()),
        tuple(filter(None, map(id_of, objects_in(properties, 'ipConfigurations')))),
        id_of(properties.get('networkSecurityGroup')),
        id_of(properties.get('routeTable')),
        tuple(
            text_in(object_in(delegation, 'properties'), 'serviceName') or text_in(delegation, 'name')
            for delegation in objects_in(properties, 'delegations')
        ),
    )


def route_table_from_arm(body: Mapping[str, Any]) -> ObservedRouteTable:
    """A route table as Azure describes it."""
    properties = properties_of(body)
    routes = objects_in(properties, 'routes')
    return ObservedRouteTable(
        any(object_in(route, 'properties').get('addressPrefix') == '0.0.0.0/0' for route in routes),
        truth_in(properties, 'disableBgpRoutePropagation'),
    )


def public_ip_from_arm(body: Mapping[str, Any]) -> ObservedPublicIp:
    """A public IP as Azure describes it."""
    properties = properties_of(body)
    return ObservedPublicIp(
        ResourceId.parse(needed_text_in(body, 'id')),
        needed_text_in(body, 'location'),
        text_in(properties, 'provisioningState'),
        text_in(object_in(body, 'sku'), 'name'),
        text_in(properties, 'publicIPAllocationMethod'),
        texts_in(body, 'zones'),
        id_of(properties.get('ipConfiguration') or properties.get('natGateway')),
    )


def gateway_from_arm(body: Mapping[str, Any]) -> ObservedGateway:
    """A virtual network gateway as Azure describes it.

    Its addresses stand in `tunnelIpAddresses`, once it is created (recorded 2023 to 2026).
    """
    properties = properties_of(body)
    configurations = [object_in(one, 'properties') for one in objects_in(properties, 'ipConfigurations')]
    subnets = filter(None, (id_of(configuration.get('subnet')) for configuration in configurations))
    bgp = object_in(properties, 'bgpSettings')
    points = object_in(properties, 'vpnClientConfiguration')
    return ObservedGateway(
        id=ResourceId.parse(needed_text_in(body, 'id')),
        location=needed_text_in(body, 'location'),
        state=text_in(properties, 'provisioningState'),
        gateway_type=text_in(properties, 'gatewayType'),
        vpn_type=text_in(properties, 'vpnType'),
        sku=text_in(object_in(properties, 'sku'), 'name'),
        generation=text_in(properties, 'vpnGatewayGeneration'),
        active_active=truth_in(properties, 'activeActive'),
        enable_bgp=truth_in(properties, 'enableBgp'),
        asn=number_in(bgp, 'asn') or DEFAULT_ASN,  # 0 while it is being created (recorded).
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
            for peering in objects_in(bgp, 'bgpPeeringAddresses')
            for address in texts_in(peering, 'tunnelIpAddresses')
        ),
        bgp_addresses=_bgp_addresses(bgp),
        serves_points=bool(texts_in(object_in(points, 'vpnClientAddressPool'), 'addressPrefixes')),
        lost_members=lost_members(GATEWAY_TYPE, body),
        is_high_bandwidth=truth_in(properties, 'enableHighBandwidthVpnGateway'),
    )


def _bgp_addresses(bgp: Mapping[str, Any]) -> tuple[str, ...]:
    """The BGP addresses of a gateway: its own, comma-joined (recorded), and custom ones."""
    own = text_in(bgp, 'bgpPeeringAddress').split(',')
    chosen = [
        address
        for peering in objects_in(bgp, 'bgpPeeringAddresses')
        for address in texts_in(peering, 'customBgpIpAddresses')
    ]
    return tuple(filter(None, (*own, *chosen)))


def connection_from_arm(body: Mapping[str, Any]) -> ObservedConnection:
    """A connection as Azure describes it; lists and answers to writes have no status (recorded)."""
    properties = properties_of(body)
    tags = object_in(body, 'tags')
    return ObservedConnection(
        ResourceId.parse(needed_text_in(body, 'id')),
        needed_text_in(body, 'location'),
        text_in(properties, 'provisioningState'),
        id_of(properties.get('virtualNetworkGateway1')),
        id_of(properties.get('virtualNetworkGateway2')),
        text_in(properties, 'connectionType'),
        text_in(properties, 'connectionStatus'),
        number_in(properties, 'ingressBytesTransferred'),
        number_in(properties, 'egressBytesTransferred'),
        _tunnel_from_arm(properties),
        id_of(properties.get('localNetworkGateway2')),
        text_in(properties, 'connectionProtocol'),
        {name: text_in(tags, name) for name in tags},
        number_in(properties, 'routingWeight'),
        _more(body),
        lost_members(CONNECTION_TYPE, body),
    )


def _more(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The writable properties that are set and that nothing here carries to another connection."""
    properties = writable_part(CONNECTION_TYPE, body)['properties']
    return tuple(
        name
        for name, value in properties.items()
        if name not in CONNECTION_FIELDS and value not in UNSET and (name, value) != ('authenticationType', 'PSK')
    )


def _tunnel_from_arm(properties: Mapping[str, Any]) -> Tunnel:
    policies = tuple(
        IpsecPolicy(**{ours: _READ_POLICY.get(ours, text_in)(policy, theirs) for ours, theirs in POLICY_FIELDS.items()})
        for policy in objects_in(properties, 'ipsecPolicies')
    )
    selectors = tuple(
        TrafficSelector(texts_in(one, 'localAddressRanges'), texts_in(one, 'remoteAddressRanges'))
        for one in objects_in(properties, 'trafficSelectorPolicies')
    )
    return Tunnel(
        truth_in(properties, 'enableBgp'),
        policies,
        number_in(properties, 'dpdTimeoutSeconds'),
        text_in(properties, 'connectionMode') or 'Default',
        truth_in(properties, 'usePolicyBasedTrafficSelectors'),
        selectors,
    )


def local_prefixes_from_arm(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The address space behind a local network gateway, as Azure describes it."""
    return _prefixes_in(object_in(properties_of(body), 'localNetworkAddressSpace'))


def key_from_arm(body: object) -> SharedKey | None:
    """The key in the answer of a key read; None where the caller may not read it.

    Azure then says 200 with an empty array in place of the key (reported 2025), or null while it is being set
    (recorded 2017).
    """
    value = body.get('value') if isinstance(body, Mapping) else None
    return SharedKey.existing(value) if value and isinstance(value, str) else None


def id_of(reference: object) -> ResourceId | None:
    """The id in a reference; None where there is none, or it is not that of a resource in a group."""
    if reference is None:
        return None
    text = text_in(as_object(reference, 'a reference'), 'id')
    try:
        return ResourceId.parse(text)
    except ValueError:
        return None


def properties_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of a resource, which has some."""
    return as_object(as_object(body).get('properties'), 'properties')


def check_body(target: ResourceId, body: Any) -> None:
    """Can the body be that of the target? ValueError where it describes another one, or cannot be read."""
    if target.is_a(resource_id.SHARED_KEY_TYPE):
        value = body.get('value', 0) if isinstance(body, Mapping) else body
        is_text = value is not body and isinstance(value, str)
        if not is_text and value is not None and value != []:  # See key_from_arm.
            raise ValueError('value is no key')
        return
    found = as_object(body)
    if target.is_a(resource_id.DEPLOYMENT_TYPE):
        text_in(properties_of(found), 'provisioningState')
        return
    if ResourceId.parse(needed_text_in(found, 'id')) != target:
        raise ValueError('the answer is about another resource')
    translate = _BY_TYPE.get(target.type.lower())
    if translate:
        translate(found)


def _prefixes_in(body: Mapping[str, Any]) -> tuple[str, ...]:
    return _checked(texts_in(body, 'addressPrefixes'))


def _checked(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    for prefix in prefixes:
        parse_prefix(prefix)
    return prefixes


_BY_TYPE: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    type_.lower(): translate
    for type_, translate in {
        resource_id.GROUP_TYPE: lambda body: needed_text_in(body, 'location'),
        resource_id.VNET_TYPE: vnet_from_arm,
        resource_id.SUBNET_TYPE: _subnet_from_arm,
        resource_id.PUBLIC_IP_TYPE: public_ip_from_arm,
        resource_id.GATEWAY_TYPE: gateway_from_arm,
        resource_id.CONNECTION_TYPE: connection_from_arm,
        resource_id.LOCAL_GATEWAY_TYPE: local_prefixes_from_arm,
        resource_id.ROUTE_TABLE_TYPE: route_table_from_arm,
    }.items()
}
