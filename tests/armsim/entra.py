"""Entra ID and the cloud's metadata: what az asks before and while it is logged in."""

import base64
import json
import re

from tests.armsim.access import decode_token, encode_token, issuer
from tests.armsim.fabric import Fabric
from tests.armsim.wire import Request, Response

PATH = re.compile(r'^/([^/]+)/(v2\.0/\.well-known/openid-configuration|oauth2/v2\.0/(?:token|devicecode|deviceauth))$')
SHARED_AUTHORITIES = ('organizations', 'common')

# What can be wrong between a principal and a tenant: `failures` of a principal maps a tenant to one of these.
FAILURES = {
    'mfa': (
        400,
        'interaction_required',
        50076,
        'Due to a configuration change made by your administrator, or because you moved to a new location, you '
        'must use multi-factor authentication to access the resource.',
    ),
    'sign-in-frequency': (
        400,
        'invalid_grant',
        70043,
        'The refresh token has expired or is invalid due to sign-in frequency checks by conditional access.',
    ),
    'not-found': (
        400,
        'unauthorized_client',
        700016,
        'Application was not found in the directory. This can happen if the application has not been '
        'installed by the administrator of the tenant or consented to by any user in the tenant.',
    ),
    'bad-secret': (401, 'invalid_client', 7000215, 'Invalid client secret provided.'),
    'unknown-tenant': (
        400,
        'invalid_tenant',
        90002,
        'Tenant not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.',
    ),
    'pending': (400, 'authorization_pending', 70016, 'OAuth 2.0 device flow error. Authorization is pending.'),
    'expired-grant': (400, 'invalid_grant', 700082, 'The refresh token has expired due to inactivity.'),
    'unknown-grant': (400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.'),
}


def metadata(_: Fabric, request: Request) -> Response:
    """GET /metadata/endpoints: where everything of this cloud is."""
    origin = request.origin
    return Response(
        200,
        {
            'name': 'LocalSim',
            'portal': origin,
            'resourceManager': f'{origin}/',
            'graph': origin,
            'graphAudience': origin,
            'microsoftGraphResourceId': f'{origin}/',
            'gallery': origin,
            'media': origin,
            'batch': origin,
            'authentication': {
                'loginEndpoint': f'{origin}/',
                'audiences': [f'{origin}/', origin],
                'tenant': 'common',
                'identityProvider': 'AAD',
            },
            'suffixes': {
                'storage': 'storage.localhost',
                'keyVaultDns': 'vault.localhost',
                'sqlServerHostname': 'database.localhost',
            },
        },
    )


def answer(fabric: Fabric, request: Request) -> Response | None:
    """The answer to a request to Entra ID, None if it is not one."""
    if request.path == '/devicelogin':
        return _approve(fabric, request)
    found = PATH.match(request.path)
    if not found:
        return None
    tenant, what = found.groups()
    if tenant not in SHARED_AUTHORITIES and tenant not in fabric.world.tenants:
        return _failure(fabric, 'unknown-tenant')
    if what.endswith('configuration'):
        return configuration(request.origin, tenant)
    form = request.body if isinstance(request.body, dict) else {}
    if what.endswith('devicecode'):
        return _start_device(fabric, request)
    grant = form.get('grant_type', '')
    if grant == 'client_credentials':
        return _application(fabric, request, tenant, form)
    if grant in ('device_code', 'urn:ietf:params:oauth:grant-type:device_code'):
        return _device(fabric, request, tenant, form)
    if grant == 'refresh_token':
        return _refresh(fabric, request, tenant, form)
    return _failure(fabric, 'unknown-grant')


def configuration(origin: str, tenant: str) -> Response:
    """Where everything of a tenant is."""
    base = f'{origin}/{tenant}'
    return Response(
        200,
        {
            'issuer': f'{base}/v2.0',
            'authorization_endpoint': f'{base}/oauth2/v2.0/authorize',
            'token_endpoint': f'{base}/oauth2/v2.0/token',
            'device_authorization_endpoint': f'{base}/oauth2/v2.0/devicecode',
        },
    )


def _failure(fabric: Fabric, kind: str) -> Response:
    status, error, number, text = FAILURES[kind]
    description = f'AADSTS{number}: {text} Trace ID: {fabric.guid()} Correlation ID: {fabric.guid()}'
    body = {'error': error, 'error_description': description, 'error_codes': [number]}
    if kind == 'mfa':
        body['suberror'] = 'basic_action'
    return Response(status, body)


def _principal(fabric: Fabric, kind: str, name: str) -> dict | None:
    return next((one for one in fabric.world.principals if one['kind'] == kind and one['name'] == name), None)


def access_token(fabric: Fabric, request: Request, principal: dict, tenant: str) -> dict:
    """A new access token for Azure Resource Manager, as an answer carries it."""
    settings = fabric.settings
    claims = {
        'aud': f'{request.origin}/',
        'iss': issuer(tenant),
        'tid': tenant,
        'oid': principal['objects'][tenant],
        'sub': principal['objects'][tenant],
        'name': principal['name'],
        'iat': int(fabric.now),
        'exp': fabric.now + settings.token_lifetime * settings.speed,
    }
    # A token of version 1 names a user twice (documented); az in Cloud Shell reads unique_name.
    names = ('upn', 'unique_name') if principal['kind'] == 'user' else ('appid',)
    claims.update(dict.fromkeys(names, principal['name']))
    return {'token_type': 'Bearer', 'expires_in': int(settings.token_lifetime), 'access_token': encode_token(claims)}


def _application(fabric: Fabric, request: Request, tenant: str, form: dict) -> Response:
    principal = _principal(fabric, 'app', form.get('client_id', ''))
    if principal is None or tenant not in principal['objects']:
        return _failure(fabric, 'not-found')
    if form.get('client_secret') != principal['secret']:
        return _failure(fabric, 'bad-secret')
    if tenant in principal['failures']:
        return _failure(fabric, principal['failures'][tenant])
    return Response(200, access_token(fabric, request, principal, tenant))


def _start_device(fabric: Fabric, request: Request) -> Response:
    code = fabric.guid()
    user_code = code[:8].upper()
    user = next(one['name'] for one in fabric.world.principals if one['kind'] == 'user')
    # The one user of the world approves at once, unless `approved: false` is put into the state of the device.
    fabric.world.devices[code] = {'userCode': user_code, 'user': user, 'approved': fabric.settings.device_code_approved}
    page = f'{request.origin}/devicelogin'
    message = f'To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate.'
    return Response(
        200,
        {
            'user_code': user_code,
            'device_code': code,
            'verification_uri': page,
            'expires_in': 900,
            'interval': 1,
            'message': message,
        },
    )


def _approve(fabric: Fabric, request: Request) -> Response:
    """The verification page: POST code=XXXXXXXX (or GET ?code=) approves, as a person would in a browser."""
    form = request.body if isinstance(request.body, dict) else request.query
    found = [device for device in fabric.world.devices.values() if device['userCode'] == form.get('code')]
    for device in found:
        device['approved'] = True
    return Response(200 if found else 404, {'approved': bool(found)})


def _device(fabric: Fabric, request: Request, tenant: str, form: dict) -> Response:
    device = fabric.world.devices.get(form.get('device_code') or form.get('code', ''))
    if device is None:
        return _failure(fabric, 'expired-grant')
    if not device['approved']:
        return _failure(fabric, 'pending')
    principal = _principal(fabric, 'user', device['user'])
    return _user_tokens(fabric, request, principal, tenant, form)


def _refresh(fabric: Fabric, request: Request, tenant: str, form: dict) -> Response:
    claims = decode_token(form.get('refresh_token', '')) or {}
    principal = _principal(fabric, 'user', claims.get('user', ''))
    if principal is None:
        return _failure(fabric, 'expired-grant')
    return _user_tokens(fabric, request, principal, tenant, form)


def _user_tokens(fabric: Fabric, request: Request, principal: dict, tenant: str, form: dict) -> Response:
    if tenant in SHARED_AUTHORITIES:
        tenant = principal['home']
    if tenant not in principal['objects']:
        return _failure(fabric, 'not-found')
    if tenant in principal['failures']:
        return _failure(fabric, principal['failures'][tenant])
    tokens = access_token(fabric, request, principal, tenant)
    object_id = principal['objects'][tenant]
    home = principal['home']
    info = {'uid': principal['objects'][home], 'utid': home}
    id_token = {
        'aud': form.get('client_id', ''),
        'iss': f'{request.origin}/{tenant}/v2.0',
        'tid': tenant,
        'oid': object_id,
        'sub': object_id,
        'preferred_username': principal['name'],
        'name': principal['name'],
        'exp': fabric.now + fabric.settings.token_lifetime,
    }
    return Response(
        200,
        {
            **tokens,
            'scope': form.get('scope') or 'openid profile',
            'id_token': encode_token(id_token),
            'refresh_token': encode_token({'user': principal['name'], 'nonce': fabric.guid()}),
            'client_info': base64.urlsafe_b64encode(json.dumps(info).encode()).rstrip(b'=').decode(),
        },
    )
