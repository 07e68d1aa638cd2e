"""FAISS keeps the contract; its files may vanish, break, or be those of an earlier state."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from polysense import registry
from polysense.errors import BadConfig, LibraryError, MissingDependency
from polysense.library import Library
from polysense.registry import Kit
from polysense.stores.faiss.store import Faiss
from polysense.testing import check_store
from polysense.types import Space
from polysense.vectors.sparse import sparse_rows

from .samples import chunk, units

pytest.importorskip("faiss", reason="FAISS is not installed: pip install faiss-cpu")

SPACE = Space("all-MiniLM L6", "1", 16)
TOKENS = Space("tokens", "1", 4, "maxsim")
COUNT = 400


def store_of(tmp_path: Path, options: str = "", count: int = COUNT) -> Faiss:
    store = Faiss(path=f"{tmp_path}/kb{options}")
    chunks = [chunk(n) for n in range(count)]
    store.add(chunks)
    store.add_vectors(SPACE, chunks, units(count))
    store.optimize()
    return store


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "kb" / "faiss").glob("*.faiss"))


def ids(store: Faiss, n: int, k: int = 10, where: str = "", count: int = COUNT) -> list[str]:
    return [m.id for m in store.nearest(SPACE, units(count)[n], k, where)]


@pytest.mark.parametrize("options", ["", "?index=HNSW16", "?index=SQ8"])
def test_contract(tmp_path: Path, options: str) -> None:
    """All that the protocol asks of a store, found by its address."""
    store = registry.store(f"faiss://{tmp_path}/kb{options}")
    assert isinstance(store, Faiss)
    check_store(store)


def test_opening_and_asking_make_nothing(tmp_path: Path) -> None:
    """A question to a store that is not there finds nothing and leaves nothing behind."""
    store = Faiss(path=f"{tmp_path}/none?index=HNSW32")
    assert (store.count(), store.get(["x"]), store.missing(SPACE)) == (0, {}, [])
    assert store.nearest(SPACE, units(1)[0], 5) == []
    assert not store.holds(SPACE)
    store.delete(["x"])
    store.forget("x", ["y"])
    store.drop("x")
    store.optimize()
    store.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dim", [2, 30522])
def test_sparse_vectors_are_refused(tmp_path: Path, dim: int) -> None:
    """By name, and before anything is written, empty ones too."""
    store, words = Faiss(path=f"{tmp_path}/kb"), Space("words", "1", dim, "sparse")
    for vector in (sparse_rows([1], [1.0]), sparse_rows([], [])):
        with pytest.raises(MissingDependency, match=r"no sparse vectors.*words"):
            store.add_vectors(words, [chunk(1)], [vector])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "index", ["HNSW16", "IVF8,Flat", "IVF8,PQ8x4", "OPQ8,IVF8,PQ8x4", "PCA8,HNSW16"]
)
def test_every_index_finds_what_flat_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: str
) -> None:
    """Nearly all of it, with its true scores, under filters too, few or many that match."""
    monkeypatch.setattr("polysense.stores.faiss.factory.ROWS_PER_CENTROID", 5)
    flat = store_of(tmp_path / "flat")
    other = store_of(tmp_path / "other", f"?index={index}&nprobe=6")
    assert other._state(SPACE.name).factory == index  # type: ignore[union-attr]
    for exact_rows in (0, 5000):
        monkeypatch.setattr("polysense.stores.faiss.index.EXACT_ROWS", exact_rows)
        for where in ("", "page <= 5", "size = 7", "NOT page = 3"):
            shares = []
            for n in range(20):
                truth = flat.nearest(SPACE, units(COUNT)[n], 10, where)
                hits = other.nearest(SPACE, units(COUNT)[n], 10, where)
                assert len(hits) == len(truth)
                scores = {m.id: m.score for m in truth}
                shares.append(len(scores.keys() & {m.id for m in hits}) / len(truth))
                for m in hits:
                    if m.id in scores:
                        assert m.score == pytest.approx(scores[m.id], abs=1e-4)
            assert np.mean(shares) >= (0.75 if "," in index else 0.97), (where, exact_rows)


def test_an_index_is_trained_when_there_is_enough(tmp_path: Path) -> None:
    """Before, everything is compared; then it is trained once, and again when it has doubled."""
    store = store_of(tmp_path, "?index=IVF8,Flat", 200)
    assert store._state(SPACE.name).factory == "Flat"  # type: ignore[union-attr]
    for count, indexed in ((320, 320), (340, 320), (700, 700)):
        chunks = [chunk(n) for n in range(count)]
        store.add(chunks)
        missing = set(store.missing(SPACE))
        new = [n for n, c in enumerate(chunks) if c.id in missing]
        store.add_vectors(SPACE, [chunks[n] for n in new], units(700)[new])
        store.optimize()
        state = store._state(SPACE.name)
        assert state is not None
        assert (state.factory, state.indexed) == ("IVF8,Flat", indexed)
        assert len(files(tmp_path)) == 1
        assert ids(store, count - 1, 1, count=700) == [chunk(count - 1).id]


def test_the_index_of_the_address_is_remembered_and_may_change(tmp_path: Path) -> None:
    """Without one in the address, that of before; another one is made by the next optimize."""
    store_of(tmp_path, "?index=HNSW16").close()
    again = Faiss(path=f"{tmp_path}/kb")
    again.add([chunk(900)])
    again.optimize()
    assert again._state(SPACE.name).factory == "HNSW16"  # type: ignore[union-attr]
    flat = Faiss(path=f"{tmp_path}/kb?index=Flat")
    flat.optimize()
    assert flat._state(SPACE.name).factory == "Flat"  # type: ignore[union-attr]
    # whoever has the old index in memory follows
    assert ids(again, 5, 1) == [chunk(5).id]
    assert again._indexes[SPACE.name].factory.name == "Flat"


def test_replaced_and_deleted_vectors_are_never_given(tmp_path: Path) -> None:
    """A graph cannot take a vector out: it is left out, until the graph is made anew."""
    store = store_of(tmp_path, "?index=HNSW16")
    before = files(tmp_path)
    store.delete([chunk(5).asset.id])
    store.add_vectors(SPACE, [chunk(6)], -units(COUNT)[6:7])
    store.add_vectors(SPACE, [chunk(7)], np.full((1, 16), np.nan, np.float32))
    store.forget(SPACE.name, [chunk(8).id])
    for _ in range(2):
        near = store.nearest(SPACE, units(COUNT)[6], COUNT)
        assert len(near) == COUNT - 3
        assert near[-1].id == chunk(6).id
        assert not {chunk(5).id, chunk(7).id, chunk(8).id} & {m.id for m in near}
        store.optimize()  # so few are not worth a new graph
    assert files(tmp_path) == before
    store.delete([chunk(n).asset.id for n in range(100, 200)])
    store.optimize()
    assert files(tmp_path) != before
    assert store._indexes[SPACE.name].gone_count == 0
    assert store._rows("SELECT count(*) FROM removed")[0][0] == 0
    assert len(store.nearest(SPACE, units(COUNT)[6], COUNT)) == COUNT - 103


@pytest.mark.parametrize("damage", ["cut", "gone", "labels gone", "another's", "half written"])
def test_index_files_are_made_anew(tmp_path: Path, damage: str) -> None:
    """The rows are the truth: whatever happens to an index file, the same is found, and the next
    optimize writes it again.
    """
    store = store_of(tmp_path, "?index=HNSW16")
    expected = [m.id for m in store.nearest(SPACE, units(COUNT)[9], 5)]
    store.close()
    (path,) = files(tmp_path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif damage == "gone":
        path.unlink()
    elif damage == "labels gone":
        path.with_suffix(".npy").unlink()
    elif damage == "another's":
        path.write_bytes(b"not an index of faiss at all")
    else:
        path.rename(path.with_name(path.name + ".new"))
    again = Faiss(path=f"{tmp_path}/kb")
    assert [m.id for m in again.nearest(SPACE, units(COUNT)[9], 5)] == expected
    again.optimize()
    assert again._state(SPACE.name).factory == "HNSW16"  # type: ignore[union-attr]
    assert len(files(tmp_path)) == 1
    assert not list((tmp_path / "kb" / "faiss").glob("*.new"))
    assert [m.id for m in Faiss(path=f"{tmp_path}/kb").nearest(SPACE, units(COUNT)[9], 5)] == (
        expected
    )


WRITER = """
import sys
import numpy as np
sys.path.insert(0, {tests!r})
from samples import chunk, units
from polysense.stores.faiss.store import Faiss
from polysense.types import Space
store, space = Faiss(path={path!r}), Space("all-MiniLM L6", "1", 16)
for n in range(100000):
    store.add([chunk(n)])
    store.add_vectors(space, [chunk(n)], units(1, seed=n))
    if n % 10 == 9:
        store.optimize()
    print(n, flush=True)
