"""What is wrong, or worth knowing, about a request: found before anything is written."""

from dataclasses import dataclass
from enum import Enum


class Severity(str, Enum):
    """An error stops the command before its first write; a warning is told and the command goes on."""

    ERROR = 'error'
    WARNING = 'warning'


class Kind(str, Enum):
    """Which class of error az reports an error finding as."""

    ARGUMENT = 'argument'
    MISSING_ARGUMENT = 'missing-argument'
    STATE = 'state'
    NOT_FOUND = 'not-found'
    LOGIN = 'login'


@dataclass(frozen=True)
class Finding:
    """One finding: a kebab-case code, what was found on which resource, and what to type instead."""

    code: str
    message: str
    recommendation: str
    kind: Kind = Kind.ARGUMENT
    severity: Severity = Severity.ERROR

    def shape(self) -> dict:
        """The finding as the user reads it in JSON."""
        return {
            'code': self.code,
            'severity': self.severity.value,
            'message': self.message,
            'recommendation': self.recommendation,
        }


class Refused(Exception):
    """Raised with all the findings that stop a command, before anything was written."""

    def __init__(self, findings: tuple[Finding, ...]):
        super().__init__('; '.join(finding.message for finding in findings))
        self.findings = findings


def errors(findings) -> tuple[Finding, ...]:
    """Those of the findings that stop the command."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
