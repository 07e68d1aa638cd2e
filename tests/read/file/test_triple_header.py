"""Headers that name the columns of triples."""

from __future__ import annotations

import pytest

from polysense.read.file.triple_header import has_triple_columns, triple_columns


def test_triple_columns_in_any_order() -> None:
    """The header says which column is which."""
    assert triple_columns(["Object", "Subject", "Predicate"]) == (1, 2, 0)
    assert triple_columns(["a", "relation"]) is None


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("head\trelation\ttail", True),
        ("'subject';'predicate';'object'", True),
        ('"From" | "edge" | "To"', True),
        ("from,to,weight", False),
        ("subject,predicate,object,source", False),
        ("subject,head,object", False),
        ("", False),
    ],
)
def test_any_delimiter_and_quotes(header: str, expected: bool) -> None:
    """Three columns, one for each of the three."""
    assert has_triple_columns(header) is expected
