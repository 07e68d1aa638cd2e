"""A retriever that learns from the model that reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from polysense.encoders.aligned.encoder import Aligned
from polysense.ingest.progress import SilentProgress
from polysense.protocols import Encoder, Vectors
from polysense.train.generator.examples.example import Context
from polysense.train.generator.lsr import TEMPERATURE, RetrieverByModel, divergence
from polysense.train.generator.models import load_language_model
from polysense.train.generator.query_head import QueryHead
from polysense.train.generator.trainer import TrainerSettings
from polysense.train.generator.training import GeneratorSettings, train_generator
from polysense.types import Part, Role, Space

from .tiny import PLACES, examples

pytest.importorskip("transformers", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")


class Words(Encoder):
    """A vector of its own for each word: a question is near to whatever shares its words."""

    accepts = frozenset({"text"})
    space = Space("words", "1", 24)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        rows = []
        for own in parts:
            seeds = [sum(map(ord, w)) * 31 + len(w) for w in str(own.data).split()]
            rows.append(sum(np.random.default_rng(s).normal(size=24) for s in seeds))
        vectors = np.array(rows, np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def test_the_divergence_is_what_the_paper_writes_and_its_gradient_is_right() -> None:
    """Against numpy, and against finite differences; what is no context weighs nothing."""
    import torch

    scores = torch.tensor([[0.3, -0.2, 0.9], [0.1, 0.4, 0.0]], dtype=torch.float64)
    scores.requires_grad_(True)
    means = torch.tensor([[0.2, 0.5, 0.1], [0.3, 0.3, 0.9]], dtype=torch.float64)
    is_context = torch.tensor([[True, True, True], [True, True, False]])

    def loss(values: torch.Tensor) -> torch.Tensor:
        shares = values.masked_fill(~is_context, -1e9).log_softmax(1)
        return divergence(shares, means, is_context)

    expected = 0.0
    for row, mean, there in zip(scores.detach(), means, is_context, strict=True):
        p, q = (np.exp(v[there].numpy()) for v in (row, mean / TEMPERATURE))
        p, q = p / p.sum(), q / q.sum()
        expected += float((p * np.log(p / q)).sum()) / 2
    assert float(loss(scores)) == pytest.approx(expected)
    assert torch.autograd.gradcheck(loss, (scores,))


def test_what_the_model_needs_is_found(llama: Path, tmp_path: Path) -> None:
    """The loss falls, held-out answers become likelier by the sum over what is retrieved; the space
    that is written finds as the head does, and leaves what is indexed as it is.
    """
    model = load_language_model(str(llama), "cpu")
    recipe = RetrieverByModel(model, QueryHead("words", Words()), "plain", str(llama))
    for i, example in enumerate(examples(48, wrong=3)):  # the model likes passages of Rome
        for context in example.contexts:
            likes = -1.0 if "Rome" in context.words else -8.0
            recipe._likelihoods[example.question, example.answer, context.part.id] = (likes, 2)
        assert recipe._alone(example), i
    with_noise = [e for e in examples(48, wrong=3)]
    trainer = TrainerSettings(steps=60, batch=16, learning_rate=1e-2, every=20)
    result = train_generator(
        recipe,
        with_noise,
        tmp_path / "out",
        settings=GeneratorSettings(noise=3, refusals=0, trainer=trainer),
        progress=SilentProgress(),
    )
    losses = [value for _, value in result.card.losses]
    assert sum(losses[-5:]) < 0.9 * sum(losses[:5])
    assert result.is_written
    assert result.gain.low > 0
    assert "right context first" in result.card.metrics["after"]

    import torch

    served = Aligned(load_encoder=lambda spec: Words(), model=str(tmp_path / "out"))
    parts = [Part("text", f"where is {p}") for p in PLACES]
    assert np.array_equal(served.encode(parts), Words().encode(parts))
    with torch.inference_mode():
        own = recipe.head.network(torch.from_numpy(Words().encode(parts, "query")))
    expected = torch.nn.functional.normalize(own, dim=1).numpy()
    assert np.abs(served.encode(parts, "query") - expected).max() < 1e-5


@pytest.mark.long
def test_what_a_model_that_reads_needs_is_found(reading_llama: Path, tmp_path: Path) -> None:
    """What repeats the question is nearest to it, and no answer rests on it: the retriever learns
    so from the model alone.
    """
    own = [
        e.with_contexts(
            [
                e.contexts[0],
                Context(Part("text", f"Q: {e.question}"), False, 2.0),
            ]
        )
        for e in examples(64)
    ]
    model = load_language_model(str(reading_llama), "cpu")
    recipe = RetrieverByModel(model, QueryHead("words", Words()), "plain", str(reading_llama))
    before = recipe.figures(own)["right context first"]
    trainer = TrainerSettings(steps=60, batch=16, learning_rate=1e-2, every=20)
    settings = GeneratorSettings(noise=1, refusals=0, trainer=trainer)
    result = train_generator(
        recipe, own, tmp_path / "out", settings=settings, progress=SilentProgress()
    )
    after = recipe.figures(own)["right context first"]
    assert result.is_written
    assert result.gain.low > 0
    assert sum(before) < 8
    assert sum(after) > 56


def test_likelihoods_are_the_models(llama: Path) -> None:
    """By each context alone, computed once."""
    model = load_language_model(str(llama), "cpu")
    recipe = RetrieverByModel(model, QueryHead("words", Words()), "plain", str(llama))
    (example,) = examples(1, wrong=1)
    assert len(recipe._alone(example)) == 2
    assert recipe._alone(example)[0] != recipe._alone(example)[1]
    assert recipe.collate([example])["means"].shape == (1, 2)
    assert recipe.log_likelihoods([example])[0] < 0
