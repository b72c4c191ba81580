"""One request to Azure, sent until it is answered: retries, backoff, rate limit and deadline."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime

from knack.log import get_logger

from azext_vnet2vnet.arm import requests
from azext_vnet2vnet.arm.client import Clients
from azext_vnet2vnet.arm.clock import Clock
from azext_vnet2vnet.arm.failures import AnswerUnreadable, LoginEnded, RequestFailed, TimedOut
from azext_vnet2vnet.arm.rate_limiter import RateLimiter
from azext_vnet2vnet.arm.requests import Answer, NoAnswer, Send

logger = get_logger(__name__)

TRIES = 4  # Of a request that Azure or the network broke: a permanent 500 is a normal answer of Azure.
FIRST_BACKOFF = 5.0
_LONGEST_BACKOFF = 60.0
_SILENT = 30.0  # Seconds for which a request may wait because of Azure's limits before the user is told.
_SHORTEST_WAIT = 1.0  # Clock seconds, for whatever Azure says.
# A 429 with these codes is for all requests of the kind; others limit one action or one resource (recorded).
_SUBSCRIPTION_LIMIT_CODES = ('', 'SubscriptionRequestsThrottled')
_BUSY_CODES = (
    'AnotherOperationInProgress',
    'RetryableError',
    'RetryableErrorDueToAnotherOperation',
    'ReferencedResourceNotProvisioned',
)

OnBusy = Callable[[Answer], None]


def just_retry(_answer: Answer) -> None:
    """Do nothing; the caller retries."""


def is_busy(status: int | None, code: str) -> bool:
    """Whether Azure refuses for now: too many requests, or another operation is in the way."""
    return status == 429 or (status == 409 and code in _BUSY_CODES)


class Sender:
    """Sends requests until they are answered or the deadline has passed. Seconds are clock seconds.

    429, and 409 for another operation, are retried until the deadline, after Retry-After or the seconds in the
    message, else with backoff and jitter. A 5xx, a broken 404 or no answer is retried with backoff, 4 tries in all. A
    certificate that does not verify and an unknown host are not retried, unless Azure has answered before in this run:
    then the network has changed, such as that of a laptop which was asleep. A 401 is retried once with new tokens.
    """

    def __init__(
        self, clients: Clients, executor: Executor, clock: Clock, *, jitter: Callable[[], float], deadline: float
    ):
        """`jitter` returns numbers from 0 to 1, `deadline` is a time of the clock."""
        self.clock = clock
        self._clients = clients
        self._executor = executor
        self._jitter = jitter
        self._deadline = deadline
        self._limit = deadline - clock.now()
        self._limiter = RateLimiter(clock)
        self._has_answered = False
        self._told: set[str] = set()

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

    def retry_after(self, answer: Answer) -> float | None:
        """How long Azure asks to wait before the next try; None where it does not."""
        seconds = answer.retry_after
        return None if seconds is None else max(self.clock.from_real_seconds(seconds), _SHORTEST_WAIT)

    async def send(
        self,
        method: str,
        what: str,
        subscription: str,
        request: Send,
        aux_tenant: str | None = None,
        tries: int | None = TRIES,
        is_expected: Callable[[Answer], bool] = lambda answer: False,
        on_busy: OnBusy = just_retry,
    ) -> Answer:
        """Send a request until there is an answer below 400, or one that `is_expected`.

        `what` names its target in errors. `tries` is None where only the deadline ends them. `on_busy` is called with
        each answer that says that another operation is in the way; what it raises is raised.
        """
        broken, is_renewed, backoff, throttled = 0, False, FIRST_BACKOFF, 0.0
        began = datetime.now()
        while True:
            slot = self._limiter.reserve(subscription, method)
            await self.pause(slot or 0)
            answer = await self._attempt(method, subscription, aux_tenant, request, has_slot=slot is not None)
            if answer is None:
                continue
            if isinstance(answer, NoAnswer):
                status, code, message, wait = None, '', answer.text, None
                failure = AnswerUnreadable if answer.is_unreadable else RequestFailed
                may_help = self._has_answered or not answer.is_permanent
            else:
                self._has_answered = True
                self._limiter.update(subscription, method, answer.headers)
                status, (code, message), wait = answer.status, answer.error, self.retry_after(answer)
                if status == 429 and code in _SUBSCRIPTION_LIMIT_CODES:
                    self._limiter.hold(subscription, method, wait or FIRST_BACKOFF)
                if status < 400 or is_expected(answer):
                    return answer
                failure = RequestFailed
                may_help = status >= 500 or (status == 404 and not code)  # Such a 404 is an IIS page (recorded).
                if code in _BUSY_CODES:
                    on_busy(answer)
            if status == 401:
                claims = '' if isinstance(answer, NoAnswer) else answer.claims
                if is_renewed or claims:
                    raise LoginEnded(self._clients.tenants(subscription, aux_tenant), message, claims)
                is_renewed = True
                self._clients.forget(subscription, aux_tenant)
                continue
            if not is_busy(status, code):
                broken += 1
                if not may_help or broken == tries:
                    raise failure(method, what, status, code, message)
                if tries is None and broken == TRIES:
                    reason = message if status is None else f'HTTP {status}'
                    logger.warning(
                        'No answer from Azure since %s (%s); asking again until the time is over: %s',
                        began.strftime('%H:%M:%S'),
                        reason,
                        what,
                    )
            if wait is None:
                wait = backoff * (1 + self._jitter() / 2)
            if status == 429 and code not in _BUSY_CODES:
                throttled += wait
                self._tell(subscription, throttled)
            await self.pause(wait)
            backoff = min(backoff * 2, _LONGEST_BACKOFF)

    def _tell(self, subscription: str, seconds: float) -> None:
        """Say, once for each subscription, that its limits are what takes so long."""
        if seconds >= _SILENT and subscription.lower() not in self._told:
            self._told.add(subscription.lower())
            logger.warning(
                'Azure limits the requests to subscription %s (429) and has to be waited for: somebody or something '
                'else sends it many. The command goes on by itself.',
                subscription,
            )

    async def _attempt(
        self, method: str, subscription: str, aux_tenant: str | None, request: Send, has_slot: bool
    ) -> Answer | NoAnswer | None:
        """Send a request once; None, unsent, where it needs a slot by the time that a thread is free for it."""
        left = self._deadline - self.clock.now()
        if left <= 0:
            raise TimedOut(self._limit)

        def attempt() -> Answer | NoAnswer | None:
            if not has_slot and self._limiter.is_spreading(subscription, method):
                return None
            return requests.attempt(self._clients, subscription, aux_tenant, request)

        running = asyncio.get_running_loop().run_in_executor(self._executor, attempt)
        try:
            return await asyncio.wait_for(running, self.clock.to_real_seconds(left))
        except asyncio.TimeoutError:
            raise TimedOut(self._limit) from None
