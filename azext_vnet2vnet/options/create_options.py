"""From what was typed to the pair that is meant: names become ids, and every flaw of the command line is found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.rights import check_tenants
from azext_vnet2vnet.network.desired import Pair
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.setting_names import CommandLine, Source
from azext_vnet2vnet.network.shared_key import SharedKey, flaw_of
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.options.end_options import EndOptions, Places, read_end
from azext_vnet2vnet.options.resource_names import LONGEST, LONGEST_GROUP, check_name
from azext_vnet2vnet.options.tunnel_options import TunnelOptions, read_tunnel


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
    only_end: int | None = None
    tunnel: TunnelOptions = TunnelOptions()

    @classmethod
    def from_typed(cls, typed: Mapping, subscription: str) -> 'PairOptions':
        """The options out of a flat mapping, in which those of one end have its number at the end of their names."""
        only_end = typed.get('only_end')
        ends = []
        for number in (1, 2):
            own = {
                one.name: typed[name]
                for one in fields(EndOptions)
                if (name := next((name for name in (f'{one.name}{number}', one.name) if name in typed), None))
            }
            ends.append(EndOptions(**own, is_far=only_end not in (None, number), source=CommandLine(number)))
        flat = {one.name: typed[one.name] for one in fields(cls) if one.name in typed}
        return cls(*ends, subscription, tunnel=TunnelOptions.from_typed(typed), **flat)

    @property
    def ends(self) -> tuple[EndOptions, EndOptions]:
        """The options of both ends, the first one first."""
        return self.end1, self.end2


def read_pair(options: PairOptions, accounts: Sequence[Account]) -> tuple[Pair | None, tuple[Diagnostic, ...]]:
    """The pair that the options mean, and what is wrong with them; None where an end cannot even be named."""
    findings: list[Diagnostic] = _check_typed_names(options)
    places = Places(options.resource_group, options.subscription)
    ends = [read_end(end, places, accounts, findings) for end in options.ends]
    key = read_key_option(options.shared_key, findings)
    tunnel = read_tunnel(options.tunnel, findings)
    if options.only_end:
        findings += _check_only_end(options)
    if None in ends:
        return None, tuple(dict.fromkeys(findings))
    end1, end2 = ends
    if end1.vnet == end2.vnet:
        findings.append(
            rules.SAME_VNET.found(
                f'Both ends are the same VNet, {end1.vnet}',
                'Name two different VNets with --vnet1 and --vnet2. If they have the same name, tell them apart with '
                '--resource-group1/--resource-group2 or --subscription1/--subscription2',
            )
        )
    findings += check_tenants(end1, end2, accounts)
    pair = Pair(end1, end2, options.connection_name, options.peer_name, key, tunnel)
    findings += check_default_names(pair) if not findings else ()
    return pair, tuple(dict.fromkeys(findings))


def check_default_names(pair: Pair) -> list[Diagnostic]:
    """Names of connections that are made of two others, which may each be well and together too long."""
    return [
        found
        for end in pair.ends
        for name in [pair.connection_name(end)]
        if len(name) > LONGEST
        for found in check_name(pair.name_option(end), name)
    ]


def _check_typed_names(options: PairOptions) -> list[Diagnostic]:
    typed = (
        ('--resource-group', options.resource_group, LONGEST_GROUP, True),
        ('--name', options.connection_name),
        ('--peer-name', options.peer_name),
    )
    return [found for option, name, *rules in typed if name is not None for found in check_name(option, name, *rules)]


def _check_only_end(options: PairOptions) -> list[Diagnostic]:
    number = 2 if options.only_end == 1 else 1
    far = options.ends[number - 1]
    findings = [
        rules.ONLY_END_OPTIONS.found(
            f'--{name}{number} is about the end that the other administrator writes', f'Leave --{name}{number} away'
        )
        for name, value in (
            ('location', far.location),
            ('subnets', far.subnets),
            ('asn', far.asn),
            ('gateway-subnet', far.gateway_subnet),
            ('public-ips', far.public_ips),
        )
        if value is not None
    ]
    if options.shared_key is not None:
        return findings
    return findings + [
        rules.ONLY_END_KEY.found(
            '--only-end wants --shared-key: both administrators have to give the same',
            'Agree on a key, keep it in a file, and give --shared-key @FILE',
        )
    ]


def read_key_option(text: str | None, findings: list[Diagnostic]) -> SharedKey | None:
    """The key that --shared-key means; what is wrong with it is added to `findings`."""
    if text is not None and text.startswith('@'):
        findings.append(
            rules.KEY_FILE_UNREADABLE.found(
                '--shared-key names a file with @, and that file cannot be read',
                'Give the name of a file that can be read, as in --shared-key @key.txt, or --shared-key @- to read the '
                'key from standard input; a key itself may not begin with @ here',
            )
        )
        return None
    return read_key(text, findings)


def read_key(text: str | None, findings: list[Diagnostic], source: Source = CommandLine()) -> SharedKey | None:
    """The key that a text is; what is wrong with it is added to `findings`."""
    if text is None:
        return None
    # One line end is not part of a key that comes from a file; az strips it on the platform's own terms only.
    text = text[:-2] if text.endswith('\r\n') else text[:-1] if text.endswith('\n') else text
    flaw = flaw_of(text)
    if flaw:
        findings.append(
            rules.KEY_REFUSED.found(
                flaw,
                f'Leave {source.name("shared-key")} away to have a good one generated, or give '
                f'another with {source.given("shared-key", "@FILE")}',
            )
        )
        return None
    return SharedKey(text)
