"""Findings about the gateway of one end: its SKU, what is there already, its ASN, its public IPs."""

from collections.abc import Iterator

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network import skus
from azext_vnet2vnet.network.desired import End
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.observed import FAILED, ObservedGateway, ObservedPublicIp, Site
from azext_vnet2vnet.planning.site_plan import Layout

_DELETING = 'Deleting'


def check_sku(end: End) -> Iterator[Diagnostic]:
    """Does Azure create gateways of this SKU and generation?"""
    sku = skus.find_sku(end.sku or skus.DEFAULT_SKU)
    choices = ', '.join(skus.available_skus())
    option = end.option('sku')
    if sku is None:
        yield rules.SKU_UNKNOWN.found(f"VPN gateways have no SKU '{end.sku}'", f'Give {option} one of {choices}')
        return
    if sku.refused_since:
        yield rules.SKU_RETIRED.found(
            f'Azure creates no new gateway with SKU {sku.name} (since {sku.refused_since})',
            f'Use {end.source.given("sku", sku.replacement)}, its replacement',
        )
    generation = end.generation or skus.default_generation(sku)
    if generation not in sku.generations:
        yield rules.GENERATION_MISMATCH.found(
            f'SKU {sku.name} does not exist in {generation}',
            f'Use {end.source.given("vpn-gateway-generation", sku.generations[0])}, or another {option}',
        )


def check_unused_options(end: End, gateway: ObservedGateway) -> Iterator[Diagnostic]:
    """Options for a gateway that is created, where there is one."""
    sku = skus.find_sku(end.sku or '')
    if sku and sku.refused_since is None and sku.name.lower() != gateway.sku.lower():
        yield rules.SKU_UNUSED.found(
            f'{end.source.given("sku", end.sku)} is for gateways that are created; '
            f'{gateway.id} exists with {gateway.sku} and keeps it',
            f'Leave {end.option("sku")} away to stop '
            'this warning, or resize the gateway with az network vnet-gateway update --sku '
            f'{end.sku} --ids {gateway.id}',
        )
    if end.generation and end.generation.lower() != gateway.generation.lower():
        yield rules.GENERATION_DIFFERS.found(
            f'Gateway {gateway.id} exists in {gateway.generation}, and a gateway cannot change its generation',
            f'Leave {end.option("vpn-gateway-generation")} away, or delete '
            'the gateway and let this command create a new one',
        )


def check_gateway(end: End, site: Site, layout: Layout) -> Iterator[Diagnostic]:
    """Is the gateway there, or its name free, and can it do what is asked?"""
    option = end.option('vnet-gateway')
    gateway = site.vpn_gateway
    if gateway:
        if end.gateway_name and gateway.id.name.lower() != end.gateway_name.lower():
            yield rules.GATEWAY_DIFFERS.found(
                f"VNet {end.vnet} has VPN gateway '{gateway.id.name}', and a VNet can "
                f"have only one: '{end.gateway_name}' cannot be added",
                f'Leave {option} away to use it',
            )
        yield from _check_existing_gateway(end, gateway)
    else:
        for other in site.gateways:
            if other.id == end.gateway:
                where = f'is the gateway of VNet {other.vnet}' if other.vnet else f'is of type {other.gateway_type}'
                yield rules.GATEWAY_ELSEWHERE.found(
                    f'Gateway {other.id} {where}', f'Give the new gateway another name with {option}'
                )
    yield from check_basic(end, layout)
    yield from _check_asn(end)


def _check_existing_gateway(end: End, gateway: ObservedGateway) -> Iterator[Diagnostic]:
    if gateway.vpn_type.lower() != 'routebased':
        yield rules.GATEWAY_POLICY_BASED.found(
            f'Gateway {gateway.id} is {gateway.vpn_type}; VNet-to-VNet needs '
            'RouteBased at both ends, and a gateway cannot change its type',
            'Delete it and let this command create a new one',
        )
    yield from check_state(gateway, 'let this command create a new one')
    if end.active_active is False and gateway.active_active:
        yield rules.ACTIVE_ACTIVE_STAYS.found(
            f'Gateway {gateway.id} is active-active, and this command takes no address from a gateway',
            f'Leave {end.option("active-active")} away, or change the gateway with '
            f'az network vnet-gateway update --ids {gateway.id} --public-ip-addresses NAME',
        )


