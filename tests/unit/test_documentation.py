"""What the documentation says of codes and SKUs is what the code does."""

import re
from pathlib import Path

from azext_vnet2vnet.checks.rules import RULES
from azext_vnet2vnet.network import skus
from tests.unit.checks.test_health import ERRORS, WARNINGS

ROOT = Path(__file__).resolve().parents[2]
PREFLIGHT, VERIFY, HOW_TO = (
    (ROOT / 'docs' / f'{name}.md').read_text(encoding='utf-8') for name in ('preflight', 'verify', 'how-to')
)
REASONS = {code for code, _ in ERRORS + WARNINGS}
CODE = re.compile('`([a-z0-9]+(?:-[a-z0-9]+)*)`')


def rows_of(text):
    """The cells of each row of a table that begins with a code."""
    return [[cell.strip() for cell in line.split(' | ')] for line in text.splitlines() if line.startswith('| `')]


def test_every_rule_has_a_row_and_every_row_a_rule():
    rows = ''.join(row[0] for row in rows_of(PREFLIGHT))
    warnings = PREFLIGHT[PREFLIGHT.index('Warnings do not') : PREFLIGHT.index('## SKUs')]
    files = {code for code in RULES if code.startswith('file-')}
    assert set(CODE.findall(rows + warnings)) | REASONS | files == set(RULES)


def test_every_code_of_verify_has_a_row_with_its_severity_and_every_row_a_code():
    rows = rows_of(VERIFY[VERIFY.index('## The reasons') : VERIFY.index('## An example')])
    severities = {CODE.search(row[0])[1]: row[1] for row in rows}
    assert len(severities) == len(rows) and set(severities) == REASONS
    produced = {
        code: [
            name for name, cases in (('error', ERRORS), ('warning', WARNINGS)) if any(code == case[0] for case in cases)
        ]
        for code in severities
    }
    assert {code: text.split(', or ') for code, text in severities.items()} == produced
    assert all(len(row) == 4 and row[2] and row[3] for row in rows)


def test_the_how_to_names_reasons_that_there_are():
    rows = HOW_TO[HOW_TO.index('## When it does not work') :].splitlines()
    named = {code for row in rows if row.startswith('| ') for code in CODE.findall(row.split(' | ')[1])}
    assert len(named) > 25 and named <= REASONS | {'verify'}


def test_the_table_of_skus_is_the_catalogue():
    rows = re.findall(r'^\| (\w+)[^|]*\| (\d+) \| (\d*) ?\| (\d*) ?\|$', PREFLIGHT, re.MULTILINE)
    assert {
        name: (
            int(tunnels),
            {generation: int(mbps) for generation, mbps in (('Generation1', first), ('Generation2', second)) if mbps},
        )
        for name, tunnels, first, second in rows
    } == {sku.name: (sku.tunnels, dict(sku.throughput)) for sku in skus.SKUS.values() if not sku.refused_since}
