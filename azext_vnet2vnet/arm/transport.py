"""Requests to Azure Resource Manager with the patience that it asks for: retried as told, until the deadline."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from azext_vnet2vnet.arm import requests
from azext_vnet2vnet.arm.failures import LoginEnded, RequestFailed, TimedOut
from azext_vnet2vnet.arm.rate_limiter import Pace
from azext_vnet2vnet.arm.requests import Answer, Send
from azext_vnet2vnet.network.resource_id import ResourceId

_TRIES = 4  # of a request that Azure or the network broke; a permanent 500 is a normal answer of Azure.
NO_WORD = 30.0  # Seconds between questions where Azure does not say: what azure-core does.
_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 60.0
_SHORTEST_TOLD = 1.0  # Real seconds: "Retry-After: 0" is no leave to storm.
_REFUSALS = (400, 403, 404)
_RESOURCES_VERSION = '2024-11-01'
_GRAPH = '/providers/Microsoft.ResourceGraph/resources'
_GRAPH_VERSION = '2021-03-01'
_WHOLE = ('', 'SubscriptionRequestsThrottled')  # All requests of the kind; other limits are on one action (recorded).
_BUSY_CODES = (
    'AnotherOperationInProgress',
    'RetryableError',
    'RetryableErrorDueToAnotherOperation',
    'ReferencedResourceNotProvisioned',
)


OnBusy = Callable[[Answer], None]


def _wait(_answer: Answer) -> None:
    """Nothing but to wait until Azure is not busy any more."""


class Arm:
    """Azure Resource Manager.

    Every method may raise RequestFailed, LoginEnded and TimedOut; where another operation is in the way, also what
    `on_busy` raises.
    """

    def __init__(self, clients, workers, clock, *, jitter: Callable[[], float], deadline: float, looks: bool = True):
        """`looks` says whether to look at resources in between, where Azure tells to wait long."""
        self.clock = clock
        self.looks = looks
        self._clients = clients
        self._workers = workers
        self._jitter = jitter
        self._deadline = deadline
        self._pace = Pace(clock)

    async def get(self, target: ResourceId) -> Answer:
        """Read a resource or group: its body, or an answer that `is_missing`."""
        return await self._send(
            'GET', str(target), target.subscription, requests.getting(target), is_good=lambda answer: answer.is_missing
        )

    async def list_connections(self, place: ResourceId) -> list[dict]:
        """The connections that start at a gateway, or all of a group, without status and key."""
        send = requests.listing_connections(place)
        return (await self._send('GET', f'{place}/connections', place.subscription, send)).body

    async def list_resources(self, subscription: str, type_: str) -> list[dict]:
        """The resources of a type in a subscription: id, name and place only."""
        return await self._list(
            subscription, f'/subscriptions/{subscription}/resources', {'$filter': f"resourceType eq '{type_}'"}
        )

    async def list_operations(self, deployment: ResourceId) -> list[dict]:
        """What a deployment did and does, one entry a resource."""
        return await self._list(deployment.subscription, f'{deployment}/operations')

    async def _list(self, subscription: str, path: str, params: Mapping[str, str] | None = None) -> list[dict]:
        """All pages of a list of Resource Manager's own."""
        send = requests.plain('GET', path, _RESOURCES_VERSION, params=params)
        found: list[dict] = []
        while send:
            body = (await self._send('GET', path, subscription, send)).body
            found += body['value']
            send = requests.plain('GET', body['nextLink'], None) if body.get('nextLink') else None
        return found

    async def read(self, subscription: str, path: str, api_version: str) -> Answer:
        """Read what the network client has no call for; a refusal (400, 403, 404) is an answer too."""
        return await self._send(
            'GET',
            path,
            subscription,
            requests.plain('GET', path, api_version),
            is_good=lambda answer: answer.status in _REFUSALS,
        )

    async def put(
        self, target: ResourceId, body: dict, aux_tenant: str | None = None, on_busy: OnBusy = _wait
    ) -> Answer:
        """Write a resource or group; the answer is the first one, of an operation that may go on."""
        return await self._send(
            'PUT', str(target), target.subscription, requests.putting(target, body), aux_tenant, on_busy=on_busy
        )

    async def put_if_free(
        self, target: ResourceId, body: dict, aux_tenant: str | None = None, on_busy: OnBusy = _wait
    ) -> Answer | None:
        """The same for a body that was read and changed: None, after a wait, where Azure is at work on the resource.

        Then the body may be out of date, and is to be made anew.
        """
        answer = await self._send(
            'PUT',
            str(target),
            target.subscription,
            requests.putting(target, body),
            aux_tenant,
            is_good=lambda answer: _is_busy(answer.status, answer.error[0]),
        )
        if answer.status < 400:
            return answer
        on_busy(answer)
        told = self.told(answer)
        await self.pause(_FIRST_PAUSE if told is None else max(told, self.clock.told(_SHORTEST_TOLD)))
        return None

    async def delete(self, target: ResourceId, on_busy: OnBusy = _wait) -> Answer:
        """Delete a resource; an answer that `is_in_use` is one too, as is one that it is not there."""
        return await self._send(
            'DELETE',
            str(target),
            target.subscription,
            requests.deleting(target),
            is_good=lambda answer: answer.is_missing or answer.is_in_use,
            on_busy=on_busy,
        )

    async def tag(self, target: ResourceId, tags: Mapping[str, str]) -> Answer:
        """Replace the tags of a resource; the answer is the first one, of an operation that may go on."""
        return await self._send('PATCH', str(target), target.subscription, requests.tagging(target, tags))

    async def begin(self, target: ResourceId, action: str, on_busy: OnBusy = _wait) -> Answer:
        """Start an action of a resource, such as reset; the answer is the first one, of an operation that goes on."""
        what = f'{action.removesuffix("_connection")} of {target}'
        return await self._send('POST', what, target.subscription, requests.asking(target, action), on_busy=on_busy)

    async def query(self, subscription: str, body: Mapping) -> Answer:
        """Ask Azure Resource Graph, as the tenant of the subscription."""
        return await self._send(
            'POST', _GRAPH, subscription, requests.plain('POST', _GRAPH, _GRAPH_VERSION, body=dict(body))
        )

    async def poll(self, target: ResourceId, url: str) -> Answer:
        """Ask for the state of an operation, as long as it takes; any 404 is an answer.

        The URL is signed and goes back byte for byte (recorded 2025).
        """
        return await self._send(
            'GET',
            f'the operation on {target}',
            target.subscription,
            requests.plain('GET', url, None),
            tries=None,
            is_good=lambda answer: answer.status == 404,
        )

    async def collect(self, target: ResourceId, answer: Answer) -> Any:
        """Follow a query that only has a Location to its result; None where Azure lost it.

        Each answer may sign the Location anew: the newest one counts (recorded 2025).
        """
        url = answer.headers.get('location')
        while answer.status == 202 and url:
            told = self.told(answer)
            await self.pause(NO_WORD if told is None else told)
            answer = await self.poll(target, url)
            url = answer.headers.get('location', url)
        return None if answer.status == 404 else answer.body

    async def pause(self, seconds: float) -> None:
        """Wait on the clock; TimedOut where the wait would outlast the deadline."""
        if seconds <= 0:
            return
        if self.clock.now() + seconds > self._deadline:
            await self.clock.sleep(self._deadline - self.clock.now())
            raise TimedOut()
        await self.clock.sleep(seconds)

    def is_scarce(self, subscription: str) -> bool:
        """Whether Azure grants few more reads of the subscription: what can wait should."""
        return self._pace.is_scarce(subscription)

    def told(self, answer: Answer) -> float | None:
        """How long Azure asks to wait, on the clock; None where it does not say."""
        seconds = answer.retry_after
        return None if seconds is None else self.clock.told(seconds)

    async def _send(
        self,
        method: str,
        what: str,
        subscription: str,
        send: Send,
        aux_tenant: str | None = None,
        tries: int | None = _TRIES,
        is_good: Callable[[Answer], bool] = lambda answer: False,
        on_busy: OnBusy = _wait,
    ) -> Answer:
        broken, renewed, pause = 0, False, _FIRST_PAUSE
        while True:
            await self.pause(self._pace.wait(subscription, method))
            if self.clock.now() >= self._deadline:
                raise TimedOut()
            answer, text = await self._try(subscription, aux_tenant, send)
            if answer:
                self._pace.heed(subscription, method, answer.headers)
            if answer and (answer.status < 400 or is_good(answer)):
                return answer
            status, (code, message) = (answer.status, answer.error) if answer else (None, ('', text))
            if status == 401:
                if renewed:
                    raise LoginEnded(self._clients.tenants(subscription, aux_tenant), message)
                renewed = True
                self._clients.forget(subscription, aux_tenant)
                continue
            if answer and code in _BUSY_CODES:
                on_busy(answer)
            if not _is_busy(status, code):
                broken += 1
                if not _is_broken(answer) or broken == tries:
                    raise RequestFailed(method, what, status, code, message)
            told = self.told(answer) if answer else None
            wait = pause * (1 + self._jitter() / 2) if told is None else max(told, self.clock.told(_SHORTEST_TOLD))
            if status == 429 and code in _WHOLE:
                self._pace.refuse(subscription, method, wait)
            await self.pause(wait)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _try(self, subscription: str, aux_tenant: str | None, send: Send) -> tuple[Answer | None, str]:
        """One answer, or the reason why there is none."""
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._workers, requests.attempt, self._clients, subscription, aux_tenant, send)
        left = max(self._deadline - self.clock.now(), 0) / self.clock.speed
        try:
            return await asyncio.wait_for(running, left), ''
        except asyncio.TimeoutError:
            raise TimedOut() from None
        except ConnectionError as error:
            return None, str(error)


def _is_busy(status: int | None, code: str) -> bool:
    return status == 429 or (status == 409 and code in _BUSY_CODES)


def _is_broken(answer: Answer | None) -> bool:
    """Whether another try may help: no answer, a 5xx, or a 404 that is no word of Azure's (an IIS page, recorded)."""
    return answer is None or answer.status >= 500 or (answer.status == 404 and not answer.error[0])
