"""What evidence shows: the picture that stands below a passage is seen with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from polysense.augment.surroundings import Surroundings
from polysense.generate.evidence import Support
from polysense.types import Chunk, Evidence, Hit, Modality, ScoreExplanation


def with_shown(e: Evidence, around: Surroundings) -> Evidence:
    """The evidence with the contents of the files that it shows."""
    parts = (c.part for c in _shown_by(e, around))
    return replace(e, attachments=tuple(p for p in parts if p is not None))


def shown_hits(support: Support, around: Surroundings, target: Modality) -> list[Hit]:
    """What sufficient evidence shows of a modality, each worth (0..1) what the best passage is that
    shows it.
    """
    evidence = support.evidence if support.is_sufficient else ()
    best = max((e.score for e in evidence), default=1.0) or 1.0
    return [
        Hit(c, e.score / best, (ScoreExplanation(f"in {e.hit.chunk.asset.name}", 1, 1.0),))
        for e in evidence
        for c in _shown_by(e, around)
        if c.modality == target
    ]


def _shown_by(e: Evidence, around: Surroundings) -> Sequence[Chunk]:
    is_words = e.part.modality == "text" and isinstance(e.part.data, str)
    return around.shown_by(e.hit.chunk, str(e.part.data)) if is_words else ()
