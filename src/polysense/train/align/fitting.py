"""The heads of an alignment: in closed form, by a loss, with the gap between modalities closed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.ingest.progress import Progress
from polysense.train.align.pair_vectors import PairVectors, groups_of
from polysense.train.align.settings import AlignSettings
from polysense.train.data.negatives import batch_with_negatives, mine_negatives
from polysense.train.data.pairs import digest_of
from polysense.train.gap import CLOSINGS
from polysense.train.heads.head import Head
from polysense.train.heads.network import build_network, require_torch, start_from, to_head
from polysense.train.heads.ridge import PENALTIES, fit_ridge
from polysense.train.losses import LOSSES
from polysense.train.retrieval import rank_mixed, rank_pairs
from polysense.train.run.fit import History, fit


def best_ridge(data: PairVectors) -> tuple[Head, float]:
    """The head of the penalty that does best on the validation pairs, and that penalty."""
    train, validation = data.split.train, data.split.validation
    candidates = [(p, fit_ridge(data.features[train], data.anchors[train], p)) for p in PENALTIES]
    names = groups_of([data.pairs[i] for i in validation])
    scores = [
        rank_pairs(data.anchors[validation], h(data.features[validation]), names).reciprocal
        for _, h in candidates
    ]
    penalty, head = candidates[int(np.argmax(scores))]
    return head, penalty


def train_head(
    data: PairVectors, ridge: Head, settings: AlignSettings, state: Path, progress: Progress
) -> tuple[Head, History]:
    """A head of the kind that is asked for, by its loss. Raises MissingDependency."""
    torch = require_torch("training a head")
    train, validation = data.split.train, data.split.validation
    torch.manual_seed(settings.fit.seed)
    width, dim = data.features.shape[1], data.anchors.shape[1]
    network = build_network(settings.head, width, dim, settings.inner)
    if settings.head == "linear":
        start_from(network, ridge)
    loss = LOSSES[settings.loss]()
    x, y, groups = (
        torch.from_numpy(np.ascontiguousarray(a[train]))
        for a in (data.features, data.anchors, data.groups)
    )
    negatives = None
    if settings.negatives:
        guesses = ridge(data.features[train])
        negatives = mine_negatives(
            data.anchors[train], guesses, settings.negatives, data.groups[train]
        )

    def loss_of(batch: NDArray[np.int64]) -> Any:
        if negatives is not None:
            batch = batch_with_negatives(batch, negatives, len(batch))
        vectors = torch.nn.functional.normalize(network(x[batch]), dim=1)
        return loss(y[batch], vectors, groups[batch])

    names = groups_of([data.pairs[i] for i in validation])

    def score() -> float:
        vectors = to_head(network)(data.features[validation])
        return rank_pairs(data.anchors[validation], vectors, names).reciprocal

    history = fit(
        network,
        loss_of,
        score,
        len(train),
        settings.fit,
        state,
        progress,
        loss.parameters,
        _identity(data, settings),
    )
    return to_head(network), history


def _identity(data: PairVectors, settings: AlignSettings) -> str:
    digest = sha256(repr((digest_of(data.pairs), settings)).encode())
    return digest.hexdigest()[:16]


def close_gap(data: PairVectors, head: Head, closing: str) -> tuple[Head, Head]:
    """The head and the anchor's, with the gap between the two modalities closed."""
    train, validation = data.split.train, data.split.validation
    moved = head(data.features[train])
    choices: dict[str, tuple[Head, Head]] = {}
    names = CLOSINGS if closing == "auto" else [closing]
    for name in names:
        close = CLOSINGS[name]
        choices[name] = (head.then(*close(moved)), Head(close(data.anchors[train])))

    def quality(heads: tuple[Head, Head]) -> float:
        items, words = heads[0](data.features[validation]), heads[1](data.anchors[validation])
        return rank_pairs(words, items).reciprocal + rank_mixed(words, items, words).reciprocal

    return max(choices.values(), key=quality)
