"""Clock seconds, of a simulated Azure that is faster than the real one."""

import pytest

from azext_vnet2vnet.arm.clock import Clock
from tests.unit.virtual_time import VirtualTime


def test_clock_seconds_are_faster_than_real_ones():
    time = VirtualTime()
    clock = Clock(speed=60, now=time.now)
    time.run(clock.sleep(300))
    assert (time.now(), clock.now()) == pytest.approx((5, 300))
    assert clock.from_real_seconds(10) == 600 and clock.to_real_seconds(600) == 10


def test_the_past_is_not_waited_for():
    time = VirtualTime()
    clock = Clock(now=time.now)
    time.run(clock.sleep(-5))
    assert time.now() == clock.to_real_seconds(-5) == 0


def test_the_clock_of_a_run_is_the_monotonic_one():
    first = Clock().now()
    assert Clock().now() >= first > 0
