"""Findings about one end's VNet: its place, its address space, its subnets, its GatewaySubnet, its peerings."""

from collections.abc import Iterator
from itertools import combinations

from azext_vnet2vnet.network import skus
from azext_vnet2vnet.network.address_space import contains, overlaps, parse_prefix
from azext_vnet2vnet.network.desired import End
from azext_vnet2vnet.network.diagnostic import Finding, Kind, Severity
from azext_vnet2vnet.network.observed import FAILED, ObservedSubnet, Site
from azext_vnet2vnet.network.resource_id import GATEWAY_SUBNET
from azext_vnet2vnet.planning.site_plan import Layout


def check_vnet(end: End, site: Site, layout: Layout) -> Iterator[Finding]:
    """Does it exist, or can it be created where it is wanted?"""
    if site.vnet:
        yield from _check_existing_vnet(end, site)
    elif not end.address_prefixes:
        yield Finding(
            'vnet-missing',
            f'VNet {end.vnet} does not exist',
            f'Check its name and group, or have it created: {end.option("address-prefixes")} PREFIX gives its address '
            'space',
            Kind.NOT_FOUND,
        )
    if layout.location is None:
        yield Finding(
            'location-unknown',
            f"Neither VNet '{end.vnet.name}' nor its group '{end.vnet.group}' exists, so there is "
            'no location to take over',
            f'Give {end.option("location")} REGION, such as eastus',
            Kind.MISSING_ARGUMENT,
        )
    elif site.regions and layout.location not in site.regions:
        yield Finding(
            'location-unknown',
            f"Subscription {end.vnet.subscription} has no location '{layout.location}'",
            f'Give {end.option("location")} a name that `az account list-locations --query [].name` lists',
        )
    if not site.vnet:
        yield from _check_new_vnet(end)


