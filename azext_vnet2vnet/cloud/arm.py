"""Requests to Azure Resource Manager: sent on threads, retried as Azure tells, answered with plain JSON."""
import asyncio
import re
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping

from azext_vnet2vnet.domain import ids
from azext_vnet2vnet.domain.ids import ResourceId

_TRIES = 4  # of a request that Azure or the network broke; a permanent 500 is a normal answer of Azure.
_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 60.0
_BUSY_CODES = ('AnotherOperationInProgress', 'RetryableError', 'RetryableErrorDueToAnotherOperation',
               'ReferencedResourceNotProvisioned')
_TOLD_SECONDS = re.compile(r"(?:retried in|try again after) '?(\d+)'? seconds", re.IGNORECASE)


@dataclass(frozen=True)
class Kind:
    """How the SDK names the calls for a type of resource, and the api-version that azure-cli 2.91 sends for it."""
    operations: str
    api_version: str
    names: int = 1
    get: str = 'get'
    put: str = 'begin_create_or_update'


_KINDS = {kind.lower(): value for kind, value in {
    ids.VNET_TYPE: Kind('virtual_networks', '2025-07-01'),
    ids.SUBNET_TYPE: Kind('subnets', '2025-07-01', names=2),
    ids.PUBLIC_IP_TYPE: Kind('public_ip_addresses', '2025-09-01'),
    ids.GATEWAY_TYPE: Kind('virtual_network_gateways', '2025-01-01'),
    ids.CONNECTION_TYPE: Kind('virtual_network_gateway_connections', '2025-01-01'),
    ids.LOCAL_GATEWAY_TYPE: Kind('local_network_gateways', '2025-01-01'),
    ids.ROUTE_TABLE_TYPE: Kind('route_tables', '2025-01-01'),
    ids.SHARED_KEY_TYPE: Kind('virtual_network_gateway_connections', '2023-09-01', get='get_shared_key',
                              put='begin_set_shared_key'),
}.items()}
_GROUP_VERSION = '2024-11-01'


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
    def retry_after(self) -> float | None:
        """Real seconds that Azure asks to wait, by header or in words; None where it does not say."""
        try:
            return float(self.headers['retry-after'])
        except (KeyError, ValueError):
            told = _TOLD_SECONDS.search(self.error[1])
            return float(told[1]) if told else None


class RequestFailed(Exception):
    """A request that Azure refused, or that never came through; `answer` is None where there was none."""

    def __init__(self, method: str, target: str, answer: Answer | None, text: str = ''):
        super().__init__(f'{method} {target}')
        self.method = method
        self.target = target
        self.answer = answer
        self.code, self.text = answer.error if answer else ('', text)


class TimedOut(Exception):
    """The time that the user gave is over; Azure goes on."""


