"""Formula: printed formulas by how they look, and LaTeX wherever it stands in words by how it would
look, drawn offline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from polysense.protocols import Encoder, Signal, Vectors
from polysense.read.formula import features, latex
from polysense.types import Modality, Part, Role, Space

MOST = 24
"""Formulas of one chunk that are drawn: a drawing takes 20 ms."""


class Formula(Encoder):
    """A picture of a formula and the LaTeX of it, in pictures, text, code and tables. Words without
    mathematics have no place here.

    A chunk has one vector, the sum of those of its formulas: a formula's own share of the dot
    product stays what it is, and the others add noise. Who must know looks at each again, as the
    generator `latex` does.
    """

    accepts = frozenset({"image", "text"})
    signal: Signal = "perceptual"
    space = Space("formula", "1", features.DIM, "dot")
    adapts_views = False
    min_score = 0.15
    # of 150 pictures, the nearest other one is nearer than this in 2 % of cases; 5 % of those drawn
    # by mathtext are farther
    confident_score = 0.3
    fusion_weight: Mapping[tuple[Modality, Modality] | Modality, float] = {"image": 3.0}

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Rows of length 1 for pictures; NaN for pictures of anything else, words without LaTeX,
        and words that ask.
        """
        rows = np.full((len(parts), self.space.dim), np.nan, np.float32)
        for row, part in zip(rows, parts, strict=True):
            if part.modality == "image":
                ink = features.formula_image(part)
                row[:] = np.nan if ink is None else features.describe(ink)
            elif role == "document" and isinstance(part.data, str):
                row[:] = formulas_in(part.data)
        return rows


def formulas_in(words: str) -> Vectors:
    """The vector of the formulas in words; NaN where there are none that can be drawn."""
    if "\\" not in words and "$" not in words:
        return np.full(features.DIM, np.nan, np.float32)
    text = dict.fromkeys(f.latex for f in latex.find_formulas(words)[:MOST])
    formulas = [
        features.describe(ink) for one in text if (ink := features.latex_image(one)) is not None
    ]
    if not formulas:
        return np.full(features.DIM, np.nan, np.float32)
    return np.asarray(np.sum(formulas, axis=0), np.float32)
