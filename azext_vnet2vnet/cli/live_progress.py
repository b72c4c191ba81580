"""The live table of a run, drawn by rich; imported only where there is a terminal to draw on."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from azext_vnet2vnet.arm.clock import Clock
from azext_vnet2vnet.cli.plan_text import describe, duration
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.plan import Plan, Step

_MARGIN = 3  # Lines kept free, so that the table never scrolls.


@contextmanager
def live_table(plan: Plan, clock: Clock) -> Iterator['LiveTable']:
    """A table on stderr that is redrawn while the run goes on and stays as it was last."""
    console = Console(stderr=True)
    table = LiveTable(plan, clock, console)
    with Live(table, console=console, refresh_per_second=4, transient=False):
        yield table


class LiveTable(Report):
    """A row for every step of the plan: running ones first where the terminal is too low for all."""

    def __init__(self, plan: Plan, clock: Clock, console: Console):
        self._steps = plan.steps
        self._clock = clock
        self._console = console
        self._began: dict[ResourceId, float] = {}
        self._took: dict[ResourceId, float] = {}
        self._failed: dict[ResourceId, str] = {}
        self._left: set[ResourceId] = set()
        self._spinner = Spinner('dots')
        self._last: tuple[RenderableType, ...] = ()

    def started(self, step: Step) -> None:
        """The step is running."""
        self._began[step.id] = self._clock.now()

    def finished(self, step: Step, seconds: float) -> None:
        """The step is done."""
        self._took[step.id] = seconds

    def failed(self, step: Step, reason: str = '') -> None:
        """The step is given up; the reason is shown as far as there is room."""
        self._failed[step.id] = ': '.join(filter(None, ('failed', reason)))

    def left(self, step: Step) -> None:
        """Azure goes on with the step."""
        self._left.add(step.id)

    def waiting(self, text: str) -> None:
        """A line with a spinner below the table."""
        self._last = self._spinner, Text(text)

    def over(self, text: str) -> None:
        """The same line, at rest."""
        self._last = '', Text(text)

    def __rich__(self) -> Table:
        table = Table.grid(padding=(0, 1))
        table.add_column()
        table.add_column(no_wrap=True, overflow='ellipsis')
        table.add_column(no_wrap=True, overflow='ellipsis')
        for step in self._visible():
            table.add_row(*self._row(step))
        hidden = len(self._steps) - len(self._visible())
        if hidden:
            table.add_row('', Text(f'{hidden} more steps, {len(self._took)} of {len(self._steps)} done', style='dim'))
        if self._last:
            table.add_row(*self._last)
        return table

    def _visible(self) -> list[Step]:
        room = max(self._console.height - _MARGIN, 1)
        if len(self._steps) <= room:
            return list(self._steps)
        return sorted(self._steps, key=self._rank)[:room]

    def _rank(self, step: Step) -> int:
        if step.id in self._failed:
            return 0
        if step.id in self._took:
            return 3
        return 1 if step.id in self._began else 2

    def _row(self, step: Step) -> tuple[RenderableType, ...]:
        if step.id in self._failed:
            return Text('✗', style='red'), Text(describe(step)), Text(self._failed[step.id], style='red')
        if step.id in self._left:
            return Text('…', style='dim'), Text(describe(step)), Text('goes on in Azure', style='dim')
        if step.id in self._took:
            return Text('✓', style='green'), Text(describe(step)), Text(duration(self._took[step.id]), style='dim')
        if step.id in self._began:
            return self._spinner, Text(describe(step)), Text(duration(self._clock.now() - self._began[step.id]))
        return Text('·', style='dim'), Text(describe(step), style='dim'), ''
