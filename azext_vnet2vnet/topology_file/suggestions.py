"""The known name that somebody may have meant who wrote an unknown one."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

from azext_vnet2vnet.network.setting_names import key_of

_WORD_END = re.compile('[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])')
# Comparing takes a time that grows with both.
_MOST = 500
_LONGEST = 64


def nearest_key(text: str, known: Iterable[str]) -> str | None:
    """The key that is meant by another spelling, by an option's name, or by a slip of the fingers."""
    keys = list(known)
    key = key_of(_WORD_END.sub('-', text[:_LONGEST]).strip('-').lower())
    return key if key.partition('.')[0] in keys else nearest_name(text, keys)


def nearest_name(text: str, known: Iterable[str]) -> str | None:
    """The name that looks most like the text, None where none does."""
    names = {name.lower()[:_LONGEST]: name for name in islice(known, _MOST)}
    found = get_close_matches(text.lower()[:_LONGEST], names, n=1)
    return names[found[0]] if found else None
