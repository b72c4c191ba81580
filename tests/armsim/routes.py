"""The table of everything that is answered with a bearer token: method and shape of the path -> handler and right."""
from tests.armsim import access, accounts, deployments, groups, locks, operations
from tests.armsim.fabric import Route
from tests.armsim.network import connections, gateways, public_ips, tunnels, vnets
from tests.armsim.network.resources import CONNECTION, GATEWAY, PUBLIC_IP, SUBNET, VNET

SUBSCRIPTION = 'subscriptions/{}'
GROUPS = 'subscriptions/{}/resourcegroups'
GROUP = GROUPS + '/{}'
IN_SUBSCRIPTION = SUBSCRIPTION + '/providers/microsoft.network/'
IN_GROUP = GROUP + '/providers/microsoft.network/'
LOCATION = IN_SUBSCRIPTION + 'locations/{}/'
SCOPE = '{scope}/providers/microsoft.authorization/'
DEPLOYMENTS = GROUP + '/providers/microsoft.resources/deployments'
GROUP_TYPE = 'Microsoft.Resources/subscriptions/resourceGroups'
DEPLOYMENT_TYPE = 'Microsoft.Resources/deployments'
LOCK_TYPE = 'Microsoft.Authorization/locks'


def _crud(kind: str, in_group: str, put, get, listing, patch, delete) -> dict:
    one = in_group + '/{}'
    return {('PUT', one): Route(put, kind, 'write'), ('GET', one): Route(get, kind, 'read'),
            ('PATCH', one): Route(patch, kind, 'write'), ('DELETE', one): Route(delete, kind, 'delete'),
            ('GET', in_group): Route(listing, kind, 'read')}


def _post(handler, kind: str, action: str, drop: int = 1) -> Route:
    return Route(handler, kind, action, drop=drop)


GATEWAY_SHAPE = IN_GROUP + 'virtualnetworkgateways/{}'
CONNECTION_SHAPE = IN_GROUP + 'connections/{}'
SUBNETS_SHAPE = IN_GROUP + 'virtualnetworks/{}/subnets'
KEY_TYPE = CONNECTION + '/sharedKey'

