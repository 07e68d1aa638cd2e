"""An index of one space: every kind of it searched with and without a mask, written and read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.errors import BadConfig
from polysense.stores.faiss.factory import FLAT, Factory
from polysense.stores.faiss.index import SpaceIndex, empty_index, labels_path

from .samples import units

pytest.importorskip("faiss", reason="FAISS is not installed: pip install faiss-cpu")

COUNT, DIM = 700, 16
VECTORS = units(COUNT, DIM)
LABELS = np.arange(100, 100 + 2 * COUNT, 2)
KINDS = (
    "Flat",
    "HNSW16",
    "IVF8,Flat",
    "IVF8,SQ8",
    "IVF8,PQ8x4",
    "SQ8",
    "PCA8,Flat",
    "PCA8,HNSW16",
    "OPQ8_16,IVF8,PQ8x4",
)


def built(kind: str, is_cosine: bool = True) -> SpaceIndex:
    index = SpaceIndex(Factory.parse(kind), DIM, is_cosine, "words")
    index.train(VECTORS)
    index.add([(LABELS[:500], VECTORS[:500]), (LABELS[500:], VECTORS[500:])])
    return index


@pytest.mark.parametrize("kind", KINDS)
def test_a_mask_is_kept_to_by_every_kind(kind: str) -> None:
    """Of vectors that are gone, or not among those wanted, none is given, by any stage; and what is
    wanted is found, itself first.
    """
    index = built(kind)
    index.remove(LABELS[:50])
    assert index.gone_count == 50
    allowed = LABELS[40:300]
    hits = index.search(VECTORS[200], 60, allowed, 8, 0)
    assert set(dict(hits)) <= set(LABELS[50:300].tolist())
    assert len(hits) == 60
    assert LABELS[200] in [n for n, _ in hits[:5]]
    scores = [s for _, s in hits]
    assert scores == sorted(scores, reverse=True)
    assert not set(dict(index.search(VECTORS[10], 600, None, 8, 0))) & set(LABELS[:50].tolist())


@pytest.mark.parametrize("kind", ["HNSW16", "IVF8,Flat"])
def test_most_of_the_true_neighbours_are_given(kind: str) -> None:
    """By the lists and candidates that are looked at by default."""
    index = built(kind)
    recall = []
    for vector in VECTORS[:40]:
        truth = set(LABELS[np.argsort(-VECTORS @ vector)[:10]].tolist())
        recall.append(len(truth & set(dict(index.search(vector, 10, None, 0, 0)))) / 10)
    assert np.mean(recall) >= 0.95


def test_a_cosine_does_not_depend_on_length() -> None:
    """A dot product does."""
    long = np.array([[3.0] * DIM], np.float32)
    for is_cosine, expected in ((True, 1.0), (False, 9.0 * DIM)):
        index = SpaceIndex(FLAT, DIM, is_cosine, "words")
        index.add([(np.array([7]), long)])
        ((label, score),) = index.search(long[0], 5, None, 0, 0)
        assert label == 7
        assert score == pytest.approx(expected, rel=1e-5)


def test_nothing_is_there_to_find() -> None:
    """An empty index, all of it gone, none of it wanted, labels that it never had."""
    index = SpaceIndex(FLAT, DIM, True, "words")
    assert index.search(VECTORS[0], 5, None, 0, 0) == []
    index.add([(LABELS[:3], VECTORS[:3])])
    assert index.search(VECTORS[0], 5, np.array([1, 101, 9999]), 0, 0) == []
    assert len(index.search(VECTORS[0], 5, None, 0, 0)) == 3
    index.remove(np.array([101, 9999]))
    assert index.gone_count == 0
    index.remove(LABELS[:3])
    assert index.search(VECTORS[0], 5, None, 0, 0) == []


def test_what_is_written_is_read_and_what_is_broken_is_not(tmp_path: Path) -> None:
    """Cut off, of another dimension, without its labels: None, so that it is made anew."""
    path = tmp_path / "1-a.faiss"
    index = built("IVF8,Flat")
    index.write(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1-a.faiss", "1-a.npy"]
    factory = Factory.parse("IVF8,Flat")
    again = SpaceIndex.read(path, factory, DIM, True)
    assert again is not None
    assert again.search(VECTORS[3], 5, None, 8, 0) == index.search(VECTORS[3], 5, None, 8, 0)
    assert (again.last_label, again.file, again.file_rows) == (LABELS[-1], "1-a.faiss", COUNT)
    assert SpaceIndex.read(path, factory, DIM + 1, True) is None
    path.write_bytes(path.read_bytes()[:1000])
    assert SpaceIndex.read(path, factory, DIM, True) is None
    index.write(path)
    labels_path(path).write_bytes(b"broken")
    assert SpaceIndex.read(path, factory, DIM, True) is None
    assert SpaceIndex.read(tmp_path / "none.faiss", factory, DIM, True) is None


def test_a_dimension_that_does_not_go_in_is_told() -> None:
    """With the space, the reason and what goes."""
    with pytest.raises(BadConfig, match=r"vectors of sounds, of 45 numbers.*IVF8,PQ8") as e:
        empty_index(Factory.parse("IVF8,PQ8"), 45, "sounds")
    assert "SQ8" in e.value.hint
