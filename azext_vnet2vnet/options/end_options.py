"""The options of one end, from what was typed to the desired end; every problem is reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.address_space import parse_prefix
from azext_vnet2vnet.network.desired import End, Subnet, Tags
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.resource_id import GATEWAY_TYPE, VNET_TYPE, ResourceId
from azext_vnet2vnet.network.setting_names import CommandLine, Source
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.options.resource_names import GROUP_NAME, RESOURCE_NAME, VNET_NAME, check_name
from azext_vnet2vnet.options.subscription_names import find_account


@dataclass(frozen=True)
class EndOptions:
    """The settings of one end as typed, None if not typed.

    If `is_far`, another administrator writes this end, and `vnet_gateway` is the ID of its gateway.
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

    @classmethod
    def from_typed(cls, typed: Mapping[str, Any], number: int) -> 'EndOptions':
        """The options of end 1 or 2 in a flat mapping: `asn1`, or `asn` for both ends."""
        settings = {}
        for one in fields(cls):
            for name in (one.name, f'{one.name}{number}'):
                if name in typed:
                    settings[one.name] = typed[name]
        is_far = typed.get('only_end') not in (None, number)
        return cls(**settings, is_far=is_far, source=CommandLine(number))

    def name(self, setting: str) -> str:
        """A setting as the user knows it."""
        return self.source.name(setting)


@dataclass(frozen=True)
class DefaultScope:
    """The resource group, if any, and the subscription (name or ID) of ends that name none."""

    group: str | None
    subscription: str


