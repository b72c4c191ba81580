"""The extension as a user gets it: the wheel, built from the checkout, and installed by the real `az extension add`."""

import hashlib
import importlib.metadata
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from filelock import FileLock

from tests.azcli import AzureCli

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / 'azext_vnet2vnet'
# Everything that goes into the wheel.
SOURCES = ('setup.py', 'MANIFEST.in', 'LICENSE', 'README.md', 'HISTORY.rst')
SCRATCH = ROOT / '.tmp'


def build_wheel(folder):
    """Build the wheel into folder, from a copy of the sources so that leftovers of an earlier build stay out."""
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(PACKAGE, Path(copy) / PACKAGE.name, ignore=shutil.ignore_patterns('__pycache__'))
        for name in SOURCES:
            if (ROOT / name).exists():
                shutil.copy(ROOT / name, copy)
        build = subprocess.run(
            [sys.executable, '-m', 'build', '--wheel', '--no-isolation', '--outdir', folder, copy],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert build.returncode == 0, build.stdout
    return next(Path(folder).glob('*.whl'))


def add_extension(wheel, folder):
    """Install the wheel with the real az into folder/extensions, and return that folder."""
    az = AzureCli(folder)
    az.run(['extension', 'add', '--source', str(wheel), '--yes'])
    return az.extension_dir


def install_extension():
    """Return an extension folder of az that holds the extension as it is in the checkout now.

    An installation takes 10 seconds, so it is kept for as long as neither az nor what goes into the wheel changes;
    processes that ask at the same time wait for one another.
    """
    kept = SCRATCH / 'extensions' / _fingerprint()
    kept.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(kept.parent / 'lock'):
        if not kept.exists():
            for old in sorted(kept.parent.glob('*-*'), key=lambda path: path.stat().st_mtime)[:-4]:
                shutil.rmtree(old)
            with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
                installed = add_extension(build_wheel(Path(folder) / 'wheel'), Path(folder) / 'az')
                installed.rename(kept)
    return kept


def _fingerprint():
    digest = hashlib.sha256(importlib.metadata.version('azure-cli').encode())
    files = [path for path in PACKAGE.rglob('*') if path.is_file() and '__pycache__' not in path.parts]
    for path in sorted(files + [ROOT / name for name in SOURCES if (ROOT / name).exists()]):
        digest.update(f'{path.relative_to(ROOT)}\0'.encode() + path.read_bytes() + b'\0')
    return f'{sys.version_info.major}.{sys.version_info.minor}-{digest.hexdigest()[:16]}'
