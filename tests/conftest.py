"""What the tests share: the installed extension, a simulated Azure, and an az that is logged in to it."""

import signal
import time

import pytest
from hypothesis import settings

from tests.armsim import DEFAULTS, Settings, Simulator
from tests.armsim.server import serve
from tests.azcli import LIMIT_SECONDS, AzureCli
from tests.extension import install_extension
from tests.leaks import KeyWatch

# Fast enough that az's start-up is what takes time: Azure's first answers ask to wait a second or more of real time.
SPEED = 600
# The tokens of a login are good for 75 minutes at the speed of the simulator that gave them.
FASTEST = 2000


@pytest.fixture(scope='session')
def installed_extension():
    """The folder that az takes as AZURE_EXTENSION_DIR, with the extension as it is in the checkout now."""
    return install_extension()


@pytest.fixture(scope='session')
def worlds(tmp_path_factory, installed_extension):
    """Return a function from Settings to (served simulator, AzureCli logged in to both tenants).

    The server is one for all, and az logs in to it once: the function has it serve a simulator of those Settings.
    """
    made = {}
    with serve(Settings(speed=FASTEST)) as server:
        logged_in = AzureCli(tmp_path_factory.mktemp('login'), installed_extension, server.ca_file)
        logged_in.register_cloud(server.origin)
        logged_in.login(DEFAULTS.app_id, DEFAULTS.secret, [DEFAULTS.tenant_a, DEFAULTS.tenant_b])
        logged_in.run(['account', 'set', '-s', DEFAULTS.subscription_1])

        def get(settings):
            key = repr(settings)
            if key not in made:
                az = logged_in.copy(tmp_path_factory.mktemp('world'))
                az.environment['AZURE_VNET2VNET_SPEED'] = str(settings.speed)
                made[key] = Simulator(settings), az
            simulator, az = made[key]
            with server.lock:
                server.simulator = simulator
            return server, az

        yield get


@pytest.fixture(name='world')
def fixture_world(worlds, request):
    """The simulator as good as new, and the az that is logged in to it.

    The keywords of `@pytest.mark.azure(...)` are Settings: `@pytest.mark.azure(speed=2000, far_gateway_locked=True)`.
    """
    marker = request.node.get_closest_marker('azure')
    simulator, az = worlds(Settings(**{'speed': SPEED} | (marker.kwargs if marker else {})))
    simulator.reset()
    return simulator, az


@pytest.fixture
def simulator(world):
    """The served simulator: origin, ca_file, reset(state), simulator.journal, simulator.faults, simulator.state()."""
    return world[0]


@pytest.fixture
def az(world, tmp_path):
    """An AzureCli of this test's own, logged in as a service principal to both tenants, with Subscription 1 current.

    After the test, no shared key that the simulator ever held may be in anything that az printed or wrote.
    """
    served, logged_in = world
    watch = KeyWatch(served)
    own = logged_in.copy(tmp_path / 'az')
    own.after_run = watch.look
    yield own
    own.stop()
    assert watch.find_leaks(own) == []


@pytest.fixture
def wait_for():
    """Return a function that waits until a condition holds; a run that ends before it does is a failure."""

    def wait(condition, running=None):
        end = time.monotonic() + LIMIT_SECONDS
        while not condition():
            assert running is None or running.process.poll() is None, running.wait(expect=None)
            assert time.monotonic() < end, 'what was waited for never came'
            time.sleep(0.02)

    return wait


def pytest_configure(config):
    """Register the markers; have signals reach every az: a job in the background ignores Ctrl-C, under nohup SIGHUP."""
    config.addinivalue_line('markers', 'faults: takes minutes, because it interrupts a run at every request')
    config.addinivalue_line('markers', 'azure(**settings): the Settings of the simulated Azure')
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, 'SIGHUP'):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    # How long an example takes depends on what else the machine does.
    settings.register_profile('untimed', deadline=None)
    settings.load_profile('untimed')
