"""Which rows and columns of a table a question asks a chart of, and in which form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from polysense.make.image.chart.cell_ranges import highlight_cited, with_cell_range
from polysense.make.image.chart.series import (
    MAX_BARS,
    MAX_POINTS,
    MAX_SERIES,
    ChartKind,
    Plot,
    Series,
    note_omissions,
    select_labels,
)
from polysense.make.image.chart.time_labels import is_time, time_order, time_value
from polysense.make.table.question.selection import Selection, select
from polysense.read.table.frame import Frame, value

_TOTAL_NAME = re.compile(
    r"(?i)(?:grand |sub-?)?totals?(?:[ :,].*)?|sum|all|overall|average|mean"
    r"|合计|总计|小计|总数|平均"
)

_TIME_SHARE = 0.6
"""Where this share of the measures are times, the columns run along the axis."""

_MAX_RATIO = 50
"""Columns without units whose largest values differ by more share no axis."""

_SUM_TOLERANCE, _SUM_ROWS = 0.002, 50
"""How far a column's rounded sums may be from its values, and rows that are looked at."""

_DISTINCT_SHARE = 0.9
"""A column of words with this share of different ones names the rows. None of these is measured:
the 60 tables of docs/benchmarks.md hold what is plotted, not which form is chosen.
"""

_MAX_BAR_NAME, _MAX_COLUMN_NAME, _MAX_UPRIGHT = 12, 14, 10
"""Characters of labels, and labels, for which upright bars have room: else they lie."""

_MIN_POINTS = 4
"""Labels that a line or a scatter needs: of fewer times there are bars."""

_KIND_PATTERNS: tuple[tuple[ChartKind, str], ...] = (
    ("scatter", r"\bscatter|\bcorrelat|\bversus\b|\bvs\b|\bagainst\b|散点|相关"),
    ("line", r"\bline (?:chart|graph|plot)|\bcurve\b|折线|曲线"),
    ("bars", r"\bbar (?:chart|graph|plot)|\bcolumn chart|\bbars\b|柱状|条形"),
)


def plan_chart(
    table: Frame, question: str, cited_cells: str = "", context: Sequence[str] = ()
) -> Plot | None:
    """The chart that a question asks of a table; None where the table has no numbers.

    cited_cells: the range that answers. context: what the table and its file are called.
    """
    selection = select(table, question, context)
    subset = table.take(selection.rows, selection.columns)
    if not subset.measures():
        subset = table.take(selection.rows)
    if not subset.measures():
        return None
    label = _label_column(subset, subset.measures())
    # rows with one label: the columns that tell them apart are needed too
    if label is not None and len(set(subset.column(label))) < len(subset.rows):
        distinguishing = [
            i
            for i in range(len(table.columns))
            if table.kind(i) == "text"
            and 1 < len({table.rows[r][i] for r in selection.rows}) <= MAX_SERIES
        ]
        subset = table.take(selection.rows, sorted({*selection.columns, *distinguishing}))
    requested_names = {table.columns[i] for i in selection.requested}
    measures = _measure_columns(subset, requested_names)
    if _requested_kind(question) == "scatter" and len(measures) < 2 == len(subset.measures()):
        measures = subset.measures()  # of two units, which share no axis but make points
    if not measures:
        return None
    subset = _drop_totals(subset, question)
    times = [i for i in measures if is_time(subset.columns[i])]
    label = _label_column(subset, measures)
    if len(times) > 1 and len(times) >= _TIME_SHARE * len(measures):
        plot = _plan_columns_as_labels(subset, times, label, question)
    elif len(subset.rows) == 1 and len(measures) > 1:
        plot = _plan_columns_as_labels(subset, measures, label, question)
    else:
        plot = _plan_rows_as_labels(subset, measures, label, question, requested_names)
    plot = replace(plot, table=table.title, sheet=table.sheet)
    plot = _limit_labels(highlight_cited(plot, cited_cells))
    return with_cell_range(note_omissions(plot, _numbers_asked_for(table, selection)))


