"""Files that the user names, and the standard streams: bytes in UTF-8 whatever the locale, with az's errors."""

import codecs
import os
import secrets
import sys
from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from azure.cli.core.azclierror import FileOperationError

STANDARD = '-'  # The name of standard input and standard output.
_LARGEST = 2**20  # Bytes: a topology of a thousand VNets takes some 200 KB.
_LARGEST_KEY = 2**12
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(name: str) -> str:
    """The content of a file, or of standard input where the name is `-`; FileOperationError where it is no text."""
    try:
        return _read_standard_input() if name == STANDARD else _read(Path(name), _LARGEST)
    except (OSError, ValueError) as error:
        raise FileOperationError(
            f'{_called(name, "Standard input")} cannot be read: {_reason(error)}.',
            'Give the name of a text file in UTF-8, or - for standard input.',
        ) from None


def refuse_encoded_key(key: str | None, words: Iterable[str]) -> None:
    """FileOperationError where a key is what az makes of a file that is no text: the base64 of its bytes.

    `words` are those of the command line, among which the file is named after an @.
    """
    for word in words if key else ():
        name = word.partition('@')[2]
        try:
            content = Path(name).expanduser().read_bytes() if Path(name).expanduser().is_file() else b''
        except (OSError, ValueError, RuntimeError):
            continue
        if content and b64encode(content).decode() == key:
            raise FileOperationError(
                f"--shared-key names file '{name}', which is no text.",
                'Give a file with the key as text in UTF-8, for example one that `openssl rand -hex 32` has written.',
            )


def read_key_files(names: Iterable[str], topology: str) -> dict[str, str | None]:
    """The texts of key files, which are named as seen from the folder of the topology file; None if unreadable."""
    folder = Path() if topology == STANDARD else Path(topology).parent
    return {name: _read_key(folder, name) for name in names}


def write_text(name: str, text: str) -> None:
    """Write a text in UTF-8 to a file, whole or not at all, or to standard output where the name is `-`.

    FileOperationError where that cannot be.
    """
    try:
        if name == STANDARD:
            _write_standard_output(text.encode())
        else:
            _write(Path(name), text.encode())
    except (OSError, ValueError) as error:
        raise FileOperationError(
            f'{_called(name, "Standard output")} cannot be written: {_reason(error)}.',
            'Give the name of a file in a folder that exists and has room for it.',
        ) from None


def create_private_text(name: str, text: str) -> bool:
    """Write a text to a new file that only its owner may read; False, and nothing is written, where one exists.

    A link counts as a file, wherever it leads. FileOperationError where the file cannot be written.
    """
    try:
        _create(Path(name), text.encode(), 0o600)
    except FileExistsError:
        return False
    except OSError as error:
        raise FileOperationError(
            f"File '{name}' cannot be written: {_reason(error)}.",
            'Give the name of a file in a folder that exists and has room for it.',
        ) from None
    return True


def _called(name: str, standard: str) -> str:
    return standard if name == STANDARD else f"File '{name}'"


def _read_standard_input() -> str:
    if sys.stdin is None:
        raise ValueError('it is closed')
    return _decoded(sys.stdin.buffer.read(_LARGEST + 1), _LARGEST)


def _read(path: Path, most: int) -> str:
    with path.open('rb') as file:
        return _decoded(file.read(most + 1), most)


def _decoded(content: bytes, most: int) -> str:
    """The text of bytes in UTF-8, or in UTF-16 with its mark, as `>` of PowerShell 5.1 writes it."""
    if len(content) > most:
        raise ValueError(f'it is larger than {most} bytes')
    return content.decode('utf-16' if content.startswith(_UTF_16) else 'utf-8-sig')


def _read_key(folder: Path, name: str) -> str | None:
    try:
        return _read(folder / Path(name).expanduser(), _LARGEST_KEY)
    except (OSError, ValueError, RuntimeError):  # RuntimeError: ~ where no home directory is known.
        return None


def _write_standard_output(content: bytes) -> None:
    if sys.stdout is None:
        raise ValueError('it is closed')
    sys.stdout.flush()
    # A file of its own: what could not be written is not tried again when Python ends.
    with open(sys.stdout.fileno(), 'wb', closefd=False) as stream:
        stream.write(content)


def _write(path: Path, content: bytes) -> None:
    """Write beside the file, then rename; a link is kept if it leads to a file, and replaced if it leads nowhere."""
    if path.exists():
        path = path.resolve()
        if not path.is_file():  # A device or a pipe, such as /dev/stdout, has nothing to be renamed to.
            path.write_bytes(content)
            return
    beside = path.with_name(f'.{path.name[:100]}.{secrets.token_hex(4)}')
    _create(beside, content, 0o666)
    try:
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o7777)
        beside.replace(path)
    except BaseException:
        beside.unlink()
        raise


def _create(path: Path, content: bytes, mode: int) -> None:
    """Create a file with these bytes on the disk; if they do not fit, or Ctrl-C comes, there is none."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, 'O_BINARY', 0)
    descriptor = os.open(path, flags, mode)
    try:
        with open(descriptor, 'wb') as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return 'it is not UTF-8'
    return getattr(error, 'strerror', None) or str(error)
