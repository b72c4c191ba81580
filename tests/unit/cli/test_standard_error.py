"""What is told never decides what is done."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from azext_vnet2vnet.arm.clock import Clock
from azext_vnet2vnet.cli.progress import Lines
from azext_vnet2vnet.cli.standard_error import UnfailingStream, tell, unfailing_stderr
from azext_vnet2vnet.engine.engine import UnfailingReport
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.plan import Action, Step

ROOT = Path(__file__).parents[3]
STEP = Step(ResourceId('s', 'rg', 'Microsoft.Network/connections', ('there',)), Action.UPDATE)


class Leaving(io.StringIO):
    """A stream whose reader leaves after so many writes."""

    def __init__(self, left):
        super().__init__()
        self._left = left

    def write(self, text):
        if self._left <= 0:
            raise BrokenPipeError(32, 'Broken pipe')
        self._left -= 1
        return super().write(text)


def tell_all(report):
    report.started(STEP)
    report.finished(STEP, 3)
    report.failed(STEP)
    report.left(STEP)
    report.waiting('waits')
    report.over('is over')


@pytest.mark.parametrize('lines', range(8))
def test_a_reader_may_leave_after_each_line(lines):
    stream = Leaving(2 * lines)  # A line and its end.
    report = Lines(Clock(), stream)
    tell_all(UnfailingReport(report))
    report.close()
    assert stream.getvalue().count('\n') == min(lines, 6)


@pytest.mark.parametrize('writes', range(4))
def test_writes_do_not_fail(writes):
    inner = Leaving(writes)
    stream = UnfailingStream(inner)
    assert [stream.write(text) for text in ('a', 'b', 'c')] == [1, 1, 1]
    stream.flush()
    assert inner.getvalue() == 'abc'[:writes] and not stream.isatty()


def test_a_stream_that_is_closed_or_was_never_there_is_no_failure(monkeypatch):
    closed = io.StringIO()
    closed.close()
    for stream in (None, closed):
        monkeypatch.setattr(sys, 'stderr', stream)
        tell('nobody reads this')
        with unfailing_stderr():
            assert not sys.stderr.isatty()
            print('nor this', file=sys.stderr)
        assert sys.stderr is stream


def test_what_stderr_has_else_is_passed_on():
    assert UnfailingStream(Leaving(1)).getvalue() == ''


@pytest.mark.skipif(not os.path.exists('/dev/full'), reason='there is no /dev/full here')
def test_python_ends_well_where_stderr_is_full():
    script = "from azext_vnet2vnet.cli.standard_error import tell; tell('a'); tell('b'); print('result')"
    with open('/dev/full', 'wb') as full:
        ended = subprocess.run(
            [sys.executable, '-c', script], cwd=ROOT, stderr=full, stdout=subprocess.PIPE, check=True
        )
    assert ended.stdout.split() == [b'result']
