"""Which gateways are being written to, so that one write waits for another instead of being refused."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.plan import Step

Ends = frozenset[ResourceId]


class Collided(Exception):
    """Azure refused a write because of another one of this run; it is to be tried again when that is over."""


class GatewayLocks:
    """The gateways that the running steps need to themselves.

    A connection needs its own gateway. Whether Azure locks the far one too is not known (recorded 2017: it did not):
    that is assumed when it refuses a write because of another one. From then on a connection needs both.
    """

    def __init__(self) -> None:
        self._is_wide = False
        self._held: Counter[ResourceId] = Counter()
        self._candidates: dict[ResourceId, Step] = {}
        self._running: dict[ResourceId, Step] = {}
        self._turns: dict[ResourceId, asyncio.Future] = {}
        self._waiting: dict[ResourceId | None, dict[ResourceId, Step]] = defaultdict(dict)  # By each of their gateways.

    @asynccontextmanager
    async def held(self, step: Step) -> AsyncIterator[None]:
        """Wait until the gateways that the step needs are free, and hold them."""
        turn = self._turns[step.id] = asyncio.get_running_loop().create_future()
        for gateway in _ends(step) or (None,):
            self._waiting[gateway][step.id] = step
        self._admit_soon([step])
        await turn
        try:
            yield
        finally:
            del self._running[step.id]
            self._held.subtract(_ends(step))
            self._admit_soon(other for gateway in _ends(step) for other in self._waiting[gateway].values())

    def collide(self, step: Step) -> None:
        """Azure was busy when the step wrote: Collided where it may be because of another step of this run."""
        if any(_ends(step) & _ends(other) for other in self._running.values() if other.id != step.id):
            self._is_wide = True
            raise Collided()

    def _admit_soon(self, steps: Iterable[Step]) -> None:
        """Have the steps looked at together with all others that came or were freed at this moment."""
        if not self._candidates:
            asyncio.get_running_loop().call_soon(self._admit)
        self._candidates |= {step.id: step for step in steps}

    def _admit(self) -> None:
        """Give their turn to those of the candidates that can have it, first where the most is still to be done."""
        candidates, self._candidates = self._candidates, {}
        for step in sorted(candidates.values(), key=self._urgency):
            if step.id not in self._running and self._is_free(step):
                for gateway in _ends(step) or (None,):
                    del self._waiting[gateway][step.id]
                self._running[step.id] = step
                self._held.update(_ends(step))
                self._turns[step.id].set_result(None)

    def _is_free(self, step: Step) -> bool:
        if self._is_wide:
            return not any(self._held[gateway] > 0 for gateway in _ends(step))
        return step.lock is None or all(other.lock != step.lock for other in self._running.values())

    def _urgency(self, step: Step) -> tuple[int, int]:
        """With both ends locked, a network is done soonest where no gateway with much to do is left idle."""
        loads = [len(self._waiting[gateway]) for gateway in _ends(step)] if self._is_wide else []
        return -max(loads, default=0), -sum(loads)


def _ends(step: Step) -> Ends:
    return frozenset(filter(None, (step.lock, step.far_lock)))
