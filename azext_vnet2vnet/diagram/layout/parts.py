"""Frames, cards, wires, labels and the legend in SVG."""

from azext_vnet2vnet.diagram.layout.boxes import Box, Point
from azext_vnet2vnet.diagram.layout.ink import Ink, number
from azext_vnet2vnet.diagram.layout.labels import LABEL_LINE, MANY, TEXT_SIZE
from azext_vnet2vnet.diagram.layout.scene import HEAD, LINE, PREFIXES, RULE, Card, Frame, Label, Wire
from azext_vnet2vnet.diagram.model import LINE_STYLES, DrawnLink, DrawnVnet, Health, LineStyle, Picture

DARK, GREY, PALE, PAPER = '#0f172a', '#52606d', '#cbd5e1', '#f4f7fb'
_ACCENTS = ('#0067b8', '#6d3fc4', '#0e7c86', '#a03a8c', '#46557a', '#5a6b1f')
_INSET = 14
_DENSE = 100  # From this number of links on, they are as thin as possible.
LEGEND_HEIGHT = 92
LEGEND_WIDTH = 680
_LEGEND_STEP = 150


def accents_of(picture: Picture) -> dict[str, str]:
    """A colour for each subscription; colours repeat if there are too many subscriptions."""
    subscriptions = sorted({(region.subscription.lower(), region.subscription_id) for region in picture.regions})
    return {subscription: _ACCENTS[index % len(_ACCENTS)] for index, (_, subscription) in enumerate(subscriptions)}


def add_frame(ink: Ink, frame: Frame, accent: str) -> None:
    """Add a region: a tinted box with its name and its subscription."""
    tint = {'fill': accent, 'fill_opacity': 0.05}
    dashes = None if frame.region.name else '5 4'
    ink.box(frame.box, 16, fill='#ffffff')
    ink.box(frame.box, 16, **tint, stroke=accent, stroke_opacity=0.35, stroke_width=1.2, stroke_dasharray=dashes)
    x, y, room = frame.title.x + 18, frame.title.y, frame.title.width - 36
    ink.text(x, y + 24, frame.region.title, 15, DARK, bold=True, room=room)
    ink.text(x, y + 41, frame.region.subscription, 12, accent, room=room)


def add_card(ink: Ink, card: Card, accent: str, shown: tuple[bool, bool]) -> None:
    """Add a VNet: its name and address space, and below a rule its gateway."""
    vnet, box = card.vnet, card.box
    has_prefixes, has_details = shown
    group = ink.group(_vnet_title(vnet))
    group.box(box.moved(0, 2.5), 10, fill=DARK, fill_opacity=0.07)
    fill, stroke, dashes = ('#f1f4f8', '#94a3b8', '5 4') if vnet.note else ('#ffffff', PALE, None)
    group.box(box, 10, fill=fill, stroke=stroke, stroke_width=1.2, stroke_dasharray=dashes)
    x, room = box.x + _INSET, box.width - 2 * _INSET
    _add_vnet_glyph(group, Point(x, box.y + 13), stroke if vnet.note else accent)
    group.text(x + 26, box.y + 24, vnet.name, 14, DARK, bold=True, room=room - 26)
    y = box.y + HEAD
    if has_prefixes:
        group.text(x, y + 11, vnet.prefixes, 11.5, GREY, room=room)
        y += PREFIXES
    group.line(f'M{number(x)} {number(y + 3)}h{number(room)}', '#e2e8f0', 1)
    y += RULE
    _add_lock_glyph(group, Point(x + 1, y + 1), GREY)
    group.text(x + 20, y + 12, vnet.gateway_id.name, 12, DARK, room=room - 20)
    group.text(x + 20, y + 12 + LINE, vnet.kind, 11.5, GREY, room=room - 20)
    if has_details:
        group.text(x + 20, y + 12 + 2 * LINE, vnet.details, 11.5, GREY, room=room - 20)


def add_wire(ink: Ink, wire: Wire, count: int) -> None:
    """Add a link."""
    style, healthy = LINE_STYLES[wire.link.health], wire.link.health is Health.HEALTHY
    width = (2.4 if count < MANY else 1.6 if count < _DENSE else 0.9) + (0 if healthy else 0.5)
    path = path_of(wire)
    group = ink.group(_link_title(wire.link), class_='link')
    if count < _DENSE:
        group.line(path, PAPER, width + 4, stroke_opacity=0.85)
    opacity = 0.5 if healthy and count >= _DENSE else None
    group.line(path, style.colour, width, stroke_dasharray=_dashes(style), stroke_opacity=opacity)


