"""Findings about one end's VNet: its place, its address space, its subnets, its GatewaySubnet, its peerings."""

from collections.abc import Iterator
from itertools import combinations

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network import skus
from azext_vnet2vnet.network.address_space import contains, overlaps, parse_prefix
from azext_vnet2vnet.network.desired import End
from azext_vnet2vnet.network.diagnostic import Diagnostic, Kind, Severity
from azext_vnet2vnet.network.observed import FAILED, ObservedSubnet, Site
from azext_vnet2vnet.network.resource_id import GATEWAY_SUBNET
from azext_vnet2vnet.planning.site_plan import Layout


def check_vnet(end: End, site: Site, layout: Layout) -> Iterator[Diagnostic]:
    """Does it exist, or can it be created where it is wanted?"""
    if site.vnet:
        yield from _check_existing_vnet(end, site)
    elif not end.address_prefixes:
        yield rules.VNET_MISSING.found(
            f'VNet {end.vnet} does not exist',
            f'Check its name and group, or have it created: {end.option("address-prefixes")} PREFIX gives its address '
            'space',
        )
    if layout.location is None:
        yield rules.LOCATION_UNKNOWN.found(
            f"Neither VNet '{end.vnet.name}' nor its group '{end.vnet.group}' exists, so there is "
            'no location to take over',
            f'Give {end.option("location")} REGION, such as eastus',
        )
    elif site.regions and layout.location not in site.regions:
        yield rules.LOCATION_UNKNOWN.found(
            f"Subscription {end.vnet.subscription} has no location '{layout.location}'",
            f'Give {end.option("location")} a name that `az account list-locations --query [].name` lists',
            kind=Kind.ARGUMENT,
        )
    if not site.vnet:
        yield from _check_new_vnet(end)


def _check_existing_vnet(end: End, site: Site) -> Iterator[Diagnostic]:
    vnet = site.vnet
    if vnet.state == FAILED:
        yield rules.VNET_FAILED.found(
            f'VNet {vnet.id} is in state Failed', f'Repair it first: az network vnet update --ids {vnet.id}'
        )
    if end.location and end.location != vnet.location:
        yield rules.LOCATION_DIFFERS.found(
            f'VNet {vnet.id} is in {vnet.location}, not in {end.location}',
            f'Leave {end.option("location")} away: the VNet exists',
        )
    for option, typed, present in (
        ('address-prefixes', end.address_prefixes, vnet.address_prefixes),
        (
            'subnets',
            [subnet.prefix for subnet in end.subnets],
            [prefix for subnet in vnet.subnets for prefix in subnet.prefixes],
        ),
    ):
        unknown = sorted(set(typed) - set(present))
        if unknown:
            yield rules.VNET_DIFFERS.found(
                f'VNet {vnet.id} exists and has not the {option.replace("-", " ")} {", ".join(unknown)}',
                f'Leave {end.option(option)} away to use the VNet as it is; change a VNet with `az network vnet`',
            )


def _check_new_vnet(end: End) -> Iterator[Diagnostic]:
    option = end.option('subnets')
    for one, other in combinations(end.address_prefixes, 2):
        if overlaps([one], [other]):
            yield rules.PREFIXES_OVERLAP.found(
                f'{end.option("address-prefixes")}: {one} and {other} overlap', 'Give prefixes that share no address'
            )
    names = [subnet.name.lower() for subnet in end.subnets]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield rules.SUBNET_TWICE.found(f"{option} names subnet '{name}' twice", 'Give each subnet a name of its own')
    if GATEWAY_SUBNET.lower() in names:
        yield rules.SUBNET_RESERVED.found(
            f'{option} names {GATEWAY_SUBNET}, which has an option of its own',
            f'Give its prefix with {end.option("gateway-subnet")}',
        )
    for subnet in end.subnets if end.address_prefixes else ():
        if not contains(end.address_prefixes, subnet.prefix):
            yield _outside(end, option, subnet.prefix, end.address_prefixes)
    for one, other in combinations(end.subnets, 2):
        if overlaps([one.prefix], [other.prefix]):
            yield rules.SUBNETS_OVERLAP.found(
                f'{option}: {one.name} {one.prefix} and {other.name} {other.prefix} overlap',
                'Give the subnets prefixes that share no address',
            )


def check_gateway_subnet(end: End, site: Site, layout: Layout) -> Iterator[Diagnostic]:
    """Is there a GatewaySubnet that a gateway can live in, or room for one?"""
    option = end.option('gateway-subnet')
    present = site.vnet.gateway_subnet if site.vnet else None
    if present:
        if end.gateway_subnet and end.gateway_subnet not in present.prefixes:
            yield rules.GATEWAY_SUBNET_DIFFERS.found(
                f'VNet {end.vnet} has a {GATEWAY_SUBNET} with {", ".join(present.prefixes)}, not {end.gateway_subnet}',
                f'Leave {option} away to use it',
            )
        yield from _check_tenants(end, site, present)
    elif end.gateway_subnet:
        yield from _check_typed_gateway_subnet(end, site, layout)
    elif layout.gateway_subnet is None and layout.address_prefixes:
        yield rules.GATEWAY_SUBNET_NO_ROOM.found(
            f'VNet {end.vnet} has no room for a {GATEWAY_SUBNET}: no free '
            f'/{skus.SMALLEST_GATEWAY_SUBNET} or larger in {", ".join(layout.address_prefixes)}',
            'Add an address prefix to the VNet, or make one of its subnets smaller',
        )
    if layout.gateway_subnet and not layout.existing_gateway:
        yield from _check_size(end, site, layout)


