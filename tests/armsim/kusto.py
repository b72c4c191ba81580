"""A small part of the Kusto query language: what Azure Resource Graph is asked with here. Anything else is an error."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from tests.armsim.fabric import not_simulated

Row = dict[str, Any]
Predicate = Callable[[Row], bool]

_TOKEN = re.compile(r"\s*('[^']*'|=~|==|!=|in~|[A-Za-z_][\w.]*|[(),])")


def run(text: str, rows: Iterable[Row]) -> list[Row]:
    """The rows that a query gives. Raises ArmError 501 for whatever is not known here."""
    table, *stages = [stage.strip() for stage in text.split('|')]
    if table.lower() != 'resources':
        raise not_simulated(f'the table {table!r} of Resource Graph')
    found = list(rows)
    for stage in stages:
        verb, _, rest = stage.partition(' ')
        if verb not in _STAGES:
            raise not_simulated(f'{verb!r} in a query to Resource Graph')
        found = _STAGES[verb](rest.strip(), found)
    return found


def _where(text: str, rows: list[Row]) -> list[Row]:
    tokens = _split(text)
    predicate = _either(tokens)
    if tokens:
        raise not_simulated(f'{tokens[0]!r} at the end of a condition')
    return [row for row in rows if predicate(row)]


def _split(text: str) -> list[str]:
    tokens, place = [], 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if not match:
            raise not_simulated(f'{text[place:]!r} in a condition')
        tokens.append(match[1])
        place = match.end()
    return tokens


def _either(tokens: list[str]) -> Predicate:
    parts = [_both(tokens)]
    while tokens[:1] == ['or']:
        tokens.pop(0)
        parts.append(_both(tokens))
    return lambda row: any(part(row) for part in parts)


def _both(tokens: list[str]) -> Predicate:
    parts = [_comparison(tokens)]
    while tokens[:1] == ['and']:
        tokens.pop(0)
        parts.append(_comparison(tokens))
    return lambda row: all(part(row) for part in parts)


def _comparison(tokens: list[str]) -> Predicate:
    if len(tokens) < 3:
        raise not_simulated(f'the condition {" ".join(tokens)!r}')
    path, operator = tokens.pop(0), tokens.pop(0)
    if operator == 'in~':
        wanted = {value.lower() for value in _literals(tokens)}
        return lambda row: str(_value(row, path)).lower() in wanted
    literal = _literal(tokens.pop(0))
    tests: dict[str, Predicate] = {
        '=~': lambda row: str(_value(row, path)).lower() == literal.lower(),
        '==': lambda row: _value(row, path) == literal,
        '!=': lambda row: _value(row, path) != literal,
    }
    if operator not in tests:
        raise not_simulated(f'the operator {operator!r}')
    return tests[operator]


def _literals(tokens: list[str]) -> list[str]:
    if tokens.pop(0) != '(':
        raise not_simulated('in~ without brackets')
    found = [_literal(tokens.pop(0))]
    while tokens and tokens[0] == ',':
        tokens.pop(0)
        found.append(_literal(tokens.pop(0)))
    if not tokens or tokens.pop(0) != ')':
        raise not_simulated('a list that does not end')
    return found


def _literal(token: str) -> str:
    if not token.startswith("'"):
        raise not_simulated(f'{token!r} where a text was expected')
    return token[1:-1]


def _value(row: Row, path: str) -> Any:
    value: Any = row
    for name in path.split('.'):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _project(text: str, rows: list[Row]) -> list[Row]:
    columns = []
    for part in text.split(','):
        match = re.fullmatch(r'\s*(?:(\w+)\s*=\s*)?([A-Za-z_][\w.]*)\s*', part)
        if not match:
            raise not_simulated(f'the column {part.strip()!r}')
        columns.append((match[1] or match[2], match[2]))
    return [{name: _value(row, path) for name, path in columns} for row in rows]


def _order(text: str, rows: list[Row]) -> list[Row]:
    match = re.fullmatch(r'by (\w+)(?: (asc|desc))?', text)
    if not match:
        raise not_simulated(f'order {text!r}')
    return sorted(rows, key=lambda row: str(row.get(match[1])), reverse=match[2] != 'asc')  # desc where none is said


_STAGES: dict[str, Callable[[str, list[Row]], list[Row]]] = {'where': _where, 'project': _project, 'order': _order}
