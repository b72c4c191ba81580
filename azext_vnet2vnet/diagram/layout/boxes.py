"""Points, boxes and their sides, in the units of the drawing; y grows downwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from math import hypot


@dataclass(frozen=True)
class Point:
    """A point."""

    x: float
    y: float

    def moved(self, dx: float, dy: float) -> 'Point':
        """The point moved by that distance."""
        return Point(self.x + dx, self.y + dy)

    def distance(self, other: 'Point') -> float:
        """The distance to another point."""
        return hypot(self.x - other.x, self.y - other.y)


@dataclass(frozen=True)
class Box:
    """An upright rectangle; (x, y) is its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its bottom side."""
        return self.y + self.height

    @property
    def centre(self) -> Point:
        """Its centre."""
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    def moved(self, dx: float, dy: float) -> 'Box':
        """The box moved by that distance."""
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def grown(self, by: float) -> 'Box':
        """The box extended by that distance at each side."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def overlaps(self, other: 'Box') -> bool:
        """Whether they have an area in common."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def contains(self, point: Point) -> bool:
        """Whether the point lies inside."""
        return self.x < point.x < self.right and self.y < point.y < self.bottom


def bounding_box(boxes: Iterable[Box]) -> Box:
    """The smallest box that contains all of the boxes, of which there must be at least one."""
    boxes = list(boxes)
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x, y, max(box.right for box in boxes) - x, max(box.bottom for box in boxes) - y)


class Side(Enum):
    """A side of a box, with the direction that leads out of it."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    TOP = (0, -1)
    BOTTOM = (0, 1)

    @property
    def is_upright(self) -> bool:
        """Whether the side itself runs from top to bottom."""
        return self in (Side.LEFT, Side.RIGHT)

    def point(self, box: Box, offset: float = 0) -> Point:
        """The point of the side at `offset` from its middle, rightwards or downwards."""
        (dx, dy), centre = self.value, box.centre
        across = (0, offset) if self.is_upright else (offset, 0)
        return centre.moved(dx * box.width / 2 + across[0], dy * box.height / 2 + across[1])

    def outwards(self, point: Point, by: float) -> Point:
        """The point moved outwards by that distance."""
        return point.moved(self.value[0] * by, self.value[1] * by)
