"""Where a program or a page came from, as two lines of comment on top of it, and read back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

HASH_CHARACTERS = 12
"""Characters of a file's hash that are told: enough to know it again among a million. Judged."""

COMMENTS: Mapping[str, tuple[str, str]] = {
    "text/x-python": ("# ", ""),
    "text/html": ("<!-- ", " -->"),
    "image/svg+xml": ("<!-- ", " -->"),
    "text/x-mermaid": ("%% ", ""),
    "application/x-tex": ("% ", ""),
    "text/x-sql": ("-- ", ""),
    "application/x-openscad": ("// ", ""),
    "text/css": ("/* ", " */"),
    "text/javascript": ("// ", ""),
}
"""How a line of comment begins and ends."""

_PREAMBLE = re.compile(
    r"\A(?:#![^\n]*\n|<\?xml[^\n]*\?>\s*|<!DOCTYPE[^>]*>\s*|---\n.*?\n---\n)?", re.I | re.S
)
"""What must stay first in a file: a shebang, a declaration, front matter."""

_FIRST = re.compile(
    r"^\W{1,4} ?polysense (?P<version>\S+), (?P<origin>retrieved|composed|generated)"
    r"(?: by (?P<model>[^:]*))?: "
    r"(?P<route>\S.*?)(?: -->| \*/)?$",
    re.M,
)
_SECOND = re.compile(r"\n\W{1,4} ?from (?P<files>.*?)(?: -->| \*/)?(?:\n|$)")
_FILE = re.compile(r"(?P<title>.*) \[(?P<hash>\w*)\] (?P<places>.*)")
_COLON = "\\u003a"
_SPECIAL = re.compile(r"[|;\[\]\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff\\]|(?<=-)-|(?<=\*)/")
"""What would end a line, a comment, or a name in it."""


def add_comment(code: str, mime: str, claim: Mapping[str, Any]) -> str:
    """The code with a line that says what made it, and one that says of which files.

    >>> source = {"title": "sales.xlsx", "place": "D2:D9", "hash": "0a2c96436398bd1d"}
    >>> claim = {"origin": "composed", "route": "table -> code (script)"}
    >>> claim |= {"claim_generator": "polysense/0.1.0", "actions": [{}], "ingredients": [source]}
    >>> print(add_comment("print(1)", "text/x-python", claim))
    # polysense 0.1.0, composed: table -> code (script)
    # from sales.xlsx [0a2c96436398] D2:D9
    print(1)
    """
    prefix, suffix = COMMENTS[mime]
    preamble = _PREAMBLE.match(code)
    offset = preamble.end() if preamble else 0
    lines = "".join(f"{prefix}{line}{suffix}\n" for line in _lines(claim))
    return f"{code[:offset]}{lines}{code[offset:]}"


def read_comment(code: str) -> dict[str, Any]:
    """What the two lines say: version, origin, model, route and files (title, place, hash); nothing
    where they are not there.
    """
    first = _FIRST.search(code)
    if first is None:
        return {}
    second = _SECOND.match(code, first.end())
    files = []
    for text in second["files"].split(" | ") if second else ():
        if m := _FILE.fullmatch(text):
            places = (_unescape(p) for p in m["places"].split("; "))
            files += [(_unescape(m["title"]), p, m["hash"]) for p in places]
    return {**first.groupdict(), "files": files}


def _lines(claim: Mapping[str, Any]) -> list[str]:
    version = str(claim["claim_generator"]).partition("/")[2]
    model = claim["actions"][0].get("softwareAgent", {}).get("name", "")
    by_model = f" by {_escape(model).replace(':', _COLON)}" if model else ""
    first = f"polysense {version}, {claim['origin']}{by_model}: {claim['route']}"
    ingredients: Sequence[Mapping[str, str]] = claim["ingredients"]
    places: dict[tuple[str, str], list[str]] = {}
    for i in ingredients:
        key = (_escape(i["title"]), i["hash"][:HASH_CHARACTERS])
        places.setdefault(key, []).append(_escape(i["place"]))
    files = (f"{title} [{hash}] {'; '.join(p)}" for (title, hash), p in places.items())
    return [first, f"from {' | '.join(files)}"] if ingredients else [first]


def _escape(words: str) -> str:
    return _SPECIAL.sub(lambda m: f"\\u{ord(m[0]):04x}", words)


def _unescape(words: str) -> str:
    return re.sub(r"\\u[0-9a-f]{4}", lambda m: str(json.loads(f'"{m[0]}"')), words)
