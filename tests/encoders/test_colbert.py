"""Colbert: late interaction of texts, end to end on a small model of the true architecture."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from polysense.encoders.colbert import Colbert
from polysense.errors import BadConfig, BadQuery
from polysense.testing import check_encoder
from polysense.types import Part

from .conftest import OpenLibrary

pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own

TEXTS = [
    Part("text", t) for t in ("the doctor heals", "a car crosses the river", " ", "car " * 999)
]


def test_a_vector_for_each_token(models: Path) -> None:
    """Unit rows, of a blank text none; too long a text is cut."""
    encoder = Colbert(model=str(models / "colbert"), device="cpu", batch=2)
    vectors = check_encoder(encoder, TEXTS)
    assert (encoder.space.name, encoder.space.dim) == ("colbert-colbert", 32)
    assert [len(v) > 0 for v in vectors] == [True, True, False, True]
    assert len(vectors[3]) <= 64


def test_same_vectors_as_sentence_transformers(models: Path) -> None:
    """What is returned is the model's own, less tokens that mean nothing to it."""
    from sentence_transformers import MultiVectorEncoder

    theirs = MultiVectorEncoder(str(models / "colbert"), device="cpu").encode_query("car river")
    [ours] = Colbert(model=str(models / "colbert"), device="cpu").encode(
        [Part("text", "car river")], "query"
    )
    rows = theirs.numpy()
    np.testing.assert_allclose(ours, rows[np.linalg.norm(rows, axis=1) > 0.5], atol=1e-5)


def test_a_library_by_one_line(models: Path, library_of: OpenLibrary) -> None:
    """Searched by MaxSim, alone and as a second stage, by the plug-in's name or the space's; the
    score is a mean over the question's tokens, so that what is said word for word has 1.
    """
    with library_of(f"colbert:model={models / 'colbert'},device=cpu") as kb:
        hit = kb.search("automobile engine", using="colbert % 2")[0]
        assert (hit.chunk.asset.name, str(hit.place)) == ("engine.txt", "L1")
        assert hit.why[0].space == "colbert-colbert"
        assert hit.why[0].score == pytest.approx(1, abs=1e-4)
        for stage in ("colbert", 'stage("colbert-colbert")'):
            staged = kb.search("ship automobile physician", using=f"bm25 % 200 >> {stage} % 10")
            assert [h.chunk.asset.name for h in staged] == ["coast.txt"]
            assert [w.space for w in staged[0].why] == ["bm25", "colbert-colbert"]
        assert kb.search("physician")[0].chunk.asset.name == "health.txt"
        with pytest.raises(BadQuery, match="no stage called 'nobody'") as e:
            kb.search("ship", using="bm25 >> nobody")
        assert "colbert" in e.value.hint


def test_a_projection_that_nobody_trained_is_refused(models: Path, tmp_path: Path) -> None:
    """sentence-transformers gives any BERT a random one; its vectors would be others each time."""
    with pytest.raises(BadConfig, match="text embeddings") as e:
        _ = Colbert(model=str(models / "bert")).space
    assert "text:model=" in e.value.hint
    shutil.copytree(models / "colbert", tmp_path / "broken")
    for path in (tmp_path / "broken").rglob("*.safetensors"):
        path.write_bytes(b"\0" * 50)
    with pytest.raises(BadConfig, match="broken"):
        Colbert(model=str(tmp_path / "broken"), device="cpu").encode(TEXTS[:1])
