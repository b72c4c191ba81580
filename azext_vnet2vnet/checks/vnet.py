"""What is wrong with one end's VNet: its place, its address space, its subnets, its peerings."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.address_space import contains, overlaps
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.desired import End
from azext_vnet2vnet.network.diagnostic import Diagnostic, Kind
from azext_vnet2vnet.network.observed import FAILED, ObservedVnet
from azext_vnet2vnet.network.resource_id import GATEWAY_SUBNET, ResourceId
from azext_vnet2vnet.planning.pair_plan import EndState

AZURE_DNS = '168.63.129.16'


def check_vnet(end: EndState) -> Iterator[Diagnostic]:
    """Does it exist, or can it be created where it is required?"""
    desired, vnet, layout = end.desired, end.observed.vnet, end.layout
    if vnet:
        yield from _check_existing_vnet(desired, vnet)
    elif not desired.address_prefixes:
        yield rules.VNET_MISSING.found(
            f'VNet {desired.vnet} does not exist',
            f'Check its name and group, or have it created: {desired.option("address-prefixes")} PREFIX gives its '
            'address space',
        )
    if layout.location is None:
        yield rules.LOCATION_UNKNOWN.found(
            f"Neither VNet '{desired.vnet.name}' nor its group '{desired.vnet.group}' exists, so their location is not "
            'known',
            f'Give {desired.option("location")} REGION, such as eastus',
            kind=Kind.MISSING_ARGUMENT,
        )
    elif end.observed.surroundings.regions and layout.location not in end.observed.surroundings.regions:
        yield rules.LOCATION_UNKNOWN.found(
            f"Subscription {desired.vnet.subscription} has no location '{layout.location}'",
            f'Give {desired.option("location")} a name that `az account list-locations --query "[].name"` lists',
            kind=Kind.ARGUMENT,
        )
    if not vnet:
        yield from _check_new_vnet(desired)
    if vnet and not end.observed.gateway:
        yield from _check_remote_gateways(vnet)


def _check_existing_vnet(desired: End, vnet: ObservedVnet) -> Iterator[Diagnostic]:
    if vnet.state == FAILED:
        yield rules.VNET_FAILED.found(
            f'VNet {vnet.id} is in state Failed', f'Repair it first: az network vnet update --ids {quoted(vnet.id)}'
        )
    if desired.location and desired.location != vnet.location:
        yield rules.LOCATION_DIFFERS.found(
            f'VNet {vnet.id} is in {vnet.location}, not in {desired.location}',
            f'Omit {desired.option("location")}: the VNet exists',
        )
    present = [prefix for subnet in vnet.subnets for prefix in subnet.prefixes]
    typed = [subnet.prefix for subnet in desired.subnets]
    for option, asked, known in (
        ('address-prefixes', desired.address_prefixes, vnet.address_prefixes),
        ('subnets', typed, present),
    ):
        missing = sorted(set(asked) - set(known))
        if missing:
            yield rules.VNET_DIFFERS.found(
                f'VNet {vnet.id} exists without the {option.replace("-", " ")} {", ".join(missing)}',
                f'Omit {desired.option(option)} to use the VNet as it is; change a VNet with `az network vnet`',
            )


def _check_new_vnet(desired: End) -> Iterator[Diagnostic]:
    option = desired.option('subnets')
    for one, other in combinations(desired.address_prefixes, 2):
        if overlaps([one], [other]):
            yield rules.PREFIXES_OVERLAP.found(
                f'{desired.option("address-prefixes")}: {one} and {other} overlap',
                'Give prefixes that share no address',
            )
    names = [subnet.name.lower() for subnet in desired.subnets]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield rules.SUBNET_TWICE.found(f"{option} names subnet '{name}' twice", 'Give each subnet a name of its own')
    if GATEWAY_SUBNET.lower() in names:
        yield rules.SUBNET_RESERVED.found(
            f'{option} names {GATEWAY_SUBNET}, which has an option of its own',
            f'Give its prefix with {desired.option("gateway-subnet")}',
        )
    for subnet in desired.subnets if desired.address_prefixes else ():
        yield from check_inside(desired.vnet, option, subnet.prefix, desired.address_prefixes)
    for first, second in combinations(desired.subnets, 2):
        if overlaps([first.prefix], [second.prefix]):
            yield rules.SUBNETS_OVERLAP.found(
                f'{option}: {first.name} {first.prefix} and {second.name} {second.prefix} overlap',
                'Give the subnets prefixes that share no address',
            )


def check_inside(vnet: ResourceId, option: str, prefix: str, space: Iterable[str]) -> Iterator[Diagnostic]:
    """Is a prefix that was typed for an option inside the address space of the VNet?"""
    if not contains(space, prefix):
        yield rules.PREFIX_OUTSIDE.found(
            f"{option}: {prefix} is not inside the address space {', '.join(space)} of VNet '{vnet.name}'",
            'Give a prefix inside it',
        )


def _check_remote_gateways(vnet: ObservedVnet) -> Iterator[Diagnostic]:
    """Do the VNet's peerings allow it a gateway of its own?"""
    for peering in vnet.peerings:
        if peering.uses_remote_gateways:
            yield rules.REMOTE_GATEWAY_USED.found(
                f'VNet {vnet.id} uses the gateway of {peering.far_vnet} through '
                f"peering '{peering.name}', and can have none of its own meanwhile",
                'Switch that off: az network vnet peering update --set useRemoteGateways=false '
                f'--ids {quoted(f"{vnet.id}/virtualNetworkPeerings/{peering.name}")}; '
                f'or join {peering.far_vnet} in its place: its gateway serves this VNet already',
            )


def check_dns(vnet: ObservedVnet) -> Iterator[Diagnostic]:
    """Can a gateway in the VNet resolve what Azure manages it by? What a DNS server forwards is not known."""
    if vnet.dns_servers and AZURE_DNS not in vnet.dns_servers:
        yield rules.DNS_NOT_AZURE.found(
            f'VNet {vnet.id} has the DNS servers {", ".join(vnet.dns_servers)}: unless they forward to {AZURE_DNS}, '
            'Azure cannot maintain its gateway',
            f'Check that they do, or run az network vnet update --ids {quoted(vnet.id)} --dns-servers '
            f'{" ".join(vnet.dns_servers)} {AZURE_DNS}',
        )


def check_peered(vnet: ObservedVnet | None, far_vnet: ResourceId | None) -> Iterator[Diagnostic]:
    """Does traffic between two VNets take a peering in place of the VPN?"""
    for peering in vnet.peerings if vnet else ():
        if vnet and peering.far_vnet and peering.far_vnet == far_vnet:
            yield rules.VNETS_PEERED.found(
                f"The two VNets are peered: their traffic takes peering '{peering.name}', not the VPN",
                'If the VPN is to carry it, run az network vnet peering delete --ids '
                f'{vnet.id}/virtualNetworkPeerings/{peering.name}',
            )
