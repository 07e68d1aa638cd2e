"""The catalogue's file: opened, refused, and read while it is written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from polysense.errors import ForeignLibrary, LibraryError
from polysense.ingest.database import Database


def test_what_is_written_is_read_by_others(tmp_path: Path) -> None:
    """Another process sees what is committed, and not what is under way."""
    writer, reader = Database(tmp_path / "c.db"), Database(tmp_path / "c.db")
    with writer._writing() as db:
        db.execute("INSERT INTO state VALUES ('a', '1')")
        assert reader._rows("SELECT * FROM state") == []
    assert [tuple(r) for r in reader._rows("SELECT * FROM state")] == [("a", "1")]
    assert len(reader._rows("SELECT * FROM state")) == 1
    writer.close()
    reader.close()


def test_other_files_are_refused(tmp_path: Path) -> None:
    """A file of another kind is left as it is; a folder that is not there says what to do."""
    (tmp_path / "c.db").write_text("not a database, but long enough to be read as one" * 50)
    with pytest.raises(ForeignLibrary):
        Database(tmp_path / "c.db")
    with pytest.raises(LibraryError) as error:
        Database(tmp_path / "nowhere" / "c.db")
    assert "folder" in error.value.hint


def test_a_failed_statement_is_an_error_of_ours(tmp_path: Path) -> None:
    """And what was written before it in the same transaction is gone."""
    database = Database(tmp_path / "c.db")
    insertions = ("INSERT INTO state VALUES ('a', '1')", "INSERT INTO no_such_table VALUES (1)")
    with pytest.raises(LibraryError) as error, database._writing() as db:
        list(map(db.execute, insertions))
    assert isinstance(error.value.__cause__, sqlite3.OperationalError)
    assert database._rows("SELECT * FROM state") == []
    database.close()
