"""Sentences that go on over the end of a page."""

from __future__ import annotations

import pytest

from polysense.read.document.pdf.page_breaks import join_over_pages
from polysense.types import Asset, Chunk, Span, TextSpan

ASSET = Asset("0" * 32, "/a.pdf", "application/pdf", "text", 1)


def page(number: int, text: str, context: str = "Report") -> list[Chunk]:
    place = Span(page=number, box=(0.1, 0.1, 0.9, 0.9), chars=(0, len(text)))
    marks = (TextSpan(0, len(text), Span(page=number, box=(0.1, 0.1, 0.9, 0.2))),)
    return [Chunk(ASSET, place, "text", None, text, context, marks)]


def join(*texts: str) -> list[str]:
    pages = [page(n, text) for n, text in enumerate(texts, 1)]
    return [c.text for c in join_over_pages(map(list, pages)) if isinstance(c, Chunk)]


@pytest.mark.parametrize(
    ("first", "second", "texts"),
    [
        (
            "It met. The captain had been",
            "asleep for hours. Then rain came.",
            ["It met. The captain had been asleep for hours.", "Then rain came."],
        ),
        (
            "Das Boot gehört jetzt der",
            "Werft in Kiel. Ende.",
            ["Das Boot gehört jetzt der Werft in Kiel.", "Ende."],
        ),
        (
            "the new refriger-",
            "ation hall stands. It hums.",
            ["the new refriger-", "ation hall stands. It hums."],
        ),
        (
            "They built the new refriger-",
            "ation hall. It hums.",
            ["They built the new refrigeration hall.", "It hums."],
        ),
        (
            "灯塔高三十米，由白色",
            "石头建成。后来重修。",
            ["灯塔高三十米，由白色石头建成。", "后来重修。"],
        ),
        (
            "It is done now, all of it.",
            "asleep again.",
            ["It is done now, all of it.", "asleep again."],
        ),
        ("A heading", "goes on here.", ["A heading", "goes on here."]),
        (
            "The table of all boats",
            "Another one begins.",
            ["The table of all boats", "Another one begins."],
        ),
        ("All that was left was", "rain.", ["All that was left was rain."]),
        (
            "The water has risen above",
            "85 degrees. Run.",
            ["The water has risen above 85 degrees.", "Run."],
        ),
        (
            "The rules of the boat house",
            "3. No smoking.",
            ["The rules of the boat house", "3. No smoking."],
        ),
    ],
)
def test_what_is_join(first: str, second: str, texts: list[str]) -> None:
    """Where the words go on, and only as far as the sentence does."""
    assert join(first, second) == texts


def test_places_are_kept() -> None:
    """The sentence begins on its page, what is left of the next one has its own place."""
    first, second = "The captain had been", "asleep for hours. Then rain came."
    a, b = join_over_pages([list(page(1, first)), list(page(2, second))])
    assert isinstance(a, Chunk)
    assert isinstance(b, Chunk)
    assert a.place(0, len(a.text)).page == 1
    assert a.place(a.text.index("hours"), len(a.text)).page == 2
    assert b.place(0, len(b.text)).page == 2
    assert b.span.chars == (second.index("Then"), len(second))


def test_another_heading_begins_anew() -> None:
    """Words under it are no part of what is before."""
    pages = [list(page(1, "The captain had been")), list(page(2, "asleep. No.", "Report > Two"))]
    assert [c.text for c in join_over_pages(pages) if isinstance(c, Chunk)] == [
        "The captain had been",
        "asleep. No.",
    ]
