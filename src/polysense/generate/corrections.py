"""Statements that correct others stand in their place."""

from __future__ import annotations

from collections.abc import Sequence

from polysense.augment.compress import Passage
from polysense.augment.statements import corrects

CORRECTION_COVERAGE = 0.9
"""Share of the best passage's coverage that a correction needs to be one of it; judged."""


def corrections_first(passages: Sequence[Passage]) -> Sequence[Passage]:
    """Without what is corrected, where a passage that says that it corrects another has as much of
    the question as the best: the newest statement stands.
    """
    correction = next((p for p in passages if corrects(p.text)), None)
    if correction is None:
        return passages
    best = passages[0]
    is_as_full = correction.coverage >= CORRECTION_COVERAGE * best.coverage
    if not is_as_full or correction.features.fit < best.features.fit:
        return passages
    return [correction, *(p for p in passages if p.coverage < correction.coverage)]
