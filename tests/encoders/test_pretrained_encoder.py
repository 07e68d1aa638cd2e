"""What encoders of pretrained models do alike: batches, unit length, cuts, and what has no vector."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polysense import registry
from polysense.encoders.pretrained_encoder import Embed, PretrainedEncoder
from polysense.errors import BadConfig
from polysense.protocols import Vectors
from polysense.types import Part, Role


class Lengths(PretrainedEncoder):
    """Texts to three numbers, by a model that is counted and looked over its shoulder."""

    option = "lengths:model="
    accepts = frozenset({"text"})

    def __init__(self, model: Path, dim: int = 0, batch: int = 2) -> None:
        super().__init__(model=str(model), batch=batch, dim=dim, offline=True)
        self.openings, self.calls = 0, list[tuple[int, Role]]()

    def _prepare(self, part: Part) -> Any:
        return str(part.data) or None

    def _open(self, folder: Path) -> Embed:
        self.openings += 1

        def embed(inputs: Sequence[Any], role: Role) -> Vectors:
            self.calls.append((len(inputs), role))
            return np.array([[len(i), 1, 2] if i != "zero" else [0, 0, 0] for i in inputs], float)

        return embed

    def _width(self, folder: Path) -> int:
        return 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    return tmp_path


def parts(*texts: str) -> list[Part]:
    return [Part("text", text) for text in texts]


def test_batches_keep_their_order(folder: Path) -> None:
    """The model is opened once, on first use; what is blank or zero is NaN, in its own row."""
    encoder = Lengths(folder)
    assert encoder.openings == 0
    vectors = encoder.encode(parts("a", "", "bbb", "zero", "ccccc"), "query")
    assert encoder.openings == 1
    assert encoder.calls == [(1, "query"), (2, "query"), (1, "query")]
    assert np.isnan(vectors[[1, 3]]).all()
    expected = np.array([[1, 1, 2], [3, 1, 2], [5, 1, 2]]) / np.sqrt([[6], [14], [30]])
    np.testing.assert_allclose(vectors[[0, 2, 4]], expected, rtol=1e-6)


def test_a_cut_is_of_unit_length(folder: Path) -> None:
    """And another space; more numbers than there are is refused with how many there are."""
    encoder = Lengths(folder, dim=2)
    assert encoder.space.dim == 2
    np.testing.assert_allclose(encoder.encode(parts("abc"))[0], np.array([3, 1]) / 10**0.5)
    with pytest.raises(BadConfig, match="3 numbers") as refusal:
        Lengths(folder, dim=4).check()
    assert "dim=3" in refusal.value.hint


def test_the_space_is_the_models(tmp_path: Path) -> None:
    """Named after plug-in and folder, without what no name can have."""
    home = tmp_path / "my model+v2"
    home.mkdir()
    (home / "config.json").write_text("{}")
    (home / "pytorch_model.bin").write_bytes(b"")
    space = Lengths(home).space
    assert (space.name, space.dim, space.metric) == ("lengths-my-model-v2", 3, "cosine")


@pytest.mark.filterwarnings("ignore")  # transformers warns of its own
@pytest.mark.parametrize(
    ("name", "model_type", "part"),
    [
        ("image", "evil", Part("image", np.zeros((8, 8, 3), np.uint8))),
        ("image", "vit", Part("image", np.zeros((8, 8, 3), np.uint8))),
        ("voice", "evil", Part("audio", np.ones(32000, np.float32), meta={"rate": 16000})),
        ("text", "evil", Part("text", "words")),
        ("sparse", "evil", Part("text", "words")),
        ("clip", "clip", Part("text", "words")),
        ("clap", "clap", Part("text", "words")),
        ("video", "xclip", Part("text", "words")),
    ],
)
def test_code_beside_weights_never_runs(
    name: str, model_type: str, part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is asked whether it may, either: who answers yes would have run it."""
    pytest.importorskip("transformers", reason="folders of weights need transformers")
    home, proof = tmp_path / "evil", tmp_path / "proof"
    home.mkdir()
    classes = (
        "Config",
        "Model",
        "Processor",
        "ImageProcessor",
        "FeatureExtractor",
        "VideoProcessor",
    )
    own_classes = {f"Auto{c}": f"evil.Evil{c}" for c in classes}
    config = {"model_type": model_type, "architectures": ["EvilMaskedLM"], "auto_map": own_classes}
    if name == "sparse":
        config["architectures"] = ["EvilForMaskedLM"]
    (home / "config.json").write_text(json.dumps(config))
    kinds = {"image_processor_type": "Evil", "feature_extractor_type": "Evil"}
    preparation = {"processor_class": "Evil", "sampling_rate": 16000, "auto_map": own_classes}
    for file in ("preprocessor_config.json", "processor_config.json", "tokenizer_config.json"):
        (home / file).write_text(json.dumps({**preparation, **kinds}))
    (home / "evil.py").write_text(f"open({str(proof)!r}, 'w').close()\n")
    (home / "model.safetensors").write_bytes(b"")
    questions: list[str] = []
    monkeypatch.setattr("builtins.input", lambda words="": questions.append(words) or "y")
    with pytest.raises(BadConfig, match=r"evil"):
        registry.load("encoders", f"{name}:model={home}").encode([part])
    assert not questions
    assert not proof.exists()


def test_a_folder_without_weights_is_refused(folder: Path) -> None:
    """When it is looked at, before anything is indexed; a module's folder may hold them."""
    (folder / "1_Module").mkdir()
    (folder / "model.safetensors").rename(folder / "1_Module" / "model-00001-of-00002.safetensors")
    Lengths(folder).check()
    (folder / "1_Module" / "model-00001-of-00002.safetensors").unlink()
    with pytest.raises(BadConfig, match="no weights"):
        Lengths(folder).check()


@pytest.mark.parametrize("fault", [RuntimeError("out of memory"), MemoryError()])
def test_a_model_that_cannot_be_opened_is_no_parts_fault(folder: Path, fault: Exception) -> None:
    """Whatever goes wrong on the way: else it would be taken for what is wrong with a part."""

    class Heavy(Lengths):
        def _open(self, folder: Path) -> Embed:
            raise fault

    with pytest.raises(BadConfig, match="cannot be loaded"):
        Heavy(folder).encode(parts("a"))
