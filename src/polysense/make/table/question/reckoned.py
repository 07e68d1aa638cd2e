"""Plans for what is reckoned from several cells: changes, differences, averages, sums."""

from __future__ import annotations

from collections.abc import Sequence

from polysense.make.table.question.facts import Facts
from polysense.make.table.question.names import operation_name
from polysense.make.table.question.normalise import CJK, SUM
from polysense.make.table.question.plan import Plan, column_sql, name_with_unit
from polysense.make.table.question.profile import Condition, TableProfile
from polysense.make.table.question.reading import Reading
from polysense.make.table.question.row_plan import asked_columns, label_of, rows_plan


def change_plan(f: Facts, operations: set[str]) -> Plan | None:
    """What changed between two years or two rows, or how far two rows are apart."""
    r = f.reading
    how = (
        "percent"
        if "percent" in operations
        else "change"
        if "change" in operations
        else "difference"
    )
    if len(operations) > 1 and operations != {"percent", "change"}:
        return None
    rows = r.rows(f.where)
    periods = f.periods or ([c for c in r.periods if c in r.measures] if not f.ends else [])
    if len(periods) > 2 and f.is_span:
        periods = [periods[0], periods[-1]]
    if len(rows) == 1 and len(periods) == 2:
        first, last = ((rows[0], c) for c in sorted(periods, key=lambda c: r.periods[c]))
        names = [r.frame.columns[c] for _, c in (first, last)]
        label = label_of(f)
        subject = r.frame.rows[rows[0]][label] if label is not None else r.frame.title
    elif len(f.ends) == 2 and not periods:
        ends = [_row_of(f, end) for end in f.ends]
        measure = named_measure(f)
        if None in ends or measure is None:
            return None
        first, last = ((row, measure) for row in ends if row is not None)
        names = [end.values[0] for end in f.ends]
        subject = r.frame.columns[measure]
    else:
        return None
    if any(r.frame.numbers(c)[row] is None for row, c in (first, last)):
        return None
    if how == "percent" and any("%" in r.frame.rows[row][c] for row, c in (first, last)):
        return None
    if how == "difference" and _number(r, last) < _number(r, first):
        first, last = last, first
    a, b = (f"max({column_sql(r, c)}) FILTER (_row = {row + 1})" for row, c in (first, last))
    sql = f"round(100 * ({b} - {a}) / {a}, 2)" if how == "percent" else f"round({b} - {a}, 6)"
    name = operation_label(r, how, subject, names)
    return _computed(f, how, ((sql, name),), [last, first])


def operation_label(r: Reading, how: str, subject: str, ends: Sequence[str] = ()) -> str:
    """What a reckoned value is called, in the question's language."""
    language = "zh" if any(CJK.match(t.raw) for t in r.tokens) else r.language
    return operation_name(language, how, subject, ends)


def _number(r: Reading, cell: tuple[int, int]) -> float:
    return r.frame.numbers(cell[1])[cell[0]] or 0.0


def _row_of(f: Facts, end: Condition) -> int | None:
    """The one row of an end of a span, under all other conditions."""
    others = [c for c in f.where if c.column != end.column]
    rows = f.reading.rows([*others, end])
    return rows[0] if len(rows) == 1 else None


def named_measure(f: Facts) -> int | None:
    """The one column of numbers that is meant: named, else the only one that can be added."""
    r = f.reading
    conditions = {c.column for c in f.where if c.op == "in"}
    named_columns = [c for c in f.measures if c not in conditions]
    if named_columns:
        return named_columns[0] if len(named_columns) == 1 else None
    additive = [c for c in r.measures if c not in r.periods and r.is_additive(c)]
    return additive[0] if len(additive) == 1 and not asked_columns(f) else None


def _computed(
    f: Facts, how: str, select: tuple[tuple[str, str], ...], operands: Sequence[tuple[int, int]]
) -> Plan:
    """A value that is reckoned from cells."""
    cells = tuple(dict.fromkeys(c for _, c in operands))
    return Plan(
        how, select, 0, cells, tuple(f.where), operands=tuple(operands), label=label_of(f),
        is_certain=True,
    )  # fmt: skip


def aggregate_plan(f: Facts, how: str) -> Plan | None:
    """The average or the sum of the rows and columns named."""
    r = f.reading
    rows = r.rows(f.where)
    measure = None if f.periods else named_measure(f)
    columns = f.periods or ([] if measure is None else [measure])
    if not columns or not rows or (f.periods and len(rows) != 1):
        return None
    if how == "sum" and not all(r.is_additive(c) or c in r.periods for c in columns):
        return None
    if any(r.is_rank(c) for c in columns) or f.each:
        return None
    operands = [(row, c) for row in rows for c in columns if r.frame.numbers(c)[row] is not None]
    if len(operands) == 1 and how == "sum":
        return rows_plan(f, "lookup", columns, columns[0])
    if len(operands) < 2 or (f.periods and len(operands) < len(columns)):
        return None
    if f.periods:
        total = " + ".join(column_sql(r, c) for c in columns)
        sql = (
            f"round(max({total}), 6)"
            if how == "sum"
            else f"round(max({total}) / {len(columns)}, 4)"
        )
        label = label_of(f)
        subject = r.frame.rows[rows[0]][label] if label is not None else ""
        span = "-" if f.is_span else ", "
        ends = [r.frame.columns[c] for c in columns]
        years = span.join([ends[0], ends[-1]] if f.is_span else ends)
        name = operation_label(r, how, f"{subject} ({years})" if subject else years)
    else:
        function = "avg" if how == "average" else "sum"
        digits = 4 if how == "average" else 6
        sql = f"round({function}({column_sql(r, columns[0])}), {digits})"
        name = operation_label(r, how, name_with_unit(r, columns[0]))
    return _computed(f, how, ((sql, name),), operands)


def row_of_total(profile: TableProfile, plan: Plan) -> Plan | None:
    """The plan that gives the row in which a table itself says the sum of a column; None where it
    has no such row, and of any other plan.
    """
    if plan.how != "sum" or plan.where or len(plan.cells) != 1:
        return None
    measure = plan.cells[0]
    row = profile.sum_row(measure)
    if row is None:
        return None
    cells = profile.frame.rows[row]
    label = next(i for i, cell in enumerate(cells) if SUM.fullmatch(cell))
    if profile.days(label):
        return None  # among days, a word is no condition
    select = tuple((column_sql(profile, c), profile.names[c]) for c in (label, measure))
    where = (Condition(label, "in", (cells[label],), frozenset()),)
    return Plan(
        "lookup", select, 1, (measure,), where, rows=True, label=label,
        is_certain=plan.is_certain, passed_over=plan.passed_over,
    )  # fmt: skip
