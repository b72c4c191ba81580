"""What the other administrator types, where one of them writes one end only."""
import shlex
from dataclasses import fields

from azext_vnet2vnet.domain.ids import GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.domain.model import Pair
from azext_vnet2vnet.domain.tunnel import IpsecPolicy


def far_command(pair: Pair, gateway: ResourceId) -> str:
    """The command for the end that is left to somebody else; `gateway` is the one at this end. It holds no key."""
    near, far = sorted(pair.ends, key=lambda end: end.is_foreign)
    words = ['az', 'vnet2vnet', 'create', '--only-end', str(far.number),
             f'--vnet{near.number}', str(near.vnet), f'--vnet-gateway{near.number}', str(gateway),
             f'--vnet{far.number}', str(far.vnet),
             '--name', pair.connection_name(pair.end1), '--peer-name', pair.connection_name(pair.end2),
             '--shared-key', '@FILE', *_tunnel_words(pair)]
    return shlex.join(words)


def far_rights(pair: Pair) -> list[str]:
    """The actions that Azure asks for on the far gateway, of whoever writes a connection to it."""
    return [f'{GATEWAY_TYPE}/{verb} on {end.gateway}' for end in pair.ends if end.is_foreign
            for verb in ('read', 'write')]


def _tunnel_words(pair: Pair) -> list[str]:
    tunnel = pair.tunnel
    words: list[str] = []
    for option, value in (('--enable-bgp', tunnel.enable_bgp), ('--dpd-timeout', tunnel.dpd_timeout),
                          ('--connection-mode', tunnel.mode), ('--policy-based-selectors', tunnel.policy_based)):
        if value is not None:
            words += [option, str(value).lower() if isinstance(value, bool) else str(value)]
    for field in fields(IpsecPolicy) if tunnel.policy else ():
        words += [f"--{field.name.replace('_', '-')}", str(getattr(tunnel.policy, field.name))]
    for selector in tunnel.selectors or ():
        words += ['--traffic-selector', f"local={','.join(selector.local)}", f"remote={','.join(selector.remote)}"]
    return words
