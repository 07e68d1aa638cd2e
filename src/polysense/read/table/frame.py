"""A table, whatever its file, as rows and columns of cells with their addresses; the rows and
columns that words ask about.

    found = frame(chunk)                  the whole table around a chunk
    asked = pick(found, "income in May")  what of it the words ask about

A Frame holds cells as a person sees them ("$1,452.40", "12.5%"); `numbers`, `unit` and `kind` read
them. Where the words of a chunk are all there is (a table in a PDF, a document, a page), the frame
is read from them: then it holds that chunk's rows.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from polysense.errors import NotFound, PolysenseError, Unreadable
from polysense.read.table import column_question, delimited, table_from_text
from polysense.read.table.cells import letters
from polysense.read.table.quantity import dated, is_when, is_year, unit_in, unit_of, value
from polysense.read.table.rows import Table, flat, tidy, title_of, with_header
from polysense.read.table.workbook import sheet
from polysense.types import Asset, Chunk, Link, Span

MOST_ROWS, MOST_COLUMNS = 10_000, 200
"""Bounds of a frame: rows around the chunk, and columns from the left."""

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PARQUET, _NDJSON = "application/vnd.apache.parquet", "application/x-ndjson"
_PLACE = re.compile(r"(?:(.*)!)?([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?", re.S)
_RANKED = re.compile(
    r"(?i)#|(?:no|nr|pos|id|idx)\.?|index|row|number|rank(?:ing)?|position|place|bib|编号|序号|名次|排名"
)

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "Frame", "frame", "pick", "value"]

Rows = Iterable[tuple[int, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Frame:
    """A table: named columns, rows of cells as shown ("" where empty), and each cell's address
    ("B2"; "" where a file has none).

    sheet is the workbook's sheet, title what the table is called, cut whether more rows follow than
    were read. Every row and every row of addresses is as long as `columns`; a column without a name
    is "".
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cells: tuple[tuple[str, ...], ...] = ()
    sheet: str = ""
    title: str = ""
    cut: bool = False

    def column(self, i: int) -> tuple[str, ...]:
        """The cells of column i, from the top."""
        return tuple(row[i] for row in self.rows)

    def numbers(self, i: int) -> list[float | None]:
        """The numbers that the cells of column i show; percents as shown (12.5), None where there
        is none.
        """
        return [value(said) for said in self.column(i)]

    def unit(self, i: int) -> str:
        """The unit of column i: in its name ("Mass (kg)"), else in its cells ("$4.20", "12%", "3
        kg"); "" where there is none.
        """
        if unit := unit_in(self.columns[i]):
            return unit
        found = Counter(unit_of(c) for c in self.column(i) if c)
        unit, n = found.most_common(1)[0] if found else ("", 0)
        return unit if 2 * n > found.total() else ""

    def kind(self, i: int) -> str:
        """What nearly all cells of column i are: integer, number, date (years, months, weekdays and
        hours count), text or empty.
        """
        filled = [c for c in self.column(i) if c]
        if not filled:
            return "empty"
        values = [v for c in filled if (v := value(c)) is not None]
        if len(values) < 0.8 * len(filled):
            dates = sum(is_when(c) for c in filled)
            return "date" if dates >= 0.8 * len(filled) else "text"
        if all(map(is_year, filled)) and (
            len(set(filled)) == len(filled) or dated(self.columns[i])
        ):
            return "date"
        return "integer" if all(v.is_integer() for v in values) else "number"

    def measures(self) -> list[int]:
        """The columns that hold numbers, other than years, ranks and running numbers where there
        are better ones.
        """
        held = [i for i in range(len(self.columns)) if self.kind(i) in ("integer", "number")]
        return [i for i in held if not self._counts(i)] or held

    def _counts(self, i: int) -> bool:
        """Whether a column only numbers the rows: by its name, or without one, by counting."""
        name, values = self.columns[i].strip(), self.numbers(i)
        counting = len(values) > 1 and all(
            v == n for n, v in enumerate(values, int(values[0] or 0))
        )
        return counting if not name else _RANKED.fullmatch(name) is not None

    def take(
        self, rows: Sequence[int] | None = None, columns: Sequence[int] | None = None
    ) -> Frame:
        """Only these rows and columns (indices), in this order; None: all."""
        which = range(len(self.columns)) if columns is None else columns
        down = range(len(self.rows)) if rows is None else rows
        kept = tuple(tuple(self.rows[r][c] for c in which) for r in down)
        places = tuple(tuple(self.cells[r][c] for c in which) for r in down) if self.cells else ()
        return replace(self, columns=tuple(self.columns[c] for c in which), rows=kept, cells=places)

    @property
    def range(self) -> str:
        """Where its cells lie, as a spreadsheet says it: "Sheet!B2:D9"; "" where they have no
        addresses.
        """
        found = [m for row in self.cells for a in row if (m := _PLACE.fullmatch(a))]
        if not found:
            return ""
        columns = sorted({m[2] for m in found}, key=lambda c: (len(c), c))
        down = [int(m[3]) for m in found]
        a, b = f"{columns[0]}{min(down)}", f"{columns[-1]}{max(down)}"
        return (f"{self.sheet}!" if self.sheet else "") + (a if a == b else f"{a}:{b}")


