"""A head over one frozen encoder into the space of another, the anchor, which stays as it is; what
the two bring together is a space of its own.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from polysense.encoders.aligned.folder import CONFIG, AlignedConfig, Tower, write_config
from polysense.ingest.progress import Progress
from polysense.train.align.figures import (
    earlier_ranks,
    figures_elsewhere,
    frozen_scores,
    gap_figures,
    ranks_by_chance,
    ranks_of,
    summed_ranks,
)
from polysense.train.align.fitting import best_ridge, close_gap, train_head
from polysense.train.align.pair_vectors import (
    PairVectors,
    data_figures,
    groups_of,
    load_vectors,
    towers_of,
)
from polysense.train.align.settings import AlignSettings, Side, Towers
from polysense.train.data.pairs import Pair
from polysense.train.heads.head import Head
from polysense.train.retrieval import Gain, gain, rank_scores
from polysense.train.run.card import NOTHING_GAINED, Card
from polysense.train.run.fit import History
from polysense.types import Modality

CARD_KIND = "align"


@dataclass(frozen=True, slots=True)
class Alignment:
    """What came of it: the card, the gain over what was there before, and whether the space was
    written; it is not where nothing was gained beyond noise.
    """

    card: Card
    gain: Gain
    is_written: bool


def align(
    pairs: Sequence[Pair],
    source: Side,
    anchor: Side,
    folder: Path,
    *,
    before: Side | None = None,
    also: Mapping[str, Sequence[Pair]] | None = None,
    settings: AlignSettings | None = None,
    anyway: bool = False,
    progress: Progress,
) -> Alignment:
    """Train a head over source into the space of anchor, and write the space into a folder.

    before is an encoder of both modalities that the gain is measured over; where there is none, it
    is chance. Where the folder holds a space already, it is the gain over that one. also are other
    pairs that the heads are tried on, by name. anyway writes what gains nothing too. What was
    computed is in the folder's `training`, and a run that was killed goes on from there. Raises
    BadQuery, BadConfig, ModelMismatch, MissingDependency.
    """
    settings = settings or AlignSettings()
    settings.check()
    started = time.monotonic()
    towers = towers_of(pairs, source, anchor)
    work = folder / "training"
    work.mkdir(parents=True, exist_ok=True)
    store = work / "features.db"
    data = load_vectors(pairs, towers, store, settings.fit.seed, progress, settings.copies)
    head, penalty = best_ridge(data)
    history = History()
    if settings.head != "ridge":
        head, history = train_head(data, head, settings, work / "state.pt", progress)
    heads = close_gap(data, head, settings.closing)
    measured = _measure(folder, data, towers, head, heads, before, store, progress)
    for name, others in (also or {}).items():
        measured.metrics[f"on {name}"] = figures_elsewhere(
            others, heads, towers, before, store, progress
        )
    is_written = measured.gain.is_better or anyway
    card = Card(
        kind=CARD_KIND,
        name=folder.name,
        data=data_figures(pairs, data),
        settings={**_flat(settings), "from": source.spec, "to": anchor.spec, "ridge": penalty},
        metrics=measured.metrics,
        seconds=round(time.monotonic() - started, 1),
        losses=history.losses,
        scores=history.scores,
        best_step=history.best_step,
        notes=() if is_written else (NOTHING_GAINED,),
    )
    target = folder if is_written else work
    if is_written:
        _write_space(folder, heads, towers, settings)
    card.write(target)
    (work / "state.pt").unlink(missing_ok=True)
    return Alignment(card, measured.gain, is_written)


@dataclass(frozen=True, slots=True)
class _Measured:
    gain: Gain
    metrics: dict[str, Any]


def _measure(
    folder: Path,
    data: PairVectors,
    towers: Towers,
    head: Head,
    heads: tuple[Head, Head],
    before: Side | None,
    store: Path,
    progress: Progress,
) -> _Measured:
    """On the test pairs: over the space that was there, else over `before`, else over chance."""
    test, there, back = data.split.test, towers.anchor_modality, towers.modality
    pairs_of_test = [data.pairs[i] for i in test]
    after, over = ranks_of(data, heads, test), "chance"
    start = ranks_by_chance(groups_of(pairs_of_test))
    metrics: dict[str, Any] = {
        f"{there} -> {back}": after.figures(),
        f"{back} -> {there}": ranks_of(data, heads, test, is_turned=True).figures(),
        "gap": gap_figures(data, head, heads, test),
    }
    if before is not None:
        frozen = frozen_scores(pairs_of_test, before, towers, store, progress)
        start, over = rank_scores(frozen, groups_of(pairs_of_test)), before.spec
        metrics[f"with {before.spec} summed"] = summed_ranks(data, heads, test, frozen).figures()
    if earlier := earlier_ranks(folder, data, towers):
        start, over = earlier, "the space that was there"
    won = gain(start, after)
    return _Measured(won, {"over what": over, "gain": won.figures(), **metrics})


def _flat(settings: AlignSettings) -> dict[str, Any]:
    values = asdict(settings)
    return {**values, **values.pop("fit")}


def _write_space(
    folder: Path, heads: tuple[Head, Head], towers: Towers, settings: AlignSettings
) -> None:
    """The graphs, then what names them: a folder that was killed half written is no space."""
    own: dict[Modality, Tower] = {}
    dim = towers.anchor.encoder.space.dim
    (folder / CONFIG).unlink(missing_ok=True)
    modalities = (towers.modality, towers.anchor_modality)
    for modality, side, head in zip(modalities, (towers.source, towers.anchor), heads, strict=True):
        space = side.encoder.space
        name = f"{modality}.onnx" if head.layers else ""
        if name:
            head.export(folder / name, space.dim, dim)
        own[modality] = Tower(side.spec, space.revision, name)
    indexed = modalities if settings.both else modalities[:1]
    languages = tuple(sorted(towers.anchor.encoder.languages or ()))
    write_config(AlignedConfig(folder.name, dim, own, indexed, languages), folder)
