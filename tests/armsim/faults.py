"""Scripted faults: what goes wrong with the n-th request that matches."""
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Mapping

KINDS = ('status', 'reset-before', 'reset-after', 'hold-before', 'hold-after', 'slow', 'fail-operation',
         'expired-token', 'html-404')
KEYS = {'match', 'nth', 'every', 'do', 'status', 'headers', 'code', 'message', 'seconds'}


@dataclass
class Fault:
    """One fault: `match` is a method and a glob on the path, both without case.

    It strikes the `nth` matching request (1 is the first), or with `every` each of them. `do` is one of KINDS;
    `status`, `headers`, `code`, `message` describe the answer or the failure, `seconds` (Azure's) a slow answer.
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
            raise ValueError(f'not a fault: {dict(data)!r}; keys {sorted(KEYS)}, "do" one of {", ".join(KINDS)}, '
                             '"match" like "PUT */virtualNetworkGateways/*"')
        return cls(**data)

    def strikes(self, method: str, path: str) -> bool:
        """Count a request, and say whether the fault strikes it."""
        wanted_method, _, glob = self.match.partition(' ')
        if wanted_method not in ('*', method) or not fnmatchcase(path.lower(), glob.lower()):
            return False
        self.seen += 1
        return self.every or self.seen == self.nth
