"""A simulated Azure with many pairs in many subscriptions, made of one real pair."""

import json
from typing import Any

from tests.armsim import DEFAULTS

_SUBSCRIPTION = '50505050-0000-4000-8000-{:012d}'


def crowd(state: dict[str, Any], pairs: int, subscriptions: int) -> dict[str, Any]:
    """A state with `pairs` copies of the pair that `state` holds, each between two of so many subscriptions.

    `state` has TestVNet1 and TestVNet4, joined, in groups of Subscription 1; the subscriptions are in two tenants.
    """
    parts = {name: state[name] for name in ('groups', 'resources', 'attachments')}
    one, four = (_of_group(parts, group) for group in ('TestRG1', 'TestRG4'))
    crowded: dict[str, dict] = {name: {} for name in parts}
    for number in range(pairs):
        near, far = number % subscriptions, (number + 1) % subscriptions
        for text in (one, four):
            moved = text.replace('TestRG1', f'Near{number}').replace('TestRG4', f'Far{number}')
            moved = moved.replace('testrg1', f'near{number}').replace('testrg4', f'far{number}')
            moved = moved.replace(
                f'{DEFAULTS.subscription_1}/resourceGroups/Near', f'{_SUBSCRIPTION.format(near)}/resourceGroups/Near'
            ).replace(
                f'{DEFAULTS.subscription_1}/resourcegroups/near', f'{_SUBSCRIPTION.format(near)}/resourcegroups/near'
            )
            moved = moved.replace(DEFAULTS.subscription_1, _SUBSCRIPTION.format(far))
            for name, found in json.loads(moved).items():
                crowded[name] |= found
    tenants = (DEFAULTS.tenant_a, DEFAULTS.tenant_b)
    known = {
        _SUBSCRIPTION.format(number): {
            'displayName': f'Subscription {number + 100}',
            'tenantId': tenants[number % 2],
            'state': 'Enabled',
            'registered': ['Microsoft.Network'],
        }
        for number in range(subscriptions)
    }
    return {**state, **crowded, 'subscriptions': known, 'operations': {}, 'events': []}


def _of_group(parts: dict[str, dict], group: str) -> str:
    """The parts of a state that are in a group, as JSON text."""
    return json.dumps(
        {
            name: {key: value for key, value in part.items() if f'/resourcegroups/{group.lower()}' in f'{key}/'.lower()}
            for name, part in parts.items()
        }
    )
