"""Peerings of virtual networks, as far as gateways care about them."""

from tests.armsim.access import require_linked
from tests.armsim.fabric import Call, Fabric
from tests.armsim.ids import parent
from tests.armsim.network import methods, resources
from tests.armsim.network.prefixes import overlapping, space_of
from tests.armsim.network.references import reference
from tests.armsim.network.resources import GATEWAY, PEERING, VNET, envelope, id_of, properties_of, refuse
from tests.armsim.network.subnets import GATEWAY_SUBNET, parent_vnet
from tests.armsim.wire import Response

# What an absent flag means (documented).
FLAGS = {
    'allowVirtualNetworkAccess': True,
    'allowForwardedTraffic': False,
    'allowGatewayTransit': False,
    'useRemoteGateways': False,
    'doNotVerifyRemoteGateways': False,
    'peerCompleteVnets': True,
}


def peering_id(vnet: dict, name: str) -> str:
    """The id of a peering of a VNet."""
    return f'{vnet["id"]}/virtualNetworkPeerings/{name}'


def peerings_of(fabric: Fabric, vnet: dict) -> list[dict]:
    """The records of a VNet's peerings, in their order."""
    return [fabric.world.resources[peering_id(vnet, name).lower()] for name in vnet.get('peerings', ())]


def uses_remote_gateways(fabric: Fabric, vnet_id: str) -> bool:
    """Whether a VNet reaches other networks through the gateway of a peered VNet."""
    return any(peering['properties']['useRemoteGateways'] for peering in peerings_of(fabric, fabric.find(vnet_id)))


def _gateways(fabric: Fabric, vnet_id: str) -> list[str]:
    users = fabric.users(f'{vnet_id}/subnets/{GATEWAY_SUBNET}')
    return list(dict.fromkeys(parent(user) for user in users if fabric.find(parent(user))['type'] == GATEWAY))


def _far_peering(fabric: Fabric, peering: dict) -> dict | None:
    far = fabric.find(peering['remote'])
    near = parent(peering['id']).lower()
    return next((one for one in peerings_of(fabric, far) if one['remote'].lower() == near), None) if far else None


def _state(fabric: Fabric, peering: dict) -> str:
    """Initiated until the other side is made, Connected with it, Disconnected when that is gone (documented)."""
    if _far_peering(fabric, peering):
        return 'Connected'
    return 'Disconnected' if peering['met'] else 'Initiated'


def peering_body(fabric: Fabric, record: dict, _: str) -> dict:
    """A peering as it is answered (form from the field, 2025)."""
    remote = fabric.find(record['remote'])
    space = remote['properties']['addressSpace'] if remote else {'addressPrefixes': record['space']}
    stored = record['properties']
    properties = {
        'provisioningState': record['state'],
        'resourceGuid': record['guid'],
        'peeringState': _state(fabric, record),
        'peeringSyncLevel': 'FullyInSync',
        'remoteVirtualNetwork': {'id': record['remote']},
        **{flag: stored[flag] for flag in FLAGS},
    }
    if stored['useRemoteGateways']:
        properties['remoteGateways'] = [{'id': gateway} for gateway in _gateways(fabric, record['remote'])]
    properties.update(remoteAddressSpace=space, remoteVirtualNetworkAddressSpace=space)
    return envelope({**record, 'etag': fabric.find(parent(record['id']))['etag']}, properties, 'properties', 'type')


def new_peering(fabric: Fabric, call: Call, vnet: dict, entry: dict) -> dict:
    """The record that a body makes of a peering, not yet part of the world. Raises ArmError for what Azure refuses."""
    identifier = peering_id(vnet, entry.get('name') or '')
    given = properties_of(entry)
    referred = id_of(given.get('remoteVirtualNetwork'))
    remote = reference(fabric, call, referred, VNET, 'properties.remoteVirtualNetwork')
    require_linked(fabric, call, PEERING + '/write', [(referred, (VNET + '/peer/action',))])
    existing = fabric.find(identifier)
    if existing and existing['remote'].lower() != remote['id'].lower():  # Decision: code and text.
        raise refuse(
            'RemotePeeringCannotBeChanged', f'The remote virtual network of peering {identifier} cannot be changed.'
        )
    record = existing or {
        'id': identifier,
        'name': entry.get('name') or '',
        'type': PEERING,
        'tags': None,
        'etag': '',
        'location': vnet['location'],
        'guid': fabric.guid(),
        'changed': fabric.now,
        'met': False,
        'succeeded_once': False,
    }
    flags = {flag: default if given.get(flag) is None else given[flag] for flag, default in FLAGS.items()}
    record = {
        **record,
        'state': 'Updating',
        'properties': flags,
        'remote': remote['id'],
        'space': remote['properties']['addressSpace']['addressPrefixes'],
    }
    _check(fabric, record, vnet, remote)
    return record


