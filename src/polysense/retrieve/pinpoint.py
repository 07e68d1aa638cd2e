"""Narrow a chunk to the lines, cues or rows that a query is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from polysense.read.file.text import sentences
from polysense.read.language.analysis import terms
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.read.language.questions import content_terms
from polysense.retrieve.chat_lines import message_lines
from polysense.types import Box, Chunk, Span, TextSpan

PROSE_LINE = 40
"""Characters of a column's longest line from which on it is prose, and not names or labels; judged
on worked examples, not measured.
"""

FULL_LINE = 0.75
"""The share of the longest line that a line of prose broken for want of room has; judged."""

MIN_LOWER = 0.2
"""The share of lines that go on in small letters from which on they are a narrow column of prose;
lines of verse and of lists begin in capitals. Judged.
"""

SAME_ROW = 0.5
"""The share of the lower one's height that two lines on one row have in common; judged."""

CUE_GAP = 0.5
"""Seconds between two cues of one sentence, at most; judged."""

ENTRY_LINE = 60
"""Characters of an entry of a list without marks, at most: printed prose has 60 and more; judged.
"""

MIN_FORM_ROWS, COLUMN_TOLERANCE = 2, 0.02
"""Rows of a label and what stands beside it that make a form of a picture, and the share of its
width by which the beginnings of its labels differ at most; judged.
"""

MIN_RECORDS, RECORD_SHARE = 3, 0.6
"""Lines, and the share of them, that make a text one of records; judged on logs, lists, forms."""

_FUNCTION_WORDS = frozenset().union(*(FUNCTION_WORDS[c] for c in ("en", "de", "fr", "es")))
_VALUE = re.compile(
    r"\W*\d[\d.,:/ -]*\W*|\W*\d[\d.,]*\s?[^\W\d]{1,4}\W*|[^\W\d]{1,3}\s?\d[\d.,]*\W*"
)
"""A number, a date or a time, with a sign or a short unit."""

_DIGIT = re.compile(r"\d")

_STOP = re.compile(r"[.!?](?:\s|$)|[。！？]|[,;:]$")

_INSIDE_PROSE = re.compile(r"[.!?](?:\s|$)|[。！？]|[,;，、；]$")
"""What no label and no value has: the end of a sentence, or a comma where the line breaks."""

LIST_ITEM = re.compile(r"\s*(?:[-*•–—‣▪·+]|\(?\d{1,3}[.)]|\(?[a-z][.)]|\[[ xX]\])\s+\S")
_RECORD = re.compile(
    r"\s*(?:[-*•–—‣▪·+]\s+\S|\(?\d{1,3}[.)]\s|\[?\d{4}-\d\d-\d\d|\[?\d{1,2}[:.h]\d\d|\d{1,2}[./]\d{1,2}[./]"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d|<[^<>\s]{1,40}>\s"
    r"|\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\b"
    r"|\d+\s*[|;\t]|[^\s:：=|.!?。]{1,24}(?:\s[^\s:：=|.!?。]{1,24}){0,3}\s*[:：=|\t]\s*\S)"
)
"""How an entry begins: with a marker, a number, a date or a time, or with a short label."""

MIN_COMPLETE_LINES = 1 / 3
"""The share of lines that end a sentence below which lines are only where the page breaks; judged.
"""


def pinpoint(chunk: Chunk, words: str) -> Span:
    """The place of the passage that says most of the words; the chunk's own where none says any."""
    if not chunk.marks or not words.strip():
        return chunk.span
    offsets = passage_offsets(chunk)
    if len(offsets) == 1 and chunk.place(*offsets[0]) == chunk.span:
        return chunk.span
    language = str(chunk.meta.get("lang", ""))
    query_terms = set(content_terms(words, language))
    counts: dict[str, int] = {}
    matches = [set(terms(chunk.text[a:b], language)) & query_terms for a, b in offsets]
    for common_terms in matches:
        for term in common_terms:
            counts[term] = counts.get(term, 0) + 1
    scores = [sum(1.0 / counts[t] for t in common_terms) for common_terms in matches]
    best = max(range(len(offsets)), key=lambda i: (scores[i], -i), default=None)
    if best is None or not scores[best]:
        return chunk.span
    return chunk.place(*offsets[best])


def passage_offsets(chunk: Chunk) -> list[tuple[int, int]]:
    """(start, end) of what can be cited alone.

    Marks where the text is lines of their own (scans, cues, rows, records, lists, verse), the
    messages of a chat whole, else sentences. A chunk without text of its own is one empty passage.
    """
    if not chunk.marks:
        return list(sentences(chunk.text)) or [(0, 0)]
    lines = [(m.start, m.end) for m in chunk.marks]
    if chunk.meta.get("records"):
        return lines
    if chunk.modality != "text" or chunk.meta.get("derived"):
        return _whole_rows(chunk)
    texts = [chunk.text[a:b] for a, b in lines]
    if chunk.span.seconds:
        return _whole_cues(chunk)
    if messages := message_lines(texts):
        return [(lines[first][0], lines[last][1]) for first, last in messages]
    if _are_records(texts) or _are_entries(texts):
        return lines
    complete = sum(map(_ends_sentence, texts))
    going_on = sum(b[:1].islower() or _ends_with_function_word(a) for a, b in pairwise(texts))
    is_column = going_on >= MIN_LOWER * max(len(texts) - 1, 1)
    if len(lines) > 1 and complete < MIN_COMPLETE_LINES * len(lines) and is_column:
        return list(sentences(chunk.text))
    return [
        (a + start, a + end)
        for a, b in _unwrap_lines(chunk.text, lines)
        for start, end in sentences(chunk.text[a:b])
    ]


