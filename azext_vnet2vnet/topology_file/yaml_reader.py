"""YAML that a person wrote: to plain values, each with its line; flaws in words that repeat nothing of it but names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from azext_vnet2vnet.topology_file.errors import Flaw, Path
from azext_vnet2vnet.topology_file.yaml_errors import flaw_of

MOST_CHARACTERS = 512 * 1024
MOST_VALUES = 100_000  # Aliases can make a short text mean more values than there is room for.
DEEPEST = 40
_TAG = 'tag:yaml.org,2002:'
# Scalars that are no texts, and what they are where they cannot be read all the same.
_KINDS = {'null': 'nothing', 'bool': 'true or false', 'int': 'a number', 'float': 'a number', 'timestamp': 'a date'}
_DECIMAL = re.compile(r'[-+]?(?:0|[1-9][0-9]*)')


@dataclass(frozen=True)
class Misread:
    """A scalar without quotes that YAML takes for what no key of a file wants: a date, a time, an octal number."""


@dataclass
class Document:
    """The values of a file, the line of each in the order of the file, and how YAML reads scalars that are no texts.

    A reading is a pair, such as `no` and `false`.
    """

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    readings: dict[Path, tuple[str, str]] = field(default_factory=dict)

    def line(self, path: Path) -> int | None:
        """The line of a value, or of what lacks it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


class _TooMuch(Exception):
    """Raised where a text means more values than a file may have, or nests them deeper."""


def read_yaml(text: str) -> tuple[Document | None, list[Flaw]]:
    """The values of a text, and what is wrong with it; None where it cannot be read at all."""
    from yaml import YAMLError

    if len(text) > MOST_CHARACTERS:
        return None, [
            Flaw(
                (),
                f'has {len(text)} characters, and a topology has {MOST_CHARACTERS} at most',
                'Look whether it is the right file',
            )
        ]
    try:
        root = _compose(text)
        if root is None:
            return None, [Flaw((), 'is empty', 'Write the topology into it; docs/topology.md has an example')]
        reader = _Reader()
        reader.document.value = reader.read(root, ())
    except YAMLError as error:
        return None, [flaw_of(error, text)]
    except _TooMuch:
        return None, [
            Flaw(
                (),
                f'has more than {MOST_VALUES} values, those of its aliases (*) included, or nests them '
                f'more than {DEEPEST} levels deep',
                'Look at its aliases',
            )
        ]
    return reader.document, reader.flaws


def _compose(text: str):
    """The tree of nodes, None of an empty text; YAMLError where it is none."""
    from yaml import SafeLoader

    class Loader(SafeLoader):  # pylint: disable=too-many-ancestors
        """One that gives up before Python's stack does."""

        depth = 0

        def compose_node(self, parent, index):
            self.depth += 1
            if self.depth > DEEPEST:
                raise _TooMuch
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

    loader = Loader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


class _Reader:
    """Reads the values of a tree of nodes; what an alias stands for is read again at each place."""

    def __init__(self):
        self.document = Document()
        self.flaws: list[Flaw] = []
        self._count = 0

    def read(self, node, path: Path):
        """The value of a node, which is at `path`."""
        self._check_size(len(path))
        if node.id == 'scalar':
            return self._scalar(node, path)
        self._knows_tag(node, path, ('seq', 'map'))
        if node.id == 'sequence':
            return [self._read_below(item, item, (*path, index)) for index, item in enumerate(node.value)]
        return {
            name: self._read_below(key, value, (*path, name))
            for name, (key, value) in self._entries(node, path, 0).items()
        }

    def _read_below(self, beginning, node, path: Path):
        self.document.lines[path] = beginning.start_mark.line + 1
        return self.read(node, path)

    def _check_size(self, depth: int):
        self._count += 1
        if self._count > MOST_VALUES or depth > DEEPEST:
            raise _TooMuch

    def _knows_tag(self, node, path: Path, known) -> bool:
        if node.tag in [_TAG + name for name in known]:
            return True
        # The tag itself may be a key that somebody wrote without quotes.
        self._flaw(
            node,
            path,
            'has a tag (!) that means nothing here',
            'Leave the tag away; put a text that begins with ! in quotes',
        )
        return False

    def _flaw(self, node, path: Path, what: str, recommendation: str):
        self.flaws.append(Flaw(path, what, recommendation, node.start_mark.line + 1))

    def _entries(self, node, path: Path, depth: int) -> Mapping[str, tuple]:
        """The nodes of a mapping by their keys, which are texts however they are written; its own go before merged."""
        self._check_size(len(path) + depth)
        own: dict[str, tuple] = {}
        merged: dict[str, tuple] = {}
        for key, value in node.value:
            if key.id != 'scalar':
                self._flaw(
                    key,
                    path,
                    'has a key that is itself a list or a mapping',
                    'Write a name before the colon; put a text that begins with { or [ in quotes',
                )
            elif key.tag == f'{_TAG}merge':
                merged = {**self._merged(value, path, depth), **merged}
            elif key.value in own:
                first = own[key.value][0].start_mark.line + 1
                self._flaw(
                    key,
                    (*path, key.value),
                    f'is there twice, the first time in line {first}',
                    'Take one of the two away, or give it another name',
                )
            else:
                own[key.value] = (key, value)
        return {**merged, **own}

    def _merged(self, node, path: Path, depth: int) -> Mapping[str, tuple]:
        """What `<<` takes over from one mapping, or from a list of them of which the first goes before."""
        parts = node.value if node.id == 'sequence' else [node]
        merged: dict[str, tuple] = {}
        for part in parts:
            if part.id == 'mapping':
                merged = {**self._entries(part, path, depth + 1), **merged}
            else:
                self._flaw(part, path, 'merges (<<) what is no mapping', 'Write << : *NAME, and &NAME at a mapping')
        return merged

    def _scalar(self, node, path: Path):
        kind = node.tag.removeprefix(_TAG)
        if kind in ('str', 'value', 'merge') or not self._knows_tag(node, path, _KINDS):
            return node.value
        value, reading = _plain(kind, node)
        self.document.readings[path] = (node.value, reading)
        return value


def _plain(kind: str, node) -> tuple[object, str]:
    """The value of a scalar that is no text, and what YAML takes it for."""
    from yaml import YAMLError
    from yaml.constructor import SafeConstructor

    try:
        value = SafeConstructor().construct_object(node)
    except (ValueError, OverflowError, LookupError, AttributeError, YAMLError):
        # Too long, no such day, or a text that somebody calls a number by its tag.
        return Misread(), _KINDS[kind]
    if kind == 'bool':
        return value, 'true' if value else 'false'
    if kind == 'null' or kind == 'int' and _DECIMAL.fullmatch(node.value):
        return value, _KINDS[kind]
    if kind == 'timestamp':
        return Misread(), _KINDS[kind]
    form = 'time of' if ':' in node.value else 'octal number' if re.match('[-+]?0[0-7_]', node.value) else 'number'
    return Misread(), f'the {form} {value}' + (' seconds' if form == 'time of' else '')
