"""The progress of a run, on stderr: a live table on a terminal, lines elsewhere."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from azext_vnet2vnet.arm.clock import Clock
from azext_vnet2vnet.cli.plan_text import VERBS, describe, duration
from azext_vnet2vnet.engine.engine import Report, UnfailingReport
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.plan import Plan, Step

_INTERVAL = 60.0  # Seconds between two lines about steps that go on.
_MOST_NAMED = 4  # Steps in one line.


@contextmanager
def choose_report(cli_ctx: Any, plan: Plan, clock: Clock) -> Iterator[Report]:
    """The report that fits where az runs: a live table, lines, or nothing under --only-show-errors."""
    if cli_ctx.only_show_errors:
        yield Report()
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
            yield UnfailingReport(lines)
        finally:
            lines.close()
        return
    from azext_vnet2vnet.cli.live_progress import live_table

    with live_table(plan, clock) as table:
        yield UnfailingReport(table)


class Lines(Report):
    """A line when a step starts and ends, and one for each minute that steps go on."""

    def __init__(self, clock: Clock, stream: TextIO | None = None):
        self._clock = clock
        self._stream = stream or sys.stderr
        self._running: dict[ResourceId, tuple[Step, float]] = {}
        self._over = threading.Event()
        threading.Thread(target=self._print_minutes, daemon=True).start()

    def started(self, step: Step) -> None:
        """Print that the step started."""
        self._running[step.id] = step, self._clock.now()
        self._print(f'{VERBS[step.action][0]} {describe(step)}')

    def finished(self, step: Step, seconds: float) -> None:
        """Print that the step is done."""
        self._running.pop(step.id, None)
        self._print(f'{VERBS[step.action][1]} {describe(step)} after {duration(seconds)}')

    def failed(self, step: Step, reason: str = '') -> None:
        """Print that the step failed, and why."""
        self._running.pop(step.id, None)
        self._print(': '.join(filter(None, ('Failed', describe(step), reason))))

    def left(self, step: Step) -> None:
        """Print that Azure goes on with the step."""
        self._running.pop(step.id, None)
        self._print(f'Still going on in Azure: {describe(step)}')

    def waiting(self, text: str) -> None:
        """Print what the run waits for."""
        self._print(text)

    def over(self, text: str) -> None:
        """Print how the wait ended."""
        self._print(text)

    def close(self) -> None:
        """Print no more."""
        self._over.set()

    def _print(self, text: str) -> None:
        print(text, file=self._stream, flush=True)

    def _print_minutes(self) -> None:
        while not self._over.wait(_INTERVAL / self._clock.speed):
            now = self._clock.now()
            slow = sorted(
                ((began, step) for step, began in list(self._running.values()) if now - began >= _INTERVAL),
                key=lambda entry: entry[0],
            )
            if slow:
                texts = [
                    f'{VERBS[step.action][0].lower()} {describe(step)}, {duration(now - began)} so far'
                    for began, step in slow[:_MOST_NAMED]
                ]
                more = [f'{len(slow) - _MOST_NAMED} more steps'] if len(slow) > _MOST_NAMED else []
                self._print(f'Still {"; ".join(texts + more)}')
