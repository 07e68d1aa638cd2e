"""A whole run over a library: sync files, then bring vectors and words up to date.

Worker processes live as long as it lasts; the cache is trimmed when it ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from polysense.ingest.cache import trim
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.enrich import Enrichment, local_resolver
from polysense.ingest.progress import Progress
from polysense.ingest.sync import Ingestion, sweep
from polysense.ingest.uris import enclosing_uris
from polysense.ingest.workers import Limits, Workers
from polysense.protocols import Store
from polysense.registry import Kit
from polysense.results import IndexReport


class Run:
    """One run over one library, which must be locked for writing.

    is_shared where other machines may write to the store.
    """

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        kit: Kit,
        limits: Limits,
        progress: Progress,
        cache: Path,
        is_shared: bool = False,
    ) -> None:
        self._store, self._catalogue, self._kit = store, catalogue, kit
        self._is_shared = is_shared
        self._limits, self._progress, self._cache = limits, progress, cache

    def index(self, roots: Sequence[Path], library: Path) -> IndexReport:
        """Sync with the files under these roots, then enrich; goes on where a run was cut off."""
        with self._workers() as workers:
            if self._catalogue.was_interrupted or self._has_lost_its_store():
                sweep(self._store, self._catalogue, is_shared=self._is_shared)
            self._catalogue.set_running(True)
            report = Ingestion(
                self._store, self._catalogue, workers, self._progress, self._cache
            ).run(roots, library, is_shared=self._is_shared)
            count = self._store.count()
            self._enrich(workers)
            report = self._with_unread(report, roots)
            if report.indexed or report.removed or count != self._store.count():
                self._store.optimize()
            self._catalogue.set_running(False)
        return report

    def enrich(self) -> None:
        """Links, vectors and words alone, for what is stored."""
        with self._workers() as workers:
            self._enrich(workers)
            self._store.optimize()

    def _with_unread(self, report: IndexReport, roots: Sequence[Path]) -> IndexReport:
        """The report, with the files under these roots of which words could not be read."""
        root_uris = set(map(str, roots))
        failed = {f.uri: f for f in report.failed}
        for failure in self._catalogue.unread_failures():
            if root_uris.intersection(enclosing_uris(failure.uri)):
                failed.setdefault(failure.uri, failure)
        return replace(report, failed=tuple(sorted(failed.values(), key=lambda f: f.uri)))

    def _has_lost_its_store(self) -> bool:
        """Whether the catalogue knows of assets, and the store of no chunk: it is another one."""
        return bool(self._catalogue.counts()["assets"]) and not self._store.count()

    @contextmanager
    def _workers(self) -> Iterator[Workers]:
        workers = Workers(self._kit.specs, self._limits)
        try:
            yield workers
        finally:
            workers.close()
            trim(self._cache)

    def _enrich(self, workers: Workers) -> None:
        enrichment = Enrichment(self._store, self._catalogue, self._kit, workers, self._progress)
        enrichment.run(local_resolver(self._cache))
