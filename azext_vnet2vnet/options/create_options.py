"""The options of `create`, from what was typed to the desired pair: names become IDs, every problem is reported."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.rights import check_tenants
from azext_vnet2vnet.network.desired import Pair
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.setting_names import CommandLine, Source
from azext_vnet2vnet.network.shared_key import SharedKey, key_problem
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.options.end_options import DefaultScope, EndOptions, read_end
from azext_vnet2vnet.options.resource_names import GROUP_NAME, RESOURCE_NAME, check_name
from azext_vnet2vnet.options.tunnel_options import TunnelOptions, read_tunnel

# Decision: how paths begin that nobody takes for a key, an absolute path of plain characters, or a usual extension.
_PATH = re.compile(
    r'(\.{1,2}|~\w*|[a-z]:)[\\/]|(?=[a-z0-9+/=]*[._-])/[\w./-]+$|.*\.(txt|key|psk|pem|secret|pass|password|pwd|dat)$',
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class PairOptions:
    """The options of `create` as typed, None if not typed; `subscription` is az's current one."""

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
    def from_typed(cls, typed: Mapping[str, Any], subscription: str) -> 'PairOptions':
        """The options in a flat mapping, in which names that belong to one end have its number as a suffix."""
        return cls(
            EndOptions.from_typed(typed, 1),
            EndOptions.from_typed(typed, 2),
            subscription,
            typed.get('resource_group'),
            typed.get('connection_name'),
            typed.get('peer_name'),
            typed.get('shared_key'),
            typed.get('only_end'),
            TunnelOptions.from_typed(typed),
        )

    @property
    def ends(self) -> tuple[EndOptions, EndOptions]:
        """The options of both ends, end 1 first."""
        return self.end1, self.end2


def read_pair(options: PairOptions, accounts: Sequence[Account]) -> tuple[Pair | None, tuple[Diagnostic, ...]]:
    """The desired pair, and what is wrong with the options; None if the VNet of an end cannot be identified."""
    diagnostics = _check_typed_names(options)
    scope = DefaultScope(options.resource_group, options.subscription)
    end1, end2 = (read_end(end, scope, accounts, diagnostics) for end in options.ends)
    key = read_key_option(options.shared_key, diagnostics)
    tunnel = read_tunnel(options.tunnel, diagnostics)
    if options.only_end:
        diagnostics += _check_only_end(options)
    if end1 is None or end2 is None:
        return None, tuple(dict.fromkeys(diagnostics))
    if end1.vnet == end2.vnet:
        diagnostics.append(
            rules.SAME_VNET.found(
                f'Both ends are the same VNet, {end1.vnet}',
                'Name two different VNets with --vnet1 and --vnet2. If they have the same name, distinguish them with '
                '--resource-group1/--resource-group2 or --subscription1/--subscription2',
            )
        )
    diagnostics += check_tenants(end1, end2, accounts)
    pair = Pair(end1, end2, options.connection_name, options.peer_name, key, tunnel)
    diagnostics += [] if diagnostics else check_default_names(pair)
    return pair, tuple(dict.fromkeys(diagnostics))


def check_default_names(pair: Pair) -> list[Diagnostic]:
    """Connection names that are too long, as they may be if composed of two valid VNet names."""
    names = [(pair.name_option(end), pair.connection_name(end)) for end in pair.ends]
    return [found for option, name in names if len(name) > RESOURCE_NAME.longest for found in check_name(option, name)]


def _check_typed_names(options: PairOptions) -> list[Diagnostic]:
    typed = (
        ('--resource-group', options.resource_group, GROUP_NAME),
        ('--name', options.connection_name, RESOURCE_NAME),
        ('--peer-name', options.peer_name, RESOURCE_NAME),
    )
    return [found for option, name, rule in typed if name is not None for found in check_name(option, name, rule)]


def _check_only_end(options: PairOptions) -> list[Diagnostic]:
    number = 2 if options.only_end == 1 else 1
    far = options.ends[number - 1]
    diagnostics = [
        rules.ONLY_END_OPTIONS.found(
            f'--{name}{number} is for the end that the other administrator writes', f'Omit --{name}{number}'
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
    if options.shared_key is None:
        diagnostics.append(
            rules.ONLY_END_KEY.found(
                '--only-end requires --shared-key: both administrators must give the same key',
                'Agree on a key, keep it in a file, and give --shared-key "@FILE"',
            )
        )
    return diagnostics


def read_key_option(text: str | None, diagnostics: list[Diagnostic]) -> SharedKey | None:
    """The key that --shared-key gives; what is wrong with it is added to `diagnostics`."""
    if text is not None and text.startswith('@'):
        diagnostics.append(
            rules.KEY_FILE_UNREADABLE.found(
                '--shared-key names a file with @, and that file cannot be read',
                'Give the name of a readable file, as in --shared-key "@key.txt", or --shared-key "@-" to read '
                'the key from standard input; a key itself must not begin with @ here',
            )
        )
        return None
    if text is not None and _is_path(text):
        diagnostics.append(
            rules.KEY_IS_PATH.found(
                'The value of --shared-key is the name of a file, or looks like one',
                'Write @ before it to have the key read from that file, as in --shared-key "@key.txt"; a key that '
                'only looks like a path is to be another one',
            )
        )
        return None
    return read_key(text, diagnostics)


def _is_path(text: str) -> bool:
    """Whether a key that was typed is the name of a file, or is written like a path.

    A base64 text, which may have slashes, even as its first character, is none.
    """
    try:
        return bool(_PATH.match(text)) or os.path.isfile(os.path.expanduser(text))
    except ValueError:  # A name that no file can have.
        return False


def read_key(text: str | None, diagnostics: list[Diagnostic], source: Source = CommandLine()) -> SharedKey | None:
    """The key in a text; what is wrong with it is added to `diagnostics`."""
    if text is None:
        return None
    # One line end is not part of a key from a file or a pipe; of CR LF az strips the platform's own part alone.
    text = text.removesuffix('\n').removesuffix('\r')
    problem = key_problem(text)
    if problem:
        diagnostics.append(
            rules.KEY_REFUSED.found(
                problem,
                f'Omit {source.name("shared-key")} to have a strong key generated, or give '
                f'another with {source.given("shared-key", "@FILE")}',
            )
        )
        return None
    return SharedKey(text)
