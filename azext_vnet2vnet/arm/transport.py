"""Azure Resource Manager: requests, retried as Azure asks, until they are answered or the deadline has passed."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any

from azext_vnet2vnet.arm import api_versions, requests
from azext_vnet2vnet.arm.client import Clients
from azext_vnet2vnet.arm.clock import Clock
from azext_vnet2vnet.arm.failures import LoginEnded, RequestFailed, TimedOut
from azext_vnet2vnet.arm.rate_limiter import RateLimiter
from azext_vnet2vnet.arm.requests import Answer, NoAnswer, Send
from azext_vnet2vnet.network.resource_id import ResourceId

DEFAULT_POLL_INTERVAL = 30.0  # Without a Retry-After; azure-core has the same.
_TRIES = 4  # Of a request that Azure or the network broke: a permanent 500 is a normal answer of Azure.
_FIRST_BACKOFF = 5.0
_LONGEST_BACKOFF = 60.0
_SHORTEST_RETRY_AFTER = 1.0  # Real seconds; Azure may say 0.
_REFUSALS = (400, 403, 404)
_GRAPH = '/providers/Microsoft.ResourceGraph/resources'
# A 429 with these codes is for all requests of the kind; others limit one action or one resource (recorded).
_SUBSCRIPTION_LIMIT_CODES = ('', 'SubscriptionRequestsThrottled')
_BUSY_CODES = (
    'AnotherOperationInProgress',
    'RetryableError',
    'RetryableErrorDueToAnotherOperation',
    'ReferencedResourceNotProvisioned',
)


OnBusy = Callable[[Answer], None]


def _retry(_answer: Answer) -> None:
    """Do nothing; the caller retries."""


class Arm:
    """Azure Resource Manager.

    Every method may raise RequestFailed, LoginEnded and TimedOut; where another operation is in the way, also what
    `on_busy` raises. Seconds are clock seconds.

    429, and 409 for another operation, are retried until the deadline, after Retry-After or the seconds in the
    message, else with backoff and jitter. A 5xx, a broken 404 or no answer is retried with backoff, 4 tries in all. A
    certificate that does not verify and an unknown host are not retried, unless Azure has answered before in this run:
    then the network has changed, such as that of a laptop which was asleep. A 401 is retried once with new tokens.
    """

    def __init__(
        self,
        clients: Clients,
        executor: Executor,
        clock: Clock,
        *,
        jitter: Callable[[], float],
        deadline: float,
        polls_resources: bool = True,
    ):
        """`jitter` returns numbers from 0 to 1, `deadline` is a time of the clock.

        `polls_resources` says whether to read a resource between the polls of its operation, which Azure asks to send
        less and less often.
        """
        self.clock = clock
        self.polls_resources = polls_resources
        self._clients = clients
        self._executor = executor
        self._jitter = jitter
        self._deadline = deadline
        self._limit = deadline - clock.now()
        self._limiter = RateLimiter(clock)
        self._has_answered = False

    async def get(self, target: ResourceId) -> Answer:
        """Read a resource or group: its body, or an answer that `is_missing`."""
        return await self._send(
            'GET',
            str(target),
            target.subscription,
            requests.getting(target),
            is_expected=lambda answer: answer.is_missing,
        )

    async def list_connections(self, place: ResourceId) -> list[dict[str, Any]]:
        """The connections that start at a gateway, or all of a group, without status and key."""
        send = requests.listing_connections(place)
        found: list[dict[str, Any]] = (await self._send('GET', f'{place}/connections', place.subscription, send)).body
        return found

    async def list_resources(self, subscription: str, type_: str) -> list[dict[str, Any]]:
        """The resources of a type in a subscription: id, name and location only."""
        return await self._list(
            subscription, f'/subscriptions/{subscription}/resources', {'$filter': f"resourceType eq '{type_}'"}
        )

    async def list_operations(self, deployment: ResourceId) -> list[dict[str, Any]]:
        """The operations of a deployment, one entry per resource."""
        return await self._list(deployment.subscription, f'{deployment}/operations')

    async def _list(
        self, subscription: str, path: str, params: Mapping[str, str] | None = None
    ) -> list[dict[str, Any]]:
        """All pages of a list of Resource Manager's own."""
        send: Send | None = requests.plain('GET', path, api_versions.RESOURCES, params=params)
        found: list[dict[str, Any]] = []
        while send is not None:
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
            is_expected=lambda answer: answer.status in _REFUSALS,
        )

    async def put(
        self, target: ResourceId, body: Mapping[str, Any], aux_tenant: str | None = None, on_busy: OnBusy = _retry
    ) -> Answer:
        """Write a resource or group; the answer is the first one, of an operation that may go on."""
        return await self._send(
            'PUT', str(target), target.subscription, requests.putting(target, body), aux_tenant, on_busy=on_busy
        )

    async def put_if_free(
        self, target: ResourceId, body: Mapping[str, Any], aux_tenant: str | None = None, on_busy: OnBusy = _retry
    ) -> Answer | None:
        """The same for a body that was read and changed: None, after a wait, where another operation is in the way.

        The resource may have changed since: read it again and make the body from that.
        """
        answer = await self._send(
            'PUT',
            str(target),
            target.subscription,
            requests.putting(target, body),
            aux_tenant,
            is_expected=lambda answer: _is_busy(answer.status, answer.error[0]),
        )
        if answer.status < 400:
            return answer
        on_busy(answer)
        await self.pause(self._retry_after(answer) or _FIRST_BACKOFF)
        return None

    async def delete(self, target: ResourceId, on_busy: OnBusy = _retry) -> Answer:
        """Delete a resource; an answer that `is_in_use` or `is_missing` is one too."""
        return await self._send(
            'DELETE',
            str(target),
            target.subscription,
            requests.deleting(target),
            is_expected=lambda answer: answer.is_missing or answer.is_in_use,
            on_busy=on_busy,
        )

    async def tag(self, target: ResourceId, tags: Mapping[str, str]) -> Answer:
        """Replace the tags of a resource; the answer is the first one, of an operation that may go on."""
        return await self._send('PATCH', str(target), target.subscription, requests.tagging(target, tags))

    async def begin(self, target: ResourceId, action: str, on_busy: OnBusy = _retry) -> Answer:
        """Start an action of a resource, such as reset; the answer is the first one, of an operation that goes on."""
        what = f'{action.removesuffix("_connection")} of {target}'
        return await self._send('POST', what, target.subscription, requests.asking(target, action), on_busy=on_busy)

    async def query(self, subscription: str, body: Mapping[str, Any]) -> Answer:
        """Query Azure Resource Graph, as the tenant of the subscription."""
        send = requests.plain('POST', _GRAPH, api_versions.RESOURCE_GRAPH, body)
        return await self._send('POST', _GRAPH, subscription, send)

    async def poll(self, target: ResourceId, url: str) -> Answer:
        """Read the state of an operation, with as many tries as it takes; any 404 is an answer.

        The URL is signed and is sent byte for byte (recorded 2025).
        """
        return await self._send(
            'GET',
            f'the operation on {target}',
            target.subscription,
            requests.plain('GET', url, None),
            tries=None,
            is_expected=lambda answer: answer.status == 404,
        )

    async def collect(self, target: ResourceId, answer: Answer) -> Any:
        """Poll the Location of an operation that has no other URL; its result, None where Azure lost it.

        Each answer may sign the Location anew: the newest one counts (recorded 2025).
        """
        url = answer.headers.get('location')
        while answer.status == 202 and url:
            await self.pause(self.poll_interval(answer))
            answer = await self.poll(target, url)
            url = answer.headers.get('location', url)
        return None if answer.status == 404 else answer.body

    def extend_deadline(self, seconds: float) -> None:
        """Add the seconds that a question waited for its answer, in which nothing could be done."""
        self._deadline += seconds

    async def pause(self, seconds: float) -> None:
        """Wait on the clock; TimedOut, at the deadline, where the wait would outlast it."""
        if seconds <= 0:
            return
        left = self._deadline - self.clock.now()
        await self.clock.sleep(min(seconds, left))
        if seconds > left:
            raise TimedOut(self._limit)

    def is_low_on_reads(self, subscription: str) -> bool:
        """Whether Azure grants few more reads of the subscription, so that those which can be omitted should be."""
        return self._limiter.is_spreading(subscription, 'GET')

    def poll_interval(self, answer: Answer) -> float:
        """How long to wait before the next poll of an operation."""
        seconds = answer.retry_after
        return DEFAULT_POLL_INTERVAL if seconds is None else self.clock.from_real_seconds(seconds)

    def _retry_after(self, answer: Answer) -> float | None:
        """How long Azure asks to wait before the next try; None where it does not."""
        seconds = answer.retry_after
        return None if seconds is None else self.clock.from_real_seconds(max(seconds, _SHORTEST_RETRY_AFTER))

    async def _send(
        self,
        method: str,
        what: str,
        subscription: str,
        send: Send,
        aux_tenant: str | None = None,
        tries: int | None = _TRIES,
        is_expected: Callable[[Answer], bool] = lambda answer: False,
        on_busy: OnBusy = _retry,
    ) -> Answer:
        """Send a request until there is an answer below 400, or one that `is_expected`."""
        broken, is_renewed, backoff = 0, False, _FIRST_BACKOFF
        while True:
            slot = self._limiter.reserve(subscription, method)
            await self.pause(slot or 0)
            answer = await self._attempt(method, subscription, aux_tenant, send, has_slot=slot is not None)
            if answer is None:
                continue
            if isinstance(answer, NoAnswer):
                status, code, message, wait = None, '', answer.text, None
                may_help = self._has_answered or not answer.is_setup
            else:
                self._has_answered = True
                self._limiter.update(subscription, method, answer.headers)
                if answer.status < 400 or is_expected(answer):
                    return answer
                status, (code, message), wait = answer.status, answer.error, self._retry_after(answer)
                may_help = status >= 500 or (status == 404 and not code)  # Such a 404 is an IIS page (recorded).
                if code in _BUSY_CODES:
                    on_busy(answer)
            if status == 401:
                if is_renewed:
                    raise LoginEnded(self._clients.tenants(subscription, aux_tenant), message)
                is_renewed = True
                self._clients.forget(subscription, aux_tenant)
                continue
            if not _is_busy(status, code):
                broken += 1
                if not may_help or broken == tries:
                    raise RequestFailed(method, what, status, code, message)
            if wait is None:
                wait = backoff * (1 + self._jitter() / 2)
            if status == 429 and code in _SUBSCRIPTION_LIMIT_CODES:
                self._limiter.hold(subscription, method, wait)
            await self.pause(wait)
            backoff = min(backoff * 2, _LONGEST_BACKOFF)

    async def _attempt(
        self, method: str, subscription: str, aux_tenant: str | None, send: Send, has_slot: bool
    ) -> Answer | NoAnswer | None:
        """Send a request once; None, unsent, where it needs a slot by the time that a thread is free for it."""
        left = self._deadline - self.clock.now()
        if left <= 0:
            raise TimedOut(self._limit)

        def attempt() -> Answer | NoAnswer | None:
            if not has_slot and self._limiter.is_spreading(subscription, method):
                return None
            return requests.attempt(self._clients, subscription, aux_tenant, send)

        running = asyncio.get_running_loop().run_in_executor(self._executor, attempt)
        try:
            return await asyncio.wait_for(running, self.clock.to_real_seconds(left))
        except asyncio.TimeoutError:
            raise TimedOut(self._limit) from None


def _is_busy(status: int | None, code: str) -> bool:
    """Whether Azure refuses for now: too many requests, or another operation is in the way."""
    return status == 429 or (status == 409 and code in _BUSY_CODES)
