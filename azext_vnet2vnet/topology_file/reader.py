"""A topology file for `az vnet2vnet apply`: the options that it gives, or everything that is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import combinations
from math import comb
from typing import Any

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.setting_names import FileEntry, file_key
from azext_vnet2vnet.options.end_options import EndOptions
from azext_vnet2vnet.options.topology_options import LinkOptions, TopologyOptions
from azext_vnet2vnet.options.tunnel_options import TunnelOptions
from azext_vnet2vnet.topology_file.errors import FileProblem, Path, excerpt
from azext_vnet2vnet.topology_file.schema import MOST_PROBLEMS, check_schema
from azext_vnet2vnet.topology_file.suggestions import nearest_name
from azext_vnet2vnet.topology_file.yaml_reader import Document, read_yaml

MOST_PAIRS = 20_000  # A decision: the network of a file has to be read, checked and shown within minutes.
_END_FIELDS = {file_key(one.name): one.name for one in fields(EndOptions) if one.name not in ('is_far', 'source')}
_TUNNEL_FIELDS = {file_key(one.name): one.name for one in fields(TunnelOptions)}


def read_topology_file(text: str, name: str) -> tuple[TopologyOptions | None, tuple[Diagnostic, ...]]:
    """The options that a topology file gives, and everything that is wrong with it; None if anything is.

    `name` is what the diagnostics call the file. A shared key stays as written there, @FILE.
    """
    document, problems = read_yaml(text)
    if document is not None:
        problems += [*check_schema(document), *_check_names(document)]
        problems += () if problems else _check_size(document)
        if not problems:
            return _options(document), ()
    order = {path: number for number, path in enumerate(document.lines if document else ())}
    problems.sort(key=lambda problem: (problem.line or 0, order.get(problem.path, 0)))
    diagnostics = list(dict.fromkeys(problem.diagnostic(name) for problem in problems))
    if len(diagnostics) > MOST_PROBLEMS:
        diagnostics[MOST_PROBLEMS:] = [FileProblem((), 'has more problems', 'Fix these first').diagnostic(name)]
    return None, tuple(diagnostics)


def _check_names(document: Document) -> list[FileProblem]:
    """Names in `connect` that are not in `vnets`, and hubs among their own spokes."""
    file = document.value if isinstance(document.value, dict) else {}
    vnets, entries = file.get('vnets') or {}, file.get('connect')
    if not isinstance(vnets, dict) or not isinstance(entries, list):
        return []
    problems = []
    for number, entry in enumerate(entries):
        for below, name in _vnet_names(entry) if isinstance(entry, dict) else ():
            path = ('connect', number, *below)
            if name not in vnets:
                problems.append(_unknown_vnet(path, name, list(vnets), document.line(path)))
            elif below[0] == 'spokes' and name == entry.get('hub'):
                what = f"is '{excerpt(name)}', the hub itself"
                line, rule = document.line(path), rules.FILE_VNET_TWICE
                problems.append(FileProblem(path, what, 'Remove it from the spokes', line, rule))
            if len(problems) > MOST_PROBLEMS:
                return problems
    return problems


def _check_size(document: Document) -> list[FileProblem]:
    """A short entry can stand for millions of pairs, as a mesh of 2,000 VNets does."""
    counts = [_count_pairs(entry) for entry in document.value['connect']]
    if sum(counts) <= MOST_PAIRS:
        return []
    path = 'connect', counts.index(max(counts))
    what = f'stands for {max(counts)} pairs, and the file for {sum(counts)}; a topology may have at most {MOST_PAIRS}'
    return [FileProblem(path, what, 'Join fewer VNets in a file', document.line(path), rules.FILE_SCHEMA)]


def _count_pairs(entry: Mapping[str, Any]) -> int:
    return len(entry.get('spokes', ())) or comb(len(entry.get('mesh', ())), 2) or 1


def _vnet_names(entry: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """The names of VNets in an entry of `connect`, with their paths in it."""
    for key in ('pair', 'hub', 'spokes', 'mesh'):
        value = entry.get(key)
        if isinstance(value, list):
            yield from (((key, index), name) for index, name in enumerate(value) if isinstance(name, str) and name)
        elif key == 'hub' and isinstance(value, str) and value:
            yield (key,), value


def _unknown_vnet(path: Path, name: str, known: Sequence[str], line: int | None) -> FileProblem:
    meant = nearest_name(name, known)
    if meant:
        recommendation = f'Did you mean {excerpt(meant)}?'
    elif known:
        others = ', '.join(map(excerpt, known[:10])) + (', ...' if len(known) > 10 else '')
        recommendation = f'Add it to vnets, or name one of {others}'
    else:
        recommendation = 'Add it to vnets'
    what = f"is '{excerpt(name)}', which is not a VNet of this file"
    return FileProblem(path, what, recommendation, line, rules.FILE_VNET_UNKNOWN)


def _options(document: Document) -> TopologyOptions:
    file = document.value
    defaults = file.get('defaults', {})
    return TopologyOptions(
        file['name'],
        {name: _end(name, entry or {}, defaults, document) for name, entry in file['vnets'].items()},
        tuple(link for number, entry in enumerate(file['connect']) for link in _links(number, entry, document)),
    )


def _end(name: str, entry: Mapping[str, Any], defaults: Mapping[str, Any], document: Document) -> EndOptions:
    vnet = entry.get('vnet', name)
    # The ID of a VNet contains its subscription and group.
    ignored = ('subscription', 'resourceGroup') if '/' in vnet else ()
    settings = {**{key: value for key, value in defaults.items() if key not in ignored}, **entry, 'vnet': vnet}
    if 'subnets' in settings:
        settings['subnets'] = [f'{subnet}={prefix}' for subnet, prefix in settings['subnets'].items()]
    options: dict[str, Any] = {
        _END_FIELDS[key]: tuple(value) if isinstance(value, list) else value for key, value in settings.items()
    }
    return EndOptions(**options, source=FileEntry(f'vnets.{name}', _lines(('vnets', name), entry, document)))


def _links(number: int, entry: Mapping[str, Any], document: Document) -> Iterator[LinkOptions]:
    """The links of an entry of `connect`."""
    source = FileEntry(f'connect entry {number + 1}', _lines(('connect', number), entry, document), 'pair' not in entry)
    tunnel = _tunnel(entry)
    if 'pair' in entry:
        names = tuple(entry.get('names', (None, None)))
        yield LinkOptions(tuple(entry['pair']), source, True, names, entry.get('key'), tunnel)
        return
    pairs = [(entry['hub'], spoke) for spoke in entry['spokes']] if 'hub' in entry else combinations(entry['mesh'], 2)
    yield from (LinkOptions(pair, source, False, tunnel=tunnel) for pair in pairs)


def _lines(path: Path, entry: Mapping[str, Any], document: Document) -> Mapping[str, int]:
    """The lines of an entry's own keys, and that of the entry under ''."""
    return {'': document.lines[path], **{key: document.lines[(*path, key)] for key in entry}}


def _tunnel(entry: Mapping[str, Any]) -> TunnelOptions:
    settings = {**entry, **{f'policy.{key}': value for key, value in entry.get('policy', {}).items()}}
    if 'trafficSelectors' in settings:
        settings['trafficSelectors'] = tuple(
            tuple(f'{side}={",".join(one[side])}' for side in ('local', 'remote')) for one in entry['trafficSelectors']
        )
    return TunnelOptions(**{_TUNNEL_FIELDS[key]: value for key, value in settings.items() if key in _TUNNEL_FIELDS})
