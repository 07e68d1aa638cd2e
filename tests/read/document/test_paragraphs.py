"""Paragraphs under the headings above them."""

from __future__ import annotations

from polysense.read.document.paragraphs import ParagraphFlow
from polysense.types import Asset

ASSET = Asset("0" * 32, "/a.docx", "text/plain", "text", 1)


def test_paragraphs_are_passages_under_their_headings() -> None:
    """Counted from 1, the heading's own words first; a heading ends what is before it."""
    flow = ParagraphFlow(ASSET, "Mill")
    chunks = [*flow.add("It is old."), *flow.add("Hours", 1), *flow.add("It closes at seven.")]
    chunks += flow.flush()
    assert [(c.text, c.context) for c in chunks] == [
        ("It is old.", "Mill"),
        ("Hours\n\nIt closes at seven.", "Mill > Hours"),
    ]
    assert [str(c.span) for c in chunks] == ["paragraph 1", "paragraphs 2-3"]


def test_blanks_where_something_was_struck_out() -> None:
    """One is left between two words."""
    flow = ParagraphFlow(ASSET, "Mill")
    assert not list(flow.add("It closes at  seven."))
    assert [c.text for c in flow.flush()] == ["It closes at seven."]
