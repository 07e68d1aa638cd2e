"""Indexes and documents, without a server."""

from __future__ import annotations

import json

import pytest

from polysense.columns import FILTER_COLUMNS
from polysense.errors import MissingDependency
from polysense.stores.azure.schema import (
    BATCH_CHARACTERS,
    MAX_TERM_BYTES,
    VECTOR,
    chunk_document,
    document_batches,
    index_definition,
    index_words,
    is_key,
    own_term,
    own_terms,
    row_of,
    vector_metric,
)
from polysense.stores.rows import COLUMNS, chunk_from_row, chunk_row
from polysense.types import Asset, Chunk, Space, Span


def chunk(n: int, text: str = "the moon", **more: object) -> Chunk:
    asset = Asset(f"{n:032x}", f"/a/{n}.txt", "text/plain", "text", 1)
    return Chunk(asset, Span(page=1), "text", text=text, **more)  # type: ignore[arg-type]


def test_indexes_have_every_column() -> None:
    """That of chunks all, that of a space what filters see, and the vector."""
    chunks = {f["name"]: f for f in index_definition("kb-chunks", None)["fields"]}
    assert set(COLUMNS) <= set(chunks)
    assert [n for n, f in chunks.items() if f["key"]] == ["id"]
    assert [n for n, f in chunks.items() if f["searchable"]] == ["words"]
    assert not any(f["facetable"] for f in chunks.values())
    definition = index_definition("kb-v-x", Space("x", "1", 8, "dot"))
    vectors = {f["name"]: f for f in definition["fields"]}
    assert set(FILTER_COLUMNS) < set(vectors)
    assert vectors[VECTOR]["dimensions"] == 8
    graph = definition["vectorSearch"]["algorithms"][0]["hnswParameters"]
    assert graph["metric"] == "dotProduct"
    assert 4 <= graph["m"] <= 10
    assert graph["efSearch"] <= 1000


def test_a_space_that_it_cannot_keep_is_refused() -> None:
    """By name, with what to do."""
    assert vector_metric(Space("a", "1", 2)) == "cosine"
    for space in (
        Space("colpali", "1", 8, "maxsim"),
        Space("big", "1", 4097),
        Space("bit", "1", 1),
    ):
        with pytest.raises(MissingDependency, match=space.name) as e:
            vector_metric(space)
        assert e.value.hint


def test_documents_there_and_back() -> None:
    """A chunk is the same after it was a document; columns that do not apply are none."""
    for c in (
        chunk(1, meta={"camera": "O'Brien", "iso": 400, "night": True}),
        chunk(2, "月" * 50_000).with_(span=Span(seconds=(0.0, 12.5)), modality="audio"),
    ):
        document = json.loads(json.dumps(chunk_document(chunk_row(c), "w")))
        row = row_of(document)
        assert set(row) == set(COLUMNS)
        assert chunk_from_row(row) == chunk_from_row(chunk_row(c))
        assert row["line"] is None
    assert row_of(document, ["page", "begins"]) == {"page": None, "begins": 0.0}


def test_terms_of_own_values() -> None:
    """A name, a type and a value each; numbers that are equal have one term; what is too long for
    the service has none, and no name can be taken for another's value.
    """
    assert own_terms("") == []
    assert own_terms('{"a": null, "b": [1]}') == ["b"]
    assert own_term("a", "float", 400) == own_term("a", "float", 400.0)
    assert own_term("a", "bool", True) != own_term("a", "string", "true")
    assert own_term("a=string=b") != own_term("a", "string", "b")
    assert own_terms(json.dumps({"a": "月" * MAX_TERM_BYTES})) == ["a", "a=string"]
    filters = chunk_document(chunk_row(chunk(1, meta={"a": "月" * MAX_TERM_BYTES})), "w")
    assert all(len(t.encode()) <= MAX_TERM_BYTES for t in filters["own"])


def test_words_and_keys_have_no_signs() -> None:
    """Nothing in a question is an operator of the service, nor in an id a wrong key."""
    assert index_words('get -"moon" | a* (b) ~3 收据') == "get moon a b 3 收据"
    assert is_key("0af3")
    assert not any(map(is_key, ("", "it's", "_a", "a/b")))


def test_requests_have_bounds() -> None:
    """Documents are sent in requests of a bounded size, each once, the largest alone."""
    documents = [{"id": str(n), "text": "x" * 3_000_000} for n in range(7)]
    documents += [{"id": f"small{n}"} for n in range(2500)] + [
        {"id": "big", "text": "x" * 9_000_000}
    ]
    batches = list(document_batches(documents))
    assert [d for b in batches for d in b] == documents
    assert max(map(len, batches)) <= 1000
    assert all(len(b) == 1 or len(json.dumps(b)) < BATCH_CHARACTERS * 1.1 for b in batches)
