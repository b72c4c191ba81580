"""A signal that ends a run does what Ctrl-C does, and the exit code tells which it was."""

import asyncio
import os
import signal
import sys
import threading
import time

import pytest

from azext_vnet2vnet.cli.signals import Interrupts, open_standard_error


@pytest.fixture(autouse=True)
def _handlers():
    """The signals as a shell leaves them."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize('number, code', [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize('ignores_ctrl_c', [False, True])
def test_a_signal_cancels_a_run(number, code, ignores_ctrl_c):
    if ignores_ctrl_c:  # As in a job in the background.
        if number == signal.SIGINT:
            return
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended = []

    async def run():
        threading.Timer(0.05, os.kill, (os.getpid(), number)).start()
        try:
            await asyncio.sleep(60)
        finally:
            ended.append('run')

    with Interrupts() as interrupts, pytest.raises(KeyboardInterrupt):
        asyncio.run(run())
    assert interrupts.exit_code == code and ended == ['run']
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_signal_ends_what_does_not_await():
    with Interrupts() as interrupts, pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
    assert interrupts.exit_code == 143


def test_a_signal_that_is_ignored_stays_so():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # As nohup has it.
    with Interrupts():
        os.kill(os.getpid(), signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_other_threads_take_no_signals():
    found = []

    def enter():
        with Interrupts():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert found == [signal.SIG_DFL]


def test_a_closed_standard_error_takes_what_is_said(monkeypatch, capsys):
    monkeypatch.setattr(sys, 'stderr', None)
    open_standard_error()
    opened = sys.stderr
    print('said', file=sys.stderr)
    open_standard_error()
    assert sys.stderr is opened and capsys.readouterr().out == ''
    opened.close()
