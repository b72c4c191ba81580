"""What is wrong with the gateway of one end: its SKU, its state, its ASN, its public IPs."""

from collections.abc import Iterable, Iterator

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network import skus
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.desired import End
from azext_vnet2vnet.network.diagnostic import Diagnostic, Rule, Severity
from azext_vnet2vnet.network.observed import DELETING, FAILED, SUCCEEDED, ObservedGateway, ObservedPublicIp
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.resource_id import GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.planning.disturbance import describe_difference
from azext_vnet2vnet.planning.pair_plan import EndState
from azext_vnet2vnet.planning.plan import Action
from azext_vnet2vnet.planning.site_plan import SiteLayout, gateway_steps

_ACTIVE_ACTIVE_POINT_IPS = 3


def check_sku(desired: End) -> Iterator[Diagnostic]:
    """Does Azure create gateways of this SKU and generation?"""
    sku = skus.find_sku(desired.sku or skus.DEFAULT_SKU)
    option = desired.option('sku')
    if sku is None:
        yield rules.SKU_UNKNOWN.found(
            f"VPN gateways have no SKU '{desired.sku}'", f'Give {option} one of {", ".join(skus.available_skus())}'
        )
        return
    if sku.refused_since:
        yield rules.SKU_RETIRED.found(
            f'Azure creates no new gateway with SKU {sku.name} (since {sku.refused_since})',
            f'Use {desired.source.given("sku", sku.replacement)}, its replacement',
        )
    generation = desired.generation or skus.default_generation(sku)
    if generation not in sku.generations:
        yield rules.GENERATION_MISMATCH.found(
            f'SKU {sku.name} does not exist in {generation}',
            f'Use {desired.source.given("vpn-gateway-generation", sku.generations[0])}, or another {option}',
        )


def check_unused_options(desired: End, gateway: ObservedGateway) -> Iterator[Diagnostic]:
    """Options for a gateway that is to be created, where one exists."""
    sku = skus.find_sku(desired.sku or '')
    if sku and sku.name.lower() != gateway.sku.lower():
        resize = (
            f', or resize the gateway with az network vnet-gateway update --sku {desired.sku} '
            f'--ids {quoted(gateway.id)}'
            if sku.refused_since is None
            else ''
        )
        yield rules.SKU_UNUSED.found(
            f'{desired.source.given("sku", desired.sku)} is for gateways that are created; '
            f'{gateway.id} exists with {gateway.sku} and keeps it',
            f'Omit {desired.option("sku")} to stop this warning{resize}',
        )
    if desired.generation and desired.generation.lower() != gateway.generation.lower():
        yield rules.GENERATION_DIFFERS.found(
            f'Gateway {gateway.id} exists in {gateway.generation}, which this command does not change: only '
            'Microsoft moves gateways to another generation',
            f'Omit {desired.option("vpn-gateway-generation")} to stop this warning',
        )


def check_gateway(end: EndState) -> Iterator[Diagnostic]:
    """Does the gateway exist, or is its name free, and can it do what is asked?"""
    desired, gateway = end.desired, end.observed.gateway
    option = desired.option('vnet-gateway')
    if gateway:
        if desired.gateway_name and gateway.id.name.lower() != desired.gateway_name.lower():
            yield rules.GATEWAY_DIFFERS.found(
                f"VNet {desired.vnet} has VPN gateway '{gateway.id.name}', and a VNet can "
                f"have only one: '{desired.gateway_name}' cannot be added",
                f'Omit {option} to use it',
            )
        yield from _check_existing_gateway(desired, gateway)
    else:
        for other in end.observed.other_gateways:
            if other.id == desired.gateway:
                is_vpn = other.gateway_type.lower() == 'vpn'
                where = f'is the gateway of VNet {other.vnet}' if is_vpn else f'is of type {other.gateway_type}'
                yield rules.GATEWAY_ELSEWHERE.found(
                    f'Gateway {other.id} {where}', f'Give the new gateway another name with {option}'
                )
    yield from check_basic(end)
    yield from check_gateway_change(end)
    yield from _check_typed_asn(desired)


