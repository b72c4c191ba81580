"""The contents of a topology file, from what was written to the desired pairs; every problem is reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.rights import check_tenants
from azext_vnet2vnet.network.desired import End, Pair, Topology
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.setting_names import Source
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.options.create_options import check_default_names, read_key
from azext_vnet2vnet.options.end_options import DefaultScope, EndOptions, read_end
from azext_vnet2vnet.options.resource_names import check_name
from azext_vnet2vnet.options.tunnel_options import TunnelOptions, read_tunnel


@dataclass(frozen=True)
class LinkOptions:
    """Two VNets that an entry of the file joins, by their names in it, and the settings of the entry as written.

    `is_single` if the entry joins only these two: its settings override those of an entry that joins many.
    """

    ends: tuple[str, str]
    source: Source
    is_single: bool = True
    names: tuple[str | None, str | None] = (None, None)
    shared_key: str | None = field(default=None, repr=False)
    tunnel: TunnelOptions = TunnelOptions()


@dataclass(frozen=True)
class TopologyOptions:
    """A file as written: its VNets by their names in it, and all links of its entries."""

    name: str
    vnets: Mapping[str, EndOptions]
    links: tuple[LinkOptions, ...]


def key_files(options: TopologyOptions) -> tuple[str, ...]:
    """The names of the key files, as written in the file, without the @."""
    return tuple(sorted({link.shared_key[1:] for link in options.links if link.shared_key}))


def read_topology(
    options: TopologyOptions, subscription: str, accounts: Sequence[Account], keys: Mapping[str, str | None]
) -> tuple[Topology | None, tuple[Diagnostic, ...]]:
    """The desired topology, and what is wrong with it; None if a VNet cannot be identified.

    `subscription` is az's current one; `keys` are the contents of `key_files`, None for a file that cannot be read.
    """
    diagnostics: list[Diagnostic] = []
    scope = DefaultScope(None, subscription)
    found = {name: read_end(vnet, scope, accounts, diagnostics) for name, vnet in options.vnets.items()}
    ends = {name: end for name, end in found.items() if end}
    links = [_read_link(link, keys, diagnostics) for link in options.links]
    if len(ends) < len(found):
        return None, tuple(dict.fromkeys(diagnostics))
    diagnostics += _check_same(ends)
    merged = _merge(links, diagnostics)
    with_bgp = {name for link in merged if link.tunnel.enable_bgp for name in link.ends}
    ends = {name: replace(end, enable_bgp=True) if name in with_bgp else end for name, end in ends.items()}
    pairs = tuple(
        Pair(ends[link.ends[0]], ends[link.ends[1]], *link.names, link.key, link.tunnel, link.source) for link in merged
    )
    for pair in pairs:
        diagnostics += check_tenants(pair.end1, pair.end2, accounts)
        diagnostics += [] if pair.name and pair.peer_name else check_default_names(pair)
    return Topology(options.name, ends, pairs), tuple(dict.fromkeys(diagnostics))


@dataclass(frozen=True)
class _ParsedLink:
    """A link after parsing, seen from the first of its VNets, which have their names in the file."""

    ends: tuple[str, str]
    source: Source
    is_single: bool
    names: tuple[str | None, str | None]
    key: SharedKey | None
    tunnel: Tunnel

    def turned(self) -> '_ParsedLink':
        """The same seen from the second VNet."""
        return replace(self, ends=self.ends[::-1], names=self.names[::-1], tunnel=self.tunnel.mirrored())

    def settings(self) -> dict[str, object]:
        """The settings that the entry gives, by name."""
        return {
            name: value
            for name, value in (
                ('name', self.names[0]),
                ('peer-name', self.names[1]),
                ('shared-key', self.key),
                *((field.name, getattr(self.tunnel, field.name)) for field in fields(Tunnel)),
            )
            if value is not None
        }

    def under(self, other: '_ParsedLink') -> '_ParsedLink':
        """The other link, with the settings of this one where it gives none."""
        names = [mine if theirs is None else theirs for mine, theirs in zip(self.names, other.names, strict=True)]
        return replace(
            other, names=(names[0], names[1]), key=other.key or self.key, tunnel=self.tunnel.overlaid(other.tunnel)
        )


def _read_link(link: LinkOptions, keys: Mapping[str, str | None], diagnostics: list[Diagnostic]) -> _ParsedLink:
    for setting, name in zip(('name', 'peer-name'), link.names, strict=True):
        diagnostics += check_name(link.source.name(setting), name) if name is not None else ()
    return _ParsedLink(
        link.ends,
        link.source,
        link.is_single,
        link.names,
        _read_key(link, keys, diagnostics),
        read_tunnel(link.tunnel, diagnostics, link.source),
    )


def _read_key(link: LinkOptions, keys: Mapping[str, str | None], diagnostics: list[Diagnostic]) -> SharedKey | None:
    if link.shared_key is None:
        return None
    text = keys[link.shared_key[1:]]
    if text is None:
        diagnostics.append(
            rules.KEY_FILE_UNREADABLE.found(
                f'{link.source.name("shared-key")} names a file with @, and that file cannot be read',
                'Give the name of a readable file, relative to the folder of the topology file',
            )
        )
    return read_key(text, diagnostics, link.source)


def _check_same(ends: Mapping[str, End]) -> list[Diagnostic]:
    """One VNet under two names could get contradicting settings."""
    first: dict[ResourceId, str] = {}
    for name, end in ends.items():
        first.setdefault(end.vnet, name)
    return [
        rules.VNET_TWICE.found(
            f"{end.option('vnet')}: {end.vnet} is already named '{first[end.vnet]}'",
            'Give each VNet one name, and use it in all entries',
        )
        for name, end in ends.items()
        if first[end.vnet] != name
    ]


def _merge(links: Sequence[_ParsedLink], diagnostics: list[Diagnostic]) -> list[_ParsedLink]:
    """One link for each two VNets: settings of single entries override those of entries that join many."""
    merged: dict[frozenset[str], _ParsedLink] = {}
    for is_single in (True, False):
        for ends, link in _merge_rank([link for link in links if link.is_single is is_single], diagnostics).items():
            merged[ends] = _seen_from(link, merged[ends]).under(merged[ends]) if ends in merged else link
    order = {frozenset(link.ends): number for number, link in reversed(list(enumerate(links)))}
    return sorted(merged.values(), key=lambda link: order[frozenset(link.ends)])


def _merge_rank(links: Sequence[_ParsedLink], diagnostics: list[Diagnostic]) -> dict[frozenset[str], _ParsedLink]:
    """The same for entries of one kind, which must not contradict each other."""
    merged: dict[frozenset[str], _ParsedLink] = {}
    for link in links:
        first = merged.setdefault(frozenset(link.ends), link)
        if first is not link:
            second = _seen_from(link, first)
            diagnostics += _check_contradictions(first, second)
            merged[frozenset(link.ends)] = second.under(first)
    return merged


def _seen_from(link: _ParsedLink, other: _ParsedLink) -> _ParsedLink:
    """The link seen from the first VNet of the other link."""
    return link if link.ends == other.ends else link.turned()


def _check_contradictions(one: _ParsedLink, other: _ParsedLink) -> list[Diagnostic]:
    ours, theirs = one.settings(), other.settings()
    return [
        rules.SETTINGS_CONTRADICT.found(
            f'{other.source.name(name)} differs from {one.source.name(name)}, for {" and ".join(one.ends)}',
            'Give it once, in an entry for that pair',
        )
        for name in ours
        if name in theirs and ours[name] != theirs[name]
    ]
