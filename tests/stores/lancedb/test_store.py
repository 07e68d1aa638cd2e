"""LanceDB keeps the contract on disk, and across processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from polysense.errors import LibraryError, PolysenseError, ReadOnly
from polysense.retrieve.filters import compile_where
from polysense.stores.lancedb.store import LanceDB
from polysense.stores.lancedb.tables import translate_errors
from polysense.stores.rows import sql_list
from polysense.testing import check_store
from polysense.types import Asset, Chunk, Space, Span

SPACE = Space("all-MiniLM L6", "1", 2)


def chunk(n: int, text: str = "the moon") -> Chunk:
    return Chunk(
        Asset(f"{n:032x}", f"/a/{n}.txt", "text/plain", "text", 1), Span(page=1), "text", text=text
    )


def unit(*rows: tuple[float, float]) -> np.ndarray:
    return np.asarray(rows, np.float32)


def in_another_process(path: Path, code: str) -> str:
    """What another process prints; `store` is the same folder there."""
    opening = (
        f"from polysense.stores.lancedb.store import LanceDB\nstore = LanceDB(path={str(path)!r})\n"
    )
    return subprocess.run(
        [sys.executable, "-c", opening + code],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout.strip()


def test_contract(tmp_path: Path) -> None:
    """All that the protocol asks of a store."""
    check_store(LanceDB(path=str(tmp_path)))


def test_opening_and_asking_make_nothing(tmp_path: Path) -> None:
    """A question to a store that is not there finds nothing and leaves no table behind."""
    store = LanceDB(path=str(tmp_path / "none"))
    assert store.count() == 0
    assert store.get(["x"]) == {}
    assert store.nearest(SPACE, unit((1, 0))[0], 5) == []
    assert store.missing(SPACE) == []
    store.delete(["x"])
    store.forget("x", ["y"])
    store.drop("x")
    store.optimize()
    store.close()
    assert list((tmp_path / "none").glob("*.lance")) == []


def test_other_processes_see_commits(tmp_path: Path) -> None:
    """Whoever has the store open sees what another process wrote, at the next question, without
    opening it again; and the other way round.
    """
    store = LanceDB(path=str(tmp_path))
    store.add([chunk(1)])
    store.add_vectors(SPACE, [chunk(1)], unit((1, 0)))
    assert (
        in_another_process(tmp_path, "print(store.count(), len(store.lexical('moon', 5)))") == "1 1"
    )
    added = "from polysense.types import *\nstore.add([Chunk(Asset('2', '/b.txt', '', 'text', 1), Span(page=1), 'text', text='full moon')])"
    in_another_process(tmp_path, added)
    assert store.count() == 2
    assert len(store.lexical("moon", 5)) == 2
    in_another_process(tmp_path, "store.delete(['2'])\nstore.optimize()")
    assert store.count() == 1
    assert len(store.nearest(SPACE, unit((1, 0))[0], 5)) == 1


def test_a_write_is_seen_at_once_though_others_read_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count that another thread asked for in the middle of a write is not kept."""
    store = LanceDB(path=str(tmp_path))
    store.add([chunk(1)])
    monkeypatch.setattr("polysense.stores.lancedb.connection.FRESH_SECONDS", 60.0)
    table, counts = store._open_table("chunks"), []
    add = type(table).add
    monkeypatch.setattr(
        type(table), "add", lambda *a, **k: (counts.append(store.count()), add(*a, **k))[1]
    )
    store.add([chunk(2)])
    assert counts == [1]
    assert store.count() == 2


def test_words_are_found_alike_from_memory_and_through_the_engine(tmp_path: Path) -> None:
    """The first question goes through the engine, the next ones read what is kept; a filter goes
    through the engine.
    """
    store = LanceDB(path=str(tmp_path))
    store.add([chunk(n, "moon " * n) for n in range(1, 9)])
    first, again, third = (store.lexical("moon", 5) for _ in range(3))
    assert len(first) == 5
    assert first == again == third
    assert [m.id for m in store.lexical("moon", 5, "name = '3.txt'")] == [chunk(3).id]


def test_a_closed_store_opens_again(tmp_path: Path) -> None:
    """What was written is there."""
    store = LanceDB(path=str(tmp_path))
    store.add([chunk(1)])
    store.close()
    assert store.count() == 1
    assert LanceDB(path=str(tmp_path)).get([chunk(1).id])[chunk(1).id].text == "the moon"


