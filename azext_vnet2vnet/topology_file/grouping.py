"""Pairs with equal settings -> the meshes, hubs and pairs that a person would write for them."""

from collections.abc import Iterator, Mapping
from itertools import combinations, islice
from typing import NamedTuple

from azext_vnet2vnet.topology_file.yaml_writer import flow

Settings = Mapping[str, object]
# The VNets of a pair by number, the smaller number first -> its settings seen from each of the two.
PairSettings = dict[tuple[int, int], tuple[Settings, Settings]]
Neighbours = Mapping[int, set[int]]

_SMALLEST_MESH = 3
_FEWEST_SPOKES = 2
# Finding the largest mesh of an arbitrary graph may take exponential time; planned networks need few steps.
_MOST_STEPS = 2000
_NOT_IN_A_HUB = ('trafficSelectors',)
_NOT_IN_A_MESH = ('mode', *_NOT_IN_A_HUB)


class Entry(NamedTuple):
    """An entry of `connect`: its kind, its VNets by number (the hub first), and its settings seen from the first."""

    kind: str
    vnets: list[int]
    settings: Settings


def group_pairs(pairs: PairSettings) -> Iterator[Entry]:
    """Each pair in one entry: the largest mesh of pairs with equal settings first, then the largest hub, then pairs."""
    rest = dict(pairs)
    meshes = list(_take_meshes(rest))
    yield from sorted(meshes, key=lambda mesh: (-len(mesh.vnets), mesh.vnets))
    yield from _take_hubs(rest)
    yield from (Entry('pair', list(pair), settings[0]) for pair, settings in sorted(rest.items()))


def _take_meshes(rest: PairSettings) -> Iterator[Entry]:
    equal: dict[str, list[tuple[int, int]]] = {}
    for pair, (settings, _) in sorted(rest.items()):
        if not any(key in settings for key in _NOT_IN_A_MESH):
            equal.setdefault(flow(settings), []).append(pair)
    for pairs in equal.values():
        neighbours: dict[int, set[int]] = {}
        for one, other in pairs:
            neighbours.setdefault(one, set()).add(other)
            neighbours.setdefault(other, set()).add(one)
        while len(mesh := _largest_mesh(neighbours)) >= _SMALLEST_MESH:
            settings = rest[mesh[0], mesh[1]][0]
            for one, other in combinations(mesh, 2):
                del rest[one, other]
                neighbours[one].remove(other)
                neighbours[other].remove(one)
            yield Entry('mesh', mesh, settings)


def _largest_mesh(neighbours: Neighbours) -> list[int]:
    """The largest set of numbers that are all neighbours; among equally large ones, that with the smallest numbers."""
    found = islice(_meshes([], set(neighbours), set(), neighbours), _MOST_STEPS)
    return min(map(sorted, found), key=lambda mesh: (-len(mesh), mesh))


def _meshes(chosen: list[int], candidates: set[int], done: set[int], neighbours: Neighbours) -> Iterator[list[int]]:
    """Every step of a search for the meshes that contain `chosen` (Bron and Kerbosch, with a pivot)."""
    yield chosen
    if not candidates:
        return
    pivot = max(candidates | done, key=lambda one: (len(candidates & neighbours[one]), -one))
    for one in sorted(candidates - neighbours[pivot]):
        yield from _meshes([*chosen, one], candidates & neighbours[one], done & neighbours[one], neighbours)
        candidates = candidates - {one}
        done = done | {one}


def _take_hubs(rest: PairSettings) -> Iterator[Entry]:
    # A VNet and the settings seen from it -> the spokes of which it may be the hub.
    spokes: dict[tuple[int, str], dict[int, Settings]] = {}
    for pair, seen in sorted(rest.items()):
        for hub, spoke, settings in zip(pair, reversed(pair), seen, strict=True):
            if not any(key in settings for key in _NOT_IN_A_HUB):
                spokes.setdefault((hub, flow(settings)), {})[spoke] = settings
    while spokes:
        largest = min(spokes, key=lambda one: (-len(spokes[one]), one))
        hub, found = largest[0], spokes.pop(largest)
        if len(found) < _FEWEST_SPOKES:
            return
        for spoke in found:
            del rest[min(hub, spoke), max(hub, spoke)]
            for (one, _), others in spokes.items():
                if one == spoke:
                    others.pop(hub, None)
        yield Entry('hub', [hub, *sorted(found)], next(iter(found.values())))
