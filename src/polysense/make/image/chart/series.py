"""What of a table a chart shows, and in which form: the rows, columns and cells that a question
asks about, exactly as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from polysense.read.table import column_question
from polysense.read.table.frame import Frame, pick, value

Kind = Literal["line", "bars", "across", "scatter"]

MOST_SERIES, MOST_BARS, MOST_POINTS = 6, 30, 2_000
_TOTAL = re.compile(
    r"(?i)(?:grand |sub-?)?totals?(?:[ :,].*)?|sum|all|overall|average|mean|合计|总计|小计|总数|平均"
)
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("scatter", r"\bscatter|\bcorrelat|\bversus\b|\bvs\b|\bagainst\b|散点|相关"),
    ("line", r"\bline (?:chart|graph|plot)|\bcurve\b|折线|曲线"),
    ("bars", r"\bbar (?:chart|graph|plot)|\bcolumn chart|\bbars\b|柱状|条形"),
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 - as it is read
_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")


@dataclass(frozen=True, slots=True)
class Series:
    """One measure: its name, its values beside the labels (None where a cell is empty), how the
    cells show them, and their addresses.
    """

    name: str
    values: tuple[float | None, ...]
    shown: tuple[str, ...]
    cells: tuple[str, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart's content. labels stand along the axis named `axis`; note says what was left out;
    marked are the cited labels.
    """

    kind: Kind
    axis: str
    labels: tuple[str, ...]
    places: tuple[str, ...]
    series: tuple[Series, ...]
    temporal: bool = False
    table: str = ""
    range: str = ""
    sheet: str = ""
    note: str = ""
    marked: frozenset[int] = frozenset()

    def data(self) -> dict[str, Any]:
        """The plotted cells: column names, rows of a label and its values, and the rows' addresses."""
        rows = [[label, *(s.values[i] for s in self.series)] for i, label in enumerate(self.labels)]
        cells = [[place, *(s.cells[i] for s in self.series)] for i, place in enumerate(self.places)]
        units = [s.unit for s in self.series]
        return {
            "columns": [self.axis, *(s.name for s in self.series)],
            "rows": rows,
            "cells": cells,
            "units": units,
            "sheet": self.sheet,
        }


def plan(found: Frame, words: str, cited: str = "") -> Plot | None:
    """The chart that a question asks of a table; None where the table has no numbers. cited is the
    range of cells that answers.
    """
    chosen = pick(found, words)
    if not chosen.measures():
        chosen = found
    label = _label(chosen, chosen.measures())
    # what tells such rows apart is needed too
    if label is not None and len(set(chosen.column(label))) < len(chosen.rows):
        apart = [
            n
            for i, n in enumerate(found.columns)
            if found.kind(i) == "text" and 1 < len(set(found.column(i))) <= MOST_SERIES
        ]
        chosen = pick(found, " ".join((words, chosen.columns[label], *apart)))
    named = column_question.columns(found.columns, words)
    said = {found.columns[i] for i in named}
    measures = _measures(chosen, said)
    if not measures:
        return None
    chosen = _without_totals(chosen, words)
    times = [i for i in measures if _is_time(chosen.columns[i])]
    label = _label(chosen, measures)
    if len(times) > 1 and len(times) >= 0.6 * len(measures):
        plot = _turned(chosen, times, label, words)
    elif len(chosen.rows) == 1 and len(measures) > 1:
        plot = _turned(chosen, measures, label, words)
    else:
        plot = _upright(chosen, measures, label, words, said)
    plot = replace(plot, table=found.title, sheet=found.sheet)
    return _ranged(_bounded(_marked(plot, cited)))


def moment(said: str) -> float | None:
    """When a label says it is, as a number that orders labels of one kind; None where it says no
    time.

    >>> moment("2019") < moment("2020-03"), moment("March") < moment("Oct"), moment("Tea")
    (True, True, None)
    """
    low = said.strip().lower()
    if m := re.fullmatch(
        r"(\d{4})[-/年.]\s*(\d{1,2})(?:[-/月.]\s*(\d{1,2})日?)?月?(?:[t ].*)?", low
    ):
        try:
            return date(int(m[1]), int(m[2]), int(m[3] or 1)).toordinal() / 365.2425
        except ValueError:
            return None
    if m := re.search(
        rf"\b({'|'.join(_MONTHS)})[a-z]*\.?(?:\s+(\d{{1,2}}),?)?(?:[\s-]+'?(\d{{4}}))?$", low
    ):
        day = re.match(r"(?:[a-z]{3,9},?\s+)?(\d{1,2})\s", low)
        return int(m[3] or 0) + _MONTHS.index(m[1]) / 12 + int(m[2] or (day[1] if day else 0)) / 400
    if m := re.fullmatch(r"(\d{1,2})\s*月", low):
        return int(m[1]) / 12
    if m := re.fullmatch(r"q([1-4])(?:\s+(\d{4}))?|(\d{4})[\s-]?q([1-4])", low):
        return int(m[2] or m[3] or 0) + int(m[1] or m[4]) / 4
    m = _YEAR.search(low)
    return float(m[0]) if m and len(low) <= 24 else None


