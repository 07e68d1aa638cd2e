"""What a question asks of a table, worked out by DuckDB where words and headers leave no doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from polysense.make.table.csv_part import MOST_ROWS, file_name, table
from polysense.make.table.question import engine
from polysense.make.table.question.direct import direct_plan
from polysense.make.table.question.grouping import plan_groups
from polysense.make.table.question.own_names import without_file_names
from polysense.make.table.question.parse import ParsedQuestion
from polysense.make.table.question.period_columns import plan_over_periods
from polysense.make.table.question.plan import Plan
from polysense.make.table.question.plans import plan as first_plan
from polysense.make.table.question.profile import TableProfile
from polysense.make.table.question.ranking import plan_top_rows
from polysense.make.table.question.read_facts import facts
from polysense.make.table.question.reading import Reading
from polysense.make.table.question.tables import (
    MOST_CELLS,
    TableSource,
    join_sources,
    table_sources,
)
from polysense.types import Evidence, Part

_MOST_TIED, _MOST_TIED_SHARE = 5, 0.5
"""More rows that share the first place, or a larger share of all rows, are no answer to who leads;
judged, not measured."""


_PLANNERS = (plan_over_periods, plan_groups, plan_top_rows, first_plan)
"""In this order; where a value for each is asked for, only those of years and of groups."""


def choose_source(evidence: Sequence[Evidence], question_words: str) -> TableSource | None:
    """The table that evidence is about, joined with another where the question needs both."""
    tables = table_sources(evidence) if evidence else []
    return (join_sources(tables, question_words) or tables[0]) if tables else None


def can_query(source: TableSource, question_words: str) -> bool:
    """Whether a question can be put to a table: it says something, and the table is all there."""
    frame = source.frame
    return (
        bool(question_words.strip())
        and not frame.cut
        and len(frame.rows) * len(frame.columns) <= MOST_CELLS
    )


def plan_question(source: TableSource, words: str) -> tuple[TableProfile, Plan] | None:
    """What a question asks of a table, if that is clear, with the question as it was read.

    First where every word is explained, then where few are left over and none that matters.
    """
    words = without_file_names(words, [e.hit.chunk.asset.name for e in source.evidence])
    reading = Reading(source.frame, words, source.kinds, source.context)
    plan = direct_plan(reading)
    if plan is not None:
        return reading, plan
    question = ParsedQuestion(source.frame, words, source.kinds)
    planners = _PLANNERS[:2] if facts(reading).is_each else _PLANNERS
    older = next((plan for make_plan in planners if (plan := make_plan(question))), None)
    if older is None:
        return None
    return question, replace(older, is_certain=not older.rest and not reading.unexplained)


@dataclass(frozen=True, slots=True)
class Result:
    """What a plan comes to: columns and lines of text, and of each line the rows and columns of the
    table that it is from. `answers` are what was asked for, `note` says what was left out.
    """

    source: TableSource
    plan: Plan
    columns: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[int, ...], ...]
    column_numbers: tuple[int, ...]
    answers: tuple[str, ...]
    sql: str
    note: str = ""

    @property
    def evidence(self) -> tuple[int, ...]:
        """The numbers of the evidence that the table is from."""
        return tuple(e.n for e in self.source.evidence)

    def part(self) -> Part:
        """As a table, each row with its cells' places."""
        lines = (
            [*line, *self.source.places(rows, self.column_numbers)]
            for line, rows in zip(self.lines, self.rows, strict=True)
        )
        meta: dict[str, Any] = {
            "sql": self.sql,
            "how": self.plan.how,
            "evidence": list(self.evidence),
            "answer": list(self.answers),
        }
        if self.note:
            meta["note"] = self.note
        name = file_name(self.source.evidence[0], self.plan.how)
        return table(self.columns, lines, name, meta)


def run_plan(source: TableSource, question: TableProfile, plan: Plan) -> Result | None:
    """The result of a plan; None where it comes to nothing."""
    query = engine.query_sql(question, plan, source.sql_name, source.join_sql)
    results = engine.run(_query_tables(source, question), query)
    if (
        not results
        or len(results) > MOST_ROWS
        or any(row[plan.answer + plan.rows] is None for row in results)
    ):
        return None
    rows = question.rows(plan.where)
    most_tied = max(_MOST_TIED, _MOST_TIED_SHARE * len(rows))
    is_first = plan.how in ("highest", "lowest") and "<= 1 " in plan.tail
    if is_first and len(results) > most_tied:
        return None
    if plan.rows:
        key = question.key_column() if plan.label is None else plan.label
        selected = [question.names.index(alias) for _, alias in plan.select]
        numbers = sorted(
            {*([] if key is None else [key]), *selected, *(c.column for c in plan.where)}
        )
        columns = [question.names[c] for c in numbers]
        row_numbers: list[tuple[int, ...]] = [(int(row[0]) - 1,) for row in results]
        lines = [[source.frame.rows[n[0]][c] for c in numbers] for n in row_numbers]
        answer = columns.index(plan.select[plan.answer][1])
    else:
        bounds = [c for c in plan.where if c.label and len(plan.select) == 1]
        columns = [question.names[c.column] for c in bounds] + [a for _, a in plan.select]
        groups = _rows_of_groups(source, question, plan) if plan.how == "group" else {}
        numbers = list(plan.cells)
        row_numbers = [tuple(groups.get(row[0], rows)) for row in results]
        lines = [[*(c.label for c in bounds), *map(cell_text, row)] for row in results]
        answer = len(columns) - 1
    return Result(
        source,
        plan,
        tuple(columns),
        tuple(map(tuple, lines)),
        tuple(row_numbers),
        tuple(numbers),
        plan.answers
        or tuple(line[answer] for line in lines)[: 1 if plan.how == "compare" else None],
        query,
        _omissions_note(question, plan, rows),
    )


def _rows_of_groups(
    source: TableSource, question: TableProfile, plan: Plan
) -> dict[Any, list[int]]:
    """The rows that each group is made of, by its key."""
    members = replace(plan, select=(plan.select[0], ("list(_row ORDER BY _row)", "rows")))
    query = engine.query_sql(question, members, source.sql_name, source.join_sql)
    groups = engine.run(_query_tables(source, question), query)
    return {key: [n - 1 for n in rows] for key, rows in groups}


def _query_tables(source: TableSource, question: TableProfile) -> dict[str, TableProfile]:
    """The tables that a query on this one needs."""
    return dict(source.parts) if source.parts else {source.sql_name: question}


def cell_text(v: Any) -> str:
    """A value of a result as a cell shows it."""
    return "" if v is None else f"{v:.12g}" if isinstance(v, float) else str(v)


def _omissions_note(question: TableProfile, plan: Plan, rows: Sequence[int]) -> str:
    """What was left out of a result: cells without a number, rows that sum up others."""
    sentences = []
    for c in plan.cells if plan.how not in ("count", "lookup") else ():
        numbers = question.frame.numbers(c)
        empty = sum(numbers[n] is None for n in rows) if c in question.measures else 0
        if empty:
            cells = f"{empty} of {len(rows)} cells of {question.names[c]}"
            sentences.append(f"{cells} hold no number and were left out.")
    totals = question.total_rows
    if totals and not set(rows) & totals and plan.how not in ("lookup", "percent", "change"):
        several = f"{len(totals)} rows that sum up others were left out."
        sentences.append(several if len(totals) > 1 else "A row that sums up others was left out.")
    return " ".join(sentences)
