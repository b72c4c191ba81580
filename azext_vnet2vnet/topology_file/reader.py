"""The file of `az vnet2vnet apply`, read: the options that it means, and everything that is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import combinations

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.setting_names import FileEntry, key_of
from azext_vnet2vnet.options.end_options import EndOptions
from azext_vnet2vnet.options.topology_options import LinkOptions, TopologyOptions
from azext_vnet2vnet.options.tunnel_options import TunnelOptions
from azext_vnet2vnet.topology_file.errors import Flaw, Path, quoted_part
from azext_vnet2vnet.topology_file.schema import MOST_FLAWS, check_form, schema_text
from azext_vnet2vnet.topology_file.suggestions import nearest_name
from azext_vnet2vnet.topology_file.writer import write_topology_file
from azext_vnet2vnet.topology_file.yaml_reader import Document, read_yaml

__all__ = ('read_topology_file', 'schema_text', 'write_topology_file')
_END_KEYS = {
    key_of(one.name.replace('_', '-')): one.name for one in fields(EndOptions) if one.name not in ('is_far', 'source')
}
_TUNNEL_KEYS = {key_of(one.name.replace('_', '-')): one.name for one in fields(TunnelOptions)}
_PLACES = ('subscription', 'resourceGroup')


def read_topology_file(text: str, name: str) -> tuple[TopologyOptions | None, tuple[Diagnostic, ...]]:
    """The options that a topology file means, and all that is wrong with it; None where anything is.

    `name` is what the findings call the file. A key stays as it is written there, @FILE.
    """
    document, flaws = read_yaml(text)
    if document is not None:
        flaws += [*check_form(document), *_check_names(document)]
    if not flaws:
        return _options(document), ()
    places = {path: number for number, path in enumerate(document.lines if document else ())}
    flaws.sort(key=lambda flaw: (flaw.line or 0, places.get(flaw.path, 0)))
    findings = list(dict.fromkeys(flaw.finding(name) for flaw in flaws))
    if len(findings) > MOST_FLAWS:
        findings[MOST_FLAWS:] = [Flaw((), 'has more that is wrong', 'Mend this first').finding(name)]
    return None, tuple(findings)


def _check_names(document: Document) -> list[Flaw]:
    """Names in `connect` that are those of no VNet of the file, and hubs that are their own spokes."""
    file = document.value if isinstance(document.value, dict) else {}
    vnets, entries = file.get('vnets') or {}, file.get('connect')
    if not isinstance(vnets, dict) or not isinstance(entries, list):
        return []
    flaws = []
    for number, entry in enumerate(entry if isinstance(entry, dict) else {} for entry in entries):
        for below, name in _named(entry):
            path = ('connect', number, *below)
            if name not in vnets:
                flaws.append(_unknown_vnet(path, name, list(vnets), document.line(path)))
            elif below[0] == 'spokes' and name == entry.get('hub'):
                flaws.append(
                    Flaw(
                        path,
                        f"is '{quoted_part(name)}', the hub itself",
                        'Take it out of the spokes',
                        document.line(path),
                        rules.FILE_VNET_TWICE,
                    )
                )
            if len(flaws) > MOST_FLAWS:
                return flaws
    return flaws


def _named(entry: Mapping) -> Iterator[tuple[Path, str]]:
    """The names of VNets in an entry of `connect`, with their places in it."""
    for key in ('pair', 'hub', 'spokes', 'mesh'):
        value = entry.get(key)
        names = enumerate(value) if isinstance(value, list) else [(None, value)] if key == 'hub' else ()
        yield from (
            ((key,) if index is None else (key, index), name) for index, name in names if isinstance(name, str) and name
        )


def _unknown_vnet(path: Path, name: str, known: Sequence[str], line: int | None) -> Flaw:
    meant = nearest_name(name, known)
    others = ', '.join(map(quoted_part, known[:10])) + (', ...' if len(known) > 10 else '')
    return Flaw(
        path,
        f"is '{quoted_part(name)}', which is no VNet of this file",
        f'Did you mean {quoted_part(meant)}?'
        if meant
        else f'Add it to vnets, or name one of {others}'
        if known
        else 'Add it to vnets',
        line,
        rules.FILE_VNET_UNKNOWN,
    )


def _options(document: Document) -> TopologyOptions:
    file = document.value
    defaults = file.get('defaults', {})
    return TopologyOptions(
        file['name'],
        {name: _end(name, entry or {}, defaults, document) for name, entry in file['vnets'].items()},
        tuple(link for number, entry in enumerate(file['connect']) for link in _links(number, entry, document)),
    )


def _end(name: str, entry: Mapping, defaults: Mapping, document: Document) -> EndOptions:
    vnet = entry.get('vnet', name)
    # The ID of a VNet says where it is.
    under = {key: value for key, value in defaults.items() if not ('/' in vnet and key in _PLACES)}
    settings = {**under, **entry, 'vnet': vnet}
    if 'subnets' in settings:
        settings['subnets'] = [f'{subnet}={prefix}' for subnet, prefix in settings['subnets'].items()]
    options = {_END_KEYS[key]: tuple(value) if isinstance(value, list) else value for key, value in settings.items()}
    return EndOptions(**options, source=FileEntry(f'vnets.{name}', _lines(('vnets', name), entry, document)))


def _links(number: int, entry: Mapping, document: Document) -> Iterator[LinkOptions]:
    """The pairs that an entry of `connect` joins."""
    source = FileEntry(f'connect entry {number + 1}', _lines(('connect', number), entry, document), 'pair' not in entry)
    tunnel = _tunnel(entry)
    if 'pair' in entry:
        yield LinkOptions(
            tuple(entry['pair']), source, True, tuple(entry.get('names', (None, None))), entry.get('key'), tunnel
        )
        return
    pairs = [(entry['hub'], spoke) for spoke in entry['spokes']] if 'hub' in entry else combinations(entry['mesh'], 2)
    yield from (LinkOptions(pair, source, False, tunnel=tunnel) for pair in pairs)


def _lines(path: Path, entry: Mapping, document: Document) -> Mapping[str, int]:
    """The lines of an entry's own keys, and of itself under ''."""
    return {'': document.line(path), **{key: document.line((*path, key)) for key in entry}}


def _tunnel(entry: Mapping) -> TunnelOptions:
    settings = {**entry, **{f'policy.{key}': value for key, value in entry.get('policy', {}).items()}}
    if 'trafficSelectors' in settings:
        settings['trafficSelectors'] = tuple(
            tuple(f'{side}={",".join(one[side])}' for side in ('local', 'remote')) for one in entry['trafficSelectors']
        )
    return TunnelOptions(**{_TUNNEL_KEYS[key]: value for key, value in settings.items() if key in _TUNNEL_KEYS})
