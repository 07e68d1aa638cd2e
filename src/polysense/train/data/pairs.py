"""Pairs of things that belong together, and tables of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from polysense.errors import BadQuery, NotFound, PolysenseError
from polysense.read.file.parts import part
from polysense.types import Modality, Part

NOT_CONTENT = ("source", "group", "split")
"""Columns that say something about a pair, and are none of its two things."""

_HINT = (
    "A table of pairs has a column for each of the two things, such as image,text: words, or paths "
    "of files from the table's folder on; and may have a column source."
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parts that belong together. source is what both were taken from: pairs of one source
    never stand on two sides of a split. group names what else is right: pairs of one group belong
    together across; "" is of all that have the same words.
    """

    first: Part
    second: Part
    source: str
    group: str = ""

    @property
    def right(self) -> str:
        """Which pairs it belongs together with, across: the group, else the words."""
        words = next((p for p in (self.first, self.second) if isinstance(p.data, str)), None)
        return self.group or (words.id if words is not None else "")

    def of(self, modality: Modality) -> Part | None:
        """The part of a modality; None where neither is of it."""
        return next((p for p in (self.first, self.second) if p.modality == modality), None)


def read_pairs(path: Path, columns: Sequence[str] = ()) -> tuple[list[Pair], list[str]]:
    """The pairs of a csv, tsv or JSON-lines file, and what was left out, a line each.

    columns names the two; else they are the first two but NOT_CONTENT. A cell that is the path of a
    file, from the table's folder on, is that file; any other is words. A cell that is neither, and
    a row that lacks one, is left out. Raises NotFound, BadQuery.
    """
    if not path.is_file():
        raise NotFound(f"there is no file {path}", "Check the path of the table of pairs.")
    rows = list(_rows(path))
    names = list(columns) or [n for n in (rows[0] if rows else {}) if n not in NOT_CONTENT][:2]
    missing = [n for n in names if rows and n not in rows[0]]
    if len(names) != 2 or missing:
        lacking = f"no column {', '.join(missing)}" if missing else "no two columns of things"
        raise BadQuery(f"{path} has {lacking}", _HINT)
    pairs: list[Pair] = []
    left_out: list[str] = []
    for number, row in enumerate(rows, 2 if path.suffix != ".jsonl" else 1):
        first, second = (str(row.get(n) or "").strip() for n in names)
        if not first or not second:
            left_out.append(f"{path.name}, line {number}: a thing is missing")
            continue
        try:
            parts = [
                _cell(path.parent, name, cell)
                for name, cell in zip(names, (first, second), strict=True)
            ]
        except PolysenseError as e:
            left_out.append(f"{path.name}, line {number}: {e}")
            continue
        source = str(row.get("source") or "") or _default_source(parts)
        pairs.append(Pair(parts[0], parts[1], source, str(row.get("group") or "")))
    return pairs, left_out


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        text = path.read_text("utf-8-sig")
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
            if not all(isinstance(r, dict) for r in rows):
                raise ValueError("a line is no object")
            yield from rows
            return
        dialect = "excel-tab" if path.suffix.lower() == ".tsv" else "excel"
        yield from csv.DictReader(text.splitlines(keepends=True), dialect=dialect)
    except (OSError, ValueError, csv.Error) as e:
        raise BadQuery(f"{path} is no table of pairs: {e}", _HINT) from e


def _cell(folder: Path, column: str, cell: str) -> Part:
    """Words where the column says so or no file is of that name; else the file.

    Raises NotFound for what a column of files names and is not there.
    """
    if column == "text":
        return Part("text", cell)
    if "\n" not in cell and _is_file(folder / cell):
        return part(folder / cell)
    if column in _FILES:
        raise NotFound(f"there is no file {cell}")
    return Part("text", cell)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a passage is too long for a name
        return False


_FILES = frozenset({"image", "audio", "video", "3d"})
"""Columns of these names hold files, never words."""


def _default_source(parts: Sequence[Part]) -> str:
    """The files of a pair; a pair of words is a source of its own."""
    names = [str(p.data) for p in parts if isinstance(p.data, Path)]
    return names[0] if names else f"{parts[0].data}"


def modalities_of(pairs: Iterable[Pair]) -> tuple[Modality, Modality]:
    """The two modalities that all pairs are of, in their order. Raises BadQuery where there are
    others.
    """
    kinds = sorted({(p.first.modality, p.second.modality) for p in pairs})
    if len(kinds) != 1:
        unknown = "files of no known type"
        names = "; ".join(f"{a or unknown} and {b or unknown}" for a, b in kinds) or "none"
        raise BadQuery(
            f"pairs are to be of two modalities, and these are of: {names}",
            "Train one head at a time: a table for each.",
        )
    return kinds[0]


def digest_of(pairs: Iterable[Pair]) -> str:
    """16 hexadecimal digits that tell these pairs from others, in whatever order."""
    ids = sorted(f"{p.first.id} {p.second.id} {p.source} {p.group}" for p in pairs)
    return sha256("\n".join(ids).encode()).hexdigest()[:16]
