"""Captions that a model writes of what is indexed: words around a picture, marked as that model's.

They stand in a chunk's context, before what else is said of it: words find the picture by them, and
they are not taken for words in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from polysense.errors import MissingDependency
from polysense.ingest.jobs import CaptionPart
from polysense.ingest.workers import Workers
from polysense.read.language.detect import detect_language
from polysense.registry import Kit
from polysense.types import Chunk, Part

MAX_FAILURES, BATCH = 3, 8
"""Pictures in one run that a captioner may fail on before it is left alone until the next, and how
many are asked about at a time: a server that is down is not asked about ten thousand. Judged.
"""


@dataclass
class Captions:
    """The captioners of one run."""

    kit: Kit
    workers: Workers
    note: Callable[[str], object]
    failures: int = 0

    def is_missing(self, chunk: Chunk) -> bool:
        """Whether a chunk is what a captioner in use describes, and has no caption of it."""
        name = self._name_for(chunk)
        return bool(name) and chunk.meta.get("captioner") != name

    def add(self, chunks: Mapping[str, Chunk], waiting: set[str]) -> Iterator[Chunk]:
        """The chunks, by id, with captions.

        Adds to `waiting` the assets of those that a captioner failed on: the next run tries again.
        """
        jobs = [CaptionPart(i, self._name_for(c), c.part) for i, c in chunks.items() if c.part]
        while jobs and self.failures < MAX_FAILURES:
            batch, jobs = jobs[:BATCH], jobs[BATCH:]
            for job, result in self.workers.map(batch):
                chunk = chunks[job.chunk]
                captions = [p for p in result.items if isinstance(p, Part)]
                if result.error is not None:
                    waiting.add(chunk.asset.id)
                    is_final = isinstance(result.error, MissingDependency)
                    self.failures = MAX_FAILURES if is_final else self.failures + 1
                    hint = getattr(result.error, "hint", "")
                    self.note(f"{job.captioner}: {job.subject}: {result.error}. {hint}")
                elif captions:
                    yield with_caption(chunk, captions[0], job.captioner)
        waiting |= {chunks[job.chunk].asset.id for job in jobs}

    def _name_for(self, chunk: Chunk) -> str:
        """The captioner of what a chunk is itself; frames of a film and the like have none."""
        is_whole = chunk.part is not None and chunk.part.modality == chunk.modality
        return self.kit.captioner(chunk.modality) if is_whole else ""


def with_caption(chunk: Chunk, caption: Part, captioner: str) -> Chunk:
    """The chunk with a caption at the head of its context, in the place of an earlier one."""
    text = str(caption.data)
    earlier = str(chunk.meta.get("caption", ""))
    own_context = chunk.context.removeprefix(earlier).lstrip("\n") if earlier else chunk.context
    context = f"{text}\n{own_context}".strip("\n")
    lang = chunk.meta.get("lang") or detect_language(context)
    meta = {
        **chunk.meta,
        "lang": lang,
        "caption": text,
        "captioner": captioner,
        "caption_model": str(caption.meta.get("model", "")),
    }
    return replace(chunk, context=context, meta=meta)
