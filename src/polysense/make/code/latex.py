"""The LaTeX of a formula: of the one in a picture that is asked about, or of the one that words ask
for, as it stands in the library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from polysense.errors import PolysenseError
from polysense.protocols import Generator
from polysense.read.file import text
from polysense.read.formula import features, latex
from polysense.read.formula.features import Floats, Ink
from polysense.read.table.frame import frame
from polysense.types import Evidence, Modality, Origin, Part, Query, Span

NEAR = 0.56
"""The likeness from which a formula is the one in the picture: of 150, the nearest other one is
less like it in 99 % of cases.
"""

SURE = 0.85
"""The likeness from which no other is looked for."""

MOST = 600
"""Formulas of the evidence's files that are compared, those of the evidence itself first: a drawing
takes 20 ms.
"""

MOST_BYTES = 1 << 18
"""Of a larger file only the piece found is read."""

_SOFT = 2.0
_ASKED = re.compile(r"\b(?:la)?tex\b|公式|方程", re.I)
_WRITTEN = frozenset(
    {"application/x-tex", "text/x-tex", "text/markdown", "text/plain", "text/x-rst"}
)


@dataclass(frozen=True, slots=True)
class _Found:
    """LaTeX, the evidence that it is from, its exact place there, and how like the picture it is
    (0..1, None where none was given).
    """

    said: str
    e: Evidence
    place: Span
    likeness: float | None = None


class Latex(Generator):
    """The nearest formula's LaTeX, from a line, a cell, or the words that go with its picture.
    Likeness of ink decides.
    """

    accepts: frozenset[Modality] = frozenset({"image", "text", "table", "code"})
    emits: Modality = "code"
    cost = 0.05
    origin: Origin = "retrieved"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One formula. Nothing where the query shows no formula and asks for none, and where none
        of the evidence is near.
        """
        shown = _shown(query)
        if shown is not None:
            found = _nearest(features.describe(shown, _SOFT), evidence)
        elif _ASKED.search(" ".join(str(p.data) for p in query if p.modality == "text")):
            found = next((f for e in evidence for f in _own(e)), None)
        else:
            return
        if found is not None:
            yield _part(found)


def _part(found: _Found) -> Part:
    asset = found.e.hit.chunk.asset
    meta: dict[str, Any] = {
        "language": "latex",
        "evidence": [found.e.n],
        "source": asset.name,
        "place": str(found.place),
    }
    if found.likeness is not None:
        meta["likeness"] = round(found.likeness, 3)
    stem = re.sub(r"[^\w-]+", "-", asset.name.rsplit(".", 1)[0]).strip("-")[:60] or "formula"
    return Part("code", found.said, mime="application/x-tex", name=f"{stem}.tex", meta=meta)


def _shown(query: Query) -> Ink | None:
    """The formula that the query's first picture of one shows."""
    for part in query:
        if part.modality == "image":
            try:
                ink = features.see(part)
            except PolysenseError:
                continue
            if ink is not None:
                return ink
    return None


def _nearest(shown: Floats, evidence: Sequence[Evidence]) -> _Found | None:
    """The formula most like the one shown: of the evidence, and where none of it is surely the one,
    of all in its files.
    """
    best: _Found | None = None
    left = MOST
    for some in ((f for e in evidence for f in _own(e)), _others(evidence)):
        for found in islice(some, left):
            left -= 1
            # a picture's own likeness counts: nothing is drawn anew there
            seen = _pictured(found.e) if found.e.hit.modality == "image" else _drawn(found.said)
            likeness = float(seen @ shown) if seen is not None else 0.0
            if likeness >= NEAR and (best is None or likeness > (best.likeness or 0.0)):
                best = replace(found, likeness=min(likeness, 1.0))
        if best is not None and (best.likeness or 0.0) >= SURE:
            break
    return best


def _others(evidence: Sequence[Evidence]) -> Iterator[_Found]:
    """The formulas that the evidence's files have besides, each file once."""
    files = {e.hit.chunk.asset.id: e for e in reversed(evidence) if e.hit.modality != "image"}
    for e in reversed(files.values()):
        yield from _written(e, whole=True)


def _own(e: Evidence) -> Iterator[_Found]:
    """The formulas of a piece of evidence: in it, or for a picture in the words that go with it."""
    if e.hit.modality == "image":
        said = latex.formulas(f"{e.hit.chunk.context}\n{e.hit.chunk.text}")
        return (_Found(f.latex, e, e.span or e.hit.chunk.span) for f in said[:1])
    return _written(e, whole=False)


def _written(e: Evidence, whole: bool) -> Iterator[_Found]:
    chunk = e.hit.chunk
    try:
        if chunk.modality == "table" and (found := list(_cells(e, whole))):
            return iter(found)
        path = chunk.asset.path
        if (
            chunk.span.lines
            and path is not None
            and chunk.asset.mime in _WRITTEN
            and path.is_file()
            and path.stat().st_size <= MOST_BYTES
        ):
            return _lines(e, path, whole)
    except PolysenseError:
        pass  # the file is gone or broken; the words are still there
    return (
        iter(())
        if whole
        else (_Found(f.latex, e, chunk.place(f.start, f.end)) for f in latex.formulas(chunk.text))
    )


def _cells(e: Evidence, whole: bool) -> Iterator[_Found]:
    """The cells that are formulas, in the rows of the evidence or in all others."""
    table = frame(e.hit.chunk)
    if table is None:
        return
    at = [int(n) for n in re.findall(r"\d+", (e.hit.chunk.span.cells or "").rpartition("!")[2])]
    first, last = (min(at), max(at)) if at else (0, 0)
    sheet = f"{table.sheet}!" if table.sheet else ""
    for n, row in enumerate(table.rows):
        for i, cell in enumerate(row):
            place = table.cells[n][i] if table.cells else ""
            down = int(re.sub(r"\D", "", place) or 0)
            if (first <= down <= last) is not whole and (said := _only(cell)):
                yield _Found(said, e, Span(cells=sheet + place) if place else e.hit.chunk.span)


def _only(cell: str) -> str:
    """The formula that a cell is, or holds."""
    if "\\" not in cell and "$" not in cell and "^" not in cell and "_" not in cell:
        return ""
    if latex.formal(cell) and "$" not in cell:
        return cell.strip()
    return next((f.latex for f in latex.formulas(cell)), "")


def _lines(e: Evidence, path: Path, whole: bool) -> Iterator[_Found]:
    """The formulas as they are written in the file, in the lines of the evidence or in all others."""
    said = text.read(path)
    first, last = e.hit.chunk.span.lines or (1, 1)
    number = text.Lines(said).of
    lines = said.split("\n")
    if not whole:
        begin = sum(len(line) + 1 for line in lines[: first - 1])
        said = "\n".join(lines[first - 1 : last])
    else:
        begin = 0
    for f in latex.formulas(said, most=MOST):
        a, b = number(begin + f.start, begin + f.end)
        if not whole or b < first or a > last:
            yield _Found(f.latex, e, Span(lines=(a, b)))


def _pictured(e: Evidence) -> Floats | None:
    part = e.hit.chunk.part or e.part
    try:
        ink = features.see(part)
    except PolysenseError:
        return None
    return None if ink is None else features.describe(ink, _SOFT)


@lru_cache(maxsize=2048)
def _drawn(said: str) -> Floats | None:
    ink = features.drawn(said)
    return None if ink is None else features.describe(ink, _SOFT)
