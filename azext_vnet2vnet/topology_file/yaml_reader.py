"""YAML text -> plain values, each with its line; problems in words that repeat nothing of the text but names."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from azext_vnet2vnet.topology_file.errors import FileProblem, Path
from azext_vnet2vnet.topology_file.yaml_errors import yaml_problem

if TYPE_CHECKING:
    from yaml import Node, ScalarNode

MOST_CHARACTERS = 512 * 1024
MOST_VALUES = 100_000  # Aliases can make a short text stand for more values than fit into memory.
DEEPEST = 40
_EXAMPLE = 'Write for example {name: backbone, vnets: {hub: {}, west: {}}, connect: [{pair: [hub, west]}]}'
_TAG = 'tag:yaml.org,2002:'
# The tags of scalars other than text, and what a scalar is called that has the tag but no readable value.
_KINDS = {'null': 'nothing', 'bool': 'true or false', 'int': 'a number', 'float': 'a number', 'timestamp': 'a date'}
_DECIMAL = re.compile(r'[-+]?(?:0|[1-9][0-9]*)')


@dataclass(frozen=True)
class AmbiguousScalar:
    """An unquoted scalar that YAML 1.1 resolves to a date, time, octal or fractional number, which no key allows."""


@dataclass
class Document:
    """The values of a file, and the line of each in the order of the file.

    `readings` has each scalar that is not text, as it is written and as YAML reads it, such as `no` and `false`.
    """

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    readings: dict[Path, tuple[str, str]] = field(default_factory=dict)

    def line(self, path: Path) -> int | None:
        """The line of a value, or of the innermost value around it; None for the file as a whole."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


class _TooMuch(Exception):
    """Raised if a text stands for more values than a file may have, or nests them deeper."""


def read_yaml(text: str) -> tuple[Document | None, list[FileProblem]]:
    """The values of a text, and what is wrong with it; None if it cannot be read at all."""
    from yaml import YAMLError

    if len(text) > MOST_CHARACTERS:
        what = f'has {len(text)} characters; a topology may have at most {MOST_CHARACTERS}'
        return None, [FileProblem((), what, 'Check that it is the right file')]
    try:
        root = _compose(text)
        if root is None:
            return None, [FileProblem((), 'is empty', _EXAMPLE)]
        reader = _Reader()
        reader.document.value = reader.read(root, ())
    except YAMLError as error:
        return None, [yaml_problem(error, text)]
    except _TooMuch:
        what = (
            f'has more than {MOST_VALUES} values, including those of its aliases (*), or nests them more than '
            f'{DEEPEST} levels deep'
        )
        return None, [FileProblem((), what, 'Check its aliases')]
    return reader.document, reader.problems


