"""Bytes to words, and words to passages that an encoder can take."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from polysense.errors import TooLarge

MAX_BYTES = 64 << 20
"""A file of words larger than this is refused: 64 MiB is some forty long novels."""

PASSAGE = 200
"""Words a passage may have: MiniLM reads 256 tokens, and English has about 1.3 a word."""

_WIDE = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_UNIT = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]+")
# points are taken whole or not at all: a run of them that ends nothing is looked at once
_POINTS = r"[.!?…]++[\"'”’)\]]*+(?=\s|$)"
_TITLES = "".join(
    rf"(?<!\b{title})"
    for title in (
        "Mr",
        "Ms",
        "Mrs",
        "Dr",
        "St",
        "Prof",
        "Capt",
        "Rev",
        "Hon",
        "Gen",
        "Col",
        "Lt",
        "Sgt",
    )
)
_SENTENCE = re.compile(
    rf"(?=[.!?…]{{2}}){_POINTS}|.+?(?:(?<![.!?…]){_TITLES}{_POINTS}|[。！？；]+[”’」』）]*|(?<=[{_WIDE}])[!?;]+[”’」』)]*|\n{{2,}}|$)",
    re.S,
)
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")


_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_NO_CHARSET = re.compile(r"punycode|idna|.*unicode.escape|undefined")
"""Codecs that no document is in, whatever it says: escapes are no characters, and punycode takes
for ever.
"""


def decode(raw: bytes, charset: str = "") -> str:
    """Words in the encoding that the document names where that fits, else in whatever they are.

    Never fails: what cannot be decoded becomes U+FFFD. Newlines become \\n.

    >>> decode("naïve 中文".encode("utf-16")), decode(b"na\\xefve", "latin-1")
    ('naïve 中文', 'naïve')
    """
    wide = marked(raw)
    if charset and not wide:
        try:
            codec = codecs.lookup(charset).name
            # wide words hold zeros
            if not _NO_CHARSET.match(codec) and (
                b"\0" in raw or not codec.startswith(("utf-16", "utf-32"))
            ):
                said = raw.decode(codec)
                said.encode()  # UTF-7 can hold half a character
                return _newlines(said)
        except (LookupError, ValueError):
            pass
    if wide:
        return _newlines(raw.decode(wide, "replace"))
    try:
        return _newlines(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return _newlines(raw.decode(guessed(raw[: 1 << 18]), "replace"))


def marked(raw: bytes) -> str:
    """The encoding that a byte order mark names; "" where there is none."""
    return next((encoding for bom, encoding in _BOMS if raw.startswith(bom)), "")


def guessed(raw: bytes) -> str:
    """The encoding of words that are not UTF-8, by what their bytes would say in it."""
    from charset_normalizer import from_bytes

    best = from_bytes(raw).best()
    return best.encoding if best else "cp1252"


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "�")


def read(path: Path) -> str:
    """The words of a file. Raises TooLarge above MAX_BYTES."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise TooLarge(
            f"{path.name} holds {size >> 20} MiB of text; the limit is {MAX_BYTES >> 20} MiB"
        )
    return decode(path.read_bytes())


def count(text: str) -> int:
    """Words, where each Chinese, Japanese or Korean character counts as one.

    >>> count("two words 三个字")
    5
    """
    return len(_UNIT.findall(text))


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence, without surrounding white space; blank lines end one too, the
    point of a title (Mr.) does not.

    >>> text = "One. Two, Mr. Lund? 三。四"
    >>> [text[a:b] for a, b in sentences(text)]
    ['One.', 'Two, Mr. Lund?', '三。', '四']
    """
    for m in _SENTENCE.finditer(text):
        start, end = m.span()
        said = text[start:end]
        start += len(said) - len(said.lstrip())
        end -= len(said) - len(said.rstrip())
        if end > start:
            yield start, end


def passages(text: str, limit: int = PASSAGE) -> Iterator[tuple[int, int]]:
    """(start, end) of passages of at most about `limit` words: whole paragraphs, then sentences,
    then words.

    Passages cover all words, in order, and do not overlap; neighbouring short paragraphs share one.

    >>> list(passages("a b c\\n\\nd e", limit=3))
    [(0, 5), (7, 10)]
    """
    start, end, size = 0, 0, 0
    for a, b in _pieces(text, limit):
        n = count(text[a:b])
        if size and size + n > limit:
            yield start, end
            size = 0
        if not size:
            start = a
        end, size = b, size + n
    if size:
        yield start, end


def _pieces(text: str, limit: int) -> Iterator[tuple[int, int]]:
    at = 0
    for gap in [*_PARAGRAPH.finditer(text), None]:
        a, b = at, gap.start() if gap else len(text)
        at = gap.end() if gap else len(text)
        if count(text[a:b]) <= limit:
            if text[a:b].strip():
                yield a, b
            continue
        for sa, sb in sentences(text[a:b]):
            if count(text[a + sa : a + sb]) <= limit:
                yield a + sa, a + sb
                continue
            units = [m.span() for m in _UNIT.finditer(text, a + sa, a + sb)]
            for i in range(0, len(units), limit):
                yield units[i][0], units[min(i + limit, len(units)) - 1][1]


class Lines:
    """Which line a character is on.

    >>> lines = Lines("a\\nb\\nc")
    >>> lines.of(2, 5)
    (2, 3)
    """

    def __init__(self, text: str) -> None:
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def of(self, start: int, end: int) -> tuple[int, int]:
        """(first, last) line, from 1, of text[start:end]."""
        first = bisect_right(self._starts, start)
        return first, max(first, bisect_right(self._starts, max(start, end - 1)))
