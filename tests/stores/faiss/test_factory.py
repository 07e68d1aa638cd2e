"""The names of indexes, and what they need."""

from __future__ import annotations

import pytest

from polysense.errors import BadConfig
from polysense.stores.faiss.factory import FLAT, Factory


@pytest.mark.parametrize(
    ("name", "lists", "is_graph", "is_lossy", "training_rows"),
    [
        ("Flat", 0, False, False, 0),
        ("HNSW32", 0, True, False, 0),
        ("HNSW32,Flat", 0, True, False, 0),
        ("IVF256,Flat", 256, False, False, 39 * 256),
        ("IVF4096_HNSW32,Flat", 4096, False, False, 39 * 4096),
        ("IVF64,PQ16", 64, False, True, 39 * 256),
        ("IVF64,PQ16x4", 64, False, True, 39 * 64),
        ("SQ8", 0, False, True, 1000),
        ("PCA64,HNSW32", 0, True, True, 39 * 64),
        ("OPQ16_64,IVF1024,PQ16", 1024, False, True, 39 * 1024),
    ],
)
def test_what_a_name_tells(
    name: str, lists: int, is_graph: bool, is_lossy: bool, training_rows: int
) -> None:
    """How it is searched, whether its scores are estimates, from how many vectors it is trained."""
    assert Factory.parse(name) == Factory(name, lists, is_graph, is_lossy, training_rows)
    assert Factory.parse(name).is_exact == (name == "Flat")


@pytest.mark.parametrize(
    "name", ["", "flat", "IVF", "IVF0,Flat", "LSH", "PQ16", "IVF64,PQ16,RFlat", "Flat,Flat", "HNSW"]
)
def test_what_cannot_be_searched_here_is_refused(name: str) -> None:
    """With the names that can: an index without filters is none."""
    with pytest.raises(BadConfig, match="no FAISS index") as e:
        Factory.parse(name)
    assert "IVF256,Flat" in e.value.hint


def test_the_default_compares_everything() -> None:
    assert FLAT.is_exact
