"""What the scores of a space are worth, by what is compared with what: two pictures, a picture and
words. `Calibration.ranges` says it, where it was measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from polysense.protocols import Encoder, Match, Store, Vectors
from polysense.question import Question
from polysense.registry import Kit
from polysense.retrieve.default_retriever import parts_for, texts_for
from polysense.retrieve.filters import all_of, excluding, modality_condition
from polysense.retrieve.fusion import Candidates
from polysense.stretch import chunk_part
from polysense.types import Calibration, Hit, Modality
from polysense.vectors.late_interaction import is_multivector

FAR = 0.01
"""What the score of a match that means nothing counts for beside others, where all are ranked."""


def query_modalities(encoder: Encoder, question: Question, kit: Kit) -> frozenset[Modality]:
    """Those of a question that an encoder takes."""
    pieces = parts_for(encoder, question, kit)
    own = {kit.taken_as(encoder, p) for own_pieces in pieces for p in own_pieces}
    return frozenset(own | ({"text"} if texts_for(encoder, question, kit) else set()))


def nearest(
    store: Store,
    encoder: Encoder,
    vector: Vectors,
    k: int,
    where: str,
    calibration: Calibration,
    queries: frozenset[Modality],
) -> list[Match]:
    """The k nearest in a space, by its own scores.

    Where scores mean different things for chunks of different modalities, each modality is searched
    by itself, and they are merged by what their scores mean there: words lie nearer to words than
    to the picture that shows what they say, and would hide it (the modality gap: Liang et al.,
    NeurIPS 2022).
    """
    own = sorted({r.chunk for r in calibration.ranges if r.query in queries})
    conditions = [*(modality_condition([m]) for m in own), excluding("modality", own)]
    matches = [
        m
        for condition in conditions
        for m in store.nearest(encoder.space, vector, k, all_of(where, condition))
    ]
    if is_multivector(encoder.space):  # a sum over the query's tokens, as their mean
        matches = [m._replace(score=m.score / len(vector)) for m in matches]
    if own:
        by_modality = {m: calibration.between(queries, m) for m in {m.modality for m in matches}}
        matches.sort(key=lambda m: (-by_modality[m.modality].nearness(m.score), m.id))
    return matches[:k]


def meaningful(
    matches: Iterable[Match], calibration: Calibration, queries: frozenset[Modality]
) -> list[Match]:
    """Those whose scores mean something."""
    return [m for m in matches if m.score >= calibration.between(queries, m.modality).min_score]


def sure(
    candidates: Candidates, calibration: Calibration, queries: frozenset[Modality]
) -> Candidates:
    """Those whose scores are a sure match's; none where scores tell nothing apart."""
    with_own = [(c, calibration.between(queries, c.modality)) for c in candidates]
    return tuple(c for c, own in with_own if c.score >= own.confident_score > own.min_score)


def as_shares(
    candidates: Candidates, calibration: Calibration, queries: frozenset[Modality]
) -> Candidates:
    """Candidates of a space with ranges, each score as a share of a sure match's: 0 where it means
    nothing, 1 and more where it is one. Others as they are.
    """
    if not calibration.ranges:
        return candidates
    return tuple(
        c._replace(score=max(calibration.between(queries, c.modality).nearness(c.score), 0.0))
        for c in candidates
    )


def behind_others(
    candidates: Candidates,
    shares: Candidates,
    calibration: Calibration,
    queries: frozenset[Modality],
) -> Candidates:
    """`shares` of candidates, of which those that are too far to mean anything keep their order and
    count next to nothing: they come behind all that another list has.
    """
    return tuple(
        share._replace(score=FAR * max(c.score, 0.0))
        if c.score < calibration.between(queries, c.modality).min_score
        else share
        for c, share in zip(candidates, shares, strict=True)
    )


def closeness(hit: Hit, question: Question, kit: Kit) -> float:
    """How near a hit is to being the very thing that is asked for by its looks or sounds: from 1 on
    it is a match by itself; 0 where no space says so.
    """
    scores = {w.space: w.score for w in hit.why}
    return max(
        (
            _closeness_in(e, scores[e.space.name], hit, question, kit)
            for e in kit.encoders.values()
            if e.space.name in scores
        ),
        default=0.0,
    )


def _closeness_in(encoder: Encoder, score: float, hit: Hit, question: Question, kit: Kit) -> float:
    """As the encoder declares, where it is one of looks and sounds; where it was measured on the
    library, of everything but words that are like words: those may only speak of it.
    """
    calibration = kit.calibration(encoder)
    if calibration.ranges:
        part = chunk_part(hit.chunk)
        if part is None or not kit.takes(encoder, part):
            return 0.0
        queries = query_modalities(encoder, question, kit)
        own = calibration.between(queries, hit.modality)
        return own.nearness(score) if own.confident_score > own.min_score else 0.0
    is_evidence = encoder.signal == "perceptual" and calibration.confident_score > 0
    return score / calibration.confident_score if is_evidence else 0.0


def closest(hits: Sequence[Hit], question: Question, kit: Kit, share: float) -> list[Hit]:
    """Those that are matches by themselves, and about as near as the nearest, of which they need a
    share: beside the very thing, what is only like it is no evidence. Each modality that the
    question expects has a nearest of its own.
    """
    nearness = [(h, closeness(h, question, kit)) for h in hits]

    def group(hit: Hit) -> str:
        return hit.modality if hit.modality in question.expected else ""

    nearest: dict[str, float] = {}
    for h, n in nearness:
        nearest[group(h)] = max(n, nearest.get(group(h), 0.0))
    return [h for h, n in nearness if n >= max(1.0, share * nearest[group(h)])]
