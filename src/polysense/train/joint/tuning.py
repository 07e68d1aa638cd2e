"""Both sides of an encoder, tuned on pairs: sentence-transformers' ranking loss over large batches
in small memory (Gao et al., "Scaling deep contrastive learning batch size under memory limited
setup", arXiv:2101.06983).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.ingest.progress import Progress
from polysense.protocols import Vectors
from polysense.train.align.pair_vectors import PairVectors, data_figures, groups_of
from polysense.train.align.settings import Side
from polysense.train.data.pairs import Pair, digest_of, modalities_of
from polysense.train.data.split import split_pairs
from polysense.train.features import encode_features
from polysense.train.heads.network import require_torch
from polysense.train.joint.model import TunedModel, open_model, roles_of, save_model
from polysense.train.retrieval import Gain, Ranks, gain, rank_pairs
from polysense.train.run.card import NOTHING_GAINED, Card
from polysense.train.run.fit import FitSettings, History, fit
from polysense.types import Part

CARD_KIND = "joint"

SCALE = 20.0
"""What cosines are multiplied by before the softmax: sentence-transformers' own."""


@dataclass(frozen=True, slots=True)
class JointSettings:
    """way is "lora", of this rank, or "full". mini is how many of a batch are computed at once:
    what memory has to hold, whatever the batch is. Judged.
    """

    way: str = "lora"
    rank: int = 16
    mini: int = 16
    fit: FitSettings = FitSettings(
        steps=300, batch=64, learning_rate=2e-4, every=25, patience=4, weight_decay=0.0
    )


@dataclass(frozen=True, slots=True)
class Tuning:
    """What came of it: the card, the gain over the model as it was, whether it was written."""

    card: Card
    gain: Gain
    is_written: bool


def tune(
    pairs: Sequence[Pair],
    source: Side,
    folder: Path,
    *,
    copies: Side | None = None,
    settings: JointSettings | None = None,
    anyway: bool = False,
    progress: Progress,
) -> Tuning:
    """Tune the model of `text:model=` or `clip:model=` on pairs, and write the folder that the same
    plug-in loads; not where held-out pairs find one another no better beyond noise, unless
    `anyway`.

    copies is an encoder of what is found, by which near copies are kept on one side of the split;
    without one only sources and contents are. A run that was killed goes on from the last score.
    Raises BadConfig, BadQuery, MissingDependency.
    """
    settings = settings or JointSettings()
    torch = require_torch("tuning a model")
    started = time.monotonic()
    work = folder / "training"
    work.mkdir(parents=True, exist_ok=True)
    query_side, document_side = roles_of(modalities_of(pairs))
    queries, documents = (
        [(p.first, p.second)[side] for p in pairs] for side in (query_side, document_side)
    )
    data = _divide(pairs, documents, copies, settings.fit.seed, work / "features.db", progress)
    torch.manual_seed(settings.fit.seed)
    tuned = open_model(source.encoder, source.spec, settings.way, settings.rank)
    before = _ranks(tuned, queries, documents, data, data.split.test, settings)
    history = _train(tuned, queries, documents, data, settings, work / "state.pt", progress)
    after = _ranks(tuned, queries, documents, data, data.split.test, settings)
    won = gain(before, after)
    is_written = won.is_better or anyway
    card = Card(
        kind=CARD_KIND,
        name=folder.name,
        data=data_figures(pairs, data),
        settings={
            "model": source.spec,
            "way": settings.way,
            "rank": settings.rank if settings.way == "lora" else 0,
            "mini": settings.mini,
            "numbers trained": sum(p.numel() for p in tuned.parameters()),
            **asdict(settings.fit),
        },
        metrics={
            "over what": source.spec,
            "gain": won.figures(),
            "before": before.figures(),
            "after": after.figures(),
        },
        seconds=round(time.monotonic() - started, 1),
        losses=history.losses,
        scores=history.scores,
        best_step=history.best_step,
        notes=() if is_written else (NOTHING_GAINED,),
    )
    target = folder if is_written else work
    if is_written:
        _save(tuned, work / "model", folder)
    card.write(target)
    (work / "state.pt").unlink(missing_ok=True)
    return Tuning(card, won, is_written)


def _divide(
    pairs: Sequence[Pair],
    documents: Sequence[Part],
    copies: Side | None,
    seed: int,
    store: Path,
    progress: Progress,
) -> PairVectors:
    vectors: Vectors = np.full((len(pairs), 1), np.nan, np.float32)  # near nothing
    if copies is not None:
        vectors = encode_features(copies.encoder, documents, "document", store, progress)
    split = split_pairs(pairs, vectors, seed)
    groups = np.unique([p.right or str(i) for i, p in enumerate(pairs)], return_inverse=True)[1]
    return PairVectors(list(pairs), vectors, vectors, split, groups.astype(np.int64))


def _train(
    tuned: TunedModel,
    queries: Sequence[Part],
    documents: Sequence[Part],
    data: PairVectors,
    settings: JointSettings,
    state: Path,
    progress: Progress,
) -> History:
    from sentence_transformers.sentence_transformer.losses import CachedMultipleNegativesRankingLoss

    loss = CachedMultipleNegativesRankingLoss(
        tuned.model,
        scale=SCALE,
        mini_batch_size=settings.mini,
        directions=("query_to_doc", "doc_to_query"),
        partition_mode="per_direction",
    )
    train, validation = data.split.train, data.split.validation

    def loss_of(batch: NDArray[np.int64]) -> Any:
        rows = train[batch]
        # of what is right for the same, one: the others would count as wrong
        rows = rows[np.unique(data.groups[rows], return_index=True)[1]]
        return loss(
            [
                tuned.features([queries[i] for i in rows.tolist()], "query"),
                tuned.features([documents[i] for i in rows.tolist()], "document"),
            ],
            None,
        )

    def score() -> float:
        return _ranks(tuned, queries, documents, data, validation, settings).reciprocal

    identity = sha256(repr((digest_of(data.pairs), settings)).encode()).hexdigest()[:16]
    fit_settings = replace(settings.fit, batch=min(settings.fit.batch, len(train)))
    return fit(tuned, loss_of, score, len(train), fit_settings, state, progress, (), identity)


def _ranks(
    tuned: TunedModel,
    queries: Sequence[Part],
    documents: Sequence[Part],
    data: PairVectors,
    rows: NDArray[np.int64],
    settings: JointSettings,
) -> Ranks:
    tuned.eval()
    indices = rows.tolist()
    question_rows = tuned.embed([queries[i] for i in indices], "query", settings.mini)
    document_rows = tuned.embed([documents[i] for i in indices], "document", settings.mini)
    return rank_pairs(question_rows, document_rows, groups_of([data.pairs[i] for i in indices]))


def _save(tuned: TunedModel, scratch: Path, folder: Path) -> None:
    """Written beside, then moved, the list of its modules last: without that a folder that was
    killed half written is not taken for a model of sentence-transformers.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    save_model(tuned, scratch)
    for path in sorted(scratch.iterdir(), key=lambda p: p.name == "modules.json"):
        target = folder / path.name
        if target.is_dir():
            shutil.rmtree(target)
        shutil.move(path, target)
    scratch.rmdir()
