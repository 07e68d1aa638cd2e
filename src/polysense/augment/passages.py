"""Evidence cut into what can be said alone: sentences, rows, cues, lines, labels with values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from polysense.augment.label_rows import Row, rows
from polysense.augment.letter_parts import LetterPart, is_label, letter_parts, names_part
from polysense.read.file.text import sentences
from polysense.read.language.analysis import terms
from polysense.read.language.questions import content_terms
from polysense.retrieve.pinpoint import LIST_ITEM, passage_offsets
from polysense.types import Chunk, Hit, Span

MAX_LEAD_CHARACTERS = 160
"""Characters of what leads to the next: a question, or a line that ends in a colon. Judged."""

MAX_LIST_ITEMS = 12
"""Items of a list that are said with the line that leads to it; judged."""

MIN_ITEMS = 2
"""Items without a marker that are a list; judged."""

_NUMBERED = re.compile(r"\s*\(?\d{1,3}[.)]\s")
MAX_ITEM_CHARACTERS = 80
"""Characters of an item that has no marker any more; judged."""

SECONDARY_WEIGHT = 0.4
"""What a caption, an entry of a bibliography and a description made for searching are worth beside
words that say something; judged.
"""

DERIVED_WEIGHT = 0.96
"""What words read out of a thing, or told of it, are worth beside words that someone wrote to be
read; judged, not measured.
"""

_CAPTION = re.compile(
    r"\s*(?:(?:fig(?:ure|\.)?|table|abb(?:ildung|\.)?|tab(?:elle|\.)?|tableau|figura)\s*\d+\s*[:.–—-]"
    r"|[图圖表]\s*\d+\s*[：:])",
    re.I,
)
_REFERENCES = re.compile(
    r"^[#\s\d.]*(?:references|bibliography|works cited|literature|literatur(?:verzeichnis)?|quellen"
    r"|références|bibliographie|referencias|bibliografía|参考文献|參考文獻)\s*:?\s*$",
    re.I | re.M,
)
_ENTRY = re.compile(
    r"\s*(?:[-*•]\s+|\[?\d{1,3}[\].)]\s*)?[A-ZÄÖÜ]\.(?:\s?[A-ZÄÖÜ]\.)*\s+[A-ZÄÖÜ][\w'’-]+(?:,|\.|\s+and\b|\s+&)"
    r".{8,300}\b(?:1[89]|20|21)\d\d\W*$",
    re.S,
)
"""An entry of a bibliography: A. Orrin, What is ...?, Journal, 2027."""

MAX_REFERENT_CHARACTERS = 400
"""Characters before a pronoun in which its sentence stands; judged."""

_PRONOUN = re.compile(
    r"\W*(?:(?:it|he|she|they|its|his|her|their|er|sie|ihr|sein|il|elle|ils|elles|son|sa|él|ella|ellos)"
    r"\b|[它他她其](?:们)?)",
    re.I,
)
"""How a sentence begins that speaks of the one before it; no German "es", French "ce", which
stand for nothing.
"""

_HEADING = re.compile(r"^#+\s", re.M)
_ENDS = re.compile(r"[.!?。！？:：]\W*$")
_ASKS = re.compile(r"[?？]\W*$")
_LEADS = re.compile(r"[:：]\W*$")
_LABELLED = re.compile(r"\s*[^\W\d][^:：\n.!?。]{0,40}[:：]\s*\S.*")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of a hit's words that can be said alone; rank is that of its hit, from 0.

    answer is where what is said of it begins, behind a question or a label that stands at its head.
    says are words for what it is (see `LetterPart`), is_asked: the question asks for just that.
    row is what is known of it where it is a row of print with a label, in a picture.
    """

    hit: Hit
    rank: int
    start: int
    end: int
    answer: int
    says: str = ""
    is_asked: bool = False
    row: Row | None = None

    @property
    def text(self) -> str:
        """Its words; of a chunk without words of its own, what was said about it."""
        chunk = self.hit.chunk
        return chunk.text[self.start : self.end] if chunk.text else chunk.context

    @property
    def span(self) -> Span:
        """Its place."""
        chunk = self.hit.chunk
        return chunk.place(self.answer, self.end) if chunk.text else chunk.span

    @property
    def answer_text(self) -> str:
        """What is said of it."""
        chunk = self.hit.chunk
        return chunk.text[self.answer : self.end] if chunk.text else chunk.context

    @property
    def label(self) -> str:
        """The line that names the value below it."""
        head = self.hit.chunk.text[self.start : self.answer].strip()
        return head if not self.says and is_label(head) else ""

    @property
    def title(self) -> str:
        """The line above the labels with values that it is one of: "Plum cake" of "Serves: 8"."""
        chunk = self.hit.chunk
        if chunk.modality != "text" or not _LABELLED.fullmatch(self.text.strip()):
            return ""
        paragraph = chunk.text[: self.start].rpartition("\n\n")[2].strip("\n").split("\n")
        title, *labels = paragraph
        is_title = bool(title.strip()) and not _LABELLED.fullmatch(title.strip())
        is_form = is_title and len(title) <= MAX_ITEM_CHARACTERS and not _ENDS.search(title)
        return title.strip() if is_form and all(map(_LABELLED.fullmatch, labels)) else ""

    @property
    def preceding(self) -> str:
        """The words of its chunk before it."""
        return self.hit.chunk.text[: self.start]

    @property
    def referent(self) -> str:
        """The sentence before one that begins with a pronoun, which tells whom it speaks of."""
        if self.hit.chunk.modality != "text" or not _PRONOUN.match(self.text):
            return ""
        before = self.preceding.rstrip()
        if not before or "\n\n" in self.preceding[len(before) :]:
            return ""
        a, b = list(sentences(before[-MAX_REFERENT_CHARACTERS:]))[-1]
        return before[-MAX_REFERENT_CHARACTERS:][a:b]

    @property
    def weight(self) -> float:
        """What its words are worth, 0..1: less where they only point at what says it, or were made
        to be found by.
        """
        chunk = self.hit.chunk
        is_entry = _ENTRY.match(self.text) is not None
        if is_entry or _CAPTION.match(self.text) or _is_reference(chunk, self.preceding):
            return SECONDARY_WEIGHT
        if chunk.meta.get("role") == "description":
            return SECONDARY_WEIGHT
        return DERIVED_WEIGHT if chunk.part is not None else 1.0


