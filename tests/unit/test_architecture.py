"""The order of the house: which folder may import which, and where an SDK may be imported."""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / 'azext_vnet2vnet'
# From the top down: a folder imports from those behind it only. The two that share a place do not know each other.
ORDER = (
    ('face',),
    ('cli',),
    ('workflows',),
    ('engine',),
    ('readers',),
    ('arm',),
    ('diagram', 'topology_file'),
    ('options',),
    ('checks',),
    ('planning',),
    ('network',),
)
RANKS = {folder: rank for rank, folders in enumerate(ORDER) for folder in folders}
PURE = ('options', 'checks', 'planning', 'network', 'diagram')
SDKS = ('azure.mgmt', 'azure.core', 'msal', 'requests')


def test_imports_point_downwards():
    wrong = [
        f'{module_of(path)} imports {name}'
        for path in sources()
        for name, _ in imported_names(path)
        if is_of(name, [PACKAGE.name]) and not may_import(folder_of(module_of(path)), folder_of(name))
    ]
    assert wrong == []


def test_what_decides_imports_the_standard_library_and_the_house_only():
    foreign = [
        f'{module_of(path)} imports {name}'
        for path in sources()
        if folder_of(module_of(path)) in PURE
        for name, _ in imported_names(path)
        if not is_of(name, [PACKAGE.name]) and name.split('.')[0] not in sys.stdlib_module_names
    ]
    assert foreign == []


def test_only_arm_imports_an_sdk_and_only_inside_functions():
    wrong = [
        f'{module_of(path)} imports {name}'
        for path in sources()
        for name, in_function in imported_names(path)
        if is_of(name, SDKS) and not (in_function and folder_of(module_of(path)) == 'arm')
    ]
    assert wrong == []


def may_import(folder, other):
    return folder == other or RANKS[folder] < RANKS[other]


def sources():
    """The extension's Python files; there must be some of each folder, or the tests above would prove nothing."""
    paths = sorted(PACKAGE.rglob('*.py'))
    assert {folder_of(module_of(path)) for path in paths} == set(RANKS)
    return paths


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix('').parts
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


def folder_of(module):
    parts = module.split('.')
    return parts[1] if len(parts) > 1 and parts[1] in RANKS else 'face'


def is_of(name, packages):
    return any(name == package or name.startswith(package + '.') for package in packages)


def imported_names(path):
    """Yield (absolute module name, is it inside a function) of each import."""
    tree = ast.parse(path.read_text(encoding='utf-8'))
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    inside = {id(node) for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f'{path}: relative import'
            is_folder = (ROOT / node.module.replace('.', '/')).is_dir()
            names = [f'{node.module}.{alias.name}' for alias in node.names] if is_folder else [node.module]
            yield from ((name, id(node) in inside) for name in names)


def test_the_drawing_is_the_transitive_reduction_of_the_imports():
    """An arrow for each import between folders that no chain of other arrows stands for, and no other arrow."""
    edges = imports_between_folders()
    needed = {(folder, other) for folder, other in edges if other not in reachable(edges - {(folder, other)}, folder)}
    drawn = drawn_arrows()
    assert drawn - needed == set(), 'drawn in docs/architecture.md, but no such import'
    assert needed - drawn == set(), 'imported, but not drawn in docs/architecture.md'


def test_the_drawing_has_every_folder_and_its_order():
    drawn = drawn_arrows()
    assert {folder for arrow in drawn for folder in arrow} == set(RANKS)
    assert [arrow for arrow in sorted(drawn) if not may_import(*arrow)] == []
    assert all(folder not in reachable(drawn, folder) for folder in RANKS)


def drawn_arrows():
    """The arrows of the Mermaid flowchart in docs/architecture.md, as (folder, imported folder)."""
    page = (ROOT / 'docs' / 'architecture.md').read_text(encoding='utf-8')
    [chart] = re.findall('^```mermaid\n(.*?)^```$', page, re.MULTILINE | re.DOTALL)
    arrows = re.findall(r'^ +(\w+)(?:\["[^"]*"\])? --> (\w+)$', chart, re.MULTILINE)
    assert len(arrows) == chart.count('-->') == len(set(arrows))
    return set(arrows)


def imports_between_folders():
    """Every (folder, imported folder)."""
    found = {
        (folder_of(module_of(path)), folder_of(name))
        for path in sources()
        for name, _ in imported_names(path)
        if is_of(name, [PACKAGE.name])
    }
    return {(folder, other) for folder, other in found if folder != other}


def reachable(edges, start):
    """The folders that a chain of edges leads to from `start`."""
    reached, ahead = set(), {start}
    while ahead:
        ahead = {other for folder, other in edges if folder in ahead} - reached
        reached |= ahead
    return reached
