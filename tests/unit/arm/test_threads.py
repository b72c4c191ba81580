"""The threads that requests run on."""

import asyncio
import subprocess
import sys
import threading

import pytest

from azext_vnet2vnet.arm.threads import DaemonThreads, threads_of_process


def run(scenario):
    """Run a coroutine function; an error in a callback is one of the test."""
    errors = []

    async def watched():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
        await scenario(asyncio.get_running_loop())

    asyncio.run(watched())
    assert errors == []


def test_results_and_errors_come_back():
    threads = DaemonThreads(2)
    assert threads.submit(divmod, 7, 2).result() == (3, 1)
    assert threads.submit(dict, a=1).result() == {'a': 1}
    with pytest.raises(ZeroDivisionError):
        threads.submit(divmod, 1, 0).result()


def test_threads_are_daemons_as_many_as_are_busy_and_no_more_than_asked_for():
    threads, barrier = DaemonThreads(3), threading.Barrier(3)

    def work(is_last=False):
        if not is_last:
            barrier.wait(5)
        return threading.current_thread()

    together = [threads.submit(work) for _ in range(3)]
    used = {future.result() for future in together}
    assert len(used) == 3 and all(thread.daemon for thread in used)
    assert {threads.submit(work, True).result() for _ in range(9)} <= used


def test_an_idle_thread_is_used_again():
    threads = DaemonThreads(9)
    assert len({threads.submit(threading.get_ident).result() for _ in range(3)}) <= 2


def test_a_call_that_waits_can_be_cancelled_and_one_in_flight_ends_quietly():
    threads, begun, go_on, made = DaemonThreads(1), threading.Event(), threading.Event(), []

    def work():
        begun.set()
        go_on.wait(5)
        made.append('first')

    async def scenario(loop):
        in_flight = loop.run_in_executor(threads, work)
        waiting = loop.run_in_executor(threads, made.append, 'second')
        begun.wait(5)
        for future in (in_flight, waiting):
            future.cancel()
            with pytest.raises(asyncio.CancelledError):
                await future
        await asyncio.sleep(0)  # The loop cancels what waits for a thread in its next round.
        go_on.set()
        await loop.run_in_executor(threads, made.append, 'third')

    run(scenario)
    assert made == ['first', 'third']


def test_the_process_ends_while_a_call_is_in_flight():
    program = (
        'import time\nfrom azext_vnet2vnet.arm.threads import DaemonThreads\nDaemonThreads(1).submit(time.sleep, 600)\n'
    )
    subprocess.run([sys.executable, '-c', program], check=True, timeout=60)


def test_all_commands_of_a_process_share_their_threads():
    assert threads_of_process(3) is threads_of_process(3)
