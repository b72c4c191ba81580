"""What the documentation says of codes and SKUs is what the code does."""
import re
from pathlib import Path

from azext_vnet2vnet.domain import catalog

ROOT = Path(__file__).resolve().parents[2]
PREFLIGHT = (ROOT / 'docs' / 'preflight.md').read_text(encoding='utf-8')


def test_every_code_of_a_finding_has_a_row_and_every_row_a_code():
    sources = ''.join(path.read_text(encoding='utf-8') for path in (ROOT / 'azext_vnet2vnet' / 'domain').glob('*.py'))
    used = set(re.findall(r"Finding\(\s*(?:#[^\n]*\n\s*)?'([a-z0-9-]+)'", sources))
    assert len(used) > 50
    rows = ''.join(line.split('|')[1] for line in PREFLIGHT.splitlines() if line.startswith('| `'))
    warnings = PREFLIGHT[PREFLIGHT.index('Warnings do not'):PREFLIGHT.index('## SKUs')]
    assert set(re.findall(r'`([a-z0-9]+(?:-[a-z0-9]+)*)`', rows + warnings)) == used


def test_the_table_of_skus_is_the_catalogue():
    rows = re.findall(r'^\| (\w+)[^|]*\| (\d+) \| (\d*) ?\| (\d*) ?\|$', PREFLIGHT, re.MULTILINE)
    assert {name: (int(tunnels), {generation: int(mbps) for generation, mbps in
                                  (('Generation1', first), ('Generation2', second)) if mbps})
            for name, tunnels, first, second in rows} == {
        sku.name: (sku.tunnels, dict(sku.throughput)) for sku in catalog.SKUS.values() if not sku.refused_since}
