"""Virtual networks and their subnets."""
from tests.armsim.fabric import Call, Fabric
from tests.armsim.groups import require_group
from tests.armsim.ids import name_of, parent
from tests.armsim.network import resources
from tests.armsim.network.resources import SUBNET, VNET, envelope, parse_prefix, properties_of
from tests.armsim.operations import is_old
from tests.armsim.wire import ArmError, Response

GATEWAY_SUBNET = 'GatewaySubnet'
READ_ONLY = {'provisioningState', 'resourceGuid', 'ipConfigurations', 'purpose', 'subnets', 'privateEndpoints',
             'ipConfigurationProfiles', 'resourceNavigationLinks', 'serviceAssociationLinks', 'defaultPublicNatGateway',
             'flowLogs'}


def subnet_id(vnet: dict, name: str) -> str:
    """The id of a subnet of a VNet."""
    return f'{vnet["id"]}/subnets/{name}'


def subnets_of(fabric: Fabric, vnet: dict) -> list[dict]:
    """The records of a VNet's subnets, in their order."""
    return [fabric.world.resources[subnet_id(vnet, name).lower()] for name in vnet['subnets']]


def prefixes_of(subnet: dict) -> list[str]:
    """The prefixes of a subnet, however they were given."""
    return subnet['properties'].get('addressPrefixes') or [subnet['properties']['addressPrefix']]


def vnet_body(fabric: Fabric, record: dict, version: str) -> dict:
    """A VNet as it is answered; the parts that came with newer api-versions are recorded 2026."""
    stored = record['properties']
    properties = {'provisioningState': record['state'], 'resourceGuid': record['guid'],
                  'addressSpace': stored['addressSpace']}
    if version >= '2024-03-01':
        properties['privateEndpointVNetPolicies'] = stored.get('privateEndpointVNetPolicies', 'Disabled')
    for key in ('encryption', 'dhcpOptions', 'flowTimeoutInMinutes', 'bgpCommunities', 'ddosProtectionPlan',
                'ipAllocations'):
        if stored.get(key) is not None:
            properties[key] = stored[key]
    properties['subnets'] = [subnet_body(fabric, subnet, version) for subnet in subnets_of(fabric, record)]
    properties['virtualNetworkPeerings'] = stored.get('virtualNetworkPeerings') or []
    properties['enableDdosProtection'] = stored.get('enableDdosProtection', False)
    return envelope(record, properties, 'type', 'location', 'tags', 'properties')


def subnet_body(fabric: Fabric, record: dict, version: str) -> dict:
    """A subnet as it is answered, alone or within its VNet, whose etag it carries (recorded)."""
    stored = record['properties']
    properties = {'provisioningState': record['state']}
    if version >= '2025-07-01':
        properties['resourceGuid'] = record['guid']
    for key in ('addressPrefix', 'addressPrefixes', 'networkSecurityGroup', 'routeTable', 'natGateway'):
        if stored.get(key) is not None:
            properties[key] = stored[key]
    users = fabric.users(record['id'])
    if users and fabric.settings.foreign_nics_in_gateway_subnet and record['name'] == GATEWAY_SUBNET:
        users = users + [_foreign_nic(instance) for instance in (0, 1)]
    if users:
        properties['ipConfigurations'] = [{'id': user} for user in users]
    if version >= '2025-07-01' or stored.get('serviceEndpoints'):
        properties['serviceEndpoints'] = stored.get('serviceEndpoints') or []
    properties['delegations'] = stored.get('delegations') or []
    properties['privateEndpointNetworkPolicies'] = stored.get('privateEndpointNetworkPolicies', 'Disabled')
    properties['privateLinkServiceNetworkPolicies'] = stored.get('privateLinkServiceNetworkPolicies', 'Enabled')
    if version >= '2025-07-01' or stored.get('defaultOutboundAccess') is not None:
        properties['defaultOutboundAccess'] = stored.get('defaultOutboundAccess', False)
    vnet = fabric.find(parent(record['id']))
    return {**envelope({**record, 'etag': vnet['etag']}, properties, 'properties'), 'type': SUBNET}


def _foreign_nic(instance: int) -> str:
    # Recorded 2026: NICs of the gateway's own machines, in a subscription of Microsoft's.
    return ('/subscriptions/f0f0f0f0-0000-4000-8000-0000000000f0/resourceGroups/armrg-0000/providers/Microsoft.Compute/'
            f'virtualMachineScaleSets/vpngw/virtualMachines/{instance}/networkInterfaces/custnic/'
            'ipConfigurations/ipconfig')


