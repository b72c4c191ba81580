"""The glossary names what exists, and the words that it rejects are used nowhere."""

import ast
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / 'docs' / 'glossary.md'
PAGES = sorted({*ROOT.glob('*.md'), *(ROOT / 'docs').glob('*.md')} - {GLOSSARY})
# Where the texts of the face stand: help, options, validators, tables.
FACE = sorted((ROOT / 'azext_vnet2vnet').glob('_*.py'))
CODE = re.compile('`([^`]+)`')
FENCES = re.compile('^```.*?^```$', re.MULTILINE | re.DOTALL)


def rows():
    """Each row of the table as (term, what it is, where it lives, words not to use)."""
    lines = [line for line in GLOSSARY.read_text(encoding='utf-8').splitlines() if line.startswith('| ')]
    cells = [[cell.strip() for cell in line[1:-1].split('|')] for line in lines[1:]]
    return [row for row in cells if not row[0].startswith('**')]


def names():
    return sorted({name for row in rows() for name in CODE.findall(row[2])})


def rejected_words():
    return [word for row in rows() for word in row[3].split(', ') if word]


def prose(path):
    """What a page says in words: without blocks of code, and with a dash for what stands between backticks."""
    return CODE.sub('-', FENCES.sub('', path.read_text(encoding='utf-8')))


def texts(path):
    """The texts of a module: all its string literals, parts of f-strings included."""
    tree = ast.parse(path.read_text(encoding='utf-8'))
    return '\n'.join(
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def used(words, text):
    return [
        word
        for word in words
        if re.search(r'(?<![\w-])' + r'\s+'.join(map(re.escape, word.split())) + r'(?![\w-])', text, re.IGNORECASE)
    ]


def test_every_row_has_one_term_and_its_meaning():
    table = rows()
    assert len(table) > 40 and all(len(row) == 4 and row[0] and row[1] for row in table)
    assert len({row[0] for row in table}) == len(table)


@pytest.mark.parametrize('name', names())
def test_every_name_is_a_module_or_a_class(name):
    module, _, last = f'azext_vnet2vnet.{name}'.rpartition('.')
    if last[0].isupper():
        assert isinstance(getattr(importlib.import_module(module), last), type)
    else:
        importlib.import_module(f'{module}.{last}')


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_no_page_uses_a_rejected_word(page):
    assert used(rejected_words(), prose(page)) == []


@pytest.mark.parametrize('module', FACE, ids=lambda module: module.name)
def test_no_text_of_the_face_uses_a_rejected_word(module):
    assert used(rejected_words(), texts(module)) == []


def test_a_rejected_word_would_be_noticed():
    words = rejected_words()
    assert len(words) == len(set(words)) and len(words) >= 12
    assert used(words, 'Take\n  away the PSK, and leave its opposite ends alone') == ['PSK', 'take away']