def frame(chunk: Chunk) -> Frame | None:
    """The whole table around a chunk: read from its file, or from the chunk's own words where that
    is no file of tables.

    None where there is no table. Raises NotFound, Unreadable where the file is gone or broken.
    """
    mime = chunk.asset.mime or (chunk.part.mime if chunk.part else "")
    reader = _READERS.get(mime)
    if reader is None:
        return (
            _of(table_from_text.rows(chunk.text, chunk.marks), chunk.context.split("\n")[0])
            if chunk.text
            else None
        )
    with _file(chunk) as path:
        try:
            found = reader(path, chunk)
        except PolysenseError:
            raise
        except (OSError, ValueError, OverflowError, ArithmeticError) as e:
            raise Unreadable(f"{chunk.asset.name} cannot be read: {e}") from e
    return found if found and found.rows and found.columns else None


def _of(found: table_from_text.Rows | None, title: str) -> Frame | None:
    return (
        Frame(found.columns, found.rows, found.cells, found.sheet, title)
        if found and found.rows
        else None
    )


@contextmanager
def _file(chunk: Chunk) -> Iterator[Path]:
    """The table's file, on this machine."""
    own = chunk.part.data if chunk.part else None
    path = chunk.asset.path or (own if isinstance(own, Path) else None)
    if path is not None:
        if not path.is_file():
            raise NotFound(
                f"{chunk.asset.name} is not there any more",
                "Put it back, or run `polysense index` again.",
            )
        yield path
    elif isinstance(own, bytes):
        with tempfile.TemporaryDirectory(prefix="polysense-") as folder:
            Path(folder, "table").write_bytes(own)
            yield Path(folder, "table")
    else:
        raise NotFound(
            f"{chunk.asset.name} is not here to be read", "Index it on a machine that has it."
        )


