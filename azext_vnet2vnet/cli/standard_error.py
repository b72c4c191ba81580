"""What is told on stderr never decides what is done: a reader that leaves, or a full disk, ends the telling alone."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any, TextIO, cast

_STDERR = 2


def tell(text: str = '') -> None:
    """Print a line on stderr, if anybody takes it."""
    with unfailing_stderr():
        print(text, file=sys.stderr)


@contextmanager
def unfailing_stderr() -> Iterator[None]:
    """Writes to sys.stderr do not raise in the body; what nobody takes is dropped."""
    stream = UnfailingStream(sys.stderr)
    with redirect_stderr(cast(TextIO, stream)):
        try:
            yield
        finally:
            stream.flush()


class UnfailingStream:
    """A text stream whose writes cannot fail: after the first one that does, all of them go nowhere.

    The descriptor of stderr goes nowhere then, too: else Python, which flushes it at the end, would end with code 120.
    `stream` is None where az was started without a stderr.
    """

    def __init__(self, stream: TextIO | None):
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write the text, or drop it."""
        try:
            if self._stream:
                self._stream.write(text)
                self._stream.flush()
        except (OSError, ValueError):
            self._drop()
        return len(text)

    def flush(self) -> None:
        """Write what is buffered, or drop it."""
        self.write('')

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return bool(self._stream and not self._stream.closed and self._stream.isatty())

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        try:
            if stream and stream.fileno() == _STDERR:
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, _STDERR)
                os.close(nowhere)
        except (OSError, ValueError):
            pass  # It has no descriptor, or is closed.
