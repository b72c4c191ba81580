"""What is wrong with a file that a person wrote, and where: from the place of a value to the words of a finding."""

from dataclasses import dataclass

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.diagnostic import Diagnostic, Rule

Path = tuple[str | int, ...]
_LONGEST = 60


@dataclass(frozen=True)
class Flaw:
    """What is wrong, where, and what to write instead; `path` is empty where it is the file, or a line of it."""

    path: Path
    what: str
    recommendation: str
    line: int | None = None
    rule: Rule = rules.FILE_YAML

    def finding(self, file: str) -> Diagnostic:
        """`backbone.yaml line 7: vnets.hub.sku has no value`."""
        place = f'{file} line {self.line}' if self.line else file
        subject = f'{place}: {spell(self.path)}' if self.path else place
        return self.rule.found(f'{subject} {self.what}', self.recommendation)


def spell(path: Path) -> str:
    """`vnets.hub.sku`, `connect entry 2, policy.saLifetime`; nothing of what somebody wrote for a shared key."""
    if path[:1] == ('connect',):
        path = (*path[:2], *map(_before_colon, path[2:])) if path[2:3] != ('key',) else path[:3]
    words = ''
    for before, part in zip((None, *path), path):
        if isinstance(part, int):
            words += f' entry {part + 1}'
        else:
            words += ('' if before is None else ', ' if isinstance(before, int) else '.') + quoted_part(part)
    return words


def _before_colon(part: str | int) -> str | int:
    """A key without what stands behind its colon where there is no space, as in `key:...`."""
    name, colon, _ = part.partition(':') if isinstance(part, str) else (part, '', '')
    return f'{name}:...' if colon else name


def quoted_part(text: object) -> str:
    """A text of the file as a part of one line: its beginning where it is long, ? for what cannot be shown."""
    shown = ''.join(character if character.isprintable() else '?' for character in str(text))
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '...'
