"""Raised type among plain characters."""

from __future__ import annotations

import pytest

from polysense.read.file.raised import raised_text


@pytest.mark.parametrize(
    ("before", "raised", "text"),
    [
        ("5 x 10", "6", "^6"),
        ("10", "-3", "^-3"),
        ("x", "n", "^n"),
        ("(a + b)", "2", "^2"),
        ("40 m", "2", "²"),
        ("12 cm", "3", "³"),
        ("E = mc", "2", "^2"),
        ("in 1887", "3", ""),
        ("the EU", "3", ""),
        ("according to", "2", ""),
        ("(Smith 2010)", "3", ""),
        ("0.125", "a", ""),
        ("Accruals", "1", ""),
        ("as said", "[4]", ""),
        ("grants", "*", ""),
        ("said", "1, 2", ""),
        ("the 21", "st", "st"),
        ("le XIX", "e", "e"),
        ("Word", "TM", "TM"),
        ("M", "lle", "lle"),
        ("any", "", ""),
    ],
)
def test_what_stands_for_it(before: str, raised: str, text: str) -> None:
    """A power never becomes a digit of the number before it, nor does the mark of a note."""
    assert raised_text(before, raised) == text
