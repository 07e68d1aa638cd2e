"""A connection to Milvus: the library's collections there, queries, searches, writes, errors."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from polysense.errors import MissingDependency
from polysense.protocols import Match
from polysense.stores.milvus.rows import Address, id_batches, rank_hits, row_batches
from polysense.stores.milvus.schema import (
    BM25_SINCE,
    CHUNKS,
    VECTORS,
    VOID,
    collection_schema,
    error_for,
    pymilvus,
)
from polysense.stores.milvus.where import ALWAYS, any_of, expression
from polysense.types import Space

MAX_RESULTS = 16_384
"""Results that a server gives to one search: its own limit."""

FRESH_SECONDS = 1.0
"""Seconds for which a collection that was there is taken to be there still; judged."""

SETTLE_SECONDS = 5.0
"""Seconds after a deletion for which reads wait until all is seen: a server does not tell when what
it deleted is gone. Judged.
"""

CONNECT_SECONDS, CALL_SECONDS, CREATE_SECONDS = 10.0, 30.0, 120.0
"""How long connecting, a call, and making or loading a collection may take; judged."""

PAGE_ROWS = 1000
"""Chunks with their bodies that one answer holds, for its size; judged."""

STRONG, SESSION = {"consistency_level": "Strong"}, {"consistency_level": "Session"}
"""Reads that see every write, and reads that see this process's own."""

_WILDCARD_LIKE = re.compile(r' like "(?![^"%_\\]*%?"\))')  # more than a beginning


