"""What a named place says, in reading order: all of a page or a section, the main places of a file.

Of a file those passages that begin its sections, and are most like the file as a whole: extractive
summaries by centroid, after Radev et al., "Centroid-based summarization of multiple documents"
(Information Processing & Management 2004), with vectors for terms as in Rossiello et al. (2017).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polysense.ingest.inventory import reading_order
from polysense.retrieve.context import Search
from polysense.retrieve.fusion import Candidate, Candidates
from polysense.retrieve.sections import Section, section_of
from polysense.types import Chunk
from polysense.vectors.late_interaction import is_ragged

MAX_PASSAGES = 10_000
"""Passages of one file that are looked at; judged: some thirty long novels."""


def passages_of_place(search: Search, k: int) -> Candidates:
    """At most k passages that tell what the place says that a question names; none where it has
    no words.
    """
    rows = search.store.scan(search.where, ["id"])
    ids = [r["id"] for r, _ in zip(rows, range(MAX_PASSAGES), strict=False)]
    chunks = search.chunks([Candidate(i, 0.0) for i in ids]).values()
    passages = sorted((c for c in chunks if c.text.strip() and not c.is_page), key=reading_order)
    if search.question.scope.granularity == "file":
        passages = _main_passages(passages, search, k)
    return tuple(Candidate(c.id, 1.0 / n, c.modality) for n, c in enumerate(passages[:k], 1))


def _main_passages(passages: Sequence[Chunk], search: Search, k: int) -> list[Chunk]:
    """The opening, and the first passages of the k - 1 sections that are most like the whole."""
    firsts: dict[Section, Chunk] = {}
    for chunk in passages:
        firsts.setdefault(section_of(chunk), chunk)
    leads = list(firsts.values())
    if len(leads) <= k:
        return leads
    order = _by_centrality(leads[1:], passages, search)
    selection = {leads[0].id, *(c.id for c in order[: k - 1])}
    return [c for c in leads if c.id in selection]


def _by_centrality(
    leads: Sequence[Chunk], passages: Sequence[Chunk], search: Search
) -> list[Chunk]:
    """Passages by how near they are to the mean of all; evenly spread where nothing tells."""
    language = str(passages[0].meta.get("lang", ""))
    encoder = search.kit.text_encoder(language)
    if encoder is not None and not is_ragged(encoder.space) and search.store.holds(encoder.space):
        vectors = search.store.vectors(encoder.space, [c.id for c in passages])
        if vectors:
            mean = np.mean(list(vectors.values()), axis=0)
            nearness = {i: float(v @ mean) for i, v in vectors.items()}
            return sorted(leads, key=lambda c: -nearness.get(c.id, -1.0))
    halves = sorted(range(len(leads)), key=lambda i: f"{i:b}"[::-1])
    return [leads[i] for i in halves]
