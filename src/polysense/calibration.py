"""What the scores of a space mean: from where on they mean something, and are a sure match."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class ScoreRange(NamedTuple):
    """What scores mean between a query of one modality and chunks of another: the same model is
    surer of two pictures than of a picture and its name.
    """

    query: str
    chunk: str
    min_score: float
    confident_score: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the scores of a space mean: from min_score on a match means something, from
    confident_score on it is one.

    ranges say it by modalities, where that was measured on a library, of `chunks` vectors then.

    >>> Calibration(0.8, 0.9).nearness(0.85)
    0.5
    """

    min_score: float
    confident_score: float
    ranges: tuple[ScoreRange, ...] = ()
    chunks: int = 0

    def nearness(self, score: float) -> float:
        """Where a score lies between the two: 0 at min_score, 1 at confident_score, less or more
        beyond; 0 everywhere where the scores tell nothing apart.
        """
        width = self.confident_score - self.min_score
        return round((score - self.min_score) / width, 9) if width > 0 else 0.0

    def between(self, queries: Iterable[str], chunk: str) -> Calibration:
        """Of queries of these modalities with chunks of one: of several the strictest; as a whole
        where that was not measured.

        >>> own = Calibration(0.2, 0.6, (ScoreRange("text", "image", 0.2, 0.3),))
        >>> own.between({"text"}, "image").confident_score, own.between({"text"}, "text").min_score
        (0.3, 0.2)
        """
        names = frozenset(queries)
        own = [r for r in self.ranges if r.query in names and r.chunk == chunk]
        if not own:
            return Calibration(self.min_score, self.confident_score)
        return Calibration(max(r.min_score for r in own), max(r.confident_score for r in own))