def test_vectors_of_deleted_chunks_are_never_shown_and_swept(tmp_path: Path) -> None:
    """A vector that a killed process left behind: `get` does not know its chunk, and optimize takes
    it away.
    """
    store = LanceDB(path=str(tmp_path))
    store.add([chunk(1)])
    store.add_vectors(SPACE, [chunk(1), chunk(2), chunk(3)], unit((1, 0), (0, 1), (np.nan, np.nan)))
    near = [m.id for m in store.nearest(SPACE, unit((0, 1))[0], 5)]
    assert set(store.get(near)) == {chunk(1).id}
    store.optimize()
    assert [m.id for m in store.nearest(SPACE, unit((0, 1))[0], 5)] == [chunk(1).id]
    assert store.vectors(SPACE, [chunk(2).id]) == {}
    store.add([chunk(2), chunk(3)])
    assert set(store.missing(SPACE)) == {chunk(2).id, chunk(3).id}


def test_spaces_do_not_mix(tmp_path: Path) -> None:
    """Names that look alike as files are different spaces."""
    store = LanceDB(path=str(tmp_path))
    store.add([chunk(1)])
    for name in ("a-b", "a_b", "a b", "a/b", "../a"):
        assert store.missing(Space(name, "1", 2)) == [chunk(1).id]
        store.add_vectors(Space(name, "1", 2), [chunk(1)], unit((1, 0)))
    store.drop("a-b")
    assert store.missing(Space("a-b", "1", 2)) == [chunk(1).id]
    assert store.missing(Space("a_b", "1", 2)) == []
    assert {p.parent for p in tmp_path.rglob("*.lance") if p.is_dir()} == {tmp_path}


def test_many_chunks_come_back(tmp_path: Path) -> None:
    """More than one batch of ids."""
    store = LanceDB(path=str(tmp_path))
    chunks = [chunk(n, f"word{n}") for n in range(1201)]
    store.add(chunks)
    assert len(store.get([c.id for c in chunks])) == 1201
    assert [m.id for m in store.lexical("word1200", 3)] == [chunks[1200].id]
    store.delete([c.asset.id for c in chunks[:1100]])
    assert store.count() == 101
    store.optimize()
    assert [m.id for m in store.lexical("word1200", 3)] == [chunks[1200].id]
    assert store.lexical("word3", 3) == []


def test_words_after_compaction(tmp_path: Path) -> None:
    """The index of words holds after optimize, and takes what comes later."""
    store = LanceDB(path=str(tmp_path))
    store.add([chunk(1, "收据在抽屉里")])
    store.optimize()
    store.add([chunk(2, "high water")])
    store.add([chunk(1, "the receipt")])
    assert [m.id for m in store.lexical("water", 5)] == [chunk(2).id]
    assert [m.id for m in store.lexical("receipt", 5)] == [chunk(1).id]
    assert store.lexical("收据", 5) == []


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    """A file where the folder should be is a LibraryError with a hint, not a traceback of the
    engine's.
    """
    path = tmp_path / "file"
    path.write_text("not a folder")
    with pytest.raises(LibraryError) as e:
        LanceDB(path=str(path)).add([chunk(1)])
    assert e.value.hint


def test_a_broken_table_is_said(tmp_path: Path) -> None:
    """Files cut off by a broken disk: our error, naming the store."""
    LanceDB(path=str(tmp_path)).add([chunk(1)])
    for path in (tmp_path / "chunks.lance").rglob("*.lance"):
        path.write_bytes(path.read_bytes()[:10])
    with pytest.raises(PolysenseError) as e:
        LanceDB(path=str(tmp_path)).get([chunk(1).id])
    assert tmp_path.name in str(e.value)
    assert len(str(e.value)) < 500


def test_no_permission_is_said(common: Path, nobody: object) -> None:
    """Where one may not write: ReadOnly, saying where."""
    common.chmod(0o555)
    with nobody(), pytest.raises(ReadOnly, match="not allowed to write"):  # type: ignore[operator]
        LanceDB(path=str(common)).add([chunk(1)])


def test_filters_on_vectors_follow_a_chunk_that_changes(tmp_path: Path) -> None:
    """A file that moved is found by looks in its new folder, and no more in the old one."""
    import numpy as np

    store, space = LanceDB(path=str(tmp_path / "s")), Space("s", "1", 2)
    asset = Asset("a" * 32, "/old/a.txt", "text/plain", "text", 1)
    chunk = Chunk(asset, Span(lines=(1, 1)), "text", text="sea")
    store.add([chunk])
    store.add_vectors(space, [chunk], np.array([[1.0, 0.0]], np.float32))
    store.add([chunk.with_(asset=Asset("a" * 32, "/new/a.txt", "text/plain", "text", 1))])
    vector = np.array([1.0, 0.0], np.float32)
    assert not store.nearest(space, vector, 3, "folder = 'old'")
    assert [m.id for m in store.nearest(space, vector, 3, "folder = 'new'")] == [chunk.id]


