"""Findings about a pair against what was observed: all of them, before anything is written.

`check_pair` is called only with options that `read_pair` found no flaw in, so that prefixes and ids are well formed.
"""
from itertools import combinations
from typing import Iterator

from azext_vnet2vnet.domain import catalog
from azext_vnet2vnet.domain.addresses import contains, overlaps, parse_prefix
from azext_vnet2vnet.domain.finding import Finding, Kind, Severity
from azext_vnet2vnet.domain.ids import GATEWAY_SUBNET
from azext_vnet2vnet.domain.layout import Layout, lay_out
from azext_vnet2vnet.domain.model import End, Pair
from azext_vnet2vnet.domain.observed import FAILED, Observed, ObservedGateway, ObservedPublicIp, Site


def check_pair(pair: Pair, observed: Observed) -> tuple[Finding, ...]:
    """Everything that would fail, or that the user should know, before the first write."""
    layouts = [lay_out(pair, end, site) for end, site in zip(pair.ends, observed.sites)]
    findings: list[Finding] = []
    if all(site.vpn_gateway for site in observed.sites):
        findings += _check_unused_options(pair, observed)
    else:
        findings += _check_sku(pair)
    for end, site, layout in zip(pair.ends, observed.sites, layouts):
        findings += _check_vnet(end, site, layout)
        findings += _check_gateway_subnet(end, site, layout)
        findings += _check_gateway(end, site)
        findings += _check_public_ips(end, site, layout)
        findings += _check_connection(pair, end, site)
    findings += _check_ranges(layouts)
    findings += _check_keys(pair, observed)
    return tuple(findings)


def _check_sku(pair: Pair) -> Iterator[Finding]:
    sku = catalog.find_sku(pair.sku or catalog.DEFAULT_SKU)
    choices = ', '.join(catalog.available_skus())
    if sku is None:
        yield Finding('sku-unknown', f"VPN gateways have no SKU '{pair.sku}'", f'Give --sku one of {choices}')
        return
    if sku.refused_since:
        yield Finding('sku-retired', f'Azure creates no new gateway with SKU {sku.name} (since {sku.refused_since})',
                      f'Use --sku {sku.replacement}, its replacement')
    generation = pair.generation or catalog.default_generation(sku)
    if generation not in sku.generations:
        yield Finding('generation-mismatch', f'SKU {sku.name} does not exist in {generation}',
                      f'Use --vpn-gateway-generation {sku.generations[0]}, or another --sku')


def _check_unused_options(pair: Pair, observed: Observed) -> Iterator[Finding]:
    for gateway in (site.vpn_gateway for site in observed.sites):
        for option, typed, present in (('--sku', pair.sku, gateway.sku),
                                       ('--vpn-gateway-generation', pair.generation, gateway.generation)):
            if typed and typed.lower() != present.lower():
                yield Finding('gateway-option-unused', f'{option} {typed} is for gateways that are created; '
                              f'{gateway.id} exists with {present} and keeps it',
                              f'Leave {option} away to stop this warning', Kind.STATE, Severity.WARNING)


def _check_vnet(end: End, site: Site, layout: Layout) -> Iterator[Finding]:
    if site.vnet:
        yield from _check_existing_vnet(end, site)
    elif not end.address_prefixes:
        yield Finding(
            'vnet-missing', f'VNet {end.vnet} does not exist',
            f"Check its name and group, or have it created: {end.option('address-prefixes')} PREFIX gives its address "
            'space', Kind.NOT_FOUND)
    if layout.location is None:
        yield Finding(
            'location-unknown', f"Neither VNet '{end.vnet.name}' nor its group '{end.vnet.group}' exists, so there is "
            'no location to take over', f"Give {end.option('location')} REGION, such as eastus", Kind.MISSING_ARGUMENT)
    elif site.regions and layout.location not in site.regions:
        yield Finding(
            'location-unknown', f"Subscription {end.vnet.subscription} has no location '{layout.location}'",
            f"Give {end.option('location')} a name that `az account list-locations --query [].name` lists")
    if not site.vnet:
        yield from _check_new_subnets(end)


def _check_existing_vnet(end: End, site: Site) -> Iterator[Finding]:
    vnet = site.vnet
    if vnet.state == FAILED:
        yield Finding('vnet-failed', f'VNet {vnet.id} is in state Failed',
                      f'Repair it first: az network vnet update --ids {vnet.id}', Kind.STATE)
    if end.location and end.location != vnet.location:
        yield Finding('location-differs', f'VNet {vnet.id} is in {vnet.location}, not in {end.location}',
                      f"Leave {end.option('location')} away: the VNet exists")
    for option, typed, present in (('address-prefixes', end.address_prefixes, vnet.address_prefixes),
                                   ('subnets', [subnet.prefix for subnet in end.subnets],
                                    [prefix for subnet in vnet.subnets for prefix in subnet.prefixes])):
        unknown = sorted(set(typed) - set(present))
        if unknown:
            yield Finding(
                'vnet-differs', f"VNet {vnet.id} exists and has not the {option.replace('-', ' ')} "
                f"{', '.join(unknown)}",
                f"Leave {end.option(option)} away to use the VNet as it is; change a VNet with `az network vnet`")


