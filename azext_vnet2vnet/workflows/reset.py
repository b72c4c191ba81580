"""`reset`: both connections of a pair, or its gateways; it runs as an update does."""

from collections.abc import Collection

from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks.change import check_reset, check_whole
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.diagnostic import refuse
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.planning.update_plan import plan_reset
from azext_vnet2vnet.readers.diagnostics import with_connections
from azext_vnet2vnet.workflows.existing import ChangePreview, check_change


class ResetPreview(ChangePreview):
    """A plan whose steps all start at once, and that the same command would do a second time."""

    @property
    def parting(self) -> str:
        """What waits for it."""
        return f'az vnet2vnet wait --ids {quoted(self.pair.halves[0].id)} waits until the pair is connected again'


async def preview_reset(arm: Arm, pair: ObservedPair, gateways: Collection[int]) -> ResetPreview:
    """What resets both connections, or the gateways of the ends with these numbers; Refused with what stops it."""
    refuse(check_whole(pair))
    if gateways:
        pair = await with_connections(arm, pair)
    plan = plan_reset(pair, gateways)
    return ResetPreview(plan, await check_change(arm, pair, plan, check_reset(pair, gateways)), pair)
