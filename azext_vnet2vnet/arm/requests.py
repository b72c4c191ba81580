"""One request through the SDK's client, and its answer as plain JSON. What is here runs on worker threads."""

import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from json import JSONDecodeError
from typing import Any

from azext_vnet2vnet.arm.api_versions import api_version_of
from azext_vnet2vnet.arm.client import Clients
from azext_vnet2vnet.arm.failures import LoginEnded
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.resource_id import ResourceId

# "The call can be retried in 12 seconds.", "Please try again after '6' seconds." (recorded).
_RETRY_AFTER_TEXT = re.compile(r"(?:retried in|try again after) '?(\d+)'? seconds", re.IGNORECASE)
# Codes of a 404 for a resource that does not exist; any other 404, such as an IIS page, is a broken answer (recorded).
_NOT_FOUND_CODES = (
    'ResourceNotFound',
    'NotFound',
    'ResourceGroupNotFound',
    'ParentResourceNotFound',
    'SubscriptionNotFound',
    'DeploymentNotFound',
)
# Refusals of a DELETE (recorded, and from the field); they can go on for a time after the last user was deleted.
_IN_USE_CODES = ('VirtualNetworkGatewayCannotBeDeleted', 'PublicIPAddressCannotBeDeleted')
_CLAIMS = re.compile(r'\bclaims="([A-Za-z0-9+/=_-]+)"')
_UNREADABLE = 'the answer could not be read'


@dataclass(frozen=True)
class SdkCalls:
    """The names that the SDK has for the calls of a type of resource; `names` is how many names its id has."""

    operations: str
    names: int = 1
    get: str = 'get'
    put: str = 'begin_create_or_update'


# By type in lower case; other types are requested without the SDK's calls.
_SDK_CALLS = {
    type_.lower(): calls
    for type_, calls in {
        resource_id.VNET_TYPE: SdkCalls('virtual_networks'),
        resource_id.SUBNET_TYPE: SdkCalls('subnets', names=2),
        resource_id.PUBLIC_IP_TYPE: SdkCalls('public_ip_addresses'),
        resource_id.GATEWAY_TYPE: SdkCalls('virtual_network_gateways'),
        resource_id.CONNECTION_TYPE: SdkCalls('virtual_network_gateway_connections'),
        resource_id.LOCAL_GATEWAY_TYPE: SdkCalls('local_network_gateways'),
        resource_id.ROUTE_TABLE_TYPE: SdkCalls('route_tables'),
        resource_id.SHARED_KEY_TYPE: SdkCalls(
            'virtual_network_gateway_connections', get='get_shared_key', put='begin_set_shared_key'
        ),
    }.items()
}


