"""What two frozen encoders give for pairs, and how these are divided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import BadConfig
from polysense.ingest.progress import Progress
from polysense.protocols import Vectors
from polysense.train.align.settings import Side, Towers
from polysense.train.data.augment.augment import augment_pairs
from polysense.train.data.pairs import Pair, digest_of, modalities_of
from polysense.train.data.split import Split, split_pairs
from polysense.train.features import encode_features
from polysense.types import Modality, Part


@dataclass(frozen=True, eq=False)
class PairVectors:
    """Features of the pairs that both encoders see something in, row by row, and their split."""

    pairs: Sequence[Pair]
    features: Vectors
    anchors: Vectors
    split: Split
    groups: NDArray[np.int64]


def towers_of(pairs: Sequence[Pair], source: Side, anchor: Side) -> Towers:
    """Which of the pairs' modalities is the source's, and which the anchor's. Raises BadQuery,
    BadConfig.
    """
    first, second = modalities_of(pairs)
    accepted = anchor.encoder.accepts | anchor.encoder.query_modalities
    for one, other in ((first, second), (second, first)):
        if one in source.encoder.accepts and other in accepted and one != other:
            return Towers(source, anchor, one, other)
    raise BadConfig(
        f"{source.spec} and {anchor.spec} do not take pairs of {first} and {second}",
        "Name an encoder of each: --from for what is brought over, --to for the space it comes to.",
    )


def load_vectors(
    pairs: Sequence[Pair],
    towers: Towers,
    store: Path,
    seed: int,
    progress: Progress,
    copies: int = 0,
) -> PairVectors:
    """Encoded, where `store` has not kept it, and divided; what is trained on with so many varied
    copies of each beside it.
    """
    features, anchors, usable = encode_pairs(pairs, towers, store, progress)
    split = split_pairs(usable, features, seed)
    if copies:
        varied = augment_pairs([usable[i] for i in split.train], copies, seed)
        more, more_anchors, varied = encode_pairs(varied, towers, store, progress)
        added = np.arange(len(usable), len(usable) + len(varied))
        split = replace(split, train=np.concatenate([split.train, added]))
        features = np.concatenate([features, more])
        anchors = np.concatenate([anchors, more_anchors])
        usable = [*usable, *varied]
    groups = np.unique([p.right or str(i) for i, p in enumerate(usable)], return_inverse=True)[1]
    return PairVectors(usable, features, anchors, split, groups.astype(np.int64))


def encode_pairs(
    pairs: Sequence[Pair], towers: Towers, store: Path, progress: Progress
) -> tuple[Vectors, Vectors, list[Pair]]:
    """Features and anchors of the pairs in which both encoders see something, and those pairs."""
    items, words = parts_of(pairs, towers.modality), parts_of(pairs, towers.anchor_modality)
    features = encode_features(towers.source.encoder, items, "document", store, progress)
    anchors = encode_features(towers.anchor.encoder, words, "query", store, progress)
    rows = np.flatnonzero(np.isfinite(features).all(axis=1) & np.isfinite(anchors).all(axis=1))
    if unseen := len(pairs) - len(rows):
        progress.note(f"{unseen} pairs are left out: an encoder sees nothing in them")
    return features[rows], anchors[rows], [pairs[i] for i in rows.tolist()]


def parts_of(pairs: Sequence[Pair], modality: Modality) -> list[Part]:
    """Of each pair the part of a modality."""
    return [part for p in pairs if (part := p.of(modality)) is not None]


def data_figures(pairs: Sequence[Pair], data: PairVectors) -> dict[str, Any]:
    """What a card says of the pairs: their hash, how many, and how they are divided."""
    split = data.split
    test = sha256(" ".join(sorted(data.pairs[i].first.id for i in split.test)).encode())
    return {
        "hash": digest_of(pairs),
        "pairs": len(pairs),
        "used": len(data.pairs),
        "sources": len({p.source for p in data.pairs}),
        "train": len(split.train),
        "validation": len(split.validation),
        "test": len(split.test),
        "split hash": test.hexdigest()[:16],
    }


def groups_of(pairs: Sequence[Pair]) -> list[str]:
    """Of each pair the name of what else is right."""
    return [p.right for p in pairs]