def _check_tenants(end: End, site: Site, subnet: ObservedSubnet) -> Iterator[Diagnostic]:
    """What else holds the GatewaySubnet (documented: nothing but gateways, no NSG, no default route).

    Where a gateway lives in it already, that is told and no reason to stop.
    """
    severity = Severity.WARNING if site.vpn_gateway else Severity.ERROR
    name = f'{GATEWAY_SUBNET} of VNet {end.vnet}'
    update = f'az network vnet subnet update --ids {end.vnet}/subnets/{GATEWAY_SUBNET}'
    if subnet.delegations:
        yield rules.GATEWAY_SUBNET_DELEGATED.found(
            f'{name} is delegated to {", ".join(subnet.delegations)}',
            f'Remove the delegation: {update} --remove delegations',
            severity=severity,
        )
    if subnet.security_group:
        yield rules.GATEWAY_SUBNET_NSG.found(
            f'{name} has network security group {subnet.security_group}, which a gateway does not take',
            f'Remove it: {update} --network-security-group null',
            severity=severity,
        )
    if site.default_routes:
        yield rules.GATEWAY_SUBNET_DEFAULT_ROUTE.found(
            f'{name} has route table {subnet.route_table} with a route for '
            '0.0.0.0/0, which cuts a gateway off from its control plane',
            f'Remove the route, or the table: {update} --route-table null',
            severity=severity,
        )


def _check_typed_gateway_subnet(end: End, site: Site, layout: Layout) -> Iterator[Diagnostic]:
    option = end.option('gateway-subnet')
    if layout.address_prefixes and not contains(layout.address_prefixes, end.gateway_subnet):
        yield _outside(end, option, end.gateway_subnet, layout.address_prefixes)
    taken = (
        [(subnet.name, prefix) for subnet in site.vnet.subnets for prefix in subnet.prefixes]
        if site.vnet
        else [(subnet.name, subnet.prefix) for subnet in end.subnets]
    )
    for name, prefix in taken:
        if overlaps([end.gateway_subnet], [prefix]):
            yield rules.SUBNETS_OVERLAP.found(
                f"{option} {end.gateway_subnet} overlaps subnet '{name}' {prefix}",
                f'Give {option} a free prefix, or leave it away: the highest free /27 is taken',
            )


def _check_size(end: End, site: Site, layout: Layout) -> Iterator[Diagnostic]:
    network = parse_prefix(layout.gateway_subnet)
    length = network.prefixlen
    larger = f'Give {end.option("gateway-subnet")} a /27 or larger'
    if network.version != 4:
        yield rules.GATEWAY_SUBNET_IPV6.found(
            f'{GATEWAY_SUBNET} {network} of VNet {end.vnet} has no IPv4 prefix, which a gateway needs', larger
        )
    elif length > skus.SMALLEST_GATEWAY_SUBNET:
        yield rules.GATEWAY_SUBNET_SMALL.found(
            f'{GATEWAY_SUBNET} {network} of VNet {end.vnet} is smaller than '
            f'/{skus.SMALLEST_GATEWAY_SUBNET}, which a gateway needs at least',
            larger,
            kind=Kind.ARGUMENT,
        )
    elif length > skus.COEXISTENCE_LENGTH and any(
        gateway.gateway_type.lower() == 'expressroute' for gateway in site.gateways
    ):
        yield rules.GATEWAY_SUBNET_SMALL.found(
            f'{GATEWAY_SUBNET} {network} of VNet {end.vnet} is smaller than '
            f'/{skus.COEXISTENCE_LENGTH}, which a VPN gateway needs beside an ExpressRoute gateway',
            'Make it larger before the VPN gateway is created',
        )
    elif length > skus.GATEWAY_SUBNET_LENGTHS[0]:
        yield rules.GATEWAY_SUBNET_TIGHT.found(
            f'{GATEWAY_SUBNET} {network} of VNet {end.vnet} is smaller than the '
            'recommended /27: later changes may find no room',
            larger,
        )


def check_peerings(end: End, site: Site, layout: Layout) -> Iterator[Diagnostic]:
    """Do the VNet's peerings leave it a gateway of its own?"""
    for peering in site.vnet.peerings if site.vnet else ():
        if peering.uses_remote_gateways and not layout.existing_gateway:
            yield rules.REMOTE_GATEWAY_USED.found(
                f'VNet {end.vnet} uses the gateway of {peering.far_vnet} through '
                f"peering '{peering.name}', and can have none of its own meanwhile",
                'Switch that off: az network vnet peering update --set useRemoteGateways=false '
                f'--ids {end.vnet}/virtualNetworkPeerings/{peering.name}',
            )


def check_peered(site: Site, far: End) -> Iterator[Diagnostic]:
    """Will traffic between the two VNets take the VPN?"""
    for peering in site.vnet.peerings if site.vnet else ():
        if peering.far_vnet == far.vnet:
            yield rules.VNETS_PEERED.found(
                f"The two VNets are peered: traffic between them takes the peering '{peering.name}', not the VPN",
                'Delete the peering if the VPN is to carry the traffic',
            )


def _outside(end: End, option: str, prefix: str, space) -> Diagnostic:
    return rules.PREFIX_OUTSIDE.found(
        f"{option}: {prefix} is not inside the address space {', '.join(space)} of VNet '{end.vnet.name}'",
        'Give a prefix inside it',
    )
