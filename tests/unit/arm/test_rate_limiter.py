"""How fast requests follow each other."""

import pytest

from azext_vnet2vnet.arm.clock import Clock
from azext_vnet2vnet.arm.rate_limiter import Pace

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
    pace = Pace(clock)
    pace.heed('S', 'GET', {HEADER + 'reads': '1099'})
    pace.heed('S', 'GET', {})
    pace.heed('S', 'GET', {HEADER + 'reads': 'many'})
    assert [pace.wait('S', 'GET') for _ in range(3)] == [0, 0, 0] and not pace.is_scarce('S')


def test_requests_are_spread_when_few_are_left_until_there_are_enough_again(clock):
    pace = Pace(clock)
    pace.heed('S', 'GET', {HEADER + 'reads': '12'})
    assert [pace.wait('s', 'GET') for _ in range(3)] == pytest.approx([0, 0.04, 0.08])
    assert pace.is_scarce('S') and pace.wait('S', 'PUT') == 0 and pace.wait('T', 'GET') == 0
    pace.heed('S', 'GET', {HEADER + 'reads': '60'})
    assert pace.wait('S', 'GET') > 0
    pace.heed('S', 'GET', {HEADER + 'reads': '150'})
    assert pace.wait('S', 'GET') == 0 and not pace.is_scarce('S')


def test_after_a_refusal_nothing_is_sent_before_its_time_and_then_one_by_one(clock):
    pace = Pace(clock)
    pace.refuse('S', 'DELETE', 6)
    assert [pace.wait('S', 'DELETE') for _ in range(3)] == pytest.approx([6, 6.1, 6.2])
    clock.moment += 10
    assert pace.wait('S', 'DELETE') == 0
