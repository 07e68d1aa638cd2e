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


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("(5 x 10) Tj /F 6 Tf 5 Ts (6) Tj /F 10 Tf 0 Ts ( pascal) Tj", "5 x 10^6 pascal"),
        ("(in 1953) Tj /F 6 Tf 5 Ts (7) Tj /F 10 Tf 0 Ts ( after) Tj", "in 1953 after"),
        ("(40 m) Tj /F 6 Tf 5 Ts (2) Tj", "40 m²"),
        ("(H) Tj /F 6 Tf -3 Ts (2) Tj /F 10 Tf 0 Ts (O) Tj", "H2O"),
        ("/F 6 Tf 5 Ts (1) Tj /F 10 Tf 0 Ts (See there) Tj", "1 See there"),
    ],
)
def test_raised_type(show: Callable[..., Page], content: str, text: str) -> None:
    """A power never becomes a digit of the number before it, nor does the mark of a note; what is
    lowered stays.
    """
    page = show(f"BT /F 10 Tf 20 50 Td {content} ET")
    assert " ".join(line.text for line in page.lines) == text


def test_what_does_not_show_is_not_read(show: Callable[..., Page]) -> None:
    """White on white; white on a dark ground is read, and so are words under a scan, which are not
    drawn at all.
    """
    page = show(
        "0 0 0 rg 0 0 200 30 re f BT /F 10 Tf 10 70 Td (shown) Tj 1 1 1 rg 0 -20 Td (hidden) Tj "
        "0 -40 Td (on dark) Tj 0 0 0 rg 3 Tr 90 60 Td (of a scan) Tj ET"
    )
    assert [line.text for line in page.lines] == ["shown", "on dark", "of a scan"]
