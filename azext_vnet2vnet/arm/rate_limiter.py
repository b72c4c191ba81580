"""How fast requests may follow each other where Azure Resource Manager grants few more of them."""

from collections.abc import Mapping

from azext_vnet2vnet.arm.clock import Clock

# Requests a second that the buckets of a subscription fill up with (documented 2024).
_RATES = {'reads': 25.0, 'writes': 10.0, 'deletes': 10.0}
_SCARCE = 40  # What is left of a bucket when requests begin to be spread; it holds 200 or 250 (documented).
_PLENTY = 100
_HEADER = 'x-ms-ratelimit-remaining-subscription-'


def kind_of(method: str) -> str:
    """Which of a subscription's buckets a request draws from."""
    return 'reads' if method in ('GET', 'HEAD') else 'deletes' if method == 'DELETE' else 'writes'


class Pace:
    """Spreads the requests to a subscription once its bucket runs low, so that few are refused and none storms."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self._next: dict[tuple[str, str], float] = {}  # Only while requests are spread.

    def wait(self, subscription: str, method: str) -> float:
        """How long the next request has to wait; it takes its turn."""
        key = subscription.lower(), kind_of(method)
        if key not in self._next:
            return 0.0
        turn = max(self._next[key], self._clock.now())
        self._next[key] = turn + 1 / _RATES[key[1]]
        return turn - self._clock.now()

    def is_scarce(self, subscription: str) -> bool:
        """Whether reads of the subscription are being spread."""
        return (subscription.lower(), 'reads') in self._next

    def heed(self, subscription: str, method: str, headers: Mapping[str, str]) -> None:
        """Learn from an answer how many requests are left."""
        key = subscription.lower(), kind_of(method)
        try:
            left = int(headers[_HEADER + key[1]])
        except (KeyError, ValueError):
            return
        if left < _SCARCE:
            self._next.setdefault(key, self._clock.now())
        elif left > _PLENTY:
            self._next.pop(key, None)

    def refuse(self, subscription: str, method: str, seconds: float) -> None:
        """Azure refused a request for now: none follows before its time is over, and then one by one."""
        key = subscription.lower(), kind_of(method)
        self._next[key] = max(self._next.get(key, 0.0), self._clock.now() + seconds)
