"""Points, boxes and their sides, in the units of the drawing: y grows downwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Point:
    """A point."""

    x: float
    y: float

    def moved(self, dx: float, dy: float) -> 'Point':
        """The point so much further."""
        return Point(self.x + dx, self.y + dy)

    def distance(self, other: 'Point') -> float:
        """How far it is to another point."""
        return ((self.x - other.x) ** 2 + (self.y - other.y) ** 2) ** 0.5


@dataclass(frozen=True)
class Box:
    """An upright rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Where it ends to the right."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Where it ends below."""
        return self.y + self.height

    @property
    def centre(self) -> Point:
        """Its middle."""
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    def moved(self, dx: float, dy: float) -> 'Box':
        """The box so much further."""
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def grown(self, by: float) -> 'Box':
        """The box with so much more at each side."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def overlaps(self, other: 'Box') -> bool:
        """Whether they have an area in common."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def contains(self, point: Point) -> bool:
        """Whether the point lies inside."""
        return self.x < point.x < self.right and self.y < point.y < self.bottom


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of the boxes, of which there must be one."""
    boxes = list(boxes)
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x, y, max(box.right for box in boxes) - x, max(box.bottom for box in boxes) - y)


class Side(Enum):
    """A side of a box, as the way that leads out of it."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    TOP = (0, -1)
    BOTTOM = (0, 1)

    @property
    def is_upright(self) -> bool:
        """Whether the side itself runs from top to bottom."""
        return self.value[0] != 0

    def point(self, box: Box, offset: float = 0) -> Point:
        """The point of the side that lies `offset` after its middle, rightwards or downwards."""
        (dx, dy), centre = self.value, box.centre
        across = (0, offset) if self.is_upright else (offset, 0)
        return centre.moved(dx * box.width / 2 + across[0], dy * box.height / 2 + across[1])

    def out(self, point: Point, by: float) -> Point:
        """The point so much further out."""
        return point.moved(self.value[0] * by, self.value[1] * by)
