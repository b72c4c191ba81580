"""A pair that was observed -> one status, and the reasons why it is not healthy."""

from collections.abc import Iterable

from azext_vnet2vnet.checks.connection_health import (
    check_bytes,
    check_far_end,
    check_halves,
    check_keys,
    check_status,
    check_tunnels,
)
from azext_vnet2vnet.checks.gateway_health import (
    check_bgp,
    check_gateways,
    check_networks,
    check_reading,
    check_transit,
)
from azext_vnet2vnet.network.diagnostic import Diagnostic, errors
from azext_vnet2vnet.network.observed import CONNECTED, FAILED, SUCCEEDED
from azext_vnet2vnet.network.pair import ObservedPair

HALF = 'Half'
FAR_END_UNREADABLE = 'FarEndUnreadable'
_UNKNOWN = 'Unknown'
# In the order in which to mend what they find: a connection is not written while its gateway is in state Failed.
_CHECKS = (
    check_far_end,
    check_gateways,
    check_halves,
    check_keys,
    check_tunnels,
    check_bgp,
    check_networks,
    check_status,
    check_bytes,
    check_transit,
    check_reading,
)


def status_of(pair: ObservedPair) -> str:
    """The status of the pair: the worse of its halves, where they differ."""
    if any(half.state == FAILED for half in pair.halves):
        return FAILED
    if any(end.obstacle for end in pair.ends):
        return FAR_END_UNREADABLE
    if len(pair.halves) < 2:
        return HALF
    if any(half.state != SUCCEEDED for half in pair.halves):
        return 'Updating'
    statuses = {half.status for half in pair.halves}
    return next(
        (status for status in ('NotConnected', 'Connecting') if status in statuses),
        CONNECTED if statuses == {CONNECTED} else _UNKNOWN,
    )


def reasons_of(pair: ObservedPair) -> tuple[Diagnostic, ...]:
    """Every reason that applies, as far as the pair was read: errors first, each kind in the order to mend it."""
    reasons = tuple(reason for check in _CHECKS for reason in check(pair))
    return errors(reasons) + tuple(reason for reason in reasons if reason not in errors(reasons))


def is_healthy(pair: ObservedPair, reasons: Iterable[Diagnostic]) -> bool:
    """Whether every half that can be seen reports Connected and no reason is an error."""
    return all(half.status == CONNECTED for half in pair.halves) and not errors(reasons)
