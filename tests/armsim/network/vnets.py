"""Virtual networks."""

from tests.armsim.fabric import Call, Fabric
from tests.armsim.network import methods, peerings, resources
from tests.armsim.network.prefixes import overlapping, parse_prefix
from tests.armsim.network.resources import VNET, envelope, properties_of, refuse
from tests.armsim.network.subnets import check_subnets, check_unused, new_subnet, subnet_body, subnets_of
from tests.armsim.wire import Response

# What the VNet itself does not keep: what Azure only prints, and what lies in records of its own.
APART = {
    'provisioningState',
    'resourceGuid',
    'defaultPublicNatGateway',
    'flowLogs',
    'subnets',
    'virtualNetworkPeerings',
}


def vnet_body(fabric: Fabric, record: dict, version: str) -> dict:
    """A VNet as it is answered; the parts that came with newer api-versions are recorded 2026."""
    stored = record['properties']
    properties = {
        'provisioningState': record['state'],
        'resourceGuid': record['guid'],
        'addressSpace': stored['addressSpace'],
    }
    if version >= '2024-03-01':
        properties['privateEndpointVNetPolicies'] = stored.get('privateEndpointVNetPolicies', 'Disabled')
    for key in (
        'encryption',
        'dhcpOptions',
        'flowTimeoutInMinutes',
        'bgpCommunities',
        'ddosProtectionPlan',
        'ipAllocations',
    ):
        if stored.get(key) is not None:
            properties[key] = stored[key]
    properties['subnets'] = [subnet_body(fabric, subnet, version) for subnet in subnets_of(fabric, record)]
    properties['virtualNetworkPeerings'] = [
        peerings.peering_body(fabric, peering, version) for peering in peerings.peerings_of(fabric, record)
    ]
    properties['enableDdosProtection'] = stored.get('enableDdosProtection', False)
    return envelope(record, properties, 'type', 'location', 'extendedLocation', 'tags', 'properties')


def put_vnet(fabric: Fabric, call: Call) -> Response:
    """PUT of a VNet. Subnets that the body does not mention at all stay; those missing from a given list go.

    Decision: the former was announced for 2025, and holds here for every api-version, and for peerings too.
    """
    existing, location = methods.begin_put(fabric, call, VNET)
    again = methods.joined(fabric, call, vnet_body)
    if again:
        return again
    given = properties_of(call.body)
    space = (given.get('addressSpace') or {}).get('addressPrefixes')
    if not space:  # Decision: text not recorded.
        raise refuse('VirtualNetworkAddressSpaceRequired', f'Virtual network {call.id} needs an address space.')
    _check_space(space, call.id)
    record = existing or {**resources.new_record(fabric, call, VNET, location), 'subnets': [], 'peerings': []}
    subnets = subnets_of(fabric, record)
    if given.get('subnets') is not None:
        subnets = [new_subnet(fabric, call, record, entry) for entry in given['subnets']]
    check_subnets(record, space, subnets)
    dropped = [
        subnet
        for subnet in subnets_of(fabric, record)
        if subnet['name'].lower() not in {one['name'].lower() for one in subnets}
    ]
    for subnet in dropped:
        check_unused(fabric, subnet)
    wanted = given.get('virtualNetworkPeerings')
    peered = (
        None
        if wanted is None
        else [peerings.new_peering(fabric, call, {**record, 'properties': given}, entry) for entry in wanted]
    )
    for subnet in dropped:
        fabric.remove(subnet['id'])
    if peered is not None:
        peerings.replace(fabric, record, peered)
    record['properties'] = {key: value for key, value in given.items() if key not in APART and value is not None}
    record['subnets'] = [subnet['name'] for subnet in subnets]
    for subnet in subnets:
        subnet['state'] = 'Updating'
        fabric.world.resources[subnet['id'].lower()] = subnet
    resources.update_record(fabric, record, call)
    return methods.accept_put(
        fabric, call, record, vnet_body, 'vnet-put', 'PutVirtualNetworkOperation', created=existing is None
    )


def _check_space(space: list[str], resource_id: str) -> None:
    networks = [parse_prefix(prefix, resource_id) for prefix in space]
    for index, one in enumerate(networks):
        found = overlapping([one], networks[index + 1 :])
        if found:  # Decision: text not recorded.
            raise refuse(
                'NetcfgInvalidVirtualNetworkSite',
                f'Address prefixes {found[0]} and {found[1]} of virtual network {resource_id} overlap.',
            )


def finish_put(fabric: Fabric, operation: dict) -> None:
    """The effect of a VNet's PUT."""
    vnet = resources.settle_put(fabric, operation)
    for part in [*subnets_of(fabric, vnet), *peerings.peerings_of(fabric, vnet)] if vnet else ():
        part['state'] = vnet['state']


def delete_vnet(fabric: Fabric, call: Call) -> Response:
    """DELETE of a VNet. Its peerings go with it."""
    if resources.is_missing(fabric, call):
        return Response(204)
    for subnet in subnets_of(fabric, fabric.find(call.id)):
        check_unused(fabric, subnet)
    return methods.begin_delete(fabric, call, 'vnet-delete', 'DeleteVirtualNetworkOperation')


def finish_delete(fabric: Fabric, operation: dict) -> None:
    """The effect of a VNet's DELETE."""
    vnet = resources.settle_delete(fabric, operation)
    for part in [*subnets_of(fabric, vnet), *peerings.peerings_of(fabric, vnet)] if vnet else ():
        fabric.remove(part['id'])
