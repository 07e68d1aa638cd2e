"""A library in another store: the same hits, from nothing encoded anew; stopped, refused, gone on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from polysense import registry
from polysense.errors import (
    AlreadyExists,
    BadQuery,
    ForeignLibrary,
    LibraryError,
    LibraryLocked,
    MissingDependency,
    NotFound,
)
from polysense.ingest import copy as copying
from polysense.ingest import manifest as manifests
from polysense.ingest.copy import _Copy, copy_library
from polysense.ingest.write_lock import write_lock
from polysense.library import Library
from polysense.protocols import Store
from polysense.registry import Kit
from polysense.stores.faiss.store import Faiss
from polysense.types import Calibration, Chunk, Space

pytestmark = pytest.mark.skipif(
    not find_spec("faiss"), reason="FAISS is not installed: pip install faiss-cpu"
)

PLACES = Space("places", "1", 4)
TOKENS = Space("tokens", "1", 4, "maxsim")

TEXTS = {
    "moon": "High water follows the moon by an hour, and the spring tide the full moon.",
    "mill": "The miller grinds corn in the mill by the river.",
    "bridge": "The bridge over the river was built of stone by the miller's brother.",
    "boat": "A boat waits for high water before it leaves the harbour.",
    "bread": "Bread is baked of flour, water, salt and time.",
    "receipt": "1953年的收据在抽屉里",
}
QUESTIONS = ("when does the tide rise?", "the river", "who made the bridge", "flour", "收据")


@pytest.fixture
def source(tmp_path: Path, bare: Kit) -> Path:
    """A library with vectors in two spaces, one of several a chunk; some chunks have none."""
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    with Library(tmp_path / "kb", kit=bare) as kb:
        assert kb.index(folder).indexed == len(TEXTS)
        chunks = [c for a in kb.assets() for c in kb.chunks(a.id)]
        random = np.random.default_rng(0)
        rows = random.normal(size=(len(chunks), 4)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        rows[1] = np.nan
        kb.store.add_vectors(PLACES, chunks, rows)
        kb.store.add_vectors(TOKENS, chunks[:4], [np.tile(rows[0], (2, 1)), *([rows[2:4]] * 3)])
        manifest = manifests.Manifest((PLACES, TOKENS), calibrations={"places": CALIBRATION})
        manifests.save(kb.folder, manifest)
    return tmp_path / "kb"


CALIBRATION = Calibration(0.2, 0.6)


def contents(store: Store) -> dict[str, object]:
    """All that a store gives of the two spaces."""
    ids = sorted(r["id"] for r in store.scan("", ["id"]))
    query = np.array([0.5, 0.5, 0.5, 0.5], np.float32)
    return {
        "rows": {i: (c.text, c.span, c.asset.uri) for i, c in store.get(ids).items()},
        "words": [m.id for q in QUESTIONS for m in store.lexical(q, 9)],
        **{
            space.name: (
                {i: np.round(v, 5).tolist() for i, v in store.vectors(space, ids).items()},
                sorted(store.missing(space)),
                [m.id for m in store.nearest(space, q, 9)],
            )
            for space, q in ((PLACES, query), (TOKENS, query[None]))
        },
    }


def hash_of(folder: Path) -> dict[str, str]:
    """What lies in a folder, but for locks and what SQLite keeps while it is open."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file() and p.name != "lock" and not p.name.endswith(("-wal", "-shm"))
    }


