"""`make bench`: all benchmarks, as tables in Markdown; `python -m tests.bench pair list start mesh` for some.

The exit code is 0 whatever came out: a benchmark tells, tests judge.
"""

import os
import sys
from collections.abc import Iterable, Iterator

from tests.bench import listing, mesh, pair

PAIR_SPEED = 60.0
MESH_SPEED = 40.0
MESHES = [(size, {'far_gateway_locked': locked}) for size in (10, 20, 30) for locked in (False, True)] + [
    (30, {'throttling': True})
]
PAIRS, SUBSCRIPTIONS = 1000, 50


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table in Markdown; figures have a decimal where they are small."""
    names = list(header)
    lines = [names, ['---'] * len(names), *([_cell(value) for value in row] for row in rows)]
    return '\n'.join(f'| {" | ".join(line)} |' for line in lines)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    if isinstance(value, float):
        return f'{value:.2f}' if abs(value) < 10 else f'{value:.1f}' if abs(value) < 1000 else f'{value:.0f}'
    return str(value)


def bench_pair() -> Iterator[str]:
    """Native az against ours."""
    told, bare, found, lag = pair.run(PAIR_SPEED)
    yield (
        f'Two VNets in two subscriptions from nothing, Azure at {PAIR_SPEED:.0f} times its speed, all times in real '
        f'seconds. Azure itself takes {bare:.1f} s; a client that asks only when Retry-After tells to needs '
        f'{told:.1f} s at least.'
    )
    yield table(
        ('', 'wall s', 'over Azure', 'requests', 'writes', 'CPU s', 'az processes'),
        (
            (
                name,
                one.wall,
                f'{one.wall / bare - 1:.0%}' if one.writes else '',
                one.requests,
                one.writes,
                one.cpu,
                one.processes,
            )
            for name, one in found.items()
        ),
    )
    yield f'From the end of the gateways to the first connection: {lag:.0f} Azure seconds.'


def bench_list() -> Iterator[str]:
    """Many pairs in many subscriptions."""
    found = listing.list_crowd(PAIRS, SUBSCRIPTIONS)
    yield (
        f'`az vnet2vnet list --all-subscriptions` over {SUBSCRIPTIONS} subscriptions and {PAIRS} pairs, each answer '
        f'{listing.ROUND_TRIP:.1f} s away: {found.wall:.1f} s, {found.requests} requests, {found.cpu:.1f} CPU s.'
    )


def bench_start() -> Iterator[str]:
    """Commands that only look."""
    yield table(
        ('ours', 's', 'native', 's', 'ratio'),
        (
            (f'`az {mine}`', ours, f'`az {native}`', theirs, ours / theirs)
            for mine, native, ours, theirs in listing.starts()
        ),
    )


def bench_mesh() -> Iterator[str]:
    """Full meshes."""
    rows = [mesh.run(size, MESH_SPEED, **settings) for size, settings in MESHES]
    yield table(rows[0], (row.values() for row in rows))


BENCHES = {'pair': bench_pair, 'list': bench_list, 'start': bench_start, 'mesh': bench_mesh}


def main(names: list[str]) -> int:
    """Run the benchmarks of these names, or all."""
    print(f'{os.cpu_count()} cores, Python {sys.version.split()[0]}\n', flush=True)
    for name in names or BENCHES:
        print(f'## {name}\n', flush=True)
        for text in BENCHES[name]():
            print(f'{text}\n', flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
