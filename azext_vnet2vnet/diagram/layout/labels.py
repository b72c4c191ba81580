"""What is written on the links, and where there is room for it."""

from collections.abc import Iterable, Sequence

from azext_vnet2vnet.diagram.layout.boxes import Box, Point
from azext_vnet2vnet.diagram.layout.scene import Label, Wire
from azext_vnet2vnet.diagram.layout.text import width_of
from azext_vnet2vnet.diagram.model import Health, Link

TEXT_SIZE = 11.5
LINE = 15
MANY = 13  # From so many links on, only those are labelled that are not healthy.
_MOST_CODES = 3
_MARGIN = (9, 5)
_SHARES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.2, 0.8)
_CLEAR = 5
_CROWD = 80  # From so many links on it does not count which ones a label hides.
_MOST = 60  # More labels would hide the drawing.


def lines_of(link: Link, is_crowded: bool) -> tuple[str, ...]:
    """What is written on a link; nothing on a healthy one among many."""
    if link.health is Health.HEALTHY and is_crowded:
        return ()
    codes = (
        link.codes
        if len(link.codes) <= _MOST_CODES
        else (*link.codes[: _MOST_CODES - 1], f'and {len(link.codes) - _MOST_CODES + 1} more')
    )
    return (link.state, *codes)


def size_of(lines: Sequence[str]) -> tuple[float, float]:
    """Width and height of a label."""
    width = max(width_of(line, TEXT_SIZE, bold=number == 0) for number, line in enumerate(lines))
    return width + 2 * _MARGIN[0], len(lines) * LINE + 2 * _MARGIN[1]


def labels(wires: Sequence[Wire], obstacles: Iterable[Box], is_crowded: bool) -> tuple[tuple[Label, ...], int]:
    """A label for each link that wants one and has room for it, and the number of those at fault that have none."""
    taken = list(obstacles)
    traces = [(wire.link, wire.trace()) for wire in wires] if len(wires) < _CROWD else []
    placed: list[Label] = []
    wanted = [(wire, lines) for wire in wires if (lines := lines_of(wire.link, is_crowded))]
    # What is wrong gets its place first.
    wanted.sort(key=lambda one: (one[0].link.health is not Health.UNHEALTHY, one[0].link.health is Health.HEALTHY))
    untold = 0
    for wire, lines in wanted:
        box = _find_room(wire, size_of(lines), taken, traces) if len(placed) < _MOST else None
        if box:
            placed.append(Label(wire.link, lines, box))
            taken.append(box.grown(_CLEAR))
        elif wire.link.health is not Health.HEALTHY:
            untold += 1
    return tuple(placed), untold


def _find_room(
    wire: Wire, size: tuple[float, float], taken: Sequence[Box], traces: Sequence[tuple[Link, list[Point]]]
) -> Box | None:
    boxes = [Box(point.x - size[0] / 2, point.y - size[1] / 2, *size) for point in map(wire.at, _SHARES)]
    free = [box for box in boxes if not any(map(box.overlaps, taken))]
    return min(
        free,
        key=lambda box: sum(box.contains(point) for link, trace in traces if link is not wire.link for point in trace),
        default=None,
    )