def _numbers_asked_for(table: Frame, selection: Selection) -> int:
    """How many numbers stand in the rows and measures that the words name."""
    measures = [c for c in selection.requested if table.kind(c) in ("integer", "number")]
    return sum(value(table.rows[r][c]) is not None for r in selection.rows for c in measures)


def _measure_columns(table: Frame, requested_names: set[str]) -> list[int]:
    """The columns of numbers to show: those named, else all of one unit without their own sums."""
    measures = table.measures()
    requested = [
        i
        for i in range(len(table.columns))
        if table.columns[i] in requested_names and table.kind(i) in ("integer", "number")
    ]
    if requested:
        return requested
    units = [table.unit(i) for i in measures]
    measures = (
        [i for i, u in zip(measures, units, strict=True) if u == units[0]] if measures else []
    )
    if len(measures) > 2:
        measures = [
            i for i in measures if not _is_sum(table, i, [j for j in measures if j != i])
        ] or measures
    if any(table.unit(i) for i in measures) or len(measures) < 2:
        return measures
    sizes = {
        i: max((abs(v) for v in table.numbers(i) if v is not None), default=0.0) for i in measures
    }
    ratios = {i: (sizes[i] or 1.0) / (sizes[measures[0]] or 1.0) for i in measures}
    return [i for i in measures if 1 / _MAX_RATIO <= ratios[i] <= _MAX_RATIO]


def _is_sum(table: Frame, column: int, others: Sequence[int]) -> bool:
    """Whether a column is the sum of the others, or is called so."""
    if _TOTAL_NAME.fullmatch(table.columns[column].strip()):
        return True
    rows = [(row[column], [row[j] for j in others]) for row in table.rows[:_SUM_ROWS]]
    pairs = [(value(a), [value(b) for b in bs]) for a, bs in rows]
    sums = [
        (a, sum(b for b in bs if b is not None))
        for a, bs in pairs
        if a is not None and any(b is not None for b in bs)
    ]
    return len(sums) > 1 and all(abs(a - b) <= _SUM_TOLERANCE * abs(a) + 1e-9 for a, b in sums)


def _label_column(table: Frame, measures: Sequence[int]) -> int | None:
    """The column that names the rows: dates, then words that tell the rows apart, then others."""
    others = [
        i
        for i in range(len(table.columns))
        if i not in measures and table.kind(i) in ("date", "text")
    ]
    dates = [i for i in others if table.kind(i) == "date" and len(set(table.column(i))) > 1]
    if dates:
        return dates[0]
    distinct = [i for i in others if len(set(table.column(i))) >= _DISTINCT_SHARE * len(table.rows)]
    candidates = distinct or others
    if candidates:
        return candidates[0]
    rest = [i for i in range(len(table.columns)) if i not in measures and table.kind(i) != "empty"]
    return rest[0] if rest else None


def _drop_totals(table: Frame, question: str) -> Frame:
    """Without rows of sums, which dwarf what they sum, unless the words ask for them."""
    label = _label_column(table, table.measures())
    if label is None or re.search(r"(?i)\btotals?\b|\baverage\b|\bsum\b|合计|总", question):
        return table
    indices = [
        r for r, row in enumerate(table.rows) if not _TOTAL_NAME.fullmatch(row[label].strip())
    ]
    return table.take(indices) if 1 < len(indices) < len(table.rows) else table


def _cell_address(table: Frame, row: int, column: int) -> str:
    return table.cells[row][column] if table.cells else ""


