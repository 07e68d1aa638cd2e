"""What the scores of an encoder mean, measured on questions and passages that answer them.

Two models say 0.85 of a good match and of a bad one. What a library refuses and cites hangs on the
difference, so each encoder that declares nothing is measured once, when a library first uses it,
and the result is kept with the space in the library's manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

import numpy as np

from polysense.errors import MissingDependency
from polysense.ingest.manifest import Manifest
from polysense.protocols import Encoder, Encoding, Vectors
from polysense.registry import Kit, reads_language
from polysense.types import Calibration, Part, Space
from polysense.vectors.late_interaction import is_ragged, maxsim_scores
from polysense.vectors.sparse import is_sparse, sparse_scores

UNRELATED_PERCENTILE = 99
"""Of the scores between questions and passages about something else, the share that lies below
min_score. By the English pairs MiniLM gets (0.23, 0.55); from other texts it declares (0.25, 0.60).
"""

UNDECLARED = Calibration(Encoder.min_score, Encoder.confident_score)


def calibrated(manifest: Manifest, kit: Kit) -> Manifest:
    """With what the scores mean of each of the kit's encoders that does not say so itself."""
    measured = calibrate_spaces(kit.encoders.values(), manifest.calibrations)
    return replace(manifest, calibrations=measured)


def calibrate_spaces(
    encoders: Iterable[Encoder], measured: Mapping[str, Calibration]
) -> dict[str, Calibration]:
    """By space, the calibrations of semantic text encoders that declare none; those `measured`
    before stay. An encoder whose model is not installed is measured another time.
    """
    result = dict(measured)
    for encoder in encoders:
        if encoder.space.name in result or not _needs_measuring(encoder):
            continue
        try:
            calibration = calibrate(encoder)
        except MissingDependency:
            continue
        if calibration is not None:
            result[encoder.space.name] = calibration
    return result


def calibrate(encoder: Encoder) -> Calibration | None:
    """An encoder's calibration by the reference pairs of the language that it tells apart best, of
    those that it says it reads; None where it reads none of them.

    min_score lies above nearly all pairs about different things, confident_score amid those of a
    question and its answer.
    """
    languages = {lang for lang, _, _ in reference_pairs() if reads_language(encoder, lang)}
    calibrations = [c for lang in sorted(languages) if (c := _calibrate_language(encoder, lang))]
    return max(calibrations, key=lambda c: c.confident_score - c.min_score, default=None)


def _calibrate_language(encoder: Encoder, language: str) -> Calibration | None:
    pairs = [(q, p) for lang, q, p in reference_pairs() if lang == language]
    questions = encoder.encode([Part("text", q) for q, _ in pairs], "query")
    passages = encoder.encode([Part("text", p) for _, p in pairs], "document")
    scores = similarities(encoder.space, questions, passages)
    is_related = np.eye(len(pairs), dtype=bool)
    related, unrelated = (s[np.isfinite(s)] for s in (scores[is_related], scores[~is_related]))
    if not len(unrelated) or not len(related):
        return None
    min_score = float(np.percentile(unrelated, UNRELATED_PERCENTILE))
    return Calibration(round(min_score, 4), round(float(np.median(related)), 4))


def similarities(space: Space, questions: Encoding, passages: Encoding) -> Vectors:
    """(questions, passages): as searches score them, of late interaction the mean over tokens."""
    if not is_ragged(space):
        return np.asarray(questions @ passages.T, np.float32)
    documents = {str(i): p for i, p in enumerate(passages) if len(p)}
    scores = np.full((len(questions), len(passages)), np.nan, np.float32)
    for row, question in zip(scores, questions, strict=True):
        if is_sparse(space):
            by_id, tokens = sparse_scores(question, documents), 1
        else:
            by_id, tokens = maxsim_scores(question, documents), len(question)
        for i, score in by_id.items():
            row[int(i)] = score / tokens
    return scores


@cache
def reference_pairs() -> tuple[tuple[str, str, str], ...]:
    """(language, question, a passage that answers it), written for this; each about something else
    than the others in its language.
    """
    lines = files("polysense.ingest").joinpath("reference_pairs.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in lines.splitlines() if line]
    return tuple((language, question, passage) for language, question, passage in rows)


def _needs_measuring(encoder: Encoder) -> bool:
    declared = Calibration(encoder.min_score, encoder.confident_score)
    return encoder.signal == "semantic" and "text" in encoder.accepts and declared == UNDECLARED
