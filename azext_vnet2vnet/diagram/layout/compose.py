"""A picture -> the drawing of it."""

from azext_vnet2vnet.diagram.layout.arrange import arrange
from azext_vnet2vnet.diagram.layout.blocks import PADDING, TITLE, Sizes
from azext_vnet2vnet.diagram.layout.boxes import Box
from azext_vnet2vnet.diagram.layout.labels import MANY, labels, lines_of, size_of
from azext_vnet2vnet.diagram.layout.rows import CARD_WIDTH, card_height
from azext_vnet2vnet.diagram.layout.scene import Card, Drawing, Frame
from azext_vnet2vnet.diagram.layout.wires import wires
from azext_vnet2vnet.diagram.model import Picture

_CLEAR = 6
_INSET = 24


def draw(picture: Picture) -> Drawing:
    """The drawing, its left upper corner at (0, 0); an empty one of an empty picture."""
    if not picture.places:
        return Drawing()
    is_crowded = len(picture.links) >= MANY
    sizes = [size_of(lines) for link in picture.links if (lines := lines_of(link, is_crowded))]
    arrangement = arrange(
        picture,
        Sizes(
            CARD_WIDTH,
            card_height(picture.vnets),
            max((width for width, _ in sizes), default=0),
            max((height for _, height in sizes), default=0),
        ),
    )
    curves = wires(arrangement, is_crowded)
    obstacles = [
        *(box.grown(_CLEAR) for box in arrangement.cards.values()),
        *(frame.title for frame in arrangement.frames),
    ]
    placed, untold = labels(curves, obstacles, is_crowded)
    cards = tuple(Card(vnet, arrangement.cards[vnet.gateway_id]) for vnet in picture.vnets)
    drawing = Drawing(cards, arrangement.frames, curves, placed, untold)
    if len(picture.places) == 1:
        drawing = Drawing(cards, (_frame_around(picture, drawing.box),), curves, placed, untold)
    box = drawing.box
    return drawing.moved(-box.x, -box.y)


def _frame_around(picture: Picture, box: Box) -> Frame:
    inner = box.grown(_INSET)
    outer = Box(inner.x, inner.y - TITLE + PADDING, inner.width, inner.height + TITLE - PADDING)
    return Frame(picture.places[0], outer, Box(outer.x, outer.y, outer.width, TITLE))