def put_vnet(fabric: Fabric, call: Call) -> Response:
    """PUT of a VNet. Subnets that the body does not mention at all stay; those missing from a given list go.

    Decision: the former was announced for 2025, and holds here for every api-version.
    """
    existing, location = resources.begin_put(fabric, call, VNET)
    again = resources.joined(fabric, call, vnet_body)
    if again:
        return again
    given = {key: value for key, value in properties_of(call.body).items() if key not in READ_ONLY}
    space = (given.get('addressSpace') or {}).get('addressPrefixes')
    if not space:
        # Decision: text not recorded.
        raise ArmError(400, 'VirtualNetworkAddressSpaceRequired', f'Virtual network {call.id} needs an address '
                                                                  'space.', [])
    _check_space(space, call.id)
    record = existing or {**resources.new_record(fabric, call, VNET, location), 'subnets': []}
    wanted = properties_of(call.body).get('subnets')
    if wanted is None:
        subnets = subnets_of(fabric, record)
    else:
        subnets = [_new_subnet(fabric, record, entry) for entry in wanted]
    _check_subnets(record, space, subnets)
    kept = {subnet['name'].lower() for subnet in subnets}
    for subnet in subnets_of(fabric, record):
        if subnet['name'].lower() not in kept:
            _check_unused(fabric, subnet)
            fabric.remove(subnet['id'])
    record['properties'] = given
    record['subnets'] = [subnet['name'] for subnet in subnets]
    for subnet in subnets:
        subnet['state'] = 'Updating'
        fabric.world.resources[subnet['id'].lower()] = subnet
    resources.update_record(fabric, record, call)
    operation = _start(fabric, call, record, 'vnet-put', 200 if existing else 201)
    return resources.answer_put(fabric, call, record, operation, vnet_body)


def _start(fabric: Fabric, call: Call, vnet: dict, kind: str, status: int, resource_id: str = '') -> dict:
    return fabric.start(kind, call, resource_id or vnet['id'], name='PutVirtualNetworkOperation',
                        location=vnet['location'], duration=fabric.settings.duration(kind),
                        locks=(vnet['id'], resource_id or vnet['id']), status_code=status,
                        body=resources.fingerprint(call.body))


def _new_subnet(fabric: Fabric, vnet: dict, entry: dict) -> dict:
    identifier = subnet_id(vnet, entry.get('name') or '')
    existing = fabric.find(identifier)
    given = {key: value for key, value in properties_of(entry).items() if key not in READ_ONLY}
    if existing and fabric.users(identifier) and _prefixes(given) != prefixes_of(existing):
        # Decision: text not recorded.
        raise ArmError(400, 'InUsePrefixCannotBeDeleted',
                       f'IpPrefix {prefixes_of(existing)[0]} on Subnet {existing["name"]} has active allocations and '
                       'cannot '
                       'be deleted.', [])
    base = existing or {'id': identifier, 'name': entry.get('name') or '', 'type': SUBNET, 'location': vnet['location'],
                        'tags': None, 'guid': fabric.guid(), 'etag': '', 'changed': fabric.now, 'succeeded_once': False}
    return {**base, 'state': 'Updating', 'properties': given}


def _prefixes(given: dict) -> list:
    return given.get('addressPrefixes') or [given.get('addressPrefix')]


def _check_space(space: list[str], resource_id: str) -> None:
    networks = [parse_prefix(prefix, resource_id) for prefix in space]
    for index, one in enumerate(networks):
        for other in networks[index + 1:]:
            if one.version == other.version and one.overlaps(other):
                # Decision: text not recorded.
                raise ArmError(400, 'NetcfgInvalidVirtualNetworkSite',
                               f'Address prefixes {one} and {other} of virtual network {resource_id} overlap.', [])


def _check_subnets(vnet: dict, space: list[str], subnets: list[dict]) -> None:
    inside = [parse_prefix(prefix, vnet['id']) for prefix in space]
    seen: list = []
    for subnet in subnets:
        for prefix in _prefixes(subnet['properties']):
            network = parse_prefix(prefix, subnet['id'])
            if not any(network.version == one.version and network.subnet_of(one) for one in inside):
                raise ArmError(400, 'NetcfgInvalidSubnet',
                               f"Subnet '{subnet['name']}' is not valid in virtual network '{vnet['name']}'.", [])
            if network.version == 4 and network.prefixlen > 29:
                # Decision: /29 is documented as the smallest, the text is not recorded.
                raise ArmError(400, 'NetcfgInvalidSubnet',
                               f"Subnet '{subnet['name']}' is not valid in virtual network '{vnet['name']}'.", [])
            if any(network.version == other.version and network.overlaps(other) for other in seen):
                # Decision: code and text are the commonly seen ones, not recorded.
                raise ArmError(400, 'NetcfgSubnetRangesOverlap',
                               f"Subnet '{subnet['name']}' is not valid because its IP address range overlaps with "
                               "that of an "
                               f"existing subnet in virtual network '{vnet['name']}'.", [])
            seen.append(network)


def _parent(fabric: Fabric, call: Call) -> dict:
    vnet = fabric.find(parent(call.id))
    if vnet is None:
        require_group(fabric, call.target.subscription, call.target.group)
        raise ArmError(404, 'ParentResourceNotFound', 'Can not perform requested operation on nested resource. Parent '
                                                      'resource '
                       f"'{name_of(parent(call.id))}' not found.")
    return vnet


