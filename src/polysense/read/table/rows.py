"""Rows to words: how a table, whatever its file, becomes chunks.

Values are words, as a person sees them; "" is an empty cell.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from polysense.read.file.references import FILE_ENDINGS, LINK_WORDS
from polysense.read.file.text import PASSAGE_WORDS, count_words, passages
from polysense.read.table.cells import Column, column_letters, header
from polysense.types import Asset, Chunk, Link, Span, TextSpan

_FILE = re.compile(rf"(?!\w+:)[^<>|\"?*\n]{{1,240}}\.(?:{FILE_ENDINGS})", re.I)
_LONG_TOKEN = re.compile(r"[!-~]{400,}")  # base64 and the like

# Bounds against hostile and huge tables, judged, not measured.
_MOST_LINKS = 20_000
_LINK_CELL = 1000  # characters of a cell that a link may carry
_LONG_CELL, _TOKEN_START = 400, 60  # characters: of longer cells, what stays of a long token
_LONGEST_KEY = 20  # words of a first cell that goes with each piece of its row
_HEADER_ROWS, _JUDGED_ROWS = 40, 20  # rows among which the title is sought, and the header
_LONGEST_TITLE = 200
_META_COLUMNS = 100  # names of columns that a chunk's meta has
_DEEPEST = 4  # levels of JSON that become columns of their own


@dataclass(frozen=True, slots=True)
class HiddenCells:
    """The rows (from 1) and columns (from 0) of a sheet that are not shown."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()


