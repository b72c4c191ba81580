"""Plain values -> YAML that a person would write, and that YAML 1.1 and 1.2 read alike."""

import re
from collections.abc import Mapping

WIDTH = 120
_PLAIN = re.compile(r'[^\W\d][\w.()/-]*(?: [\w.()/-]+)*|/[\w.()/-]+(?: [\w.()/-]+)*|[0-9]+(?:\.[0-9]+){3}/[0-9]+')
_WORDS = frozenset(('true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n', 'null'))
_ESCAPES = {'"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r'}


def scalar(value: object) -> str:
    """A text, number, boolean or nothing; a text in quotes where it would be read as something else."""
    if value is None:
        return 'null'
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.isprintable() and text.lower() not in _WORDS:
        return text
    return '"' + ''.join(map(_escaped, text)) + '"'


def flow(value: object) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return '{' + ', '.join(f'{scalar(key)}: {flow(item)}' for key, item in value.items()) + '}'
    if isinstance(value, (list, tuple)):
        return '[' + ', '.join(map(flow, value)) + ']'
    return scalar(value)


def wrapped(beginning: str, value: object) -> list[str]:
    """The lines of a value behind the beginning of the first one, broken between entries where it is too long."""
    line = f'{beginning}{flow(value)}'
    if len(line) <= WIDTH or not value or not isinstance(value, (Mapping, list, tuple)):
        return [line]
    is_mapping = isinstance(value, Mapping)
    parts = [f'{scalar(key)}: {flow(item)}' for key, item in value.items()] if is_mapping else list(map(flow, value))
    ends = [','] * (len(parts) - 1) + ['}' if is_mapping else ']']
    lines = [beginning + ('{' if is_mapping else '[')]
    margin = ' ' * len(lines[0])
    for number, (part, end) in enumerate(zip(parts, ends)):
        if number and len(f'{lines[-1]} {part}{end}') > WIDTH:
            lines.append(margin)
        space = ' ' if number and lines[-1] != margin else ''
        lines[-1] += f'{space}{part}{end}'
    return lines


def comment(text: str) -> str:
    """A line that a reader of YAML leaves out."""
    return '# ' + ''.join(character if character.isprintable() else '?' for character in text)


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f'\\x{code:02x}' if code < 0x100 else f'\\u{code:04x}' if code < 0x10000 else f'\\U{code:08x}'
