"""Scripted faults: what goes wrong with the n-th request that matches."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.armsim.ids import name_of
from tests.armsim.wire import ArmError

KINDS = (
    'status',
    'policy',
    'reset-before',
    'reset-after',
    'hold-before',
    'hold-after',
    'slow',
    'fail-operation',
    'endless-operation',
    'empty-delete',
    'expired-token',
    'html-404',
)
KEYS = {'match', 'nth', 'every', 'do', 'status', 'headers', 'code', 'message', 'seconds'}
HTML_404 = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"
  "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<title>404 - File or directory not found.</title>
</head>
<body>
<h2>404 - File or directory not found.</h2>
</body>
</html>
""".replace('\n', '\r\n')


@dataclass
class Fault:
    """One fault: `match` is a method and a glob on the path, both without case.

    It strikes the `nth` matching request (1 is the first), or with `every` each of them. `do` is one of KINDS;
    `status`, `headers`, `code`, `message` describe the answer or the failure, `seconds` (Azure's) a slow answer;
    `message` is the name of the policy that a `policy` fault denies with. An `endless-operation` takes effect in time
    and is told as InProgress for ever (reported 2026). An `empty-delete` ends Succeeded and has not deleted (reported
    2017).
    """

    match: str
    do: str
    nth: int = 1
    every: bool = False
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str = 'InternalServerError'
    message: str = 'An error occurred.'
    seconds: float = 0.0
    seen: int = 0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> 'Fault':
        """A fault as it is scripted. Raises ValueError for an unknown key or kind."""
        unknown = set(data) - KEYS
        if unknown or data.get('do') not in KINDS or ' ' not in data.get('match', ''):
            raise ValueError(
                f'not a fault: {dict(data)!r}; keys {sorted(KEYS)}, "do" one of {", ".join(KINDS)}, '
                '"match" like "PUT */virtualNetworkGateways/*"'
            )
        return cls(**data)

    def strikes(self, method: str, path: str) -> bool:
        """Count a request, and say whether the fault strikes it."""
        if not self._matches(method, path):
            return False
        self.seen += 1
        return self.every or self.seen == self.nth

    def threatens(self, method: str, path: str) -> bool:
        """Whether the fault would strike a request that came next."""
        return self._matches(method, path) and (self.every or self.seen + 1 == self.nth)

    def _matches(self, method: str, path: str) -> bool:
        wanted_method, _, glob = self.match.partition(' ')
        return wanted_method in ('*', method) and fnmatchcase(path.lower(), glob.lower())

    def error(self, path: str) -> ArmError | None:
        """What a fault of kind `status` or `policy` answers a request for `path` with; None for the other kinds."""
        if self.do == 'status':
            return ArmError(self.status, self.code, self.message, headers=self.headers)
        return _denied(self.message, path) if self.do == 'policy' else None


def _denied(policy: str, path: str) -> ArmError:
    """403 RequestDisallowedByPolicy (code, text, target and the kind of additionalInfo documented)."""
    assignment = {
        'name': policy,
        'id': '/'.join(path.split('/')[:3]) + '/providers/Microsoft.Authorization/policyAssignments/assigned',
    }
    definition = {'name': policy, 'id': '/providers/Microsoft.Authorization/policyDefinitions/defined'}
    identifiers = json.dumps([{'policyAssignment': assignment, 'policyDefinition': definition}], separators=(',', ':'))
    name = name_of(path)
    return ArmError(
        403,
        'RequestDisallowedByPolicy',
        f"Resource '{name}' was disallowed by policy. Policy identifiers: '{identifiers}'.",
        extra={
            'target': name,
            'additionalInfo': [
                {
                    'type': 'PolicyViolation',
                    'info': {
                        'policyDefinitionDisplayName': policy,
                        'policyDefinitionId': definition['id'],
                        'policyAssignmentDisplayName': policy,
                        'policyAssignmentId': assignment['id'],
                        'policyDefinitionEffect': 'deny',
                    },
                }
            ],
        },
    )