@dataclass
class Table:
    """A table of an asset: where it lies and what its columns are called.

    left is the index of its first column, head the first and last row of its header (from 1).
    by_line: rows are lines of a file without columns of its own (JSON lines), so places are lines,
    not cells. Reading stops after `limit` cells. schema: whether to tell what the columns hold.
    """

    asset: Asset
    title: str
    names: list[str] = field(default_factory=list)
    head: tuple[int, int] | None = None
    left: int = 0
    sheet: str = ""
    by_line: bool = False
    limit: int = 2_000_000
    cells_read: int = 0
    schema: bool = True
    hidden_cells: HiddenCells = HiddenCells()

    def chunks(self, rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Chunk | Link]:
        """Blocks of at most about PASSAGE words, files that cells name, then the columns' schema.

        rows are (row from 1, values); each row becomes a sentence in which a value stands beside
        its column's name.
        """
        columns: list[Column] = []
        block: list[_Row] = []
        words = links = total = 0
        first = last = 0
        cut = False
        for row, values in rows:
            self.cells_read += len(values)
            if self.cells_read > self.limit:
                cut = True
                break
            total, first, last = total + 1, first or row, row
            for i in range(len(columns), max(len(values), len(self.names))):
                columns.append(Column(self._name(i) or f"column {column_letters(self.left + i)}"))
            for column, value in zip(columns, values, strict=False):
                if value:
                    column.add(value)
            for piece in self._row_pieces(row, values):
                if block and (piece.is_piece or words + piece.words > PASSAGE_WORDS):
                    yield self._block(block)
                    block, words = [], 0
                block.append(piece)
                words += piece.words
                if piece.is_piece:
                    yield self._block(block)
                    block, words = [], 0
            for link in self._links(row, values) if links < _MOST_LINKS else ():
                links += 1
                yield link
        if block:
            yield self._block(block)
        if self.schema and (columns or self.names):
            yield from self._schema(
                columns or [Column(n) for n in self.names], (first or 1, last or 1), total, cut
            )

    def span(self, first: int, last: int, left: int, right: int) -> Span:
        """The place of rows first..last, columns left..right (indices within the table)."""
        if self.by_line:
            return Span(lines=(first, last))
        a, b = (
            f"{column_letters(self.left + left)}{first}",
            f"{column_letters(self.left + right)}{last}",
        )
        return Span(cells=(f"{self.sheet}!" if self.sheet else "") + (a if a == b else f"{a}:{b}"))

    def _name(self, column: int) -> str:
        return self.names[column] if column < len(self.names) else ""

    def _cell_text(self, column: int, value: str) -> str:
        name = self._name(column)
        if self.left + column in self.hidden_cells.columns:
            name = f"{name} (hidden column)".strip()
        if len(value) > _LONG_CELL:
            value = _LONG_TOKEN.sub(lambda m: m[0][:_TOKEN_START] + "...", value)
        return f"{name}: {value}" if name else value

    def _row_pieces(self, row: int, values: Sequence[str]) -> Iterator[_Row]:
        """The row, or pieces of it where it is too long for one chunk.

        Its first value goes with each.
        """
        cells = [(i, self._cell_text(i, v), v) for i, v in enumerate(values) if v]
        if not cells:
            return
        sizes = [count_words(text) for _, text, _ in cells]
        if sum(sizes) <= PASSAGE_WORDS:
            yield _Row(row, 0, len(values) - 1, "; ".join(text for _, text, _ in cells), sum(sizes))
            return
        key = cells[0][1] if sizes[0] <= _LONGEST_KEY else ""
        group: list[tuple[int, str]] = []
        total = 0

        def join_group() -> _Row:
            left, right = group[0][0], group[-1][0]
            text = "; ".join(t for _, t in group)
            return _Row(row, left, right, text, total, True, key if left else "")

        for (i, text, value), size in zip(cells, sizes, strict=True):
            if group and total + size > PASSAGE_WORDS:
                yield join_group()
                group, total = [], 0
            if size <= PASSAGE_WORDS:
                group.append((i, text))
                total += size
                continue
            for a, b in passages(value):
                text = self._cell_text(i, value[a:b])
                yield _Row(row, i, i, text, PASSAGE_WORDS, True, key if i else "", (a, b))
        if group:
            yield join_group()

    def _block(self, block: Sequence[_Row]) -> Chunk:
        text, marks = "", []
        for piece in block:
            sentence = piece.text if piece.text[-1] in ".!?。" else f"{piece.text}."
            if piece.row in self.hidden_cells.rows:
                sentence += " (hidden row)"
            marks.append(
                TextSpan(
                    len(text),
                    len(text) + len(sentence),
                    self.span(piece.row, piece.row, piece.left, piece.right),
                )
            )
            text += sentence + "\n"
        left, right = min(p.left for p in block), max(p.right for p in block)
        span = self.span(block[0].row, block[-1].row, left, right)
        only = block[0]
        if only.is_piece and (only.chars or self.by_line):
            node = f"{column_letters(left)}:{column_letters(right)}" if self.by_line else None
            span = Span(cells=span.cells, lines=span.lines, chars=only.chars, node=node)
        context = " > ".join(filter(None, (self.title, only.key if only.is_piece else "")))
        return Chunk(
            self.asset,
            span,
            "table",
            text=text[:-1],
            context=context,
            marks=tuple(marks),
            meta={"columns": self.names[:_META_COLUMNS]},
        )

    def _schema(
        self, columns: Sequence[Column], rows: tuple[int, int], total: int, cut: bool
    ) -> Iterator[Chunk]:
        rows_in_words = f"{'more than ' if cut else ''}{total} row{'s' * (total != 1)}"
        size = f"{rows_in_words}, {len(columns)} column{'s' * (len(columns) != 1)}"
        text, start = f"Table of {size}.", 0
        groups: list[tuple[int, int, str]] = []
        for i, column in enumerate(columns):
            sentence = f" {column}"
            if i > start and count_words(text) + count_words(sentence) > PASSAGE_WORDS:
                groups.append((start, i - 1, text))
                text, start = f"Table of {size}, going on.", i
            text += sentence
        for left, right, sentence in [*groups, (start, len(columns) - 1, text)]:
            place = self.span(*(self.head or rows), left, right)
            if not self.head:
                a, b = column_letters(self.left + left), column_letters(self.left + right)
                node = f"columns {a}:{b}" if groups else "columns"
                place = Span(cells=place.cells, lines=place.lines, node=node)
            meta = {
                "role": "description",
                "rows": total,
                "columns": [c.to_dict() for c in columns[left : right + 1]],
                "cut": cut,
            }
            yield Chunk(self.asset, place, "table", text=sentence, context=self.title, meta=meta)

    def _links(self, row: int, values: Sequence[str]) -> Iterator[Link]:
        for i, value in enumerate(values):
            if len(value) > 4 and "." in value[-6:] and _FILE.fullmatch(value):
                others = (
                    self._cell_text(j, v[:_LINK_CELL]) for j, v in enumerate(values) if v and j != i
                )
                words = "; ".join(islice(others, LINK_WORDS))
                target = os.path.normpath(
                    os.path.join(os.path.dirname(self.asset.uri), unquote(value))
                )
                yield Link(target, " ".join(words.split()[:LINK_WORDS]), self.span(row, row, i, i))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row's sentence, or a piece of it (`is_piece`): then `key` is the row's first value.

    chars: which characters of the one cell that it is from.
    """

    row: int
    left: int
    right: int
    text: str
    words: int
    is_piece: bool = False
    key: str = ""
    chars: tuple[int, int] | None = None


def title_of(asset: Asset) -> str:
    """A file's name as words."""
    return " ".join(re.split(r"[\s_]+", PurePosixPath(asset.name).stem)).strip()


