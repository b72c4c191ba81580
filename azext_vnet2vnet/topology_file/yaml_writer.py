"""Plain values -> YAML as a person would write it, which YAML 1.1 and 1.2 read alike."""

import re
from collections.abc import Mapping

WIDTH = 120
_PLAIN = re.compile(r'[^\W\d][\w.()/-]*(?: [\w.()/-]+)*|/[\w.()/-]+(?: [\w.()/-]+)*|[0-9]+(?:\.[0-9]+){3}/[0-9]+')
_WORDS = frozenset(('true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n', 'null'))
_ESCAPES = {'"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r'}


def scalar(value: object) -> str:
    """A text, number, boolean or null; a text is quoted if YAML would read it as something else."""
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
        return '{' + ', '.join(_items(value)) + '}'
    if isinstance(value, (list, tuple)):
        return '[' + ', '.join(map(flow, value)) + ']'
    return scalar(value)


def wrapped(beginning: str, value: object) -> list[str]:
    """The lines of a value after `beginning`, broken between entries if they exceed the width of a line."""
    line = f'{beginning}{flow(value)}'
    if len(line) <= WIDTH or not value or not isinstance(value, (Mapping, list, tuple)):
        return [line]
    parts = _items(value) if isinstance(value, Mapping) else list(map(flow, value))
    first, *others = [f'{part},' for part in parts[:-1]] + [parts[-1] + line[-1]]
    lines = [line[: len(beginning) + 1] + first]
    for part in others:
        if len(f'{lines[-1]} {part}') > WIDTH:
            lines.append(' ' * (len(beginning) + 1) + part)
        else:
            lines[-1] += f' {part}'
    return lines


def comment(text: str) -> str:
    """A comment on one line."""
    return '# ' + ''.join(character if character.isprintable() else '?' for character in text)


def _items(value: Mapping[object, object]) -> list[str]:
    return [f'{scalar(key)}: {flow(item)}' for key, item in value.items()]


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f'\\x{code:02x}' if code < 0x100 else f'\\u{code:04x}' if code < 0x10000 else f'\\U{code:08x}'
