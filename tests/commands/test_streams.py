"""Standard streams that are closed, and signals at a terminal."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.commands.azure import resources, writes
from tests.commands.terminal import at_terminal
from tests.howto import VNET1, VNET4, create

UPDATE = ['vnet2vnet', 'update', '-g', 'TestRG1', '-n', 'TestVNet1ToTestVNet4', '--dpd-timeout', '45']


def run_in_bash(az, redirection, command):
    """What az leaves whose streams the shell has closed: its exit code, stdout and stderr."""
    ended = subprocess.run(
        ['bash', '-c', f'exec "$@" {redirection}', 'bash', sys.executable, '-m', 'azure.cli', *command],
        env=az.variables(),
        cwd=az.folder,
        capture_output=True,
        encoding='utf-8',
    )
    az.after_run()
    assert 'Traceback' not in ended.stderr
    return ended.returncode, ended.stdout, ended.stderr


def test_closed_streams(az, simulator, join):
    join(VNET1, VNET4)
    code, _, said = run_in_bash(az, '<&-', UPDATE)
    assert (code, writes(simulator)) == (1, [])
    assert 'there is no terminal to ask at.\nAdd --yes to go on without a question.' in said
    code, _, said = run_in_bash(az, '<&-', ['vnet2vnet', 'apply', '--file', '-'])
    assert code == 1 and 'ERROR: Standard input cannot be read: it is closed.' in said
    code, printed, _ = run_in_bash(az, '2>&-', [*UPDATE, '--yes'])
    assert code == 0 and json.loads(printed)['status'] == 'Connected'
    code, _, said = run_in_bash(az, '>/dev/full', ['vnet2vnet', 'export', '--format', 'svg'])
    assert code == 1 and 'ERROR: Standard output cannot be written: No space left on device.' in said


@pytest.mark.azure(durations={'gateway-create': 10**5})
@pytest.mark.parametrize('number, code', [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_says_what_goes_on_and_shows_the_cursor(az, simulator, wait_for, number, code):
    def end(process):
        wait_for(lambda: len(resources(simulator, 'virtualNetworkGateways')) == 2)
        os.kill(process.pid, number)

    ended, screen = at_terminal(az, [*create(VNET1, VNET4), '--timeout', '1000000'], end)
    assert ended == code and 'Traceback' not in screen
    assert 'Interrupted. Operations already started continue in Azure; run the same command again' in screen
    assert screen.rindex('\x1b[?25h') > screen.rindex('\x1b[?25l')
