"""Threads for blocking requests that never hold up the end of the process."""

import queue
import threading
from concurrent.futures import Executor, Future


class Workers(Executor):
    """A few daemon threads, started when needed.

    A ThreadPoolExecutor joins its threads when the process ends, so that Ctrl-C would wait for a request.
    """

    def __init__(self, size: int):
        self._size = size
        self._idle = threading.Semaphore(0)
        self._threads = 0
        self._work = queue.SimpleQueue()

    def submit(self, fn, /, *args, **kwargs):
        """Run `fn` on one of the threads."""
        future: Future = Future()
        self._work.put((future, fn, args, kwargs))
        is_one_idle = self._idle.acquire(blocking=False)  # pylint: disable=consider-using-with  # A count, no section.
        if not is_one_idle and self._threads < self._size:
            self._threads += 1
            threading.Thread(target=self._serve, daemon=True).start()
        return future

    def _serve(self) -> None:
        while True:
            try:
                future, fn, args, kwargs = self._work.get_nowait()
            except queue.Empty:
                self._idle.release()
                future, fn, args, kwargs = self._work.get()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fn(*args, **kwargs))
                except BaseException as error:  # pylint: disable=broad-except
                    future.set_exception(error)
