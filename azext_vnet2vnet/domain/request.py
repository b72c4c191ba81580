"""From what was typed to the pair that is meant: names become ids, and every flaw of the command line is found."""
from dataclasses import dataclass, field, fields
from typing import Mapping, Sequence

from azext_vnet2vnet.domain.addresses import parse_prefix
from azext_vnet2vnet.domain.finding import Finding, Kind, Severity
from azext_vnet2vnet.domain.ids import GATEWAY_TYPE, VNET_TYPE, ResourceId
from azext_vnet2vnet.domain.model import End, Pair, Subnet, Tags
from azext_vnet2vnet.domain.names import LONGEST, LONGEST_GROUP, LONGEST_VNET, check_name
from azext_vnet2vnet.domain.secret import SharedKey, flaw_of
from azext_vnet2vnet.domain.tunnel_options import TunnelOptions, read_tunnel


@dataclass(frozen=True)
class Account:
    """A subscription of the az login; `single_tenant` logins get no tokens for another tenant.

    `other_cloud` is the name of its cloud where that is not az's current one.
    """
    id: str
    name: str
    tenant: str
    single_tenant: bool = False
    other_cloud: str | None = None


@dataclass(frozen=True)
class EndOptions:
    """The options of one end, as typed; None where not typed."""
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


@dataclass(frozen=True)
class PairOptions:
    """The options of `create`, as typed; None where not typed. `subscription` is az's current one."""
    end1: EndOptions
    end2: EndOptions
    subscription: str
    resource_group: str | None = None
    connection_name: str | None = None
    peer_name: str | None = None
    shared_key: str | None = field(default=None, repr=False)
    sku: str | None = None
    vpn_gateway_generation: str | None = None
    active_active: bool | None = None
    tags: Tags | None = None
    only_end: int | None = None
    tunnel: TunnelOptions = TunnelOptions()

    @classmethod
    def from_typed(cls, typed: Mapping, subscription: str) -> 'PairOptions':
        """The options out of a flat mapping, in which those of an end have its number at the end of their names."""
        ends = [EndOptions(**{one.name: typed[f'{one.name}{number}'] for one in fields(EndOptions)})
                for number in (1, 2)]
        tunnel = TunnelOptions(**{one.name: typed[one.name] for one in fields(TunnelOptions)})
        flat = {one.name: typed[one.name] for one in fields(cls) if one.name in typed}
        return cls(*ends, subscription, tunnel=tunnel, **flat)

    @property
    def ends(self) -> tuple[EndOptions, EndOptions]:
        """The options of both ends, the first one first."""
        return self.end1, self.end2


def read_pair(options: PairOptions, accounts: Sequence[Account]) -> tuple[Pair | None, tuple[Finding, ...]]:
    """The pair that the options mean, and what is wrong with them; None where an end cannot even be named."""
    findings: list[Finding] = _check_typed_names(options)
    ends = [_read_end(number, end, options, accounts, findings) for number, end in enumerate(options.ends, start=1)]
    key = _read_key(options.shared_key, findings)
    tunnel = read_tunnel(options.tunnel, findings)
    if options.only_end:
        findings += _check_only_end(options)
    if None in ends:
        return None, tuple(findings)
    end1, end2 = ends
    if end1.vnet == end2.vnet:
        findings.append(Finding(
            'same-vnet', f'Both ends are the same VNet, {end1.vnet}',
            'Name two different VNets with --vnet1 and --vnet2. If they have the same name, tell them apart with '
            '--resource-group1/--resource-group2 or --subscription1/--subscription2'))
    findings += _check_tenants(end1, end2, accounts)
    pair = Pair(end1, end2, options.connection_name, options.peer_name, key, options.sku,
                options.vpn_gateway_generation, options.active_active, tunnel, options.tags)
    for option, end in (('--name', end1), ('--peer-name', end2)):
        name = pair.connection_name(end)  # Made of two names, which may each be well and together too long.
        findings += check_name(option, name) if len(name) > LONGEST and not findings else []
    return pair, tuple(findings)


def _check_typed_names(options: PairOptions) -> list[Finding]:
    """Names that Azure would not take, and options that are empty."""
    typed = [('--resource-group', options.resource_group, LONGEST_GROUP, True),
             ('--name', options.connection_name), ('--peer-name', options.peer_name)]
    empties = [('--sku', options.sku)]
    for number, end in enumerate(options.ends, start=1):
        is_far = options.only_end is not None and options.only_end != number
        typed += [(f'--resource-group{number}', end.resource_group, LONGEST_GROUP, True)]
        typed += [] if is_far else [(f'--vnet-gateway{number}', end.vnet_gateway)]
        typed += [] if '/' in end.vnet else [(f'--vnet{number}', end.vnet, LONGEST_VNET)]
        typed += [(f'--public-ips{number}', name) for name in end.public_ips or ()]
        typed += [(f'--subnets{number}', text.partition('=')[0]) for text in end.subnets or () if '=' in text[1:]]
        empties += [(f'--{name}{number}', value) for name, value in (
            ('subscription', end.subscription), ('location', end.location), ('gateway-subnet', end.gateway_subnet))]
    return ([found for option, name, *rules in typed if name is not None for found in check_name(option, name, *rules)]
            + [found for option, value in empties if value == '' for found in check_name(option, value)])


