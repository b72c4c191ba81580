"""The one shape of a pair, as the commands return it, and the shape of a what-if."""
from typing import Mapping

from azext_vnet2vnet.domain.finding import Finding
from azext_vnet2vnet.domain.health import CONNECTED, reasons_of, status_of
from azext_vnet2vnet.domain.model import End, Pair
from azext_vnet2vnet.domain.observed import Observed, Site
from azext_vnet2vnet.domain.plan import Plan


def pair_shape(pair: Pair, observed: Observed, changes: list[Mapping]) -> dict:
    """The pair as JSON; `changes` is what the command did to it."""
    half1, half2 = (site.half for site in observed.sites)
    status = status_of(half1, half2)
    reasons = [reason.shape() for reason in reasons_of(half1, half2)]
    return {'name': half1.id.name if half1 else pair.connection_name(pair.end1), 'status': status,
            'healthy': status == CONNECTED and not reasons, 'reasons': reasons,
            'end1': _end_shape(pair.end1, observed.site1), 'end2': _end_shape(pair.end2, observed.site2),
            'changes': changes}


def what_if_shape(plan: Plan, findings: tuple[Finding, ...]) -> dict:
    """The plan and the warnings as JSON."""
    return {'changes': plan.changes(), 'findings': [finding.shape() for finding in findings]}


def _end_shape(end: End, site: Site) -> dict:
    gateway, half = site.vpn_gateway, site.half
    shape = {'subscriptionId': end.vnet.subscription, 'resourceGroup': end.vnet.group,
             'location': site.vnet.location if site.vnet else end.location,
             'vnet': {'id': str(end.vnet), 'addressPrefixes': list(site.vnet.address_prefixes) if site.vnet else [],
                      'gatewaySubnet': _gateway_subnet(site)},
             'gateway': None, 'connection': None}
    if gateway:
        shape['gateway'] = {
            'id': str(gateway.id), 'sku': gateway.sku, 'generation': gateway.generation,
            'activeActive': gateway.active_active, 'asn': gateway.asn, 'publicIps': list(gateway.addresses)}
    if half:
        shape['connection'] = {
            'id': str(half.id), 'name': half.id.name, 'provisioningState': half.state,
            'connectionStatus': half.status or 'Unknown', 'ingressBytes': half.ingress_bytes,
            'egressBytes': half.egress_bytes}
    return shape


def _gateway_subnet(site: Site) -> str | None:
    subnet = site.vnet.gateway_subnet if site.vnet else None
    return subnet.prefixes[0] if subnet and subnet.prefixes else None
