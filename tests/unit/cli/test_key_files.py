"""Files that hold a key."""

from base64 import b64encode

import pytest
from azure.cli.core.azclierror import FileOperationError

from azext_vnet2vnet.cli.files import read_key_files, refuse_encoded_key

BYTES = b'\xff\x00\xfe\x81\x02'
ENCODED = b64encode(BYTES).decode()


@pytest.mark.parametrize('spelled', ('@{}', '--shared-key=@{}'))
def test_the_base64_of_a_file_that_is_no_text_is_no_key(tmp_path, spelled):
    (tmp_path / 'key').write_bytes(BYTES)
    with pytest.raises(FileOperationError, match='which is no text') as caught:
        refuse_encoded_key(ENCODED, ['az', '--shared-key', spelled.format(tmp_path / 'key')])
    assert ENCODED not in str(caught.value)


@pytest.mark.parametrize('words', (['az', '--shared-key', ENCODED], ['@nowhere', '@', '@~nobody/key', '@\0'], []))
def test_a_key_that_is_typed_or_in_a_text_is_one(tmp_path, words):
    (tmp_path / 'key').write_text(ENCODED)
    refuse_encoded_key(ENCODED, [*words, f'@{tmp_path / "key"}'])
    refuse_encoded_key(None, words)


def test_a_key_file_of_a_topology_that_is_no_text_cannot_be_read(tmp_path):
    (tmp_path / 'key').write_bytes(BYTES)
    assert read_key_files(['key'], str(tmp_path / 'net.yaml')) == {'key': None}
