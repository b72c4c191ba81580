"""Blocks in columns around a central one, so that each link runs between adjacent columns or beside one column."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from azext_vnet2vnet.diagram.layout.blocks import (
    FAR_GAP,
    Arrangement,
    Block,
    Route,
    Sizes,
    block_numbers,
    place_block,
    with_hub_in_the_middle,
)
from azext_vnet2vnet.diagram.layout.boxes import Box, Side
from azext_vnet2vnet.diagram.layout.scene import Frame
from azext_vnet2vnet.diagram.model import DrawnLink, DrawnVnet
from azext_vnet2vnet.network.resource_id import ResourceId

Neighbours = Mapping[int, set[int]]
Columns = list[list[Block]]
_SWEEPS = 4
_NARROWEST = 120
ARC = 180  # How far a link beside the outermost column may extend from it.


def in_columns(blocks: Sequence[Block], links: Sequence[DrawnLink], centre: int, sizes: Sizes) -> Arrangement:
    """The arrangement around the block with the number `centre`; all blocks must be connected."""
    levels = _levels(_neighbours(blocks, links), centre, [sizes.block(block, False)[1] for block in blocks])
    low = min(levels.values())
    columns: Columns = [[] for _ in range(max(levels.values()) - low + 1)]
    for number in sorted(levels):
        columns[levels[number] - low].append(blocks[number])
    for sweep in range(_SWEEPS):
        _sort(columns, links, sizes, sweep % 2 == 1)
    columns = [[with_hub_in_the_middle(block, links) for block in column] for column in columns]
    return _arrangement(columns, links, -low, sizes)


def _neighbours(blocks: Sequence[Block], links: Sequence[DrawnLink]) -> Neighbours:
    number_of = block_numbers(blocks)
    neighbours: dict[int, set[int]] = {number: set() for number in range(len(blocks))}
    for link in links:
        one, other = (number_of[gateway] for gateway in link.gateways)
        if one != other:
            neighbours[one].add(other)
            neighbours[other].add(one)
    return neighbours


def _levels(neighbours: Neighbours, centre: int, heights: Sequence[float]) -> dict[int, int]:
    """The column of each block, relative to the centre: its distance, with connected blocks on the same side.

    Linked blocks differ by at most one in their distance from the centre, so that no column lies between them.
    """
    levels = {centre: 0}
    filled = {-1: 0.0, 1: 0.0}
    branches = sorted(
        _branches(neighbours, centre), key=lambda branch: (-sum(heights[number] for number in branch), min(branch))
    )
    for branch in branches:
        way = 1 if filled[1] <= filled[-1] else -1
        filled[way] += sum(heights[number] for number, distance in branch.items() if distance == 1)
        levels |= {number: way * distance for number, distance in branch.items()}
    return levels


def _branches(neighbours: Neighbours, centre: int) -> Iterator[dict[int, int]]:
    """The parts that are connected without the centre, with the distance of each block from the centre."""
    seen = {centre}
    for first in sorted(neighbours[centre]):
        if first in seen:
            continue
        branch, waiting = {first}, [first]
        while waiting:
            found = neighbours[waiting.pop()] - branch - {centre}
            branch |= found
            waiting += sorted(found)
        seen |= branch
        yield _distances(neighbours, branch, branch & neighbours[centre])


def _distances(neighbours: Neighbours, branch: set[int], front: set[int]) -> dict[int, int]:
    distances: dict[int, int] = {}
    distance = 1
    while front:
        distances |= dict.fromkeys(sorted(front), distance)
        front = {number for one in front for number in neighbours[one] & branch} - distances.keys()
        distance += 1
    return distances


def _sort(columns: Columns, links: Sequence[DrawnLink], sizes: Sizes, backwards: bool) -> None:
    """Sort cards and blocks by the height of what they are linked to in other columns, column by column."""
    linked = defaultdict(list)
    for link in links:
        for near, far in (link.gateways, link.gateways[::-1]):
            linked[near].append(far)
    order = range(len(columns))
    for index in reversed(order) if backwards else order:
        heights = {gateway: box.centre.y for column in columns for gateway, box in _stack(column, 0, sizes)[0].items()}
        columns[index] = _sorted(columns[index], linked, heights)


def _sorted(
    column: Sequence[Block], linked: Mapping[ResourceId, list[ResourceId]], heights: Mapping[ResourceId, float]
) -> list[Block]:
    inside = {vnet.gateway_id for block in column for vnet in block.vnets}

    def height(vnet: DrawnVnet) -> int:
        found = [heights[far] for far in linked[vnet.gateway_id] if far not in inside] or [heights[vnet.gateway_id]]
        return round(sum(found) / len(found))  # Rounded, so that nearly equal heights are equal and keep their order.

    blocks = sorted(column, key=lambda block: sum(map(height, block.vnets)) / len(block.vnets))
    return [replace(block, vnets=tuple(sorted(block.vnets, key=height))) for block in blocks]


def _stack(column: Sequence[Block], x: float, sizes: Sizes) -> tuple[dict[ResourceId, Box], list[Frame]]:
    """The blocks of a column from top to bottom, with the middle at 0."""
    heights = [sizes.block(block, False)[1] for block in column]
    y = -(sum(heights) + FAR_GAP * (len(column) - 1)) / 2
    cards: dict[ResourceId, Box] = {}
    frames: list[Frame] = []
    for block, height in zip(column, heights, strict=True):
        boxes, frame = place_block(block, x, y, sizes)
        cards |= boxes
        frames += frame
        y += height + FAR_GAP
    return cards, frames


def _arrangement(columns: Columns, links: Sequence[DrawnLink], middle: int, sizes: Sizes) -> Arrangement:
    tallest = max(sum(sizes.block(block, False)[1] + FAR_GAP for block in column) for column in columns)
    gutter = max(_NARROWEST, sizes.label_width + 56, tallest / 4)
    cards: dict[ResourceId, Box] = {}
    frames: list[Frame] = []
    column_of: dict[ResourceId, int] = {}
    x = 0.0
    for index, column in enumerate(columns):
        boxes, outlines = _stack(column, x, sizes)
        cards |= boxes
        frames += outlines
        column_of |= dict.fromkeys(boxes, index)
        x += max(sizes.block(block, False)[0] for block in column) + gutter
    joined = [(column_of[link.gateways[0]], column_of[link.gateways[1]]) for link in links]
    to_left, to_right = (sum({middle, middle + step} == set(two) for two in joined) for step in (-1, 1))
    beside = Side.LEFT if to_left < to_right else Side.RIGHT
    routes = (_route(link, two, middle, beside, gutter) for link, two in zip(links, joined, strict=True))
    return Arrangement(cards, tuple(frames), tuple(routes))


def _route(link: DrawnLink, columns: tuple[int, int], middle: int, beside: Side, gutter: float) -> Route:
    one, other = columns
    if one == other:
        side = beside if one == middle else Side.LEFT if one < middle else Side.RIGHT
        reach = min(ARC, gutter * 1.2)
        return Route(link, (side, side), (reach, reach))
    sides = (Side.RIGHT, Side.LEFT) if one < other else (Side.LEFT, Side.RIGHT)
    return Route(link, sides, (gutter * 0.6, gutter * 0.6))
