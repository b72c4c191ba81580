"""The time that waiting goes by."""

import asyncio
import time


class Clock:
    """Seconds as Azure counts them; `speed` of them pass in one real second (1 but for a simulated Azure)."""

    def __init__(self, speed: float = 1.0):
        self.speed = speed

    def now(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic() * self.speed

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        await asyncio.sleep(max(seconds, 0) / self.speed)

    def told(self, real_seconds: float) -> float:
        """A wait that Azure told, which is in real seconds, on this clock."""
        return real_seconds * self.speed