def add_ends(ink: Ink, wire: Wire, count: int) -> None:
    """Add a filled dot at an end whose connection exists, and an open one at an end without a visible connection."""
    radius = 4 if count < MANY else 3 if count < _DENSE else 1.6
    for name, point in zip(wire.link.connections, (wire.points[0], wire.points[3]), strict=True):
        _add_dot(ink, point, radius, LINE_STYLES[wire.link.health].colour, name is not None)


def path_of(wire: Wire) -> str:
    """The curve in the syntax of SVG."""
    start, *others = (f'{number(point.x)} {number(point.y)}' for point in wire.points)
    return f'M{start}C{" ".join(others)}'


def _add_dot(ink: Ink, point: Point, radius: float, colour: str, exists: bool) -> None:
    """Add the end of a link, whose connection exists or does not."""
    ink.circle(point, radius, fill=colour if exists else '#ffffff', stroke=colour, stroke_width=radius / 2.5)


def add_label(ink: Ink, label: Label) -> None:
    """Add the status of a link, and the codes of its diagnostics."""
    colour = LINE_STYLES[label.link.health].colour
    group = ink.group(_link_title(label.link))
    group.box(label.box, 8, fill='#ffffff', stroke=colour, stroke_width=1)
    middle = label.box.centre.x
    for row, line in enumerate(label.lines):
        y, is_first = label.box.y + 16 + row * LABEL_LINE, row == 0
        ink_colour = colour if is_first else DARK
        group.text(middle, y, line, TEXT_SIZE, ink_colour, bold=is_first, text_anchor='middle')


def add_legend(ink: Ink, picture: Picture, unlabelled: int, box: Box) -> None:
    """Add the meaning and the number of each kind of line, below a rule at the top of the box."""
    ink.line(f'M{number(box.x)} {number(box.y)}h{number(box.width)}', PALE, 1)
    y = box.y + 32
    for index, health in enumerate(Health):
        style, x = LINE_STYLES[health], box.x + index * _LEGEND_STEP
        ink.line(f'M{number(x)} {number(y - 4)}h34', style.colour, 2.6, stroke_dasharray=_dashes(style))
        ink.text(x + 44, y, f'{health.value.capitalize()} ({picture.count(health)})', 12.5, '#1f2937')
    y += 26
    for index, text in enumerate(('Connection', 'No connection, or none to be seen')):
        x = box.x + index * _LEGEND_STEP
        _add_dot(ink, Point(x + 6, y - 4), 4, GREY, index == 0)
        ink.text(x + 18, y, text, 12.5, '#1f2937')
    if unlabelled:
        pairs, them = ('pairs are', 'them') if unlabelled > 1 else ('pair is', 'it')
        text = f'{unlabelled} more {pairs} not healthy: point at {them}'
        ink.text(box.x + 2.6 * _LEGEND_STEP, y, text, 12.5, GREY)


def _dashes(style: LineStyle) -> str | None:
    return ' '.join(map(str, style.dashes)) or None


def _add_vnet_glyph(ink: Ink, corner: Point, colour: str) -> None:
    x, y = number(corner.x), number(corner.y)
    ink.line(f'M{x} {y}m5 0l-5 6 5 6m8 -12l5 6 -5 6', colour, 2, stroke_linecap='round', stroke_linejoin='round')
    for dot in (5.5, 9, 12.5):
        ink.circle(corner.moved(dot, 6), 1.3, fill=colour)


def _add_lock_glyph(ink: Ink, corner: Point, colour: str) -> None:
    x, y = number(corner.x), number(corner.y)
    ink.line(f'M{x} {y}m2.5 6v-2.5a3.5 3.5 0 0 1 7 0v2.5', colour, 1.5)
    ink.box(Box(corner.x, corner.y + 5.5, 12, 7.5), 1.8, fill=colour)


def _vnet_title(vnet: DrawnVnet) -> str:
    return '\n'.join(filter(None, (vnet.name, vnet.prefixes, str(vnet.gateway_id), vnet.kind, vnet.details)))


def _link_title(link: DrawnLink) -> str:
    names = ' and '.join(name for name in link.connections if name)
    return '\n'.join(filter(None, (names, link.state, ', '.join(link.codes))))
