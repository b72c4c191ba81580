"""Whether Azure accepts a resource name (documented naming rules)."""

import re
from dataclasses import dataclass

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.diagnostic import Diagnostic


@dataclass(frozen=True)
class NameRule:
    """The greatest length and the pattern of a kind of name."""

    longest: int
    pattern: re.Pattern[str]


_PATTERN = re.compile(r'[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?')
RESOURCE_NAME = NameRule(80, _PATTERN)
VNET_NAME = NameRule(64, _PATTERN)
GROUP_NAME = NameRule(90, re.compile(r'[\w().-]*[\w()-]'))


def check_name(option: str, name: str, rule: NameRule = RESOURCE_NAME) -> list[Diagnostic]:
    """What is wrong with a name that was given for an option or is the default for it."""
    if not name:
        advice = f'Omit {option}, or give it a value; an empty value often comes from an unset shell variable'
        return [rules.EMPTY_OPTION.found(f'{option} is empty', advice)]
    if '/' in name:
        what, advice = f"'{name}' is not a name", 'Give only the name, without a path'
    elif len(name) > rule.longest:
        what = f"'{name}' has {len(name)} characters; Azure accepts at most {rule.longest}"
        advice = f'Give {option} a shorter name'
    elif not rule.pattern.fullmatch(name):
        what = f"Azure does not accept '{name}' as a name"
        advice = 'Use letters, digits, _ . - and begin with a letter or digit'
    else:
        return []
    return [rules.MALFORMED_NAME.found(f'{option}: {what}', advice)]
