"""The shared key: made of what Azure accepts, refused otherwise, and shown to nobody."""

import copy
import json
import pickle
import traceback

import pytest

from azext_vnet2vnet.network.shared_key import SharedKey

TEXT = 'Sesamefree_0123!'


def test_a_generated_key_is_64_letters_and_digits_and_never_the_same():
    keys = {SharedKey.generate().reveal() for _ in range(50)}
    assert len(keys) == 50
    assert all(len(key) == 64 and key.isascii() and key.isalnum() for key in keys)


@pytest.mark.parametrize('text', ['', 'a' * 129, 'with space', 'til~de', 'umläut', 'tab\t', 'line\nend'])
def test_what_azure_refuses_is_refused_without_repeating_it(text):
    with pytest.raises(ValueError) as caught:
        SharedKey(text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    'text', ['123', 'abc', 'a' * 128, '4-v3ry-53cr37-1p53c-5h4r3d-k3y', '!"#$%&()*+,./:;<=>?@[]^_`{|}']
)
def test_what_azure_takes_is_taken(text):
    assert SharedKey(text).reveal() == text


def test_no_way_of_printing_shows_it():
    key = SharedKey(TEXT)
    shown = [str(key), repr(key), f'{key}', f'{[key]}', str({'key': key})]
    try:
        raise RuntimeError(key)
    except RuntimeError:
        shown.append(traceback.format_exc())
    assert not any(TEXT in text for text in shown)


@pytest.mark.parametrize('store', [pickle.dumps, json.dumps, copy.deepcopy])
def test_it_is_not_to_be_stored(store):
    with pytest.raises(TypeError):
        store(SharedKey(TEXT))


def test_equality():
    assert SharedKey(TEXT) == SharedKey(TEXT) != SharedKey(TEXT + 'x')
    assert SharedKey(TEXT) != TEXT
