"""Which tags end a paragraph."""

from __future__ import annotations

from polysense.read.document.html.tags import is_block


def test_blocks() -> None:
    """Headings are, links are not."""
    assert is_block("h3")
    assert not is_block("a")
    assert not is_block("h7")
