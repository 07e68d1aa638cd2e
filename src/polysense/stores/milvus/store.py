"""Milvus, standalone or a cluster: collections of chunks with BM25, and of vectors by space.

Full-text search needs a server of 2.5 or later; an older one keeps and compares vectors, and
`capabilities` says so. Milvus Lite, a file, serves for trying things out: each of its queries reads
every row, and one process opens it at a time. https://milvus.io/docs
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from polysense.errors import MissingDependency
from polysense.protocols import Match, Store, Vectors
from polysense.read.language.analysis import analyse_query
from polysense.stores.milvus.connection import STRONG, Connection
from polysense.stores.milvus.rows import (
    chunk_entity,
    fields_of_columns,
    filter_fields,
    id_batches,
    index_words,
    row_from_entity,
)
from polysense.stores.milvus.schema import (
    BM25_FIELD,
    CHUNKS,
    VECTORS,
    VOID,
    milvus_metric,
    placeholder_vector,
    void_row,
)
from polysense.stores.milvus.where import ALWAYS, any_of, quote
from polysense.stores.rows import CHUNK_COLUMNS, chunk_from_row, chunk_row, filter_row
from polysense.types import Chunk, Space
from polysense.vectors.late_interaction import has_vector


class Milvus(Connection, Store):
    """A library in Milvus.

    path is what follows milvus://, such as "user:password@host:19530/name?secure=true".

    scan and count see every write of every process, and wait for that (0.2 to 0.4 s, measured);
    searches see their own process's writes at once, and others' as soon as the server shows them.
    """

    extra = "milvus"

    @property
    def capabilities(self) -> frozenset[str]:  # type: ignore[override]
        """As the server has them.

        Raises LibraryError where none answers, MissingDependency without pymilvus.
        """
        bm25 = {"bm25"} if self._has_bm25 else set()
        return frozenset({"filters", "persistent"} | bm25)

    def add(self, chunks: Sequence[Chunk]) -> None:
        if not chunks:
            return
        by_id = {c.id: c for c in chunks}
        with self._write_lock:
            name = self._ensure_collection(CHUNKS)
            updates = {
                r["id"]
                for ids in id_batches(list(by_id))
                for r in self._query(name, any_of("id", ids), ["id"], STRONG)
            }
            vector = placeholder_vector(CHUNKS, self._has_bm25)
            self._upsert(name, [chunk_entity(chunk_row(c)) | vector for c in by_id.values()])
            if updates:
                self._refresh({i: by_id[i] for i in updates})

    def add_vectors(
        self, space: Space, chunks: Sequence[Chunk], vectors: Vectors | Sequence[Vectors]
    ) -> None:
        milvus_metric(space)  # refuses what it cannot keep
        is_usable = has_vector(vectors)
        vector_rows = {
            c.id: filter_fields(filter_row(c)) | {"vector": v.tolist()}
            for c, v, ok in zip(chunks, vectors, is_usable, strict=True)
            if ok
        }
        void_assets = {c.id: c.asset.id for c, ok in zip(chunks, is_usable, strict=True) if not ok}
        with self._write_lock:
            if vector_rows:
                self._upsert(self._ensure_collection(VECTORS, space), list(vector_rows.values()))
                self._delete_void_rows(space.name, list(vector_rows))
            if void_assets:
                if vectors_name := self._open_collection(VECTORS, space.name):
                    self._delete(vectors_name, "id", list(void_assets))
                rows = [
                    void_row(space.name, chunk, asset)
                    for chunk, asset in void_assets.items()
                    if chunk not in vector_rows
                ]
                self._upsert(self._ensure_collection(VOID), rows)

    def lexical(self, text: str, k: int, where: str = "") -> list[Match]:
        words, name = index_words(analyse_query(text)), self._open_collection(CHUNKS)
        if not words or name is None:
            return []
        if not self._has_bm25:
            raise MissingDependency(
                f"{self._server} has no search by words",
                "Use Milvus 2.5 or later, and index into a new library there.",
            )
        return self._search(name, words, BM25_FIELD, "BM25", k, where)

    def nearest(self, space: Space, vector: Vectors, k: int, where: str = "") -> list[Match]:
        name = self._open_collection(VECTORS, space.name)
        return (
            []
            if name is None
            else self._search(name, vector.tolist(), "vector", milvus_metric(space), k, where)
        )

    def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
        name = self._open_collection(CHUNKS)
        if name is None:
            return {}
        rows = (
            r for batch in id_batches(ids) for r in self._query(name, any_of("id", batch), ["body"])
        )
        return {
            r["id"]: chunk_from_row(r) for r in (row_from_entity(e, CHUNK_COLUMNS) for e in rows)
        }

    def scan(self, where: str = "", columns: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        if name := self._open_collection(CHUNKS):
            for entity in self._iterate(name, self._condition(where), fields_of_columns(columns)):
                yield row_from_entity(entity, columns)

    def missing(self, space: Space, where: str = "") -> list[str]:
        present: set[str] = set()
        if name := self._open_collection(VECTORS, space.name):
            present |= {r["id"] for r in self._iterate(name, "", ["id"], self._consistency(name))}
        if name := self._open_collection(VOID):
            present |= {
                r["chunk"]
                for r in self._iterate(
                    name, f"space == {quote(space.name)}", ["chunk"], self._consistency(name)
                )
            }
        return [r["id"] for r in self.scan(where, ["id"]) if r["id"] not in present]

    def vectors(self, space: Space, ids: Sequence[str]) -> dict[str, Vectors]:
        name = self._open_collection(VECTORS, space.name)
        rows = (
            (
                r
                for batch in id_batches(ids)
                for r in self._query(name, any_of("id", batch), ["id", "vector"])
            )
            if name
            else ()
        )
        return {r["id"]: np.asarray(r["vector"], np.float32) for r in rows}

    def holds(self, space: Space) -> bool:
        name = self._open_collection(VECTORS, space.name)
        return name is not None and bool(self._query(name, ALWAYS, ["id"], limit=1))

    def forget(self, space: str, ids: Sequence[str]) -> None:
        with self._write_lock:
            if name := self._open_collection(VECTORS, space):
                self._delete(name, "id", ids)
            self._delete_void_rows(space, ids)

    def delete(self, assets: Sequence[str]) -> None:
        with self._write_lock:
            chunks = self._open_collection(CHUNKS)
            others = [n for n in self._collections() if n != chunks]
            for batch in id_batches(assets):
                ids = (
                    [r["id"] for r in self._query(chunks, any_of("asset", batch), ["id"], STRONG)]
                    if chunks
                    else []
                )
                # by ids, but for the one that has ids of its own: a deletion by a condition first
                # reads, and waits
                for name in others:
                    is_void = name == self.address.collection(VOID)
                    self._delete(name, "asset" if is_void else "id", batch if is_void else ids)
                if chunks:  # last: stopped before, the same call finishes it
                    self._delete(chunks, "id", ids)

    def drop(self, space: str) -> None:
        with self._write_lock:
            name = self.address.collection(VECTORS, space)
            if name in self._collections():
                self._drop_collection(name)
            self._verified_at.pop(name, None)
            if void_name := self._open_collection(VOID):
                self._delete_where(void_name, f"space == {quote(space)}")

    def optimize(self) -> None:
        """Sweep out vectors whose chunk is gone. A server compacts and indexes by itself."""
        if (chunks := self._open_collection(CHUNKS)) is None:
            return
        with self._write_lock:
            chunk_ids = {r["id"] for r in self._iterate(chunks, "", ["id"])}
            for name in self._collections():
                key = "chunk" if name == self.address.collection(VOID) else "id"
                orphans = (
                    [
                        r[key]
                        for r in self._iterate(name, "", [key], self._consistency(name))
                        if r[key] not in chunk_ids
                    ]
                    if name != chunks
                    else []
                )
                self._delete(name, key, orphans)

    def count(self, where: str = "") -> int:
        name = self._open_collection(CHUNKS)
        return (
            0
            if name is None
            else int(self._query(name, self._condition(where), ["count(*)"], STRONG)[0]["count(*)"])
        )

    def _delete_void_rows(self, space: str, ids: Sequence[str]) -> None:
        if name := self._open_collection(VOID):
            self._delete(name, "id", [void_row(space, i, "")["id"] for i in ids])

    def _refresh(self, chunks: Mapping[str, Chunk]) -> None:
        """Give the vectors of chunks that were replaced the filter fields of the new ones."""
        for name in self._collections():
            if name.startswith(self.address.collection(VECTORS)):
                vector_rows = [
                    r
                    for batch in id_batches(list(chunks))
                    for r in self._query(name, any_of("id", batch), ["id", "vector"], STRONG)
                ]
                self._upsert(
                    name,
                    [
                        filter_fields(filter_row(chunks[r["id"]])) | {"vector": list(r["vector"])}
                        for r in vector_rows
                    ],
                )
