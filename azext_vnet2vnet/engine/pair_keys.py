"""The keys of the pairs that a run is about: each chosen once, when it is first needed."""

import asyncio
from collections.abc import Callable, Iterable

from azext_vnet2vnet.arm.failures import KeyUnreadable
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.engine.long_running import at_rest
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.planning.plan import Link
from azext_vnet2vnet.readers.site import read_key


class PairKey:
    """The key of one pair: given, that of the half which exists, or a new one."""

    def __init__(self, link: Link, given: SharedKey | None, keys: 'Keys'):
        self._link = link
        self._keys = keys
        self._choosing = asyncio.Lock()
        self.value = given  # None until it is chosen.

    async def choose(self, for_half: ResourceId | None = None) -> SharedKey:
        """The key; KeyUnreadable where it is that of a half which this login may not read the key of.

        Where none is known, the other half than `for_half`, which was just looked for, is looked at once more: somebody
        else may have made it since.
        """
        async with self._choosing:
            holder = self._link.key_holder
            if self.value is None and not holder:
                holder = await self._keys.find(half for half in self._link.halves if half and half != for_half)
            if self.value is None and holder:
                self.value = await self._keys.read(holder)
                if self.value is None:
                    raise KeyUnreadable(holder)
            if self.value is None:
                self.value = self._keys.generate()
        return self.value

    async def adopt(self, half: ResourceId) -> None:
        """Take over the key of a half that somebody else made meanwhile, unless there is one already."""
        async with self._choosing:
            self.value = self.value or await self._keys.read(half)


class Keys:
    """The keys of all pairs of a run, and of what it read: those that must not come out."""

    def __init__(
        self, arm: Arm, links: Iterable[Link], given: Iterable[SharedKey | None], generate: Callable[[], SharedKey]
    ):
        self.generate = generate
        self._arm = arm
        self._seen: list[SharedKey] = []
        self._pairs: list[PairKey] = []
        self._by_half: dict[ResourceId, PairKey] = {}
        for link, key in zip(links, given):
            pair = PairKey(link, key, self)
            self._pairs.append(pair)
            self._by_half |= {half: pair for half in link.halves if half}

    def of(self, half: ResourceId) -> PairKey:
        """The key of the pair that a connection is a half of."""
        return self._by_half[half]

    def of_link(self, number: int) -> PairKey:
        """The key of the pair with this number among the links of the plan."""
        return self._pairs[number]

    async def find(self, halves: Iterable[ResourceId]) -> ResourceId | None:
        """The first of the halves that is there, once Azure is not at work on it."""
        for half in halves:
            if not (await self._arm.get(half)).is_missing:
                await at_rest(self._arm, half)
                return half
        return None

    async def read(self, half: ResourceId) -> SharedKey | None:
        """The key that a connection has now; None where this login may not read it."""
        key = await read_key(self._arm, half)
        self._seen += [key] if key else []
        return key

    def mask_error(self, error: Exception) -> None:
        """Take all of the keys out of the text of an error: Azure may quote a request in it."""
        for key in filter(None, [*self._seen, *(pair.value for pair in self._pairs)]):
            if hasattr(error, 'text'):
                error.text = key.masked(error.text)
