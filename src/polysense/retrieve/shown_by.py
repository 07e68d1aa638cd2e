"""The files that a passage shows: the picture below a paragraph, the recording beside it."""

from __future__ import annotations

from polysense.ingest.catalogue import Catalogue
from polysense.ingest.inventory import chunks_of_asset
from polysense.protocols import Store
from polysense.read.language.analysis import terms
from polysense.types import Chunk

MIN_COVERAGE = 0.6
"""The share of a mention's words (what a picture is called, the headings above it, what stands near
it) that a chunk must have to be where it stands. Judged, as in `retrieve.shown_in`.
"""

MAX_SHOWN = 3
"""Files of one passage; judged."""


def shown_by(catalogue: Catalogue, store: Store, chunk: Chunk, passage: str) -> list[Chunk]:
    """A chunk of each file that is shown where a passage of a chunk stands, the nearest first."""
    own_terms = set(terms(chunk.words))
    distances: dict[str, int] = {}
    for asset, words in catalogue.files_mentioned(chunk.asset.id):
        mention = set(terms(words))
        if not mention or len(mention & own_terms) < MIN_COVERAGE * len(mention):
            continue
        distance = _distance(words, passage, chunk.text)
        if distance is not None:
            distances[asset] = min(distance, distances.get(asset, distance))
    nearest = sorted(distances, key=lambda a: distances[a])[:MAX_SHOWN]
    chunks = (_native_chunk(store, asset) for asset in nearest)
    return [c for c in chunks if c is not None]


def _distance(mention: str, passage: str, text: str) -> int | None:
    """Characters of a text between a passage and the nearest line of a mention that stands there;
    None where none does: it is of another place under the same headings.
    """
    words = _on_one_line(text)
    start = max(words.find(_on_one_line(passage)), 0)
    lines = filter(None, map(_on_one_line, mention.split("\n")))
    return min((abs(p - start) for line in lines if (p := words.find(line)) >= 0), default=None)


def _on_one_line(words: str) -> str:
    return " ".join(words.split())


def _native_chunk(store: Store, asset: str) -> Chunk | None:
    """The first chunk that is of the asset's own kind, with its content."""
    chunks = chunks_of_asset(store, asset)
    return next((c for c in chunks if c.part and c.modality == c.asset.modality), None)
