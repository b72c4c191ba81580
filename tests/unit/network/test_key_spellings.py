"""A key in the words of others is masked, however they spell it."""

import json
from base64 import b64encode, urlsafe_b64encode
from html import escape
from urllib.parse import quote, quote_plus

import pytest

from azext_vnet2vnet.network.key_spellings import without_named_keys
from azext_vnet2vnet.network.shared_key import SharedKey

KEY = 'S3cret/"<K&y>\'+\\%#Ünd?'
ID = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/connections/c/sharedKey'
JSON = json.dumps(KEY, ensure_ascii=False)[1:-1]
SPELLINGS = {
    'plain': KEY,
    'upper case': KEY.upper(),
    'lower case': KEY.lower(),
    'JSON': JSON,
    'JSON in ASCII': json.dumps(KEY)[1:-1],
    'JSON in JSON': json.dumps(json.dumps(KEY)[1:-1])[1:-1],
    'JSON with escaped slashes': JSON.replace('/', '\\/'),
    'code points': ''.join(f'\\u{ord(one):04x}' for one in KEY),
    'code points in upper case': ''.join(f'\\u{ord(one):04X}' for one in KEY),
    'HTML': escape(KEY),
    'HTML in HTML': escape(escape(KEY)),
    'XML': escape(KEY).replace('&#x27;', '&apos;'),
    'decimal references': ''.join(f'&#{ord(one)};' for one in KEY),
    'hexadecimal references': ''.join(f'&#x{ord(one):X};' for one in KEY),
}
ASCII = 'S3cret/"<K&y>\'+\\%#nd?'
ASCII_SPELLINGS = {
    'URL': quote(ASCII, safe=''),
    'URL with slashes': quote(ASCII),
    'URL of a form': quote_plus(ASCII),
    'URL in lower case': quote(ASCII, safe='').lower(),
    'URL in URL': quote(quote(ASCII, safe=''), safe=''),
    'every byte': ''.join(f'%{ord(one):02X}' for one in ASCII),
    'base64': b64encode(ASCII.encode()).decode(),
    'base64 for URLs': urlsafe_b64encode(ASCII.encode()).decode(),
}


@pytest.mark.parametrize('spelled', SPELLINGS.values(), ids=SPELLINGS)
def test_a_key_is_masked_in_every_spelling(spelled):
    assert SharedKey.existing(KEY).masked(f'The value {spelled} is bad.') == 'The value ***** is bad.'


@pytest.mark.parametrize('spelled', ASCII_SPELLINGS.values(), ids=ASCII_SPELLINGS)
def test_a_key_of_ascii_is_masked_in_more(spelled):
    assert SharedKey.existing(ASCII).masked(f'The value {spelled} is bad.') in (
        'The value ***** is bad.',
        'The value *****== is bad.',
        'The value *****= is bad.',
    )


@pytest.mark.parametrize('before', range(6))
def test_a_key_within_a_longer_text_in_base64(before):
    key = 'abcdEFGH1234wxyz'
    encoded = b64encode(f'{"x" * before}{key}","more'.encode()).decode()
    shown = SharedKey.existing(key).masked(encoded)
    assert '*****' in shown and len(shown) < len(encoded) - 12


def test_a_short_key_leaves_the_rest_as_it_is():
    assert SharedKey.existing('k').masked('a k.') == 'a *****.'


@pytest.mark.parametrize(
    'text, shown',
    [
        ('{"sharedKey":"a.b","x":1} is bad', '{"sharedKey":"***** is bad'),
        ('{"sharedKey" : "a.b"} is bad', '{"sharedKey" : "***** is bad'),
        (r'{\"sharedKey\":\"a.b\"} is bad', r'{\"sharedKey\":\"***** is bad'),
        ('&quot;sharedKey&quot;:&quot;a.b&quot; is bad', '&quot;sharedKey&quot;:&quot;***** is bad'),
        ('%22sharedKey%22%3A%22a.b%22 is bad', '%22sharedKey%22%3A%22***** is bad'),
        (r'\u0022sharedKey\u0022:\u0022a.b is bad', r'\u0022sharedKey\u0022:\u0022***** is bad'),
        ('<sharedKey>a.b</sharedKey> is bad', '<sharedKey>***** is bad'),
        ("The value of sharedKey 'a.b' is bad", "The value of sharedKey '***** is bad"),
        ('SharedKey value a.b is bad', 'SharedKey value ***** is bad'),
        ('PSK=a.b is bad', 'PSK=***** is bad'),
        ('The pre-shared key "a.b" is bad', 'The pre-shared key "***** is bad'),
        ('shared_key: a.b', 'shared_key: *****'),
        ('sharedKey=*****', 'sharedKey=*****'),
    ],
)
def test_what_follows_the_name_of_a_key_is_masked(text, shown):
    assert without_named_keys(text) == shown


@pytest.mark.parametrize(
    'text',
    [
        f'{ID} could not be written',
        f"The client has no permission for 'Microsoft.Network/connections/sharedKey/action' over scope '{ID}'.",
        'The shared key is too long.',
        'The sharedKey must not be empty.',
        'Nothing about keys.',
    ],
)
def test_ids_and_sentences_stay(text):
    assert without_named_keys(text) == text