"""


def test_what_was_reported_survives_a_kill(tmp_path: Path) -> None:
    """Killed in the midst of writing, indexes too: every chunk and vector that was reported is
    there, and what is found is right.
    """
    code = WRITER.format(tests=str(Path(__file__).parent), path=f"{tmp_path}/kb?index=HNSW16")
    command, last = [sys.executable, "-c", code], -1
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last = int(line)
            if last == 57:
                os.kill(process.pid, signal.SIGKILL)
    assert last >= 57
    store = Faiss(path=f"{tmp_path}/kb")
    chunks = [chunk(n) for n in range(last + 1)]
    assert set(store.get([c.id for c in chunks])) == {c.id for c in chunks}
    assert len(store.vectors(SPACE, [c.id for c in chunks])) == len(chunks)
    for n in range(0, last + 1, 9):
        match = store.nearest(SPACE, units(1, seed=n)[0], 1)[0]
        assert match.score == pytest.approx(1, abs=1e-4)
    store.optimize()
    assert len(files(tmp_path)) == 1


def test_other_processes_see_commits(tmp_path: Path) -> None:
    """Whoever has the store open sees what another wrote, deleted and indexed, without opening it
    again.
    """
    store = store_of(tmp_path)
    assert ids(store, 3, 1) == [chunk(3).id]
    other = Faiss(path=f"{tmp_path}/kb?index=HNSW16")
    other.delete([chunk(3).asset.id])
    other.add([chunk(950)])
    other.add_vectors(SPACE, [chunk(950)], units(COUNT)[3:4])
    assert ids(store, 3, 1) == [chunk(950).id]
    other.optimize()
    assert ids(store, 3, 1) == [chunk(950).id]
    assert store._indexes[SPACE.name].factory.is_graph
    other.drop(SPACE.name)
    assert ids(store, 3, 1) == []


def test_vectors_of_chunks_that_are_gone(tmp_path: Path) -> None:
    """They are not given, and optimize takes them away."""
    store = Faiss(path=f"{tmp_path}/kb")
    store.add([chunk(1)])
    store.add_vectors(SPACE, [chunk(1), chunk(2)], units(2))
    store.add_vectors(TOKENS, [chunk(2)], [np.eye(4, dtype=np.float32)])
    assert [m.id for m in store.nearest(SPACE, units(2)[1], 5)] == [chunk(1).id]
    assert store.nearest(TOKENS, np.eye(4, dtype=np.float32), 5) == []
    store.optimize()
    assert store.vectors(SPACE, [chunk(2).id]) == {}
    assert not store.holds(TOKENS)


def test_a_space_keeps_its_dimension(tmp_path: Path) -> None:
    """Vectors of another model are refused, with what to run; so is an index they do not go into."""
    store = store_of(tmp_path, count=3)
    with pytest.raises(LibraryError, match="16 dimensions") as e:
        store.add_vectors(Space("all-MiniLM L6", "2", 8), [chunk(1)], units(1, 8))
    assert "reindex" in e.value.hint
    with pytest.raises(LibraryError, match="a vector of 8 numbers"):
        store.add_vectors(SPACE, [chunk(1)], units(1, 8))
    product = Faiss(path=f"{tmp_path}/other?index=IVF8,PQ5")
    with pytest.raises(BadConfig, match="do not go into"):
        product.add_vectors(SPACE, [chunk(1)], units(1))


def test_a_library(tmp_path: Path, notes: Path, bare: Kit) -> None:
    """Indexed, searched, found again by its address alone, and not opened as another store's."""
    where = f"faiss://{tmp_path}/kb"
    with Library(f"{where}?index=HNSW16", kit=bare) as kb:
        assert not kb.exists
        assert kb.index(notes).indexed == 3
        hits = [(h.uri, h.score) for h in kb.search("moon")]
        assert hits
    with Library(where, kit=bare) as kb:
        assert [(h.uri, h.score) for h in kb.search("moon")] == hits
        assert kb.index(notes).unchanged == 3
        assert kb.status()["library"] == where
    assert (tmp_path / "kb" / "catalogue.db").is_file()
    with pytest.raises(LibraryError, match="is kept by faiss, not by lancedb") as e:
        Library(tmp_path / "kb", kit=bare)
    assert f"faiss://{tmp_path}/kb" in e.value.hint