class _Grasp(Table):
    """Takes the rows below the header instead of making chunks of them, so that headers are found
    as they are when indexing.
    """

    def hold(self, rows: Rows, around: tuple[int, int]) -> Frame:
        """A frame of the table's rows, with those around the wanted ones where there are too many."""
        self.kept, self.around, self.more = list[tuple[int, list[str]]](), around, False
        for _ in with_header(self, rows) if not self.by_line else self.chunks(rows):
            pass
        width = min(
            MOST_COLUMNS, max([len(self.names), *(len(r) for _, r in self.kept)], default=0)
        )
        padded = [(n, (r + [""] * width)[:width]) for n, r in self.kept]
        columns = tuple((self.names + [""] * width)[:width])
        at = [letters(self.left + c) for c in range(width)]
        places = () if self.by_line else tuple(tuple(f"{c}{n}" for c in at) for n, _ in padded)
        title = self.title.split(" > ")[-1]
        return Frame(
            columns, tuple(tuple(r) for _, r in padded), places, self.sheet, title, self.more
        )

    def chunks(self, rows: Rows) -> Iterator[Chunk | Link]:
        skip = max(0, self.around[1] - MOST_ROWS // 2) if self.around[1] > MOST_ROWS else 0
        for n, row in rows:
            if n <= skip:
                continue
            if len(self.kept) == MOST_ROWS:
                self.more = True
                break
            if any(row):
                self.kept.append((n, list(row)[:MOST_COLUMNS]))
        yield from ()


def _wanted(span: Span) -> tuple[int, int]:
    """The first and last row that a chunk tells of; 0 where it tells of all."""
    if span.lines:
        return span.lines
    m = _PLACE.fullmatch(span.cells or "")
    return (int(m[3]), int(m[5] or m[3])) if m else (0, 0)


def _delimited(path: Path, chunk: Chunk) -> Frame:
    found = delimited.read(path, tabs=chunk.asset.mime == "text/tab-separated-values")
    rows = ((n, tidy(cells)) for n, (_, cells) in enumerate(found, 1))
    return _Grasp(chunk.asset, title_of(chunk.asset)).hold(
        ((n, r) for n, r in rows if any(r)), _wanted(chunk.span)
    )


def _ndjson(path: Path, chunk: Chunk) -> Frame:
    table = _Grasp(chunk.asset, title_of(chunk.asset), by_line=True)

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        for n, line in enumerate(delimited.lines(path), 1):
            try:
                held: Any = json.loads(line)
            except (ValueError, RecursionError):
                continue
            said = dict(
                flat(
                    held
                    if isinstance(held, dict)
                    else dict(enumerate(held))
                    if isinstance(held, list)
                    else {"": held}
                )
            )
            table.names.extend(
                name for name in said if name not in table.names and len(table.names) < MOST_COLUMNS
            )
            yield n, tidy([said.get(name, "") for name in table.names])

    return table.hold(rows(), _wanted(chunk.span))


def _parquet(path: Path, chunk: Chunk) -> Frame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    first = max(0, _wanted(chunk.span)[1] - MOST_ROWS // 2)
    kept: list[tuple[str, ...]] = []
    at = 0
    try:
        file = pq.ParquetFile(path, memory_map=True)
        names = list(file.schema_arrow.names)[:MOST_COLUMNS]
        first = first if file.metadata.num_rows > MOST_ROWS else 0
        for batch in file.iter_batches(batch_size=1024, columns=names):
            if at + len(batch) > first and len(kept) < MOST_ROWS:
                # 0.1, not 0.100000001
                columns = [
                    c.cast(pa.string()) if c.type == pa.float32() else c for c in batch.columns
                ]
                rows = list(zip(*(c.to_pylist() for c in columns), strict=True))[
                    max(0, first - at) : first - at + MOST_ROWS - len(kept)
                ]
                kept += [tuple(tidy([_shown(cell) for cell in row])) for row in rows]
            at += len(batch)
            if len(kept) >= MOST_ROWS:
                break
        total = file.metadata.num_rows
    except (pa.ArrowException, OSError) as e:
        raise Unreadable(
            f"{chunk.asset.name} is no readable Parquet file: {str(e).splitlines()[0]}"
        ) from e
    places = tuple(
        tuple(f"{letters(c)}{n}" for c in range(len(names)))
        for n in range(first + 2, first + 2 + len(kept))
    )
    return Frame(
        tuple(names), tuple(kept), places, "", title_of(chunk.asset), total > first + len(kept)
    )


def _shown(cell: Any) -> str:
    if isinstance(cell, (dict, list, bytes)):
        return ", ".join(said for _, said in flat(cell))
    return "" if cell is None else str(cell).removesuffix(" 00:00:00")


def _workbook(path: Path, chunk: Chunk) -> Frame | None:
    """The table on the chunk's sheet that has its cells; of a whole workbook, the largest."""
    m = _PLACE.fullmatch(chunk.span.cells or "")
    found = [
        f
        for name, rows in sheet.sheets(path, m[1] or "" if m else "")
        for f in _tables(chunk.asset, name, rows, _wanted(chunk.span))
    ]
    if m:
        found = [f for f in found if _meets(f[1], m)] or found[:1]
    return max((f for f, _ in found), key=lambda f: len(f.rows) * len(f.measures()), default=None)


def _tables(
    asset: Asset, name: str, rows: Sequence[sheet.Row], around: tuple[int, int]
) -> Iterator[tuple[Frame, tuple[int, int, int, int]]]:
    """Each table of a sheet, with its first row, left column, last row and right column; one
    without header takes the one's above.
    """
    title, above = "", _Grasp(asset, "")
    for left, found in sheet.regions(rows):
        last, width = found[-1][0], len(found[0][1])
        area = (found[0][0], left, last, left + width - 1)
        words = list(dict.fromkeys(c for _, r in found for c in r if c))
        if len(found) == 1 and len(words) < 3:
            title = " ".join(words)[:200]
            continue
        table = _Grasp(asset, title or name, left=left, sheet=name)
        if above.left == left and len(above.names) == width:
            table.names = above.names
        yield table.hold(found, around), area
        title, above = "", table


def _meets(area: tuple[int, int, int, int], m: re.Match[str]) -> bool:
    from openpyxl.utils import column_index_from_string as index

    first, left, last, right = area
    a, b = index(m[2]) - 1, index(m[4] or m[2]) - 1
    return first <= int(m[5] or m[3]) and int(m[3]) <= last and left <= b and a <= right


_READERS = {
    "text/csv": _delimited, "text/tab-separated-values": _delimited, _NDJSON: _ndjson, _PARQUET: _parquet, _XLSX: _workbook,
}  # fmt: skip


def pick(found: Frame, words: str) -> Frame:
    """The rows and columns that the words ask about; all rows where they name none, all columns
    likewise.

    A column is asked for by its name, a row by what one of its words or dates says, or by a range
    ("from 2019 to 2021"). Columns of labels stay, for without them numbers say nothing: the one
    that is asked for, else the first that tells the rows apart.
    """
    labels = [i for i in range(len(found.columns)) if found.kind(i) in ("text", "date")]
    down = column_question.rows(
        [[row[i] for i in labels] for row in found.rows], found.columns, words
    )
    which = column_question.columns(found.columns, words)
    if not which:
        return found.take(down or None)
    if not set(which) - set(labels):  # no measure is named: all of them
        which = sorted({*which, *(i for i in range(len(found.columns)) if i not in labels)})
    keys = [i for i in which if i in labels] or sorted(labels, key=lambda i: -_apart(found, i))[:1]
    return found.take(down or None, sorted({*keys, *which}))


def _apart(found: Frame, i: int) -> bool:
    """Whether a column tells nearly all rows apart."""
    return len(set(found.column(i))) >= 0.9 * len(found.rows)