def _is_reference(chunk: Chunk, preceding: str) -> bool:
    """Whether a passage stands in a list of references."""
    if any(_REFERENCES.match(h.strip()) for h in re.split(r"[\n>]", chunk.context)):
        return True
    headings = list(_REFERENCES.finditer(preceding))
    return bool(headings) and not _HEADING.search(preceding, headings[-1].end())


def excerpts(hits: Sequence[Hit], question: str = "", language: str = "") -> list[Excerpt]:
    """All that can be said alone of these hits, in order.

    A question is said with what follows it, a line that ends in a colon with its list, a label with
    its value below: those that have the form of one, and those that the question names.
    """
    return [e for rank, hit in enumerate(hits) for e in _of_hit(hit, rank, question, language)]


def _of_hit(hit: Hit, rank: int, question: str, language: str) -> Iterator[Excerpt]:
    chunk = hit.chunk
    offsets = passage_offsets(chunk)
    pieces = [chunk.text[a:b] for a, b in offsets]
    used, request = set[int](), set(terms(question, language))
    if chunk.modality == "text" and not chunk.span.seconds:
        for part in _letter_parts(chunk, offsets, pieces, question, language):
            start, answer = offsets[part.first][0], offsets[part.answer][0] + part.skip
            end = offsets[part.last][1]
            end -= len(chunk.text[start:end]) - len(chunk.text[start:end].rstrip(" ,:：，"))
            name = part.says or chunk.text[start:answer]
            is_asked = names_part(name, question, language, is_any=bool(part.says))
            if part.says and not is_asked:
                continue
            whole = Excerpt(hit, rank, start, end, answer, part.says, is_asked)
            used |= set(range(part.first, part.last + 1)) if answer > start else set()
            is_said = set(content_terms(whole.answer_text, language)) <= request
            if not is_said:
                yield whole
    rows_by_index = rows(chunk, offsets)
    if rows_by_index:  # a title that only says again what the question does answers nothing
        used |= {
            n
            for n, piece in enumerate(pieces)
            if n not in rows_by_index
            and (own_terms := set(content_terms(piece, language)))
            and own_terms <= request
        }
    i = 0
    while i < len(offsets):
        if i in used:
            i += 1
            continue
        answer = _behind_question(pieces, i) if chunk.modality != "code" else i
        last = _end_of_list(pieces, answer) if chunk.modality != "code" else answer
        start, end = offsets[i][0], offsets[last][1]
        yield Excerpt(hit, rank, start, end, offsets[answer][0], row=rows_by_index.get(i))
        i = last + 1


def _letter_parts(
    chunk: Chunk,
    offsets: Sequence[tuple[int, int]],
    pieces: Sequence[str],
    question: str,
    language: str,
) -> list[LetterPart]:
    gaps = [chunk.text[b:c] for (_, b), (c, _) in pairwise(offsets)]
    return letter_parts(pieces, [*gaps, ""], question, language)


def _behind_question(pieces: Sequence[str], i: int) -> int:
    """The index of what answers a question that stands before it; its own where it is none."""
    is_question = _ASKS.search(pieces[i]) and len(pieces[i]) <= MAX_LEAD_CHARACTERS
    if is_question and i + 1 < len(pieces) and not _ASKS.search(pieces[i + 1]):
        return i + 1
    return i


def _end_of_list(pieces: Sequence[str], i: int) -> int:
    """The index of the last piece that a line with a colon at its end leads to: of a list the last
    item, else the next piece.
    """
    leads = _LEADS.search(pieces[i]) and len(pieces[i]) <= MAX_LEAD_CHARACTERS
    if not leads or i + 1 >= len(pieces):
        return i
    last = i + 1
    limit = min(len(pieces), last + MAX_LIST_ITEMS)
    if not LIST_ITEM.match(pieces[last]) and not all(
        map(_is_item, pieces[last : last + MIN_ITEMS])
    ):
        return last
    while last + 1 < limit and _is_item(pieces[last]) and _is_item(pieces[last + 1]):
        last += 1
    return last


def _is_item(piece: str) -> bool:
    """Whether a piece is an item of a list: marked as one, or short and without an end. A long
    sentence with a number stands for itself, as notes below a table do.
    """
    is_whole = len(piece) > MAX_ITEM_CHARACTERS and _ENDS.search(piece) is not None
    if _NUMBERED.match(piece):
        return not is_whole
    return LIST_ITEM.match(piece) is not None or (
        len(piece) <= MAX_ITEM_CHARACTERS and not _ENDS.search(piece)
    )