def _check_existing_vnet(end: End, site: Site) -> Iterator[Finding]:
    vnet = site.vnet
    if vnet.state == FAILED:
        yield Finding(
            'vnet-failed',
            f'VNet {vnet.id} is in state Failed',
            f'Repair it first: az network vnet update --ids {vnet.id}',
            Kind.STATE,
        )
    if end.location and end.location != vnet.location:
        yield Finding(
            'location-differs',
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
            yield Finding(
                'vnet-differs',
                f'VNet {vnet.id} exists and has not the {option.replace("-", " ")} {", ".join(unknown)}',
                f'Leave {end.option(option)} away to use the VNet as it is; change a VNet with `az network vnet`',
            )


def _check_new_vnet(end: End) -> Iterator[Finding]:
    option = end.option('subnets')
    for one, other in combinations(end.address_prefixes, 2):
        if overlaps([one], [other]):
            yield Finding(
                'prefixes-overlap',
                f'{end.option("address-prefixes")}: {one} and {other} overlap',
                'Give prefixes that share no address',
            )
    names = [subnet.name.lower() for subnet in end.subnets]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Finding('subnet-twice', f"{option} names subnet '{name}' twice", 'Give each subnet a name of its own')
    if GATEWAY_SUBNET.lower() in names:
        yield Finding(
            'subnet-reserved',
            f'{option} names {GATEWAY_SUBNET}, which has an option of its own',
            f'Give its prefix with {end.option("gateway-subnet")}',
        )
    for subnet in end.subnets if end.address_prefixes else ():
        if not contains(end.address_prefixes, subnet.prefix):
            yield _outside(end, option, subnet.prefix, end.address_prefixes)
    for one, other in combinations(end.subnets, 2):
        if overlaps([one.prefix], [other.prefix]):
            yield Finding(
                'subnets-overlap',
                f'{option}: {one.name} {one.prefix} and {other.name} {other.prefix} overlap',
                'Give the subnets prefixes that share no address',
            )


def check_gateway_subnet(end: End, site: Site, layout: Layout) -> Iterator[Finding]:
    """Is there a GatewaySubnet that a gateway can live in, or room for one?"""
    option = end.option('gateway-subnet')
    present = site.vnet.gateway_subnet if site.vnet else None
    if present:
        if end.gateway_subnet and end.gateway_subnet not in present.prefixes:
            yield Finding(
                'gateway-subnet-differs',
                f'VNet {end.vnet} has a {GATEWAY_SUBNET} with {", ".join(present.prefixes)}, not {end.gateway_subnet}',
                f'Leave {option} away to use it',
            )
        yield from _check_tenants(end, site, present)
    elif end.gateway_subnet:
        yield from _check_typed_gateway_subnet(end, site, layout)
    elif layout.gateway_subnet is None and layout.address_prefixes:
        yield Finding(
            'gateway-subnet-no-room',
            f'VNet {end.vnet} has no room for a {GATEWAY_SUBNET}: no free '
            f'/{skus.SMALLEST_GATEWAY_SUBNET} or larger in {", ".join(layout.address_prefixes)}',
            'Add an address prefix to the VNet, or make one of its subnets smaller',
        )
    if layout.gateway_subnet and not layout.existing_gateway:
        yield from _check_size(end, site, layout)


def _check_tenants(end: End, site: Site, subnet: ObservedSubnet) -> Iterator[Finding]:
    """What else holds the GatewaySubnet (documented: nothing but gateways, no NSG, no default route).

    Where a gateway lives in it already, that is told and no reason to stop.
    """
    severity = Severity.WARNING if site.vpn_gateway else Severity.ERROR
    name = f'{GATEWAY_SUBNET} of VNet {end.vnet}'
    update = f'az network vnet subnet update --ids {end.vnet}/subnets/{GATEWAY_SUBNET}'
    if subnet.delegations:
        yield Finding(
            'gateway-subnet-delegated',
            f'{name} is delegated to {", ".join(subnet.delegations)}',
            f'Remove the delegation: {update} --remove delegations',
            Kind.STATE,
            severity,
        )
    if subnet.security_group:
        yield Finding(
            'gateway-subnet-nsg',
            f'{name} has network security group {subnet.security_group}, which a gateway does not take',
            f'Remove it: {update} --network-security-group null',
            Kind.STATE,
            severity,
        )
    if site.default_routes:
        yield Finding(
            'gateway-subnet-default-route',
            f'{name} has route table {subnet.route_table} with a route for '
            '0.0.0.0/0, which cuts a gateway off from its control plane',
            f'Remove the route, or the table: {update} --route-table null',
            Kind.STATE,
            severity,
        )


def _check_typed_gateway_subnet(end: End, site: Site, layout: Layout) -> Iterator[Finding]:
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
            yield Finding(
                'subnets-overlap',
                f"{option} {end.gateway_subnet} overlaps subnet '{name}' {prefix}",
                f'Give {option} a free prefix, or leave it away: the highest free /27 is taken',
            )


def _check_size(end: End, site: Site, layout: Layout) -> Iterator[Finding]:
    network = parse_prefix(layout.gateway_subnet)
    length = network.prefixlen
    larger = f'Give {end.option("gateway-subnet")} a /27 or larger'
    if network.version != 4:
        yield Finding(
            'gateway-subnet-ipv6',
            f'{GATEWAY_SUBNET} {network} of VNet {end.vnet} has no IPv4 prefix, which a gateway needs',
            larger,
        )
    elif length > skus.SMALLEST_GATEWAY_SUBNET:
        yield Finding(
            'gateway-subnet-small',
            f'{GATEWAY_SUBNET} {network} of VNet {end.vnet} is smaller than '
            f'/{skus.SMALLEST_GATEWAY_SUBNET}, which a gateway needs at least',
            larger,
        )
    elif length > skus.COEXISTENCE_LENGTH and any(
        gateway.gateway_type.lower() == 'expressroute' for gateway in site.gateways
    ):
        yield Finding(
            'gateway-subnet-small',
            f'{GATEWAY_SUBNET} {network} of VNet {end.vnet} is smaller than '
            f'/{skus.COEXISTENCE_LENGTH}, which a VPN gateway needs beside an ExpressRoute gateway',
            'Make it larger before the VPN gateway is created',
            Kind.STATE,
        )
    elif length > skus.GATEWAY_SUBNET_LENGTHS[0]:
        yield Finding(
            'gateway-subnet-tight',
            f'{GATEWAY_SUBNET} {network} of VNet {end.vnet} is smaller than the '
            'recommended /27: later changes may find no room',
            larger,
            Kind.STATE,
            Severity.WARNING,
        )


def check_peerings(end: End, site: Site, layout: Layout) -> Iterator[Finding]:
    """Do the VNet's peerings leave it a gateway of its own?"""
    for peering in site.vnet.peerings if site.vnet else ():
        if peering.uses_remote_gateways and not layout.existing_gateway:
            yield Finding(
                'remote-gateway-used',
                f'VNet {end.vnet} uses the gateway of {peering.far_vnet} through '
                f"peering '{peering.name}', and can have none of its own meanwhile",
                'Switch that off: az network vnet peering update --set useRemoteGateways=false '
                f'--ids {end.vnet}/virtualNetworkPeerings/{peering.name}',
                Kind.STATE,
            )


def check_peered(site: Site, far: End) -> Iterator[Finding]:
    """Will traffic between the two VNets take the VPN?"""
    for peering in site.vnet.peerings if site.vnet else ():
        if peering.far_vnet == far.vnet:
            yield Finding(
                'vnets-peered',
                f"The two VNets are peered: traffic between them takes the peering '{peering.name}', not the VPN",
                'Delete the peering if the VPN is to carry the traffic',
                Kind.STATE,
                Severity.WARNING,
            )


def _outside(end: End, option: str, prefix: str, space) -> Finding:
    return Finding(
        'prefix-outside',
        f"{option}: {prefix} is not inside the address space {', '.join(space)} of VNet '{end.vnet.name}'",
        'Give a prefix inside it',
    )
