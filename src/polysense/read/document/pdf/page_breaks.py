"""Sentences that go on over the end of a page are said whole, on the page where they begin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from polysense.read.document.line_ends import end_of_line
from polysense.read.file.text import count_words, sentences
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.types import Chunk, Link, TextSpan

_UNFINISHED = re.compile(r"[\w,–—(\-\xad]$")
"""How words end that go on: in no stop."""

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_LAST_WORD = re.compile(r"([^\W\d_]+)[\"'”’)]*$")
_FUNCTION_WORDS = frozenset().union(*FUNCTION_WORDS.values())

_ITEM = re.compile(r"\d{1,3}(?:[.)]|\.\d)(?:\s|$)")
"""How an item of a list or a heading with a number begins, which goes on with nothing."""

_MIN_WORDS = 4
"""Words of an unfinished last paragraph: fewer are a heading, a label or a page's foot. Judged."""

_MAX_WORDS = 60
"""Words that go over to the page before; more is no sentence. Judged."""


def join_over_pages(pages: Iterable[list[Chunk | Link]]) -> Iterator[Chunk | Link]:
    """What stands on the pages of a document, in order. What completes the last sentence of a page
    belongs to its chunk: there the marks tell both pages, and the chunk's own place is the first.
    """
    before: list[Chunk | Link] = []
    for page in pages:
        items = page
        last, first = _prose(before[::-1]), _prose(items)
        if last is not None and first is not None and _goes_on(last, first):
            end = next((b for _, b in sentences(first.text)), 0)
            if 0 < count_words(first.text[:end]) <= _MAX_WORDS:
                before[before.index(last)] = _complete(last, first, end)
                rest = _without_start(first, end)
                at = items.index(first)
                items = [*items[:at], *([rest] if rest else []), *items[at + 1 :]]
        yield from before
        before = items
    yield from before


def _prose(items: Iterable[Chunk | Link]) -> Chunk | None:
    """The first chunk of running text."""
    return next(
        (
            i
            for i in items
            if isinstance(i, Chunk) and i.modality == "text" and i.part is None and not i.span.node
        ),
        None,
    )


def _goes_on(last: Chunk, first: Chunk) -> bool:
    """Whether the words of a page go on with those of the one before."""
    if (last.span.page or 0) + 1 != first.span.page or last.context != first.context:
        return False
    words, following = last.text.rpartition("\n\n")[2], first.text[:1]
    if count_words(words) < _MIN_WORDS or not _UNFINISHED.search(words):
        return False
    is_item = _ITEM.match(first.text) is not None
    if (
        following.islower()
        or (following.isdigit() and not is_item)
        or (_UNSPACED.match(following) and _UNSPACED.match(words[-1]))
    ):
        return True
    word = _LAST_WORD.search(words)
    return words[-1] in ",-\xad" or bool(word and word[1].lower() in _FUNCTION_WORDS)


def _complete(last: Chunk, first: Chunk, end: int) -> Chunk:
    """The chunk with the beginning of the next one."""
    words, space = end_of_line(last.text, first.text)
    start = len(words) + len(space)
    marks = [m for m in last.marks if m.start < len(words)]
    marks += [
        TextSpan(start + m.start, start + min(m.end, end), m.span)
        for m in first.marks
        if m.start < end
    ]
    return last.with_(text=f"{words}{space}{first.text[:end]}", marks=tuple(marks))


def _without_start(first: Chunk, end: int) -> Chunk | None:
    """The chunk without what went over to the page before."""
    start = end + len(first.text[end:]) - len(first.text[end:].lstrip())
    if start >= len(first.text):
        return None
    marks = tuple(
        TextSpan(max(m.start - start, 0), m.end - start, m.span)
        for m in first.marks
        if m.end > start
    )
    chars = first.span.chars
    span = replace(first.span, chars=(chars[0] + start, chars[1])) if chars else first.span
    return first.with_(text=first.text[start:], marks=marks, span=span)
