"""The how-to's two VNets in two subscriptions from nothing: its own native commands, and ours."""

import tempfile
from pathlib import Path

from tests.armsim import DEFAULTS, Settings
from tests.azcli import AzureCli
from tests.bench.measure import Measurement, lags, mean, measure, ours, requests, simulated
from tests.howto import VNET1, VNET5, create

_LADDER = [10.0, 20.0, 20.0, 40.0, 40.0, 80.0, 160.0] + [100.0] * 100  # What Azure's polls tell to wait (recorded).


def run(speed: float) -> tuple[float, float, dict[str, Measurement], float]:
    """The path of a client that waits as told, the bare path, each way's measurement, and the lag after a gateway.

    All paths are in real seconds, the lag is in Azure's.
    """
    with tempfile.TemporaryDirectory() as scratch, simulated(Path(scratch), speed=speed) as (served, az):
        served.reset()
        found = {'`az vnet2vnet create`': measure(served, ours(az, create(VNET1, VNET5)))}
        lag = mean(lags(served).get('gateway-create'))
        told, bare = (critical_path(served.simulator.journal, speed, wait) / speed for wait in (True, False))
        found['the same command again'] = measure(served, ours(az, create(VNET1, VNET5)))
        for name, at_once in (
            ('native az, both gateways at once (`--no-wait`, `wait`)', True),
            ('native az, as the how-to has it', False),
        ):
            served.reset()
            found[name] = measure(served, native_job(az, gateways_at_once=at_once))
    return told, bare, found, lag


def critical_path(journal, speed: float, as_told: bool) -> float:
    """Azure seconds of the slowest gateway's chain and the connections.

    Each operation's part runs from the answer of its write to its end, or, `as_told`, to the first poll that could see
    its end by Azure's own Retry-After. VNet and public IP run side by side, so do the gateways and the connections.
    """
    seen: dict[str, float] = {}
    for entry in journal:
        if entry.get('mark') == 'operation-ended':
            kind = entry['kind']
            seen[kind] = max(seen.get(kind, 0.0), _part(journal, entry, speed, as_told))
    return (
        max(seen.get('vnet-put', 0.0), seen.get('public-ip-put', 0.0))
        + seen['gateway-create']
        + max(seen['connection-create'], Settings().status_connected_after)
    )


def _part(journal, mark, speed: float, as_told: bool) -> float:
    write = next(entry for entry in requests(journal) if entry['operation'] == mark['operation'])
    if not as_told:
        return mark['time'] - write['time']
    moment = write['time'] + write['delay']
    # The simulator's first answers tell whole real seconds: the SDK takes no fractions there.
    for wait in [max(10.0, speed), *_LADDER]:
        moment += wait
        if moment >= mark['time']:
            return moment - write['time']
    raise AssertionError('an operation that is not seen in hours')


def native_job(az: AzureCli, *, gateways_at_once: bool):
    """The how-to's commands; a careful script starts both gateways with --no-wait and waits for them."""

    def job() -> int:
        count = 0

        def run_native(command):
            nonlocal count
            count += 1
            az.run([*command, '-o', 'none'])

        for network in (VNET1, VNET5):
            for command in [*network.native_network(), *network.native_gateway(wait=not gateways_at_once)]:
                run_native(command)
        if gateways_at_once:
            for network in (VNET1, VNET5):
                # The default interval is 30 s of real time, which would be half an hour of this Azure.
                run_native(
                    [
                        'network',
                        'vnet-gateway',
                        'wait',
                        '--created',
                        '-g',
                        network.group,
                        '-n',
                        network.gateway,
                        '--subscription',
                        network.subscription,
                        '--interval',
                        '1',
                    ]
                )
        key = az.folder / 'key'
        key.write_text('bench_key_0123456789', encoding='utf-8')
        ids = DEFAULTS.subscription_1, DEFAULTS.subscription_5
        run_native(VNET1.native_connection('VNet1toVNet5', ids[0], VNET5, ids[1], f'@{key}'))
        run_native(VNET5.native_connection('VNet5toVNet1', ids[1], VNET1, ids[0], f'@{key}'))
        return count

    return job
