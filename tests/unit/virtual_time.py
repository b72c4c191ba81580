"""Time that passes only while every task waits: hours of a run in milliseconds, and in the same order each time."""

import asyncio
import selectors
from collections import deque
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any


class VirtualTime:
    """Seconds since the beginning of a test; they stand still while any task can go on."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def now(self) -> float:
        """Seconds since the beginning."""
        return self._seconds

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._seconds += seconds

    def run(self, coroutine: Coroutine) -> Any:
        """Run a coroutine to its end; what it left behind is cancelled then, as asyncio.run does.

        RuntimeError where every task waits and nothing will come; AssertionError where a callback raised, or a task
        whose result nobody asked for.
        """
        loop = _Loop(self)
        try:
            result = loop.run_until_complete(coroutine)
        finally:
            loop.run_until_complete(_cancel(asyncio.all_tasks(loop)))
            loop.close()
        if loop.unhandled:
            raise AssertionError(loop.unhandled)
        return result


async def _cancel(tasks: Collection[asyncio.Task]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Loop(asyncio.SelectorEventLoop):
    """An event loop that jumps to its next timer instead of sleeping."""

    def __init__(self, time: VirtualTime):
        self._virtual = time
        self.unhandled: list[dict] = []
        super().__init__(_Selector(time))
        self.set_exception_handler(lambda loop, context: self.unhandled.append(context))

    def time(self) -> float:
        return self._virtual.now()


class _Selector(selectors.DefaultSelector):
    def __init__(self, time: VirtualTime):
        super().__init__()
        self._virtual = time

    def select(self, timeout: float | None = None) -> list:
        if timeout is None:
            raise RuntimeError('every task waits for something that will not come')
        self._virtual.advance(timeout)
        return super().select(0)


class InlineExecutor(Executor):
    """Makes each call in the thread of the event loop, as if `size` threads did, and delivers its result later.

    As with a thread, a call that has begun cannot be cancelled. `seconds` is asked after each call how long it took.
    """

    def __init__(self, seconds: Callable[[], float] = lambda: 0.0, size: int = 32):
        self._seconds = seconds
        self._idle = size
        self._calls: deque[tuple[Future, Callable[[], Any]]] = deque()

    def submit(self, fn, /, *args, **kwargs) -> Future:
        """Call `fn`, at once where a thread is idle; its result is there when the seconds that it took have passed."""
        future: Future = Future()
        self._calls.append((future, partial(fn, *args, **kwargs)))
        self._serve()
        return future

    def _serve(self) -> None:
        while self._idle and self._calls:
            future, call = self._calls.popleft()
            if future.set_running_or_notify_cancel():
                self._idle -= 1
                try:
                    deliver = partial(future.set_result, call())
                except BaseException as error:  # pylint: disable=broad-except  # As concurrent.futures does.
                    deliver = partial(future.set_exception, error)
                asyncio.get_running_loop().call_later(self._seconds(), self._end, deliver)

    def _end(self, deliver: Callable[[], None]) -> None:
        self._idle += 1
        deliver()
        self._serve()
