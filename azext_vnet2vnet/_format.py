"""Tables, for `--output table`."""

import re
from collections import OrderedDict

_ID = re.compile(r'/subscriptions/[^ ,;:]*/([^/ ,;:]+)')


def pair_table(result: dict | list) -> list[OrderedDict]:
    """A pair as one row; a what-if as one row a change, and one a finding. With several --ids all of them."""
    if isinstance(result, list):
        return [row for one in result for row in pair_table(one)]
    if 'end1' in result:
        return [_pair_row(result)]
    return [_change_row(change) for change in result.get('changes', ())] + [
        OrderedDict(Action=finding['severity'], Name=finding['code'], Message=finding['message'])
        for finding in result.get('findings', ())
    ]


def pairs_table(result: list[dict]) -> list[OrderedDict]:
    """One row a pair."""
    return [
        OrderedDict(
            {'Name': pair['name'], 'VNet 1': _vnet(pair['end1']), 'VNet 2': _vnet(pair['end2']), **_state(pair)}
        )
        for pair in result
    ]


def network_table(result: dict) -> list[OrderedDict]:
    """The pairs of a network, one row each; a what-if as one row a change, and one a finding."""
    return pairs_table(result['pairs']) if 'pairs' in result else pair_table(result)


def verdict_table(result: dict | list) -> list[OrderedDict]:
    """One row a reason, with the names of resources for their ids; one row where there is none."""
    if isinstance(result, list):
        return [row for one in result for row in verdict_table(one)]
    pair = OrderedDict(Name=result['name'], Status=result['status'], Healthy=result['healthy'])
    return [
        OrderedDict(
            **pair,
            Reason=reason['code'],
            Severity=reason['severity'],
            Message=_ID.sub(r'\1', reason['message']),
            Recommendation=reason['recommendation'],
        )
        for reason in result['reasons']
    ] or [pair]


def _change_row(change: dict) -> OrderedDict:
    row = OrderedDict(Action=change['action'], Name=_name(change['id']), Id=change['id'])
    if 'disturbance' in change:
        row['Message'] = _ID.sub(r'\1', change['disturbance'])
    return row


def _pair_row(pair: dict) -> OrderedDict:
    row = OrderedDict(Name=pair['name'])
    for number in (1, 2):
        end = pair[f'end{number}']
        row[f'VNet {number}'] = _vnet(end)
        row[f'Location {number}'] = end['location']
    row.update(_state(pair))
    if 'secondsWithoutTunnel' in pair:
        row['Seconds without tunnel'] = pair['secondsWithoutTunnel']
    return row


def _state(pair: dict) -> dict:
    return {
        'Status': pair['status'],
        'Healthy': pair['healthy'],
        'Reason': ', '.join(sorted({reason['code'] for reason in pair['reasons']})),
    }


def _vnet(end: dict) -> str:
    """The VNet's name; where it cannot be read, the gateway's in brackets."""
    if end['vnet']['id']:
        return _name(end['vnet']['id'])
    return f'({_name(end["gateway"]["id"])})' if end['gateway'] else '(gone)'


def _name(resource_id: str) -> str:
    """The name in an ID; that of the connection where it is the ID of its key."""
    return resource_id.removesuffix('/sharedkey').rsplit('/', 1)[-1]
