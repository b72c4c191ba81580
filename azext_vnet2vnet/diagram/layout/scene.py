"""A drawing: where everything stands."""

from dataclasses import dataclass, replace

from azext_vnet2vnet.diagram.layout.boxes import Box, Point, around
from azext_vnet2vnet.diagram.model import DrawnVnet, Link, Place


@dataclass(frozen=True)
class Card:
    """A VNet with the facts of its gateway."""

    vnet: DrawnVnet
    box: Box


@dataclass(frozen=True)
class Frame:
    """A place around its cards; the title stands below them where links come in from above."""

    place: Place
    box: Box
    title: Box

    def moved(self, dx: float, dy: float) -> 'Frame':
        """The frame so much further."""
        return Frame(self.place, self.box.moved(dx, dy), self.title.moved(dx, dy))


@dataclass(frozen=True)
class Wire:
    """A link as a cubic Bezier curve: its two ends and the two points that pull it, in the order of the curve."""

    link: Link
    points: tuple[Point, Point, Point, Point]

    def at(self, share: float) -> Point:
        """The point of the curve after a share of it, from 0 to 1."""
        rest = 1 - share
        weights = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
        return Point(
            sum(weight * point.x for weight, point in zip(weights, self.points)),
            sum(weight * point.y for weight, point in zip(weights, self.points)),
        )

    def trace(self, steps: int = 24) -> list[Point]:
        """Points along the curve."""
        return [self.at(step / steps) for step in range(steps + 1)]

    def moved(self, dx: float, dy: float) -> 'Wire':
        """The wire so much further."""
        return Wire(self.link, tuple(point.moved(dx, dy) for point in self.points))


@dataclass(frozen=True)
class Label:
    """What is written on a wire."""

    link: Link
    lines: tuple[str, ...]
    box: Box


@dataclass(frozen=True)
class Drawing:
    """Everything in its place; `untold` counts the links that want a label and for which there was no room."""

    cards: tuple[Card, ...] = ()
    frames: tuple[Frame, ...] = ()
    wires: tuple[Wire, ...] = ()
    labels: tuple[Label, ...] = ()
    untold: int = 0

    @property
    def box(self) -> Box:
        """What the drawing covers."""
        traces = (Box(point.x, point.y, 0, 0) for wire in self.wires for point in wire.trace())
        return around([*(part.box for part in (*self.cards, *self.frames, *self.labels)), *traces])

    def moved(self, dx: float, dy: float) -> 'Drawing':
        """The drawing so much further."""
        return Drawing(
            tuple(replace(card, box=card.box.moved(dx, dy)) for card in self.cards),
            tuple(frame.moved(dx, dy) for frame in self.frames),
            tuple(wire.moved(dx, dy) for wire in self.wires),
            tuple(replace(label, box=label.box.moved(dx, dy)) for label in self.labels),
            self.untold,
        )
