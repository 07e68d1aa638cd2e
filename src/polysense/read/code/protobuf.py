"""What a Protocol Buffers file defines and where: messages, enums, services and their calls.

By its own grammar (protobuf.dev, language specification): a few words before a brace or a
semicolon, so that no package is needed.
"""

from __future__ import annotations

import re

from polysense.read.code.syntax import MAX_SIGNATURE_CHARS, Definition
from polysense.read.file.text import LineIndex

PROTO = "text/x-proto"

_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    r"|\b(?P<kind>message|enum|service|extend)\s+(?P<name>[\w.]+)\s*(?P<body>\{)"
    r"|\brpc\s+(?P<call>\w+)\s*(?P<types>\([^(){};]*\)\s*returns\s*\([^(){};]*\))\s*(?P<end>[;{])"
    r"|(?P<brace>[{}])",
    re.S,
)
_COMMENT = re.compile(r"\s*(?://|/\*|\*)")


def definitions(text: str) -> list[Definition]:
    """The outermost definitions, in order, each with those inside it; never two on one line.

    >>> source = "message A {\\n  enum B {\\n    C = 0;\\n  }\\n}\\n"
    >>> [(d.name, d.first, d.last, [c.name for c in d.children]) for d in definitions(source)]
    [('A', 0, 4, ['B'])]
    """
    lines, lines_of = text.split("\n"), LineIndex(text).lines_of
    outermost: list[Definition] = []
    enclosing: list[Definition | None] = []  # a brace each: None where it defines nothing
    for m in _TOKEN.finditer(text):
        if m["brace"] == "}":
            if enclosing and (closed := enclosing.pop()) is not None:
                closed.last = lines_of(m.start(), m.end())[1] - 1
            continue
        name = m["name"] or m["call"]
        definition = _define(m, lines_of(m.start(), m.end()), lines) if name else None
        parent = next((d for d in reversed(enclosing) if d is not None), None)
        siblings = parent.children if parent else outermost
        if definition and not _fits(definition, parent, siblings):
            definition = None
        if definition:
            siblings.append(definition)
        if m["body"] or m["end"] == "{" or m["brace"]:
            enclosing.append(definition)
    return outermost


def _define(m: re.Match[str], place: tuple[int, int], lines: list[str]) -> Definition:
    first, last = place[0] - 1, place[1] - 1
    while first and _COMMENT.match(lines[first - 1]):
        first -= 1
    if m["call"]:
        signature = " ".join(f"{m['call']}{m['types']}".split())
        return Definition(m["call"], signature[:MAX_SIGNATURE_CHARS], "function", first, last)
    signature = f"{m['kind']} {m['name']}"[:MAX_SIGNATURE_CHARS]
    return Definition(m["name"], signature, "class", first, last)


def _fits(definition: Definition, parent: Definition | None, siblings: list[Definition]) -> bool:
    """Whether it begins on a line of its own."""
    after = siblings[-1].last if siblings else -1
    return definition.first > max(after, parent.first if parent else -1)
