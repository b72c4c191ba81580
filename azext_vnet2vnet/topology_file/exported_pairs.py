"""The pairs that exist, as far as a topology file can describe them: their VNets, and the settings of both halves."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache

from azext_vnet2vnet.checks.connection_health import check_far_end
from azext_vnet2vnet.network.observed import ObservedConnection, ObservedGateway, ObservedVnet
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.setting_names import file_key
from azext_vnet2vnet.network.tunnel import DEFAULT_MODE, DEFAULT_PROTOCOL, Tunnel
from azext_vnet2vnet.topology_file.schema import is_valid


@dataclass(frozen=True)
class ExportedEnd:
    """One end of an exported pair; `vnet` and `gateway` are None if they could not be read."""

    vnet_id: ResourceId
    half: ObservedConnection
    vnet: ObservedVnet | None
    gateway: ObservedGateway | None


@dataclass(frozen=True)
class ExportedPair:
    """A pair of which both VNets and both halves are known; `tunnel` has what the halves agree on, seen from end 1."""

    end1: ExportedEnd
    end2: ExportedEnd
    tunnel: Tunnel

    @property
    def ends(self) -> tuple[ExportedEnd, ExportedEnd]:
        """Both ends, end 1 first."""
        return self.end1, self.end2


def select_pairs(pairs: Sequence[ObservedPair], notes: list[str]) -> list[ExportedPair]:
    """One pair for each two VNets that are joined, in a fixed order; what is left out is reported in `notes`."""
    selected: dict[tuple[ResourceId, ResourceId], ExportedPair] = {}
    for pair in sorted(pairs, key=lambda pair: sorted(str(half.id).lower() for half in pair.halves)):
        ends = _known_ends(pair, notes)
        if ends:
            end1, end2 = ends
            notes += [note for end in ends for note in _unsaid(end.half)]
            tunnel = _without_idle_bgp(ends, _common_tunnel(end1.half, end2.half, notes), notes)
            exported = ExportedPair(end1, end2, tunnel)
            selected.setdefault((end1.vnet_id, end2.vnet_id), exported)
    return list(selected.values())


def _known_ends(pair: ObservedPair, notes: list[str]) -> list[ExportedEnd]:
    """Both ends in the order of their VNets; none, with a note, if the pair cannot be in the file."""
    problem = next(check_far_end(pair), None)
    if problem:
        notes.append(problem.message)
        return []
    ends = []
    for end, half in zip(pair.ends, pair.halves, strict=True):
        if end.vnet_id is None:
            notes.append(f'The VNet of gateway {end.gateway_id} cannot be read')
            return []
        ends.append(ExportedEnd(end.vnet_id, half, end.vnet, end.gateway))
    if ends[0].vnet_id == ends[1].vnet_id:
        notes.append(f'{ends[0].half.id} leads from VNet {ends[0].vnet_id} to itself')
        return []
    return sorted(ends, key=lambda end: end.vnet_id)


def _unsaid(half: ObservedConnection) -> list[str]:
    """What of a half no file can say, as one note."""
    names = [*half.more, *half.lost_members]
    names += [f'connectionProtocol {half.protocol}'] if half.protocol not in ('', DEFAULT_PROTOCOL) else []
    names += [f'routingWeight {half.weight}'] if half.weight else []
    return [f'{", ".join(names)} of {half.id}, which no file can say'] if names else []


def _common_tunnel(near: ObservedConnection, far: ObservedConnection, notes: list[str]) -> Tunnel:
    """The tunnel without settings that applying the file would change, or that the file cannot express."""
    tunnel, other = near.tunnel, far.tunnel.mirrored()
    for one in fields(Tunnel):
        value = getattr(tunnel, one.name)
        is_common = value == getattr(other, one.name)
        if one.name == 'selectors':  # In a file these switch policy-based ones on, unless it says otherwise.
            is_common = tunnel.has_same_selectors(other) and (not value or tunnel.policy_based is not None)
        if not is_common or not _is_expressible(replace(Tunnel(), **{one.name: value})):
            why = 'which no file can say' if is_common else 'which differ in it'
            notes.append(f'{file_key(one.name)} of {near.id} and {far.id}, {why}')
            tunnel = replace(tunnel, **{one.name: None})
    return tunnel


def _without_idle_bgp(ends: Sequence[ExportedEnd], tunnel: Tunnel, notes: list[str]) -> Tunnel:
    """The tunnel without BGP that a gateway does not speak: applying the file would switch it on there."""
    off = [str(end.gateway.id) for end in ends if end.gateway and not end.gateway.enable_bgp]
    if not (tunnel.enable_bgp and off):
        return tunnel
    notes.append(f'bgp of {ends[0].half.id} and {ends[1].half.id}, which is off at {" and ".join(off)}')
    return replace(tunnel, enable_bgp=None)


@lru_cache(maxsize=1000)
def _is_expressible(tunnel: Tunnel) -> bool:
    return len(tunnel.policies or ()) < 2 and is_valid(
        {'name': '-', 'vnets': {}, 'connect': [{'pair': ['-', '--'], **settings_of(tunnel)}]}
    )


def settings_of(tunnel: Tunnel) -> dict[str, object]:
    """The settings of an entry of `connect`: bgp if known, and the others if they differ from Azure's defaults."""
    policy = tunnel.policies[0] if tunnel.policies else None
    values = {
        'bgp': tunnel.enable_bgp,
        'policy': {file_key(one.name).partition('.')[2]: getattr(policy, one.name) for one in fields(policy)}
        if policy
        else None,
        'dpdTimeout': tunnel.dpd_timeout or None,
        'mode': tunnel.mode if tunnel.mode != DEFAULT_MODE else None,
        'policyBasedSelectors': tunnel.policy_based or (False if tunnel.selectors else None),
        'trafficSelectors': [{'local': list(one.local), 'remote': list(one.remote)} for one in tunnel.selectors or ()]
        or None,
    }
    return {key: value for key, value in values.items() if value is not None}
