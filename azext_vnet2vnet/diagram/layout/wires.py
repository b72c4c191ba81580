"""The curves of the links: where each leaves its cards, and how it bends."""

from collections import defaultdict
from collections.abc import Iterator
from math import atan2

from azext_vnet2vnet.diagram.layout.blocks import Arrangement, Route
from azext_vnet2vnet.diagram.layout.boxes import Point, Side
from azext_vnet2vnet.diagram.layout.labels import lines_of, size_of
from azext_vnet2vnet.diagram.layout.scene import Wire
from azext_vnet2vnet.network.resource_id import ResourceId

End = tuple[int, int]  # The number of a route, and which of its ends.
_STEP = 18  # Between two links at a side of a card, if there is room.
_FREE = 14  # Between a link and a corner of the card.
_STIFF = 30
_BULGE = 0.75  # How far the middle of a curve gets towards its control points.
_CLEAR = 12


def wires(arrangement: Arrangement, is_crowded: bool) -> tuple[Wire, ...]:
    """A curve for each link, in the order of the routes."""
    ports = dict(_ports(arrangement))
    return tuple(
        _wire(route, ports[number, 0], ports[number, 1], is_crowded) for number, route in enumerate(arrangement.routes)
    )


def _ports(arrangement: Arrangement) -> Iterator[tuple[End, Point]]:
    """The point at which each end leaves its card; those at the same side of a card are spread."""
    used: dict[tuple[ResourceId, Side], list[End]] = defaultdict(list)
    for number, route in enumerate(arrangement.routes):
        for index in (0, 1):
            used[route.link.gateways[index], route.sides[index]].append((number, index))
    for (gateway, side), ends in used.items():
        box = arrangement.cards[gateway]
        length = (box.height if side.is_upright else box.width) - 2 * _FREE
        step = min(_STEP, length / max(len(ends) - 1, 1))
        ordered = sorted(ends, key=lambda end: (_turn(arrangement, end), end))
        for position, port in enumerate(ordered):
            yield port, side.point(box, (position - (len(ends) - 1) / 2) * step)


def _turn(arrangement: Arrangement, end: End) -> tuple[float, float]:
    """The direction in which a link turns: sorted by it, links do not cross where they leave a card."""
    number, index = end
    route = arrangement.routes[number]
    near, far = (route.sides[one].point(arrangement.cards[route.link.gateways[one]]) for one in (index, 1 - index))
    side = route.sides[index]
    along = far.y - near.y if side.is_upright else far.x - near.x
    out = (far.x - near.x) * side.value[0] + (far.y - near.y) * side.value[1]
    # Of two links that return to the same line, the farther one goes around the nearer one.
    return round(atan2(along, out), 6), -along


def _wire(route: Route, start: Point, end: Point, is_crowded: bool) -> Wire:
    distance = start.distance(end)
    if route.sides[0] is route.sides[1]:
        lines = lines_of(route.link, is_crowded)
        # Far enough for its label beside the cards, and for the links to nearer cards inside.
        pull = max(_STIFF, (size_of(lines)[0] / 2 + _CLEAR) / _BULGE if lines else 0) + distance * 0.15
    else:
        pull = max(_STIFF, distance * 0.5)
    control1 = route.sides[0].outwards(start, min(pull, route.reach[0]))
    control2 = route.sides[1].outwards(end, min(pull, route.reach[1]))
    return Wire(route.link, (start, control1, control2, end))
