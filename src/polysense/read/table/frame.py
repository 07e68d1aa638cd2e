"""A table, whatever its file, as rows and columns of cells with their addresses.

    table = frame(chunk)                    the whole table around a chunk
    picked = pick(table, "income in May")   what of it a question asks about

A Frame holds cells as a person sees them ("$1,452.40", "12.5%"); `numbers`, `unit` and `kind` read
them. Where words are all there is (a table in a PDF, a document, a page), the frame is read from
those of the chunk and of the other pieces of its table; where these are not there, it is cut.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from polysense.errors import NotFound, PolysenseError, Unreadable
from polysense.read.file.parts import missing_file
from polysense.read.table import delimited, quantity, table_from_text, table_pieces
from polysense.read.table.cells import CELL_RANGE, column_letters
from polysense.read.table.places import places
from polysense.read.table.quantity import is_time, is_year, tells_years, unit_in, unit_of, value
from polysense.read.table.rows import (
    Table,
    chunks_with_header,
    flatten,
    record_cells,
    tidy,
    title_of,
)
from polysense.read.table.workbook import sheet, sheets
from polysense.types import Asset, Chunk, Link, Span

MOST_ROWS, MOST_COLUMNS = 10_000, 200
"""Bounds of a frame: rows around the chunk, and columns from the left."""

_PARQUET, _NDJSON = "application/vnd.apache.parquet", "application/x-ndjson"
_RANK_NAME = re.compile(
    r"(?i)#|(?:no|nr|pos|id|idx)\.?|index|row|number|rank(?:ing)?|position|place|bib"
    r"|编号|序号|名次|排名"
)

# Shares, judged, not measured.
_KIND_SHARE = 0.8  # of a column's cells, that make its kind: tables have notes among their numbers

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "Frame", "frame", "value"]

Rows = Iterable[tuple[int, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Frame:
    """A table: columns, rows of cells as shown, and each cell's address ("B2").

    Empty cells are "", as are addresses where a file has none. sheet is the workbook's sheet, title
    what the table is called, cut whether more rows follow than were read. Every row and every row
    of addresses is as long as `columns`; a column without a name is "". spans are the rows' places
    where cells have no addresses. kinds are those of the columns in the table that this one was
    taken from: what a column holds does not change with the rows that are looked at.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cells: tuple[tuple[str, ...], ...] = ()
    sheet: str = ""
    title: str = ""
    cut: bool = False
    spans: tuple[Span, ...] = field(default=(), compare=False)
    kinds: tuple[str, ...] = field(default=(), compare=False)

    def column(self, i: int) -> tuple[str, ...]:
        """The cells of column i, from the top."""
        return tuple(row[i] for row in self.rows)

    def numbers(self, i: int) -> list[float | None]:
        """The numbers that the cells of column i show, or None; percents as shown (12.5)."""
        return quantity.values(self.column(i))

    def unit(self, i: int) -> str:
        """The unit of column i: in its name ("Mass (kg)"), else in its cells ("$4.20", "3 kg")."""
        if unit := unit_in(self.columns[i]):
            return unit
        units = Counter(unit_of(c) for c in self.column(i) if c)
        unit, count = units.most_common(1)[0] if units else ("", 0)
        return unit if 2 * count > units.total() else ""

    def kind(self, i: int) -> str:
        """What nearly all cells of column i are: integer, number, date, text or empty.

        Years (see `tells_years`), months, weekdays and hours count as dates.
        """
        if self.kinds:
            return self.kinds[i]
        cells = [c for c in self.column(i) if c]
        if not cells:
            return "empty"
        numbers = [v for v in quantity.values(cells) if v is not None]
        if quantity.are_codes(self.columns[i], cells):
            return "text"
        if len(numbers) < _KIND_SHARE * len(cells):
            dates = sum(is_time(c) for c in cells)
            return "date" if dates >= _KIND_SHARE * len(cells) else "text"
        if all(map(is_year, cells)) and tells_years(self.columns[i], numbers):
            return "date"
        return "integer" if all(v.is_integer() for v in numbers) else "number"

    def measures(self) -> list[int]:
        """The columns of numbers; of ranks and running numbers only where there are no others."""
        numeric = [i for i in range(len(self.columns)) if self.kind(i) in ("integer", "number")]
        return [i for i in numeric if not self._is_numbering(i)] or numeric

    def _is_numbering(self, i: int) -> bool:
        """Whether a column only numbers the rows: by its name, or without one, by counting."""
        name, numbers = self.columns[i].strip(), self.numbers(i)
        first = int(numbers[0] or 0) if numbers else 0
        counting = len(numbers) > 1 and numbers == list(range(first, first + len(numbers)))
        return counting if not name else _RANK_NAME.fullmatch(name) is not None

    def take(
        self, rows: Sequence[int] | None = None, columns: Sequence[int] | None = None
    ) -> Frame:
        """Only these rows and columns (indices), in this order; None: all."""
        column_indices = range(len(self.columns)) if columns is None else columns
        row_indices = range(len(self.rows)) if rows is None else rows
        body = tuple(tuple(self.rows[r][c] for c in column_indices) for r in row_indices)
        places = (
            tuple(tuple(self.cells[r][c] for c in column_indices) for r in row_indices)
            if self.cells
            else ()
        )
        return replace(
            self,
            columns=tuple(self.columns[c] for c in column_indices),
            rows=body,
            cells=places,
            spans=tuple(self.spans[r] for r in row_indices) if self.spans else (),
            kinds=tuple(self.kind(c) for c in column_indices),
        )

    @property
    def range(self) -> str:
        """Where its cells lie, as a spreadsheet says it: "Sheet!B2:D9"; "" without addresses."""
        matches = [m for row in self.cells for a in row if (m := CELL_RANGE.fullmatch(a))]
        if not matches:
            return ""
        column_names = sorted({m[2] for m in matches}, key=lambda c: (len(c), c))
        row_numbers = [int(m[3]) for m in matches]
        a, b = f"{column_names[0]}{min(row_numbers)}", f"{column_names[-1]}{max(row_numbers)}"
        return (f"{self.sheet}!" if self.sheet else "") + (a if a == b else f"{a}:{b}")


