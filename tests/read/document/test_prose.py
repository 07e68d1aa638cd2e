"""Passages, contexts, marks and links, whatever the format they come from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polysense.read.document.prose import (
    LONGEST,
    Block,
    Document,
    Heading,
    Line,
    Mention,
    Words,
    compose,
    plain,
)
from polysense.read.file import text as texts
from polysense.read.file.references import link_words, target, trail
from polysense.types import Asset, Chunk, Link, Span

ASSET = Asset(id="0" * 32, uri="/docs/page.txt", mime="text/plain", modality="text", size=1)


def made(*blocks: Block, title: str = "") -> tuple[list[Chunk], list[Link]]:
    found = list(compose(ASSET, Document(blocks, title)))
    return [f for f in found if isinstance(f, Chunk)], [f for f in found if isinstance(f, Link)]


def test_a_passage_never_crosses_a_heading_and_tells_the_way_to_it() -> None:
    chunks, _ = made(
        Heading(1, "Owls", 1), Words(plain("An owl.", 2)), Heading(2, "Food", 3), Words(plain("Mice.", 4)), Heading(1, "Bats", 5),
        Words(plain("A bat.", 6)), title="Night",
    )  # fmt: skip
    assert [c.text for c in chunks] == ["An owl.", "Mice.", "A bat."]
    assert [c.context for c in chunks] == ["Night > Owls", "Night > Owls > Food", "Night > Bats"]


def test_no_heading_is_lost() -> None:
    chunks, _ = made(
        Heading(1, "Empty", 1),
        Heading(1, "Full", 2),
        Words(plain("Words.", 3)),
        Heading(2, "Last", 4),
    )
    assert [(c.text, c.span.lines) for c in chunks] == [
        ("Empty", (1, 1)),
        ("Words.", (3, 3)),
        ("Last", (4, 4)),
    ]


def test_a_sentence_is_cited_to_its_lines() -> None:
    (chunk,), _ = made(Words(plain("One is here. Two\ngoes over. Three.", 10)))
    start = chunk.text.index("Two")
    assert chunk.span.lines == (10, 11)
    assert chunk.place(start, start + len("Two goes over.")).lines == (10, 11)
    assert chunk.place(chunk.text.index("Three"), len(chunk.text)).lines == (11, 11)


def test_pieces_of_one_line_have_places_of_their_own() -> None:
    said = " ".join(f"Sentence number {n} is here." for n in range(200))
    chunks, _ = made(Words(plain(said)))
    assert len(chunks) > 3
    assert len({c.id for c in chunks}) == len(chunks)
    for chunk in chunks:
        assert chunk.span.chars
        assert said[slice(*chunk.span.chars)] == chunk.text
        for mark in chunk.marks:
            assert mark.span.chars
            assert said[slice(*mark.span.chars)] == chunk.text[mark.start : mark.end]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(alphabet="ab .\n中#", max_size=300), max_size=8),
    st.sampled_from(["prose", "code", "table", "apart"]),
)
def test_every_word_lands_in_exactly_one_chunk_with_a_place(said: list[str], kind: str) -> None:
    blocks = [Words(plain(one, 1 + 400 * n), kind) for n, one in enumerate(said)]  # type: ignore[arg-type]
    chunks, _ = made(*blocks)
    assert sum(len("".join(c.text.split())) for c in chunks) == sum(
        len("".join(one.split())) for one in said
    )
    assert len({c.id for c in chunks}) == len(chunks)
    assert all(
        c.span.lines
        and len(c.text) <= LONGEST
        and all(0 <= m.start < m.end <= len(c.text) for m in c.marks)
        for c in chunks
    )


def test_code_and_tables_are_evidence_of_their_own_with_the_words_before_them() -> None:
    rows = [Line("name | age", 5, 5), *(Line(f"person {n} | {n}", 6 + n, 6 + n) for n in range(80))]
    code, table = Words(plain("x = 1", 3), "code", "python"), Words(rows, "table", caption="People")
    chunks, _ = made(Words(plain("We read it. Like this:", 1)), code, table)
    by = {
        modality: [c for c in chunks if c.modality == modality]
        for modality in ("text", "code", "table")
    }
    assert by["code"][0].context == "Like this:"
    assert by["code"][0].meta["language"] == "python"
    assert by["table"][0].context.startswith("People")
    assert len(by["table"]) > 1
    assert all("name | age" in c.words for c in by["table"])


def test_a_link_says_alt_caption_heading_and_what_is_near_but_nothing_about_its_neighbour() -> None:
    _, links = made(
        Heading(1, "Birds", 1), Words(plain("Owls hunt at night.", 2)), Mention("owl.png", ("An owl", "Fig. 1"), (3, 3), 0, 6),
        Words(plain("An owl", 3)), Mention("bat.png", ("A bat",), (4, 4), 0, 5), Words(plain("A bat", 4)),
    )  # fmt: skip
    assert [(link.target, link.words) for link in links] == [
        ("/docs/owl.png", "An owl\nFig. 1\nBirds\nOwls hunt at night."),
        ("/docs/bat.png", "A bat\nBirds"),
    ]


def test_files_named_in_running_words_and_code_are_linked() -> None:
    code = Words(plain('read("data/eight.tif")', 2), "code", "python")
    _, links = made(Words(plain("See a/dog.jpg, http://x.org/cat.png and me@cat.pdf.")), code)
    assert [(link.target, link.span.lines) for link in links] == [
        ("/docs/a/dog.jpg", (1, 1)),
        ("/docs/data/eight.tif", (2, 2)),
    ]


def test_a_picture_inside_the_document_is_a_chunk() -> None:
    document = Document([Mention("in.png", ("An owl",), (1, 1)), Mention("out.png", (), (2, 2))])
    image, link = compose(
        ASSET, document, inner=lambda ref: Span(node="img/in.png") if ref == "in.png" else None
    )
    assert isinstance(image, Chunk)
    assert (image.modality, image.context, image.span.node) == ("image", "An owl", "img/in.png")
    assert isinstance(link, Link)


@pytest.mark.parametrize(
    ("ref", "path"),
    [
        ("b.png", "/a/b.png"), ("../b%20c.png?x=1#y", "/b c.png"), ("{{ site.url }}b.png", "/a/b.png"), ("https://x.y/b.png", ""),
        ("//x.y/b.png", ""), ("data:image/png;base64,AAAA", ""), ("#top", ""), ("", ""), ("\0.png", ""), ("mailto:a@b.c", ""),
    ],
)  # fmt: skip
def test_where_a_reference_leads(ref: str, path: str) -> None:
    assert target("/a/page.html", ref) == path


def test_a_document_in_an_archive_cannot_point_out_of_it() -> None:
    assert target("/a/x.zip!/d/page.html", "../b.png") == "/a/x.zip!/b.png"
    assert target("/a/x.zip!/d/page.html", "../../secret.png") == ""


def test_pages_of_a_site_find_their_pictures(tmp_path: Path) -> None:
    (tmp_path / "episodes" / "fig").mkdir(parents=True)
    (tmp_path / "learners").mkdir()
    picture = tmp_path / "episodes" / "fig" / "a.png"
    picture.touch()
    assert target(str(tmp_path / "learners" / "x.md"), "fig/a.png") == str(picture)
    assert target(str(tmp_path / "learners" / "x.md"), "/fig/a.png") == str(picture)
    assert target(str(tmp_path / "learners" / "x.md"), "a.png") == str(
        tmp_path / "learners" / "a.png"
    )


def test_words_of_links_and_trails_are_short() -> None:
    assert texts.count(link_words("word " * 100)) == 60
    assert texts.count(link_words("字" * 100)) == 60
    assert trail("T", "a " * 50, "b") == f"T > {'a ' * 23}a > b"
