"""Sync files into a library: find what changed, parse it, make its words searchable.

Then `enrich` lets vectors follow.

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
from polysense.ingest.catalogue import RETRY, Catalogue
from polysense.ingest.changes import (
    Changes,
    IdentifiedFile,
    compare,
    identify_files,
    sidecar_state,
)
from polysense.ingest.indexed_file import IndexedFile
from polysense.ingest.jobs import ParseFile
from polysense.ingest.progress import Progress
from polysense.ingest.renames import find_departures
from polysense.ingest.scan import File
from polysense.ingest.uris import enclosing_uris, members_by_archive
from polysense.ingest.workers import JobResult, Workers
from polysense.protocols import Store
from polysense.read.language.detect import detect_language
from polysense.results import Failure, IndexReport, Skip
from polysense.types import Asset, Chunk, Link

T = TypeVar("T")
FLUSH_CHUNKS, FLUSH_SECONDS = 1024, 1.5
"""Words are searchable this soon after they were parsed; judged, not measured."""


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


class Ingestion:
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
        self._parsed_files: list[tuple[IndexedFile, list[Chunk]]] = []
        self._new_failures: list[tuple[File, Failure]] = []
        # being parsed, by asset id, with the state of their sidecars
        self._in_progress: dict[str, tuple[File, str]] = {}
        self._failure_by_asset: dict[str, Failure] = {}
        # with asset id and state of the sidecars: contents that lie elsewhere too
        self._other_locations: list[tuple[File, str, str]] = []
        self._archives: list[IndexedFile] = []
        self._unopenable: list[tuple[File, Failure]] = []
        self._vanished_members: list[str] = []  # members that their archives no longer have
        self._last_flush = time.monotonic()
        self._processed = 0

    def run(
        self, roots: Sequence[Path], library: Path | None, *, is_shared: bool = False
    ) -> IndexReport:
        """Sync the store with the files under these roots.

        is_shared: other machines have files in it, which are not to be missed here.
        """
        start, root_uris = time.monotonic(), set(map(str, roots))
        # a run that was cut off may have dropped their chunks already
        forget_orphans(self._store, self._catalogue)
        readers = {t: str(r) for t, r in self._workers.readers.by_type.items()}
        self._catalogue.use_readers(self._workers.reader_signature, readers)
        self._progress.step("looking", 0, 1)
        changes = compare(roots, self._catalogue, library)
        self._progress.step("looking", 1, 1, f"{len(changes.new)} new or changed")
        tally = Tally(
            set(), set(changes.unchanged), {}, {f.uri: f for f in changes.failed}, Counter()
        )
        tally.skipped = {s.uri: s for s in changes.skipped}
        self._place_states = self._catalogue.place_states()
        self._missing_uris = self._place_states.keys() & changes.missing
        remaining = {
            asset
            for uri, (_, _, asset, _) in self._place_states.items()
            if uri not in self._missing_uris
        }
        # unless a new place turns up: then it was moved
        self._maybe_moved = {self._place_states[uri][2] for uri in self._missing_uris} - remaining
        if changes.new:
            self._parse(changes, tally)
            if not is_shared:
                self._forget_renamed()
        self._catalogue.forget_places(changes.missing)
        removed = len(self._maybe_moved.intersection(self._catalogue.orphans()))
        forget_orphans(self._store, self._catalogue)
        for failure in self._catalogue.partial_failures():
            if root_uris.intersection(enclosing_uris(failure.uri)):
                tally.failed.setdefault(failure.uri, failure)
        return tally.report(removed, time.monotonic() - start)

    def _parse(self, changes: Changes, tally: Tally) -> None:
        self._total = len(changes.new)
        self._mentions = self._catalogue.mentions()
        self._known_assets = {asset.id: asset for asset in self._catalogue.assets()}
        self._assets_with_sidecars = {
            asset for _, _, asset, state in self._place_states.values() if state
        }
        self._members = members_by_archive((*self._place_states, *self._catalogue.failures()))
        # their lines come again when all is read
        self._catalogue.forget_places([f.uri for f in changes.new if f.uri in self._members])
        for job, result in self._workers.map(self._jobs(changes.new, tally)):
            self._collect(job, result)
            if self._flush_is_due():
                self._flush(tally)
        self._flush(tally)
        self._finish(tally)

    def _forget_renamed(self) -> None:
        """Forget the places whose files now lie elsewhere, under other roots than those of now."""
        arrivals = ((file.uri, asset) for file, asset, _ in self._other_locations)
        assets_by_uri = dict.fromkeys(self._catalogue.failures(), "")
        assets_by_uri |= {uri: asset for uri, (_, _, asset, _) in self._place_states.items()}
        departures = find_departures(arrivals, assets_by_uri)
        self._maybe_moved |= set(filter(None, departures.values()))
        self._catalogue.forget_places(list(departures))

    def _jobs(self, files: Sequence[File], tally: Tally) -> Iterator[ParseFile]:
        pending, uris_so_far = set[str](), set[str]()
        for item in identify_files(
            sorted(files, key=lambda f: not sidecar_state(f.path)),
            self._cache,
            self._workers.readers.unread_reason,
        ):
            file = item.file if isinstance(item, IdentifiedFile) else item[0]
            uris_so_far.add(file.uri)
            self._vanished_members += [
                uri for uri in self._members.get(file.uri, ()) if uri not in uris_so_far
            ]
            if isinstance(item, IdentifiedFile) and (job := self._job(item, pending, tally)):
                yield job
                continue
            if not isinstance(item, IdentifiedFile):
                self._record_problem(*item, tally)
            self._count_file()

    def _job(self, item: IdentifiedFile, pending: set[str], tally: Tally) -> ParseFile | None:
        """What is to be done for a file; None where its content is known, or is its members."""
        file, asset = item.file, item.asset
        state = sidecar_state(file.path)
        if not asset.id:
            self._archives.append(IndexedFile(file, asset))
        elif asset.id in pending:
            self._other_locations.append((file, asset.id, state))
        elif self._is_unchanged(file, asset, state):
            tally.unchanged.add(asset.id)
            self._other_locations.append((file, asset.id, state))
        else:
            pending.add(asset.id)
            if item.has_members:  # its line counts when all of them have theirs
                self._other_locations.append((file, asset.id, state))
                file = replace(file, mtime_ns=RETRY)
            self._in_progress[asset.id] = (file, state)
            return ParseFile(asset)
        return None

    def _record_problem(self, file: File, problem: Failure | Skip, tally: Tally) -> None:
        if isinstance(problem, Failure):
            self._unopenable.append((file, problem))
        else:
            tally.skipped[problem.uri] = problem
            self._vanished_members.append(problem.uri)

    def _is_unchanged(self, file: File, asset: Asset, state: str) -> bool:
        """Whether the store holds this content, read as it would be read now."""
        stored = self._known_assets.get(asset.id)
        _, old_mtime, old_asset, old_state = self._place_states.get(file.uri, (0, 0, "", ""))
        if stored is None or old_mtime == RETRY:
            return False
        if old_asset == asset.id:
            return old_state == state
        if state:
            return False
        was_read_otherwise = stored.mime != asset.mime or asset.id in self._assets_with_sidecars
        return not (asset.id in self._maybe_moved and was_read_otherwise)

    def _collect(self, job: ParseFile, result: JobResult) -> None:
        asset, (file, state) = job.asset, self._in_progress.pop(job.asset.id)
        chunks = [c for c in result.items if isinstance(c, Chunk)]
        self._count_file()
        error = result.error
        if not chunks and error is None:
            error = Unreadable(
                f"{asset.name} holds nothing that can be found",
                "If it should, open it and check that it is not blank.",
            )
        failure = Failure(asset.uri, str(error), error.hint) if error else None
        if failure and not chunks:
            self._failure_by_asset[asset.id] = failure
            self._new_failures.append((file, failure))
            return
        mentions = self._mentions.get(asset.id, "")
        links = tuple(item for item in result.items if isinstance(item, Link))
        complete = [complete_chunk(c, asset, mentions) for c in chunks]
        self._parsed_files.append(
            (IndexedFile(file, asset, links, failure, mentions, state), complete)
        )

    def _count_file(self) -> None:
        self._processed += 1
        self._total = max(self._total, self._processed)  # members of archives are found on the way
        self._progress.step("reading", self._processed, self._total)

    def _flush_is_due(self) -> bool:
        waiting = sum(len(chunks) for _, chunks in self._parsed_files)
        return waiting >= FLUSH_CHUNKS or time.monotonic() - self._last_flush >= FLUSH_SECONDS

    def _flush(self, tally: Tally) -> None:
        """Write what has been parsed; then it is done."""
        replaced = {
            d.asset.id: d.file.uri
            for d, _ in self._parsed_files
            if d.asset.id in self._known_assets
        }
        if replaced:  # their subtitles changed, or their reader
            missing_copies = [
                uri for uri in self._missing_uris if self._place_states[uri][2] in replaced
            ]
            self._catalogue.mark_stale([*replaced.values(), *missing_copies])
            self._store.delete(list(replaced))
        self._catalogue.begin_writing([d.asset.id for d, _ in self._parsed_files])
        self._store.add([c for _, chunks in self._parsed_files for c in chunks])
        self._catalogue.record_indexed([d for d, _ in self._parsed_files])
        self._catalogue.record_failures(self._new_failures)
        for indexed_file, chunks in self._parsed_files:
            tally.indexed.add(indexed_file.asset.id)
            tally.chunks.update(c.modality for c in chunks)
        tally.failed |= {f.uri: e for f, e in self._new_failures}
        last_name = self._parsed_files[-1][0].asset.name if self._parsed_files else ""
        self._parsed_files, self._new_failures, self._last_flush = [], [], time.monotonic()
        self._progress.step("reading", self._processed, self._total, last_name)

    def _finish(self, tally: Tally) -> None:
        """Write what is only known when all is parsed.

        Archives last: a run that is cut off before must open them again.
        """
        copies = [
            (f, replace(self._failure_by_asset[a], uri=f.uri))
            for f, a, _ in self._other_locations
            if a in self._failure_by_asset
        ]
        self._catalogue.add_locations(
            [
                (f, a, state)
                for f, a, state in self._other_locations
                if a not in self._failure_by_asset
            ]
        )
        self._catalogue.record_failures([*self._unopenable, *copies])
        self._catalogue.forget_places(self._vanished_members)
        self._catalogue.record_indexed(self._archives)
        tally.failed |= {f.uri: e for f, e in (*self._unopenable, *copies)}


def complete_chunk(chunk: Chunk, asset: Asset, mentions: str) -> Chunk:
    """A parser's chunk as it is stored: with its asset, its language, and its mentions."""
    chunk = replace(
        chunk,
        asset=asset,
        meta={**chunk.meta, "lang": detect_language(chunk.text or chunk.context)},
    )
    return replace_mentions(chunk, mentions)


