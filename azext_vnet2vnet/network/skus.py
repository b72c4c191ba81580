"""What Azure offers: VPN gateway SKUs, generations, limits and ASNs. Dated facts, each with its source.

Sources: [1] Microsoft's "About gateway SKUs" (2025-06-23) and its throughput table (2019); [2] "What's new in VPN
Gateway" (2025-11-25); [3] the FAQ on deprecated SKUs; [4] the BGP FAQ (2019); [5] the VPN Gateway FAQ (2024-07).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

DEFAULT_SKU = 'VpnGw2AZ'  # The how-to's choice in 2026.
DEFAULT_GENERATION = 'Generation2'
GENERATIONS = ('Generation1', 'Generation2')
SMALLEST_GATEWAY_SUBNET = 29  # [5]: /29 is the smallest, /27 or larger is recommended.
GATEWAY_SUBNET_LENGTHS = (27, 28, 29)
ALL_ZONES = ('1', '2', '3')
COEXISTENCE_LENGTH = 27  # [5]: required beside an ExpressRoute gateway.

DEFAULT_ASN = 65515  # [4], and recorded: the ASN of a gateway for which none is given.
ASNS = range(1, 2**32)
# [4]: reserved by Azure, public and private (gateways themselves have 65515), then by IANA.
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
    """A VPN gateway SKU: its capabilities, since when Azure refuses it for new gateways, and when it is retired.

    `throughput` is the aggregate in Mbps by generation; `tunnels` is the most site-to-site and VNet-to-VNet ones.
    """

    name: str
    throughput: tuple[tuple[str, int], ...]
    tunnels: int
    refused_since: date | None = None
    replacement: str | None = None
    retired: date | None = None

    @property
    def generations(self) -> tuple[str, ...]:
        """The generations that offer the SKU."""
        return tuple(generation for generation, _ in self.throughput)

    @property
    def most_tunnels(self) -> int:
        """The most tunnels that any table of [1] allows: its table of features says 100 for all of VpnGw1 to 5."""
        return 100 if self.name.startswith('VpnGw') else self.tunnels

    @property
    def zonal(self) -> bool:
        """Whether it is an AZ SKU."""
        return self.name.endswith('AZ')

    @property
    def is_basic(self) -> bool:
        """Whether it is Basic, which supports neither BGP nor active-active nor IPsec policies [1]."""
        return self.name == 'Basic'


_NON_ZONAL_END = date(2025, 11, 1)  # [2]: creation ends by May 2025; the first refusals were reported on this day.
_LEGACY_END = date(2023, 12, 1)  # [3]
_NON_ZONAL_RETIRED = date(2026, 9, 30)  # [2]
_LEGACY_RETIRED = date(2026, 3, 31)  # [2]
# Name -> throughput and tunnels [1].
_VPN_GW = {
    'VpnGw1': ((('Generation1', 650),), 30),
    'VpnGw2': ((('Generation1', 1000), ('Generation2', 1250)), 30),
    'VpnGw3': ((('Generation1', 1250), ('Generation2', 2500)), 30),
    'VpnGw4': ((('Generation2', 5000),), 100),
    'VpnGw5': ((('Generation2', 10000),), 100),
}


def _vpn_gw_skus() -> Iterator[Sku]:
    yield from (Sku(f'{name}AZ', throughput, tunnels) for name, (throughput, tunnels) in _VPN_GW.items())
    for name, (throughput, tunnels) in _VPN_GW.items():
        yield Sku(name, throughput, tunnels, _NON_ZONAL_END, f'{name}AZ', _NON_ZONAL_RETIRED)


SKUS = {
    sku.name.lower(): sku
    for sku in (
        Sku('Basic', (('Generation1', 100),), 10),
        *_vpn_gw_skus(),
        Sku('Standard', (('Generation1', 100),), 10, _LEGACY_END, 'VpnGw1AZ', _LEGACY_RETIRED),
        Sku('HighPerformance', (('Generation1', 200),), 30, _LEGACY_END, 'VpnGw2AZ', _LEGACY_RETIRED),
    )
}


def find_sku(name: str) -> Sku | None:
    """The SKU with that name, in any case; None if VPN gateways have no such SKU."""
    return SKUS.get(name.lower())


def available_skus() -> tuple[str, ...]:
    """The names of the SKUs that Azure accepts for new gateways."""
    return tuple(sku.name for sku in SKUS.values() if sku.refused_since is None)


def default_generation(sku: Sku) -> str:
    """The generation of a new gateway for which none is given: the newest that offers the SKU."""
    return sku.generations[-1]
