"""What Azure offers: SKUs of VPN gateways, generations, limits, ASNs. Dated data, each with its source.

Sources: [1] Microsoft's "About gateway SKUs" (2025-06-23) and its throughput table (2019); [2] "What's new in VPN
Gateway" (2025-11-25); [3] the FAQ on deprecated SKUs; [4] the BGP FAQ (2019); [5] the VPN Gateway FAQ (2024-07).
"""

from dataclasses import dataclass
from datetime import date

DEFAULT_SKU = 'VpnGw2AZ'  # The how-to's choice in 2026.
DEFAULT_GENERATION = 'Generation2'
GENERATIONS = ('Generation1', 'Generation2')
SMALLEST_GATEWAY_SUBNET = 29  # [5]: /29 is the smallest, /27 or larger is recommended.
GATEWAY_SUBNET_LENGTHS = (27, 28, 29)
ALL_ZONES = ('1', '2', '3')
COEXISTENCE_LENGTH = 27  # [5]: beside an ExpressRoute gateway.

DEFAULT_ASN = 65515  # [4], and recorded: what a gateway has when none is given.
ASNS = range(1, 2**32)
# [4]: reserved by Azure, public and private (65515 itself is the gateways' own), then by IANA.
RESERVED_ASNS = (
    range(8074, 8076),
    range(12076, 12077),
    range(65517, 65521),
    range(23456, 23457),
    range(64496, 64512),
    range(65535, 65552),
    range(2**32 - 1, 2**32),
)


@dataclass(frozen=True)
class Sku:
    """A SKU of a VPN gateway: what it can do, and since when no new gateway may have it.

    `throughput` is the aggregate in Mbps by generation; `tunnels` counts site-to-site and VNet-to-VNet ones.
    """

    name: str
    throughput: tuple[tuple[str, int], ...]
    tunnels: int
    refused_since: date | None = None
    replacement: str | None = None

    @property
    def generations(self) -> tuple[str, ...]:
        """The generations that have the SKU."""
        return tuple(generation for generation, _ in self.throughput)

    @property
    def zonal(self) -> bool:
        """Whether it is an AZ SKU."""
        return self.name.endswith('AZ')

    @property
    def is_basic(self) -> bool:
        """Whether it is Basic, which has no BGP, no active-active and no IPsec policies [1]."""
        return self.name == 'Basic'


def _both(first: int, second: int) -> tuple[tuple[str, int], ...]:
    return ('Generation1', first), ('Generation2', second)


_NON_ZONAL_END = date(2025, 11, 1)  # [2]: creation ends by May 2025; the first reported refusals are of this day.
_LEGACY_END = date(2023, 12, 1)  # [3]
_FIRST = {'VpnGw1': 650}
_TWICE = {'VpnGw2': (1000, 1250), 'VpnGw3': (1250, 2500)}
_SECOND = {'VpnGw4': 5000, 'VpnGw5': 10000}


def _vpn_skus():
    for suffix, end in (('AZ', None), ('', _NON_ZONAL_END)):
        for name, mbps in _FIRST.items():
            yield Sku(name + suffix, (('Generation1', mbps),), 30, end, end and f'{name}AZ')
        for name, rates in _TWICE.items():
            yield Sku(name + suffix, _both(*rates), 30, end, end and f'{name}AZ')
        for name, mbps in _SECOND.items():
            yield Sku(name + suffix, (('Generation2', mbps),), 100, end, end and f'{name}AZ')


SKUS = {
    sku.name.lower(): sku
    for sku in (
        Sku('Basic', (('Generation1', 100),), 10),
        *_vpn_skus(),
        Sku('Standard', (('Generation1', 100),), 10, _LEGACY_END, 'VpnGw1AZ'),
        Sku('HighPerformance', (('Generation1', 200),), 30, _LEGACY_END, 'VpnGw2AZ'),
    )
}


def find_sku(name: str) -> Sku | None:
    """The SKU of that name, whatever its case; None where VPN gateways have no such SKU."""
    return SKUS.get(name.lower())


def available_skus() -> tuple[str, ...]:
    """The names of the SKUs that a new gateway may have."""
    return tuple(sku.name for sku in SKUS.values() if sku.refused_since is None)


def default_generation(sku: Sku) -> str:
    """The generation a new gateway of this SKU gets when none is typed: the newest that the SKU has."""
    return sku.generations[-1]
