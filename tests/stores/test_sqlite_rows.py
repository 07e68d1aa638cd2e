"""Rows and words in SQLite: BM25 as other stores count it, files that are read while one writes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from polysense.errors import BadFilter, LibraryError, ReadOnly
from polysense.stores.lancedb.store import LanceDB
from polysense.stores.sqlite_rows import SqliteRows
from polysense.types import Asset, Chunk, Span


def chunk(n: int, text: str = "the moon") -> Chunk:
    return Chunk(
        Asset(f"{n:032x}", f"/a/{n}.txt", "text/plain", "text", 1), Span(page=1), "text", text=text
    )


TEXTS = (
    "high water follows the moon by an hour",
    "the moon is full and the moon is high",
    "the miller grinds corn by the river",
    "a river follows the valley, the valley the hill",
    "the boat waits for high water",
)


def test_words_score_as_in_the_default_store(tmp_path: Path) -> None:
    """The same BM25 as LanceDB's: a library that is copied finds the same, and a word in most of
    the chunks still counts for something.
    """
    rows, lance = SqliteRows(None), LanceDB(path=str(tmp_path))
    for store in (rows, lance):
        store.add([chunk(n, text) for n, text in enumerate(TEXTS)])
    for question in ("the moon", "high water", "where does the river follow the valley?", "the"):
        ours, theirs = (store.lexical(question, 5) for store in (rows, lance))
        assert [m.id for m in ours] == [m.id for m in theirs]
        assert [m.score for m in ours] == pytest.approx([m.score for m in theirs], abs=1e-4)
        assert all(m.score > 0.01 for m in ours)


def test_a_replaced_chunk_counts_once() -> None:
    """What is written again, or deleted, leaves neither words nor length behind."""
    rows, new = SqliteRows(None), SqliteRows(None)
    rows.add([chunk(1, "moon " * 50), chunk(2, "moon and river"), chunk(3, "gone")])
    rows.add([chunk(1, "the moon")])
    with rows._writing() as db:
        assert rows._delete_rows(db, [chunk(3).asset.id]) == [chunk(3).id]
    new.add([chunk(1, "the moon"), chunk(2, "moon and river")])
    assert rows.lexical("moon", 5) == new.lexical("moon", 5)
    assert rows.lexical("gone", 5) == []


def test_a_question_may_be_a_whole_page() -> None:
    """Thousands of different words are one question."""
    rows = SqliteRows(None)
    rows.add([chunk(n, f"word{n} moon") for n in range(50)])
    assert rows.lexical(" ".join(f"word{n}" for n in range(7, 3000)), 1)[0].score > 0


def test_questions_make_no_file(tmp_path: Path) -> None:
    """A store that is not there is empty, and stays not there; a filter is refused all the same."""
    rows = SqliteRows(tmp_path / "deep" / "rows.db")
    assert (rows.count(), rows.get(["x"]), list(rows.scan()), rows.lexical("a", 3)) == (
        0,
        {},
        [],
        [],
    )
    with pytest.raises(BadFilter):
        rows.count("colour = 'red'")
    assert list(tmp_path.iterdir()) == []


def test_many_rows_come_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once, whatever the filter."""
    monkeypatch.setattr("polysense.stores.sqlite_rows.PAGE_ROWS", 3)
    rows = SqliteRows(None)
    rows.add([chunk(n) for n in range(10)])
    assert sorted(r["id"] for r in rows.scan("", ["id"])) == sorted(chunk(n).id for n in range(10))
    assert len(list(rows.scan("name > '3.txt'", ["name"]))) == 6


def test_other_processes_read_while_one_writes(tmp_path: Path) -> None:
    """They see what is committed, at the next question."""
    path = tmp_path / "rows.db"
    rows = SqliteRows(path)
    rows.add([chunk(1)])
    code = (
        "from pathlib import Path; from polysense.stores.sqlite_rows import SqliteRows\n"
        f"print(SqliteRows(Path({str(path)!r})).count())"
    )
    with rows._writing() as db:
        rows.add([chunk(2)])
        assert db.in_transaction
        assert _run(code) == "1"
    assert _run(code) == "2"


def _run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    ).stdout.strip()


def test_a_folder_that_may_only_be_read(common: Path, nobody: object) -> None:
    """It is read; a write says that it is not allowed."""
    folder = common / "kb"
    folder.mkdir()
    rows = SqliteRows(folder / "rows.db")
    rows.add([chunk(1)])
    rows.close()
    folder.chmod(0o555)
    (folder / "rows.db").chmod(0o444)
    try:
        with nobody():  # type: ignore[operator]
            again = SqliteRows(folder / "rows.db")
            assert again.count() == 1
            with pytest.raises(ReadOnly, match="not allowed to write"):
                again.add([chunk(2)])
            again.close()
    finally:
        folder.chmod(0o755)


def test_what_is_no_store_is_said(tmp_path: Path) -> None:
    """A file of something else, and a file in the place of the folder."""
    (tmp_path / "rows.db").write_text("mine, and long enough to be looked at" * 100)
    with pytest.raises(LibraryError, match="failed"):
        SqliteRows(tmp_path / "rows.db").count()
    with pytest.raises(LibraryError, match="no folder") as e:
        SqliteRows(tmp_path / "rows.db" / "rows.db").add([chunk(1)])
    assert e.value.hint
