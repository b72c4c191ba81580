"""Names of resources: what Azure takes as one (documented naming rules)."""

import re

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.diagnostic import Diagnostic

LONGEST = 80
LONGEST_VNET = 64
LONGEST_GROUP = 90
_NAME = re.compile(r'[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?')
_GROUP = re.compile(r'[\w().-]*[\w()-]')


def check_name(option: str, name: str, longest: int = LONGEST, is_group: bool = False) -> list[Diagnostic]:
    """What is wrong with a name that was typed for an option, or that follows from others by default."""
    if not name:
        return [
            rules.EMPTY_OPTION.found(
                f'{option} is empty',
                f'Leave {option} away, or give it a value; an empty one '
                'often comes from a variable of the shell that is not set',
            )
        ]
    if '/' in name:
        return [rules.MALFORMED_NAME.found(f"{option}: '{name}' is not a name", 'Give the name alone, without a path')]
    if len(name) > longest:
        return [
            rules.MALFORMED_NAME.found(
                f"{option}: '{name}' has {len(name)} characters; Azure takes {longest} at most",
                f'Give {option} a shorter name',
            )
        ]
    if not (_GROUP if is_group else _NAME).fullmatch(name):
        return [
            rules.MALFORMED_NAME.found(
                f"{option}: '{name}' is not a name that Azure takes",
                'Use letters, digits, _ . - and begin with a letter or digit',
            )
        ]
    return []