def _plan_columns_as_labels(
    table: Frame, columns: Sequence[int], label: int | None, question: str
) -> Plot:
    """Columns along the axis, a series for each row.

    For a table whose columns are years, or one row of a wide table.
    """
    order = time_order([table.columns[c] for c in columns])
    columns = [columns[i] for i in order]
    rows = [
        r
        for r, row in enumerate(table.rows)
        if sum(value(row[c]) is not None for c in columns) >= max(1, len(columns) // 2)
    ]
    note = f"the first {MAX_SERIES} of {len(rows)} rows" if len(rows) > MAX_SERIES else ""
    series = []
    for n, r in enumerate(rows[:MAX_SERIES]):
        texts = tuple(table.rows[r][c] for c in columns)
        name = table.rows[r][label] if label is not None else table.title
        cells = tuple(_cell_address(table, r, c) for c in columns)
        series.append(
            Series(
                name or f"row {n + 1}",
                tuple(map(value, texts)),
                texts,
                cells,
                table.unit(columns[0]),
            )
        )
    names = tuple(table.columns[c] or f"column {n}" for n, c in enumerate(columns, 1))
    temporal = all(map(is_time, names))
    kind: ChartKind = (
        "line"
        if temporal and len(names) >= _MIN_POINTS
        else "bars"
        if max(map(len, names)) <= _MAX_COLUMN_NAME and len(names) <= _MAX_UPRIGHT
        else "across"
    )
    requested_kind = _requested_kind(question)
    if requested_kind == "scatter" and len(series) != 2:
        requested_kind = None  # a point has two numbers
    plot = Plot(
        requested_kind or kind,
        "",
        names,
        ("",) * len(names),
        tuple(series),
        temporal,
        note=note,
    )
    if plot.kind != "scatter":
        return plot
    pairs = zip(*(s.values for s in series), strict=True)
    complete = [i for i, pair in enumerate(pairs) if None not in pair]
    return select_labels(plot, complete) if complete else replace(plot, kind=kind)


def _plan_rows_as_labels(
    table: Frame,
    measures: Sequence[int],
    label: int | None,
    question: str,
    requested_names: set[str],
) -> Plot:
    """Rows along the axis, a series for each column."""
    requested_kind = _requested_kind(question)
    requested = [table.columns[i] for i in measures if table.columns[i] in requested_names]
    units = {table.unit(i) for i in measures}
    if (
        len(measures) == 2
        and len(table.rows) >= _MIN_POINTS
        and (requested_kind == "scatter" or (len(units) > 1 and len(requested) == 2))
        and any(all(value(row[i]) is not None for i in measures) for row in table.rows)
    ):
        return _plan_scatter(table, measures, label)
    if (
        label is not None
        and len(set(table.column(label))) < len(table.rows)
        and (plot := _plan_long_table(table, measures, label, question))
    ):
        return plot
    measures = [i for i in measures if table.unit(i) == table.unit(measures[0])][:MAX_SERIES]
    labels = _row_labels(table, label)
    temporal = label is not None and table.kind(label) == "date" and len(set(labels)) > 1
    order = time_order(labels) if temporal else list(range(len(labels)))
    order = [r for r in order if any(value(table.rows[r][i]) is not None for i in measures)]
    labels = [labels[r] for r in order]
    series = tuple(_column_series(table, i, order) for i in measures)
    places = tuple(_cell_address(table, r, label) if label is not None else "" for r in order)
    kind: ChartKind = (
        "line"
        if temporal
        and len(labels) >= _MIN_POINTS
        and any(time_value(x) is not None for x in labels)
        else "bars"
    )
    if kind == "bars" and (
        max(map(len, labels), default=0) > _MAX_BAR_NAME
        or (len(labels) > _MAX_UPRIGHT and not temporal)
    ):
        kind = "across"
    requested_form = requested_kind if requested_kind in ("line", "bars") else None
    kind = "across" if requested_form == "bars" and kind == "across" else requested_form or kind
    return Plot(
        kind,
        table.columns[label] if label is not None else "",
        tuple(labels),
        places,
        series,
        temporal,
    )


def _plan_long_table(
    table: Frame, measures: Sequence[int], label: int, question: str
) -> Plot | None:
    """A series for each value of a second column of words; None where a long table has none."""
    others = [
        i
        for i in range(len(table.columns))
        if i not in (label, *measures) and table.kind(i) == "text"
    ]
    series_column = next((i for i in others if 1 < len(set(table.column(i))) <= MAX_SERIES), None)
    if series_column is None:
        return None
    rows_by_key = {(row[label], row[series_column]): r for r, row in enumerate(table.rows)}
    if len(rows_by_key) < len(table.rows):
        return None
    labels = list(dict.fromkeys(table.column(label)))
    labels = [labels[i] for i in time_order(labels)] if table.kind(label) == "date" else labels
    measure, series = measures[0], []
    for name in dict.fromkeys(table.column(series_column)):
        rows = [rows_by_key.get((x, name)) for x in labels]
        texts = tuple("" if r is None else table.rows[r][measure] for r in rows)
        cells = tuple("" if r is None else _cell_address(table, r, measure) for r in rows)
        series.append(Series(name, tuple(map(value, texts)), texts, cells, table.unit(measure)))
    temporal = table.kind(label) == "date"
    kind: ChartKind = (
        "line"
        if temporal and len(labels) >= _MIN_POINTS
        else "bars"
        if max(map(len, labels)) <= _MAX_BAR_NAME and len(labels) <= _MAX_UPRIGHT
        else "across"
    )
    firsts = [next(r for r, row in enumerate(table.rows) if row[label] == x) for x in labels]
    places = tuple(_cell_address(table, r, label) for r in firsts)
    requested_kind = _requested_kind(question)
    return Plot(
        requested_kind if requested_kind in ("line", "bars") else kind,
        table.columns[label],
        tuple(labels),
        places,
        tuple(series),
        temporal,
        measure=table.columns[measure],
    )


def _plan_scatter(table: Frame, measures: Sequence[int], label: int | None) -> Plot:
    rows = [
        r for r, row in enumerate(table.rows) if all(value(row[i]) is not None for i in measures)
    ]
    labels = _row_labels(table, label)
    places = tuple(_cell_address(table, r, label) if label is not None else "" for r in rows)
    series = tuple(_column_series(table, i, rows) for i in measures)
    return Plot(
        "scatter",
        table.columns[label] if label is not None else "",
        tuple(labels[r] for r in rows),
        places,
        series,
    )


def _column_series(table: Frame, column: int, rows: Sequence[int]) -> Series:
    texts = tuple(table.rows[r][column] for r in rows)
    return Series(
        table.columns[column],
        tuple(map(value, texts)),
        texts,
        tuple(_cell_address(table, r, column) for r in rows),
        table.unit(column),
    )


def _row_labels(table: Frame, label: int | None) -> list[str]:
    if label is None:
        return [str(n) for n in range(1, len(table.rows) + 1)]
    return [row[label] or f"row {n}" for n, row in enumerate(table.rows, 1)]


def _requested_kind(question: str) -> ChartKind | None:
    return next(
        (kind for kind, pattern in _KIND_PATTERNS if re.search(pattern, question, re.I)), None
    )


def _limit_labels(plot: Plot) -> Plot:
    """So much that it can be read: the largest bars of many, every n-th point of a long line."""
    n, limit = len(plot.labels), MAX_BARS if plot.kind in ("bars", "across") else MAX_POINTS
    if n <= limit:
        return plot
    if plot.kind in ("bars", "across") and not plot.temporal:
        largest = sorted(range(n), key=lambda i: -abs(plot.series[0].values[i] or 0.0))[:limit]
        return replace(
            select_labels(plot, sorted(largest)), note=f"the {limit} largest of {n}", kind="across"
        )
    step = -(-n // MAX_POINTS)
    plot = select_labels(plot, range(0, n, step)) if step > 1 else plot
    return replace(
        plot,
        kind="scatter" if plot.kind == "scatter" else "line",
        note=f"every {step}th of {n} rows" if step > 1 else "",
    )
