"""What the scores of an encoder mean in this library, by the modalities that are compared.

A model of words and pictures is measured by no pairs of texts: real CLIP gives a picture and its
name 0.2 to 0.35, SigLIP 0 to 0.1, and either more to two pictures of different things. So once a
library is filled, what an encoder that declares nothing scores between things that have nothing to
do with each other is measured: of stock queries with the library's own vectors, and of those with
one another. Kept in the manifest; measured again when the library has changed much.

Measured: medians, deviations and percentiles of these scores. Judged: where in them a match begins
(the constants below), as no answers are known for somebody's own library.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from heapq import nsmallest
from importlib.resources import files
from pathlib import Path

import numpy as np

from polysense.errors import MissingDependency
from polysense.ingest import manifest as manifests
from polysense.ingest.calibrate import UNDECLARED, reference_pairs, similarities
from polysense.protocols import Encoder, Store, Vectors
from polysense.registry import Kit, reads_language
from polysense.types import Calibration, Modality, Part, ScoreRange
from polysense.vectors.late_interaction import has_vector, is_multivector

UNRELATED_PERCENTILE = 95
"""Of the scores between unrelated things, the share below min_score. Lower than for passages: what
is dropped here nothing else finds, as pictures have no words. Judged.
"""

CONFIDENT_DEVIATIONS = 3.0
"""How far above the median of what the best of a library scores for a query about something else a
sure match lies, in robust deviations: of normal scores 1 in 700 does by chance. Judged.
"""

COPY = 0.99
"""Two things that are this near are one: a sure match is never asked for more, and where there are
too few things to measure, for as much. Judged: a picture saved anew as JPEG keeps about 0.99.
"""

MIN_ASSETS = 8
"""Files of a modality from which on what they score with one another is measured; judged."""

GROWTH = 2.0
"""The factor by which a library's vectors grow or shrink before they are measured again: the best
of twice as many unrelated scores is higher by about a fifth of their deviation. Judged.
"""

MIN_WIDTH, UNINFORMATIVE = 1e-3, (-1.0, 100.0)
"""Scores that lie nearer together than this tell nothing apart; judged. Then none is dropped, and
none is a match.
"""

SAMPLE, QUERIES = 1000, 200
"""Vectors of each modality, and queries, that are compared: bounds on time and memory. Several
vectors a chunk are a thousand times as many: then SAMPLE_MULTI and QUERIES_MULTI. Judged.
"""

SAMPLE_MULTI, QUERIES_MULTI = 32, 24

_ROBUST_DEVIATION = 1.4826  # of a normal distribution, for one of its median absolute deviation


@dataclass(frozen=True)
class _Group:
    """The chunks of one modality in a space: a sample's vectors and assets, and how many there are.

    is_native where they are what they are, and not words.
    """

    modality: Modality
    is_native: bool
    vectors: Vectors | Sequence[Vectors]
    assets: tuple[str, ...]
    count: int


def calibrate_library(folder: Path, kit: Kit, store: Store) -> None:
    """Measure what has to be, and keep it in the manifest. Raises OSError."""
    encoders = [e for e in kit.encoders.values() if _needs_measuring(e)]
    manifest = manifests.load(folder)
    if not encoders or manifest is None:
        return
    calibrations = dict(manifest.calibrations)
    for encoder in encoders:
        try:
            name = encoder.space.name
            calibration = calibrate_on(store, encoder, kit, calibrations.get(name, UNDECLARED))
        except MissingDependency:  # its model is not here now: another time
            continue
        if calibration is not None:
            calibrations[name] = calibration
    if calibrations != manifest.calibrations:
        manifests.save(folder, replace(manifest, calibrations=calibrations))


def calibrate_on(
    store: Store, encoder: Encoder, kit: Kit, before: Calibration
) -> Calibration | None:
    """The calibration with what the library's vectors say; None where it still holds, or there are
    none.
    """
    groups = list(_groups(store, encoder, kit))
    count = sum(g.count for g in groups)
    old_chunks = {r.chunk for r in before.ranges}
    is_like_before = before.chunks / GROWTH < count < before.chunks * GROWTH
    if not count or (is_like_before and {g.modality for g in groups if g.is_native} <= old_chunks):
        return None
    return replace(before, ranges=tuple(_ranges(encoder, groups)), chunks=count)


def _ranges(encoder: Encoder, groups: Sequence[_Group]) -> Iterator[ScoreRange]:
    is_multi = is_multivector(encoder.space)
    stock = _stock_vectors(encoder, QUERIES_MULTI if is_multi else QUERIES)
    for group in groups:
        if not group.is_native and encoder.signal == "semantic":
            continue  # words with words: measured by pairs
        if len(stock):
            scores = similarities(encoder.space, stock, group.vectors)
            low, high = _measure(scores, group.count)
            # words that are like words are no evidence by themselves
            yield ScoreRange("text", group.modality, low, high if group.is_native else 1.0)
        for asking in (g for g in groups if g.is_native):
            yield _range_between(encoder, asking, group)


def _range_between(encoder: Encoder, asking: _Group, group: _Group) -> ScoreRange:
    """What things of one modality score with those of another, or their own, of other files."""
    most = QUERIES_MULTI if is_multivector(encoder.space) else QUERIES
    scores = similarities(encoder.space, asking.vectors[:most], group.vectors)
    same = np.asarray(asking.assets[:most])[:, None] == np.asarray(group.assets)[None, :]
    scores = np.where(same, np.nan, scores)
    is_enough = len(set(group.assets)) >= MIN_ASSETS
    low, high = _measure(scores, group.count) if is_enough else (-1.0, COPY)
    return ScoreRange(asking.modality, group.modality, low, high if group.is_native else 1.0)


def _measure(scores: Vectors, count: int) -> tuple[float, float]:
    """(min_score, confident_score) by what unrelated queries score: (queries, chunks). The second
    is COPY at most. count is how many chunks the library has, of which these are a sample: the best
    of more of them is higher (of normal scores by the growth of sqrt(2 ln n)).
    """
    usable = scores[np.isfinite(scores).any(axis=1)]
    if not len(usable):
        return UNINFORMATIVE
    all_scores = usable[np.isfinite(usable)]
    best = np.nanmax(usable, axis=1)
    size = usable.shape[1]
    more = math.sqrt(2 * math.log(max(count, size, 1))) - math.sqrt(2 * math.log(max(size, 1)))
    high = float(np.median(best)) + CONFIDENT_DEVIATIONS * _deviation(best)
    high += more * _deviation(all_scores)
    low = float(np.percentile(all_scores, UNRELATED_PERCENTILE))
    if high - low < MIN_WIDTH:
        return UNINFORMATIVE
    return round(low, 4), round(min(high, COPY), 4)


def _deviation(values: Vectors) -> float:
    """Robust: a few related pairs among the unrelated ones do not widen it."""
    return _ROBUST_DEVIATION * float(np.median(np.abs(values - np.median(values))))


def _groups(store: Store, encoder: Encoder, kit: Kit) -> Iterator[_Group]:
    """What the space holds, by modality; the same sample of the same chunks each time."""
    ids: dict[tuple[Modality, bool], list[str]] = {}
    asset_by_id: dict[str, str] = {}
    for row in store.scan("", ["id", "asset", "modality", "native"]):
        is_native = bool(row["native"]) and kit.supports(encoder, row["native"])
        # scenes of a film, stored as a frame each, and taken whole
        is_native |= row["native"] != "" and row["modality"] in encoder.accepts - {"text"}
        ids.setdefault((row["modality"], is_native), []).append(row["id"])
        asset_by_id[row["id"]] = row["asset"]
    size = SAMPLE_MULTI if is_multivector(encoder.space) else SAMPLE
    for (modality, is_native), all_ids in sorted(ids.items()):
        if not is_native and (modality, True) in ids:
            continue
        sample = nsmallest(size, all_ids)  # ids are hashes: any order of them is random
        vectors = store.vectors(encoder.space, sample)
        if not vectors:
            continue
        own_ids = [i for i in sample if i in vectors]
        rows = [vectors[i] for i in own_ids]
        yield _Group(
            modality,
            is_native,
            rows if is_multivector(encoder.space) else np.stack(rows),
            tuple(asset_by_id[i] for i in own_ids),
            round(len(all_ids) * len(own_ids) / len(sample)),
        )


def _stock_vectors(encoder: Encoder, most: int) -> Vectors | Sequence[Vectors]:
    """Of stock queries in the languages that the encoder reads, in turns; none where it takes no
    words.
    """
    texts = [q for lang, q in stock_queries() if reads_language(encoder, lang)]
    if "text" not in encoder.accepts | encoder.query_modalities or not texts:
        return []
    step = max(len(texts) / most, 1.0)
    sample_texts = [texts[int(i * step)] for i in range(min(most, len(texts)))]
    vectors = encoder.encode([Part("text", t) for t in sample_texts], "query")
    usable = [v for v, ok in zip(vectors, has_vector(vectors), strict=True) if ok]
    return usable if is_multivector(encoder.space) or not usable else np.stack(usable)


@cache
def stock_queries() -> tuple[tuple[str, str], ...]:
    """(language, query): what people look for in pictures, sounds and documents, about as many
    things as there are; and the questions of the reference pairs.
    """
    lines = files("polysense.ingest").joinpath("stock_queries.tsv").read_text("utf-8").splitlines()
    languages, *rows = [line.split("\t") for line in lines if line]
    phrases = [(lang, phrase) for row in rows for lang, phrase in zip(languages, row, strict=True)]
    return (*phrases, *((lang, question) for lang, question, _ in reference_pairs()))


def _needs_measuring(encoder: Encoder) -> bool:
    declared = Calibration(encoder.min_score, encoder.confident_score)
    return declared == UNDECLARED and encoder.accepts | encoder.query_modalities != {"text"}
