"""The labels of the links, and where there is room for them."""

from collections.abc import Iterable, Sequence

from azext_vnet2vnet.diagram.layout.boxes import Box, Point
from azext_vnet2vnet.diagram.layout.scene import Label, Wire
from azext_vnet2vnet.diagram.layout.text import width_of
from azext_vnet2vnet.diagram.model import DrawnLink, Health

TEXT_SIZE = 11.5
LABEL_LINE = 15
MANY = 13  # From this number of links on, healthy links have no label.
_MOST_CODES = 3
_MARGIN = (9, 5)
_SHARES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.2, 0.8)
_CLEAR = 5
_CROWD = 80  # From this number of links on, labels may hide any of them.
_MOST_LABELS = 60  # More would hide the drawing.


def lines_of(link: DrawnLink, is_crowded: bool) -> tuple[str, ...]:
    """The lines of the label of a link; none for a healthy link among many."""
    if link.health is Health.HEALTHY and is_crowded:
        return ()
    if len(link.codes) <= _MOST_CODES:
        return (link.state, *link.codes)
    return (link.state, *link.codes[: _MOST_CODES - 1], f'and {len(link.codes) - _MOST_CODES + 1} more')


def size_of(lines: Sequence[str]) -> tuple[float, float]:
    """Width and height of a label."""
    width = max(width_of(line, TEXT_SIZE, bold=number == 0) for number, line in enumerate(lines))
    return width + 2 * _MARGIN[0], len(lines) * LABEL_LINE + 2 * _MARGIN[1]


def labels(wires: Sequence[Wire], obstacles: Iterable[Box], is_crowded: bool) -> tuple[tuple[Label, ...], int]:
    """A label for each link that has lines and room for them, and the number of unhealthy links without a label."""
    taken = list(obstacles)
    traces = [(wire.link, wire.trace()) for wire in wires] if len(wires) < _CROWD else []
    placed: list[Label] = []
    texts = [(wire, lines) for wire in wires if (lines := lines_of(wire.link, is_crowded))]
    # Unhealthy links are labelled first.
    texts.sort(key=lambda one: (one[0].link.health is not Health.UNHEALTHY, one[0].link.health is Health.HEALTHY))
    unlabelled = 0
    for wire, lines in texts:
        box = _find_room(wire, size_of(lines), taken, traces) if len(placed) < _MOST_LABELS else None
        if box:
            placed.append(Label(wire.link, lines, box))
            taken.append(box.grown(_CLEAR))
        elif wire.link.health is not Health.HEALTHY:
            unlabelled += 1
    return tuple(placed), unlabelled


def _find_room(
    wire: Wire, size: tuple[float, float], taken: Sequence[Box], traces: Sequence[tuple[DrawnLink, list[Point]]]
) -> Box | None:
    boxes = [Box(point.x - size[0] / 2, point.y - size[1] / 2, *size) for point in map(wire.at, _SHARES)]
    free = [box for box in boxes if not any(map(box.overlaps, taken))]
    return min(
        free,
        key=lambda box: sum(box.contains(point) for link, trace in traces if link is not wire.link for point in trace),
        default=None,
    )
