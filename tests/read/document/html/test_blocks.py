"""Blocks of web pages, and pages that say much of many files."""

from __future__ import annotations

import time

import pytest

from polysense.read.document.blocks import Block, Heading, Mention, TextBlock
from polysense.read.document.html import blocks as html

N = 60_000
SOURCES = "".join(f"<source src={n}.mp4 title=t{n}>" for n in range(N // 4))
HOSTILE = {
    "figure": "<figure>" + "<img src=a.png><p>x" * (N // 4) + "</figure>",
    "video": f"<video>{SOURCES}</video>",
    "captions": "<table>" + "<tr><td>x<td>y" * (N // 10) + "<caption>a</caption>" * (N // 10),
}


def mentions(markup: str) -> dict[str, Mention]:
    return {b.ref: b for b in html.read(markup).blocks if isinstance(b, Mention)}


def block_text(blocks: list[Block]) -> str:
    return " ".join(str(b) for b in blocks if isinstance(b, TextBlock))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_pages_cost_little(hostile: str) -> None:
    """Work grows with the page, not with its square; what stands before is read."""
    began = time.process_time()
    assert block_text(list(html.read("<p>Begin</p>" + HOSTILE[hostile]).blocks)).startswith("Begin")
    assert time.process_time() - began < 20


def test_what_follows_a_tag_without_end_is_read() -> None:
    """As words, with its characters and lines."""
    (words,) = html.read("<p>A\n&lt; b <i &amp; c").blocks
    assert isinstance(words, TextBlock)
    assert [(line.text, line.first) for line in words.lines] == [("A", 1), ("< b <i & c", 2)]


def test_a_figure_tells_its_files_its_caption_and_its_own_words() -> None:
    """The size of a mention is what stands between it and the end of the figure."""
    by_ref = mentions(
        "<figure><img src=a.png><p>One two</p><img src=b.png><p>Three</p>"
        "<figcaption>Owls</figcaption></figure><p>After"
    )
    assert {ref: (m.descriptions[-1], m.size) for ref, m in by_ref.items()} == {
        "a.png": ("Owls", 22),
        "b.png": ("Owls", 13),
    }


def test_only_the_first_caption_names_a_table() -> None:
    """And the words of any other stay."""
    markup = (
        "<table><caption>Owls</caption><tr><td>a<td>b<tr><td>c<td>d<caption>Bats</caption></table>"
    )
    *_, table = (b for b in html.read(markup).blocks if isinstance(b, TextBlock))
    assert (table.caption, str(table)) == ("Owls", "a | b\nc | d Bats")


def test_words_of_a_cell_are_joined() -> None:
    """Paragraphs in a cell are one cell's words, on the lines from the first to the last."""
    (table,) = html.read("<table><tr><td><p>a\n<p>b<td>c<tr><td>d<td>e</table>").blocks
    assert isinstance(table, TextBlock)
    assert [tuple(line) for line in table.lines] == [("a b | c", 1, 2), ("d | e", 2, 2)]


def test_what_stands_in_a_field_is_text() -> None:
    """A page about markup shows some in a field; what never ends is no field."""
    page = html.read(
        "<p>Try it:</p>\n<textarea rows=3>\n<h1>Basic</h1>\n&lt;b>bold</b>\n</textarea><p>End"
    )
    texts = [str(b) for b in page.blocks if isinstance(b, TextBlock)]
    assert texts == ["Try it:", "<h1>Basic</h1>\n<b>bold</b>", "End"]
    [field] = [b for b in page.blocks if isinstance(b, TextBlock) and "Basic" in str(b)]
    assert [(line.first, line.last) for line in field.lines] == [(3, 3), (4, 4)]
    assert not [b for b in page.blocks if isinstance(b, Heading)]
    unclosed = html.read("<textarea><b>x</b> y")
    assert [str(b) for b in unclosed.blocks] == ["x y"]
