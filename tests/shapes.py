"""What a JSON value must look like, and how it differs.

A shape is written like the value itself, every member named, in order; a leaf is a JSON value that must be there as it
is, or a word: `=text` (that text, in which `<guid>`, `<number>` and `<more>` stand for what differs from run to run),
`~pattern`, `list` for any list, `integer` for any whole number, or one of KINDS.
"""

import re
from collections.abc import Iterator
from typing import Any

GUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
NUMBER = r'\d+'
KINDS = {
    'guid': GUID,
    'etag': f'W/"{GUID}"',
    'ip': r'\d{1,3}(\.\d{1,3}){3}',
    'digits': NUMBER,
    'string': '.+',
    'timestamp': r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z',
    'duration': r'PT(\d+[HM])*(\d+(\.\d+)?S)?',
}
ANY = {'list': list, 'integer': int}
WILD = {'<guid>': GUID, '<number>': NUMBER, '<more>': '.*'}


def differences(observed: Any, shape: Any, path: str = '') -> Iterator[str]:
    """What differs between a JSON value and a shape, one line each, with the path."""
    if isinstance(shape, dict):
        if not isinstance(observed, dict):
            yield f'{path}: expected an object, got {observed!r}'
            return
        for name in shape.keys() - observed.keys():
            yield f'{path}.{name}: missing'
        for name in observed.keys() - shape.keys():
            yield f'{path}.{name}: not recorded (= {observed[name]!r})'
        common = [name for name in observed if name in shape]
        recorded = [name for name in shape if name in observed]
        if common != recorded:
            yield f'{path}: order {common}, recorded {recorded}'
        for name in recorded:
            yield from differences(observed[name], shape[name], f'{path}.{name}')
    elif isinstance(shape, list):
        if not isinstance(observed, list) or len(observed) != len(shape):
            yield f'{path}: expected {len(shape)} elements, got {observed!r}'
            return
        for index, (one, expected) in enumerate(zip(observed, shape)):
            yield from differences(one, expected, f'{path}[{index}]')
    elif not _fits(observed, shape):
        yield f'{path}: expected {shape!r}, got {observed!r}'


def _fits(observed: Any, leaf: Any) -> bool:
    if not isinstance(leaf, str):
        return type(observed) is type(leaf) and observed == leaf  # True is not 1
    if leaf in ANY:
        return type(observed) is ANY[leaf]  # True is not a number
    return isinstance(observed, str) and re.fullmatch(_pattern(leaf), observed) is not None


def _pattern(leaf: str) -> str:
    if leaf.startswith('~'):
        return leaf[1:]
    if leaf.startswith('='):
        return ''.join(WILD.get(part) or re.escape(part) for part in re.split('(<[a-z]+>)', leaf[1:]))
    return KINDS[leaf]
