"""One request through the SDK's client, and its answer as plain JSON. What is here runs on worker threads."""

import math
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from azext_vnet2vnet.arm.api_versions import api_version_of
from azext_vnet2vnet.arm.client import Clients, ForeignHost
from azext_vnet2vnet.arm.failures import LoginEnded
from azext_vnet2vnet.arm.from_json import check_body
from azext_vnet2vnet.arm.json_values import as_object
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
_TUNNEL = re.compile(r'Tunnel connection failed: (\d{3})[\w ]*')
# Refusals of a DELETE (recorded, and from the field); they can go on for a time after the last user was deleted.
_IN_USE_CODES = ('VirtualNetworkGatewayCannotBeDeleted', 'PublicIPAddressCannotBeDeleted')
# Real seconds. Decision: the longest that was recorded is 324; whoever asks earlier than a longer one is told again.
_LONGEST_RETRY_AFTER = 600.0
_MOST_REASONS = 5  # Of the details of an error; a template may have hundreds.
# Headers that name where the state or the result of an operation is.
_LINKS = ('azure-asyncoperation', 'location')
_CLAIMS = re.compile(r'\bclaims="([A-Za-z0-9+/=_-]+)"')


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
        """Code and message, of the inner error where the outer one only wraps it (`RetryableError`, recorded).

        The message goes on with what the details of the error say.
        """
        error = self.body.get('error') if isinstance(self.body, Mapping) else None
        if not isinstance(error, Mapping):
            return '', ''
        inner = next(iter(_details(error)), None)
        if error.get('code') == 'RetryableError' and inner:
            error = inner
        code, text = _code_and_message(error)
        for more in _reasons(error):
            text = text if more in text else f'{text} {more}'.lstrip()
        return code, text

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
        """Real seconds, more than 0, that Azure asks to wait, by header or in its message; None where it does not."""
        match = _RETRY_AFTER_TEXT.search(self.error[1])
        for text in (self.headers.get('retry-after', ''), match[1] if match else ''):
            seconds = _seconds_of(text, self.headers.get('date', ''))
            if math.isfinite(seconds) and seconds > 0:
                return min(seconds, _LONGEST_RETRY_AFTER)
        return None


