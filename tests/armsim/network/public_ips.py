"""Public IP addresses."""
from tests.armsim.fabric import Call, Fabric, digest
from tests.armsim.network import resources
from tests.armsim.network.resources import PUBLIC_IP, envelope, properties_of
from tests.armsim.wire import ArmError, Response

# What an absent property means (recorded).
UNSAID = {'publicIPAddressVersion': 'IPv4', 'publicIPAllocationMethod': 'Dynamic', 'idleTimeoutInMinutes': 4}
STORED = (*UNSAID, 'dnsSettings', 'ipTags', 'ddosSettings')


def public_ip_body(fabric: Fabric, record: dict, _: str) -> dict:
    """A public IP as it is answered; a static one shows its address once it is Succeeded (recorded)."""
    stored = record['properties']
    properties = {'provisioningState': record['state'], 'resourceGuid': record['guid']}
    if record['succeeded_once'] and stored['publicIPAllocationMethod'] == 'Static':
        properties['ipAddress'] = record['address']
    for key in ('publicIPAddressVersion', 'publicIPAllocationMethod', 'idleTimeoutInMinutes'):
        properties[key] = stored[key]
    if stored.get('dnsSettings'):
        properties['dnsSettings'] = stored['dnsSettings']
    properties['ipTags'] = stored.get('ipTags') or []
    users = fabric.users(record['id'])
    if users:
        properties['ipConfiguration'] = {'id': users[0]}
    if record['sku']['name'] != 'Basic':
        properties['ddosSettings'] = stored.get('ddosSettings') or {'protectionMode': 'VirtualNetworkInherited'}
    return envelope(record, properties, 'location', 'tags', 'zones', 'properties', 'type', 'sku')


def put_public_ip(fabric: Fabric, call: Call) -> Response:
    """PUT of a public IP."""
    existing, location = resources.begin_put(fabric, call, PUBLIC_IP)
    again = resources.joined(fabric, call, public_ip_body)
    if again:
        return again
    sku = {'name': (call.body.get('sku') or {}).get('name') or 'Basic',
           'tier': (call.body.get('sku') or {}).get('tier') or 'Regional'}
    given = properties_of(call.body)
    stored = {**UNSAID, **{key: given[key] for key in STORED if given.get(key) is not None}}
    zones = call.body.get('zones') or None
    _check(fabric, call, existing, location, sku, stored, zones)
    record = existing or {**resources.new_record(fabric, call, PUBLIC_IP, location), 'sku': sku, 'zones': zones,
                          'address': _address(call.id, location)}
    record['properties'] = stored
    resources.update_record(fabric, record, call)
    operation = fabric.start('public-ip-put', call, record['id'], name='PutPublicIpAddressOperation', location=location,
                             duration=fabric.settings.duration('public-ip-put'), locks=(record['id'],),
                             status_code=200 if existing else 201, body=resources.fingerprint(call.body))
    return resources.answer_put(fabric, call, record, operation, public_ip_body)


def _address(resource_id: str, location: str) -> str:
    one, two = digest(resource_id.lower())[:2]
    return f'20.{digest(location)[0]}.{one}.{two}'


def _check(fabric: Fabric, call: Call, existing: dict | None, location: str, sku: dict, stored: dict,
           zones: list[str] | None) -> None:
    if existing and sorted(zones or []) != sorted(existing['zones'] or []):
        raise ArmError(400, 'ResourceAvailabilityZonesCannotBeModified',
                       f'Resource {call.id} has an existing availability zone constraint '
                       f'{", ".join(existing["zones"] or [])} and the request has availability zone constraint '
                       f'{", ".join(zones or [])}, which do not match. Zones cannot be added/updated/removed once the '
                       'resource is created. The resource cannot be updated from regional to zonal or vice-versa.', [])
    if existing and sku['name'] != existing['sku']['name']:
        # Decision: text not recorded.
        raise ArmError(400, 'PublicIPAddressSkuCannotBeUpdated', f'The SKU of public IP address {call.id} cannot be '
                                                                 'changed.',
                       [])
    if sku['name'] == 'Basic':
        if zones:
            # Decision: text not recorded.
            raise ArmError(400, 'BasicSkuPublicIpCannotHaveZones', f'Basic SKU public IP {call.id} cannot have '
                                                                   'zones.', [])
        count = sum(record['type'] == PUBLIC_IP and record['sku']['name'] == 'Basic' and record['location'] == location
                    for record in fabric.world.resources.values())
        quota = fabric.settings.basic_public_ip_quota
        if existing is None and count >= quota:
            raise ArmError(400, 'IPv4BasicSkuPublicIpCountLimitReached',
                           f'Cannot create more than {quota} IPv4 Basic SKU public IP addresses for this subscription '
                           'in this region.', [])
    elif stored['publicIPAllocationMethod'] != 'Static':
        # Decision: text not recorded.
        raise ArmError(400, 'StandardSkuPublicIpMustBeStatic',
                       f'Standard SKU public IP {call.id} must have AllocationMethod set to Static.', [])
    available = fabric.settings.location_zones[location]
    if zones and not set(zones) <= set(available):
        if not available:  # the code is reported, the text is a decision
            raise ArmError(400, 'LocationNotSupportAvailabilityZones',
                           f"The resource '{call.id}' cannot have availability zones: location '{location}' does not "
                           'support them.', [])
        # Decision: not recorded.
        raise ArmError(400, 'InvalidAvailabilityZones', f"Location '{location}' has the zones "
                                                        f"{', '.join(available)}.", [])


def finish_put(fabric: Fabric, operation: dict) -> None:
    """The effect of a PUT."""
    resources.settle_put(fabric, operation)


def get_public_ip(fabric: Fabric, call: Call) -> Response:
    """GET."""
    return resources.get(fabric, call, public_ip_body, etag_header=True)


def list_public_ips(fabric: Fabric, call: Call) -> Response:
    """GET of the public IPs of a group or a subscription."""
    return resources.list_in_group(fabric, call, PUBLIC_IP, public_ip_body)


def patch_public_ip(fabric: Fabric, call: Call) -> Response:
    """PATCH of the tags."""
    return resources.patch_tags(fabric, call, public_ip_body)


def delete_public_ip(fabric: Fabric, call: Call) -> Response:
    """DELETE; refused while something uses the address (recorded)."""
    if resources.is_missing(fabric, call):
        return Response(204)
    users = fabric.users(call.id)
    if users:
        raise ArmError(400, 'PublicIPAddressCannotBeDeleted',
                       f'Public IP address {fabric.find(call.id)["id"]} can not be deleted since it is still allocated '
                       f'to resource {users[0]}. In order to delete the public IP, disassociate/detach the Public IP '
                       'address from the resource.  To learn how to do this, see aka.ms/deletepublicip.', [])
    return resources.begin_delete(fabric, call, 'public-ip-delete', 'DeletePublicIpAddressOperation')


def finish_delete(fabric: Fabric, operation: dict) -> None:
    """The effect of a DELETE."""
    if operation['error']:
        fabric.find(operation['resource'])['state'] = 'Failed'
    else:
        fabric.remove(operation['resource'])
