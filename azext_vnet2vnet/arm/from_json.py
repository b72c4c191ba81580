"""REST bodies that are read: to the values of the domain. Shapes: published JSON schema and recorded answers."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from azext_vnet2vnet.arm.to_json import POLICY_FIELDS
from azext_vnet2vnet.checks.quota import Usage
from azext_vnet2vnet.checks.rights import Lock, Permission
from azext_vnet2vnet.network.observed import (
    ObservedConnection,
    ObservedGateway,
    ObservedPublicIp,
    ObservedRouteTable,
    ObservedSubnet,
    ObservedVnet,
    Peering,
    Region,
)
from azext_vnet2vnet.network.pair import BgpPeer, SecurityAssociation
from azext_vnet2vnet.network.resource_id import GATEWAY_SUBNET, VNET_TYPE, ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.skus import DEFAULT_ASN
from azext_vnet2vnet.network.tunnel import IpsecPolicy, TrafficSelector, Tunnel

_PUBLIC_IP_QUOTAS = ('IPv4StandardSkuPublicIpAddresses', 'StandardSkuPublicIpAddresses', 'PublicIPAddresses')
_LOCK_PART = '/providers/microsoft.authorization/locks/'


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
    )


def _peering_from_arm(body: Mapping[str, Any]) -> Peering:
    properties = body['properties']
    return Peering(
        body['name'],
        _id_of(properties.get('remoteVirtualNetwork')),
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
        tuple(filter(None, map(_id_of, properties.get('ipConfigurations') or ()))),
        _id_of(properties.get('networkSecurityGroup')),
        _id_of(properties.get('routeTable')),
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
        _id_of(properties.get('ipConfiguration') or properties.get('natGateway')),
    )


def gateway_from_arm(body: Mapping[str, Any]) -> ObservedGateway:
    """A virtual network gateway as Azure describes it.

    Its addresses stand in `tunnelIpAddresses`, once it is made (recorded 2023 to 2026).
    """
    properties = body['properties']
    configurations = [configuration['properties'] for configuration in properties.get('ipConfigurations') or ()]
    subnets = filter(None, (_id_of(configuration.get('subnet')) for configuration in configurations))
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
        asn=bgp.get('asn') or DEFAULT_ASN,  # 0 while it is being made (recorded).
        vnet=next(
            (
                subnet.parent
                for subnet in subnets
                if subnet.parent.is_a(VNET_TYPE) and subnet.name.lower() == GATEWAY_SUBNET.lower()
            ),
            None,
        ),
        public_ip_ids=tuple(
            filter(None, (_id_of(configuration.get('publicIPAddress')) for configuration in configurations))
        ),
        addresses=tuple(
            address
            for peering in bgp.get('bgpPeeringAddresses') or ()
            for address in peering.get('tunnelIpAddresses') or ()
        ),
        bgp_addresses=_bgp_addresses(bgp),
        serves_points=bool((points.get('vpnClientAddressPool') or {}).get('addressPrefixes')),
    )


def _bgp_addresses(bgp: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses that a gateway speaks BGP from: its own, comma-joined (recorded), and those that were chosen."""
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
        _id_of(properties.get('virtualNetworkGateway1')),
        _id_of(properties.get('virtualNetworkGateway2')),
        properties.get('connectionType', ''),
        properties.get('connectionStatus', ''),
        properties.get('ingressBytesTransferred') or 0,
        properties.get('egressBytesTransferred') or 0,
        _tunnel_from_arm(properties),
        _id_of(properties.get('localNetworkGateway2')),
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


def associations_from_arm(body: Any) -> tuple[SecurityAssociation, ...]:
    """The security associations of a connection; Azure answers with a JSON string that holds JSON (recorded)."""
    content = (json.loads(body) if isinstance(body, str) else body) or {}
    return tuple(
        SecurityAssociation(
            one.get('LocalEndpoint', ''),
            one.get('RemoteEndpoint', ''),
            one.get('Encryption', ''),
            one.get('Integrity', ''),
            one.get('DhGroup', ''),
            one.get('ElapsedTimeInseconds') or 0,
        )
        for one in content.get('IkeSAs') or ()
    )


def bgp_peers_from_arm(body: Mapping[str, Any]) -> tuple[BgpPeer, ...]:
    """The BGP neighbours of a gateway (form recorded 2017)."""
    return tuple(
        BgpPeer(
            one.get('neighbor', ''),
            one.get('asn') or 0,
            one.get('state', ''),
            one.get('connectedDuration') or '',
            one.get('routesReceived') or 0,
        )
        for one in _entries(body)
    )


def regions_from_arm(body: Mapping[str, Any]) -> dict[str, Region]:
    """The locations that a subscription can use, by name, with the logical zones of each."""
    return {
        entry['name']: Region(
            entry['name'],
            tuple(sorted(mapping['logicalZone'] for mapping in entry.get('availabilityZoneMappings') or ())),
        )
        for entry in body['value']
    }


def public_ip_usage_from_arm(body: Mapping[str, Any]) -> Usage | None:
    """How much of a region's quota of public IPs is used; Standard ones may have a row of their own (documented)."""
    rows = {(entry.get('name') or {}).get('value'): entry for entry in _entries(body)}
    row = next((rows[name] for name in _PUBLIC_IP_QUOTAS if name in rows), None)
    return Usage(row['currentValue'], row['limit']) if row else None


def permissions_from_arm(body: Mapping[str, Any]) -> tuple[Permission, ...]:
    """What a login may do, one element for each role assignment; null actions occur (reported)."""
    return tuple(
        Permission(tuple(entry.get('actions') or ()), tuple(entry.get('notActions') or ()))
        for entry in body.get('value') or ()
    )


def locks_from_arm(body: Mapping[str, Any]) -> tuple[Lock, ...]:
    """Locks with the scope that each one holds; ids come in any case (recorded)."""
    return tuple(
        Lock(entry['id'], entry['id'][: entry['id'].lower().index(_LOCK_PART)], entry['properties']['level'])
        for entry in _entries(body)
        if _LOCK_PART in entry.get('id', '').lower()
    )


def failed_operations(rows: Iterable[Mapping[str, Any]]) -> list[tuple[ResourceId, str, str]]:
    """What a deployment failed at: the id of each resource that failed, with the code and the text of the reason."""
    found = []
    for properties in (row['properties'] for row in rows):
        target = _id_of(properties.get('targetResource'))
        if target and properties.get('provisioningState') == 'Failed':
            found.append((target, *innermost_error(properties.get('statusMessage'))))
    return found


def innermost_error(error: object) -> tuple[str, str]:
    """Code and message of what went wrong; they may be wrapped once for each level of nesting, even as JSON in a text.

    Recorded for the answer of a deployment: the real code is in a JSON string inside of details[].message.
    """
    if isinstance(error, str):
        try:
            inner = json.loads(error)
        except ValueError:
            return '', error
        return innermost_error(inner) if isinstance(inner, Mapping) else ('', error)
    if not isinstance(error, Mapping):
        return '', ''
    if isinstance(error.get('error'), Mapping):
        return innermost_error(error['error'])
    for inner in error.get('details') or ():
        code, text = innermost_error(inner)
        if code or text:
            return code or str(error.get('code') or ''), text
    code, text = innermost_error(error.get('message') or '')
    return code or str(error.get('code') or ''), text


def _entries(body: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return body.get('value') or ()


def _id_of(reference: Mapping[str, Any] | None) -> ResourceId | None:
    try:
        return ResourceId.parse((reference or {}).get('id') or '')
    except ValueError:
        return None
