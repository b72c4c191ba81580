"""When requests to a subscription are spread, and how far."""

import pytest

from azext_vnet2vnet.arm.clock import Clock
from azext_vnet2vnet.arm.rate_limiter import RateLimiter

HEADER = 'x-ms-ratelimit-remaining-subscription-'


class Still(Clock):
    """A clock that stands until it is moved."""

    moment = 1000.0

    def now(self):
        return self.moment


@pytest.fixture
def clock():
    return Still()


def test_requests_are_not_spread_while_there_are_enough(clock):
    limiter = RateLimiter(clock)
    limiter.update('S', 'GET', {HEADER + 'reads': '1099'})
    limiter.update('S', 'GET', {})
    limiter.update('S', 'GET', {HEADER + 'reads': 'many'})
    assert [limiter.reserve('S', 'GET') for _ in range(3)] == [None] * 3 and not limiter.is_spreading('S', 'GET')


def test_requests_are_spread_when_few_are_left_until_there_are_enough_again(clock):
    limiter = RateLimiter(clock)
    limiter.update('S', 'GET', {HEADER + 'reads': '12'})
    assert [limiter.reserve('s', 'GET') for _ in range(3)] == pytest.approx([0, 0.04, 0.08])
    assert limiter.is_spreading('S', 'GET') and limiter.reserve('S', 'PUT') is None
    assert limiter.reserve('T', 'GET') is None
    limiter.update('S', 'GET', {HEADER + 'reads': '60'})
    assert limiter.reserve('S', 'GET') > 0
    limiter.update('S', 'GET', {HEADER + 'reads': '150'})
    assert limiter.reserve('S', 'GET') is None and not limiter.is_spreading('S', 'GET')


def test_after_a_refusal_nothing_is_sent_before_its_time_and_then_one_by_one(clock):
    limiter = RateLimiter(clock)
    limiter.hold('S', 'DELETE', 6)
    assert [limiter.reserve('S', 'DELETE') for _ in range(3)] == pytest.approx([6, 6.1, 6.2])
    clock.moment += 10
    assert limiter.reserve('S', 'DELETE') == 0
