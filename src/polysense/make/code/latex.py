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
from polysense.make.question_text import question_text
from polysense.protocols import Generator
from polysense.read.file import text
from polysense.read.formula import features, latex
from polysense.read.formula.features import Floats, GlyphImage
from polysense.read.table.frame import frame
from polysense.types import Evidence, Modality, Origin, Part, Query, Span

MIN_LIKENESS = 0.56
"""The likeness from which a formula is the one in the picture: of 150, the nearest other one is
less like it in 99 % of cases.
"""

CERTAIN_LIKENESS = 0.85
"""The likeness from which no other is looked for: mostly reached by one formula drawn twice."""

MAX_FORMULAS = 600
"""Formulas of the evidence's files that are compared, those of the evidence itself first: a drawing
takes 20 ms, so all of them 12 s.
"""

MAX_BYTES = 1 << 18
"""Of a larger file only the piece that was found is read. Judged, not measured."""

_BLUR = 2.0
"""How soft both drawings are compared; what that gives, `features.describe` says."""

_LATEX_REQUEST = re.compile(r"\b(?:la)?tex\b|公式|方程", re.I)
_SOURCE_TYPES = frozenset(
    {"application/x-tex", "text/x-tex", "text/markdown", "text/plain", "text/x-rst"}
)


@dataclass(frozen=True, slots=True)
class _Formula:
    """LaTeX, the evidence that it is from, its exact place there, and how like the picture it is
    (0..1, None where none was given).
    """

    source: str
    evidence: Evidence
    span: Span
    likeness: float | None = None


class Latex(Generator):
    """The nearest formula's LaTeX, from a line, a cell, or the words that go with its picture.
    Likeness of ink decides.
    """

    accepts: frozenset[Modality] = frozenset({"image", "text", "table", "code"})
    emits: Modality = "code"
    endings = (".tex", ".latex", ".ltx")
    cost = 0.05
    origin: Origin = "retrieved"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One formula. Nothing where the query shows no formula and asks for none, and where none
        of the evidence is near.
        """
        drawing = _query_drawing(query)
        if drawing is not None:
            formula = _nearest_formula(features.describe(drawing, _BLUR), evidence)
        elif _LATEX_REQUEST.search(question_text(query)):
            formula = next((f for e in evidence for f in _evidence_formulas(e)), None)
        else:
            return
        if formula is not None:
            yield _part(formula)


def _part(formula: _Formula) -> Part:
    asset = formula.evidence.hit.chunk.asset
    meta: dict[str, Any] = {
        "language": "latex",
        "evidence": [formula.evidence.n],
        "source": asset.name,
        "place": str(formula.span),
    }
    if formula.likeness is not None:
        meta["likeness"] = round(formula.likeness, 3)
    stem = re.sub(r"[^\w-]+", "-", asset.name.rsplit(".", 1)[0]).strip("-")[:60] or "formula"
    return Part("code", formula.source, mime="application/x-tex", name=f"{stem}.tex", meta=meta)


def _query_drawing(query: Query) -> GlyphImage | None:
    """The formula that the query's first picture of one shows."""
    for part in query:
        if part.modality == "image":
            try:
                drawing = features.formula_image(part)
            except PolysenseError:
                continue
            if drawing is not None:
                return drawing
    return None


def _nearest_formula(query_features: Floats, evidence: Sequence[Evidence]) -> _Formula | None:
    """The formula most like the one shown: of the evidence, and where none of it is surely the one,
    of all in its files.
    """
    best: _Formula | None = None
    remaining = MAX_FORMULAS
    for candidates in (
        (f for e in evidence for f in _evidence_formulas(e)),
        _other_formulas(evidence),
    ):
        for candidate in islice(candidates, remaining):
            remaining -= 1
            likeness = _likeness(candidate, query_features)
            if likeness >= MIN_LIKENESS and (best is None or likeness > (best.likeness or 0.0)):
                best = replace(candidate, likeness=min(likeness, 1.0))
        if best is not None and (best.likeness or 0.0) >= CERTAIN_LIKENESS:
            break
    return best


def _likeness(candidate: _Formula, query_features: Floats) -> float:
    """The cosine of what the two look like; 0 where a formula cannot be drawn."""
    # a picture's own likeness counts: nothing is drawn anew there
    is_picture = candidate.evidence.hit.modality == "image"
    candidate_features = (
        _picture_features(candidate.evidence)
        if is_picture
        else _rendered_features(candidate.source)
    )
    return 0.0 if candidate_features is None else float(candidate_features @ query_features)


