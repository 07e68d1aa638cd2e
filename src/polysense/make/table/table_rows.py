"""The rows and columns of a table that a question asks for, as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from polysense.make.table.csv_part import MOST_ROWS, named, table
from polysense.make.table.question.answer import asked, chosen, readable, reckoned, wanted
from polysense.make.table.question.parse import Reading
from polysense.make.table.question.tables import MOST_CELLS, Source
from polysense.protocols import Generator
from polysense.read.table.frame import pick
from polysense.types import Evidence, Modality, Origin, Part, Query

_SUMS = re.compile(
    r"\b(?:total|sum|average|mean|how many|how much more|number of|count|most|least|highest|lowest|largest|smallest|top \d+|per|difference|"
    r"ratio|percent(?:age)? (?:of|change)|change in|increase|decrease|combined|altogether|median)\b"
    r"|总和|合计|平均|多少个|几个|最[高低大小多少]",
    re.I,
)
_BESIDE = re.compile(
    r"\b(?:after|before|next|previous|following|preceding|follow(?:s|ed)|above|below|prior)\b|[之以]?[前后]一?个|下一|上一",
    re.I,
)
_WHOLE = 40
"""Rows up to which a table is given whole where the question names none of them."""

_WIDE = 8
"""Columns from which only those that the question names are given, unless it lists what it wants.
"""


class TableRows(Generator):
    """A table's rows and columns that are asked for, each with its cells' addresses; of a ranking
    the first, where that is clear.

    `meta["sql"]` holds the query where there is one, `meta["answer"]` its values. Where a question
    asks for a sum or the like that its words and the headers do not settle, `meta["note"]` says so.
    """

    accepts: frozenset[Modality] = frozenset({"table"})
    emits: Modality = "table"
    cost = 0.1
    origin: Origin = "retrieved"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        words = asked(query)
        source = chosen(evidence, words)
        if source is None:
            return
        notes = (
            [f"Only the first {len(source.frame.rows):,} rows of the table were read."]
            if source.frame.cut
            else []
        )
        if not readable(source, words):
            yield _plain(source, words, evidence, notes)
            return
        reading = Reading(source.frame, words, source.kinds)
        plan = wanted(reading)
        made = reckoned(source, reading, plan) if plan and plan.rows else None
        if made is None and plan is None and _SUMS.search(words):
            notes.append(
                "What is to be worked out is not clear from the question's words and the table's headers: these are the rows."
            )
        yield made or _rows(source, reading, evidence, notes)


def _rows(source: Source, r: Reading, evidence: Sequence[Evidence], notes: list[str]) -> Part:
    """The rows and columns that a question names."""
    rows = r.rows(r.conditions) if r.conditions else []
    if r.conditions and not rows:
        rows = [
            n for n in range(len(source.frame.rows)) if any(n in r.rows([c]) for c in r.conditions)
        ]
    if 0 < len(rows) <= 2 and _BESIDE.search(r.words):
        rows = sorted(
            {m for n in rows for m in (n - 1, n, n + 1) if 0 <= m < len(source.frame.rows)}
        )
    rows = rows or _chosen(source, evidence)
    key = r.key()
    named_ones = {*r.columns, *(c.column for c in r.conditions)}
    listed = len(r.full) > 1 and r.find("list|show|give|table|columns?|列 出|表") is not None
    narrow = bool(r.full) and (listed or len(r.names) > _WIDE)
    columns = (
        sorted({*named_ones, *([] if key is None else [key])})
        if narrow
        else list(range(len(r.names)))
    )
    return _given(source, rows, columns, "rows", notes)


def _plain(source: Source, words: str, evidence: Sequence[Evidence], notes: list[str]) -> Part:
    """Rows of a table that is asked about without words, or is too large to be read with them."""
    frame = source.frame
    if not words.strip() or len(frame.rows) * len(frame.columns) > 4 * MOST_CELLS:
        return _given(
            source, _chosen(source, evidence), list(range(len(frame.columns))), "rows", notes
        )
    picked = pick(frame, words)
    columns = [i for i, c in enumerate(frame.columns) if c in picked.columns]
    held = {
        row: n
        for n, row in reversed(
            list(enumerate(tuple(row[c] for c in columns) for row in frame.rows))
        )
    }
    rows = (
        [held[row] for row in picked.rows if row in held]
        if len(picked.rows) < len(frame.rows)
        else _chosen(source, evidence)
    )
    return _given(source, rows, columns, "rows", notes)


def _chosen(source: Source, evidence: Sequence[Evidence]) -> list[int]:
    """All rows of a small table; of a larger one those that were found to bear on the question,
    where these are known.
    """
    count = len(source.frame.rows)
    asset = source.evidence[0].hit.chunk.asset.id
    spans = [
        e.span.cells
        for e in evidence
        if e.hit.chunk.asset.id == asset and e.span.cells and e.span != e.hit.chunk.span
    ]
    bounds = [
        (int(m[1]), int(m[2] or m[1]))
        for said in spans
        if (m := re.fullmatch(r"(?:.*!)?[A-Z]+(\d+)(?::[A-Z]+(\d+))?", said, re.S))
    ]
    if count <= _WHOLE or not bounds or not source.homes[0].cells:
        return list(range(count))
    numbers = [int(re.sub(r"\D", "", cell) or 0) for cell in source.homes[0].cells]
    return [n for n, row in enumerate(numbers) if any(a <= row <= b for a, b in bounds)] or list(
        range(count)
    )


def _given(
    source: Source, rows: Sequence[int], columns: Sequence[int], what: str, notes: Sequence[str]
) -> Part:
    notes = [
        *notes,
        *([f"The first {MOST_ROWS:,} of {len(rows):,} rows."] if len(rows) > MOST_ROWS else []),
    ]
    names = [source.frame.columns[c] for c in columns]
    lines = (
        [*(source.frame.rows[n][c] for c in columns), *source.places([n], columns)]
        for n in rows[:MOST_ROWS]
    )
    meta: dict[str, Any] = {"evidence": [e.n for e in source.evidence]}
    if notes:
        meta["note"] = " ".join(notes)
    return table(names, lines, named(source.evidence[0], what), meta)
