"""Blocks of adjacent cards, and the arrangement of blocks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from azext_vnet2vnet.diagram.layout.boxes import Box, Side, bounding_box
from azext_vnet2vnet.diagram.layout.scene import Frame
from azext_vnet2vnet.diagram.model import DrawnLink, DrawnRegion, DrawnVnet
from azext_vnet2vnet.network.resource_id import ResourceId

GAP = 18  # Between cards of a block.
FAR_GAP = 34  # Between blocks.
PADDING = 16  # Between a card and the frame around it.
TITLE = 50  # The height of a frame's title.


@dataclass(frozen=True)
class Block:
    """Adjacent cards: those of a region, with a frame around them, or a single one without a frame."""

    vnets: tuple[DrawnVnet, ...]
    region: DrawnRegion | None = None


@dataclass(frozen=True)
class Sizes:
    """The sizes that an arrangement depends on: those of a card and of the largest label."""

    card_width: float
    card_height: float
    label_width: float
    label_height: float

    def block(self, block: Block, is_row: bool) -> tuple[float, float]:
        """Width and height of a block as a row or as a column."""
        count = len(block.vnets)
        across, along = (count, 1) if is_row else (1, count)
        width = across * self.card_width + (across - 1) * GAP
        height = along * self.card_height + (along - 1) * GAP
        return (width + 2 * PADDING, height + 2 * PADDING + TITLE - 6) if block.region else (width, height)


@dataclass(frozen=True)
class Route:
    """A link, the sides of the cards that it joins, and how far it may extend from each."""

    link: DrawnLink
    sides: tuple[Side, Side]
    reach: tuple[float, float]


@dataclass(frozen=True)
class Arrangement:
    """The positions of cards and frames, and the routes of the links."""

    cards: Mapping[ResourceId, Box]
    frames: tuple[Frame, ...]
    routes: tuple[Route, ...]

    @property
    def box(self) -> Box:
        """The box that cards and frames cover."""
        return bounding_box([*self.cards.values(), *(frame.box for frame in self.frames)])

    def moved(self, dx: float, dy: float) -> 'Arrangement':
        """The arrangement moved by that distance."""
        return Arrangement(
            {gateway: box.moved(dx, dy) for gateway, box in self.cards.items()},
            tuple(frame.moved(dx, dy) for frame in self.frames),
            self.routes,
        )


def place_block(
    block: Block, x: float, y: float, sizes: Sizes, is_row: bool = False, title_below: bool = False
) -> tuple[dict[ResourceId, Box], tuple[Frame, ...]]:
    """The boxes of the cards of a block whose upper left corner is at (x, y), and its frame if it has one."""
    width, height = sizes.block(block, is_row)
    left, top = (x + PADDING, y + (PADDING if title_below else TITLE + PADDING - 6)) if block.region else (x, y)
    step_x, step_y = (sizes.card_width + GAP, 0) if is_row else (0, sizes.card_height + GAP)
    cards = {
        vnet.gateway_id: Box(left + number * step_x, top + number * step_y, sizes.card_width, sizes.card_height)
        for number, vnet in enumerate(block.vnets)
    }
    if block.region is None:
        return cards, ()
    title = Box(x, y + height - TITLE - 6 if title_below else y, width, TITLE)
    return cards, (Frame(block.region, Box(x, y, width, height), title),)


def with_hub_in_the_middle(block: Block, links: Sequence[DrawnLink]) -> Block:
    """The block with the VNet that has most links to others of it in the middle, if one has more than all others."""
    gateways = {vnet.gateway_id for vnet in block.vnets}
    degrees = Counter(gateway for link in links if gateways.issuperset(link.gateways) for gateway in link.gateways)
    leading = degrees.most_common(2)
    if len(leading) < 2 or leading[0][1] == leading[1][1]:
        return block
    hub = next(vnet for vnet in block.vnets if vnet.gateway_id == leading[0][0])
    others = [vnet for vnet in block.vnets if vnet is not hub]
    middle = (len(others) + 1) // 2
    return replace(block, vnets=(*others[:middle], hub, *others[middle:]))


def block_numbers(blocks: Sequence[Block]) -> dict[ResourceId, int]:
    """The number of the block that contains each gateway."""
    return {vnet.gateway_id: number for number, block in enumerate(blocks) for vnet in block.vnets}