def frame(chunk: Chunk) -> Frame | None:
    """The whole table around a chunk: from its file, or from its words where that has no tables.

    None where there is no table. Raises NotFound, Unreadable where the file is gone or broken.
    """
    mime = chunk.asset.mime or (chunk.part.mime if chunk.part else "")
    reader = _READERS.get(mime)
    if reader is None:
        return _frame_from_words(chunk) if chunk.text else None
    with _file(chunk) as path:
        try:
            table = reader(path, chunk)
        except PolysenseError:
            raise
        except (OSError, ValueError, OverflowError, ArithmeticError) as e:
            raise Unreadable(f"{chunk.asset.name} cannot be read: {e}") from e
    return table if table and table.rows and table.columns else None


def _frame_from_words(chunk: Chunk) -> Frame | None:
    words, title = table_pieces.table_text(chunk), chunk.context.split("\n")[0]
    t = table_from_text.rows(words.text, words.marks)
    if t is None or not t.rows:
        return None
    is_cut = words.is_part or t.is_cut
    return Frame(t.columns, t.rows, t.cells, t.sheet, title, is_cut, t.spans)


@contextmanager
def _file(chunk: Chunk) -> Iterator[Path]:
    """The table's file, on this machine."""
    data = chunk.part.data if chunk.part else None
    path = chunk.asset.path or (data if isinstance(data, Path) else None)
    if path is not None:
        if not path.is_file():
            raise missing_file(chunk.asset.name)
        yield path
    elif isinstance(data, bytes):
        with tempfile.TemporaryDirectory(prefix="polysense-") as folder:
            Path(folder, "table").write_bytes(data)
            yield Path(folder, "table")
    else:
        raise NotFound(
            f"{chunk.asset.name} is not here to be read", "Index it on a machine that has it."
        )


