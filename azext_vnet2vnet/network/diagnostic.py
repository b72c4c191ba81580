"""What is wrong, or worth knowing: one value for what is refused before a write and for what `verify` finds."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Severity(str, Enum):
    """An error stops a command before its first write and makes a pair unhealthy; a warning does neither."""

    ERROR = 'error'
    WARNING = 'warning'


class Kind(str, Enum):
    """Which class of error az reports an error as, where it is the only one."""

    ARGUMENT = 'argument'
    MISSING_ARGUMENT = 'missing-argument'
    STATE = 'state'
    NOT_FOUND = 'not-found'
    LOGIN = 'login'


class Strength(str, Enum):
    """How well a rule is known: from recorded traffic, Microsoft's documents, reports of users, or by our decision.

    Where sources contradict each other a rule has the weaker strength.
    """

    RECORDED = 'recorded'
    DOCUMENTED = 'documented'
    REPORTED = 'reported'
    DECIDED = 'decided'


@dataclass(frozen=True)
class Diagnostic:
    """One thing that is wrong: its kebab-case code, what was found on which resource, and what to type."""

    code: str
    message: str
    recommendation: str
    kind: Kind = Kind.STATE
    severity: Severity = Severity.ERROR


@dataclass(frozen=True)
class Rule:
    """What is known of one code: how well, from where, and what its diagnostics are unless a check says otherwise.

    `source` is one line that stands by itself; the documentation repeats it.
    """

    code: str
    strength: Strength
    source: str
    kind: Kind = Kind.STATE
    severity: Severity = Severity.ERROR

    def found(
        self, message: str, recommendation: str, kind: Kind | None = None, severity: Severity | None = None
    ) -> Diagnostic:
        """The diagnostic of a place where the rule does not hold."""
        return Diagnostic(self.code, message, recommendation, kind or self.kind, severity or self.severity)


class Refused(Exception):
    """Raised with all the diagnostics that stop a command, before anything was written."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]):
        super().__init__('; '.join(one.message for one in diagnostics))
        self.diagnostics = diagnostics


def errors(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Those of the diagnostics that are errors."""
    return tuple(one for one in diagnostics if one.severity is Severity.ERROR)


def refuse(diagnostics: Iterable[Diagnostic]) -> None:
    """Raise Refused with the errors among the diagnostics, if there are any."""
    found = errors(diagnostics)
    if found:
        raise Refused(found)
