"""Pairs that are there before a test begins."""

import pytest

from tests.armsim import DEFAULTS
from tests.howto import VNET1, VNET4, create

NATIVE = (VNET1, VNET4, 'there'), (VNET4, VNET1, 'back')


@pytest.fixture(scope='session', name='states')
def fixture_states():
    """The states of simulated Azures with a pair in them, each made once."""
    return {}


@pytest.fixture
def join(az, simulator, states):
    """Return a function that resets the simulated Azure to one in which `az vnet2vnet create` joined two Networks.

    More arguments are options of that command. The journal is empty, and both halves report Connected, unless the exit
    code is to be another one.
    """

    def joined(end1, end2, *more, expect=0):
        key = (repr(simulator.simulator.settings), end1, end2, more)
        if key not in states:
            simulator.reset()
            az.run(create(end1, end2, *more), expect=expect)
            with simulator.lock:
                states[key] = simulator.simulator.state()
        simulator.reset(states[key])

    return joined


@pytest.fixture
def join_natively(az, simulator, states, join):
    """Return a function that does the same with connections `there` and `back` that native az made, each with its key.

    That takes half a minute: az looks at a deployment every 30 seconds.
    """

    def joined(*keys):
        if keys not in states:
            join(VNET1, VNET4)
            az.run('vnet2vnet delete -g TestRG1 -n TestVNet1ToTestVNet4 --yes')
            both = [
                near.native_connection(name, DEFAULTS.subscription_1, far, DEFAULTS.subscription_1, key)
                for (near, far, name), key in zip(NATIVE, keys)
            ]
            for running in [az.start(command) for command in both]:
                running.wait()
            with simulator.lock:
                states[keys] = simulator.simulator.state()
        simulator.reset(states[keys])

    return joined
