"""Frames, cards, wires and labels in SVG."""

from azext_vnet2vnet.diagram.layout import rows
from azext_vnet2vnet.diagram.layout.boxes import Box, Point
from azext_vnet2vnet.diagram.layout.ink import Ink, number
from azext_vnet2vnet.diagram.layout.labels import LINE, MANY, TEXT_SIZE
from azext_vnet2vnet.diagram.layout.scene import Card, Frame, Label, Wire
from azext_vnet2vnet.diagram.line_styles import STROKES
from azext_vnet2vnet.diagram.model import DrawnVnet, Health, Link, Picture

DARK, GREY, PALE, PAPER = '#0f172a', '#52606d', '#cbd5e1', '#f4f7fb'
_ACCENTS = ('#0067b8', '#6d3fc4', '#0e7c86', '#a03a8c', '#46557a', '#5a6b1f')
_INSET = 14
_DENSE = 100  # From so many links on they are as thin as they can be.


def accents_of(picture: Picture) -> dict[str, str]:
    """A colour for each subscription, again from the first one where there are too many."""
    subscriptions = sorted({(place.subscription.lower(), place.subscription_id) for place in picture.places})
    return {subscription: _ACCENTS[place % len(_ACCENTS)] for place, (_, subscription) in enumerate(subscriptions)}


def add_frame(ink: Ink, frame: Frame, accent: str) -> None:
    """A place: a tinted box with region and subscription."""
    ink.box(frame.box, 16, fill='#ffffff')
    ink.box(
        frame.box,
        16,
        fill=accent,
        fill_opacity=0.05,
        stroke=accent,
        stroke_opacity=0.35,
        stroke_width=1.2,
        stroke_dasharray=None if frame.place.region else '5 4',
    )
    x, y, room = frame.title.x + 18, frame.title.y, frame.title.width - 36
    ink.text(x, y + 24, frame.place.title, 15, DARK, bold=True, room=room)
    ink.text(x, y + 41, frame.place.subscription, 12, accent, room=room)


def add_card(ink: Ink, card: Card, accent: str, shown: tuple[bool, bool]) -> None:
    """A VNet: its name and address space, and below a rule its gateway."""
    vnet, box = card.vnet, card.box
    has_prefixes, has_details = shown
    group = ink.group(_whole_of(vnet))
    group.box(box.moved(0, 2.5), 10, fill=DARK, fill_opacity=0.07)
    group.box(
        box,
        10,
        fill='#f1f4f8' if vnet.note else '#ffffff',
        stroke='#94a3b8' if vnet.note else PALE,
        stroke_width=1.2,
        stroke_dasharray='5 4' if vnet.note else None,
    )
    x, room = box.x + _INSET, box.width - 2 * _INSET
    _add_vnet_glyph(group, Point(x, box.y + 13), '#94a3b8' if vnet.note else accent)
    group.text(x + 26, box.y + 24, vnet.name, 14, DARK, bold=True, room=room - 26)
    y = box.y + rows.HEAD
    if has_prefixes:
        group.text(x, y + 11, vnet.prefixes, 11.5, GREY, room=room)
        y += rows.PREFIXES
    group.line(f'M{number(x)} {number(y + 3)}h{number(room)}', '#e2e8f0', 1)
    y += rows.RULE
    _add_lock_glyph(group, Point(x + 1, y + 1), GREY)
    group.text(x + 20, y + 12, vnet.gateway_id.name, 12, DARK, room=room - 20)
    group.text(x + 20, y + 12 + rows.LINE, vnet.kind, 11.5, GREY, room=room - 20)
    if has_details:
        group.text(x + 20, y + 12 + 2 * rows.LINE, vnet.details, 11.5, GREY, room=room - 20)


def add_wire(ink: Ink, wire: Wire, count: int) -> None:
    """A link."""
    stroke, healthy = STROKES[wire.link.health], wire.link.health is Health.HEALTHY
    width = (2.4 if count < MANY else 1.6 if count < _DENSE else 0.9) + (0 if healthy else 0.5)
    path = path_of(wire)
    group = ink.group(_title_of(wire.link), class_='link')
    if count < _DENSE:
        group.line(path, PAPER, width + 4, stroke_opacity=0.85)
    group.line(
        path,
        stroke.colour,
        width,
        stroke_dasharray=' '.join(map(str, stroke.dashes)) or None,
        stroke_opacity=0.5 if healthy and count >= _DENSE else None,
    )


def add_ends(ink: Ink, wire: Wire, count: int) -> None:
    """A full dot at an end where the connection is there, an open one where none is to be seen."""
    radius = 4 if count < MANY else 3 if count < _DENSE else 1.6
    for name, point in zip(wire.link.connections, (wire.points[0], wire.points[3])):
        add_dot(ink, point, radius, STROKES[wire.link.health].colour, name is not None)


def path_of(wire: Wire) -> str:
    """The curve as SVG writes it."""
    start, *others = (f'{number(point.x)} {number(point.y)}' for point in wire.points)
    return f'M{start}C{" ".join(others)}'


def add_dot(ink: Ink, point: Point, radius: float, colour: str, is_there: bool) -> None:
    """The end of a link, with or without a connection."""
    ink.circle(point, radius, fill=colour if is_there else '#ffffff', stroke=colour, stroke_width=radius / 2.5)


def add_label(ink: Ink, label: Label) -> None:
    """The status of a link, and the codes of its reasons."""
    colour = STROKES[label.link.health].colour
    group = ink.group(_title_of(label.link))
    group.box(label.box, 8, fill='#ffffff', stroke=colour, stroke_width=1)
    middle = label.box.centre.x
    for row, line in enumerate(label.lines):
        group.text(
            middle,
            label.box.y + 16 + row * LINE,
            line,
            TEXT_SIZE,
            colour if row == 0 else DARK,
            bold=row == 0,
            text_anchor='middle',
        )


def _add_vnet_glyph(ink: Ink, corner: Point, colour: str) -> None:
    x, y = number(corner.x), number(corner.y)
    ink.line(f'M{x} {y}m5 0l-5 6 5 6m8 -12l5 6 -5 6', colour, 2, stroke_linecap='round', stroke_linejoin='round')
    for dot in (5.5, 9, 12.5):
        ink.circle(corner.moved(dot, 6), 1.3, fill=colour)


def _add_lock_glyph(ink: Ink, corner: Point, colour: str) -> None:
    x, y = number(corner.x), number(corner.y)
    ink.line(f'M{x} {y}m2.5 6v-2.5a3.5 3.5 0 0 1 7 0v2.5', colour, 1.5)
    ink.box(Box(corner.x, corner.y + 5.5, 12, 7.5), 1.8, fill=colour)


def _whole_of(vnet: DrawnVnet) -> str:
    return '\n'.join(filter(None, (vnet.name, vnet.prefixes, str(vnet.gateway_id), vnet.kind, vnet.details)))


def _title_of(link: Link) -> str:
    names = ' and '.join(name for name in link.connections if name)
    return '\n'.join(filter(None, (names, link.state, ', '.join(link.codes))))
