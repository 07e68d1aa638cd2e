"""The schemas of a Milvus library's collections, and the errors that a server's refusals are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polysense.columns import FILTER_COLUMNS
from polysense.errors import LibraryError, MissingDependency, PolysenseError, ReadOnly, StorageFull
from polysense.stores.milvus.rows import Address
from polysense.types import Space

CHUNKS, VECTORS, VOID = "chunks", "vectors", "void"
BM25_SINCE = (2, 5)
BM25_FIELD = "said"  # in collections that exist: it cannot be renamed

METRICS: Mapping[str, str] = {"cosine": "COSINE", "dot": "IP"}

MAX_STRING_BYTES, MAX_STRINGS = 65_535, 4096
"""What a field of text and an array take at most, by Milvus's own limits."""

_REFUSALS: tuple[tuple[tuple[str, ...], type[PolysenseError], str, str], ...] = (
    (
        ("fail connecting", "unavailable", "illegal connection", "connection refused", "timeout"),
        LibraryError,
        "does not answer",
        "Start the server, or check the address: milvus://host:19530/name.",
    ),
    (
        ("open local milvus failed",),
        LibraryError,
        "cannot be opened",
        "Its folder must exist, one process alone may have it open, and it needs milvus-lite: "
        "pip install milvus-lite.",
    ),
    (
        ("unauthenticated", "auth check", "not authenticated", "invalid token"),
        LibraryError,
        "does not accept the name or password",
        "Set POLYSENSE_MILVUS_TOKEN to user:password, or write them into the address.",
    ),
    (
        ("permission deny", "permissiondenied", "privilege"),
        ReadOnly,
        "does not permit that",
        "Ask for a role that may create, write and read collections.",
    ),
    (
        ("quota", "no space left"),
        StorageFull,
        "has no room left",
        "Free some space there, then run the same command again.",
    ),
)


def pymilvus() -> Any:
    """The pymilvus module. Raises MissingDependency."""
    try:
        import pymilvus
        import pymilvus.exceptions
    except ImportError as e:
        raise MissingDependency(
            "a library in Milvus needs pymilvus", "Install it: pip install 'polysense[milvus]'"
        ) from e
    return pymilvus


def error_for(message: str, address: Address) -> PolysenseError:
    """The error that a server's refusal is."""
    lowercase = message.lower()
    for words, kind, what, hint in _REFUSALS:
        if any(w in lowercase for w in words):
            return kind(f"Milvus at {address.uri} {what}", hint)
    reason = message.splitlines()[0][:300] if message else "it does not say why"
    return LibraryError(
        f"Milvus at {address.uri} failed: {reason}",
        "Look at the server's log, then run the same command again.",
    )


def milvus_metric(space: Space) -> str:
    """Milvus's name for how a space compares. Raises MissingDependency."""
    if space.metric not in METRICS:
        raise MissingDependency(
            f"a Milvus library keeps no {space.metric} spaces, such as {space.name}",
            "Leave that encoder out, or keep the library in a folder: a LanceDB library does.",
        )
    return METRICS[space.metric]


def collection_schema(what: str, space: Space | None, has_bm25: bool) -> tuple[Any, Any]:
    """The schema of a collection (CHUNKS, VECTORS or VOID) and its indexes.

    Every collection has a vector, because servers before 2.6 make none without: two numbers where
    there is nothing to compare.
    """
    m = pymilvus()
    types = {
        str: m.DataType.VARCHAR,
        int: m.DataType.INT64,
        float: m.DataType.DOUBLE,
        dict: m.DataType.JSON,
    }
    schema = m.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    index = m.MilvusClient.prepare_index_params()
    columns: Mapping[str, type] = (
        {"id": str, "asset": str, "space": str, "chunk": str}
        if what == VOID
        else {name: column.type for name, column in FILTER_COLUMNS.items()}
    )
    for name, kind in columns.items():
        options = {"max_length": 1024 if name == "id" else MAX_STRING_BYTES} if kind is str else {}
        schema.add_field(name, types[kind], is_primary=name == "id", **options)
    if what == CHUNKS:
        _add_texts(schema, has_bm25)
    if what == CHUNKS and has_bm25:
        index.add_index(BM25_FIELD, index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    else:
        schema.add_field("vector", m.DataType.FLOAT_VECTOR, dim=space.dim if space else 2)
        index.add_index(
            "vector",
            index_type="AUTOINDEX" if space else "FLAT",
            metric_type=milvus_metric(space) if space else "L2",
        )
    if has_bm25:  # older servers have other indexes of strings
        index.add_index("asset", index_type="INVERTED")
    return schema, index


def _add_texts(schema: Any, has_bm25: bool) -> None:
    m = pymilvus()
    schema.add_field(
        "body",
        m.DataType.ARRAY,
        element_type=m.DataType.VARCHAR,
        max_capacity=MAX_STRINGS,
        max_length=MAX_STRING_BYTES,
    )
    schema.add_field(
        "words", m.DataType.VARCHAR, max_length=MAX_STRING_BYTES, enable_analyzer=has_bm25
    )
    if has_bm25:
        schema.add_field(BM25_FIELD, m.DataType.SPARSE_FLOAT_VECTOR)
        bm25 = m.Function(
            name="bm25",
            function_type=m.FunctionType.BM25,
            input_field_names=["words"],
            output_field_names=[BM25_FIELD],
        )
        schema.add_function(bm25)


def placeholder_vector(name: str, has_bm25: bool) -> dict[str, Any]:
    """The vector of a row that has nothing to compare."""
    return {"vector": [0.0, 0.0]} if name == VOID or (name == CHUNKS and not has_bm25) else {}


def void_row(space: str, chunk: str, asset: str) -> dict[str, Any]:
    """The row that says: this chunk has no vector in that space."""
    return {
        "id": f"{chunk}/{space}",
        "asset": asset,
        "space": space,
        "chunk": chunk,
        **placeholder_vector(VOID, True),
    }
