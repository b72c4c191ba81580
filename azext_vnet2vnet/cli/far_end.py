"""What the other administrator types, where one of them writes one end only."""

from dataclasses import fields
from typing import Any

from azext_vnet2vnet.network.command_line import command_line
from azext_vnet2vnet.network.desired import Pair
from azext_vnet2vnet.network.resource_id import GATEWAY_TYPE
from azext_vnet2vnet.network.tunnel import DEFAULT_MODE, IpsecPolicy, Tunnel
from azext_vnet2vnet.planning.pair_plan import EndState, PairState


def far_end_json(state: PairState) -> dict[str, Any] | None:
    """The command for the end that is left to somebody else, without a key, and the rights that this one requires.

    None where this login writes both ends.
    """
    foreign = next((end for end in state.ends if end.desired.is_foreign), None)
    if foreign is None:
        return None
    rights = [f'{GATEWAY_TYPE}/{verb} on {foreign.desired.gateway}' for verb in ('read', 'write')]
    return {'command': command_line(_command(state, foreign)), 'rights': rights}


def _command(state: PairState, far: EndState) -> list[str]:
    pair, near = state.desired, state.far(far)
    number, own = pair.number(far.desired), pair.number(near.desired)
    words = ['az', 'vnet2vnet', 'create', '--only-end', str(number)]
    words += [f'--vnet{own}', str(near.desired.vnet), f'--vnet-gateway{own}', str(near.layout.gateway)]
    words += [f'--vnet{number}', str(far.desired.vnet), f'--vnet-gateway{number}', far.layout.gateway.name]
    words += ['--name', pair.name] if pair.name else []
    words += ['--peer-name', pair.peer_name] if pair.peer_name else []
    return [*words, '--shared-key', '@FILE', *_tunnel_words(_agreed_tunnel(pair, near))]


def _agreed_tunnel(pair: Pair, near: EndState) -> Tunnel:
    """What both halves agree on, as end 1 sees it: what was typed, else what this half has beyond the defaults."""
    half = near.observed.half
    present = half.tunnel if half else Tunnel()
    present = present if near.desired is pair.end1 else present.mirrored()
    kept = Tunnel(
        **{one.name: value for one in fields(Tunnel) if (value := getattr(present, one.name)) and value != DEFAULT_MODE}
    )
    return kept.overlaid(pair.tunnel)


def _tunnel_words(tunnel: Tunnel) -> list[str]:
    words: list[str] = []
    for option, value in (
        ('--enable-bgp', tunnel.enable_bgp),
        ('--dpd-timeout', tunnel.dpd_timeout),
        ('--connection-mode', tunnel.mode),
        ('--policy-based-selectors', tunnel.policy_based),
    ):
        if value is not None:
            words += [option, str(value).lower() if isinstance(value, bool) else str(value)]
    for policy in tunnel.policies or ():
        for field in fields(IpsecPolicy):
            words += [f'--{field.name.replace("_", "-")}', str(getattr(policy, field.name))]
    for selector in tunnel.selectors or ():
        words += ['--traffic-selector', f'local={",".join(selector.local)}', f'remote={",".join(selector.remote)}']
    return words
