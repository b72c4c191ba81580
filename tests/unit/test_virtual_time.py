"""The time that unit tests go by."""

import asyncio

import pytest

from tests.unit.virtual_time import InlineExecutor, VirtualTime


def test_an_hour_is_over_at_once_and_timers_come_in_their_order():
    time, seen = VirtualTime(), []

    async def sleep(seconds):
        await asyncio.sleep(seconds)
        seen.append((seconds, time.now()))

    async def scenario():
        await asyncio.gather(sleep(3600), sleep(0.25), sleep(60))

    time.run(scenario())
    assert seen == [(0.25, pytest.approx(0.25)), (60, pytest.approx(60)), (3600, pytest.approx(3600))]


def test_time_goes_on_where_the_last_run_left_it():
    time = VirtualTime()
    time.run(asyncio.sleep(5))
    time.run(asyncio.sleep(5))
    assert time.now() == pytest.approx(10)


def test_waiting_for_what_will_not_come_is_an_error():
    async def scenario():
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match='will not come'):
        VirtualTime().run(scenario())


def test_an_error_in_a_callback_fails_the_run():
    async def scenario():
        future = asyncio.get_running_loop().create_future()
        future.cancel()
        asyncio.get_running_loop().call_soon(future.set_result, None)
        await asyncio.sleep(1)

    with pytest.raises(AssertionError, match='InvalidStateError'):
        VirtualTime().run(scenario())


def test_what_a_run_leaves_behind_is_cancelled():
    ends = []

    async def endless():
        try:
            await asyncio.sleep(1e6)
        finally:
            ends.append('cancelled')

    async def scenario():
        task = asyncio.ensure_future(endless())
        await asyncio.sleep(0)
        return task

    task = VirtualTime().run(scenario())
    assert task.cancelled() and ends == ['cancelled']


def test_a_call_is_made_at_once_and_its_result_or_error_takes_its_time():
    time = VirtualTime()

    async def scenario():
        loop, executor = asyncio.get_running_loop(), InlineExecutor(lambda: 7.0)
        assert await loop.run_in_executor(executor, time.now) == 0 and time.now() == pytest.approx(7)
        with pytest.raises(ZeroDivisionError):
            await loop.run_in_executor(executor, divmod, 1, 0)
        assert time.now() == pytest.approx(14)

    time.run(scenario())


def test_a_call_that_nobody_waits_for_any_more_ends_quietly():
    time = VirtualTime()

    async def scenario():
        running = asyncio.get_running_loop().run_in_executor(InlineExecutor(lambda: 7.0), time.now)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(running, 2)
        await asyncio.sleep(10)

    time.run(scenario())


def test_no_more_calls_run_at_a_time_than_there_are_threads():
    time, executor, started = VirtualTime(), InlineExecutor(lambda: 7.0, size=2), []

    async def scenario():
        loop = asyncio.get_running_loop()
        calls = [loop.run_in_executor(executor, lambda: started.append(time.now())) for _ in range(5)]
        calls.pop(3).cancel()
        await asyncio.gather(*calls)

    time.run(scenario())
    assert started == pytest.approx([0, 0, 7, 7])
