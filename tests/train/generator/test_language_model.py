"""A language model that learns from contexts by an adapter."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.ingest.progress import SilentProgress
from polysense.llm.transformers.language_model import Transformers
from polysense.messages import Message
from polysense.train.generator.adapters import AdapterSettings
from polysense.train.generator.language_model import log_prior
from polysense.train.generator.prompt import plainly
from polysense.train.generator.recipes import RecipeSettings, build_recipe
from polysense.train.generator.trainer import TrainerSettings
from polysense.train.generator.training import GeneratorSettings, train_generator
from polysense.train.run.card import read_card

from .tiny import examples, with_wrong_places

pytest.importorskip("peft", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")
SETTINGS = {
    "lora": (AdapterSettings("lora", rank=8, dropout=0.0), 2e-2),
    "prompt": (AdapterSettings("prompt", tokens=4), 1e-1),
    "p_tuning": (AdapterSettings("p_tuning", tokens=4, inner=32), 2e-2),
}


@pytest.mark.parametrize("kind", SETTINGS)
def test_from_examples_to_a_model_that_is_asked(kind: str, llama: Path, tmp_path: Path) -> None:
    """The loss falls, held-out answers become likelier, and what is written is read by PEFT, bit for
    bit the same, and by our own language model.
    """
    import torch
    from peft import PeftModel

    from polysense.train.generator.models import load_language_model

    adapter, rate = SETTINGS[kind]
    recipe = build_recipe("adapter", RecipeSettings(str(llama), adapter, "plain", device="cpu"))
    trainer = TrainerSettings(steps=60, batch=16, learning_rate=rate, every=20)
    result = train_generator(
        recipe,
        examples(),
        tmp_path / kind,
        settings=GeneratorSettings(noise=1, refusals=0, trainer=trainer),
        progress=SilentProgress(),
    )
    losses = [value for _, value in result.card.losses]
    assert sum(losses[-5:]) < sum(losses[:5]) - 1
    assert result.is_written
    assert result.gain.low > 0
    card = read_card(tmp_path / kind)
    assert card.settings["adapter" if "adapter" in card.settings else "kind"]
    assert (tmp_path / kind / "losses.svg").is_file()
    assert not list((tmp_path / kind / "training").glob("checkpoint-*"))

    batch = recipe.collate(examples()[:3])
    again = PeftModel.from_pretrained(
        load_language_model(str(llama), "cpu").weights.model, tmp_path / kind
    ).eval()
    with torch.inference_mode():
        assert torch.equal(again(**batch).logits, recipe.network(**batch).logits)

    request = Transformers(model=str(llama), adapter=str(tmp_path / kind), device="cpu")
    plain = Transformers(model=str(llama), device="cpu")
    example = examples()[0]
    chat = plainly(example, frozenset({"text"})).chat
    assert _next_token(request, chat) == int(
        recipe.network(**recipe.collate([example])).logits[0, -3].argmax()
    )
    assert _next_token(plain, chat) != _next_token(request, chat)


def _next_token(model: Transformers, chat: list[Message]) -> int:
    from contextlib import closing

    from polysense.chat_models.generation import generate
    from polysense.chat_models.prompt import inputs

    weights = model._load()
    with closing(generate(weights, inputs(weights, chat), 1)) as tokens:
        return next(tokens)


@pytest.mark.long
def test_right_evidence_makes_the_answer_likelier(llama: Path, tmp_path: Path) -> None:
    """A LoRA that is trained long enough tells the place of the right passage."""
    adapter = AdapterSettings("lora", rank=16, dropout=0.0)
    recipe = build_recipe("adapter", RecipeSettings(str(llama), adapter, "plain", device="cpu"))
    trainer = TrainerSettings(steps=400, batch=16, learning_rate=2e-2, every=100)
    result = train_generator(
        recipe,
        examples(64),
        tmp_path / "out",
        settings=GeneratorSettings(noise=0, refusals=0, trainer=trainer),
        progress=SilentProgress(),
    )
    assert result.is_written
    right = recipe.log_likelihoods(examples(64))
    wrong = recipe.log_likelihoods(with_wrong_places(examples(64)))
    assert sum(r > w for r, w in zip(right, wrong, strict=True)) > 56


@pytest.mark.long
@pytest.mark.parametrize("kind", ["prompt", "p_tuning"])
def test_a_prompt_before_a_model_that_reads(kind: str, reading_llama: Path, tmp_path: Path) -> None:
    """It was taught with one passage, and is frozen. With a prompt tuned beside wrong passages the
    right place is likelier by the passage that says it than by one that says another.
    """
    adapter, rate = SETTINGS[kind]
    settings = RecipeSettings(str(reading_llama), adapter, "plain", device="cpu")
    recipe = build_recipe("adapter", settings)
    trainer = TrainerSettings(steps=60, batch=16, learning_rate=rate, every=20)
    train_generator(
        recipe,
        examples(64, wrong=1),
        tmp_path / "out",
        settings=GeneratorSettings(noise=1, refusals=0, trainer=trainer),
        progress=SilentProgress(),
    )
    right = recipe.log_likelihoods(examples(64))
    wrong = recipe.log_likelihoods(with_wrong_places(examples(64)))
    assert sum(r > w for r, w in zip(right, wrong, strict=True)) > 56


def test_each_context_by_itself_is_summed(llama: Path) -> None:
    """RA-DIT: the likelihood of an answer is that by each context, weighed by how it was found."""
    from math import exp

    adapter = AdapterSettings(rank=4)
    recipe = build_recipe("ra_dit", RecipeSettings(str(llama), adapter, "plain", device="cpu"))
    recipe.network.eval()
    (example,) = examples(1, wrong=1)
    assert len(recipe.collate([example])["input_ids"]) == 2
    alone = [recipe.log_likelihoods([example.with_contexts([c])])[0] for c in example.contexts]
    expected = sum(exp(p + a) for p, a in zip(log_prior([2.0, 1.0]), alone, strict=True))
    assert exp(recipe.log_likelihoods([example])[0]) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("kind", ["lora", "prompt"])
def test_a_model_that_sees_learns_from_pictures(kind: str, llava: Path, tmp_path: Path) -> None:
    """Its language model alone: the encoder of pictures has no adapter. Another picture makes the
    answer less likely.
    """
    from dataclasses import replace

    from .tiny import picture_examples

    adapter = AdapterSettings(kind, rank=8, tokens=4, dropout=0.0)
    recipe = build_recipe("adapter", RecipeSettings(str(llava), adapter, "plain", device="cpu"))
    trained = [n for n, p in recipe.network.named_parameters() if p.requires_grad]
    assert not any("vision" in n or "projector" in n for n in trained)
    rate = 5e-3 if kind == "lora" else 5e-2
    trainer = TrainerSettings(steps=40, batch=16, learning_rate=rate, every=20)
    many = picture_examples()
    result = train_generator(
        recipe,
        many,
        tmp_path / "out",
        settings=GeneratorSettings(noise=0, refusals=0, trainer=trainer),
        progress=SilentProgress(),
    )
    losses = [value for _, value in result.card.losses]
    assert sum(losses[-5:]) < sum(losses[:5]) - 1
    if kind == "lora":
        some = many[:8]
        others = [replace(e, images=many[i + 1].images) for i, e in enumerate(some)]
        right, wrong = (recipe.log_likelihoods(e) for e in (some, others))
        assert sum(right) > sum(wrong)
    request = Transformers(model=str(llava), adapter=str(tmp_path / "out"), device="cpu")
    assert _next_token(request, plainly(many[0], frozenset({"text", "image"})).chat) >= 0
