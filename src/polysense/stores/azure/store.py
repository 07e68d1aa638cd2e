"""Azure AI Search: an index of chunks with BM25, and one of vectors for each space.

The service answers a write before its index shows it. Reads of the process that wrote wait until
they see the last of it, 10 s at most; other processes see it when the service shows it, which is
within seconds. Counts are the service's, which calls them approximate.

What a filter says that OData cannot (LIKE with % or _, the order of letters, two columns, the order
of a chunk's own values) is evaluated here, over the rows that the rest of it leaves: exact, and as
slow as reading them. https://learn.microsoft.com/azure/search
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from polysense.columns import FILTER_COLUMNS
from polysense.protocols import Match, Store, Vectors
from polysense.read.language.analysis import analyse_query
from polysense.stores.azure.candidates import Candidates
from polysense.stores.azure.connection import (
    SPACES_SECONDS,
    Connection,
    azure_search,
    new_write_id,
)
from polysense.stores.azure.schema import (
    BODY_PAGE_ROWS,
    PAGE_ROWS,
    PRESENCE,
    VECTOR,
    chunk_document,
    filter_fields,
    id_batches,
    index_words,
    is_key,
    row_of,
    vector_metric,
    vector_numbers,
)
from polysense.stores.azure.where import Filter, any_of, odata
from polysense.stores.rows import (
    BODY_COLUMNS,
    CHUNK_COLUMNS,
    COLUMNS,
    chunk_from_row,
    chunk_row,
    filter_row,
)
from polysense.types import Chunk, Space
from polysense.vectors.late_interaction import has_vector

MAX_NEIGHBOURS = 10_000
"""Results of one search by a vector, by the service's own limit."""

MAX_WORDS = 1000
"""Words of a question that are searched, below the 1,024 clauses that the service takes."""


