"""What a question asks of a table where its words and the table's headers leave no doubt, worked
out by DuckDB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from polysense.make.table.csv_part import MOST_ROWS, named, table
from polysense.make.table.question import engine
from polysense.make.table.question.grouping import first, grouped
from polysense.make.table.question.parse import Reading
from polysense.make.table.question.period_columns import across
from polysense.make.table.question.plans import Plan, plan
from polysense.make.table.question.profile import Facts
from polysense.make.table.question.tables import MOST_CELLS, Source, sources, together
from polysense.types import Evidence, Part, Query

_TIED = 5
"""More rows that share the first place than these are no answer to who leads."""


def asked(query: Query) -> str:
    """The words of a question."""
    return " ".join(str(p.data) for p in query if p.modality == "text")


def chosen(evidence: Sequence[Evidence], words: str) -> Source | None:
    """The table that evidence is about, joined with another where the question needs both; None
    where there is none.
    """
    found = sources(evidence) if evidence else []
    return (together(found, words) or found[0]) if found else None


def readable(source: Source, words: str) -> bool:
    """Whether a question can be laid on a table: it says something, and all of the table is at
    hand.
    """
    frame = source.frame
    return (
        bool(words.strip()) and not frame.cut and len(frame.rows) * len(frame.columns) <= MOST_CELLS
    )


def wanted(r: Reading) -> Plan | None:
    """What a question asks to be worked out, if that is clear."""
    return across(r) or grouped(r) or first(r) or plan(r)


def reckoned(source: Source, r: Reading, plan: Plan) -> Part | None:
    """The result of a plan; None where it comes to nothing."""
    query = engine.sql(r, plan, source.sql_name, source.before)
    got = engine.run(_held(source, r), query)
    if not got or len(got) > MOST_ROWS or any(row[plan.answer + plan.rows] is None for row in got):
        return None
    rows = r.rows(plan.where)
    if (
        plan.how in ("highest", "lowest")
        and len(got) > max(_TIED, 0.5 * len(rows))
        and "<= 1 " in plan.tail
    ):
        return None
    if plan.rows:
        columns, lines = _kept(source, r, plan, got)
    else:
        columns, lines = _worked_out(source, r, plan, got, rows)
    meta: dict[str, Any] = {
        "sql": query,
        "how": plan.how,
        "evidence": [e.n for e in source.evidence],
    }
    at = columns.index(r.names[plan_column(plan, r)]) if plan.rows else len(columns) - 1
    meta["answer"] = [line[at] for line in lines]
    if note := _left_out(r, plan, rows):
        meta["note"] = note
    return table(columns, lines, named(source.evidence[0], plan.how), meta)


def plan_column(plan: Plan, r: Reading) -> int:
    """The column of a plan for rows that holds what is asked."""
    return r.names.index(plan.select[plan.answer][1])


def _kept(
    source: Source, r: Reading, plan: Plan, got: Sequence[tuple[Any, ...]]
) -> tuple[list[str], list[list[str]]]:
    """Rows of the table, as they stand there."""
    wanted = [c.column for c in plan.where] + [r.names.index(alias) for _, alias in plan.select]
    key = r.key()
    columns = sorted(dict.fromkeys(([] if key is None else [key]) + wanted))
    at = [int(row[0]) - 1 for row in got]
    return [r.names[c] for c in columns], [
        [*(source.frame.rows[n][c] for c in columns), *source.places([n], columns)] for n in at
    ]


def _worked_out(
    source: Source, r: Reading, plan: Plan, got: Sequence[tuple[Any, ...]], rows: Sequence[int]
) -> tuple[list[str], list[list[str]]]:
    """Values that stand nowhere in the table, with what they were worked out from."""
    said = (
        [(r.names[c.column], c.said) for c in plan.where if c.said] if len(plan.select) == 1 else []
    )
    columns = [n for n, _ in said] + [alias for _, alias in plan.select]
    groups = {}
    if plan.how == "group":
        members = replace(plan, select=(plan.select[0], ("list(_row ORDER BY _row)", "rows")))
        groups = {
            key: [n - 1 for n in held]
            for key, held in engine.run(
                _held(source, r), engine.sql(r, members, source.sql_name, source.before)
            )
        }
    return columns, [
        [
            *(v for _, v in said),
            *map(_shown, row),
            *source.places(groups.get(row[0], rows), plan.cells),
        ]
        for row in got
    ]


def _held(source: Source, r: Reading) -> dict[str, Facts]:
    """The tables that a query on this one needs."""
    return dict(source.parts) if source.parts else {source.sql_name: r}


def _shown(v: Any) -> str:
    return "" if v is None else f"{v:.12g}" if isinstance(v, float) else str(v)


def _left_out(r: Reading, plan: Plan, rows: Sequence[int]) -> str:
    said = []
    for c in plan.cells if plan.how not in ("count", "lookup") else ():
        empty = sum(r.frame.numbers(c)[n] is None for n in rows) if c in r.measures else 0
        if empty:
            said.append(
                f"{empty} of {len(rows)} cells of {r.names[c]} hold no number and were left out."
            )
    if r.totals and not set(rows) & r.totals and plan.how not in ("lookup", "percent", "change"):
        several = len(r.totals) > 1
        said.append(
            f"{len(r.totals)} rows that sum up others were left out."
            if several
            else "A row that sums up others was left out."
        )
    return " ".join(said)
