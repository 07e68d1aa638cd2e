"""Tables that evidence lies in, each cell with its place; two joined where a question asks so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import PurePosixPath

from polysense.errors import PolysenseError
from polysense.make.table.question import engine
from polysense.make.table.question.parse import ParsedQuestion
from polysense.make.table.question.profile import TableProfile
from polysense.read.document.records import record_tables
from polysense.read.table.cells import CELL_RANGE, column_index, column_letters
from polysense.read.table.frame import Frame, frame
from polysense.read.table.table_pieces import table_of
from polysense.types import Chunk, Evidence, Span

# Bounds, judged, not measured.
MOST_CELLS = 400_000
"""Cells of a table that is queried; of a larger one, rows are given as they are."""

_MOST_JOIN_CELLS = MOST_CELLS // 4  # of each table of a join
_MOST_EVIDENCE, _MOST_TABLES = 8, 4  # pieces of evidence that are read, tables tried for a join
_MOST_RANGES = 12  # ranges of cells, and records, that are named one by one
_LONGEST_NAME = 60  # characters of a table's name in SQL
_SHARED_KEYS = 0.5  # share of the first table's keys that the second must have

_ADDRESS = re.compile(r"([A-Z]{1,3})(\d+)")


@dataclass(frozen=True, slots=True)
class ColumnOrigin:
    """Where a column is from: evidence, sheet, and the address of each row's cell, or ""."""

    evidence: Evidence
    sheet: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableSource:
    """A table as evidence has it, or a join of two.

    sql_name is what queries call it; join_sql makes it where it is a join of `parts`.
    """

    frame: Frame
    origins: tuple[ColumnOrigin, ...]
    sql_name: str
    kinds: tuple[str, ...] | None = None
    join_sql: str = ""
    parts: tuple[tuple[str, TableProfile], ...] = ()

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What it is from, each once."""
        return tuple({o.evidence.n: o.evidence for o in self.origins}.values())

    @property
    def context(self) -> tuple[str, ...]:
        """What the table and its file are called; a record's own heading is no name of them all."""
        chunks = [e.hit.chunk for e in self.evidence]
        names = [PurePosixPath(c.asset.name).stem for c in chunks]
        headings = [c.context for c in chunks if c.modality != "text"]
        return (self.frame.title, self.frame.sheet, *names, *headings)

    def span(self, rows: Sequence[int], columns: Sequence[int]) -> Span:
        """The place of these rows and columns in the first file: the range that covers them."""
        origins = [self.origins[c] for c in columns]
        first = next(iter(origins), self.origins[0])
        chunk_span = first.evidence.hit.chunk.span
        node = chunk_span.node if self.frame.spans else None  # of a table in a document
        cells = [
            Span(
                page=chunk_span.page,
                node=node,
                cells=(f"{o.sheet}!" if o.sheet else "") + o.cells[r],
            )
            for o in origins
            if o.evidence.n == first.evidence.n
            for r in rows
            if o.cells and o.cells[r]
        ]
        spans = cells or [self.frame.spans[r] for r in rows if self.frame.spans]
        spans = [s for s in spans if s.page == spans[0].page]  # a box lies on one page
        return reduce(Span.union, spans) if spans else chunk_span

    def places(self, rows: Sequence[int], columns: Sequence[int]) -> tuple[str, str]:
        """The names of the files, and the cells in them, of these rows and columns."""
        cells_of_sheet: dict[tuple[str, str], list[str]] = {}
        for c in columns:
            origin = self.origins[c]
            name = origin.evidence.hit.chunk.asset.name
            cells = [origin.cells[r] for r in rows if origin.cells and origin.cells[r]]
            cells_of_sheet.setdefault((name, origin.sheet), []).extend(cells)
        sources = list(dict.fromkeys(name for name, _ in cells_of_sheet))
        addresses = []
        for (name, sheet), cells in cells_of_sheet.items():
            where = cell_ranges(cells, sheet) if cells else self._unaddressed(rows, name)
            addresses.append(where if len(sources) == 1 else f"{name} {where}")
        return "; ".join(sources), "; ".join(addresses)

    def _unaddressed(self, rows: Sequence[int], name: str) -> str:
        e = next(o.evidence for o in self.origins if o.evidence.hit.chunk.asset.name == name)
        if (
            e.hit.chunk.asset.mime == "application/x-ndjson"
            and not self.frame.cut
            and len(rows) < _MOST_RANGES
        ):
            return ", ".join(f"record {r + 1}" for r in rows)
        return str(e.hit.chunk.span)