def _check(fabric: Fabric, record: dict, vnet: dict, remote: dict) -> None:
    found = overlapping(space_of(vnet), space_of(remote))
    if found:  # Decision: code and text are the commonly seen ones, not recorded.
        raise refuse(
            'VnetAddressSpacesOverlap',
            f'Cannot create or update peering {record["id"]}. Virtual networks '
            f'{vnet["id"]} and {remote["id"]} cannot be peered because their address spaces overlap. '
            f'Overlapping address prefixes: {found[0]}, {found[1]}.',
        )
    flags = record['properties']
    if not flags['useRemoteGateways']:
        return
    cannot = f'Peering {record["id"]} cannot have '
    if _gateways(fabric, vnet['id']):  # documented; Decision: code and text
        raise refuse(
            'PeeringCannotUseRemoteGatewaysBesideOwn',
            f'{cannot}UseRemoteGateways flag set to true, because '
            f'virtual network {vnet["id"]} has a gateway of its own.',
        )
    if not _gateways(fabric, remote['id']) and not flags['doNotVerifyRemoteGateways']:  # reported
        raise refuse(
            'RemoteVnetHasNoGateways',
            f'{cannot}UseRemoteGateway flag set to true because remote virtual '
            f'network {remote["id"]} referenced by the peering does not have any gateways.',
        )
    far = _far_peering(fabric, record)
    if far and not far['properties']['allowGatewayTransit']:  # reported text; Decision: the code
        raise refuse(
            'RemotePeeringDoesNotAllowGatewayTransit',
            f'{cannot}UseRemoteGateways flag set to true, because '
            'corresponding remote peering has AllowGatewayTransit flag set to false.',
        )


def replace(fabric: Fabric, vnet: dict, wanted: list[dict]) -> None:
    """Let a VNet have these peerings and no others."""
    for peering in peerings_of(fabric, vnet):
        fabric.remove(peering['id'])
    vnet['peerings'] = [peering['name'] for peering in wanted]
    for peering in wanted:
        fabric.world.resources[peering['id'].lower()] = peering
        far = _far_peering(fabric, peering)
        if far:
            far['met'] = peering['met'] = True


def put_peering(fabric: Fabric, call: Call) -> Response:
    """PUT of one peering: an operation on its VNet."""
    existing, _ = methods.begin_put(fabric, call, PEERING)
    vnet = parent_vnet(fabric, call)
    again = methods.joined(fabric, call, peering_body)
    if again:
        return again
    resources.require_idle(fabric, call, vnet['id'])
    peering = new_peering(fabric, call, vnet, {**call.body, 'name': call.name})
    others = [one for one in peerings_of(fabric, vnet) if one['id'].lower() != peering['id'].lower()]
    replace(fabric, vnet, [*others, peering])
    return methods.accept_put(
        fabric,
        call,
        peering,
        peering_body,
        'peering-put',
        'PutVirtualNetworkPeeringOperation',
        created=existing is None,
        locks=(vnet['id'],),
    )


def delete_peering(fabric: Fabric, call: Call) -> Response:
    """DELETE of a peering."""
    if resources.is_missing(fabric, call):
        return Response(204)
    return methods.begin_delete(fabric, call, 'peering-delete', 'DeleteVirtualNetworkPeeringOperation')


def finish_delete(fabric: Fabric, operation: dict) -> None:
    """The effect of a peering's DELETE."""
    peering = resources.settle_delete(fabric, operation)
    if peering:
        vnet = fabric.find(parent(peering['id']))
        vnet['peerings'] = [name for name in vnet['peerings'] if name.lower() != peering['name'].lower()]
