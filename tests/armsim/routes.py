"""The table of everything that is answered with a bearer token: method and shape of the path -> handler and right."""

from collections.abc import Callable

from tests.armsim import access, accounts, graph, groups, locks, operations
from tests.armsim.deployments import jobs, requests, run, what_if
from tests.armsim.fabric import Route
from tests.armsim.network import (
    bgp,
    connections,
    gateways,
    peerings,
    public_ips,
    shared_keys,
    subnets,
    tunnels,
    usages,
    vnets,
)
from tests.armsim.network.attachables import Attachable, route_tables, security_groups
from tests.armsim.network.connection_bodies import connection_body, listed_body, single_body
from tests.armsim.network.gateway_bodies import gateway_body
from tests.armsim.network.methods import (
    Body,
    Handler,
    answerer,
    asker,
    child_lister,
    child_reader,
    lister,
    patcher,
    reader,
)
from tests.armsim.network.resources import (
    CONNECTION,
    GATEWAY,
    PEERING,
    PUBLIC_IP,
    SUBNET,
    VNET,
    settle_delete,
    settle_put,
)

SUBSCRIPTION = 'subscriptions/{}'
GROUPS = 'subscriptions/{}/resourcegroups'
GROUP = GROUPS + '/{}'
IN_SUBSCRIPTION = SUBSCRIPTION + '/providers/microsoft.network/'
IN_GROUP = GROUP + '/providers/microsoft.network/'
LOCATION = IN_SUBSCRIPTION + 'locations/{}/'
SCOPE = '{scope}/providers/microsoft.authorization/'
GROUP_TYPE = 'Microsoft.Resources/subscriptions/resourceGroups'
DEPLOYMENT_TYPE = 'Microsoft.Resources/deployments'
LOCK_TYPE = 'Microsoft.Authorization/locks'


def _crud(kind: str, place: str, put: Handler, delete: Handler, body: Body, etag_header: bool = True) -> dict:
    many = place + kind.partition('/')[2].lower()
    one = many + '/{}'
    return {
        ('PUT', one): Route(put, kind, 'write'),
        ('GET', one): Route(reader(body, etag_header), kind, 'read'),
        ('PATCH', one): Route(patcher(body), kind, 'write'),
        ('DELETE', one): Route(delete, kind, 'delete'),
        ('GET', many): Route(lister(kind, body), kind, 'read'),
    }


def _parts(kind: str, put: Handler, delete: Handler, body: Body, children_of: Callable) -> dict:
    return _children(kind, put, child_reader(body), child_lister(children_of, body), delete)


def _attachable(one: Attachable) -> dict:
    return {
        **_crud(one.type, IN_GROUP, one.put, one.delete, one.body),
        **_children(f'{one.type}/{one.parts}', one.put_part, one.get_part, one.list_parts, one.delete_part),
    }


def _children(kind: str, put: Handler, get: Handler, get_list: Handler, delete: Handler) -> dict:
    _, above, name = kind.lower().split('/')
    many = f'{IN_GROUP}{above}/{{}}/{name}'
    one = many + '/{}'
    return {
        ('PUT', one): Route(put, kind, 'write'),
        ('GET', one): Route(get, kind, 'read'),
        ('DELETE', one): Route(delete, kind, 'delete'),
        ('GET', many): Route(get_list, kind, 'read', drop=1),
    }


def _deployments(place: str) -> dict:
    many = place + '/providers/microsoft.resources/deployments'
    one = many + '/{}'
    row = DEPLOYMENT_TYPE + '/operations'

    def route(handler: Callable, action: str, kind: str = DEPLOYMENT_TYPE, drop: int = 0) -> Route:
        return Route(handler, kind, action, 'resources', drop)

    return {
        ('PUT', one): route(requests.put_deployment, 'write'),
        ('GET', one): route(requests.get_deployment, 'read'),
        ('HEAD', one): route(requests.head_deployment, 'read'),
        ('GET', many): route(requests.list_deployments, 'read'),
        ('DELETE', one): route(requests.delete_deployment, 'delete'),
        ('POST', one + '/validate'): route(requests.validate_deployment, 'validate/action', drop=1),
        ('POST', one + '/whatif'): route(what_if.what_if, 'whatIf/action', drop=1),
        ('POST', one + '/cancel'): route(requests.cancel_deployment, 'cancel/action', drop=1),
        ('GET', one + '/operationstatuses/{}'): route(requests.get_status, 'read', drop=2),
        # In groups without the provider in the path as well (recorded).
        **{
            ('GET', place + path + '/operations'): route(requests.list_operations, 'read', row, 1)
            for path in ('/deployments/{}', '/providers/microsoft.resources/deployments/{}')
        },
        **{
            ('GET', place + path + '/operations/{}'): route(requests.get_operation, 'read', row, 2)
            for path in ('/deployments/{}', '/providers/microsoft.resources/deployments/{}')
        },
    }


