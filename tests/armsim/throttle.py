"""Resource Manager's throttling: a token bucket per subscription, principal and kind of request."""

from tests.armsim.fabric import Caller, Fabric
from tests.armsim.operations import exact_seconds
from tests.armsim.wire import ArmError

# size, refill per Azure second (documented 2024)
BUCKETS = {'reads': (250, 25.0), 'writes': (200, 10.0), 'deletes': (200, 10.0)}
# What answers say while nothing is throttled (recorded 2025); how it maps to the buckets is not known.
RECORDED = {'reads': (1099, 16499), 'writes': (799, 11999), 'deletes': (799, 11999)}


def kind_of(method: str) -> str:
    """Which bucket a method draws from."""
    return 'reads' if method in ('GET', 'HEAD') else 'deletes' if method == 'DELETE' else 'writes'


class Throttle:
    """The buckets; they fill while Azure's time goes by."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str, str], tuple[float, float]] = {}

    def draw(self, fabric: Fabric, caller: Caller, subscription: str, method: str) -> int | None:
        """Take one token; what remains, None where throttling is off. Raises ArmError 429 from an empty bucket."""
        if not fabric.settings.throttling:
            return None
        kind = kind_of(method)
        size, rate = BUCKETS[kind]
        key = (subscription, caller.object_id, kind)
        level, moment = self._buckets.get(key, (float(size), fabric.now))
        level = min(size, level + (fabric.now - moment) * rate)
        if level < 1:
            self._buckets[key] = (level, fabric.now)
            wait = (1 - level) / rate
            # Code and text are recorded for another storage limit; the header is documented.
            raise ArmError(
                429,
                'SubscriptionRequestsThrottled',
                f"Number of requests for subscription '{subscription}' and operation "
                f"'{method}/SUBSCRIPTIONS/' exceeded the backend storage limit. Please try again after "
                f"'{max(1, round(wait))}' seconds.",
                headers={'Retry-After': exact_seconds(fabric, max(1, wait))},
            )
        self._buckets[key] = (level - 1, fabric.now)
        return int(level - 1)


def headers(method: str, remaining: int | None) -> dict[str, str]:
    """The remaining-requests headers of an answer."""
    kind = kind_of(method)
    near, far = RECORDED[kind] if remaining is None else (remaining, remaining * 15)
    return {
        f'x-ms-ratelimit-remaining-subscription-{kind}': str(near),
        f'x-ms-ratelimit-remaining-subscription-global-{kind}': str(far),
    }
