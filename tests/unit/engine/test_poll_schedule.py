"""When a resource is read between the polls of its operation."""

import pytest

from azext_vnet2vnet.engine.poll_schedule import PollSchedule

KIND = ('Microsoft.Network/connections', 201)


@pytest.mark.parametrize('elapsed, interval', [(0, 10), (50, 10), (150, 15), (200, 20), (1500, 20)])
def test_the_longer_an_operation_takes_the_less_often_its_resource_is_read(elapsed, interval):
    assert PollSchedule().interval(KIND, elapsed) == pytest.approx(interval)


@pytest.mark.parametrize('elapsed, interval', [(0, 54), (30, 24), (52, 5), (60, 5), (89, 5), (120, 12)])
def test_once_the_usual_time_is_known_reads_come_when_it_is_over(elapsed, interval):
    schedule = PollSchedule()
    for seconds in (60, 10, 300):
        schedule.learn(KIND, seconds)
    assert schedule.interval(KIND, elapsed) == pytest.approx(interval)
    assert schedule.interval(('Microsoft.Network/connections', 200), 0) == 10, 'a change is another kind'
