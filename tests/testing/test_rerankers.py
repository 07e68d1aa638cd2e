"""The check of rerankers: one that keeps the rules passes, and each broken rule is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from polysense.protocols import Reranker
from polysense.testing import ContractError, check_reranker
from polysense.types import Asset, Chunk, Part, Span

QUERY = (Part("text", "a"),)


def chunk(asset: Asset, page: int = 1, text: str = "High water") -> Chunk:
    return Chunk(asset, Span(page=page), "text", text=text)


class FakeReranker(Reranker):
    accepts = frozenset({"text"})

    def __init__(self, score: Callable[[Sequence[Chunk]], Sequence[float]]) -> None:
        self.score_all = score

    def score(self, query: Any, chunks: Sequence[Chunk]) -> Sequence[float]:
        return self.score_all(chunks)


@pytest.mark.parametrize(
    ("score", "message"),
    [
        (lambda chunks: [len(c.text) for c in chunks], ""),
        (lambda chunks: [1.0], "1 scores for 2"),
        (lambda chunks: [float("nan")] * len(chunks), "finite"),
        (lambda chunks: list(range(len(chunks))), "order"),
    ],
)
def test_rerankers(
    asset: Asset, score: Callable[[Sequence[Chunk]], Sequence[float]], message: str
) -> None:
    """The first keeps the rules."""
    chunks = [chunk(asset), chunk(asset, page=2, text="Noon")]
    if not message:
        check_reranker(FakeReranker(score), QUERY, chunks)
        return
    with pytest.raises(ContractError, match=message):
        check_reranker(FakeReranker(score), QUERY, chunks)


def test_rerankers_that_race_at_first_use_are_caught(asset: Asset, racing: Any) -> None:
    """Two threads begin together with a new plug-in: checked later, it is loaded already, and
    nothing shows.
    """
    with pytest.raises(ContractError, match="two threads"):
        check_reranker(
            FakeReranker(lambda chunks: [float(racing.load())] * len(chunks)),
            (),
            [chunk(asset)] * 2,
        )
