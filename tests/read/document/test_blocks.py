"""Blocks of a written document."""

from __future__ import annotations

from polysense.read.document.blocks import SourceLine, TextBlock, numbered_lines


def test_lines_are_numbered_from_where_they_stand() -> None:
    """Each on one line of the source."""
    assert numbered_lines("a\n\nb", 7) == [
        SourceLine("a", 7, 7),
        SourceLine("", 8, 8),
        SourceLine("b", 9, 9),
    ]


def test_the_text_of_a_block_keeps_its_lines() -> None:
    """One by one."""
    assert str(TextBlock(numbered_lines("a\nb"), "code", "python")) == "a\nb"
