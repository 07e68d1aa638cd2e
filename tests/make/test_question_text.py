"""The words that generators look for wishes in."""

from __future__ import annotations

from pathlib import Path

from polysense.make.question_text import question_text
from polysense.types import Part


def test_only_what_is_typed_counts() -> None:
    """A document that is attached to a question is no wish, and least of all is its path one:
    /plans/three red models.md asks for no three red models.
    """
    attached = Part("text", Path("/plans/three red models.md"), "text/markdown")
    query = (Part("text", "Draw the tides."), attached, Part("image", b"x"))
    assert question_text(query) == "Draw the tides."
    assert question_text((attached,)) == question_text(()) == ""