def replace_mentions(chunk: Chunk, mentions: str) -> Chunk:
    """Replace the linked words in the context of a chunk that is more than words.

    It knows those that it has.
    """
    old_mentions = str(chunk.meta.get("linked", ""))
    if chunk.part is None or old_mentions == mentions:
        return chunk
    own_context = (
        chunk.context.removesuffix(old_mentions).rstrip("\n") if old_mentions else chunk.context
    )
    context = f"{own_context}\n{mentions}".strip("\n") if mentions else own_context
    lang = chunk.meta.get("lang") or detect_language(context)
    return replace(chunk, context=context, meta={**chunk.meta, "lang": lang, "linked": mentions})


def forget_orphans(store: Store, catalogue: Catalogue) -> int:
    """Drop assets that lie nowhere any more, and give the others their place of now.

    Gives how many were dropped.
    """
    orphans = catalogue.orphans()
    if orphans:
        store.delete(orphans)
        catalogue.forget(orphans)
    for assets in _batches(catalogue.relocated_assets()):
        places = catalogue.places([a.id for a in assets])
        moved = {a.id: replace(a, uri=places[a.id][0], path=None) for a in assets}
        id_list = ", ".join(f"'{a}'" for a in moved)
        ids = [r["id"] for r in store.scan(f"asset IN ({id_list})", ["id"])]
        store.add([replace(c, asset=moved[c.asset.id]) for c in store.get(ids).values()])
        catalogue.move(moved.values())
    return len(orphans)


def sweep(store: Store, catalogue: Catalogue, *, is_shared: bool = False) -> None:
    """After a run that was cut off: make store and catalogue agree.

    What only one of them knows of is dropped; it counts as new again. Of a store that other
    machines may write to, only what this catalogue began to write is dropped.
    """
    in_store, in_catalogue = (
        {r["asset"] for r in store.scan("", ["asset"])},
        {a.id for a in catalogue.assets()},
    )
    unknown = in_store - in_catalogue
    if is_shared:
        unknown &= catalogue.pending()
    store.delete(sorted(unknown))
    catalogue.forget(sorted(catalogue.pending() - in_catalogue))
    for missing in _batches(sorted(in_catalogue - in_store)):
        uris = [uri for places in catalogue.places(missing).values() for uri in places]
        # also the archives that they are in
        catalogue.forget_places([enclosing for uri in uris for enclosing in enclosing_uris(uri)])
        catalogue.forget(missing)


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[i : i + 500] for i in range(0, len(items), 500))
