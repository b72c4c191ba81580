"""An az at a terminal, with a user who answers its question."""

import fcntl
import os
import pty
import subprocess
import sys
import termios
import threading

from tests.azcli import LIMIT_SECONDS

# An interrupt that comes just before Python begins to read is noticed when something can be read.
CTRL_C = '\x03\n'


def answer(az, command: list[str], text: str) -> tuple[int, str]:
    """Run az at a terminal and type `text` when it asks to go on; its exit code, and what stood on the screen."""
    return at_terminal(az, command, text=text)


def at_terminal(az, command: list[str], meanwhile=lambda _: None, text='') -> tuple[int, str]:
    """The same; meanwhile(process) runs in a thread."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, '-m', 'azure.cli', *command],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=az.variables() | {'TERM': 'xterm', 'COLUMNS': '400'},
        cwd=az.folder,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),
    ) as process:
        os.close(theirs)
        limit = threading.Timer(LIMIT_SECONDS, process.kill)
        limit.start()
        threading.Thread(target=meanwhile, args=(process,), daemon=True).start()
        screen = b''
        while chunk := _read(ours):
            asked = b'(y/N)' in screen
            screen += chunk
            if not asked and b'(y/N)' in screen:
                os.write(ours, text.encode())
        os.close(ours)
        code = process.wait()
        limit.cancel()
    (az.folder / f'screen{len(list(az.folder.glob("screen*")))}').write_bytes(screen)  # The watch for keys looks there.
    az.after_run()
    return code, screen.decode('utf-8', 'replace').replace('\r\n', '\n')


def _read(terminal: int) -> bytes:
    """What the terminal shows next; nothing when az has ended."""
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when nobody holds the other end any more.
        return b''