def _other_formulas(evidence: Sequence[Evidence]) -> Iterator[_Formula]:
    """The formulas that the evidence's files have besides, each file once."""
    files = {e.hit.chunk.asset.id: e for e in reversed(evidence) if e.hit.modality != "image"}
    for e in reversed(files.values()):
        yield from _text_formulas(e, elsewhere_in_file=True)


def _evidence_formulas(e: Evidence) -> Iterator[_Formula]:
    """The formulas of a piece of evidence: in it, or for a picture in the words that go with it."""
    if e.hit.modality == "image":
        formulas = latex.find_formulas(f"{e.hit.chunk.context}\n{e.hit.chunk.text}")
        return (_Formula(f.latex, e, e.span or e.hit.chunk.span) for f in formulas[:1])
    return _text_formulas(e, elsewhere_in_file=False)


def _text_formulas(e: Evidence, elsewhere_in_file: bool) -> Iterator[_Formula]:
    """As they are written in the evidence's file, in its cells or its lines: the evidence's own, or
    all others; where the file is gone, the own ones as the words have them.
    """
    chunk = e.hit.chunk
    try:
        if chunk.modality == "table" and (formulas := list(_cell_formulas(e, elsewhere_in_file))):
            return iter(formulas)
        path = chunk.asset.path
        if (
            chunk.span.lines
            and path is not None
            and chunk.asset.mime in _SOURCE_TYPES
            and path.is_file()
            and path.stat().st_size <= MAX_BYTES
        ):
            return _line_formulas(e, path, elsewhere_in_file)
    except PolysenseError:
        pass  # the file is gone or broken; the words are still there
    if elsewhere_in_file:
        return iter(())
    formulas_of_words = latex.find_formulas(chunk.text)
    return (_Formula(f.latex, e, chunk.place(f.start, f.end)) for f in formulas_of_words)


def _cell_formulas(e: Evidence, elsewhere_in_file: bool) -> Iterator[_Formula]:
    """The cells that are formulas, in the rows of the evidence or in all others."""
    table = frame(e.hit.chunk)
    if table is None:
        return
    cell_range = (e.hit.chunk.span.cells or "").rpartition("!")[2]
    row_numbers = [int(digits) for digits in re.findall(r"\d+", cell_range)]
    first, last = (min(row_numbers), max(row_numbers)) if row_numbers else (0, 0)
    sheet = f"{table.sheet}!" if table.sheet else ""
    for row_index, row in enumerate(table.rows):
        for column_index, cell in enumerate(row):
            place = table.cells[row_index][column_index] if table.cells else ""
            row_number = int(re.sub(r"\D", "", place) or 0)
            if (first <= row_number <= last) is elsewhere_in_file:
                continue
            if formula := _formula_in_cell(cell):
                yield _Formula(formula, e, Span(cells=sheet + place) if place else e.hit.chunk.span)


def _formula_in_cell(cell: str) -> str:
    """The formula that a cell is, or holds."""
    if "\\" not in cell and "$" not in cell and "^" not in cell and "_" not in cell:
        return ""
    if latex.is_formula(cell) and "$" not in cell:
        return cell.strip()
    return next((f.latex for f in latex.find_formulas(cell)), "")


def _line_formulas(e: Evidence, path: Path, elsewhere_in_file: bool) -> Iterator[_Formula]:
    """The formulas in the lines of the evidence, or in all others."""
    content = text.read_text(path)
    first, last = e.hit.chunk.span.lines or (1, 1)
    line_numbers = text.LineIndex(content).lines_of
    lines = content.split("\n")
    if not elsewhere_in_file:
        offset = sum(len(line) + 1 for line in lines[: first - 1])
        content = "\n".join(lines[first - 1 : last])
    else:
        offset = 0
    for f in latex.find_formulas(content, limit=MAX_FORMULAS):
        a, b = line_numbers(offset + f.start, offset + f.end)
        if not elsewhere_in_file or b < first or a > last:
            yield _Formula(f.latex, e, Span(lines=(a, b)))


def _picture_features(e: Evidence) -> Floats | None:
    part = e.hit.chunk.part or e.part
    try:
        drawing = features.formula_image(part)
    except PolysenseError:
        return None
    return None if drawing is None else features.describe(drawing, _BLUR)


@lru_cache(maxsize=2048)
def _rendered_features(source: str) -> Floats | None:
    drawing = features.latex_image(source)
    return None if drawing is None else features.describe(drawing, _BLUR)
