"""Azure's time: real time made faster, or a clock that stands until it is moved."""

import time
from datetime import datetime, timezone


class Clock:
    """Real time, `speed` times faster, from the present on."""

    def __init__(self, speed: float = 1.0):
        self.speed = speed
        self._origin = time.time()
        self._started = time.monotonic()

    def now(self) -> float:
        """Azure time in seconds since 1970."""
        return self._origin + (time.monotonic() - self._started) * self.speed

    def move_to(self, moment: float) -> None:
        """Make `moment` the present, for a world that goes on from a stored state."""
        self._origin = moment
        self._started = time.monotonic()


class ManualClock:
    """A clock for tests in process; it starts at a fixed moment."""

    speed = 1.0

    def __init__(self, moment: float = 1_800_000_000.0):
        self._moment = moment

    def now(self) -> float:
        """Azure time in seconds since 1970."""
        return self._moment

    def move_to(self, moment: float) -> None:
        """Make `moment` the present."""
        self._moment = moment

    def advance(self, seconds: float) -> None:
        """Let this much Azure time pass."""
        self._moment += seconds


def iso(moment: float) -> str:
    """A moment as Azure prints it, with seven digits after the point."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.%f0Z')


def ticks(moment: float) -> int:
    """A moment in .NET ticks: 100 ns since year 1."""
    return 621_355_968_000_000_000 + int(moment * 10_000_000)
