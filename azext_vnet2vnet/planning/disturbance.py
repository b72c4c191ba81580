"""What a step does to what exists and may carry traffic, as one sentence made from its difference."""

from azext_vnet2vnet.network.resource_id import GATEWAY_TYPE, PUBLIC_IP_TYPE, SHARED_KEY_TYPE, ResourceId
from azext_vnet2vnet.planning.plan import Action, Difference, Step

_WORDS = {
    'bgp': 'BGP',
    'asn': 'ASN',
    'activeActive': 'active-active',
    'policy': 'IPsec policy',
    'dpdTimeout': 'DPD time-out',
    'mode': 'connection mode',
    'policyBasedSelectors': 'policy-based selectors',
    'trafficSelectors': 'traffic selectors',
}


def disturbance_of(step: Step) -> str | None:
    """The sentence, without its full stop; None where the step disturbs nothing."""
    if not step.disturbs:
        return None
    is_gateway, changed = step.id.is_a(GATEWAY_TYPE), ', '.join(map(describe_difference, step.differences))
    if step.action is Action.DELETE:
        noun = 'Gateway' if is_gateway else 'Public IP' if step.id.is_a(PUBLIC_IP_TYPE) else 'Connection'
        return f'{noun} {step.id} is deleted'
    if step.id.is_a(SHARED_KEY_TYPE):
        return f'The key of {_connection_of(step.id)} is changed, which drops its tunnel until both halves have it'
    if step.action is Action.RESET and is_gateway:
        others = ', '.join(sorted(other.name for other in step.affected))
        return (
            f'Gateway {step.id} is reset, which takes about a quarter of an hour and can drop all its tunnels meanwhile'
            + (f', those of {others} too' if others else '')
        )
    if step.action is Action.RESET:
        return f'Connection {step.id} is reset, which drops its tunnel for a moment'
    if is_gateway:
        return f'Gateway {step.id} is changed ({changed}), which can drop all its tunnels for some minutes'
    return f'Connection {step.id} is changed ({changed}), which drops its tunnel for a moment'


def describe_difference(difference: Difference) -> str:
    """`DPD time-out 45 -> 50`, `BGP off -> on`, `IPsec policy removed`."""
    word = _WORDS.get(difference.field, difference.field)
    before, after = difference.before, difference.after
    if any(isinstance(value, (list, dict)) or value is None for value in (before, after)):
        return f'{word} {"removed" if not after else "changed" if before else "added"}'
    return f'{word} {_spell(before)} -> {_spell(after)}'


def _connection_of(key: ResourceId) -> str:
    return str(key).rpartition('/')[0]


def _spell(value: object) -> str:
    return ('on' if value else 'off') if isinstance(value, bool) else str(value)
