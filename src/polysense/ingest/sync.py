"""Sync files into a library: find what changed, parse it, make its words searchable; then `enrich`
lets vectors follow.

Order of writes, so that a kill at any moment loses nothing that was reported: chunks into the
store, then the line in the catalogue, then the report. An archive's line, which speaks for its
members, comes when all of them have theirs; what is gone is forgotten last, when it is known what
was only moved. What stands in the store without a line in the catalogue is parsed again; ids are
hashes, so nothing comes twice.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from polysense.errors import Unreadable
from polysense.ingest.catalogue import RETRIED, Catalogue, Done, within
from polysense.ingest.changes import Changes, Opened, beside, by_archive, compare, open_all
from polysense.ingest.jobs import Parse
from polysense.ingest.progress import Progress
from polysense.ingest.scan import File
from polysense.ingest.workers import Result, Workers
from polysense.protocols import Store
from polysense.read.language.detect import language
from polysense.results import Failure, IndexReport, Skip
from polysense.types import Asset, Chunk, Link

T = TypeVar("T")
FLUSH_CHUNKS, FLUSH_SECONDS = 1024, 1.5
"""Words are searchable this soon after they were parsed."""


@dataclass(slots=True)
class Tally:
    """Distinct contents of one run, by what became of them."""

    indexed: set[str]
    unchanged: set[str]
    skipped: dict[str, Skip]
    failed: dict[str, Failure]
    chunks: Counter[str]

    def report(self, removed: int, seconds: float) -> IndexReport:
        """As a value."""
        return IndexReport(
            indexed=len(self.indexed),
            unchanged=len(self.unchanged - self.indexed),
            removed=removed,
            skipped=tuple(sorted(self.skipped.values(), key=lambda s: s.uri)),
            failed=tuple(sorted(self.failed.values(), key=lambda f: f.uri)),
            chunks=dict(sorted(self.chunks.items())),
            seconds=round(seconds, 3),
        )


class Ingest:
    """One sync. Holds what it writes to; `run` does it."""

    def __init__(
        self, store: Store, catalogue: Catalogue, workers: Workers, progress: Progress, cache: Path
    ) -> None:
        self._store, self._catalogue, self._workers, self._progress, self._cache = (
            store,
            catalogue,
            workers,
            progress,
            cache,
        )
        self._ready: list[tuple[Done, list[Chunk]]] = []
        self._bad: list[tuple[File, Failure]] = []
        # being parsed, by asset id, with the state of their sidecars
        self._files: dict[str, tuple[File, str]] = {}
        self._failed: dict[str, Failure] = {}  # by asset id
        # further places of contents: asset id, state of the sidecars
        self._again: list[tuple[File, str, str]] = []
        self._archives: list[Done] = []
        self._unopened: list[tuple[File, Failure]] = []
        self._left: list[str] = []  # members that their archives no longer have
        self._flushed = time.monotonic()
        self._parsed = 0

    def run(self, roots: Sequence[Path], library: Path | None) -> IndexReport:
        """Sync the store with the files under these roots."""
        began, tops = time.monotonic(), set(map(str, roots))
        # a run that was cut off may have dropped their chunks already
        forget_homeless(self._store, self._catalogue)
        self._catalogue.read_with(self._workers.readers)
        self._progress.step("looking", 0, 1)
        changes = compare(roots, self._catalogue, library)
        self._progress.step("looking", 1, 1, f"{len(changes.new)} new or changed")
        tally = Tally(
            set(), set(changes.unchanged), {}, {f.uri: f for f in changes.failed}, Counter()
        )
        tally.skipped = {s.uri: s for s in changes.skipped}
        self._known = self._catalogue.known()
        self._gone = self._known.keys() & changes.gone
        staying = {asset for uri, (_, _, asset, _) in self._known.items() if uri not in self._gone}
        # unless a new place turns up: then it was moved
        self._adrift = {self._known[uri][2] for uri in self._gone} - staying
        if changes.new:
            self._parse(changes, tally)
        self._catalogue.unplace(changes.gone)
        removed = len(self._adrift.intersection(self._catalogue.homeless()))
        forget_homeless(self._store, self._catalogue)
        for failure in self._catalogue.lost():
            if tops.intersection(within(failure.uri)):
                tally.failed.setdefault(failure.uri, failure)
        return tally.report(removed, time.monotonic() - began)

    def _parse(self, changes: Changes, tally: Tally) -> None:
        self._total = len(changes.new)
        self._linked = self._catalogue.mentions()
        self._seen = {asset.id: asset for asset in self._catalogue.assets()}
        self._captioned = {asset for _, _, asset, state in self._known.values() if state}
        self._members = by_archive((*self._known, *self._catalogue.failures()))
        # their lines come again when all is read
        self._catalogue.unplace([f.uri for f in changes.new if f.uri in self._members])
        for job, result in self._workers.map(self._jobs(changes.new, tally)):
            self._take(job, result)
            if self._due():
                self._flush(tally)
        self._flush(tally)
        self._close(tally)

    def _jobs(self, files: Sequence[File], tally: Tally) -> Iterator[Parse]:
        doing, met = set[str](), set[str]()
        for opened in open_all(sorted(files, key=lambda f: not beside(f.path)), self._cache):
            file = opened.file if isinstance(opened, Opened) else opened[0]
            met.add(file.uri)
            self._left += [uri for uri in self._members.get(file.uri, ()) if uri not in met]
            if isinstance(opened, Opened) and (job := self._job(file, opened.asset, doing, tally)):
                yield job
                continue
            if not isinstance(opened, Opened):
                self._pass_over(*opened, tally)
            self._count()

    def _job(self, file: File, asset: Asset, doing: set[str], tally: Tally) -> Parse | None:
        """What is to be done for a file; None where its content is known, or is its members."""
        state = beside(file.path)
        if not asset.id:
            self._archives.append(Done(file, asset))
        elif asset.id in doing:
            self._again.append((file, asset.id, state))
        elif self._as_it_was(file, asset, state):
            tally.unchanged.add(asset.id)
            self._again.append((file, asset.id, state))
        else:
            doing.add(asset.id)
            self._files[asset.id] = (file, state)
            return Parse(asset)
        return None

    def _pass_over(self, file: File, problem: Failure | Skip, tally: Tally) -> None:
        if isinstance(problem, Failure):
            self._unopened.append((file, problem))
        else:
            tally.skipped[problem.uri] = problem
            self._left.append(problem.uri)

    def _as_it_was(self, file: File, asset: Asset, state: str) -> bool:
        """Whether the store holds this content, read as it would be read now."""
        old = self._seen.get(asset.id)
        _, stamp, before, known = self._known.get(file.uri, (0, 0, "", ""))
        if old is None or stamp == RETRIED:
            return False
        if before == asset.id:
            return known == state
        moved = asset.id in self._adrift
        return not state and not (moved and (old.mime != asset.mime or asset.id in self._captioned))

    def _take(self, job: Parse, result: Result) -> None:
        asset, (file, state) = job.asset, self._files.pop(job.asset.id)
        chunks = [c for c in result.items if isinstance(c, Chunk)]
        self._count()
        error = result.error
        if not chunks and error is None:
            error = Unreadable(
                f"{asset.name} holds nothing that can be found",
                "If it should, open it and check that it is not blank.",
            )
        failure = Failure(asset.uri, str(error), error.hint) if error else None
        if failure and not chunks:
            self._failed[asset.id] = failure
            self._bad.append((file, failure))
            return
        linked = self._linked.get(asset.id, "")
        links = tuple(item for item in result.items if isinstance(item, Link))
        finished = [finish(c, asset, linked) for c in chunks]
        self._ready.append((Done(file, asset, links, failure, linked, state), finished))

    def _count(self) -> None:
        self._parsed += 1
        self._total = max(self._total, self._parsed)  # members of archives are found on the way
        self._progress.step("reading", self._parsed, self._total)

    def _due(self) -> bool:
        waiting = sum(len(chunks) for _, chunks in self._ready)
        return waiting >= FLUSH_CHUNKS or time.monotonic() - self._flushed >= FLUSH_SECONDS

    def _flush(self, tally: Tally) -> None:
        """Write what has been parsed; then it is done."""
        again = {d.asset.id: d.file.uri for d, _ in self._ready if d.asset.id in self._seen}
        if again:  # their subtitles changed, or their reader
            left = [uri for uri in self._gone if self._known[uri][2] in again]
            self._catalogue.distrust([*again.values(), *left])
            self._store.delete(list(again))
        self._store.add([c for _, chunks in self._ready for c in chunks])
        self._catalogue.done([d for d, _ in self._ready])
        self._catalogue.failed(self._bad)
        for done, chunks in self._ready:
            tally.indexed.add(done.asset.id)
            tally.chunks.update(c.modality for c in chunks)
        tally.failed |= {f.uri: e for f, e in self._bad}
        last = self._ready[-1][0].asset.name if self._ready else ""
        self._ready, self._bad, self._flushed = [], [], time.monotonic()
        self._progress.step("reading", self._parsed, self._total, last)

    def _close(self, tally: Tally) -> None:
        """Write what could only be told when all was parsed; archives last: a run that is cut off
        before must open them again.
        """
        copies = [
            (f, replace(self._failed[a], uri=f.uri)) for f, a, _ in self._again if a in self._failed
        ]
        self._catalogue.also(
            [(f, a, state) for f, a, state in self._again if a not in self._failed]
        )
        self._catalogue.failed([*self._unopened, *copies])
        self._catalogue.unplace(self._left)
        self._catalogue.done(self._archives)
        tally.failed |= {f.uri: e for f, e in (*self._unopened, *copies)}


def finish(chunk: Chunk, asset: Asset, linked: str) -> Chunk:
    """A parser's chunk as it is stored: with its asset, its language, and the words with which
    other files mention it.
    """
    chunk = replace(
        chunk, asset=asset, meta={**chunk.meta, "lang": language(chunk.text or chunk.context)}
    )
    return relink(chunk, linked)


def relink(chunk: Chunk, new: str) -> Chunk:
    """Replace the linked words in the context of a chunk that is more than words; it knows those
    that it has.
    """
    old = str(chunk.meta.get("linked", ""))
    if chunk.part is None or old == new:
        return chunk
    own = chunk.context.removesuffix(old).rstrip("\n") if old else chunk.context
    context = f"{own}\n{new}".strip("\n") if new else own
    lang = chunk.meta.get("lang") or language(context)
    return replace(chunk, context=context, meta={**chunk.meta, "lang": lang, "linked": new})


def forget_homeless(store: Store, catalogue: Catalogue) -> int:
    """Drop assets that lie nowhere any more, and tell the others where they are now; how many were
    dropped.
    """
    homeless = catalogue.homeless()
    if homeless:
        store.delete(homeless)
        catalogue.forget(homeless)
    for assets in _batches(catalogue.unsettled()):
        places = catalogue.places([a.id for a in assets])
        moved = {a.id: replace(a, uri=places[a.id][0], path=None) for a in assets}
        inside = ", ".join(f"'{a}'" for a in moved)
        ids = [r["id"] for r in store.scan(f"asset IN ({inside})", ["id"])]
        store.add([replace(c, asset=moved[c.asset.id]) for c in store.get(ids).values()])
        catalogue.move(moved.values())
    return len(homeless)


def sweep(store: Store, catalogue: Catalogue) -> None:
    """After a run that was cut off: drop what only the store knows of, and what only the catalogue
    does; it counts as new again.
    """
    held, known = (
        {r["asset"] for r in store.scan("", ["asset"])},
        {a.id for a in catalogue.assets()},
    )
    store.delete(sorted(held - known))
    for lost in _batches(sorted(known - held)):
        uris = [uri for places in catalogue.places(lost).values() for uri in places]
        # also the archives that they are in
        catalogue.unplace([above for uri in uris for above in within(uri)])
        catalogue.forget(lost)


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[i : i + 500] for i in range(0, len(items), 500))
