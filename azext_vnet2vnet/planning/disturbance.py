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
_MOMENT = 'drops its tunnel for a moment'


def disturbance_of(step: Step) -> str | None:
    """The sentence, without its full stop; None where the step disturbs nothing."""
    if not step.disturbs:
        return None
    if step.action is Action.DELETE:
        return f'{_noun_of(step.id)} {step.id} is deleted'
    if step.id.is_a(SHARED_KEY_TYPE):
        return f'The key of {_connection_of(step.id)} is changed, which drops its tunnel until both halves have it'
    if step.action is Action.RESET:
        return f'{_noun_of(step.id)} {step.id} is reset, which {_effect_of_reset(step)}'
    changed = ', '.join(map(describe_difference, step.differences))
    effect = 'can drop all its tunnels for some minutes' if step.id.is_a(GATEWAY_TYPE) else _MOMENT
    return f'{_noun_of(step.id)} {step.id} is changed ({changed}), which {effect}'


def _noun_of(resource: ResourceId) -> str:
    return 'Gateway' if resource.is_a(GATEWAY_TYPE) else 'Public IP' if resource.is_a(PUBLIC_IP_TYPE) else 'Connection'


def _effect_of_reset(step: Step) -> str:
    if not step.id.is_a(GATEWAY_TYPE):
        return _MOMENT
    effect = 'takes about a quarter of an hour and can drop all its tunnels meanwhile'
    others = ', '.join(sorted(other.name for other in step.affected))
    return f'{effect}, those of {others} too' if others else effect


def describe_difference(difference: Difference) -> str:
    """`DPD time-out 45 -> 50`, `BGP off -> on`, `traffic selectors removed: 10.1.0.0/16 to 10.2.0.0/16 -> none`."""
    word = _WORDS.get(difference.field, difference.field)
    before, after = difference.before, difference.after
    if any(isinstance(value, (list, dict)) or value is None for value in (before, after)):
        verb = 'removed' if not after else 'changed' if before else 'added'
        return f'{word} {verb}: {_spell_whole(before)} -> {_spell_whole(after)}'
    return f'{word} {_spell(before)} -> {_spell(after)}'


def _connection_of(key: ResourceId) -> str:
    return str(key).rpartition('/')[0]


def _spell_whole(value: object) -> str:
    """A policy as its values, selectors as ranges, tags as pairs; without commas, which separate differences."""
    if isinstance(value, list):
        return ' and '.join(f'{" + ".join(one["local"])} to {" + ".join(one["remote"])}' for one in value) or 'none'
    if isinstance(value, dict) and 'ikeEncryption' in value:
        return '/'.join(map(str, value.values()))
    if isinstance(value, dict):
        return ' '.join(f'{name}={text}' for name, text in value.items()) or 'none'
    return 'none' if value is None else _spell(value)


def _spell(value: object) -> str:
    return ('on' if value else 'off') if isinstance(value, bool) else str(value)
