"""CrossEncoder: end to end on a small BERT that was trained to prefer what is official."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense import Library
from polysense.errors import BadConfig, MissingDependency
from polysense.ingest.workers import Limits
from polysense.rerankers.cross_encoder import CrossEncoder
from polysense.testing import check_reranker
from polysense.types import Asset, Chunk, Part, Span

from ..encoders.conftest import kit_with
from . import tiny_seer

pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own

QUESTION = (Part("text", "who is the keeper of the lighthouse?"),)
PASSAGES = (
    "the keeper of the lighthouse is anna",
    "official : the keeper of the lighthouse is maria",
    "the official tide " * 200,
)


def chunks(*texts: str) -> list[Chunk]:
    return [
        Chunk(Asset(f"{n:032x}", f"/{n}.txt", "", "text", 1), Span(page=1), "text", text=t)
        for n, t in enumerate(texts)
    ]


def test_the_contract(models: Path) -> None:
    """One finite score a chunk, the same in any order, from any thread; long passages are cut, and
    what is official comes first.
    """
    reranker = CrossEncoder(model=str(models / "cross_encoder"), device="cpu", batch=2)
    check_reranker(reranker, QUESTION, chunks(*PASSAGES))
    assert reranker.accepts == {"text"}
    plain, official, _ = reranker.score(QUESTION, chunks(*PASSAGES))
    assert official > 0.5 > plain


def test_same_scores_as_sentence_transformers(models: Path) -> None:
    """Of one label the model's own score; of two the probability of the second."""
    from sentence_transformers import CrossEncoder as Theirs

    pairs = [(QUESTION[0].data, p) for p in PASSAGES[:2]]
    for name in ("cross_encoder", "labels2"):
        theirs = Theirs(str(models / name), device="cpu").predict(pairs, apply_softmax=True)
        ours = CrossEncoder(model=str(models / name), device="cpu").score(
            QUESTION, chunks(*PASSAGES[:2])
        )
        np.testing.assert_allclose(ours, theirs if theirs.ndim == 1 else theirs[:, 1], atol=1e-5)


def test_it_changes_what_an_answer_stands_on(models: Path, tmp_path: Path) -> None:
    """A reranker that is configured is used by `ask` and `search`, unless the retriever is named:
    the evidence comes in its order, and `why` has its score beside the others.
    """
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "leaflet.txt").write_text("The keeper of the lighthouse is Anna Berg.")
    (notes / "letter.txt").write_text(
        "Official: on page four of a long letter from the harbour, the keeper of the lighthouse "
        "is Maria Holm."
    )
    spec = f"cross_encoder:model={models / 'cross_encoder'},device=cpu"
    first, answers = {}, {}
    for name, specs in (("without", ()), ("with", (spec,))):
        kit = kit_with("minilm", rerankers=specs)
        with Library(tmp_path / name, kit=kit, limits=Limits(workers=1)) as kb:
            kb.index(notes)
            answer = kb.ask("Who is the keeper of the lighthouse?")
            first[name], answers[name] = answer.evidence[0].hit.chunk.asset.name, answer.text
            if specs:
                hits = kb.search("keeper of the lighthouse")
                assert hits[0].chunk.asset.name == "letter.txt"
                assert hits[0].why[-1].space == "cross_encoder"
                by_words = kb.search("keeper of the lighthouse", using="bm25")
                assert by_words[0].chunk.asset.name == "leaflet.txt"
                staged = kb.search(
                    "keeper of the lighthouse", using="bm25 % 9 >> cross_encoder % 1"
                )
                assert [h.chunk.asset.name for h in staged] == ["letter.txt"]
    assert first == {"without": "leaflet.txt", "with": "letter.txt"}
    assert "Anna" in answers["without"]
    assert "Maria" in answers["with"]


def test_one_that_sees(tmp_path: Path) -> None:
    """A multimodal model is given the pictures of chunks that are pictures, and words of others; a
    picture whose file is gone is judged by its words; the question may be a picture.
    """
    from PIL import Image

    reranker = CrossEncoder(model=str(tiny_seer.cross_encoder(tmp_path / "seer")), device="cpu")
    assert reranker.accepts == {"text", "image"}
    path = tmp_path / "a.png"
    noise = np.random.default_rng(0).integers(0, 255, (40, 50, 3), np.uint8)
    Image.fromarray(noise).save(path)
    asset = Asset("a" * 32, str(path), "image/png", "image", 1)
    there = Chunk(asset, Span(page=1), "image", Part("image", path, "image/png"), text="a car")
    gone = there.with_(part=Part("image", tmp_path / "gone.png", "image/png"))
    mixed = [there, gone, *chunks("a car")]
    check_reranker(reranker, QUESTION, mixed)
    by_picture, by_words, words = reranker.score(QUESTION, mixed)
    assert by_words == pytest.approx(words, abs=1e-5)
    assert by_picture != pytest.approx(words, abs=1e-5)
    assert len(reranker.score((Part("image", noise),), mixed)) == 3


def test_a_question_without_words_is_left_alone(models: Path) -> None:
    """It reads words: for a picture alone it gives no scores, and hits keep their order."""
    reranker = CrossEncoder(model=str(models / "cross_encoder"), device="cpu")
    picture = Part("image", np.zeros((8, 8, 3), np.uint8))
    assert list(reranker.score((picture,), chunks(*PASSAGES))) == []


def test_folders_that_are_none(models: Path, tmp_path: Path) -> None:
    """A model of embeddings has no head that scores: it is refused before a random one is added,
    with the line that it belongs in; so are three labels, an empty folder, and none.
    """
    embeddings = CrossEncoder(model=str(models / "bert"))
    with pytest.raises(BadConfig, match="text embeddings") as e:
        embeddings.check()
    assert f'encoders = ["text:model={models / "bert"}"]' in e.value.hint
    with pytest.raises(BadConfig, match="3 labels"):
        CrossEncoder(model=str(models / "labels3"), device="cpu").score(QUESTION, chunks(*PASSAGES))
    with pytest.raises(BadConfig, match=r"config\.json"):
        _ = CrossEncoder(model=str(tmp_path)).accepts
    with pytest.raises((BadConfig, MissingDependency)) as error:
        CrossEncoder(model="nobody-here", offline=True).check()
    assert "cross_encoder:model=" in error.value.hint