def _check_existing_gateway(desired: End, gateway: ObservedGateway) -> Iterator[Diagnostic]:
    if gateway.vpn_type.lower() != 'routebased':
        yield rules.GATEWAY_POLICY_BASED.found(
            f'Gateway {gateway.id} is {gateway.vpn_type}; VNet-to-VNet requires '
            'RouteBased at both ends, and a gateway cannot change its type',
            'Delete it and let this command create a new one',
        )
    yield from _check_bandwidth(gateway)
    yield from check_state(gateway, 'let this command create a new one')
    if desired.active_active is False and gateway.active_active:
        yield rules.ACTIVE_ACTIVE_STAYS.found(
            f'Gateway {gateway.id} is active-active, and this command removes no address from a gateway',
            f'Omit {desired.option("active-active")}, or change the gateway with '
            f'az network vnet-gateway update --ids {quoted(gateway.id)} --public-ip-addresses NAME',
        )


def _check_bandwidth(gateway: ObservedGateway) -> Iterator[Diagnostic]:
    if gateway.is_high_bandwidth:
        yield rules.GATEWAY_HIGH_BANDWIDTH.found(
            f'Gateway {gateway.id} is for high-bandwidth tunnels over ExpressRoute: its public IPs carry no IPsec, '
            'and it takes no VNet-to-VNet connection',
            'Run az vnet2vnet create with another VNet, or delete the gateway and let that command create a new one',
        )


def check_state(gateway: ObservedGateway, instead: str) -> Iterator[Diagnostic]:
    """Is the gateway one that Azure works with? `instead` is what to do once it is deleted."""
    if gateway.state == DELETING:
        yield rules.GATEWAY_DELETING.found(f'Gateway {gateway.id} is being deleted', f'When it is gone, {instead}')
    if gateway.state == FAILED:
        yield rules.GATEWAY_FAILED.found(
            f'Gateway {gateway.id} is in state Failed',
            f'Run az network vnet-gateway reset --ids {quoted(gateway.id)}; if it stays Failed, '
            f'delete it and {instead}',
        )


def check_basic(end: EndState) -> Iterator[Diagnostic]:
    """Can a gateway of SKU Basic do what is asked?"""
    layout = end.layout
    if not (layout.sku and layout.sku.is_basic):
        return
    for what, is_asked in (('active-active', end.desired.active_active), ('BGP', layout.enable_bgp)):
        if is_asked:
            yield rules.BASIC_CANNOT.found(
                f'Gateway {layout.gateway} is of SKU Basic, which cannot do {what}',
                f'Omit that, or use another SKU such as {skus.DEFAULT_SKU}',
            )


def check_gateway_change(end: EndState) -> Iterator[Diagnostic]:
    """Can the gateway, where it exists and is to be changed, be written back without loss, and will Azure take it?"""
    gateway, layout = end.observed.gateway, end.layout
    changes = [step for step in gateway_steps(end.desired, layout) if step.action is Action.UPDATE]
    if gateway is None or not changes:
        return
    update = f'az network vnet-gateway update --ids {quoted(gateway.id)}'
    what = ', '.join(map(describe_difference, changes[0].differences))
    sku = layout.sku
    if sku and sku.replacement == f'{sku.name}AZ':
        yield rules.SKU_BLOCKS_CHANGES.found(
            f'Gateway {gateway.id} has SKU {sku.name}, and Azure may refuse a change of it ({what}) until the SKU is '
            f'{sku.replacement}; its connections work without that',
            f'Run {_moving(sku, gateway, has_basic_ip=False)}, then the same command again',
        )
    secrets, members = _split_lost(gateway.lost_members)
    if secrets:
        yield rules.RADIUS_SECRET.found(
            f'Gateway {gateway.id} has point-to-site clients that RADIUS authenticates, and a change '
            f'({what}) writes the whole of it: Azure does not return {", ".join(secrets)}, so it would be lost',
            f'Change the gateway with {update} --radius-secret SECRET and the options for that ({what}), then run the '
            'same command again',
        )
    yield from check_lost_members(gateway.id, members)
    count = len(gateway.public_ip_ids) + len(layout.public_ips)
    if layout.public_ips and gateway.serves_points and count != _ACTIVE_ACTIVE_POINT_IPS:
        yield rules.ACTIVE_ACTIVE_POINTS.found(
            f'Gateway {gateway.id} has point-to-site clients, and Azure makes such a gateway active-active with '
            f'exactly three public IPs; it would have {count}',
            f'Create the IPs that it lacks and run {update} --public-ip-addresses IP1 IP2 IP3, then run the same '
            f'command again; or omit {end.desired.option("active-active")}',
        )


