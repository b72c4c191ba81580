"""What the commands return, as JSON: the one shape of a pair, of a network, of a plan, of work handed over."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.health import HALF, is_healthy, reasons_of, status_of
from azext_vnet2vnet.cli.far_end import far_end_json
from azext_vnet2vnet.network.command_line import command_line, quoted
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.observed import CONNECTED, ObservedConnection, ObservedGateway
from azext_vnet2vnet.network.pair import BgpPeer, ObservedEnd, ObservedPair, SecurityAssociation
from azext_vnet2vnet.network.plain_text import plain
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.disturbance import disturbance_of
from azext_vnet2vnet.planning.plan import Action, Plan, Step
from azext_vnet2vnet.workflows.apply import AppliedTopology
from azext_vnet2vnet.workflows.create import CreatedPair
from azext_vnet2vnet.workflows.delete import DeletedPair
from azext_vnet2vnet.workflows.existing import ChangedPair
from azext_vnet2vnet.workflows.no_wait import HandedOver
from azext_vnet2vnet.workflows.rotate_key import RotatedKey

Json = dict[str, Any]


def pair_json(pair: ObservedPair, done: Sequence[Step] | None = None) -> Json:
    """A pair; `done` are the steps that the command did, None where it only read."""
    reasons = reasons_of(pair)
    found: Json = {
        'name': pair.halves[0].id.name,
        'status': status_of(pair),
        'healthy': is_healthy(pair, reasons),
        'reasons': list(map(diagnostic_json, reasons)),
        'end1': _end_json(pair.end1),
        'end2': _end_json(pair.end2),
    }
    return found if done is None else {**found, 'changes': list(map(step_json, done))}


def changed_json(changed: ChangedPair) -> Json:
    """A pair after a change."""
    return pair_json(changed.pair, changed.done)


def rotated_json(rotated: RotatedKey) -> Json:
    """A pair with a new key."""
    return {**changed_json(rotated), 'secondsWithoutTunnel': rotated.seconds_without_tunnel}


def created_json(created: CreatedPair) -> Json:
    """A pair after `create`, with what is left to another administrator where this one wrote one end only."""
    state = created.state
    found = pair_json(state.observed, created.done)
    far_end = far_end_json(state)
    if not far_end:
        return found
    name = state.desired.connection_name(state.desired.end1)
    return {**found, 'name': name, **_one_sided_json(created, far_end['command']), 'farEnd': far_end}


def _one_sided_json(created: CreatedPair, far_command: str) -> Json:
    """Status and reasons of a pair of which only one half is read."""
    half = created.state.observed.halves[0]
    if half.status == CONNECTED:
        return {'status': CONNECTED, 'healthy': True, 'reasons': []}
    if created.far_half_exists is not False:
        status = half.status or 'Unknown'
        wait = f'az vnet2vnet wait --connected --ids {quoted(half.id)}'
        if_missing = f'; if the other administrator has no half yet, that one runs: {far_command}'
        reason = rules.NOT_CONNECTED.found(
            f'{half.id} reports {status}; its tunnel may come up within minutes once both halves exist',
            f'Wait with {wait}{"" if created.far_half_exists else if_missing}',
        )
        return {'status': status, 'healthy': False, 'reasons': [diagnostic_json(reason)]}
    reason = rules.HALF_MISSING.found(
        f'{half.id} waits for its other half, which the other administrator creates',
        f'The other administrator runs: {far_command}',
    )
    return {'status': HALF, 'healthy': False, 'reasons': [diagnostic_json(reason)]}


def listed_json(pair: ObservedPair) -> Json:
    """A pair as one of many: without what a list does not read."""
    found = pair_json(pair)
    for end in (found['end1'], found['end2']):
        end['vnet'] = {'id': end['vnet']['id']}
        end['gateway'] = end['gateway'] and {'id': end['gateway']['id']}
    return found


def network_json(applied: AppliedTopology) -> Json:
    """Many pairs after `apply`."""
    pairs = list(map(pair_json, applied.pairs))
    is_all_healthy = all(pair['healthy'] for pair in pairs)
    changes = list(map(step_json, applied.done))
    return {'name': applied.name, 'healthy': is_all_healthy, 'pairs': pairs, 'changes': changes}


def verdict_json(pair: ObservedPair) -> Json:
    """A pair with what its gateways report, too; None where a gateway was not asked, or did not report."""
    found = pair_json(pair)
    for end, own in ((found['end1'], pair.end1), (found['end2'], pair.end2)):
        associations, peers = own.reports.associations, own.reports.peers
        end['ikeSecurityAssociations'] = None if associations is None else list(map(_association_json, associations))
        end['bgpPeers'] = None if peers is None else list(map(_peer_json, peers))
    return found


def deleted_json(deleted: DeletedPair) -> Json:
    """What was deleted of a pair."""
    return {'name': deleted.name, 'changes': list(map(step_json, deleted.done))}


def handed_over_json(handed_over: HandedOver) -> Json:
    """What `--no-wait` began; `next` is what to type to follow the work, None where nothing goes on."""
    preview, one = handed_over.preview, handed_over.preview.deployment
    return {
        'name': preview.name,
        'status': preview.status,
        'deployment': {'id': str(one.id), 'name': one.name, 'provisioningState': 'Running'} if one else None,
        'next': command_line(handed_over.next) if handed_over.next else None,
        'changes': list(map(step_json, handed_over.done)),
    }


def plan_json(plan: Plan, diagnostics: Iterable[Diagnostic]) -> Json:
    """A plan, with the difference that each update makes and what it disturbs, and the warnings."""
    changes = [{**step_json(step), **_difference_json(step)} for step in plan.steps]
    return {'changes': changes, 'findings': list(map(diagnostic_json, diagnostics))}


def step_json(step: Step) -> Json:
    """A step."""
    return {'action': step.action.value, 'id': str(step.id)}


def _difference_json(step: Step) -> Json:
    found: Json = {}
    if step.differences:
        found['before'] = {one.field: one.before for one in step.differences}
        found['after'] = {one.field: one.after for one in step.differences}
    if step.disturbs and step.action is not Action.DELETE:
        found['disturbance'] = plain(disturbance_of(step) or '')
    return found


def diagnostic_json(diagnostic: Diagnostic) -> Json:
    """A diagnostic."""
    return {
        'code': diagnostic.code,
        'severity': diagnostic.severity.value,
        'message': plain(diagnostic.message),
        'recommendation': plain(diagnostic.recommendation),
    }


def condition_of(query: str) -> Callable[[ObservedPair], bool]:
    """Whether a JMESPath query over the JSON of a pair finds anything."""
    from jmespath import compile as compile_query

    compiled = compile_query(query)
    return lambda pair: bool(compiled.search(pair_json(pair)))


def _end_json(end: ObservedEnd) -> Json:
    half, gateway, vnet = end.half, end.gateway, end.vnet
    place = end.vnet_id or (half.id if half else end.gateway_id)
    found = vnet or gateway or half
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
        'gateway': None if end.gateway_missing else _gateway_json(end.gateway_id, gateway),
        'connection': _connection_json(half) if half else None,
    }


def _connection_json(half: ObservedConnection) -> Json:
    return {
        'id': str(half.id),
        'name': half.id.name,
        'provisioningState': half.state,
        'connectionStatus': half.status or 'Unknown',
        'ingressBytes': half.ingress_bytes,
        'egressBytes': half.egress_bytes,
    }


def _gateway_json(gateway_id: ResourceId, gateway: ObservedGateway | None) -> Json:
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


def _association_json(one: SecurityAssociation) -> Json:
    return {
        'localEndpoint': one.local,
        'remoteEndpoint': one.remote,
        'encryption': one.encryption,
        'integrity': one.integrity,
        'dhGroup': one.dh_group,
        'elapsedSeconds': one.seconds,
    }


def _peer_json(peer: BgpPeer) -> Json:
    return {
        'address': peer.address,
        'asn': peer.asn,
        'state': peer.state,
        'connectedDuration': peer.duration,
        'routesReceived': peer.routes,
    }
