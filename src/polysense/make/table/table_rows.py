"""The rows and columns of a table that a question asks for, as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from polysense.make.question_text import question_text
from polysense.make.table.csv_part import MOST_ROWS, file_name, table
from polysense.make.table.question.answer import (
    can_query,
    choose_source,
    plan_question,
    run_plan,
)
from polysense.make.table.question.parse import ParsedQuestion
from polysense.make.table.question.tables import MOST_CELLS, TableSource
from polysense.protocols import Generator
from polysense.read.table.pick import pick
from polysense.types import Evidence, Modality, Origin, Part, Query

_ASKS_FOR_SUM = re.compile(
    r"\b(?:total|sum|average|mean|how many|how much more|number of|count|most|least|highest|lowest"
    r"|largest|smallest|top \d+|per|difference|"
    r"ratio|percent(?:age)? (?:of|change)|change in|increase|decrease|combined|altogether|median)\b"
    r"|总和|合计|平均|多少个|几个|最[高低大小多少]",
    re.I,
)
_ASKS_FOR_NEIGHBOURS = re.compile(
    r"\b(?:after|before|next|previous|following|preceding|follow(?:s|ed)|above|below|prior)\b"
    r"|[之以]?[前后]一?个|下一|上一",
    re.I,
)

# judged, not measured
_MOST_ROWS_WHOLE = 40
"""Rows up to which a table is given whole where the question names none of them."""

_MANY_COLUMNS = 8
"""A table with more columns is cut to those that the question names, list or not."""

_MOST_ROWS_WITH_NEIGHBOURS = 2
"""Rows that a question may name for the ones before and after them to be given as well."""


class TableRows(Generator):
    """A table's rows and columns that are asked for, each with its cells' addresses.

    Of a ranking the first, where that is clear. `meta["sql"]` holds the query where there is one,
    `meta["answer"]` its values. Where a question asks for a sum or the like that its words and the
    headers do not settle, `meta["note"]` says so.
    """

    accepts: frozenset[Modality] = frozenset({"table"})
    emits: Modality = "table"
    cost = 0.1
    origin: Origin = "retrieved"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        question_words = question_text(query)
        source = choose_source(evidence, question_words)
        if source is None:
            return
        notes = (
            [f"Only the first {len(source.frame.rows):,} rows of the table were read."]
            if source.frame.cut
            else []
        )
        if not can_query(source, question_words):
            yield _picked_rows(source, question_words, evidence, notes)
            return
        question = ParsedQuestion(source.frame, question_words, source.kinds)
        planned = plan_question(source, question_words)
        result = run_plan(source, *planned) if planned and planned[1].rows else None
        if planned is None and _ASKS_FOR_SUM.search(question_words):
            notes.append(
                "What is to be worked out is not clear from the question's words and the table's "
                "headers: these are the rows."
            )
        yield result.part() if result else _rows(source, question, evidence, notes)


def _rows(
    source: TableSource, question: ParsedQuestion, evidence: Sequence[Evidence], notes: list[str]
) -> Part:
    """The rows and columns that a question names."""
    rows = question.rows(question.conditions) if question.conditions else []
    if question.conditions and not rows:
        rows = [
            n
            for n in range(len(source.frame.rows))
            if any(n in question.rows([c]) for c in question.conditions)
        ]
    if 0 < len(rows) <= _MOST_ROWS_WITH_NEIGHBOURS and _ASKS_FOR_NEIGHBOURS.search(question.text):
        rows = sorted(
            {m for n in rows for m in (n - 1, n, n + 1) if 0 <= m < len(source.frame.rows)}
        )
    rows = rows or _relevant_rows(source, evidence)
    key = question.key_column()
    keys: list[int] = [] if key is None else [key]
    question_columns = {*question.columns, *(c.column for c in question.conditions)}
    is_list = (
        len(question.full_columns) > 1
        and question.find("list|show|give|table|columns?|列 出|表") is not None
    )
    is_narrow = bool(question.full_columns) and (is_list or len(question.names) > _MANY_COLUMNS)
    columns = sorted({*question_columns, *keys}) if is_narrow else list(range(len(question.names)))
    return _rows_part(source, rows, columns, notes)


def _picked_rows(
    source: TableSource, question_words: str, evidence: Sequence[Evidence], notes: list[str]
) -> Part:
    """Rows of a table that is asked about without words, or is too large to be read with them."""
    frame = source.frame
    if not question_words.strip() or len(frame.rows) * len(frame.columns) > 4 * MOST_CELLS:
        every_column = list(range(len(frame.columns)))
        return _rows_part(source, _relevant_rows(source, evidence), every_column, notes)
    selection = pick(frame, question_words)
    columns = [i for i, c in enumerate(frame.columns) if c in selection.columns]
    row_numbers = {
        row: n
        for n, row in reversed(
            list(enumerate(tuple(row[c] for c in columns) for row in frame.rows))
        )
    }
    rows = (
        [row_numbers[row] for row in selection.rows if row in row_numbers]
        if len(selection.rows) < len(frame.rows)
        else _relevant_rows(source, evidence)
    )
    return _rows_part(source, rows, columns, notes)


def _relevant_rows(source: TableSource, evidence: Sequence[Evidence]) -> list[int]:
    """All rows of a small table; of a larger one those that evidence points to, if any."""
    count = len(source.frame.rows)
    asset = source.evidence[0].hit.chunk.asset.id
    spans = [
        e.span.cells
        for e in evidence
        if e.hit.chunk.asset.id == asset and e.span.cells and e.span != e.hit.chunk.span
    ]
    bounds = [
        (int(m[1]), int(m[2] or m[1]))
        for cells in spans
        if (m := re.fullmatch(r"(?:.*!)?[A-Z]+(\d+)(?::[A-Z]+(\d+))?", cells, re.S))
    ]
    if count <= _MOST_ROWS_WHOLE or not bounds or not source.origins[0].cells:
        return list(range(count))
    numbers = [int(re.sub(r"\D", "", cell) or 0) for cell in source.origins[0].cells]
    inside = [n for n, row in enumerate(numbers) if any(a <= row <= b for a, b in bounds)]
    return inside or list(range(count))


def _rows_part(
    source: TableSource, rows: Sequence[int], columns: Sequence[int], notes: Sequence[str]
) -> Part:
    if len(rows) > MOST_ROWS:
        notes = [*notes, f"The first {MOST_ROWS:,} of {len(rows):,} rows."]
    names = [source.frame.columns[c] for c in columns]
    lines = (
        [*(source.frame.rows[n][c] for c in columns), *source.places([n], columns)]
        for n in rows[:MOST_ROWS]
    )
    meta: dict[str, Any] = {"evidence": [e.n for e in source.evidence]}
    if notes:
        meta["note"] = " ".join(notes)
    return table(names, lines, file_name(source.evidence[0], "rows"), meta)
