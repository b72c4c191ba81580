"""What a benchmark measures: real seconds, requests, CPU seconds and processes of az, and lags from the journal."""

import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.armsim import DEFAULTS, Settings
from tests.armsim.server import Server, serve
from tests.azcli import AzureCli
from tests.extension import install_extension


@dataclass(frozen=True)
class Measurement:
    """One way of doing a job; `refused` counts the answers 429."""

    wall: float
    requests: int
    writes: int
    refused: int
    cpu: float
    processes: int


@contextmanager
def simulated(folder: Path, **settings) -> Iterator[tuple[Server, AzureCli]]:
    """A simulated Azure, and an az that is logged in to both of its tenants."""
    with serve(Settings(**settings)) as served:
        az = AzureCli(
            folder, install_extension(), served.ca_file, {'AZURE_VNET2VNET_SPEED': str(served.simulator.settings.speed)}
        )
        az.register_cloud(served.origin)
        log_in(az)
        yield served, az


def log_in(az: AzureCli, subscription: str = DEFAULTS.subscription_1) -> None:
    """Log in to both tenants, and make one subscription the current one."""
    az.login(DEFAULTS.app_id, DEFAULTS.secret, [DEFAULTS.tenant_a, DEFAULTS.tenant_b])
    az.run(['account', 'set', '-s', subscription])


def measure(served: Server, job: Callable[[], int]) -> Measurement:
    """Do a job, which returns how many az processes it started."""
    before = len(served.simulator.journal)
    cpu, started = _cpu(), time.monotonic()
    processes = job()
    wall, cpu = time.monotonic() - started, _cpu() - cpu
    asked = requests(served.simulator.journal[before:])
    return Measurement(
        wall,
        len(asked),
        sum(entry['method'] not in ('GET', 'POST') for entry in asked),
        sum(entry['status'] == 429 for entry in asked),
        cpu,
        processes,
    )


def requests(journal) -> list[dict]:
    """The journal's entries of requests to Azure Resource Manager."""
    return [entry for entry in journal if entry.get('path', '').startswith(('/subscriptions/', '/providers/'))]


def ours(az: AzureCli, command) -> Callable[[], int]:
    """One command of ours as a job."""

    def job() -> int:
        az.run([*command, '--only-show-errors', '-o', 'none'])
        return 1

    return job


def lags(served: Server) -> dict[str, list[float]]:
    """Azure seconds from the end of what a write waited for to the write itself, by the kind of what it waited for.

    A gateway waits for its VNet and its public IP; a connection for both gateways, and for the connection that was
    written last at its own gateway, or at either where the far one is locked too.
    """
    places = _places(served)
    ended: dict[str, tuple[float, str]] = {}  # The last operation that ended, by the resource or gateway it held.
    found: dict[str, list[float]] = {}
    is_wide = served.simulator.settings.far_gateway_locked
    for entry in sorted(served.simulator.journal, key=lambda entry: entry['time']):
        if entry.get('mark') == 'operation-ended':
            target = entry['resource'].lower()
            near, far = places.get(target, (None, None))
            for held in (target, near, far if is_wide else None):
                if held:
                    ended[held] = entry['time'], entry['kind']
        elif entry.get('method') == 'PUT' and entry.get('status') in (200, 201):
            waited = [ended[held] for held in _needs(entry, places, is_wide) if held in ended]
            if waited:
                moment, kind = max(waited)
                found.setdefault(kind, []).append(entry['time'] - moment)
    return found


def _places(served: Server) -> dict[str, tuple[str, str]]:
    """The gateways of each connection, by ids in lower case."""
    return {
        record['id'].lower(): (record['gateway1'].lower(), record['gateway2'].lower())
        for record in served.simulator.state()['resources'].values()
        if record.get('gateway2')
    }


def _needs(entry: dict, places, is_wide: bool) -> list[str]:
    target = entry['path'].lower()
    if target in places:
        near, far = places[target]
        return [near, far]
    if '/virtualnetworkgateways/' in target:
        parts = [
            one['properties'][name]['id'].lower()
            for one in entry['body']['properties']['ipConfigurations']
            for name in ('subnet', 'publicIPAddress')
        ]
        return [part.rpartition('/subnets/')[0] or part for part in parts]
    return []


def mean(values) -> float:
    """The mean; 0 of nothing."""
    return statistics.fmean(values) if values else 0.0


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
