"""The approximate width of text, as the font of the viewer is unknown."""

import unicodedata

ELLIPSIS = '…'
# In parts of the font size, for Arial and similar fonts.
_WIDTHS = {
    **dict.fromkeys("ijl'|!.,:;I", 0.27),
    **dict.fromkeys('ft()[]-/ r', 0.34),
    **dict.fromkeys('ckvxyzsJ', 0.52),
    **dict.fromkeys('mMW@%', 0.88),
    **dict.fromkeys('w', 0.74),
    ELLIPSIS: 1.0,
}
_BOLD = 1.12
_CAUTION = 1.06  # Other fonts are wider.


def width_of(text: str, size: float, bold: bool = False) -> float:
    """The approximate width of the text in a font of that size."""
    return sum(map(_width, text)) * size * _CAUTION * (_BOLD if bold else 1)


def shortened(text: str, room: float, size: float, bold: bool = False) -> str:
    """The text, or as much of its beginning as fits into `room`, with an ellipsis."""
    if width_of(text, size, bold) <= room:
        return text
    end = len(text)
    while end and width_of(text[:end] + ELLIPSIS, size, bold) > room:
        end -= 1
    return text[:end].rstrip() + ELLIPSIS


def _width(character: str) -> float:
    if character in _WIDTHS:
        return _WIDTHS[character]
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in 'WF':
        return 1
    return 0.68 if character.isupper() else 0.56