ROUTES: dict[tuple[str, str], Route] = {
    ('GET', 'tenants'): Route(accounts.list_tenants, versions='subscriptions'),
    ('GET', 'subscriptions'): Route(accounts.list_subscriptions, versions='subscriptions'),
    ('GET', SUBSCRIPTION):
        Route(accounts.get_subscription, 'Microsoft.Resources/subscriptions', 'read', 'subscriptions'),
    ('GET', SUBSCRIPTION + '/locations'):
        Route(accounts.list_locations, 'Microsoft.Resources/subscriptions/locations', 'read', 'subscriptions'),
    ('GET', SUBSCRIPTION + '/providers/*'):
        Route(accounts.get_provider, 'Microsoft.Resources/subscriptions/providers', 'read', 'resources'),
    ('POST', SUBSCRIPTION + '/providers/*/register'):
        Route(accounts.register_provider, 'Microsoft.Network', 'register/action', 'resources', drop=1),
    ('GET', GROUPS): Route(groups.list_groups, GROUP_TYPE, 'read', 'resources'),
    ('PUT', GROUP): Route(groups.put_group, GROUP_TYPE, 'write', 'resources'),
    ('PATCH', GROUP): Route(groups.patch_group, GROUP_TYPE, 'write', 'resources'),
    ('GET', GROUP): Route(groups.get_group, GROUP_TYPE, 'read', 'resources'),
    ('HEAD', GROUP): Route(groups.head_group, GROUP_TYPE, 'read', 'resources'),
    ('DELETE', GROUP): Route(groups.delete_group, GROUP_TYPE, 'delete', 'resources'),
    ('GET', GROUP + '/resources'): Route(groups.list_resources, GROUP_TYPE + '/resources', 'read', 'resources', drop=1),
    ('GET', SUBSCRIPTION + '/resources'):
        Route(groups.list_resources, 'Microsoft.Resources/subscriptions/resources', 'read', 'resources', drop=1),
    ('GET', SUBSCRIPTION + '/operationresults/{}'): Route(groups.poll_delete, versions='resources'),
    ('GET', SCOPE + 'permissions'):
        Route(access.list_permissions, 'Microsoft.Authorization/permissions', 'read', 'permissions'),
    ('GET', SCOPE + 'locks'): Route(locks.list_locks, LOCK_TYPE, 'read', 'locks'),
    ('GET', SCOPE + 'locks/{}'): Route(locks.get_lock, LOCK_TYPE, 'read', 'locks'),
    ('PUT', SCOPE + 'locks/{}'): Route(locks.put_lock, LOCK_TYPE, 'write', 'locks'),
    ('DELETE', SCOPE + 'locks/{}'): Route(locks.delete_lock, LOCK_TYPE, 'delete', 'locks'),
    ('PUT', DEPLOYMENTS + '/{}'): Route(deployments.put_deployment, DEPLOYMENT_TYPE, 'write', 'resources'),
    ('GET', DEPLOYMENTS + '/{}'): Route(deployments.get_deployment, DEPLOYMENT_TYPE, 'read', 'resources'),
    ('GET', DEPLOYMENTS): Route(deployments.list_deployments, DEPLOYMENT_TYPE, 'read', 'resources'),
    ('POST', DEPLOYMENTS + '/{}/validate'):
        Route(deployments.validate_deployment, DEPLOYMENT_TYPE, 'validate/action', 'resources', drop=1),
    ('GET', DEPLOYMENTS + '/{}/operations'):
        Route(deployments.list_operations, DEPLOYMENT_TYPE + '/operations', 'read', 'resources', drop=1),
    ('GET', DEPLOYMENTS + '/{}/operationstatuses/{}'):
        Route(deployments.get_status, DEPLOYMENT_TYPE, 'read', 'resources', drop=2),
    ('GET', LOCATION + 'operations/{}'): Route(operations.get_operation),
    ('GET', LOCATION + 'operationresults/{}'): Route(operations.get_operation_result),
    **_crud(VNET, IN_GROUP + 'virtualnetworks', vnets.put_vnet, vnets.get_vnet, vnets.list_vnets, vnets.patch_vnet,
            vnets.delete_vnet),
    ('GET', IN_SUBSCRIPTION + 'virtualnetworks'): Route(vnets.list_vnets, VNET, 'read'),
    ('PUT', SUBNETS_SHAPE + '/{}'): Route(vnets.put_subnet, SUBNET, 'write'),
    ('GET', SUBNETS_SHAPE + '/{}'): Route(vnets.get_subnet, SUBNET, 'read'),
    ('DELETE', SUBNETS_SHAPE + '/{}'): Route(vnets.delete_subnet, SUBNET, 'delete'),
    ('GET', SUBNETS_SHAPE): Route(vnets.list_subnets, SUBNET, 'read', drop=1),
    **_crud(PUBLIC_IP, IN_GROUP + 'publicipaddresses', public_ips.put_public_ip, public_ips.get_public_ip,
            public_ips.list_public_ips, public_ips.patch_public_ip, public_ips.delete_public_ip),
    ('GET', IN_SUBSCRIPTION + 'publicipaddresses'): Route(public_ips.list_public_ips, PUBLIC_IP, 'read'),
    **_crud(GATEWAY, IN_GROUP + 'virtualnetworkgateways', gateways.put_gateway, gateways.get_gateway,
            gateways.list_gateways, gateways.patch_gateway, gateways.delete_gateway),
    ('GET', GATEWAY_SHAPE + '/connections'):
        Route(connections.list_of_gateway, GATEWAY + '/connections', 'read', drop=1),
    ('POST', GATEWAY_SHAPE + '/reset'): _post(gateways.reset_gateway, GATEWAY, 'reset/action'),
    ('POST', GATEWAY_SHAPE + '/getbgppeerstatus'):
        _post(tunnels.get_bgp_peer_status, GATEWAY, 'getbgppeerstatus/action'),
    ('POST', GATEWAY_SHAPE + '/getlearnedroutes'):
        _post(tunnels.get_learned_routes, GATEWAY, 'getlearnedroutes/action'),
    ('POST', GATEWAY_SHAPE + '/getadvertisedroutes'):
        _post(tunnels.get_advertised_routes, GATEWAY, 'getadvertisedroutes/action'),
    **_crud(CONNECTION, IN_GROUP + 'connections', connections.put_connection, connections.get_connection,
            connections.list_connections, connections.patch_connection, connections.delete_connection),
    ('GET', CONNECTION_SHAPE + '/sharedkey'): Route(connections.get_key, CONNECTION, drop=1),
    ('PUT', CONNECTION_SHAPE + '/sharedkey'): Route(connections.put_key, KEY_TYPE, 'write', drop=1),
    ('POST', CONNECTION_SHAPE + '/sharedkey/{}'): _post(connections.reset_key, KEY_TYPE, 'reset/action', drop=2),
    ('POST', CONNECTION_SHAPE + '/getikesas'): _post(tunnels.get_ike_sas, CONNECTION, 'getikesas/action'),
    ('POST', CONNECTION_SHAPE + '/resetconnection'):
        _post(connections.reset_connection, CONNECTION, 'resetconnection/action'),
}

# What happens when an operation, or another timed event, is due.
EFFECTS = {
    'vnet-put': vnets.finish_put, 'subnet-put': vnets.finish_put, 'vnet-delete': vnets.finish_delete,
    'subnet-delete': vnets.finish_delete, 'public-ip-put': public_ips.finish_put,
    'public-ip-delete': public_ips.finish_delete, 'gateway-create': gateways.finish_put,
    'gateway-update': gateways.finish_put, 'gateway-delete': gateways.finish_delete,
    'gateway-reset': gateways.finish_reset, 'connection-create': connections.finish_put,
    'connection-update': connections.finish_put, 'connection-delete': connections.finish_delete,
    'connection-reset': connections.finish_reset, 'sharedkey-set': connections.finish_key,
    'sharedkey-reset': connections.finish_key, 'group-delete': groups.finish_delete,
    'deployment': deployments.go_on,
}
