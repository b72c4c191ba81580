"""JSON as people write templates, and as az sends them: comments, line breaks in strings, a member without quotes."""

import json
import re
from typing import Any

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/|(?<=[{,\s])[A-Za-z_]\w*(?=\s*:)', re.DOTALL)


def _clean(found: re.Match) -> str:
    token = found.group()
    if token.startswith('"'):
        return token
    return '' if token.startswith('/') else f'"{token}"'


def loads(text: str) -> Any:
    """The parsed JSON; az puts a template between the other members as it stands in its file (recorded).

    Raises ValueError.
    """
    return json.loads(TOKEN.sub(_clean, text), strict=False)
