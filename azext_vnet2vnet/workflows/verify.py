"""`verify`: a pair with all that its health is judged by."""

from collections.abc import Sequence

from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.readers.diagnostics import examine
from azext_vnet2vnet.readers.pair import find_pair


async def verify_pair(arm: Arm, accounts: Sequence[Account], half: ResourceId) -> ObservedPair:
    """The pair that a connection is a half of, examined; Refused where there is none."""
    return await examine(arm, await find_pair(arm, accounts, half))
