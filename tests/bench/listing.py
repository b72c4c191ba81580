"""`az vnet2vnet list` over many subscriptions, and the start-up of commands that only look."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.azcli import AzureCli
from tests.bench.crowd import crowd
from tests.bench.measure import Measurement, log_in, measure, ours, simulated
from tests.howto import VNET1, VNET4, create

_STARTS = 5  # runs of each command; the median counts
_QUICK = 600
ROUND_TRIP = 0.1  # seconds, as from one continent to another


def list_crowd(pairs: int, subscriptions: int) -> Measurement:
    """List so many pairs of so many subscriptions, with a round trip as over a real network."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        simulated(Path(scratch), speed=_QUICK, latency=ROUND_TRIP) as (served, az),
    ):
        az.run(create(VNET1, VNET4))
        served.reset(crowd(served.simulator.state(), pairs, subscriptions))
        az.run('account clear')
        log_in(az, 'Subscription 100')
        found = []

        def job() -> int:
            found.extend(az.run('vnet2vnet list --all-subscriptions --only-show-errors').json)
            return 1

        measured = measure(served, job)
        assert len(found) == pairs and all(pair['status'] == 'Connected' for pair in found)
        return measured


def starts() -> list[tuple[str, str, float, float]]:
    """Our commands and their native counterparts, with the median wall time of each in real seconds."""
    with tempfile.TemporaryDirectory() as scratch, simulated(Path(scratch), speed=_QUICK) as (_, az):
        ours(az, create(VNET1, VNET4))()
        pairs = (
            ('vnet2vnet -h', 'network vnet-gateway -h'),
            ('vnet2vnet list', 'network vpn-connection list -g TestRG1'),
            (
                'vnet2vnet show -g TestRG1 -n TestVNet1ToTestVNet4',
                'network vpn-connection show -g TestRG1 -n TestVNet1ToTestVNet4',
            ),
        )
        return [(mine, native, _median(az, mine), _median(az, native)) for mine, native in pairs]


def _median(az: AzureCli, command: str) -> float:
    times = []
    for _ in range(_STARTS + 1):  # The first one warms the caches.
        started = time.monotonic()
        subprocess.run(
            [sys.executable, '-m', 'azure.cli', *command.split()],
            env=az.variables(),
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        times.append(time.monotonic() - started)
    return statistics.median(times[1:])