def test_from_store_to_store_and_back(source: Path, tmp_path: Path, bare: Kit) -> None:
    """Chunks, words, vectors, what has none, catalogue, calibrations: the same in every store, and
    the source untouched.
    """
    before = hash_of(source)
    addresses = [str(source), f"faiss://{tmp_path}/f?index=HNSW16", str(tmp_path / "back")]
    for first, second in pairwise(addresses):
        report = copy_library(first, second)
        assert (report.chunks, report.present, report.notes) == (len(TEXTS), 0, ())
        assert report.vectors == {"places": len(TEXTS) - 1, "tokens": 4}
    assert hash_of(source) == before
    with Library(addresses[0], kit=bare) as kb:
        expected, assets, status = contents(kb.store), kb.assets(), kb.status()
    for address in addresses[1:]:
        with Library(address, kit=bare) as kb:
            assert contents(kb.store) == expected
            assert kb.assets() == assets
            assert {**kb.status(), "library": ""} == {**status, "library": ""}
            manifest = manifests.load(kb.folder)
            assert manifest is not None
            assert manifest.spaces == (PLACES, TOKENS)
            assert manifest.calibrations == {"places": CALIBRATION}
            assert kb.index(tmp_path / "texts").unchanged == len(TEXTS)


def test_the_same_hits_for_words_and_vectors(tmp_path: Path) -> None:
    """Questions find the same places in the same order, by BM25 and by a model's vectors, whatever
    store they were copied through; and the model is not asked again.
    """
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders if not e.startswith("minilm")],
        converters=[f"-{c}" for c in registry.OFFLINE.converters],
    )
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    addresses = [str(tmp_path / "kb"), f"faiss://{tmp_path}/f"]
    if find_spec("chromadb"):
        addresses.append(f"chroma://{tmp_path}/c")
    addresses.append(str(tmp_path / "back"))
    with Library(addresses[0], kit=kit) as kb:
        kb.index(folder)
    for first, second in pairwise(addresses):
        assert copy_library(first, second).vectors["minilm"] == len(TEXTS) - 1  # English alone
    hits: list[list[tuple[str, float]]] = []
    for address in addresses:
        with Library(address, kit=kit) as kb:
            rankings = [kb.search(q, k=6) for q in (*QUESTIONS, "water before the harbour")]
            assert all(rankings)
            hits.append([(h.uri, h.score) for ranking in rankings for h in ranking])
    for others in hits[1:]:
        assert [uri for uri, _ in others] == [uri for uri, _ in hits[0]]
        assert [s for _, s in others] == pytest.approx([s for _, s in hits[0]], abs=1e-3)


class Stopped(Exception):
    """What a test stops a copy with."""


