"""Printed lines as running text: hyphens at their ends, and scripts without spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from polysense.read.document.layout import Line
from polysense.read.language.english_words import is_english
from polysense.read.language.function_words import count_function_words

_UNSPACED = re.compile(
    "[\u3001-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60]"
)
"""Characters of Chinese and Japanese, between which no space stands."""

_LAST_WORD, _FIRST_WORD = re.compile(r"([^\W\d_]+)-$"), re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+")
_SECOND_PARTS_TEXT = "term range level speed based scale quality risk cost known class style rate"
_SECOND_PARTS = frozenset(_SECOND_PARTS_TEXT.split())
"""Words that English writes behind a hyphen, though a dictionary may have the two as one."""

_SUSPENDED = re.compile(r"(?:and|or|to|und|oder|bis|sowie|et|ou|y|o|e)\b(?!-)")
"""What stands behind a part of a word whose rest comes later: "long- and short-term"."""


def join_lines(lines: Sequence[Line]) -> tuple[str, list[tuple[int, int, Line]]]:
    """The text of lines that follow each other, and (start, end, line) of each in it.

    A word that was broken is whole again, one that is written with a hyphen keeps it; no space gets
    between ideographs.

    >>> texts = ("a hyphen-", "ated word of a well-", "known firm")
    >>> join_lines([Line(t, (0, n, 1, n + 1)) for n, t in enumerate(texts)])[0]
    'a hyphenated word of a well-known firm'
    """
    text, places = "", []
    for n, line in enumerate(lines):
        following = lines[n + 1].text if n + 1 < len(lines) else ""
        words, space = end_of_line(line.text, following)
        words = words.replace("\xad", "-")
        places.append((len(text), len(text) + len(words), line))
        text += words + space
    return text, places


def end_of_line(words: str, following: str) -> tuple[str, str]:
    """A line as it stands before the one that follows, and what stands between them.

    >>> end_of_line("a well-", "known firm"), end_of_line("a hyphen-", "ated word")
    (('a well-', ''), ('a hyphen', ''))
    """
    if not following:
        return words, ""
    if words.endswith("\xad"):  # as PDFium tells a hyphen at a line's end, of whatever kind
        words = words[:-1] + "-"
    if words.endswith("-") and words[-2:-1].isalnum() and following[:1].isalnum():
        if _SUSPENDED.match(following):
            return words, " "
        return (words[:-1] if _is_broken(words, following) else words), ""
    if _UNSPACED.match(words[-1:]) and _UNSPACED.match(following):
        return words, ""
    return words, " "


def _is_broken(words: str, following: str) -> bool:
    """Whether the hyphen at a line's end only breaks a word: what goes on is written small, and is
    one word with what is before it, or the two are not both words, or the lines are not English.
    """
    before, behind = _LAST_WORD.search(words), _FIRST_WORD.match(following)
    if before is None or behind is None or not following[0].islower():
        return False
    parts = before[1].lower(), behind[0].lower()
    if is_english("".join(parts)) and parts[1] not in _SECOND_PARTS:
        return True
    return not all(map(is_english, parts)) or not _are_english(f"{words[:-1]} {following}")


def _are_english(words: str) -> bool:
    """By function words: a dictionary of English has names, and so words of all languages."""
    counts = count_function_words(words)
    english = counts.pop("en", 0)
    return english > 0 and english >= max(counts.values(), default=0)