def check_state(gateway: ObservedGateway, instead: str) -> Iterator[Diagnostic]:
    """Is the gateway one that Azure works with? `instead` is what to do once it is deleted."""
    if gateway.state == _DELETING:
        yield rules.GATEWAY_DELETING.found(f'Gateway {gateway.id} is being deleted', f'When it is gone, {instead}')
    if gateway.state == FAILED:
        yield rules.GATEWAY_FAILED.found(
            f'Gateway {gateway.id} is in state Failed',
            f'Try az network vnet-gateway reset --ids {gateway.id}; if it stays Failed, delete it and {instead}',
        )


def check_basic(end: End, layout: Layout) -> Iterator[Diagnostic]:
    """Can a gateway of SKU Basic do what is asked?"""
    if not (layout.sku and layout.sku.is_basic):
        return
    for what, is_asked in (('active-active', end.active_active), ('BGP', layout.enable_bgp)):
        if is_asked:
            yield rules.BASIC_CANNOT.found(
                f'Gateway {layout.gateway} is of SKU Basic, which cannot do {what}',
                f'Leave that away, or use another SKU such as {skus.DEFAULT_SKU}',
            )


def _check_asn(end: End) -> Iterator[Diagnostic]:
    if end.asn is None:
        return
    option = end.option('asn')
    if end.asn not in skus.ASNS:
        yield rules.ASN_RANGE.found(
            f'{option} {end.asn} is not between 1 and {skus.ASNS[-1]}', f'Give for example {option} 65010'
        )
    elif any(end.asn in reserved for reserved in skus.RESERVED_ASNS):
        yield rules.ASN_RESERVED.found(
            f'{option} {end.asn} is reserved by Azure or IANA', f'Give a private one, for example {option} 65010'
        )


def check_public_ips(end: End, site: Site, layout: Layout) -> Iterator[Diagnostic]:
    """Are there as many public IPs as the gateway takes, and is each of them fit for it?"""
    option = end.option('public-ips')
    wanted = 2 if end.active_active else 1
    typed = len(end.public_ip_names)
    if not layout.existing_gateway and typed and typed != wanted:
        takes = 'two where it is active-active' if wanted == 2 else 'one'
        yield rules.PUBLIC_IP_COUNT.found(
            f'{option} names {typed} public IP{"s" if typed > 1 else ""}; the gateway takes {takes}',
            'Name two' if wanted == 2 else f'Name one, or add {end.option("active-active")}',
        )
    unused = _unused_names(end, layout) if layout.existing_gateway else []
    if unused:
        yield rules.PUBLIC_IPS_UNUSED.found(
            f'{option} is for addresses that a gateway gets; {layout.gateway} exists '
            f'and does not get {", ".join(unused)}',
            f'Leave {option} away to stop this warning',
        )
    if len({name.lower() for name in end.public_ip_names}) < typed:
        yield rules.PUBLIC_IP_TWICE.found(f'{option} names the same public IP twice', 'Name two different ones')
    if layout.public_ips and layout.sku and layout.sku.zonal and not site.regions:
        yield rules.ZONES_UNKNOWN.found(
            f'The zones of {layout.location} cannot be read; new public IPs are asked for in zones 1, 2 and 3',
            f'If the region has none, create the IPs first and name them with {option}',
        )
    for public_ip in site.public_ips:
        if public_ip.state == FAILED:
            yield rules.PUBLIC_IP_FAILED.found(
                f'Public IP {public_ip.id} is in state Failed',
                f'Delete it and let this command create it anew: az network public-ip delete --ids {public_ip.id}',
            )
        for flaw in _flaws(public_ip, layout):
            yield rules.PUBLIC_IP_UNSUITABLE.found(
                f'Public IP {public_ip.id} {flaw}',
                f'Give another name with {option}: an IP of a new name is created as the gateway needs it',
            )


def _unused_names(end: End, layout: Layout) -> list[str]:
    """The typed names of public IPs that the gateway, which exists, neither has nor gets."""
    used = layout.existing_gateway.public_ip_names | {public_ip.name.lower() for public_ip in layout.public_ips}
    return sorted(name for name in end.public_ip_names if name.lower() not in used)


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
