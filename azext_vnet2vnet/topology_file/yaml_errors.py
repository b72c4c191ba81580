"""Errors of PyYAML in plain words, which repeat nothing of the text, as it may be a shared key."""

import re
from typing import TYPE_CHECKING

from azext_vnet2vnet.topology_file.errors import FileProblem

if TYPE_CHECKING:
    from yaml import YAMLError

# A pattern of PyYAML's wording, what is wrong, and what to do.
_PROBLEMS = (
    (r"character '\\t'", 'has a tab where YAML allows only spaces', 'Replace it with spaces'),
    (
        r"character '@'",
        'has a value that begins with @, which YAML allows only in quotes',
        'Put it in quotes, as in key: "@key.txt"',
    ),
    (r"character '[`%]'", 'has a value that begins with ` or %, which YAML allows only in quotes', 'Put it in quotes'),
    (
        r'mapping values are not allowed',
        'has a colon where no key is allowed',
        'Check the indentation of this line and the one above; put text that contains a colon and a space in quotes',
    ),
    (
        r"could not find expected ':'",
        'has text where a key and its value are expected',
        'Write a colon and a space after the key; check the quotes and brackets above',
    ),
    (
        r"expected ',' or '[\]}]'",
        'has an unclosed bracket, or lacks a comma between two entries',
        'Check the brackets [ ] and { }, and the commas in them',
    ),
    (
        r'expected <block end>',
        'does not fit the lines above',
        'Start the entries of a list or mapping in the same column; check the quotes, too',
    ),
    (
        r'undefined alias',
        'has an alias (*) without an anchor (&) of that name before it',
        'Write the anchor before it; put text that begins with * in quotes',
    ),
    (
        r'duplicate anchor',
        'has an anchor (&) that already exists',
        'Give it another name; put text that begins with & in quotes',
    ),
    (r'but found another document', 'begins a second document (---)', 'Keep the whole topology in one document'),
    (r'tag handle|directive', 'has an unsupported tag or directive (! or %)', 'Remove it'),
    (r'escape', 'has an invalid escape (backslash) in double quotes', "Use single quotes ('), or write \\\\"),
)


def yaml_problem(error: 'YAMLError', text: str) -> FileProblem:
    """Where and why a text is not YAML."""
    position = getattr(error, 'position', None)
    if position is not None:
        what = f'has an unprintable character, U+{ord(text[position]):04X}'
        return FileProblem((), what, 'Remove it', text.count('\n', 0, position) + 1)
    problem = f'{getattr(error, "context", "")} {getattr(error, "problem", "")}'
    if 'unexpected end of stream' in problem:
        return FileProblem((), 'opens a quote that is not closed', 'Close it', error.context_mark.line + 1)
    line = error.problem_mark.line + 1 if getattr(error, 'problem_mark', None) else None
    for pattern, what, recommendation in _PROBLEMS:
        if re.search(pattern, problem):
            return FileProblem((), what, recommendation, line)
    return FileProblem((), 'is not valid YAML', 'Check its indentation, quotes and brackets', line)
