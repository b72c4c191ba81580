"""What the lines of a drawing mean, and how many there are of each."""

from azext_vnet2vnet.diagram.layout.boxes import Box, Point
from azext_vnet2vnet.diagram.layout.ink import Ink, number
from azext_vnet2vnet.diagram.layout.parts import GREY, PALE, add_dot
from azext_vnet2vnet.diagram.line_styles import STROKES
from azext_vnet2vnet.diagram.model import Health, Picture

LEGEND_HEIGHT = 92
LEGEND_WIDTH = 680
_STEP = 150
_ROW = 26


def add_legend(ink: Ink, picture: Picture, untold: int, box: Box) -> None:
    """The legend, below a rule at the top of the box."""
    ink.line(f'M{number(box.x)} {number(box.y)}h{number(box.width)}', PALE, 1)
    y = box.y + 32
    for place, health in enumerate(Health):
        stroke, x = STROKES[health], box.x + place * _STEP
        ink.line(
            f'M{number(x)} {number(y - 4)}h34',
            stroke.colour,
            2.6,
            stroke_dasharray=' '.join(map(str, stroke.dashes)) or None,
        )
        ink.text(x + 44, y, f'{health.value.capitalize()} ({picture.count(health)})', 12.5, '#1f2937')
    y += _ROW
    for x, is_there, text in ((box.x, True, 'Connection'), (box.x + _STEP, False, 'No connection, or none to be seen')):
        add_dot(ink, Point(x + 6, y - 4), 4, GREY, is_there)
        ink.text(x + 18, y, text, 12.5, '#1f2937')
    if untold:
        ink.text(
            box.x + 2.6 * _STEP,
            y,
            f'{untold} more {"pairs are" if untold > 1 else "pair is"} not healthy: point '
            f'at {"them" if untold > 1 else "it"}',
            12.5,
            GREY,
        )
