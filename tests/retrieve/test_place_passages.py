"""What a file says in a few passages, from its beginning to its end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from polysense.query.understand import understand
from polysense.registry import Kit
from polysense.retrieve.context import Search
from polysense.retrieve.place_passages import passages_of_place
from polysense.stores.memory import Memory
from polysense.types import PAGE, Asset, Chunk, Part, Span

from .conftest import Bags

BOOK = Asset("b" * 32, "/kb/book.md", "text/markdown", "text", 1)


def passage(n: int, heading: str, text: str) -> Chunk:
    return Chunk(BOOK, Span(lines=(n, n)), "text", text=text, context=f"Book > {heading}")


def search_in(memory: Memory, kit: Kit, words: str = "Summarise book.md") -> Search:
    return Search(memory, kit, understand([words], kit), f"asset = '{BOOK.id}'")


def found_lines(search: Search, k: int) -> list[int]:
    chunks = search.chunks(passages_of_place(search, k))
    return [(chunks[c.id].span.lines or (0, 0))[0] for c in passages_of_place(search, k)]


def test_the_sections_most_like_the_whole_and_the_opening() -> None:
    """In the order of the file, whatever stands nearest to its mean."""
    kit = Kit({}, {}, {"bags": Bags()}, {}, {}, {})
    encoder, memory = kit.encoders["bags"], Memory()
    chunks = [
        passage(1, "Preface", "thanks to everybody"),
        passage(2, "Tides", "tide moon water"),
        passage(3, "Aside", "cheese recipe oven"),
        passage(4, "Moon", "moon tide water"),
        passage(5, "Moon", "moon tide water again"),
    ]
    memory.add(chunks[::-1])
    vectors = encoder.encode([Part("text", c.text) for c in chunks])
    memory.add_vectors(encoder.space, chunks, np.asarray(vectors))
    assert found_lines(search_in(memory, kit), 3) == [1, 2, 4]
    assert found_lines(search_in(memory, kit), 9) == [1, 2, 3, 4]


def test_without_an_encoder_sections_are_spread_over_the_file() -> None:
    """Not those at its head alone."""
    kit, memory = Kit({}, {}, {}, {}, {}, {}), Memory()
    memory.add([passage(n, f"Part {n}", f"words {n}") for n in range(1, 41)])
    lines = found_lines(search_in(memory, kit), 5)
    assert len(lines) == 5
    assert lines[0] == 1
    assert lines == sorted(lines)
    assert lines[-1] > 20


def test_all_of_a_page_in_order() -> None:
    """Each passage; pictures of pages, and what has no words, tell nothing."""
    kit, memory = Kit({}, {}, {}, {}, {}, {}), Memory()
    page = Span(page=1)
    chunks = [
        Chunk(BOOK, replace(page, chars=(9 * n, 9 * n + 5)), "text", text=f"words {n}")
        for n in range(4)
    ]
    memory.add([*chunks[::-1], Chunk(BOOK, page, "image", Part(PAGE, b"")), Chunk(BOOK, page, "image", Part("image", b""))])  # fmt: skip
    search = search_in(memory, kit, "What is on page 1 of book.md?")
    texts = [c.text for c in search.chunks(passages_of_place(search, 9)).values()]
    assert texts == [f"words {n}" for n in range(4)]
