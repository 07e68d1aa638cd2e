"""Ranked lists, and one list made of several: by rank or by score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

from polysense.protocols import Match
from polysense.types import Modality, ScoreExplanation

RRF = 60
"""The constant of reciprocal rank fusion, as in its paper (Cormack, Clarke & Buettcher, SIGIR
2009); its neighbours were not measured here.
"""

MIN_FOR_MEDIAN = 3
"""Candidates that have a middle from which the best stands out: one alone is its own, of two one is
above it. By the meaning of a median.
"""


class Candidate(NamedTuple):
    """A chunk id with its score so far, what the evidence is, and the ranks that made the score.

    A tuple: a query makes hundreds.
    """

    id: str
    score: float
    modality: Modality = ""
    why: tuple[ScoreExplanation, ...] = ()


Candidates = tuple[Candidate, ...]


def from_matches(matches: Sequence[tuple[str, float, Modality]], space: str) -> Candidates:
    """A space's own ranking as candidates."""
    return tuple(
        Candidate(i, s, m, (ScoreExplanation(space, rank, s),))
        for rank, (i, s, m) in enumerate(matches, 1)
    )


def above_median(candidates: Candidates) -> Candidates:
    """Candidates with their scores above the median of all: what another list has and this has not
    counts as one in the middle. None of fewer than MIN_FOR_MEDIAN, which have no middle.

    >>> [round(c.score, 2) for c in above_median(tuple(Candidate(i, s) for i, s in
    ...     (("a", 0.9), ("b", 0.7), ("c", 0.6))))]
    [0.2, 0.0, -0.1]
    """
    if len(candidates) < MIN_FOR_MEDIAN:
        return ()
    middle = median(c.score for c in candidates)
    return tuple(c._replace(score=c.score - middle) for c in candidates)


def fuse(
    lists: Sequence[tuple[float, Candidates]],
    fusion_weight: Callable[[int, Modality], float] | None = None,
    score_scales: Sequence[float] | None = None,
    k: int | None = None,
) -> Candidates:
    """Weighted lists as one: by rank, or by score where `score_scales` are given.

    score_scales say what a sure match scores in each list (its best counts, if that is more).
    fusion_weight(i, modality) weighs list i's opinion on candidates of a modality further. k: how
    many are made, all if None.
    """
    by_id = [{c.id: c for c in candidates} for _, candidates in lists]
    result = []
    for score, id in rank_fusion(lists, fusion_weight, score_scales)[:k]:
        occurrences = [candidates[id] for candidates in by_id if id in candidates]
        result.append(
            Candidate(
                id, score, occurrences[0].modality, tuple(w for c in occurrences for w in c.why)
            )
        )
    return tuple(result)


def rank_fusion(
    lists: Sequence[tuple[float, Sequence[Candidate | Match]]],
    fusion_weight: Callable[[int, Modality], float] | None = None,
    score_scales: Sequence[float] | None = None,
) -> list[tuple[float, str]]:
    """(score, id), best first, as `fuse` has them: by rank, or by score with `score_scales`; equal
    ones by id.
    """
    scores: dict[str, float] = {}
    for i, (weight, candidates) in enumerate(lists):
        weights = {
            m: weight * (fusion_weight(i, m) if fusion_weight else 1.0)
            for m in {c.modality for c in candidates}
        }
        best = max((c.score for c in candidates), default=0.0)
        scale = max(best, score_scales[i], 1e-9) if score_scales else 0.0
        for rank, c in enumerate(candidates, 1):
            relevance = max(c.score, 0.0) / scale if score_scales else 1.0 / (RRF + rank)
            scores[c.id] = scores.get(c.id, 0.0) + weights[c.modality] * relevance
    return [
        (-negative, id) for negative, id in sorted((-score, id) for id, score in scores.items())
    ]
