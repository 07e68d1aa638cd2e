"""What stands with a passage is worth what the passage is, and seen with it."""

from __future__ import annotations

from collections.abc import Sequence

from polysense.augment.surroundings import NoSurroundings
from polysense.generate.evidence import Support
from polysense.generate.shown import shown_hits, with_shown
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

PICTURE = Part("image", b"\x89PNG", "image/png", "boat.png")
NOTE = Asset("0", "/kb/note.md", "text/markdown", "text", 1)
BOAT = Chunk(Asset("1", "/kb/boat.png", "image/png", "image", 1), Span(), "image", PICTURE)


class Shows(NoSurroundings):
    def shown_by(self, chunk: Chunk, passage: str) -> Sequence[Chunk]:
        return (BOAT,) if "boat" in passage else ()


def evidence(n: int, words: str, score: float) -> Evidence:
    chunk = Chunk(NOTE, Span(lines=(n, n)), "text", text=words)
    return Evidence(n, Hit(chunk, score), Part("text", words), chunk.span, score)


def test_passage_with_its_picture() -> None:
    assert with_shown(evidence(1, "A boat came.", 1.0), Shows()).attachments == (PICTURE,)
    assert with_shown(evidence(1, "A storm came.", 1.0), Shows()).attachments == ()


def test_worth_what_the_passage_is() -> None:
    """Half as much as the best where its passage is; of other modalities nothing."""
    pieces = (evidence(1, "A storm came.", 0.8), evidence(2, "A boat came.", 0.4))
    (hit,) = shown_hits(Support(pieces, 1.0), Shows(), "image")
    assert (hit.chunk, hit.score) == (BOAT, 0.5)
    assert not shown_hits(Support(pieces, 1.0), Shows(), "audio")
    assert not shown_hits(Support(pieces, 0.0), Shows(), "image"), "nothing supports an answer"
