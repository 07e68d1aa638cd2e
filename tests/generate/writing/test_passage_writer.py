"""What a generator that writes of many passages is given."""

from __future__ import annotations

from polysense.generate.writing.packing import MAX_PIECES
from polysense.generate.writing.passage_writer import MAX_PASSAGES, passages
from polysense.types import Evidence, Part, Span

from .test_writer import TOWER, hit


def test_it_is_given_every_passage_of_any_length() -> None:
    """It cuts them itself, and reads as many as it is set to: no budget of words is for it."""
    long = [hit(f"a{n}", TOWER + " The keeper never married." * 500) for n in range(MAX_PIECES + 4)]
    first = Evidence(1, long[3], Part("text", TOWER), Span())
    pieces = passages([first], long)
    assert [e.hit.uri for e in pieces[:3]] == ["/a3.md", "/a0.md", "/a1.md"]
    assert [e.n for e in pieces] == list(range(1, len(long) + 1))
    many = [hit(f"a{n}", TOWER) for n in range(MAX_PASSAGES + 1)]
    assert len(passages([], many)) == MAX_PASSAGES
