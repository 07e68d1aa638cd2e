"""Models that learn to write one answer of several passages."""

from __future__ import annotations

from math import exp
from pathlib import Path
from typing import Any

import pytest

from polysense.ingest.progress import SilentProgress
from polysense.make.text.fusion.encoder_decoder_reader import EncoderDecoderReader
from polysense.train.generator.fusion import STRATEGIES, Fusion
from polysense.train.generator.recipes import RecipeSettings, build_recipe
from polysense.train.generator.trainer import TrainerSettings
from polysense.train.generator.training import GeneratorSettings, train_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

from .tiny import examples

pytest.importorskip("transformers", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")


def reader(strategy: str, folder: Path) -> EncoderDecoderReader:
    return STRATEGIES[strategy].reader(model=str(folder), device="cpu")


def likelihood_by_plugin(plugin: EncoderDecoderReader, example: Any) -> float:
    """What the generator that serves it says of the same example."""
    pieces = []
    for n, context in enumerate(example.contexts, 1):
        asset = Asset(str(n), f"/{context.name}", "text/markdown", "text", 1)
        chunk = Chunk(asset, Span(lines=(1, 1)), "text", text=context.words)
        hit = Hit(chunk, context.score)
        pieces.append(Evidence(n, hit, context.part, chunk.span, context.score))
    return plugin.log_likelihood((Part("text", example.question),), pieces, example.answer)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_is_trained_is_what_serves(
    strategy: str, t5: Path, bart: Path, tmp_path: Path
) -> None:
    """The loss falls; the folder is read by the generator of that name, which finds the same
    answers as likely; reloaded, it is the same to the bit; passages that are not there weigh
    nothing.
    """
    folder = bart if strategy == "rag_sequence" else t5
    recipe = build_recipe(strategy, RecipeSettings(str(folder), device="cpu"))
    trainer = TrainerSettings(steps=40, batch=16, learning_rate=1e-2, every=20)
    result = train_generator(
        recipe,
        examples(40),
        tmp_path / "out",
        settings=GeneratorSettings(noise=1, refusals=0, trainer=trainer),
        progress=SilentProgress(),
    )
    losses = [value for _, value in result.card.losses]
    assert sum(losses[-5:]) < sum(losses[:5]) - 1
    assert result.is_written
    assert strategy in result.usage
    few, many = examples(1, wrong=1)[0], examples(2, wrong=3)[1]
    batched = recipe.log_likelihoods([few, many])
    plugin = reader(strategy, tmp_path / "out")
    for value, example in zip(batched, (few, many), strict=True):
        assert likelihood_by_plugin(plugin, example) == pytest.approx(value, abs=1e-3)
    again = Fusion(strategy, str(tmp_path / "out"), "cpu")
    again.network.eval()
    assert again.log_likelihoods([few, many]) == batched


def test_the_loss_of_rag_sequence_is_the_papers(bart: Path) -> None:
    """The negative logarithm of a sum over passages, not the sum of logarithms."""
    recipe = build_recipe("rag_sequence", RecipeSettings(str(bart), device="cpu"))
    recipe.network.eval()
    (example,) = examples(1, wrong=1)
    alone = [recipe.log_likelihoods([example.with_contexts([c])])[0] for c in example.contexts]
    loss = float(recipe.network(**recipe.collate([example]))["loss"])
    assert exp(-loss) == pytest.approx(2 / 3 * exp(alone[0]) + 1 / 3 * exp(alone[1]), rel=1e-4)


@pytest.mark.long
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_right_evidence_makes_the_answer_likelier(
    strategy: str, t5: Path, bart: Path, tmp_path: Path
) -> None:
    """Held out: passages are read, not learned by heart."""
    folder = bart if strategy == "rag_sequence" else t5
    recipe = build_recipe(strategy, RecipeSettings(str(folder), device="cpu"))
    trainer = TrainerSettings(steps=600, batch=16, learning_rate=5e-3, every=200)
    result = train_generator(
        recipe,
        examples(64, wrong=1),
        tmp_path / "out",
        settings=GeneratorSettings(noise=1, refusals=0, trainer=trainer),
        progress=SilentProgress(),
    )
    assert result.card.metrics["after"]["right over wrong, nats"]["low"] > 0
