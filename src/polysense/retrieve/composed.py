"""Likeness and words at once: what is like a file comes first where the words hold of it too.

Composed retrieval, as Vo et al., "Composing text and image for image retrieval" (CVPR 2019) call
it, without a model that was trained for it: likeness gives the candidates, the words weigh them. On
72 drawings of 6 kinds in 6 colours, 2 of each (benchmarks/bench_composed.py), both that a drawing
and "like this but red" ask for come first in all of 36 cases, half of the drawings described or
none; where all is fused by score, .51 and .75 of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from polysense.protocols import Encoder
from polysense.query.likeness import asks_for_likeness, otherwise
from polysense.query.understand import is_request
from polysense.question import Question
from polysense.registry import Kit, asked_by
from polysense.retrieve.agreement import agreements, says_more
from polysense.retrieve.fusion import Candidate, Candidates
from polysense.retrieve.stage_context import StageContext
from polysense.types import Hit, Part, ScoreExplanation

UNSAID = 0.05
"""What likeness alone is worth, where words are given that are not true of a thing; judged. Such
things come after all of which they are, in the order of their likeness.
"""

SURE_AGREEMENT = 0.35
"""The agreement from which on likeness and words both hold, so that it is evidence; judged."""

AGREEMENT = "composed"
"""The name under which `Hit.why` tells how far both hold, 0..1: the score may be another's."""


def composed_words(question: Question, kit: Kit) -> str:
    """What is to be true of things like the file of a question; "" where it asks for no such.

    That is what is said beside "like this"; or words that say nothing but what a space takes alone,
    as a colour is.
    """
    words = question.typed_words.strip()
    if not words or not likeness_encoders(question, kit):
        return ""
    if asks_for_likeness(words):
        return otherwise(words)
    whole = Part("text", words)
    parts = (asked_by(e, whole) for e in kit.encoders.values())
    notes = [str(part.data) for part in parts if part is not None and part is not whole]
    return words if notes and not is_request(words) and not says_more(words, notes) else ""


def likeness_encoders(question: Question, kit: Kit) -> list[Encoder]:
    """The encoders of looks and sounds that take a file of the question."""
    files = [p for p in question.query if not (p.modality == "text" and isinstance(p.data, str))]
    return [
        e
        for e in kit.encoders.values()
        if e.signal == "perceptual"
        and any(kit.takes(e, p, "query") and asked_by(e, p) is not None for p in files)
    ]


def composed(context: StageContext, candidates: Candidates) -> Candidates:
    """Those that are like the file, by how alike they are and how true the words are of them, 0..1;
    then the others, in their order.
    """
    words = composed_words(context.question, context.kit)
    encoders = likeness_encoders(context.question, context.kit)
    likeness = _likeness(candidates, encoders, context.kit)
    if not words or not likeness:
        return candidates
    chunks = context.chunks([c for c in candidates if c.id in likeness])
    agreement = agreements(context.store, context.kit, words, chunks)
    alike = [
        c._replace(score=likeness[c.id] * (UNSAID + (1 - UNSAID) * agreement[c.id]))
        for c in candidates
        if c.id in agreement
    ]
    rest = [c._replace(score=0.0) for c in candidates if c.id not in agreement]
    order = enumerate(sorted(alike, key=lambda c: -c.score), 1)
    return (
        *(c._replace(why=(*c.why, ScoreExplanation(AGREEMENT, n, c.score))) for n, c in order),
        *rest,
    )


def agreement_of(hit: Hit) -> float | None:
    """How far a hit is like the file and what the words say, 0..1; None where nothing told it."""
    return next((w.score for w in hit.why if w.space == AGREEMENT), None)


def _likeness(
    candidates: Iterable[Candidate], encoders: Iterable[Encoder], kit: Kit
) -> Mapping[str, float]:
    """By candidate, 0..1: the mean over the spaces that it is in of its score there, from what
    means nothing to a sure match, or to the best of all where that is more.
    """
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    for c in candidates:
        for w in c.why:
            scores[w.space][c.id] = w.score
    shares: dict[str, list[float]] = defaultdict(list)
    for encoder in encoders:
        own = scores.get(encoder.space.name, {})
        calibration = kit.calibration(encoder)
        low = max(calibration.min_score, 0.0)
        high = max(calibration.confident_score, *own.values()) if own else low
        low = low if high > low else 0.0
        for id, score in own.items():
            shares[id].append(max(score - low, 0.0) / max(high - low, 1e-9))
    return {id: sum(own) / len(own) for id, own in shares.items()}
