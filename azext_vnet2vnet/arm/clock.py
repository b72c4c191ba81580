"""The clock that all waiting goes by."""

import asyncio
import time
from collections.abc import Callable


class Clock:
    """Clock seconds, of which `speed` pass in one real second: 1 with Azure, more with a simulated one."""

    def __init__(self, speed: float = 1.0, now: Callable[[], float] = time.monotonic):
        """`now` returns real seconds since any fixed moment; the event loop must go by the same time."""
        self.speed = speed
        self._now = now

    def now(self) -> float:
        """Clock seconds since a fixed moment."""
        return self._now() * self.speed

    async def sleep(self, seconds: float) -> None:
        """Sleep for clock seconds."""
        await asyncio.sleep(self.to_real_seconds(seconds))

    def from_real_seconds(self, seconds: float) -> float:
        """Convert real seconds, such as Retry-After, to clock seconds."""
        return seconds * self.speed

    def to_real_seconds(self, seconds: float) -> float:
        """Convert clock seconds to real seconds, such as a timeout of asyncio; at least 0."""
        return max(seconds, 0) / self.speed
