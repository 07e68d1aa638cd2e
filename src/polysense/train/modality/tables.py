"""Pairs of a new modality with several others, as one set to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from polysense.errors import BadQuery
from polysense.ingest.progress import Progress
from polysense.train.align.pair_vectors import PairVectors, encode_pairs, towers_of
from polysense.train.align.settings import Side
from polysense.train.data.pairs import Pair
from polysense.train.data.split import split_pairs
from polysense.types import Modality


@dataclass(frozen=True, eq=False)
class Tables:
    """Vectors of all pairs, row by row, and of each row the modality on the anchor's side; modality
    is the new one. Rows of the same new thing are of one group.
    """

    data: PairVectors
    modality: Modality
    others: NDArray[np.str_]

    def rows(self, other: Modality, among: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `among` whose anchor is of a modality."""
        return np.asarray(among[self.others[among] == other], np.int64)

    @property
    def other_modalities(self) -> tuple[Modality, ...]:
        """Those on the anchor's side, words first."""
        return tuple(sorted(set(self.others.tolist()), key=lambda m: (m != "text", m)))


def load_tables(
    tables: Sequence[Sequence[Pair]],
    source: Side,
    anchor: Side,
    store: Path,
    seed: int,
    progress: Progress,
) -> Tables:
    """Encoded, where `store` has not kept it, and divided so that a thing of the new modality
    stands on one side with all that it is paired with. Raises BadQuery, BadConfig.
    """
    rows, anchor_rows, others = [], [], list[Modality]()
    pairs: list[Pair] = []
    modalities: set[Modality] = set()
    for table in tables:
        towers = towers_of(table, source, anchor)
        features, anchors, usable = encode_pairs(table, towers, store, progress)
        rows.append(features)
        anchor_rows.append(anchors)
        others += [towers.anchor_modality] * len(usable)
        modalities.add(towers.modality)
        pairs += usable
    if len(modalities) != 1:
        names = " and ".join(sorted(modalities)) or "nothing"
        raise BadQuery(
            f"the tables bring {names}, and one modality is added at a time",
            "Run it once for each.",
        )
    modality = modalities.pop()
    features, anchors = np.concatenate(rows), np.concatenate(anchor_rows)
    split = split_pairs(pairs, features, seed)
    pairs = _in_groups(pairs, modality)
    groups = np.unique([p.group for p in pairs], return_inverse=True)[1].astype(np.int64)
    data = PairVectors(pairs, features, anchors, split, groups)
    return Tables(data, modality, np.array(others))


def _in_groups(pairs: Sequence[Pair], modality: Modality) -> list[Pair]:
    """With the group of each thing in all of its pairs: the one that is named, else that of its
    words; a thing without either is a group of its own.
    """
    items = [part.id for p in pairs if (part := p.of(modality)) is not None]
    group_of: dict[str, str] = {}
    for name, pair in zip(items, pairs, strict=True):
        if pair.right:
            group_of.setdefault(name, pair.right)
    return [
        replace(p, group=group_of.get(name, name)) for name, p in zip(items, pairs, strict=True)
    ]