def tidy(cells: Sequence[str]) -> list[str]:
    """Cells without superfluous white space."""
    return [" ".join(c.split()) if len(c) < 1000 else c.strip() for c in cells]


def chunks_with_header(
    table: Table, rows: Iterable[tuple[int, Sequence[str]]]
) -> Iterator[Chunk | Link]:
    """The chunks of a table whose title lines and header are found among its first rows.

    Names that it has already stay where none are found.
    """
    source = iter(rows)
    first = list(islice(source, _HEADER_ROWS))
    width = Counter(sum(map(bool, r)) for _, r in first).most_common(1)[0][0] if first else 0
    titles = []
    while (
        len(first) > 1 and width > 2 and first[0][1][0] and len(set(filter(None, first[0][1]))) == 1
    ):
        titles.append(first.pop(0)[1][0])
    table.title = " > ".join([table.title, *(t[:_LONGEST_TITLE] for t in titles)])
    names, header_rows = header([r for _, r in first[:_JUDGED_ROWS]])
    # a list of files without a header
    if header_rows and not any(
        _FILE.fullmatch(cell) for _, row in first[:header_rows] for cell in row
    ):
        table.names, table.head = names, (first[0][0], first[header_rows - 1][0])
    else:
        header_rows = 0
    yield from table.chunks(chain(first[header_rows:], source))


def record_cells(value: Any) -> dict[str, str]:
    """The cells of a JSON value by their names; those of a list by their numbers.

    >>> record_cells({"a": {"b": 1}, "c": [2, 3]}), record_cells(["x"]), record_cells(7)
    ({'a.b': '1', 'c': '2, 3'}, {'0': 'x'}, {'': '7'})
    """
    if isinstance(value, dict):
        return dict(flatten(value))
    return dict(flatten(dict(enumerate(value)) if isinstance(value, list) else {"": value}))


def flatten(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """(dotted name, words) of what a JSON value holds; what is deeper than four levels as JSON."""
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            yield from flatten(inner, f"{name}.{key}" if name else str(key), depth + 1)
    elif isinstance(value, list) and all(isinstance(v, (str, int, float)) for v in value):
        yield name, ", ".join(map(str, value))
    elif isinstance(value, (bytes, bytearray)):
        yield name, f"{len(value)} bytes"
    elif value is not None:
        yield (
            name,
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str),
        )
