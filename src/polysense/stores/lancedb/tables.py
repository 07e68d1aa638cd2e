"""The tables of a LanceDB library: their names and schemas, reads by words, and errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from polysense.columns import FILTER_COLUMNS
from polysense.errors import BadFilter, LibraryError, ReadOnly, StorageFull
from polysense.protocols import Match, Vectors

CHUNKS = "chunks"
VECTORS_PREFIX = "vectors_"

_RAGGED = ("maxsim", "sparse")
"""Metrics whose vectors are lists of differing length, as `vectors.late_interaction.is_ragged`."""

BATCH_IDS = 500
"""Ids in one condition; judged."""

VOID_COLUMNS = {"id": str, "asset": str}
"""Columns of the table of what has no vector in a space."""


VECTOR_COLUMNS = {n: c.type for n, c in FILTER_COLUMNS.items()}
"""Columns of a table of vectors, beside the vector."""


def vector_table(space: str) -> str:
    """The name of a space's table: other characters than letters and digits as their numbers.

    >>> vector_table("a-b")
    'vectors_a_2d_b'
    """
    return VECTORS_PREFIX + "".join(
        c if c.isascii() and c.isalnum() else f"_{ord(c):x}_" for c in space
    )


def void_table(space: str) -> str:
    """The name of the table of what has no vector in a space."""
    return vector_table(space).replace(VECTORS_PREFIX, "void_", 1)


def arrow_schema(columns: Mapping[str, type], dim: int = 0, metric: str = "cosine") -> Any:
    """The Arrow schema of a table: columns by type, with vectors where `dim` is given.

    One of `dim` numbers a row; for "maxsim" a list of them, for "sparse" one of pairs of numbers.
    """
    import pyarrow as pa

    types = {str: pa.string(), int: pa.int64(), float: pa.float64(), dict: pa.json_()}
    fields = [pa.field(name, types[kind]) for name, kind in columns.items()]
    if dim:
        fields.append(pa.field("vector", _vector_type(dim, metric)))
    return pa.schema(fields, {"metric": metric} if dim else None)


def _vector_type(dim: int, metric: str) -> Any:
    import pyarrow as pa

    one = pa.list_(pa.float32(), _row_width(dim, metric))
    return pa.list_(one) if metric in _RAGGED else one


def _row_width(dim: int, metric: str) -> int:
    return 2 if metric == "sparse" else dim


def vectors_to_arrow(
    rows: Sequence[Mapping[str, Any]], vectors: Sequence[Vectors], dim: int, metric: str
) -> Any:
    """Rows of a table of vectors: their filter columns, and the vectors of each."""
    import pyarrow as pa

    table = pa.Table.from_pylist(list(rows), schema=arrow_schema(VECTOR_COLUMNS))
    flat = np.concatenate([np.reshape(v, -1) for v in vectors]).astype(np.float32)
    column = pa.FixedSizeListArray.from_arrays(pa.array(flat), _row_width(dim, metric))
    if metric in _RAGGED:
        offsets = np.cumsum([0, *(len(v) for v in vectors)]).astype(np.int32)
        column = pa.ListArray.from_arrays(pa.array(offsets), column)
    return table.append_column(pa.field("vector", column.type), column)


def metric_of(table: Any) -> tuple[int, str]:
    """The dimension and the metric of a table of vectors; of sparse ones, numbers a row."""
    metric = (table.schema.metadata or {}).get(b"metric", b"cosine").decode()
    kind = table.schema.field("vector").type
    return (kind.value_type if metric in _RAGGED else kind).list_size, metric


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


_UNREACHABLE = (
    "Generic S3", "Generic GCS", "Generic { store", "Microsoft Azure", "MicrosoftAzure",
    "object store", "LanceError(IO)", "No such bucket", "NoSuchBucket", "credential",
)  # fmt: skip
"""What the engine says where a bucket is not there, or does not let us in."""


@contextmanager
def translate_errors(path: str, where: str = "") -> Iterator[None]:
    """The engine's and the operating system's errors as ours.

    With a condition, what the engine refuses is the condition: BadFilter.
    """
    try:
        yield
    except (OSError, RuntimeError, ValueError) as e:
        message = str(e)
        reason = message.splitlines()[0][:300] if message else type(e).__name__
        if "No space left" in message or "os error 28" in message or "Disk quota" in message:
            raise StorageFull(f"no room left to write in {path}") from e
        if "Permission denied" in message or "Read-only file system" in message:
            raise ReadOnly(f"not allowed to write in {path}") from e
        if "://" in path and any(words in message for words in _UNREACHABLE):
            raise LibraryError(
                f"{path} cannot be reached: {reason}",
                "Check the bucket's name, and the credentials in the environment of this process "
                "(AWS_..., GOOGLE_..., AZURE_...).",
            ) from e
        if where and ("filter" in message or isinstance(e, ValueError)):
            raise BadFilter(
                f"the store does not take the filter {where[:200]!r}: {reason}",
                "Compare columns with values of their own type, as in page > 3.",
            ) from e
        if isinstance(e, ValueError):
            raise
        raise LibraryError(
            f"the store in {Path(path).name} failed: {reason}",
            "Run `polysense optimize`, then try again.",
        ) from e
