"""The pairs that exist, as far as a topology file can say them: their VNets, and the settings of both halves."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache

from azext_vnet2vnet.checks.connection_health import check_far_end
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.setting_names import key_of
from azext_vnet2vnet.network.tunnel import DEFAULT_MODE, Tunnel
from azext_vnet2vnet.topology_file.schema import is_legal

_KEYS = {
    'enable_bgp': 'bgp',
    'policies': 'policy',
    'dpd_timeout': 'dpdTimeout',
    'mode': 'mode',
    'policy_based': 'policyBasedSelectors',
    'selectors': 'trafficSelectors',
}


@dataclass(frozen=True)
class Link:
    """A pair with both of its VNets; `tunnel` is what its halves agree on, as the first one sees it."""

    ends: tuple[ObservedEnd, ObservedEnd]
    tunnel: Tunnel

    @property
    def vnets(self) -> tuple[ResourceId, ResourceId]:
        """The VNets of both ends, the first one first."""
        return self.ends[0].vnet_id, self.ends[1].vnet_id


def read_links(pairs: Sequence[ObservedPair], notes: list[str]) -> list[Link]:
    """One link for each two VNets that are joined, in an order of its own; what it cannot have is told in `notes`."""
    links: dict[tuple[ResourceId, ResourceId], Link] = {}
    for pair in sorted(pairs, key=lambda pair: sorted(str(half.id).lower() for half in pair.halves)):
        if flaw := _flaw(pair):
            notes.append(flaw)
            continue
        end1, end2 = sorted(pair.ends, key=lambda end: end.vnet_id)
        links.setdefault((end1.vnet_id, end2.vnet_id), Link((end1, end2), _agreed(end1, end2, notes)))
    return list(links.values())


def _flaw(pair: ObservedPair) -> str | None:
    """Why a pair is not in the file."""
    reason = next(check_far_end(pair), None)
    if reason:
        return reason.message
    unread = next((end for end in pair.ends if end.vnet_id is None), None)
    if unread:
        return f'The VNet of gateway {unread.gateway_id} cannot be read'
    if pair.end1.vnet_id == pair.end2.vnet_id:
        return f'{pair.end1.half.id} leads from VNet {pair.end1.vnet_id} to itself'
    return None


def _agreed(near: ObservedEnd, far: ObservedEnd, notes: list[str]) -> Tunnel:
    """The tunnel without what applying the file would change, and without what the file cannot say."""
    tunnel, other = near.half.tunnel, far.half.tunnel.mirrored()
    for one in fields(Tunnel):
        mine = getattr(tunnel, one.name)
        key = _KEYS[one.name]
        if not (tunnel.has_selectors_of(other) if one.name == 'selectors' else mine == getattr(other, one.name)):
            notes.append(f'{key} of {near.half.id} and {far.half.id}, which differ in it')
        elif not _is_sayable(replace(Tunnel(), **{one.name: mine})):
            notes.append(f'{key} of {near.half.id} and {far.half.id}, which no file can say')
        else:
            continue
        tunnel = replace(tunnel, **{one.name: None})
    return tunnel


@lru_cache(maxsize=1000)
def _is_sayable(tunnel: Tunnel) -> bool:
    return len(tunnel.policies or ()) < 2 and is_legal(
        {'name': '-', 'vnets': {}, 'connect': [{'pair': ['-', '--'], **settings_of(tunnel)}]}
    )


def settings_of(tunnel: Tunnel) -> dict[str, object]:
    """The settings of an entry of `connect`: bgp where it is known, of the others what Azure does not set by itself."""
    values = {
        'bgp': tunnel.enable_bgp,
        'policy': next(
            (
                {
                    key_of(one.name.replace('_', '-')).partition('.')[2]: getattr(policy, one.name)
                    for one in fields(policy)
                }
                for policy in tunnel.policies or ()
            ),
            None,
        ),
        'dpdTimeout': tunnel.dpd_timeout or None,
        'mode': tunnel.mode if tunnel.mode != DEFAULT_MODE else None,
        'policyBasedSelectors': tunnel.policy_based or None,
        'trafficSelectors': [{'local': list(one.local), 'remote': list(one.remote)} for one in tunnel.selectors or ()]
        or None,
    }
    return {key: value for key, value in values.items() if value is not None}
