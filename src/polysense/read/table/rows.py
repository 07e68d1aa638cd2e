"""Rows to words: how a table, whatever its file, becomes chunks. Values are words, as a person sees
them; "" is an empty cell.
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

from polysense.read.file.references import FILES, LINK_WORDS
from polysense.read.file.text import PASSAGE, count, passages
from polysense.read.table.cells import Column, header, letters
from polysense.types import Asset, Chunk, Link, Mark, Span

_FILE = re.compile(rf"(?!\w+:)[^<>|\"?*\n]{{1,240}}\.(?:{FILES})", re.I)
_LINKS = 20_000
_SAID = 1000  # characters of a cell that a link may carry
_LOOK = 40  # rows looked at to find the header
_LONG = re.compile(r"[!-~]{400,}")  # base64 and the like


@dataclass
class Table:
    """A table of an asset: where it lies and what its columns are called.

    left is the index of its first column, head the first and last row of its header (from 1).
    by_line: rows are lines of a file without columns of its own (JSON lines), so places are lines,
    not cells.
    """

    asset: Asset
    title: str
    names: list[str] = field(default_factory=list)
    head: tuple[int, int] | None = None
    left: int = 0
    sheet: str = ""
    by_line: bool = False
    limit: int = 2_000_000
    read: int = 0
    """Cells read so far; reading stops at `limit`."""
    schema: bool = True
    """Whether to tell what the columns hold."""

    def chunks(self, rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Chunk | Link]:
        """Blocks of rows of at most about PASSAGE words, files that cells name, then what the
        columns hold.

        rows are (row from 1, values); each row becomes a sentence in which a value stands beside
        its column's name.
        """
        columns: list[Column] = []
        block: list[_Row] = []
        words = links = total = 0
        first = last = 0
        cut = False
        for row, values in rows:
            self.read += len(values)
            if self.read > self.limit:
                cut = True
                break
            total, first, last = total + 1, first or row, row
            for i in range(len(columns), max(len(values), len(self.names))):
                columns.append(Column(self._name(i) or f"column {letters(self.left + i)}"))
            for column, value in zip(columns, values, strict=False):
                if value:
                    column.add(value)
            for piece in self._pieces(row, values):
                if block and (piece.alone or words + piece.words > PASSAGE):
                    yield self._block(block)
                    block, words = [], 0
                block.append(piece)
                words += piece.words
                if piece.alone:
                    yield self._block(block)
                    block, words = [], 0
            for link in self._links(row, values) if links < _LINKS else ():
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
        a, b = f"{letters(self.left + left)}{first}", f"{letters(self.left + right)}{last}"
        return Span(cells=(f"{self.sheet}!" if self.sheet else "") + (a if a == b else f"{a}:{b}"))

    def _name(self, column: int) -> str:
        return self.names[column] if column < len(self.names) else ""

    def _said(self, column: int, value: str) -> str:
        name = self._name(column)
        if len(value) > 400:
            value = _LONG.sub(lambda m: m[0][:60] + "...", value)
        return f"{name}: {value}" if name else value

    def _pieces(self, row: int, values: Sequence[str]) -> Iterator[_Row]:
        """The row, or pieces of it where it is too long for one chunk; its first value goes with
        each.
        """
        said = [(i, self._said(i, v), v) for i, v in enumerate(values) if v]
        if not said:
            return
        sizes = [count(text) for _, text, _ in said]
        if sum(sizes) <= PASSAGE:
            yield _Row(row, 0, len(values) - 1, "; ".join(text for _, text, _ in said), sum(sizes))
            return
        key = said[0][1] if sizes[0] <= 20 else ""
        group: list[tuple[int, str]] = []
        total = 0

        def joined() -> _Row:
            return _Row(
                row,
                group[0][0],
                group[-1][0],
                "; ".join(t for _, t in group),
                total,
                True,
                key if group[0][0] else "",
            )

        for (i, text, value), size in zip(said, sizes, strict=True):
            if group and total + size > PASSAGE:
                yield joined()
                group, total = [], 0
            if size <= PASSAGE:
                group.append((i, text))
                total += size
                continue
            for a, b in passages(value):
                yield _Row(
                    row, i, i, self._said(i, value[a:b]), PASSAGE, True, key if i else "", (a, b)
                )
        if group:
            yield joined()

    def _block(self, block: Sequence[_Row]) -> Chunk:
        text, marks = "", []
        for piece in block:
            said = piece.text if piece.text[-1] in ".!?。" else f"{piece.text}."
            marks.append(
                Mark(
                    len(text),
                    len(text) + len(said),
                    self.span(piece.row, piece.row, piece.left, piece.right),
                )
            )
            text += said + "\n"
        left, right = min(p.left for p in block), max(p.right for p in block)
        span = self.span(block[0].row, block[-1].row, left, right)
        only = block[0]
        if only.alone and (only.chars or self.by_line):
            node = f"{letters(left)}:{letters(right)}" if self.by_line else None
            span = Span(cells=span.cells, lines=span.lines, chars=only.chars, node=node)
        context = " > ".join(filter(None, (self.title, only.key if only.alone else "")))
        return Chunk(
            self.asset,
            span,
            "table",
            text=text[:-1],
            context=context,
            marks=tuple(marks),
            meta={"columns": self.names[:100]},
        )

    def _schema(
        self, columns: Sequence[Column], rows: tuple[int, int], total: int, cut: bool
    ) -> Iterator[Chunk]:
        size = f"{'more than ' if cut else ''}{total} row{'s' * (total != 1)}, {len(columns)} column{'s' * (len(columns) != 1)}"
        text, start = f"Table of {size}.", 0
        groups: list[tuple[int, int, str]] = []
        for i, column in enumerate(columns):
            said = f" {column}"
            if i > start and count(text) + count(said) > PASSAGE:
                groups.append((start, i - 1, text))
                text, start = f"Table of {size}, going on.", i
            text += said
        for left, right, said in [*groups, (start, len(columns) - 1, text)]:
            place = self.span(*(self.head or rows), left, right)
            if not self.head:
                node = f"columns {letters(self.left + left)}:{letters(self.left + right)}"
                place = Span(
                    cells=place.cells, lines=place.lines, node=node if groups else "columns"
                )
            meta = {
                "rows": total,
                "columns": [c.to_dict() for c in columns[left : right + 1]],
                "cut": cut,
            }
            yield Chunk(self.asset, place, "table", text=said, context=self.title, meta=meta)

    def _links(self, row: int, values: Sequence[str]) -> Iterator[Link]:
        for i, value in enumerate(values):
            if len(value) > 4 and "." in value[-6:] and _FILE.fullmatch(value):
                others = (self._said(j, v[:_SAID]) for j, v in enumerate(values) if v and j != i)
                words = "; ".join(islice(others, LINK_WORDS))
                target = os.path.normpath(
                    os.path.join(os.path.dirname(self.asset.uri), unquote(value))
                )
                yield Link(target, " ".join(words.split()[:LINK_WORDS]), self.span(row, row, i, i))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row's sentence; `alone` where it is only a piece of the row, from value `key`'s row,
    perhaps chars of one cell.
    """

    row: int
    left: int
    right: int
    text: str
    words: int
    alone: bool = False
    key: str = ""
    chars: tuple[int, int] | None = None


