"""Evidence that is a thing itself, not a passage of it: hits, and the question's own files."""

from __future__ import annotations

from dataclasses import replace

from polysense.query.understand import as_asset
from polysense.question import Question
from polysense.types import Chunk, Evidence, Hit, Part, Span


def whole_chunk_evidence(hit: Hit, n: int) -> Evidence:
    """A hit as evidence by what it is: its native content, or its words where it has none."""
    part = hit.chunk.part or Part("text", hit.chunk.words)
    if hit.chunk.is_page:
        part = replace(part, modality=hit.modality)
    return Evidence(n, hit, part, hit.place, hit.score)


def query_file_evidence(question: Question) -> list[Hit]:
    """The files of the question as hits on themselves, with the words read in them: a sketch to be
    made a page is nowhere else.
    """
    files = [p for p in question.query if isinstance(p.data, bytes) or hasattr(p.data, "open")]
    words_in = {
        m: "\n".join(str(p.data) for p in question.parts if p.meta.get("from") == m)
        for m in {p.modality for p in files}
    }
    return [
        Hit(Chunk(as_asset(p), Span(), p.modality, p, words_in[p.modality]), 1.0) for p in files
    ]
