"""What a run without faults leaves, which every other run is held against."""
from dataclasses import dataclass

import pytest

from tests.armsim import Settings
from tests.faults.whole import COMMAND, SPEED, check_whole, end_state, requests_of


@dataclass(frozen=True)
class CleanRun:
    """How many requests a run without faults sends, and what is there after it."""
    requests: int
    state: dict


@pytest.fixture(name='clean', scope='package')
def fixture_clean(worlds, tmp_path_factory):
    """The CleanRun of COMMAND."""
    served, logged_in = worlds(Settings(speed=SPEED))
    served.reset()
    result = logged_in.copy(tmp_path_factory.mktemp('clean') / 'az').run(COMMAND)
    clean = CleanRun(requests_of(served), end_state(served))
    check_whole(result, served, clean.state)
    return clean
