"""Passages by their best sentence too: the vector of a passage blurs what each of its sentences
says (as the passages of a document do: Dai and Callan 2019, arXiv:1905.09217).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

import numpy as np

from polysense.protocols import Encoder, Vectors
from polysense.read.file.text import sentences
from polysense.retrieve.fusion import Candidate, Candidates
from polysense.types import Chunk, Part, Space

DEPTH, MARGIN = 5, 0.06
"""How many of the first passages are looked into, and how much further away than the first they may
be: on average 1.4 of them, at 10 ms each when first seen. Of 204 questions each of XQuAD R@1 by
USE is .735 -> .755 from Chinese to English, .784 -> .794 back, .755 -> .799 from German, .716 ->
.809 from Russian and .652 -> .686 from Arabic to English; with any margin it is .770, .794, .804,
.814 and .691.
"""

MAX_SENTENCES = 40
"""Sentences of a passage that are looked at: a bound, passages have fewer."""

REMEMBERED = 500
"""Passages whose sentences are kept in memory, 20 kB each: judged."""


class SentenceVectors:
    """The vectors of passages' sentences, made when first asked for and kept for a while."""

    def __init__(self) -> None:
        self._rows: OrderedDict[tuple[Space, str], Vectors] = OrderedDict()
        self._lock = Lock()

    def of(self, chunk: Chunk, encoder: Encoder) -> Vectors:
        """(sentences, dim) of a passage's text; none where it is one sentence, which the passage's
        own vector says already.
        """
        key = encoder.space, chunk.id
        with self._lock:
            if key in self._rows:
                self._rows.move_to_end(key)
                return self._rows[key]
        pieces = [chunk.text[a:b] for a, b in sentences(chunk.text)][:MAX_SENTENCES]
        parts = [Part("text", piece) for piece in pieces if len(pieces) > 1]
        rows = encoder.encode(parts) if parts else np.empty((0, encoder.space.dim), np.float32)
        with self._lock:
            self._rows[key] = rows
            if len(self._rows) > REMEMBERED:
                self._rows.popitem(last=False)
        return rows


_VECTORS = SentenceVectors()


def rivals(candidates: Candidates) -> Candidates:
    """Those of the first that are about as near as the first of all."""
    return tuple(c for c in candidates[:DEPTH] if c.score >= candidates[0].score - MARGIN)


def by_best_sentence(
    candidates: Candidates, encoder: Encoder, query: Vectors, chunks: Mapping[str, Chunk]
) -> Candidates:
    """Candidates of a space that compares by cosine, by the mean of their own score and their best
    sentence's; the scores that they have stay in their order, for they mean something. query is a
    unit vector (dim,).
    """
    means = {c.id: _mean_score(c, encoder, query, chunks.get(c.id)) for c in candidates}
    ranked = sorted(candidates, key=lambda c: -means[c.id])
    return tuple(c._replace(score=place.score) for c, place in zip(ranked, candidates, strict=True))


def _mean_score(
    candidate: Candidate, encoder: Encoder, query: Vectors, chunk: Chunk | None
) -> float:
    rows = _VECTORS.of(chunk, encoder) if chunk and chunk.modality == "text" else ()
    if not len(rows):
        return candidate.score
    return (candidate.score + float(np.nanmax(rows @ query, initial=-1.0))) / 2