def _split_lost(members: Iterable[str]) -> tuple[list[str], list[str]]:
    """RADIUS secrets, and other members."""
    found = list(members)
    secrets = [one for one in found if one.endswith('.radiusServerSecret')]
    return secrets, [one for one in found if one not in secrets]


def check_lost_members(target: ResourceId, members: Iterable[str]) -> Iterator[Diagnostic]:
    """Does the resource, which is to be changed, have members that this command would not send back?"""
    names = ', '.join(members)
    if names:
        noun = 'vnet-gateway' if target.is_a(GATEWAY_TYPE) else 'vpn-connection'
        yield rules.MEMBER_UNKNOWN.found(
            f'{target} has {names}, which this command does not know: its write would lose it',
            'Run az extension update --name vnet2vnet, and the same command again; if that changes nothing, change it '
            f'with az network {noun} update --ids {quoted(target)}, and see that {names} is kept',
        )


def _check_typed_asn(desired: End) -> Iterator[Diagnostic]:
    if desired.asn is None:
        return
    option = desired.option('asn')
    if desired.asn not in skus.ASNS:
        yield rules.ASN_RANGE.found(
            f'{option} {desired.asn} is not between 1 and {skus.ASNS[-1]}', f'Give for example {option} 65010'
        )
    elif any(desired.asn in reserved for reserved in skus.RESERVED_ASNS):
        yield rules.ASN_RESERVED.found(
            f'{option} {desired.asn} is reserved by Azure or IANA', f'Give a private one, for example {option} 65010'
        )


def check_public_ips(end: EndState) -> Iterator[Diagnostic]:
    """Are there as many public IPs as the gateway takes, and is each of them fit for it?"""
    desired, layout = end.desired, end.layout
    option = desired.option('public-ips')
    count = 2 if desired.active_active else 1
    typed = len(desired.public_ip_names)
    if not layout.existing_gateway and typed and typed != count:
        takes = 'two where it is active-active' if count == 2 else 'one'
        yield rules.PUBLIC_IP_COUNT.found(
            f'{option} names {typed} public IP{"s" if typed > 1 else ""}; the gateway takes {takes}',
            'Name two' if count == 2 else f'Name one, or add {desired.option("active-active")}',
        )
    unused = _unused_names(desired, layout)
    if unused:
        yield rules.PUBLIC_IPS_UNUSED.found(
            f'{option} is for addresses that a gateway gets; {layout.gateway} exists '
            f'and does not get {", ".join(unused)}',
            f'Omit {option} to stop this warning',
        )
    if len({name.lower() for name in desired.public_ip_names}) < typed:
        yield rules.PUBLIC_IP_TWICE.found(f'{option} names the same public IP twice', 'Name two different ones')
    if layout.public_ips and layout.sku and layout.sku.zonal and not end.observed.surroundings.regions:
        yield rules.ZONES_UNKNOWN.found(
            f'The zones of {layout.location} cannot be read; new public IPs are asked for in zones 1, 2 and 3',
            f'If the region has none, create the IPs first and name them with {option}',
        )
    for public_ip in end.observed.public_ips:
        if public_ip.state == FAILED:
            yield rules.PUBLIC_IP_FAILED.found(
                f'Public IP {public_ip.id} is in state Failed',
                f'Delete it and let this command create it anew: '
                f'az network public-ip delete --ids {quoted(public_ip.id)}',
            )
        for rule, reason in _unsuitable(public_ip, layout):
            yield rule.found(
                f'Public IP {public_ip.id} {reason}',
                f'Give another name with {option}: an IP of a new name is created as the gateway requires it',
            )


