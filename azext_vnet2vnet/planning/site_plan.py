"""One site: where its resources go (typed settings over what exists, filled up with defaults), and the steps to it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from azext_vnet2vnet.network import skus
from azext_vnet2vnet.network.address_space import highest_free
from azext_vnet2vnet.network.desired import End, Gateway, GatewayChange, GatewaySubnet, Group, PublicIp, Vnet
from azext_vnet2vnet.network.observed import SUCCEEDED, ObservedGateway, Region
from azext_vnet2vnet.network.pair import ObservedEnd
from azext_vnet2vnet.network.resource_id import PUBLIC_IP_TYPE, ResourceId
from azext_vnet2vnet.planning.plan import Action, Difference, Step


@dataclass(frozen=True)
class SiteLayout:
    """One site, worked out; None where neither the options nor Azure say it.

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

        A gateway of an AZ SKU requires an IP with zones where the region has zones, any other one an IP without
        (documented; reported live 2026). One of SKU Basic gets zones where there are any, as in its how-to (2026-01).
        """
        if self.sku and self.sku.is_basic:
            return self.region.zones if self.region else ()
        if not (self.sku and self.sku.zonal):
            return ()
        # Decision for a region that nobody may look up: most have zones, and the others refuse the IP at once.
        return self.region.zones if self.region else skus.ALL_ZONES


def lay_out(end: End, observed: ObservedEnd) -> SiteLayout:
    """The layout of a desired end where this was observed."""
    vnet, gateway = observed.vnet, observed.gateway
    gateway_id = gateway.id if gateway else end.gateway
    known = vnet or gateway
    location = known.location if known else end.location or observed.surroundings.group_location
    sku = skus.find_sku(gateway.sku if gateway else end.sku or skus.DEFAULT_SKU)
    generation = end.generation or (skus.default_generation(sku) if sku else skus.DEFAULT_GENERATION)
    return SiteLayout(
        location=location,
        address_prefixes=vnet.address_prefixes if vnet else end.address_prefixes,
        gateway_subnet=_gateway_subnet(end, observed),
        gateway=gateway_id,
        existing_gateway=gateway,
        sku=sku,
        generation=gateway.generation if gateway else generation,
        public_ips=tuple(gateway_id.sibling(PUBLIC_IP_TYPE, name) for name in new_public_ips(end, gateway)),
        region=observed.surroundings.regions.get(location) if location else None,
        enable_bgp=bool(end.enable_bgp or end.asn is not None or (gateway and gateway.enable_bgp)),
        asn=end.asn or (gateway.asn if gateway else skus.DEFAULT_ASN),
    )


def without_defaults(end: End, observed: ObservedEnd) -> End:
    """The end without defaults for things that are created, where those exist already."""
    if observed.vnet and end.source.is_default('location'):
        end = replace(end, location=None)
    if not observed.gateway:
        return end
    is_default = end.source.is_default
    return replace(
        end,
        sku=None if is_default('sku') else end.sku,
        generation=None if is_default('vpn-gateway-generation') else end.generation,
        active_active=None if is_default('active-active') else end.active_active,
    )


def new_public_ips(end: End, gateway: ObservedGateway | None) -> tuple[str, ...]:
    """The names of the public IPs that the gateway at this end needs beyond those that it has."""
    name = gateway.id.name if gateway else end.gateway.name
    count = 2 if end.active_active else 1
    if gateway is None:
        return end.public_ip_names or (f'{name}-ip', f'{name}-ip2')[:count]
    missing = 0 if gateway.active_active else count - 1
    typed = tuple(one for one in end.public_ip_names if one.lower() not in gateway.public_ip_names)
    return (typed or (f'{name}-ip2',))[:missing]


def site_steps(end: End, observed: ObservedEnd, layout: SiteLayout) -> Iterator[Step]:
    """What makes the site as it should be: group, VNet or GatewaySubnet, public IPs, gateway."""
    group = end.vnet.group_id
    location = layout.location or ''
    if not observed.surroundings.group_exists:
        yield Step(group, Action.CREATE, resource=Group(group, location, end.tags))
    subnet = GatewaySubnet(end.vnet, layout.gateway_subnet or '')
    vnet = observed.vnet
    if vnet is None:
        subnets = (*end.subnets, subnet.as_subnet())
        new = Vnet(end.vnet, location, layout.address_prefixes, subnets, end.tags)
        yield Step(end.vnet, Action.CREATE, (group,), new)
    else:
        if vnet.state != SUCCEEDED:
            yield Step(end.vnet, Action.WAIT)
        if vnet.gateway_subnet is None:
            yield Step(subnet.id, Action.CREATE, (end.vnet,), subnet, lock=end.vnet)
    present = {public_ip.id: public_ip for public_ip in observed.public_ips}
    for public_ip in layout.public_ips:
        if public_ip not in present:
            wanted = PublicIp(public_ip, location, layout.zones, end.tags)
            yield Step(public_ip, Action.CREATE, (group,), wanted)
        elif present[public_ip].state != SUCCEEDED:
            yield Step(public_ip, Action.WAIT)
    yield from gateway_steps(end, layout)


def gateway_steps(end: End, layout: SiteLayout) -> Iterator[Step]:
    """What makes the gateway as it should be, once its VNet and public IPs exist."""
    present = layout.existing_gateway
    if present is None:
        sku = layout.sku.name if layout.sku else str(end.sku)
        asn = layout.asn if layout.enable_bgp else None
        gateway = Gateway(
            layout.gateway,
            layout.location or '',
            end.vnet,
            layout.public_ips,
            sku,
            layout.generation,
            layout.enable_bgp,
            asn,
            end.tags,
        )
        needs = (end.vnet, GatewaySubnet(end.vnet, '').id, *layout.public_ips)
        yield Step(layout.gateway, Action.CREATE, needs, gateway, lock=layout.gateway)
        return
    differences = tuple(_gateway_differences(end, layout, present))
    if differences:
        names = {difference.field for difference in differences}
        change = GatewayChange(
            present.id, True if 'bgp' in names else None, end.asn if 'asn' in names else None, layout.public_ips
        )
        yield Step(
            present.id,
            Action.UPDATE,
            layout.public_ips,
            change,
            lock=present.id,
            differences=differences,
            disturbs=True,
        )
    elif present.state != SUCCEEDED:
        yield Step(layout.gateway, Action.WAIT)


def _gateway_differences(end: End, layout: SiteLayout, present: ObservedGateway) -> Iterator[Difference]:
    if layout.enable_bgp and not present.enable_bgp:
        yield Difference('bgp', False, True)
    if end.asn not in (None, present.asn):
        yield Difference('asn', present.asn, end.asn)
    if layout.public_ips:
        yield Difference('activeActive', present.active_active, True)


def _gateway_subnet(end: End, observed: ObservedEnd) -> str | None:
    vnet = observed.vnet
    if vnet and vnet.gateway_subnet:
        return vnet.gateway_subnet.prefix
    if end.gateway_subnet:
        return end.gateway_subnet
    if vnet:
        taken = [prefix for subnet in vnet.subnets for prefix in subnet.prefixes]
        return highest_free(vnet.address_prefixes, taken, skus.GATEWAY_SUBNET_LENGTHS)
    taken = [subnet.prefix for subnet in end.subnets]
    return highest_free(end.address_prefixes, taken, skus.GATEWAY_SUBNET_LENGTHS)
