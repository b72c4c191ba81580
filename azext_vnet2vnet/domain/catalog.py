"""What Azure offers: SKUs of VPN gateways, generations, limits. Dated data, each with its source.

Sources: "SKU table" is Microsoft's page on gateway SKUs (2025-06-23) with the throughput table of 2019;
"SKU consolidation" is Microsoft's What's new for VPN Gateway (2025-11-25).
"""
from dataclasses import dataclass
from datetime import date

DEFAULT_SKU = 'VpnGw2AZ'  # The how-to's choice in 2026.
DEFAULT_GENERATION = 'Generation2'
GENERATIONS = ('Generation1', 'Generation2')
SMALLEST_GATEWAY_SUBNET = 29  # Documented: /29 is the smallest, /27 or larger is recommended.
GATEWAY_SUBNET_LENGTHS = (27, 28, 29)
ALL_ZONES = ('1', '2', '3')


@dataclass(frozen=True)
class Sku:
    """A SKU of a VPN gateway: what it can do, and since when no new gateway may have it."""
    name: str
    generations: tuple[str, ...]
    zonal: bool
    tunnels: int
    active_active: bool = True
    bgp: bool = True
    refused_since: date | None = None
    replacement: str | None = None


# Documented (SKU consolidation): creation ends by May 2025; reported refusals date from 2025-11-01 on.
_NON_ZONAL_END = date(2025, 11, 1)
# Documented (deprecated SKU FAQ): no new ones since 2023-12-01.
_LEGACY_END = date(2023, 12, 1)
_BOTH = GENERATIONS
_FIRST = ('Generation1',)
_SECOND = ('Generation2',)

SKUS = {sku.name.lower(): sku for sku in (
    Sku('Basic', _FIRST, False, 10, active_active=False, bgp=False),
    Sku('VpnGw1AZ', _FIRST, True, 30),
    Sku('VpnGw2AZ', _BOTH, True, 30),
    Sku('VpnGw3AZ', _BOTH, True, 30),
    Sku('VpnGw4AZ', _SECOND, True, 100),
    Sku('VpnGw5AZ', _SECOND, True, 100),
    Sku('VpnGw1', _FIRST, False, 30, refused_since=_NON_ZONAL_END, replacement='VpnGw1AZ'),
    Sku('VpnGw2', _BOTH, False, 30, refused_since=_NON_ZONAL_END, replacement='VpnGw2AZ'),
    Sku('VpnGw3', _BOTH, False, 30, refused_since=_NON_ZONAL_END, replacement='VpnGw3AZ'),
    Sku('VpnGw4', _SECOND, False, 100, refused_since=_NON_ZONAL_END, replacement='VpnGw4AZ'),
    Sku('VpnGw5', _SECOND, False, 100, refused_since=_NON_ZONAL_END, replacement='VpnGw5AZ'),
    Sku('Standard', _FIRST, False, 10, refused_since=_LEGACY_END, replacement='VpnGw1AZ'),
    Sku('HighPerformance', _FIRST, False, 30, refused_since=_LEGACY_END, replacement='VpnGw2AZ'),
)}


def find_sku(name: str) -> Sku | None:
    """The SKU of that name, whatever its case; None where VPN gateways have no such SKU."""
    return SKUS.get(name.lower())


def available_skus() -> tuple[str, ...]:
    """The names of the SKUs that a new gateway may have."""
    return tuple(sku.name for sku in SKUS.values() if sku.refused_since is None)


def default_generation(sku: Sku) -> str:
    """The generation a new gateway of this SKU gets when none is typed: the newest that the SKU has."""
    return sku.generations[-1]
