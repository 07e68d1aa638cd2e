"""What follows once words are searchable: links, vectors, words of pictures and sounds.

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

from polysense.errors import (
    BadQuery,
    MissingDependency,
    ModelFailed,
    NoRoute,
    NotFound,
    PolysenseError,
    Unreadable,
)
from polysense.ingest.captions import MAX_FAILURES, Captions
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.derive import derive_vectors
from polysense.ingest.jobs import EncodeParts, ExtractWords
from polysense.ingest.pages import add_pages
from polysense.ingest.progress import Progress
from polysense.ingest.sync import replace_mentions
from polysense.ingest.workers import JobResult, Workers
from polysense.protocols import DerivedEncoder, Encoder, Store, Vectors
from polysense.read.language.detect import detect_language
from polysense.registry import Kit
from polysense.stretch import chunk_part
from polysense.types import Chunk, Modality, Part, Space, TextSpan
from polysense.vectors.late_interaction import is_multivector, no_vectors, stack_vectors
from polysense.vectors.sparse import is_sparse

T = TypeVar("T")
_MEANINGFUL = re.compile(r"[^\W\d_]{3}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}")
"""A word of three letters, or two ideographs: OCR's scraps of less mean nothing, and lie near
everything.
"""

CHUNK_WINDOW, NATIVE_BATCH = 512, 8
"""Chunks of which vectors are stored at once, and parts that one job encodes: a job that is killed
loses so many. Judged, not measured.
"""

OF_THE_PART = (Unreadable, NotFound, NoRoute, BadQuery)
"""What an encoder raises because of a part, which has no vector then. Any other error is of the
encoder, and would be raised for the next part too.
"""

WORDS_BATCH, LINK_BATCH = 16, 64
"""Assets that are read for words, or given their mentions, between two writes; judged, not
measured.
"""


class Enrichment:
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
        self._resolve: Callable[[Chunk], Chunk] = lambda chunk: chunk
        self._unavailable_extractors: set[str] = set()  # what they need is not installed
        self._model_failures = 0
        self._unread: dict[str, PolysenseError] = {}  # asset -> why its words are not all read
        self._unreadable_now: dict[str, str] = {}  # uri -> why it cannot be read now

    def run(self, resolve: Callable[[Chunk], Chunk]) -> None:
        """All steps, what is quick and useful first.

        `local` gives a chunk whose part can be read here.
        """
        self._resolve = resolve
        self.link()
        for error in add_pages(self._store, self._catalogue, self._kit, self._workers, resolve):
            self._progress.note(error)
        for name, encoder in sorted(
            self._kit.encoders.items(),
            key=lambda e: (isinstance(e[1], DerivedEncoder), "text" not in e[1].accepts),
        ):
            self.fill_space(name, encoder)
        if self.extract_words():
            for name, encoder in self._kit.encoders.items():
                if "text" in encoder.accepts:
                    self.fill_space(name, encoder)
        if self._unreadable_now:
            uri, why = next(iter(self._unreadable_now.items()))
            self._progress.note(
                f"{len(self._unreadable_now)} known files cannot be read now and wait for the next "
                f"run, such as {uri}: {why}"
            )

    def link(self) -> None:
        """Give pictures, sounds, clips and models the words with which documents mention them."""
        self._catalogue.resolve_bare_names()
        mentions, stored = self._catalogue.mentions(), self._catalogue.stored_mentions()
        stale = {a: mentions.get(a, "") for a, old in stored.items() if old != mentions.get(a, "")}
        for batch in batches(sorted(stale), LINK_BATCH):
            chunks = [c for c in self._native_chunks(batch) if not c.is_page]
            self._replace([replace_mentions(c, stale[c.asset.id]) for c in chunks])
            self._catalogue.record_mentions({a: stale[a] for a in batch})

    def fill_space(self, name: str, encoder: Encoder) -> None:
        """Fill a space; nothing for chunks that have neither content nor words that it takes."""
        stage, encoded = f"{name} vectors", 0
        try:
            self._check_capability(encoder.space)
            missing = self._store.missing(encoder.space)
            for ids in batches(missing, CHUNK_WINDOW):
                native: list[Chunk] = []
                verbal: list[Chunk] = []
                blank: list[Chunk] = []
                for c in self._store.get(ids).values():
                    part = chunk_part(c)
                    if part and self._kit.takes(encoder, part):
                        native.append(c)
                    elif _can_encode_words(encoder, c):
                        verbal.append(c)
                    else:
                        blank.append(c)
                if blank:
                    nothing = no_vectors(encoder.space, len(blank))
                    self._store.add_vectors(encoder.space, blank, nothing)
                derived = derive_vectors(
                    self._store, self._kit, encoder, self._as_taken(encoder, native, verbal)
                )
                native = [c for c in native if c.id not in derived]
                verbal = [c for c in verbal if c.id not in derived]
                if verbal:
                    vectors = encoder.encode([Part("text", c.words) for c in verbal], "document")
                    self._store.add_vectors(encoder.space, verbal, vectors)
                base = encoded + len(blank) + len(verbal) + len(derived)
                for count in self._encode_native(name, encoder, native):
                    self._progress.step(stage, base + count, len(missing))
                encoded += len(ids)
                self._progress.step(stage, encoded, len(missing))
        except MissingDependency as e:
            self._progress.note(f"{name}: {e}. {e.hint}")
        except ModelFailed as e:
            self._progress.note(f"{name}: {e}. What has no vector waits for the next run.")

    def _as_taken(
        self, encoder: Encoder, native: Sequence[Chunk], verbal: Sequence[Chunk]
    ) -> dict[Modality, list[Chunk]]:
        """Chunks by the modality of what an encoder is given of them."""
        groups: dict[Modality, list[Chunk]] = {"text": list(verbal)}
        for chunk in native:
            if part := chunk_part(chunk):
                groups.setdefault(self._kit.taken_as(encoder, part), []).append(chunk)
        return groups

    def _check_capability(self, space: Space) -> None:
        """Raises MissingDependency where the store keeps no several vectors a chunk, or no sparse
        ones.
        """
        if is_sparse(space) and "sparse" not in self._store.capabilities:
            raise MissingDependency(
                f"this library's store keeps no sparse vectors, as those of {space.name} are",
                "Leave that encoder out, or keep the library in a folder.",
            )
        if is_multivector(space) and "multivector" not in self._store.capabilities:
            raise MissingDependency(
                f"this library's store keeps one vector a chunk, and {space.name} has several",
                "Leave that encoder out, or keep the library in a folder.",
            )

    def _encode_native(self, name: str, encoder: Encoder, chunks: Sequence[Chunk]) -> Iterator[int]:
        """Store the vectors of parts; how many are done, ever again.

        A chunk that the model failed on waits for the next run. Raises what an encoder as a whole
        lacks, or is set wrongly.
        """
        local = self._local_chunks(chunks)
        slices = batches([c for c in local.values() if c.part], NATIVE_BATCH)
        jobs = [
            EncodeParts(name, tuple(c.id for c in b), tuple(p for c in b if (p := chunk_part(c))))
            for b in slices
        ]
        encoded = failures = 0
        for job, result in self._run_with_retries(jobs):
            nothing = no_vectors(encoder.space, 1)[0]
            encoded_chunks: list[Chunk] = []
            vectors: list[Vectors] = []
            for chunk, item in zip(job.chunks, result.items, strict=True):
                if isinstance(item, ModelFailed) and failures + 1 < MAX_FAILURES:
                    failures += 1
                    self._progress.note(f"{name}: {local[chunk].asset.name}: {item}")
                    continue
                if isinstance(item, PolysenseError) and not isinstance(item, OF_THE_PART):
                    raise item
                encoded_chunks.append(local[chunk])
                vectors.append(item if isinstance(item, np.ndarray) else nothing)
            if vectors:
                self._store.add_vectors(
                    encoder.space, encoded_chunks, stack_vectors(encoder.space, vectors)
                )
            encoded += len(job.chunks)
            yield encoded

    def _local_chunks(self, chunks: Sequence[Chunk]) -> dict[str, Chunk]:
        """By id, those whose content can be read here now.

        The others wait for a run that finds their files.
        """
        local: dict[str, Chunk] = {}
        for chunk in chunks:
            try:
                local[chunk.id] = self._resolve(chunk)
            except PolysenseError as e:
                self._unreadable_now[chunk.asset.uri] = str(e)
        return local

    def _run_with_retries(
        self, jobs: Sequence[EncodeParts]
    ) -> Iterator[tuple[EncodeParts, JobResult]]:
        """Each result; of a job that died, its parts one by one.

        So only the part that kills its reader goes without a vector.
        """
        single_parts: list[EncodeParts] = []
        for job, result in self._workers.map(jobs):
            if len(result.items) == len(job.chunks):
                yield job, result
            elif len(job.chunks) > 1:
                single_parts += [
                    replace(job, chunks=(c,), parts=(p,))
                    for c, p in zip(job.chunks, job.parts, strict=True)
                ]
            else:
                yield job, JobResult((result.error,))
        if single_parts:
            yield from self._run_with_retries(single_parts)

    def extract_words(self) -> int:
        """Find the words in pictures and sounds, and write captions; how many chunks were read.

        Only in those that have none, or had them from other extractors.
        """
        captions = Captions(self._kit, self._workers, self._progress.note)
        extractors = self._kit.extractors
        setup = f"{extractors}; {self._workers.limit_signature}"
        assets = self._catalogue.assets_to_extract(extractors, setup)
        extracted = asset_count = 0
        for batch in batches(assets, WORDS_BATCH):
            native = self._native_chunks(batch)
            chunks = [c for c in native if self._needs_extraction(c) or captions.is_missing(c)]
            local = self._local_chunks(chunks)
            waiting = {c.asset.id for c in chunks if c.id not in local}
            to_read = {i: c for i, c in local.items() if self._needs_extraction(c)}
            new = {c.id: c for c in self._extract(to_read, waiting)}
            to_caption = {i: new.get(i, c) for i, c in local.items() if captions.is_missing(c)}
            new |= {c.id: c for c in captions.add(to_caption, waiting)}
            self._replace(list(new.values()))
            self._catalogue.record_extraction([a for a in batch if a not in waiting], extractors)
            self._catalogue.record_unread(self._unread, setup)
            self._unread.clear()
            extracted, asset_count = extracted + len(local), asset_count + len(batch)
            self._progress.step("reading words", asset_count, len(assets))
        return extracted

    def _native_chunks(self, assets: Sequence[str]) -> list[Chunk]:
        """The chunks of these assets that are more than words."""
        condition = "asset IN (" + ", ".join(f"'{a}'" for a in assets) + ") AND native != ''"
        ids = [r["id"] for r in self._store.scan(condition, ["id"])]
        return list(self._store.get(ids).values())

    def _needs_extraction(self, chunk: Chunk) -> bool:
        extractor = self._extractor_name(chunk.part) if chunk.part else ""
        return bool(extractor) and (
            not chunk.text or chunk.meta.get("derived", extractor) != extractor
        )

    def _extractor_name(self, part: Part) -> str:
        """The name of the reader for a part; "" where there is none."""
        extractor = self._kit.text_extractor(part.modality)
        return next((n for n, c in self._kit.converters.items() if c is extractor), "")

    def _extract(self, chunks: Mapping[str, Chunk], waiting: set[str]) -> Iterator[Chunk]:
        """The chunks, by id, with the words found in them.

        Adds to `waiting` the assets whose extractor needs what is not installed, asks a model that
        failed, took too long or broke: the next run tries again.
        """
        jobs = [
            ExtractWords(i, c.part)
            for i, c in chunks.items()
            if c.part and self._extractor_name(c.part) not in self._unavailable_extractors
        ]
        waiting |= {
            c.asset.id
            for c in chunks.values()
            if c.part and self._extractor_name(c.part) in self._unavailable_extractors
        }
        for job, result in self._workers.map(jobs):
            lines = [p for p in result.items if isinstance(p, Part)]
            extractor = self._extractor_name(job.part)
            if isinstance(result.error, MissingDependency):
                waiting.add(chunks[job.chunk].asset.id)
                if extractor not in self._unavailable_extractors:
                    self._unavailable_extractors.add(extractor)
                    self._progress.note(f"{extractor}: {result.error}. {result.error.hint}")
                continue
            elif isinstance(result.error, ModelFailed):
                waiting.add(chunks[job.chunk].asset.id)
                self._model_failures += 1
                if self._model_failures >= MAX_FAILURES:
                    self._unavailable_extractors.add(extractor)
                self._progress.note(f"{extractor}: {job.subject}: {result.error}")
                continue
            elif result.error:
                waiting.add(chunks[job.chunk].asset.id)
                self._unread[chunks[job.chunk].asset.id] = result.error
                self._progress.note(f"{job.subject}: {result.error}")
            if lines:  # of a job that ended early too, but then as nobody's: they are read again
                extractor = "" if result.error else extractor
                yield with_extracted_words(chunks[job.chunk], lines, extractor)

    def _replace(self, chunks: Sequence[Chunk]) -> None:
        """Store chunks whose words changed; spaces that read words must encode them again."""
        if not chunks:
            return
        for encoder in self._kit.encoders.values():
            if "text" in encoder.accepts:
                stale = [
                    c.id
                    for c in chunks
                    if not ((part := chunk_part(c)) and self._kit.takes(encoder, part))
                ]
                self._store.forget(encoder.space.name, stale)
        self._store.add(chunks)


def with_extracted_words(chunk: Chunk, lines: Sequence[Part], extractor: str) -> Chunk:
    """The chunk with words found in its part, each line marked with its place."""
    text, marks = "", []
    for line in lines:
        start = len(text) + bool(text)
        text = f"{text}\n{line.data}" if text else str(line.data)
        marks.append(TextSpan(start, len(text), line.span.within(chunk.span)))
    confidences = [float(p.meta["confidence"]) for p in lines if "confidence" in p.meta]
    meta = {
        **chunk.meta,
        "lang": detect_language(text) or chunk.meta.get("lang", ""),
        "derived": extractor,
    }
    if confidences:
        meta["confidence"] = round(sum(confidences) / len(confidences), 3)
    if manner := lines[0].meta.get("manner"):
        meta["manner"] = manner
    if uncertain := [i for i, p in enumerate(lines) if p.meta.get("uncertain")]:
        meta["uncertain"] = uncertain  # lines, as `marks` has them
    return replace(chunk, text=text, marks=tuple(marks), meta=meta)


def _can_encode_words(encoder: Encoder, chunk: Chunk) -> bool:
    if "text" not in encoder.accepts or not _MEANINGFUL.search(chunk.words):
        return False
    lang = chunk.meta.get("lang", "")
    return encoder.languages is None or not lang or lang in encoder.languages


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Slices of at most `size`."""
    return (items[i : i + size] for i in range(0, len(items), size))


def local_resolver(cache: Path) -> Callable[[Chunk], Chunk]:
    """Gives chunks whose parts can be read here: members of archives are extracted to the cache.

    Raises NotFound, Unreadable.
    """
    from polysense.read.file.archive import local_path

    def resolve(chunk: Chunk) -> Chunk:
        if chunk.part is None:
            return chunk
        path = local_path(chunk.asset.uri, cache)
        if not os.access(path, os.R_OK):
            raise NotFound(f"{path} is not there, or may not be read")
        return replace(chunk, part=replace(chunk.part, data=path))

    return resolve
