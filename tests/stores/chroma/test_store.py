"""Chroma keeps the contract; its vectors and the rows beside them agree, or are made to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from polysense import registry
from polysense.errors import LibraryError, MissingDependency
from polysense.library import Library
from polysense.registry import Kit
from polysense.stores.chroma.store import Chroma
from polysense.stores.memory import Memory
from polysense.testing import check_store
from polysense.types import Asset, Chunk, Space, Span
from polysense.vectors.sparse import sparse_rows

pytestmark = [
    pytest.mark.skipif(not find_spec("chromadb"), reason="Chroma: pip install chromadb"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:chromadb"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # its client closes when it is collected
]

SPACE = Space("all-MiniLM L6", "1", 16)


def chunk(n: int, text: str = "the moon", folder: str = "a") -> Chunk:
    return Chunk(
        Asset(f"{n:032x}", f"/{folder}/{n}.txt", "text/plain", "text", n, {}),
        Span(page=1 + n % 10) if n % 3 else Span(lines=(n + 1, n + 2)),
        "text",
        text=text,
    )


def units(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 16))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_contract(tmp_path: Path) -> None:
    """All that the protocol asks of a store, found by its address."""
    store = registry.store(f"chroma://{tmp_path}/kb")
    assert isinstance(store, Chroma)
    check_store(store)
    store.close()


def test_opening_and_asking_make_nothing(tmp_path: Path) -> None:
    """A question to a store that is not there finds nothing and leaves nothing behind."""
    store = Chroma(path=f"{tmp_path}/none")
    assert (store.count(), store.get(["x"]), store.missing(SPACE)) == (0, {}, [])
    assert store.nearest(SPACE, units(1)[0], 5) == []
    assert not store.holds(SPACE)
    store.delete(["x"])
    store.forget("x", ["y"])
    store.drop("x")
    store.optimize()
    store.close()
    assert list(tmp_path.iterdir()) == []


def test_filtered_neighbours_are_the_true_ones(tmp_path: Path) -> None:
    """Among few matches and many, positive and negative: what exact search finds, with its scores."""
    chroma, memory = Chroma(path=f"{tmp_path}/kb"), Memory()
    chunks = [chunk(n) for n in range(600)]
    for store in (chroma, memory):
        store.add(chunks)
        store.add_vectors(SPACE, chunks, units(600))
    for where in ("", "page = 4", "NOT page = 4", "page IS NULL", "size < 3", "name LIKE '1%'"):
        for query in units(8, seed=1):
            truth = memory.nearest(SPACE, query, 10, where)
            hits = chroma.nearest(SPACE, query, 10, where)
            assert [m.id for m in hits] == [m.id for m in truth], where
            assert [m.score for m in hits] == pytest.approx([m.score for m in truth], abs=1e-4)
    chroma.close()


def test_a_dot_product_is_one(tmp_path: Path) -> None:
    """Scores of a space that compares by dot product."""
    store, space = Chroma(path=f"{tmp_path}/kb"), Space("dots", "1", 2, "dot")
    store.add([chunk(1), chunk(2)])
    store.add_vectors(space, [chunk(1), chunk(2)], np.array([[2, 0], [0, 5]], np.float32))
    hits = store.nearest(space, np.array([3, 1], np.float32), 5)
    assert [(m.id, round(m.score, 3)) for m in hits] == [(chunk(1).id, 6.0), (chunk(2).id, 5.0)]
    store.close()


def test_what_it_cannot_keep_is_refused(tmp_path: Path) -> None:
    """Several vectors a chunk, sparse ones, and vectors of another model."""
    store = Chroma(path=f"{tmp_path}/kb")
    store.add([chunk(1)])
    with pytest.raises(MissingDependency, match="one vector a chunk"):
        store.add_vectors(Space("tokens", "1", 16, "maxsim"), [chunk(1)], [units(2)])
    words = Space("words", "1", 30522, "sparse")
    with pytest.raises(MissingDependency, match="no sparse vectors"):
        store.add_vectors(words, [chunk(1)], [sparse_rows([7], [1.0])])
    store.add_vectors(SPACE, [chunk(1)], units(1))
    with pytest.raises(LibraryError, match="16 dimensions") as e:
        store.add_vectors(Space(SPACE.name, "2", 8), [chunk(1)], units(1)[:, :8])
    assert "reindex" in e.value.hint
    store.close()


def test_other_programs_find_the_vectors_with_what_they_are_of(tmp_path: Path) -> None:
    """A collection a space, ids of chunks, and beside each vector its file and place, which follow
    a chunk that changes.
    """
    store = Chroma(path=f"{tmp_path}/kb")
    store.add([chunk(1)])
    store.add_vectors(SPACE, [chunk(1)], units(1))
    store.add([chunk(1, folder="new")])
    store.close()
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(
        path=f"{tmp_path}/kb/chroma/vectors", settings=Settings(anonymized_telemetry=False)
    )
    (collection,) = client.list_collections()
    assert collection.metadata == {"space": SPACE.name}
    row = client.get_collection(collection.name, embedding_function=None).get(where={"page": 2})
    assert row["ids"] == [chunk(1).id]
    assert row["metadatas"] is not None
    assert row["metadatas"][0]["uri"] == "/new/1.txt"
    client.close()


def in_another_process(path: Path, code: str) -> str:
    """What another process prints; `store` is the same folder there."""
    opening = (
        "import sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_store import *\n"
        f"store = Chroma(path={str(path)!r})\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", opening + code], capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_other_processes_see_commits(tmp_path: Path) -> None:
    """Whoever has the store open finds what another wrote and deleted, without opening it again."""
    store = Chroma(path=f"{tmp_path}/kb")
    chunks = [chunk(n) for n in range(20)]
    store.add(chunks)
    store.add_vectors(SPACE, chunks, units(20))
    assert store.nearest(SPACE, units(20)[3], 1)[0].id == chunk(3).id
    code = (
        "store.delete([chunk(3).asset.id])\nstore.add([chunk(50)])\n"
        "store.add_vectors(SPACE, [chunk(50)], units(20)[3:4])\nprint(store.count())"
    )
    assert in_another_process(tmp_path / "kb", code) == "20"
    (match,) = store.nearest(SPACE, units(20)[3], 1)
    assert (match.id, round(match.score, 3)) == (chunk(50).id, 1.0)
    store.close()


WRITER = """
for n in range(100000):
    store.add([chunk(n)])
    store.add_vectors(SPACE, [chunk(n)], units(1, seed=n))
    print(n, flush=True)
