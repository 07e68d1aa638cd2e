"""A projector over the frozen encoder of a new modality into a space that stays as it is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from polysense.errors import BadConfig
from polysense.ingest.progress import Progress
from polysense.train.align.fitting import best_ridge, train_head
from polysense.train.align.pair_vectors import data_figures
from polysense.train.align.settings import AlignSettings, Side
from polysense.train.data.pairs import Pair
from polysense.train.modality.figures import measure
from polysense.train.modality.space import add_tower, towers_there
from polysense.train.modality.tables import load_tables
from polysense.train.retrieval import Gain
from polysense.train.run.card import NOTHING_GAINED, Card
from polysense.train.run.fit import History
from polysense.types import Modality

CARD_KIND = "modality"

PROJECTOR = AlignSettings(head="ridge", loss="multi_positive", closing="none", both=True)
"""What is trained where nothing else is asked for: in closed form, for a few hundred pairs; by a
loss, where one is, that takes several right ones for each thing. Nothing closes the gap, for that
would move what is there.
"""


@dataclass(frozen=True, slots=True)
class Projection:
    """What came of it: the new modality, the card, the gain, whether the tower was written, and
    where the card is.
    """

    modality: Modality
    card: Card
    gain: Gain
    is_written: bool
    card_folder: Path


def add_modality(
    tables: Sequence[Sequence[Pair]],
    source: Side,
    anchor: Side,
    folder: Path,
    *,
    existing: Path | None = None,
    settings: AlignSettings = PROJECTOR,
    anyway: bool = False,
    progress: Progress,
) -> Projection:
    """Train the projector of a new modality, and write the space with its tower into a folder.

    Each table holds pairs of the new modality with one that anchor takes. existing is the trained
    folder whose space anchor is (`aligned:model=`), where it is one: its heads keep every byte.
    anyway writes what gains nothing too. A run that was killed goes on. Raises BadQuery, BadConfig,
    ModelMismatch, MissingDependency.
    """
    settings = replace(settings, closing="none", both=True)
    settings.check()
    started = time.monotonic()
    before = towers_there(anchor, existing, folder.name)
    work = folder / "training"
    work.mkdir(parents=True, exist_ok=True)
    loaded = load_tables(tables, source, anchor, work / "features.db", settings.fit.seed, progress)
    if loaded.modality in before.towers and existing is None:
        raise BadConfig(
            f"{anchor.spec} takes {loaded.modality} already",
            "Name an encoder of a modality that it does not take.",
        )
    state = work / f"{loaded.modality}.pt"
    head, penalty = best_ridge(loaded.data)
    history = History()
    if settings.head != "ridge":
        head, history = train_head(loaded.data, head, settings, state, progress)
    gain, metrics = measure(loaded, head, before, existing)
    is_written = gain.is_better or anyway
    options = asdict(settings)
    card = Card(
        kind=CARD_KIND,
        name=f"{folder.name}, {loaded.modality}",
        data=data_figures([p for t in tables for p in t], loaded.data),
        settings={
            **options,
            **options.pop("fit"),
            "from": source.spec,
            "to": anchor.spec,
            "ridge": penalty,
            "numbers trained": head.size,
        },
        metrics=metrics,
        seconds=round(time.monotonic() - started, 1),
        losses=history.losses,
        scores=history.scores,
        best_step=history.best_step,
        notes=() if is_written else (NOTHING_GAINED,),
    )
    card_folder = (folder if is_written else work) / loaded.modality
    card_folder.mkdir(exist_ok=True)
    if is_written:
        add_tower(folder, before, existing, loaded.modality, source, head)
    card.write(card_folder)
    state.unlink(missing_ok=True)
    return Projection(loaded.modality, card, gain, is_written, card_folder)
