"""What carries one frozen model's states into another's input."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import BadConfig
from polysense.ingest.progress import SilentProgress
from polysense.llm.transformers.language_model import Transformers
from polysense.train.generator.projectors import InputProjector, OutputProjector
from polysense.train.generator.recipes import RecipeSettings, build_recipe
from polysense.train.generator.trainer import TrainerSettings
from polysense.train.generator.training import GeneratorSettings, Training, train_generator

from . import tiny

pytest.importorskip("transformers", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")


def train(recipe: Any, examples: Any, folder: Path, steps: int = 40, noise: int = 0) -> Training:
    trainer = TrainerSettings(steps=steps, batch=16, learning_rate=1e-2, every=20)
    return train_generator(
        recipe,
        examples,
        folder,
        settings=GeneratorSettings(noise=noise, refusals=0, trainer=trainer),
        progress=SilentProgress(),
    )


def test_an_input_projector_alone(llava: Path, tmp_path: Path) -> None:
    """Its two layers change, everything else is as it was; what a picture shows makes the right
    answer likelier than another picture does; the folder is a model that is asked.
    """
    from safetensors.numpy import load_file

    recipe = build_recipe("input_projector", RecipeSettings(str(llava), prompt="plain"))
    names = [n for n, p in recipe.network.named_parameters() if p.requires_grad]
    assert names
    assert all("multi_modal_projector" in n for n in names)
    examples = tiny.picture_examples()
    result = train(recipe, examples, tmp_path / "out")
    losses = [value for _, value in result.card.losses]
    assert sum(losses[-5:]) < sum(losses[:5]) - 1
    assert result.is_written
    before, after = (load_file(f / "model.safetensors") for f in (llava, tmp_path / "out"))
    changed = [n for n in before if not (before[n] == after[n]).all()]
    assert changed
    assert all("multi_modal_projector" in n for n in changed)

    some = examples[:8]
    others = [replace(e, images=examples[i + 1].images) for i, e in enumerate(some)]
    right, wrong = (recipe.log_likelihoods(e) for e in (some, others))
    assert sum(r > w for r, w in zip(right, wrong, strict=True)) >= 7

    again = build_recipe("input_projector", RecipeSettings(str(tmp_path / "out"), prompt="plain"))
    again.network.eval()
    assert again.log_likelihoods(some) == right
    assert Transformers(model=str(tmp_path / "out")).accepts == {"text", "image"}


def test_a_model_of_words_has_no_input_projector(llama: Path) -> None:
    """It is told."""
    from polysense.train.generator.models import load_language_model

    with pytest.raises(BadConfig, match="nothing between an encoder and its language model"):
        InputProjector(load_language_model(str(llama), "cpu"), folder=str(llama))


def test_an_output_projector_alone(llama: Path, tmp_path: Path) -> None:
    """It comes nearer to what conditions the decoder, by right evidence more than by wrong;
    reloaded, it is the same to the bit; both models are as they were.
    """
    import torch

    folder = tiny.conditioner(tmp_path / "decoder")
    settings = RecipeSettings(str(llama), encoder=str(folder), device="cpu")
    recipe = build_recipe("output_projector", settings)
    assert isinstance(recipe, OutputProjector)
    assert not any(p.requires_grad for p in recipe.model.weights.model.parameters())
    examples = tiny.examples(40, wrong=1)
    result = train(recipe, examples, tmp_path / "out", steps=60, noise=0)
    losses = [value for _, value in result.card.losses]
    assert sum(losses[-5:]) < 0.5 * sum(losses[:5])
    right = [e.with_contexts(e.right) for e in examples]
    wrong = [e.with_contexts(e.wrong) for e in examples]
    gains = [
        r - w
        for r, w in zip(recipe.log_likelihoods(right), recipe.log_likelihoods(wrong), strict=True)
    ]
    assert sum(gains) > 0
    assert recipe.conditions(right[:2]).shape == (2, 8, 16)

    again = build_recipe("output_projector", settings)
    assert isinstance(again, OutputProjector)
    assert result.is_written
    again.load(tmp_path / "out")
    again.network.eval()
    assert torch.equal(again.conditions(right[:4]), recipe.conditions(right[:4]))
