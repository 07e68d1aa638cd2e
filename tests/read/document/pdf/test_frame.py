"""Coordinates of a PDF page, turned as its writing is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polysense.read.document.pdf.page import Page


@pytest.mark.parametrize(
    ("matrix", "quarter_turns", "box"),
    [
        ("0 1 -1 0", 3, (0.4, 0.0, 0.5, 0.7)),
        ("0 -1 1 0", 1, (0.5, 0.3, 0.6, 1.0)),
        ("-1 0 0 -1", 2, (0.2, 0.3, 0.5, 0.5)),
    ],
)
def test_a_page_written_upwards_is_turned(
    show: Callable[..., Page], matrix: str, quarter_turns: int, box: tuple[float, ...]
) -> None:
    """Layout sees horizontal lines; fractions are of the page as displayed."""
    y = 70 if quarter_turns == 1 else 60
    page = show(f"BT /F 10 Tf {matrix} 100 {y} Tm (upwards) Tj ET")
    (line,) = page.lines
    assert (page.quarter_turns, line.vertical) == (quarter_turns, False)
    assert line.box[2] - line.box[0] > line.box[3] - line.box[1]
    x0, y0, x1, y1 = page.to_fractions(line.box)
    assert box[0] - 0.05 <= x0 < x1 <= box[2] + 0.05
    assert box[1] - 0.05 <= y0 < y1 <= box[3] + 0.05


def test_what_lies_off_the_page_is_not_read(show: Callable[..., Page]) -> None:
    """Words and paths beyond its edges are not displayed."""
    page = show(
        "BT /F 10 Tf 20 70 Td (here) Tj ET BT /F 10 Tf 300 70 Td (away) Tj ET 300 9 5 5 re f"
    )
    assert [line.text for line in page.lines] == ["here"]
    assert page.drawings == ()