class _RowCollector(Table):
    """Collects the rows below the header; so headers are found as they are when indexing."""

    def collect(self, rows: Rows, around: tuple[int, int]) -> Frame:
        """A frame of the table's rows; of too many, those around the rows `around`."""
        self.body, self.around, self.has_more = list[tuple[int, list[str]]](), around, False
        for _ in chunks_with_header(self, rows) if not self.by_line else self.chunks(rows):
            pass
        width = min(
            MOST_COLUMNS, max([len(self.names), *(len(r) for _, r in self.body)], default=0)
        )
        padded = [(n, (r + [""] * width)[:width]) for n, r in self.body]
        columns = tuple((self.names + [""] * width)[:width])
        names = [column_letters(self.left + c) for c in range(width)]
        places = () if self.by_line else tuple(tuple(f"{c}{n}" for c in names) for n, _ in padded)
        title = self.title.split(" > ")[-1]
        return Frame(
            columns, tuple(tuple(r) for _, r in padded), places, self.sheet, title, self.has_more
        )

    def chunks(self, rows: Rows) -> Iterator[Chunk | Link]:
        skip = max(0, self.around[1] - MOST_ROWS // 2) if self.around[1] > MOST_ROWS else 0
        for n, row in rows:
            if n <= skip:
                continue
            if len(self.body) == MOST_ROWS:
                self.has_more = True
                break
            if any(row):
                self.body.append((n, list(row)[:MOST_COLUMNS]))
        yield from ()


def _chunk_rows(span: Span) -> tuple[int, int]:
    """The first and last row that a chunk tells of; 0 where it tells of all."""
    if span.lines:
        return span.lines
    place = CELL_RANGE.fullmatch(span.cells or "")
    return (int(place[3]), int(place[5] or place[3])) if place else (0, 0)


def _delimited(path: Path, chunk: Chunk) -> Frame:
    records = delimited.read(path, tabs=chunk.asset.mime == "text/tab-separated-values")
    rows = ((n, tidy(cells)) for n, (_, cells) in enumerate(records, 1))
    return _RowCollector(chunk.asset, title_of(chunk.asset)).collect(
        ((n, r) for n, r in rows if any(r)), _chunk_rows(chunk.span)
    )


def _ndjson(path: Path, chunk: Chunk) -> Frame:
    table = _RowCollector(chunk.asset, title_of(chunk.asset), by_line=True)

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        for n, line in enumerate(delimited.lines(path), 1):
            try:
                record: Any = json.loads(line)
            except (ValueError, RecursionError):
                continue
            cells = record_cells(record)
            table.names.extend(
                name
                for name in cells
                if name not in table.names and len(table.names) < MOST_COLUMNS
            )
            yield n, tidy([cells.get(name, "") for name in table.names])

    return table.collect(rows(), _chunk_rows(chunk.span))


def _parquet(path: Path, chunk: Chunk) -> Frame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    first = max(0, _chunk_rows(chunk.span)[1] - MOST_ROWS // 2)
    body: list[tuple[str, ...]] = []
    position = 0
    try:
        file = pq.ParquetFile(path, memory_map=True)
        names = list(file.schema_arrow.names)[:MOST_COLUMNS]
        first = first if file.metadata.num_rows > MOST_ROWS else 0
        for batch in file.iter_batches(batch_size=1024, columns=names):
            if position + len(batch) > first and len(body) < MOST_ROWS:
                # 0.1, not 0.100000001
                columns = [
                    c.cast(pa.string()) if c.type == pa.float32() else c for c in batch.columns
                ]
                batch_rows = list(zip(*(c.to_pylist() for c in columns), strict=True))[
                    max(0, first - position) : first - position + MOST_ROWS - len(body)
                ]
                body += [tuple(tidy([_cell_text(cell) for cell in row])) for row in batch_rows]
            position += len(batch)
            if len(body) >= MOST_ROWS:
                break
        total = file.metadata.num_rows
    except (pa.ArrowException, OSError) as e:
        raise Unreadable(
            f"{chunk.asset.name} is no readable Parquet file: {str(e).splitlines()[0]}"
        ) from e
    places = tuple(
        tuple(f"{column_letters(c)}{n}" for c in range(len(names)))
        for n in range(first + 2, first + 2 + len(body))
    )
    return Frame(
        tuple(names), tuple(body), places, "", title_of(chunk.asset), total > first + len(body)
    )


def _cell_text(cell: Any) -> str:
    if isinstance(cell, (dict, list, bytes)):
        return ", ".join(text for _, text in flatten(cell))
    return "" if cell is None else str(cell).removesuffix(" 00:00:00")


def _workbook(path: Path, chunk: Chunk) -> Frame | None:
    """The table on the chunk's sheet that has its cells; of a whole workbook, the largest."""
    place = CELL_RANGE.fullmatch(chunk.span.cells or "")
    tables = [
        f
        for name, rows in sheets.sheets(path, place[1] or "" if place else "")
        for f in _sheet_tables(chunk.asset, name, rows, _chunk_rows(chunk.span))
    ]
    if place:
        tables = [f for f in tables if _overlaps(f[1], place)] or tables[:1]
    return max((f for f, _ in tables), key=lambda f: len(f.rows) * len(f.measures()), default=None)


def _sheet_tables(
    asset: Asset, name: str, rows: Sequence[sheet.Row], around: tuple[int, int]
) -> Iterator[tuple[Frame, tuple[int, int, int, int]]]:
    """Each table of a sheet, with its first row, left column, last row and right column.

    One without header takes the header of the one above.
    """
    title, above = "", _RowCollector(asset, "")
    for left, region in sheet.regions(rows):
        last, width = region[-1][0], len(region[0][1])
        area = (region[0][0], left, last, left + width - 1)
        words = list(dict.fromkeys(c for _, r in region for c in r if c))
        if len(region) == 1 and len(words) < 3:
            title = " ".join(words)[:200]
            continue
        table = _RowCollector(asset, title or name, left=left, sheet=name)
        if above.left == left and len(above.names) == width:
            table.names = above.names
        yield table.collect(region, around), area
        title, above = "", table


def _overlaps(area: tuple[int, int, int, int], place: re.Match[str]) -> bool:
    from openpyxl.utils import column_index_from_string as index

    first, left, last, right = area
    a, b = index(place[2]) - 1, index(place[4] or place[2]) - 1
    return first <= int(place[5] or place[3]) and int(place[3]) <= last and left <= b and a <= right


def _places(path: Path, chunk: Chunk) -> Frame:
    names, rows, spans = places.rows(path, chunk.asset)
    body = tuple(rows[:MOST_ROWS])
    is_cut, title = len(rows) > MOST_ROWS, title_of(chunk.asset)
    return Frame(names, body, title=title, cut=is_cut, spans=tuple(spans[:MOST_ROWS]))


_READERS = {
    "text/csv": _delimited,
    "text/tab-separated-values": _delimited,
    _NDJSON: _ndjson,
    _PARQUET: _parquet,
    **dict.fromkeys(sheets.READERS, _workbook),
    **dict.fromkeys(places.READERS, _places),
}
