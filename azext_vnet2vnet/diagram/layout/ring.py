"""Blocks around a free middle that all links run through."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, combinations_with_replacement

from azext_vnet2vnet.diagram.layout.blocks import FAR_GAP, Arrangement, Block, Route, Sizes, block_numbers, stand
from azext_vnet2vnet.diagram.layout.boxes import Box, Side
from azext_vnet2vnet.diagram.layout.scene import Frame
from azext_vnet2vnet.diagram.model import Link
from azext_vnet2vnet.network.resource_id import ResourceId

ASPECT = 1.6
_AROUND = (Side.TOP, Side.RIGHT, Side.BOTTOM, Side.LEFT)  # Clockwise, from the left upper corner.
_FINEST = 40  # So many places to turn a corner are tried at most.
_SAME_SIDE = 12  # What a link between two blocks of one side costs, as a length.


def in_ring(blocks: Sequence[Block], links: Sequence[Link], sizes: Sizes) -> Arrangement:
    """The arrangement of blocks along the four sides of a rectangle, linked ones near each other."""
    weights = _weights(blocks, links)
    order = _order(weights)
    ordered = [blocks[number] for number in order]
    inner = _Inner(ordered, sizes, len(links))
    together = _together([[weights[one][other] for other in order] for one in order])
    cuts = min(
        _cuts(len(ordered)),
        key=lambda cuts: inner.cost(cuts) + _SAME_SIDE * sum(together(*span) for span in _spans(cuts, len(ordered))),
    )
    return _arrangement(ordered, links, sizes, cuts, inner.size(cuts))


def _weights(blocks: Sequence[Block], links: Sequence[Link]) -> list[list[int]]:
    number_of = block_numbers(blocks)
    weights = [[0] * len(blocks) for _ in blocks]
    for link in links:
        one, other = (number_of[gateway] for gateway in link.gateways)
        if one != other:
            weights[one][other] += 1
            weights[other][one] += 1
    return weights


def _order(weights: list[list[int]]) -> list[int]:
    """Each next one is the one with most links to the last ones; the given order where that does not tell."""
    order, rest = [0], list(range(1, len(weights)))
    while rest:
        following = max(
            rest,
            key=lambda number: (
                weights[number][order[-1]] * 2 + sum(weights[number][one] for one in order[-3:]),
                -number,
            ),
        )
        order.append(following)
        rest.remove(following)
    return order


def _together(weights: list[list[int]]):
    """A function that tells how many links there are between the blocks from one number up to another."""
    sums = [[0, *accumulate(row)] for row in weights]

    def count(start: int, end: int) -> int:
        return sum(sums[number][end] - sums[number][start] for number in range(start, end)) // 2

    return count


def _cuts(count: int) -> Iterator[tuple[int, int, int]]:
    step = -(-count // _FINEST)
    return combinations_with_replacement(range(0, count + 1, step), 3)


def _spans(cuts: tuple[int, int, int], count: int) -> tuple[tuple[int, int], ...]:
    return tuple(zip((0, *cuts), (*cuts, count)))


class _Inner:
    """How large the free middle gets, and how good the whole looks, where the ring is cut into its four sides."""

    def __init__(self, blocks: Sequence[Block], sizes: Sizes, links: int):
        self._count = len(blocks)
        self._least = (max(300.0, sizes.label_width + 90), max(130.0, sizes.label_height + 80))
        self._least = tuple(least + min(links, 60) * 4 for least in self._least)
        self._lengths = [
            [
                0,
                *accumulate(
                    sizes.block(block, side in (Side.TOP, Side.BOTTOM))[0 if side in (Side.TOP, Side.BOTTOM) else 1]
                    + FAR_GAP
                    for block in blocks
                ),
            ]
            for side in _AROUND
        ]
        self._row = max(sizes.block(block, True)[1] for block in blocks)
        self._column = max(sizes.block(block, False)[0] for block in blocks)

    def lengths(self, cuts: tuple[int, int, int]) -> list[float]:
        """How long each side gets."""
        return [sums[end] - sums[start] for sums, (start, end) in zip(self._lengths, _spans(cuts, self._count))]

    def size(self, cuts: tuple[int, int, int]) -> tuple[float, float]:
        """Width and height of the free middle."""
        top, right, bottom, left = self.lengths(cuts)
        return max(top, bottom, self._least[0]), max(right, left, self._least[1])

    def cost(self, cuts: tuple[int, int, int]) -> float:
        """How large the whole gets, and how lopsided."""
        top, right, bottom, left = self.lengths(cuts)
        width, height = self.size(cuts)
        width += self._column * ((left > 0) + (right > 0))
        height += self._row * ((top > 0) + (bottom > 0))
        return max(width, ASPECT * height) + (width + ASPECT * height) / 8 + (abs(top - bottom) + abs(left - right)) / 6


def _arrangement(
    blocks: Sequence[Block], links: Sequence[Link], sizes: Sizes, cuts: tuple[int, int, int], inner: tuple[float, float]
) -> Arrangement:
    cards: dict[ResourceId, Box] = {}
    frames: list[Frame] = []
    side_of: dict[ResourceId, Side] = {}
    for side, (start, end) in zip(_AROUND, _spans(cuts, len(blocks))):
        part = blocks[start:end] if side in (Side.TOP, Side.RIGHT) else blocks[start:end][::-1]
        for block, x, y in _along(part, side, inner, sizes):
            boxes, around = stand(block, x, y, sizes, not side.is_upright, side is Side.BOTTOM)
            cards |= boxes
            frames += around
            side_of |= dict.fromkeys(boxes, _opposite(side))
    reach = {True: inner[0] / 2, False: inner[1] / 2}
    routes = []
    for link in links:
        sides = tuple(side_of[gateway] for gateway in link.gateways)
        routes.append(Route(link, sides, tuple(reach[side.is_upright] for side in sides)))
    return Arrangement(cards, tuple(frames), tuple(routes))


def _along(
    blocks: Sequence[Block], side: Side, inner: tuple[float, float], sizes: Sizes
) -> Iterator[tuple[Block, float, float]]:
    """The blocks of a side with their corners, the free middle having its own at (0, 0); spread evenly."""
    length = inner[1] if side.is_upright else inner[0]
    measures = [sizes.block(block, not side.is_upright) for block in blocks]
    needed = sum(height if side.is_upright else width for width, height in measures)
    space = (length - needed) / max(len(blocks), 1)
    place = space / 2
    for block, (width, height) in zip(blocks, measures):
        if side.is_upright:
            yield block, -width if side is Side.LEFT else inner[0], place
        else:
            yield block, place, -height if side is Side.TOP else inner[1]
        place += (height if side.is_upright else width) + space


def _opposite(side: Side) -> Side:
    return _AROUND[(_AROUND.index(side) + 2) % 4]
