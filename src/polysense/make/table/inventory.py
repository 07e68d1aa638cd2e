"""The evidence itself as a table: what there is, and what is known of it; always true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.make.table.csv_part import table
from polysense.protocols import Generator
from polysense.types import Evidence, Modality, Part, Query

_HEAD = ("n", "kind", "type", "bytes", "says", "alike")
_MOST_CHARACTERS = 200  # characters of a caption or of words; judged, not measured


class Inventory(Generator):
    """One row for each piece of evidence: kind, type, size, caption or words, similarity, place."""

    accepts: frozenset[Modality] = frozenset(
        {"text", "image", "audio", "video", "3d", "code", "table", "graph"}
    )
    emits: Modality = "table"
    cost = 0.5

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if evidence:
            yield table(
                _HEAD, map(_row, evidence), "evidence.csv", {"evidence": [e.n for e in evidence]}
            )


def _row(e: Evidence) -> list[str]:
    chunk = e.hit.chunk
    text = str(e.part.data) if e.part.modality == "text" else chunk.context or chunk.text
    line = " ".join(text.split())
    excerpt = (
        line if len(line) <= _MOST_CHARACTERS else line[:_MOST_CHARACTERS].rsplit(" ", 1)[0] + " …"
    )
    similarity = max(
        (w.score for w in e.hit.why if w.space != "bm25" and 0 < w.score <= 1), default=0.0
    )
    about = [
        str(e.n),
        chunk.modality,
        chunk.asset.mime,
        str(chunk.asset.size),
        excerpt,
        f"{similarity:.2f}" if similarity else "",
    ]
    return [*about, chunk.asset.name, str(e.span)]