def cell_ranges(cells: Sequence[str], sheet: str = "") -> str:
    """Addresses as a person writes them: neighbours as ranges, a sheet's name once.

    >>> cell_ranges(["B2", "B3", "B5", "C5"]), cell_ranges(["A1"], "May")
    ('B2:B3, B5:C5', 'May!A1')
    """
    by_row: dict[int, list[int]] = {}
    for cell in dict.fromkeys(cells):
        if m := _ADDRESS.fullmatch(cell):
            by_row.setdefault(int(m[2]), []).append(column_index(m[1]))
    boxes: list[list[int]] = []  # left, right, first, last
    for row in sorted(by_row):
        for left, right in _runs(sorted(by_row[row])):
            above = next(
                (b for b in boxes if b[0] == left and b[1] == right and b[3] == row - 1), None
            )
            if above:
                above[3] = row
            else:
                boxes.append([left, right, row, row])
    texts = [
        f"{column_letters(a)}{first}"
        + ("" if a == b and first == last else f":{column_letters(b)}{last}")
        for a, b, first, last in boxes
    ]
    if len(texts) > _MOST_RANGES:
        columns = [c for row in by_row.values() for c in row]
        first = f"{column_letters(min(columns))}{min(by_row)}"
        last = f"{column_letters(max(columns))}{max(by_row)}"
        texts = [f"{len(columns)} cells of {first}:{last}"]
    return (f"{sheet}!" if sheet else "") + ", ".join(texts)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for c in numbers:
        if runs and c == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], c)
        else:
            runs.append((c, c))
    return runs


def table_sources(evidence: Sequence[Evidence]) -> list[TableSource]:
    """The tables of evidence, each once.

    Raises where the first cannot be read; others that cannot are left out.
    """
    result: list[TableSource] = []
    keys: set[tuple[str, str]] = set()
    for e in evidence[:_MOST_EVIDENCE]:
        if any(_has_cells_of(e, s) for s in result):
            continue
        try:
            tables = _tables_of(e)
        except PolysenseError:
            if e is evidence[0]:
                raise
            continue
        if not tables and e is evidence[0]:
            return []
        for table in tables:
            key = (e.hit.chunk.asset.id, _identity(e.hit.chunk, table))
            if key in keys:
                continue
            keys.add(key)
            columns = zip(*table.cells, strict=True) if table.cells else ((),) * len(table.columns)
            origins = tuple(ColumnOrigin(e, table.sheet, tuple(cells)) for cells in columns)
            result.append(TableSource(table, origins, _sql_name(e, [s.sql_name for s in result])))
    return result


def _tables_of(e: Evidence) -> tuple[Frame, ...]:
    """The table of a piece of evidence; of prose, those that its file's records make."""
    if e.hit.modality == "text":
        return record_tables(e.hit.chunk.asset)
    table = frame(e.hit.chunk)
    return () if table is None else (table,)


def _identity(chunk: Chunk, table: Frame) -> str:
    """What tells a table from the others of its file."""
    place = f"{chunk.span.node or ''} {table.range}" if table.range else str(chunk.span)
    return table_of(chunk) or f"{place} {table.spans}"


