"""A problem in a topology file: where it is, and the words of its diagnostic."""

from dataclasses import dataclass
from itertools import pairwise

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.diagnostic import Diagnostic, Rule

Path = tuple[str | int, ...]
_LONGEST = 60


@dataclass(frozen=True)
class FileProblem:
    """What is wrong, where, and what to write instead; `path` is empty if it concerns the file or a line as a whole."""

    path: Path
    what: str
    recommendation: str
    line: int | None = None
    rule: Rule = rules.FILE_YAML

    def diagnostic(self, file: str) -> Diagnostic:
        """`backbone.yaml line 7: vnets.hub.sku has no value`."""
        place = f'{file} line {self.line}' if self.line else file
        subject = f'{place}: {format_path(self.path)}' if self.path else place
        return self.rule.found(f'{subject} {self.what}', self.recommendation)


def format_path(path: Path) -> str:
    """`vnets.hub.sku`, `connect entry 2, policy.saLifetime`; without anything that may be a shared key."""
    if path[:1] == ('connect',):
        path = path[:3] if path[2:3] == ('key',) else (*path[:2], *map(_before_colon, path[2:]))
    text = ''
    for before, part in pairwise((None, *path)):
        if isinstance(part, int):
            text += f' entry {part + 1}'
        else:
            text += ('' if before is None else ', ' if isinstance(before, int) else '.') + excerpt(part)
    return text


def _before_colon(part: str | int) -> str | int:
    """A key without what follows its colon if there is no space, as in `key:...`."""
    name, colon, _ = part.partition(':') if isinstance(part, str) else (part, '', '')
    return f'{name}:...' if colon else name


def excerpt(text: object) -> str:
    """A text of the file for one line of a message: at most 60 characters, unprintable ones as ?."""
    shown = ''.join(character if character.isprintable() else '?' for character in str(text))
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '...'
