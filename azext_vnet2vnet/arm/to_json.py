"""REST bodies that are sent: from the values of the domain. Shapes: published JSON schema and recorded requests."""

from collections.abc import Mapping
from functools import singledispatch
from itertools import count
from typing import Any

from azext_vnet2vnet.network.desired import (
    Connection,
    Gateway,
    GatewayChange,
    GatewaySubnet,
    Group,
    KeySetting,
    PublicIp,
    Resource,
    Subnet,
    Vnet,
)
from azext_vnet2vnet.network.resource_id import ResourceId, gateway_subnet_of
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import DEFAULT_PROTOCOL, IpsecPolicy, Tunnel

# The fields of an IPsec policy, as the domain and as Azure names them.
POLICY_FIELDS = {
    'ike_encryption': 'ikeEncryption',
    'ike_integrity': 'ikeIntegrity',
    'dh_group': 'dhGroup',
    'ipsec_encryption': 'ipsecEncryption',
    'ipsec_integrity': 'ipsecIntegrity',
    'pfs_group': 'pfsGroup',
    'sa_lifetime': 'saLifeTimeSeconds',
    'sa_max_size': 'saDataSizeKilobytes',
}


# The properties of a connection that have a place in the domain.
CONNECTION_FIELDS = frozenset(
    (
        'connectionType',
        'virtualNetworkGateway1',
        'virtualNetworkGateway2',
        'localNetworkGateway2',
        'sharedKey',
        'connectionProtocol',
        'routingWeight',
        'enableBgp',
        'ipsecPolicies',
        'dpdTimeoutSeconds',
        'connectionMode',
        'usePolicyBasedTrafficSelectors',
        'trafficSelectorPolicies',
    )
)


@singledispatch
def to_arm(resource: Resource, key: SharedKey | None = None) -> dict[str, Any]:
    """The request body that creates the resource; only here is a key put into a body."""
    raise TypeError(f'no body for {type(resource).__name__}')


@to_arm.register
def _(group: Group, key: SharedKey | None = None) -> dict[str, Any]:
    return _tagged({'location': group.location}, group.tags)


@to_arm.register
def _(vnet: Vnet, key: SharedKey | None = None) -> dict[str, Any]:
    return _tagged(
        {
            'location': vnet.location,
            'properties': {
                'addressSpace': {'addressPrefixes': list(vnet.address_prefixes)},
                'subnets': [_subnet(subnet) for subnet in vnet.subnets],
            },
        },
        vnet.tags,
    )


@to_arm.register
def _(subnet: GatewaySubnet, key: SharedKey | None = None) -> dict[str, Any]:
    return _subnet(subnet.as_subnet())


@to_arm.register
def _(public_ip: PublicIp, key: SharedKey | None = None) -> dict[str, Any]:
    body = {
        'location': public_ip.location,
        'sku': {'name': 'Standard'},
        'properties': {'publicIPAddressVersion': 'IPv4', 'publicIPAllocationMethod': 'Static'},
    }
    if public_ip.zones:
        body['zones'] = list(public_ip.zones)
    return _tagged(body, public_ip.tags)


@to_arm.register
def _(gateway: Gateway, key: SharedKey | None = None) -> dict[str, Any]:
    subnet = str(gateway_subnet_of(gateway.vnet))
    properties = {
        'gatewayType': 'Vpn',
        'vpnType': 'RouteBased',
        'vpnGatewayGeneration': gateway.generation,
        'sku': {'name': gateway.sku, 'tier': gateway.sku},
        'activeActive': len(gateway.public_ips) > 1,
        'enableBgp': gateway.enable_bgp,
        'ipConfigurations': [
            _configuration(f'vnetGatewayConfig{number}', subnet, public_ip)
            for number, public_ip in enumerate(gateway.public_ips)
        ],
    }
    if gateway.asn is not None:
        properties['bgpSettings'] = {'asn': gateway.asn}
    return _tagged({'location': gateway.location, 'properties': properties}, gateway.tags)