def _has_cells_of(e: Evidence, source: TableSource) -> bool:
    """Whether a table has the cells of this evidence."""
    chunk = e.hit.chunk
    a, b = CELL_RANGE.fullmatch(chunk.span.cells or ""), CELL_RANGE.fullmatch(source.frame.range)
    other = source.evidence[0].hit.chunk
    if not a or not b or other.asset.id != chunk.asset.id or a[1] != b[1]:
        return False
    if table_of(chunk) != table_of(other) or (other.span.page != chunk.span.page):
        return False
    return (
        column_index(b[2]) <= column_index(a[2]) <= column_index(b[4] or b[2])
        and int(b[3]) <= int(a[5] or a[3])
        and int(a[3]) <= int(b[5] or b[3])
    )


def _sql_name(e: Evidence, names: Sequence[str]) -> str:
    stem = PurePosixPath(e.hit.chunk.asset.name).stem[:_LONGEST_NAME] or "table"
    return stem if stem not in names else f"{stem} {len(names) + 1}"


def join_sources(sources: Sequence[TableSource], question: str) -> TableSource | None:
    """The first table joined with another, if the question names a column that only that has.

    Both must have a column of one name, whose cells are each once in the second and mostly the
    same.
    """
    frames = [s.frame for s in sources[:_MOST_TABLES]]
    is_large = any(len(f.rows) * len(f.columns) > _MOST_JOIN_CELLS or f.cut for f in frames)
    if len(sources) < 2 or is_large:
        return None
    a, *rest = sources[:_MOST_TABLES]
    own = ParsedQuestion(a.frame, question)
    if not own.full_columns and not own.conditions:
        return None
    for b in rest:
        other = ParsedQuestion(b.frame, question)
        keys = _join_keys(own, other)
        if keys is None:
            continue
        headers = {tuple(h) for i, h in enumerate(own.headers) if i in own.full_columns}
        if any(tuple(other.headers[i]) not in headers and i != keys[1] for i in other.full_columns):
            return _join(a, b, own, other, keys)
    return None


def _join_keys(a: TableProfile, b: TableProfile) -> tuple[int, int] | None:
    """The columns of two tables on which they can be joined."""
    for i, head in enumerate(a.headers):
        for j, other in enumerate(b.headers):
            if not head or head != other:
                continue
            left, right = ({c for c in t.frame.column(k) if c} for t, k in ((a, i), (b, j)))
            is_unique = len(right) == sum(map(bool, b.frame.column(j)))
            if is_unique and len(left & right) > _SHARED_KEYS * len(left) > 0:
                return i, j
    return None


def _join(
    a: TableSource, b: TableSource, own: TableProfile, other: TableProfile, keys: tuple[int, int]
) -> TableSource:
    name = f"{a.sql_name}, {b.sql_name}"
    join_sql = engine.join_sql(own, other, keys, (a.sql_name, b.sql_name), name)
    parts = ((a.sql_name, own), (b.sql_name, other))
    row_of_key = {cell: n for n, cell in enumerate(other.frame.column(keys[1])) if cell}
    pairs = [
        (n, row_of_key[cell])
        for n, cell in enumerate(own.frame.column(keys[0]))
        if cell in row_of_key
    ]
    other_columns = engine.columns_without(other, keys[1])
    rows = tuple((*a.frame.rows[n], *(b.frame.rows[m][i] for i in other_columns)) for n, m in pairs)
    origins = [_origin_of_rows(o, [n for n, _ in pairs]) for o in a.origins]
    origins += [_origin_of_rows(b.origins[i], [m for _, m in pairs]) for i in other_columns]
    columns = tuple(engine.join_columns(own, other, keys[1]))
    kinds = (*own.kinds, *(other.kinds[i] for i in other_columns))
    return TableSource(Frame(columns, rows), tuple(origins), name, kinds, join_sql, parts)


def _origin_of_rows(origin: ColumnOrigin, rows: Sequence[int]) -> ColumnOrigin:
    """The origin of a column of these rows."""
    return replace(origin, cells=tuple(origin.cells[n] for n in rows) if origin.cells else ())
