"""Where one end's resources go: what was typed, laid over what is there, filled up with defaults."""
from dataclasses import dataclass

from azext_vnet2vnet.domain import catalog
from azext_vnet2vnet.domain.addresses import highest_free
from azext_vnet2vnet.domain.ids import CONNECTION_TYPE, PUBLIC_IP_TYPE, ResourceId
from azext_vnet2vnet.domain.model import End, Pair
from azext_vnet2vnet.domain.observed import ObservedGateway, Region, Site


@dataclass(frozen=True)
class Layout:
    """One end, worked out; None where neither the options nor Azure say it."""
    location: str | None
    address_prefixes: tuple[str, ...]
    gateway_subnet: str | None
    gateway: ResourceId
    existing_gateway: ObservedGateway | None
    sku: catalog.Sku | None
    generation: str
    public_ips: tuple[ResourceId, ...]
    region: Region | None
    connection: ResourceId

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones of a new public IP.

        A gateway of an AZ SKU wants an IP with zones where the region has zones, any other one an IP without
        (documented; reported live 2026).
        """
        return self.region.zones if self.region and self.sku and self.sku.zonal else ()


def lay_out(pair: Pair, end: End, site: Site) -> Layout:
    """The layout of one end of the pair."""
    gateway = site.vpn_gateway
    gateway_id = gateway.id if gateway else end.gateway
    location = site.vnet.location if site.vnet else end.location or site.group_location
    sku = catalog.find_sku(pair.sku or catalog.DEFAULT_SKU)
    half = site.half.id if site.half else gateway_id.sibling(CONNECTION_TYPE, pair.connection_name(end))
    return Layout(
        location=location,
        address_prefixes=site.vnet.address_prefixes if site.vnet else end.address_prefixes,
        gateway_subnet=_gateway_subnet(end, site),
        gateway=gateway_id,
        existing_gateway=gateway,
        sku=sku,
        generation=pair.generation or (catalog.default_generation(sku) if sku else catalog.DEFAULT_GENERATION),
        public_ips=tuple(gateway_id.sibling(PUBLIC_IP_TYPE, name) for name in public_ip_names(end)),
        region=site.regions.get(location) if location else None,
        connection=half,
    )


def public_ip_names(end: End) -> tuple[str, ...]:
    """The names of the public IPs of a new gateway at this end."""
    return end.public_ip_names or (f'{end.gateway.name}-ip',)


def _gateway_subnet(end: End, site: Site) -> str | None:
    if site.vnet and site.vnet.gateway_subnet:
        return site.vnet.gateway_subnet.prefixes[0] if site.vnet.gateway_subnet.prefixes else None
    if end.gateway_subnet:
        return end.gateway_subnet
    if site.vnet:
        taken = [prefix for subnet in site.vnet.subnets for prefix in subnet.prefixes]
        return highest_free(site.vnet.address_prefixes, taken, catalog.GATEWAY_SUBNET_LENGTHS)
    return highest_free(end.address_prefixes, [subnet.prefix for subnet in end.subnets],
                        catalog.GATEWAY_SUBNET_LENGTHS)
