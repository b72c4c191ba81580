"""How large the cards are, and their rows."""

from collections.abc import Sequence

from azext_vnet2vnet.diagram.model import DrawnVnet

CARD_WIDTH = 236
HEAD = 34  # The height of the line with the VNet's name,
PREFIXES = 18  # of the one with its address space,
RULE = 10  # of the rule between VNet and gateway,
LINE = 17  # and of a line about the gateway.
FOOT = 10


def rows_of(vnets: Sequence[DrawnVnet]) -> tuple[bool, bool]:
    """Whether cards have a row for address spaces, and one for details: all have it where one needs it."""
    return any(vnet.prefixes for vnet in vnets), any(vnet.details for vnet in vnets)


def card_height(vnets: Sequence[DrawnVnet]) -> float:
    """The height of all cards of a picture."""
    has_prefixes, has_details = rows_of(vnets)
    return HEAD + PREFIXES * has_prefixes + RULE + LINE * (2 + has_details) + FOOT
