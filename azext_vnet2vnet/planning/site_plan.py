"""Where one end's resources go: what was typed, laid over what is there, filled up with defaults."""

from dataclasses import dataclass, replace

from azext_vnet2vnet.network import skus
from azext_vnet2vnet.network.address_space import highest_free
from azext_vnet2vnet.network.desired import End, GatewayChange, Pair
from azext_vnet2vnet.network.observed import ObservedGateway, Region, Site
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, PUBLIC_IP_TYPE, ResourceId


@dataclass(frozen=True)
class Layout:
    """One end, worked out; None where neither the options nor Azure say it.

    `public_ips` are those that the gateway needs beyond the ones that it has.
    """

    location: str | None
    address_prefixes: tuple[str, ...]
    gateway_subnet: str | None
    gateway: ResourceId
    existing_gateway: ObservedGateway | None
    sku: skus.Sku | None
    generation: str
    public_ips: tuple[ResourceId, ...]
    region: Region | None
    enable_bgp: bool
    asn: int

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones of a new public IP.

        A gateway of an AZ SKU wants an IP with zones where the region has zones, any other one an IP without
        (documented; reported live 2026).
        """
        if not (self.sku and self.sku.zonal):
            return ()
        # Decision for a region that nobody may look up: most have zones, and the others refuse the IP at once.
        return self.region.zones if self.region else skus.ALL_ZONES


def lay_out(end: End, site: Site) -> Layout:
    """The layout of an end where this was observed."""
    gateway = site.vpn_gateway
    gateway_id = gateway.id if gateway else end.gateway
    location = site.vnet.location if site.vnet else end.location or site.group_location
    sku = skus.find_sku(gateway.sku if gateway else end.sku or skus.DEFAULT_SKU)
    generation = end.generation or (skus.default_generation(sku) if sku else skus.DEFAULT_GENERATION)
    return Layout(
        location=location,
        address_prefixes=site.vnet.address_prefixes if site.vnet else end.address_prefixes,
        gateway_subnet=_gateway_subnet(end, site),
        gateway=gateway_id,
        existing_gateway=gateway,
        sku=sku,
        generation=gateway.generation if gateway else generation,
        public_ips=tuple(gateway_id.sibling(PUBLIC_IP_TYPE, name) for name in new_public_ips(end, gateway)),
        region=site.regions.get(location) if location else None,
        enable_bgp=bool(end.enable_bgp or end.asn is not None or gateway and gateway.enable_bgp),
        asn=end.asn or (gateway.asn if gateway else skus.DEFAULT_ASN),
    )


def without_defaults(end: End, site: Site) -> End:
    """The end without what holds for things that are created, where they are there."""
    there = (
        ('location', site.vnet),
        ('sku', site.vpn_gateway),
        ('active_active', site.vpn_gateway),
        ('generation', site.vpn_gateway),
    )
    names = {'generation': 'vpn-gateway-generation', 'active_active': 'active-active'}
    return replace(
        end, **{name: None for name, resource in there if resource and end.source.is_default(names.get(name, name))}
    )


def half_id(pair: Pair, end: End, site: Site) -> ResourceId:
    """The id of the half that starts at `end`: of the one that is there, else of the one that is to come."""
    if site.half:
        return site.half.id
    gateway = site.vpn_gateway.id if site.vpn_gateway else end.gateway
    return gateway.sibling(CONNECTION_TYPE, pair.connection_name(end))


def new_public_ips(end: End, gateway: ObservedGateway | None) -> tuple[str, ...]:
    """The names of the public IPs that the gateway at this end needs beyond those that it has."""
    name = gateway.id.name if gateway else end.gateway.name
    wanted = 2 if end.active_active else 1
    if gateway is None:
        return end.public_ip_names or (f'{name}-ip', f'{name}-ip2')[:wanted]
    missing = 0 if gateway.active_active else wanted - 1
    typed = tuple(one for one in end.public_ip_names if one.lower() not in gateway.public_ip_names)
    return (typed or (f'{name}-ip2',))[:missing]


def gateway_change(end: End, layout: Layout) -> GatewayChange | None:
    """What has to be changed of the gateway that exists; None where nothing has to, or there is none."""
    gateway = layout.existing_gateway
    if gateway is None:
        return None
    enable_bgp = True if layout.enable_bgp and not gateway.enable_bgp else None
    asn = end.asn if end.asn not in (None, gateway.asn) else None
    if enable_bgp is None and asn is None and not layout.public_ips:
        return None
    return GatewayChange(gateway.id, enable_bgp, asn, layout.public_ips)


def _gateway_subnet(end: End, site: Site) -> str | None:
    if site.vnet and site.vnet.gateway_subnet:
        return site.vnet.gateway_subnet.prefix
    if end.gateway_subnet:
        return end.gateway_subnet
    if site.vnet:
        taken = [prefix for subnet in site.vnet.subnets for prefix in subnet.prefixes]
        return highest_free(site.vnet.address_prefixes, taken, skus.GATEWAY_SUBNET_LENGTHS)
    return highest_free(end.address_prefixes, [subnet.prefix for subnet in end.subnets], skus.GATEWAY_SUBNET_LENGTHS)
