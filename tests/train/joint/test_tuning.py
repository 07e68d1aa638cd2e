"""Both sides of a small model are tuned, and what is written is a folder like any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra models")
pytest.importorskip("sentence_transformers", reason="needs the extra models")

from polysense import cli, registry  # noqa: E402
from polysense.errors import BadConfig  # noqa: E402
from polysense.ingest.progress import SilentProgress  # noqa: E402
from polysense.train.align.settings import Side  # noqa: E402
from polysense.train.data.pairs import Pair  # noqa: E402
from polysense.train.joint.model import open_model  # noqa: E402
from polysense.train.joint.tuning import JointSettings, tune  # noqa: E402
from polysense.train.run.fit import FitSettings  # noqa: E402
from polysense.types import Part  # noqa: E402

from ...encoders import tiny_text, tiny_vision  # noqa: E402
from ..tiny import colour_pairs  # noqa: E402

PARTNERS = dict(zip(tiny_text.WORDS[:16], tiny_text.WORDS[16:32], strict=True))
"""What a question's word means in its passage: nothing in the model tells so at first."""


def text_pairs(count: int) -> list[Pair]:
    draw = np.random.default_rng(0)
    pairs = []
    for i in range(count):
        keys = draw.choice(list(PARTNERS), 3, replace=False)
        question, passage = " ".join(keys), " ".join(PARTNERS[w] for w in keys)
        pairs.append(Pair(Part("text", question), Part("text", passage), f"{i}", ""))
    return pairs


def fit_settings(steps: int, **more: Any) -> FitSettings:
    return FitSettings(**{"steps": steps, "batch": 32, "learning_rate": 5e-3, "every": 10, **more})


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of random weights: those of `tiny_text.bert` are zeros in part, and gradients burst there."""
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    words = tiny_text.tokenizer()
    model = BertModel(BertConfig(vocab_size=len(words), **tiny_text.SMALL))
    return tiny_text.save(model, words, tmp_path_factory.mktemp("model") / "bert")


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Several wait for one another longer than so small a model computes."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def side(spec: str) -> Side:
    return Side(spec, registry.load("encoders", spec))


@pytest.mark.parametrize("way", ["lora", pytest.param("full", marks=pytest.mark.slow)])
def test_questions_find_passages_that_they_did_not(bert: Path, tmp_path: Path, way: str) -> None:
    weights = (bert / "model.safetensors").read_bytes()
    settings = JointSettings(way=way, rank=8, mini=8, fit=fit_settings(40))
    folder = tmp_path / way
    result = tune(
        text_pairs(160), side(f"text:model={bert}"), folder, settings=settings,
        progress=SilentProgress(),
    )  # fmt: skip
    assert result.is_written
    assert result.gain.change.low > 0
    assert result.card.losses[-1][1] < 0.7 * result.card.losses[0][1]
    assert (bert / "model.safetensors").read_bytes() == weights
    assert not list(folder.rglob("adapter*"))
    assert json.loads((folder / "card.json").read_text())["kind"] == "joint"
    served = registry.load("encoders", f"text:model={folder}")
    word = next(iter(PARTNERS))
    question, right, wrong = served.encode(
        [Part("text", t) for t in (word, PARTNERS[word], list(PARTNERS.values())[5])]
    )
    assert question @ right > question @ wrong
    once = served.encode([Part("text", "bell harbour")])
    again = registry.load("encoders", f"text:model={folder}").encode([Part("text", "bell harbour")])
    assert once.tobytes() == again.tobytes()


class Killed(Exception):
    """As kill -9 ends a run: nothing is tidied up."""


class UntilStep(SilentProgress):
    """Ends a training at a step."""

    def __init__(self, last: int) -> None:
        self.last = last

    def step(self, stage: str, done: int, total: int, detail: str = "") -> None:
        if stage == "training" and done >= self.last:
            raise Killed


def test_a_run_that_was_killed_goes_on(bert: Path, tmp_path: Path) -> None:
    pairs, model = text_pairs(100), side(f"text:model={bert}")
    settings = JointSettings(rank=4, mini=16, fit=fit_settings(12, every=4))
    whole = tune(
        pairs, model, tmp_path / "a", settings=settings, anyway=True, progress=SilentProgress()
    )
    with pytest.raises(Killed):
        tune(pairs, model, tmp_path / "b", settings=settings, progress=UntilStep(8))
    assert (tmp_path / "b" / "training" / "state.pt").stat().st_size < 2_000_000
    resumed = tune(
        pairs, model, tmp_path / "b", settings=settings, anyway=True, progress=SilentProgress()
    )
    assert [s for s, _ in resumed.card.losses] == list(range(1, 13))
    assert np.allclose(
        [v for _, v in resumed.card.losses], [v for _, v in whole.card.losses], atol=1e-3
    )


def test_what_gains_nothing_is_not_written(
    bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"a": f"bell {w}", "b": f"bell {w} harbour"} for w in tiny_text.WORDS]
    (tmp_path / "pairs.jsonl").write_text("\n".join(map(json.dumps, [*rows, *rows])))
    folder = tmp_path / "out"
    args = [str(tmp_path / "pairs.jsonl"), "--model", f"text:model={bert}", "-o", str(folder)]
    assert cli.main(["train", "joint", *args, "--steps", "2", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["written"] is False
    assert [p.name for p in folder.iterdir()] == ["training"]
    assert (folder / "training" / "card.json").is_file()


def test_pictures_and_words_are_tuned(tmp_path: Path) -> None:
    """A CLIP: words ask, pictures are found; small batches in memory give the loss of the whole."""
    torch.manual_seed(0)
    model = tiny_vision.clip(tmp_path / "clip")
    settings = JointSettings(mini=16, fit=fit_settings(3, every=3))
    result = tune(
        colour_pairs(2), side(f"clip:model={model}"), tmp_path / "tuned", settings=settings,
        anyway=True, progress=SilentProgress(),
    )  # fmt: skip
    assert result.card.losses[-1][1] < result.card.losses[0][1]
    served = registry.load("encoders", f"clip:model={tmp_path / 'tuned'}")
    assert served.encode([colour_pairs(1)[0].first, Part("text", "red top")]).shape == (2, 16)


def test_only_models_of_two_sides_are_tuned(bert: Path) -> None:
    with pytest.raises(BadConfig, match="minilm is no model"):
        open_model(registry.load("encoders", "minilm"), "minilm", "lora", 4)
    with pytest.raises(BadConfig, match="nothing is tuned by"):
        open_model(registry.load("encoders", f"text:model={bert}"), "text", "half", 4)
