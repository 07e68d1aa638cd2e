"""Rich Text Format (RTF 1.9.1) as tokens: groups, control words, and bytes of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])"
    rb"|([^\\{}\r\n]+)|[\r\n]+|\\"
)
_SYMBOLS = {b"~": "\u00a0", b"-": "", b"_": "-", b"\n": "\n", b"\r": "\n"}


@dataclass(frozen=True, slots=True)
class RtfToken:
    """A brace, a control word with its number, bytes of text in the font's encoding, or letters."""

    kind: Literal["open", "close", "word", "bytes", "letters"]
    word: str = ""
    number: int | None = None
    raw: bytes = b""


def rtf_tokens(source: bytes) -> Iterator[RtfToken]:
    """The tokens of a file; binary data is passed over."""
    position = 0
    while m := _TOKEN.match(source, position):
        position = m.end()
        if m[1]:
            number = int(m[2]) if m[2] else None
            if m[1] == b"bin":
                position += max(number or 0, 0)
                continue
            yield RtfToken("word", m[1].decode(), number)
        elif m[3]:
            yield RtfToken("bytes", raw=bytes([int(m[3], 16)]))
        elif m[4]:
            if m[4] in (b"{", b"}", b"\\"):
                yield RtfToken("bytes", raw=m[4])
            elif m[4] == b"*":
                yield RtfToken("word", "*")
            else:
                yield RtfToken("letters", _SYMBOLS.get(m[4], ""))
        elif m[5]:
            yield RtfToken("open" if m[5] == b"{" else "close")
        elif m[6]:
            yield RtfToken("bytes", raw=m[6])
