"""A library of an earlier polysense opens, searches, filters, and is brought up to date."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lancedb
import numpy as np
import pytest
from lancedb.index import FTS

from polysense.errors import BadFilter
from polysense.ingest.migrate import migrate
from polysense.ingest.progress import SilentProgress
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit
from polysense.stores.lancedb.store import LanceDB
from polysense.stores.rows import SCHEMA
from polysense.types import Asset, Chunk, Space, Span

SPACE = Space("old space", "1", 2)
README = "# Tides\n\n| port | hour |\n|---|---|\n| Brest | 4 |\n\nThe moon pulls the water.\n"


@pytest.fixture
def old(tmp_path: Path, bare: Kit) -> Path:
    """A library as it was before rows had the modality of their file, and a schema; with words as
    another analysis made them, and vectors that knew nothing of when a file was changed.
    """
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/README.md").write_text(README)
    (tmp_path / "notes/ports.csv").write_text("port,hour\nBrest,4\nDover,11\n")
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=1)) as kb:
        kb.index(tmp_path / "notes")
        chunks = list(kb.store.get([r["id"] for r in kb.store.scan("", ["id"])]).values())
        vectors = np.tile(np.array([[0.6, 0.8]], np.float32), (len(chunks), 1))
        kb.store.add_vectors(SPACE, chunks, vectors)
    db = lancedb.connect(tmp_path / "kb" / "store")
    for name, new_columns in (
        ("chunks", ["asset_modality", "schema"]),
        ("vectors_old_20_space", ["modified"]),
    ):
        rows = db.open_table(name).search().to_arrow()
        if name == "chunks":
            text = rows["words"].to_pylist()
            words = [t.replace("moon", "luna") for t in text]
            rows = rows.set_column(rows.schema.get_field_index("words"), "words", [words])
        db.create_table(name, rows.drop_columns(new_columns), mode="overwrite")
    words_index = FTS(base_tokenizer="simple", remove_stop_words=False)
    db.open_table("chunks").create_index("words", config=words_index)
    manifest = json.loads((tmp_path / "kb/manifest.json").read_text())
    (tmp_path / "kb/manifest.json").write_text(json.dumps(manifest | {"schema": 1}))
    return tmp_path / "kb"


def contents(kb: Library) -> dict[str, Any]:
    ids = [r["id"] for r in kb.store.scan("", ["id"])]
    return {i: (c, c.text, dict(c.meta)) for i, c in kb.store.get(ids).items()}


def test_it_is_searched_before_it_is_written(old: Path, bare: Kit) -> None:
    """Reading changes nothing. What the rows do not have is told by the type of the file, or what
    to run is said.
    """
    versions = sorted(p.name for p in old.rglob("*.manifest"))
    with Library(old, kit=bare) as kb:
        hits = kb.search("luna", where="folder = 'notes' and modality = 'text'")
        assert [h.chunk.asset for h in hits] == [a for a in kb.assets() if a.name == "README.md"]
        assert kb.status()["assets"] == 2
        assert kb.store.nearest(SPACE, np.array([0.6, 0.8], np.float32), 9)
        with pytest.raises(BadFilter, match="modified") as e:
            kb.store.nearest(SPACE, np.array([1, 0], np.float32), 9, "modified > '2020'")
        assert "polysense index" in e.value.hint
    assert sorted(p.name for p in old.rglob("*.manifest")) == versions


@pytest.mark.parametrize("write", ["index", "remove", "optimize"])
def test_the_next_write_brings_it_up_to_date(old: Path, bare: Kit, write: str) -> None:
    """Every row is written again out of its chunk: chunks, words, columns beside the vectors. The
    chunks and the vectors are the same as before.
    """
    with Library(old, kit=bare, limits=Limits(workers=1)) as kb:
        before = contents(kb)
        match write:
            case "index":
                assert kb.index(old.parent / "notes").indexed == 0
            case "remove":
                kb.remove(old.parent / "notes/ports.csv")
                before = {i: v for i, v in before.items() if v[0].asset.name == "README.md"}
            case _:
                kb.optimize()
        assert contents(kb) == before
        assert {r["schema"] for r in kb.store.scan("", ["schema"])} == {SCHEMA}
        assert len(kb.store.lexical("moon", 9)) == 1
        assert kb.store.lexical("luna", 9) == []
        near = kb.store.nearest(SPACE, np.array([0.6, 0.8], np.float32), 9, "modified > '2020'")
        assert {m.id for m in near} == set(before)
        assert all(m.score == pytest.approx(1, abs=1e-5) for m in near)
        table = next(h.chunk for h in kb.search("Brest", modality="table") if "README" in h.uri)
        assert table.asset in kb.assets()
        assert table.asset.modality == "text"
    assert json.loads((old / "manifest.json").read_text())["schema"] == SCHEMA


class Interrupted(LanceDB):
    """Stops in the middle of the second batch: vectors have been seen to, chunks have not."""

    calls = 0

    def _write(self, table: Any, rows: Any, is_update: bool) -> None:
        self.calls += 1
        if self.calls == 4:
            raise KeyboardInterrupt
        super()._write(table, rows, is_update)


def test_it_goes_on_where_it_was_cut_off(
    old: Path, bare: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done is not done again, and what was half done is finished."""
    monkeypatch.setattr("polysense.ingest.migrate.BATCH_CHUNKS", 1)
    with Library(old, kit=bare) as kb:
        before = contents(kb)
    store = Interrupted(path=str(old / "store"))
    with pytest.raises(KeyboardInterrupt):
        migrate(store, SilentProgress())
    remaining = [r["id"] for r in store.scan("schema IS NULL", ["id"])]
    assert len(remaining) == len(before) - 1
    with Library(old, kit=bare) as kb:
        assert contents(kb) == before
    again = LanceDB(path=str(old / "store"))
    assert migrate(again, SilentProgress()) == len(remaining)
    assert migrate(again, SilentProgress()) == 0
    assert again.count(f"schema = {SCHEMA}") == len(before)
    near = again.nearest(SPACE, np.array([0.6, 0.8], np.float32), 9, "modified > '2020'")
    assert len(near) == len(before)


def test_progress_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large library takes a while: each batch says how far it is."""
    monkeypatch.setattr("polysense.ingest.migrate.BATCH_CHUNKS", 2)
    monkeypatch.setattr("polysense.stores.rows.SCHEMA", SCHEMA - 1)
    store = LanceDB(path=str(tmp_path))
    store.add([chunk(n) for n in range(5)])
    monkeypatch.undo()
    monkeypatch.setattr("polysense.ingest.migrate.BATCH_CHUNKS", 2)
    steps: list[Sequence[object]] = []

    class Listening(SilentProgress):
        def step(self, stage: str, done: int, total: int, detail: str = "") -> None:
            steps.append((done, total))

    assert migrate(store, Listening()) == 5
    assert steps == [(0, 5), (2, 5), (4, 5), (5, 5)]


def chunk(n: int) -> Chunk:
    return Chunk(Asset(f"{n:032x}", f"/a/{n}.txt", "text/plain", "text", 1), Span(page=1), "text")
