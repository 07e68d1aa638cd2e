"""Chunks and their words in SQLite: the rows of stores that keep vectors by other means.

In memory, or in a file that any number of processes read while one writes: each write is one
transaction, on disk when the call returns. FTS5 keeps the index of words, which were analysed here;
the scores are ours, because FTS5's own count a word in half of all chunks for nothing, which in a
small library is any word: https://sqlite.org/fts5.html
"""

from __future__ import annotations

import json
import math
import os
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from polysense.errors import BadFilter, LibraryError, ReadOnly, StorageFull
from polysense.protocols import Match
from polysense.read.language.analysis import analyse_query
from polysense.stores.rows import COLUMNS, chunk_from_row, chunk_row
from polysense.types import Chunk

PAGE_ROWS = 5000
"""Rows that are read at once; judged, not measured."""

LOCK_SECONDS = 30.0
"""How long a write waits for another process's; judged, not measured."""

ANY_OF = "(SELECT value FROM json_each(?))"
"""Any number of values as one: a statement takes 32,766 at most."""

_NAMES = ", ".join(f'"{c}"' for c in COLUMNS)
_UPDATES = ", ".join(f'"{c}" = excluded."{c}"' for c in COLUMNS)

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS chunks (
  n INTEGER PRIMARY KEY, id TEXT UNIQUE, {", ".join(f'"{c}"' for c in COLUMNS if c != "id")}
);
CREATE INDEX IF NOT EXISTS chunks_asset ON chunks (asset);
CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5(words, tokenize='ascii');
CREATE TABLE IF NOT EXISTS lengths (n INTEGER PRIMARY KEY, words INTEGER);
CREATE TABLE IF NOT EXISTS totals (chunks INTEGER, words INTEGER);
CREATE TRIGGER IF NOT EXISTS lengths_more AFTER INSERT ON lengths BEGIN
  UPDATE totals SET chunks = chunks + 1, words = words + NEW.words;
END;
CREATE TRIGGER IF NOT EXISTS lengths_less AFTER DELETE ON lengths BEGIN
  UPDATE totals SET chunks = chunks - 1, words = words - OLD.words;
END;
"""

_COUNT = """
DELETE FROM totals;
INSERT INTO totals SELECT count(*), coalesce(sum(words), 0) FROM lengths;
"""

_OBJECT = re.compile(r"CREATE (?:VIRTUAL )?(?:TABLE|INDEX|TRIGGER) IF NOT EXISTS (\w+)")

_VOCABULARY = """
CREATE VIRTUAL TABLE temp.documents_of USING fts5vocab(main, texts, row);
"""

MIN_CANDIDATES = 400
"""Chunks that FTS5 gives at least, in its own order, to be scored by ours: twice as many as are
wanted, as the two differ in words of more than half of all chunks. Of 60 questions in 10,000
sentences each of the first 20 places is LanceDB's.
"""

CACHE_KIBIBYTES = 65_536
"""Pages of the file that SQLite keeps in memory; judged."""

BM25_K1, BM25_B = 1.2, 0.75
"""Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the
usual values, which other stores have too.
"""

_Stamp = tuple[int, ...]

_WORD = re.compile(r"[^\W_]+")

_GETTERS: Mapping[str, tuple[type, ...]] = {
    "json_get_string": (str,),
    "json_get_float": (int, float),
    "json_get_bool": (bool,),
    "json_get": (),
}
"""What a compiled condition reads a chunk's own values with, and the types that it gives."""


def _own_value(kinds: tuple[type, ...], raw: str, key: str) -> Any:
    value = json.loads(raw or "{}").get(key)
    if not kinds:
        return None if value is None else "present"
    return (
        value if isinstance(value, kinds) and isinstance(value, bool) == (bool in kinds) else None
    )


def _tokens(text: str) -> list[str]:
    return _WORD.findall(text)


