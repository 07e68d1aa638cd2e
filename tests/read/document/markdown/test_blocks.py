"""Markdown that was made to be slow, and what its shortcuts mean."""

from __future__ import annotations

import time

import pytest

from polysense.read.document.blocks import Mention
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
