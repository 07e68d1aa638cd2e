"""Files to words, and words to passages that an encoder can take."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from polysense.errors import TooLarge
from polysense.read.file.abbreviations import ends_sentence
from polysense.read.file.encoding import decode

MAX_BYTES = 64 << 20
"""A file of words larger than this is refused: 64 MiB is some forty long novels."""

PASSAGE_WORDS = 200
"""Words a passage may have: MiniLM reads 256 tokens, and English has about 1.3 a word."""

_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|[^\s{_CJK}]+")
_CLOSERS = r"[\"'”’)\]]"
# A run of stops is taken whole or not at all: one that ends nothing is looked at once.
_SENTENCE_END = re.compile(
    rf"(?<![.!?…])(?P<stops>[.!?…]++){_CLOSERS}*+(?=\s|$)"
    rf"|[。！？；]+[”’」』）]*|(?<=[{_CJK}])[!?;]+[”’」』)]*|\n{{2,}}|\Z"
)
_NOT_SPACE = re.compile(r"\S")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")

LEGIBLE_CHARACTERS = 1 << 14
"""More cannot matter to models of a few hundred tokens, and would be slow to tokenize."""


def legible(text: str) -> str:
    """The first LEGIBLE_CHARACTERS of a text, without space around; half a character, which no
    tokenizer takes, is read as a question mark.

    >>> legible(" high  tide ")
    'high  tide'
    """
    return text.strip()[:LEGIBLE_CHARACTERS].encode("utf-8", "replace").decode()


def read_text(path: Path) -> str:
    """The words of a file. Raises TooLarge above MAX_BYTES."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise TooLarge(
            f"{path.name} holds {size >> 20} MiB of text; the limit is {MAX_BYTES >> 20} MiB"
        )
    return decode(path.read_bytes())


def count_words(text: str) -> int:
    """Words, where each Chinese, Japanese or Korean character counts as one.

    >>> count_words("two words 三个字")
    5
    """
    return len(_WORD.findall(text))


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence, without surrounding white space.

    A blank line ends one too; the stop of an abbreviation, an initial, an ordinal or a list's
    marker does not (see abbreviations.py).

    >>> text = "One. Two, Mr. Lund? 三。四"
    >>> [text[a:b] for a, b in sentences(text)]
    ['One.', 'Two, Mr. Lund?', '三。', '四']
    """
    start = _skip_space(text, 0)
    for m in _SENTENCE_END.finditer(text):
        if m.start() < start or (
            m["stops"] == "." and not ends_sentence(text, start, m.start(), m.end())
        ):
            continue
        end = start + len(text[start : m.end()].rstrip())
        if end > start:
            yield start, end
        start = _skip_space(text, m.end())


def _skip_space(text: str, at: int) -> int:
    m = _NOT_SPACE.search(text, at)
    return m.start() if m else len(text)


def passages(text: str, limit: int = PASSAGE_WORDS) -> Iterator[tuple[int, int]]:
    """(start, end) of passages of at most about `limit` words.

    They are made of whole paragraphs where those fit, else of sentences, else of words.

    Passages cover all words, in order, and do not overlap; neighbouring short paragraphs share one.

    >>> list(passages("a b c\\n\\nd e", limit=3))
    [(0, 5), (7, 10)]
    """
    start, end, size = 0, 0, 0
    for a, b in _passage_parts(text, limit):
        n = count_words(text[a:b])
        if size and size + n > limit:
            yield start, end
            size = 0
        if not size:
            start = a
        end, size = b, size + n
    if size:
        yield start, end


def _passage_parts(text: str, limit: int) -> Iterator[tuple[int, int]]:
    position = 0
    for gap in [*_PARAGRAPH.finditer(text), None]:
        a, b = position, gap.start() if gap else len(text)
        position = gap.end() if gap else len(text)
        if count_words(text[a:b]) <= limit:
            if text[a:b].strip():
                yield a, b
            continue
        for sa, sb in sentences(text[a:b]):
            if count_words(text[a + sa : a + sb]) <= limit:
                yield a + sa, a + sb
                continue
            units = [m.span() for m in _WORD.finditer(text, a + sa, a + sb)]
            for i in range(0, len(units), limit):
                yield units[i][0], units[min(i + limit, len(units)) - 1][1]


class LineIndex:
    """Which line a character is on.

    >>> lines = LineIndex("a\\nb\\nc")
    >>> lines.lines_of(2, 5)
    (2, 3)
    """

    def __init__(self, text: str) -> None:
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def lines_of(self, start: int, end: int) -> tuple[int, int]:
        """(first, last) line, from 1, of text[start:end]."""
        first = bisect_right(self._starts, start)
        return first, max(first, bisect_right(self._starts, max(start, end - 1)))
