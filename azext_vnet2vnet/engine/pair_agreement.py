"""After the last write: both halves of a pair compared once more, because another run may have written them too."""

import asyncio
from collections.abc import Mapping

from azext_vnet2vnet.arm.failures import KeysDiffer, RequestFailed
from azext_vnet2vnet.arm.from_json import connection_from_arm
from azext_vnet2vnet.arm.to_json import to_arm
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.engine.long_running import at_rest, finish, settle
from azext_vnet2vnet.engine.pair_keys import PairKeys
from azext_vnet2vnet.engine.poll_schedule import PollSchedule
from azext_vnet2vnet.network.desired import Connection, KeySetting
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.network.resource_id import ResourceId, shared_key_of
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.plan import PlannedPair

_TRIES = 6  # Comparisons of two keys, while the run that wrote the other half makes them equal.
_INTERVAL = 15.0


def plan_changed(message: str) -> Refused:
    """What somebody else did to a resource since the plan was made, in one sentence without its full stop."""
    advice = 'Run the same command again: it makes its plan from what exists then'
    return Refused((rules.PLAN_CHANGED.found(message, advice),))


class PairAgreement:
    """Compares the halves of pairs that one run has written."""

    def __init__(self, arm: Arm, keys: PairKeys):
        self._arm = arm
        self._keys = keys

    async def check(self, pair: PlannedPair, asked: Mapping[ResourceId, Connection], gives_key: bool) -> None:
        """Compare the halves with what was `asked` of them and with each other; their keys if the run gave one of them.

        Raises Refused with plan-changed, and KeysDiffer.
        """
        halves = pair.written_halves
        tunnels = dict(zip(halves, await asyncio.gather(*map(self._tunnel, halves)), strict=True))
        try:
            for half, connection in asked.items():
                _compare(half, connection.tunnel, tunnels[half])
            if asked and len(halves) == 2:
                near, far = (tunnels[half] for half in halves)
                _compare(halves[1], near.fields_to_write(far.mirrored()).mirrored(), far)
        finally:
            if gives_key and len(halves) == 2:
                await self._compare_keys(pair)
            elif gives_key and pair.key and await self._keys.read(halves[0]) not in (None, pair.key):
                raise KeysDiffer(halves[0])

    async def _tunnel(self, half: ResourceId) -> Tunnel:
        try:
            return connection_from_arm(await at_rest(self._arm, half)).tunnel
        except RequestFailed as failure:
            if failure.status != 404:
                raise
            raise plan_changed(f'{half} is gone: somebody else deleted it in the meantime') from None

    async def _compare_keys(self, pair: PlannedPair) -> None:
        """Make both keys equal where two runs wrote one half each; KeysDiffer where they end up without the given key.

        Decision: all runs leave the key of the half whose id sorts first, and whoever set the other one repeats that
        with the same key. What is not of this run stays as it is.
        """
        first, second = sorted(pair.written_halves)
        own = [self._keys.of(second).value]
        for _ in range(_TRIES):
            key, other = await asyncio.gather(self._keys.read(first), self._keys.read(second))
            if key is None or other is None:
                return
            if key == other:
                if pair.key not in (None, key):
                    raise KeysDiffer(first)
                return
            if other in own:
                own.append(key)
                await self._set_key(second, key)
            else:
                await self._arm.pause(_INTERVAL)
        raise KeysDiffer(second)

    async def _set_key(self, half: ResourceId, key: SharedKey) -> None:
        setting = shared_key_of(half)
        answer = await self._arm.put(setting, to_arm(KeySetting(half), key))
        await finish(self._arm, setting, answer, PollSchedule(), witness=half)
        await settle(self._arm, half)


def _compare(half: ResourceId, asked: Tunnel, present: Tunnel) -> None:
    names = asked.differences(present)
    if names:
        fields = ', '.join(name.replace('_', ' ') for name in names)
        raise plan_changed(f'{half} is not as asked for ({fields}): somebody else wrote it in the meantime')
