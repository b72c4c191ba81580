"""Meshes of many VNets over three subscriptions and two tenants, against what nobody can be faster than."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from tests.azcli import AzureCli
from tests.bench.measure import lags, mean, measure, simulated

_SUBSCRIPTIONS = ('Subscription 1', 'Subscription 5', 'Subscription B')
_REGIONS = ('eastus', 'westus', 'japaneast', 'westeurope', 'northeurope')
_ANSWER = 6  # Azure seconds that a gateway's first answer takes.
_STEPS_BEFORE = 3  # A VNet and a public IP, side by side.


def topology(size: int) -> str:
    """The file of a full mesh of so many new VNets."""
    vnets = {
        f'vnet{number}': {
            'subscription': _SUBSCRIPTIONS[number % 3],
            'resourceGroup': f'Mesh{number}',
            'location': _REGIONS[number % 5],
            'vnet': f'VNet{number}',
            'addressPrefixes': [f'10.{number}.0.0/16'],
        }
        for number in range(size)
    }
    return yaml.safe_dump({'name': 'mesh', 'vnets': vnets, 'connect': [{'mesh': list(vnets)}]}, sort_keys=False)


def bound(served, size: int) -> float:
    """Azure seconds: the longest gateway chain, then what each gateway has to write, one connection after another."""
    settings = served.simulator.settings
    ends = 2 if settings.far_gateway_locked else 1
    return (
        _STEPS_BEFORE
        + _ANSWER
        + settings.duration('gateway-create', 'VpnGw2AZ')
        + (size - 1) * ends * settings.duration('connection-create')
    )


def run(size: int, speed: float, **settings) -> dict:
    """Apply a mesh from nothing; what came out, by the names of the table's columns."""
    with tempfile.TemporaryDirectory() as scratch, simulated(Path(scratch), speed=speed, **settings) as (served, az):
        file = Path(scratch) / 'mesh.yaml'
        file.write_text(topology(size), encoding='utf-8')
        served.reset()
        memory = {}
        found = measure(served, lambda: _apply(az, file, memory))
        links = size * (size - 1) // 2
        limit = bound(served, size)
        late = lags(served)
        again = measure(served, lambda: _apply(az, file, {}))
        return {
            'VNets': size,
            'links': links,
            'far gateway locked': settings.get('far_gateway_locked', False),
            'throttled': settings.get('throttling', False),
            'speed': speed,
            'wall s': found.wall,
            'bound s': limit / speed,
            'ratio': found.wall * speed / limit,
            'requests per link': found.requests / links,
            '429s': found.refused,
            'CPU s': found.cpu,
            'memory MB': memory['MB'],
            'lag after a gateway s': mean(late.get('gateway-create')),
            'lag after a connection s': mean(late.get('connection-create')),
            'again: requests per link': again.requests / links,
            'again: writes': again.writes,
        }


def _apply(az: AzureCli, file: Path, memory: dict) -> int:
    """Apply the file in a process whose largest resident set is told."""
    code = (
        'import json, resource, runpy, sys\n'
        'try:\n'
        '    runpy.run_module("azure.cli", run_name="__main__", alter_sys=True)\n'
        'finally:\n'
        '    print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))\n'
    )
    done = subprocess.run(
        [
            sys.executable,
            '-c',
            code,
            'vnet2vnet',
            'apply',
            '--file',
            str(file),
            '--yes',
            '--only-show-errors',
            '-o',
            'none',
            '--timeout',
            '20000',
        ],
        env={**os.environ, **az.variables()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    memory['MB'] = json.loads(done.stdout)
    return 1
