"""What a Milvus library's collections are made of, and what a server's refusals mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polysense.errors import Lacking, LibraryError, PolysenseError, ReadOnly, StorageFull
from polysense.stores.milvus.rows import Address
from polysense.stores.rows import FILTERS
from polysense.types import Space

CHUNKS, VECTORS, VOID = "chunks", "vectors", "void"
BM25_SINCE = (2, 5)

METRICS: Mapping[str, str] = {"cosine": "COSINE", "dot": "IP"}

_STRING = 65_535  # bytes: the most that a field takes
_PIECES = 4096
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
        "Its folder must exist, one process alone may have it open, and it needs milvus-lite: pip install milvus-lite.",
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
    """The pymilvus module. Raises Lacking."""
    try:
        import pymilvus
        import pymilvus.exceptions
    except ImportError as e:
        raise Lacking(
            "a library in Milvus needs pymilvus", "Install it: pip install 'polysense[milvus]'"
        ) from e
    return pymilvus


def fault(said: str, address: Address) -> PolysenseError:
    """The error that a server's refusal is."""
    low = said.lower()
    for words, kind, what, hint in _REFUSALS:
        if any(w in low for w in words):
            return kind(f"Milvus at {address.uri} {what}", hint)
    return LibraryError(f"Milvus at {address.uri} failed: {said.splitlines()[0][:300] if said else 'it does not say why'}",
                        "Look at the server's log, then run the same command again.")  # fmt: skip


def metric(space: Space) -> str:
    """Milvus's name for how a space compares. Raises Lacking."""
    if space.metric not in METRICS:
        raise Lacking(
            f"a Milvus library keeps no {space.metric} spaces, such as {space.name}",
            "Leave that encoder out, or use a folder.",
        )
    return METRICS[space.metric]


def plan(what: str, space: Space | None, words: bool) -> tuple[Any, Any]:
    """The schema of a collection and its indexes. words: whether the server has BM25.

    Every collection has a vector, because servers before 2.6 make none without: two numbers where
    there is nothing to compare.
    """
    m = pymilvus()
    kinds = {
        str: m.DataType.VARCHAR,
        int: m.DataType.INT64,
        float: m.DataType.DOUBLE,
        dict: m.DataType.JSON,
    }
    schema = m.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    index = m.MilvusClient.prepare_index_params()
    columns: Mapping[str, type] = (
        {"id": str, "asset": str, "space": str, "chunk": str} if what == VOID else FILTERS
    )
    for name, kind in columns.items():
        more = {"max_length": 1024 if name == "id" else _STRING} if kind is str else {}
        schema.add_field(name, kinds[kind], is_primary=name == "id", **more)
    if what == CHUNKS:
        schema.add_field(
            "body",
            m.DataType.ARRAY,
            element_type=m.DataType.VARCHAR,
            max_capacity=_PIECES,
            max_length=_STRING,
        )
        schema.add_field("words", m.DataType.VARCHAR, max_length=_STRING, enable_analyzer=words)
    if what == CHUNKS and words:
        schema.add_field("said", m.DataType.SPARSE_FLOAT_VECTOR)
        bm25 = m.Function(
            name="bm25",
            function_type=m.FunctionType.BM25,
            input_field_names=["words"],
            output_field_names=["said"],
        )
        schema.add_function(bm25)
        index.add_index("said", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    else:
        schema.add_field("vector", m.DataType.FLOAT_VECTOR, dim=space.dim if space else 2)
        index.add_index(
            "vector",
            index_type="AUTOINDEX" if space else "FLAT",
            metric_type=metric(space) if space else "L2",
        )
    if words:  # older servers have other indexes of strings
        index.add_index("asset", index_type="INVERTED")
    return schema, index


def filler(what: str, words: bool) -> dict[str, Any]:
    """The vector of a row that has nothing to compare."""
    return {"vector": [0.0, 0.0]} if what == VOID or (what == CHUNKS and not words) else {}


def void_of(space: str, chunk: str, asset: str) -> dict[str, Any]:
    """The row that says: this chunk has no vector in that space."""
    return {
        "id": f"{chunk}/{space}",
        "asset": asset,
        "space": space,
        "chunk": chunk,
        **filler(VOID, True),
    }
