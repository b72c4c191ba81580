"""Keep requests under the rate that Azure Resource Manager grants a subscription."""

from collections.abc import Mapping

from azext_vnet2vnet.arm.clock import Clock

# Requests per second at which the token buckets of a subscription refill (documented 2024).
_REFILL_RATES = {'reads': 25.0, 'writes': 10.0, 'deletes': 10.0}
# Tokens left in a bucket of 200 or 250 (documented) below which requests are spread, and above which they are not.
_LOW = 40
_HIGH = 100
_HEADER = 'x-ms-ratelimit-remaining-subscription-'


class RateLimiter:
    """Spreads the requests to a subscription while its bucket runs low, so that few get a 429 and they do not storm."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self._next_slots: dict[tuple[str, str], float] = {}  # Of the buckets whose requests are spread.

    def reserve(self, subscription: str, method: str) -> float | None:
        """Reserve the next slot for a request; the clock seconds until then, None while requests are not spread."""
        bucket = _bucket(subscription, method)
        if bucket not in self._next_slots:
            return None
        slot = max(self._next_slots[bucket], self._clock.now())
        self._next_slots[bucket] = slot + 1 / _REFILL_RATES[bucket[1]]
        return slot - self._clock.now()

    def is_spreading(self, subscription: str, method: str) -> bool:
        """Whether such requests are being spread; may be called from any thread."""
        return _bucket(subscription, method) in self._next_slots

    def update(self, subscription: str, method: str, headers: Mapping[str, str]) -> None:
        """Begin or end to spread requests by the tokens that an answer says are left; `headers` in lower case."""
        bucket = _bucket(subscription, method)
        try:
            remaining = int(headers[_HEADER + bucket[1]])
        except (KeyError, ValueError):
            return
        if remaining < _LOW:
            self._next_slots.setdefault(bucket, self._clock.now())
        elif remaining > _HIGH:
            self._next_slots.pop(bucket, None)

    def hold(self, subscription: str, method: str, seconds: float) -> None:
        """After a 429 for the whole subscription: no request for `seconds` of the clock, then spread ones."""
        bucket = _bucket(subscription, method)
        self._next_slots[bucket] = max(self._next_slots.get(bucket, 0.0), self._clock.now() + seconds)


def _bucket(subscription: str, method: str) -> tuple[str, str]:
    """The token bucket that a request draws from: reads, writes and deletes of a subscription have one each."""
    return subscription.lower(), 'reads' if method in ('GET', 'HEAD') else 'deletes' if method == 'DELETE' else 'writes'
