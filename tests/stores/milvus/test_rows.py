"""Addresses, names and rows, without a server."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.errors import BadConfig
from polysense.stores.milvus.rows import (
    ABSENT,
    MAX_STRING_CHARACTERS,
    Address,
    chunk_entity,
    fields_of_columns,
    index_words,
    row_batches,
    row_from_entity,
)
from polysense.stores.rows import COLUMNS, chunk_from_row, chunk_row
from polysense.types import Asset, Chunk, Span


def chunk(n: int, text: str = "the moon", **more: object) -> Chunk:
    return Chunk(
        Asset(f"{n:032x}", f"/a/{n}.txt", "text/plain", "text", 1),
        Span(page=1),
        "text",
        text=text,
        **more,
    )  # type: ignore[arg-type]


SAMPLES = [
    chunk(1, meta={"camera": "Nikon", "iso": 400, "night": True}),
    chunk(2, meta={"camera": "O'Brien", "iso": 99.5}).with_(span=Span(lines=(10, 24))),
    chunk(3, meta={"night": False}).with_(span=Span(page=3)),
    chunk(4).with_(span=Span(seconds=(0.0, 12.5)), modality="audio"),
    chunk(5, meta={"camera": 'a "b"\n'}).with_(span=Span(seconds=(12.5, 18.0)), modality="audio"),
]


def test_addresses() -> None:
    """What follows milvus://: server, name, secrets, encryption, a file; and what is wrong with it."""
    plain = Address.parse("db.local/kb", {})
    assert (plain.uri, plain.name, plain.token, plain.is_lite) == (
        "http://db.local:19530",
        "kb",
        "",
        False,
    )
    full = Address.parse(
        "me:p%40ss@[::1]:9/my%20kb?secure=true&database=d&ca=/etc/ca.pem",
        {"POLYSENSE_MILVUS_TOKEN": "other"},
    )
    assert full == Address("https://[::1]:9", "my kb", "me:p@ss", "d", "/etc/ca.pem")
    assert Address.parse("db/kb", {"POLYSENSE_MILVUS_TOKEN": "root:x"}).token == "root:x"
    assert Address.parse("/tmp/kb.db", {}).is_lite
    assert "p@ss" not in repr(full)
    assert full.collection("chunks") == "my_20_kb_chunks"
    for wrong in ("", "/tmp/kb", "db:port/kb", "db/kb?colour=red", "db/kb?secure"):
        with pytest.raises(BadConfig) as e:
            Address.parse(wrong, {})
        assert e.value.hint


def test_names_of_collections_stay_apart() -> None:
    """No two libraries, nor a library and another's space, have a collection in common."""
    names = ["kb", "kb_vectors_x", "kb-vectors", "kb_", "k_b", "9", "n9", "ü"]
    collections = [
        Address("x", n).collection(what, space)
        for n in names
        for what, space in (("chunks", ""), ("vectors", "x"), ("vectors", "x_y"))
    ]
    assert len(set(collections)) == len(collections)
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", m) for m in collections)


def test_rows_there_and_back() -> None:
    """A chunk is the same after it was the fields of a collection; columns that do not apply are
    None again.
    """
    for c in SAMPLES:
        entity = chunk_entity(chunk_row(c))
        assert all(len(p.encode()) < 65_536 for p in entity["body"])
        row = row_from_entity(entity)
        assert set(row) == set(COLUMNS)
        assert chunk_from_row(row) == chunk_from_row(chunk_row(c))
        assert chunk_from_row(row).meta == c.meta
    assert row_from_entity({"page": ABSENT, "begins": 3.0}, ["page", "begins"]) == {
        "page": None,
        "begins": 3.0,
    }
    assert fields_of_columns(["id", "page"]) == ["id", "page"]
    assert fields_of_columns(["id", "text", "meta"]) == ["id", "body"]


@given(st.text(max_size=60))
def test_words_are_letters_and_digits(value: str) -> None:
    """Whatever is written, the index gets words that every tokenizer leaves whole."""
    assert re.fullmatch(r"(?:[a-z0-9]+(?: [a-z0-9]+)*)?", index_words(value))


def test_messages_have_bounds() -> None:
    """Rows are sent in messages of a bounded size, each row once."""
    rows = [{"id": str(n), "body": ["x" * MAX_STRING_CHARACTERS] * 100} for n in range(20)]
    messages = list(row_batches(rows))
    assert [r["id"] for batch in messages for r in batch] == [r["id"] for r in rows]
    assert max(sum(len(p) for r in batch for p in r["body"]) for batch in messages) < 12_000_000
