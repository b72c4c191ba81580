"""How links are told apart: by a colour, and without it by dashes."""

from dataclasses import dataclass

from azext_vnet2vnet.diagram.model import Health


@dataclass(frozen=True)
class Stroke:
    """A colour that stands out on white and on black, and lengths of dashes and gaps: none for a whole line."""

    colour: str
    dashes: tuple[int, ...] = ()


STROKES = {
    Health.HEALTHY: Stroke('#1a8a4a'),
    Health.WARNING: Stroke('#b86e00', (14, 5, 3, 5)),
    Health.UNHEALTHY: Stroke('#d1242f', (7, 5)),
    Health.UNKNOWN: Stroke('#6e7781', (2, 5)),
}
