"""Printed commands, and the examples of the help, are read alike by bash, zsh and PowerShell."""

import ast
import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml
from knack.help_files import helps

import azext_vnet2vnet._help  # noqa: F401
from azext_vnet2vnet.network.command_line import command_line, quoted
from azext_vnet2vnet.network.resource_id import GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.network.setting_names import CommandLine
from azext_vnet2vnet.planning.deletion_plan import commands_by_id
from azext_vnet2vnet.planning.plan import Action, Plan, Step
from tests.shells import read_by_bash, read_by_powershell, read_by_zsh

PACKAGE = Path(azext_vnet2vnet._help.__file__).parent
WORDS = [
    '--ids',
    '/subscriptions/s-1/resourceGroups/Netz (Zürich)/providers/Microsoft.Network/connections/a.b_c-d',
    'plain-1.2/3:4=5+6',
    '@FILE',
    'local=10.0.0.0/8,10.1.0.0/16',
    '=ls',
    '~',
    '*',
    'a!b',
    'it was!',
    '!!',
    '#1',
    '$HOME',
    '`id`',
    '[?a]',
    '{a,b}',
    'a;b&c|d>e<f',
    '100%',
    'C:\\folder\\file',
    "it's",
    'Kunde’s',
    '-1.5:x',
    '--%',
    '^a',
]
EXAMPLES = [
    ' '.join(example['text'].split())
    for name, text in helps.items()
    if name.startswith('vnet2vnet')
    for example in yaml.safe_load(text).get('examples', ())
]
LINES = [command_line(['az', *WORDS]), *EXAMPLES]


def test_every_shell_reads_what_was_meant():
    assert shlex.split(LINES[0]) == read_by_powershell(LINES[0]) == ['az', *WORDS]
    for example in EXAMPLES:
        assert read_by_powershell(example) == shlex.split(example)


@pytest.mark.parametrize('shell, read', [('bash', read_by_bash), ('zsh', read_by_zsh)])
def test_an_interactive_shell_reads_the_same(tmp_path, shell, read):
    if not shutil.which(shell):
        pytest.skip(f'{shell} is not installed here')
    words, screen = read(LINES, tmp_path)
    assert words == [shlex.split(line)[1:] for line in LINES], screen


@pytest.mark.parametrize(
    'line',
    ['az --key @key', 'az --query "[?!a]`0`"', 'az a,b', "az 'a'b", 'az (a)', "az 'it'\"'\"'s'", 'az -a.b', 'az $a'],
)
def test_the_rules_of_powershell_find_what_it_reads_otherwise(line):
    with pytest.raises(ValueError, match='PowerShell'):
        read_by_powershell(line)


def test_a_word_that_fits_no_form_is_for_bash_and_zsh():
    assert shlex.split(quoted("it's $5")) == ["it's $5"]


def test_a_key_is_given_by_a_file_in_quotes():
    assert CommandLine().given('shared-key', '@FILE') == '--shared-key "@FILE"'
    assert CommandLine().given('sku', 'VpnGw2AZ') == '--sku VpnGw2AZ'


def test_no_text_names_a_page_that_is_not_installed_or_a_bare_file():
    for file in PACKAGE.rglob('*.py'):
        tree = ast.parse(file.read_text('utf-8'))
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                assert 'docs/' not in node.value and '--shared-key @' not in node.value, f'{file}:{node.lineno}'


def test_names_in_advice_are_quoted():
    group = 'Netz (Zürich)'
    gateways = [ResourceId('s', group, GATEWAY_TYPE, (name,)) for name in ('one', 'other')]
    said = commands_by_id(Plan(tuple(Step(gateway, Action.DELETE) for gateway in gateways)))
    assert said == 'az network vnet-gateway delete --ids ' + ' '.join(f"'{gateway}'" for gateway in gateways)


def test_every_name_that_is_put_into_a_printed_command_is_quoted():
    unquoted = re.compile(
        r'--(?:ids|resource-group|subscription|file|vnet\{number\}) \{(?!quoted\(|halves\}|" "\.join\(map\(quoted)'
    )
    for file in PACKAGE.rglob('*.py'):
        assert not unquoted.findall(file.read_text('utf-8')), file