@to_arm.register
def _(connection: Connection, key: SharedKey | None = None) -> dict[str, Any]:
    properties = {
        'connectionType': 'Vnet2Vnet',
        'virtualNetworkGateway1': {'id': str(connection.gateway)},
        'virtualNetworkGateway2': {'id': str(connection.far_gateway)},
        **_tunnel(connection.tunnel),
    }
    if connection.protocol not in ('', DEFAULT_PROTOCOL):
        properties['connectionProtocol'] = connection.protocol
    if connection.weight:
        properties['routingWeight'] = connection.weight
    return with_key(_tagged({'location': connection.location, 'properties': properties}, connection.tags), key)


@to_arm.register
def _(_setting: KeySetting, key: SharedKey) -> dict[str, Any]:
    return {'value': key.reveal()}


@singledispatch
def change(resource: Resource, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body, as it was read, with the fields that are asked for; equal to it where nothing would change."""
    raise TypeError(f'{type(resource).__name__} is not changed in place')


@change.register
def _(asked: GatewayChange, body: Mapping[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    if asked.enable_bgp is not None:
        properties['enableBgp'] = asked.enable_bgp
    if asked.asn is not None:
        properties['bgpSettings'] = {'asn': asked.asn}
    present = body['properties']['ipConfigurations']
    addresses = {
        one['properties']['publicIPAddress']['id'].lower() for one in present if 'publicIPAddress' in one['properties']
    }
    missing = [public_ip for public_ip in asked.more_public_ips if str(public_ip).lower() not in addresses]
    if missing:
        subnet = present[0]['properties']['subnet']['id']
        taken = {one['name'] for one in present}
        free = (name for number in count(len(present)) if (name := f'vnetGatewayConfig{number}') not in taken)
        properties['activeActive'] = True
        properties['ipConfigurations'] = present + [
            _configuration(next(free), subnet, public_ip) for public_ip in missing
        ]
    return _overlay(body, {'properties': properties})


@change.register
def _(connection: Connection, body: Mapping[str, Any]) -> dict[str, Any]:
    tags = {} if connection.tags is None else {'tags': dict(connection.tags)}
    return {**_overlay(body, {'properties': _tunnel(connection.tunnel)}), **tags}


def _overlay(body: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The body with each field that `asked` names, at any depth, replaced."""
    merged = dict(body)
    for name, value in asked.items():
        present = merged.get(name)
        if isinstance(present, Mapping) and isinstance(value, Mapping):
            value = _overlay(present, value)
        merged[name] = value
    return merged


def with_key(body: Mapping[str, Any], key: SharedKey | None) -> dict[str, Any]:
    """A connection's body ready to be sent: its key, and gateways as the schema types them.

    The schema types the gateways as whole ones, whose `properties` is required: it may be empty (recorded 2023).
    """
    properties = dict(body['properties'])
    for name in ('virtualNetworkGateway1', 'virtualNetworkGateway2'):
        properties[name] = {'id': properties[name]['id'], 'properties': {}}
    if key is not None:
        properties['sharedKey'] = key.reveal()
    return {**body, 'properties': properties}


def _tunnel(tunnel: Tunnel) -> dict[str, Any]:
    asked = {
        'enableBgp': tunnel.enable_bgp,
        'ipsecPolicies': None if tunnel.policies is None else list(map(_policy, tunnel.policies)),
        'dpdTimeoutSeconds': tunnel.dpd_timeout,
        'connectionMode': tunnel.mode,
        'usePolicyBasedTrafficSelectors': tunnel.policy_based,
        'trafficSelectorPolicies': None
        if tunnel.selectors is None
        else [
            {'localAddressRanges': list(one.local), 'remoteAddressRanges': list(one.remote)} for one in tunnel.selectors
        ],
    }
    return {name: value for name, value in asked.items() if value is not None}


def _policy(policy: IpsecPolicy) -> dict[str, Any]:
    return {theirs: getattr(policy, ours) for ours, theirs in POLICY_FIELDS.items()}


def _configuration(name: str, subnet: str, public_ip: ResourceId) -> dict[str, Any]:
    return {
        'name': name,
        'properties': {
            'privateIPAllocationMethod': 'Dynamic',
            'subnet': {'id': subnet},
            'publicIPAddress': {'id': str(public_ip)},
        },
    }


def _subnet(subnet: Subnet) -> dict[str, Any]:
    return {'name': subnet.name, 'properties': {'addressPrefix': subnet.prefix}}


def _tagged(body: dict[str, Any], tags: Mapping[str, str] | None) -> dict[str, Any]:
    return {**body, 'tags': dict(tags)} if tags else body
