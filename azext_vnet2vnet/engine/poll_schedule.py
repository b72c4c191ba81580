"""When to read a resource that an operation works on, between the polls of the operation."""

from collections import defaultdict
from statistics import median

WriteKind = tuple[
    str, int
]  # The type of the resource, and the status that answered the write: 201 created, 200 changed.

# Seconds between two reads: a share of the time that the operation has taken so far, within limits.
_SHARE = 0.1
_SHORTEST = 10.0
_LONGEST = 20.0
# Once it is known how long such operations take: reads begin at _EARLY of that time, and are _CLOSE until _LATE of it.
_EARLY = 0.9
_CLOSE = 5.0
_LATE = 1.5


class PollSchedule:
    """Poll intervals of resources; it learns from the operations of the run that have ended."""

    def __init__(self) -> None:
        self._durations: dict[WriteKind, list[float]] = defaultdict(list)

    def interval(self, kind: WriteKind, elapsed: float) -> float:
        """Seconds until the next read of a resource whose write began `elapsed` seconds ago."""
        usual = median(self._durations[kind]) if self._durations[kind] else 0.0
        if elapsed < usual * _EARLY:
            return max(usual * _EARLY - elapsed, _CLOSE)
        if elapsed < usual * _LATE:
            return _CLOSE
        return min(max(elapsed * _SHARE, _SHORTEST), _LONGEST)

    def learn(self, kind: WriteKind, seconds: float) -> None:
        """Record how long an operation took."""
        self._durations[kind].append(seconds)
