"""Multimodal: one space for whatever modalities a model takes, on small ones of true architectures."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from polysense import Image, Library, kit
from polysense.encoders.multimodal import Multimodal, modalities_of
from polysense.errors import BadConfig
from polysense.ingest.workers import Limits
from polysense.testing import check_encoder
from polysense.types import PAGE, Part

from . import tiny_pages, tiny_vision

pytest.importorskip("sentence_transformers", reason="the models need sentence-transformers")
pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own

BARE = ["-minilm", "-photo", "-conse", "-sound", "-speaker", "-shape", "-formula"]
WORDS = [Part("text", "High water follows the moon."), Part("text", "https://sea.org/moon.png")]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_vision.save(tiny_vision.clip, tmp_path_factory.mktemp("models") / "tiny-both")


@pytest.fixture(scope="module")
def clap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_vision.save(tiny_vision.clap, tmp_path_factory.mktemp("models") / "tiny-sound")


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (40, 60, 3), np.uint8)


def test_what_it_takes_is_told_without_loading(
    clip: Path, clap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the folder alone, also as sentence-transformers saves it."""
    import sentence_transformers

    saved_folder = clip.parent / "saved"
    sentence_transformers.SentenceTransformer(str(clip), device="cpu").save(str(saved_folder))
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    for folder in (clip, saved_folder):
        encoder = Multimodal(model=str(folder))
        assert encoder.accepts == {"text", "image"}
        assert (encoder.space.dim, encoder.space.name) == (16, f"multimodal-{folder.name}")
    assert Multimodal(model=str(clip), pages=True).accepts == {"text", "image", PAGE}
    assert modalities_of(clap) == {"text", "audio"}


def test_words_and_pictures_keep_the_contract(clip: Path) -> None:
    """Words that look like an address are words: nothing is fetched."""
    encoder = Multimodal(model=str(clip), device="cpu")
    vectors = check_encoder(encoder, [*(Part("image", noise(i)) for i in range(2)), *WORDS])
    assert vectors.shape == (4, 16)


def test_words_and_sounds_keep_the_contract(clap: Path) -> None:
    """Sounds at the model's own rate, no longer than it hears; silence is nothing."""
    rng = np.random.default_rng(0)
    sounds = [
        Part("audio", rng.normal(0, 0.1, n).astype(np.float32), "audio/x-raw; rate=16000")
        for n in (16_000, 400_000)
    ]
    encoder = Multimodal(model=str(clap), device="cpu")
    check_encoder(encoder, [*sounds, *WORDS])
    silence = Part("audio", np.zeros(16_000, np.float32))
    assert np.isnan(encoder.encode([silence])).all()


def test_one_question_ranks_a_picture_a_page_and_a_text(clip: Path, tmp_path: Path) -> None:
    """All in one space, each with its place, the picture itself first."""
    folder = tmp_path / "in"
    red = tiny_vision.colour_files(folder)[0]
    (folder / "notes.txt").write_text("High water follows the moon by an hour.")
    tiny_pages.pdf(folder / "plans.pdf", [{"R": (0, 0, 8, 8)}])
    spec = f"multimodal:model={clip},pages=true"
    own = kit(encoders=[spec, *BARE], converters=["-ocr"])
    with Library(tmp_path / "kb", kit=own, limits=Limits(workers=1)) as kb:
        assert kb.index(folder).failed == ()
        encoder = kb.kit.encoders["multimodal"]
        assert kb.store.missing(encoder.space) == []
        hits = kb.search(Image(red), k=10, using="dense('multimodal-tiny-both')")
        scores = {r.chunk for r in kb._manifest.calibrations["multimodal-tiny-both"].ranges}
    assert Path(hits[0].uri) == red
    kinds = {(h.modality, h.chunk.part.modality if h.chunk.part else "") for h in hits}
    assert kinds == {("image", "image"), ("image", PAGE), ("text", "")}
    page = next(h for h in hits if h.chunk.is_page)
    assert str(page.place) == "p. 1"
    query = encoder.encode([Part("image", red)], "query")[0]
    parts = [h.chunk.part or Part("text", h.chunk.words) for h in hits]
    expected = encoder.encode(parts) @ query
    np.testing.assert_allclose([h.why[0].score for h in hits], expected, atol=1e-3)
    assert scores == {"image"}  # words with words are measured by pairs


def test_a_model_of_words_alone_names_its_plugin(tmp_path: Path) -> None:
    """It would work, and be called what it is not."""
    (tmp_path / "config.json").write_text('{"model_type": "bert", "architectures": ["BertModel"]}')
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(BadConfig) as error:
        Multimodal(model=str(tmp_path)).encode([Part("text", "hello")])
    assert error.value.hint.endswith(f"text:model={tmp_path}")


def test_qwen3_vl_by_its_chat_template(tmp_path: Path) -> None:
    """The field's model: words and pictures, of any size, by one processor."""
    pytest.importorskip("torchvision", reason="Qwen3-VL's processor needs torchvision")
    folder = tiny_vision.save(tiny_vision.qwen3_vl, tmp_path / "qwen")
    encoder = Multimodal(model=str(folder), device="cpu")
    assert encoder.accepts == {"text", "image"}
    check_encoder(encoder, [*(Part("image", noise(i)) for i in range(2)), *WORDS])
