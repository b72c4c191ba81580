"""When to look at a resource that Azure is at work on, beside asking for the operation as Azure tells."""

from collections import defaultdict
from statistics import median

Kind = tuple[str, int]  # The type of the resource, and the status that the write was answered with: created or changed.

# Seconds between two looks: a share of the time that it has taken so far, within limits.
_SHARE = 0.1
_SHORTEST = 10.0
_LONGEST = 20.0
# Once it is known how long such writes take here: from when on to look, as a share of that, and how often.
_EARLY = 0.9
_CLOSE = 5.0
_LATE = 1.5


class Looks:
    """How long to wait for the next look; it learns from the writes of the run that are over."""

    def __init__(self) -> None:
        self._seconds: dict[Kind, list[float]] = defaultdict(list)

    def pause(self, kind: Kind, elapsed: float) -> float:
        """Seconds until the next look at a resource whose write began `elapsed` seconds ago."""
        usual = median(self._seconds[kind]) if self._seconds[kind] else 0.0
        if elapsed < usual * _EARLY:
            return max(usual * _EARLY - elapsed, _CLOSE)
        if elapsed < usual * _LATE:
            return _CLOSE
        return min(max(elapsed * _SHARE, _SHORTEST), _LONGEST)

    def learn(self, kind: Kind, seconds: float) -> None:
        """A write took so long."""
        self._seconds[kind].append(seconds)