@dataclass(frozen=True)
class Answer:
    """An answer of Azure's; `headers` have lower-case names, `body` is the parsed JSON or None."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = field(default=None, repr=False)  # It may hold a key.

    @property
    def error(self) -> tuple[str, str]:
        """Code and message, of the inner error where the outer one only wraps it (`RetryableError`, recorded)."""
        error = self.body.get('error') if isinstance(self.body, Mapping) else None
        if not isinstance(error, Mapping):
            return '', ''
        inner = next((detail for detail in error.get('details') or () if isinstance(detail, Mapping)), {})
        if error.get('code') == 'RetryableError' and inner:
            error = inner
        return str(error.get('code') or ''), str(error.get('message') or '')

    @property
    def claims(self) -> str:
        """The claims challenge of a 401, in base64: az has no token that meets it, or it would not be an answer."""
        match = _CLAIMS.search(self.headers.get('www-authenticate', ''))
        return match[1] if match else ''

    @property
    def is_missing(self) -> bool:
        """Whether Azure says that the resource, or what it is in, does not exist."""
        return self.status == 404 and self.error[0] in _NOT_FOUND_CODES

    @property
    def is_in_use(self) -> bool:
        """Whether Azure refuses to delete because something still refers to the resource."""
        return self.status >= 400 and self.error[0] in _IN_USE_CODES

    @property
    def is_beside_another(self) -> bool:
        """Whether Azure refuses because of another write, other than one of a gateway itself (recorded 2023)."""
        code, message = self.error
        return (
            code in ('AnotherOperationInProgress', 'RetryableErrorDueToAnotherOperation')
            and 'VirtualNetworkGatewayOperation' not in message
        )

    @property
    def retry_after(self) -> float | None:
        """Real seconds that Azure asks to wait, by header or in its message; None where it does not."""
        try:
            return float(self.headers['retry-after'])
        except (KeyError, ValueError):
            match = _RETRY_AFTER_TEXT.search(self.error[1])
            return float(match[1]) if match else None


@dataclass(frozen=True)
class NoAnswer:
    """No whole answer came, and why; `is_permanent` where that is a certificate or an unknown host."""

    text: str
    is_permanent: bool = False


Send = Callable[[Any], Answer]


def attempt(clients: Clients, subscription: str, aux_tenant: str | None, send: Send) -> Answer | NoAnswer:
    """Send one request once; LoginEnded where there is no token for it."""
    from azure.cli.core.azclierror import AuthenticationError
    from azure.core.exceptions import AzureError, DeserializationError, HttpResponseError
    from requests.exceptions import RequestException

    # The text of these errors may quote the body of the answer or a signed URL: it is not repeated, nor chained.
    try:
        return send(clients.network(subscription, aux_tenant))
    except HttpResponseError as error:
        response: Any = error.response
        return NoAnswer(_UNREADABLE) if response is None or response.status_code < 400 else _answer(response)
    except (AzureError, RequestException) as error:
        return _no_answer(error)
    except (JSONDecodeError, UnicodeDecodeError, DeserializationError):
        return NoAnswer(_UNREADABLE)
    except AuthenticationError as error:
        raise LoginEnded(clients.tenants(subscription, aux_tenant), error.error_msg) from None


def _no_answer(error: Exception) -> NoAnswer:
    """The reason that the operating system gives, which the errors of azure-core, requests and urllib3 wrap."""
    causes: list[BaseException] = [error]
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NoAnswer(f'{cause.reason}: {cause.verify_message}', is_permanent=True)
        if isinstance(cause, socket.gaierror):
            return NoAnswer(f'unknown host: {cause.strerror}', is_permanent=cause.errno != socket.EAI_AGAIN)
        inner = (getattr(cause, 'inner_exception', None), getattr(cause, 'reason', None), cause.__cause__, *cause.args)
        causes += [one for one in inner if isinstance(one, BaseException) and one not in causes]
    reason = next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), '')
    return NoAnswer(reason or type(error).__name__)


def getting(target: ResourceId) -> Send:
    """The request that reads a resource or group."""
    calls = _SDK_CALLS.get(target.type.lower())
    if not calls:
        return plain('GET', str(target), api_version_of(target.type))

    def send(client: Any) -> Answer:
        read = getattr(getattr(client, calls.operations), calls.get)
        answer: Answer = read(
            target.group,
            *target.names[: calls.names],
            api_version=api_version_of(target.type),
            cls=lambda response, *_: _answer(response.http_response),
        )
        return answer

    return send


def putting(target: ResourceId, body: Mapping[str, Any]) -> Send:
    """The request that writes a resource or group; its answer is the first one, of an operation that may go on."""
    calls = _SDK_CALLS.get(target.type.lower())
    if calls:
        return _beginning(target, calls.put, body)
    return plain('PUT', str(target), api_version_of(target.type), body)


def deleting(target: ResourceId) -> Send:
    """The request that deletes a resource; its answer is the first one, of an operation that may go on."""
    return _beginning(target, 'begin_delete')


def tagging(target: ResourceId, tags: Mapping[str, str]) -> Send:
    """The request that replaces the tags of a resource and nothing else."""
    return _beginning(target, 'begin_update_tags', {'tags': dict(tags)})


def asking(target: ResourceId, action: str) -> Send:
    """The request that starts an action of a resource, by the name that the SDK has for it."""
    return _beginning(target, f'begin_{action}')


def _beginning(target: ResourceId, operation: str, *more: Any) -> Send:
    calls = _SDK_CALLS[target.type.lower()]

    def send(client: Any) -> Answer:
        first: list[Any] = []
        begin = getattr(getattr(client, calls.operations), operation)
        begin(
            target.group,
            *target.names[: calls.names],
            *more,
            api_version=api_version_of(target.type),
            polling=False,
            raw_response_hook=lambda response: first.append(response.http_response),
        )
        return _answer(first[0])

    return send


def listing_connections(place: ResourceId) -> Send:
    """The request that lists the connections of a gateway or of a group, all pages of it."""

    def send(client: Any) -> Answer:
        of_gateway = client.virtual_network_gateways.list_connections
        of_group = client.virtual_network_gateway_connections.list
        pages = (of_gateway if place.names else of_group)(
            place.group, *place.names, api_version=api_version_of(resource_id.CONNECTION_TYPE)
        )
        return Answer(200, {}, [entry.as_dict() for entry in pages])

    return send


def plain(
    method: str,
    path: str,
    api_version: str | None,
    body: Mapping[str, Any] | None = None,
    params: Mapping[str, str] | None = None,
) -> Send:
    """A request that the SDK has no call for; a whole URL without api-version is sent byte for byte."""

    def send(client: Any) -> Answer:
        from azure.core.rest import HttpRequest

        query = {'api-version': api_version, **(params or {})} if api_version else None
        return _answer(client.send_request(HttpRequest(method, path, params=query, json=body)))

    return send


def _answer(response: Any) -> Answer:
    """The answer of a response; ValueError where one that is no error has a body that is no JSON."""
    try:
        body = response.json() if response.content else None
    except ValueError:  # The HTML of a front end, or of a proxy.
        if response.status_code < 400:
            raise
        body = None
    return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)
