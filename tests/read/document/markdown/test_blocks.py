"""Markdown that was made to be slow, and what its shortcuts mean."""

from __future__ import annotations

import time

import pytest

from polysense.read.document.blocks import Mention, TextBlock
from polysense.read.document.markdown import blocks

HOSTILE = {
    "title": "---\ntitle: x" + " " * 100_000 + "x\n---\n",
    "jekyll": "[a]({% link" + " " * 5000 + "x)",
    "colons": ":" * 60_000 + "!",
    "links": "[a](b.png) " * 30_000,
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_documents_cost_little(hostile: str) -> None:
    began = time.process_time()
    assert list(blocks.read(HOSTILE[hostile]).blocks) or hostile == "title"
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "field", ["title: Owls  ", "title = 'Owls'", 'title: "Owls" ', "title:Owls"]
)
def test_the_title_of_the_front_matter(field: str) -> None:
    assert blocks.read(f"---\n{field}\n---\nWords").title == "Owls"


@pytest.mark.parametrize("tag", ["{% link a/b.pdf %}", "{%- link a/b.pdf -%}", "{%link a/b.pdf%}"])
def test_links_of_jekyll(tag: str) -> None:
    (mention,) = (
        b for b in blocks.read(f"See [the *other* page]({tag}).").blocks if isinstance(b, Mention)
    )
    assert (mention.ref, mention.descriptions, mention.offset, mention.size) == (
        "/a/b.pdf",
        ("the other page", ""),
        4,
        14,
    )


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("1. Stop\n2. *Lift* it\n   now\n\n   and here\n3. End", ["1. Stop", "2. Lift it\nnow", "and here", "3. End"]),
        ("5) a\n5) b\n\n- red\n- green", ["5. a", "6. b", "red", "green"]),
        ("0. a\n   - red\n   1. b\n1. c", ["0. a", "red", "1. b", "1. c"]),
        ("1. [a](b.png) x", ["1. a x"]),
    ],
)  # fmt: skip
def test_numbers_of_lists(markup: str, words: list[str]) -> None:
    """As they are shown, counted on from the first."""
    assert [str(b) for b in blocks.read(markup).blocks if isinstance(b, TextBlock)] == words
