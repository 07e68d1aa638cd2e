"""The rows and columns of a table that a question asks for, and what they come to where it asks for a sum, a count or the first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from polysense.generators import _duck
from polysense.generators._across import across
from polysense.generators._facts import Facts
from polysense.generators._groups import first, grouped
from polysense.generators._plans import Plan, plan
from polysense.generators._reading import Reading
from polysense.generators._tables import MOST_CELLS, Source, sources, together
from polysense.media.frame import pick
from polysense.media.made import MOST_ROWS, named, table
from polysense.protocols import Generator
from polysense.types import Evidence, Modality, Origin, Part, Query

_SUMS = re.compile(
    r"\b(?:total|sum|average|mean|how many|how much more|number of|count|most|least|highest|lowest|largest|smallest|top \d+|per|difference|"
    r"ratio|percent(?:age)? (?:of|change)|change in|increase|decrease|combined|altogether|median)\b"
    r"|总和|合计|平均|多少个|几个|最[高低大小多少]",
    re.I,
)
_BESIDE = re.compile(
    r"\b(?:after|before|next|previous|following|preceding|follow(?:s|ed)|above|below|prior)\b|[之以]?[前后]一?个|下一|上一", re.I
)
_TIED = 5
"""More rows that share the first place than these are no answer to who leads."""
_WHOLE = 40
"""Rows up to which a table is given whole where the question names none of them."""

_WIDE = 8
"""Columns from which only those that the question names are given, unless it lists what it wants."""


class Rows(Generator):
    """A table's rows and columns that are asked for; before them their sum, count, average, extreme or grouping where that is clear.

    What is reckoned is worked out by DuckDB (`meta["sql"]`); `meta["answer"]` holds its values. Where a question asks for a sum that its
    words and the headers do not settle, `meta["note"]` says so and the rows are all that is given.
    """

    accepts: frozenset[Modality] = frozenset({"table"})
    emits: Modality = "table"
    cost = 0.1
    origin: Origin = "retrieved"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        words = " ".join(str(p.data) for p in query if p.modality == "text")
        found = sources(evidence) if evidence else []
        if not found:
            return
        source = together(found, words) or found[0]
        frame = source.frame
        notes = [f"Only the first {len(frame.rows):,} rows of the table were read."] if frame.cut else []
        if not words.strip() or frame.cut or len(frame.rows) * len(frame.columns) > MOST_CELLS:
            asked = bool(_SUMS.search(words))
            yield _plain(source, words, evidence, [*notes, *(["It is too large to be reckoned with here."] if asked else [])])
            return
        reading = Reading(frame, words, source.kinds)
        wanted = across(reading) or grouped(reading) or first(reading) or plan(reading)
        made = _reckoned(source, reading, wanted) if wanted else None
        if made is not None and wanted:
            yield made
            if wanted.how != "lookup":
                yield _behind(source, reading, wanted)
            return
        if _SUMS.search(words):
            notes.append("What is to be reckoned is not clear from the question's words and the table's headers: these are the rows.")
        yield _asked(source, reading, evidence, notes)


def _reckoned(source: Source, r: Reading, plan: Plan) -> Part | None:
    """The result of a plan; None where it comes to nothing."""
    query = _duck.sql(r, plan, source.sql_name, source.before)
    got = _duck.run(_held(source, r), query)
    if not got or len(got) > MOST_ROWS or any(row[plan.answer + plan.rows] is None for row in got):
        return None
    rows = r.rows(plan.where)
    if plan.how in ("highest", "lowest") and len(got) > max(_TIED, 0.5 * len(rows)) and "<= 1 " in plan.tail:
        return None
    if plan.rows:
        columns, lines = _kept(source, r, plan, got)
    else:
        columns, lines = _worked_out(source, r, plan, got, rows)
    meta: dict[str, Any] = {"sql": query, "how": plan.how, "evidence": [e.n for e in source.evidence]}
    at = columns.index(r.names[plan_column(plan, r)]) if plan.rows else len(columns) - 1
    meta["answer"] = [line[at] for line in lines]
    if note := _left_out(r, plan, rows):
        meta["note"] = note
    return table(columns, lines, named(source.evidence[0], plan.how), meta)


def plan_column(plan: Plan, r: Reading) -> int:
    """The column of a plan for rows that holds what is asked."""
    return r.names.index(plan.select[plan.answer][1])


def _kept(source: Source, r: Reading, plan: Plan, got: Sequence[tuple[Any, ...]]) -> tuple[list[str], list[list[str]]]:
    """Rows of the table, as they stand there."""
    wanted = [c.column for c in plan.where] + [r.names.index(alias) for _, alias in plan.select]
    key = r.key()
    columns = sorted(dict.fromkeys(([] if key is None else [key]) + wanted))
    at = [int(row[0]) - 1 for row in got]
    return [r.names[c] for c in columns], [[*(source.frame.rows[n][c] for c in columns), *source.places([n], columns)] for n in at]


def _worked_out(
    source: Source, r: Reading, plan: Plan, got: Sequence[tuple[Any, ...]], rows: Sequence[int]
) -> tuple[list[str], list[list[str]]]:
    """Values that stand nowhere in the table, with what they were worked out from."""
    said = [(r.names[c.column], c.said) for c in plan.where if c.said] if len(plan.select) == 1 else []
    columns = [n for n, _ in said] + [alias for _, alias in plan.select]
    groups = {}
    if plan.how == "group":
        members = replace(plan, select=(plan.select[0], ("list(_row ORDER BY _row)", "rows")))
        groups = {
            key: [n - 1 for n in held] for key, held in _duck.run(_held(source, r), _duck.sql(r, members, source.sql_name, source.before))
        }
    return columns, [[*(v for _, v in said), *map(_shown, row), *source.places(groups.get(row[0], rows), plan.cells)] for row in got]


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
            said.append(f"{empty} of {len(rows)} cells of {r.names[c]} hold no number and were left out.")
    if r.totals and not set(rows) & r.totals and plan.how not in ("lookup", "percent", "change"):
        several = len(r.totals) > 1
        said.append(f"{len(r.totals)} rows that sum up others were left out." if several else "A row that sums up others was left out.")
    return " ".join(said)


def _behind(source: Source, r: Reading, plan: Plan) -> Part:
    """The rows from which a result was worked out."""
    key = r.key()
    columns = sorted({*plan.cells, *(c.column for c in plan.where), *r.columns, *([] if key is None else [key])})
    return _given(source, r.rows(plan.where), columns, "rows", [])


def _asked(source: Source, r: Reading, evidence: Sequence[Evidence], notes: list[str]) -> Part:
    """The rows and columns that a question names."""
    rows = r.rows(r.conditions) if r.conditions else []
    if r.conditions and not rows:
        rows = [n for n in range(len(source.frame.rows)) if any(n in r.rows([c]) for c in r.conditions)]
    if 0 < len(rows) <= 2 and _BESIDE.search(r.words):
        rows = sorted({m for n in rows for m in (n - 1, n, n + 1) if 0 <= m < len(source.frame.rows)})
    rows = rows or _chosen(source, evidence)
    key = r.key()
    named_ones = {*r.columns, *(c.column for c in r.conditions)}
    listed = len(r.full) > 1 and r.find("list|show|give|table|columns?|列 出|表") is not None
    narrow = bool(r.full) and (listed or len(r.names) > _WIDE)
    columns = sorted({*named_ones, *([] if key is None else [key])}) if narrow else list(range(len(r.names)))
    return _given(source, rows, columns, "rows", notes)


def _plain(source: Source, words: str, evidence: Sequence[Evidence], notes: list[str]) -> Part:
    """Rows of a table that is asked about without words, or is too large to be read with them."""
    frame = source.frame
    if not words.strip() or len(frame.rows) * len(frame.columns) > 4 * MOST_CELLS:
        return _given(source, _chosen(source, evidence), list(range(len(frame.columns))), "rows", notes)
    picked = pick(frame, words)
    columns = [i for i, c in enumerate(frame.columns) if c in picked.columns]
    held = {row: n for n, row in reversed(list(enumerate(tuple(row[c] for c in columns) for row in frame.rows)))}
    rows = [held[row] for row in picked.rows if row in held] if len(picked.rows) < len(frame.rows) else _chosen(source, evidence)
    return _given(source, rows, columns, "rows", notes)


def _chosen(source: Source, evidence: Sequence[Evidence]) -> list[int]:
    """All rows of a small table; of a larger one those that were found to bear on the question, where these are known."""
    count = len(source.frame.rows)
    held = {h.cells[n]: n for h in source.homes for n in range(count) if h.cells}
    asset = source.evidence[0].hit.chunk.asset.id
    spans = [e.span.cells for e in evidence if e.hit.chunk.asset.id == asset and e.span.cells and e.span != e.hit.chunk.span]
    found: set[int] = set()
    for said in spans:
        m = re.fullmatch(r"(?:.*!)?([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?", said, re.S)
        if m:
            found |= {
                held[a] for a in (f"{m[1]}{n}" for n in range(int(m[2]), min(int(m[4] or m[2]), int(m[2]) + 10_000) + 1)) if a in held
            }
    return sorted(found) if found and count > _WHOLE else list(range(count))


def _given(source: Source, rows: Sequence[int], columns: Sequence[int], what: str, notes: Sequence[str]) -> Part:
    notes = [*notes, *([f"The first {MOST_ROWS:,} of {len(rows):,} rows."] if len(rows) > MOST_ROWS else [])]
    names = [source.frame.columns[c] for c in columns]
    lines = ([*(source.frame.rows[n][c] for c in columns), *source.places([n], columns)] for n in rows[:MOST_ROWS])
    meta: dict[str, Any] = {"evidence": [e.n for e in source.evidence]}
    if notes:
        meta["note"] = " ".join(notes)
    return table(names, lines, named(source.evidence[0], what), meta)
