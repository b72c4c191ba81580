"""What goes over the wire, without a socket: requests, responses, and the two error envelopes of Azure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NO_BODY = object()


@dataclass(frozen=True)
class Request:
    """One HTTP request as the rules see it.

    `path` is percent-decoded; `query` and `headers` have lower-case names; `body` is the parsed JSON or form,
    None where there was none. `target` is path and query byte for byte as sent, for URLs that must come back unchanged.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    target: str = ''
    origin: str = 'https://localhost'


@dataclass(frozen=True)
class Response:
    """One HTTP answer; `pretty` bodies are written as the network provider does (two spaces, CRLF)."""

    status: int
    body: Any = NO_BODY
    headers: Mapping[str, str] = field(default_factory=dict)
    pretty: bool = False


class ArmError(Exception):
    """An error that Azure answers with.

    `by_manager` tells whose envelope it has: Azure Resource Manager's own, which is compact and says so in a header, or
    the network provider's pretty one. Unless said otherwise, an error without `details` is Resource Manager's.
    `extra` holds further members of the error, such as `target`.
    """

    def __init__(
        self,
        status: int,
        code: str | None,
        message: str,
        details: list | None = None,
        headers: Mapping[str, str] | None = None,
        by_manager: bool | None = None,
        extra: Mapping[str, Any] | None = None,
    ):
        super().__init__(f'{status} {code}: {message}')
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = dict(headers or {})
        self.by_manager = details is None if by_manager is None else by_manager
        self.extra = dict(extra or {})

    def response(self) -> Response:
        """The answer that carries this error."""
        error: dict[str, Any] = {'code': self.code, 'message': self.message, **self.extra}
        if self.details is not None:
            error['details'] = self.details
        cause = {'x-ms-failure-cause': 'gateway'} if self.by_manager else {}
        return Response(self.status, {'error': error}, {**cause, **self.headers}, pretty=not self.by_manager)
