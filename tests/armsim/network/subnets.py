"""Subnets: their bodies, their rules, and the way of each kind of request."""

from tests.armsim.access import require_linked
from tests.armsim.fabric import Call, Fabric
from tests.armsim.groups import require_group
from tests.armsim.ids import name_of, parent
from tests.armsim.network import methods, resources
from tests.armsim.network.prefixes import contains, overlapping, parse_prefix
from tests.armsim.network.references import reference
from tests.armsim.network.resources import ROUTE_TABLE, SECURITY_GROUP, SUBNET, envelope, id_of, properties_of, refuse
from tests.armsim.wire import ArmError, Response

GATEWAY_SUBNET = 'GatewaySubnet'
LONGEST_PREFIX = 29  # documented
REFERENCES = {'networkSecurityGroup': SECURITY_GROUP, 'routeTable': ROUTE_TABLE}
READ_ONLY = {
    'provisioningState',
    'resourceGuid',
    'ipConfigurations',
    'purpose',
    'privateEndpoints',
    'ipConfigurationProfiles',
    'resourceNavigationLinks',
    'serviceAssociationLinks',
}


def subnet_id(vnet: dict, name: str) -> str:
    """The id of a subnet of a VNet."""
    return f'{vnet["id"]}/subnets/{name}'


def subnets_of(fabric: Fabric, vnet: dict) -> list[dict]:
    """The records of a VNet's subnets, in their order."""
    return [fabric.world.resources[subnet_id(vnet, name).lower()] for name in vnet['subnets']]


def prefixes_of(subnet: dict) -> list:
    """The prefixes of a subnet, however they were given."""
    return subnet['properties'].get('addressPrefixes') or [subnet['properties'].get('addressPrefix')]


def subnet_body(fabric: Fabric, record: dict, version: str) -> dict:
    """A subnet as it is answered, alone or within its VNet, whose etag it carries (recorded)."""
    stored = record['properties']
    properties = {'provisioningState': record['state']}
    if version >= '2025-07-01':
        properties['resourceGuid'] = record['guid']
    for key in ('addressPrefix', 'addressPrefixes', *REFERENCES, 'natGateway'):
        if stored.get(key) is not None:
            properties[key] = stored[key]
    users = fabric.users(record['id'])
    if users and fabric.settings.foreign_nics_in_gateway_subnet and record['name'] == GATEWAY_SUBNET:
        users = users + [_foreign_nic(instance) for instance in (0, 1)]
    if users:
        properties['ipConfigurations'] = [{'id': user} for user in users]
    if version >= '2025-07-01' or stored.get('serviceEndpoints'):
        properties['serviceEndpoints'] = stored.get('serviceEndpoints') or []
    vnet = fabric.find(parent(record['id']))
    properties['delegations'] = [_delegation(record, vnet['etag'], entry) for entry in stored.get('delegations') or []]
    properties['privateEndpointNetworkPolicies'] = stored.get('privateEndpointNetworkPolicies', 'Disabled')
    properties['privateLinkServiceNetworkPolicies'] = stored.get('privateLinkServiceNetworkPolicies', 'Enabled')
    if version >= '2025-07-01' or stored.get('defaultOutboundAccess') is not None:
        properties['defaultOutboundAccess'] = stored.get('defaultOutboundAccess', False)
    return {**envelope({**record, 'etag': vnet['etag']}, properties, 'properties'), 'type': SUBNET}


def _delegation(subnet: dict, etag: str, entry: dict) -> dict:
    # Documented form. Decision: what a service may do with the subnet (`actions`) is left empty.
    return {
        'name': entry['name'],
        'id': f'{subnet["id"]}/delegations/{entry["name"]}',
        'etag': etag,
        'properties': {
            'provisioningState': subnet['state'],
            'serviceName': properties_of(entry).get('serviceName'),
            'actions': [],
        },
        'type': SUBNET + '/delegations',
    }


def _foreign_nic(instance: int) -> str:
    # Recorded 2026: NICs of the gateway's own machines, in a subscription of Microsoft's.
    return (
        '/subscriptions/f0f0f0f0-0000-4000-8000-0000000000f0/resourceGroups/armrg-0000/providers/Microsoft.Compute/'
        f'virtualMachineScaleSets/vpngw/virtualMachines/{instance}/networkInterfaces/custnic/'
        'ipConfigurations/ipconfig'
    )


def new_subnet(fabric: Fabric, call: Call, vnet: dict, entry: dict) -> dict:
    """The record that a body makes of a subnet, not yet part of the world. Raises ArmError for what it refers to."""
    identifier = subnet_id(vnet, entry.get('name') or '')
    existing = fabric.find(identifier)
    given = {key: value for key, value in properties_of(entry).items() if key not in READ_ONLY and value is not None}
    for key, kind in REFERENCES.items():
        if given.get(key):
            referred = id_of(given[key])
            path = f'properties.{key}'
            given[key] = {'id': reference(fabric, call, referred, kind, path, vnet['location'])['id']}
            require_linked(fabric, call, SUBNET + '/write', [(referred, (kind + '/join/action',))])
    base = existing or {
        'id': identifier,
        'name': entry.get('name') or '',
        'type': SUBNET,
        'location': vnet['location'],
        'tags': None,
        'guid': fabric.guid(),
        'etag': '',
        'changed': fabric.now,
        'succeeded_once': False,
    }
    record = {**base, 'state': 'Updating', 'properties': given}
    if existing and fabric.users(identifier) and prefixes_of(record) != prefixes_of(existing):
        # Decision: text not recorded.
        raise refuse(
            'InUsePrefixCannotBeDeleted',
            f'IpPrefix {prefixes_of(existing)[0]} on Subnet {existing["name"]} '
            'has active allocations and cannot be deleted.',
        )
    return record


