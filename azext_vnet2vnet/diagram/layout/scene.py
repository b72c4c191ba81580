"""A drawing: the positions of cards, frames, wires and labels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from azext_vnet2vnet.diagram.layout.boxes import Box, Point, bounding_box
from azext_vnet2vnet.diagram.model import DrawnLink, DrawnRegion, DrawnVnet

CARD_WIDTH = 236
# The heights of the parts of a card:
HEAD = 34  # the name of the VNet,
PREFIXES = 18  # its address space,
RULE = 10  # the rule between VNet and gateway,
LINE = 17  # a line about the gateway,
FOOT = 10  # and the space below.


@dataclass(frozen=True)
class Card:
    """A VNet with the facts of its gateway."""

    vnet: DrawnVnet
    box: Box


def rows_of(vnets: Sequence[DrawnVnet]) -> tuple[bool, bool]:
    """Whether cards have a row for address spaces, and one for details: all cards do if one needs it."""
    return any(vnet.prefixes for vnet in vnets), any(vnet.details for vnet in vnets)


def card_height(vnets: Sequence[DrawnVnet]) -> float:
    """The height of every card of a picture."""
    has_prefixes, has_details = rows_of(vnets)
    return HEAD + PREFIXES * has_prefixes + RULE + LINE * (2 + has_details) + FOOT


@dataclass(frozen=True)
class Frame:
    """A region around its cards; the title is below them if links come in from above."""

    region: DrawnRegion
    box: Box
    title: Box

    def moved(self, dx: float, dy: float) -> 'Frame':
        """The frame moved by that distance."""
        return Frame(self.region, self.box.moved(dx, dy), self.title.moved(dx, dy))


@dataclass(frozen=True)
class Wire:
    """A link as a cubic Bezier curve: start, two control points and end."""

    link: DrawnLink
    points: tuple[Point, Point, Point, Point]

    def at(self, share: float) -> Point:
        """The point of the curve at parameter `share`, from 0 to 1."""
        rest = 1 - share
        weights = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
        return Point(
            sum(weight * point.x for weight, point in zip(weights, self.points, strict=True)),
            sum(weight * point.y for weight, point in zip(weights, self.points, strict=True)),
        )

    def trace(self, steps: int = 24) -> list[Point]:
        """Points along the curve."""
        return [self.at(step / steps) for step in range(steps + 1)]

    def moved(self, dx: float, dy: float) -> 'Wire':
        """The wire moved by that distance."""
        start, control1, control2, end = (point.moved(dx, dy) for point in self.points)
        return Wire(self.link, (start, control1, control2, end))


@dataclass(frozen=True)
class Label:
    """The text on a wire."""

    link: DrawnLink
    lines: tuple[str, ...]
    box: Box


@dataclass(frozen=True)
class Drawing:
    """Everything at its position; `unlabelled` is the number of unhealthy links whose label had no room."""

    cards: tuple[Card, ...] = ()
    frames: tuple[Frame, ...] = ()
    wires: tuple[Wire, ...] = ()
    labels: tuple[Label, ...] = ()
    unlabelled: int = 0

    @property
    def box(self) -> Box:
        """The box that the drawing covers."""
        boxes = [card.box for card in self.cards]
        boxes += [frame.box for frame in self.frames]
        boxes += [label.box for label in self.labels]
        boxes += [Box(point.x, point.y, 0, 0) for wire in self.wires for point in wire.trace()]
        return bounding_box(boxes)

    def moved(self, dx: float, dy: float) -> 'Drawing':
        """The drawing moved by that distance."""
        return Drawing(
            tuple(replace(card, box=card.box.moved(dx, dy)) for card in self.cards),
            tuple(frame.moved(dx, dy) for frame in self.frames),
            tuple(wire.moved(dx, dy) for wire in self.wires),
            tuple(replace(label, box=label.box.moved(dx, dy)) for label in self.labels),
            self.unlabelled,
        )
