"""Milvus, standalone or a cluster: a collection of chunks with BM25, one of vectors for each space,
one of what has no vector.

Full-text search needs a server of 2.5 or later; an older one keeps and compares vectors, and
`capabilities` says so. Milvus Lite, a file, serves for trying things out: each of its queries reads
every row, and one process opens it at a time. https://milvus.io/docs
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np

from polysense.errors import Lacking
from polysense.protocols import Match, Store, Vectors
from polysense.stores.milvus.rows import (
    Address,
    batches,
    entity_of,
    fields_for,
    fields_of,
    ranked,
    row_of_entity,
    said,
    some,
)
from polysense.stores.milvus.schema import (
    BM25_SINCE,
    CHUNKS,
    VECTORS,
    VOID,
    fault,
    filler,
    metric,
    plan,
    pymilvus,
    void_of,
)
from polysense.stores.milvus.where import ALWAYS, among, expression, text
from polysense.stores.rows import NEEDED, chunk_of, filters_of, row_of
from polysense.types import Chunk, Space

MOST = 16_384
"""Results that a server gives to one search."""

FRESH = 1.0
"""Seconds for which a collection that was there is taken to be there still."""

SETTLES = 5.0
"""Seconds after a deletion for which reads wait until all is seen: a server does not tell when what
it deleted is gone.
"""

_PATTERN = re.compile(r' like "(?![^"%_\\]*%?"\))')  # more than a beginning
_CONNECT, _CALL, _MAKE = 10.0, 30.0, 120.0  # seconds
_SEEN, _OWN = {"consistency_level": "Strong"}, {"consistency_level": "Session"}


class Milvus(Store):
    """A library in Milvus. path is what follows milvus://, such as
    "user:password@host:19530/name?secure=true".

    scan and count see every write of every process, and wait for that (0.2 to 0.4 s, measured);
    searches see their own process's writes at once, and others' as soon as the server shows them.
    """

    def __init__(self, path: str) -> None:
        self.address = Address.parse(path)
        self._lock, self._writing = threading.RLock(), threading.RLock()
        self._there: dict[str, float] = {}
        self._deleted: dict[str, float] = {}
        self._spoken: bool | None = None

    @property
    def capabilities(self) -> frozenset[str]:  # type: ignore[override]
        """Asked of the server. Raises LibraryError where none answers, Lacking without pymilvus."""
        words = {"bm25"} if self._speaks else set()
        return frozenset({"filters", "persistent"} | words)

    def add(self, chunks: Sequence[Chunk]) -> None:
        if not chunks:
            return
        given = {c.id: c for c in chunks}
        with self._writing:
            name = self._made(CHUNKS)
            known = {
                r["id"]
                for ids in some(list(given))
                for r in self._query(name, among("id", ids), ["id"], _SEEN)
            }
            more = filler(CHUNKS, self._speaks)
            self._upsert(name, [entity_of(row_of(c)) | more for c in given.values()])
            if known:
                self._refresh({i: given[i] for i in known})

    def add_vectors(self, space: Space, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        usable: list[bool] = np.asarray(np.isfinite(vectors).all(axis=1)).tolist()
        held = {
            c.id: fields_of(filters_of(c)) | {"vector": v.tolist()}
            for c, v, ok in zip(chunks, vectors, usable, strict=True)
            if ok
        }
        empty = {c.id: c.asset.id for c, ok in zip(chunks, usable, strict=True) if not ok}
        with self._writing:
            if held:
                self._upsert(self._made(VECTORS, space), list(held.values()))
                self._forget_void(space.name, list(held))
            if empty:
                if there := self._existing(VECTORS, space.name):
                    self._delete(there, "id", list(empty))
                rows = [
                    void_of(space.name, chunk, asset)
                    for chunk, asset in empty.items()
                    if chunk not in held
                ]
                self._upsert(self._made(VOID), rows)

    def lexical(self, text: str, k: int, where: str = "") -> list[Match]:
        words, name = said(text), self._existing(CHUNKS)
        if not words or name is None:
            return []
        if not self._speaks:
            raise Lacking(
                f"{self._server} has no search by words",
                "Use Milvus 2.5 or later, and index into a new library there.",
            )
        return self._search(name, words, "said", "BM25", k, where)

    def nearest(self, space: Space, vector: Vectors, k: int, where: str = "") -> list[Match]:
        name = self._existing(VECTORS, space.name)
        return (
            []
            if name is None
            else self._search(name, vector.tolist(), "vector", metric(space), k, where)
        )

    def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
        name = self._existing(CHUNKS)
        if name is None:
            return {}
        rows = (r for batch in some(ids) for r in self._query(name, among("id", batch), ["body"]))
        return {r["id"]: chunk_of(r) for r in (row_of_entity(e, NEEDED) for e in rows)}

    def scan(self, where: str = "", columns: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        if name := self._existing(CHUNKS):
            for entity in self._each(name, self._condition(where), fields_for(columns)):
                yield row_of_entity(entity, columns)

    def missing(self, space: Space, where: str = "") -> list[str]:
        have: set[str] = set()
        if name := self._existing(VECTORS, space.name):
            have |= {r["id"] for r in self._each(name, "", ["id"], self._level(name))}
        if name := self._existing(VOID):
            have |= {
                r["chunk"]
                for r in self._each(
                    name, f"space == {text(space.name)}", ["chunk"], self._level(name)
                )
            }
        return [r["id"] for r in self.scan(where, ["id"]) if r["id"] not in have]

    def vectors(self, space: Space, ids: Sequence[str]) -> dict[str, Vectors]:
        name = self._existing(VECTORS, space.name)
        rows = (
            (
                r
                for batch in some(ids)
                for r in self._query(name, among("id", batch), ["id", "vector"])
            )
            if name
            else ()
        )
        return {r["id"]: np.asarray(r["vector"], np.float32) for r in rows}

    def holds(self, space: Space) -> bool:
        name = self._existing(VECTORS, space.name)
        return name is not None and bool(self._query(name, ALWAYS, ["id"], limit=1))

    def forget(self, space: str, ids: Sequence[str]) -> None:
        with self._writing:
            if name := self._existing(VECTORS, space):
                self._delete(name, "id", ids)
            self._forget_void(space, ids)

    def delete(self, assets: Sequence[str]) -> None:
        with self._writing:
            chunks = self._existing(CHUNKS)
            others = [n for n in self._names() if n != chunks]
            for batch in some(assets):
                ids = (
                    [r["id"] for r in self._query(chunks, among("asset", batch), ["id"], _SEEN)]
                    if chunks
                    else []
                )
                # by ids, but for the one that has ids of its own: a deletion by a condition first
                # reads, and waits
                for name in others:
                    void = name == self.address.collection(VOID)
                    self._delete(name, "asset" if void else "id", batch if void else ids)
                if chunks:  # last: stopped before, the same call finishes it
                    self._delete(chunks, "id", ids)

    def drop(self, space: str) -> None:
        with self._writing:
            name = self.address.collection(VECTORS, space)
            if name in self._names():
                with self._faults():
                    self._client.drop_collection(name, timeout=_CALL)
            self._there.pop(name, None)
            if there := self._existing(VOID):
                self._clear(there, f"space == {text(space)}")

    def optimize(self) -> None:
        """Sweep out vectors whose chunk is gone. A server compacts and indexes by itself."""
        if (chunks := self._existing(CHUNKS)) is None:
            return
        with self._writing:
            living = {r["id"] for r in self._each(chunks, "", ["id"])}
            for name in self._names():
                key = "chunk" if name == self.address.collection(VOID) else "id"
                gone = (
                    [
                        r[key]
                        for r in self._each(name, "", [key], self._level(name))
                        if r[key] not in living
                    ]
                    if name != chunks
                    else []
                )
                self._delete(name, key, gone)

    def count(self, where: str = "") -> int:
        name = self._existing(CHUNKS)
        return (
            0
            if name is None
            else int(self._query(name, self._condition(where), ["count(*)"], _SEEN)[0]["count(*)"])
        )

    def close(self) -> None:
        """Close the connection; a file of Milvus Lite stays open until the process ends."""
        with self._lock:
            if client := self.__dict__.pop("_client", None):
                client.close()
            self._there.clear()

    # -- collections
    # -------------------------------------------------------------------------------------------------------------

    @cached_property
    def _client(self) -> Any:
        at = self.address
        more = {"server_pem_path": at.ca} if at.ca else {}
        client = pymilvus().MilvusClient
        # it logs a traceback of every refusal, and raises it too
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
        with self._faults():
            return client(uri=at.uri, token=at.token, db_name=at.database, timeout=_CONNECT, **more)

    @cached_property
    def _server(self) -> str:
        with self._faults():
            return f"Milvus {self._client.get_server_version(timeout=_CONNECT)}"

    @property
    def _speaks(self) -> bool:
        """Whether words can be searched: the collection has the function, or a new one will. Old
        servers leave it out without a word.
        """
        if name := self._existing(CHUNKS):
            return self._functions(name)
        version = re.search(r"(\d+)\.(\d+)", self._server)
        return "milvus_lite" in self._server or (
            version is not None and (int(version[1]), int(version[2])) >= BM25_SINCE
        )

    def _functions(self, name: str) -> bool:
        if self._spoken is None:
            with self._faults():
                self._spoken = bool(
                    self._client.describe_collection(name, timeout=_CALL).get("functions")
                )
        return self._spoken

    def _names(self) -> list[str]:
        """The library's collections."""
        ours = (self.address.collection(CHUNKS), self.address.collection(VOID))
        vectors = self.address.collection(VECTORS) + "_"
        with self._faults():
            return [
                n
                for n in self._client.list_collections(timeout=_CALL)
                if n in ours or n.startswith(vectors)
            ]

    def _existing(self, what: str, space: str = "") -> str | None:
        name = self.address.collection(what, space)
        with self._lock:
            if time.monotonic() - self._there.get(name, -FRESH) > FRESH:
                with self._faults():
                    if not self._client.has_collection(name, timeout=_CALL):
                        self._there.pop(name, None)
                        return None
                    if name not in self._there:
                        self._client.load_collection(name, timeout=_MAKE)
                self._there[name] = time.monotonic()
        return name

    def _made(self, what: str, space: Space | None = None) -> str:
        """A collection's name; it is made where it is not there."""
        name = self._existing(what, space.name if space else "")
        if name is None:
            name = self.address.collection(what, space.name if space else "")
            schema, index = plan(what, space, self._speaks)
            with self._faults():
                self._client.create_collection(
                    name, schema=schema, index_params=index, timeout=_MAKE, **_OWN
                )
        return name

    def _condition(self, where: str) -> str:
        written = expression(where)
        if _PATTERN.search(written) and not self._speaks:
            raise Lacking(
                f"{self._server} has no LIKE but for beginnings",
                "Use Milvus 2.5 or later, or write LIKE 'beginning%'.",
            )
        return written

    def _query(
        self,
        name: str,
        condition: str,
        fields: Sequence[str],
        level: Mapping[str, str] | None = None,
        limit: int = 0,
    ) -> list[Any]:
        level = self._level(name) if level is None else level
        more = {"limit": limit} if limit else {}
        with self._faults():
            return list(
                self._client.query(
                    name,
                    filter=condition,
                    output_fields=list(fields),
                    timeout=_CALL,
                    **level,
                    **more,
                )
            )

    def _each(
        self, name: str, condition: str, fields: Sequence[str], level: Mapping[str, str] = _SEEN
    ) -> Iterator[Mapping[str, Any]]:
        """All rows, some at a time. One call where they are few: the server's iterator makes six."""
        most = 1000 if "body" in fields else MOST
        first = self._query(name, condition or ALWAYS, fields, level, most)
        if len(first) < most:
            yield from first
            return
        with self._faults():
            rows = self._client.query_iterator(
                name,
                batch_size=most,
                filter=condition,
                output_fields=list(fields),
                timeout=_CALL,
                **level,
            )
        try:
            while batch := self._next(rows):
                yield from batch
        finally:
            rows.close()

    def _next(self, rows: Any) -> list[Any]:
        with self._faults():
            return list(rows.next())

    def _search(
        self, name: str, what: Any, field: str, metric: str, k: int, where: str
    ) -> list[Match]:
        with self._faults():
            found = self._client.search(
                name, data=[what], anns_field=field, limit=min(k, MOST), filter=self._condition(where), output_fields=["modality"],
                search_params={"metric_type": metric}, timeout=_CALL, **self._level(name),
            )  # fmt: skip
        # Milvus Lite tells scores of BM25 as distances, below zero; no server's are
        return ranked(
            [h | {"distance": abs(h["distance"])} for h in found[0]]
            if metric == "BM25"
            else found[0]
        )

    def _upsert(self, name: str, rows: Sequence[dict[str, Any]]) -> None:
        for batch in batches(rows):
            with self._faults():
                self._client.upsert(name, batch, timeout=_CALL)

    def _delete(self, name: str, column: str, values: Sequence[str]) -> None:
        for batch in some(values):
            self._clear(name, among(column, batch))

    def _clear(self, name: str, condition: str) -> None:
        with self._faults():
            self._client.delete(name, filter=condition, timeout=_CALL)
        self._deleted[name] = time.monotonic()

    def _level(self, name: str) -> Mapping[str, str]:
        return _SEEN if time.monotonic() - self._deleted.get(name, -SETTLES) < SETTLES else _OWN

    def _forget_void(self, space: str, ids: Sequence[str]) -> None:
        if name := self._existing(VOID):
            self._delete(name, "id", [void_of(space, i, "")["id"] for i in ids])

    def _refresh(self, chunks: Mapping[str, Chunk]) -> None:
        """Vectors of chunks that were replaced: what filters see beside them is as it is beside the
        words.
        """
        for name in self._names():
            if name.startswith(self.address.collection(VECTORS)):
                held = [
                    r
                    for batch in some(list(chunks))
                    for r in self._query(name, among("id", batch), ["id", "vector"], _SEEN)
                ]
                self._upsert(
                    name,
                    [
                        fields_of(filters_of(chunks[r["id"]])) | {"vector": list(r["vector"])}
                        for r in held
                    ],
                )

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """The server's refusals, said in our words."""
        refusals = pymilvus().exceptions.MilvusException
        try:
            yield
        except refusals as e:
            raise fault(str(e), self.address) from e
