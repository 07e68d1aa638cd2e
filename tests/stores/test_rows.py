"""A chunk as a row, and back."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from polysense.stores.rows import BODY, FILTERS, NEEDED, chunk_of, filters_of, quoted, row_of
from polysense.types import Asset, Chunk, Mark, Part, Span

ASSET = Asset(
    "a" * 32,
    "/home/it's/talk.mp4",
    "video/mp4",
    "video",
    9,
    {"created": "2026-01-31", "modified": "2026-02-01"},
    Path("/home/it's/talk.mp4"),
)
CHUNK = Chunk(
    ASSET,
    Span(seconds=(12.5, 18.0)),
    "video",
    Part("image", Path("/home/it's/talk.mp4"), "video/mp4", "talk.mp4", Span(seconds=(12.5, 12.5))),
    "said",
    "Talk > Tides",
    (Mark(0, 4, Span(seconds=(12.5, 13.0))),),
    {"lang": "en", "iso": 100},
)


def test_a_row_has_every_column() -> None:
    """No more, no less; filters are repeated beside vectors."""
    assert set(row_of(CHUNK)) == {*FILTERS, *BODY}
    assert set(filters_of(CHUNK)) == set(FILTERS)
    assert row_of(CHUNK)["words"].startswith("talk.mp4\nTalk > Tides\nsaid")
    assert (row_of(CHUNK)["begins"], row_of(CHUNK)["folder"], row_of(CHUNK)["native"]) == (
        12.5,
        "it's",
        "image",
    )


def test_there_and_back() -> None:
    """The chunk that was put in comes out, and can cross to a worker."""
    again = chunk_of(row_of(CHUNK))
    assert (again.id, again.span, again.marks, again.text, again.context) == (
        CHUNK.id,
        CHUNK.span,
        CHUNK.marks,
        CHUNK.text,
        CHUNK.context,
    )
    assert again.asset == ASSET
    assert again.asset.path == ASSET.path
    assert dict(again.asset.meta) == dict(ASSET.meta)
    assert dict(again.meta) == dict(CHUNK.meta)
    assert again.part is not None
    assert CHUNK.part is not None
    for name in ("modality", "data", "mime", "name", "span"):
        assert getattr(again.part, name) == getattr(CHUNK.part, name)
    assert pickle.loads(pickle.dumps(again)).id == CHUNK.id


def test_a_chunk_needs_only_some_columns() -> None:
    """Those that a store reads for it; nothing of the chunk is lost with the others."""
    assert chunk_of({c: row_of(CHUNK)[c] for c in NEEDED}) == chunk_of(row_of(CHUNK))
    for missing in NEEDED:
        if missing != "id":
            with pytest.raises(KeyError):
                chunk_of({c: row_of(CHUNK)[c] for c in NEEDED if c != missing})


def test_members_of_archives_have_no_path() -> None:
    """What lies in a zip is reached by its uri."""
    member = CHUNK.with_(asset=Asset("b" * 32, "/home/box.zip!/a.png", "image/png", "image", 1))
    again = chunk_of(row_of(member))
    assert again.asset.path is None
    assert again.part is not None
    assert again.part.data == "/home/box.zip!/a.png"


def test_what_no_store_can_write_is_replaced() -> None:
    """Lone surrogates, of broken file names and broken text."""
    row = row_of(
        CHUNK.with_(
            text="a\ud800b",
            meta={"x": "\udfff"},
            asset=Asset("b" * 32, "/a\udce9.txt", "", "text", 1),
        )
    )
    for value in row.values():
        str(value).encode("utf-8")
    assert row["text"] == "a?b"


def test_quoting() -> None:
    """A quote in an id stays in it."""
    assert quoted(["a", "b'c", "');--"]) == "('a', 'b''c', ''');--')"
    assert quoted([]) == "()"