def _compose(text: str) -> 'Node | None':
    """The tree of nodes, None for an empty text; YAMLError if it is not YAML."""
    from yaml import SafeLoader

    class Loader(SafeLoader):  # type: ignore[misc]  # PyYAML has no type hints.  # pylint: disable=too-many-ancestors
        """One that stops before the stack of Python overflows."""

        depth = 0

        def compose_node(self, parent: 'Node', index: object) -> 'Node':
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
    """Reads the values of a tree of nodes; the target of an alias is read again at each place."""

    def __init__(self) -> None:
        self.document = Document()
        self.problems: list[FileProblem] = []
        self._count = 0

    def read(self, node: 'Node', path: Path) -> Any:
        """The value of the node at `path`."""
        self._check_size(len(path))
        if node.id == 'scalar':
            return self._scalar(node, path)
        self._check_tag(node, path, ('seq', 'map'))
        if node.id == 'sequence':
            return [self._read_below(item, item, (*path, index)) for index, item in enumerate(node.value)]
        return {
            name: self._read_below(key, value, (*path, name))
            for name, (key, value) in self._entries(node, path, 0).items()
        }

    def _read_below(self, first: 'Node', node: 'Node', path: Path) -> Any:
        """The value of a node whose key, or which itself, begins at `first`."""
        self.document.lines[path] = first.start_mark.line + 1
        return self.read(node, path)

    def _check_size(self, depth: int) -> None:
        self._count += 1
        if self._count > MOST_VALUES or depth > DEEPEST:
            raise _TooMuch

    def _check_tag(self, node: 'Node', path: Path, known: Collection[str]) -> bool:
        """Whether the tag is a known one; the tag itself is not repeated, as it may be an unquoted key."""
        if node.tag in [_TAG + name for name in known]:
            return True
        self._add(node, path, 'has an unsupported tag (!)', 'Remove the tag; put text that begins with ! in quotes')
        return False

    def _add(self, node: 'Node', path: Path, what: str, recommendation: str) -> None:
        self.problems.append(FileProblem(path, what, recommendation, node.start_mark.line + 1))

    def _entries(self, node: 'Node', path: Path, depth: int) -> Mapping[str, tuple['Node', 'Node']]:
        """The key and value nodes of a mapping by key, which is text however written; own keys override merged ones."""
        self._check_size(len(path) + depth)
        own: dict[str, tuple[Node, Node]] = {}
        merged: dict[str, tuple[Node, Node]] = {}
        for key, value in node.value:
            if key.id != 'scalar':
                self._add(
                    key,
                    path,
                    'has a key that is itself a list or a mapping',
                    'Write a name before the colon; put text that begins with { or [ in quotes',
                )
            elif key.tag == f'{_TAG}merge':
                self._merge(value, path, depth, merged)
            elif key.value in own:
                first = own[key.value][0].start_mark.line + 1
                what = f'appears twice, first in line {first}'
                self._add(key, (*path, key.value), what, 'Remove one of the two, or give it another name')
            else:
                own[key.value] = (key, value)
        return {**merged, **own}

    def _merge(self, node: 'Node', path: Path, depth: int, merged: dict[str, tuple['Node', 'Node']]) -> None:
        """Add what `<<` takes over from one mapping, or from a list of mappings, of which earlier ones override later.

        Each key counts as a value each time that it is taken over.
        """
        for part in node.value if node.id == 'sequence' else [node]:
            if part.id != 'mapping':
                what = 'merges (<<) something that is not a mapping'
                self._add(part, path, what, 'Write << : *NAME, and &NAME before a mapping')
                continue
            for key, entry in self._entries(part, path, depth + 1).items():
                self._check_size(len(path))
                merged.setdefault(key, entry)

    def _scalar(self, node: 'ScalarNode', path: Path) -> object:
        kind = node.tag.removeprefix(_TAG)
        if kind in ('str', 'value', 'merge') or not self._check_tag(node, path, _KINDS):
            return node.value
        value, reading = _plain(kind, node)
        self.document.readings[path] = (node.value, reading)
        return value


def _plain(kind: str, node: 'ScalarNode') -> tuple[object, str]:
    """The value of a scalar that is not text, and how YAML reads it."""
    from yaml import YAMLError
    from yaml.constructor import SafeConstructor

    try:
        value = SafeConstructor().construct_object(node)
    except (ValueError, OverflowError, LookupError, AttributeError, YAMLError):
        # Too long, an impossible date, or text with the tag of a number.
        return AmbiguousScalar(), _KINDS[kind]
    if kind == 'bool':
        return value, 'true' if value else 'false'
    if kind == 'null' or kind == 'int' and _DECIMAL.fullmatch(node.value):
        return value, _KINDS[kind]
    if kind == 'timestamp':
        return AmbiguousScalar(), _KINDS[kind]
    if ':' in node.value:
        return AmbiguousScalar(), f'the time of {value} seconds'
    form = 'octal number' if re.match('[-+]?0[0-7_]', node.value) else 'number'
    return AmbiguousScalar(), f'the {form} {value}'
