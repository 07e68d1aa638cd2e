"""What is measured of an alignment, on pairs that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.aligned.folder import CONFIG, read_config
from polysense.ingest.progress import Progress
from polysense.protocols import Vectors
from polysense.train.align.pair_vectors import PairVectors, encode_pairs, groups_of, parts_of
from polysense.train.align.settings import Side, Towers
from polysense.train.data.pairs import Pair
from polysense.train.features import encode_features
from polysense.train.gap import measure_gap
from polysense.train.heads.head import Head
from polysense.train.retrieval import Ranks, gain, rank_mixed, rank_pairs, rank_scores
from polysense.weights.onnx_model import open_session


def ranks_of(
    data: PairVectors, heads: tuple[Head, Head], rows: NDArray[np.int64], *, is_turned: bool = False
) -> Ranks:
    """Ranks of items for words, or `is_turned` of words for items, among these rows."""
    items, words = heads[0](data.features[rows]), heads[1](data.anchors[rows])
    names = groups_of([data.pairs[i] for i in rows])
    return rank_pairs(items, words, names) if is_turned else rank_pairs(words, items, names)


def ranks_by_chance(groups: Sequence[str]) -> Ranks:
    """Ranks as shuffled pools give them to queries of these groups: of one right item each rank
    once; of several that are right, the best of them.

    >>> sorted(ranks_by_chance(["", "", ""]).ranks.tolist())
    [1, 2, 3]
    """
    count = len(groups)
    sizes = np.array([groups.count(g) if g else 1 for g in groups])
    shares = (np.random.default_rng(0).permutation(count) + 0.5) / max(count, 1)
    ranks = 1 + np.floor((count - sizes + 1) * (1 - (1 - shares) ** (1 / sizes)))
    return Ranks(ranks.astype(np.int64), count)


def gap_figures(
    data: PairVectors, head: Head, heads: tuple[Head, Head], rows: NDArray[np.int64]
) -> dict[str, Any]:
    """The gap and the recall in a mixed pool, before the head's gap was closed and after."""
    figures: dict[str, Any] = {}
    for name, (own, other) in (("before", (head, Head(()))), ("after", heads)):
        items, words = own(data.features[rows]), other(data.anchors[rows])
        measured = measure_gap(items, words).figures()
        figures[name] = {**measured, "mixed pool": rank_mixed(words, items, words).figures()}
    return figures


def frozen_scores(
    pairs: Sequence[Pair], before: Side, towers: Towers, store: Path, progress: Progress
) -> Vectors:
    """(n, n): what an encoder of both modalities gives the pairs, words by items."""
    items, words = parts_of(pairs, towers.modality), parts_of(pairs, towers.anchor_modality)
    rows = encode_features(before.encoder, items, "document", store, progress)
    queries = encode_features(before.encoder, words, "query", store, progress)
    return np.asarray(queries @ rows.T, np.float32)


def summed_ranks(
    data: PairVectors, heads: tuple[Head, Head], rows: NDArray[np.int64], frozen: Vectors
) -> Ranks:
    """Ranks by the sum of both scores, each in deviations from its query's mean."""
    own = heads[1](data.anchors[rows]) @ heads[0](data.features[rows]).T
    both = _deviations(own) + _deviations(frozen)
    return rank_scores(both, groups_of([data.pairs[i] for i in rows]))


def _deviations(scores: Vectors) -> Vectors:
    finite = np.where(np.isfinite(scores), scores, np.nan)
    with np.errstate(invalid="ignore"):
        mean = np.nanmean(finite, axis=1, keepdims=True)
        deviation = np.nanstd(finite, axis=1, keepdims=True)
        scaled = (finite - mean) / np.where(deviation > 0, deviation, 1)
    return np.asarray(np.nan_to_num(scaled, nan=0.0), np.float32)


def earlier_ranks(folder: Path, data: PairVectors, towers: Towers) -> Ranks | None:
    """Ranks of the test pairs in the space that the folder holds already; None for none."""
    if not (folder / CONFIG).is_file():
        return None
    earlier_towers, test = read_config(folder).towers, data.split.test
    sides: list[Vectors] = []
    for modality, rows in (
        (towers.anchor_modality, data.anchors[test]),
        (towers.modality, data.features[test]),
    ):
        tower = earlier_towers.get(modality)
        if tower is not None and tower.head:
            inputs = {"features": np.ascontiguousarray(rows)}
            rows = open_session(folder / tower.head).run(None, inputs)[0]
        sides.append(rows)
    return rank_pairs(sides[0], sides[1], groups_of([data.pairs[i] for i in test]))


def figures_elsewhere(
    pairs: Sequence[Pair],
    heads: tuple[Head, Head],
    towers: Towers,
    before: Side | None,
    store: Path,
    progress: Progress,
) -> dict[str, Any]:
    """The same heads on pairs of another source."""
    features, anchors, usable = encode_pairs(pairs, towers, store, progress)
    groups = groups_of(usable)
    own = heads[1](anchors) @ heads[0](features).T
    after = rank_scores(own, groups)
    figures: dict[str, Any] = {"after": after.figures()}
    if before is not None:
        frozen = frozen_scores(usable, before, towers, store, progress)
        start = rank_scores(frozen, groups)
        both = rank_scores(_deviations(own) + _deviations(frozen), groups)
        figures |= {
            "before": start.figures(),
            "gain": gain(start, after).figures(),
            f"with {before.spec} summed": both.figures(),
        }
    return figures
