"""`make coverage`: the figures of what its runs of the tests measured. Exits with 1 where the unit tests reach too few.

`python -m tests.coverage_figures 85` combines the data of .tmp/coverage, writes the missing lines beside them, and
prints both figures: of the branches alone, and of lines and branches together, as coverage itself counts.
"""

import json
import sys
from pathlib import Path

from coverage import Coverage

FOLDER = Path('.tmp/coverage')
# What decides and acts; the unit tests have to reach it without az.
INNER = ('engine', 'arm', 'readers', 'workflows')
GOAL = 95


def measure(name: str, data: list[str], include: list[str] | None) -> tuple[float, str]:
    """Combine folders of data; the branches that were taken in per cent, and a line that says so.

    The lines and branches that are missing go to .tmp/coverage/NAME.txt.
    """
    coverage = Coverage(data_file=str(FOLDER / f'{name}.data'), config_file='pyproject.toml', include=include)
    files = [str(path) for folder in data for path in sorted((FOLDER / folder).glob('data.*'))]
    coverage.combine(files, strict=True, keep=True)
    with (FOLDER / f'{name}.txt').open('w', encoding='utf-8') as report:
        coverage.report(show_missing=True, skip_covered=True, file=report)
    coverage.json_report(outfile=str(FOLDER / f'{name}.json'))
    totals = json.loads((FOLDER / f'{name}.json').read_text(encoding='utf-8'))['totals']
    branches = 100 * totals['covered_branches'] / totals['num_branches']
    missing = totals['num_branches'] - totals['covered_branches']
    return branches, (
        f'{branches:.1f} % of {totals["num_branches"]} branches, {missing} missing '
        f'({totals["percent_covered"]:.1f} % with lines; {FOLDER / name}.txt)'
    )


def main(least: float) -> int:
    """Print both figures; the exit code."""
    inner, inner_line = measure('inner', ['unit'], [f'azext_vnet2vnet/{folder}/*' for folder in INNER])
    _, whole_line = measure('whole', ['unit', 'commands'], None)
    verdict = '' if inner >= least else f', FEWER THAN {least:g} %'
    print(f'{", ".join(INNER)}, by tests/unit alone: {inner_line}{verdict}')
    print(f'the whole package, with az in tests/commands: {whole_line}; the goal is {GOAL} %')
    return 0 if inner >= least else 1


if __name__ == '__main__':
    sys.exit(main(float(sys.argv[1])))
