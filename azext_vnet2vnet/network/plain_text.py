"""Texts of Azure and names of others, made fit to be shown."""

import re

# Control characters but tab and line end, which can rewrite a terminal, and those that turn the direction of a text
# (Unicode Standard Annex 9, 2.1 to 2.6) or end a line of it, which can make a name look like another.
_CONTROLS = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]')


def plain(text: str) -> str:
    """The text with the replacement character for each that is an instruction to a terminal or to a drawing."""
    return _CONTROLS.sub('\ufffd', text)
