"""A run: examples are divided, noise is mixed in, transformers' Trainer trains, what came of it is
measured on what was held out; a card, a plot, and what was trained.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from polysense.errors import ModelMismatch
from polysense.evaluate.statistics import Estimate
from polysense.generate.writing.writer import NO_ANSWER
from polysense.ingest.progress import Progress
from polysense.train.generator.examples.example import (
    Example,
    digest_of_examples,
    split_examples,
)
from polysense.train.generator.examples.noise import inject_noise
from polysense.train.generator.figures import gain_figures, measure_evidence_use
from polysense.train.generator.recipe import Recipe
from polysense.train.generator.trainer import TrainerSettings, train_network
from polysense.train.run.card import Card

CARD_KIND = "generator"


@dataclass(frozen=True, slots=True)
class GeneratorSettings:
    """noise is how many wrong contexts each example gets, refusals the share of them that comes
    once more with wrong ones alone, to be answered by a refusal. seed is of the split, of noise and
    of batches.
    """

    noise: int = 3
    refusals: float = 0.2
    seed: int = 0
    trainer: TrainerSettings = TrainerSettings()


@dataclass(frozen=True, slots=True)
class Training:
    """What came of it: the card, the change of the held-out answers' log-likelihood, whether the
    trained was written, and the line that uses it. It is written where the likelihood has grown
    beyond noise.
    """

    card: Card
    gain: Estimate
    is_written: bool
    usage: str


@dataclass(frozen=True, slots=True)
class Sides:
    """Examples to learn from, to stop by and to measure on, with noise."""

    train: list[Example]
    validation: list[Example]
    test: list[Example]


def divide(examples: Sequence[Example], settings: GeneratorSettings) -> Sides:
    """Divided by source; noise never comes from another side. Held-out examples have noise, but
    nothing is refused there. Raises BadQuery.
    """
    split = split_examples(examples, settings.seed)

    def side(indices: Any, refusal: str = "") -> list[Example]:
        own = [examples[i] for i in indices]
        return inject_noise(
            own, settings.noise, refusal=refusal, share=settings.refusals, seed=settings.seed
        )

    return Sides(side(split.train, NO_ANSWER), side(split.validation), side(split.test))


def train_generator(
    recipe: Recipe,
    examples: Sequence[Example],
    folder: Path,
    *,
    settings: GeneratorSettings | None = None,
    anyway: bool = False,
    progress: Progress,
    callbacks: Sequence[Any] = (),
) -> Training:
    """Train a recipe on examples, and write what came of it into a folder.

    A run that was killed goes on from the checkpoints in the folder's `training`. anyway writes
    what gains nothing too. callbacks are transformers' own. Raises BadQuery, BadConfig,
    ModelMismatch, MissingDependency.
    """
    settings = settings or GeneratorSettings()
    started = time.monotonic()
    sides = divide(examples, settings)
    work = folder / "training"
    work.mkdir(parents=True, exist_ok=True)
    _check_identity(work, _identity(recipe, examples, settings))
    recipe.prepare(sides.train)
    refusal = NO_ANSWER if settings.refusals and settings.noise else ""
    before = measure_evidence_use(recipe, sides.test, progress, refusal)
    history = train_network(
        recipe, sides.train, sides.validation, work, settings.trainer, progress, callbacks,
        settings.seed,
    )  # fmt: skip
    after = measure_evidence_use(recipe, sides.test, progress, refusal)
    gain, metrics = gain_figures(before, after)
    is_written = bool(recipe.trainable()) and (gain.low > 0 or anyway)
    target = folder if is_written else work
    usage = recipe.save(folder) if is_written else ""
    card = Card(
        kind=CARD_KIND,
        name=folder.name,
        data=_data(examples, sides),
        settings={
            "recipe": recipe.name,
            "paper": recipe.paper,
            "trained numbers": recipe.trainable(),
            **recipe.settings(),
            **_flat(settings),
        },
        metrics=metrics,
        seconds=round(time.monotonic() - started, 1),
        losses=history.losses,
        scores=history.scores,
        best_step=history.best_step,
        notes=_notes(is_written),
    )
    card.write(target)
    for checkpoint in work.glob("checkpoint-*"):
        shutil.rmtree(checkpoint)
    (work / _IDENTITY).unlink(missing_ok=True)
    return Training(card, gain, is_written, usage)


def run_recipe(
    recipe: Recipe,
    examples: Sequence[Example],
    folder: Path,
    *,
    settings: GeneratorSettings | None = None,
    anyway: bool = False,
    progress: Progress,
) -> Training:
    """`train_generator`; a recipe that trains nothing is measured instead."""
    if recipe.trainable():
        return train_generator(
            recipe, examples, folder, settings=settings, anyway=anyway, progress=progress
        )
    started = time.monotonic()
    sides = divide(examples, settings or GeneratorSettings())
    recipe.prepare(sides.train)
    use = measure_evidence_use(recipe, sides.test, progress)
    gain, _ = gain_figures(use, use)
    folder.mkdir(parents=True, exist_ok=True)
    card = Card(
        kind=CARD_KIND,
        name=folder.name,
        data=_data(examples, sides),
        settings={
            "recipe": recipe.name,
            "paper": recipe.paper,
            "trained numbers": 0,
            **recipe.settings(),
        },
        metrics={"after": use.figures()},
        seconds=round(time.monotonic() - started, 1),
        notes=("nothing is trained: a prompt alone",),
    )
    card.write(folder)
    return Training(card, gain, False, "")


_IDENTITY = "identity.txt"


def _identity(recipe: Recipe, examples: Sequence[Example], settings: GeneratorSettings) -> str:
    key = repr((digest_of_examples(examples), settings, recipe.name, dict(recipe.settings())))
    return sha256(key.encode()).hexdigest()[:16]


def _check_identity(work: Path, identity: str) -> None:
    path = work / _IDENTITY
    has_state = any(work.glob("checkpoint-*"))
    if has_state and (not path.is_file() or path.read_text("ascii") != identity):
        raise ModelMismatch(
            f"{work} holds an unfinished training of other examples or settings",
            "Give another folder with -o, or remove that one.",
        )
    path.write_text(identity, "ascii")


def _data(examples: Sequence[Example], sides: Sides) -> Mapping[str, Any]:
    return {
        "hash": digest_of_examples(examples),
        "split hash": digest_of_examples(sides.test),
        "examples": len(examples),
        "sources": len({e.source or e.question for e in examples}),
        "train": len(sides.train),
        "validation": len(sides.validation),
        "test": len(sides.test),
    }


def _flat(settings: GeneratorSettings) -> dict[str, Any]:
    values = asdict(settings)
    return {**values.pop("trainer"), **values}


def _notes(is_written: bool) -> tuple[str, ...]:
    if is_written:
        return ()
    return ("not written: held-out answers have not become likelier beyond noise",)
