"""Address prefixes in CIDR notation."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from tests.armsim.wire import ArmError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=4096)
def network_of(prefix: str) -> Network | None:
    """A CIDR prefix, None if it is not one."""
    try:
        return ipaddress.ip_network(prefix) if '/' in prefix else None
    except ValueError:
        return None


def parse_prefix(prefix: Any, resource_id: str) -> Network:
    """A CIDR prefix. Raises ArmError 400 InvalidAddressPrefixFormat (recorded)."""
    network = network_of(prefix) if isinstance(prefix, str) else None
    if network is None:
        raise ArmError(
            400,
            'InvalidAddressPrefixFormat',
            f'Address prefix {prefix} of resource {resource_id} is not formatted correctly. It should '
            'follow CIDR notation, for example 10.0.0.0/24.',
            [],
        )
    return network


def space_of(vnet: dict) -> list[Network]:
    """The address space of a VNet's record."""
    return [network_of(prefix) for prefix in vnet['properties']['addressSpace']['addressPrefixes']]


def contains(outer: Network, inner: Network) -> bool:
    """Whether `inner` lies in `outer`."""
    return outer.version == inner.version and inner.subnet_of(outer)


def overlapping(ones: Iterable[Network], others: Iterable[Network]) -> tuple[Network, Network] | None:
    """The first two that overlap, one from each side."""
    others = list(others)
    return next(
        ((one, other) for one in ones for other in others if one.version == other.version and one.overlaps(other)), None
    )
