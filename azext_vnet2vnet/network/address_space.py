"""Address ranges: whether they overlap, whether one holds another, and where a GatewaySubnet fits."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network


def parse_prefix(text: str) -> Network:
    """The network of a CIDR prefix; ValueError if it is not one or has host bits set."""
    if '/' not in text:
        raise ValueError(f"'{text}' is not a CIDR prefix")
    return ip_network(text.strip())


def overlaps(ours: Iterable[str], theirs: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of prefixes, one of each list, that share addresses."""
    others = [parse_prefix(text) for text in theirs]
    return [(str(one), str(other)) for one in map(parse_prefix, ours) for other in others if one.overlaps(other)]


def contains(space: Iterable[str], prefix: str) -> bool:
    """Whether one prefix of `space` holds the whole of `prefix`."""
    network = parse_prefix(prefix)
    # Two CIDR blocks that overlap are nested.
    return any(outer.prefixlen <= network.prefixlen and outer.overlaps(network) for outer in map(parse_prefix, space))


def highest_free(space: Sequence[str], taken: Iterable[str], lengths: Sequence[int]) -> str | None:
    """The highest IPv4 prefix in `space` that overlaps none of `taken`, of the first of `lengths` that fits."""
    used = [network for network in map(parse_prefix, taken) if network.version == 4]
    outer = sorted((network for network in map(parse_prefix, space) if network.version == 4), reverse=True)
    for length in lengths:
        for network in outer:
            found = _highest_in(network, length, used)
            if found:
                return str(found)
    return None


def _highest_in(network: IPv4Network, length: int, used: Sequence[Network]) -> IPv4Network | None:
    if length < network.prefixlen:
        return None
    size = 2 ** (32 - length)
    start = int(network.broadcast_address) + 1 - size
    while start >= int(network.network_address):
        candidate = IPv4Network((start, length))
        blockers = [other for other in used if candidate.overlaps(other)]
        if not blockers:
            return candidate
        # Everything from the lowest blocker upwards has been tried or is taken: continue just below it.
        start = (min(int(other.network_address) for other in blockers) // size) * size - size
    return None