def test_what_another_process_compacted_is_found_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows have other numbers after a compaction. A search that still holds the old ones loses no
    hit to that, and no new chunk.
    """
    monkeypatch.setattr("polysense.stores.lancedb.connection.FRESH_SECONDS", 60.0)
    store, other = LanceDB(path=str(tmp_path)), LanceDB(path=str(tmp_path))
    for n in range(1, 6):
        store.add([chunk(n)])
    for _ in range(3):  # the rows are resident now
        assert len(store.lexical("moon", 9)) == 5
    other.add([chunk(6)])
    other.optimize()
    matches = store.lexical("moon", 9)
    assert {m.id for m in matches} == {chunk(n).id for n in range(1, 7)}
    assert len(store.get([m.id for m in matches])) == 6


def test_own_values_of_any_name_and_kind(tmp_path: Path) -> None:
    """Names with quotes and dots, text with quotes and backslashes, lists, null: compared as what
    they are, and never an error of the engine.
    """
    values: list[dict[str, object]] = [
        {"a": "x"}, {"a": 5}, {"a": None}, {"a": True}, {"a": [1, 2]}, {"a": {"b": 1}}, {},
        {"a": "5"}, {"a": 'say "hi" \\ o'}, {"it's": 1, 'q"q': 2, "a.b": "dot"}, {"a": 1},
    ]  # fmt: skip
    store = LanceDB(path=str(tmp_path))
    store.add([chunk(n).with_(meta=m) for n, m in enumerate(values)])

    def numbers(where: str) -> list[int]:
        rows = store.scan(compile_where(where), ["name"])
        return sorted(int(r["name"].removesuffix(".txt")) for r in rows)

    assert numbers("meta.a = 'x' or meta.a = 5") == [0, 1]
    assert numbers("meta.a = '5'") == [7]
    assert numbers("not meta.a = 'x'") == [7, 8]
    assert numbers("meta.a = true") == [3]
    assert numbers("meta.a >= 1") == [1, 10]
    assert numbers("meta.a is null") == [2, 6, 9]
    assert numbers("meta.a = 'say \"hi\" \\ o'") == [8]
    assert numbers("meta.a like 'say \"%'") == [8]
    assert numbers("meta.\"it's\" = 1 and meta.a.b = 'dot'") == [9]
    assert numbers("name = 'json_get_float(meta, ''a'')'") == []


def test_a_bucket_that_is_not_there_is_told_as_that(tmp_path: Path) -> None:
    """What the engine says of it is one line, with the address and what to check."""
    for raised in (
        ValueError("Invalid input, Failed to connect: Generic { store: 'GCS' }\nbacktrace"),
        RuntimeError("lance error: LanceError(IO): Generic S3 error: Failed to resolve region"),
    ):
        with (
            pytest.raises(LibraryError, match="s3://nowhere/kb cannot be reached") as e,
            translate_errors("s3://nowhere/kb"),
        ):
            raise raised
        assert "backtrace" not in str(e.value)
        assert "credentials" in e.value.hint


def test_many_replaced_chunks_are_written_in_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No condition names more ids than BATCH_IDS, however many chunks come at once; and the vectors
    of those replaced stay.
    """
    monkeypatch.setattr("polysense.stores.lancedb.tables.BATCH_IDS", 7)
    store, chunks = LanceDB(path=str(tmp_path)), [chunk(n) for n in range(40)]
    store.add(chunks[:30])
    store.add_vectors(SPACE, chunks[:30], np.tile(unit((1, 0)), (30, 1)))
    conditions: list[str] = []
    monkeypatch.setattr(
        "polysense.stores.lancedb.connection.sql_list",
        lambda ids: conditions.append(ids) or sql_list(ids),
    )
    store.add([c.with_(meta={"lang": "en"}) for c in chunks])
    assert store.count() == store.count("lang = 'en'") == 40
    assert len(store.nearest(SPACE, unit((1, 0))[0], 50, "lang = 'en'")) == 30
    assert max(map(len, conditions)) == 7
