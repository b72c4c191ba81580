"""What a run without faults leaves, which every other run is held against."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import pytest

from tests.armsim import Settings
from tests.faults.whole import (
    CHANGES,
    COMMAND,
    DELETE,
    GATEWAY1,
    HALF2,
    KEY,
    PAIR,
    SPEED,
    check_whole,
    end_state,
    requests_of,
)
from tests.howto import POLICY


@dataclass(frozen=True)
class CleanRun:
    """A run without faults: its command, how many requests it sends, what is there after it, and Azure's own state.

    `world` is that state after the run, `before` the one before it.
    """

    command: list[str]
    requests: int
    state: dict
    world: dict
    before: dict | None = None


def run_clean(served, az, command, before: dict | None = None) -> CleanRun:
    """Run a command without faults, and note what it does."""
    served.reset(before)
    result = az.run(command)
    with served.lock:
        clean = CleanRun(command, requests_of(served), end_state(served), served.simulator.state(), before)
    if command != DELETE:
        check_whole(result, served, clean.state)
    return clean


@pytest.fixture(name='clean', scope='package')
def fixture_clean(worlds, tmp_path_factory):
    """The CleanRun of COMMAND, from nothing."""
    served, logged_in = worlds(Settings(speed=SPEED))
    return run_clean(served, logged_in.copy(tmp_path_factory.mktemp('clean') / 'az'), COMMAND)


def differing(state: dict) -> dict:
    """A pair whose halves differ in key and policy, with gateways that could speak BGP."""
    state = deepcopy(state)
    half, gateway = state['resources'][HALF2], state['resources'][GATEWAY1]
    half.update(key='Another.Key.1', tags={'stale': ''})
    half['properties']['dpdTimeoutSeconds'] = 20
    gateway['properties']['bgpSettings'] = {'asn': 65010}
    return state


@pytest.fixture(name='change', scope='package')
def fixture_change(worlds, tmp_path_factory) -> Callable[[str], CleanRun]:
    """Return a function from the name of a command that changes a pair to its CleanRun."""
    served, logged_in = worlds(Settings(speed=SPEED))
    folder = tmp_path_factory.mktemp('change')
    az = logged_in.copy(folder / 'az')
    (folder / 'key').write_text(KEY, encoding='utf-8')
    served.reset()
    az.run(COMMAND)
    with served.lock:
        joined = served.simulator.state()
    rotate = ['vnet2vnet', 'rotate-key', *PAIR]
    commands = dict(
        zip(
            CHANGES,
            (
                ['vnet2vnet', 'update', *PAIR, *POLICY, '--enable-bgp', '--tags', 'a=b'],
                rotate,
                [*rotate, '--shared-key', f'@{folder}/key'],
            ),
        )
    )
    made: dict[str, CleanRun] = {}

    def get(name: str) -> CleanRun:
        if name not in made:
            made[name] = run_clean(served, az, commands[name], differing(joined) if name == 'update' else joined)
        return made[name]

    return get


@pytest.fixture(name='deletion', scope='package')
def fixture_deletion(worlds, tmp_path_factory, clean) -> CleanRun:
    """The CleanRun of DELETE after COMMAND."""
    served, logged_in = worlds(Settings(speed=SPEED))
    deletion = run_clean(served, logged_in.copy(tmp_path_factory.mktemp('deletion') / 'az'), DELETE, clean.world)
    assert {key.split('/')[-2] for key in deletion.state if key != 'running'} == {
        'resourcegroups',
        'virtualnetworks',
        'subnets',
    }
    return deletion
