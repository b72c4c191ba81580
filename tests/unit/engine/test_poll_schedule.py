"""When a resource is looked at between the polls of its operation."""

import pytest

from azext_vnet2vnet.engine.poll_schedule import Looks

KIND = ('Microsoft.Network/connections', 201)


@pytest.mark.parametrize('elapsed, pause', [(0, 10), (50, 10), (150, 15), (200, 20), (1500, 20)])
def test_the_longer_a_write_takes_the_more_seldom_it_is_looked_at(elapsed, pause):
    assert Looks().pause(KIND, elapsed) == pytest.approx(pause)


@pytest.mark.parametrize('elapsed, pause', [(0, 54), (30, 24), (52, 5), (60, 5), (89, 5), (120, 12)])
def test_once_the_usual_time_is_known_looks_come_when_it_is_over(elapsed, pause):
    looks = Looks()
    for seconds in (60, 10, 300):
        looks.learn(KIND, seconds)
    assert looks.pause(KIND, elapsed) == pytest.approx(pause)
    assert looks.pause(('Microsoft.Network/connections', 200), 0) == 10, 'a change is another kind'
