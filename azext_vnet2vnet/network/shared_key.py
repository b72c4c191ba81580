"""The shared key of a pair: generated, checked, never printed."""

import hmac
import secrets
import string
from typing import NoReturn

from azext_vnet2vnet.network.key_spellings import masked

MAX_LENGTH = 128  # Documented: the reset action generates keys of 1 to 128 characters.
GENERATED_LENGTH = 64
# Documented (VPN Gateway FAQ, 2026-06): printable ASCII except space, hyphen and tilde. Live acceptance tests of the
# Terraform provider (2025) use keys with hyphens, which Azure takes and gives back: those are only advised against.
_REFUSED = ' ~'
_DISCOURAGED = '-'
_ALPHABET = string.ascii_letters + string.digits


class SharedKey:
    """A pre-shared key whose text only `reveal` returns."""

    __slots__ = ('_text',)

    def __init__(self, text: str):
        """Use `text` as the key; ValueError, which does not repeat the key, if Azure would refuse it."""
        problem = key_problem(text)
        if problem:
            raise ValueError(problem)
        self._text = text

    @classmethod
    def existing(cls, text: str) -> 'SharedKey':
        """The key of an existing connection, which is not checked, as Azure has accepted it."""
        key = cls.__new__(cls)
        key._text = text
        return key

    @classmethod
    def generate(cls) -> 'SharedKey':
        """A new key of 64 letters and digits."""
        return cls(''.join(secrets.choice(_ALPHABET) for _ in range(GENERATED_LENGTH)))

    def reveal(self) -> str:
        """The text of the key, only to be used in the body of a request."""
        return self._text

    def masked(self, text: str) -> str:
        """`text` with the key replaced by asterisks in every spelling, for errors that may quote a request."""
        return masked(self._text, text)

    @property
    def has_hyphen(self) -> bool:
        """Whether it has a character that the documentation advises against, and that Azure takes."""
        return _DISCOURAGED in self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SharedKey) and hmac.compare_digest(self._text, other._text)

    def __repr__(self) -> str:
        return 'SharedKey(*****)'

    def __reduce__(self) -> NoReturn:
        raise TypeError('a SharedKey must not be stored')


def key_problem(text: str) -> str | None:
    """Why Azure would refuse `text` as a key, without repeating it; None if Azure would accept it."""
    if not text:
        return 'The shared key is empty'
    if len(text) > MAX_LENGTH:
        return f'The shared key has {len(text)} characters; Azure accepts at most {MAX_LENGTH}'
    if any(character in _REFUSED or not '!' <= character <= '~' for character in text):
        return (
            'The shared key has a character that Azure refuses: it accepts printable ASCII characters '
            'except space and tilde (~)'
        )
    return None
