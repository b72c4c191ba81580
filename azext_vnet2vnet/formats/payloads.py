"""REST bodies of Azure <-> the values of the domain. Shapes: published JSON schema and recorded answers."""
from functools import singledispatch
from typing import Mapping

from azext_vnet2vnet.domain.ids import GATEWAY_SUBNET, VNET_TYPE, ResourceId, gateway_subnet_of
from azext_vnet2vnet.domain.model import (
    Connection, Gateway, GatewaySubnet, Group, KeySetting, PublicIp, Resource, Subnet, Vnet)
from azext_vnet2vnet.domain.observed import (
    ObservedConnection, ObservedGateway, ObservedPublicIp, ObservedSubnet, ObservedVnet, Region)
from azext_vnet2vnet.domain.secret import SharedKey


@singledispatch
def to_arm(resource: Resource, key: SharedKey | None = None) -> dict:
    """The request body that writes the resource; the only place where a key is put into a body."""
    raise TypeError(f'no body for {type(resource).__name__}')


@to_arm.register
def _(group: Group, key=None) -> dict:
    return _tagged({'location': group.location}, group.tags)


@to_arm.register
def _(vnet: Vnet, key=None) -> dict:
    return _tagged({'location': vnet.location, 'properties': {
        'addressSpace': {'addressPrefixes': list(vnet.address_prefixes)},
        'subnets': [_subnet(subnet) for subnet in vnet.subnets]}}, vnet.tags)


@to_arm.register
def _(subnet: GatewaySubnet, key=None) -> dict:
    return _subnet(subnet.as_subnet())


@to_arm.register
def _(public_ip: PublicIp, key=None) -> dict:
    body = {'location': public_ip.location, 'sku': {'name': 'Standard'}, 'properties': {
        'publicIPAddressVersion': 'IPv4', 'publicIPAllocationMethod': 'Static'}}
    if public_ip.zones:
        body['zones'] = list(public_ip.zones)
    return _tagged(body, public_ip.tags)


@to_arm.register
def _(gateway: Gateway, key=None) -> dict:
    subnet = {'id': str(gateway_subnet_of(gateway.vnet))}
    return _tagged({'location': gateway.location, 'properties': {
        'gatewayType': 'Vpn', 'vpnType': 'RouteBased', 'vpnGatewayGeneration': gateway.generation,
        'sku': {'name': gateway.sku, 'tier': gateway.sku},
        'activeActive': len(gateway.public_ips) > 1, 'enableBgp': False,
        'ipConfigurations': [
            {'name': f'vnetGatewayConfig{number}', 'properties': {
                'privateIPAllocationMethod': 'Dynamic', 'subnet': subnet, 'publicIPAddress': {'id': str(public_ip)}}}
            for number, public_ip in enumerate(gateway.public_ips)]}}, gateway.tags)


@to_arm.register
def _(connection: Connection, key: SharedKey | None = None) -> dict:
    # The schema types the gateways as whole gateways, whose `properties` is required: it may be empty (recorded 2023).
    properties = {'connectionType': 'Vnet2Vnet',
                  'virtualNetworkGateway1': {'id': str(connection.gateway), 'properties': {}},
                  'virtualNetworkGateway2': {'id': str(connection.far_gateway), 'properties': {}}}
    if key is not None:
        properties['sharedKey'] = key.reveal()
    return _tagged({'location': connection.location, 'properties': properties}, connection.tags)


@to_arm.register
def _(_setting: KeySetting, key: SharedKey | None = None) -> dict:
    return {'value': key.reveal()}


def overlay(body: Mapping, asked: Mapping) -> dict:
    """`body` with the fields of `asked` laid over it, field by field; what `asked` does not name stays."""
    merged = dict(body)
    for name, value in asked.items():
        present = merged.get(name)
        merged[name] = overlay(present, value) if isinstance(present, Mapping) and isinstance(value, Mapping) else value
    return merged


def vnet_from_arm(body: Mapping) -> ObservedVnet:
    """A virtual network as Azure describes it."""
    properties = body['properties']
    return ObservedVnet(ResourceId.parse(body['id']), body['location'], properties.get('provisioningState', ''),
                        tuple(properties['addressSpace'].get('addressPrefixes', ())),
                        tuple(subnet_from_arm(subnet) for subnet in properties.get('subnets', ())))