def _post(handler, kind: str, action: str, drop: int = 1) -> Route:
    return Route(handler, kind, action, drop=drop)


GATEWAY_SHAPE = IN_GROUP + 'virtualnetworkgateways/{}'
CONNECTION_SHAPE = IN_GROUP + 'connections/{}'
KEY_TYPE = CONNECTION + '/sharedKey'

ROUTES: dict[tuple[str, str], Route] = {
    ('GET', 'tenants'): Route(accounts.list_tenants, versions='subscriptions'),
    ('GET', 'subscriptions'): Route(accounts.list_subscriptions, versions='subscriptions'),
    ('GET', SUBSCRIPTION): Route(
        accounts.get_subscription, 'Microsoft.Resources/subscriptions', 'read', 'subscriptions'
    ),
    ('GET', SUBSCRIPTION + '/locations'): Route(
        accounts.list_locations, 'Microsoft.Resources/subscriptions/locations', 'read', 'subscriptions'
    ),
    ('GET', SUBSCRIPTION + '/providers/*'): Route(
        accounts.get_provider, 'Microsoft.Resources/subscriptions/providers', 'read', 'resources'
    ),
    ('POST', SUBSCRIPTION + '/providers/*/register'): Route(
        accounts.register_provider, 'Microsoft.Network', 'register/action', 'resources', drop=1
    ),
    ('GET', GROUPS): Route(groups.list_groups, GROUP_TYPE, 'read', 'resources'),
    ('PUT', GROUP): Route(groups.put_group, GROUP_TYPE, 'write', 'resources'),
    ('PATCH', GROUP): Route(groups.patch_group, GROUP_TYPE, 'write', 'resources'),
    ('GET', GROUP): Route(groups.get_group, GROUP_TYPE, 'read', 'resources'),
    ('HEAD', GROUP): Route(groups.head_group, GROUP_TYPE, 'read', 'resources'),
    ('DELETE', GROUP): Route(groups.delete_group, GROUP_TYPE, 'delete', 'resources'),
    ('GET', GROUP + '/resources'): Route(groups.list_resources, GROUP_TYPE + '/resources', 'read', 'resources', drop=1),
    ('GET', SUBSCRIPTION + '/resources'): Route(
        groups.list_resources, 'Microsoft.Resources/subscriptions/resources', 'read', 'resources', drop=1
    ),
    ('GET', SUBSCRIPTION + '/operationresults/{}'): Route(jobs.poll, versions='resources'),
    ('GET', SCOPE + 'permissions'): Route(
        access.list_permissions, 'Microsoft.Authorization/permissions', 'read', 'permissions'
    ),
    ('GET', SCOPE + 'locks'): Route(locks.list_locks, LOCK_TYPE, 'read', 'locks'),
    ('GET', SCOPE + 'locks/{}'): Route(locks.get_lock, LOCK_TYPE, 'read', 'locks'),
    ('PUT', SCOPE + 'locks/{}'): Route(locks.put_lock, LOCK_TYPE, 'write', 'locks'),
    ('DELETE', SCOPE + 'locks/{}'): Route(locks.delete_lock, LOCK_TYPE, 'delete', 'locks'),
    **_deployments(SUBSCRIPTION),
    **_deployments(GROUP),
    ('POST', 'providers/microsoft.resourcegraph/resources'): Route(graph.query, versions='graph'),
    ('GET', LOCATION + 'operations/{}'): Route(operations.get_operation),
    ('GET', LOCATION + 'operationresults/{}'): Route(operations.get_operation_result),
    ('GET', LOCATION + 'usages'): Route(usages.list_usages, 'Microsoft.Network/locations/usages', 'read'),
    **_crud(VNET, IN_GROUP, vnets.put_vnet, vnets.delete_vnet, vnets.vnet_body),
    ('GET', IN_SUBSCRIPTION + 'virtualnetworks'): Route(lister(VNET, vnets.vnet_body), VNET, 'read'),
    **_parts(SUBNET, subnets.put_subnet, subnets.delete_subnet, subnets.subnet_body, subnets.subnets_of),
    **_parts(PEERING, peerings.put_peering, peerings.delete_peering, peerings.peering_body, peerings.peerings_of),
    **_attachable(security_groups),
    **_attachable(route_tables),
    **_crud(PUBLIC_IP, IN_GROUP, public_ips.put_public_ip, public_ips.delete_public_ip, public_ips.public_ip_body),
    ('GET', IN_SUBSCRIPTION + 'publicipaddresses'): Route(
        lister(PUBLIC_IP, public_ips.public_ip_body), PUBLIC_IP, 'read'
    ),
    **_crud(GATEWAY, IN_GROUP, gateways.put_gateway, gateways.delete_gateway, gateway_body, etag_header=False),
    ('GET', GATEWAY_SHAPE + '/connections'): Route(
        connections.list_of_gateway, GATEWAY + '/connections', 'read', drop=1
    ),
    ('POST', GATEWAY_SHAPE + '/reset'): _post(gateways.reset_gateway, GATEWAY, 'reset/action'),
    **{
        ('POST', f'{GATEWAY_SHAPE}/{action}'): _post(asker(action), GATEWAY, f'{action}/action')
        for action in ('getbgppeerstatus', 'getlearnedroutes', 'getadvertisedroutes')
    },
    **_crud(
        CONNECTION,
        IN_GROUP,
        connections.put_connection,
        connections.delete_connection,
        connection_body,
        etag_header=False,
    ),
    ('GET', CONNECTION_SHAPE): Route(reader(single_body), CONNECTION, 'read'),
    ('GET', IN_GROUP + 'connections'): Route(lister(CONNECTION, listed_body), CONNECTION, 'read'),
    ('GET', CONNECTION_SHAPE + '/sharedkey'): Route(shared_keys.get_key, CONNECTION, drop=1),
    ('PUT', CONNECTION_SHAPE + '/sharedkey'): Route(shared_keys.put_key, KEY_TYPE, 'write', drop=1),
    ('POST', CONNECTION_SHAPE + '/sharedkey/{}'): _post(shared_keys.reset_key, KEY_TYPE, 'reset/action', drop=2),
    ('POST', CONNECTION_SHAPE + '/getikesas'): _post(asker('getikesas'), CONNECTION, 'getikesas/action'),
    ('POST', CONNECTION_SHAPE + '/resetconnection'): _post(
        connections.reset_connection, CONNECTION, 'resetconnection/action'
    ),
}

