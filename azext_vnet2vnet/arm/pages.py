"""The pages of a list: their links, which must come to an end, and their entries, some of which may be odd."""

from collections.abc import Callable
from typing import Any, TypeVar

from knack.log import get_logger

from azext_vnet2vnet.arm.json_values import Json, as_object, text_in

logger = get_logger(__name__)

Entry = TypeVar('Entry')

_MOST = 1000  # Decision: pages of 1,000 entries (documented), which nobody has so many of.


class Pages:
    """The pages of one list that were read, in their order; `links` are those that led from one to the next."""

    def __init__(self, what: str):
        """`what` names the list in warnings."""
        self.links: list[str] = []
        self._what = what
        self._entries: list[Any] = []

    def add(self, body: Json, entries: str = 'value', link: str = 'nextLink') -> str | None:
        """Take a page, by the names that it has for its entries and for the next link; that link, None at the end."""
        self._entries += body.get(entries) or ()
        following = text_in(body, link)
        if not following:
            return None
        if following in self.links or len(self.links) == _MOST:
            logger.warning('The list %s does not end: what its pages repeat is left out.', self._what)
            return None
        self.links.append(following)
        return following

    def translated(self, translate: Callable[[Json], Entry]) -> list[Entry]:
        """The entries, without those that `translate` raises ValueError at."""
        found = []
        for entry in self._entries:
            try:
                found.append(translate(as_object(entry)))
            except ValueError:
                name = entry.get('id') if isinstance(entry, dict) else None
                which = f'{name}, in' if isinstance(name, str) and name.isprintable() else 'An entry of'
                logger.warning('%s the list %s, cannot be read and is left out.', which, self._what)
        return found


def check_page(body: Any) -> None:
    """Can this be a page of a list? ValueError where not."""
    page = as_object(body)
    if not isinstance(page.get('value'), list):
        raise ValueError('value is no list')
    text_in(page, 'nextLink')


def check_whole_page(translate: Callable[[Json], object]) -> Callable[[Any], None]:
    """The same for a page on which no entry may be one that `translate` raises ValueError at."""

    def check(body: Any) -> None:
        check_page(body)
        for entry in body['value']:
            translate(as_object(entry))

    return check


def check_rows(body: Any) -> None:
    """The same for the rows of a query."""
    page = as_object(body)
    if not isinstance(page.get('data'), list):
        raise ValueError('data is no list')
    text_in(page, '$skipToken')