def subnet_from_arm(body: Mapping) -> ObservedSubnet:
    """A subnet as Azure describes it, with one prefix or a list of them."""
    properties = body['properties']
    one = properties.get('addressPrefix')
    prefixes = properties.get('addressPrefixes') or ((one,) if one else ())
    users = (_parse(user.get('id')) for user in properties.get('ipConfigurations', ()))
    return ObservedSubnet(body['name'], tuple(prefixes), tuple(user for user in users if user))


def public_ip_from_arm(body: Mapping) -> ObservedPublicIp:
    """A public IP as Azure describes it."""
    properties = body['properties']
    user = properties.get('ipConfiguration') or properties.get('natGateway') or {}
    return ObservedPublicIp(ResourceId.parse(body['id']), body['location'], properties.get('provisioningState', ''),
                            body.get('sku', {}).get('name', ''), properties.get('publicIPAllocationMethod', ''),
                            tuple(body.get('zones', ())), _parse(user.get('id')))


def gateway_from_arm(body: Mapping) -> ObservedGateway:
    """A virtual network gateway as Azure describes it.

    Its addresses stand in `tunnelIpAddresses`, once it is made (recorded 2023 to 2026).
    """
    properties = body['properties']
    configurations = [configuration['properties'] for configuration in properties.get('ipConfigurations', ())]
    subnets = [_parse(configuration.get('subnet', {}).get('id')) for configuration in configurations]
    bgp = properties.get('bgpSettings') or {}
    return ObservedGateway(
        ResourceId.parse(body['id']), body['location'], properties.get('provisioningState', ''),
        properties.get('gatewayType', ''), properties.get('vpnType', ''), properties.get('sku', {}).get('name', ''),
        properties.get('vpnGatewayGeneration', ''), bool(properties.get('activeActive')), bgp.get('asn') or 0,
        next((subnet.parent for subnet in subnets if subnet and subnet.parent.is_a(VNET_TYPE)
              and subnet.name.lower() == GATEWAY_SUBNET.lower()), None),
        tuple(filter(None, (_parse(configuration.get('publicIPAddress', {}).get('id'))
                            for configuration in configurations))),
        tuple(address for peering in bgp.get('bgpPeeringAddresses', ())
              for address in peering.get('tunnelIpAddresses', ())))


def connection_from_arm(body: Mapping) -> ObservedConnection:
    """A connection as Azure describes it; lists and answers to writes have no status (recorded)."""
    properties = body['properties']
    near, far = ((properties.get(f'virtualNetworkGateway{number}') or {}).get('id') for number in (1, 2))
    return ObservedConnection(ResourceId.parse(body['id']), body['location'], properties.get('provisioningState', ''),
                              _parse(near), _parse(far), properties.get('connectionType', ''),
                              properties.get('connectionStatus', ''), properties.get('ingressBytesTransferred') or 0,
                              properties.get('egressBytesTransferred') or 0)


def key_from_arm(body: object) -> SharedKey | None:
    """The key in the answer of a key read; None where the caller may not read it.

    Azure then says 200 with an empty array in place of the key (reported 2025), or null while it is being set
    (recorded 2017).
    """
    value = body.get('value') if isinstance(body, Mapping) else None
    try:
        return SharedKey(value) if isinstance(value, str) else None
    except ValueError:
        return None


def regions_from_arm(body: Mapping) -> dict[str, Region]:
    """The locations that a subscription can use, by name, with the logical zones of each."""
    return {entry['name']: Region(entry['name'], tuple(sorted(
        mapping['logicalZone'] for mapping in entry.get('availabilityZoneMappings') or ())))
        for entry in body['value']}


def _subnet(subnet: Subnet) -> dict:
    return {'name': subnet.name, 'properties': {'addressPrefix': subnet.prefix}}


def _tagged(body: dict, tags: Mapping[str, str] | None) -> dict:
    return {**body, 'tags': dict(tags)} if tags else body


def _parse(text: str | None) -> ResourceId | None:
    try:
        return ResourceId.parse(text) if text else None
    except ValueError:
        return None
