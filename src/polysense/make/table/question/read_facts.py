"""Reads the facts of a question: limits, years, cells, columns, and what is asked without a name."""

from __future__ import annotations

from polysense.make.table.question.attributes import attribute_column
from polysense.make.table.question.facts import Facts
from polysense.make.table.question.limits import is_span, read_bounds, read_years
from polysense.make.table.question.profile import Condition
from polysense.make.table.question.reading import Mention, Reading


def facts(reading: Reading) -> Facts:
    """The facts of a reading."""
    result = Facts(reading)
    read_bounds(result)
    read_years(result)
    _read_cells(result)
    _read_columns(result)
    _read_attributes(result)
    if unused := [
        m
        for m in reading.mentions
        if m.kind == "number" and not result.explained.issuperset(m.positions)
    ]:
        result.problem = result.problem or f"number {unused[0].values[0]}"
    return result


def _read_cells(f: Facts) -> None:
    """Conditions that cells make: any of several of one column, all of several columns."""
    r = f.reading
    cells = [
        m
        for m in r.mentions
        if m.kind in ("cell", "cell_part") and not f.explained.issuperset(m.positions)
    ]
    columns = r.named_columns
    for m in cells:
        rows = {c: r.rows([Condition(c, "in", m.values, frozenset())]) for c in m.columns}
        differ = len({tuple(n) for n in rows.values()}) > 1
        if differ and len(columns & set(m.columns)) != 1:
            f.problem = "a cell of several columns"
    for column in dict.fromkeys(_column_of(m, columns) for m in cells):
        own = [m for m in cells if _column_of(m, columns) == column]
        whole = [m for m in own if m.kind == "cell"]
        at = frozenset(i for m in own for i in m.positions)
        if whole:
            values = tuple(dict.fromkeys(c for m in whole for c in m.values))
            if len(whole) == 2 and not f.ends:
                f.ends = [Condition(column, "in", m.values, frozenset(m.positions)) for m in whole]
            if len(whole) == 2 and is_span(r, *whole):
                values = _cells_between(r, column, *(m.values[0] for m in whole)) or values
                f.is_span = True
            if any(not any(p in values for p in m.values) for m in own if m not in whole):
                f.problem = "parts of other cells"
            f.where.append(Condition(column, "in", values, at))
            continue
        common = set.intersection(*(set(m.values) for m in own))
        either = set().union(*(m.values for m in own))
        every = [c for c in r.frame.column(column) if c in (common or either)]
        if len(set(every)) == len({c for c in r.frame.column(column) if c}):
            continue  # what all rows say is said of the table
        f.where.append(Condition(column, "in", tuple(dict.fromkeys(every)), at, is_partial=True))


def _column_of(mention: Mention, columns: frozenset[int]) -> int:
    """The column of a cell: of several that have it, the one that is named."""
    return next((c for c in mention.columns if c in columns), mention.columns[0])


def _cells_between(r: Reading, column: int, first: str, last: str) -> tuple[str, ...]:
    """The cells from one to another, as the table has them in order."""
    cells = r.frame.column(column)
    a, b = cells.index(first), len(cells) - 1 - cells[::-1].index(last)
    return tuple(dict.fromkeys(c for c in cells[a : b + 1] if c)) if a <= b else ()


def _read_columns(f: Facts) -> None:
    """The columns that are named; of a part of several names, the one that the years decide."""
    r = f.reading
    whole = [c for m in r.mentions if m.kind == "column" for c in m.columns]
    parts = [set(m.columns) for m in r.mentions if m.kind == "column_part"]
    each = f.phrase("word", "each")
    for m in r.mentions:
        if m.kind not in ("column", "column_part") or f.explained.issuperset(m.positions):
            continue
        options = set(m.columns)
        for other in parts:
            options = options & other or options
        if f.periods and options & set(f.periods):
            f.periods = [c for c in f.periods if c in options]
            continue
        if m.kind == "column_part" and options & set(whole):
            continue
        if len(options) > 1 and not options <= set(r.periods):
            f.problem = f.problem or "several columns"
        options_in_order = sorted(options)[:1] if len(options) == 1 else sorted(options)
        if each is not None and each.positions.stop <= m.positions.start <= each.positions.stop + 1:
            f.each += options_in_order
        f.columns += [c for c in options_in_order if c not in f.columns]


def _read_attributes(f: Facts) -> None:
    """What is asked of a thing without the name of its column: how deep, who, when."""
    r = f.reading
    for m in list(r.mentions):
        options = [e.meaning for e in m.entries if e.kind == "attribute"]
        is_operation = m.means("operation") and not r.asks_meaning(m)
        if not options or is_operation or f.explained.issuperset(m.positions):
            continue
        columns = [c for o in options if (c := attribute_column(r, o)) is not None]
        if not columns and options[0] == "person" and (column := _only_names(f)) is not None:
            columns = [column]
        if columns:
            f.columns += [c for c in columns[:1] if c not in f.columns]
        elif not m.means("word"):
            f.problem = f.problem or f"no column for {' '.join(options)}"


def _only_names(f: Facts) -> int | None:
    """The one column of words beside those that the conditions are on, where somebody is asked."""
    r = f.reading
    if any(m.means("attribute", "person") and len(m.positions) > 1 for m in r.mentions):
        return None  # "in charge of" asks for more than for a name
    conditions = {c.column for c in f.where}
    others = [i for i, k in enumerate(r.kinds) if k == "text" and i not in conditions]
    return others[0] if len(others) == 1 else None
