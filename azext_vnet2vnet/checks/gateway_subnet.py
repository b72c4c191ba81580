"""What is wrong with a GatewaySubnet: its size, its place, and what else is on it."""

from collections.abc import Iterator

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.vnet import check_inside
from azext_vnet2vnet.network import skus
from azext_vnet2vnet.network.address_space import overlaps, parse_prefix
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.diagnostic import Diagnostic, Kind, Severity
from azext_vnet2vnet.network.observed import ObservedRouteTable
from azext_vnet2vnet.network.pair import ObservedEnd
from azext_vnet2vnet.network.resource_id import GATEWAY_SUBNET, gateway_subnet_of
from azext_vnet2vnet.planning.pair_plan import EndState

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def check_gateway_subnet(end: EndState) -> Iterator[Diagnostic]:
    """Is there a GatewaySubnet that a gateway can live in, or room for one?

    What else is on it stops a new gateway; where one lives in it already, that is a warning. Without the routes of
    gateways no new connection works, so that this stops one, too.
    """
    desired, vnet, layout = end.desired, end.observed.vnet, end.layout
    present = vnet.gateway_subnet if vnet else None
    option = desired.option('gateway-subnet')
    if present:
        if desired.gateway_subnet and desired.gateway_subnet not in present.prefixes:
            yield rules.GATEWAY_SUBNET_DIFFERS.found(
                f'VNet {desired.vnet} has a {GATEWAY_SUBNET} with {", ".join(present.prefixes)}, not '
                f'{desired.gateway_subnet}',
                f'Omit {option} to use it',
            )
        yield from check_contents(
            end.observed, WARNING if end.observed.gateway else ERROR, WARNING if end.observed.half else ERROR
        )
    elif desired.gateway_subnet:
        yield from _check_typed_prefix(end, desired.gateway_subnet)
    elif layout.gateway_subnet is None and layout.address_prefixes:
        yield rules.GATEWAY_SUBNET_NO_ROOM.found(
            f'VNet {desired.vnet} has no room for a {GATEWAY_SUBNET}: no free '
            f'/{skus.SMALLEST_GATEWAY_SUBNET} or larger in {", ".join(layout.address_prefixes)}',
            'Add an address prefix to the VNet, or make one of its subnets smaller',
        )
    if layout.gateway_subnet and not layout.existing_gateway:
        yield from _check_size(end, layout.gateway_subnet)


def check_contents(end: ObservedEnd, severity: Severity, propagation: Severity) -> Iterator[Diagnostic]:
    """What is on the GatewaySubnet beside gateways; `propagation` is how severe it is to keep their routes out.

    A route table that does neither harm is a warning: it may lead the traffic of the VPN elsewhere.
    """
    subnet = end.vnet.gateway_subnet if end.vnet else None
    if not (subnet and end.vnet):
        return
    name = f'{GATEWAY_SUBNET} of VNet {end.vnet.id}'
    table = f'{name} has route table {subnet.route_table}'
    update = f'Run az network vnet subnet update --ids {quoted(gateway_subnet_of(end.vnet.id))}'
    if subnet.delegations:
        yield rules.GATEWAY_SUBNET_DELEGATED.found(
            f'{name} is delegated to {", ".join(subnet.delegations)}', f'{update} --remove delegations'
        )
    if subnet.security_group:
        yield rules.GATEWAY_SUBNET_NSG.found(
            f'{name} has network security group {subnet.security_group}, which Azure does not support there',
            f'{update} --network-security-group null',
            severity=severity,
        )
    if subnet.route_table is None:
        return
    routes = end.route_table or ObservedRouteTable()  # One that cannot be read is a warning, too.
    if routes.has_default_route:
        yield rules.GATEWAY_SUBNET_DEFAULT_ROUTE.found(
            f'{table} with a route for 0.0.0.0/0, which cuts a gateway off from its control plane',
            f'{update} --route-table null',
            severity=severity,
        )
    if routes.is_propagation_off:
        yield rules.GATEWAY_SUBNET_PROPAGATION_OFF.found(
            f'{table} without propagation of gateway routes, without which a gateway does not work',
            f'Run az network route-table update --disable-bgp-route-propagation false '
            f'--ids {quoted(subnet.route_table)}',
            severity=propagation,
        )
    if not routes.has_default_route and not routes.is_propagation_off:
        yield rules.GATEWAY_SUBNET_ROUTE_TABLE.found(
            f'{table}, which may lead the traffic of the VPN elsewhere',
            f'Check its routes: az network route-table show --ids {quoted(subnet.route_table)}',
        )


def _check_typed_prefix(end: EndState, prefix: str) -> Iterator[Diagnostic]:
    desired, vnet, space = end.desired, end.observed.vnet, end.layout.address_prefixes
    option = desired.option('gateway-subnet')
    if space:
        yield from check_inside(desired.vnet, option, prefix, space)
    taken = (
        [(subnet.name, one) for subnet in vnet.subnets for one in subnet.prefixes]
        if vnet
        else [(subnet.name, subnet.prefix) for subnet in desired.subnets]
    )
    for name, other in taken:
        if overlaps([prefix], [other]):
            yield rules.SUBNETS_OVERLAP.found(
                f"{option} {prefix} overlaps subnet '{name}' {other}",
                f'Give {option} a free prefix, or omit it: the highest free /27 is taken',
            )


def _check_size(end: EndState, prefix: str) -> Iterator[Diagnostic]:
    network = parse_prefix(prefix)
    length = network.prefixlen
    name = f'{GATEWAY_SUBNET} {network} of VNet {end.desired.vnet}'
    larger = f'Give {end.desired.option("gateway-subnet")} a /27 or larger'
    is_beside_express_route = any(one.gateway_type.lower() == 'expressroute' for one in end.observed.other_gateways)
    if network.version != 4:
        yield rules.GATEWAY_SUBNET_IPV6.found(f'{name} has no IPv4 prefix, which a gateway requires', larger)
    elif length > skus.SMALLEST_GATEWAY_SUBNET:
        yield rules.GATEWAY_SUBNET_SMALL.found(
            f'{name} is smaller than /{skus.SMALLEST_GATEWAY_SUBNET}, which a gateway requires at least',
            larger,
            kind=Kind.ARGUMENT,
        )
    elif length > skus.COEXISTENCE_LENGTH and is_beside_express_route:
        yield rules.GATEWAY_SUBNET_SMALL.found(
            f'{name} is smaller than /{skus.COEXISTENCE_LENGTH}, which a VPN gateway requires beside an ExpressRoute '
            'gateway',
            'Make it larger before the VPN gateway is created',
        )
    elif length > skus.GATEWAY_SUBNET_LENGTHS[0]:
        yield rules.GATEWAY_SUBNET_TIGHT.found(
            f'{name} is smaller than the recommended /27: later changes may find no room', larger
        )