def read_end(
    typed: EndOptions, scope: DefaultScope, accounts: Sequence[Account], diagnostics: list[Diagnostic]
) -> End | None:
    """The desired end; None if its VNet cannot be identified. What is wrong is added to `diagnostics`."""
    diagnostics += _check_names(typed)
    far_gateway = _read_far_gateway(typed, diagnostics) if typed.is_far else None
    vnet, account = _read_vnet(typed, scope, accounts, diagnostics, far_gateway)
    prefixes = tuple(
        _checked_prefix(text, typed.name('address-prefixes'), diagnostics) for text in typed.address_prefixes or ()
    )
    subnets = tuple(_read_subnet(text, typed.source, diagnostics) for text in typed.subnets or ())
    gateway_subnet = (
        _checked_prefix(typed.gateway_subnet, typed.name('gateway-subnet'), diagnostics)
        if typed.gateway_subnet
        else None
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
    """Names that Azure does not accept, and options that are empty."""
    names = [
        ('resource-group', typed.resource_group, GROUP_NAME),
        ('vnet-gateway', None if typed.is_far else typed.vnet_gateway, RESOURCE_NAME),
        ('vnet', None if '/' in typed.vnet else typed.vnet, VNET_NAME),
    ]
    names += [('public-ips', name, RESOURCE_NAME) for name in typed.public_ips or ()]
    names += [('subnets', text.partition('=')[0], RESOURCE_NAME) for text in typed.subnets or () if '=' in text[1:]]
    texts = (
        ('subscription', typed.subscription),
        ('location', typed.location),
        ('gateway-subnet', typed.gateway_subnet),
        ('sku', typed.sku),
    )
    names += [(setting, text, RESOURCE_NAME) for setting, text in texts if text == '']
    return [
        found
        for setting, name, rule in names
        if name is not None
        for found in check_name(typed.name(setting), name, rule)
    ]


def _parse_id(text: str, type_: str) -> ResourceId | None:
    """The ID of a resource of that type; None if the text is not one."""
    try:
        parsed = ResourceId.parse(text)
    except ValueError:
        return None
    return parsed if parsed.is_a(type_) else None


def _read_far_gateway(typed: EndOptions, diagnostics: list[Diagnostic]) -> ResourceId | None:
    """The gateway of the end that another administrator writes, which must be given by its ID."""
    option = typed.name('vnet-gateway')
    gateway = _parse_id(typed.vnet_gateway or '', GATEWAY_TYPE)
    if gateway is None:
        diagnostics.append(
            rules.ONLY_END_GATEWAY.found(
                f'--only-end requires the ID of the far gateway, and {option} is not one',
                f'Ask the other administrator for it (az network vnet-gateway show --query id) and give it as {option}',
            )
        )
    return gateway


def _read_vnet(
    typed: EndOptions,
    scope: DefaultScope,
    accounts: Sequence[Account],
    diagnostics: list[Diagnostic],
    far_gateway: ResourceId | None,
) -> tuple[ResourceId | None, Account | None]:
    if '/' in typed.vnet:
        return _read_vnet_id(typed, accounts, diagnostics, far_gateway)
    group = typed.resource_group or (far_gateway.group if far_gateway else scope.group)
    option = typed.name('subscription')
    if far_gateway and typed.subscription:
        diagnostics.append(
            rules.ONLY_END_OPTIONS.found(
                'The ID of the far gateway already contains the subscription', f'Omit {option}'
            )
        )
    subscription = far_gateway.subscription if far_gateway else typed.subscription or scope.subscription
    account = find_account(subscription, option, accounts, diagnostics, far_gateway)
    if not group:
        diagnostics.append(
            rules.GROUP_NOT_NAMED.found(
                f"The resource group of VNet '{typed.vnet}' is not named",
                f'Give {typed.source.given("resource-group", "GROUP")}, or {typed.source.for_all("resource-group")} '
                f'for all, or the full ID of the VNet as {typed.name("vnet")}',
            )
        )
    if not group or not account:
        return None, account
    return ResourceId(account.id, group, VNET_TYPE, (typed.vnet,)), account


def _read_vnet_id(
    typed: EndOptions, accounts: Sequence[Account], diagnostics: list[Diagnostic], far_gateway: ResourceId | None
) -> tuple[ResourceId | None, Account | None]:
    option = typed.name('vnet')
    vnet = _parse_id(typed.vnet, VNET_TYPE)
    if vnet is None:
        diagnostics.append(
            rules.MALFORMED_ID.found(
                f"{option} '{typed.vnet}' is neither the name nor the ID of a VNet",
                'Give a name, or an ID of the form /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/'
                'Microsoft.Network/virtualNetworks/NAME, as `az network vnet show --query id` prints it',
            )
        )
        return None, None
    account = find_account(vnet.subscription, option, accounts, diagnostics, far_gateway)
    group, subscription = typed.name('resource-group'), typed.name('subscription')
    if typed.resource_group and typed.resource_group.lower() != vnet.group.lower():
        diagnostics.append(
            rules.GROUP_CONTRADICTION.found(
                f"{group} '{typed.resource_group}' contradicts the ID of {option}, which is in group '{vnet.group}'",
                f'Omit {group}: the ID contains the group',
            )
        )
    if account and typed.subscription and typed.subscription.lower() not in (account.id.lower(), account.name.lower()):
        diagnostics.append(
            rules.SUBSCRIPTION_CONTRADICTION.found(
                f"{subscription} '{typed.subscription}' contradicts the ID of {option}, "
                f'which is in subscription {vnet.subscription}',
                f'Omit {subscription}: the ID contains the subscription',
            )
        )
    return vnet, account


def _checked_prefix(text: str, option: str, diagnostics: list[Diagnostic]) -> str:
    try:
        return str(parse_prefix(text))
    except ValueError:
        diagnostics.append(
            rules.MALFORMED_PREFIX.found(
                f"{option}: '{text}' is not an address prefix",
                'Write it in CIDR form with the host bits zero, such as 10.11.0.0/16',
            )
        )
        return ''


def _read_subnet(text: str, source: Source, diagnostics: list[Diagnostic]) -> Subnet | None:
    name, _, prefix = text.partition('=')
    if not name or not prefix:
        diagnostics.append(
            rules.MALFORMED_SUBNET.found(
                f"{source.name('subnets')}: '{text}' is not of the form NAME=PREFIX",
                f'Write for example {source.given("subnets", "FrontEnd=10.11.0.0/24 BackEnd=10.12.0.0/24")}',
            )
        )
        return None
    return Subnet(name, _checked_prefix(prefix, source.name('subnets'), diagnostics))


def _normal_location(text: str | None) -> str | None:
    """The name of a region, also from its display name: `West US` is `westus` (recorded)."""
    return text.replace(' ', '').lower() if text else None
