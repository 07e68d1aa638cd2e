"""A chunk as a row, and back."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from polysense.columns import FILTER_COLUMNS
from polysense.stores.rows import (
    BODY_COLUMNS,
    CHUNK_COLUMNS,
    chunk_from_row,
    chunk_row,
    filter_row,
    sql_list,
)
from polysense.types import Asset, Chunk, Part, Span, TextSpan

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
    (TextSpan(0, 4, Span(seconds=(12.5, 13.0))),),
    {"lang": "en", "iso": 100},
)


def test_a_row_has_every_column() -> None:
    """No more, no less; filters are repeated beside vectors."""
    assert set(chunk_row(CHUNK)) == {*FILTER_COLUMNS, *BODY_COLUMNS}
    assert set(filter_row(CHUNK)) == set(FILTER_COLUMNS)
    assert chunk_row(CHUNK)["words"].startswith("talk mp4 talk tide")
    assert (chunk_row(CHUNK)["begins"], chunk_row(CHUNK)["folder"], chunk_row(CHUNK)["native"]) == (
        12.5,
        "it's",
        "image",
    )


def test_there_and_back() -> None:
    """The chunk that was put in comes out, and can cross to a worker."""
    again = chunk_from_row(chunk_row(CHUNK))
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
    assert chunk_from_row({c: chunk_row(CHUNK)[c] for c in CHUNK_COLUMNS}) == chunk_from_row(
        chunk_row(CHUNK)
    )
    for missing in CHUNK_COLUMNS:
        if missing not in ("id", "asset_modality"):
            with pytest.raises(KeyError):
                chunk_from_row({c: chunk_row(CHUNK)[c] for c in CHUNK_COLUMNS if c != missing})


def test_a_chunk_keeps_the_modality_of_its_file() -> None:
    """A table in a page of words is a table of a file that is text; a row from before that was kept
    has it by the type of the file.
    """
    page = Asset("c" * 32, "/home/README.md", "text/markdown", "text", 9)
    row = chunk_row(Chunk(page, Span(lines=(3, 5)), "table", text="| a | b |"))
    assert chunk_from_row(row).asset == page
    assert chunk_from_row(row).modality == "table"
    old = {c: v for c, v in row.items() if c not in ("asset_modality", "schema")}
    assert chunk_from_row(old).asset == page


def test_members_of_archives_have_no_path() -> None:
    """What lies in a zip is reached by its uri."""
    member = CHUNK.with_(asset=Asset("b" * 32, "/home/box.zip!/a.png", "image/png", "image", 1))
    again = chunk_from_row(chunk_row(member))
    assert again.asset.path is None
    assert again.part is not None
    assert again.part.data == "/home/box.zip!/a.png"


def test_what_no_store_can_write_is_replaced() -> None:
    """Lone surrogates, of broken file names and broken text."""
    row = chunk_row(
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
    assert sql_list(["a", "b'c", "');--"]) == "('a', 'b''c', ''');--')"
    assert sql_list([]) == "()"
