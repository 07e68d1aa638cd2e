"""What a picture, sound, clip, model, table or program is, put together from what is known of it
and of what is most like it.

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

_WORDY = 160


class Describe(Generator):
    """Tells what evidence is that was found by its likeness: its name, its caption or words, how
    alike it is (0..1), and its [n].

    meta["spoken"] is how that is said aloud: its own words.

    >>> from polysense.types import Asset, Chunk, Hit, Span, Why
    >>> chunk = Chunk(Asset("0", "/ferry.jpg", "image/jpeg", "image", 1), Span(), "image", Part("image", b""), context="The ferry at noon")
    >>> e = Evidence(1, Hit(chunk, 1.0, (Why("photo", 1, 0.934),)), Part("image", b""), Span())
    >>> [p.data for p in Describe().generate((Part("image", b""),), [e])]
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
            yield Part("text", f"{_told(e)} [{e.n}]", meta={"spoken": _spoken(e)})


def _told(e: Evidence) -> str:
    chunk = e.hit.chunk
    said = _short((chunk.context or chunk.text).strip().split("\n")[0])
    alike = max((w.score for w in e.hit.why if w.space != "bm25" and 0 < w.score <= 1), default=0.0)
    sure = f" ({alike:.2f} alike)" if alike else ""
    return (f"{chunk.asset.name}: {said}" if said else f"{chunk.asset.name}, {e.span}") + sure


def _spoken(e: Evidence) -> str:
    """What a narrator says: its own words (of what is heard, what is said in it), cited; else its
    name in words. No figures.
    """
    chunk = e.hit.chunk
    known = (
        (chunk.text or chunk.context)
        if e.hit.modality in ("audio", "video")
        else (chunk.context or chunk.text)
    )
    lines = known.strip().split("\n")
    said = _short(
        " ".join(" ".join(lines if known == chunk.text and chunk.marks else lines[:1]).split())
    )
    return (
        f"{said} [{e.n}]"
        if said
        else " ".join(re.split(r"[\s_-]+", PurePath(chunk.asset.name).stem))
    )


def _short(said: str) -> str:
    return said if len(said) <= _WORDY else said[:_WORDY].rsplit(" ", 1)[0] + " …"