"""


def test_what_was_reported_survives_a_kill(tmp_path: Path) -> None:
    """Killed in the midst of writing: every chunk and vector that was reported is there."""
    opening = (
        f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        f"from test_store import *\nstore = Chroma(path={str(tmp_path / 'kb')!r})\n"
    )
    command, last = [sys.executable, "-c", opening + WRITER], -1
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last = int(line)
            if last == 30:
                os.kill(process.pid, signal.SIGKILL)
    assert last >= 30
    store = Chroma(path=f"{tmp_path}/kb")
    ids = [chunk(n).id for n in range(last + 1)]
    assert set(store.get(ids)) == set(ids)
    assert set(store.vectors(SPACE, ids)) == set(ids)
    for n in range(0, last + 1, 7):
        match = store.nearest(SPACE, units(1, seed=n)[0], 1)[0]
        assert match.score == pytest.approx(1, abs=1e-4)
    store.close()


def test_rows_and_vectors_are_made_to_agree(tmp_path: Path) -> None:
    """What stands in one of the two alone, where a process was stopped between them: optimize
    sweeps out the vector, and says that the chunk is missing.
    """
    store = Chroma(path=f"{tmp_path}/kb")
    chunks = [chunk(n) for n in range(6)]
    store.add(chunks)
    store.add_vectors(SPACE, chunks, units(6))
    with store._writing() as db:  # as if it had been stopped before Chroma's
        db.execute("DELETE FROM entries WHERE id = ?", [chunk(1).id])
    store._client.delete(SPACE.name, [chunk(2).id])  # as if Chroma had lost it
    store.add_vectors(SPACE, [chunk(9)], units(1))  # of a chunk that is not there
    store.optimize()
    assert set(store.missing(SPACE)) == {chunk(1).id, chunk(2).id}
    assert store._client.ids(SPACE.name) == {chunk(n).id for n in (0, 3, 4, 5)}
    assert len(store.nearest(SPACE, units(1)[0], 9, "size < 9")) == 4
    store.close()


def test_a_library(tmp_path: Path, notes: Path, bare: Kit) -> None:
    """Indexed, searched, found again by its address, and not opened as another store's."""
    where = f"chroma://{tmp_path}/kb"
    with Library(where, kit=bare) as kb:
        assert not kb.exists
        assert kb.index(notes).indexed == 3
        hits = [(h.uri, h.score) for h in kb.search("moon")]
        assert hits
    with Library(where, kit=bare) as kb:
        assert [(h.uri, h.score) for h in kb.search("moon")] == hits
        assert kb.index(notes).unchanged == 3
    with pytest.raises(LibraryError, match="is kept by chroma, not by faiss"):
        Library(f"faiss://{tmp_path}/kb", kit=bare)
