"""Tables, for `--output table`."""
from collections import OrderedDict


def pair_table(result: dict) -> list[OrderedDict]:
    """A pair as one row; a what-if as one row a change, and one a finding."""
    if 'end1' in result:
        return [_pair_row(result)]
    return [_change_row(change) for change in result.get('changes', ())] + [
        OrderedDict(Action=finding['severity'], Name=finding['code'], Message=finding['message'])
        for finding in result.get('findings', ())]


def _change_row(change: dict) -> OrderedDict:
    row = OrderedDict(Action=change['action'], Name=change['id'].rsplit('/', 1)[-1], Id=change['id'])
    if 'disturbance' in change:
        row['Message'] = change['disturbance']
    return row


def _pair_row(pair: dict) -> OrderedDict:
    row = OrderedDict(Name=pair['name'])
    for number in (1, 2):
        end = pair[f'end{number}']
        row[f'VNet{number}'] = end['vnet']['id'].rsplit('/', 1)[-1]
        row[f'Location{number}'] = end['location']
    row['Status'] = pair['status']
    row['Healthy'] = pair['healthy']
    row['Reason'] = ', '.join(sorted({reason['code'] for reason in pair['reasons']}))
    return row