# What happens when an operation, or another timed event, is due.
EFFECTS = {
    'vnet-put': vnets.finish_put,
    'vnet-delete': vnets.finish_delete,
    'subnet-put': subnets.finish_put,
    'subnet-delete': subnets.finish_delete,
    'peering-put': settle_put,
    'peering-delete': peerings.finish_delete,
    'attachable-put': settle_put,
    'attachable-delete': settle_delete,
    'public-ip-put': settle_put,
    'public-ip-delete': settle_delete,
    'gateway-create': gateways.finish_write,
    'gateway-update': gateways.finish_write,
    'gateway-delete': gateways.finish_delete,
    'gateway-reset': gateways.finish_write,
    'connection-create': connections.finish_put,
    'connection-update': connections.finish_put,
    'connection-delete': connections.finish_delete,
    'connection-reset': connections.finish_reset,
    'sharedkey-set': shared_keys.finish_key,
    'sharedkey-reset': shared_keys.finish_key,
    'query-getikesas': answerer(tunnels.ike_sas),
    'query-getbgppeerstatus': answerer(bgp.peer_status),
    'query-getlearnedroutes': answerer(bgp.learned_routes),
    'query-getadvertisedroutes': answerer(bgp.advertised_routes),
    'group-delete': groups.finish_delete,
    'deployment': run.go_on,
}
