"""Parts of an answer of Azure's, read by their type: what is absent or null is a default, any other type an error.

ValueError, which quotes nothing of the answer, says which part has another type.
"""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


def as_object(value: object, what: str = 'the answer') -> Json:
    """A JSON object."""
    if not isinstance(value, Mapping):
        raise ValueError(f'{what} is no object')
    return value


def object_in(body: Json, name: str) -> Json:
    """The object of this name; an empty one where there is none."""
    value = body.get(name)
    return {} if value is None else as_object(value, name)


def objects_in(body: Json, name: str) -> tuple[Json, ...]:
    """The list of objects of this name."""
    return tuple(as_object(one, name) for one in _list_in(body, name))


def texts_in(body: Json, name: str) -> tuple[str, ...]:
    """The list of texts of this name."""
    found = _list_in(body, name)
    if not all(isinstance(one, str) for one in found):
        raise ValueError(f'{name} is no list of texts')
    return tuple(found)


def text_in(body: Json, name: str) -> str:
    """The text of this name; an empty one where there is none."""
    value = body.get(name)
    if value is None:
        return ''
    if not isinstance(value, str):
        raise ValueError(f'{name} is no text')
    return value


def needed_text_in(body: Json, name: str) -> str:
    """The text of this name, which has to be there."""
    value = text_in(body, name)
    if not value:
        raise ValueError(f'{name} is missing')
    return value


def number_in(body: Json, name: str) -> int:
    """The whole number of this name; 0 where there is none."""
    value = body.get(name)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value // 1:
        raise ValueError(f'{name} is no whole number')
    return int(value)


def truth_in(body: Json, name: str) -> bool:
    """The truth value of this name; false where there is none."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise ValueError(f'{name} is neither true nor false')
    return bool(value)


def _list_in(body: Json, name: str) -> list[Any]:
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f'{name} is no list')
    return value
