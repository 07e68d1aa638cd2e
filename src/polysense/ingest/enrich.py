"""What follows once words are searchable: links between files, vectors in every space, words read
out of pictures and sounds.

Each step asks the store what is missing and adds it in small batches, so it goes on wherever an
earlier run stopped.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from polysense.errors import Lacking, NotFound, PolysenseError
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.jobs import Vectors, Words
from polysense.ingest.progress import Progress
from polysense.ingest.sync import relink
from polysense.ingest.workers import Result, Workers
from polysense.protocols import Encoder, Store
from polysense.read.language.detect import language
from polysense.registry import Kit
from polysense.types import Chunk, Mark, Part

T = TypeVar("T")
_MEANT = re.compile(r"[^\W\d_]{3}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}")
"""A word of three letters, or two ideographs: OCR's scraps of less mean nothing, and lie near
everything.
"""

WINDOW, NATIVE_BATCH, WORDS_BATCH = 512, 8, 16


class Enrich:
    """The steps over one library."""

    def __init__(
        self, store: Store, catalogue: Catalogue, kit: Kit, workers: Workers, progress: Progress
    ) -> None:
        self._store, self._catalogue, self._kit, self._workers, self._progress = (
            store,
            catalogue,
            kit,
            workers,
            progress,
        )
        self._local: Callable[[Chunk], Chunk] = lambda chunk: chunk
        self._lacking: set[str] = set()  # readers
        self._waiting: dict[str, str] = {}  # uri -> why it cannot be read now

    def run(self, local: Callable[[Chunk], Chunk]) -> None:
        """All steps, what is quick and useful first. `local` gives a chunk whose part can be read
        here.
        """
        self._local = local
        self.link()
        for name, encoder in sorted(
            self._kit.encoders.items(), key=lambda e: "text" not in e[1].accepts
        ):
            self.vectors(name, encoder)
        if self.read():
            for name, encoder in self._kit.encoders.items():
                if "text" in encoder.accepts:
                    self.vectors(name, encoder)
        if self._waiting:
            uri, why = next(iter(self._waiting.items()))
            self._progress.note(
                f"{len(self._waiting)} known files cannot be read now and wait for the next run, such as {uri}: {why}"
            )

    def link(self) -> None:
        """Give pictures, sounds, clips and models the words with which documents mention them."""
        wanted, applied = self._catalogue.mentions(), self._catalogue.applied()
        stale = {a: wanted.get(a, "") for a, old in applied.items() if old != wanted.get(a, "")}
        for batch in batches(sorted(stale), 64):
            inside = "asset IN (" + ", ".join(f"'{a}'" for a in batch) + ") AND native != ''"
            ids = [r["id"] for r in self._store.scan(inside, ["id"])]
            changed = [relink(c, stale[c.asset.id]) for c in self._store.get(ids).values()]
            self._replace(changed)
            self._catalogue.relink({a: stale[a] for a in batch})

    def vectors(self, name: str, encoder: Encoder) -> None:
        """Fill a space."""
        todo = self._store.missing(encoder.space)
        stage, done = f"{name} vectors", 0
        try:
            for ids in batches(todo, WINDOW):
                native: list[Chunk] = []
                worded: list[Chunk] = []
                rest: list[Chunk] = []
                for c in self._store.get(ids).values():
                    reached = c.part and self._kit.reaches(encoder, c.part.modality)
                    (native if reached else worded if _readable(encoder, c) else rest).append(c)
                self._store.add_vectors(
                    encoder.space, rest, np.full((len(rest), encoder.space.dim), np.nan, np.float32)
                )
                if worded:
                    vectors = encoder.encode([Part("text", c.words) for c in worded], "document")
                    self._store.add_vectors(encoder.space, worded, vectors)
                base = done + len(rest) + len(worded)
                for count in self._native(name, encoder, native):
                    self._progress.step(stage, base + count, len(todo))
                done += len(ids)
                self._progress.step(stage, done, len(todo))
        except Lacking as e:
            self._progress.note(f"{name}: {e}. {e.hint}")

    def _native(self, name: str, encoder: Encoder, chunks: Sequence[Chunk]) -> Iterator[int]:
        at_hand = self._at_hand(chunks)
        held = batches([c for c in at_hand.values() if c.part], NATIVE_BATCH)
        jobs = [
            Vectors(name, tuple(c.id for c in b), tuple(c.part for c in b if c.part)) for b in held
        ]
        done = 0
        for job, result in self._retried(jobs):
            vectors = [
                v if isinstance(v, np.ndarray) else np.full(encoder.space.dim, np.nan, np.float32)
                for v in result.items
            ]
            for error in result.items:
                if isinstance(error, Lacking):
                    raise error
            if vectors:
                self._store.add_vectors(
                    encoder.space,
                    [at_hand[i] for i in job.chunks[: len(vectors)]],
                    np.stack(vectors),
                )
            done += len(job.chunks)
            yield done

    def _at_hand(self, chunks: Sequence[Chunk]) -> dict[str, Chunk]:
        """By id, those whose content can be read here now; the others wait for a run that finds
        their files.
        """
        found: dict[str, Chunk] = {}
        for chunk in chunks:
            try:
                found[chunk.id] = self._local(chunk)
            except PolysenseError as e:
                self._waiting[chunk.asset.uri] = str(e)
        return found

    def _retried(self, jobs: Sequence[Vectors]) -> Iterator[tuple[Vectors, Result]]:
        """Each result; where a job died, its parts one by one, so that only the culprit goes
        without a vector.
        """
        again: list[Vectors] = []
        for job, result in self._workers.map(jobs):
            if len(result.items) == len(job.chunks):
                yield job, result
            elif len(job.chunks) > 1:
                again += [
                    replace(job, chunks=(c,), parts=(p,))
                    for c, p in zip(job.chunks, job.parts, strict=True)
                ]
            else:
                yield job, Result((result.error,))
        if again:
            yield from self._retried(again)

    def read(self) -> int:
        """Find the words in pictures and sounds that have none, or had them from another reader;
        how many chunks were read.
        """
        readers = self._kit.readers
        assets = self._catalogue.underived(readers)
        done = seen = 0
        for batch in batches(assets, WORDS_BATCH):
            inside = "asset IN (" + ", ".join(f"'{a}'" for a in batch) + ") AND native != ''"
            ids = [r["id"] for r in self._store.scan(inside, ["id"])]
            chunks = [c for c in self._store.get(ids).values() if self._unread(c)]
            at_hand = self._at_hand(chunks)
            waiting = {c.asset.id for c in chunks if c.id not in at_hand}
            self._replace(list(self._words(at_hand, waiting)))
            self._catalogue.derived([a for a in batch if a not in waiting], readers)
            done, seen = done + len(at_hand), seen + len(batch)
            self._progress.step("reading words", seen, len(assets))
        return done

    def _unread(self, chunk: Chunk) -> bool:
        reader = self._by(chunk.part) if chunk.part else ""
        return bool(reader) and (not chunk.text or chunk.meta.get("derived", reader) != reader)

    def _by(self, part: Part) -> str:
        """The name of the reader for a part; "" where there is none."""
        reader = self._kit.reads_as_words(part.modality)
        return next((n for n, c in self._kit.converters.items() if c is reader), "")

    def _words(self, chunks: Mapping[str, Chunk], waiting: set[str]) -> Iterator[Chunk]:
        """The chunks, by id, with the words found in them. Adds to `waiting` the assets whose
        reader lacks something.
        """
        jobs = [
            Words(i, c.part)
            for i, c in chunks.items()
            if c.part and self._by(c.part) not in self._lacking
        ]
        waiting |= {
            c.asset.id for c in chunks.values() if c.part and self._by(c.part) in self._lacking
        }
        for job, result in self._workers.map(jobs):
            lines = [p for p in result.items if isinstance(p, Part)]
            reader = self._by(job.part)
            if isinstance(result.error, Lacking):
                waiting.add(chunks[job.chunk].asset.id)
                if reader not in self._lacking:
                    self._lacking.add(reader)
                    self._progress.note(f"{reader}: {result.error}. {result.error.hint}")
            elif lines:
                yield with_words(chunks[job.chunk], lines, reader)
            elif result.error:
                self._progress.note(f"{job.about}: {result.error}")

    def _replace(self, chunks: Sequence[Chunk]) -> None:
        """Store chunks whose words changed; spaces that read words must encode them again."""
        if not chunks:
            return
        for encoder in self._kit.encoders.values():
            if "text" in encoder.accepts:
                stale = [
                    c.id
                    for c in chunks
                    if not (c.part and self._kit.reaches(encoder, c.part.modality))
                ]
                self._store.forget(encoder.space.name, stale)
        self._store.add(chunks)


def with_words(chunk: Chunk, lines: Sequence[Part], reader: str) -> Chunk:
    """The chunk with words found in its part, each line marked with its place."""
    text, marks = "", []
    for line in lines:
        start = len(text) + bool(text)
        text = f"{text}\n{line.data}" if text else str(line.data)
        marks.append(Mark(start, len(text), line.span.within(chunk.span)))
    sure = [float(p.meta["confidence"]) for p in lines if "confidence" in p.meta]
    meta = {**chunk.meta, "lang": language(text) or chunk.meta.get("lang", ""), "derived": reader}
    if sure:
        meta["confidence"] = round(sum(sure) / len(sure), 3)
    return replace(chunk, text=text, marks=tuple(marks), meta=meta)


def _readable(encoder: Encoder, chunk: Chunk) -> bool:
    if "text" not in encoder.accepts or not _MEANT.search(chunk.words):
        return False
    lang = chunk.meta.get("lang", "")
    return encoder.languages is None or not lang or lang in encoder.languages


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Slices of at most `size`."""
    return (items[i : i + size] for i in range(0, len(items), size))


def locally(cache: Path) -> Callable[[Chunk], Chunk]:
    """Gives chunks whose parts can be read here: members of archives are extracted to the cache.
    Raises NotFound, Unreadable.
    """
    from polysense.read.file.archive import local

    def at_hand(chunk: Chunk) -> Chunk:
        if chunk.part is None:
            return chunk
        path = local(chunk.asset.uri, cache)
        if not os.access(path, os.R_OK):
            raise NotFound(f"{path} is not there, or may not be read")
        return replace(chunk, part=replace(chunk.part, data=path))

    return at_hand
