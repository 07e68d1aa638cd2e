"""A clip without a word is found by what it is called."""

from __future__ import annotations

import pytest

from polysense.generate.named_files import named_files
from polysense.query.understand import understand
from polysense.registry import kit
from polysense.types import Asset, Chunk, Hit, Part, Span

KIT = kit(encoders=["-minilm", "-use", "-conse"])


def hit(name: str, text: str = "") -> Hit:
    part = Part("video", b"", "video/mp4", name)
    return Hit(Chunk(Asset(name, f"/kb/{name}", "", "video", 1), Span(), "video", part, text), 1.0)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("the frog clip", ["pond_frog-2.mp4"]),
        ("pond frog video", ["pond_frog-2.mp4"]),
        ("the frog and the pig", []),
        ("the clip", []),
        ("How old is the frog?", []),
        ("pig", []),
    ],
)
def test_a_name_has_all_that_is_asked_for(words: str, names: list[str]) -> None:
    """Once for each file; not one that has words, which say themselves what it is, and not for a
    question.
    """
    hits = [hit("pond_frog-2.mp4"), hit("pond_frog-2.mp4"), hit("pig.mp4", "It tells of tides.")]
    question = understand([words], KIT)
    assert [h.chunk.asset.name for h in named_files(question, hits)] == names
