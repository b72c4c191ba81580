"""Threads for blocking requests that do not delay the end of the process."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import cache
from typing import Any, ParamSpec, TypeVar

P = ParamSpec('P')
T = TypeVar('T')


class DaemonThreads(Executor):
    """Up to `size` daemon threads, each started when all others are busy.

    A ThreadPoolExecutor joins its threads when the process ends, so that Ctrl-C would wait for a request in flight.
    """

    def __init__(self, size: int):
        self._size = size
        self._idle = threading.Semaphore(0)
        self._threads = 0
        self._starting = threading.Lock()
        self._calls: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call `fn` on one of the threads."""
        future: Future[T] = Future()
        self._calls.put((future, lambda: fn(*args, **kwargs)))
        is_one_idle = self._idle.acquire(blocking=False)  # pylint: disable=consider-using-with  # A count, no section.
        with self._starting:  # az may run a command for several --ids side by side.
            if not is_one_idle and self._threads < self._size:
                self._threads += 1
                threading.Thread(target=self._serve, daemon=True).start()
        return future

    def _serve(self) -> None:
        while True:
            try:
                future, call = self._calls.get_nowait()
            except queue.Empty:
                self._idle.release()
                future, call = self._calls.get()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(call())
                except BaseException as error:  # pylint: disable=broad-except  # As concurrent.futures does.
                    future.set_exception(error)


@cache
def threads_of_process(size: int) -> DaemonThreads:
    """The threads that all commands of this process share: az runs a command once for each of several --ids."""
    return DaemonThreads(size)
