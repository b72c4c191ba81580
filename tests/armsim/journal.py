"""The record of every request, without keys, tokens and signatures."""

import re
from typing import Any

from tests.armsim.wire import Request

SECRETS = {
    'sharedkey',
    'authorizationkey',
    'client_secret',
    'refresh_token',
    'radiusserversecret',
    'password',
    'code',
    'device_code',
}
REDACTED = '(redacted)'
SIGNATURE = ('t', 'c', 's', 'h')
ENTRA = re.compile(r'/(oauth2|v2\.0|devicelogin)')


def redact(body: Any, key_value: bool = False) -> Any:
    """A body without its secrets; with `key_value` the member `value` is one too."""
    if isinstance(body, dict):
        return {
            name: REDACTED if _is_secret(name, value, key_value) else redact(value, key_value or _holds_key(name))
            for name, value in body.items()
        }
    if isinstance(body, list):
        return [redact(entry, key_value) for entry in body]
    return body


def _is_secret(name: str, value: Any, key_value: bool) -> bool:
    lowered = name.lower()
    if value is None or isinstance(value, dict) or isinstance(value, str) and value.startswith('[parameters('):
        return False
    return lowered in SECRETS or key_value and lowered in ('value', 'defaultvalue')


def _holds_key(name: str) -> bool:
    return name == 'parameters' or name.lower() in SECRETS


def entry_of(number: int, moment: float, request: Request) -> dict[str, Any]:
    """A new entry: `status`, `end`, `principal` and so on are filled in when they are known.

    Values of deployment parameters count as secrets, all of them.
    """
    query = {name: value for name, value in request.query.items() if name not in SIGNATURE}
    tokens = request.headers.get('x-ms-authorization-auxiliary', '')
    path = request.path
    body = None if ENTRA.search(path) else redact(request.body, path.lower().endswith('/sharedkey'))
    return {
        'n': number,
        'time': moment,
        'method': request.method,
        'path': path,
        'query': query,
        'apiVersion': request.query.get('api-version', ''),
        'command': request.headers.get('commandname', ''),
        'userAgent': request.headers.get('user-agent', ''),
        'clientRequest': request.headers.get('x-ms-client-request-id', ''),
        'principal': None,
        'tenant': None,
        'auxiliary': len([part for part in re.split('[,;]', tokens) if part.strip()]),
        'body': body,
        'fault': None,
        'held': False,
        'status': None,
        'code': None,
        'operation': None,
        'delay': 0.0,
        'end': None,
    }
