"""One VNet that takes part in pairs, from what was typed to the end that is meant; every flaw is found."""

from collections.abc import Sequence
from dataclasses import dataclass

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.address_space import parse_prefix
from azext_vnet2vnet.network.desired import End, Subnet, Tags
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.resource_id import GATEWAY_TYPE, VNET_TYPE, ResourceId
from azext_vnet2vnet.network.setting_names import CommandLine, Source
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.options.resource_names import LONGEST_GROUP, LONGEST_VNET, check_name
from azext_vnet2vnet.options.subscription_names import find_account


@dataclass(frozen=True)
class EndOptions:
    """The settings of one end, as typed; None where not typed.

    `is_far` where another administrator writes this end: then `vnet_gateway` is the ID of its gateway.
    """

    vnet: str
    resource_group: str | None = None
    subscription: str | None = None
    location: str | None = None
    address_prefixes: Sequence[str] | None = None
    subnets: Sequence[str] | None = None
    gateway_subnet: str | None = None
    vnet_gateway: str | None = None
    public_ips: Sequence[str] | None = None
    asn: int | None = None
    sku: str | None = None
    vpn_gateway_generation: str | None = None
    active_active: bool | None = None
    enable_bgp: bool | None = None
    tags: Tags | None = None
    is_far: bool = False
    source: Source = CommandLine()

    def name(self, setting: str) -> str:
        """A setting as the user knows it."""
        return self.source.name(setting)


@dataclass(frozen=True)
class Places:
    """Where an end is that does not say it: a group, if any, and a subscription's id or name."""

    group: str | None
    subscription: str


def read_end(typed: EndOptions, places: Places, accounts: Sequence[Account], findings: list[Diagnostic]) -> End | None:
    """The end that the options mean; what is wrong is added to `findings`. None where it cannot even be named."""
    findings += _check_names(typed)
    far_gateway = _read_far_gateway(typed, findings) if typed.is_far else None
    vnet, account = _read_vnet(typed, places, accounts, findings, far_gateway)
    prefixes = tuple(
        _checked_prefix(text, typed.name('address-prefixes'), findings) for text in typed.address_prefixes or ()
    )
    subnets = tuple(_read_subnet(text, typed.source, findings) for text in typed.subnets or ())
    gateway_subnet = (
        _checked_prefix(typed.gateway_subnet, typed.name('gateway-subnet'), findings) if typed.gateway_subnet else None
    )
    if vnet is None or account is None:
        return None
    return End(
        vnet,
        account.tenant,
        _normal_location(typed.location),
        prefixes,
        tuple(filter(None, subnets)),
        gateway_subnet,
        None if far_gateway else typed.vnet_gateway,
        tuple(typed.public_ips or ()),
        typed.asn,
        far_gateway,
        typed.sku,
        typed.vpn_gateway_generation,
        typed.active_active,
        typed.enable_bgp,
        typed.tags,
        typed.source,
    )


def _check_names(typed: EndOptions) -> list[Diagnostic]:
    """Names that Azure would not take, and options that are empty."""
    names = [('resource-group', typed.resource_group, LONGEST_GROUP, True)]
    names += [] if typed.is_far else [('vnet-gateway', typed.vnet_gateway)]
    names += [] if '/' in typed.vnet else [('vnet', typed.vnet, LONGEST_VNET)]
    names += [('public-ips', name) for name in typed.public_ips or ()]
    names += [('subnets', text.partition('=')[0]) for text in typed.subnets or () if '=' in text[1:]]
    texts = [
        ('subscription', typed.subscription),
        ('location', typed.location),
        ('gateway-subnet', typed.gateway_subnet),
        ('sku', typed.sku),
    ]
    names += [(setting, text) for setting, text in texts if text == '']
    return [
        found
        for setting, name, *rules in names
        if name is not None
        for found in check_name(typed.name(setting), name, *rules)
    ]


def _read_far_gateway(typed: EndOptions, findings) -> ResourceId | None:
    """The gateway of the end that another administrator writes; it is known by its ID alone."""
    option = typed.name('vnet-gateway')
    try:
        gateway = ResourceId.parse(typed.vnet_gateway or '')
    except ValueError:
        gateway = None
    if gateway is None or not gateway.is_a(GATEWAY_TYPE):
        findings.append(
            rules.ONLY_END_GATEWAY.found(
                f'--only-end wants the ID of the far gateway, and {option} is none',
                f'Ask the other administrator for it (az network vnet-gateway show --query id) and give it as {option}',
            )
        )
        return None
    return gateway


