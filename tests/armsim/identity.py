"""What machines in Azure get their tokens from: Cloud Shell's own endpoint, and that of managed identities on a VM.

Both are plain HTTP and give tokens of one tenant. A program reaches them through the simulator's proxy: their addresses
are fixed (read in msal 1.39).
"""

from tests.armsim import entra
from tests.armsim.fabric import Fabric, not_simulated
from tests.armsim.wire import ArmError, Request, Response

CLOUD_SHELL, INSTANCE_METADATA = 'localhost:50342', '169.254.169.254'
# Where az in Cloud Shell looks for Entra ID's configuration, whatever its cloud is, before it asks for a token.
LOGIN = 'login.microsoftonline.com'

# By these az and msal know that they are in Cloud Shell; the last one is documented, and of use to other programs.
CLOUD_SHELL_VARIABLES = {
    'ACC_CLOUD': 'PROD',
    'AZUREPS_HOST_ENVIRONMENT': 'cloud-shell/1.0',
    'MSI_ENDPOINT': f'http://{CLOUD_SHELL}/oauth2/token',
}

_METADATA_VERSION = '2018-02-01'


class _Refused(Exception):
    """An error in the form of the metadata service (documented)."""

    def __init__(self, error: str, description: str):
        super().__init__(error)
        self.body = {'error': error, 'error_description': description}


def answer(fabric: Fabric, request: Request) -> Response | None:
    """The answer to a request to one of these hosts, None if it is for another."""
    answerer = _ANSWERERS.get(request.headers.get('host', ''))
    return answerer(fabric, request) if answerer else None


def _configuration(_: Fabric, request: Request) -> Response:
    # msal 1.39 doubles the slash.
    if (request.method, request.path.replace('//', '/')) != ('GET', '/common/v2.0/.well-known/openid-configuration'):
        raise not_simulated(f'{request.method} https://{LOGIN}{request.path}')
    return entra.configuration(f'https://{LOGIN}', 'common')


def _cloud_shell(fabric: Fabric, request: Request) -> Response:
    """POST /oauth2/token: a token of the user whose browser shows the shell, for the tenant that the portal shows."""
    if (request.method, request.path) != ('POST', '/oauth2/token'):
        raise not_simulated(f'{request.method} http://{CLOUD_SHELL}{request.path}')
    form = request.body if isinstance(request.body, dict) else {}
    unknown = [*request.query, *(name for name in form if name != 'resource')]
    if unknown:
        raise not_simulated(f'{", ".join(unknown)} of Cloud Shell')
    if request.headers.get('metadata') != 'true':
        # Decision: text and code are not known.
        raise ArmError(400, 'MetadataHeaderMissing', "The header 'Metadata: true' is missing.")
    resource = form.get('resource', '')
    if resource not in _resources(request):
        supported = ','.join(_resources(request))
        # Reported (Azure/CloudShell 351).
        raise ArmError(
            400,
            'AudienceNotSupported',
            f'Audience {resource} is not a supported MSI token audience. Supported audiences: {supported}',
        )
    user = next(one for one in fabric.world.principals if one['kind'] == 'user')
    return Response(200, _token(fabric, request, user, user['home'], resource))


def _instance_metadata(fabric: Fabric, request: Request) -> Response:
    """GET /metadata/identity/oauth2/token: a token of the machine's identity."""
    if (request.method, request.path) != ('GET', '/metadata/identity/oauth2/token'):
        raise not_simulated(f'{request.method} http://{INSTANCE_METADATA}{request.path}')
    try:
        return Response(200, _identity_token(fabric, request))
    except _Refused as refused:
        return Response(400, refused.body)


def _identity_token(fabric: Fabric, request: Request) -> dict:
    query = request.query
    unknown = [name for name in query if name not in ('api-version', 'resource', 'client_id')]
    if unknown:
        raise not_simulated(f'{", ".join(unknown)} of the instance metadata service')
    if request.headers.get('metadata') != 'true':
        raise _Refused('bad_request_102', 'Required metadata header not specified')
    if query.get('api-version') != _METADATA_VERSION:
        # Decision: the text is not known.
        raise _Refused('invalid_request', f"api-version '{query.get('api-version', '')}' is not {_METADATA_VERSION}")
    # Documented: where a machine has one user-assigned identity and none of its own, that one need not be named.
    identity = next(
        (
            one
            for one in fabric.world.principals
            if one['kind'] == 'identity' and one['name'] == query.get('client_id', one['name'])
        ),
        None,
    )
    if identity is None:
        raise _Refused('invalid_request', 'Identity not found')  # reported
    resource, (tenant,) = query.get('resource', ''), identity['objects']
    if resource not in _resources(request):
        raise _Refused(
            'invalid_resource',
            f'AADSTS50001: The application named {resource} was not found in the tenant named {tenant}.',
        )
    return {**_token(fabric, request, identity, tenant, resource), 'client_id': identity['name']}


def _resources(request: Request) -> tuple[str, ...]:
    """What tokens can be for: Azure Resource Manager alone is simulated."""
    return f'{request.origin}/', request.origin


def _token(fabric: Fabric, request: Request, principal: dict, tenant: str, resource: str) -> dict:
    """A token as both services give it: all members are strings (documented)."""
    token = entra.access_token(fabric, request, principal, tenant)
    now = int(fabric.now)
    return {
        'access_token': token['access_token'],
        'refresh_token': '',
        'expires_in': str(token['expires_in']),
        'expires_on': str(now + token['expires_in']),
        'not_before': str(now),
        'resource': resource,
        'token_type': token['token_type'],
    }


_ANSWERERS = {CLOUD_SHELL: _cloud_shell, INSTANCE_METADATA: _instance_metadata, LOGIN: _configuration}
HOSTS = tuple(_ANSWERERS)
