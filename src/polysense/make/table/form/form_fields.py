"""A table made of evidence that is none: the fields and lines of a receipt or form, key-value
pairs, or the statements that are cited.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.make.table.csv_part import MOST_ROWS, named, table
from polysense.make.table.form import labels
from polysense.make.table.form.labels import Field, Line
from polysense.protocols import Generator
from polysense.types import Chunk, Evidence, Modality, Part, Query, Span

_RECEIPT = ("company", "date", "address", "total")
_LEAST_PAIRS, _SHARE = 3, 0.5
_LONG = 2000


class FormFields(Generator):
    """What evidence says under labels, as a table: of a picture its read lines, of a text its pairs
    or the pieces that are cited.

    Pictures need to have been read (OCR at indexing): their lines and boxes are the chunk's words
    and marks.
    """

    accepts: frozenset[Modality] = frozenset({"image", "text"})
    emits: Modality = "table"
    cost = 0.25

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if not evidence:
            return
        if evidence[0].hit.modality == "image":
            yield from _of_pictures(evidence)
        else:
            yield from _of_words(evidence)


def _of_pictures(evidence: Sequence[Evidence]) -> Iterator[Part]:
    """Several receipts in one table; then the fields of the first picture, and its lines."""
    seen = {
        e.hit.chunk.id: e
        for e in reversed(evidence)
        if e.hit.modality == "image" and e.hit.chunk.text.strip()
    }
    read = [
        (e, labels.fields(_lines(e.hit.chunk)))
        for e in sorted(seen.values(), key=lambda e: evidence.index(e))
    ]
    if not read or read[0][0].hit.chunk.id != evidence[0].hit.chunk.id:
        return
    receipts = [(e, found) for e, found in read if labels.is_receipt(found)]
    if len(receipts) > 1 and receipts[0][0] is read[0][0]:
        yield _receipts(receipts)
    first, found = read[0]
    if labels.is_receipt(found) or len(found) >= _LEAST_PAIRS:
        yield _pairs(first, found)
    lines = _lines(first.hit.chunk)[:MOST_ROWS]
    rows = [
        [str(n), line.text, first.hit.chunk.asset.name, _place(line.span)]
        for n, line in enumerate(lines, 1)
    ]
    yield table(["line", "text"], rows, named(first, "lines"), {"evidence": [first.n]})


def _receipts(read: Sequence[tuple[Evidence, Sequence[Field]]]) -> Part:
    rows = []
    for e, found in read:
        held = {f.name: f for f in reversed(found)}
        total = held["total"]
        rows.append(
            [
                *(held[k].value if k in held else "" for k in _RECEIPT),
                e.hit.chunk.asset.name,
                _place(total.span),
            ]
        )
    return table(list(_RECEIPT), rows, "receipts.csv", {"evidence": [e.n for e, _ in read]})


def _of_words(evidence: Sequence[Evidence]) -> Iterator[Part]:
    first = evidence[0]
    lines = _lines(first.hit.chunk)
    found = labels.pairs(lines)
    if len(found) >= _LEAST_PAIRS and len(found) >= _SHARE * len(lines):
        yield _pairs(first, found)
        return
    cited = [
        e
        for e in evidence
        if e.hit.modality == "text" and (e.part.modality == "text" or e.hit.chunk.text)
    ]
    rows = [
        [f"[{e.n}]", said, e.hit.chunk.asset.name, str(e.span)]
        for e in cited
        if (said := _statement(e))
    ]
    if rows:
        used = [e.n for e in cited if _statement(e)]
        yield table(["evidence", "statement"], rows, named(first, "statements"), {"evidence": used})


def _statement(e: Evidence) -> str:
    said = (
        str(e.part.data)
        if e.part.modality == "text" and isinstance(e.part.data, str)
        else e.hit.chunk.text
    )
    said = " ".join(said.split())
    return said if len(said) <= _LONG else said[:_LONG].rsplit(" ", 1)[0] + " …"


def _pairs(e: Evidence, found: Sequence[Field]) -> Part:
    rows = [[f.name, f.value, e.hit.chunk.asset.name, _place(f.span)] for f in found]
    return table(["field", "value"], rows, named(e, "fields"), {"evidence": [e.n]})


def _lines(chunk: Chunk) -> list[Line]:
    """The lines of a chunk's words, each with its place."""
    if chunk.marks and chunk.modality == "image":
        return [
            Line(chunk.text[m.start : m.end], m.span)
            for m in chunk.marks[: labels.MOST_LINES]
            if chunk.text[m.start : m.end].strip()
        ]
    lines, at = [], 0
    for said in chunk.text.split("\n")[: labels.MOST_LINES]:
        if said.strip():
            lines.append(Line(said.strip(), chunk.place(at, at + len(said))))
        at += len(said) + 1
    return lines


def _place(span: Span) -> str:
    return str(span)
