"""Passages, contexts, marks and links, whatever the format they come from."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from polysense.read.document.blocks import (
    Block,
    Document,
    Heading,
    Mention,
    SourceLine,
    TextBlock,
    numbered_lines,
)
from polysense.read.document.chunking import MAX_PASSAGE_CHARS, chunk_document
from polysense.types import Asset, Chunk, Link, Span

ASSET = Asset(id="0" * 32, uri="/docs/page.txt", mime="text/plain", modality="text", size=1)


def chunks_and_links(*blocks: Block, title: str = "") -> tuple[list[Chunk], list[Link]]:
    items = list(chunk_document(ASSET, Document(blocks, title)))
    return [f for f in items if isinstance(f, Chunk)], [f for f in items if isinstance(f, Link)]


def test_a_passage_never_crosses_a_heading_and_tells_the_way_to_it() -> None:
    chunks, _ = chunks_and_links(
        Heading(1, "Owls", 1),
        TextBlock(numbered_lines("An owl.", 2)),
        Heading(2, "Food", 3),
        TextBlock(numbered_lines("Mice.", 4)),
        Heading(1, "Bats", 5),
        TextBlock(numbered_lines("A bat.", 6)),
        title="Night",
    )
    assert [c.text for c in chunks] == ["An owl.", "Mice.", "A bat."]
    assert [c.context for c in chunks] == ["Night > Owls", "Night > Owls > Food", "Night > Bats"]


def test_no_heading_is_lost() -> None:
    chunks, _ = chunks_and_links(
        Heading(1, "Empty", 1),
        Heading(1, "Full", 2),
        TextBlock(numbered_lines("Words.", 3)),
        Heading(2, "Last", 4),
    )
    assert [(c.text, c.span.lines) for c in chunks] == [
        ("Empty", (1, 1)),
        ("Words.", (3, 3)),
        ("Last", (4, 4)),
    ]


def test_a_sentence_is_cited_to_its_lines() -> None:
    (chunk,), _ = chunks_and_links(
        TextBlock(numbered_lines("One is here. Two\ngoes over. Three.", 10))
    )
    start = chunk.text.index("Two")
    assert chunk.span.lines == (10, 11)
    assert chunk.place(start, start + len("Two goes over.")).lines == (10, 11)
    assert chunk.place(chunk.text.index("Three"), len(chunk.text)).lines == (11, 11)


def test_pieces_of_one_line_have_places_of_their_own() -> None:
    text = " ".join(f"Sentence number {n} is here." for n in range(200))
    chunks, _ = chunks_and_links(TextBlock(numbered_lines(text)))
    assert len(chunks) > 3
    assert len({c.id for c in chunks}) == len(chunks)
    for chunk in chunks:
        assert chunk.span.chars
        assert text[slice(*chunk.span.chars)] == chunk.text
        for mark in chunk.marks:
            assert mark.span.chars
            assert text[slice(*mark.span.chars)] == chunk.text[mark.start : mark.end]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(alphabet="ab .\n中#", max_size=300), max_size=8),
    st.sampled_from(["prose", "code", "table", "aside"]),
)
def test_every_word_lands_in_exactly_one_chunk_with_a_place(texts: list[str], kind: str) -> None:
    blocks = [TextBlock(numbered_lines(one, 1 + 400 * n), kind) for n, one in enumerate(texts)]  # type: ignore[arg-type]
    chunks, _ = chunks_and_links(*blocks)
    assert sum(len("".join(c.text.split())) for c in chunks) == sum(
        len("".join(one.split())) for one in texts
    )
    assert len({c.id for c in chunks}) == len(chunks)
    assert all(
        c.span.lines
        and len(c.text) <= MAX_PASSAGE_CHARS
        and all(0 <= m.start < m.end <= len(c.text) for m in c.marks)
        for c in chunks
    )


def test_code_and_tables_are_evidence_of_their_own_with_the_words_before_them() -> None:
    rows = [
        SourceLine("name | age", 5, 5),
        *(SourceLine(f"person {n} | {n}", 6 + n, 6 + n) for n in range(80)),
    ]
    code, table = (
        TextBlock(numbered_lines("x = 1", 3), "code", "python"),
        TextBlock(rows, "table", caption="People"),
    )
    chunks, _ = chunks_and_links(
        TextBlock(numbered_lines("We read it. Like this:", 1)), code, table
    )
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
    _, links = chunks_and_links(
        Heading(1, "Birds", 1),
        TextBlock(numbered_lines("Owls hunt at night.", 2)),
        Mention("owl.png", ("An owl", "Fig. 1"), (3, 3), 0, 6),
        TextBlock(numbered_lines("An owl", 3)),
        Mention("bat.png", ("A bat",), (4, 4), 0, 5),
        TextBlock(numbered_lines("A bat", 4)),
    )
    assert [(link.target, link.words) for link in links] == [
        ("/docs/owl.png", "An owl\nFig. 1\nBirds\nOwls hunt at night."),
        ("/docs/bat.png", "A bat\nBirds"),
    ]


def test_files_named_in_running_words_and_code_are_linked() -> None:
    code = TextBlock(numbered_lines('read("data/eight.tif")', 2), "code", "python")
    _, links = chunks_and_links(
        TextBlock(numbered_lines("See a/dog.jpg, http://x.org/cat.png and me@cat.pdf.")), code
    )
    assert [(link.target, link.span.lines) for link in links] == [
        ("/docs/a/dog.jpg", (1, 1)),
        ("/docs/data/eight.tif", (2, 2)),
    ]


def test_a_picture_inside_the_document_is_a_chunk() -> None:
    document = Document([Mention("in.png", ("An owl",), (1, 1)), Mention("out.png", (), (2, 2))])
    image, link = chunk_document(
        ASSET,
        document,
        locate_picture=lambda ref: Span(node="img/in.png") if ref == "in.png" else None,
    )
    assert isinstance(image, Chunk)
    assert (image.modality, image.context, image.span.node) == ("image", "An owl", "img/in.png")
    assert isinstance(link, Link)
