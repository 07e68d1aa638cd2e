"""What a PDF page shows, as values."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polysense.read.document.layout import Line
from polysense.read.document.pdf.page import Page


@pytest.mark.parametrize(
    ("text", "is_legible"), [("", False), ("fine", True), ("ab\ufffd\ufffdc", False), ("12", False)]
)
def test_legible(text: str, is_legible: bool) -> None:
    """No words, or characters without a meaning, do not count as text."""
    lines = (Line(text, (0.0, 0.0, 9.0, 9.0)),) if text else ()
    assert Page(1, 200, 100, lines, (), (), (), (), ()).is_legible == is_legible


def test_an_open_page_is_read(show: Callable[..., Page]) -> None:
    """With its size in points, and its lines."""
    page = show("BT /F 10 Tf 20 70 Td (fine) Tj ET")
    assert (page.number, page.width, page.height, page.is_legible) == (1, 200.0, 100.0, True)


@pytest.mark.parametrize(
    ("quarter_turns", "fractions"),
    [(0, (0.0, 0.1, 0.5, 1.0)), (1, (0.0, 0.0, 0.9, 0.5)), (2, (0.5, 0.0, 1.0, 0.9))],
)
def test_fractions_are_of_the_page_as_displayed(
    quarter_turns: int, fractions: tuple[float, ...]
) -> None:
    """Cut to the page, and turned back."""
    page = Page(1, 200, 100, (), (), (), (), (), (), quarter_turns)
    assert page.to_fractions((-5, 10, 100, 120)) == fractions