class Connection:
    """A client that connects at the first call. path is what follows milvus://."""

    def __init__(self, path: str) -> None:
        self.address = Address.parse(path)
        self._lock, self._write_lock = threading.RLock(), threading.RLock()
        self._verified_at: dict[str, float] = {}
        self._deleted_at: dict[str, float] = {}
        self._has_function: bool | None = None

    def close(self) -> None:
        """Close the connection; a file of Milvus Lite stays open until the process ends."""
        with self._lock:
            if client := self.__dict__.pop("_client", None):
                client.close()
            self._verified_at.clear()

    @cached_property
    def _client(self) -> Any:
        address = self.address
        options = {"server_pem_path": address.ca} if address.ca else {}
        client = pymilvus().MilvusClient
        # it logs a traceback of every refusal, and raises it too
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
        with self._translate_errors():
            return client(
                uri=address.uri,
                token=address.token,
                db_name=address.database,
                timeout=CONNECT_SECONDS,
                **options,
            )

    @cached_property
    def _server(self) -> str:
        with self._translate_errors():
            return f"Milvus {self._client.get_server_version(timeout=CONNECT_SECONDS)}"

    @property
    def _has_bm25(self) -> bool:
        """Whether words can be searched: the collection has the function, or a new one will."""
        # an old server leaves the function out without an error
        if name := self._open_collection(CHUNKS):
            return self._has_bm25_function(name)
        version = re.search(r"(\d+)\.(\d+)", self._server)
        return "milvus_lite" in self._server or (
            version is not None and (int(version[1]), int(version[2])) >= BM25_SINCE
        )

    def _has_bm25_function(self, name: str) -> bool:
        if self._has_function is None:
            with self._translate_errors():
                self._has_function = bool(
                    self._client.describe_collection(name, timeout=CALL_SECONDS).get("functions")
                )
        return self._has_function

    def _collections(self) -> list[str]:
        """The library's collections."""
        fixed = (self.address.collection(CHUNKS), self.address.collection(VOID))
        vectors = self.address.collection(VECTORS) + "_"
        with self._translate_errors():
            return [
                n
                for n in self._client.list_collections(timeout=CALL_SECONDS)
                if n in fixed or n.startswith(vectors)
            ]

    def _open_collection(self, kind: str, space: str = "") -> str | None:
        """A collection's name, loaded; None where it is not there."""
        name = self.address.collection(kind, space)
        with self._lock:
            if time.monotonic() - self._verified_at.get(name, -FRESH_SECONDS) > FRESH_SECONDS:
                with self._translate_errors():
                    if not self._client.has_collection(name, timeout=CALL_SECONDS):
                        self._verified_at.pop(name, None)
                        return None
                    if name not in self._verified_at:
                        self._client.load_collection(name, timeout=CREATE_SECONDS)
                self._verified_at[name] = time.monotonic()
        return name

    def _ensure_collection(self, kind: str, space: Space | None = None) -> str:
        """A collection's name; it is created where it is not there."""
        name = self._open_collection(kind, space.name if space else "")
        if name is None:
            name = self.address.collection(kind, space.name if space else "")
            schema, index = collection_schema(kind, space, self._has_bm25)
            with self._translate_errors():
                self._client.create_collection(
                    name, schema=schema, index_params=index, timeout=CREATE_SECONDS, **SESSION
                )
        return name

    def _drop_collection(self, name: str) -> None:
        with self._translate_errors():
            self._client.drop_collection(name, timeout=CALL_SECONDS)

    def _condition(self, where: str) -> str:
        """A compiled condition as this server takes it."""
        condition = expression(where)
        if _WILDCARD_LIKE.search(condition) and not self._has_bm25:
            raise MissingDependency(
                f"{self._server} has no LIKE but for beginnings",
                "Use Milvus 2.5 or later, or write LIKE 'beginning%'.",
            )
        return condition

    def _query(
        self,
        name: str,
        condition: str,
        fields: Sequence[str],
        consistency: Mapping[str, str] | None = None,
        limit: int = 0,
    ) -> list[Any]:
        consistency = self._consistency(name) if consistency is None else consistency
        options = {"limit": limit} if limit else {}
        with self._translate_errors():
            return list(
                self._client.query(
                    name,
                    filter=condition,
                    output_fields=list(fields),
                    timeout=CALL_SECONDS,
                    **consistency,
                    **options,
                )
            )

    def _iterate(
        self,
        name: str,
        condition: str,
        fields: Sequence[str],
        consistency: Mapping[str, str] = STRONG,
    ) -> Iterator[Mapping[str, Any]]:
        """All rows, some at a time."""
        # one call where they are few: the server's iterator makes six
        page_size = PAGE_ROWS if "body" in fields else MAX_RESULTS
        first = self._query(name, condition or ALWAYS, fields, consistency, page_size)
        if len(first) < page_size:
            yield from first
            return
        with self._translate_errors():
            rows = self._client.query_iterator(
                name,
                batch_size=page_size,
                filter=condition,
                output_fields=list(fields),
                timeout=CALL_SECONDS,
                **consistency,
            )
        try:
            while batch := self._next_rows(rows):
                yield from batch
        finally:
            rows.close()

    def _next_rows(self, rows: Any) -> list[Any]:
        with self._translate_errors():
            return list(rows.next())

    def _search(
        self, name: str, target: Any, field: str, metric: str, k: int, where: str
    ) -> list[Match]:
        with self._translate_errors():
            hits = self._client.search(
                name,
                data=[target],
                anns_field=field,
                limit=min(k, MAX_RESULTS),
                filter=self._condition(where),
                output_fields=["modality"],
                search_params={"metric_type": metric},
                timeout=CALL_SECONDS,
                **self._consistency(name),
            )[0]
        if metric == "BM25":  # Milvus Lite gives its scores as distances, below zero
            hits = [h | {"distance": abs(h["distance"])} for h in hits]
        return rank_hits(hits)

    def _upsert(self, name: str, rows: Sequence[dict[str, Any]]) -> None:
        for batch in row_batches(rows):
            with self._translate_errors():
                self._client.upsert(name, batch, timeout=CALL_SECONDS)

    def _delete(self, name: str, column: str, values: Sequence[str]) -> None:
        for batch in id_batches(values):
            self._delete_where(name, any_of(column, batch))

    def _delete_where(self, name: str, condition: str) -> None:
        with self._translate_errors():
            self._client.delete(name, filter=condition, timeout=CALL_SECONDS)
        self._deleted_at[name] = time.monotonic()

    def _consistency(self, name: str) -> Mapping[str, str]:
        return (
            STRONG
            if time.monotonic() - self._deleted_at.get(name, -SETTLE_SECONDS) < SETTLE_SECONDS
            else SESSION
        )

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """The server's errors as ours."""
        server_error = pymilvus().exceptions.MilvusException
        try:
            yield
        except server_error as e:
            raise error_for(str(e), self.address) from e
