"""Sparse: SPLADE, end to end on small models of the true architecture."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from polysense.encoders import sparse
from polysense.encoders.sparse import Sparse
from polysense.errors import BadConfig
from polysense.ingest import manifest as manifests
from polysense.testing import check_encoder
from polysense.types import Part
from polysense.vectors.sparse import sparse_scores

from .conftest import OpenLibrary

pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own

TEXTS = [
    Part("text", t) for t in ("the doctor heals", "a car crosses the river", " ", "car " * 999)
]


@pytest.mark.parametrize("name", ["splade", "masked"])
def test_words_that_mean_the_same(models: Path, name: str) -> None:
    """Its own words and those that mean the same, by their numbers in the vocabulary; of a blank
    text none. A masked language model alone is pooled as SPLADE is.
    """
    encoder = Sparse(model=str(models / name), device="cpu", batch=2)
    vectors = check_encoder(encoder, TEXTS)
    assert (encoder.space.name, encoder.space.metric) == (f"sparse-{name}", "sparse")
    assert [len(v) for v in vectors] == [3, 4, 0, 2]
    [question] = encoder.encode([Part("text", "automobile")], "query")
    scores = sparse_scores(question, {str(n): v for n, v in enumerate(vectors)})
    assert scores["1"] == pytest.approx(scores["3"])
    assert scores["3"] > 0 == scores["0"] == scores["2"]


def test_same_vectors_as_sentence_transformers(models: Path) -> None:
    """What is returned is the model's own embedding; only the largest weights stay if so asked."""
    from sentence_transformers import SparseEncoder

    theirs = SparseEncoder(str(models / "splade"), device="cpu").encode(
        TEXTS[1].data, convert_to_sparse_tensor=False
    )
    [ours] = Sparse(model=str(models / "splade"), device="cpu").encode(TEXTS[1:2])
    dense = np.zeros(len(theirs), np.float32)
    dense[ours[:, 0].astype(int)] = ours[:, 1]
    np.testing.assert_allclose(dense, theirs.numpy(), atol=1e-5)
    few = Sparse(model=str(models / "splade"), device="cpu", max_active_dims=2)
    [largest] = few.encode(TEXTS[1:2])
    assert sorted(largest[:, 1]) == sorted(ours[:, 1])[-2:]
    assert few.space.revision.endswith("-2")


def test_a_library_by_one_line(models: Path, library_of: OpenLibrary) -> None:
    """Kept on disk, searched by what words mean, alone, with BM25, with a filter, as a second
    stage, and found again when the library is opened anew; blends weigh it by what its scores mean.
    """
    spec = f"sparse:model={models / 'splade'},device=cpu"
    with library_of(spec) as kb:
        for _ in range(3):  # the third is answered from memory
            [hit] = kb.search("automobile", using="sparse % 3")
            assert (hit.chunk.asset.name, str(hit.place)) == ("engine.txt", "L1-3")
            assert [(w.space, w.rank) for w in hit.why] == [("sparse-splade", 1)]
        assert kb.search("automobile")[0].chunk.asset.name == "engine.txt"
        assert not kb.search("automobile", using="sparse", where="name = 'bread.txt'")
        [filtered] = kb.search("automobile", using="sparse", where="name = 'engine.txt'")
        assert filtered.score == pytest.approx(hit.score, abs=1e-4)
        both = kb.search("the doctor sails", using="bm25 % 9 >> sparse")
        assert [w.space for w in both[0].why] == ["bm25", "sparse-splade"]
        calibration = manifests.load(kb.folder).calibrations["sparse-splade"]
        assert 0 <= calibration.min_score < calibration.confident_score
    with library_of(spec) as kb:
        assert kb.search("physician", using="sparse")[0].chunk.asset.name == "health.txt"


def test_other_folders_are_named(models: Path) -> None:
    """A dense model has no weights for words: what it would give is random."""
    with pytest.raises(BadConfig, match="text embeddings") as e:
        _ = Sparse(model=str(models / "bert")).space
    assert f'"text:model={models / "bert"}"' in e.value.hint


@pytest.mark.parametrize("name", ["splade", "masked"])
def test_the_space_is_known_without_the_model(
    models: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The config tells how many words there are: a search by words alone loads no torch."""
    width = Sparse(model=str(models / name), device="cpu").encode(TEXTS[:1])[0][:, 0].max()
    own = len(json.loads((models / name / "tokenizer.json").read_text())["model"]["vocab"])

    def load(*_: object) -> None:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr(sparse, "load_sentence_model", load)
    assert Sparse(model=str(models / name)).space.dim == own > width
