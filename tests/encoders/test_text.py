"""Text: any text model that sentence-transformers loads, end to end on small models of the true
architectures.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from polysense.encoders.text import Text
from polysense.errors import BadConfig, MissingDependency
from polysense.ingest import manifest as manifests
from polysense.ingest.calibrate import calibrate
from polysense.testing import check_encoder
from polysense.types import Part

from .conftest import OpenLibrary

pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own

TEXTS = [
    Part("text", t) for t in ("the doctor heals", "a car crosses the river", " ", "car " * 999)
]


@pytest.mark.parametrize("name", ["bert", "roberta", "distilbert"])
def test_architectures(models: Path, name: str) -> None:
    """Folders of transformers alone are pooled by the mean; texts longer than the model's table of
    positions are cut, though the tokenizer knows no end; what means the same is near.
    """
    encoder = Text(model=str(models / name), device="cpu", batch=2)
    assert (encoder.space.name, encoder.space.dim, encoder.space.metric) == (
        f"text-{name}",
        96,
        "cosine",
    )
    vectors = check_encoder(encoder, TEXTS)
    assert np.isnan(vectors[2]).all()
    [question] = encoder.encode([Part("text", "automobile")], "query")
    scores = vectors @ question
    assert scores[3] == pytest.approx(1, abs=1e-4)
    assert scores[1] > 0.4 > scores[0]


def test_same_vectors_as_sentence_transformers(models: Path) -> None:
    """What is returned is the model's own embedding."""
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(models / "bert"), device="cpu").encode(
        ["the doctor heals"], normalize_embeddings=True
    )
    ours = Text(model=str(models / "bert"), device="cpu").encode(TEXTS[:1])
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_a_library_by_one_line(models: Path, library_of: OpenLibrary) -> None:
    """Indexed, kept, searched by meaning: the right note, its place and why; what its scores mean
    is measured; passages are compared with words by it.
    """
    with library_of(f"text:model={models / 'bert'},device=cpu") as kb:
        hit = kb.search("automobile")[0]
        assert (hit.chunk.asset.name, str(hit.place)) == ("engine.txt", "L1-3")
        assert [(w.space, w.rank) for w in hit.why] == [("text-bert", 1)]
        calibration = manifests.load(kb.folder).calibrations["text-bert"]
        assert -1 < calibration.min_score < calibration.confident_score < 1
        assert kb.kit.text_encoder("en") is kb.kit.encoders["text"]
        answer = kb.ask("which automobile repairs?")
        assert "car" in answer.text


def test_beside_minilm(models: Path, library_of: OpenLibrary) -> None:
    """Two encoders of words: each hit says what either thought of it, the first in the settings
    compares passages with words, and either can be asked alone, by its plug-in's name.
    """
    with library_of("minilm", f"text:model={models / 'bert'},device=cpu") as kb:
        hit = kb.search("automobile engine")[0]
        assert hit.chunk.asset.name == "engine.txt"
        assert {w.space for w in hit.why} == {"bm25", "minilm", "text-bert"}
        assert kb.kit.text_encoder("en") is kb.kit.encoders["minilm"]
        alone = kb.search("physician", using="text % 3")
        assert alone[0].chunk.asset.name == "health.txt"
        assert [w.space for w in alone[0].why] == ["text-bert"]


def copied(folder: Path, to: Path, **prompts: str) -> Path:
    """A model, saved by sentence-transformers, that records these prompts."""
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(folder), device="cpu", prompts=prompts).save_pretrained(
        str(to), create_model_card=False
    )
    return to


def test_prompts(models: Path, tmp_path: Path) -> None:
    """Before queries and documents stand the prompts that the folder records; options replace them,
    and what is stored with others is another space.
    """
    folder = copied(models / "bert", tmp_path / "m", query="query: ", document="passage: ")
    plain = Text(model=str(models / "bert"), device="cpu")
    recorded = Text(model=str(folder), device="cpu")
    asked_with = [Part("text", "query: tide")]
    np.testing.assert_allclose(
        recorded.encode([Part("text", "tide")], "query"), plain.encode(asked_with), atol=1e-5
    )
    np.testing.assert_allclose(
        recorded.encode([Part("text", "tide")]),
        plain.encode([Part("text", "passage: tide")]),
        atol=1e-5,
    )
    blank = Text(model=str(folder), device="cpu", query_prompt="", document_prompt="letter:")
    np.testing.assert_allclose(
        blank.encode([Part("text", "tide")], "query"),
        plain.encode([Part("text", "tide")]),
        atol=1e-5,
    )
    np.testing.assert_allclose(
        blank.encode([Part("text", "tide")]),
        plain.encode([Part("text", "letter: tide")]),
        atol=1e-5,
    )
    assert blank.space.revision != recorded.space.revision


