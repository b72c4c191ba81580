"""The time that waiting goes by."""

import asyncio
import time
from collections.abc import Callable


class Clock:
    """Seconds as Azure counts them; `speed` of them pass in one real second (1 but for a simulated Azure)."""

    def __init__(self, speed: float = 1.0, now: Callable[[], float] = time.monotonic):
        """`now` gives real seconds since some fixed moment; asyncio's event loop must go by them too."""
        self.speed = speed
        self._now = now

    def now(self) -> float:
        """Seconds since some fixed moment."""
        return self._now() * self.speed

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        await asyncio.sleep(max(seconds, 0) / self.speed)

    def told(self, real_seconds: float) -> float:
        """A wait that Azure told, which is in real seconds, on this clock."""
        return real_seconds * self.speed
