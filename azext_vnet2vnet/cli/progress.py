"""How a run goes, told on stderr: a live table on a terminal, lines elsewhere."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.plan import Action, Plan, Step

_NOUNS = {
    resource_id.GROUP_TYPE: 'resource group',
    resource_id.VNET_TYPE: 'VNet',
    resource_id.SUBNET_TYPE: 'subnet',
    resource_id.PUBLIC_IP_TYPE: 'public IP',
    resource_id.GATEWAY_TYPE: 'gateway',
    resource_id.CONNECTION_TYPE: 'connection',
    resource_id.SHARED_KEY_TYPE: 'key of connection',
}
_VERBS = {
    Action.CREATE: ('Creating', 'Created'),
    Action.UPDATE: ('Updating', 'Updated'),
    Action.RESET: ('Resetting', 'Reset'),
    Action.DELETE: ('Deleting', 'Deleted'),
    Action.WAIT: ('Waiting for', 'Ready:'),
}
_TELL_EVERY = 60.0
_MOST_TOLD = 4  # Steps in one line.


def describe(step: Step) -> str:
    """The resource of a step in words, such as `gateway VNet1GW (VpnGw2AZ, eastus)`."""
    details = [getattr(step.resource, field, None) for field in ('sku', 'location')]
    text = ', '.join(detail for detail in details if detail)
    return f'{_NOUNS[step.id.type]} {step.id.name}' + (f' ({text})' if text else '')


def duration(seconds: float) -> str:
    """Seconds as a person reads them: `45 s`, `26 min 20 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f'{minutes} min {rest} s' if minutes else f'{rest} s'


@contextmanager
def choose_report(cli_ctx, plan: Plan, clock) -> Iterator:
    """The report that fits where az runs: a live table, lines, or nothing under --only-show-errors."""
    if cli_ctx.only_show_errors:
        yield Silence()
        return
    asked = cli_ctx.data['safe_params']
    is_plain = (
        not plan.steps
        or not sys.stderr.isatty()
        or os.environ.get('TERM') == 'dumb'
        or '--debug' in asked
        or '--verbose' in asked
        or cli_ctx.config.getboolean('core', 'disable_progress_bar', fallback=False)
    )
    if is_plain:
        lines = Lines(clock)
        try:
            yield lines
        finally:
            lines.close()
        return
    from azext_vnet2vnet.cli.live_progress import live_table

    with live_table(plan, clock) as table:
        yield table


class Silence(Report):
    """Tells nothing."""


class Lines:
    """A line when a step starts and ends, and one for each minute that steps go on."""

    def __init__(self, clock, stream=None):
        self._clock = clock
        self._stream = stream or sys.stderr
        self._running: dict[ResourceId, tuple[Step, float]] = {}
        self._over = threading.Event()
        threading.Thread(target=self._tell_minutes, daemon=True).start()

    def started(self, step: Step) -> None:
        """Tell that the step started."""
        self._running[step.id] = step, self._clock.now()
        self._tell(f'{_VERBS[step.action][0]} {describe(step)}')

    def finished(self, step: Step, seconds: float) -> None:
        """Tell that the step is done."""
        self._running.pop(step.id, None)
        self._tell(f'{_VERBS[step.action][1]} {describe(step)} after {duration(seconds)}')

    def failed(self, step: Step) -> None:
        """Tell that the step failed."""
        self._running.pop(step.id, None)
        self._tell(f'Failed: {describe(step)}')

    def left(self, step: Step) -> None:
        """Tell that Azure goes on with the step."""
        self._running.pop(step.id, None)
        self._tell(f'Still going on in Azure: {describe(step)}')

    def waiting(self, text: str) -> None:
        """Tell what the run waits for."""
        self._tell(text)

    def over(self, text: str) -> None:
        """Tell how the wait ended."""
        self._tell(text)

    def close(self) -> None:
        """Tell no more."""
        self._over.set()

    def _tell(self, text: str) -> None:
        print(text, file=self._stream, flush=True)

    def _tell_minutes(self) -> None:
        while not self._over.wait(_TELL_EVERY / self._clock.speed):
            now = self._clock.now()
            slow = sorted(
                ((began, step) for step, began in list(self._running.values()) if now - began >= _TELL_EVERY),
                key=lambda entry: entry[0],
            )
            if slow:
                texts = [
                    f'{_VERBS[step.action][0].lower()} {describe(step)}, {duration(now - began)} so far'
                    for began, step in slow[:_MOST_TOLD]
                ]
                more = [f'{len(slow) - _MOST_TOLD} more steps'] if len(slow) > _MOST_TOLD else []
                self._tell(f'Still {"; ".join(texts + more)}')