def _check_new_subnets(end: End) -> Iterator[Finding]:
    option = end.option('subnets')
    names = [subnet.name.lower() for subnet in end.subnets]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Finding('subnet-twice', f"{option} names subnet '{name}' twice", 'Give each subnet a name of its own')
    if GATEWAY_SUBNET.lower() in names:
        yield Finding('subnet-reserved', f'{option} names {GATEWAY_SUBNET}, which has an option of its own',
                      f"Give its prefix with {end.option('gateway-subnet')}")
    for subnet in end.subnets if end.address_prefixes else ():
        if not contains(end.address_prefixes, subnet.prefix):
            yield _outside(end, option, subnet.prefix)
    for one, other in combinations(end.subnets, 2):
        if overlaps([one.prefix], [other.prefix]):
            yield Finding('subnets-overlap', f'{option}: {one.name} {one.prefix} and {other.name} {other.prefix} '
                          'overlap', 'Give the subnets prefixes that share no address')


def _check_gateway_subnet(end: End, site: Site, layout: Layout) -> Iterator[Finding]:
    option = end.option('gateway-subnet')
    present = site.vnet.gateway_subnet if site.vnet else None
    if present:
        if end.gateway_subnet and end.gateway_subnet not in present.prefixes:
            yield Finding('gateway-subnet-differs', f"VNet {end.vnet} has a {GATEWAY_SUBNET} with "
                          f"{', '.join(present.prefixes)}, not {end.gateway_subnet}",
                          f'Leave {option} away to use it')
    elif end.gateway_subnet:
        yield from _check_typed_gateway_subnet(end, site, layout)
    elif layout.gateway_subnet is None and layout.address_prefixes:
        yield Finding('gateway-subnet-no-room', f"VNet {end.vnet} has no room for a {GATEWAY_SUBNET}: no free "
                      f'/{catalog.SMALLEST_GATEWAY_SUBNET} or larger in {", ".join(layout.address_prefixes)}',
                      'Add an address prefix to the VNet, or make one of its subnets smaller')
    if layout.gateway_subnet and not layout.existing_gateway:
        yield from _check_gateway_subnet_size(end, layout)


def _check_typed_gateway_subnet(end: End, site: Site, layout: Layout) -> Iterator[Finding]:
    option = end.option('gateway-subnet')
    if layout.address_prefixes and not contains(layout.address_prefixes, end.gateway_subnet):
        yield _outside(end, option, end.gateway_subnet, layout.address_prefixes)
    taken = ([(subnet.name, prefix) for subnet in site.vnet.subnets for prefix in subnet.prefixes] if site.vnet
             else [(subnet.name, subnet.prefix) for subnet in end.subnets])
    for name, prefix in taken:
        if overlaps([end.gateway_subnet], [prefix]):
            yield Finding('subnets-overlap', f"{option} {end.gateway_subnet} overlaps subnet '{name}' {prefix}",
                          f'Give {option} a free prefix, or leave it away: the highest free /27 is taken')


def _check_gateway_subnet_size(end: End, layout: Layout) -> Iterator[Finding]:
    network = parse_prefix(layout.gateway_subnet)
    if network.version == 4 and network.prefixlen > catalog.SMALLEST_GATEWAY_SUBNET:
        yield Finding('gateway-subnet-small', f'{GATEWAY_SUBNET} {network} of VNet {end.vnet} is smaller than '
                      f'/{catalog.SMALLEST_GATEWAY_SUBNET}, which a gateway needs at least',
                      f"Give {end.option('gateway-subnet')} a /27 or larger")
    elif network.version == 4 and network.prefixlen > catalog.GATEWAY_SUBNET_LENGTHS[0]:
        yield Finding('gateway-subnet-tight', f'{GATEWAY_SUBNET} {network} of VNet {end.vnet} is smaller than the '
                      'recommended /27: later changes may find no room',
                      f"Give {end.option('gateway-subnet')} a /27 or larger", Kind.STATE, Severity.WARNING)