@pytest.mark.parametrize(
    ("name", "query", "document"),
    [
        ("e5-small-v2", "query: tide", "passage: tide"),
        ("multilingual-e5-base", "query: tide", "passage: tide"),
        ("made-for-e5000", "tide", "tide"),
    ],
)
def test_families_that_record_no_prompts(
    models: Path, tmp_path: Path, name: str, query: str, document: str
) -> None:
    """E5 finds less without its prefixes, and its folders do not name them: they are known by its
    name, and by no other's.
    """
    shutil.copytree(models / "bert", tmp_path / name)
    encoder = Text(model=str(tmp_path / name), device="cpu")
    plain = Text(model=str(models / "bert"), device="cpu")
    for role, text in (("query", query), ("document", document)):
        np.testing.assert_allclose(
            encoder.encode([Part("text", "tide")], role),  # type: ignore[arg-type]
            plain.encode([Part("text", text)]),
            atol=1e-5,
        )


def test_matryoshka_and_types_of_numbers(models: Path) -> None:
    """`dim` keeps the first numbers, at unit length; more than there are is refused; half the bits
    give nearly the same vectors.
    """
    folder = str(models / "bert")
    whole, cut = (Text(model=folder, device="cpu", dim=d) for d in (0, 8))
    vectors = cut.encode(TEXTS[:2])
    assert cut.space.dim == vectors.shape[1] == 8
    first = whole.encode(TEXTS[:2])[:, :8]
    expected = first / np.linalg.norm(first, axis=1, keepdims=True)
    np.testing.assert_allclose(vectors, expected, atol=1e-5)
    with pytest.raises(BadConfig, match="96 numbers a vector, not 128"):
        _ = Text(model=folder, dim=128).space
    half = Text(model=folder, device="cpu", dtype="bfloat16").encode(TEXTS[:2])
    assert (np.sum(half * whole.encode(TEXTS[:2]), axis=1) > 0.99).all()


def test_the_config_tells_the_width(models: Path, tmp_path: Path) -> None:
    """The space is known without loading the model; a module that changes the width is measured."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    saved = copied(models / "bert", tmp_path / "pooled")
    assert Text(model=str(saved))._width(saved) == Text(model=str(saved)).space.dim == 96
    modules = [Transformer(str(models / "bert")), Pooling(96, "mean"), Dense(96, 5)]
    SentenceTransformer(modules=modules, device="cpu").save_pretrained(
        str(tmp_path / "dense"), create_model_card=False
    )
    dense = Text(model=str(tmp_path / "dense"), device="cpu")
    assert dense.space.dim == dense.encode(TEXTS[:1]).shape[1] == 5


def test_what_its_scores_mean_is_measured(models: Path) -> None:
    """Nothing is declared, so the reference pairs of the languages that it reads decide."""
    assert calibrate(Text(model=str(models / "bert"), device="cpu", languages="en")) is not None
    assert calibrate(Text(model=str(models / "bert"), device="cpu", languages="fi")) is None


@pytest.mark.parametrize(("name", "plugin"), [("splade", "sparse"), ("colbert", "colbert")])
def test_models_of_other_kinds_are_named(models: Path, name: str, plugin: str) -> None:
    """A folder that another plug-in takes is refused by its config, with that plug-in's line."""
    encoder = Text(model=str(models / name))
    with pytest.raises(BadConfig, match=name) as e:
        _ = encoder.space
    assert f'"{plugin}:model={models / name}"' in e.value.hint


def test_models_that_read_no_text_are_refused(tmp_path: Path) -> None:
    """One of pictures, and one that is not there."""
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "vit"}))
    with pytest.raises(BadConfig, match="a model of pictures") as e:
        _ = Text(model=str(tmp_path)).space
    assert "image:model=" in e.value.hint
    with pytest.raises((BadConfig, MissingDependency), match="nobody-here"):
        _ = Text(model="someone/nobody-here", offline=True).space


def test_loading_is_silent(models: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What the libraries would draw on the terminal stands in the way of our own progress."""
    Text(model=str(models / "bert"), device="cpu").encode(TEXTS[:1])
    assert capfd.readouterr() == ("", "")
