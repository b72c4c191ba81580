"""One network client per subscription and set of auxiliary tenants, made when it is first needed."""

import threading
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

from knack.log import get_logger

logger = get_logger(__name__)

# Requests and answers of these carry the shared key; the signed URLs of the last two are 3 KB long.
_NOT_LOGGED = ('/connections', '/sharedkey', '/deployments', '/operations/', '/operationresults/')

_CONNECT_TIMEOUT = 20
_READ_TIMEOUT = 120  # A gateway's PUT takes up to 11 seconds to answer (recorded).


class ForeignHost(Exception):
    """A request to a host that is not that of the cloud's Resource Manager; its text is the name of the host."""


class Clients:
    """The SDK's clients for an az login.

    The auxiliary token of a client is fetched when it is made and never renewed (measured, azure-cli-core 2.91): ask
    for a client with an auxiliary tenant when it is needed, not before a long wait.
    """

    def __init__(self, cli_ctx: Any, connections: int):
        """`connections` is how many to Azure may be kept open at once; all clients share them."""
        self._cli_ctx = cli_ctx
        self._connections = connections
        self._opening = threading.Lock()
        self._session: Any = None
        self._locks: defaultdict[tuple[str, str | None], threading.Lock] = defaultdict(threading.Lock)
        self._clients: dict[tuple[str, str | None], Any] = {}

    def network(self, subscription: str, aux_tenant: str | None = None) -> Any:
        """The client for a subscription; its requests also carry a token of `aux_tenant`, if one is given."""
        key = subscription, aux_tenant
        with self._locks[key]:
            if key not in self._clients:
                self._clients[key] = self._make(subscription, aux_tenant)
            return self._clients[key]

    def tenants(self, subscription: str, aux_tenant: str | None = None) -> tuple[str, ...]:
        """The tenants that requests of this client carry tokens of."""
        from azure.cli.core._profile import Profile

        own = Profile(cli_ctx=self._cli_ctx).get_subscription(subscription)['tenantId']
        return (own, aux_tenant) if aux_tenant else (own,)

    def forget(self, subscription: str, aux_tenant: str | None = None) -> None:
        """Drop a client, so that the next one starts with new tokens."""
        with self._locks[subscription, aux_tenant]:
            self._clients.pop((subscription, aux_tenant), None)

    def _make(self, subscription: str, aux_tenant: str | None) -> Any:
        from azure.cli.core.commands.client_factory import get_mgmt_service_client
        from azure.mgmt.network import NetworkManagementClient

        return get_mgmt_service_client(
            self._cli_ctx,
            NetworkManagementClient,
            subscription_id=subscription,
            aux_tenants=[aux_tenant] if aux_tenant else None,
            # The SDK would sleep between retries, unseen by deadline and progress. Its other policies stay: it
            # answers a challenge for another token, and registers Microsoft.Network where Azure answers that it is not
            # registered. It follows no redirect: a body with a key would go wherever that leads.
            retry_total=0,
            permit_redirects=False,
            transport=self._transport(),
            per_call_policies=[host_policy(self._cli_ctx.cloud.endpoints.resource_manager)],
            per_retry_policies=[_redacting_policy()],
        )

    def _transport(self) -> Any:
        """A transport on the session that all clients share; otherwise each would open connections of its own."""
        from azure.cli.core._debug import change_ssl_cert_verification_track2
        from azure.core.pipeline.transport import RequestsTransport

        with self._opening:
            self._session = self._session or _session(self._connections)
        return RequestsTransport(
            session=self._session,
            session_owner=False,
            connection_timeout=_CONNECT_TIMEOUT,
            read_timeout=_READ_TIMEOUT,
            **change_ssl_cert_verification_track2(),
        )


def _session(connections: int) -> Any:
    from requests import Session
    from requests.adapters import HTTPAdapter

    session = Session()
    session.mount('https://', HTTPAdapter(pool_maxsize=connections, max_retries=0))
    return session


def host_policy(origin: str) -> Any:
    """Sends requests to one host alone, as they carry a token: ForeignHost for any other."""
    from azure.core.pipeline.policies import SansIOHTTPPolicy

    ours = urlsplit(origin)

    class HostPolicy(SansIOHTTPPolicy[Any, Any]):
        """Comes before the policy that adds the token."""

        def on_request(self, request: Any) -> None:
            url = urlsplit(request.http_request.url)
            if (url.scheme.lower(), url.netloc.lower()) != (ours.scheme.lower(), ours.netloc.lower()):
                raise ForeignHost(url.hostname)

    return HostPolicy()


def _redacting_policy() -> Any:
    from azure.core.pipeline.policies import SansIOHTTPPolicy

    class RedactingPolicy(SansIOHTTPPolicy[Any, Any]):
        """Keeps bodies that carry a key out of az's own log of requests, and logs such requests without them."""

        def on_request(self, request: Any) -> None:
            path = urlsplit(request.http_request.url).path
            if any(part in path.lower() for part in _NOT_LOGGED):
                request.context.options['logging_enable'] = False
                request.context['redacted_path'] = path
                logger.debug('%s %s (not logged in full)', request.http_request.method, path)

        def on_response(self, request: Any, response: Any) -> None:
            if 'redacted_path' in request.context:
                logger.debug('%s from %s', response.http_response.status_code, request.context['redacted_path'])

    return RedactingPolicy()