def _check_gateway(end: End, site: Site) -> Iterator[Finding]:
    option = end.option('vnet-gateway')
    gateway = site.vpn_gateway
    if gateway:
        if end.gateway_name and gateway.id.name.lower() != end.gateway_name.lower():
            yield Finding('gateway-differs', f"VNet {end.vnet} has VPN gateway '{gateway.id.name}', and a VNet can "
                          f"have only one: '{end.gateway_name}' cannot be added", f'Leave {option} away to use it')
        yield from _check_existing_gateway(gateway)
        return
    for other in site.gateways:
        if other.id == end.gateway:
            where = f'is the gateway of VNet {other.vnet}' if other.vnet else f'is of type {other.gateway_type}'
            yield Finding('gateway-elsewhere', f'Gateway {other.id} {where}',
                          f'Give the new gateway another name with {option}', Kind.STATE)


def _check_existing_gateway(gateway: ObservedGateway) -> Iterator[Finding]:
    if gateway.vpn_type.lower() != 'routebased':
        yield Finding('gateway-policy-based', f'Gateway {gateway.id} is {gateway.vpn_type}; VNet-to-VNet needs '
                      'RouteBased at both ends, and a gateway cannot change its type',
                      'Delete it and let this command create a new one', Kind.STATE)
    if gateway.state == FAILED:
        yield Finding('gateway-failed', f'Gateway {gateway.id} is in state Failed',
                      f'Try az network vnet-gateway reset --ids {gateway.id}; if it stays Failed, delete it and let '
                      'this command create a new one', Kind.STATE)


def _check_public_ips(end: End, site: Site, layout: Layout) -> Iterator[Finding]:
    option = end.option('public-ips')
    if layout.existing_gateway:
        return
    if len(end.public_ip_names) > 1:
        yield Finding('public-ip-count', f'{option} names {len(end.public_ip_names)} public IPs; the gateway takes one',
                      'Name one')
    for public_ip in site.public_ips:
        for flaw in _flaws(public_ip, layout):
            yield Finding('public-ip-unsuitable', f'Public IP {public_ip.id} {flaw}',
                          f'Give another name with {option}: an IP of a new name is created as the gateway needs it',
                          Kind.STATE)


def _flaws(public_ip: ObservedPublicIp, layout: Layout) -> Iterator[str]:
    if public_ip.user:
        yield f'is in use by {public_ip.user}'
    if public_ip.sku.lower() != 'standard':
        yield f'has SKU {public_ip.sku}; a VPN gateway takes Standard only'
    if public_ip.allocation.lower() != 'static':
        yield f'is allocated {public_ip.allocation}; a VPN gateway takes Static only'
    if public_ip.location != layout.location:
        yield f'is in {public_ip.location}, the VNet in {layout.location}'
    if layout.zones and not public_ip.zones:
        yield f'has no zones; SKU {layout.sku.name} needs them in {layout.location}'
    if public_ip.zones and layout.sku and not layout.sku.zonal:
        yield f'has zones; SKU {layout.sku.name} takes none'


def _check_connection(pair: Pair, end: End, site: Site) -> Iterator[Finding]:
    typed = pair.name if end is pair.end1 else pair.peer_name
    option = '--name' if end is pair.end1 else '--peer-name'
    if site.half and typed and typed.lower() != site.half.id.name.lower():
        yield Finding('connection-name-differs', f'The two gateways are joined by connection {site.half.id} already, '
                      f"which is not named '{typed}', and a connection cannot be renamed",
                      f'Leave {option} away to take it over')
    if site.namesake:
        yield Finding('connection-name-taken', f'Connection {site.namesake.id} exists and joins other gateways',
                      f'Give another name with {option}', Kind.STATE)


def _check_ranges(layouts) -> Iterator[Finding]:
    shared = overlaps(layouts[0].address_prefixes, layouts[1].address_prefixes)
    if shared:
        pairs = ', '.join(f'{one} and {other}' for one, other in shared)
        yield Finding('ranges-overlap', f'The address spaces of the two VNets overlap: {pairs}',
                      'Give one of the VNets another address space; a VPN cannot route between equal addresses')


def _check_keys(pair: Pair, observed: Observed) -> Iterator[Finding]:
    site1, site2 = observed.sites
    if pair.key is None and site1.key and site2.key and site1.key != site2.key:
        half, far_half = site1.half, site2.half
        yield Finding('key-mismatch', f'The keys of {half.id} and {far_half.id} differ, so no tunnel can come up',
                      'Run the same command with --shared-key @FILE to give both halves that key', Kind.STATE)


def _outside(end: End, option: str, prefix: str, space=None) -> Finding:
    return Finding('prefix-outside', f"{option}: {prefix} is not inside the address space "
                   f"{', '.join(space or end.address_prefixes)} of VNet '{end.vnet.name}'",
                   'Give a prefix inside it')
