"""Pairs that are alike -> the meshes, hubs and pairs that a person would write for them."""

from collections.abc import Iterator, Mapping
from itertools import combinations, islice

from azext_vnet2vnet.topology_file.yaml_writer import flow

Settings = Mapping[str, object]
# The VNets of a pair by their numbers, the smaller one first -> its settings as each of the two sees them.
Links = Mapping[tuple[int, int], tuple[Settings, Settings]]
Entry = tuple[str, list[int], Settings]

_SMALLEST_MESH = 3
_FEWEST_SPOKES = 2
# The largest mesh of any graph may take ages to find; that of a network which somebody planned does not.
_MOST_STEPS = 2000
_OF_A_PAIR = ('trafficSelectors',)
_OF_A_HUB = ('mode', *_OF_A_PAIR)


def link_entries(links: Links) -> Iterator[Entry]:
    """Each pair in one entry: the largest mesh of pairs with the same settings first, then the largest hub, then pairs.

    An entry is its kind, the numbers of its VNets (the hub's first), and the settings as the first one sees them.
    """
    rest = dict(links)
    meshes = list(_take_meshes(rest))
    yield from sorted(meshes, key=lambda entry: (-len(entry[1]), entry[1]))
    yield from _take_hubs(rest)
    yield from (('pair', list(pair), settings[0]) for pair, settings in sorted(rest.items()))


def _take_meshes(rest: dict) -> Iterator[Entry]:
    alike: dict[str, list[tuple[int, int]]] = {}
    for pair, (settings, _) in sorted(rest.items()):
        if not any(key in settings for key in _OF_A_HUB):
            alike.setdefault(flow(settings), []).append(pair)
    for pairs in alike.values():
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
            yield 'mesh', mesh, settings


def _largest_mesh(neighbours: Mapping[int, set[int]]) -> list[int]:
    """The largest set of numbers that are all neighbours of each other; of equals that of the smallest numbers."""
    found = islice(_meshes([], set(neighbours), set(), neighbours), _MOST_STEPS)
    return min(map(sorted, found), key=lambda mesh: (-len(mesh), mesh))


def _meshes(chosen: list[int], open_: set[int], done: set[int], neighbours) -> Iterator[list[int]]:
    """Every step of a search for the meshes that hold `chosen` (Bron and Kerbosch's, with a pivot)."""
    yield chosen
    if not open_:
        return
    pivot = max(open_ | done, key=lambda one: (len(open_ & neighbours[one]), -one))
    for one in sorted(open_ - neighbours[pivot]):
        yield from _meshes([*chosen, one], open_ & neighbours[one], done & neighbours[one], neighbours)
        open_ = open_ - {one}
        done = done | {one}


def _take_hubs(rest: dict) -> Iterator[Entry]:
    # The spokes that a VNet may be the hub of, by its number and the settings as it sees them.
    spokes: dict[tuple[int, str], dict[int, Settings]] = {}
    for pair, seen in sorted(rest.items()):
        for hub, spoke, settings in zip(pair, reversed(pair), seen):
            if not any(key in settings for key in _OF_A_PAIR):
                spokes.setdefault((hub, flow(settings)), {})[spoke] = settings
    while spokes:
        hub, how = min(spokes, key=lambda one: (-len(spokes[one]), one))
        found = spokes.pop((hub, how))
        if len(found) < _FEWEST_SPOKES:
            return
        for spoke in found:
            del rest[min(hub, spoke), max(hub, spoke)]
            for (one, _), others in spokes.items():
                if one == spoke:
                    others.pop(hub, None)
        yield 'hub', [hub, *sorted(found)], list(found.values())[0]