def put_subnet(fabric: Fabric, call: Call) -> Response:
    """PUT of one subnet: an operation on its VNet; two at a time on one VNet collide with 409 (field)."""
    existing, _ = resources.begin_put(fabric, call, SUBNET)
    vnet = _parent(fabric, call)
    again = resources.joined(fabric, call, subnet_body)
    if again:
        return again
    operation = fabric.holder(vnet['id'])
    if operation:
        raise resources.refusal(fabric, call, operation)
    subnet = _new_subnet(fabric, vnet, {**call.body, 'name': call.name})
    others = [one for one in subnets_of(fabric, vnet) if one['id'].lower() != subnet['id'].lower()]
    _check_subnets(vnet, vnet['properties']['addressSpace']['addressPrefixes'], [*others, subnet])
    fabric.world.resources[subnet['id'].lower()] = subnet
    if existing is None:
        vnet['subnets'].append(call.name)
    vnet['state'] = 'Updating'  # Decision: whether the VNet says so was not recorded.
    vnet['etag'] = fabric.etag()
    operation = _start(fabric, call, vnet, 'subnet-put', 200 if existing else 201, subnet['id'])
    return resources.answer_put(fabric, call, subnet, operation, subnet_body)


def finish_put(fabric: Fabric, operation: dict) -> None:
    """The effect of a VNet's or a subnet's PUT."""
    written = resources.settle_put(fabric, operation)
    if written is None:
        return
    vnet = written if written['type'] == VNET else fabric.find(parent(written['id']))
    vnet['etag'] = fabric.etag()
    if written['type'] == SUBNET:
        vnet['state'] = 'Succeeded'
    else:
        for subnet in subnets_of(fabric, vnet):
            subnet['state'] = vnet['state']


def get_vnet(fabric: Fabric, call: Call) -> Response:
    """GET of a VNet."""
    return resources.get(fabric, call, vnet_body, etag_header=True)


def list_vnets(fabric: Fabric, call: Call) -> Response:
    """GET of the VNets of a group or a subscription."""
    return resources.list_in_group(fabric, call, VNET, vnet_body)


def patch_vnet(fabric: Fabric, call: Call) -> Response:
    """PATCH of a VNet's tags."""
    return resources.patch_tags(fabric, call, vnet_body)


def get_subnet(fabric: Fabric, call: Call) -> Response:
    """GET of a subnet; where only the subnet is missing the network provider answers the 404 (recorded)."""
    vnet = resources.require(fabric, call, parent(call.id))
    record = fabric.find(call.id)
    if record is None:
        raise ArmError(404, 'NotFound', f'Resource {call.id} not found.', [])
    return Response(200, subnet_body(fabric, record, call.version), {'ETag': vnet['etag']}, is_old(call))


def list_subnets(fabric: Fabric, call: Call) -> Response:
    """GET of a VNet's subnets."""
    vnet = resources.require(fabric, call)
    return Response(200, {'value': [subnet_body(fabric, one, call.version) for one in subnets_of(fabric, vnet)]}, {},
                    is_old(call))


def _check_unused(fabric: Fabric, subnet: dict) -> None:
    users = fabric.users(subnet['id'])
    if users:  # recorded, also as the answer to the deletion of the VNet
        raise ArmError(400, 'InUseSubnetCannotBeDeleted',
                       f'Subnet {subnet["name"]} is in use by {users[0]} and cannot be deleted. In order to delete the '
                       'subnet, '
                       'delete all the resources within the subnet. See aka.ms/deletesubnet.', [])


def delete_vnet(fabric: Fabric, call: Call) -> Response:
    """DELETE of a VNet."""
    if resources.is_missing(fabric, call):
        return Response(204)
    for subnet in subnets_of(fabric, fabric.find(call.id)):
        _check_unused(fabric, subnet)
    return resources.begin_delete(fabric, call, 'vnet-delete', 'DeleteVirtualNetworkOperation')


def delete_subnet(fabric: Fabric, call: Call) -> Response:
    """DELETE of a subnet."""
    if resources.is_missing(fabric, call):
        return Response(204)
    _check_unused(fabric, fabric.find(call.id))
    operation = fabric.holder(parent(call.id))
    if operation and operation['resource'].lower() != call.id.lower():
        raise resources.refusal(fabric, call, operation)
    return resources.begin_delete(fabric, call, 'subnet-delete', 'DeleteSubnetOperation', (parent(call.id),))


def finish_delete(fabric: Fabric, operation: dict) -> None:
    """The effect of a VNet's or a subnet's DELETE."""
    record = fabric.find(operation['resource'])
    if operation['error']:
        record['state'] = 'Failed'
        return
    if record['type'] == VNET:
        for subnet in subnets_of(fabric, record):
            fabric.remove(subnet['id'])
    else:
        vnet = fabric.find(parent(record['id']))
        vnet['subnets'] = [name for name in vnet['subnets'] if name.lower() != name_of(record['id']).lower()]
        vnet['etag'] = fabric.etag()
    fabric.remove(record['id'])
