"""Every recipe, by its name: from examples to a card."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from polysense import Library, registry
from polysense.errors import BadConfig
from polysense.ingest.progress import SilentProgress
from polysense.train.generator.adapters import AdapterSettings
from polysense.train.generator.recipes import RECIPES, RecipeSettings, build_recipe
from polysense.train.generator.trainer import TrainerSettings
from polysense.train.generator.training import GeneratorSettings, run_recipe
from polysense.weights.trained_part import load_trained, save_trained

from .test_lsr import Words
from .tiny import examples

pytest.importorskip("peft", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")

FROZEN = ("pica", "video_rag")
END_TO_END = ("ra_vqa", "ra_cm3", "racc", "reveal")


@pytest.fixture(autouse=True)
def _words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "load", lambda kind, spec: Words())


def settings_of(folder: Path, rank: int = 8) -> RecipeSettings:
    adapter = AdapterSettings("lora", rank=rank, dropout=0.0, tokens=4)
    return RecipeSettings(str(folder), adapter, "plain", device="cpu")


def run(
    name: str, llama: Path, folder: Path, steps: int, every: int, rate: float = 1e-2, rank: int = 8
) -> tuple[Any, Any]:
    recipe = build_recipe(name, settings_of(llama, rank))
    trainer = TrainerSettings(steps=steps, batch=16, learning_rate=rate, every=every)
    settings = GeneratorSettings(noise=1, refusals=0, trainer=trainer)
    many = examples(64 if steps > 100 else 40, wrong=1)
    result = run_recipe(recipe, many, folder, settings=settings, progress=SilentProgress())
    return recipe, result


@pytest.mark.parametrize("name", END_TO_END)
def test_the_loss_falls_and_what_is_written_is_the_same_to_the_bit(
    name: str, llama: Path, tmp_path: Path
) -> None:
    """Held-out answers become likelier; taken into a new one, what is trained gives the same."""
    recipe, result = run(name, llama, tmp_path / "out", 30, 15)
    losses = [value for _, value in result.card.losses]
    assert sum(losses[-5:]) < sum(losses[:5]) - 1
    assert result.is_written
    assert result.card.settings["paper"]
    save_trained(recipe.network, tmp_path / "all.safetensors")
    again = build_recipe(name, settings_of(llama))
    load_trained(again.network, tmp_path / "all.safetensors")
    again.network.eval()
    some = examples(3, wrong=2)
    assert again.log_likelihoods(some) == recipe.log_likelihoods(some)


@pytest.mark.long
@pytest.mark.parametrize("name", END_TO_END)
def test_right_evidence_makes_the_answer_likelier(name: str, llama: Path, tmp_path: Path) -> None:
    """On what was held out."""
    rate, rank = (2e-2, 16) if name == "ra_vqa" else (1e-2, 8)
    _, result = run(name, llama, tmp_path / "out", 800, 200, rate, rank)
    assert result.card.metrics["after"]["right over wrong, nats"]["low"] > 0


@pytest.mark.long
def test_compressed_contexts_answer_a_library(
    llama: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What racc has learned is asked through `Library.ask`: its answers are borne out and cited, or
    struck, and then the rule answers; so little of a model is right in every second case.
    """
    _, result = run("racc", llama, tmp_path / "out", 800, 200)
    assert result.usage == f'generators = ["compressed_contexts:model={tmp_path / "out"}"]'
    monkeypatch.undo()
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        generators=[f"compressed_contexts:model={tmp_path / 'out'},device=cpu"],
    )
    generated = 0
    for example in examples(8, wrong=1):
        for context in example.contexts:
            (tmp_path / "files" / context.name).parent.mkdir(exist_ok=True)
            (tmp_path / "files" / context.name).write_text(f"{context.words}\n")
        with Library(tmp_path / example.source, kit=kit) as kb:
            kb.index(tmp_path / "files")
            [part, *_] = kb.ask(example.question).parts
        generated += part.origin == "generated" and part.data == f"{example.answer} [1]"
        shutil.rmtree(tmp_path / "files")
    assert generated >= 2


@pytest.mark.parametrize("name", FROZEN)
def test_frozen_is_measured_only(name: str, llama: Path, tmp_path: Path) -> None:
    """Nothing is trained and nothing written but the card."""
    recipe, result = run(name, llama, tmp_path / "out", 10, 10)
    assert recipe.trainable() == 0
    assert not result.is_written
    assert result.card.metrics["after"]["answer, nats"]["value"] < 0
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["card.json"]


def test_a_name_that_is_none(llama: Path) -> None:
    """Those that there are are told."""
    with pytest.raises(BadConfig) as raises:
        build_recipe("magic", settings_of(llama))
    assert all(name in raises.value.hint for name in RECIPES)