def _read_end(number, typed, options, accounts, findings) -> End | None:
    is_far = options.only_end is not None and options.only_end != number
    far_gateway = _read_far_gateway(number, typed, findings) if is_far else None
    vnet, account = _read_vnet(number, typed, options, accounts, findings, far_gateway)
    prefixes = tuple(_checked_prefix(text, f'--address-prefixes{number}', findings)
                     for text in typed.address_prefixes or ())
    subnets = tuple(_read_subnet(text, number, findings) for text in typed.subnets or ())
    gateway_subnet = (_checked_prefix(typed.gateway_subnet, f'--gateway-subnet{number}', findings)
                      if typed.gateway_subnet else None)
    if vnet is None or account is None:
        return None
    return End(number, vnet, account.tenant, _normal_location(typed.location), prefixes,
               tuple(subnet for subnet in subnets if subnet), gateway_subnet,
               None if far_gateway else typed.vnet_gateway, tuple(typed.public_ips or ()), typed.asn, far_gateway)


def _read_far_gateway(number, typed, findings) -> ResourceId | None:
    """The gateway of the end that another administrator writes; it is known by its ID alone."""
    try:
        gateway = ResourceId.parse(typed.vnet_gateway or '')
    except ValueError:
        gateway = None
    if gateway is None or not gateway.is_a(GATEWAY_TYPE):
        findings.append(Finding(
            'only-end-gateway', f'--only-end wants the ID of the far gateway, and --vnet-gateway{number} is none',
            f'Ask the other administrator for it (az network vnet-gateway show --query id) and give it as '
            f'--vnet-gateway{number}', Kind.MISSING_ARGUMENT))
        return None
    return gateway


def _read_vnet(number, typed, options, accounts, findings, far_gateway) -> tuple[ResourceId | None, Account | None]:
    if '/' in typed.vnet:
        return _read_vnet_id(number, typed, accounts, findings, far_gateway)
    group = typed.resource_group or (far_gateway.group if far_gateway else options.resource_group)
    if far_gateway and typed.subscription:
        findings.append(Finding(
            'only-end-options', f'--subscription{number} is said by the ID of the far gateway already',
            f'Leave --subscription{number} away'))
    wanted = far_gateway.subscription if far_gateway else typed.subscription or options.subscription
    account = _find_account(wanted, f'--subscription{number}', accounts, findings, far_gateway)
    if not group:
        findings.append(Finding(
            'group-not-named', f"The resource group of VNet '{typed.vnet}' is not named",
            f'Give --resource-group{number} GROUP, or --resource-group GROUP for both ends, or the full ID of the '
            f'VNet as --vnet{number}', Kind.MISSING_ARGUMENT))
    if not group or not account:
        return None, account
    return ResourceId(account.id, group, VNET_TYPE, (typed.vnet,)), account


def _read_vnet_id(number, typed, accounts, findings, far_gateway) -> tuple[ResourceId | None, Account | None]:
    try:
        vnet = ResourceId.parse(typed.vnet)
    except ValueError:
        vnet = None
    if vnet is None or not vnet.is_a(VNET_TYPE):
        findings.append(Finding(
            'malformed-id', f"--vnet{number} '{typed.vnet}' is neither the name nor the ID of a VNet",
            'Give a name, or an ID of the form /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/'
            'Microsoft.Network/virtualNetworks/NAME, as `az network vnet show --query id` prints it'))
        return None, None
    if typed.resource_group and typed.resource_group.lower() != vnet.group.lower():
        findings.append(Finding(
            'group-contradiction',
            f"--resource-group{number} '{typed.resource_group}' contradicts the ID of --vnet{number}, which is in "
            f"group '{vnet.group}'", f'Leave --resource-group{number} away: the ID says it'))
    account = _find_account(vnet.subscription, f'--vnet{number}', accounts, findings, far_gateway)
    if account and typed.subscription and typed.subscription.lower() not in (account.id.lower(), account.name.lower()):
        findings.append(Finding(
            'subscription-contradiction',
            f"--subscription{number} '{typed.subscription}' contradicts the ID of --vnet{number}, which is in "
            f"subscription {vnet.subscription}", f'Leave --subscription{number} away: the ID says it'))
    return vnet, account