def _seconds_of(text: str, now: str) -> float:
    """The seconds of a Retry-After, which may be a fraction or an HTTP date (RFC 9110); NaN where it is neither."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        since = parsedate_to_datetime(now) if now else datetime.now(timezone.utc)
        return (parsedate_to_datetime(text) - since).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return math.nan


@dataclass(frozen=True)
class NoAnswer:
    """No whole answer came, and why.

    `is_permanent` where that is a certificate, an unknown host or a proxy that wants a password; `is_unreadable` where
    something came that is no answer to the request.
    """

    text: str
    is_permanent: bool = False
    is_unreadable: bool = False


UNREADABLE = NoAnswer('the answer could not be read', is_unreadable=True)
_REDIRECT = NoAnswer('the answer is a redirect, which is not followed', is_unreadable=True)


Send = Callable[[Any], Answer]


def attempt(clients: Clients, subscription: str, aux_tenant: str | None, send: Send) -> Answer | NoAnswer:
    """Send one request once; LoginEnded where there is no token for it."""
    from azure.cli.core.azclierror import AuthenticationError
    from azure.core.exceptions import AzureError, HttpResponseError
    from requests.exceptions import RequestException

    # The text of these errors may quote the body of the answer or a signed URL: it is not repeated, nor chained.
    try:
        try:
            answer = send(clients.network(subscription, aux_tenant))
        except HttpResponseError as error:
            if error.response is None:
                return UNREADABLE
            answer = _answer(error.response)
        return _REDIRECT if 300 <= answer.status < 400 else answer
    except ForeignHost as error:
        return NoAnswer(f'Azure names another host, {error}, which gets no token', is_unreadable=True)
    except (AzureError, RequestException) as error:
        return _no_answer(error)
    except (ValueError, RecursionError):  # No JSON, or none of the form that the request is answered with.
        return UNREADABLE
    except AuthenticationError as error:
        raise LoginEnded(clients.tenants(subscription, aux_tenant), error.error_msg) from None


def _no_answer(error: Exception) -> NoAnswer:
    """The reason that the operating system gives, which the errors of azure-core, requests and urllib3 wrap."""
    causes: list[BaseException] = [error]
    where = ''
    for cause in causes:
        where = 'the proxy: ' if type(cause).__name__ == 'ProxyError' else where  # Of requests and of urllib3.
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NoAnswer(f'{cause.reason}: {cause.verify_message}', is_permanent=True)
        if isinstance(cause, socket.gaierror):
            return NoAnswer(f'{where}unknown host: {cause.strerror}', is_permanent=cause.errno != socket.EAI_AGAIN)
        if isinstance(cause, OSError) and (tunnel := _TUNNEL.match(str(cause))):  # As http.client words it.
            return NoAnswer(f'{where}{tunnel[0]}', is_permanent=tunnel[1] == '407')
        inner = (getattr(cause, 'inner_exception', None), getattr(cause, 'reason', None), cause.__cause__, *cause.args)
        causes += [one for one in inner if isinstance(one, BaseException) and one not in causes]
    reason = next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), '')
    return NoAnswer(f'{where}{reason or type(error).__name__}')


def getting(target: ResourceId) -> Send:
    """The request that reads a resource or group."""
    calls = _SDK_CALLS.get(target.type.lower())
    if not calls:
        return reading(plain('GET', str(target), api_version_of(target.type)), partial(check_body, target))

    def send(client: Any) -> Answer:
        read = getattr(getattr(client, calls.operations), calls.get)
        answer: Answer = read(
            target.group,
            *target.names[: calls.names],
            api_version=api_version_of(target.type),
            cls=lambda response, *_: _answer(response.http_response),
        )
        return answer

    return reading(send, partial(check_body, target))


def reading(send: Send, check: Callable[[Any], object]) -> Send:
    """The same request; an answer whose body `check` raises ValueError at is none."""

    def send_and_check(client: Any) -> Answer:
        answer = send(client)
        if answer.status < 300:
            check(answer.body)
        return answer

    return send_and_check


def _check_written(body: Any) -> None:
    """The body that answers a write: an object, or none, as a 202 may have."""
    if body is not None:
        as_object(body)


def putting(target: ResourceId, body: Mapping[str, Any]) -> Send:
    """The request that writes a resource or group; its answer is the first one, of an operation that may go on."""
    calls = _SDK_CALLS.get(target.type.lower())
    if calls:
        return reading(_beginning(target, calls.put, body), _check_written)
    return reading(plain('PUT', str(target), api_version_of(target.type), body), _check_written)


def deleting(target: ResourceId) -> Send:
    """The request that deletes a resource; its answer is the first one, of an operation that may go on."""
    return _beginning(target, 'begin_delete')


def tagging(target: ResourceId, tags: Mapping[str, str]) -> Send:
    """The request that replaces the tags of a resource and nothing else."""
    return reading(_beginning(target, 'begin_update_tags', {'tags': dict(tags)}), _check_written)


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
        # What is behind a whole URL, which Azure named, may have a key in it: it is never logged.
        quiet = {} if api_version else {'logging_enable': False}
        return _answer(client.send_request(HttpRequest(method, path, params=query, json=body), **quiet))

    return send


def _answer(response: Any) -> Answer:
    """The answer of a response, without links to other hosts, as these would get a token.

    ValueError where one that is no error has a body that is no JSON, or the next page of a list is on another host.
    """
    try:
        body = response.json() if response.content else None
    except ValueError:  # The HTML of a front end, or of a proxy.
        if response.status_code < 400:
            raise
        body = None
    headers = {name.lower(): value for name, value in response.headers.items()}
    following = body.get('nextLink') if isinstance(body, Mapping) else None
    if isinstance(following, str) and not is_on_host(following, response.request.url):
        raise ValueError('the next page is on another host')
    for name in _LINKS:
        if name in headers and not is_on_host(headers[name], response.request.url):
            del headers[name]  # The resource itself says how an operation goes; no other host gets a token.
    return Answer(response.status_code, headers, body)


def is_on_host(link: str, url: str) -> bool:
    """Whether a link leads to the host of `url`, or names no host."""
    try:
        ours, theirs = urlsplit(url), urlsplit(link)
    except ValueError:
        return False
    same = (theirs.scheme.lower(), theirs.netloc.lower()) == (ours.scheme.lower(), ours.netloc.lower())
    return same or not (theirs.scheme or theirs.netloc)


def _code_and_message(error: Mapping[str, Any]) -> tuple[str, str]:
    return str(error.get('code') or ''), str(error.get('message') or '')


def _details(error: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The errors within an error."""
    details = error.get('details')
    found = [*(details if isinstance(details, list) else ()), error.get('innererror')]
    return [one for one in found if isinstance(one, Mapping)]


def _reasons(error: Mapping[str, Any], depth: int = 3) -> list[str]:
    """Code and message of each error within an error, at most as many levels down as `depth`."""
    found = []
    for inner in _details(error) if depth else ():
        found += [': '.join(filter(None, _code_and_message(inner))), *_reasons(inner, depth - 1)]
    return list(filter(None, found))[:_MOST_REASONS]
