"""The catalogue's file: its tables in SQLite, how it is opened, read and written."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from polysense.errors import ForeignLibrary, LibraryError, StorageFull
from polysense.ingest.uris import folded_uri

_SCHEMA = """
CREATE TABLE IF NOT EXISTS places (
  uri TEXT PRIMARY KEY, asset TEXT NOT NULL, size INTEGER, mtime_ns INTEGER, beside TEXT DEFAULT ''
);
CREATE INDEX IF NOT EXISTS places_asset ON places (asset);
CREATE TABLE IF NOT EXISTS assets (
  id TEXT PRIMARY KEY, uri TEXT, mime TEXT, modality TEXT, size INTEGER, created TEXT,
  modified TEXT, derived TEXT DEFAULT '', linked TEXT DEFAULT '', lost TEXT DEFAULT '',
  hint TEXT DEFAULT ''
);
CREATE INDEX IF NOT EXISTS assets_uri ON assets (uri);
CREATE TABLE IF NOT EXISTS pending (asset TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS links (source TEXT, target TEXT, words TEXT, home TEXT);
CREATE INDEX IF NOT EXISTS links_target ON links (target);
CREATE INDEX IF NOT EXISTS links_source ON links (source);
CREATE INDEX IF NOT EXISTS links_home ON links (home);
CREATE TABLE IF NOT EXISTS failures (
  uri TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, error TEXT, hint TEXT
);
CREATE TABLE IF NOT EXISTS unread (asset TEXT PRIMARY KEY, error TEXT, hint TEXT);
CREATE TABLE IF NOT EXISTS attempts (asset TEXT PRIMARY KEY, setup TEXT, number INTEGER);
CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT);
"""
"""beside: the state of a file's sidecars. derived: the converters that have read its words. linked:
the words of other files that its chunks carry. lost: what of it could not be read. home: the place
of the document from which a link was read. pending: assets of which chunks may be in the store, and
which have no line yet. unread: why the words of an asset could not be read, in full or at all.
attempts: how often that was tried in vain, with one setup of readers and limits.
"""

_LOCK_TIMEOUT = 30
"""Seconds that a read waits for a writing process; judged, not measured."""


class Database:
    """One file; any process may read while one writes."""

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.RLock()
        try:
            self._db = _connect(path)
        except sqlite3.OperationalError as e:
            if "full" in str(e):
                raise StorageFull(f"no room left to write {path}") from e
            raise LibraryError(
                f"{path} cannot be opened: {e}",
                "Check that you may read and write the library's folder.",
            ) from e
        except sqlite3.DatabaseError as e:
            raise ForeignLibrary(f"{path} is not a polysense catalogue: {e}") from e
        self._db.row_factory = sqlite3.Row
        self._db.create_function("folded_uri", 1, folded_uri, deterministic=True)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except BaseException as e:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if isinstance(e, sqlite3.OperationalError):
                    if "full" in str(e):
                        raise StorageFull("no room left to write the catalogue") from e
                    raise LibraryError(f"the catalogue cannot be written: {e}") from e
                raise

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def lines(self) -> Iterator[str]:
        """All that is in it, as SQL."""
        with self._lock:
            yield from self._db.iterdump()

    def copy_to(self, path: Path) -> None:
        """Write all of it into a new file."""
        with self._lock:
            try:
                other = sqlite3.connect(path)
                try:
                    self._db.backup(other)
                finally:
                    other.close()
            except sqlite3.OperationalError as e:
                raise LibraryError(
                    f"{path} cannot be written: {e}", "Check the folder and its disk."
                ) from e

    def close(self) -> None:
        """Release the file."""
        self._db.close()


def _connect(path: str | Path) -> sqlite3.Connection:
    """To read and write, or where the folder does not allow that, to read."""
    try:
        db = sqlite3.connect(
            path, check_same_thread=False, timeout=_LOCK_TIMEOUT, isolation_level=None
        )
        db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_SCHEMA}")
        return db
    except sqlite3.OperationalError:
        if not Path(path).is_file() or os.access(Path(path).parent, os.W_OK):
            raise
    db = sqlite3.connect(
        f"{Path(path).as_uri()}?immutable=1",
        uri=True,
        check_same_thread=False,
        isolation_level=None,
    )
    db.execute("SELECT count(*) FROM state")
    return db
