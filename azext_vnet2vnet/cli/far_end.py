"""What the other administrator types, where one of them writes one end only."""

import shlex
from dataclasses import fields

from azext_vnet2vnet.network.desired import End, Pair
from azext_vnet2vnet.network.observed import ObservedConnection
from azext_vnet2vnet.network.resource_id import GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.network.tunnel import DEFAULT_MODE, IpsecPolicy, Tunnel


def far_command(pair: Pair, gateway: ResourceId, half: ObservedConnection | None) -> str:
    """The command for the end that is left to somebody else; it holds no key.

    `gateway` is the one at this end, `half` what this end's connection is now: the other half has to be alike.
    """
    near, far = sorted(pair.ends, key=lambda end: end.is_foreign)
    words = [
        'az',
        'vnet2vnet',
        'create',
        '--only-end',
        str(pair.number(far)),
        f'--vnet{pair.number(near)}',
        str(near.vnet),
        f'--vnet-gateway{pair.number(near)}',
        str(gateway),
        f'--vnet{pair.number(far)}',
        str(far.vnet),
        *_named('--name', pair.name),
        *_named('--peer-name', pair.peer_name),
        '--shared-key',
        '@FILE',
        *_tunnel_words(_tunnel(pair, near, half)),
    ]
    return shlex.join(words)


def far_rights(pair: Pair) -> list[str]:
    """The actions that Azure asks for on the far gateway, of whoever writes a connection to it."""
    return [
        f'{GATEWAY_TYPE}/{verb} on {end.gateway}' for end in pair.ends if end.is_foreign for verb in ('read', 'write')
    ]


def _named(option: str, name: str | None) -> list[str]:
    return [option, name] if name else []


def _tunnel(pair: Pair, near: End, half: ObservedConnection | None) -> Tunnel:
    """What both halves agree on, as end 1 sees it: what was typed, else what this half has beyond the defaults."""
    present = half.tunnel if half else Tunnel()
    present = present if near is pair.end1 else present.mirrored()
    kept = {
        field.name: value
        for field in fields(Tunnel)
        if (value := getattr(present, field.name)) and value != DEFAULT_MODE
    }
    typed = {field.name: value for field in fields(Tunnel) if (value := getattr(pair.tunnel, field.name)) is not None}
    return Tunnel(**{**kept, **typed})


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
