"""How shells read a command line: bash and zsh themselves, and the rules of PowerShell."""

import json
import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

_SHOW = 'import json, sys; print(json.dumps(sys.argv[1:]))'
_LIMIT_SECONDS = 60  # For each answer of a shell; one that waits for more is ended, and what it read is judged.
# What PowerShell treats as special in an unquoted word (about_Special_Characters, about_Parsing, about_Splatting,
# about_Arrays, 7.4): quotes, variables, escapes, groups, separators, redirections, lists, and a first @ or #.
_SPECIAL = set('\'"‘’‚‛“”„$`(){};&|<>,')


def read_by_bash(lines, folder):
    """The words that an interactive bash, at a terminal and with history expansion, reads each line as."""
    return _read_interactively(['bash', '--norc', '--noprofile', '-i'], 'set -H; ', lines, folder)


def read_by_zsh(lines, folder):
    """The same by an interactive zsh, without its line editor, which redraws the prompt."""
    return _read_interactively(
        ['zsh', '-f', '-i', '+o', 'zle', '+o', 'prompt_cr', '+o', 'prompt_sp'], '', lines, folder
    )


def _read_interactively(shell, setting, lines, folder):
    """`az` is a program that shows its words; what else a line would start is on the screen, and no word."""
    shown, bin_folder = Path(folder) / 'words', Path(folder) / 'bin'
    bin_folder.mkdir()
    program = bin_folder / 'az'
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{_SHOW}" "$@" >> "{shown}"\n', encoding='utf-8')
    program.chmod(0o755)
    shown.touch()
    script = f'{setting}PATH={bin_folder}:$PATH\n' + ''.join(f'{line}\n' for line in lines) + 'exit\n'
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        shell,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        start_new_session=True,
        env=os.environ | {'TERM': 'dumb', 'PS1': '$ ', 'LC_ALL': 'C.UTF-8', 'HISTFILE': ''},
    ) as process:
        os.close(theirs)
        screen = b''
        for line in script.splitlines(keepends=True):  # A terminal holds some 4,000 bytes that nobody has read.
            os.write(ours, line.encode())
            while b'$ ' not in screen[-3:]:
                screen += (chunk := _read(ours))
                if not chunk:
                    break
            screen += b'.'
        while chunk := _read(ours):
            screen += chunk
        process.kill()
        os.close(ours)
    return [json.loads(words) for words in shown.read_text('utf-8').splitlines()], screen.decode('utf-8', 'replace')


def _read(terminal):
    if not select.select([terminal], [], [], _LIMIT_SECONDS)[0]:
        return b''
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b''


def read_by_powershell(line):
    """The words that PowerShell passes to a program; ValueError for what is not a plain command there."""
    words, rest = [], line.strip()
    while rest:
        if rest[0] in "'‘’‚‛":
            word = re.match("['‘’‚‛]((?:[^'‘’‚‛]|'')*)['‘’‚‛]", rest)
            text = word and word[1].replace("''", "'")
        elif rest[0] in '"“”„':
            word = re.match('["“”„]([^"“”„$`]*)["“”„]', rest)
            text = word and word[1]
        else:
            word = re.match(r'\S+', rest)
            text = word[0]
            if set(text) & _SPECIAL or text[0] in '@#' or re.match(r'-[^-].*[.:]|--%', text):
                raise ValueError(f'PowerShell does not read {text} as a word: {line}')
        # A quoted text ends its word there, whatever follows.
        if not word or rest[word.end() : word.end() + 1].strip():
            raise ValueError(f'PowerShell reads {rest} otherwise: {line}')
        words.append(text)
        rest = rest[word.end() :].lstrip()
    return words
