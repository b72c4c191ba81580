"""The one shape of a pair, as the commands return it, and the shape of a what-if."""
from typing import Mapping

from azext_vnet2vnet.domain.finding import Finding
from azext_vnet2vnet.domain.health import CONNECTED, Reason, reasons_of, status_of
from azext_vnet2vnet.domain.model import End, Pair
from azext_vnet2vnet.domain.observed import Observed, ObservedGateway, Site
from azext_vnet2vnet.domain.plan import Plan
from azext_vnet2vnet.formats.far_end import far_command, far_rights


def pair_shape(pair: Pair, observed: Observed, changes: list[Mapping]) -> dict:
    """The pair as JSON; `changes` is what the command did to it."""
    halves = [site.half for site in observed.sites]
    status, reasons = status_of(*halves), reasons_of(*halves, (observed.site1.key, observed.site2.key))
    far_end = _far_end(pair, observed)
    if far_end:
        status, reasons = _one_sided(halves, far_end)
    shape = {'name': pair.connection_name(pair.end1) if halves[0] is None else halves[0].id.name, 'status': status,
             'healthy': status == CONNECTED and not reasons, 'reasons': [reason.shape() for reason in reasons],
             'end1': _end_shape(pair.end1, observed.site1), 'end2': _end_shape(pair.end2, observed.site2),
             'changes': changes}
    return {**shape, 'farEnd': far_end} if far_end else shape


def what_if_shape(plan: Plan, findings: tuple[Finding, ...]) -> dict:
    """The plan and the warnings as JSON."""
    return {'changes': plan.changes(), 'findings': [finding.shape() for finding in findings]}


def _far_end(pair: Pair, observed: Observed) -> dict | None:
    """What is left to the other administrator, where this one wrote one end only."""
    for end, site in zip(pair.ends, observed.sites):
        if pair.far(end).is_foreign:
            gateway = site.vpn_gateway.id if site.vpn_gateway else end.gateway
            return {'command': far_command(pair, gateway, site.half), 'rights': far_rights(pair)}
    return None


def _one_sided(halves, far_end: Mapping) -> tuple[str, tuple[Reason, ...]]:
    """Status and reasons of a pair of which only one half can be seen."""
    half = next(half for half in halves if half)
    if half.status == CONNECTED:
        return CONNECTED, ()
    return 'Half', (Reason('half-missing', f'{half.id} waits for its other half, which the other administrator makes',
                           f"The other administrator runs: {far_end['command']}"),)


def _end_shape(end: End, site: Site) -> dict:
    half = site.half
    shape = {'subscriptionId': end.vnet.subscription, 'resourceGroup': end.vnet.group,
             'location': site.vnet.location if site.vnet else end.location,
             'vnet': {'id': str(site.vnet.id if site.vnet else end.vnet),
                      'addressPrefixes': list(site.vnet.address_prefixes) if site.vnet else [],
                      'gatewaySubnet': _gateway_subnet(site)},
             'gateway': _gateway_shape(site.vpn_gateway) if site.vpn_gateway else None, 'connection': None}
    if end.is_foreign:
        shape['gateway'] = {'id': str(end.gateway)}
    if half:
        shape['connection'] = {
            'id': str(half.id), 'name': half.id.name, 'provisioningState': half.state,
            'connectionStatus': half.status or 'Unknown', 'ingressBytes': half.ingress_bytes,
            'egressBytes': half.egress_bytes}
    return shape


def _gateway_shape(gateway: ObservedGateway) -> dict:
    return {'id': str(gateway.id), 'sku': gateway.sku, 'generation': gateway.generation,
            'activeActive': gateway.active_active, 'asn': gateway.asn, 'publicIps': list(gateway.addresses)}


def _gateway_subnet(site: Site) -> str | None:
    subnet = site.vnet.gateway_subnet if site.vnet else None
    return subnet.prefix if subnet else None
