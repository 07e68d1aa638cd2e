"""The evidence itself as a table: what there is, of which kind, and what is known of it. Never
much, but always true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.make.table.csv_part import table
from polysense.protocols import Generator
from polysense.types import Evidence, Modality, Part, Query

_HEAD = ("n", "kind", "type", "bytes", "says", "alike")
_WORDY = 200


class Inventory(Generator):
    """One row for each piece of evidence: kind, type, size, caption or words, likeness to the
    question's file, source and place.
    """

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
    quoted = str(e.part.data) if e.part.modality == "text" else chunk.context or chunk.text
    said = " ".join(quoted.split())
    says = said if len(said) <= _WORDY else said[:_WORDY].rsplit(" ", 1)[0] + " …"
    alike = max((w.score for w in e.hit.why if w.space != "bm25" and 0 < w.score <= 1), default=0.0)
    about = [
        str(e.n),
        chunk.modality,
        chunk.asset.mime,
        str(chunk.asset.size),
        says,
        f"{alike:.2f}" if alike else "",
    ]
    return [*about, chunk.asset.name, str(e.span)]
