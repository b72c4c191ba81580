"""Public IP addresses."""

from tests.armsim.fabric import Call, Fabric, digest
from tests.armsim.network import methods, resources
from tests.armsim.network.resources import PUBLIC_IP, envelope, properties_of, refuse
from tests.armsim.wire import Response

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
    existing, location = methods.begin_put(fabric, call, PUBLIC_IP)
    again = methods.joined(fabric, call, public_ip_body)
    if again:
        return again
    sku = {
        'name': (call.body.get('sku') or {}).get('name') or 'Basic',
        'tier': (call.body.get('sku') or {}).get('tier') or 'Regional',
    }
    given = properties_of(call.body)
    stored = {**UNSAID, **{key: given[key] for key in STORED if given.get(key) is not None}}
    zones = call.body.get('zones') or None
    _check(call, existing, sku, stored, zones)
    _check_zones(fabric, call, location, zones)
    if existing is None:
        _check_quota(fabric, call, location, sku)
    record = existing or {
        **resources.new_record(fabric, call, PUBLIC_IP, location),
        'sku': sku,
        'zones': zones,
        'address': _address(call.id, location),
    }
    record['properties'] = stored
    resources.update_record(fabric, record, call)
    return methods.accept_put(
        fabric, call, record, public_ip_body, 'public-ip-put', 'PutPublicIpAddressOperation', created=existing is None
    )


def _address(resource_id: str, location: str) -> str:
    one, two = digest(resource_id.lower())[:2]
    return f'20.{digest(location)[0]}.{one}.{two}'


def _check(call: Call, existing: dict | None, sku: dict, stored: dict, zones: list[str] | None) -> None:
    # Decision: only the first of these codes and texts is recorded.
    if existing and sorted(zones or []) != sorted(existing['zones'] or []):
        raise refuse(
            'ResourceAvailabilityZonesCannotBeModified',
            f'Resource {call.id} has an existing availability zone constraint '
            f'{", ".join(existing["zones"] or [])} and the request has availability zone constraint '
            f'{", ".join(zones or [])}, which do not match. Zones cannot be added/updated/removed once the '
            'resource is created. The resource cannot be updated from regional to zonal or vice-versa.',
        )
    if existing and sku['name'] != existing['sku']['name']:
        raise refuse('PublicIPAddressSkuCannotBeUpdated', f'The SKU of public IP address {call.id} cannot be changed.')
    if sku['name'] == 'Basic' and zones:
        raise refuse('BasicSkuPublicIpCannotHaveZones', f'Basic SKU public IP {call.id} cannot have zones.')
    if sku['name'] != 'Basic' and stored['publicIPAllocationMethod'] != 'Static':
        raise refuse(
            'StandardSkuPublicIpMustBeStatic',
            f'Standard SKU public IP {call.id} must have AllocationMethod set to Static.',
        )


def _check_zones(fabric: Fabric, call: Call, location: str, zones: list[str] | None) -> None:
    available = fabric.settings.location_zones[location]
    if zones and not available:  # the code is reported, the text is a decision
        raise refuse(
            'LocationNotSupportAvailabilityZones',
            f"The resource '{call.id}' cannot have availability zones: location '{location}' does not support them.",
        )
    if zones and not set(zones) <= set(available):  # Decision: not recorded.
        raise refuse('InvalidAvailabilityZones', f"Location '{location}' has the zones {', '.join(available)}.")


def _check_quota(fabric: Fabric, call: Call, location: str, sku: dict) -> None:
    present = [
        record
        for record in resources.in_region(fabric, call.target.subscription, location)
        if record['type'] == PUBLIC_IP
    ]
    basic = fabric.settings.basic_public_ip_quota
    if sku['name'] == 'Basic' and sum(record['sku']['name'] == 'Basic' for record in present) >= basic:
        raise refuse(
            'IPv4BasicSkuPublicIpCountLimitReached',
            f'Cannot create more than {basic} IPv4 Basic SKU public IP addresses for this subscription in this region.',
        )
    most = fabric.settings.public_ip_quota
    if len(present) >= most:  # documented
        raise refuse(
            'PublicIPCountLimitReached',
            f'Cannot create more than {most} public IP addresses for this subscription in this region.',
        )


def delete_public_ip(fabric: Fabric, call: Call) -> Response:
    """DELETE; refused while something uses the address (recorded)."""
    if resources.is_missing(fabric, call):
        return Response(204)
    users = fabric.users(call.id)
    if users:
        raise refuse(
            'PublicIPAddressCannotBeDeleted',
            f'Public IP address {call.id} can not be deleted since it is still allocated to resource '
            f'{users[0]}. In order to delete the public IP, disassociate/detach the Public IP address from '
            'the resource.  To learn how to do this, see aka.ms/deletepublicip.',
        )
    return methods.begin_delete(fabric, call, 'public-ip-delete', 'DeletePublicIpAddressOperation')