def _whole_rows(chunk: Chunk) -> list[tuple[int, int]]:
    """Each line; labels and the values beside them as one, as on a receipt or a form."""
    rows = [[chunk.marks[0]]]
    for mark in chunk.marks[1:]:
        if _lies_right_of(rows[-1][-1].span.box, mark.span.box):
            rows[-1].append(mark)
        else:
            rows.append([mark])
    form_rows = _form_rows(rows, chunk.text)
    offsets: list[tuple[int, int]] = []
    for i, row in enumerate(rows):
        texts = [chunk.text[m.start : m.end] for m in row]
        is_record = i in form_rows or (
            all(len(t) <= PROSE_LINE for t in texts) and any(map(_VALUE.fullmatch, texts))
        )
        pieces = [row] if is_record else [[m] for m in row]
        offsets += [(piece[0].start, piece[-1].end) for piece in pieces]
    return offsets


def _form_rows(rows: Sequence[Sequence[TextSpan]], text: str) -> frozenset[int]:
    """Indices of the rows of a form: a label and one thing beside it, the labels one below the
    other, a number in some values. Words in two columns have none; of prose that does, few values
    have one, and lines begin and end inside sentences.
    """
    pairs = {
        i: [text[m.start : m.end] for m in row]
        for i, row in enumerate(rows)
        if len(row) == 2 and all(m.end - m.start <= PROSE_LINE for m in row)
    }
    lefts = {
        i: box[0]
        for i, (label, _) in pairs.items()
        if (box := rows[i][0].span.box) and not _DIGIT.search(label)
    }
    numeric = [left for i, left in lefts.items() if _DIGIT.search(pairs[i][1])]
    below = {
        i
        for i, left in lefts.items()
        if any(abs(left - other) <= COLUMN_TOLERANCE for other in numeric)
    }
    pieces = [piece.strip() for i in below for piece in pairs[i]]
    broken_lines = sum(p[:1].islower() or _INSIDE_PROSE.search(p) is not None for p in pieces)
    is_numeric = 2 * sum(_DIGIT.search(pairs[i][1]) is not None for i in below) >= len(below)
    is_prose = not is_numeric and broken_lines >= MIN_LOWER * len(pieces)
    return frozenset(below) if len(below) >= MIN_FORM_ROWS and not is_prose else frozenset()


def _lies_right_of(box: Box | None, other: Box | None) -> bool:
    """Whether the other box begins behind the first, on the same row."""
    if box is None or other is None or other[0] < box[2]:
        return False
    shared = min(box[3], other[3]) - max(box[1], other[1])
    return shared > SAME_ROW * min(box[3] - box[1], other[3] - other[1])


def _whole_cues(chunk: Chunk) -> list[tuple[int, int]]:
    """Each cue; one that goes on at once in small letters with the one before it.

    In captions without any stop or capital, small letters tell nothing: each stands alone.
    """
    texts = [chunk.text[m.start : m.end] for m in chunk.marks]
    if not any(_ends_sentence(t) or t[:1].isupper() for t in texts):
        return [(m.start, m.end) for m in chunk.marks]
    cues = [(chunk.marks[0].start, chunk.marks[0].end)]
    for before, cue in pairwise(chunk.marks):
        text = chunk.text[before.start : before.end]
        ends, begins = before.span.seconds, cue.span.seconds
        goes_on = (
            not _ends_sentence(text)
            and chunk.text[cue.start : cue.start + 1].islower()
            and ends is not None
            and begins is not None
            and begins[0] - ends[1] <= CUE_GAP
        )
        if goes_on:
            cues[-1] = (cues[-1][0], cue.end)
        else:
            cues.append((cue.start, cue.end))
    return cues


def _are_records(lines: Sequence[str]) -> bool:
    """Whether lines are entries of a log, a list or a form: most begin with a time, a number or a
    marker, or are a label with its value.
    """
    full = [line for line in lines if line.strip()]
    return len(full) >= MIN_RECORDS and sum(
        _RECORD.match(line) is not None for line in full
    ) >= RECORD_SHARE * len(full)


def _are_entries(lines: Sequence[str]) -> bool:
    """Whether lines without a mark are entries all the same: short, without any stop, and broken
    nowhere inside a phrase, as printed prose is at every second or third line.
    """
    full = [line.strip() for line in lines if line.strip()]
    return (
        len(full) >= MIN_RECORDS
        and max(map(len, full)) <= ENTRY_LINE
        and not any(_STOP.search(line) for line in full)
        and not any(map(_ends_with_function_word, full))
        and not any(line.split()[0].lower() in _FUNCTION_WORDS for line in full)
    )


def _ends_with_function_word(line: str) -> bool:
    """Whether a line ends in the middle: "leads by", "and ends at the"."""
    words = line.lower().split()
    return len(words) > 1 and words[-1] in _FUNCTION_WORDS


def _ends_sentence(line: str) -> bool:
    return line.rstrip()[-1:] in ".!?。！？"


def _unwrap_lines(text: str, lines: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Lines that were broken for want of room, joined: a long one without an end, or one that goes
    on in small letters.
    """
    longest = max((b - a for a, b in lines), default=0)
    paragraphs = [lines[0]]
    for (a, b), (start, end) in pairwise(lines):
        is_open = (
            not _ends_sentence(text[a:b])
            and not text[b:start].strip()
            and "\n\n" not in text[b:start]
            and not LIST_ITEM.match(text[start:end])
        )
        if is_open and (
            text[start : start + 1].islower()
            or (longest > PROSE_LINE and b - a > FULL_LINE * longest)
        ):
            paragraphs[-1] = (paragraphs[-1][0], end)
        else:
            paragraphs.append((start, end))
    return paragraphs
