"""The tables of a LanceDB library: their names and schemas, reads by words, and errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from polysense.errors import LibraryError, ReadOnly, StorageFull
from polysense.protocols import Match

CHUNKS = "chunks"

BATCH_IDS = 500
"""Ids in one condition; judged."""

VOID_COLUMNS = {"id": str, "asset": str}
"""Columns of the table of what has no vector in a space."""


def vector_table(space: str) -> str:
    """The name of a space's table: other characters than letters and digits as their numbers.

    >>> vector_table("a-b")
    'vectors_a_2d_b'
    """
    return "vectors_" + "".join(
        c if c.isascii() and c.isalnum() else f"_{ord(c):x}_" for c in space
    )


def void_table(space: str) -> str:
    """The name of the table of what has no vector in a space."""
    return vector_table(space).replace("vectors_", "void_", 1)


def arrow_schema(columns: Any, dim: int = 0, metric: str = "cosine") -> Any:
    """The Arrow schema of a table: columns by type, with vectors where `dim` is given."""
    import pyarrow as pa

    types = {str: pa.string(), int: pa.int64(), float: pa.float64(), dict: pa.json_()}
    fields = [pa.field(name, types[kind]) for name, kind in columns.items()]
    vectors = [pa.field("vector", pa.list_(pa.float32(), dim))] if dim else []
    return pa.schema([*fields, *vectors], {"metric": metric} if dim else None)


def id_batches(ids: Sequence[str]) -> Iterator[list[str]]:
    """Distinct ids, BATCH_IDS at a time."""
    distinct = list(dict.fromkeys(ids))
    for i in range(0, len(distinct), BATCH_IDS):
        yield distinct[i : i + BATCH_IDS]


def bm25_rows(table: Any, words: str, k: int, where: str, columns: Sequence[str]) -> Any:
    """Rows by BM25."""
    # the engine's asynchronous interface: its synchronous one changes threads five times, 1 ms
    from lancedb.background_loop import LOOP

    query = (
        table._table.query()
        .nearest_to_text(words, columns=["words"])
        .limit(k)
        .select(list(columns))
        .with_row_id()
    )
    return LOOP.run((query.where(where) if where else query).to_arrow())


def rank_rows(hits: Any, scores: Any) -> list[Match]:
    """Best first; equal scores by id, so that the same query gives the same order."""
    rows = map(Match, hits["id"].to_pylist(), scores.tolist(), hits["modality"].to_pylist())
    return sorted(rows, key=lambda m: (-m.score, m.id))


@contextmanager
def translate_errors(path: str) -> Iterator[None]:
    """The engine's and the operating system's errors as ours."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as e:
        message = str(e)
        if "No space left" in message or "os error 28" in message or "Disk quota" in message:
            raise StorageFull(f"no room left to write in {path}") from e
        if "Permission denied" in message or "Read-only file system" in message:
            raise ReadOnly(f"not allowed to write in {path}") from e
        if isinstance(e, ValueError):
            raise
        where = Path(path).name
        raise LibraryError(
            f"the store in {where} failed: {message.splitlines()[0][:300]}",
            "Run `polysense optimize`, then try again.",
        ) from e
