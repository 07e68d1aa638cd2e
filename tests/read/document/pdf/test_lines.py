"""Characters of a PDF page as lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polysense.read.document.pdf.page import Page


def test_lines_have_box_size_and_weight(show: Callable[..., Page]) -> None:
    """Sizes are as displayed, also where the file scales a font of size 1."""
    page = show(
        "BT /F 10 Tf 20 70 Td (plain) Tj ET BT /B 1 Tf 20 0 0 20 20 20 Tm (bold) Tj ET",
    )
    plain, bold = page.lines
    assert (plain.text, plain.size, plain.bold) == ("plain", 10.0, False)
    assert (bold.text, bold.size, bold.bold) == ("bold", 20.0, True)
    assert plain.box[0] == pytest.approx(20, abs=1)
    assert plain.box[1] < 30 < plain.box[3]


def test_a_wide_gap_or_a_rule_ends_a_line(show: Callable[..., Page]) -> None:
    """Cells beside each other are lines of their own, even where only a rule parts them."""
    page = show("BT /F 10 Tf 10 50 Td (one two) Tj 80 0 Td (three) Tj ET 27.5 40 m 27.5 70 l S")
    assert [line.text for line in page.lines] == ["one", "two", "three"]
