"""What the documentation says of codes and SKUs is what the registry and the code say."""

import re
from pathlib import Path

import pytest

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.rules import RULES
from azext_vnet2vnet.network import skus
from azext_vnet2vnet.network.diagnostic import Rule
from tests.unit.checks.test_health import ERRORS, WARNINGS
from tests.unit.checks.test_pair import CASES as REFUSALS

ROOT = Path(__file__).resolve().parents[2]
PREFLIGHT, VERIFY, TOPOLOGY, HOW_TO = (
    (ROOT / 'docs' / f'{name}.md').read_text(encoding='utf-8') for name in ('preflight', 'verify', 'topology', 'how-to')
)
HEADER = '| code | severity | when | what to do | strength | source |'
# What verify finds of a code; what is found of one before a write, if that is not the severity of the rule alone.
FOUND = {
    code: tuple(name for name, cases in (('error', ERRORS), ('warning', WARNINGS)) if code in dict(cases))
    for code, _ in ERRORS + WARNINGS
}
BEFORE_A_WRITE = {
    'far-end-unreadable': ('error',),
    'gateway-subnet-default-route': ('error', 'warning'),
    'gateway-subnet-nsg': ('error', 'warning'),
    'key-unreadable': ('error', 'warning'),
    'ranges-overlap': ('error', 'warning'),
    'tunnel-limit': ('error', 'warning'),
}
CODE = re.compile('`([a-z0-9]+(?:-[a-z0-9]+)*)`')


def rows_of(page):
    """The cells of each row below HEADER that begins with a code."""
    [table] = page.split(f'\n{HEADER}\n')[1:]
    lines = table.partition('\n\n')[0].splitlines()
    return [[cell.strip() for cell in line.strip('|').split('|')] for line in lines if line.startswith('| `')]


def codes_of(page):
    return [row[0].strip('`') for row in rows_of(page)]


def test_every_rule_stands_in_the_registry_with_a_source():
    named = {name: rule for name, rule in vars(rules).items() if isinstance(rule, Rule)}
    assert [rule.code for rule in named.values()] == [name.lower().replace('_', '-') for name in named]
    assert {rule.code: rule for rule in named.values()} == RULES and len(RULES) == len(named)
    for rule in RULES.values():
        assert rule.source and rule.source == rule.source.strip(' .'), rule.code
        assert '|' not in rule.source and '\n' not in rule.source, rule.code


def test_every_rule_has_a_row_and_every_row_a_rule():
    before, found, file = map(codes_of, (PREFLIGHT, VERIFY, TOPOLOGY))
    for codes in (before, found, file):
        assert len(codes) == len(set(codes))
    assert {*before, *found, *file} == set(RULES)
    assert set(file) == {code for code in RULES if code.startswith('file-')} and set(file).isdisjoint(before + found)
    assert set(found) == set(FOUND)
    assert set(before) >= {code for code, *_ in REFUSALS} | set(BEFORE_A_WRITE)


@pytest.mark.parametrize(
    'page, severities',
    [(PREFLIGHT, BEFORE_A_WRITE), (VERIFY, FOUND), (TOPOLOGY, {})],
    ids=['preflight', 'verify', 'file'],
)
def test_a_row_says_what_the_registry_says(page, severities):
    for row in rows_of(page):
        code, severity, when, advice, strength, source = row
        rule = RULES[code.strip('`')]
        expected = severities.get(rule.code, (rule.severity.value,))
        assert (severity, strength, source) == (', or '.join(expected), rule.strength.value, rule.source), code
        assert when and advice, code


def test_the_how_to_names_reasons_that_there_are():
    rows = HOW_TO[HOW_TO.index('## When it does not work') :].splitlines()
    named = {code for row in rows if row.startswith('| ') for code in CODE.findall(row.split(' | ')[1])}
    assert len(named) > 25 and named <= set(FOUND) | {'verify'}


def test_the_table_of_skus_is_the_catalogue():
    rows = re.findall(r'^\| (\w+)[^|]*\| (\d+) \| (\d*) ?\| (\d*) ?\|$', PREFLIGHT, re.MULTILINE)
    assert {
        name: (
            int(tunnels),
            {generation: int(mbps) for generation, mbps in (('Generation1', first), ('Generation2', second)) if mbps},
        )
        for name, tunnels, first, second in rows
    } == {sku.name: (sku.tunnels, dict(sku.throughput)) for sku in skus.SKUS.values() if not sku.refused_since}


def test_what_may_refuse_is_proved_or_our_own():
    judged = {'connection-failed', 'mode-deadlock'}  # Found by verify alone: they refuse nothing.
    for rule in RULES.values():
        if rule.severity.value == 'error' and rule.code not in judged:
            is_own, is_answer = rule.source.startswith('our own'), re.search(r'reported .*\b400 [A-Z]\w+', rule.source)
            assert rule.strength.value in ('recorded', 'documented') or is_own or is_answer, rule.code
            assert 'contradicted' not in rule.source, rule.code
