"""The wheel, and what az makes of it."""

import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import zipfile
from email.parser import HeaderParser

import pytest

from tests.azcli import AzureCli
from tests.extension import PACKAGE, ROOT, build_wheel

TESTS = ROOT / 'tests'
VERBS = ['create', 'apply', 'export', 'list', 'show', 'verify', 'wait', 'update', 'rotate-key', 'reset', 'delete']


@pytest.fixture(scope='module', name='wheel')
def fixture_wheel(tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp('wheel'))


@pytest.fixture(scope='module', name='metadata')
def fixture_metadata(wheel):
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith('.dist-info/METADATA'))
        return HeaderParser().parsestr(archive.read(name).decode('utf-8'))


@pytest.fixture(scope='module', name='plain_az')
def fixture_plain_az(tmp_path_factory, installed_extension):
    return AzureCli(tmp_path_factory.mktemp('az'), installed_extension)


@pytest.fixture(scope='module', name='table')
def fixture_table(plain_az):
    child = subprocess.run(
        [sys.executable, '-m', 'tests.command_table'],
        cwd=ROOT,
        env=plain_az.variables(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    return json.loads(child.stdout) | {'stderr': child.stderr}


def test_wheel_holds_the_package_and_nothing_else(wheel, metadata):
    sources = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob('*')
        if path.is_file() and '__pycache__' not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    about = f'vnet2vnet-{metadata["Version"]}.dist-info/'
    assert {name for name in names if not name.startswith(about)} == sources
    assert 'azext_vnet2vnet/azext_metadata.json' in names
    assert {about + name for name in ('METADATA', 'RECORD', 'WHEEL', 'top_level.txt')} <= names
    assert any(name.startswith(about) and name.endswith('LICENSE') for name in names)
    assert wheel.name == f'vnet2vnet-{metadata["Version"]}-py3-none-any.whl'


def test_metadata_follows_the_conventions_for_extensions(metadata):
    assert metadata['Name'] == 'vnet2vnet'
    assert re.fullmatch(r'\d+\.\d+\.\d+(b\d+)?', metadata['Version'])
    assert len(metadata['Summary']) <= 140 and metadata['Summary'].endswith('.')
    assert not re.search('azure cli|extension', metadata['Summary'], re.IGNORECASE)
    assert metadata['License-Expression'] == 'MIT' or metadata['License'] == 'MIT'
    assert metadata['Requires-Python'] == '>=3.10'


def test_wheel_requires_only_what_azure_cli_lacks(metadata):
    required = {re.match(r'[\w-]+', requirement).group() for requirement in metadata.get_all('Requires-Dist')}
    assert required == {'azure-mgmt-network', 'jsonschema', 'rich'}
    brought = {
        re.match(r'[\w.-]+', requirement).group().lower()
        for name in ('azure-cli', 'azure-cli-core', 'knack')
        for requirement in importlib.metadata.requires(name)
    }
    assert required & brought == set()


def test_preview_is_said_by_the_metadata_as_by_the_version(metadata):
    keys = json.loads((PACKAGE / 'azext_metadata.json').read_text())
    assert set(keys) <= {'azext.minCliCoreVersion', 'azext.maxCliCoreVersion', 'azext.isPreview'}
    assert keys.get('azext.isPreview', False) == ('b' in metadata['Version'])


def test_history_begins_with_this_version(metadata):
    lines = (ROOT / 'HISTORY.rst').read_text(encoding='utf-8').splitlines()
    versions = [line for line, below in zip(lines, lines[1:]) if re.fullmatch(r'\++', below)]
    assert versions[0] == metadata['Version']


def test_az_shows_and_removes_the_extension_that_it_added(installed_extension, metadata, tmp_path):
    """What `az extension add` made of the wheel is in the folder of all tests; this is a copy that may be changed."""
    az = AzureCli(tmp_path / 'az')
    shutil.copytree(installed_extension, az.extension_dir)
    assert (az.extension_dir / 'vnet2vnet' / 'azure' / 'mgmt' / 'network').is_dir()
    [listed] = az.run('extension list').json
    assert (listed['name'], listed['version'], listed['preview']) == (
        'vnet2vnet',
        metadata['Version'],
        'b' in metadata['Version'],
    )
    overview = az.run('vnet2vnet -h').stdout
    assert [verb for verb in VERBS if not re.search(rf'^    {verb} .*: \w', overview, re.MULTILINE)] == []
    az.run('extension remove -n vnet2vnet')
    assert az.run('extension list').json == []
    az.run('vnet2vnet -h', expect=2)


def test_help_loads_no_sdk(plain_az, table):
    plain_az.run('vnet2vnet -h')  # the first time az builds its index, for which it loads all of itself
    for command in table['commands']:
        imported = imports(plain_az, f'{command} -h')
        assert f'{PACKAGE.name}._params' in imported
        assert [name for name in imported if is_of(name, ['azure.mgmt', 'jsonschema', 'rich'])] == []


def test_other_commands_do_not_load_the_extension(plain_az):
    plain_az.run('account list')
    assert [name for name in imports(plain_az, 'account list') if is_of(name, [PACKAGE.name])] == []


def test_az_knows_every_command(table):
    assert sorted(table['commands']) == sorted(f'vnet2vnet {verb}' for verb in VERBS)


def test_every_group_and_command_has_help(table):
    entries = table['groups'] | {name: command['help'] for name, command in table['commands'].items()}
    assert [name for name, entry in entries.items() if not entry or not entry.get('short-summary')] == []


def test_every_option_has_help_and_a_short_enough_name(table):
    for name, command in table['commands'].items():
        for dest, option in command['options'].items():
            if dest == 'cmd' or not option['names']:
                continue
            assert option['help'], f'{name} {option["names"]}'
            assert min(len(spelling.lstrip('-')) for spelling in option['names']) <= 22, f'{name} {option["names"]}'
            assert not any('_' in spelling for spelling in option['names']), f'{name} {option["names"]}'


def test_every_command_has_an_example_and_every_example_parses(table):
    for name, command in table['commands'].items():
        assert any(f'az {name} ' in example['text'] + ' ' for example in command['examples']), f'no example: {name}'
        for example in command['examples']:
            assert example['faults'] == [], f'{name}: {example["name"]}\n{table["stderr"]}'


def test_update_has_no_defaults(table):
    options = table['commands'].get('vnet2vnet update', {'options': {}})['options']
    assert {
        dest: option['default']
        for dest, option in options.items()
        if dest not in ('cmd', 'yes') and option['default'] not in ('None', "'==SUPPRESS=='")
    } == {}


def test_every_command_and_option_is_used_in_a_test(table):
    paths = [path for folder in ('commands', '.') for path in sorted((TESTS / folder).glob('*.py'))]
    text = '\n'.join(path.read_text(encoding='utf-8') for path in paths if path.name != 'test_packaging.py')
    text += ''.join(text.replace('{end}', end) for end in '12')
    unused = [name for name in table['commands'] if name not in text and name.split()[-1] not in text]
    for name, command in table['commands'].items():
        for dest, option in command['options'].items():
            is_from_core = dest == 'cmd' or dest.startswith('_')
            if (
                not is_from_core
                and option['names']
                and not any(
                    re.search(rf'(?<![\w-]){re.escape(spelling)}(?![\w-])', text) for spelling in option['names']
                )
            ):
                unused.append(f'{name} {option["names"]}')
    assert unused == []


def imports(az, command):
    """The modules that az imports for a command."""
    log = az.run(command, env={'PYTHONPROFILEIMPORTTIME': '1'}).stderr
    return {line.rsplit('|', 1)[1].strip() for line in log.splitlines() if line.startswith('import time:')}


def is_of(name, packages):
    return any(name == package or name.startswith(package + '.') for package in packages)
