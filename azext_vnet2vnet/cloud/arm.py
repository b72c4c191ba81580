"""Requests to Azure Resource Manager with the patience that it asks for: retried as told, until the deadline."""
import asyncio
from typing import Callable

from azext_vnet2vnet.cloud import wire
from azext_vnet2vnet.cloud.failures import LoginEnded, RequestFailed, TimedOut
from azext_vnet2vnet.cloud.wire import Answer, Send
from azext_vnet2vnet.domain.ids import ResourceId

_TRIES = 4  # of a request that Azure or the network broke; a permanent 500 is a normal answer of Azure.
_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 60.0
_SHORTEST_TOLD = 1.0  # Real seconds: "Retry-After: 0" is no leave to storm.
_BUSY_CODES = ('AnotherOperationInProgress', 'RetryableError', 'RetryableErrorDueToAnotherOperation',
               'ReferencedResourceNotProvisioned')


class Arm:
    """Azure Resource Manager.

    Every method may raise RequestFailed, LoginEnded and TimedOut.
    """

    def __init__(self, clients, workers, clock, *, jitter: Callable[[], float], deadline: float):
        self.clock = clock
        self._clients = clients
        self._workers = workers
        self._jitter = jitter
        self._deadline = deadline

    async def get(self, target: ResourceId) -> Answer:
        """Read a resource or group: its body, or an answer that `is_missing`."""
        return await self._send('GET', str(target), target.subscription, wire.getting(target),
                                is_good=lambda answer: answer.is_missing)

    async def list_connections(self, gateway: ResourceId) -> list[dict]:
        """The connections that start at a gateway, without status and key."""
        send = wire.listing_connections(gateway)
        return (await self._send('GET', f'{gateway}/connections', gateway.subscription, send)).body

    async def read(self, subscription: str, path: str, api_version: str) -> Answer:
        """Read what the network client has no call for; a refusal (400, 403, 404) is an answer too."""
        return await self._send('GET', path, subscription, wire.plain('GET', path, api_version),
                                is_good=lambda answer: answer.status in (400, 403, 404))

    async def put(self, target: ResourceId, body: dict, aux_tenant: str | None = None) -> Answer:
        """Write a resource or group; the answer is the first one, of an operation that may go on."""
        return await self._send('PUT', str(target), target.subscription, wire.putting(target, body), aux_tenant)

    async def put_if_free(self, target: ResourceId, body: dict, aux_tenant: str | None = None) -> Answer | None:
        """The same for a body that was read and changed: None, after a wait, where Azure is at work on the resource.

        Then the body may be out of date, and is to be made anew.
        """
        answer = await self._send('PUT', str(target), target.subscription, wire.putting(target, body), aux_tenant,
                                  is_good=lambda answer: _is_busy(answer.status, answer.error[0]))
        if answer.status < 400:
            return answer
        told = self.told(answer)
        await self.pause(_FIRST_PAUSE if told is None else max(told, self.clock.told(_SHORTEST_TOLD)))
        return None

    async def poll(self, target: ResourceId, url: str) -> Answer:
        """Ask for the state of an operation, as long as it takes; any 404 is an answer.

        The URL is signed and goes back byte for byte (recorded 2025).
        """
        return await self._send('GET', f'the operation on {target}', target.subscription,
                                wire.plain('GET', url, None), tries=None, is_good=lambda answer: answer.status == 404)

    async def pause(self, seconds: float) -> None:
        """Wait on the clock; TimedOut where the wait would outlast the deadline."""
        if self.clock.now() + seconds > self._deadline:
            await self.clock.sleep(self._deadline - self.clock.now())
            raise TimedOut()
        await self.clock.sleep(seconds)

    def told(self, answer: Answer) -> float | None:
        """How long Azure asks to wait, on the clock; None where it does not say."""
        seconds = answer.retry_after
        return None if seconds is None else self.clock.told(seconds)

    async def _send(self, method: str, what: str, subscription: str, send: Send, aux_tenant: str | None = None,
                    tries: int | None = _TRIES, is_good: Callable[[Answer], bool] = lambda answer: False) -> Answer:
        broken, renewed, pause = 0, False, _FIRST_PAUSE
        while True:
            answer, text = await self._try(subscription, aux_tenant, send)
            if answer and (answer.status < 400 or is_good(answer)):
                return answer
            status, (code, message) = (answer.status, answer.error) if answer else (None, ('', text))
            if status == 401:
                if renewed:
                    raise LoginEnded(self._clients.tenants(subscription, aux_tenant), message)
                renewed = True
                self._clients.forget(subscription, aux_tenant)
                continue
            if not _is_busy(status, code):
                broken += 1
                if not _is_broken(answer) or broken == tries:
                    raise RequestFailed(method, what, status, code, message)
            told = self.told(answer) if answer else None
            await self.pause(pause * (1 + self._jitter() / 2) if told is None
                             else max(told, self.clock.told(_SHORTEST_TOLD)))
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _try(self, subscription: str, aux_tenant: str | None, send: Send) -> tuple[Answer | None, str]:
        """One answer, or the reason why there is none."""
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._workers, wire.attempt, self._clients, subscription, aux_tenant, send)
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
