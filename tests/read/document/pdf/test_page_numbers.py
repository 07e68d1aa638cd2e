"""Lines that are nothing but the number of their page."""

from __future__ import annotations

import pytest

from polysense.read.document.pdf.page_numbers import is_page_number


@pytest.mark.parametrize("line", ["7", "- 7 -", "xxii", "XXXII", "Page 3", "Seite 3 von 9", "3/9"])
def test_numbers(line: str) -> None:
    """Of an extract too, which keeps the numbers of its book."""
    assert is_page_number(line, 12)


@pytest.mark.parametrize(
    "line", ["C", "L", "civil", "mix", "ill", "Vi", "\u0131", "\u0131v", "\u0130", "\u2170", "7 boats"]
)  # fmt: skip
def test_what_is_none(line: str) -> None:
    """Words, names, a letter that numbers no page of so few, and letters that are like those of
    Rome only without their case: Turkish has a line of one.
    """
    assert not is_page_number(line, 12)
