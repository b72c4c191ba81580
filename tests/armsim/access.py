"""Who may do what: bearer tokens, role assignments, the permissions API, and rights on linked resources."""

import base64
import binascii
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from tests.armsim.fabric import Call, Caller, Fabric
from tests.armsim.ids import is_under
from tests.armsim.wire import ArmError, Request, Response

MOST_AUXILIARY_TOKENS = 3  # documented


def issuer(tenant: str) -> str:
    """The issuer in the tokens of a tenant."""
    return f'https://sts.windows.net/{tenant}/'


def encode_token(claims: dict[str, Any]) -> str:
    """An unsigned JWT, whose signature can be decoded all the same: az does that in Cloud Shell."""

    def part(data: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b'=').decode()

    return f'{part({"typ": "JWT", "alg": "none"})}.{part(claims)}.c2ltdWxhdGVk'


@lru_cache(maxsize=1024)
def decode_token(token: str) -> dict[str, Any] | None:
    """The claims of a token, None if it is none."""
    try:
        payload = token.split('.')[1]
        return json.loads(base64.urlsafe_b64decode(payload + '=' * (-len(payload) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return None


def _refuse(code: str, message: str) -> ArmError:
    # Decision: the texts of these 401s were not recorded; codes and header are the documented ones.
    return ArmError(
        401,
        code,
        message,
        headers={
            'WWW-Authenticate': f'Bearer authorization_uri="https://login.windows.net/", error="invalid_token", '
            f'error_description="{message}"'
        },
    )


def expired() -> ArmError:
    """The 401 for an access token whose time is over."""
    return _refuse('ExpiredAuthenticationToken', 'The access token expiry UTC time is earlier than current UTC time.')


def _caller(fabric: Fabric, token: str, auxiliary: tuple[Caller, ...] = ()) -> Caller:
    claims = decode_token(token)
    tenant = (claims or {}).get('tid', '')
    if claims is None or claims.get('iss') != issuer(tenant) or tenant not in fabric.world.tenants:
        raise _refuse('InvalidAuthenticationToken', 'The access token is invalid.')
    if claims['exp'] <= fabric.now:
        raise expired()
    return Caller(claims['oid'], claims['name'], claims['tid'], auxiliary)


def authenticate(fabric: Fabric, request: Request) -> Caller:
    """The caller of a request. Raises ArmError 401 for a missing, foreign or expired token, auxiliary ones included."""
    kind, _, token = request.headers.get('authorization', '').partition(' ')
    if kind.lower() != 'bearer' or not token:
        raise _refuse('AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.")
    tokens = [
        part.strip().partition(' ')[2]
        for part in re.split('[,;]', request.headers.get('x-ms-authorization-auxiliary', ''))
        if part.strip()
    ]
    if len(tokens) > MOST_AUXILIARY_TOKENS:
        raise _refuse('InvalidAuxiliaryTokens', f'At most {MOST_AUXILIARY_TOKENS} auxiliary tokens are allowed.')
    return _caller(fabric, token, tuple(_caller(fabric, one) for one in tokens))


def check_tenant(fabric: Fabric, caller: Caller, subscription: str) -> dict:
    """The subscription, if there is one and the caller's token is of its tenant; else ArmError 404 or 401."""
    found = fabric.world.subscriptions.get(subscription.lower())
    if found is None:
        raise ArmError(404, 'SubscriptionNotFound', f"The subscription '{subscription}' could not be found.")
    tenant = found['tenantId']
    if tenant != caller.tenant:
        authority = f'https://login.windows.net/{tenant}'
        raise ArmError(
            401,
            'InvalidAuthenticationTokenTenant',
            f"The access token is from the wrong issuer '{issuer(caller.tenant)}'. It must match the tenant "
            f"'{issuer(tenant)}' associated with this subscription. Please use the authority (URL) '{authority}' to "
            'get the token. Note, if the subscription is transferred to another tenant there is no impact to the '
            'services, but information about new tenant could take time to propagate (up to an hour). If you just '
            'transferred your subscription and see this error message, please try back later.',
            headers={
                'WWW-Authenticate': f'Bearer authorization_uri="{authority}", error="invalid_token", '
                'error_description="The access token is from the wrong issuer. '
                'It must match the tenant associated with this subscription. '
                'Please use correct authority to get the token."'
            },
        )
    return found


@lru_cache(maxsize=4096)
def matches(pattern: str, action: str) -> bool:
    """Whether an action pattern with `*` covers an action, without case."""
    expression = '.*'.join(re.escape(part) for part in pattern.split('*'))
    return re.fullmatch(expression, action, re.IGNORECASE) is not None


def _assignments(fabric: Fabric, object_id: str, scope: str) -> list[dict]:
    return [
        entry
        for entry in fabric.world.role_assignments
        if entry['principalId'] == object_id and is_under(entry['scope'], scope)
    ]


def allowed(fabric: Fabric, object_id: str, action: str, scope: str) -> bool:
    """Whether some role assignment gives the right: its actions match and its own notActions do not (documented)."""
    return any(
        any(matches(pattern, action) for pattern in entry['actions'])
        and not any(matches(pattern, action) for pattern in entry.get('notActions', ()))
        for entry in _assignments(fabric, object_id, scope)
    )


def require(fabric: Fabric, caller: Caller, action: str, scope: str) -> None:
    """Raise ArmError 403 AuthorizationFailed (recorded) unless the caller has the right."""
    if not allowed(fabric, caller.object_id, action, scope):
        raise ArmError(
            403,
            'AuthorizationFailed',
            f"The client '{caller.name}' with object id '{caller.object_id}' does not have authorization to "
            f"perform action '{action}' over scope '{scope}' or the scope is invalid. If access was "
            'recently granted, please refresh your credentials.',
        )


def require_linked(fabric: Fabric, call: Call, action: str, linked: Iterable[tuple[str, tuple[str, ...]]]) -> None:
    """Check the rights on what a body refers to: (linked id, the actions needed there).

    Raises ArmError 403 LinkedAuthorizationFailed: in form (b), whose scope is the resource that is written, for a
    subscription of a tenant that no token came for (recorded), else in form (a) for the first missing right (field).
    """
    for linked_id, actions in linked:
        subscription = linked_id.split('/')[2].lower()
        known = fabric.world.subscriptions.get(subscription)
        caller = call.caller.in_tenant(known['tenantId']) if known else call.caller
        if caller is None:
            raise ArmError(
                403,
                'LinkedAuthorizationFailed',
                f"The client has permission to perform action '{actions[0]}' on scope '{call.id}', "
                f"however the current tenant '{call.caller.tenant}' is not authorized to access linked "
                f"subscription '{subscription}'.",
            )
        for needed in actions:
            if known is None or not allowed(fabric, caller.object_id, needed, linked_id):
                raise ArmError(
                    403,
                    'LinkedAuthorizationFailed',
                    f"The client '{caller.name}' with object id '{caller.object_id}' has permission to "
                    f"perform action '{action}' on scope '{call.id}'; however, it does not have permission "
                    f"to perform action(s) '{needed}' on the linked scope(s) '{linked_id}' (respectively) "
                    'or the linked scope(s) are invalid.',
                )


def list_permissions(fabric: Fabric, call: Call) -> Response:
    """GET {scope}/providers/Microsoft.Authorization/permissions: one element per role assignment (documented).

    Decision: nobody looks whether there is anything at the scope.
    """
    return Response(
        200,
        {
            'value': [
                {
                    'actions': entry['actions'],
                    'notActions': entry.get('notActions', []),
                    'dataActions': [],
                    'notDataActions': [],
                }
                for entry in _assignments(fabric, call.caller.object_id, call.target.scope or '/')
            ]
        },
    )
