"""A table read back from a chunk's words.

Its lines are cells ("Tea | $3.50"), or cells with labels ("Item: Tea; Price: $3.50").
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from polysense.read.table.cells import CELL_RANGE, column_index, column_letters, header
from polysense.types import Span, TextSpan

_MOST_COLUMNS, _MOST_ROWS = 400, 10_000
"""Columns and rows that are read: those of a table of several chunks. Judged."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns, rows of cells as long as these, and the cells' addresses where marks tell them.

    spans are the rows' places where marks tell them, else none. is_cut: more rows follow.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cells: tuple[tuple[str, ...], ...] = ()
    sheet: str = ""
    spans: tuple[Span, ...] = ()
    is_cut: bool = False


def rows(text: str, marks: Sequence[TextSpan] = ()) -> Rows | None:
    """The table that the words of a chunk tell; None where they tell none.

    >>> rows("Item | Price\\nItem: Tea; Price: $3.50\\nItem: Coffee; black; Price: $4").rows
    (('Tea', '$3.50'), ('Coffee; black', '$4'))
    >>> rows(" | 2023\\nNorth | 150").columns
    ('', '2023')
    """
    lines: list[tuple[str, int]] = []
    offset = 0
    all_lines = text.split("\n")
    for line in all_lines[:_MOST_ROWS]:
        if line.strip():
            lines.append((_with_outer_cells(line), offset))
        offset += len(line) + 1
    with_labels = [(line, start) for line, start in lines if ": " in line]
    if (
        with_labels
        and 2 * len(with_labels) >= len(lines)
        and not all(" | " in line for line, _ in with_labels)
    ):
        table = _from_labels(with_labels, marks)
    else:
        table = _from_bars([(line, start) for line, start in lines if " | " in line], marks)
    return replace(table, is_cut=len(all_lines) > _MOST_ROWS) if table else None


def _with_outer_cells(line: str) -> str:
    """A line without white space around it, but for what stands for an empty first or last cell."""
    text = line.strip()
    return f"{' ' * text.startswith('| ')}{text}{' ' * text.endswith(' |')}"


def _from_bars(lines: Sequence[tuple[str, int]], marks: Sequence[TextSpan]) -> Rows | None:
    cells = [[cell.strip() for cell in line.split(" | ")] for line, _ in lines]
    if len(cells) < 2:
        return None
    width = min(_MOST_COLUMNS, Counter(len(row) for row in cells).most_common(1)[0][0])
    if width < 2:
        return None
    cells = [(row + [""] * width)[:width] for row in cells]
    names, below = header(cells[:20])
    columns = tuple((names + [""] * width)[:width])
    # a long table repeats its header on each page
    remaining = [n for n in range(below, len(cells)) if not below or cells[n] != cells[below - 1]]
    body, starts = tuple(tuple(cells[n]) for n in remaining), [lines[n][1] for n in remaining]
    places, sheet = _addresses(starts, width, marks)
    return Rows(columns, body, places, sheet, _spans(starts, marks)) if body else None


def _from_labels(lines: Sequence[tuple[str, int]], marks: Sequence[TextSpan]) -> Rows | None:
    """Names are what stands before a colon in several rows; other colons belong to values.

    Where there are one or two rows, one of them is enough.
    """
    segments = [
        line.rstrip(".").split("; ")
        if line.endswith(".") and not line.endswith("..")
        else line.split("; ")
        for line, _ in lines
    ]
    label_counts = Counter(
        segment.split(": ", 1)[0] for row in segments for segment in row if ": " in segment
    )
    least = 1 if len(lines) < 3 else 2
    names = {n for n, times in label_counts.items() if times >= least and n}
    records: list[dict[str, str]] = []
    columns: list[str] = []
    for row in segments:
        record: dict[str, str] = {}
        last = ""
        for piece in row:
            name, colon, value = piece.partition(": ")
            if colon and name in names and name not in record:
                record[name], last = value, name
                if name not in columns:
                    before = list(record)[-2] if len(record) > 1 else None
                    columns.insert(
                        columns.index(before) + 1
                        if before in columns
                        else (
                            0 if before is None and columns and "" not in columns else len(columns)
                        ),
                        name,
                    )
            elif record:
                record[last] = f"{record[last]}; {piece}"
            else:
                record[""] = piece
                if "" not in columns:
                    columns.insert(0, "")
        records.append(record)
    width = min(_MOST_COLUMNS, len(columns))
    if not width:
        return None
    body = tuple(tuple(record.get(n, "") for n in columns[:width]) for record in records)
    places, sheet = _addresses([start for _, start in lines], width, marks)
    spans = _spans([start for _, start in lines], marks)
    return Rows(tuple(columns[:width]), body, places, sheet, spans)


def _spans(starts: Sequence[int], marks: Sequence[TextSpan]) -> tuple[Span, ...]:
    """The place of each row, where marks tell that of every one."""
    places = [m.span for m in _marks_at(starts, marks) if m]
    return tuple(places) if len(places) == len(starts) else ()


def _marks_at(starts: Sequence[int], marks: Sequence[TextSpan]) -> list[TextSpan | None]:
    """The mark that covers each character."""
    ordered = sorted(marks, key=lambda m: m.start)
    firsts = [m.start for m in ordered]
    matches = (bisect_right(firsts, s) - 1 for s in starts)
    return [
        ordered[n] if n >= 0 and s < ordered[n].end else None
        for n, s in zip(matches, starts, strict=True)
    ]


def _addresses(
    starts: Sequence[int], width: int, marks: Sequence[TextSpan]
) -> tuple[tuple[tuple[str, ...], ...], str]:
    """Each cell's address, where every row's mark covers as many columns as there are."""
    addresses: list[tuple[str, ...]] = []
    sheet = ""
    for mark in _marks_at(starts, marks):
        place = CELL_RANGE.fullmatch(mark.span.cells) if mark and mark.span.cells else None
        if place is None:
            return (), ""
        left, right = column_index(place[2]), column_index(place[4] or place[2])
        if right - left + 1 != width or (place[5] and place[5] != place[3]):
            return (), ""
        sheet = place[1] or sheet
        addresses.append(tuple(f"{column_letters(c)}{place[3]}" for c in range(left, right + 1)))
    return tuple(addresses), sheet
