"""A picture as a self-contained SVG: no scripts, no external fonts, with its own background."""

from azext_vnet2vnet.diagram.layout import parts
from azext_vnet2vnet.diagram.layout.boxes import Box
from azext_vnet2vnet.diagram.layout.compose import draw
from azext_vnet2vnet.diagram.layout.ink import Ink
from azext_vnet2vnet.diagram.layout.scene import rows_of
from azext_vnet2vnet.diagram.model import Health, Picture

TITLE = 'VNet-to-VNet network'
_MARGIN = 40
_HEADER = 100
_SPACE = 36
_UPWARDS = (Health.HEALTHY, Health.UNKNOWN, Health.WARNING, Health.UNHEALTHY)  # Unhealthy links are on top.
_HOVER = '.link:hover path{stroke-opacity:1}.link:hover path:last-of-type{stroke-width:4}'


def svg(picture: Picture) -> str:
    """The drawing as an SVG document; the same picture gives the same bytes."""
    drawing = draw(picture)
    inner = drawing.box if drawing.cards else Box(0, 0, 0, 0)
    width = max(inner.width, parts.LEGEND_WIDTH) + 2 * _MARGIN
    height = _HEADER + inner.height + _SPACE + parts.LEGEND_HEIGHT
    drawing = drawing.moved((width - inner.width) / 2, _HEADER)
    ink = Ink.sheet(width, height, TITLE, summary_of(picture))
    ink.add('style').write(_HOVER)
    ink.box(Box(0, 0, width, height), 18, fill=parts.PAPER)
    ink.text(_MARGIN, 50, TITLE, 23, parts.DARK, bold=True)
    ink.text(_MARGIN, 74, summary_of(picture), 13.5, parts.GREY)
    accents = parts.accents_of(picture)
    colours = {vnet.gateway_id: accents[region.subscription_id] for region in picture.regions for vnet in region.vnets}
    for frame in drawing.frames:
        parts.add_frame(ink, frame, accents[frame.region.subscription_id])
    for wire in sorted(drawing.wires, key=lambda wire: _UPWARDS.index(wire.link.health)):
        parts.add_wire(ink, wire, len(drawing.wires))
    for card in drawing.cards:
        parts.add_card(ink, card, colours[card.vnet.gateway_id], rows_of(picture.vnets))
    for wire in drawing.wires:
        parts.add_ends(ink, wire, len(drawing.wires))
    for label in drawing.labels:
        parts.add_label(ink, label)
    parts.add_legend(
        ink,
        picture,
        drawing.unlabelled,
        Box(_MARGIN, height - parts.LEGEND_HEIGHT, width - 2 * _MARGIN, parts.LEGEND_HEIGHT),
    )
    return ink.document()


def summary_of(picture: Picture) -> str:
    """The numbers of VNets, regions, subscriptions and pairs, in one line."""
    if not picture.links:
        return 'No pairs'
    subscriptions = {region.subscription_id for region in picture.regions}
    regions = {region.name for region in picture.regions if region.name}
    counts = {'VNet': picture.vnets, 'region': regions, 'subscription': subscriptions, 'pair': picture.links}
    return ' · '.join(f'{len(found)} {noun}' + ('' if len(found) == 1 else 's') for noun, found in counts.items())
