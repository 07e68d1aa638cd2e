"""How a new modality and those that were there find one another, on what was held out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.aligned.folder import AlignedConfig
from polysense.protocols import Vectors
from polysense.train.align.figures import ranks_by_chance
from polysense.train.align.pair_vectors import groups_of
from polysense.train.gap import measure_gap
from polysense.train.heads.head import Head
from polysense.train.modality.tables import Tables
from polysense.train.retrieval import Gain, K, gain, rank_mixed, rank_pairs, rank_scores
from polysense.types import Modality
from polysense.weights.onnx_model import open_session

EASY = 0.5
"""The recall at K of the start from which the first place alone is counted: where many are right,
as of a few kinds of things, ten draws find one of them. Judged.
"""


def measure(
    tables: Tables, head: Head, before: AlignedConfig, existing: Path | None
) -> tuple[Gain, Mapping[str, Any]]:
    """The gain of what asks by the first of the other modalities, words where there are any, over
    the tower of the new modality that was there, else over chance; and every figure. Recall is at
    K, or at 1 where that is EASY.
    """
    data, test = tables.data, tables.data.split.test
    moved = head(data.features[test])
    metrics: dict[str, Any] = {}
    for other in tables.other_modalities:
        own = tables.rows(other, test)
        items, anchors = moved[np.isin(test, own)], data.anchors[own]
        names = groups_of([data.pairs[i] for i in own])
        metrics[f"{other} -> {tables.modality}"] = rank_pairs(anchors, items, names).figures()
        metrics[f"{tables.modality} -> {other}"] = rank_pairs(items, anchors, names).figures()
        metrics[f"gap to {other}"] = {
            **measure_gap(items, anchors).figures(),
            "mixed pool": rank_mixed(anchors, items, anchors).figures(),
        }
    metrics |= _beside_what_was_there(tables, moved)
    first = tables.other_modalities[0]
    rows = tables.rows(first, test)
    names = groups_of([data.pairs[i] for i in rows])
    after = rank_pairs(data.anchors[rows], head(data.features[rows]), names)
    start, over = ranks_by_chance(names), "chance"
    if (earlier := _earlier_vectors(tables, rows, before, existing)) is not None:
        start, over = rank_pairs(data.anchors[rows], earlier, names), "the tower that was there"
    depth = 1 if start.recall().value > EASY else K
    won = gain(start, after, depth)
    return won, {"over what": over, "depth": depth, "gain": won.figures(), **metrics}


def _beside_what_was_there(tables: Tables, moved: Vectors) -> dict[str, Any]:
    """Of things of which all three are held out, how well words find the other modality that was
    there, such as photos, and which share of that the new one has.
    """
    data, test = tables.data, tables.data.split.test
    if len(tables.other_modalities) < 2 or tables.other_modalities[0] != "text":
        return {}
    figures: dict[str, Any] = {}
    for other in tables.other_modalities[1:]:
        words, things = _rows_by_item(tables, "text", test), _rows_by_item(tables, other, test)
        both = sorted(words.keys() & things.keys())
        if not both:
            continue
        by_word = np.array([words[i] for i in both])
        by_thing = np.array([things[i] for i in both])
        at = {int(row): place for place, row in enumerate(test)}
        own = moved[[at[int(row)] for row in by_word]]
        there = rank_scores(data.anchors[by_word] @ data.anchors[by_thing].T)
        here = rank_scores(data.anchors[by_word] @ own.T)
        share = here.recall().value / max(there.recall().value, 1e-9)
        figures[f"text -> {other}, of the same"] = there.figures()
        figures[f"text -> {tables.modality}, of the same"] = here.figures()
        figures[f"share of recall@{K} of {other}"] = round(share, 4)
    return figures


def _rows_by_item(tables: Tables, other: Modality, among: NDArray[np.int64]) -> dict[str, int]:
    pairs, rows = tables.data.pairs, tables.rows(other, among).tolist()
    return {item.id: i for i in rows if (item := pairs[i].of(tables.modality)) is not None}


def _earlier_vectors(
    tables: Tables, rows: NDArray[np.int64], before: AlignedConfig, existing: Path | None
) -> Vectors | None:
    tower = before.towers.get(tables.modality)
    if tower is None or existing is None:
        return None
    features = np.ascontiguousarray(tables.data.features[rows])
    if not tower.head:
        return features
    (vectors,) = open_session(existing / tower.head).run(None, {"features": features})
    return np.asarray(vectors, np.float32)
