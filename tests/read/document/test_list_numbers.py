"""The numbers of lists."""

from __future__ import annotations

import pytest

from polysense.read.document.list_numbers import numeral


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (12, "1", "12"), (1, "a", "a"), (27, "A", "AA"), (1994, "i", "mcmxciv"), (0, "I", "0"),
        (-3, "a", "-3"), (5000, "i", "5000"), (10, "一", "十"), (19, "一", "十九"), (100, "一", "100"),
        (10**6, "a", "1000000"),
    ],
)  # fmt: skip
def test_numerals(number: int, kind: str, text: str) -> None:
    """In digits where the kind has none for it."""
    assert numeral(number, kind) == text
