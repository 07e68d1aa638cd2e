"""Tables that evidence lies in, each cell with its place; two of them as one where a question needs
both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from polysense.errors import PolysenseError
from polysense.make.table.question import engine
from polysense.make.table.question.parse import Reading
from polysense.make.table.question.profile import Facts
from polysense.read.table.cells import letters
from polysense.read.table.frame import Frame, frame
from polysense.types import Evidence

MOST_CELLS = 400_000
"""Cells of a table that is reckoned with; of a larger one, rows are given as they are."""

_PLACE = re.compile(r"([A-Z]{1,3})(\d+)")
_RANGE = re.compile(r"(?:(.*)!)?([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?", re.S)
_PIECES = 12


@dataclass(frozen=True, slots=True)
class Home:
    """Where a column is from: the evidence and its sheet, and the column's cells, row by row (""
    where they have no address).
    """

    e: Evidence
    sheet: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A table as evidence has it. sql_name is what queries call it; `before` makes it where it is a
    join of `parts`.
    """

    frame: Frame
    homes: tuple[Home, ...]
    sql_name: str
    kinds: tuple[str, ...] | None = None
    before: str = ""
    parts: tuple[tuple[str, Facts], ...] = ()

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What it is from, each once."""
        return tuple({h.e.n: h.e for h in self.homes}.values())

    def places(self, rows: Sequence[int], columns: Sequence[int]) -> tuple[str, str]:
        """The names of the files, and the cells in them, of these rows and columns."""
        found: dict[tuple[str, str], list[str]] = {}
        for c in columns:
            home = self.homes[c]
            name = home.e.hit.chunk.asset.name
            cells = [home.cells[r] for r in rows if home.cells and home.cells[r]]
            found.setdefault((name, home.sheet), []).extend(cells)
        sources = list(dict.fromkeys(name for name, _ in found))
        said = []
        for (name, sheet), cells in found.items():
            where = ranges(cells, sheet) if cells else self._unaddressed(rows, name)
            said.append(where if len(sources) == 1 else f"{name} {where}")
        return "; ".join(sources), "; ".join(said)

    def _unaddressed(self, rows: Sequence[int], name: str) -> str:
        e = next(h.e for h in self.homes if h.e.hit.chunk.asset.name == name)
        if (
            e.hit.chunk.asset.mime == "application/x-ndjson"
            and not self.frame.cut
            and len(rows) < _PIECES
        ):
            return ", ".join(f"record {r + 1}" for r in rows)
        return str(e.hit.chunk.span)


def ranges(cells: Sequence[str], sheet: str = "") -> str:
    """Addresses as a person writes them: neighbours as ranges, a sheet's name once.

    >>> ranges(["B2", "B3", "B5", "C5"]), ranges(["A1"], "May")
    ('B2:B3, B5:C5', 'May!A1')
    """
    by_row: dict[int, list[int]] = {}
    for cell in dict.fromkeys(cells):
        if m := _PLACE.fullmatch(cell):
            by_row.setdefault(int(m[2]), []).append(_index(m[1]))
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
    said = [
        f"{letters(a)}{first}" + ("" if a == b and first == last else f":{letters(b)}{last}")
        for a, b, first, last in boxes
    ]
    if len(said) > _PIECES:
        count = sum(len(v) for v in by_row.values())
        columns = [c for row in by_row.values() for c in row]
        said = [
            f"{count} cells of {letters(min(columns))}{min(by_row)}:{letters(max(columns))}{max(by_row)}"
        ]
    return (f"{sheet}!" if sheet else "") + ", ".join(said)


def _runs(at: Sequence[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for c in at:
        if found and c == found[-1][1] + 1:
            found[-1] = (found[-1][0], c)
        else:
            found.append((c, c))
    return found


def _index(name: str) -> int:
    at = 0
    for letter in name:
        at = at * 26 + ord(letter) - 64
    return at - 1


def sources(evidence: Sequence[Evidence]) -> list[Source]:
    """The tables of evidence, each once. Raises for the first what its file is; others that cannot
    be read are left out.
    """
    found: list[Source] = []
    seen: set[tuple[str, str]] = set()
    for e in evidence[:8]:
        if any(_within(e, s) for s in found):
            continue
        try:
            table = frame(e.hit.chunk)
        except PolysenseError:
            if e is evidence[0]:
                raise
            continue
        if table is None:
            if e is evidence[0]:
                return []
            continue
        key = (e.hit.chunk.asset.id, table.range or str(e.hit.chunk.span))
        if key not in seen:
            seen.add(key)
            columns = zip(*table.cells, strict=True) if table.cells else ((),) * len(table.columns)
            homes = tuple(Home(e, table.sheet, tuple(cells)) for cells in columns)
            found.append(Source(table, homes, _called(e, [s.sql_name for s in found])))
    return found


def _within(e: Evidence, known: Source) -> bool:
    """Whether a table that is known already has the cells of this evidence."""
    chunk = e.hit.chunk
    a, b = _RANGE.fullmatch(chunk.span.cells or ""), _RANGE.fullmatch(known.frame.range)
    if not a or not b or known.evidence[0].hit.chunk.asset.id != chunk.asset.id or a[1] != b[1]:
        return False
    return (
        _index(b[2]) <= _index(a[2]) <= _index(b[4] or b[2])
        and int(b[3]) <= int(a[5] or a[3])
        and int(a[3]) <= int(b[5] or b[3])
    )


def _called(e: Evidence, taken: Sequence[str]) -> str:
    stem = PurePosixPath(e.hit.chunk.asset.name).stem[:60] or "table"
    return stem if stem not in taken else f"{stem} {len(taken) + 1}"


def together(found: Sequence[Source], words: str) -> Source | None:
    """The first table joined with another that has a column which the question names and the first
    has not; None where none is.

    Both must have a column of one name, whose cells are each once in the second and mostly the
    same.
    """
    if len(found) < 2 or any(
        len(s.frame.rows) * len(s.frame.columns) > MOST_CELLS // 4 or s.frame.cut for s in found[:4]
    ):
        return None
    a, *rest = found[:4]
    own = Reading(a.frame, words)
    if not own.full and not own.conditions:
        return None
    for b in rest:
        other = Reading(b.frame, words)
        keys = _keys(own, other)
        if keys is None:
            continue
        known = {tuple(h) for i, h in enumerate(own.headers) if i in own.full}
        if any(tuple(other.headers[i]) not in known and i != keys[1] for i in other.full):
            return _joined(a, b, own, other, keys)
    return None


def _keys(a: Facts, b: Facts) -> tuple[int, int] | None:
    for i, head in enumerate(a.headers):
        for j, other in enumerate(b.headers):
            if not head or head != other:
                continue
            left, right = [c for c in a.frame.column(i) if c], [c for c in b.frame.column(j) if c]
            if (
                len(set(right)) == len(right)
                and len(set(left) & set(right)) > 0.5 * len(set(left)) > 0
            ):
                return i, j
    return None


def _joined(a: Source, b: Source, own: Facts, other: Facts, keys: tuple[int, int]) -> Source:
    name = f"{a.sql_name}, {b.sql_name}"
    before = engine.join(own, other, keys, (a.sql_name, b.sql_name), name)
    parts = ((a.sql_name, own), (b.sql_name, other))
    at = {cell: n for n, cell in enumerate(other.frame.column(keys[1])) if cell}
    pairs = [(n, at[cell]) for n, cell in enumerate(own.frame.column(keys[0])) if cell in at]
    kept = engine.others(other, keys[1])
    rows = tuple((*a.frame.rows[n], *(b.frame.rows[m][i] for i in kept)) for n, m in pairs)
    homes = [
        replace(h, cells=tuple(h.cells[n] for n, _ in pairs) if h.cells else ()) for h in a.homes
    ]
    homes += [
        replace(h, cells=tuple(h.cells[m] for _, m in pairs) if h.cells else ())
        for h in (b.homes[i] for i in kept)
    ]
    columns = tuple(engine.joined(own, other, keys[1]))
    kinds = (*own.kinds, *(other.kinds[i] for i in kept))
    return Source(Frame(columns, rows), tuple(homes), name, kinds, before, parts)
