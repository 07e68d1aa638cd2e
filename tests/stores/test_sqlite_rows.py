"""Rows and words in SQLite: BM25 as other stores count it, files that are read while one writes."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from polysense.errors import BadFilter, LibraryError, ReadOnly
from polysense.stores.lancedb.store import LanceDB
from polysense.stores.rows import COLUMNS
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


@contextmanager
def closed(folder: Path, nobody: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Within it, a folder and its files may only be read."""
    paths = [folder, *folder.iterdir()]
    for path in paths:
        path.chmod(0o555 if path == folder else 0o444)
    try:
        with nobody():
            yield
    finally:
        for path in paths:
            path.chmod(0o755)


def test_who_may_only_read_sees_what_another_writes(
    common: Path, nobody: Callable[[], AbstractContextManager[None]]
) -> None:
    """What is in the log already too, and what comes after the file was opened."""
    folder = common / "kb"
    folder.mkdir()
    writer, reader = SqliteRows(folder / "rows.db"), SqliteRows(folder / "rows.db")
    writer.add([chunk(1)])
    with closed(folder, nobody):
        first = SqliteRows(folder / "rows.db")
        assert (first.count(), len(first.lexical("moon", 5))) == (1, 1)
        with pytest.raises(ReadOnly, match="not allowed to write"):
            first.add([chunk(2)])
        first.close()
    writer.close()
    assert not (folder / "rows.db-wal").exists()
    with closed(folder, nobody):
        assert reader.count() == 1
    writer.add([chunk(2)])
    with closed(folder, nobody):
        assert (reader.count(), len(reader.lexical("moon", 5))) == (2, 2)
    writer.add([chunk(3)])
    with closed(folder, nobody):
        assert (reader.count(), len(reader.lexical("moon", 5))) == (3, 3)
    reader.close()
    writer.close()


# the schema as versions before made it, one statement after the other
STATEMENTS = [
    "CREATE TABLE chunks (n INTEGER PRIMARY KEY, id TEXT UNIQUE, "
    + ", ".join(f'"{c}"' for c in COLUMNS if c != "id")
    + ")",
    "CREATE INDEX chunks_asset ON chunks (asset)",
    "CREATE VIRTUAL TABLE texts USING fts5(words, tokenize='ascii')",
    "CREATE TABLE lengths (n INTEGER PRIMARY KEY, words INTEGER)",
    "CREATE TABLE totals (chunks INTEGER, words INTEGER)",
    "INSERT INTO totals VALUES (0, 0)",
    "CREATE TRIGGER lengths_more AFTER INSERT ON lengths BEGIN "
    "UPDATE totals SET chunks = chunks + 1, words = words + NEW.words; END",
]


@pytest.mark.parametrize("count", range(len(STATEMENTS) + 1))
def test_a_schema_of_which_a_part_was_made_is_completed(tmp_path: Path, count: int) -> None:
    """Until then its readers see an empty library; nobody has to remove it by hand."""
    path = tmp_path / "rows.db"
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    for statement in STATEMENTS[:count]:
        db.execute(statement)
    db.commit()
    db.close()
    reader, writer = SqliteRows(path), SqliteRows(path)
    assert (reader.count(), reader.lexical("moon", 3), list(reader.scan())) == (0, [], [])
    writer.add([chunk(1), chunk(2, "high water")])
    for rows in (writer, reader):
        assert [m.id for m in rows.lexical("moon", 3)] == [chunk(1).id]
    expected = SqliteRows(None)
    expected.add([chunk(1), chunk(2, "high water")])
    assert reader.lexical("moon", 3) == expected.lexical("moon", 3)


def test_rows_that_were_written_without_a_count_are_counted(tmp_path: Path) -> None:
    """A schema without its triggers took them: their scores come out as those of others."""
    path, expected = tmp_path / "rows.db", SqliteRows(None)
    rows = SqliteRows(path)
    rows.add([chunk(1)])
    rows.close()
    db = sqlite3.connect(path)
    db.executescript(
        "DROP TRIGGER lengths_more; DROP TRIGGER lengths_less; UPDATE totals SET chunks=0, words=0;"
    )
    db.close()
    rows.add([chunk(2)])
    expected.add([chunk(1), chunk(2)])
    assert rows.lexical("moon", 3) == expected.lexical("moon", 3)


@pytest.mark.parametrize("step", ["texts", "lengths ", "totals SELECT", "lengths_more", "COMMIT"])
def test_killed_while_it_is_first_made(tmp_path: Path, step: str) -> None:
    """All of the schema or nothing is there, and the next write goes on."""
    path = tmp_path / "rows.db"
    code = (
        "import os, signal, sqlite3, sys\n"
        "from pathlib import Path\n"
        "from polysense.stores.sqlite_rows import SqliteRows\n"
        "connect = sqlite3.connect\n"
        "def kill(sql):\n"
        f"    if {step!r} in sql.strip().splitlines()[0]: os.kill(os.getpid(), signal.SIGKILL)\n"
        "def killed(*a, **b):\n"
        "    db = connect(*a, **b)\n"
        "    db.set_trace_callback(kill)\n"
        "    return db\n"
        "sqlite3.connect = killed\n"
        "SqliteRows(Path(sys.argv[1]))._connect()\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(path)], check=False, timeout=60)
    assert run.returncode == -signal.SIGKILL
    db = sqlite3.connect(path)
    assert db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    db.close()
    rows = SqliteRows(path)
    assert rows.count() == 0
    rows.add([chunk(1)])
    assert len(rows.lexical("moon", 3)) == 1


def test_questions_while_it_is_first_made(tmp_path: Path) -> None:
    """From nothing to its first rows, each question is answered: with nothing, or with them."""
    code = (
        "import sys; from pathlib import Path\n"
        "from polysense.stores.sqlite_rows import SqliteRows\n"
        "print('ready', flush=True)\n"
        "for n in sys.stdin:\n"
        "    path = Path(n.strip())\n"
        "    while not (matches := SqliteRows(path).lexical('moon', 3)): pass\n"
        "    print(len(matches), flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        for n in range(20):
            path = tmp_path / str(n) / "rows.db"
            print(path, file=process.stdin, flush=True)
            rows = SqliteRows(path)
            rows.add([chunk(1)])
            rows.close()
            assert process.stdout.readline() == "1\n"
        process.stdin.close()


def test_a_question_sees_one_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that another process writes within a question do not count for half of it."""
    path = tmp_path / "rows.db"
    rows, other = SqliteRows(path), SqliteRows(path)
    rows.add([chunk(1)])
    expected, documents_with = rows.lexical("moon", 3), rows._documents_with

    def write_first(term: str) -> int:
        other.add([chunk(n) for n in range(2, 9)])
        return documents_with(term)

    monkeypatch.setattr(rows, "_documents_with", write_first)
    assert rows.lexical("moon", 3) == expected
    monkeypatch.undo()
    assert len(rows.lexical("moon", 9)) == 8


def test_what_is_no_store_is_said(tmp_path: Path) -> None:
    """A file of something else, and a file in the place of the folder."""
    (tmp_path / "rows.db").write_text("mine, and long enough to be looked at" * 100)
    with pytest.raises(LibraryError, match="failed"):
        SqliteRows(tmp_path / "rows.db").count()
    with pytest.raises(LibraryError, match="no folder") as e:
        SqliteRows(tmp_path / "rows.db" / "rows.db").add([chunk(1)])
    assert e.value.hint
