"""The one status of a pair that exists, and every reason why it is not healthy."""

from collections.abc import Callable, Iterable, Iterator

from azext_vnet2vnet.checks.connection import check_keys
from azext_vnet2vnet.checks.connection_health import (
    check_agreement,
    check_bytes,
    check_far_end,
    check_halves,
    check_reading,
    check_status,
)
from azext_vnet2vnet.checks.gateway import check_gateways
from azext_vnet2vnet.checks.gateway_subnet import check_contents
from azext_vnet2vnet.checks.routing import check_bgp, check_networks, check_transit
from azext_vnet2vnet.checks.vnet import check_dns, check_peered
from azext_vnet2vnet.network.diagnostic import Diagnostic, Severity, errors
from azext_vnet2vnet.network.observed import CONNECTED, FAILED, SUCCEEDED
from azext_vnet2vnet.network.pair import ObservedPair

HALF = 'Half'
FAR_END_UNREADABLE = 'FarEndUnreadable'
_UNKNOWN = 'Unknown'


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
    return errors(reasons) + tuple(reason for reason in reasons if reason.severity is Severity.WARNING)


def is_healthy(pair: ObservedPair, reasons: Iterable[Diagnostic]) -> bool:
    """Whether every half that can be seen reports Connected and no reason is an error."""
    return all(half.status == CONNECTED for half in pair.halves) and not errors(reasons)


def _check_peerings(pair: ObservedPair) -> Iterator[Diagnostic]:
    return check_peered(pair.end1.vnet, pair.end2.vnet.id if pair.end2.vnet else None)


def _check_dns(pair: ObservedPair) -> Iterator[Diagnostic]:
    for end in pair.ends:
        yield from check_dns(end.vnet) if end.vnet else ()


def _check_gateway_subnets(pair: ObservedPair) -> Iterator[Diagnostic]:
    for end in pair.ends:
        yield from check_contents(end, Severity.ERROR, Severity.ERROR)


def _check_unread(pair: ObservedPair) -> Iterator[Diagnostic]:
    for end in pair.ends:
        yield from check_reading(end)


# In the order in which to mend what they find: a connection is not written while its gateway is in state Failed.
_CHECKS: tuple[Callable[[ObservedPair], Iterator[Diagnostic]], ...] = (
    check_far_end,
    check_gateways,
    check_halves,
    check_keys,
    check_agreement,
    check_bgp,
    check_networks,
    _check_peerings,
    _check_gateway_subnets,
    _check_dns,
    check_status,
    check_bytes,
    check_transit,
    _check_unread,
)
