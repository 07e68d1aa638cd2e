"""What a picture, sound, clip, model, table or program is, from what is known of its likes.

Retrieval-augmented captioning without a language model (after Ramos et al., "SmallCap: lightweight
image captioning prompted with retrieval augmentation", CVPR 2023): its own words first, then those
of its nearest described neighbours, with how sure that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from polysense.protocols import Generator
from polysense.types import Evidence, Modality, Part, Query

_MOST_CHARACTERS = 160  # characters of a description; judged, not measured


class Describe(Generator):
    """Describes what was found by likeness: name, caption or words, similarity (0..1), [n].

    meta["spoken"] is what a narrator says of it: its own words.

    >>> from polysense.types import Asset, Chunk, Hit, Span, ScoreExplanation
    >>> asset, picture = Asset("0", "/ferry.jpg", "image/jpeg", "image", 1), Part("image", b"")
    >>> chunk = Chunk(asset, Span(), "image", picture, context="The ferry at noon")
    >>> e = Evidence(1, Hit(chunk, 1.0, (ScoreExplanation("photo", 1, 0.934),)), picture, Span())
    >>> [p.data for p in Describe().generate((picture,), [e])]
    ['ferry.jpg: The ferry at noon (0.93 alike) [1]']
    """

    accepts: frozenset[Modality] = frozenset(
        {"image", "audio", "video", "3d", "table", "code", "graph"}
    )
    emits: Modality = "text"
    cost = 0.25

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        for e in evidence:
            if e.part.modality == "text":  # words that answer are better quoted
                return
            yield Part("text", f"{_description(e)} [{e.n}]", meta={"spoken": _narration(e)})


def _description(e: Evidence) -> str:
    chunk = e.hit.chunk
    words = _short((chunk.context or chunk.text).strip().split("\n")[0])
    scores = (w.score for w in e.hit.why if w.space != "bm25" and 0 < w.score <= 1)
    similarity = max(scores, default=0.0)
    note = f" ({similarity:.2f} alike)" if similarity else ""
    return (f"{chunk.asset.name}: {words}" if words else f"{chunk.asset.name}, {e.span}") + note


def _narration(e: Evidence) -> str:
    """What a narrator says: its own words, cited; else its name in words. No figures.

    Of a recording, the words in it come before its caption.
    """
    chunk = e.hit.chunk
    is_recording = e.hit.modality in ("audio", "video")
    own_words = (chunk.text or chunk.context) if is_recording else (chunk.context or chunk.text)
    lines = own_words.strip().split("\n")
    if not (own_words == chunk.text and chunk.marks):
        lines = lines[:1]
    words = _short(" ".join(" ".join(lines).split()))
    if words:
        return f"{words} [{e.n}]"
    return " ".join(re.split(r"[\s_-]+", PurePath(chunk.asset.name).stem))


def _short(words: str) -> str:
    if len(words) <= _MOST_CHARACTERS:
        return words
    return words[:_MOST_CHARACTERS].rsplit(" ", 1)[0] + " …"
