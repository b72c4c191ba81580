"""The files for GitHub, editors and pre-commit can be parsed, and say what the project says elsewhere."""

import configparser
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FORMS = ('bug', 'feature')


def read(path):
    return (ROOT / path).read_text(encoding='utf-8')


def load(path):
    return yaml.safe_load(read(path))


@pytest.mark.parametrize(
    'path',
    [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / '.github').rglob('*.yml'))]
    + ['.pre-commit-config.yaml'],
)
def test_it_is_yaml(path):
    assert isinstance(load(path), dict)


def test_ci_runs_what_must_pass_on_every_python():
    workflow = load('.github/workflows/ci.yml')
    job = workflow['jobs']['run']
    oldest = re.search("python_requires='>=([0-9.]+)'", read('setup.py'))[1]
    assert job['strategy']['matrix']['python'] == [oldest, '3.11', '3.12', '3.13', '3.14']
    assert job['steps'][-1] == {'run': '.ci/run'} and (ROOT / '.ci' / 'run').is_file()
    assert workflow['permissions'] == {'contents': 'read'}


def test_ci_pins_the_major_version_of_its_actions():
    actions = [step['uses'] for step in load('.github/workflows/ci.yml')['jobs']['run']['steps'] if 'uses' in step]
    assert len(actions) == 2 and all(re.fullmatch(r'actions/[a-z-]+@v\d+', action) for action in actions)


@pytest.mark.parametrize('form', FORMS)
def test_an_issue_form_has_what_github_requires(form):
    fields = load(f'.github/ISSUE_TEMPLATE/{form}.yml')
    assert fields['name'] and fields['description']
    questions = [one for one in fields['body'] if one['type'] != 'markdown']
    assert len({one['id'] for one in questions}) == len(questions) >= 3
    assert all(one['type'] in ('input', 'textarea') and one['attributes']['label'] for one in questions)


def test_every_hook_is_a_target_of_make():
    targets = re.findall('^([a-z-]+):', read('Makefile'), re.MULTILINE)
    [local] = load('.pre-commit-config.yaml')['repos']
    hooks = local['hooks']
    assert local['repo'] == 'local' and len(hooks) == 3
    for hook in hooks:
        *command, target = hook['entry'].split()
        assert command == ['make', '--no-print-directory'] and target in targets


def test_editors_break_lines_where_ruff_does():
    editor = configparser.ConfigParser()
    editor.read_string('[root]\n' + read('.editorconfig'))
    assert f'line-length = {editor["*.py"]["max_line_length"]}\n' in read('pyproject.toml')