def check_subnets(vnet: dict, space: list[str], subnets: list[dict]) -> None:
    """Raise ArmError 400 unless the subnets lie in the address space, apart from each other, and are large enough."""
    inside = [parse_prefix(prefix, vnet['id']) for prefix in space]
    seen: list = []
    for subnet in subnets:
        for prefix in prefixes_of(subnet):
            network = parse_prefix(prefix, subnet['id'])
            too_small = network.version == 4 and network.prefixlen > LONGEST_PREFIX
            if too_small or not any(contains(one, network) for one in inside):
                # Recorded for a prefix outside. Decision: the same text for one that is too small.
                raise refuse(
                    'NetcfgInvalidSubnet',
                    f"Subnet '{subnet['name']}' is not valid in virtual network '{vnet['name']}'.",
                )
            if overlapping([network], seen):
                # Decision: code and text are the commonly seen ones, not recorded.
                raise refuse(
                    'NetcfgSubnetRangesOverlap',
                    f"Subnet '{subnet['name']}' is not valid because its IP address range overlaps with that "
                    f"of an existing subnet in virtual network '{vnet['name']}'.",
                )
            seen.append(network)


def parent_vnet(fabric: Fabric, call: Call) -> dict:
    """The record of the VNet that a subnet or a peering is of. Raises ArmError 404 (recorded)."""
    vnet = fabric.find(parent(call.id))
    if vnet is None:
        require_group(fabric, call.target.subscription, call.target.group)
        raise ArmError(
            404,
            'ParentResourceNotFound',
            'Can not perform requested operation on nested resource. Parent '
            f"resource '{name_of(parent(call.id))}' not found.",
        )
    return vnet


def put_subnet(fabric: Fabric, call: Call) -> Response:
    """PUT of one subnet: an operation on its VNet; two at a time on one VNet collide with 409 (field)."""
    existing, _ = methods.begin_put(fabric, call, SUBNET)
    vnet = parent_vnet(fabric, call)
    again = methods.joined(fabric, call, subnet_body)
    if again:
        return again
    resources.require_idle(fabric, call, vnet['id'])
    subnet = new_subnet(fabric, call, vnet, {**call.body, 'name': call.name})
    others = [one for one in subnets_of(fabric, vnet) if one['id'].lower() != subnet['id'].lower()]
    check_subnets(vnet, vnet['properties']['addressSpace']['addressPrefixes'], [*others, subnet])
    fabric.world.resources[subnet['id'].lower()] = subnet
    if existing is None:
        vnet['subnets'].append(call.name)
    vnet['state'] = 'Updating'  # Decision: whether the VNet says so was not recorded.
    vnet['etag'] = fabric.etag()
    return methods.accept_put(
        fabric,
        call,
        subnet,
        subnet_body,
        'subnet-put',
        'PutSubnetOperation',
        created=existing is None,
        locks=(vnet['id'],),
    )


def finish_put(fabric: Fabric, operation: dict) -> None:
    """The effect of a subnet's PUT."""
    subnet = resources.settle_put(fabric, operation)
    if subnet:
        vnet = fabric.find(parent(subnet['id']))
        vnet['state'] = 'Succeeded'
        vnet['etag'] = fabric.etag()


def check_unused(fabric: Fabric, subnet: dict) -> None:
    """Raise ArmError 400 for a subnet that is in use (recorded, also as the answer to the deletion of its VNet)."""
    users = fabric.users(subnet['id'])
    if users:
        raise refuse(
            'InUseSubnetCannotBeDeleted',
            f'Subnet {subnet["name"]} is in use by {users[0]} and cannot be deleted. In order to delete the '
            'subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.',
        )


def delete_subnet(fabric: Fabric, call: Call) -> Response:
    """DELETE of a subnet."""
    if resources.is_missing(fabric, call):
        return Response(204)
    check_unused(fabric, fabric.find(call.id))
    operation = fabric.holder(parent(call.id))
    if operation and operation['resource'].lower() != call.id.lower():
        raise resources.refusal(fabric, call, operation)
    return methods.begin_delete(fabric, call, 'subnet-delete', 'DeleteSubnetOperation', (parent(call.id),))


def finish_delete(fabric: Fabric, operation: dict) -> None:
    """The effect of a subnet's DELETE."""
    subnet = resources.settle_delete(fabric, operation)
    if subnet:
        vnet = fabric.find(parent(subnet['id']))
        vnet['subnets'] = [name for name in vnet['subnets'] if name.lower() != subnet['name'].lower()]
        vnet['etag'] = fabric.etag()
