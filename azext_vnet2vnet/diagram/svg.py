"""A picture as a self-contained SVG: no scripts, no fonts from elsewhere, a background of its own."""

from azext_vnet2vnet.diagram.layout.boxes import Box
from azext_vnet2vnet.diagram.layout.compose import draw
from azext_vnet2vnet.diagram.layout.ink import Ink
from azext_vnet2vnet.diagram.layout.legend import LEGEND_HEIGHT, LEGEND_WIDTH, add_legend
from azext_vnet2vnet.diagram.layout.parts import (
    DARK,
    GREY,
    PAPER,
    accents_of,
    add_card,
    add_ends,
    add_frame,
    add_label,
    add_wire,
)
from azext_vnet2vnet.diagram.layout.rows import rows_of
from azext_vnet2vnet.diagram.model import Health, Picture

TITLE = 'VNet-to-VNet network'
_MARGIN = 40
_HEADER = 100
_SPACE = 36
_UPWARDS = (Health.HEALTHY, Health.UNKNOWN, Health.WARNING, Health.UNHEALTHY)  # What is wrong lies on top.
_HOVER = '.link:hover path{stroke-opacity:1}.link:hover path:last-of-type{stroke-width:4}'


def svg(picture: Picture) -> str:
    """The drawing as an SVG document; the same picture gives the same bytes."""
    drawing = draw(picture)
    inner = drawing.box if drawing.cards else Box(0, 0, 0, 0)
    width = max(inner.width, LEGEND_WIDTH) + 2 * _MARGIN
    height = _HEADER + inner.height + _SPACE + LEGEND_HEIGHT
    drawing = drawing.moved((width - inner.width) / 2, _HEADER)
    ink = Ink.sheet(width, height, TITLE, summary_of(picture))
    ink.add('style').write(_HOVER)
    ink.box(Box(0, 0, width, height), 18, fill=PAPER)
    ink.text(_MARGIN, 50, TITLE, 23, DARK, bold=True)
    ink.text(_MARGIN, 74, summary_of(picture), 13.5, GREY)
    accents = accents_of(picture)
    colours = {vnet.gateway_id: accents[place.subscription_id] for place in picture.places for vnet in place.vnets}
    for frame in drawing.frames:
        add_frame(ink, frame, accents[frame.place.subscription_id])
    for wire in sorted(drawing.wires, key=lambda wire: _UPWARDS.index(wire.link.health)):
        add_wire(ink, wire, len(drawing.wires))
    for card in drawing.cards:
        add_card(ink, card, colours[card.vnet.gateway_id], rows_of(picture.vnets))
    for wire in drawing.wires:
        add_ends(ink, wire, len(drawing.wires))
    for label in drawing.labels:
        add_label(ink, label)
    add_legend(ink, picture, drawing.untold, Box(_MARGIN, height - LEGEND_HEIGHT, width - 2 * _MARGIN, LEGEND_HEIGHT))
    return ink.document()


def summary_of(picture: Picture) -> str:
    """What there is, in a line."""
    if not picture.links:
        return 'No pairs'
    subscriptions = {place.subscription_id for place in picture.places}
    regions = {place.region for place in picture.places if place.region}
    return ' · '.join(
        (
            _count(len(picture.vnets), 'VNet'),
            _count(len(regions), 'region'),
            _count(len(subscriptions), 'subscription'),
            _count(len(picture.links), 'pair'),
        )
    )


def _count(number: int, noun: str) -> str:
    return f'{number} {noun}' + ('' if number == 1 else 's')
