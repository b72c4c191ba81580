"""The real az as a child process, with its whole state in a scratch folder."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CLOUD = 'LocalSim'

# A hung az must not hang the tests for ever; no test depends on this figure.
LIMIT_SECONDS = 900

SETTINGS = {
    'AZ_INSTALLER': 'PIP',
    'AZURE_CORE_INSTANCE_DISCOVERY': 'false',
    'AZURE_CORE_COLLECT_TELEMETRY': '0',
    'AZURE_CORE_SURVEY_MESSAGE': '0',
    'AZURE_CORE_LOGIN_EXPERIENCE_V2': 'off',
    'AZURE_CORE_ENCRYPT_TOKEN_CACHE': 'false',
    'AZURE_CORE_NO_COLOR': 'true',
    'AZURE_EXTENSION_USE_DYNAMIC_INSTALL': 'no',
    'NO_PROXY': 'localhost',
    'no_proxy': 'localhost',
    'PIP_USER': '0',
    'PYTHONUTF8': '1',
}

# What the caller's shell may hold and would leak into the scratch az, or bend the pip that az runs.
FOREIGN = (
    'PIP_TARGET',
    'PIP_PREFIX',
    'PIP_CONSTRAINT',
    'PYTHONPATH',
    'PYTHONHOME',
    'COLUMNS',
    'TERM',
    'ACC_CLOUD',
    'AZUREPS_HOST_ENVIRONMENT',
    'MSI_ENDPOINT',
    'MSI_SECRET',
    'IDENTITY_ENDPOINT',
    'IDENTITY_HEADER',
    'IMDS_ENDPOINT',
)


@contextmanager
def terminal(typed=''):
    """A terminal for the stdin of an az, at which somebody has typed something; '\x04' is Ctrl-D."""
    master, slave = os.openpty()
    try:
        os.write(master, typed.encode())
        yield slave
    finally:
        os.close(slave)
        os.close(master)


@dataclass(frozen=True)
class Result:
    """What a finished az left: its arguments, exit code (negative: the signal that ended it), stdout and stderr."""

    args: tuple
    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self):
        """The parsed stdout; None when az printed nothing."""
        return json.loads(self.stdout) if self.stdout.strip() else None

    def __str__(self):
        return f'$ az {shlex.join(self.args)}\nexit code {self.exit_code}\n{self.stderr}{self.stdout}'


@dataclass(frozen=True)
class Running:
    """An az that was started and not yet waited for; stdout and stderr are files, so that a killed one leaves them."""

    args: tuple
    process: subprocess.Popen
    out: Path
    err: Path
    ended: Callable

    def wait(self, expect=0, timeout=LIMIT_SECONDS):
        """Wait for the end and return the Result. expect is an exit code, a tuple of them, or None for any."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f'still running after {timeout} s:\n{self._result()}') from None
        result = self._result()
        self.ended(result)
        expected = expect if isinstance(expect, tuple) else (expect,)
        assert expect is None or result.exit_code in expected, f'expected exit code {expect}\n{result}'
        return result

    def kill(self):
        """End it as kill -9 does, and return the Result."""
        self.process.kill()
        return self.wait(expect=None)

    def _result(self):
        return Result(
            self.args,
            self.process.returncode,
            self.out.read_text('utf-8', 'replace'),
            self.err.read_text('utf-8', 'replace'),
        )


@dataclass
class AzureCli:
    """One az with its own login, settings and extensions: nothing of it is outside of folder and extension_dir.

    ca_file is what az shall trust; None leaves the caller's certificates, as `az extension add` needs for its pip.
    after_run is called each time that a run has ended.
    """

    folder: Path
    extension_dir: Path = None
    ca_file: str = None
    environment: dict = field(default_factory=dict)
    results: list = field(default_factory=list)
    started: list = field(default_factory=list)
    copies: list = field(default_factory=list)
    after_run: Callable = lambda: None

    def __post_init__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.extension_dir = self.extension_dir or self.folder / 'extensions'

    @property
    def config_dir(self):
        return self.folder / 'config'

    def run(self, command, stdin=None, expect=0, env=None, timeout=LIMIT_SECONDS):
        """Run az to its end and return the Result; command is a string (split as a shell does) or a list."""
        return self.start(command, stdin, env).wait(expect, timeout)

    def start(self, command, stdin=None, env=None):
        """Start az and return a Running.

        stdin is the text that az can read, or the file descriptor of a terminal; None is the empty file.
        """
        args = tuple(shlex.split(command) if isinstance(command, str) else command)
        number = len(self.started)
        out, err = self.folder / f'{number}.out', self.folder / f'{number}.err'
        sources = {type(None): subprocess.DEVNULL, str: subprocess.PIPE, int: stdin}
        with out.open('wb') as stdout, err.open('wb') as stderr:
            process = subprocess.Popen(
                [sys.executable, '-m', 'azure.cli', *args],
                stdout=stdout,
                stderr=stderr,
                stdin=sources[type(stdin)],
                env=self.variables() | (env or {}),
                cwd=self.folder,
            )
        if isinstance(stdin, str):
            try:
                with process.stdin as pipe:
                    pipe.write(stdin.encode('utf-8'))
            except BrokenPipeError:
                pass
        running = Running(args, process, out, err, self._ended)
        self.started.append(running)
        return running

    def variables(self):
        """The environment variables of the child process."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(('AZURE_', 'ARM_')) and name not in FOREIGN
        }
        own = {'AZURE_CONFIG_DIR': str(self.config_dir), 'AZURE_EXTENSION_DIR': str(self.extension_dir)}
        if self.ca_file:
            own['REQUESTS_CA_BUNDLE'] = str(self.ca_file)
        return inherited | SETTINGS | own | self.environment

    def register_cloud(self, origin):
        """Make the simulator at origin (https://localhost:PORT) the cloud that az talks to."""
        self.run(['cloud', 'register', '-n', CLOUD, '--endpoint-resource-manager', origin])
        self.run(['cloud', 'set', '-n', CLOUD])

    def login(self, client_id, client_secret, tenants):
        """Log in as a service principal to each tenant; the logins add up, and the first tenant is the current one."""
        for tenant in reversed(tenants):
            self.run(['login', '--service-principal', '-u', client_id, '-p', client_secret, '--tenant', tenant])

    def copy(self, folder):
        """Return another AzureCli in folder, with the same login, settings and extensions, and no other state."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.config_dir.exists():
            shutil.copytree(self.config_dir, folder / 'config', ignore=shutil.ignore_patterns('commands', 'logs'))
        self.copies.append(
            AzureCli(folder, self.extension_dir, self.ca_file, dict(self.environment), after_run=self.after_run)
        )
        return self.copies[-1]

    def _ended(self, result):
        self.results.append(result)
        self.after_run()

    def stop(self):
        """End every az that is still running, those of the copies too."""
        for running in self.started:
            if running.process.poll() is None:
                running.kill()
        for copy in self.copies:
            copy.stop()

    def files(self):
        """Every file that az wrote: stdout and stderr of each run, its settings, its logs."""
        return [path for path in sorted(self.folder.rglob('*')) if path.is_file()]
