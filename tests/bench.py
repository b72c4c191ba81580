"""`make bench`: the how-to's own native az commands and ours, side by side against one simulated Azure.

Both do the case of two VNets in two subscriptions from nothing. The critical path is read from the simulator's journal:
each operation's own duration along the slowest chain, and after each the wait that Retry-After told before it could be
seen. Overhead is the wall time beyond it.
"""
import os
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.armsim import DEFAULTS, Settings
from tests.armsim.server import serve
from tests.azcli import AzureCli
from tests.extension import install_extension
from tests.howto import VNET1, VNET5, create

SPEED = 60
STARTS = 5  # runs of each -h; the median counts


@dataclass(frozen=True)
class Measurement:
    """One way of doing the job: real seconds, requests to Azure, CPU seconds and processes of az."""
    name: str
    wall: float
    requests: int
    writes: int
    cpu: float
    processes: int

    def row(self, path: float) -> str:
        """The measurement as a line of the table, against the critical path in real seconds."""
        return (f'{self.name:<30}{self.wall:>8.1f}{self.wall / path - 1:>10.0%}'
                f'{self.requests:>10}{self.writes:>8}{self.cpu:>8.1f}{self.processes:>11}')


HEADER = (f'{"":<30}{"wall s":>8}{"overhead":>10}{"requests":>10}{"writes":>8}{"CPU s":>8}'
          f'{"processes":>11}')


def measure(name: str, served, job) -> Measurement:
    """Run `job`, which returns how many az processes it started, from an empty Azure."""
    served.reset()
    cpu, started = _cpu(), time.monotonic()
    processes = job()
    wall, cpu = time.monotonic() - started, _cpu() - cpu
    asked = requests(served.simulator.journal)
    return Measurement(name, wall, len(asked), sum(entry['method'] != 'GET' for entry in asked),
                       cpu, processes)


def requests(journal) -> list[dict]:
    """The journal's entries of requests to Azure Resource Manager."""
    return [entry for entry in journal if entry.get('path', '').startswith('/subscriptions/')]


def critical_path(journal) -> float:
    """Azure seconds of the slowest gateway's chain and the connections, with the waits that Retry-After told.

    An operation's part runs from the answer of its write to the first poll that could see its end by Azure's own
    Retry-After; VNet and public IP run side by side, so do the two gateways and the two connections.
    """
    seen = {}
    for entry in journal:
        if entry.get('mark') == 'operation-ended':
            kind = entry['kind']
            seen[kind] = max(seen.get(kind, 0.0), _visible_after(journal, entry))
    connected = Settings().status_connected_after
    return (max(seen.get('vnet-put', 0.0), seen.get('public-ip-put', 0.0)) + seen['gateway-create']
            + max(seen['connection-create'], connected))


def _visible_after(journal, mark) -> float:
    """Azure seconds from a write until a client that waits as told sees its end."""
    write = next(entry for entry in journal if entry.get('operation') == mark['operation'] and entry.get('method'))
    first = max(10.0, SPEED)  # The simulator's first answers tell whole real seconds: the SDK takes no fractions there.
    moment = write['time'] + write['delay']
    for wait in [first, 10.0, 20.0, 20.0, 40.0, 40.0, 80.0, 160.0] + [100.0] * 100:
        moment += wait
        if moment >= mark['time']:
            return moment - write['time']
    raise AssertionError('an operation that is not seen in hours')


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def native_job(az: AzureCli, *, gateways_at_once: bool):
    """The how-to's commands; a careful script starts both gateways with --no-wait and waits for them."""
    def job() -> int:
        count = 0

        def run(command):
            nonlocal count
            count += 1
            az.run([*command, '-o', 'none'])
        for network in (VNET1, VNET5):
            for command in [*network.native_network(), *network.native_gateway(wait=not gateways_at_once)]:
                run(command)
        if gateways_at_once:
            for network in (VNET1, VNET5):
                # The default interval is 30 s of real time, which would be half an hour of this Azure.
                run(['network', 'vnet-gateway', 'wait', '--created', '-g', network.group, '-n', network.gateway,
                     '--subscription', network.subscription, '--interval', '1'])
        key = az.folder / 'key'
        key.write_text('bench_key_0123456789', encoding='utf-8')
        ids = DEFAULTS.subscription_1, DEFAULTS.subscription_5
        run(VNET1.native_connection('VNet1toVNet5', ids[0], VNET5, ids[1], f'@{key}'))
        run(VNET5.native_connection('VNet5toVNet1', ids[1], VNET1, ids[0], f'@{key}'))
        return count
    return job


def our_job(az: AzureCli, command):
    """One command of ours."""
    def job() -> int:
        az.run([*command, '--only-show-errors', '-o', 'none'])
        return 1
    return job


def median_start(az: AzureCli, command: str) -> float:
    """The median wall time of a command, in real seconds, after one run that warms the caches."""
    times = []
    for _ in range(STARTS + 1):
        started = time.monotonic()
        subprocess.run([sys.executable, '-m', 'azure.cli', *shlex.split(command)], env=az.variables(), check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.monotonic() - started)
    return statistics.median(times[1:])


def main() -> int:
    """Measure and print; the exit code is 0 whatever came out: a benchmark tells, tests judge."""
    extension = install_extension()
    with tempfile.TemporaryDirectory() as scratch, serve(Settings(speed=SPEED)) as served:
        az = AzureCli(Path(scratch), extension, served.ca_file, {'AZURE_VNET2VNET_SPEED': str(SPEED)})
        az.register_cloud(served.origin)
        az.login(DEFAULTS.app_id, DEFAULTS.secret, [DEFAULTS.tenant_a, DEFAULTS.tenant_b])
        az.run(['account', 'set', '-s', DEFAULTS.subscription_1])
        print(f'Two VNets in two subscriptions from nothing; Azure at {SPEED} times its speed; all times in real '
              f'seconds, {os.cpu_count()} cores.\n')
        ours = measure('az vnet2vnet create', served, our_job(az, create(VNET1, VNET5)))
        path = critical_path(served.simulator.journal) / SPEED
        print(f'The critical path is {path:.1f} s: nobody who waits as Azure tells can be faster.\n\n{HEADER}\n'
              f'{ours.row(path)}', flush=True)
        for name, at_once in (('native az, gateways at once', True), ('native az, one by one', False)):
            print(measure(name, served, native_job(az, gateways_at_once=at_once)).row(path), flush=True)
        again(az, served)
        ours, native = (median_start(az, f'{command} -h') for command in ('vnet2vnet', 'network vnet-gateway'))
        print(f'\naz vnet2vnet -h {ours:.2f} s, az network vnet-gateway -h {native:.2f} s: {ours / native:.0%}')
    return 0


def again(az: AzureCli, served) -> None:
    """How much a run costs that has nothing to do."""
    served.reset()
    az.run([*create(VNET1, VNET5), '--only-show-errors', '-o', 'none'])
    before = len(served.simulator.journal)
    started = time.monotonic()
    az.run([*create(VNET1, VNET5), '--only-show-errors', '-o', 'none'])
    asked = requests(served.simulator.journal[before:])
    print(f'\nThe same command again: {time.monotonic() - started:.1f} s, {len(asked)} requests, '
          f'{sum(entry["method"] != "GET" for entry in asked)} writes')


if __name__ == '__main__':
    sys.exit(main())