class Arm:
    """Azure Resource Manager, with the patience that it asks for.

    Every method may raise RequestFailed, TimedOut, and what az raises where a login has ended.
    """

    def __init__(self, clients, workers, clock, *, jitter: Callable[[], float], deadline: float):
        self.clock = clock
        self._clients = clients
        self._workers = workers
        self._jitter = jitter
        self._deadline = deadline

    async def get(self, target: ResourceId) -> Answer:
        """Read a resource or group: 200 with its body, or 404 in any of Azure's forms."""
        return await self._send('GET', target, lambda client: _get(client, target), good=(404,))

    async def list_connections(self, gateway: ResourceId) -> list[dict]:
        """The connections that start at a gateway, without status and key."""
        def send(client):
            pages = client.virtual_network_gateways.list_connections(
                gateway.group, gateway.name, api_version=_kind(ids.CONNECTION_TYPE).api_version)
            return Answer(200, {}, [page.as_dict() for page in pages])
        return (await self._send('GET', gateway, send)).body

    async def read(self, subscription: str, path: str, api_version: str, may_fail: bool = False) -> Answer:
        """Read what the network client has no call for; with `may_fail` a refusal is an answer too."""
        good = (400, 403, 404) if may_fail else ()
        return await self._send('GET', ResourceId(subscription, ''), _plain('GET', path, api_version), good=good)

    async def put(self, target: ResourceId, body: dict, aux_tenant: str | None = None) -> Answer:
        """Write a resource or group; the answer is the first one, of an operation that may go on."""
        return await self._send('PUT', target, lambda client: _put(client, target, body), aux_tenant)

    async def poll(self, target: ResourceId, url: str) -> Answer:
        """Ask for the state of an operation; the URL is signed and goes back byte for byte (recorded 2025)."""
        return await self._send('GET', target, _plain('GET', url, None), good=(404,))

    async def pause(self, seconds: float) -> None:
        """Wait on the clock; TimedOut where the wait would outlast the deadline."""
        if self.clock.now() + seconds > self._deadline:
            await self.clock.sleep(self._deadline - self.clock.now())
            raise TimedOut()
        await self.clock.sleep(seconds)

    async def _send(self, method, target, send, aux_tenant=None, good=()) -> Answer:
        loop = asyncio.get_running_loop()
        broken, renewed, pause = 0, False, _FIRST_PAUSE
        while True:
            try:
                answer = await loop.run_in_executor(
                    self._workers, _attempt, self._clients, target.subscription, aux_tenant, send)
                text = ''
            except ConnectionError as error:
                answer, text = None, str(error)
            if answer and (answer.status < 400 or answer.status in good):
                return answer
            code = answer.error[0] if answer else ''
            if answer and answer.status == 401 and code == 'ExpiredAuthenticationToken' and not renewed:
                renewed = True
                self._clients.forget(target.subscription, aux_tenant)
                continue
            if not _is_busy(answer, code):
                broken += 1
                if (answer and answer.status < 500) or broken == _TRIES:
                    raise RequestFailed(method, str(target), answer, text)
            told = answer.retry_after if answer else None
            wait = pause * (1 + self._jitter() / 2) if told is None else self.clock.told(told)
            pause = min(pause * 2, _LONGEST_PAUSE)
            await self.pause(wait)


def _is_busy(answer: Answer | None, code: str) -> bool:
    return answer is not None and (answer.status == 429 or (answer.status == 409 and code in _BUSY_CODES))


def _attempt(clients, subscription, aux_tenant, send) -> Answer:
    """One try, on a worker thread; ConnectionError where no answer came."""
    from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError
    try:
        return send(clients.network(subscription, aux_tenant))
    except HttpResponseError as error:
        if error.response is None or error.response.status_code < 400:  # An answer that broke off on its way.
            raise ConnectionError(str(error)) from error
        return _answer(error.response)
    except (ServiceRequestError, ServiceResponseError) as error:
        raise ConnectionError(str(error)) from error


def _kind(type_: str) -> Kind:
    return _KINDS[type_.lower()]


def _get(client, target: ResourceId) -> Answer:
    if not target.names:
        return _plain('GET', str(target), _GROUP_VERSION)(client)
    kind = _kind(target.type)
    read = getattr(getattr(client, kind.operations), kind.get)
    return read(target.group, *target.names[:kind.names], api_version=kind.api_version,
                cls=lambda response, *_: _answer(response.http_response))


def _put(client, target: ResourceId, body: dict) -> Answer:
    if not target.names:
        return _plain('PUT', str(target), _GROUP_VERSION, body)(client)
    kind = _kind(target.type)
    kept = {}
    write = getattr(getattr(client, kind.operations), kind.put)
    write(target.group, *target.names[:kind.names], body, api_version=kind.api_version, polling=False,
          raw_response_hook=lambda response: kept.update(first=response.http_response))
    return _answer(kept['first'])


def _plain(method: str, path: str, api_version: str | None, body: dict | None = None):
    def send(client) -> Answer:
        from azure.core.rest import HttpRequest
        params = {'api-version': api_version} if api_version else None
        return _answer(client.send_request(HttpRequest(method, path, params=params, json=body)))
    return send


def _answer(response) -> Answer:
    try:
        body = response.json()
    except ValueError:  # An empty body, or the HTML of a front end.
        body = None
    return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)
