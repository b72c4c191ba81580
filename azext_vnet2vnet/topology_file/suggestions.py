"""The known name that was probably meant by an unknown one."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

from azext_vnet2vnet.network.setting_names import file_key

_WORD_END = re.compile('[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])')
# The time of a comparison grows with both.
_MOST = 500
_LONGEST = 64


def nearest_key(text: str, known: Iterable[str]) -> str | None:
    """The key for another spelling, for the name of an option, or for a typing error."""
    keys = list(known)
    key = file_key(_WORD_END.sub('-', text[:_LONGEST]).strip('-').lower())
    return key if key.partition('.')[0] in keys else nearest_name(text, keys)


def nearest_name(text: str, known: Iterable[str]) -> str | None:
    """The name most similar to the text; None if none is similar."""
    names = {name.lower()[:_LONGEST]: name for name in islice(known, _MOST)}
    found = get_close_matches(text.lower()[:_LONGEST], names, n=1)
    return names[found[0]] if found else None
