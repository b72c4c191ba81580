"""Tables, for `--output table`. Each function turns what a command returned into rows."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from azext_vnet2vnet.network.plain_text import plain

Row = dict[str, object]
Result = Mapping[str, Any]

_ID = re.compile(r'/subscriptions/[^ ,;:]*/([^/ ,;:]+)')


def pair_table(result: Result | Sequence[Result]) -> list[Row]:
    """One row for a pair; for a what-if one row per change and per diagnostic. With several --ids, all of them."""
    if not isinstance(result, Mapping):
        return [row for one in result for row in pair_table(one)]
    if 'end1' in result:
        return [_pair_row(result)]
    return [_change_row(change) for change in result.get('changes', ())] + [
        {'Action': finding['severity'], 'Name': finding['code'], 'Message': finding['message']}
        for finding in result.get('findings', ())
    ]


def pairs_table(result: Sequence[Result]) -> list[Row]:
    """One row per pair."""
    return [
        {'Name': plain(pair['name']), 'VNet 1': _vnet(pair['end1']), 'VNet 2': _vnet(pair['end2']), **_state(pair)}
        for pair in result
    ]


def network_table(result: Result) -> list[Row]:
    """One row per pair of a network; for a what-if one row per change and per diagnostic."""
    return pairs_table(result['pairs']) if 'pairs' in result else pair_table(result)


def verdict_table(result: Result | Sequence[Result]) -> list[Row]:
    """One row per reason, with names of resources instead of IDs; one row if the pair has none."""
    if not isinstance(result, Mapping):
        return [row for one in result for row in verdict_table(one)]
    pair = {'Name': plain(result['name']), 'Status': result['status'], 'Healthy': result['healthy']}
    return [
        {
            **pair,
            'Reason': reason['code'],
            'Severity': reason['severity'],
            'Message': _ID.sub(r'\1', reason['message']),
            'Recommendation': reason['recommendation'],
        }
        for reason in result['reasons']
    ] or [pair]


def _change_row(change: Result) -> Row:
    row = {'Action': change['action'], 'Name': _name(change['id']), 'Id': plain(change['id'])}
    return row | ({'Message': _ID.sub(r'\1', change['disturbance'])} if 'disturbance' in change else {})


def _pair_row(pair: Result) -> Row:
    row: Row = {'Name': plain(pair['name'])}
    for number in (1, 2):
        end = pair[f'end{number}']
        row |= {f'VNet {number}': _vnet(end), f'Location {number}': end['location']}
    row |= _state(pair)
    if 'secondsWithoutTunnel' in pair:
        row['Seconds without tunnel'] = pair['secondsWithoutTunnel']
    return row


def _state(pair: Result) -> Row:
    codes = sorted({reason['code'] for reason in pair['reasons']})
    return {'Status': pair['status'], 'Healthy': pair['healthy'], 'Reason': ', '.join(codes)}


def _vnet(end: Result) -> str:
    """The name of the VNet; if it cannot be read, that of the gateway in brackets."""
    if end['vnet']['id']:
        return _name(end['vnet']['id'])
    return f'({_name(end["gateway"]["id"])})' if end['gateway'] else '(gone)'


def _name(resource_id: str) -> str:
    """The name in an ID; in the ID of a key, that of its connection."""
    return plain(resource_id.removesuffix('/sharedkey').rsplit('/', 1)[-1])