def _read_vnet(
    typed: EndOptions, places: Places, accounts, findings, far_gateway
) -> tuple[ResourceId | None, Account | None]:
    if '/' in typed.vnet:
        return _read_vnet_id(typed, accounts, findings, far_gateway)
    group = typed.resource_group or (far_gateway.group if far_gateway else places.group)
    option = typed.name('subscription')
    if far_gateway and typed.subscription:
        findings.append(
            rules.ONLY_END_OPTIONS.found(
                f'{option} is said by the ID of the far gateway already', f'Leave {option} away'
            )
        )
    wanted = far_gateway.subscription if far_gateway else typed.subscription or places.subscription
    account = find_account(wanted, option, accounts, findings, far_gateway)
    if not group:
        findings.append(
            rules.GROUP_NOT_NAMED.found(
                f"The resource group of VNet '{typed.vnet}' is not named",
                f'Give {typed.source.given("resource-group", "GROUP")}, or {typed.source.for_all("resource-group")} '
                f'for all, or the full ID of the VNet as {typed.name("vnet")}',
            )
        )
    if not group or not account:
        return None, account
    return ResourceId(account.id, group, VNET_TYPE, (typed.vnet,)), account


def _read_vnet_id(typed: EndOptions, accounts, findings, far_gateway) -> tuple[ResourceId | None, Account | None]:
    option = typed.name('vnet')
    try:
        vnet = ResourceId.parse(typed.vnet)
    except ValueError:
        vnet = None
    if vnet is None or not vnet.is_a(VNET_TYPE):
        findings.append(
            rules.MALFORMED_ID.found(
                f"{option} '{typed.vnet}' is neither the name nor the ID of a VNet",
                'Give a name, or an ID of the form /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/'
                'Microsoft.Network/virtualNetworks/NAME, as `az network vnet show --query id` prints it',
            )
        )
        return None, None
    account = find_account(vnet.subscription, option, accounts, findings, far_gateway)
    group, subscription = typed.name('resource-group'), typed.name('subscription')
    if typed.resource_group and typed.resource_group.lower() != vnet.group.lower():
        findings.append(
            rules.GROUP_CONTRADICTION.found(
                f"{group} '{typed.resource_group}' contradicts the ID of {option}, which is in group '{vnet.group}'",
                f'Leave {group} away: the ID says it',
            )
        )
    if account and typed.subscription and typed.subscription.lower() not in (account.id.lower(), account.name.lower()):
        findings.append(
            rules.SUBSCRIPTION_CONTRADICTION.found(
                f"{subscription} '{typed.subscription}' contradicts the ID of {option}, "
                f'which is in subscription {vnet.subscription}',
                f'Leave {subscription} away: the ID says it',
            )
        )
    return vnet, account


def _checked_prefix(text: str, option: str, findings: list[Diagnostic]) -> str:
    try:
        return str(parse_prefix(text))
    except ValueError:
        findings.append(
            rules.MALFORMED_PREFIX.found(
                f"{option}: '{text}' is not an address prefix",
                'Write it in CIDR form with the host bits zero, such as 10.11.0.0/16',
            )
        )
        return ''


def _read_subnet(text: str, source: Source, findings: list[Diagnostic]) -> Subnet | None:
    name, equals, prefix = text.partition('=')
    if not equals or not name or not prefix:
        findings.append(
            rules.MALFORMED_SUBNET.found(
                f"{source.name('subnets')}: '{text}' is not of the form NAME=PREFIX",
                f'Write for example {source.given("subnets", "FrontEnd=10.11.0.0/24 BackEnd=10.12.0.0/24")}',
            )
        )
        return None
    return Subnet(name, _checked_prefix(prefix, source.name('subnets'), findings))


def _normal_location(text: str | None) -> str | None:
    """Azure's own name of a region from either of its names: `West US` is `westus` (recorded)."""
    return text.replace(' ', '').lower() if text else None
