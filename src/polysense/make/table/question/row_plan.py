"""Plans that give rows of a table as they stand: what names them, and the columns asked for."""

from __future__ import annotations

from collections.abc import Sequence

from polysense.make.table.question.facts import Facts
from polysense.make.table.question.plan import Plan, column_sql
from polysense.make.table.question.reading import Reading


def _select(r: Reading, columns: Sequence[int]) -> tuple[tuple[str, str], ...]:
    return tuple((column_sql(r, c), r.names[c]) for c in columns)


def label_of(f: Facts, targets: Sequence[int] = ()) -> int | None:
    """The column that names the rows of an answer: the one asked for, else the one whose cells
    the question says, else the one of the table.
    """
    r = f.reading
    words = [c for c in f.columns if r.kinds[c] in ("text", "date") and c not in targets]
    free = [c for c in words if c not in {w.column for w in f.where}]
    named_rows = (
        c.column
        for c in f.where
        if c.op == "in" and not c.is_partial and r.kinds[c.column] == "text"
        and len(set(r.frame.column(c.column))) == len(r.frame.rows)
    )  # fmt: skip
    return next(iter(free or words), next(named_rows, r.label_column))


def rows_plan(
    f: Facts, how: str, targets: Sequence[int], answer: int, tail: str = "", extra: str = ""
) -> Plan | None:
    """Rows of the table: what names them, and the columns asked for; `answer` is a column."""
    r = f.reading
    if not r.rows(f.where):
        return None
    label = label_of(f, targets)
    columns = list(dict.fromkeys([*([] if label is None else [label]), *targets, answer]))
    return Plan(
        how,
        _select(r, columns),
        columns.index(answer),
        tuple(targets),
        tuple(f.where),
        extra or f"{column_sql(r, answer)} IS NOT NULL",
        tail,
        rows=True,
        label=label,
        is_certain=True,
    )


def asked_columns(f: Facts) -> list[int]:
    """The columns asked for, other than those that conditions are on or that name the rows."""
    conditions = {c.column for c in f.where}
    named_columns = [c for c in f.columns if c not in conditions and c not in f.each]
    rest = [c for c in named_columns if c != f.reading.label_column] or named_columns
    return list(dict.fromkeys([*rest, *f.periods]))
