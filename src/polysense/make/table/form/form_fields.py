"""A table of evidence that is none: fields and lines of receipts and forms, pairs, statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.make.table.csv_part import MOST_ROWS, file_name, table
from polysense.make.table.form import labels
from polysense.make.table.form.line import Field, Line
from polysense.protocols import Generator
from polysense.types import Chunk, Evidence, Modality, Part, Query

_RECEIPT_FIELDS = ("company", "date", "address", "total")

# judged, not measured
_LEAST_PAIRS = 3  # labelled values from which they are a table
_LEAST_SHARE = 0.5  # of a text's lines that must be labelled values
_MOST_CHARACTERS = 2000  # characters of a statement


class FormFields(Generator):
    """What evidence says under labels: of a picture its lines, of a text its pairs or statements.

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
            yield from _picture_tables(evidence)
        else:
            yield from _text_tables(evidence)


def _picture_tables(evidence: Sequence[Evidence]) -> Iterator[Part]:
    """Several receipts in one table; then the fields of the first picture, and its lines."""
    pictures = {
        e.hit.chunk.id: e
        for e in reversed(evidence)
        if e.hit.modality == "image" and e.hit.chunk.text.strip()
    }
    readings = [
        (e, labels.fields(_lines(e.hit.chunk)))
        for e in sorted(pictures.values(), key=lambda e: evidence.index(e))
    ]
    if not readings or readings[0][0].hit.chunk.id != evidence[0].hit.chunk.id:
        return
    receipts = [(e, fields) for e, fields in readings if labels.is_receipt(fields)]
    if len(receipts) > 1 and receipts[0][0] is readings[0][0]:
        yield _receipts_table(receipts)
    first, fields = readings[0]
    if labels.is_receipt(fields) or len(fields) >= _LEAST_PAIRS:
        yield _fields_table(first, fields)
    lines = _lines(first.hit.chunk)[:MOST_ROWS]
    rows = [
        [str(n), line.text, first.hit.chunk.asset.name, str(line.span)]
        for n, line in enumerate(lines, 1)
    ]
    yield table(["line", "text"], rows, file_name(first, "lines"), {"evidence": [first.n]})


def _receipts_table(readings: Sequence[tuple[Evidence, Sequence[Field]]]) -> Part:
    rows = []
    for e, fields in readings:
        by_name = {f.name: f for f in reversed(fields)}
        total = by_name["total"]
        values = [by_name[k].value if k in by_name else "" for k in _RECEIPT_FIELDS]
        rows.append([*values, e.hit.chunk.asset.name, str(total.span)])
    meta = {"evidence": [e.n for e, _ in readings]}
    return table(list(_RECEIPT_FIELDS), rows, "receipts.csv", meta)


def _text_tables(evidence: Sequence[Evidence]) -> Iterator[Part]:
    first = evidence[0]
    lines = _lines(first.hit.chunk)
    fields = labels.pairs(lines)
    if len(fields) >= _LEAST_PAIRS and len(fields) >= _LEAST_SHARE * len(lines):
        yield _fields_table(first, fields)
        return
    passages = [
        e
        for e in evidence
        if e.part.modality == "text" or (e.hit.modality == "text" and e.hit.chunk.text)
    ]
    rows = [
        [f"[{e.n}]", statement, e.hit.chunk.asset.name, str(e.span)]
        for e in passages
        if (statement := _statement(e))
    ]
    if rows:
        meta = {"evidence": [e.n for e in passages if _statement(e)]}
        yield table(["evidence", "statement"], rows, file_name(first, "statements"), meta)


def _statement(e: Evidence) -> str:
    is_text = e.part.modality == "text" and isinstance(e.part.data, str)
    text = " ".join((str(e.part.data) if is_text else e.hit.chunk.text).split())
    if len(text) <= _MOST_CHARACTERS:
        return text
    return text[:_MOST_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _fields_table(e: Evidence, fields: Sequence[Field]) -> Part:
    rows = [[f.name, f.value, e.hit.chunk.asset.name, str(f.span)] for f in fields]
    return table(["field", "value"], rows, file_name(e, "fields"), {"evidence": [e.n]})


def _lines(chunk: Chunk) -> list[Line]:
    """The lines of a chunk's words, each with its place."""
    if chunk.marks and chunk.modality == "image":
        return [
            Line(chunk.text[m.start : m.end], m.span)
            for m in chunk.marks[: labels.MOST_LINES]
            if chunk.text[m.start : m.end].strip()
        ]
    lines, offset = [], 0
    for line in chunk.text.split("\n")[: labels.MOST_LINES]:
        if line.strip():
            lines.append(Line(line.strip(), chunk.place(offset, offset + len(line))))
        offset += len(line) + 1
    return lines
