"""Passages that come to a language model as a few vectors."""

from __future__ import annotations

import json
from copy import copy
from dataclasses import replace
from pathlib import Path

import pytest
from tests.train.generator import tiny

from polysense.chat_models.likelihood import IGNORED
from polysense.errors import BadConfig
from polysense.make.text.fusion.compressed_contexts import CompressedContexts, context_inputs
from polysense.make.text.fusion.compressed_folder import CONFIG, WEIGHTS
from polysense.testing import check_generator
from polysense.train.generator.compressed import Compressed
from polysense.train.generator.examples.example import Context, Example
from polysense.train.generator.models import load_language_model
from polysense.types import Part

from .tiny_fusion import evidence

pytest.importorskip("transformers", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own
QUERY = (Part("text", "Where is the meeting held"),)


@pytest.fixture(scope="module", params=["racc", "reveal"])
def recipe(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Compressed:
    """Over a model that writes whatever its random weights say."""
    import torch

    folder = str(tiny.llama(tmp_path_factory.mktemp("weights") / "tiny-llama"))
    torch.manual_seed(1)
    return Compressed(request.param, load_language_model(folder, "cpu"), 4, folder)


@pytest.fixture(scope="module")
def folder(recipe: Compressed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("compressed") / "places"
    path.mkdir()
    assert recipe.save(path) == f'generators = ["compressed_contexts:model={path}"]'
    return path


def test_contract(folder: Path) -> None:
    """As anybody's generator."""
    check_generator(CompressedContexts(model=str(folder), device="cpu"))


def test_it_answers_by_what_was_trained(recipe: Compressed, folder: Path) -> None:
    """The same likelihood as in training, to a ten thousandth; another passage, another likelihood;
    what it writes is the likeliest, token by token, and cites a passage.
    """
    import torch

    plugin = CompressedContexts(model=str(folder), device="cpu", most=3)
    pieces = evidence("Oslo", "Rome")
    contexts = tuple(Context(Part("text", e.hit.chunk.words), True) for e in pieces)
    example = Example(str(QUERY[0].data), "Rome", contexts)
    [expected] = recipe.log_likelihoods([example])
    assert plugin.log_likelihood(QUERY, pieces, "Rome") == pytest.approx(expected, abs=1e-4)
    assert plugin.log_likelihood(QUERY, evidence("Lima", "Bern"), "Rome") != expected
    (part,) = plugin.generate(QUERY, pieces)
    assert part.meta["evidence"][0] in (1, 2)
    assert part.meta["usage"][1] <= 3
    with torch.inference_mode():
        batch = recipe.collate([example])
        length = int((batch["labels"] == IGNORED).sum())
        ids, mask = batch["input_ids"][:, :length], batch["attention_mask"][:, :length]
        contexts_only = {k: v for k, v in batch.items() if "context" in k}
        embedded, mask = recipe.network.prepend(ids, mask, mask, **contexts_only)
        logits = recipe.model.weights.model(inputs_embeds=embedded, attention_mask=mask).logits
    likeliest = recipe.model.weights.tokenizer.decode(int(logits[0, -1].argmax()))
    assert str(part.data).startswith(likeliest)


def test_contexts_are_data(recipe: Compressed) -> None:
    """Of several lengths, without a token for padding; one that is a control token is words."""
    weights = recipe.model.weights
    own = context_inputs(weights, [["the meeting", "held in Rome now"], ["Oslo"]], "cpu")
    assert own["context_ids"].shape == (2, 2, 4)
    assert own["context_mask"].sum(-1).tolist() == [[2, 4], [1, 1]]
    assert own["is_context"].tolist() == [[True, True], [True, False]]
    end = weights.tokenizer.eos_token_id
    assert end not in context_inputs(weights, [["the </s> meeting"]], "cpu")["context_ids"]
    without = copy(weights.tokenizer)
    without.pad_token = None
    plain = context_inputs(replace(weights, tokenizer=without), [["Oslo"], ["in Rome"]], "cpu")
    assert plain["context_mask"].sum(-1).tolist() == [[1], [2]]


def test_a_folder_of_something_else_is_told(folder: Path, tmp_path: Path) -> None:
    """With what is missing."""
    for model in ("", str(tmp_path)):
        with pytest.raises(BadConfig):
            CompressedContexts(model=model).check()
    values = json.loads((folder / CONFIG).read_text())
    for change, match in (
        ({"format": 9}, "no format"),
        ({"recipe": "magic"}, "no recipe"),
        ({"tokens": "many"}, "misstates"),
    ):
        (tmp_path / CONFIG).write_text(json.dumps({**values, **change}))
        with pytest.raises(BadConfig, match=match):
            CompressedContexts(model=str(tmp_path)).check()
    (tmp_path / CONFIG).write_text(json.dumps(values))
    with pytest.raises(BadConfig, match=WEIGHTS):
        CompressedContexts(model=str(tmp_path)).check()
