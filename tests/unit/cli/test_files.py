"""Files and standard streams: bytes in UTF-8 whatever the locale, written whole or not at all."""

import errno
import io
import os
import sys

import pytest
from azure.cli.core.azclierror import FileOperationError

from azext_vnet2vnet.cli import files

TEXT = 'name: Zürich\n'


def standard_input(monkeypatch, content, encoding):
    monkeypatch.setattr(sys, 'stdin', io.TextIOWrapper(io.BytesIO(content), encoding=encoding))


@pytest.mark.parametrize('encoding', ['cp1252', 'cp932', 'ascii', 'utf-8'])
@pytest.mark.parametrize(
    'mark, written', [('', 'utf-8'), *(('\ufeff', f'utf-{kind}') for kind in ('8', '16-le', '16-be'))]
)
def test_a_text_is_read_alike_whatever_the_locale(monkeypatch, tmp_path, encoding, mark, written):
    content = (mark + TEXT).encode(written)
    standard_input(monkeypatch, content, encoding)
    (tmp_path / 'topology.yaml').write_bytes(content)
    assert files.read_text('-') == files.read_text(str(tmp_path / 'topology.yaml')) == TEXT


@pytest.mark.parametrize(
    'content, reason', [(TEXT.encode('cp1252'), 'is not UTF-8'), (b'a' * (2**20 + 1), 'is larger')]
)
def test_what_is_no_text_is_refused_from_a_file_and_from_standard_input(monkeypatch, tmp_path, content, reason):
    standard_input(monkeypatch, content, 'cp1252')
    with pytest.raises(FileOperationError, match=f'^Standard input cannot be read: it {reason}'):
        files.read_text('-')
    (tmp_path / 'topology.yaml').write_bytes(content)
    with pytest.raises(FileOperationError, match=f"topology.yaml' cannot be read: it {reason}"):
        files.read_text(str(tmp_path / 'topology.yaml'))


def test_closed_streams_are_told(monkeypatch):
    monkeypatch.setattr(sys, 'stdin', None)
    monkeypatch.setattr(sys, 'stdout', None)
    with pytest.raises(FileOperationError, match='Standard input cannot be read: it is closed'):
        files.read_text('-')
    with pytest.raises(FileOperationError, match='Standard output cannot be written: it is closed'):
        files.write_text('-', TEXT)


def test_standard_output_is_utf_8_whatever_its_encoding(monkeypatch, capfdbinary):
    with open(os.dup(1), 'w', encoding='cp932') as stream:
        monkeypatch.setattr(sys, 'stdout', stream)
        stream.write('before\n')
        files.write_text('-', TEXT)
        assert capfdbinary.readouterr().out == b'before\n' + TEXT.encode()


@pytest.mark.skipif(not os.path.exists('/dev/full'), reason='this system has no /dev/full')
def test_a_full_disk_is_told_once(monkeypatch):
    with open('/dev/full', 'w', encoding='ascii') as stream:
        monkeypatch.setattr(sys, 'stdout', stream)
        with pytest.raises(FileOperationError, match='Standard output cannot be written: No space left'):
            files.write_text('-', TEXT)


def test_a_file_on_a_full_disk_stays_as_it_was(monkeypatch, tmp_path):
    file, new = tmp_path / 'network.svg', tmp_path / 'keys.json'
    file.write_text('old')

    def full(_):
        raise OSError(errno.ENOSPC, 'No space left on device')

    monkeypatch.setattr(os, 'fsync', full)
    with pytest.raises(FileOperationError, match='network.svg.* cannot be written: No space left on device'):
        files.write_text(str(file), TEXT)
    with pytest.raises(FileOperationError, match='keys.json.* cannot be written: No space left on device'):
        files.create_private_text(str(new), TEXT)
    assert file.read_text() == 'old' and os.listdir(tmp_path) == ['network.svg']


def test_nothing_stays_beside_a_file_that_cannot_be_renamed_to(monkeypatch, tmp_path):
    def refuse(*_):
        raise PermissionError(errno.EACCES, 'Permission denied')

    monkeypatch.setattr(os, 'rename', refuse)
    monkeypatch.setattr(os, 'replace', refuse)
    with pytest.raises(FileOperationError, match='Permission denied'):
        files.write_text(str(tmp_path / 'network.svg'), TEXT)
    assert os.listdir(tmp_path) == []


def test_a_file_keeps_its_mode_and_a_link_to_it(tmp_path):
    file, link = tmp_path / 'network.svg', tmp_path / 'link.svg'
    file.write_text('old')
    file.chmod(0o640)
    link.symlink_to(file)
    files.write_text(str(link), TEXT)
    assert link.is_symlink() and file.read_bytes() == TEXT.encode() and file.stat().st_mode & 0o777 == 0o640


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path):
    link = tmp_path / 'link.svg'
    link.symlink_to(tmp_path / 'elsewhere')
    assert not files.create_private_text(str(link), TEXT)
    files.write_text(str(link), TEXT)
    assert not link.is_symlink() and link.read_text('utf-8') == TEXT and not (tmp_path / 'elsewhere').exists()


def test_a_pipe_is_written_in_place_and_a_folder_is_refused(tmp_path):
    files.write_text('/dev/null', TEXT)
    assert not os.path.isfile('/dev/null')
    with pytest.raises(FileOperationError, match='Is a directory'):
        files.write_text(str(tmp_path), TEXT)
    with pytest.raises(FileOperationError, match='No such file'):
        files.write_text(str(tmp_path / 'no' / 'network.svg'), TEXT)


def test_a_private_file_is_only_its_owners(tmp_path):
    file = tmp_path / 'keys.json'
    assert files.create_private_text(str(file), TEXT) and file.stat().st_mode & 0o777 == 0o600
    assert not files.create_private_text(str(file), 'other') and file.read_text('utf-8') == TEXT


def test_a_key_file_that_cannot_be_read_is_none(tmp_path):
    (tmp_path / 'key').write_bytes(b'k1')
    found = files.read_key_files(['key', 'none'], str(tmp_path / 'topology.yaml'))
    assert found == {'key': 'k1', 'none': None}
