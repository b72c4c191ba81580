"""The keys of the pairs that a run is about: each chosen once, when it is first needed."""

import asyncio
from collections.abc import Callable, Iterable

from azext_vnet2vnet.arm.failures import KeyUnreadable
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.engine.long_running import at_rest
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.plan import PlannedPair
from azext_vnet2vnet.readers.resources import read_key


class PairKey:
    """The key of one pair: given, that of the half which exists, or a new one."""

    def __init__(self, pair: PlannedPair, keys: 'PairKeys'):
        self._pair = pair
        self._keys = keys
        self._choosing = asyncio.Lock()
        self.value = pair.key  # None until it is chosen.

    async def choose(self, for_half: ResourceId | None = None) -> SharedKey:
        """The key; KeyUnreadable where it is that of a half which this login may not read the key of.

        Where none is known, the other half than `for_half`, which was just read, is read once more: somebody else may
        have created it since.
        """
        async with self._choosing:
            if self.value is None:
                others = (half for half in self._pair.written_halves if half != for_half)
                holder = self._pair.key_holder or await self._keys.find(others)
                self.value = await self._keys.read(holder) if holder else self._keys.generate()
                if self.value is None and holder:
                    raise KeyUnreadable(holder)
            assert self.value
            return self.value

    async def adopt(self, half: ResourceId) -> None:
        """Take over the key of a half that somebody else created in the meantime, unless one is chosen already."""
        async with self._choosing:
            self.value = self.value or await self._keys.read(half)


class PairKeys:
    """Keys chosen or read in this run; used to redact error texts, too."""

    def __init__(self, arm: Arm, pairs: Iterable[PlannedPair], generate: Callable[[], SharedKey]):
        self.generate = generate
        self._arm = arm
        self._read: list[SharedKey] = []
        self._by_half = {half: key for pair in pairs for key in [PairKey(pair, self)] for half in pair.written_halves}

    def of(self, half: ResourceId) -> PairKey:
        """The key of the pair that a connection is a half of."""
        return self._by_half[half]

    async def find(self, halves: Iterable[ResourceId]) -> ResourceId | None:
        """The first of the halves that exists, once Azure is not at work on it."""
        for half in halves:
            if not (await self._arm.get(half)).is_missing:
                await at_rest(self._arm, half)
                return half
        return None

    async def read(self, half: ResourceId) -> SharedKey | None:
        """The key that a connection has now; None where this login may not read it."""
        key = await read_key(self._arm, half)
        self._read += [key] if key else []
        return key

    def redact(self, error: Exception) -> None:
        """Remove all of the keys from the text of an error: Azure may quote a request in it."""
        for key in filter(None, [*self._read, *(pair.value for pair in self._by_half.values())]):
            if hasattr(error, 'text'):
                error.text = key.masked(error.text)
