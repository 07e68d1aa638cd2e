"""What a paragraph of Markdown says."""

from __future__ import annotations

import pytest

from polysense.read.document.blocks import SourceLine, TextBlock
from polysense.read.document.markdown.blocks import read


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("The toll is ~~40~~ 55 crowns.", "The toll is 55 crowns."),
        ("was <del>20</del> 75", "was 75"),
        ("A ton has 10<sup>6</sup> grams.", "A ton has 10^6 grams."),
        ("bought in 1887<sup>3</sup>.", "bought in 1887."),
        ("a tilde ~ and `~~code~~`", "a tilde ~ and ~~code~~"),
    ],
)
def test_struck_and_raised_characters(source: str, expected: str) -> None:
    """Left out, and read as they are meant."""
    assert [str(b) for b in read(source).blocks] == [expected]


def test_lines_are_counted_through_what_is_struck() -> None:
    """What follows keeps its line."""
    (block,) = read("one ~~two\nthree~~ four\nfive").blocks
    assert isinstance(block, TextBlock)
    assert block.lines == [
        SourceLine("one", 1, 1),
        SourceLine("four", 2, 2),
        SourceLine("five", 3, 3),
    ]
