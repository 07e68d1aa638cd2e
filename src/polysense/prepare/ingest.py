"""Sync files into a library: find what changed, parse it, make its words searchable; then `enrich` lets vectors follow.

Order of writes, so that a kill at any moment loses nothing that was reported: chunks into the store, then the line in the catalogue,
then the report. What stands in the store without a line in the catalogue is parsed again; ids are hashes, so nothing comes twice.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from polysense.errors import Unreadable
from polysense.prepare.catalogue import Catalogue, Done
from polysense.prepare.changes import Changes, Opened, beside, compare, open_all
from polysense.prepare.jobs import Parse
from polysense.prepare.language import language
from polysense.prepare.progress import Progress
from polysense.prepare.scan import File
from polysense.prepare.workers import Result, Workers
from polysense.protocols import Store
from polysense.types import Asset, Chunk, Failure, IndexReport, Link, Skip

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

    def __init__(self, store: Store, catalogue: Catalogue, workers: Workers, progress: Progress, cache: Path) -> None:
        self._store, self._catalogue, self._workers, self._progress, self._cache = store, catalogue, workers, progress, cache
        self._ready: list[tuple[Done, list[Chunk]]] = []
        self._bad: list[tuple[File, Failure]] = []
        self._files: dict[str, File] = {}  # being parsed, by asset id
        self._again: list[tuple[File, str]] = []  # further places of contents
        self._failed: dict[str, Failure] = {}
        self._left: list[str] = []  # members that their archives no longer have
        self._flushed = time.monotonic()
        self._parsed = 0

    def run(self, roots: Sequence[Path], library: Path | None) -> IndexReport:
        """Sync the store with the files under these roots."""
        began = time.monotonic()
        self._progress.step("looking", 0, 1)
        changes = compare(roots, self._catalogue, library)
        self._progress.step("looking", 1, 1, f"{len(changes.new)} new or changed")
        tally = Tally(set(), set(changes.unchanged), {}, {f.uri: f for f in changes.failed}, Counter())
        tally.skipped = {s.uri: s for s in changes.skipped}
        self._known = self._catalogue.known()
        self._catalogue.unplace(changes.gone)
        self._adrift = set(self._catalogue.homeless())  # gone, unless a new place turns up: then it was moved
        if changes.new:
            self._parse(changes, tally)
        removed = len(self._adrift.intersection(self._catalogue.homeless()))
        forget_homeless(self._store, self._catalogue)
        for failure in self._catalogue.lost():
            if any(_inside(failure.uri, root) for root in roots):
                tally.failed.setdefault(failure.uri, failure)
        return tally.report(removed, time.monotonic() - began)

    def _parse(self, changes: Changes, tally: Tally) -> None:
        self._total = len(changes.new)
        self._linked = self._catalogue.mentions()
        self._seen = {asset.id: asset for asset in self._catalogue.assets()}
        self._archives = {u.partition("!/")[0] for u in (*self._known, *self._catalogue.failures()) if "!/" in u}
        self._captioned = {asset for _, _, asset, state in self._known.values() if state}
        jobs = self._jobs(changes.new, tally)
        for job, result in self._workers.map(jobs):
            self._take(job, result)
            self._flush(tally)
        self._flush(tally, force=True)

    def _jobs(self, files: Sequence[File], tally: Tally) -> Iterator[Parse]:
        doing: set[str] = set()
        members: set[str] = set()
        for opened in open_all(sorted(files, key=lambda f: not beside(f.path)), self._cache):
            file = opened.file if isinstance(opened, Opened) else opened[0]
            members.add(file.uri)
            if file.uri in self._archives:
                self._left += [u for u in self._catalogue.under(f"{file.uri}!") if u not in members]
            if not isinstance(opened, Opened):
                self._count()
                self._pass_over(*opened, tally)
                continue
            asset = opened.asset
            if asset.id in doing:
                self._again.append((file, asset.id))
            elif self._as_it_was(file, asset):
                tally.unchanged.add(asset.id)
                self._again.append((file, asset.id))
            elif not asset.id:
                self._ready.append((Done(file, asset), []))
            else:
                doing.add(asset.id)
                self._files[asset.id] = file
                yield Parse(asset)
                continue
            self._count()

    def _pass_over(self, file: File, problem: Failure | Skip, tally: Tally) -> None:
        if isinstance(problem, Failure):
            self._bad.append((file, problem))
        else:
            tally.skipped[problem.uri] = problem
            self._left.append(problem.uri)

    def _as_it_was(self, file: File, asset: Asset) -> bool:
        """Whether the store holds this content, read as it would be read now."""
        old = self._seen.get(asset.id)
        if old is None:
            return False
        _, _, before, state = self._known.get(file.uri, (0, 0, "", ""))
        if before == asset.id:
            return state == beside(file.path)
        moved = asset.id in self._adrift
        return not beside(file.path) and not (moved and (old.mime != asset.mime or asset.id in self._captioned))

    def _take(self, job: Parse, result: Result) -> None:
        asset, file = job.asset, self._files.pop(job.asset.id)
        chunks = [c for c in result.items if isinstance(c, Chunk)]
        self._count()
        error = result.error
        if not chunks and error is None:
            error = Unreadable(f"{asset.name} holds nothing that can be found", "If it should, open it and check that it is not blank.")
        failure = Failure(asset.uri, str(error), error.hint) if error else None
        if failure and not chunks:
            self._failed[asset.id] = failure
            self._bad.append((file, failure))
            return
        linked = self._linked.get(asset.id, "")
        links = tuple(item for item in result.items if isinstance(item, Link))
        finished = [finish(c, asset, linked) for c in chunks]
        self._ready.append((Done(file, asset, links, failure, linked, beside(file.path)), finished))

    def _count(self) -> None:
        self._parsed += 1
        self._total = max(self._total, self._parsed)  # members of archives are found on the way

    def _flush(self, tally: Tally, force: bool = False) -> None:
        waiting = sum(len(chunks) for _, chunks in self._ready)
        if not force and waiting < FLUSH_CHUNKS and time.monotonic() - self._flushed < FLUSH_SECONDS:
            return
        known = [d.asset.id for d, _ in self._ready if d.asset.id in self._seen]
        if known:
            self._store.delete(known)  # parsed again: its subtitles changed
        if force:
            self._bad += [(f, replace(self._failed[a], uri=f.uri)) for f, a in self._again if a in self._failed]
        self._store.add([c for _, chunks in self._ready for c in chunks])
        self._catalogue.done([d for d, _ in self._ready])
        self._catalogue.failed(self._bad)
        if force:
            self._catalogue.also((f, a, beside(f.path)) for f, a in self._again if a not in self._failed)
            self._catalogue.unplace(self._left)
        for done, chunks in self._ready:
            if done.asset.id:
                tally.indexed.add(done.asset.id)
                tally.chunks.update(c.modality for c in chunks)
        tally.failed |= {f.uri: e for f, e in self._bad}
        last = self._ready[-1][0].asset.name if self._ready else ""
        self._ready, self._bad, self._flushed = [], [], time.monotonic()
        self._progress.step("reading", self._parsed, self._total, last)


def finish(chunk: Chunk, asset: Asset, linked: str) -> Chunk:
    """A parser's chunk as it is stored: with its asset, its language, and the words with which other files mention it."""
    chunk = replace(chunk, asset=asset, meta={**chunk.meta, "lang": language(chunk.text or chunk.context)})
    return relink(chunk, linked)


