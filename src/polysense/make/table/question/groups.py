"""Plans for a value of each of several things: rows as they stand, or rows put together."""

from __future__ import annotations

from polysense.make.table.question.facts import Facts
from polysense.make.table.question.plan import Plan, column_sql, name_with_unit
from polysense.make.table.question.reckoned import named_measure, operation_label
from polysense.make.table.question.row_plan import rows_plan


def each_plan(f: Facts) -> Plan | None:
    """A value for each cell of a column: of one row where its cells tell the rows apart, else the
    sum or the average of those that share a cell; never one value of all.
    """
    r = f.reading
    operations = f.operations()
    if len(f.each) != 1 or not operations <= {"sum", "average"} or len(operations) > 1:
        return None
    key, measure = f.each[0], named_measure(f)
    if measure is None or key == measure or r.is_rank(measure):
        return None
    cells = [r.frame.rows[n][key] for n in r.rows(f.where)]
    if len(set(cells)) == len(cells):
        f.columns = [key, *(c for c in f.columns if c != key)]
        return rows_plan(f, "lookup", [measure], measure)
    how = "average" if operations == {"average"} else "sum"
    return None if how == "sum" and not r.is_additive(measure) else _group(f, key, measure, how)


def leading_group(f: Facts, key: int, measure: int, descending: bool) -> Plan | None:
    """The cell of a column whose rows come to most: "Which category cost the most in total?"."""
    r = f.reading
    if not r.is_additive(measure) or r.is_rank(measure) or key == measure:
        return None
    order = f"sum({column_sql(r, measure)}) {'DESC' if descending else 'ASC'}"
    return _group(f, key, measure, "sum", f" QUALIFY rank() OVER (ORDER BY {order}) <= 1")


def _group(f: Facts, key: int, measure: int, how: str, only: str = "") -> Plan:
    r = f.reading
    function, digits = ("avg", 4) if how == "average" else ("sum", 6)
    name = column_sql(r, key)
    value = f"round({function}({column_sql(r, measure)}), {digits})"
    select = ((name, r.names[key]), (value, operation_label(r, how, name_with_unit(r, measure))))
    order = "" if only else " ORDER BY min(_row)"
    return Plan(
        "group", select, 1, (measure,), tuple(f.where), f"{name} <> ''",
        f"GROUP BY {name}{only}{order}", is_certain=True,
    )  # fmt: skip