def title_of(asset: Asset) -> str:
    """A file's name as words."""
    return " ".join(re.split(r"[\s_]+", PurePosixPath(asset.name).stem)).strip()


def tidy(cells: Sequence[str]) -> list[str]:
    """Cells without superfluous white space."""
    return [" ".join(c.split()) if len(c) < 1000 else c.strip() for c in cells]


def with_header(table: Table, rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Chunk | Link]:
    """The chunks of a table whose title lines and header are found among its first rows; names that
    it has already stay where none are.
    """
    source = iter(rows)
    first = list(islice(source, _LOOK))
    width = Counter(sum(map(bool, r)) for _, r in first).most_common(1)[0][0] if first else 0
    titles = []
    while (
        len(first) > 1 and width > 2 and first[0][1][0] and len(set(filter(None, first[0][1]))) == 1
    ):
        titles.append(first.pop(0)[1][0])
    table.title = " > ".join([table.title, *(t[:200] for t in titles)])
    names, n = header([r for _, r in first[:20]])
    # a list of files without a header
    if n and not any(_FILE.fullmatch(cell) for _, row in first[:n] for cell in row):
        table.names, table.head = names, (first[0][0], first[n - 1][0])
    else:
        n = 0
    yield from table.chunks(chain(first[n:], source))


def flat(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """(dotted name, words) of what a JSON value holds; what is deeper than four levels as JSON."""
    if isinstance(value, dict) and depth < 4:
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key), depth + 1)
    elif isinstance(value, list) and all(isinstance(v, (str, int, float)) for v in value):
        yield name, ", ".join(map(str, value))
    elif isinstance(value, (bytes, bytearray)):
        yield name, f"{len(value)} bytes"
    elif value is not None:
        yield (
            name,
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str),
        )
