"""One request to Azure through the SDK's clients, and its answer as plain JSON. Runs on worker threads."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from azext_vnet2vnet.arm.failures import LoginEnded
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.resource_id import ResourceId

# `told` waits: "The call can be retried in 12 seconds.", "Please try again after '6' seconds." (recorded).
_TOLD_SECONDS = re.compile(r"(?:retried in|try again after) '?(\d+)'? seconds", re.IGNORECASE)
# Types that the network client has no calls for, and the api-version that azure-cli 2.91 sends for them.
_PLAIN = {
    kind.lower(): version
    for kind, version in {resource_id.GROUP_TYPE: '2024-11-01', resource_id.DEPLOYMENT_TYPE: '2024-11-01'}.items()
}
# Codes of the 404s that mean "not there"; any other 404, such as an IIS page, is a broken answer (all recorded).
_NOT_THERE = (
    'ResourceNotFound',
    'NotFound',
    'ResourceGroupNotFound',
    'ParentResourceNotFound',
    'SubscriptionNotFound',
    'DeploymentNotFound',
)

# What a DELETE gets that comes too early (recorded, and from the field), for a time even though all users are gone.
_IN_USE = ('VirtualNetworkGatewayCannotBeDeleted', 'PublicIPAddressCannotBeDeleted')


@dataclass(frozen=True)
class Kind:
    """How the SDK names the calls for a type of resource, and the api-version that azure-cli 2.91 sends for it."""

    operations: str
    api_version: str
    names: int = 1
    get: str = 'get'
    put: str = 'begin_create_or_update'
    delete: str = 'begin_delete'


KINDS = {
    kind.lower(): value
    for kind, value in {
        resource_id.VNET_TYPE: Kind('virtual_networks', '2025-07-01'),
        resource_id.SUBNET_TYPE: Kind('subnets', '2025-07-01', names=2),
        resource_id.PUBLIC_IP_TYPE: Kind('public_ip_addresses', '2025-09-01'),
        resource_id.GATEWAY_TYPE: Kind('virtual_network_gateways', '2025-01-01'),
        resource_id.CONNECTION_TYPE: Kind('virtual_network_gateway_connections', '2025-01-01'),
        resource_id.LOCAL_GATEWAY_TYPE: Kind('local_network_gateways', '2025-01-01'),
        resource_id.ROUTE_TABLE_TYPE: Kind('route_tables', '2025-01-01'),
        resource_id.SHARED_KEY_TYPE: Kind(
            'virtual_network_gateway_connections', '2023-09-01', get='get_shared_key', put='begin_set_shared_key'
        ),
    }.items()
}


# By type in lower case.
API_VERSIONS = {**{kind: entry.api_version for kind, entry in KINDS.items()}, **_PLAIN}


@dataclass(frozen=True)
class Answer:
    """What Azure answered; `headers` have lower-case names, `body` is the parsed JSON or None."""

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
    def is_missing(self) -> bool:
        """Whether Azure says that the resource, or what it is in, is not there."""
        return self.status == 404 and self.error[0] in _NOT_THERE

    @property
    def is_in_use(self) -> bool:
        """Whether Azure refuses to delete because something still refers to the resource."""
        return self.status >= 400 and self.error[0] in _IN_USE

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
        """Real seconds that Azure asks to wait, by header or in words; None where it does not say."""
        try:
            return float(self.headers['retry-after'])
        except (KeyError, ValueError):
            told = _TOLD_SECONDS.search(self.error[1])
            return float(told[1]) if told else None


Send = Callable[[Any], Answer]


def attempt(clients, subscription: str, aux_tenant: str | None, send: Send) -> Answer:
    """Send one request; ConnectionError where no whole answer came, LoginEnded where there is no token."""
    from azure.cli.core.azclierror import AuthenticationError
    from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError
    from requests.exceptions import RequestException

    try:
        return send(clients.network(subscription, aux_tenant))
    except HttpResponseError as error:
        # The text of these errors quotes the body of the answer: it must not be repeated, nor chained.
        if error.response is None or error.response.status_code < 400:
            raise ConnectionError('the answer could not be read') from None
        return _answer(error.response)
    except (ServiceRequestError, ServiceResponseError, RequestException) as error:
        raise ConnectionError(f'{type(error).__name__}') from None
    except AuthenticationError as error:
        raise LoginEnded(clients.tenants(subscription, aux_tenant), error.error_msg) from None


def getting(target: ResourceId) -> Send:
    """The request that reads a resource or group."""
    if target.type.lower() in _PLAIN:
        return plain('GET', str(target), _PLAIN[target.type.lower()])
    kind = KINDS[target.type.lower()]

    def send(client) -> Answer:
        read = getattr(getattr(client, kind.operations), kind.get)
        return read(
            target.group,
            *target.names[: kind.names],
            api_version=kind.api_version,
            cls=lambda response, *_: _answer(response.http_response),
        )

    return send


def putting(target: ResourceId, body: dict) -> Send:
    """The request that writes a resource or group; its answer is the first one, of an operation that may go on."""
    if target.type.lower() in _PLAIN:
        return plain('PUT', str(target), _PLAIN[target.type.lower()], body)
    return _beginning(target, KINDS[target.type.lower()].put, body)


def deleting(target: ResourceId) -> Send:
    """The request that deletes a resource; its answer is the first one, of an operation that may go on."""
    return _beginning(target, KINDS[target.type.lower()].delete)


def tagging(target: ResourceId, tags: Mapping[str, str]) -> Send:
    """The request that replaces the tags of a resource and nothing else."""
    return _beginning(target, 'begin_update_tags', {'tags': dict(tags)})


def asking(target: ResourceId, action: str) -> Send:
    """The request that starts an action of a resource, by the name that the SDK has for it."""
    return _beginning(target, f'begin_{action}')


def _beginning(target: ResourceId, operation: str, *more) -> Send:
    kind = KINDS[target.type.lower()]

    def send(client) -> Answer:
        kept = {}
        begin = getattr(getattr(client, kind.operations), operation)
        begin(
            target.group,
            *target.names[: kind.names],
            *more,
            api_version=kind.api_version,
            polling=False,
            raw_response_hook=lambda response: kept.update(first=response.http_response),
        )
        return _answer(kept['first'])

    return send


def listing_connections(place: ResourceId) -> Send:
    """The request that lists the connections of a gateway or of a group, all pages of it."""
    api_version = KINDS[resource_id.CONNECTION_TYPE.lower()].api_version

    def send(client) -> Answer:
        if place.names:
            pages = client.virtual_network_gateways.list_connections(place.group, place.name, api_version=api_version)
        else:
            pages = client.virtual_network_gateway_connections.list(place.group, api_version=api_version)
        return Answer(200, {}, [entry.as_dict() for entry in pages])

    return send


def plain(
    method: str, path: str, api_version: str | None, body: dict | None = None, params: Mapping[str, str] | None = None
) -> Send:
    """A request that the network client has no call for; a whole URL without api-version goes out byte for byte."""

    def send(client) -> Answer:
        from azure.core.rest import HttpRequest

        query = {'api-version': api_version, **(params or {})} if api_version else None
        return _answer(client.send_request(HttpRequest(method, path, params=query, json=body)))

    return send


def _answer(response) -> Answer:
    try:
        body = response.json()
    except ValueError:  # An empty body, or the HTML of a front end.
        body = None
    return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)