def _unused_names(desired: End, layout: SiteLayout) -> list[str]:
    """The typed names of public IPs that the gateway, which exists, neither has nor gets."""
    if layout.existing_gateway is None:
        return []
    used = layout.existing_gateway.public_ip_names | {public_ip.name.lower() for public_ip in layout.public_ips}
    return sorted(name for name in desired.public_ip_names if name.lower() not in used)


def _unsuitable(public_ip: ObservedPublicIp, layout: SiteLayout) -> Iterator[tuple[Rule, str]]:
    is_basic = bool(layout.sku and layout.sku.is_basic)
    kind = rules.PUBLIC_IP_UNPROVEN if is_basic else rules.PUBLIC_IP_UNSUITABLE
    only = 'of SKU Basic may take {} only' if is_basic else 'takes {} only'
    if public_ip.user:
        yield rules.PUBLIC_IP_UNSUITABLE, f'is in use by {public_ip.user}'
    if public_ip.sku.lower() != 'standard':
        yield kind, f'has SKU {public_ip.sku}; a VPN gateway {only.format("Standard")}'
    if public_ip.allocation.lower() != 'static':
        yield kind, f'is allocated {public_ip.allocation}; a VPN gateway {only.format("Static")}'
    if public_ip.location != layout.location:
        yield rules.PUBLIC_IP_UNSUITABLE, f'is in {public_ip.location}, the VNet in {layout.location}'
    if layout.sku and layout.sku.zonal and layout.zones and not public_ip.zones:
        reason = f'has no zones; SKU {layout.sku.name} requires them in {layout.location}'
        yield rules.PUBLIC_IP_UNSUITABLE, reason
    if public_ip.zones and layout.sku and not layout.sku.zonal and not is_basic:
        yield rules.PUBLIC_IP_UNSUITABLE, f'has zones; SKU {layout.sku.name} takes none'


def check_gateways(pair: ObservedPair) -> Iterator[Diagnostic]:
    """Are the gateways of a pair that exists at rest, and do they have a future?"""
    for end in pair.ends:
        gateway = end.gateway
        if gateway is None:
            continue
        yield from _check_bandwidth(gateway)
        if gateway.state not in (SUCCEEDED, FAILED, ''):
            until = 'deleted' if gateway.state == DELETING else 'updated'
            yield rules.GATEWAY_UPDATING.found(
                f'Azure is still working on gateway {gateway.id} ({gateway.state})',
                f'Run az network vnet-gateway wait --{until} --ids {quoted(gateway.id)}',
            )
        elif gateway.state == FAILED:
            yield from check_state(gateway, 'let az vnet2vnet create make a new one')
        sku = skus.find_sku(gateway.sku)
        if sku and sku.refused_since:
            basic = [public_ip.id.name for public_ip in end.public_ips if public_ip.sku.lower() == 'basic']
            address = f' and public IP {basic[0]} of SKU Basic' if basic else ''
            yield rules.SKU_RETIRED.found(
                f'Gateway {gateway.id} has SKU {sku.name}{address}, retired by Azure as of {sku.retired}',
                f'Plan its move to {sku.replacement}: run {_moving(sku, gateway, bool(basic))}',
                severity=Severity.WARNING,
            )


def _moving(sku: skus.Sku, gateway: ObservedGateway, has_basic_ip: bool) -> str:
    """Documented: VpnGw1 to 5 with a Standard IP change their SKU in place; with a Basic IP, and the older SKUs, by
    migration (gateway SKU upgrade, 2026-03; Basic IP migration, 2025-08).
    """
    if sku.replacement == f'{sku.name}AZ' and not has_basic_ip:
        return f'az network vnet-gateway update --sku {sku.replacement} --ids {quoted(gateway.id)}'
    migration = 'az network vnet-gateway migration'
    return (
        f'{migration} prepare --migration-type UpgradeDeploymentToStandardIP --ids {quoted(gateway.id)}, then '
        f'{migration} execute --ids {quoted(gateway.id)} and {migration} commit --ids {quoted(gateway.id)}'
    )
