"""The template language of Resource Manager: a string in brackets, taken apart into a tree."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<name>[A-Za-z_]\w*)|(?P<sign>[()\[\],.]))")


class SyntaxFault(Exception):
    """A string in brackets that is no expression; the message says where it goes wrong."""


@dataclass(frozen=True)
class Literal:
    """A string or a whole number."""

    value: str | int


@dataclass(frozen=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple['Node', ...]


@dataclass(frozen=True)
class Access:
    """A member of an object by its name, or an element of an array by its number."""

    of: 'Node'
    key: 'Node'


Node: TypeAlias = 'Literal | Call | Access'


def is_expression(text: str) -> bool:
    """Whether a template's string is to be evaluated: it is in brackets, and the first is not doubled."""
    return text.startswith('[') and text.endswith(']') and not text.startswith('[[')


def plain(text: str) -> str:
    """What a string that is no expression stands for: a doubled bracket at its start is a bracket (documented)."""
    return text[1:] if text.startswith('[[') else text


def escaped(text: str) -> str:
    """A string that evaluates to `text`."""
    return '[' + text if text.startswith('[') and (text.endswith(']') or text.startswith('[[')) else text


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The tree of an expression, brackets included. Raises SyntaxFault."""
    parser = _Parser(text[1:-1])
    node = parser.node()
    if parser.kind:
        raise parser.fault('the end')
    return node


class _Parser:
    """One token ahead: `kind` and `token` are what comes next, '' at the end."""

    def __init__(self, text: str):
        self._text, self._place = text, 0
        self.kind = self.token = ''
        self._start = 0
        self._step()

    def _step(self) -> str:
        token, rest = self.token, self._text[self._place :]
        self._start = self._place
        found = TOKEN.match(rest)
        if found:
            self.kind, self.token = found.lastgroup or '', found.group(found.lastgroup or 0)
            self._place += found.end()
        elif rest.strip():
            self.kind, self.token = 'unknown', rest.strip()[0]
        else:
            self.kind = self.token = ''
        return token

    def fault(self, expected: str) -> SyntaxFault:
        """What is wrong with the next token."""
        # Decision: Azure's texts name the token and the kind that is expected; their exact form varies.
        return SyntaxFault(
            f'expected {expected} at position {self._start}, and found '
            + (f"'{self.token}'" if self.kind else 'the end')
        )

    def _take(self, sign: str) -> None:
        if self.token != sign or self.kind != 'sign':
            raise self.fault(f"'{sign}'")
        self._step()

    def _is(self, sign: str) -> bool:
        return self.kind == 'sign' and self.token == sign

    def node(self) -> Node:
        """An expression with all that is accessed in it."""
        node = self._primary()
        while self._is('.') or self._is('['):
            if self._step() == '.':
                if self.kind != 'name':
                    raise self.fault('a name')
                node = Access(node, Literal(self._step()))
            else:
                node = Access(node, self.node())
                self._take(']')
        return node

    def _primary(self) -> Node:
        if self.kind == 'text':
            return Literal(self._step()[1:-1].replace("''", "'"))
        if self.kind == 'number':
            return Literal(int(self._step()))
        if self.kind != 'name':
            raise self.fault('a function, a string or a number')
        name, arguments = self._step(), []
        self._take('(')
        while not self._is(')'):
            if arguments:
                self._take(',')
            arguments.append(self.node())
        self._take(')')
        return Call(name, tuple(arguments))
