"""Files that the user names: read and written as text, with az's errors."""

import sys
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

from azure.cli.core.azclierror import FileOperationError

_LARGEST = 2**20  # Bytes: a topology of a thousand VNets takes some 200 KB.
_LARGEST_KEY = 2**12


def read_text(name: str) -> str:
    """The content of a file, or of standard input where the name is `-`; FileOperationError where it is no text."""
    try:
        if name == '-':
            return sys.stdin.read()
        return _read(Path(name), _LARGEST)
    except (OSError, ValueError) as error:
        raise FileOperationError(
            f"File '{name}' cannot be read: {_reason(error)}.",
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
    folder = Path() if topology == '-' else Path(topology).parent
    return {name: _read_key(folder, name) for name in names}


def write_text(name: str | None, text: str) -> None:
    """Write a text to a file in UTF-8, or as it is to standard output; FileOperationError where that cannot be."""
    if name is None:
        print(text, end='' if text.endswith('\n') else '\n')
        return
    try:
        Path(name).write_text(text, encoding='utf-8', newline='\n')
    except OSError as error:
        raise FileOperationError(
            f"File '{name}' cannot be written: {_reason(error)}.", 'Give the name of a file in a folder that is there.'
        ) from None


def _read(path: Path, most: int) -> str:
    with path.open('rb') as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f'it is larger than {most} bytes')
    return content.decode('utf-8-sig')


def _read_key(folder: Path, name: str) -> str | None:
    try:
        return _read(folder / Path(name).expanduser(), _LARGEST_KEY)
    except (OSError, ValueError, RuntimeError):  # RuntimeError: ~ where no home directory is known.
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return 'it is not UTF-8'
    return getattr(error, 'strerror', None) or str(error)
