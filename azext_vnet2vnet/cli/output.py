"""The one shape of a pair, as the commands return it, and the shape of a what-if."""

from collections.abc import Callable, Mapping, Sequence

from azext_vnet2vnet.checks.health import is_healthy, reasons_of, status_of
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.observed import ObservedConnection, ObservedGateway
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.plan import NOTHING, Plan

Changes = list[Mapping]


def pair_shape(pair: ObservedPair, changes: Changes | None = None) -> dict:
    """The pair as JSON; `changes` is what the command did to it, None where it only looked."""
    reasons = reasons_of(pair)
    shape = {
        'name': pair.halves[0].id.name,
        'status': status_of(pair),
        'healthy': is_healthy(pair, reasons),
        'reasons': list(map(diagnostic_json, reasons)),
        'end1': _end_shape(pair.end1),
        'end2': _end_shape(pair.end2),
    }
    return shape if changes is None else {**shape, 'changes': changes}


def listed_shape(pair: ObservedPair) -> dict:
    """The pair as one of many: without what a list does not read."""
    shape = pair_shape(pair)
    for end in (shape['end1'], shape['end2']):
        end['vnet'] = {'id': end['vnet']['id']}
        end['gateway'] = end['gateway'] and {'id': end['gateway']['id']}
    return shape


def network_shape(name: str, pairs: Sequence[ObservedPair], changes: Changes) -> dict:
    """Many pairs as JSON; `changes` is what the command did to them."""
    shapes = [pair_shape(pair) for pair in pairs]
    return {'name': name, 'healthy': all(shape['healthy'] for shape in shapes), 'pairs': shapes, 'changes': changes}


def verdict_shape(pair: ObservedPair) -> dict:
    """The pair with what its gateways report, too; None where a gateway was not asked, or did not tell."""
    shape = pair_shape(pair)
    for name, end in (('end1', pair.end1), ('end2', pair.end2)):
        shape[name]['ikeSecurityAssociations'] = (
            None
            if end.associations is None
            else [
                {
                    'localEndpoint': one.local,
                    'remoteEndpoint': one.remote,
                    'encryption': one.encryption,
                    'integrity': one.integrity,
                    'dhGroup': one.dh_group,
                    'elapsedSeconds': one.seconds,
                }
                for one in end.associations
            ]
        )
        shape[name]['bgpPeers'] = (
            None
            if end.peers is None
            else [
                {
                    'address': peer.address,
                    'asn': peer.asn,
                    'state': peer.state,
                    'connectedDuration': peer.duration,
                    'routesReceived': peer.routes,
                }
                for peer in end.peers
            ]
        )
    return shape


def diagnostic_json(diagnostic: Diagnostic) -> dict:
    """A diagnostic as JSON."""
    return {
        'code': diagnostic.code,
        'severity': diagnostic.severity.value,
        'message': diagnostic.message,
        'recommendation': diagnostic.recommendation,
    }


def condition(query: str) -> Callable[[ObservedPair], bool]:
    """Whether a JMESPath query over the shape of a pair finds anything."""
    from jmespath import compile as compile_query

    compiled = compile_query(query)
    return lambda pair: bool(compiled.search(pair_shape(pair)))


def what_if_shape(plan: Plan = NOTHING, findings: tuple[Diagnostic, ...] = ()) -> dict:
    """The plan and the warnings as JSON."""
    return {'changes': plan.changes(), 'findings': list(map(diagnostic_json, findings))}


def _end_shape(end: ObservedEnd) -> dict:
    half, gateway, vnet = end.half, end.gateway, end.vnet
    place = end.vnet_id or (half.id if half else end.gateway_id)
    found = next(filter(None, (vnet, gateway, half)), None)
    subnet = vnet.gateway_subnet if vnet else None
    return {
        'subscriptionId': place.subscription,
        'resourceGroup': place.group,
        'location': found.location if found else None,
        'vnet': {
            'id': str(end.vnet_id) if end.vnet_id else None,
            'addressPrefixes': list(vnet.address_prefixes) if vnet else [],
            'gatewaySubnet': subnet.prefix if subnet else None,
        },
        'gateway': None if end.gateway_missing else _gateway_shape(end.gateway_id, gateway),
        'connection': _connection_shape(half) if half else None,
    }


def _connection_shape(half: ObservedConnection) -> dict:
    return {
        'id': str(half.id),
        'name': half.id.name,
        'provisioningState': half.state,
        'connectionStatus': half.status or 'Unknown',
        'ingressBytes': half.ingress_bytes,
        'egressBytes': half.egress_bytes,
    }


def _gateway_shape(gateway_id: ResourceId, gateway: ObservedGateway | None) -> dict:
    if gateway is None:
        return {'id': str(gateway_id)}
    return {
        'id': str(gateway.id),
        'sku': gateway.sku,
        'generation': gateway.generation,
        'activeActive': gateway.active_active,
        'asn': gateway.asn,
        'publicIps': list(gateway.addresses),
    }
