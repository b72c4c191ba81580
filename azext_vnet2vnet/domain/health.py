"""The two observed halves of a pair -> one status and the reasons why it is not healthy."""
from dataclasses import dataclass

from azext_vnet2vnet.domain.observed import FAILED, SUCCEEDED, ObservedConnection
from azext_vnet2vnet.domain.secret import SharedKey

CONNECTED = 'Connected'


@dataclass(frozen=True)
class Reason:
    """Why a pair is not healthy: a kebab-case code, what was seen, and what to do."""
    code: str
    message: str
    recommendation: str

    def shape(self) -> dict:
        """The reason as the user reads it in JSON."""
        return {'code': self.code, 'message': self.message, 'recommendation': self.recommendation}


def status_of(half1: ObservedConnection | None, half2: ObservedConnection | None) -> str:
    """The status of the pair: the worse of its halves, where they differ."""
    halves = [half for half in (half1, half2) if half]
    if any(half.state == FAILED for half in halves):
        return 'Failed'
    if len(halves) < 2:
        return 'Half'
    if any(half.state != SUCCEEDED for half in halves):
        return 'Updating'
    statuses = {half.status or 'Unknown' for half in halves}
    return next(status for status in ('NotConnected', 'Connecting', 'Unknown', CONNECTED) if status in statuses)


def reasons_of(half1: ObservedConnection | None, half2: ObservedConnection | None,
               keys: tuple[SharedKey | None, SharedKey | None] = (None, None)) -> tuple[Reason, ...]:
    """Every reason that the two halves, and their keys where those were read, give for not being healthy."""
    again = 'Run the same command again'
    halves = [half for half in (half1, half2) if half]
    reasons = [Reason('connection-failed', f'Azure failed to make or change {half.id}', f'{again}: it writes this half '
                      'again') for half in halves if half.state == FAILED]
    if len(halves) < 2:
        there = f' beside {halves[0].id}' if halves else ''
        reasons.append(Reason('half-missing', f'A half of the pair does not exist{there}',
                              f'{again}: it makes the missing half'))
    reasons += [Reason('connection-updating', f'Azure is still working on {half.id}',
                       f'{again}, or look with az network vpn-connection show --ids {half.id}')
                for half in halves if half.state not in (FAILED, SUCCEEDED)]
    if None not in keys and keys[0] != keys[1]:
        reasons.append(Reason('key-mismatch', f'The keys of {half1.id} and {half2.id} differ',
                              'Run the same command with --shared-key @FILE to give both halves that key'))
    reasons += [Reason('not-connected', f'{half.id} reports {half.status or "Unknown"}',
                       'A new tunnel may take some minutes; look again with az network vpn-connection show --ids '
                       f'{half.id} --query connectionStatus')
                for half in halves if half.state == SUCCEEDED and half.status != CONNECTED]
    return tuple(reasons)