def _find_account(name_or_id, option, accounts, findings, far_gateway=None) -> Account | None:
    wanted = name_or_id.lower()
    found = ([account for account in accounts if account.id.lower() == wanted]
             or [account for account in accounts if account.name.lower() == wanted])
    here = [account for account in found if account.other_cloud is None]
    if len(here) == 1:
        return here[0]
    if far_gateway and not found:
        # The other administrator's subscription need not be one of this login; Azure says whether that suffices.
        findings.append(Finding(
            'far-login', f'This login has no subscription {name_or_id}, where the far gateway is: whether it may read '
            'and write that gateway is not checked', 'If it is in another tenant, run `az login --tenant TENANT` for '
            'that one first, or the connection will be refused at the end', Kind.LOGIN, Severity.WARNING))
        return Account(name_or_id, name_or_id, '')
    if len(here) > 1:
        ids = ', '.join(sorted(account.id for account in here))
        findings.append(Finding(
            'subscription-ambiguous', f"{option}: {len(here)} subscriptions of this login are named '{name_or_id}'",
            f'Give its ID, one of {ids}'))
    elif found:
        findings.append(Finding(
            'other-cloud', f"{option}: subscription '{name_or_id}' is in {found[0].other_cloud}, not in the cloud that "
            'az uses now, and no VPN of this kind leads from one cloud to another',
            f'If both VNets are in {found[0].other_cloud}, run az cloud set --name {found[0].other_cloud} first'))
    else:
        findings.append(Finding(
            'subscription-unknown', f"{option}: this login has no subscription '{name_or_id}'",
            'Look for it with `az account list --all --output table`; if it is in a tenant you are not logged in to, '
            'run `az login --tenant TENANT` (logins add up), then the same command again', Kind.LOGIN))
    return None


def _check_tenants(end1: End, end2: End, accounts) -> list[Finding]:
    if end1.tenant == end2.tenant or not (end1.tenant and end2.tenant):
        return []
    subscriptions = (end1.vnet.subscription.lower(), end2.vnet.subscription.lower())
    single = next((account for account in accounts
                   if account.single_tenant and account.id.lower() in subscriptions), None)
    if not single:
        return []
    return [Finding(
        'login-single-tenant',
        f'The two VNets are in two tenants ({end1.tenant} and {end2.tenant}), and the login to subscription '
        f"'{single.name}' is one of Cloud Shell or a managed identity, which gets tokens for its own tenant only",
        f'Run `az login --tenant {end1.tenant}` and `az login --tenant {end2.tenant}` as a user or service principal, '
        'then the same command again', Kind.LOGIN)]


def _check_only_end(options: PairOptions) -> list[Finding]:
    number = 2 if options.only_end == 1 else 1
    far = options.ends[number - 1]
    findings = [Finding('only-end-options', f'--{name}{number} is about the end that the other administrator writes',
                        f'Leave --{name}{number} away')
                for name, value in (('location', far.location), ('subnets', far.subnets), ('asn', far.asn),
                                    ('gateway-subnet', far.gateway_subnet), ('public-ips', far.public_ips))
                if value is not None]
    if options.shared_key is not None:
        return findings
    return findings + [Finding(
        'only-end-key', '--only-end wants --shared-key: both administrators have to give the same',
        'Agree on a key, keep it in a file, and give --shared-key @FILE', Kind.MISSING_ARGUMENT)]


def _checked_prefix(text: str, option: str, findings) -> str:
    try:
        return str(parse_prefix(text))
    except ValueError:
        findings.append(Finding(
            'malformed-prefix', f"{option}: '{text}' is not an address prefix",
            'Write it in CIDR form with the host bits zero, such as 10.11.0.0/16'))
        return ''


def _read_subnet(text: str, number: int, findings) -> Subnet | None:
    name, equals, prefix = text.partition('=')
    if not equals or not name or not prefix:
        findings.append(Finding(
            'malformed-subnet', f"--subnets{number}: '{text}' is not of the form NAME=PREFIX",
            f'Write for example --subnets{number} FrontEnd=10.11.0.0/24 BackEnd=10.12.0.0/24'))
        return None
    return Subnet(name, _checked_prefix(prefix, f'--subnets{number}', findings))


def _read_key(text: str | None, findings) -> SharedKey | None:
    if text is None:
        return None
    # One line end is not part of a key that comes from a file; az strips it on the platform's own terms only.
    text = text[:-2] if text.endswith('\r\n') else text[:-1] if text.endswith('\n') else text
    if text.startswith('@'):
        findings.append(Finding(
            # What stands behind the @ may be a key all the same, so it is not repeated.
            'key-file-unreadable', '--shared-key names a file with @, and that file cannot be read',
            'Give the name of a file that can be read, as in --shared-key @key.txt, or --shared-key @- to read the key '
            'from standard input; a key itself may not begin with @ here'))
        return None
    flaw = flaw_of(text)
    if flaw:
        findings.append(Finding(
            'key-refused', flaw, 'Leave --shared-key away to have a good one generated, or give another with '
            '--shared-key @FILE'))
        return None
    return SharedKey(text)


def _normal_location(text: str | None) -> str | None:
    """Azure's own name of a region from either of its names: `West US` is `westus` (recorded)."""
    return text.replace(' ', '').lower() if text else None
