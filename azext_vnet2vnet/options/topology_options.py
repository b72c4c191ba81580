"""Many VNets joined in pairs, from what a file says to the pairs that are meant; every flaw is found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.rights import check_tenants
from azext_vnet2vnet.network.desired import End, Pair, Topology
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.setting_names import Source
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.options.create_options import check_default_names, read_key
from azext_vnet2vnet.options.end_options import EndOptions, Places, read_end
from azext_vnet2vnet.options.resource_names import check_name
from azext_vnet2vnet.options.tunnel_options import TunnelOptions, read_tunnel


@dataclass(frozen=True)
class LinkOptions:
    """Two VNets that an entry of the file joins, by their names in it, and the settings of the entry as typed.

    `is_single` where the entry joins just these two: its settings go before those of an entry that joins many.
    """

    ends: tuple[str, str]
    source: Source
    is_single: bool = True
    names: tuple[str | None, str | None] = (None, None)
    shared_key: str | None = field(default=None, repr=False)
    tunnel: TunnelOptions = TunnelOptions()


@dataclass(frozen=True)
class TopologyOptions:
    """A file as it was written: its VNets by their names in it, and all pairs that its entries join."""

    name: str
    vnets: Mapping[str, EndOptions]
    links: tuple[LinkOptions, ...]


def key_files(options: TopologyOptions) -> tuple[str, ...]:
    """The files that keys are to be read from, as the file names them, without the @."""
    return tuple(sorted({link.shared_key[1:] for link in options.links if link.shared_key}))


def read_topology(
    options: TopologyOptions, subscription: str, accounts: Sequence[Account], keys: Mapping[str, str | None]
) -> tuple[Topology | None, tuple[Diagnostic, ...]]:
    """The topology that a file means, and what is wrong with it; None where an end cannot even be named.

    `subscription` is az's current one; `keys` are the texts of `key_files`, None where a file cannot be read.
    """
    findings: list[Diagnostic] = []
    ends = {
        name: read_end(vnet, Places(None, subscription), accounts, findings) for name, vnet in options.vnets.items()
    }
    links = [_read_link(link, keys, findings) for link in options.links]
    if None in ends.values():
        return None, tuple(dict.fromkeys(findings))
    findings += _check_same(ends)
    merged = _merge(links, findings)
    speaking = {name for link in merged if link.tunnel.enable_bgp for name in link.ends}
    ends = {name: replace(end, enable_bgp=True) if name in speaking else end for name, end in ends.items()}
    pairs = tuple(
        Pair(*(ends[name] for name in link.ends), *link.names, link.key, link.tunnel, link.source) for link in merged
    )
    for pair in pairs:
        findings += check_tenants(pair.end1, pair.end2, accounts)
        findings += [] if pair.name and pair.peer_name else check_default_names(pair)
    return Topology(options.name, ends, pairs), tuple(dict.fromkeys(findings))


@dataclass(frozen=True)
class _Link:
    """Two VNets to be joined, by their names in the file, as the first of them sees it."""

    ends: tuple[str, str]
    source: Source
    is_single: bool
    names: tuple[str | None, str | None]
    key: SharedKey | None
    tunnel: Tunnel

    def turned(self) -> '_Link':
        """The same as the second one sees it."""
        return replace(self, ends=self.ends[::-1], names=self.names[::-1], tunnel=self.tunnel.mirrored())

    def settings(self) -> dict[str, object]:
        """What the entry says, by the name of the setting."""
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

    def under(self, other: '_Link') -> '_Link':
        """The same with what `other` says laid over it; it goes by the name of `other`."""
        first, second = (mine if theirs is None else theirs for mine, theirs in zip(self.names, other.names))
        return replace(
            other, names=(first, second), key=other.key or self.key, tunnel=self.tunnel.overlaid(other.tunnel)
        )


def _read_link(link: LinkOptions, keys: Mapping[str, str | None], findings: list[Diagnostic]) -> _Link:
    for setting, name in zip(('name', 'peer-name'), link.names):
        findings += check_name(link.source.name(setting), name) if name is not None else ()
    return _Link(
        link.ends,
        link.source,
        link.is_single,
        link.names,
        _read_key(link, keys, findings),
        read_tunnel(link.tunnel, findings, link.source),
    )


def _read_key(link: LinkOptions, keys: Mapping[str, str | None], findings: list[Diagnostic]) -> SharedKey | None:
    if link.shared_key is None:
        return None
    text = keys[link.shared_key[1:]]
    if text is None:
        findings.append(
            rules.KEY_FILE_UNREADABLE.found(
                f'{link.source.name("shared-key")} names a file with @, and that file cannot be read',
                'Give the name of a file that can be read, seen from the folder of the topology file',
            )
        )
    return read_key(text, findings, link.source)


def _check_same(ends: Mapping[str, End]) -> list[Diagnostic]:
    """One VNet under two names could be asked for in two ways."""
    first: dict = {}
    for name, end in ends.items():
        first.setdefault(end.vnet, name)
    return [
        rules.VNET_TWICE.found(
            f"{end.option('vnet')}: {end.vnet} is '{first[end.vnet]}' already",
            'Give each VNet one name, and use that in all entries',
        )
        for name, end in ends.items()
        if first[end.vnet] != name
    ]


def _merge(links: Sequence[_Link], findings: list[Diagnostic]) -> list[_Link]:
    """Each two VNets once: what single entries say goes before what those say that join many."""
    merged: dict[frozenset[str], _Link] = {}
    for is_single in (True, False):
        for ends, link in _merge_rank([link for link in links if link.is_single is is_single], findings).items():
            merged[ends] = _seen_from(link, merged[ends]).under(merged[ends]) if ends in merged else link
    order = {frozenset(link.ends): number for number, link in reversed(list(enumerate(links)))}
    return sorted(merged.values(), key=lambda link: order[frozenset(link.ends)])


def _merge_rank(links: Sequence[_Link], findings: list[Diagnostic]) -> dict[frozenset[str], _Link]:
    """The same for entries of one kind, which may not contradict each other."""
    merged: dict[frozenset[str], _Link] = {}
    for link in links:
        first = merged.setdefault(frozenset(link.ends), link)
        if first is not link:
            second = _seen_from(link, first)
            findings += _check_contradictions(first, second)
            merged[frozenset(link.ends)] = second.under(first)
    return merged


def _seen_from(link: _Link, other: _Link) -> _Link:
    """The link as the first end of the other one sees it."""
    return link if link.ends == other.ends else link.turned()


def _check_contradictions(one: _Link, other: _Link) -> list[Diagnostic]:
    ours, theirs = one.settings(), other.settings()
    return [
        rules.SETTINGS_CONTRADICT.found(
            f'{other.source.name(name.replace("_", "-"))} differs from '
            f'{one.source.name(name.replace("_", "-"))}, for {" and ".join(one.ends)}',
            'Say it once, in an entry of that pair',
        )
        for name in ours
        if name in theirs and ours[name] != theirs[name]
    ]
