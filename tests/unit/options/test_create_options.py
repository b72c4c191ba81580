"""The key that --shared-key gives."""

import pytest

from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.options.create_options import read_key_option


def read(text):
    diagnostics = []
    key = read_key_option(text, diagnostics)
    return key, [one.code for one in diagnostics]


@pytest.mark.parametrize(
    'text',
    (
        '~/key.txt',
        '~me/key',
        './key',
        '../key',
        '.\\key',
        'C:\\Users\\me\\key',
        'c:/key',
        '/run/secrets/vpn_key',
        '/home/me/psk.key',
        'key.txt',
        'VPN.PSK',
    ),
)
def test_a_path_is_no_key(text):
    assert read(text) == (None, ['key-is-path'])


def test_the_name_of_a_file_is_no_key(tmp_path, monkeypatch):
    (tmp_path / 'AgreedKey').write_text('Key')
    monkeypatch.chdir(tmp_path)
    assert read('AgreedKey') == (None, ['key-is-path'])


@pytest.mark.parametrize('text', ('/abc/DEF+123=', 'q/w+e.r', '/x!9', 'a:b/c', 'Plain.Key_1', 'Some.Key.1'))
def test_a_key_with_slashes_and_dots_is_one(text):
    assert read(text) == (SharedKey(text), [])


@pytest.mark.parametrize('text', ('Some.Key.1\r\n', 'Some.Key.1\n', 'Some.Key.1\r'))
def test_one_line_end_is_no_part_of_a_key(text):
    assert read(text) == (SharedKey('Some.Key.1'), [])


def test_a_file_that_cannot_be_read_is_told():
    assert read('@nowhere') == (None, ['key-file-unreadable'])
