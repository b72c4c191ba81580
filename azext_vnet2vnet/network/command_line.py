"""Commands as they are printed: one quoting that bash, zsh and PowerShell read alike."""

import re
import shlex
from collections.abc import Iterable

# Plain in all three: `,` and `@` are operators in PowerShell; `=` first, `^`, `~`, `[` and `*` are in zsh.
_PLAIN = re.compile(r'[A-Za-z0-9_/.+][A-Za-z0-9_/.:=+-]*|--?[A-Za-z][A-Za-z0-9-]*')
_SINGLE = "'‘’‚‛"  # Each ends a text in single quotes in PowerShell.
_IN_DOUBLE = '"“”„$`\\!'  # Each means something in double quotes to one of the three.


def quoted(word: object) -> str:
    """A word of a printed command, in single quotes unless it is plain.

    A word with a single quote is in double quotes; if it has a character that these do not fit either, it is quoted
    for bash and zsh alone, as there is no form that PowerShell reads alike.
    """
    text = str(word)
    if _PLAIN.fullmatch(text):
        return text
    if not any(character in text for character in _SINGLE):
        return f"'{text}'"
    return shlex.quote(text) if any(character in text for character in _IN_DOUBLE) else f'"{text}"'


def command_line(words: Iterable[object]) -> str:
    """The words of a command as they are typed."""
    return ' '.join(map(quoted, words))