class SqliteRows:
    """The chunks of a store: what of `polysense.protocols.Store` does not need vectors.

    path is a file, made at the first write with the folders above it; None keeps all in memory.
    Subclasses add tables of their own in `schema`.

    >>> from polysense.types import Asset, Span
    >>> rows = SqliteRows(None)
    >>> asset = Asset("1", "/a.txt", "text/plain", "text", 1)
    >>> rows.add([Chunk(asset, Span(page=1), "text", text="High water follows the moon")])
    >>> [m.modality for m in rows.lexical("moon", 5)], rows.count("page > 1")
    (['text'], 0)
    """

    schema = ""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._empty: sqlite3.Connection | None = None
        self._stamp: _Stamp = ()

    def add(self, chunks: Sequence[Chunk]) -> None:
        if not chunks:
            return
        placeholders = ", ".join("?" * len(COLUMNS))
        sql = (
            f"INSERT INTO chunks ({_NAMES}) VALUES ({placeholders}) "
            f"ON CONFLICT (id) DO UPDATE SET {_UPDATES} RETURNING n"
        )
        with self._writing() as db:
            for row in map(chunk_row, chunks):
                ((n,),) = db.execute(sql, [row[c] for c in COLUMNS]).fetchall()
                words = _tokens(row["words"])
                values = [n, " ".join(words)]
                db.execute("INSERT OR REPLACE INTO texts (rowid, words) VALUES (?, ?)", values)
                db.execute("DELETE FROM lengths WHERE n = ?", [n])
                db.execute("INSERT INTO lengths VALUES (?, ?)", [n, len(words)])

    def lexical(self, text: str, k: int, where: str = "") -> list[Match]:
        with self._one_state():
            return self._lexical(text, k, where)

    def _lexical(self, text: str, k: int, where: str) -> list[Match]:
        chunks, words = self._rows("SELECT chunks, words FROM totals")[0]
        weights = {  # a word that is asked twice counts twice
            term: times * math.log(1 + (max(chunks - documents, 0) + 0.5) / (documents + 0.5))
            for term, times in Counter(_tokens(analyse_query(text))).items()
            if (documents := self._documents_with(term))
        }
        if not weights:
            if where:
                self.count(where)  # refuses what is no condition
            return []
        condition = f"AND rowid IN (SELECT n FROM chunks WHERE {where})" if where else ""
        candidates = self._rows(
            f"SELECT rowid, words FROM texts WHERE texts MATCH ? {condition} ORDER BY rank LIMIT ?",
            [" OR ".join(f'"{term}"' for term in weights), max(2 * k, MIN_CANDIDATES)],
            where,
        )
        mean_length = max(words, 1) / max(chunks, 1)
        scores = {r["rowid"]: _bm25(r["words"], weights, mean_length) for r in candidates}
        best = sorted(scores, key=lambda n: (-scores[n], n))[:k]
        rows = self._rows(
            f"SELECT n, id, modality FROM chunks WHERE n IN {ANY_OF}", [json_list(best)]
        )
        matches = (Match(r["id"], scores[r["n"]], r["modality"]) for r in rows)
        return sorted(matches, key=lambda m: (-m.score, m.id))

    def _documents_with(self, term: str) -> int:
        rows = self._rows("SELECT doc FROM documents_of WHERE term = ?", [term])
        return int(rows[0]["doc"]) if rows else 0

    def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
        rows = self._rows(f"SELECT {_NAMES} FROM chunks WHERE id IN {ANY_OF}", [json_list(ids)])
        return {row["id"]: chunk_from_row(dict(row)) for row in rows}

    def scan(self, where: str = "", columns: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        names, last = ", ".join(f'"{c}"' for c in columns or COLUMNS), 0
        while True:
            rows = self._rows(
                f"SELECT n AS row_number, {names} FROM chunks WHERE n > ? AND ({where or '1'}) "
                "ORDER BY n LIMIT ?",
                [last, PAGE_ROWS],
                where,
            )
            for row in map(dict, rows):
                last = row.pop("row_number")
                yield row
            if len(rows) < PAGE_ROWS:
                return

    def count(self, where: str = "") -> int:
        sql = f"SELECT count(*) FROM chunks WHERE {where or '1'}"
        return int(self._rows(sql, (), where)[0][0])

    def close(self) -> None:
        """Release the file; what is kept in memory alone is gone."""
        with self._lock:
            for db in (self._db, self._empty):
                if db is not None:
                    db.close()
            self._db = self._empty = None

    def _delete_rows(self, db: sqlite3.Connection, assets: Sequence[str]) -> list[str]:
        """Delete the chunks of assets, within a transaction; their ids."""
        condition = f"FROM chunks WHERE asset IN {ANY_OF}"
        rows = db.execute(f"SELECT n, id {condition}", [json_list(assets)]).fetchall()
        for table, key in (("texts", "rowid"), ("lengths", "n")):
            db.executemany(f"DELETE FROM {table} WHERE {key} = ?", [(r["n"],) for r in rows])
        db.execute(f"DELETE {condition}", [json_list(assets)])
        return [r["id"] for r in rows]

    def _rows(self, sql: str, values: Sequence[object] = (), where: str = "") -> list[sqlite3.Row]:
        """What a statement finds; what SQLite does not take of the condition in it is BadFilter."""
        with self._lock, self._translate_errors(where):
            return self._reading().execute(sql, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on disk when it ends."""
        with self._lock, self._translate_errors():
            db = self._connect()
            if db.in_transaction:  # within another's
                yield db
                return
            try:
                db.execute("BEGIN IMMEDIATE")
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def _one_state(self) -> Iterator[None]:
        """All that is asked within sees the file as it is at the first question."""
        with self._lock, self._translate_errors():
            db = self._reading()
            if db.in_transaction:
                yield
                return
            db.execute("BEGIN")
            try:
                yield
            finally:
                db.execute("COMMIT")

    def _reading(self) -> sqlite3.Connection:
        """The file, or while nothing was written, what is as empty: a question makes nothing."""
        for db in (self._db, self._empty):
            if db is not None and db.in_transaction:
                return db
        if self._path is None:
            return self._connect()
        if self._db is not None and self._stamp and self._stamp != _stamp(self._path):
            self._db.close()
            self._db = None
        if self._db is None and self._path.is_file():
            self._db, self._stamp = _open(self._path, self.schema, makes=False)
        if self._db is not None:
            return self._db
        if self._empty is None:
            self._empty, _ = _open(None, self.schema)
        assert self._empty is not None
        return self._empty

    def _connect(self) -> sqlite3.Connection:
        """The file, to write to; made where there is none."""
        if self._db is None:
            if self._path is not None and not self._path.is_file():
                self._path.parent.mkdir(parents=True, exist_ok=True)
            self._db, self._stamp = _open(self._path, self.schema)
        assert self._db is not None
        return self._db

    @contextmanager
    def _translate_errors(self, where: str = "") -> Iterator[None]:
        """SQLite's and the disk's errors as ours."""
        folder = self._path.parent if self._path else "memory"
        try:
            yield
        except sqlite3.DatabaseError as e:
            reason = str(e)
            if "full" in reason or "disk I/O" in reason:
                raise StorageFull(f"no room left to write in {folder}: {reason}") from e
            if "readonly" in reason:
                raise ReadOnly(f"not allowed to write in {folder}") from e
            if where and isinstance(e, sqlite3.OperationalError):
                raise BadFilter(
                    f"the store does not take the filter {where[:200]!r}: {reason}"
                ) from e
            raise LibraryError(
                f"the store in {folder} failed: {reason}",
                "Check the folder and its disk, and that no other program writes there.",
            ) from e
        except PermissionError as e:
            raise ReadOnly(f"not allowed to write in {folder}") from e
        except (FileExistsError, NotADirectoryError) as e:
            raise LibraryError(
                f"{folder} is no folder, or a file stands above it", "Give another folder with -l."
            ) from e


def _bm25(words: str, weights: Mapping[str, float], mean_length: float) -> float:
    terms = words.split(" ")
    norm = BM25_K1 * (1 - BM25_B + BM25_B * len(terms) / mean_length)
    score = 0.0
    for term, count in Counter([t for t in terms if t in weights]).items():
        score += weights[term] * count * (BM25_K1 + 1) / (count + norm)
    return score


def json_list(values: Sequence[str | int]) -> str:
    """The values that ANY_OF stands for."""
    return json.dumps(list(values))


def _open(
    path: Path | None, schema: str, makes: bool = True
) -> tuple[sqlite3.Connection | None, _Stamp]:
    """A connection, and what its file must stay as for it to be right: () where it may change.

    What the schema lacks is made, all or nothing; None without `makes`.
    """
    db, stamp = _connection(path)
    try:
        db.row_factory = sqlite3.Row
        db.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
        db.execute("PRAGMA synchronous = FULL")  # what was written outlives a loss of power too
        db.execute("PRAGMA case_sensitive_like = ON")
        for name, kinds in _GETTERS.items():
            db.create_function(name, 2, partial(_own_value, kinds), deterministic=True)
        names = {r["name"] for r in db.execute("SELECT name FROM sqlite_master")}
        if not names.issuperset(_OBJECT.findall(_SCHEMA + schema)):
            if not makes:
                db.close()
                return None, ()
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} {schema} {_COUNT} COMMIT;")
        db.executescript(_VOCABULARY)
    except BaseException:
        db.close()
        raise
    return db, stamp


def _connection(path: Path | None) -> tuple[sqlite3.Connection, _Stamp]:
    """To read and write, or where the folder does not allow that, to read."""
    if path is None or not path.is_file() or os.access(path.parent, os.W_OK):
        return _sqlite(str(path or ":memory:")), ()
    stamp, uri = _stamp(path), path.absolute().as_uri()
    db = _sqlite(f"{uri}?mode=ro")
    try:
        db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
    except sqlite3.OperationalError:
        db.close()
        if _log_size(path):
            raise
        return _sqlite(f"{uri}?immutable=1"), stamp  # nobody has it open to write
    return db, ()


def _sqlite(place: str) -> sqlite3.Connection:
    return sqlite3.connect(
        place,
        uri=place.startswith("file:"),
        check_same_thread=False,
        isolation_level=None,
        timeout=LOCK_SECONDS,
    )


def _stamp(path: Path) -> _Stamp:
    """What changes with a file that is written to."""
    try:
        stat = path.stat()
    except OSError:
        return (0,)
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, _log_size(path)


def _log_size(path: Path) -> int:
    """Bytes of what was written and is not in the file itself yet."""
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except OSError:
        return 0
