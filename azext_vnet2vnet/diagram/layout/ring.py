"""Blocks along the four sides of a rectangle, with all links inside it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, combinations_with_replacement, pairwise

from azext_vnet2vnet.diagram.layout.blocks import FAR_GAP, Arrangement, Block, Route, Sizes, block_numbers, place_block
from azext_vnet2vnet.diagram.layout.boxes import Box, Side
from azext_vnet2vnet.diagram.layout.scene import Frame
from azext_vnet2vnet.diagram.model import DrawnLink
from azext_vnet2vnet.network.resource_id import ResourceId

ASPECT = 1.6
_AROUND = (Side.TOP, Side.RIGHT, Side.BOTTOM, Side.LEFT)  # Clockwise, from the upper left corner.
_FINEST = 40  # The greatest number of positions that are tried for each corner.
_SAME_SIDE = 12  # The cost, as a length, of a link between two blocks of one side.


def in_ring(blocks: Sequence[Block], links: Sequence[DrawnLink], sizes: Sizes) -> Arrangement:
    """The arrangement of blocks along the four sides of a rectangle, with linked blocks near each other."""
    weights = _weights(blocks, links)
    order = _order(weights)
    ordered = [blocks[number] for number in order]
    inner = _Inner(ordered, sizes, len(links))
    count_links = _link_counter([[weights[one][other] for other in order] for one in order])
    cuts = min(
        _cuts(len(ordered)),
        key=lambda cuts: inner.cost(cuts) + _SAME_SIDE * sum(count_links(*span) for span in _spans(cuts, len(ordered))),
    )
    return _arrangement(ordered, links, sizes, cuts, inner.size(cuts))


def _weights(blocks: Sequence[Block], links: Sequence[DrawnLink]) -> list[list[int]]:
    number_of = block_numbers(blocks)
    weights = [[0] * len(blocks) for _ in blocks]
    for link in links:
        one, other = (number_of[gateway] for gateway in link.gateways)
        if one != other:
            weights[one][other] += 1
            weights[other][one] += 1
    return weights


def _order(weights: list[list[int]]) -> list[int]:
    """An order in which each block is the one with most links to the last ones; ties keep the given order."""
    order, rest = [0], list(range(1, len(weights)))
    while rest:
        weight = {one: weights[one][order[-1]] * 2 + sum(weights[one][last] for last in order[-3:]) for one in rest}
        order.append(max(rest, key=lambda one: (weight[one], -one)))
        rest.remove(order[-1])
    return order


def _link_counter(weights: list[list[int]]) -> Callable[[int, int], int]:
    """A function that counts the links among the blocks from one number up to another."""
    sums = [[0, *accumulate(row)] for row in weights]

    def count(start: int, end: int) -> int:
        return sum(sums[number][end] - sums[number][start] for number in range(start, end)) // 2

    return count


def _cuts(count: int) -> Iterator[tuple[int, int, int]]:
    step = -(-count // _FINEST)
    return combinations_with_replacement(range(0, count + 1, step), 3)


def _spans(cuts: tuple[int, int, int], count: int) -> tuple[tuple[int, int], ...]:
    return tuple(pairwise((0, *cuts, count)))


class _Inner:
    """The size of the free middle, and the cost of the whole, by where the ring is cut into its four sides."""

    def __init__(self, blocks: Sequence[Block], sizes: Sizes, links: int):
        self._count = len(blocks)
        room = min(links, 60) * 4
        self._least = (max(300.0, sizes.label_width + 90) + room, max(130.0, sizes.label_height + 80) + room)
        self._lengths = [
            [0, *accumulate(sizes.block(block, not side.is_upright)[side.is_upright] + FAR_GAP for block in blocks)]
            for side in _AROUND
        ]
        self._row = max(sizes.block(block, True)[1] for block in blocks)
        self._column = max(sizes.block(block, False)[0] for block in blocks)

    def lengths(self, cuts: tuple[int, int, int]) -> list[float]:
        """The length of each side."""
        spans = _spans(cuts, self._count)
        return [sums[end] - sums[start] for sums, (start, end) in zip(self._lengths, spans, strict=True)]

    def size(self, cuts: tuple[int, int, int]) -> tuple[float, float]:
        """Width and height of the free middle."""
        top, right, bottom, left = self.lengths(cuts)
        return max(top, bottom, self._least[0]), max(right, left, self._least[1])

    def cost(self, cuts: tuple[int, int, int]) -> float:
        """The size of the whole, and how lopsided it is."""
        top, right, bottom, left = self.lengths(cuts)
        width, height = self.size(cuts)
        width += self._column * ((left > 0) + (right > 0))
        height += self._row * ((top > 0) + (bottom > 0))
        return max(width, ASPECT * height) + (width + ASPECT * height) / 8 + (abs(top - bottom) + abs(left - right)) / 6


def _arrangement(
    blocks: Sequence[Block],
    links: Sequence[DrawnLink],
    sizes: Sizes,
    cuts: tuple[int, int, int],
    inner: tuple[float, float],
) -> Arrangement:
    cards: dict[ResourceId, Box] = {}
    frames: list[Frame] = []
    side_of: dict[ResourceId, Side] = {}
    for side, (start, end) in zip(_AROUND, _spans(cuts, len(blocks)), strict=True):
        part = blocks[start:end] if side in (Side.TOP, Side.RIGHT) else blocks[start:end][::-1]
        for block, x, y in _along(part, side, inner, sizes):
            boxes, frame = place_block(block, x, y, sizes, not side.is_upright, side is Side.BOTTOM)
            cards |= boxes
            frames += frame
            side_of |= dict.fromkeys(boxes, _opposite(side))
    reach = {True: inner[0] / 2, False: inner[1] / 2}
    routes = []
    for link in links:
        side1, side2 = (side_of[gateway] for gateway in link.gateways)
        routes.append(Route(link, (side1, side2), (reach[side1.is_upright], reach[side2.is_upright])))
    return Arrangement(cards, tuple(frames), tuple(routes))


def _along(
    blocks: Sequence[Block], side: Side, inner: tuple[float, float], sizes: Sizes
) -> Iterator[tuple[Block, float, float]]:
    """The blocks of a side, spread evenly, with their corners; the corner of the free middle is at (0, 0)."""
    length = inner[1] if side.is_upright else inner[0]
    measures = [sizes.block(block, not side.is_upright) for block in blocks]
    needed = sum(height if side.is_upright else width for width, height in measures)
    space = (length - needed) / max(len(blocks), 1)
    position = space / 2
    for block, (width, height) in zip(blocks, measures, strict=True):
        if side.is_upright:
            yield block, -width if side is Side.LEFT else inner[0], position
        else:
            yield block, position, -height if side is Side.TOP else inner[1]
        position += (height if side.is_upright else width) + space


def _opposite(side: Side) -> Side:
    return _AROUND[(_AROUND.index(side) + 2) % 4]
