"""A run: killed and resumed, written or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from polysense.errors import ModelMismatch
from polysense.ingest.progress import SilentProgress
from polysense.train.generator.adapters import AdapterSettings
from polysense.train.generator.recipes import RecipeSettings, build_recipe
from polysense.train.generator.trainer import TrainerSettings
from polysense.train.generator.training import (
    GeneratorSettings,
    Training,
    divide,
    train_generator,
)

from .tiny import examples

pytest.importorskip("peft", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")


def train(
    llama: Path, folder: Path, *callbacks: Any, steps: int = 24, rate: float = 2e-2
) -> Training:
    adapter = AdapterSettings("lora", rank=4)
    recipe = build_recipe("adapter", RecipeSettings(str(llama), adapter, "plain", device="cpu"))
    trainer = TrainerSettings(steps=steps, batch=8, learning_rate=rate, every=8)
    return train_generator(
        recipe,
        examples(40),
        folder,
        settings=GeneratorSettings(noise=1, refusals=0.2, trainer=trainer),
        progress=SilentProgress(),
        callbacks=callbacks,
    )


def test_a_run_that_was_killed_ends_as_one_that_was_not(llama: Path, tmp_path: Path) -> None:
    """Stopped between two checkpoints, it goes on from the last: the same metrics to the digit."""
    from transformers import TrainerCallback

    class Kill(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if state.global_step == 13:
                raise KeyboardInterrupt

    whole = train(llama, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        train(llama, tmp_path / "killed", Kill())
    assert not (tmp_path / "killed" / "card.json").exists()
    with pytest.raises(ModelMismatch, match="of other examples or settings"):
        train(llama, tmp_path / "killed", steps=32)
    resumed = train(llama, tmp_path / "killed")
    assert resumed.card.metrics == whole.card.metrics
    assert resumed.card.losses == whole.card.losses


def test_what_gains_nothing_is_not_written(llama: Path, tmp_path: Path) -> None:
    """The card says so, beside what was computed."""
    result = train(llama, tmp_path, steps=8, rate=0.0)
    assert not result.is_written
    assert "not written" in result.card.notes[0]
    assert not (tmp_path / "adapter_model.safetensors").exists()
    assert (tmp_path / "training" / "card.json").is_file()


def test_held_out_examples_share_no_source_and_no_noise() -> None:
    """Wrong contexts of one side are right ones of that side."""
    sides = divide(examples(60), GeneratorSettings(noise=2, refusals=0.5))
    assert {e.answer for e in sides.train} > {"NO ANSWER"}
    assert "NO ANSWER" not in {e.answer for e in sides.test}
    own = [{c.words for e in side for c in e.contexts} for side in (sides.train, sides.test)]
    assert not own[0] & own[1]