class AzureSearch(Connection, Store):
    """A library in Azure AI Search.

    path is what follows azure://, such as "papers/kb" for the service papers: options are
    endpoint=https://HOST for one elsewhere, key=VARIABLE for the environment variable with its key
    (AZURE_SEARCH_API_KEY), and exact=true to compare with every vector instead of the graph's.
    """

    extra = "azure"
    capabilities = frozenset({"bm25", "filters", "persistent"})

    def add(self, chunks: Sequence[Chunk]) -> None:
        if not chunks:
            return
        rows, write_id = {c.id: chunk_row(c) for c in chunks}, new_write_id()
        with self._write_lock:
            documents = [chunk_document(r, write_id) for r in rows.values()]
            self._upload(self.address.chunks_index, None, documents)
            # vectors that are there follow their chunks: the service leaves out those that are not
            fields = [filter_fields(r, write_id) for r in rows.values()]
            for index in self._space_indexes(SPACES_SECONDS):
                self._merge(index, fields)

    def add_vectors(
        self, space: Space, chunks: Sequence[Chunk], vectors: Vectors | Sequence[Vectors]
    ) -> None:
        vector_metric(space)  # refuses what it cannot keep
        write_id = new_write_id()
        documents = {
            c.id: filter_fields(filter_row(c), write_id)
            | {VECTOR: vector_numbers(v) if ok else None, PRESENCE: bool(ok)}
            for c, v, ok in zip(chunks, vectors, has_vector(vectors), strict=True)
        }
        if documents:
            with self._write_lock:
                index = self.address.space_index(space.name)
                self._upload(index, space, list(documents.values()))

    def lexical(self, text: str, k: int, where: str = "") -> list[Match]:
        condition, words = odata(where), index_words(analyse_query(text)).split()[:MAX_WORDS]
        if not words or k < 1:
            return []
        options = {
            "search_text": " ".join(words),
            "search_fields": ["words"],
            "search_mode": "any",
            "query_type": "simple",
            "select": ["id", "modality"],
            "top": k,
        }
        index = self.address.chunks_index
        return _best(
            (
                Match(d["id"], float(d["@search.score"]), d["modality"])
                for f in self._filters(index, condition, where)
                for d in self._search(index, f, **options)
            ),
            k,
        )

    def nearest(self, space: Space, vector: Vectors, k: int, where: str = "") -> list[Match]:
        metric, condition = vector_metric(space), odata(where)
        if k < 1:
            return []
        k = min(k, MAX_NEIGHBOURS)
        query = azure_search().search.documents.models.VectorizedQuery(
            vector=vector_numbers(vector),
            k_nearest_neighbors=k,
            fields=VECTOR,
            exhaustive=self.address.is_exact,
        )
        is_dot = metric != "cosine"
        options = {
            "vector_queries": [query],
            "vector_filter_mode": "preFilter",
            "select": ["id", "modality", *([VECTOR] if is_dot else [])],
            "top": k,
        }
        index = self.address.space_index(space.name)
        return _best(
            (
                Match(d["id"], _similarity(d, vector if is_dot else None), d["modality"])
                for f in self._filters(index, condition, where)
                for d in self._search(index, f, **options)
            ),
            k,
        )

    def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
        index, keys = self.address.chunks_index, [i for i in ids if is_key(i)]
        rows = (
            row_of(d, CHUNK_COLUMNS)
            for batch in id_batches(keys, BODY_PAGE_ROWS)
            for d in self._by_id(index, batch, CHUNK_COLUMNS)
        )
        return {r["id"]: chunk_from_row(r) for r in rows}

    def scan(self, where: str = "", columns: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        names = list(columns or COLUMNS)
        for document in self._rows_where(self.address.chunks_index, where, names):
            yield row_of(document, names)

    def missing(self, space: Space, where: str = "") -> list[str]:
        present = set(self._ids(self.address.space_index(space.name)))
        return [r["id"] for r in self.scan(where, ["id"]) if r["id"] not in present]

    def vectors(self, space: Space, ids: Sequence[str]) -> dict[str, Vectors]:
        index, keys = self.address.space_index(space.name), [i for i in ids if is_key(i)]
        documents = (
            d
            for batch in id_batches(keys, BODY_PAGE_ROWS)
            for d in self._by_id(index, batch, [VECTOR])
        )
        return {d["id"]: np.asarray(d[VECTOR], np.float32) for d in documents if d[VECTOR]}

    def holds(self, space: Space) -> bool:
        index = self.address.space_index(space.name)
        return bool(self._search(index, f"{PRESENCE} eq true", select=["id"], top=1))

    def forget(self, space: str, ids: Sequence[str]) -> None:
        with self._write_lock:
            self._delete(self.address.space_index(space), [i for i in ids if is_key(i)])

    def delete(self, assets: Sequence[str]) -> None:
        with self._write_lock:
            # chunks last: stopped before, the same call finishes it
            for index in (*self._space_indexes(), self.address.chunks_index):
                for batch in id_batches(assets):
                    self._delete(index, list(self._ids(index, any_of("asset", batch))))

    def drop(self, space: str) -> None:
        with self._write_lock:
            self._drop_index(self.address.space_index(space))

    def optimize(self) -> None:
        """Sweep out vectors whose chunk is gone. The service compacts and indexes by itself."""
        with self._write_lock:
            if indexes := self._space_indexes():
                chunk_ids = set(self._ids(self.address.chunks_index))
                for index in indexes:
                    self._delete(index, [i for i in self._ids(index) if i not in chunk_ids])

    def count(self, where: str = "") -> int:
        condition, index = odata(where), self.address.chunks_index
        if condition.is_exact:
            return self._count(index, condition.text)
        return sum(1 for _ in self._rows_where(index, where, ["id"]))

    def _rows_where(
        self, index: str, where: str, fields: Sequence[str]
    ) -> Iterator[Mapping[str, Any]]:
        """The documents that a condition holds for, with these fields."""
        condition = odata(where)
        size = BODY_PAGE_ROWS if set(fields) & set(BODY_COLUMNS) - {"schema"} else PAGE_ROWS
        if condition.is_exact:
            for page in self._pages(index, condition.text, fields, size):
                yield from page
            return
        candidates = Candidates()
        try:
            for page in self._pages(index, condition.text, [*fields, *FILTER_COLUMNS], size):
                ids = candidates.fulfilling(page, where)
                yield from (d for d in page if d["id"] in ids)
        finally:
            candidates.close()

    def _filters(self, index: str, condition: Filter, where: str) -> Iterator[str]:
        """What the service filters a search by: the condition, or the ids that it holds for."""
        if condition.is_exact:
            yield condition.text
            return
        ids = [d["id"] for d in self._rows_where(index, where, ["id"])]
        for batch in id_batches(ids):
            yield any_of("id", batch)


def _similarity(document: Mapping[str, Any], query: Vectors | None) -> float:
    """The dot product with a query, or without one the cosine: the service's score is
    1 / (2 - cosine).
    """
    if query is not None:
        return float(np.asarray(document[VECTOR], np.float32) @ np.asarray(query, np.float32))
    return 2.0 - 1.0 / float(document["@search.score"])


def _best(matches: Iterator[Match], k: int) -> list[Match]:
    """Best first; equal scores by id, so that the same question gives the same order."""
    return sorted(matches, key=lambda m: (-m.score, m.id))[:k]
