"""What PyYAML stumbles over: in plain words, which repeat nothing of the text, as it may be a shared key."""

import re

from azext_vnet2vnet.topology_file.errors import Flaw

# How PyYAML calls a problem, what it is, and what to do about it.
_PROBLEMS = tuple(
    (re.compile(pattern), what, recommendation)
    for pattern, what, recommendation in (
        (r"character '\\t'", 'has a tab where YAML takes spaces only', 'Put spaces in its place'),
        (
            r"character '@'",
            'has a value that begins with @, which YAML takes in quotes only',
            'Put it in quotes, as in key: "@key.txt"',
        ),
        (
            r"character '[`%]'",
            'has a value that begins with ` or %, which YAML takes in quotes only',
            'Put it in quotes',
        ),
        (
            r'mapping values are not allowed',
            'has a colon where no key can be',
            'Look at the indentation of this line and of the one above; put a text with a colon and a space in quotes',
        ),
        (
            r"could not find expected ':'",
            'has a text where a key and its value are expected',
            'Write a colon and a space behind the key; look at the quotes and brackets above',
        ),
        (
            r"expected ',' or '[\]}]'",
            'has a bracket that is not closed, or no comma between two of its entries',
            'Look at the brackets [ ] and { }, and at the commas in them',
        ),
        (
            r'expected <block end>',
            'does not fit the lines above',
            'Begin entries that belong together in the same column; look at the quotes, too',
        ),
        (
            r'undefined alias',
            'has an alias (*) without an anchor (&) of that name before it',
            'Write the anchor before it; put a text that begins with * in quotes',
        ),
        (
            r'duplicate anchor',
            'has an anchor (&) that is there already',
            'Give it another name; put a text that begins with & in quotes',
        ),
        (r'but found another document', 'begins a second document (---)', 'Keep the whole topology in one document'),
        (r'tag handle|directive', 'has a tag or directive (! or %) that means nothing here', 'Leave it away'),
        (r'escape', 'has a backslash in double quotes that means nothing', "Take single quotes ('), or write \\\\"),
    )
)


def flaw_of(error: Exception, text: str) -> Flaw:
    """Where and why a text is not YAML."""
    position = getattr(error, 'position', None)
    if position is not None:
        return Flaw(
            (),
            f'has a character that cannot be shown, U+{ord(text[position]):04X}',
            'Take it out',
            text.count('\n', 0, position) + 1,
        )
    problem = f'{getattr(error, "context", "")} {getattr(error, "problem", "")}'
    if 'unexpected end of stream' in problem:
        return Flaw((), 'begins a quote that is not closed', 'Close it', error.context_mark.line + 1)
    line = error.problem_mark.line + 1 if getattr(error, 'problem_mark', None) else None
    for pattern, what, recommendation in _PROBLEMS:
        if pattern.search(problem):
            return Flaw((), what, recommendation, line)
    return Flaw((), 'is not YAML', 'Look at its indentation, quotes and brackets', line)
