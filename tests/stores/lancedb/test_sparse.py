"""Sparse vectors in LanceDB: what is read from the table and what is kept in memory say the same."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from polysense.stores.lancedb.connection import FRESH_SECONDS
from polysense.stores.lancedb.store import LanceDB
from polysense.types import Asset, Chunk, Space, Span
from polysense.vectors.sparse import sparse_rows, sparse_scores

SPACE = Space("sparse", "1", 1000, "sparse")


def chunk(n: int) -> Chunk:
    modality = "code" if n % 2 else "text"
    return Chunk(Asset(f"{n:032x}", f"/{n}", "", modality, 1), Span(page=1), modality, text="a")


@pytest.fixture
def many() -> dict[str, np.ndarray]:
    """Random vectors of three hundred chunks, by id."""
    random = np.random.default_rng(0)
    return {
        chunk(n).id: sparse_rows(random.choice(1000, 20, replace=False), random.random(20))
        for n in range(300)
    }


def test_first_and_later_questions_agree(tmp_path: Path, many: dict[str, np.ndarray]) -> None:
    """The first at a version reads the table, later ones have it in memory: both are exact, with
    filters and without; what another process writes is seen.
    """
    store, other = LanceDB(path=str(tmp_path)), LanceDB(path=str(tmp_path))
    chunks = [chunk(n) for n in range(300)]
    store.add(chunks)
    store.add_vectors(SPACE, chunks[:200], list(many.values())[:200])
    query = sparse_rows(np.arange(0, 1000, 7), np.linspace(0.1, 2, 143))
    for count in (200, 300):
        if count == 300:
            other.add_vectors(SPACE, chunks[200:], list(many.values())[200:])
            time.sleep(2 * FRESH_SECONDS)
        scores = sparse_scores(query, dict(list(many.items())[:count]))
        for where in ("", "modality = 'code'"):
            expected_ids = [c.id for c in chunks[:count] if not where or c.modality == "code"]
            best = sorted(
                (i for i in expected_ids if scores[i] > 0), key=lambda i: (-scores[i], i)
            )[:10]
            for _ in range(3):
                matches = store.nearest(SPACE, query, 10, where)
                assert [m.id for m in matches] == best
                assert [m.score for m in matches] == pytest.approx([scores[i] for i in best])


def test_vectors_come_back_as_they_were(tmp_path: Path, many: dict[str, np.ndarray]) -> None:
    """Rows of differing number, also after their chunk's row was written anew."""
    store = LanceDB(path=str(tmp_path))
    store.add([chunk(0), chunk(1)])
    originals = [sparse_rows([3, 999], [0.5, 2.0]), sparse_rows([7], [1.0])]
    store.add_vectors(SPACE, [chunk(0), chunk(1)], originals)
    store.add([chunk(0).with_(meta={"lang": "en"})])
    stored = store.vectors(SPACE, [chunk(0).id, chunk(1).id])
    for n, rows in enumerate(originals):
        np.testing.assert_array_equal(stored[chunk(n).id], rows)
    assert store.nearest(SPACE, sparse_rows([5], [1.0]), 9) == []
