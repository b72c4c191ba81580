"""The arrangement of a picture: columns or a ring for each connected part, and the parts side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from azext_vnet2vnet.diagram.layout.blocks import Arrangement, Block, Sizes, block_numbers
from azext_vnet2vnet.diagram.layout.boxes import Box, bounding_box
from azext_vnet2vnet.diagram.layout.columns import ARC, in_columns
from azext_vnet2vnet.diagram.layout.ring import ASPECT, in_ring
from azext_vnet2vnet.diagram.model import DrawnLink, Picture
from azext_vnet2vnet.network.resource_id import ResourceId

_APART = 48
_MOST_CENTRES = 8  # The number of blocks, those with most links first, that are tried as the centre;
_LARGE = 300  # from this number of links on, only one.
# The cost, as a length, of a link beside a column within one block or between two blocks, and of a ring.
_WITHIN = 30
_BETWEEN = 90
_RING = 150


@dataclass(frozen=True)
class _Part:
    """Blocks that are connected by links."""

    blocks: list[Block]
    links: list[DrawnLink]


def arrange(picture: Picture, sizes: Sizes) -> Arrangement:
    """The positions of cards and frames; a single region gets its frame later, around everything."""
    blocks = (
        [Block(region.vnets, region) for region in picture.regions]
        if len(picture.regions) > 1
        else [Block((vnet,)) for vnet in picture.vnets]
    )
    parts = sorted(_parts(blocks, picture.links), key=lambda part: -len(part.links))
    return _side_by_side([_arrange(part, sizes) for part in parts], sizes)


def _parts(blocks: Sequence[Block], links: Sequence[DrawnLink]) -> list[_Part]:
    number_of = block_numbers(blocks)
    part_of = list(range(len(blocks)))
    for link in links:
        one, other = sorted(part_of[number_of[gateway]] for gateway in link.gateways)
        part_of = [one if part == other else part for part in part_of]
    return [
        _Part(
            [block for block, number in zip(blocks, part_of, strict=True) if number == part],
            [link for link in links if part_of[number_of[link.gateways[0]]] == part],
        )
        for part in sorted(set(part_of))
    ]


def _arrange(part: _Part, sizes: Sizes) -> Arrangement:
    number_of = block_numbers(part.blocks)
    degrees = [0] * len(part.blocks)
    for link in part.links:
        for gateway in link.gateways:
            degrees[number_of[gateway]] += 1
    centres = sorted(range(len(part.blocks)), key=lambda number: -degrees[number])
    tried = [
        (0, in_columns(part.blocks, part.links, centre, sizes))
        for centre in centres[: _MOST_CENTRES if len(part.links) < _LARGE else 1]
    ]
    tried.append((_RING, in_ring(part.blocks, part.links, sizes)))
    return min(tried, key=lambda one: one[0] + _cost(one[1], number_of))[1]


def _cost(arrangement: Arrangement, number_of: Mapping[ResourceId, int]) -> float:
    arcs = [
        number_of[route.link.gateways[0]] == number_of[route.link.gateways[1]]
        for route in arrangement.routes
        if route.sides[0] is route.sides[1]
    ]
    return _extent(arrangement.box) + _WITHIN * sum(arcs) + _BETWEEN * (len(arcs) - sum(arcs))


def _extent(box: Box) -> float:
    """The size of the page that it needs, as a length."""
    width, height = box.width, ASPECT * box.height
    return max(width, height) + (width + height) / 8


def _side_by_side(parts: Sequence[Arrangement], sizes: Sizes) -> Arrangement:
    """The parts in rows as wide as makes the whole smallest."""
    bends = any(route.sides[0] is route.sides[1] for part in parts for route in part.routes)
    gap = _APART + max(sizes.label_width / 2, 2 * ARC if bends else 0)
    widths = list(accumulate(part.box.width + gap for part in parts))
    rows = min(
        (_in_rows(parts, width, gap) for width in widths),
        key=lambda moved: _extent(bounding_box(part.box for part in moved)),
    )
    return Arrangement(
        {gateway: box for part in rows for gateway, box in part.cards.items()},
        tuple(frame for part in rows for frame in part.frames),
        tuple(route for part in rows for route in part.routes),
    )


def _in_rows(parts: Sequence[Arrangement], width: float, gap: float) -> list[Arrangement]:
    """The parts in rows no wider than `width`, unless a single part is."""
    moved: list[Arrangement] = []
    x = y = height = 0.0
    for part in parts:
        box = part.box
        if x and x + box.width > width:
            x, y, height = 0.0, y + height + _APART, 0.0
        moved.append(part.moved(x - box.x, y - box.y))
        x, height = x + box.width + gap, max(height, box.height)
    return moved
