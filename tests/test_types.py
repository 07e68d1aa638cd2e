"""The values: laws of places, content identity, and where a stretch of a chunk's text lies."""

from __future__ import annotations

import json
import pickle
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.types import Asset, Chunk, Hit, TextSpan, Part, Ranking, Route, Space, Span, Step, unique


@st.composite
def pairs(draw: st.DrawFn, numbers: st.SearchStrategy[float]) -> tuple[float, float]:
    a, b = sorted((draw(numbers), draw(numbers)))
    return a, b


@st.composite
def boxes(draw: st.DrawFn) -> tuple[float, float, float, float]:
    # exact in binary, so that equality is a fair question
    fraction = st.integers(0, 64).map(lambda n: n / 64)
    (x0, x1), (y0, y1) = draw(pairs(fraction)), draw(pairs(fraction))
    return x0, y0, x1, y1


eighths = st.integers(0, 8000).map(lambda n: n / 8)
spans = st.builds(
    Span,
    page=st.none() | st.integers(1, 999),
    box=st.none() | boxes(),
    seconds=st.none() | pairs(eighths),
    lines=st.none() | pairs(st.integers(1, 9999)),
    cells=st.none() | st.sampled_from(["B2:D9", "Sheet!A1:A3"]),
    node=st.none() | st.text(min_size=1, max_size=8),
    chars=st.none() | pairs(st.integers(0, 9999)),
)


def near(a: Span, b: Span) -> bool:
    """Equal, but for the rounding of fractions of fractions."""
    if bool(a.box) != bool(b.box) or (a.box and b.box and a.box != pytest.approx(b.box)):
        return False
    return {**a.to_dict(), "box": 0} == {**b.to_dict(), "box": 0}


@given(spans, spans, spans)
def test_within_is_associative(a: Span, b: Span, c: Span) -> None:
    """A place in a place in a place is the same, whichever is worked out first."""
    assert near(a.within(b).within(c), a.within(b.within(c)))


@given(spans)
def test_an_empty_span_is_the_unit_of_within(a: Span) -> None:
    """The whole asset adds nothing to a place, inside or out."""
    assert a.within(Span()) == a == Span().within(a)


@given(spans)
def test_a_span_survives_json(a: Span) -> None:
    """What is written to a store is the same place when it is read."""
    assert Span.from_dict(json.loads(json.dumps(a.to_dict()))) == a
    assert pickle.loads(pickle.dumps(a)) == a


@given(boxes(), boxes())
def test_union_of_boxes_commutes_and_covers(a: tuple[float, ...], b: tuple[float, ...]) -> None:
    """Of two boxes neither is first, and the union holds both."""
    both = Span(box=a).union(Span(box=b))
    assert both == Span(box=b).union(Span(box=a))
    assert both.box is not None
    assert both.box[:2] == (min(a[0], b[0]), min(a[1], b[1]))
    assert both.box[2:] == (max(a[2], b[2]), max(a[3], b[3]))


@given(spans, spans)
def test_union_keeps_what_either_says(a: Span, b: Span) -> None:
    """No field that one of them has is lost, and a span with itself is itself."""
    assert set(a.union(b).to_dict()) == set(a.to_dict()) | set(b.to_dict())
    assert a.union(a) == a


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (Span(), "whole"),
        (Span(page=3, box=(0.1, 0.2, 0.5, 0.4)), "p. 3"),
        (Span(box=(0.1, 0.2, 0.5, 0.4)), "x 10-50 %, y 20-40 %"),
        (Span(box=(0.0, 0.0, 1.0, 1.0)), "whole"),
        (Span(seconds=(12, 18.4)), "00:12-00:18"),
        (Span(seconds=(3725, 3725.5)), "1:02:05"),
        (Span(lines=(7, 7)), "L7"),
        (Span(lines=(10, 24)), "L10-24"),
        (Span(cells="Sheet!B2:D9"), "Sheet!B2:D9"),
        (Span(chars=(0, 12)), "chars 0-12"),
        (Span(page=2, lines=(1, 2), chars=(0, 12)), "p. 2, L1-2"),
        (Span(node="seat"), "seat"),
    ],
)
def test_a_span_reads_well(span: Span, said: str) -> None:
    """The place that people see in answers."""
    assert str(span) == said
    assert bool(span) == (span != Span())


def test_a_part_is_its_content(tmp_path: Path) -> None:
    """A file and its bytes are one part; name, mime and meta do not tell parts apart; content,
    modality and place do.
    """
    path = tmp_path / "a.png"
    path.write_bytes(b"pixels")
    file, held = (
        Part("image", path, mime="image/png", name="a"),
        Part("image", b"pixels", meta={"x": 1}),
    )
    assert file == held
    assert hash(file) == hash(held)
    assert file.id == held.id
    assert len(file.id) == 32
    others = [
        Part("audio", b"pixels"), Part("image", b"pixel"), Part("image", "pixels"), Part("image", b"pixels", span=Span(page=1)),
        Part("image", np.zeros((2, 2, 3), np.uint8)), Part("image", np.zeros((2, 2, 3), np.float32)), Part("image", np.zeros((3, 2, 2), np.uint8)),
    ]  # fmt: skip
    assert len({held, *others}) == 1 + len(others)
    assert held != "pixels"


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
        chunk.with_(span=Span(page=2)), chunk.with_(modality="text"), chunk.with_(part=Part("image", "/a")), chunk.with_(part=Part("text", "/a")),
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


@pytest.mark.parametrize(
    ("a", "b", "both"),
    [
        ("B2", "B2", "B2"),
        ("B2", "A1", "A1:B2"),
        ("Z9:Z10", "AA2", "Z2:AA10"),
        ("B2:D2", "C3", "B2:D3"),
        ("It's! S!B2", "It's! S!B3", "It's! S!B2:B3"),
        ("S!B2", "B3", "S!B2"),
        ("S!B2", "T!B3", "S!B2"),
        ("B:D", "B3", "B:D"),
    ],
)
def test_cells_are_united_on_one_sheet(a: str, b: str, both: str) -> None:
    """Columns count as letters do: Z is before AA. What is no range of cells stays as it is."""
    assert Span(cells=a).union(Span(cells=b)) == Span(cells=both)


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
