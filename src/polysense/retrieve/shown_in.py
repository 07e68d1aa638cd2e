"""The passages that show or name a file: what a library says of the thing itself, rather than of
others like it.
"""

from __future__ import annotations

from dataclasses import dataclass

from polysense.ingest.catalogue import Catalogue
from polysense.ingest.inventory import chunks_of_asset
from polysense.protocols import Store
from polysense.read.language.analysis import terms
from polysense.types import Asset, Chunk

MIN_COVERAGE, NEAR_BEST = 0.6, 0.9
"""The share of a mention's words that a passage must have, and of the best passage's share; a
mention holds words of the headings above as well. Judged, not measured.
"""

MAX_PASSAGES = 6
"""Passages about one file; judged."""


@dataclass(frozen=True, slots=True)
class Depiction:
    """A file with the passages that show it, best first, and what they call it."""

    title: str
    passages: tuple[Chunk, ...]


def shown_in(catalogue: Catalogue, store: Store, asset: str) -> Depiction | None:
    """What shows or names an asset (by its id); None where nothing does."""
    own = catalogue.asset(asset)
    if own is None:
        return None
    scored: list[tuple[float, Chunk]] = []
    title = ""
    for source, words in catalogue.mentions_of(asset):
        title = title or words.split("\n")[0].strip()
        mention = set(terms(words)) | set(terms(own.name))
        chunks = [c for c in chunks_of_asset(store, source) if c.text and not c.is_page]
        shares = [_share(c, mention, own) for c in chunks]
        least = max(MIN_COVERAGE, NEAR_BEST * max(shares, default=0.0))
        scored += [(s, c) for s, c in zip(shares, chunks, strict=True) if s >= least]
    best = sorted(scored, key=lambda x: -x[0])[:MAX_PASSAGES]
    passages = tuple({c.id: c for _, c in best}.values())
    return Depiction(title, passages) if passages else None


def _share(chunk: Chunk, mention: set[str], own: Asset) -> float:
    """How much of a mention a passage has: all, where it has the file's name."""
    if own.name.casefold() in chunk.text.casefold():
        return 1.0
    return len(mention & set(terms(chunk.words))) / max(len(mention - set(terms(own.name))), 1)
