"""What the pages name exists: files and folders, targets of make, and every page in the index."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / 'azext_vnet2vnet'
PAGES = ('CONTRIBUTING.md', 'docs/architecture.md', 'README.md')
FENCES = re.compile('^```.*?^```$', re.MULTILINE | re.DOTALL)
CODE = re.compile('`([^`]+)`')
LINK = re.compile(r'\]\(([^)#]+)[^)]*\)')
# A folder, a file in one, or a file of a kind that only the repository has.
PATH = re.compile(r'\.?\w[\w.-]*/[\w./-]*|\.?\w[\w-]*\.(?:py|md|rst|toml)|\.[a-z]+/\w+')


def text(page):
    return FENCES.sub('', (ROOT / page).read_text(encoding='utf-8'))


def named_paths(page):
    return sorted({name for name in CODE.findall(text(page)) if PATH.fullmatch(name)})


def links(page):
    return sorted(set(LINK.findall(text(page))))


@pytest.mark.parametrize('page, path', [(page, path) for page in PAGES for path in named_paths(page)])
def test_a_path_that_a_page_names_exists(page, path):
    assert (ROOT / path).exists() or (PACKAGE / path).exists()


@pytest.mark.parametrize(
    'page, link', [(page, link) for page in (*PAGES, 'SECURITY.md', 'docs/index.md') for link in links(page)]
)
def test_a_link_leads_to_a_file(page, link):
    assert ((ROOT / page).parent / link).is_file()


def test_the_pages_name_paths():
    assert all(len(named_paths(page)) >= 5 for page in PAGES)
    assert {'.ci/run', 'cli/output.py', 'tests/armsim/', 'HISTORY.rst'} <= set(named_paths('CONTRIBUTING.md'))


@pytest.mark.parametrize('page', PAGES)
def test_a_target_that_a_page_names_exists(page):
    targets = set(re.findall('^([a-z-]+):', (ROOT / 'Makefile').read_text(encoding='utf-8'), re.MULTILINE))
    named = set(re.findall('`make ([a-z-]+)', text(page)))
    assert named - targets == set()


def test_the_index_lists_every_page():
    pages = {path.name for path in (ROOT / 'docs').glob('*.md')} - {'index.md'}
    outside = {f'../{path.name}' for path in ROOT.glob('*.md')} | {'../HISTORY.rst'}
    assert set(links('docs/index.md')) == pages | outside
