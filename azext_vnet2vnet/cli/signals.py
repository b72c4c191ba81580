"""What the system does to a run: signals that end it, and a standard error that is closed."""

import os
import signal
import sys
import threading
from types import FrameType

_LIKE_CTRL_C = ('SIGTERM', 'SIGHUP', 'SIGBREAK')  # Not every system has each.


class Interrupts:
    """While it is entered, these signals do what Ctrl-C does; one that the caller ignores, as under nohup, stays so."""

    def __init__(self) -> None:
        self.exit_code = 128 + signal.SIGINT
        self._taken: list[signal.Signals] = []

    def __enter__(self) -> 'Interrupts':
        if threading.current_thread() is threading.main_thread():  # az reads several --ids in threads.
            found = (getattr(signal, name) for name in _LIKE_CTRL_C if hasattr(signal, name))
            self._taken = [number for number in found if signal.getsignal(number) is signal.SIG_DFL]
        for number in self._taken:
            signal.signal(number, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        for number in self._taken:
            signal.signal(number, signal.SIG_DFL)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.exit_code = 128 + number
        like = signal.getsignal(signal.SIGINT)  # asyncio has one of its own while it runs.
        if not callable(like):
            raise KeyboardInterrupt
        like(signal.SIGINT, frame)


def open_standard_error() -> None:
    """Open a standard error that was closed: `print` would take standard output, which is for the result alone."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, 'w', encoding='utf-8')  # noqa: SIM115  # pylint: disable=consider-using-with