def _is_time(name: str) -> bool:
    return len(name) <= 60 and (bool(_YEAR.search(name)) or moment(name) is not None)


def _measures(found: Frame, said: set[str]) -> list[int]:
    """The columns of numbers to show: those named, else all of one unit without their own sums."""
    held = found.measures()
    named = [
        i
        for i in range(len(found.columns))
        if found.columns[i] in said and found.kind(i) in ("integer", "number")
    ]
    if named:
        return named
    units = [found.unit(i) for i in held]
    held = [i for i, u in zip(held, units, strict=True) if u == units[0]] if held else []
    if len(held) > 2:
        held = [i for i in held if not _sums(found, i, [j for j in held if j != i])] or held
    if any(found.unit(i) for i in held) or len(held) < 2:
        return held
    sizes = {i: max((abs(v) for v in found.numbers(i) if v is not None), default=0.0) for i in held}
    return [i for i in held if 0.02 <= (sizes[i] or 1.0) / (sizes[held[0]] or 1.0) <= 50]


def _sums(found: Frame, i: int, others: Sequence[int]) -> bool:
    """Whether a column is the sum of the others, or is called so."""
    if _TOTAL.fullmatch(found.columns[i].strip()):
        return True
    rows = [(row[i], [row[j] for j in others]) for row in found.rows[:50]]
    pairs = [(value(a), [value(b) for b in bs]) for a, bs in rows]
    known = [
        (a, sum(b for b in bs if b is not None))
        for a, bs in pairs
        if a is not None and any(b is not None for b in bs)
    ]
    return len(known) > 1 and all(abs(a - b) <= 0.002 * abs(a) + 1e-9 for a, b in known)


def _label(found: Frame, measures: Sequence[int]) -> int | None:
    """The column that names the rows: dates before words, and words that tell the rows apart before
    others.
    """
    others = [
        i
        for i in range(len(found.columns))
        if i not in measures and found.kind(i) in ("date", "text")
    ]
    dates = [i for i in others if found.kind(i) == "date" and len(set(found.column(i))) > 1]
    if dates:
        return dates[0]
    apart = [i for i in others if len(set(found.column(i))) >= 0.9 * len(found.rows)]
    named = apart or others
    if named:
        return named[0]
    rest = [i for i in range(len(found.columns)) if i not in measures and found.kind(i) != "empty"]
    return rest[0] if rest else None


def _without_totals(found: Frame, words: str) -> Frame:
    """Without rows of sums, which dwarf what they sum, unless the words ask for them."""
    label = _label(found, found.measures())
    if label is None or re.search(r"(?i)\btotals?\b|\baverage\b|\bsum\b|合计|总", words):
        return found
    kept = [r for r, row in enumerate(found.rows) if not _TOTAL.fullmatch(row[label].strip())]
    return found.take(kept) if 1 < len(kept) < len(found.rows) else found


def _address(found: Frame, row: int, column: int) -> str:
    return found.cells[row][column] if found.cells else ""