@pytest.mark.parametrize("step", ["add", "add_vectors", "optimize"])
def test_a_copy_goes_on_where_it_stopped(
    source: Path, tmp_path: Path, bare: Kit, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Until it is whole nobody opens it; the next run writes only what is missing."""
    monkeypatch.setattr(copying, "BATCH_CHUNKS", 2)
    target, write, calls = f"faiss://{tmp_path}/f", getattr(Faiss, step), []

    def stop(store: Faiss, *arguments: Sequence[Chunk]) -> None:
        calls.append(step)
        if step == "optimize" or len(calls) > 2:
            raise Stopped
        write(store, *arguments)

    copy_library(str(source), str(tmp_path / "twin"))
    with monkeypatch.context() as patch:
        patch.setattr(Faiss, step, stop)
        with pytest.raises(Stopped):
            copy_library(str(source), target)
    with pytest.raises(LibraryError, match="not whole yet") as e:
        Library(target, kit=bare)
    assert "polysense copy" in e.value.hint
    with pytest.raises(AlreadyExists, match="is a copy of"):
        copy_library(str(tmp_path / "twin"), target)
    report = copy_library(str(source), target)
    assert report.present == (4 if step == "add" else len(TEXTS))
    assert report.chunks + report.present == len(TEXTS)
    with Library(target, kit=bare) as kb, Library(source, kit=bare) as original:
        assert contents(kb.store) == contents(original.store)
    with pytest.raises(AlreadyExists, match="already"):
        copy_library(str(source), target)


def test_a_copy_goes_on_however_its_source_is_spelled(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a path from another folder, through a link, as an address: it is the same library."""
    targets = [str(tmp_path / "copy"), f"faiss://{tmp_path}/f"]
    (tmp_path / "link").symlink_to(source)
    for target in targets:
        with monkeypatch.context() as patch:
            patch.setattr(_Copy, "_copy_catalogue", lambda copy: (_ for _ in ()).throw(Stopped))
            patch.chdir(tmp_path)
            for spelling in ("kb", "./kb", "lancedb://kb", str(source), "texts/../kb", "link"):
                with pytest.raises(Stopped):
                    copy_library(spelling, target)
            patch.chdir(source)
            with pytest.raises(Stopped):
                copy_library("../kb", target)
        report = copy_library(str(source), target)
        assert (report.chunks, report.present) == (0, len(TEXTS))


def test_a_source_that_has_changed_makes_it_begin_anew(
    source: Path, tmp_path: Path, bare: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was copied of an earlier state does not stay."""
    target = f"faiss://{tmp_path}/f"
    with monkeypatch.context() as patch:
        patch.setattr(Faiss, "optimize", lambda store: (_ for _ in ()).throw(Stopped))
        with pytest.raises(Stopped):
            copy_library(str(source), target)
    (tmp_path / "texts" / "mill.txt").write_text("Wind turns the sails.")
    (tmp_path / "texts" / "boat.txt").unlink()
    with Library(source, kit=bare) as kb:
        kb.index(tmp_path / "texts")
    report = copy_library(str(source), target)
    assert (report.chunks, report.present) == (len(TEXTS) - 1, 0)
    with Library(target, kit=bare) as kb, Library(source, kit=bare) as original:
        assert contents(kb.store) == contents(original.store)
        assert not kb.store.lexical("harbour", 3)


def test_what_is_refused(source: Path, tmp_path: Path, bare: Kit) -> None:
    """No source, a target that is something else's or the source itself, memory: nothing is
    written.
    """
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("mine")
    with pytest.raises(ForeignLibrary, match="not empty"):
        copy_library(str(source), str(folder))
    with pytest.raises(ForeignLibrary, match="not empty"):
        copy_library(str(source), f"faiss://{folder}")
    assert [p.name for p in folder.iterdir()] == ["letter.txt"]
    with pytest.raises(NotFound, match="no library at"):
        copy_library(str(tmp_path / "none"), str(tmp_path / "new"))
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "none").exists()
    for same in (str(source), f"lancedb://{source}", f"faiss://{source}"):
        with pytest.raises(BadQuery, match="same place"):
            copy_library(str(source), same)
    for pair in ((str(source), "memory://"), ("memory://", str(tmp_path / "new"))):
        with pytest.raises(BadQuery, match="memory"):
            copy_library(*pair)
    with write_lock(source, "kb", True), pytest.raises(LibraryLocked):
        copy_library(str(source), str(tmp_path / "new"))


def test_a_store_that_lacks_what_a_space_needs_is_refused_at_once(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the space and the reason, and before anything is written; what else it lacks is told."""
    monkeypatch.setattr(Faiss, "capabilities", frozenset({"filters", "persistent"}))
    with pytest.raises(MissingDependency, match=r"one vector a chunk.*tokens"):
        copy_library(str(source), f"faiss://{tmp_path}/f")
    assert not (tmp_path / "f").exists()
    if find_spec("chromadb"):
        with pytest.raises(MissingDependency, match=r"one vector a chunk.*tokens"):
            copy_library(str(source), f"chroma://{tmp_path}/c")
        assert not (tmp_path / "c").exists()
    manifest = manifests.load(source)
    assert manifest is not None
    words = Space("words", "1", 30522, "sparse")
    manifests.save(source, replace(manifest, spaces=(PLACES, words)))
    for scheme in ("faiss", *(["chroma"] if find_spec("chromadb") else [])):
        with pytest.raises(MissingDependency, match=r"no sparse vectors.*words"):
            copy_library(str(source), f"{scheme}://{tmp_path}/w")
        assert not (tmp_path / "w").exists()
    manifests.save(source, replace(manifest, spaces=(PLACES,)))
    (note,) = copy_library(str(source), f"faiss://{tmp_path}/f").notes
    assert "no search by words" in note
