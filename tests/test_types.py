"""The values: content identity, and where a stretch of a chunk's text lies."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.types import (
    Asset,
    Chunk,
    Hit,
    Part,
    Ranking,
    Route,
    Space,
    Span,
    Step,
    TextSpan,
    unique,
)


def test_a_part_is_its_content(tmp_path: Path) -> None:
    """A file and its bytes are one part; name, mime and meta do not tell parts apart; content,
    modality and place do.
    """
    path = tmp_path / "a.png"
    path.write_bytes(b"pixels")
    file, content = (
        Part("image", path, mime="image/png", name="a"),
        Part("image", b"pixels", meta={"x": 1}),
    )
    assert file == content
    assert hash(file) == hash(content)
    assert file.id == content.id
    assert len(file.id) == 32
    others = [
        Part("audio", b"pixels"), Part("image", b"pixel"), Part("image", "pixels"),
        Part("image", b"pixels", span=Span(page=1)),
        Part("image", np.zeros((2, 2, 3), np.uint8)),
        Part("image", np.zeros((2, 2, 3), np.float32)),
        Part("image", np.zeros((3, 2, 2), np.uint8)),
    ]  # fmt: skip
    assert len({content, *others}) == 1 + len(others)
    assert content != "pixels"


@given(st.text())
def test_any_words_make_a_part(text: str) -> None:
    """Words are hashed and shown whatever is in them, lone surrogates too."""
    assert Part("text", text) == Part("text", text)
    assert len(repr(Part("text", text))) < 800
    assert len(Part("text", text + "\ud800").id) == 32


def test_parts_show_what_they_are() -> None:
    """A part in a log is short."""
    assert repr(Part("text", "x" * 100)) == f"Part('text', '{'x' * 57}...')"
    assert repr(Part("image", b"1234", span=Span(page=2))) == "Part('image', <4 bytes>, p. 2)"
    assert repr(Part("audio", np.zeros(5, np.float32))) == "Part('audio', <array (5,)>)"
    assert repr(Part("image", Path("/a.png"))) == "Part('image', /a.png)"


ASSET = Asset("a" * 32, "/home/me/box.zip!/in/talk.pdf", "application/pdf", "text", 9)


def test_an_asset_knows_its_name_and_folder() -> None:
    """Members of archives and Windows' paths have names and folders too."""
    assert (ASSET.name, ASSET.folder) == ("talk.pdf", "in")
    assert Asset("0", "/home/box.zip!/a.txt", "", "text", 1).folder == "box.zip"
    assert Asset("0", "C:\\docs\\a.txt", "", "text", 1).name == "a.txt"
    assert Asset("0", "a.txt", "", "text", 1).folder == ""
    assert str(ASSET) == "talk.pdf (application/pdf, 9 bytes)"


def test_a_chunk_id_is_its_place() -> None:
    """Derived words can follow without a new id; another place, modality, native content or asset
    is another chunk.
    """
    chunk = Chunk(ASSET, Span(page=1), "image")
    assert chunk.id == chunk.with_(text="read later", context="x", meta={"y": 1}).id
    assert hash(chunk) == hash(chunk.with_(text="read later"))
    others = [
        chunk.with_(span=Span(page=2)), chunk.with_(modality="text"),
        chunk.with_(part=Part("image", "/a")), chunk.with_(part=Part("text", "/a")),
        chunk.with_(asset=Asset("b" * 32, ASSET.uri, "", "text", 9)),
    ]  # fmt: skip
    assert len({c.id for c in [chunk, *others]}) == 6
    assert len(chunk.with_(asset=Asset("\ud800", "/x", "", "text", 1)).id) == 32


def test_words_are_context_then_text() -> None:
    """What the lexical index reads."""
    chunk = Chunk(ASSET, Span(page=1), "text", text="own", context="around")
    assert chunk.words == "around\nown"
    assert chunk.with_(context="").words == "own"
    assert chunk.with_(text="").words == "around"


def test_place_follows_the_marks() -> None:
    """A quote is cited by the lines that it touches, together; without marks, by the chunk's own
    place.
    """
    marks = (
        TextSpan(0, 5, Span(page=1, box=(0, 0, 0.5, 0.1))),
        TextSpan(6, 11, Span(page=1, box=(0, 0.1, 0.7, 0.2))),
        TextSpan(12, 17, Span(page=2)),
    )
    chunk = Chunk(ASSET, Span(page=1), "text", text="hello world again", marks=marks)
    assert chunk.place(0, 5) == marks[0].span
    assert chunk.place(3, 8).box == (0, 0, 0.7, 0.2)
    assert chunk.place(5, 6) == chunk.span
    assert chunk.place(8, 14).page == 1
    assert chunk.place(12, 17).page == 2
    assert chunk.with_(marks=()).place(0, 5) == chunk.span


def test_a_place_over_several_rows_or_pages() -> None:
    """Rows of one sheet are one range; of two sheets, or of two pages, the first is told, whole."""
    rows = [Span(cells=c) for c in ("S!B2:D2", "S!B4:D4", "T!A1")]
    pages = [
        Span(page=1, box=(0, 0.8, 1, 0.9)),
        Span(page=1, box=(0, 0.9, 1, 1.0)),
        Span(page=2, box=(0, 0, 1, 0.1)),
    ]
    table, text = (
        Chunk(
            ASSET,
            Span(page=9, box=(0.5, 0.5, 1, 1)),
            "text",
            text="abc",
            marks=tuple(TextSpan(n, n + 1, s) for n, s in enumerate(spans)),
        )
        for spans in (rows, pages)
    )
    assert table.place(0, 2) == Span(cells="S!B2:D4")
    assert table.place(0, 3) == Span(cells="S!B2:D4")
    assert text.place(0, 3) == Span(page=1, box=(0, 0.8, 1, 1.0))
    assert text.place(1, 3) == pages[1]


def test_rankings_are_sequences() -> None:
    """A ranking is sliced, iterated and counted like a list of hits, and keeps its warnings."""
    hits = tuple(
        Hit(Chunk(ASSET, Span(page=n), "text", text=f"page {n}"), 1 / n) for n in (1, 2, 3)
    )
    ranking = Ranking(hits, {"total": 1.0}, ("careful",))
    assert len(ranking) == 3
    assert [h.place.page for h in ranking] == [1, 2, 3]
    assert ranking[0] is hits[0]
    assert ranking[:2].warnings == ("careful",)
    assert len(ranking[:2]) == 2
    assert str(ranking[1]) == "0.5000  talk.pdf, p. 2: page 2"
    assert str(ranking).count("\n") == 2
    assert not Ranking()
    assert Hit(hits[0].chunk, 1.0, span=Span(page=1, lines=(2, 2))).place.lines == (2, 2)


def test_values_are_frozen_and_say_what_they_are() -> None:
    """Nothing that is passed around can be changed under somebody's hands."""
    with pytest.raises(FrozenInstanceError):
        ASSET.size = 1  # type: ignore[misc]
    assert str(Space("clip", "1", 512)) == "clip"
    assert (
        str(Route(("image",), "text", (Step("image", "text", "ocr", "bridged"),)))
        == "image -> text (ocr, bridged)"
    )
    assert unique(["b", "a", "b"]) == ("b", "a")
