"""Questions without the name of the file that their table is in."""

from __future__ import annotations

import pytest

from polysense.make.table.question.own_names import without_file_names


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ("What is the total cost in the file My costs.xls?", "What is the total cost?"),
        ("Laut my costs.xls, was kostet das Dach?", ", was kostet das Dach?"),
        ("How many rows are in “my costs.xls”?", "How many rows are?"),
        ("What is in my costs.xlsx?", "What is in my costs.xlsx?"),
        ("What do my costs come to?", "What do my costs come to?"),
    ],
)
def test_only_the_whole_name_goes(words: str, rest: str) -> None:
    """With what leads to it; a longer name and words that are no name stay."""
    assert without_file_names(words, ["My costs.xls", "costs"]) == rest