def _turned(found: Frame, columns: Sequence[int], label: int | None, words: str) -> Plot:
    """Columns along the axis, a series for each row: a table whose columns are years, or one row of
    a wide table.
    """
    order = _ordered([found.columns[c] for c in columns])
    columns = [columns[i] for i in order]
    rows = [
        r
        for r, row in enumerate(found.rows)
        if sum(value(row[c]) is not None for c in columns) >= max(1, len(columns) // 2)
    ]
    note = f"the first {MOST_SERIES} of {len(rows)} rows" if len(rows) > MOST_SERIES else ""
    series = []
    for n, r in enumerate(rows[:MOST_SERIES]):
        shown = tuple(found.rows[r][c] for c in columns)
        name = found.rows[r][label] if label is not None else found.title
        cells = tuple(_address(found, r, c) for c in columns)
        series.append(
            Series(
                name or f"row {n + 1}",
                tuple(map(value, shown)),
                shown,
                cells,
                found.unit(columns[0]),
            )
        )
    names = tuple(found.columns[c] or f"column {n}" for n, c in enumerate(columns, 1))
    temporal = all(map(_is_time, names))
    kind: Kind = (
        "line"
        if temporal and len(names) > 3
        else "bars"
        if max(map(len, names)) <= 14 and len(names) <= 10
        else "across"
    )
    return Plot(
        _kind_asked(words) or kind,
        "",
        names,
        ("",) * len(names),
        tuple(series),
        temporal,
        note=note,
    )


def _upright(
    found: Frame, measures: Sequence[int], label: int | None, words: str, said: set[str]
) -> Plot:
    """Rows along the axis, a series for each column."""
    asked_kind = _kind_asked(words)
    named = [found.columns[i] for i in measures if found.columns[i] in said]
    units = {found.unit(i) for i in measures}
    if (
        len(measures) == 2
        and len(found.rows) > 3
        and (asked_kind == "scatter" or (len(units) > 1 and len(named) == 2))
    ):
        return _scatter(found, measures, label)
    if (
        label is not None
        and len(set(found.column(label))) < len(found.rows)
        and (plot := _parted(found, measures, label, words))
    ):
        return plot
    measures = [i for i in measures if found.unit(i) == found.unit(measures[0])][:MOST_SERIES]
    labels = _labels(found, label)
    temporal = label is not None and found.kind(label) == "date" and len(set(labels)) > 1
    order = _ordered(labels) if temporal else list(range(len(labels)))
    order = [r for r in order if any(value(found.rows[r][i]) is not None for i in measures)]
    labels = [labels[r] for r in order]
    series = tuple(_column(found, i, order) for i in measures)
    places = tuple(_address(found, r, label) if label is not None else "" for r in order)
    kind: Kind = (
        "line"
        if temporal and len(labels) > 3 and any(moment(x) is not None for x in labels)
        else "bars"
    )
    if kind == "bars" and (
        max(map(len, labels), default=0) > 12 or (len(labels) > 10 and not temporal)
    ):
        kind = "across"
    wanted = asked_kind if asked_kind in ("line", "bars") else None
    kind = "across" if wanted == "bars" and kind == "across" else wanted or kind
    return Plot(
        kind,
        found.columns[label] if label is not None else "",
        tuple(labels),
        places,
        series,
        temporal,
    )


def _parted(found: Frame, measures: Sequence[int], label: int, words: str) -> Plot | None:
    """A long table, whose second column of words parts it: each of its values becomes a series."""
    others = [
        i
        for i in range(len(found.columns))
        if i not in (label, *measures) and found.kind(i) == "text"
    ]
    by = next((i for i in others if 1 < len(set(found.column(i))) <= MOST_SERIES), None)
    if by is None:
        return None
    spots = {(row[label], row[by]): r for r, row in enumerate(found.rows)}
    if len(spots) < len(found.rows):
        return None
    labels = list(dict.fromkeys(found.column(label)))
    labels = [labels[i] for i in _ordered(labels)] if found.kind(label) == "date" else labels
    measure, series = measures[0], []
    for name in dict.fromkeys(found.column(by)):
        at = [spots.get((x, name)) for x in labels]
        shown = tuple("" if r is None else found.rows[r][measure] for r in at)
        cells = tuple("" if r is None else _address(found, r, measure) for r in at)
        series.append(Series(name, tuple(map(value, shown)), shown, cells, found.unit(measure)))
    temporal = found.kind(label) == "date"
    kind: Kind = (
        "line"
        if temporal and len(labels) > 3
        else "bars"
        if max(map(len, labels)) <= 12 and len(labels) <= 10
        else "across"
    )
    firsts = [next(r for r, row in enumerate(found.rows) if row[label] == x) for x in labels]
    places = tuple(_address(found, r, label) for r in firsts)
    asked_kind = _kind_asked(words)
    return Plot(
        asked_kind if asked_kind in ("line", "bars") else kind,
        found.columns[label],
        tuple(labels),
        places,
        tuple(series),
        temporal,
    )


def _scatter(found: Frame, measures: Sequence[int], label: int | None) -> Plot:
    rows = [
        r for r, row in enumerate(found.rows) if all(value(row[i]) is not None for i in measures)
    ]
    labels = _labels(found, label)
    places = tuple(_address(found, r, label) if label is not None else "" for r in rows)
    series = tuple(_column(found, i, rows) for i in measures)
    return Plot(
        "scatter",
        found.columns[label] if label is not None else "",
        tuple(labels[r] for r in rows),
        places,
        series,
    )


def _column(found: Frame, i: int, rows: Sequence[int]) -> Series:
    shown = tuple(found.rows[r][i] for r in rows)
    return Series(
        found.columns[i],
        tuple(map(value, shown)),
        shown,
        tuple(_address(found, r, i) for r in rows),
        found.unit(i),
    )


def _labels(found: Frame, label: int | None) -> list[str]:
    if label is None:
        return [str(n) for n in range(1, len(found.rows) + 1)]
    return [row[label] or f"row {n}" for n, row in enumerate(found.rows, 1)]


def _ordered(labels: Sequence[str]) -> list[int]:
    """Indices in the order of time where all labels say when; else as they stand."""
    at = [moment(x) for x in labels]
    return (
        sorted(range(len(labels)), key=lambda i: at[i] or 0.0)
        if all(t is not None for t in at)
        else list(range(len(labels)))
    )


def _kind_asked(words: str) -> Kind | None:
    return next((kind for kind, said in _KINDS if re.search(said, words, re.I)), None)


def _bounded(plot: Plot) -> Plot:
    """So much that it can be read: the largest bars of many, every n-th point of a long line."""
    n, most = len(plot.labels), MOST_BARS if plot.kind in ("bars", "across") else MOST_POINTS
    if n <= most:
        return plot
    if plot.kind in ("bars", "across") and not plot.temporal:
        largest = sorted(range(n), key=lambda i: -abs(plot.series[0].values[i] or 0.0))[:most]
        return replace(
            _only(plot, sorted(largest)), note=f"the {most} largest of {n}", kind="across"
        )
    step = -(-n // MOST_POINTS)
    plot = _only(plot, range(0, n, step)) if step > 1 else plot
    return replace(
        plot,
        kind="scatter" if plot.kind == "scatter" else "line",
        note=f"every {step}th of {n} rows" if step > 1 else "",
    )


def _only(plot: Plot, keep: Sequence[int]) -> Plot:
    def of(values: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(values[i] for i in keep)

    series = tuple(
        replace(s, values=of(s.values), shown=of(s.shown), cells=of(s.cells)) for s in plot.series
    )
    marked = frozenset(n for n, i in enumerate(keep) if i in plot.marked)
    return replace(
        plot, labels=of(plot.labels), places=of(plot.places), series=series, marked=marked
    )


def _marked(plot: Plot, cited: str) -> Plot:
    """With the labels whose cells answer, where these are few of them."""
    m = re.fullmatch(r"(?:.*!)?[A-Z]+(\d+)(?::[A-Z]+(\d+))?", cited, re.S)
    if not m:
        return plot
    first, last = int(m[1]), int(m[2] or m[1])
    found = set()
    for i in range(len(plot.labels)):
        rows = [int(n[0]) for s in plot.series if (n := re.findall(r"\d+", s.cells[i]))]
        if rows and all(first <= r <= last for r in rows):
            found.add(i)
    return (
        replace(plot, marked=frozenset(found)) if 0 < len(found) <= 0.4 * len(plot.labels) else plot
    )


def _ranged(plot: Plot) -> Plot:
    """With the ranges of the cells that are shown: columns side by side together."""
    columns = [plot.places, *(s.cells for s in plot.series)] if plot.places else []
    columns = sorted((c for c in columns if any(c)), key=lambda c: (len(_letters(c)), _letters(c)))
    groups: list[list[tuple[str, ...]]] = []
    for column in columns:
        if groups and _index(_letters(column)) - _index(_letters(groups[-1][-1])) <= 1:
            groups[-1].append(column)
        else:
            groups.append([column])
    ranges = [Frame((), (), tuple(zip(*g, strict=True)), "").range for g in groups]
    said = (
        ", ".join(dict.fromkeys(ranges))
        if len(ranges) <= 4
        else Frame((), (), tuple(zip(*columns, strict=True)), "").range
    )
    return replace(plot, range=f"{plot.sheet}!{said}" if plot.sheet and said else said)


def _letters(cells: Sequence[str]) -> str:
    return next((re.sub(r"\d", "", c) for c in cells if c), "")


def _index(letters: str) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at