def relink(chunk: Chunk, new: str) -> Chunk:
    """Replace the linked words in the context of a chunk that is more than words; it knows those that it has."""
    old = str(chunk.meta.get("linked", ""))
    if chunk.part is None or old == new:
        return chunk
    own = chunk.context.removesuffix(old).rstrip("\n") if old else chunk.context
    context = f"{own}\n{new}".strip("\n") if new else own
    lang = chunk.meta.get("lang") or language(context)
    return replace(chunk, context=context, meta={**chunk.meta, "lang": lang, "linked": new})


def forget_homeless(store: Store, catalogue: Catalogue) -> int:
    """Drop assets that lie nowhere any more, and tell the others where they are now; how many were dropped."""
    homeless = catalogue.homeless()
    if homeless:
        store.delete(homeless)
        catalogue.forget(homeless)
    places = {a: uris for batch in _batches([a.id for a in catalogue.assets()]) for a, uris in catalogue.places(batch).items()}
    for asset in catalogue.assets():
        if asset.uri not in places[asset.id]:
            moved = replace(asset, uri=places[asset.id][0], path=None)
            ids = [r["id"] for r in store.scan(f"asset = '{asset.id}'", ["id"])]
            store.add([replace(c, asset=moved) for c in store.get(ids).values()])
            catalogue.move(asset.id, moved.uri)
    return len(homeless)


def sweep(store: Store, catalogue: Catalogue) -> None:
    """After a run that was cut off: drop from the store what no line of the catalogue speaks for."""
    known = {a.id for a in catalogue.assets()}
    orphans = {r["asset"] for r in store.scan("", ["asset"])} - known
    store.delete(sorted(orphans))


def _batches(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[i : i + 500] for i in range(0, len(ids), 500))


def _inside(uri: str, root: Path) -> bool:
    return uri == str(root) or uri.startswith((f"{str(root).rstrip('/')}/", f"{root}!/"))
