"""The shared key of a pair: made, checked, never printed."""

import hmac
import secrets
import string
from collections.abc import Callable, Sequence

MAX_LENGTH = 128  # Documented: the reset action makes keys of 1 to 128 characters.
GENERATED_LENGTH = 64
_REFUSED = ' -~'  # Documented: printable ASCII characters except space, hyphen and tilde.
_ALPHABET = string.ascii_letters + string.digits


class SharedKey:
    """A pre-shared key that shows itself to nobody but the caller of `reveal`."""

    __slots__ = ('_text',)

    def __init__(self, text: str):
        """Take `text` as the key; ValueError, without the key in it, where Azure would refuse it."""
        flaw = flaw_of(text)
        if flaw:
            raise ValueError(flaw)
        self._text = text

    @classmethod
    def existing(cls, text: str) -> 'SharedKey':
        """The key of a connection that exists, whatever it is made of: Azure took it."""
        key = cls.__new__(cls)
        key._text = text
        return key

    @classmethod
    def generate(cls, choose: Callable[[Sequence[str]], str] = secrets.choice) -> 'SharedKey':
        """A new key of 64 letters and digits."""
        return cls(''.join(choose(_ALPHABET) for _ in range(GENERATED_LENGTH)))

    def reveal(self) -> str:
        """The key itself, for the body of a request and nothing else."""
        return self._text

    def masked(self, text: str) -> str:
        """`text` with stars where it repeats the key, as an error may that quotes a request."""
        return text.replace(self._text, '*****')

    def __eq__(self, other) -> bool:
        return isinstance(other, SharedKey) and hmac.compare_digest(self._text, other._text)

    __hash__ = None

    def __repr__(self) -> str:
        return 'SharedKey(*****)'

    def __reduce__(self):
        raise TypeError('a SharedKey is not to be stored')


def flaw_of(text: str) -> str | None:
    """Why Azure would refuse `text` as a key, in words that do not repeat it; None where it would not."""
    if not text:
        return 'The shared key is empty'
    if len(text) > MAX_LENGTH:
        return f'The shared key has {len(text)} characters; Azure takes {MAX_LENGTH} at most'
    if any(character in _REFUSED or not '!' <= character <= '~' for character in text):
        return (
            'The shared key has a character that Azure refuses: allowed are printable ASCII characters '
            'except space, hyphen (-) and tilde (~)'
        )
    return None
