"""A key in the texts of others: in every spelling that a text may quote it in, and wherever a text names one."""

import re
from base64 import b64encode
from html.entities import codepoint2name

MASK = '*****'

_ENTITIES = {**codepoint2name, ord("'"): 'apos'}
_SHORTEST = 6  # Characters of base64: fewer occur in any text.

# What may stand between the name of a key and the key: signs, words, and both as JSON, URLs and HTML write them.
_BETWEEN = (
    r'(?:\\u00[0-9a-f]{2}|%(?:25)?[0-9a-f]{2}|&(?:amp;)?#?\w+;|[\s"\'`:=>(<\[{\\]|'
    r'\b(?:value|property|of|is|was|given|provided|specified|key)(?=[\s:=(]))'
)
# Words that go on after the name of a key without naming one.
_PROSE = (
    r'(?:a|already|an|and|are|as|at|be|but|by|can|cannot|contains?|could|differs?|does|exceeds?|for|from|has|have|in|'
    r'invalid|is|length|longer|may|missing|must|not?|null|on|only|operation|or|required|shorter|should|than|that|the|'
    r'to|too|was|which|will|with|would)[.,;:)]*(?:\s|$)'
)
_NAMED = re.compile(
    rf'(?<![a-z/])(?P<name>(?:shared[_ -]?key|psk|pre-?shared[_ -]?key)s?)(?P<between>{_BETWEEN}+)'
    rf'(?!{_BETWEEN})(?!{_PROSE})(?!\*{{5}})\S*\w\S*',
    re.IGNORECASE,
)


def without_named_keys(text: str) -> str:
    """The text with what follows `sharedKey` or `PSK` masked, up to the next space; ids and sentences stay.

    For processes that do not know the key, such as one that follows a deployment.
    """
    return _NAMED.sub(rf'\g<name>\g<between>{MASK}', text)


def masked(key: str, text: str) -> str:
    """The text without the key: plain, in another case, base64, or escaped as JSON, URLs, HTML or XML write it."""
    spelled = ''.join(map(_spellings, key))
    return re.compile('|'.join([*map(re.escape, _base64(key)), spelled]), re.IGNORECASE).sub(MASK, text)


def _spellings(character: str) -> str:
    """A pattern for a character in every spelling, each of which may be escaped once more."""
    code = ord(character)
    name = _ENTITIES.get(code)
    entities = [f'#0*{code}', f'#x0*{code:x}', *([name] if name else [])]
    percent = '%(?:25)*'
    return (
        rf'(?:\\*{re.escape(character)}|\\+u{code:04x}|\\+x{code:02x}|{percent}{code:02x}'
        rf'|&(?:amp;)*(?:{"|".join(entities)});)'
    )


def _base64(key: str) -> list[str]:
    """The key as base64, plain and for URLs, at each place that it may have in a longer text that was encoded."""
    found = []
    for before in range(3):
        encoded = b64encode(b'\0' * before + key.encode()).decode().rstrip('=')
        # The first characters hold bits of what stands before, the last one those of what follows.
        bits = 8 * (before + len(key.encode()))
        found.append(encoded[-(-8 * before // 6) : bits // 6])
        found.append(encoded if not before else found[-1])
    plain = [one for one in found if len(one) >= _SHORTEST]
    forms = {*plain, *(one.replace('+', '-').replace('/', '_') for one in plain)}
    return sorted(forms, key=len, reverse=True)
