"""The form of query that Azure Resource Graph gets here; anything else is an error that names it.

resources | where A =~ 'x' and B =~ 'y' or C =~ 'z' | project id, shown = properties.inner | order by id asc
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from tests.armsim.fabric import not_simulated

Row = dict[str, Any]

_COMPARISON = re.compile(r"([A-Za-z][\w.]*) =~ '([^']*)'")
_COLUMN = re.compile(r'(?:(\w+) = )?([A-Za-z][\w.]*)')


def run(text: str, rows: Iterable[Row]) -> list[Row]:
    """The rows that a query gives. Raises ArmError 501 for whatever is not known here."""
    table, *stages = [stage.strip() for stage in text.split('|')]
    if table != 'resources':
        raise not_simulated(f'the table {table!r} of Resource Graph')
    found = list(rows)
    for stage in stages:
        verb, _, rest = stage.partition(' ')
        if verb not in _STAGES:
            raise not_simulated(f'{verb!r} in a query to Resource Graph')
        found = _STAGES[verb](rest, found)
    return found


def _where(text: str, rows: list[Row]) -> list[Row]:
    choices = [[_comparison(part) for part in choice.split(' and ')] for choice in text.split(' or ')]
    return [
        row
        for row in rows
        if any(all(str(_value(row, path)).lower() == text for path, text in choice) for choice in choices)
    ]


def _comparison(text: str) -> tuple[str, str]:
    match = _COMPARISON.fullmatch(text)
    if not match:
        raise not_simulated(f'the condition {text!r}')
    return match[1], match[2].lower()


def _value(row: Row, path: str) -> Any:
    value: Any = row
    for name in path.split('.'):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _project(text: str, rows: list[Row]) -> list[Row]:
    columns = []
    for part in text.split(', '):
        match = _COLUMN.fullmatch(part)
        if not match:
            raise not_simulated(f'the column {part!r}')
        columns.append((match[1] or match[2], match[2]))
    return [{name: _value(row, path) for name, path in columns} for row in rows]


def _order(text: str, rows: list[Row]) -> list[Row]:
    if text != 'by id asc' or not all('id' in row for row in rows):
        raise not_simulated(f'order {text!r}')
    return sorted(rows, key=lambda row: row['id'])


_STAGES: dict[str, Callable[[str, list[Row]], list[Row]]] = {'where': _where, 'project': _project, 'order': _order}
