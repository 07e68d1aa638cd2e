"""LateInteraction: MaxSim over what another search has found, encoded when it is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import BadConfig
from polysense.rerankers.late_interaction import LateInteraction
from polysense.testing import check_reranker
from polysense.types import Asset, Chunk, Part, Span

from ..encoders.conftest import OpenLibrary

pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own

PASSAGES = ("the doctor heals", "a car crosses the river", "car " * 999)


def test_the_contract(models: Path) -> None:
    """The mean, over the question's tokens, of the best cosine; long passages are cut."""
    reranker = LateInteraction(model=str(models / "colbert"), device="cpu", batch=2)
    chunks = [
        Chunk(Asset(f"{n:032x}", f"/{n}.txt", "", "text", 1), Span(page=1), "text", text=t)
        for n, t in enumerate(PASSAGES)
    ]
    question = (Part("text", "automobile"),)
    check_reranker(reranker, question, chunks)
    assert reranker.accepts == {"text"}
    doctor, *cars = reranker.score(question, chunks)
    assert cars == pytest.approx([1, 1], abs=1e-4)
    assert doctor < 0.9


def test_by_one_line(models: Path, library_of: OpenLibrary) -> None:
    """Nothing is stored for it: BM25 gives the candidates, it their order."""
    spec = f"late_interaction:model={models / 'colbert'},device=cpu"
    with library_of(rerankers=(spec,)) as kb:
        hits = kb.search("a doctor or physician heals and bakes")
        assert hits[0].chunk.asset.name == "health.txt"
        assert [w.space for w in hits[0].why] == ["bm25", "late_interaction"]
        assert kb.search("tide", using="bm25 % 9 >> late_interaction % 1")[0].why[-1].rank == 1


def test_other_folders_are_named(models: Path) -> None:
    """One vector a text is not late interaction."""
    with pytest.raises(BadConfig, match="late interaction") as e:
        LateInteraction(model=str(models / "bert")).check()
    assert "text:model=" in e.value.hint
