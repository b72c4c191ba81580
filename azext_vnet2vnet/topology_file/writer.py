"""The pairs that exist -> the topology file that a person would write for them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.topology_file.exported_pairs import ExportedEnd, ExportedPair, select_pairs, settings_of
from azext_vnet2vnet.topology_file.grouping import PairSettings, Settings, group_pairs
from azext_vnet2vnet.topology_file.yaml_writer import WIDTH, comment, flow, scalar, wrapped

_HEADER = (
    '# yaml-language-server: $schema=./topology.schema.json',
    '# az vnet2vnet export --format schema --file topology.schema.json puts that schema beside this file.',
)
_MOST_PREFIXES = 3


def write_topology_file(name: str, pairs: Sequence[ObservedPair], subscriptions: Mapping[str, str]) -> str:
    """A topology file that describes the pairs as they are, so that applying it changes nothing; it contains no key.

    `subscriptions` are names by ID in lower case. What is left out, and why, is reported in comments.
    """
    notes: list[str] = []
    exported = select_pairs(pairs, notes)
    ends = [end for pair in exported for end in pair.ends]
    vnets = sorted({end.vnet_id for end in ends})
    labels = _labels(vnets, subscriptions)
    keys = _keys(vnets, labels)
    vnets.sort(key=lambda vnet: _order(keys[vnet]))
    names = [keys[vnet] for vnet in vnets]
    lines = [*_HEADER, f'name: {scalar(name)}', 'vnets:' if vnets else 'vnets: {}']
    lines += _vnet_lines({keys[vnet]: vnet for vnet in vnets}, labels, ends)
    lines.append('connect:' if exported else 'connect: []')
    for kind, numbers, settings in group_pairs(_numbered(exported, vnets)):
        lines += _entry_lines(kind, [names[number] for number in numbers], settings)
    lines += [comment('Not in this file:'), *(comment(f'- {note}') for note in sorted(set(notes)))] if notes else []
    return '\n'.join(lines) + '\n'


def _labels(vnets: Iterable[ResourceId], subscriptions: Mapping[str, str]) -> dict[ResourceId, str]:
    """What the file calls the subscription of each VNet: its name, or its ID if the name is not unique."""
    counts = Counter(name.lower() for name in subscriptions.values())
    labels = {}
    for vnet in vnets:
        name = subscriptions.get(vnet.subscription.lower(), '')
        labels[vnet] = name if counts[name.lower()] == 1 and name else vnet.subscription
    return labels


def _keys(vnets: Sequence[ResourceId], labels: Mapping[ResourceId, str]) -> dict[ResourceId, str]:
    """What the file calls each VNet: its name; if that is not unique, with its group, then its subscription."""
    spellings = {
        vnet: (vnet.name, f'{vnet.group}/{vnet.name}', f'{labels[vnet]}/{vnet.group}/{vnet.name}', str(vnet))
        for vnet in vnets
    }
    levels = dict.fromkeys(vnets, 0)
    while True:
        keys = {vnet: spellings[vnet][level] for vnet, level in levels.items()}
        counts = Counter(key.lower() for key in keys.values())
        shared = [vnet for vnet, key in keys.items() if counts[key.lower()] > 1]
        if not shared:
            return keys
        for vnet in shared:
            levels[vnet] += 1


def _order(key: str) -> tuple[list[str | int], str]:
    """Sorts VNet2 before VNet10."""
    parts = re.split('([0-9]+)', key)
    return [int(part) if number % 2 else part.lower() for number, part in enumerate(parts)], key


def _vnet_lines(
    vnets: Mapping[str, ResourceId], labels: Mapping[ResourceId, str], ends: Sequence[ExportedEnd]
) -> list[str]:
    """The entries of `vnets`, each described in a comment: after all of them if the lines have room, else above."""
    entries = [
        (
            wrapped(
                f'  {scalar(key)}: ', {'subscription': labels[vnet], 'resourceGroup': vnet.group, 'vnet': vnet.name}
            ),
            comment(_describe([end for end in ends if end.vnet_id == vnet])),
        )
        for key, vnet in vnets.items()
    ]
    if all(len(entry) == 1 and len(f'{entry[0]}  {about}') <= WIDTH for entry, about in entries):
        return [f'{entry[0]}  {about}' for entry, about in entries]
    return [line for entry, about in entries for line in (f'  {about}', *entry)]


def _describe(ends: Sequence[ExportedEnd]) -> str:
    """The location of a VNet, the SKU of its gateway and its address space, as far as they were read."""
    gateway = next((end.gateway for end in ends if end.gateway), None)
    network = next((end.vnet for end in ends if end.vnet), None)
    prefixes = list(network.address_prefixes if network else ())
    if len(prefixes) > _MOST_PREFIXES:
        prefixes[_MOST_PREFIXES:] = [f'and {len(prefixes) - _MOST_PREFIXES} more']
    location = (network or gateway or ends[0].half).location
    return ', '.join(filter(None, (location, gateway.sku if gateway else '', *prefixes)))


def _numbered(pairs: Iterable[ExportedPair], vnets: Sequence[ResourceId]) -> PairSettings:
    """The settings of the pairs by the positions of their VNets in the file."""
    numbers = {vnet: number for number, vnet in enumerate(vnets)}
    numbered: PairSettings = {}
    for pair in pairs:
        one, other = numbers[pair.end1.vnet_id], numbers[pair.end2.vnet_id]
        seen = settings_of(pair.tunnel), settings_of(pair.tunnel.mirrored())
        numbered[min(one, other), max(one, other)] = seen if one < other else seen[::-1]
    return numbered


def _entry_lines(kind: str, names: Sequence[str], settings: Settings) -> list[str]:
    """An entry of `connect`, on one line if it is short."""
    who = {'hub': names[0], 'spokes': names[1:]} if kind == 'hub' else {kind: names}
    entry = {**who, **settings}
    line = f'  - {flow(entry)}'
    if len(line) <= WIDTH and len(entry) > 1:
        return [line]
    lines = [line for key, value in entry.items() for line in wrapped(f'    {key}: ', value)]
    return ['  - ' + lines[0].lstrip(), *lines[1:]]
