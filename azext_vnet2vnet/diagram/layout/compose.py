"""A picture -> its drawing."""

from dataclasses import replace

from azext_vnet2vnet.diagram.layout.arrange import arrange
from azext_vnet2vnet.diagram.layout.blocks import PADDING, TITLE, Sizes
from azext_vnet2vnet.diagram.layout.boxes import Box
from azext_vnet2vnet.diagram.layout.labels import MANY, labels, lines_of, size_of
from azext_vnet2vnet.diagram.layout.scene import CARD_WIDTH, Card, Drawing, Frame, card_height
from azext_vnet2vnet.diagram.layout.wires import wires
from azext_vnet2vnet.diagram.model import Picture

_CLEAR = 6
_INSET = 24


def draw(picture: Picture) -> Drawing:
    """The drawing, with its upper left corner at (0, 0); it is empty if the picture is."""
    if not picture.regions:
        return Drawing()
    is_crowded = len(picture.links) >= MANY
    sizes = [size_of(lines) for link in picture.links if (lines := lines_of(link, is_crowded))]
    widest, highest = (max((size[axis] for size in sizes), default=0) for axis in (0, 1))
    arrangement = arrange(picture, Sizes(CARD_WIDTH, card_height(picture.vnets), widest, highest))
    curves = wires(arrangement, is_crowded)
    obstacles = [
        *(box.grown(_CLEAR) for box in arrangement.cards.values()),
        *(frame.title for frame in arrangement.frames),
    ]
    placed, unlabelled = labels(curves, obstacles, is_crowded)
    cards = tuple(Card(vnet, arrangement.cards[vnet.gateway_id]) for vnet in picture.vnets)
    drawing = Drawing(cards, arrangement.frames, curves, placed, unlabelled)
    if len(picture.regions) == 1:
        drawing = replace(drawing, frames=(_frame_around(picture, drawing.box),))
    box = drawing.box
    return drawing.moved(-box.x, -box.y)


def _frame_around(picture: Picture, box: Box) -> Frame:
    inner = box.grown(_INSET)
    outer = Box(inner.x, inner.y - TITLE + PADDING, inner.width, inner.height + TITLE - PADDING)
    return Frame(picture.regions[0], outer, Box(outer.x, outer.y, outer.width, TITLE))
