"""Locks on gateways, so that one write waits for another of the run instead of being refused."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.plan import Step

Ends = frozenset[ResourceId]


class Collided(Exception):
    """Azure refused a write because of another one of this run; retry it when that one has ended."""


class GatewayLocks:
    """The gateways that running steps lock exclusively.

    A connection locks its own gateway. Whether Azure locks the far one too is not known (recorded 2017: it did not):
    that is assumed once it refuses a write because of another one. From then on a connection locks both.
    """

    def __init__(self) -> None:
        self._locks_both_ends = False
        self._held: Counter[ResourceId] = Counter()
        self._candidates: dict[ResourceId, Step] = {}
        self._running: dict[ResourceId, Step] = {}
        self._turns: dict[ResourceId, asyncio.Future[None]] = {}
        self._waiting: dict[ResourceId | None, dict[ResourceId, Step]] = defaultdict(dict)  # By each of their gateways.

    @asynccontextmanager
    async def held(self, step: Step) -> AsyncIterator[None]:
        """Wait until the gateways that the step locks are free, and hold them."""
        turn = self._turns[step.id] = asyncio.get_running_loop().create_future()
        for gateway in _ends(step) or (None,):
            self._waiting[gateway][step.id] = step
        self._admit_soon([step])
        try:
            await turn
            yield
        finally:
            self._release(step)

    def _release(self, step: Step) -> None:
        """Free the gateways of a step, or withdraw one that was cancelled while it waited for them."""
        del self._turns[step.id]
        if step.id in self._running:
            del self._running[step.id]
            self._held.subtract(_ends(step))
            self._admit_soon(other for gateway in _ends(step) for other in self._waiting[gateway].values())
        else:
            self._candidates.pop(step.id, None)
            for gateway in _ends(step) or (None,):
                del self._waiting[gateway][step.id]

    def collide(self, step: Step) -> None:
        """Azure was busy when the step wrote: Collided where that may be because of another step of this run."""
        if any(_ends(step) & _ends(other) for other in self._running.values() if other.id != step.id):
            self._locks_both_ends = True
            raise Collided()

    def _admit_soon(self, steps: Iterable[Step]) -> None:
        """Consider the steps together with all others that arrive or become free at this moment."""
        if not self._candidates:
            asyncio.get_running_loop().call_soon(self._admit)
        self._candidates |= {step.id: step for step in steps}

    def _admit(self) -> None:
        """Start those candidates whose gateways are free, first where most is left to do."""
        candidates, self._candidates = self._candidates, {}
        for step in sorted(candidates.values(), key=self._urgency):
            turn = self._turns[step.id]
            if not turn.done() and self._is_free(step):  # It is done where the step was just cancelled.
                for gateway in _ends(step) or (None,):
                    del self._waiting[gateway][step.id]
                self._running[step.id] = step
                self._held.update(_ends(step))
                turn.set_result(None)

    def _is_free(self, step: Step) -> bool:
        if self._locks_both_ends:
            return not any(self._held[gateway] > 0 for gateway in _ends(step))
        return step.lock is None or all(other.lock != step.lock for other in self._running.values())

    def _urgency(self, step: Step) -> tuple[int, int]:
        """With both ends locked, a mesh is done soonest where no gateway with much to do is idle."""
        loads = [len(self._waiting[gateway]) for gateway in _ends(step)] if self._locks_both_ends else []
        return -max(loads, default=0), -sum(loads)


def _ends(step: Step) -> Ends:
    return frozenset(filter(None, (step.lock, step.far_lock)))
